"""Forms on a contract's page: edit the draft, remind, take back, withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import ContractParty, Party
from api.pages.contracts import contract_page
from api.pages.forms import Form, Posted, carry_out, read
from api.pages.view import Reader, View
from api.routes import contract_acts, forms
from api.routes.contract_acts import EditDraft, Reason
from api.routes.forms import Amend
from domain.errors import UnknownThing
from store import contracts

router = APIRouter(include_in_schema=False)


@router.post("/contracts/{contract_id}/edit")
async def edit(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        body = EditDraft.model_validate({
            "version": form.number("version"), "price": form.number("price"), "payments": _payments(party, form),
            "handover_on": form.text("handover_on"), "special_clauses": form.lines("special_clauses"),
        })  # fmt: skip
        await contract_acts.edit(body, party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "edited")

    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused, form), _inputs(party))


def _payments(party: Party, form: Posted) -> list[dict[str, Any]] | None:
    """The parts of the contract stay; their sums and days may change."""
    parts = [
        {"kind": one.kind, "number": one.number, "amount": form.number(f"amount_{place}"),
         "due_on": form.text(f"due_{place}")}
        for place, one in enumerate(_parts(party))
    ]  # fmt: skip
    return parts or None


def _inputs(party: Party) -> dict[str, str]:
    found = {"payments": "amount_0", "payments.due_on": "due_0", "": "price"}
    for place in range(len(_parts(party))):
        found |= {f"payments.{place}.amount": f"amount_{place}", f"payments.{place}.due_on": f"due_{place}",
                  f"payments.{place}": f"due_{place}"}  # fmt: skip
    return found


def _parts(party: Party) -> tuple[Any, ...]:
    if party.contract is None:
        raise UnknownThing(ko="아직 초안이 없습니다.", en="There is no draft yet.")
    return contracts.terms_of(party.contract).payments


@router.post("/contracts/{contract_id}/amendment")
async def amend(contract_id: UUID, view: Reader, party: ContractParty, form: Form) -> Response:
    """A proposal only: it takes effect when everybody who signed the contract has signed it."""

    async def work() -> Response:
        body = Amend.model_validate({
            "reason": form.text("amend_reason"), "price": form.number("price"), "payments": _payments(party, form),
            "handover_on": form.text("handover_on"), "special_clauses": form.lines("special_clauses"),
        })  # fmt: skip
        made = read(await forms.amend(body, contract_id, party, form.key, view.services))
        return view.back(f"/contracts/{made['contract_id']}", "amendment_made")

    inputs = {**_inputs(party), "reason": "amend_reason"}
    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused, form), inputs)


@router.post("/contracts/{contract_id}/remind")
async def remind(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        await contract_acts.remind(party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "reminded")

    return await carry_out(view, form, work, lambda refused: contract_page(view, party, refused))


@router.post("/contracts/{contract_id}/reopen")
async def reopen(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        body = Reason.model_validate({"reason": form.text("reopen_reason")})
        await contract_acts.reopen(body, party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "reopened")

    return await _with_reason(view, party, form, work, "reopen_reason")


@router.post("/contracts/{contract_id}/withdraw")
async def withdraw(view: Reader, party: ContractParty, form: Form) -> Response:
    async def work() -> Response:
        body = Reason.model_validate({"reason": form.text("withdraw_reason")})
        await contract_acts.withdraw(body, party, form.key, view.services)
        return view.back(f"/contracts/{party.contract_id}", "withdrawn")

    return await _with_reason(view, party, form, work, "withdraw_reason")


async def _with_reason(view: View, party: Party, form: Posted, work: Any, name: str) -> Response:
    return await carry_out(
        view, form, work, lambda refused: contract_page(view, party, refused, form), {"reason": name}
    )
