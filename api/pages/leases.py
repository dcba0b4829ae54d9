"""A broker's draft of a lease (주택임대차): only what no register holds is typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Broker
from api.pages import draft_people
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import forms
from api.routes.forms import DraftLease
from domain.time import now, seoul_date
from domain.words import ContractKind
from law.forms import special
from law.forms.explaining import asked, asked_by_section

router = APIRouter(include_in_schema=False)
# Proposals for the days; two years is what a shorter lease counts as anyway (주택임대차보호법 제4조①).
BALANCE_DAYS, TERM_YEARS = 30, 2
SIDES = ("lessor", "lessee")
LEASE = (
    "starts_on", "ends_on", "part", "part_area", "management_basis", "repairs", "unpaid_taxes", "fixed_dates",
)  # fmt: skip
SUMS = ("monthly_rent", "rent_day", "management_fee")
INPUTS = {
    "payments.0.amount": "deposit", "payments.0.due_on": "deposit_on", "payments.1.amount": "price",
    "payments.1.due_on": "balance_on", "payments.0": "deposit_on", "payments.1": "balance_on", "payments": "deposit",
    "deposit": "price", "": "deposit", "parties": "lessor_code", "seller_code": "lessor_code",
    "buyer_code": "lessee_code", "statements": "orientation", "switches": "special_clauses",
    **{f"lease.{name}": name for name in (*LEASE, *SUMS)}, "lease": "starts_on",
}  # fmt: skip


@router.get("/leases/new")
async def new(view: Reader, broker: Broker) -> Response:
    return _form(view)


def _form(view: View, refused: Refused | None = None, form: Posted | None = None) -> Response:
    today = seoul_date(now())
    start = today + timedelta(days=BALANCE_DAYS)
    end = start.replace(year=start.year + TERM_YEARS, day=min(start.day, 28)) - timedelta(days=1)
    return view.page(
        "draft_lease.html", status=refused.status if refused else 200, refused=refused,
        posted=form.values if form else {}, stated=asked_by_section(ContractKind.LEASE),
        switches=special.offered(ContractKind.LEASE), today=today.isoformat(), balance_on=start.isoformat(),
        ends_on=end.isoformat(),
    )  # fmt: skip


@router.post("/leases")
async def draft(view: Reader, broker: Broker, form: Form) -> Response:
    async def work() -> Response:
        made = read(await forms.draft_lease(_wish(form), broker, form.key, view.services))
        return view.back(f"/contracts/{made['contract_id']}", "drafting")

    async def again(refused: Refused) -> Response:
        return _form(view, refused, form)

    stated = {f"statements.{row.ask}": str(row.ask) for row in asked(ContractKind.LEASE)}
    stated |= draft_people.inputs(form, *SIDES)
    return await carry_out(view, form, work, again, {**INPUTS, **stated})


def _wish(form: Posted) -> DraftLease:
    said = {row.ask: form.text(row.ask) for row in asked(ContractKind.LEASE) if row.ask}
    sums = {name: form.number(name) for name in SUMS}
    lease: dict[str, Any] = {**{name: form.text(name) for name in LEASE}, **sums}
    return DraftLease.model_validate({
        "unique_no": form.text("unique_no"), "deposit": form.number("price"), "payments": _payments(form),
        "lessor_code": form.text("lessor_code"), "lessee_code": form.text("lessee_code"),
        "other_broker_code": form.text("other_broker_code"), "special_clauses": form.lines("special_clauses"),
        "lease": {name: value for name, value in lease.items() if value is not None},
        "statements": {name: text for name, text in said.items() if text}, "switches": form.texts("switches"),
        "witness_code": form.text("witness_code"), "agents": draft_people.agents(form, *SIDES),
    })  # fmt: skip


def _payments(form: Posted) -> list[dict[str, Any]]:
    whole, first = form.number("price"), form.number("deposit")
    left = whole - first if isinstance(whole, int) and isinstance(first, int) else whole
    return [
        {"kind": "deposit", "amount": first, "due_on": form.text("deposit_on")},
        {"kind": "balance", "amount": left, "due_on": form.text("balance_on")},
    ]
