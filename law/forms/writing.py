"""A contract written out: its opening and articles, and the sections of its explanation, from the form's data.

What stands in the file is then data of the contract itself, so that a later change of a form changes no contract.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.contracts import Clause, ContractTerms
from domain.korean import day, moment, month, won
from domain.words import PartyRole
from law.forms import form
from law.forms.explaining import sections

BROKERS = (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)


def written(terms: ContractTerms) -> ContractTerms:
    """``terms`` with opening, clauses and explanation made of the rest. Written twice is written once."""
    chosen = form.of(terms.kind)
    words = values(terms)
    clauses = tuple(
        Clause(title=one.title, law=one.law.format_map(words), text=tuple(line.format_map(words) for line in one.text))
        for one in chosen.clauses
        if one.when is None or CONDITIONS[one.when](terms)
    )
    explanation = terms.explanation
    if explanation is not None:
        explanation = explanation.model_copy(update={"sections": sections(terms)})
    return terms.model_copy(
        update={"opening": chosen.opening.format_map(words), "clauses": clauses, "explanation": explanation}
    )


def is_brokered(terms: ContractTerms) -> bool:
    return any(party.role in BROKERS for party in terms.parties)


CONDITIONS: dict[str, Callable[[ContractTerms], bool]] = {
    "brokered": is_brokered,
    "explained": lambda terms: terms.explanation is not None,
}


def values(terms: ContractTerms) -> dict[str, str]:
    """The open words of a form. Only those of the contract's own kind are there: another one is a fault of ours."""
    delivered = terms.explanation.delivered_at if terms.explanation else None
    common = {
        "handover": day(terms.handover_on),
        "delivered": moment(delivered),
        "reporter": "개업공인중개사는" if is_brokered(terms) else "매도인과 매수인은",
    }
    return {**common, **_of_notice(terms), **_of_original(terms), **_of_lease(terms), **_of_power(terms)}


def _of_notice(terms: ContractTerms) -> dict[str, str]:
    said = terms.extra.get("conditions")
    if not isinstance(said, dict):
        return {}
    return {
        **{name: str(text) for name, text in said.items()},
        "move_in": month(str(terms.extra["move_in"])),
        "notice_name": str(terms.extra["notice_name"]),
        "notice_number": str(terms.extra["notice_number"]),
        "notice_date": day(str(terms.extra["notice_date"])),
    }


def _of_original(terms: ContractTerms) -> dict[str, str]:
    if "original_made_on" not in terms.extra:
        return {}
    leased = terms.extra["original_kind"] == "lease"
    law = "부동산 거래신고 등에 관한 법률"
    report = f"{law} 제6조의3" if leased else f"{law} 시행규칙 제3조제3항"
    return {"original_made_on": day(str(terms.extra["original_made_on"])), "change_report": report}


def _of_lease(terms: ContractTerms) -> dict[str, str]:
    lease = terms.lease
    if lease is None:
        return {}
    when = "그달 치를 미리" if lease.rent_prepaid else "그달 치를"
    rent = f"차임 월 {won(lease.monthly_rent)}은 매월 {lease.rent_day}일에 {when} 지급한다."
    return {
        "starts": day(lease.starts_on),
        "ends": day(lease.ends_on),
        "rent": rent if lease.monthly_rent else "차임은 없다.",
        "repairs": lease.repairs,
    }


def _of_power(terms: ContractTerms) -> dict[str, str]:
    if terms.power is None:
        return {}
    refused = "수임인은 위임인의 승낙이 있거나 부득이한 사유가 있는 때가 아니면 복대리인을 두지 못한다."
    allowed = "위임인은 수임인이 복대리인을 두는 것을 승낙한다. 수임인은 그 선임과 감독에 책임을 진다."
    return {
        "valid_until": day(terms.power.valid_until),
        "delegation": allowed if terms.power.may_delegate else refused,
    }
