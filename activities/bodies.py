"""The bodies that people sign and agencies receive. Pure: a deal in, a domain model out."""

from __future__ import annotations

from activities.deal import Deal
from activities.settlement import Payout
from domain.contracts import ContractTerms, Party
from domain.filings import (
    BondOrder,
    FeeOrder,
    Mandate,
    Release,
    ReportCancellation,
    ReportParty,
    SaleReport,
    StampOrder,
    TaxRefund,
    TransferApplication,
    TransferParty,
    Withdrawal,
)
from domain.model import Model, canonical_json
from domain.words import Outcome, PartyRole
from store.transfers import FUND_PLAN, FUND_PLAN_WAY

CAUSE, PURPOSE = "매매", "소유권이전"
REPORT_ROLE = {
    PartyRole.SELLER: "seller",
    PartyRole.BUYER: "buyer",
    PartyRole.SUPPLIER: "supplier",
    PartyRole.SELLER_BROKER: "broker",
    PartyRole.BUYER_BROKER: "broker",
}


def sale_report(deal: Deal, reference: str, *, terms: ContractTerms, price: int, copy: str, reporters: tuple[str, ...],
                changes: str | None, deposit_proof: dict[str, object] | None, amendment_copy: str | None = None
                ) -> SaleReport:  # fmt: skip
    """부동산거래신고서 of ``terms``; with ``changes`` the 변경신고 of that certificate, proven by the amendment."""
    return SaleReport.model_validate({
        "reference": reference,
        "contract_sha256": deal.contract.document_sha256,
        "contract_kind": "supply" if deal.is_supply else "sale",
        "contract_date": terms.made_on,
        "property": deal.home,
        "price": price,
        "payments": [one.model_dump(mode="json", include={"kind", "number", "amount", "due_on"})
                     for one in terms.payments],
        "parties": [_report_party(deal, party) for party in terms.parties if party.role in REPORT_ROLE],
        "reporters": reporters,
        "deposit_proof": deposit_proof,
        "contract_copy": copy,
        "fund_plan": _fund_plan(deal),
        "changes": changes,
        "amendment_sha256": deal.amendment.document_sha256 if deal.amendment and amendment_copy else None,
        "amendment_copy": amendment_copy,
    })  # fmt: skip


def _fund_plan(deal: Deal) -> str | None:
    """The form's box (신고규칙 제2조⑥⑨): what the buyer has chosen; a plan that is owed and not handed over is filed
    apart. None where nobody can tell whether one is owed."""
    duty = deal.record.get(FUND_PLAN)
    if duty is None:
        return None
    unchosen = {Outcome.NO: "none", Outcome.YES: "apart"}.get(Outcome(duty["plan"]["outcome"]))
    return deal.record.get(FUND_PLAN_WAY, unchosen)


def _report_party(deal: Deal, party: Party) -> ReportParty:
    return ReportParty(
        role=REPORT_ROLE[party.role],
        identity_ref=deal.refs[party.person_id],
        name=party.organisation if party.role is PartyRole.SUPPLIER and party.organisation else party.name,
        address=party.address,
        share=party.share,
        registration_no=party.registration_no,
    )


def stamp_order(deal: Deal, reference: str, amount: int) -> StampOrder:
    return StampOrder(
        reference=reference,
        contract_sha256=deal.contract.document_sha256 or "",
        contract_amount=deal.full_price,
        amount=amount,
    )


def bond_order(deal: Deal, reference: str, amount: int, region: str) -> BondOrder:
    value = deal.standard_value
    return BondOrder(
        reference=reference,
        buyer_ref=deal.refs[deal.buyer.person_id],
        unique_no=value.unique_no,
        standard_value=value.value,
        standard_value_no=value.number,
        amount=amount,
        region=region,
    )


def fee_order(deal: Deal, reference: str) -> FeeOrder:
    return FeeOrder(reference=reference, unique_no=deal.home.unique_no or "", purpose=PURPOSE)


def mandate(deal: Deal, reference: str, party: Party, agent_ref: str, agent_name: str) -> Mandate:
    """위임장 of one party."""
    return Mandate(
        reference=reference,
        contract_sha256=deal.contract.document_sha256 or "",
        unique_no=deal.home.unique_no or "",
        cause=CAUSE,
        cause_date=deal.terms.made_on,
        purpose=PURPOSE,
        principal_role="obligee" if party.role is PartyRole.BUYER else "obligor",
        principal_ref=deal.refs[party.person_id],
        agent_ref=agent_ref,
        agent_name=agent_name,
    )


def application(deal: Deal, reference: str, *, agent_ref: str, agent_name: str, numbers: dict[str, object]
                ) -> TransferApplication:  # fmt: skip
    """소유권이전등기신청서. ``numbers``: tax, bond and fee numbers, sums, 등기필정보, refiles."""
    return TransferApplication.model_validate({
        "reference": reference,
        "property": deal.home,
        "cause": CAUSE,
        "cause_date": deal.terms.made_on,
        "purpose": PURPOSE,
        "parties": [_transfer_party(deal, party) for party in (*deal.givers, *deal.buyers)],
        "agent_ref": agent_ref,
        "agent_name": agent_name,
        "price": deal.reported_price,
        "report_no": deal.certificate_no,
        "tax_base": deal.full_price,
        "standard_value": deal.standard_value.value,
        **numbers,
    })  # fmt: skip


def shown(body: Model) -> bytes:
    """The body's text without the secret in it (등기필정보): for rows, pages and packets."""
    value = body.model_dump(mode="json")
    if isinstance(body, TransferApplication):
        value["right_proof"] = None
    return canonical_json(value)


def _transfer_party(deal: Deal, party: Party) -> TransferParty:
    supplier = party.role is PartyRole.SUPPLIER
    return TransferParty(
        role="obligee" if party.role is PartyRole.BUYER else "obligor",
        identity_ref=deal.refs[party.person_id],
        name=party.organisation if supplier and party.organisation else party.name,
        address=party.address,
        organisation=party.organisation,
        share=party.share,
    )


def cancellation(deal: Deal, reference: str, *, dissolved_on: object, sha256: str, copy: str) -> ReportCancellation:
    return ReportCancellation.model_validate({
        "reference": reference, "report_no": deal.certificate_no, "dissolved_on": dissolved_on,
        "dissolution_sha256": sha256, "dissolution_copy": copy,
    })  # fmt: skip


def tax_refund(deal: Deal, reference: str) -> TaxRefund:
    return TaxRefund(reference=reference, return_no=str(deal.answer("tax")["number"]), report_no=deal.certificate_no)


def withdrawal(reference: str, receipt_no: str) -> Withdrawal:
    return Withdrawal(reference=reference, receipt_no=receipt_no, reason="매매계약의 합의해제")


def release(deal: Deal, reference: str, payout: Payout) -> Release:
    """What both parties tell the holder of one deposit."""
    return Release(
        reference=reference,
        contract_sha256=deal.contract.document_sha256 or "",
        deposit_no=payout.deposit_no,
        amount=payout.amount,
        buyer_ref=deal.refs[deal.buyer.person_id],
        seller_ref=deal.refs[deal.giver.person_id],
        direction=payout.direction,
    )
