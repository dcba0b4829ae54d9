"""A broker's draft of a sale: only what no register holds is typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Broker
from api.pages import draft_people
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import contracts
from api.routes.contracts import DraftContract
from domain.time import now, seoul_date
from domain.words import ContractKind
from law.forms import special
from law.forms.explaining import asked, asked_by_section

router = APIRouter(include_in_schema=False)
BALANCE_DAYS = 30  # a proposal for the date of the balance
INPUTS = {
    "payments.0.amount": "deposit", "payments.0.due_on": "deposit_on", "payments.1.amount": "instalment",
    "payments.1.due_on": "instalment_on", "payments.2.amount": "price", "payments.2.due_on": "balance_on",
    "payments.0": "deposit_on", "payments.1": "instalment_on", "payments": "deposit", "": "deposit",
    "parties": "seller_code", "permit.zone": "permit_zone", "permit.land_zone": "land_zone",
    "permit.number": "permit_no", "permit": "permit_no", "statements": "orientation", "switches": "special_clauses",
}  # fmt: skip
SIDES = ("seller", "buyer")


@router.get("/contracts/new")
async def new(view: Reader, broker: Broker) -> Response:
    return _form(view)


def _form(view: View, refused: Refused | None = None, form: Posted | None = None) -> Response:
    today = seoul_date(now())
    return view.page(
        "draft.html", status=refused.status if refused else 200, refused=refused, posted=form.values if form else {},
        stated=asked_by_section(ContractKind.SALE), switches=special.offered(ContractKind.SALE),
        today=today.isoformat(), balance_on=(today + timedelta(days=BALANCE_DAYS)).isoformat(),
    )  # fmt: skip


@router.post("/contracts")
async def draft(view: Reader, broker: Broker, form: Form) -> Response:
    async def work() -> Response:
        made = read(await contracts.draft_contract(_wish(form), broker, form.key, view.services))
        return view.back(f"/contracts/{made['contract_id']}", "drafting")

    async def again(refused: Refused) -> Response:
        return _form(view, refused, form)

    return await carry_out(view, form, work, again, _inputs(form))


def _wish(form: Posted) -> DraftContract:
    said = {row.ask: form.text(row.ask) for row in asked(ContractKind.SALE) if row.ask}
    return DraftContract.model_validate({
        "unique_no": form.text("unique_no"), "price": form.number("price"), "payments": _payments(form),
        "seller_code": form.text("seller_code"), "buyer_code": form.text("buyer_code"),
        "other_broker_code": form.text("other_broker_code"), "special_clauses": form.lines("special_clauses"),
        "statements": {name: text for name, text in said.items() if text}, "permit": _permit(form),
        "switches": form.texts("switches"), "witness_code": form.text("witness_code"), **draft_people.shared(form),
        "agents": draft_people.agents(form, *SIDES),
    })  # fmt: skip


def _permit(form: Posted) -> dict[str, Any] | None:
    """What was left open is not said."""
    zone = form.text("permit_zone")
    said = {
        "zone": {"yes": True, "no": False}.get(zone, zone) if zone else None,
        "land_zone": form.text("land_zone"), "number": form.text("permit_no"),
    }  # fmt: skip
    return said if any(value is not None for value in said.values()) else None


def _payments(form: Posted) -> list[dict[str, Any]]:
    """Deposit, instalment where there is one, and what is left as the balance."""
    price, deposit, instalment = (form.number(name) for name in ("price", "deposit", "instalment"))
    middle = {"kind": "instalment", "amount": instalment, "due_on": form.text("instalment_on")}
    left = price
    if isinstance(price, int) and isinstance(deposit, int):
        left = price - deposit - (instalment if isinstance(instalment, int) else 0)
    return [
        {"kind": "deposit", "amount": deposit, "due_on": form.text("deposit_on")},
        *([middle] if instalment is not None else []),
        {"kind": "balance", "amount": left, "due_on": form.text("balance_on")},
    ]


def _inputs(form: Posted) -> dict[str, str]:
    """Without an instalment the balance is the second payment."""
    stated = {f"statements.{row.ask}": row.ask for row in asked(ContractKind.SALE) if row.ask}
    stated |= draft_people.inputs(form, *SIDES)
    if form.text("instalment") is not None:
        return {**INPUTS, **stated}
    return {**INPUTS, **stated, "payments.1.amount": "price", "payments.1.due_on": "balance_on"}
