"""Facts of a person or a property, each with its provenance. No register's value is ever typed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field, JsonValue

from domain.model import Model
from domain.words import Agency, Won


class Item(StrEnum):
    """What may be asked of a register under consent; one provider each (``PROVIDER``)."""

    ADDRESS_HISTORY = "address_history"
    HOUSEHOLD = "household"
    MARRIAGE = "marriage"
    SUBSCRIPTION_ACCOUNT = "subscription_account"
    HOME_OWNERSHIP = "home_ownership"
    PAST_WINS = "past_wins"
    INCOME = "income"


PROVIDER: dict[Item, Agency] = {
    Item.ADDRESS_HISTORY: Agency.RESIDENTS,
    Item.HOUSEHOLD: Agency.RESIDENTS,
    Item.MARRIAGE: Agency.RESIDENTS,
    Item.SUBSCRIPTION_ACCOUNT: Agency.SAVINGS,
    Item.HOME_OWNERSHIP: Agency.HOUSES,
    Item.PAST_WINS: Agency.APPLYHOME,
    Item.INCOME: Agency.INCOME,
}


class Fact(Model):
    """One item from one register, as it stood on ``as_of``. ``sha256`` is of the agency's own bytes."""

    item: Item
    value: JsonValue
    source: Agency
    as_of: date
    issued_at: datetime
    document_no: str
    sha256: str


class Address(Model):
    """One line of the address history (주민등록 초본). ``region`` is the 5-digit 시군구 code."""

    region: str
    road_address: str
    moved_in: date
    moved_out: date | None = None


class AddressHistory(Model):
    addresses: tuple[Address, ...]


class Member(Model):
    """A member of the household on the resident register. ``relation`` is to the applicant."""

    relation: str  # self | spouse | child | parent
    name: str
    birth_date: date
    on_register_since: date | None = None
    identity_ref: str | None = None  # only for adults who must consent themselves
    married: bool | None = None  # children: only unmarried ones are dependants


class Household(Model):
    head: bool  # the applicant is head of household (세대주)
    members: tuple[Member, ...]


class Marriage(Model):
    married: bool
    registered_on: date | None = None


class SubscriptionAccount(Model):
    """청약통장 as the bank recognises it. Money in won."""

    opened_on: date
    payments_recognised: int
    amount_recognised: Won
    deposit: Won


class OwnedHome(Model):
    region: str
    exclusive_area: str  # m², decimal string
    official_price: Won
    acquired_on: date
    disposed_on: date | None = None
    home_ref: str | None = None  # the register's key: a home shared by two members counts once
    kind: str | None = None  # apartment | other


class HomeOwnership(Model):
    homes: tuple[OwnedHome, ...]


class PastWin(Model):
    notice_no: str
    won_on: date
    regulated: bool
    special: bool | None = None  # won by special supply
    by_points: bool | None = None  # won by the points system
    home_classes: tuple[str, ...] | None = None  # keys of law's rewin_ban table; None: not stated by the register


class PastWins(Model):
    wins: tuple[PastWin, ...]


class Income(Model):
    year: int
    monthly_average: Won
    dual_income: bool = False
    tax_years: int | None = None  # full years of income tax paid or owed
    working: bool | None = None  # employed or self-employed
    property_value: Won | None = None  # the person's own real estate, as the asset search of 주택법 제55조 tells it
    car_value: Won | None = None


class PersonFacts(Model):
    """All facts of one consenting person. An item that could not be fetched is absent and named in ``missing``."""

    person_id: UUID
    birth_date: date
    facts: tuple[Fact, ...]
    missing: tuple[Item, ...] = ()


class BuildingLedger(Model):
    """건축물대장, the part that a contract and a transfer need. Areas in m² as decimal strings."""

    register_pk: str
    road_address: str
    lot_address: str
    building_name: str
    dong: str
    ho: str
    structure: str
    use: str
    exclusive_area: str
    land_share: str  # e.g. "36.52/41250.3"
    approved_on: date | None
    violation: bool = False
    region: str = ""  # 5-digit 시군구 code


class TitleRight(Model):
    section: str  # "갑구" | "을구"
    rank: str
    purpose: str
    received_on: date
    receipt_no: str
    cause: str
    holder: str
    cancelled: bool = False
    amount: Won | None = None


class Holder(Model):
    """One who owns: of co-owners (공유자) with the share that the register states (부동산등기법 제48조제4항)."""

    name: str
    share: str = Field("1/1", pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$")
    ref: str | None = None  # identity_ref, given by the registry to a lawful asker


class Title(Model):
    """등기사항증명서 (collective building): what stands on the register at ``issued_at``.

    ``owners``: each co-owner, where there are several; ``owner`` then names them all.
    """

    unique_no: str  # NNNN-NNNN-NNNNNN
    lot_address: str
    building: str
    exclusive_area: str
    land_share: str
    owner: str
    owner_ref: str | None = None  # identity_ref of the owner, given by the registry to a lawful asker
    owners: tuple[Holder, ...] = ()
    rights: tuple[TitleRight, ...]
    pending: bool = False  # an application is in process (처리 중)
    issued_at: datetime
    sha256: str = ""

    @property
    def holders(self) -> tuple[Holder, ...]:
        """Everybody who owns a share of it."""
        return self.owners or (Holder(name=self.owner, ref=self.owner_ref),)

    def share_of(self, name: str, ref: str | None) -> str | None:
        """What the register gives this person; None for who is not there, or cannot be told from a namesake."""
        found = {
            one.share for one in self.holders if (one.name == name if None in (one.ref, ref) else one.ref == ref)
        }  # fmt: skip
        return found.pop() if len(found) == 1 else None
