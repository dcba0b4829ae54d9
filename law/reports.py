"""Who reports a transaction, with what, and whether the buyer owes a funding plan.

부동산 거래신고 등에 관한 법률 제3조①③, 시행령 제3조①②와 별표 1, 시행규칙 제2조. Checked 2026-11-23: brokers who made
the contract report jointly; a public supplier reports alone; otherwise both parties.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.decisions import Decision
from domain.model import Model
from domain.words import ContractKind, PartyRole, Won
from law.reasons import Judgement
from law.rulebook import Rulebook


class Deal(Model):
    """What decides about the report. None: not known."""

    contract_date: date
    kind: ContractKind
    price: Won
    brokers: tuple[PartyRole, ...] = ()  # brokers who made the contract
    supplier_public: bool = False  # state, local government, public institution, local public corporation
    regulated: bool | None = None  # 투기과열지구 or 조정대상지역
    overheated: bool | None = None  # 투기과열지구
    permit_zone: bool | None = None  # 토지거래허가구역
    corporate_buyer: bool = False


def report_duty(deal: Deal, rulebook: Rulebook) -> Decision:
    """``value``: who ("brokers" …), reporters (roles that must sign) and attachments (words)."""
    judgement = Judgement("report_duty", deal.contract_date, rulebook)
    row = rulebook.row("report_duty", deal.contract_date)
    who = _who(deal)
    named = row.value["both_parties_supply" if who == "both_parties" and deal.kind is ContractKind.SUPPLY else who]
    reporters = [role for role in named if who != "brokers" or role in deal.brokers]
    judgement.test(
        "report.who", row, True, ko=WHO[who][0], en=WHO[who][1],
        facts={"kind": deal.kind, "brokers": list(deal.brokers), "supplier_public": deal.supplier_public},
    )  # fmt: skip
    added = rulebook.row("report_attachments", deal.contract_date)
    attachments = list(added.value[who])
    judgement.test(
        "report.attachments", added, True, ko="신고서에 붙일 서류", en="What is added to the report",
        facts={"attachments": attachments},
    )  # fmt: skip
    return judgement.decision({"who": who, "reporters": reporters, "attachments": attachments})


def fund_plan(deal: Deal, rulebook: Rulebook) -> Decision:
    """자금조달·입주계획서: owed? ``value``: {"evidence": True/False/None}. No is a lawful no, not a fault."""
    judgement = Judgement("fund_plan", deal.contract_date, rulebook)
    row = rulebook.row("fund_plan", deal.contract_date)
    dear = deal.price >= row.value["elsewhere_from"]
    owed = _any([deal.corporate_buyer, dear, deal.regulated, deal.permit_zone])
    missing = [name for name in ("regulated", "permit_zone") if getattr(deal, name) is None]
    judgement.test(
        "fund_plan.owed", row, owed, ko="자금조달·입주계획서를 내야 하는지", en="The buyer owes a funding plan",
        facts={"price": deal.price, "regulated": deal.regulated, "permit_zone": deal.permit_zone}, missing=missing,
    )  # fmt: skip
    evidence = _any(getattr(deal, name) for name in row.value["evidence"])
    return judgement.decision({"evidence": evidence if owed else owed})


def _who(deal: Deal) -> str:
    if deal.brokers:
        return "brokers"
    return "public_supplier" if deal.kind is ContractKind.SUPPLY and deal.supplier_public else "both_parties"


def _any(truths: Iterable[bool | None]) -> bool | None:
    """Three-valued "or"."""
    found = set(truths)
    if True in found:
        return True
    return None if None in found else False


WHO = {
    "brokers": ("계약서를 작성한 개업공인중개사가 공동으로 신고", "The brokers who made the contract report jointly"),
    "public_supplier": ("국가등인 공급자가 단독으로 신고", "The public supplier reports alone"),
    "both_parties": ("거래당사자가 공동으로 신고", "Both parties report jointly"),
}
