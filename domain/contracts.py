"""Contracts as data. The PDF shows this and carries it inside; neither is retyped from the other."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from domain.ids import new_verify_code
from domain.model import Model
from domain.notices import Account
from domain.words import Authority, ContractKind, LeaseKind, PartyRole, Power, Sha256, Won


class Agent(Model):
    """Who acts and signs for a party. ``power_id`` and ``power_sha256`` name the power of attorney, where it is one."""

    person_id: UUID
    name: str
    authority: Authority
    birth_date: date | None = None
    address: str = ""
    power_id: UUID | None = None
    power_sha256: Sha256 | None = None


class Party(Model):
    """One who signs, in ``order`` (1 first; equal numbers may sign in any order).

    ``number``: of several in one role who sign in the same order, counted from 1.
    """

    person_id: UUID
    role: PartyRole
    order: int
    number: int = 1
    name: str
    birth_date: date | None = None
    address: str = ""
    share: str = "1/1"  # of the property, buyers and sellers only
    organisation: str | None = None  # supplier or brokerage office
    registration_no: str | None = None  # broker's office registration number
    represents: str | None = None  # e.g. officer signs for the supplier
    agent: Agent | None = None  # who signs for a party that does not act alone

    @property
    def field(self) -> str:
        """Name of the signature field in the PDF, unique per party of a contract."""
        name = f"{self.role}_{self.order}"
        return name if self.number == 1 else f"{name}_{self.number}"

    @property
    def signer(self) -> Agent | Party:
        """Whose own signature fills the field."""
        return self.agent or self

    def in_person(self) -> Party:
        """Without an agent, but for one whom the law has made the representative."""
        mandated = self.agent is not None and self.agent.authority is Authority.ATTORNEY
        return self.model_copy(update={"agent": None}) if mandated else self


class Instalment(Model):
    """One payment. ``reference`` is the memo by which the bank finds it."""

    kind: str  # deposit | instalment | balance
    number: int
    amount: Won
    due_on: date | None
    reference: str


class PropertyTerms(Model):
    """The property as the registers describe it (등기, 건축물대장). Areas in m² as decimal strings."""

    unique_no: str | None = None
    region: str = ""  # 5-digit 시군구 code
    lot_address: str
    road_address: str = ""
    building: str
    dong: str = ""
    ho: str = ""
    structure: str = ""
    use: str = ""
    exclusive_area: str
    land_share: str = ""
    official_price: Won | None = None
    title_sha256: Sha256 | None = None  # digest of the register extract used
    ledger_sha256: Sha256 | None = None
    approved_on: date | None = None  # 사용승인일
    violation: bool | None = None  # 위반건축물; None: the ledger was not asked


class Clause(Model):
    """One article of a contract, as its people read and sign it. ``law``: where it comes from."""

    title: str
    law: str
    text: tuple[str, ...]


class ExplainedRow(Model):
    """One line of the explanation. ``source``: title | ledger | price | law | terms | broker."""

    label: str
    text: str
    source: str


class ExplainedSection(Model):
    """One numbered section, ①–⑮, of 별지 제20호서식."""

    number: int
    title: str
    law: str
    rows: tuple[ExplainedRow, ...]


class Explanation(Model):
    """중개대상물 확인·설명서: what has a source, with it, and the broker's own statements.

    ``sections`` is made of the rest by ``law.forms``. ``brokerage_paid``: when the fee is due.
    """

    rights: tuple[str, ...]  # from the register: owner, mortgages …
    statements: dict[str, str]  # broker's own statements (수도, 누수 …)
    brokerage_fee: Won
    brokerage_basis: str
    deductible_certificate: str  # 공제증서 번호
    delivered_at: datetime | None = None
    brokerage_paid: str = "거래대금 지급이 완료된 날"  # 공인중개사법 시행령 제27조의2
    taxes: str = ""  # 취득 시 부담할 조세
    sections: tuple[ExplainedSection, ...] = ()


class FormerLease(Model):
    """The lease that this one renews. Money in won, rent by the month."""

    starts_on: date
    ends_on: date
    deposit: Won
    monthly_rent: Won


class LeaseTerms(Model):
    """What a lease adds (주택임대차표준계약서); its deposit is the contract's ``price``. Rent and fee by the month.

    ``part``: what is let, and ``part_area`` its m². ``unpaid_taxes`` and ``fixed_dates``: what the lessor presented
    (주택임대차보호법 제3조의7).
    """

    kind: LeaseKind = LeaseKind.NEW
    starts_on: date
    ends_on: date
    part: str
    part_area: str
    monthly_rent: Won = 0
    rent_day: int | None = None  # of each month
    rent_prepaid: bool = False
    rent_account: Account | None = None
    management_fee: Won | None = None
    management_basis: str = ""
    repairs: str = ""
    unpaid_taxes: str = ""
    fixed_dates: str = ""
    former: FormerLease | None = None


class PowerTerms(Model):
    """What a power of attorney gives (위임장): these acts about the contract's property, until the day."""

    powers: tuple[Power, ...]
    purpose: str
    valid_until: date
    may_delegate: bool = False  # 복대리인 선임 (민법 제120조)


class Change(Model):
    """One thing that an amendment changes, in the words of both versions."""

    subject: str
    before: str
    after: str


class ContractTerms(Model):
    """One contract version. ``digest()`` is the version's identity and stands in every later message."""

    contract_id: UUID
    kind: ContractKind
    version: int = 1
    made_on: date
    property: PropertyTerms
    parties: tuple[Party, ...]
    price: Won
    option_price: Won = 0
    options: tuple[str, ...] = ()
    payments: tuple[Instalment, ...] = ()
    account: Account | None = None
    handover_on: date | None = None
    special_clauses: tuple[str, ...] = ()
    notice_id: str | None = None
    unit: str | None = None
    explanation: Explanation | None = None
    supersedes: UUID | None = None  # the contract that a dissolution ends or an amendment changes
    time_shortened: bool = False  # made under a demo rulebook
    extra: dict[str, JsonValue] = {}
    opening: str = ""  # this and the articles are written out by ``law.forms``
    clauses: tuple[Clause, ...] = ()
    switches: tuple[str, ...] = ()  # keys of the special clauses that were chosen from the library
    lease: LeaseTerms | None = None
    power: PowerTerms | None = None
    changes: tuple[Change, ...] = ()
    verify_code: str = ""  # random; whoever holds the paper finds the file's state by it
    site: str = ""  # the public address where ``verify_code`` is answered

    def bound(self) -> tuple[Party, ...]:
        """Who must agree to change or to end it: everybody but witnesses, and in person whoever let somebody else sign
        under a power of attorney, which is for the contract only (민법 제118조)."""
        return tuple(party.in_person() for party in self.parties if party.role is not PartyRole.WITNESS)

    def roles_of(self, person_id: UUID) -> set[str]:
        """As what a person takes part: who signs under a power of attorney is no party, whom the law has made the
        representative stands in the party's place."""
        found: set[str] = set()
        for party in self.parties:
            by_law = party.agent is not None and party.in_person().agent is not None
            if party.person_id == person_id:
                found.add("represented" if by_law else party.role)
            elif party.signer.person_id == person_id:
                found.add(party.role if by_law else PartyRole.ATTORNEY)
        return found

    def is_shared(self) -> bool:
        """Several sell or several buy: the transfer of such a title is not carried here."""
        return any(party.number > 1 and party.role in (PartyRole.SELLER, PartyRole.BUYER) for party in self.parties)

    def verify_url(self) -> str:
        """What the QR code carries."""
        return f"{self.site}/verify/{self.verify_code}"

    def addressed(self, site: str) -> ContractTerms:
        """With a code of its own, answered at ``site``."""
        return self.model_copy(update={"site": site, "verify_code": new_verify_code()})


class Prepared(Model):
    """One open revision, waiting for its signature. Bytes are base64; blobs travel as digests."""

    field: str
    base_sha256: Sha256  # the revision that this one extends
    prepared_sha256: Sha256  # blob: the PDF with the placeholder
    document_digest: str  # SHA-256 over the ByteRange, hexadecimal
    signed_attrs: str  # DER, base64
    state: dict[str, JsonValue]  # pyHanko's prepared-digest record
    certificate: str  # signer's chain, base64 DER, leaf first, comma-separated


class Finding(Model):
    """One statement of the verifier. ``ok`` false is a reason to reject."""

    code: str
    ok: bool
    subject: str = ""
    ko: str
    en: str


class ArchiveStamp(Model):
    """A time stamp over the whole file. ``until``: the moment after which it is believed no more unless another one
    covers it: the first end of its certificates and of its algorithms."""

    field: str
    at: datetime
    until: datetime
    authority: str


class VerifyReport(Model):
    """What the verifier found. ``signers`` in the order of signing, ``stamps`` oldest first, ``terms`` as embedded."""

    valid: bool
    findings: tuple[Finding, ...]
    signers: tuple[dict[str, JsonValue], ...] = ()
    stamps: tuple[ArchiveStamp, ...] = ()
    terms: JsonValue = None


class VerifyAsk(Model):
    """How a file is to be judged. ``trust_pem``: whom to believe; ``complete``: all its parties must have signed;
    ``at``: the day of judging, now where it is not said."""

    trust_pem: str
    complete: bool = True
    at: datetime | None = None


class Standing(StrEnum):
    """What a contract is worth today: all that its printed code tells."""

    CURRENT = "current"
    SUPERSEDED = "superseded"  # by a newer contract about the same
    TERMINATED = "terminated"
    UNMADE = "unmade"  # not signed by everybody: not yet, or never
