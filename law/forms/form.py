"""Forms of contracts as data: what each kind is called, what the law says it must contain, and what it says.

``data/*.yaml``; ``verified`` is the day on which the cited articles were compared with the texts in force.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from domain.words import ContractKind, PartyRole
from law.strict_yaml import read

DATA = Path(__file__).with_name("data")
ROLES: dict[PartyRole, str] = {
    PartyRole.BUYER: "매수인", PartyRole.SELLER: "매도인", PartyRole.SUPPLIER: "사업주체",
    PartyRole.SELLER_BROKER: "개업공인중개사(매도측)", PartyRole.BUYER_BROKER: "개업공인중개사(매수측)",
    PartyRole.LESSOR: "임대인", PartyRole.LESSEE: "임차인", PartyRole.PRINCIPAL: "위임인", PartyRole.ATTORNEY: "수임인",
    PartyRole.WITNESS: "입회인",
}  # fmt: skip


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(Data):
    """One part of the page: ``block`` names how it is set, ``total`` and ``note`` are words inside it."""

    block: str
    heading: str
    law: str = ""
    total: str = ""
    note: str = ""


class Item(Data):
    """One mandatory content. ``needs`` names its test, ``said:x`` a condition that the notice must have announced."""

    needs: str
    article: str
    ko: str
    en: str


class ClauseText(Data):
    """One article, with {words} still open. ``when`` names the condition under which it stands there."""

    title: str
    law: str
    text: tuple[str, ...]
    when: str | None = None


class Form(Data):
    kind: ContractKind
    title: str
    short: str  # as people call it in a list
    subtitle: str
    roles: dict[PartyRole, str] = {}  # where a party is called otherwise than in ``ROLES``
    verified: date
    opening: str
    closing: str
    parts: tuple[Part, ...]
    contents: tuple[Item, ...]
    clauses: tuple[ClauseText, ...]


class Limit(Data):
    value: int
    law: str
    article: str
    verified: date


@cache
def of(kind: ContractKind) -> Form:
    return Form.model_validate(read(DATA / f"{kind.value}.yaml"))


def short(kind: str) -> str:
    """What people call a contract of this kind in a list."""
    return of(ContractKind(kind)).short


def role_name(role: PartyRole, kind: ContractKind) -> str:
    """매수인 is 공급받는 자 in a supply contract (주택공급에 관한 규칙 제59조)."""
    return of(kind).roles.get(role) or ROLES[role]


@cache
def limit(name: str) -> Limit:
    return Limit.model_validate(read(DATA / "limits.yaml")[name])
