"""Who must report a sale, by when, and with what: read from the report itself.

Law: 신고법 §3, §3의2, §4; 신고령 §3; 신고규칙 §2, §3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from zoneinfo import ZoneInfo

from joserfc.jwk import ECKey
from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _contract_pdf, _envelope, _people
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._filing import from_base64

SEOUL = ZoneInfo("Asia/Seoul")
REPORT_WITHIN = timedelta(days=30)
COPY_REQUIRED_FROM = date(2026, 2, 10)  # 신고규칙 부칙 <제1557호>
PUBLIC_SUPPLIERS = ("한국토지주택공사", "과천도시공사")
GIVERS, TAKERS = ("seller", "supplier"), ("buyer",)
HEX_64 = "^[0-9a-f]{64}$"


class PropertyIn(BaseModel):
    unique_no: str | None = None
    lot_address: str
    building: str = ""
    dong: str = ""
    ho: str = ""
    exclusive_area: str


class PartyIn(BaseModel):
    role: str
    identity_ref: str
    name: str
    share: str = Field("1/1", pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$")
    registration_no: str | None = None


class Report(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    contract_sha256: str = Field(pattern=HEX_64)
    contract_kind: str
    contract_date: date
    property: PropertyIn
    price: int = Field(le=10**15)
    parties: tuple[PartyIn, ...]
    deposit_proof: dict[str, Any] | None = None
    contract_copy: str | None = None
    fund_plan: Literal["with_report", "apart", "none"] | None = None
    changes: str | None = None
    amendment_sha256: str | None = Field(None, pattern=HEX_64)
    amendment_copy: str | None = None

    def refs(self, *roles: str) -> set[str]:
        return {party.identity_ref for party in self.parties if party.role in roles}


class Cancellation(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    report_no: str
    dissolved_on: date
    dissolution_sha256: str = Field(pattern=HEX_64)
    dissolution_copy: str = ""


def seoul_day(at: datetime) -> date:
    return at.astimezone(SEOUL).date()


def reporters(report: Report) -> set[str]:
    """Whose signatures the law wants: all brokers · a public supplier alone · otherwise both parties."""
    brokers = report.refs("broker")
    if brokers:
        return brokers
    public = {ref for ref in report.refs("supplier") if _works_for_public_body(ref)}
    return public or report.refs(*GIVERS, *TAKERS)


def _works_for_public_body(ref: str) -> bool:
    person = _people.by_ref(ref)
    return person is not None and any(person.works_for(name) for name in PUBLIC_SUPPLIERS)


def check(report: Report, signers: Iterable[str], today: date, bank: Mapping[str, ECKey]) -> None:
    """``Refused`` with what is wrong, in the order in which a clerk reads."""
    _check_content(report)
    check_signed(reporters(report), signers)
    _check_brokers(report)
    if report.contract_date > today:
        raise Refused("contract_in_future", "the contract date has not come yet")
    if today - report.contract_date > REPORT_WITHIN:
        raise Refused("report_late", "30 days from the contract have passed")
    by_brokers = bool(report.refs("broker")) and report.contract_date >= COPY_REQUIRED_FROM
    check_copy(report, required=by_brokers)
    if by_brokers:
        _check_deposit_proof(report, bank)


def _check_content(report: Report) -> None:
    if report.contract_kind not in ("sale", "supply"):
        raise Refused("contract_kind_unknown", "neither sale nor supply")
    if report.price <= 0:
        raise Refused("price_missing", "the actual price is not stated")
    if not report.property.lot_address.strip() or not _square_metres(report.property.exclusive_area):
        raise Refused("property_missing", "the property is not described")
    for side in (GIVERS, TAKERS):
        if not report.refs(*side):
            raise Refused("party_missing", "a seller or a buyer is missing")
        _check_shares([party for party in report.parties if party.role in side])


def _check_shares(side: Sequence[PartyIn]) -> None:
    """신고령 별표 1: each party once, and the parts of one side are the whole."""
    if len({party.identity_ref for party in side}) < len(side):
        raise Refused("party_twice", "somebody is named twice on one side")
    if sum(Fraction(party.share) for party in side) != 1:
        raise Refused("shares_not_whole", "the shares of one side do not add up to 1")


def check_signed(required: Iterable[str], signers: Iterable[str]) -> None:
    if set(required) - set(signers):
        raise Refused("reporter_missing", "somebody who must sign has not signed")


def _check_brokers(report: Report) -> None:
    """A broker is who the broker register says, under the number that stands there."""
    for party in report.parties:
        if party.role == "broker" and not _is_broker(party):
            raise Refused("not_a_broker", "not an active broker under this registration number")


def _is_broker(party: PartyIn) -> bool:
    person = _people.by_ref(party.identity_ref)
    entries = person.roles if person else ()
    return any(e.role == "broker" and e.active and e.number == party.registration_no for e in entries)


def check_copy(report: Report, *, required: bool, missing: str = "contract_copy_missing") -> None:
    if report.contract_copy is None:
        if required:
            raise Refused(missing, "a copy of the contract belongs to this report")
        return
    copy = from_base64(report.contract_copy, "contract_copy")
    _contract_pdf.check_pdf(copy, report.contract_sha256, hashlib.sha256(copy).hexdigest())


def _check_deposit_proof(report: Report, bank: Mapping[str, ECKey]) -> None:
    """The proof that the deposit was paid is the bank's own signed statement (신고규칙 §2)."""
    proof = report.deposit_proof or {}
    try:
        _, statement = _envelope.verify_token(str(proof.get("statement_jws", "")), bank)
    except Refused:
        raise Refused("deposit_proof_missing", "no signed statement of the bank about the deposit") from None
    amount = statement.get("amount")
    if statement.get("kind") != "deposit" or not isinstance(amount, int) or not 0 < amount <= report.price:
        raise Refused("deposit_proof_wrong", "the statement is not about a deposit of this sale")


def check_change(
    old: Report, new: Report, signers: Iterable[str], number: str, amendment: _contract_pdf.ContractPdf | None
) -> None:
    """신고규칙 §3③–⑤: the same deal, with proof; price and options of a supply contract by one party alone.

    ``amendment``: the contract by which the parties of a sale changed its price.
    """
    if new.changes != number:
        raise Refused("changes_differs", "the report names another certificate", status=400, origin="caller")
    if _identity(old) != _identity(new) or not same_home(old.property.model_dump(), new.property.model_dump()):
        raise Refused("another_deal", "parties, property, kind and date of the contract cannot change")
    _check_content(new)
    alone = new.contract_kind == "supply" and set(signers) & new.refs(*GIVERS, *TAKERS)
    if not alone:
        check_signed(reporters(new), signers)
    if new.price == old.price and new.contract_sha256 == old.contract_sha256:
        raise Refused("nothing_changed", "price and contract are the reported ones")
    check_copy(new, required=True, missing="change_proof_missing")
    if new.contract_kind == "sale" and new.price != old.price:
        _check_amendment(new, amendment)


def _check_amendment(report: Report, amendment: _contract_pdf.ContractPdf | None) -> None:
    if amendment is None:
        raise Refused("change_proof_missing", "no amendment that changes the price")
    terms, parties = amendment.terms, report.refs(*GIVERS, *TAKERS)
    if terms.get("kind") != "amendment" or terms.get("price") != report.price or parties - amendment.signers:
        raise Refused("change_proof_wrong", "the amendment does not say so, or not every party has signed it")


def _identity(report: Report) -> tuple[object, ...]:
    parties = sorted((p.role, p.identity_ref, p.share) for p in report.parties)
    return report.contract_kind, report.contract_date, parties


def same_home(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two descriptions can be of one home. A supply contract is older than the building's own title and
    address, so what only one of them states decides nothing; the exclusive area stands in both."""
    for name, word in (("unique_no", ""), ("dong", "동"), ("ho", "호")):
        stated = {str(home[name]).removesuffix(word) for home in (one, other) if home.get(name)}
        if len(stated) > 1:
            return False
    areas = [_square_metres(str(home.get("exclusive_area"))) for home in (one, other)]
    return areas[0] is not None and areas[0] == areas[1]


def _square_metres(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", text) else None


def check_cancellation(
    report: Report, cancellation: Cancellation, signers: Iterable[str], dissolution: _contract_pdf.ContractPdf | None,
    today: date,
) -> None:  # fmt: skip
    """신고법 §3의2①, §4 5호: only a contract that is really dissolved, by all who made it, is reported as dissolved."""
    check_signed(reporters(report), signers)
    parties = report.refs(*GIVERS, *TAKERS)
    if dissolution is None or not _dissolves(report, dissolution.terms) or parties - dissolution.signers:
        raise Refused("false_report", "no dissolution that every party has signed")
    if not report.contract_date <= cancellation.dissolved_on <= today:
        raise Refused("dissolution_date_wrong", "the date of the dissolution does not fit")
    if today - cancellation.dissolved_on > REPORT_WITHIN:
        raise Refused("report_late", "30 days from the dissolution have passed")


def _dissolves(report: Report, terms: Mapping[str, Any]) -> bool:
    """The document is a dissolution, and about this home."""
    home = terms.get("property")
    return (
        terms.get("kind") == "dissolution" and isinstance(home, dict) and same_home(home, report.property.model_dump())
    )
