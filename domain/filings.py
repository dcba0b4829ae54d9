"""What Onjip carries to agencies, and what they answer. Bodies are signed by people, carried by us."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from domain.contracts import PropertyTerms
from domain.model import Model
from domain.words import Agency, Sha256, Won


class Signature(Model):
    """A person's detached CMS (CAdES, ECDSA P-256, SHA-256) over a body; base64 DER."""

    role: str
    identity_ref: str
    cms: str


class SignedBody(Model):
    """Canonical JSON text and the signatures of all whom the law names."""

    body: str
    signatures: tuple[Signature, ...] = ()


class Outgoing(Model):
    """One act at an agency. ``reference`` is ours and the same for every attempt."""

    agency: Agency
    service: str  # path below the agency's base, e.g. "reports"
    reference: str
    purpose: str
    body: dict[str, JsonValue]
    consent: str = ""  # consent token, where the act rests on consent
    subject_ref: str = ""


class Answer(Model):
    """The agency's signed answer. ``number`` is the agency's own number of the act."""

    agency: Agency
    number: str
    at: datetime
    body: dict[str, JsonValue]
    receipt_jws: str = ""


class ReportParty(Model):
    role: str  # seller | buyer | supplier | broker
    identity_ref: str
    name: str
    address: str = ""
    share: str = "1/1"
    registration_no: str | None = None


class SaleReport(Model):
    """부동산거래신고서 (신고법 제3조). ``price`` is the actual transaction price that is reported, won."""

    reference: str
    contract_sha256: Sha256
    contract_kind: str  # sale | supply
    contract_date: date
    property: PropertyTerms
    price: Won
    payments: tuple[dict[str, JsonValue], ...]
    parties: tuple[ReportParty, ...]
    reporters: tuple[str, ...]  # roles that must have signed
    deposit_proof: dict[str, JsonValue] | None = None  # bank's signed statement, brokers' reports from 2026-02-10
    contract_copy: str | None = None  # base64 PDF
    changes: str | None = None  # number of the certificate that this one changes


class TaxReturn(Model):
    """취득세 신고서. Base and taxes in won as computed by law/; the city recomputes and may refuse."""

    reference: str
    report_no: str
    property: PropertyTerms
    taxpayer_ref: str
    acquired_on: date
    base: Won
    homes_after: int
    regulated: bool
    acquisition_tax: Won
    education_tax: Won
    rural_tax: Won


class BondOrder(Model):
    """국민주택채권 매입: ``standard_value`` is the city's 시가표준액, never the price."""

    reference: str
    buyer_ref: str
    unique_no: str
    standard_value: Won
    standard_value_no: str
    amount: Won
    region: str = ""  # 5-digit 시군구 code of the property: the rate differs by metro


class RightProof(Model):
    """등기필정보 of the one who gives the right: serial and one of its numbered passwords."""

    serial: str
    password_no: int
    password: str


class TransferParty(Model):
    role: str  # obligor (등기의무자) | obligee (등기권리자)
    identity_ref: str
    name: str
    address: str
    organisation: str | None = None
    share: str = "1/1"


class TransferApplication(Model):
    """소유권이전등기 신청정보 (등기규칙 제43조, 제44조, 제124조)."""

    reference: str
    property: PropertyTerms
    cause: str  # 매매
    cause_date: date
    purpose: str  # 소유권이전
    parties: tuple[TransferParty, ...]
    agent_ref: str
    agent_name: str
    price: Won
    report_no: str
    tax_payment_no: str
    tax_base: Won
    tax_total: Won
    bond_no: str
    bond_amount: Won
    standard_value: Won
    fee_payment_no: str
    channel: str = "electronic"
    right_proof: RightProof
    refiles: str | None = None  # receipt number of the dismissed filing


class PacketItem(Model):
    """One document of a transfer packet. ``document`` is the word of the attachment matrix (등기규칙 제46조)."""

    path: str
    document: str
    sha256: Sha256
    article: str
    source: str


class Packet(Model):
    """Digest of the stored zip and its manifest."""

    sha256: Sha256
    items: tuple[PacketItem, ...]


class CheckResult(Model):
    """One of the examiner's checks, run before filing. ``level``: error stops, warning is shown."""

    code: str
    level: str  # ok | warning | error
    ko: str
    en: str
    article: str


class RegistryState(StrEnum):
    RECEIVED = "received"
    EXAMINING = "examining"
    CORRECTION = "correction"
    REGISTERED = "registered"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Correction(Model):
    """보정명령: who can answer, in which field, by when; whether it can be cured at all."""

    code: str
    field: str
    answerable_by: str  # role word
    due_at: datetime
    curable: bool = True
    ko: str = ""
    en: str = ""


class RegistryStatus(Model):
    receipt_no: str
    state: RegistryState
    at: datetime
    corrections: tuple[Correction, ...] = ()
    ground: str | None = None  # dismissal: item of 등기법 제29조
    title_sha256: str | None = None


class Deposit(Model):
    """One incoming transfer found by the bank under our reference."""

    number: str
    account: str
    amount: Won
    at: datetime
    memo: str
    statement_jws: str = ""  # the bank's signed statement, proof of payment


class Bill(Model):
    """Something a person pays at the bank by its payment number."""

    number: str  # the agency's number of the act
    payment_no: str
    amount: Won
    paid: bool = False
    paid_at: datetime | None = None
    proof: dict[str, JsonValue] = {}


class StandardValue(Model):
    """시가표준액 computed by the city for one unit."""

    number: str
    unique_no: str
    value: Won
    as_of: date


class DeliveryState(StrEnum):
    SENDING = "sending"
    ANSWERED = "answered"
    REFUSED = "refused"


class Delivery(Model):
    """One attempt at one reference, stored before it is sent."""

    reference: str
    agency: Agency
    service: str
    msg_id: str
    expires_at: datetime
    attempt: int
    state: DeliveryState
    answer: Answer | None = None
    id: UUID | None = None
