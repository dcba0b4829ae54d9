"""The transfer of title: what its people still have to give, the examiner's checks, the packet, the registry's word."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.access import TransferParty, TransferSeat
from api.pages.forms import Form, Posted, Refused, carry_out
from api.pages.view import Reader, View, version_of
from api.routes import fund_plans, transfers
from api.routes import me as me_routes
from api.routes.transfers import BEFORE_FILING, ChooseScrivener, Declare, GiveRightProof
from domain.words import Outcome, PartyRole, Role
from store import contracts, desks
from store.tasks import OBLIGORS

router = APIRouter(include_in_schema=False)


@router.get("/transfers/{transfer_id}")
async def show(view: Reader, seat: TransferParty) -> Response:
    return await _transfer(view, seat)


@router.get("/transfers/{transfer_id}/live")
async def live(view: Reader, seat: TransferParty, v: Annotated[str, Query(max_length=80)] = "") -> Response:
    found = await _facts(view, seat)
    return Response(status_code=204) if v == found["version"] else view.page("transfer_live.html", **found)


async def _transfer(
    view: View, seat: TransferSeat, refused: Refused | None = None, form: Posted | None = None
) -> Response:
    found = await _facts(view, seat)
    status = refused.status if refused else 200
    return view.page("transfer.html", status=status, refused=refused, posted=form.values if form else {}, **found)


async def _facts(view: View, seat: TransferSeat) -> dict[str, Any]:
    found = await transfers.show(seat, view.services)
    scriveners = await me_routes.scriveners(seat.person, view.services)
    async with view.services.db.transaction() as session:
        approvals = await desks.approvals_of_case(session, seat.transfer.case_id, seat.person.id)
        record = await desks.transfer_record(session, seat.transfer.id, seat.person.id)
        prepared = await contracts.approvals(session, seat.transfer.id, "report")
    owed = found.fund_plan is not None and found.fund_plan.plan.outcome is not Outcome.NO
    return {
        "plan_open": owed and not prepared and found.state == "open" and PartyRole.BUYER in seat.roles,
        "transfer": found, "scriveners": scriveners.items, "roles": seat.roles, "record": record,
        "approvals": [row for row in approvals if row.subject_id == seat.transfer.id],
        "gives_right": bool(seat.roles & {str(role) for role in OBLIGORS}),
        "buys": PartyRole.BUYER in seat.roles and found.state in BEFORE_FILING, "files": Role.SCRIVENER in seat.roles,
        "version": version_of(found, record.version, [(row.id, row.state) for row in approvals]),
    }  # fmt: skip


@router.get("/transfers/{transfer_id}/packet")
async def packet(view: Reader, seat: TransferParty) -> Response:
    answer = await transfers.packet(seat, view.services)
    answer.headers["Content-Disposition"] = 'attachment; filename="transfer-packet.zip"'
    return answer


@router.post("/transfers/{transfer_id}/right-proof")
async def give_right_proof(view: Reader, seat: TransferParty, form: Form) -> Response:
    async def work() -> Response:
        body = GiveRightProof.model_validate({
            "serial": form.text("serial"), "password_no": form.number("password_no"), "password": form.text("password"),
        })  # fmt: skip
        await transfers.give_right_proof(body, seat, form.key, view.services)
        return view.back(f"/transfers/{seat.transfer.id}", "proof_given")

    # What was typed is a secret: it is not shown again.
    return await carry_out(view, form, work, lambda refused: _transfer(view, seat, refused))


def _said(form: Posted, name: str) -> bool | str | None:
    """None: left open. A word that the form does not offer is for the model to refuse."""
    word = form.text(name)
    return {"yes": True, "no": False}.get(word, word) if word else None


@router.post("/transfers/{transfer_id}/declaration")
async def declare(view: Reader, seat: TransferParty, form: Form) -> Response:
    async def work() -> Response:
        body = Declare.model_validate({
            "homes_before": form.number("homes_before"), "home_adjusted": _said(form, "home_adjusted"),
            "moving_house": _said(form, "moving_house"),
        })  # fmt: skip
        await transfers.declare(body, seat, form.key, view.services)
        return view.back(f"/transfers/{seat.transfer.id}", "homes_declared")

    return await carry_out(view, form, work, lambda refused: _transfer(view, seat, refused, form))


@router.post("/transfers/{transfer_id}/scrivener")
async def choose_scrivener(view: Reader, seat: TransferParty, form: Form) -> Response:
    async def work() -> Response:
        body = ChooseScrivener.model_validate({"scrivener_code": form.text("scrivener_code")})
        await transfers.choose_scrivener(body, seat, form.key, view.services)
        return view.back(f"/transfers/{seat.transfer.id}", "scrivener_chosen")

    return await carry_out(view, form, work, lambda refused: _transfer(view, seat, refused, form))


@router.post("/transfers/{transfer_id}/fund-plan")
async def choose_fund_plan(view: Reader, seat: TransferParty, form: Form) -> Response:
    async def work() -> Response:
        body = fund_plans.ChooseFundPlan.model_validate({"way": form.text("way")})
        await fund_plans.choose(body, seat, form.key, view.services)
        return view.back(f"/transfers/{seat.transfer.id}", "fund_plan_chosen")

    return await carry_out(view, form, work, lambda refused: _transfer(view, seat, refused, form))


@router.post("/transfers/{transfer_id}/refile")
async def refile(view: Reader, seat: TransferParty, form: Form) -> Response:
    async def work() -> Response:
        await transfers.refile(seat, form.key, view.services)
        return view.back(f"/transfers/{seat.transfer.id}", "refiled")

    return await carry_out(view, form, work, lambda refused: _transfer(view, seat, refused))
