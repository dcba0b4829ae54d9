"""Who reports a transaction, with what and by when; what a breach may cost.

부동산 거래신고 등에 관한 법률 제3조①③, 제3조의2, 제28조; 시행령 제3조①②; 시행규칙 제2조. Checked 2026-11-23: brokers
who made the contract report jointly; a public body that is a party reports alone; otherwise both parties. Only
contracts made in the ministry's own system are filed by that alone (규칙 제2조⑭).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.words import ContractKind, PartyRole, Won
from law.rules import Case, Fact, Trigger, rule
from law.sale.counting import last_day
from law.sale.facts import contract_brokers, contract_kind, ministry_contract, public_party_role, sale_price
from law.vocabulary import Stated

ACT = "부동산 거래신고 등에 관한 법률"
Who = Literal["brokers", "public_supplier", "both_parties"]
Breach = Literal[
    "no_report", "no_cancellation_report", "false_report", "no_contract_behind_it", "feigned_cancellation",
    "no_proof_of_payment", "other_documents", "foreign_contract", "lease_report",
]  # fmt: skip

report_breach = Fact[Breach]("report_breach", "신고 의무 위반", "breach of the duty to report", kind=Breach)


class ReportDuty(Stated):
    """``reporters``: roles that sign. ``deemed_filed``: making the contract has filed it already."""

    who: Who
    reporters: tuple[PartyRole, ...]
    attachments: tuple[str, ...]
    deemed_filed: bool = False


@rule(
    "report_duty", contract_kind, contract_brokers, public_party_role, ministry_contract,
    ko="부동산 거래신고의무자", en="Who must report the transaction, with what", article=f"{ACT} 제3조",
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def report_duty(case: Case) -> ReportDuty:
    row, added = case.row("report_duty"), case.row("report_attachments")
    who = _who(case)
    duty = ReportDuty(
        who=who, reporters=_reporters(case, who, row.value), attachments=tuple(added.value[who]),
        deemed_filed=case[ministry_contract],
    )  # fmt: skip
    ko, en = WORDS[who]
    case.state(row, who, code="report.who", ko=ko, en=en)
    case.state(
        added, ", ".join(duty.attachments) or "-", code="report.attachments",
        ko=f"첨부: {', '.join(PAPERS[name][0] for name in duty.attachments) or '없음'}",
        en=f"With: {', '.join(PAPERS[name][1] for name in duty.attachments) or 'nothing'}",
    )  # fmt: skip
    if duty.deemed_filed:
        case.state(
            "부동산 거래신고 등에 관한 법률 시행규칙 제2조제14항", True, code="report.deemed",
            ko="국토교통부 전자계약시스템에서 체결해 신고서를 낸 것으로 봅니다.",
            en="Made in the ministry's own system: counts as filed",
        )  # fmt: skip
    return duty


@rule(
    "report_due", ko="부동산 거래신고 기한", en="Last day for reporting the transaction", article=f"{ACT} 제3조제1항",
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def report_due(case: Case) -> date:
    return _due(case, "report_deadline", "계약 체결일부터 {value}까지 신고합니다.", "To be reported by {value}")


@rule(
    "fund_plan_handover_due", ko="자금조달계획서 제공 기한",
    en="Last day for handing the fund plan to the one who reports", article=f"{ACT} 시행규칙 제2조제10항",
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def fund_plan_handover_due(case: Case) -> date:
    """Afterwards the buyer files it alone, by the day of ``report_due`` (제9항)."""
    return _due(case, "fund_plan_handover", "신고하는 사람에게 {value}까지 줍니다.", "Handed over by {value}")


@rule(
    "report_fine_most", report_breach, sale_price, ko="신고 위반 과태료 한도", en="Most that a breach may be fined",
    article=f"{ACT} 제28조", trigger=Trigger.EVENT, unit="won",
)  # fmt: skip
def report_fine_most(case: Case) -> int:
    row = case.row("report_fines")
    breach = case[report_breach]
    if breach == "false_report":
        most: Won = case[sale_price] * row.value["false_report_percent"] // 100
    else:
        most = row.value[breach]
    return case.state(row, most, ko="{value}원 이하의 과태료", en="A fine of up to {value} won")


def _who(case: Case) -> Who:
    if case[contract_brokers]:
        return "brokers"
    return "both_parties" if case[public_party_role] is None else "public_supplier"


def _reporters(case: Case, who: Who, table: dict[str, tuple[str, ...]]) -> tuple[PartyRole, ...]:
    if who == "brokers":
        return tuple(PartyRole(role) for role in table["brokers"] if role in case[contract_brokers])
    public = case[public_party_role]
    if who == "public_supplier" and public is not None:
        return (public,)
    supply = case[contract_kind] is ContractKind.SUPPLY
    return tuple(PartyRole(role) for role in table["both_parties_supply" if supply else "both_parties"])


def _due(case: Case, period: str, ko: str, en: str) -> date:
    row = case.row(period)
    return case.state(row, last_day(case, period), ko=ko, en=en)


PAPERS: dict[str, tuple[str, str]] = {
    "contract_copy": ("계약서 사본", "copy of the contract"),
    "deposit_proof": ("계약금 지급 증빙", "proof that the deposit was paid"),
}
WORDS: dict[Who, tuple[str, str]] = {
    "brokers": (
        "계약서를 작성한 개업공인중개사가 공동으로 신고합니다.",
        "The brokers who made the contract report jointly",
    ),
    "public_supplier": ("국가등인 당사자가 단독으로 신고합니다.", "The public body reports alone"),
    "both_parties": ("거래당사자가 공동으로 신고합니다.", "Both parties report jointly"),
}
