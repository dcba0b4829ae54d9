"""A person as the identity provider and the registers behind it describe them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import model_validator

from domain.model import Model


class RegisteredRole(Model):
    """A role as its register says it; one that is not ``active`` gives no rights."""

    role: str
    organisation: str
    register_name: str  # broker | officer | court; the claim is called ``register``
    number: str
    active: bool

    @model_validator(mode="before")
    @classmethod
    def _claim(cls, value: Any) -> Any:
        if isinstance(value, dict) and "register" in value:
            return {**value, "register_name": value["register"]}
        return value


class Identity(Model):
    """Answer of one log-in. ``subject`` is pairwise; ``identity_ref`` is the registers' handle, sealed at once.

    ``consent_token`` is the compact JWS of the identity provider where the log-in carried a consent; it has
    been verified, and ``consent_id`` (jti) and ``consent_agreement`` (SHA-256 of what was agreed to) are read from it.
    """

    subject: str
    name: str
    birth_date: date
    identity_ref: str
    address: str = ""  # present address, where the means of identification tells it (모바일 신분증)
    roles: tuple[RegisteredRole, ...] = ()
    consent_token: str | None = None
    consent_id: str | None = None
    consent_agreement: str | None = None


class Person(Model):
    """A logged-in person. ``roles``: active ones only."""

    id: UUID
    name: str
    code: str
    roles: tuple[RegisteredRole, ...] = ()

    def organisations(self, role: str) -> set[str]:
        """For which organisations the person holds ``role`` now."""
        return {held.organisation for held in self.roles if held.role == role}

    def acts_for(self, role: str, organisation: str) -> bool:
        """Whether the person holds ``role`` for ``organisation``; a branch is named after its house."""
        return any(organisation == name or organisation.startswith(f"{name} ") for name in self.organisations(role))
