"""The title password is asked for until it is there, and again only where the registrar found it wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from store.tables.transfers import RegistryFilingRow, TransferRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

PROOF = {"serial": "ABCD-1234-5678", "password_no": 7, "password": "1234"}
FORM = 'id="proof"'


async def begin(site: Site, make: Make) -> tuple[Browser, Browser, UUID]:
    """A seller and a buyer, and their transfer."""
    broker = await site.browser("정다온", ("broker", "다온공인"))
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    transfer = await make.transfer(contract_id)
    return seller, buyer, transfer


async def asked(person: Browser, transfer: UUID) -> tuple[bool, bool]:
    """Whether the page shows the form, and whether it is a task."""
    page = await get(person, f"/transfers/{transfer}")
    assert page.status_code == 200
    codes = {task["code"] for task in (await person.get("/tasks")).json()["items"]}
    return FORM in page.text, "right_proof" in codes


async def filed(site: Site, transfer: UUID, receipt_no: str, state: str, *codes: str, answered: str = "") -> None:
    corrections: list[Any] = [
        {
            "code": code, "field": code, "answerable_by": "obligor", "due_at": "2026-12-01T00:00:00Z", "ko": "보정",
            "en": "correct", "curable": True, "answered_at": "2026-11-30T00:00:00Z" if code == answered else None,
        }
        for code in codes
    ]  # fmt: skip
    found = await site.rows(RegistryFilingRow, receipt_no=receipt_no)
    row = found[0] if found else RegistryFilingRow(
        transfer_id=transfer, receipt_no=receipt_no, packet_sha256="0" * 64, state=state
    )  # fmt: skip
    row.corrections, row.state = corrections, state
    await site.add(row)


async def test_it_is_asked_for_until_it_is_given(site: Site, make: Make) -> None:
    seller, buyer, transfer = await begin(site, make)
    assert await asked(seller, transfer) == (True, True)
    assert await asked(buyer, transfer) == (False, False)
    await seller.post(f"/transfers/{transfer}/right-proof", PROOF)
    assert await asked(seller, transfer) == (False, False)


@pytest.mark.parametrize("state", ["filed", "correction", "dismissed", "withdrawn"])
async def test_what_was_given_goes_into_every_filing(site: Site, make: Make, state: str) -> None:
    """A refiling opens the same sealed secret again: there is nothing to ask the seller for."""
    seller, _, transfer = await begin(site, make)
    await seller.post(f"/transfers/{transfer}/right-proof", PROOF)
    await filed(site, transfer, f"R-{state}", state, "price_differs")
    await make_state(site, transfer, state)
    assert await asked(seller, transfer) == (False, False)


@pytest.mark.parametrize("state", ["correction", "dismissed", "withdrawn"])
async def test_one_that_was_found_wrong_is_asked_for_anew_once(site: Site, make: Make, state: str) -> None:
    seller, buyer, transfer = await begin(site, make)
    await seller.post(f"/transfers/{transfer}/right-proof", PROOF)
    receipt = f"W-{state}"
    await filed(site, transfer, receipt, state, "price_differs", "right_proof_wrong")
    await make_state(site, transfer, state)
    assert await asked(seller, transfer) == (True, True)
    assert await asked(buyer, transfer) == (False, False)
    assert (await seller.post(f"/transfers/{transfer}/right-proof", {**PROOF, "password": "5678"})).status_code == 200
    assert await asked(seller, transfer) == (False, False)
    await filed(site, transfer, receipt, state, "price_differs", "right_proof_wrong", "right_proof_wrong")
    assert await asked(seller, transfer) == (True, True), "wrong again"
    await filed(site, transfer, receipt, state, "right_proof_wrong", answered="right_proof_wrong")
    assert await asked(seller, transfer) == (False, False)


async def make_state(site: Site, transfer: UUID, state: str) -> None:
    row = (await site.rows(TransferRow, id=transfer))[0]
    row.state = state
    await site.add(row)
