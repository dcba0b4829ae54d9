"""The buyer's fund plan and the papers of the transfer application, as the law has them for one deal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import get_args

from activities.deal import Deal
from activities.deal_law import deal_case, permit_of, settled
from domain.contracts import ContractTerms
from domain.papers import AttachedPaper, FundPlanDuty, PaperState, PlanItem
from domain.words import Outcome, PartyRole
from law.rulebook import Rulebook
from law.rules import decide
from law.sale.attachments import Attachment, transfer_attachments
from law.sale.fund_plan import Item, fund_plan, fund_plan_documents, fund_plan_evidence
from law.sale.reports import fund_plan_handover_due, report_due

# The matrix's documents by our word for what we hold; what is not here is the scrivener's to add.
HELD: Mapping[str, str] = {
    "cause_deed": "contract", "supply_deed": "contract", "report_certificate": "report", "tax_receipt": "tax",
    "bond_number": "bond", "fee_receipt": "fee", "title_key": "right_proof", "mandate": "mandate",
    "seller_certificate": "mandate",
}  # fmt: skip
CHECKED_APART = ("bond", "right_proof", "mandate")  # by checks of their own
PAID = "balance"  # full payment: of every deal (등기특별조치법 제2조제1항), not of supplies only


def fund_plan_duty(terms: ContractTerms, rulebook: Rulebook) -> FundPlanDuty:
    """As of the contract date (시행령 제3조제1항, 별표 1); *cannot tell* where the lot's permit zone would decide."""
    case = deal_case(terms, terms.made_on, rulebook, fund_items=get_args(Item))
    plan, evidence = decide(fund_plan, case), decide(fund_plan_evidence, case)
    documents = settled(fund_plan_documents, case) if evidence.outcome is not Outcome.NO else ()
    return FundPlanDuty(
        plan=plan, evidence=evidence,
        documents=tuple(PlanItem(item=one.item, documents=one.documents) for one in documents),
        handover_by=settled(fund_plan_handover_due, case), file_by=settled(report_due, case),
    )  # fmt: skip


def attachments(deal: Deal, day: date, rulebook: Rulebook) -> tuple[Attachment, ...]:
    """What goes with the electronic application that a scrivener files (등기규칙 제46조, 제67조)."""
    case = deal_case(
        deal.terms, day, rulebook, home=deal.home, channel="electronic", by_scrivener=True,
        seller_corporate=deal.giver.role is PartyRole.SUPPLIER,
        needs_permit_proof=bool(permit_of(deal.terms).get("number")),
    )  # fmt: skip
    return settled(transfer_attachments, case)


def needed(wanted: Collection[Attachment]) -> tuple[str, ...]:
    """Our words for the documents that the packet must hold."""
    held = (HELD.get(one.document) for one in wanted)
    return tuple(dict.fromkeys([*(word for word in held if word and word not in CHECKED_APART), PAID]))


def listed(wanted: Collection[Attachment], at_hand: Collection[str]) -> tuple[AttachedPaper, ...]:
    return tuple(
        AttachedPaper(
            document=one.document, ko=one.ko, en=one.en, from_whom=one.from_whom, form=one.form, article=one.article,
            state=_state(one, at_hand),
        )
        for one in wanted
    )  # fmt: skip


def _state(one: Attachment, at_hand: Collection[str]) -> PaperState:
    if one.document in HELD:
        return PaperState.AT_HAND if HELD[one.document] in at_hand else PaperState.MISSING
    return PaperState.LOOKED_UP if one.form == "shared" else PaperState.BESIDE
