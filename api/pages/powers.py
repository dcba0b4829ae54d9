"""A power of attorney (위임장) on pages: drafted by whoever gives it, and revoked."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import ContractParty, Me
from api.pages.contracts import contract_page
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import powers
from api.routes.contract_acts import Reason
from api.routes.powers import DraftPower
from domain.time import now, seoul_date
from domain.words import Power

router = APIRouter(include_in_schema=False)
VALID_DAYS = 90  # a proposal
INPUTS = {
    "buyer_code": "agent_code", "parties": "unique_no", "parties.principal": "unique_no",
    **{f"power.{name}": name for name in ("powers", "purpose", "valid_until", "may_delegate")}, "power": "powers",
}  # fmt: skip


@router.get("/powers/new")
async def new(view: Reader, person: Me) -> Response:
    return _form(view)


def _form(view: View, refused: Refused | None = None, form: Posted | None = None) -> Response:
    return view.page(
        "draft_power.html", status=refused.status if refused else 200, refused=refused,
        posted=form.values if form else {}, ticked=form.texts("powers") if form else [], acts=list(Power),
        until=(seoul_date(now()) + timedelta(days=VALID_DAYS)).isoformat(),
    )  # fmt: skip


@router.post("/powers")
async def draft(view: Reader, person: Me, form: Form) -> Response:
    async def work() -> Response:
        made = read(await powers.draft_power(_wish(form), person, form.key, view.services))
        return view.back(f"/contracts/{made['contract_id']}", "drafting")

    async def again(refused: Refused) -> Response:
        return _form(view, refused, form)

    inputs = {f"power.powers.{place}": "powers" for place in range(len(form.texts("powers")))}
    return await carry_out(view, form, work, again, INPUTS | inputs)


def _wish(form: Posted) -> DraftPower:
    power = {
        "powers": form.texts("powers"), "purpose": form.text("purpose"), "valid_until": form.text("valid_until"),
        "may_delegate": form.ticked("may_delegate"),
    }  # fmt: skip
    return DraftPower.model_validate({
        "unique_no": form.text("unique_no"), "agent_code": form.text("agent_code"), "power": power,
        "special_clauses": form.lines("special_clauses"),
    })  # fmt: skip


@router.post("/contracts/{contract_id}/revocation")
async def revoke(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        body = Reason.model_validate({"reason": form.text("revoke_reason")})
        await powers.revoke_power(body, party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "revoked")

    return await carry_out(
        view, form, work, lambda refused: contract_page(view, party, refused, form), {"reason": "revoke_reason"}
    )
