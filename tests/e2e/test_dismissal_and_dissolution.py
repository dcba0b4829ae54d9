"""각하 ends only that filing; 합의해제 unwinds what can be unwound. The whole stack, the real agencies, one resale.

The people act as in the demo: at the public API, and at the agencies' own sites.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from domain.time import now, seoul_date
from domain.words import Agency
from onjip import telemetry
from onjip.demo import files
from onjip.demo.acts import approve, await_step, choose_scrivener, give_right_proof
from onjip.demo.audit import repeated
from onjip.demo.case_b import DEPOSIT, PRICE, UNIQUE_NO, Resale
from onjip.demo.journey import Progress
from onjip.demo.people import Person
from onjip.demo.play import the_world
from onjip.settings import Settings
from onjip.stack.secrets import ensure_home
from onjip.stack.stack import Stack, running
from onjip.up import whole_stack
from onjip.wiring import parts
from tests.e2e.refusals import refused

pytestmark = [pytest.mark.stack, pytest.mark.long, pytest.mark.timeout(240)]
ARRIVES_WITHIN_S = 3.0  # the outbox is looked at many times a second


@pytest_asyncio.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="onjip-undo-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        ensure_home(home)
        with (home / "logs" / "stack.log").open("a") as log:
            telemetry.configure("e2e", log)
            async with running(whole_stack(Settings(home=home, rulebook="demo"))) as started:
                yield started


@dataclass
class Story:
    """A resale of which the application has been filed, and its receipt number."""

    stack: Stack
    resale: Resale
    receipt: str

    @property
    def parties(self) -> tuple[Person, ...]:
        return (self.resale.seller, self.resale.buyer, self.resale.broker, self.resale.other_broker)

    async def acts(self, agency: Agency) -> Counter[str]:
        """What really took effect there, by kind."""
        found = await files.ledgers(self.resale.buyer.world)
        assert repeated(found) == []
        return Counter(act["kind"] for act in found[agency])

    async def transfer(self, who: Person) -> dict[str, Any]:
        return await who.get(f"/api/v1/transfers/{self.resale.transfer_id}")

    async def timeline(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = (await self.resale.buyer.get(f"/api/v1/cases/{self.resale.case_id}"))["timeline"]
        return lines

    async def sign(self, person: Person, kind: str) -> None:
        await approve(person, self.resale.case_id, kind)


@pytest_asyncio.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    world = the_world(stack.home, stack.record.urls["site"])
    names = {
        "broker": "daon", "other_broker": "garam", "seller": "minjun", "buyer": "seoa", "scrivener": "doyun",
        "registrar": "haeun",
    }  # fmt: skip
    people = {part: Person(world, login) for part, login in names.items()}
    resale = Resale(Progress(Console(file=io.StringIO())), **people)
    await asyncio.gather(*(one.enter() for part, one in people.items() if part != "registrar"))
    await resale.draft()
    await resale.sign()
    await resale.deposit_and_report()
    await resale.pay_and_tax()
    yield Story(stack, resale, await _filed(resale))
    await asyncio.gather(*(one.close() for one in people.values()))


async def _filed(resale: Resale) -> str:
    await choose_scrivener(resale.buyer, resale.transfer_id, resale.scrivener)
    await give_right_proof(resale.seller, resale.transfer_id, UNIQUE_NO)
    await asyncio.gather(
        resale.approve(resale.seller, "mandate", ""), resale.approve(resale.buyer, "mandate", ""), resale.pay("fee", "")
    )
    await approve(resale.scrivener, resale.case_id, "application:1")
    return await await_step(resale.scrivener, resale.case_id, "packet_delivered")


async def test_the_examiners_checks_were_shown_before_filing(story: Story) -> None:
    checks = (await story.transfer(story.resale.scrivener))["checks"]
    assert {one["level"] for one in checks} == {"ok"}
    assert all(one["article"] and one["ko"] and one["en"] for one in checks)


async def test_what_is_refused_reaches_no_agency(story: Story) -> None:
    """Nothing took effect anywhere: after a while in which an accepted act would have arrived, no ledger has grown."""
    before = await files.ledgers(story.resale.buyer.world)
    codes = await refused(story.resale)
    assert len(codes) > 200
    assert set(codes) >= {"invalid", "not_allowed", "unknown", "wrong_state"}
    await asyncio.sleep(ARRIVES_WITHIN_S)
    assert await files.ledgers(story.resale.buyer.world) == before


async def test_a_dismissal_ends_only_that_filing(story: Story) -> None:
    resale, first = story.resale, story.receipt
    before = {agency: await story.acts(agency) for agency in (Agency.RTMS, Agency.WETAX, Agency.BOND, Agency.BANK)}
    form = {"ground": "9", "reason": "첨부정보의 보완이 필요함"}
    await resale.registrar.at("registry", f"/people/registrar/{first}/dismissal", form, done="decided_already")
    task = await resale.scrivener.task("refile", subject_id=resale.transfer_id)
    assert "ground_9" in task["en"]
    shown = await story.transfer(resale.scrivener)
    assert (shown["state"], [one["mine"] for one in shown["mending"]]) == ("dismissed", [True])
    problem = await resale.buyer.refused(f"/api/v1/transfers/{resale.transfer_id}/refile", {})
    assert problem["code"] == "wrong_state", "it is the scrivener who files"
    await resale.scrivener.post(f"/api/v1/transfers/{resale.transfer_id}/refile")
    await story.sign(resale.scrivener, "application:2")
    story.receipt = await await_step(resale.scrivener, resale.case_id, "packet_delivered", times=2)
    assert story.receipt != first
    shown = await story.transfer(resale.buyer)
    assert {one["receipt_no"]: one["state"] for one in shown["filings"]} == {
        first: "dismissed", story.receipt: "received",
    }  # fmt: skip
    assert shown["mending"] == []
    registry = await story.acts(Agency.REGISTRY)
    assert (registry["filing"], registry["dismissal"], registry["registration"]) == (2, 1, 0)
    assert {agency: await story.acts(agency) for agency in before} == before, "nothing else was filed or paid again"


async def test_a_dissolution_unwinds_what_can_be_unwound(story: Story) -> None:
    """After the balance and the tax, and while the registrar has the new filing before them."""
    resale = story.resale
    body = {
        "reason": "매수인의 사정으로 합의해제", "refund": PRICE, "forfeited": 0,
        "refund_due_on": seoul_date(now()).isoformat(),
    }  # fmt: skip
    made = await resale.buyer.post(f"/api/v1/contracts/{resale.contract_id}/dissolution", body)
    for person in story.parties:
        await person.task("sign", subject_id=made["contract_id"])
        await person.post(f"/api/v1/contracts/{made['contract_id']}/sign")
        await person.sign_at_signing_service()
    assert (await story.acts(Agency.BANK))["refund"] == 0, "not before all have signed and the filing is withdrawn"
    await story.sign(resale.scrivener, f"undo:withdrawal:{story.receipt}")
    await asyncio.gather(_cancel_and_reclaim(story), *(_release(story, person) for person in story.parties[:2]))
    reference = await await_step(resale.buyer, resale.case_id, "dissolved")
    assert reference == made["contract_id"]
    await _check_books(story)
    await _check_what_people_see(story)


async def _cancel_and_reclaim(story: Story) -> None:
    for broker in (story.resale.broker, story.resale.other_broker):
        await story.sign(broker, "undo:cancellation")
    await story.sign(story.resale.buyer, "undo:refund")


async def _release(story: Story, person: Person) -> None:
    """Deposit and balance are two payments: both parties consent to each."""
    for number in (1, 2):
        await story.sign(person, f"undo:release:{number}")


async def _check_books(story: Story) -> None:
    rtms, wetax, registry, bank = [
        await story.acts(agency) for agency in (Agency.RTMS, Agency.WETAX, Agency.REGISTRY, Agency.BANK)
    ]
    assert (rtms["report"], rtms["cancellation"]) == (1, 1)
    assert (wetax["tax_return"], wetax["refund"]) == (1, 1)
    assert (registry["filing"], registry["withdrawal"], registry["registration"]) == (2, 1, 0)
    assert bank["refund"] >= 2, "deposit and balance; the city's refund of the tax follows on its own"
    outside = parts.partners(story.stack.settings)
    async with outside.http:
        bank_books = outside.exchange(Agency.BANK)
        certificate = await outside.exchange(Agency.RTMS).get(f"/certificates/{await _report_no(story)}")
        assert certificate.data["state"] == "cancelled"
        assert (await bank_books.get("/check")).data == {"sum": 0, "uneven": [], "overdrawn": []}
    page = await story.resale.buyer.look("bank", "/people")
    assert await _tax_came_back(story), page


async def _report_no(story: Story) -> str:
    return next(line["reference"] for line in await story.timeline() if line["step"] == "reported")


async def _tax_came_back(story: Story) -> bool:
    """The city's treasurer pays by letter to the bank, a moment later: three refunds to the buyer in all."""
    for _ in range(60):
        if (await story.acts(Agency.BANK))["refund"] == 3:
            return True
        await asyncio.sleep(0.25)
    return False


async def _check_what_people_see(story: Story) -> None:
    lines = await story.timeline()
    said = " ".join(line["ko"] for line in lines)
    for words in ("인지세는 돌려받지 못합니다", "국민주택채권은 되돌리지 않고", "등기신청수수료는"):
        assert words in said
    for person in (*story.parties, story.resale.scrivener):
        assert (await person.get("/api/v1/tasks"))["items"] == []
    shown = await story.transfer(story.resale.buyer)
    assert shown["state"] == "dissolved"
    assert {one["state"] for one in shown["filings"]} == {"dismissed", "withdrawn"}
    paid = sum(one["amount"] for one in shown["dues"] if one["kind"] in ("deposit", "balance"))
    assert paid == PRICE > DEPOSIT
