"""Contracts as data. The PDF shows this and carries it inside; neither is retyped from the other."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import JsonValue

from domain.model import Model
from domain.notices import Account
from domain.words import ContractKind, PartyRole, Sha256, Won


class Party(Model):
    """One who signs, in ``order`` (1 first; equal numbers may sign in any order)."""

    person_id: UUID
    role: PartyRole
    order: int
    name: str
    birth_date: date | None = None
    address: str = ""
    share: str = "1/1"  # of the property, buyers and sellers only
    organisation: str | None = None  # supplier or brokerage office
    registration_no: str | None = None  # broker's office registration number
    represents: str | None = None  # e.g. officer signs for the supplier

    @property
    def field(self) -> str:
        """Name of the signature field in the PDF, unique per party of a contract."""
        return f"{self.role}_{self.order}"


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


class Explanation(Model):
    """중개대상물 확인·설명서, the part that has a source; the rest is the broker's statement."""

    rights: tuple[str, ...]  # from the register: owner, mortgages …
    statements: dict[str, str]  # broker's own statements (수도, 누수 …)
    brokerage_fee: Won
    brokerage_basis: str
    deductible_certificate: str  # 공제증서 번호
    delivered_at: datetime | None = None


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
    supersedes: UUID | None = None  # the contract that a dissolution ends
    time_shortened: bool = False  # made under a demo rulebook
    extra: dict[str, JsonValue] = {}


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


class VerifyReport(Model):
    valid: bool
    findings: tuple[Finding, ...]
    signers: tuple[dict[str, JsonValue], ...] = ()
    terms: JsonValue = None
