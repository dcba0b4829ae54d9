"""Signing a contract: by which means, what each is good for later, and the page on which an own device signs."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import ContractParty
from api.pages.view import Reader
from api.routes import contracts
from api.signing_uses import choices
from domain.errors import WrongState
from domain.time import now, seoul_date

router = APIRouter(include_in_schema=False)


@router.get("/contracts/{contract_id}/signing")
async def show(view: Reader, party: ContractParty) -> Response:
    """With the remote service by a form, which comes to the contract's page; an own device signs by script, here."""
    found = await contracts.show(party, view.services)
    if found.terms is None or found.state not in ("invited", "signing"):
        raise WrongState(ko="지금은 서명하는 계약이 아닙니다.", en="This contract is not being signed now.")
    return view.page(
        "signing.html", contract=found, terms=found.terms,
        choices=choices(view.services.rulebook, found.terms.kind, seoul_date(now())),
    )  # fmt: skip
