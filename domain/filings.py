"""What Onjip carries to agencies, and what they answer. Bodies are signed by people, carried by us."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
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
    fund_plan: Literal["with_report", "apart", "none"] | None = None  # 자금조달계획서; None: not known whether owed
    changes: str | None = None  # number of the certificate that this one changes
    amendment_sha256: Sha256 | None = None  # of the amendment (변경계약) that changed it, and its copy, base64 PDF
    amendment_copy: str | None = None


class ReportCancellation(Model):
    """부동산거래계약 해제등 신고서 (신고법 제3조의2): within 30 days after the dissolution became final.

    ``dissolution_copy`` is the dissolution that every party signed, base64 PDF; without it the report is false
    (제4조 제5호).
    """

    reference: str
    report_no: str
    dissolved_on: date
    dissolution_sha256: Sha256
    dissolution_copy: str


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
    temporary_two_homes: bool = False  # 일시적 2주택, claimed (지방세법 시행령 제28조의5)
    acquisition_tax: Won
    education_tax: Won
    rural_tax: Won


class TaxRefund(Model):
    """A contract dissolved within 60 days and before registration was no acquisition (지방세법 시행령 제20조제2항)."""

    reference: str
    return_no: str
    report_no: str


class BondOrder(Model):
    """국민주택채권 매입: ``standard_value`` is the city's 시가표준액, never the price."""

    reference: str
    buyer_ref: str
    unique_no: str
    standard_value: Won
    standard_value_no: str
    amount: Won
    region: str = ""  # 5-digit 시군구 code of the property: the rate differs by metro


class StampOrder(Model):
    """전자수입인지: ``amount`` of stamp duty for a contract of ``contract_amount`` won (인지세법 제3조)."""

    reference: str
    contract_sha256: Sha256
    contract_amount: Won
    amount: Won


class Release(Model):
    """What buyer and seller together tell the holder of a deposit (예치): to the seller, or back to the buyer."""

    reference: str
    contract_sha256: Sha256
    deposit_no: str
    amount: Won
    buyer_ref: str
    seller_ref: str
    direction: str  # release | refund


class FeeOrder(Model):
    """등기신청수수료 of one application for one property."""

    reference: str
    unique_no: str
    purpose: str  # 소유권이전


class Mandate(Model):
    """위임장: one party lets a judicial scrivener apply, withdraw and receive (등기규칙 제46조제1항제5호)."""

    reference: str
    contract_sha256: Sha256
    unique_no: str
    cause: str
    cause_date: date
    purpose: str
    principal_role: str  # obligor | obligee
    principal_ref: str
    agent_ref: str
    agent_name: str
    powers: tuple[str, ...] = ("apply", "withdraw", "receive_right_proof")


class Withdrawal(Model):
    """취하, until the registrar has decided (등기규칙 제51조)."""

    reference: str
    receipt_no: str
    reason: str = ""


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
    answered_at: datetime | None = None


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
    """``sending``: what became of it is not known yet. ``not_acted``: it surely took no effect, and never will."""

    SENDING = "sending"
    ANSWERED = "answered"
    REFUSED = "refused"
    NOT_ACTED = "not_acted"


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
