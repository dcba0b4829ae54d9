"""A contract on one page: what it says, who signs in which order, and what the reader can do now."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.access import ContractParty, Party
from api.contract_acts import BROKERED, BROKERS
from api.deadlines import KeptOut, kept_by_broker
from api.pages import lease_reports
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View, sent_to_sign, version_of
from api.routes import contracts, forms
from api.routes.contracts import Decline, Dissolve
from domain.time import seoul_date
from domain.words import PartyRole
from store import amendments, transfers

router = APIRouter(include_in_schema=False)
MOVING = ("drafting", "draft", "explained", "invited", "signing")  # states after which the page changes by itself
BOUND = (PartyRole.BUYER, PartyRole.SELLER, PartyRole.SUPPLIER)  # who may propose to dissolve


@router.get("/contracts/{contract_id}")
async def show(view: Reader, party: ContractParty) -> Response:
    return await contract_page(view, party)


@router.get("/contracts/{contract_id}/live")
async def live(view: Reader, party: ContractParty, v: Annotated[str, Query(max_length=80)] = "") -> Response:
    found = await _facts(view, party)
    return Response(status_code=204) if v == found["version"] else view.page("contract_live.html", **found)


async def contract_page(
    view: View, party: Party, refused: Refused | None = None, form: Posted | None = None
) -> Response:
    found = await _facts(view, party)
    status = refused.status if refused else 200
    return view.page("contract.html", status=status, refused=refused, posted=form.values if form else {}, **found)


async def _facts(view: View, party: Party) -> dict[str, Any]:
    found = await contracts.show(party, view.services)
    lease = await lease_reports.facts(view, party)
    report = lease["lease_report"]
    async with view.services.db.transaction() as session:
        transfer = await transfers.transfer_of_contract(session, party.contract_id)
        changed = await amendments.sealed(session, party.contract_id)
        standing = await amendments.in_force(session, party.contract) if party.contract else None
    return {
        **lease, "kept": _kept(view, party), "amendments": changed, "standing": standing,
        "contract": found, "sent": sent_to_sign(view), "terms": found.terms, "roles": party.roles, "transfer": transfer,
        "moving": found.state in MOVING or bool(report and report.state in lease_reports.UNDER_WAY),
        "bound": bool(party.roles & {str(role) for role in BOUND}),
        "version": version_of(
            found.state, found.acts, found.reminders, [(one.order, one.state) for one in found.signers],
            report and (report.state, report.due, report.reminders, report.my_approval_state),
        ),
    }  # fmt: skip


def _kept(view: View, party: Party) -> list[KeptOut]:
    """For the brokers of a deal that has been made."""
    row = party.contract
    if row is None or row.sealed_at is None or row.kind not in BROKERED or not party.roles & {"drafter", *BROKERS}:
        return []
    return kept_by_broker(view.services.rulebook, seoul_date(row.sealed_at))


@router.get("/contracts/{contract_id}/document")
async def document(party: ContractParty, view: Reader) -> Response:
    """The PDF, for the browser's own viewer and for keeping."""
    return await contracts.document(party, view.services)


@router.get("/contracts/{contract_id}/preview")
async def preview(party: ContractParty, view: Reader, paper: Annotated[forms.Paper, Query()] = "contract") -> Response:
    """The draft or its explanation as a PDF, to be read before anything is fixed."""
    return await forms.preview(party, view.services, paper)


@router.post("/contracts/{contract_id}/explain")
async def explain(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        await contracts.explain(party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "delivered")

    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused))


@router.post("/contracts/{contract_id}/invite")
async def invite(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        await contracts.invite(party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "invited")

    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused))


@router.post("/contracts/{contract_id}/sign")
async def sign(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        await contracts.sign(party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "sign_next")

    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused))


@router.post("/contracts/{contract_id}/decline")
async def decline(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        body = Decline.model_validate({"reason": form.text("reason")})
        await contracts.decline(body, party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "declined")

    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused, form))


@router.post("/contracts/{contract_id}/dissolution")
async def dissolve(contract_id: UUID, view: Reader, party: ContractParty, form: Form) -> Response:
    """A proposal only: it takes effect when everybody who signed the contract has signed it."""

    async def work() -> Response:
        body = Dissolve.model_validate({
            "reason": form.text("dissolution_reason"), "refund": form.number("refund"),
            "forfeited": form.number("forfeited") or 0, "refund_due_on": form.text("refund_due_on"),
        })  # fmt: skip
        made = read(await contracts.dissolve(body, contract_id, party, form.key, view.services))
        return view.back(f"/contracts/{made['contract_id']}", "dissolution_made")

    again = {"reason": "dissolution_reason"}
    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused, form), again)
