"""The synthetic people of the sandbox: who may log in, and what the broker and officer registers say of them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class RoleEntry:
    """One line of a register: ``number`` is the registration or staff number there."""

    role: str
    organisation: str
    register: str
    number: str
    active: bool


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    birth_date: str  # YYYY-MM-DD
    pin: str  # empty: cannot log in (a child)
    roles: tuple[RoleEntry, ...] = ()
    address: str = ""

    @property
    def identity_ref(self) -> str:
        return identity_ref(self.login)

    @property
    def number(self) -> str:
        """Thirteen digits in the place of a resident number: its seventh is one that no living person has."""
        digits = int(hashlib.sha256(f"sandbox-number|{self.login}".encode()).hexdigest(), 16) % 10**6
        return f"{self.birth_date[2:4]}{self.birth_date[5:7]}{self.birth_date[8:]}0{digits:06d}"

    def has_role(self, role: str) -> bool:
        return any(entry.role == role and entry.active for entry in self.roles)

    def works_for(self, organisation: str) -> bool:
        return any(entry.organisation == organisation and entry.active for entry in self.roles)


def identity_ref(login: str) -> str:
    """The reference that stands for a person between institutions: says nothing about who it is."""
    return "idr_" + hashlib.sha256(f"sandbox-person|{login}".encode()).hexdigest()[:32]


@cache
def people() -> dict[str, Person]:
    """All people by login name."""
    rows: list[dict[str, Any]] = yaml.safe_load((Path(__file__).with_name("people.yaml")).read_text("utf-8"))
    return {row["login"]: _person(row) for row in rows}


def _person(row: dict[str, Any]) -> Person:
    roles = tuple(RoleEntry(**entry) for entry in row.get("roles", []))
    return Person(row["login"], row["name"], row["birth_date"], row.get("pin", ""), roles, row.get("address", ""))


def by_ref(ref: str) -> Person | None:
    return next((person for person in people().values() if person.identity_ref == ref), None)


def check_pin(login: str, pin: str) -> Person | None:
    """The person, when the PIN is theirs; nobody, when there is no such login, no PIN, or another PIN."""
    person = people().get(login)
    if person is None or not person.pin:
        return None
    return person if hmac.compare_digest(person.pin.encode(), pin.encode()) else None
