"""A winner's procedure when the draw behind it does not stand: it stops wherever it is, and begins no contract."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activities.awards import Awards
from activities.judge import Judge
from activities.taking_back import BY_ORDER, take_back
from domain.awards import AwardEnd
from domain.errors import NotYet
from domain.filings import Deposit
from domain.messages import AwardStart, ExplainAct
from domain.notices import Notice
from domain.time import now
from law import rulebook
from store import draws
from store.tables.contracts import ContractRow
from store.tables.draws import AwardRow, DrawRow
from store.tables.exchange import OutboxRow
from store.tasks import todo
from tests.workflows.test_story_a_award import HOME, Story, accept, awarded, sellable


async def _take_back(story: Story) -> None:
    """As an annulment or a correction does it."""
    async with story.world.db.transaction() as session:
        await draws.of_award(session, story.award_id)
        row = await session.get_one(AwardRow, story.award_id, with_for_update={"key_share": True})
        await take_back(session, row, BY_ORDER, ko="취소", en="Annulled")


async def _signal(story: Story) -> None:
    (promise,) = await story.world.rows(OutboxRow, kind="signal:annulled", workflow_id=story.handle.id)
    await story.handle.signal(promise.kind.partition(":")[2])


@pytest.mark.parametrize("where", ["finding", "accepting", "paying"])
async def test_it_stops_wherever_it_waits(  # noqa: PLR0917
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path, where: str, keep_history: Any
) -> None:
    notice = sellable(notice_of, f"20260006{31 + len(where)}")
    changed: dict[str, Any] = {"home_ownership": {"homes": [HOME]}} if where == "finding" else {}
    async with awarded(world, notice, tmp_path, fact_of, window="PT60S", **changed) as story:
        await story.until_event("finding" if where == "finding" else "checked")
        if where == "paying":
            await story.act("accept", accept(story))
            await story.due()
        await _take_back(story)
        await _signal(story)
        assert (await story.handle.result()).state == "annulled"
        assert (await story.award()).state == "annulled"
        assert {row.state for row in await world.rows(ContractRow, award_id=story.award_id)} <= {"annulled"}
        async with world.db.transaction() as session:
            assert [one.code for one in await todo(session, story.person) if one.code == "pay"] == []
        await keep_history(story.handle, f"award_annulled_{where}")


async def test_it_begins_after_its_award_was_taken_back(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    """Its start was promised before: the record tells it, the signal comes later."""
    async with awarded(world, sellable(notice_of, "2026000641"), tmp_path, fact_of) as story:
        await story.until_event("checked")
        await _take_back(story)
        refused = await story.refused("accept", accept(story))
        assert refused == "award_annulled"
        again = await world.client.start_workflow(
            "AwardWorkflow", AwardStart(award_id=story.award_id), id=f"again-{story.award_id}", task_queue="onjip-flow"
        )
        assert (await again.result())["state"] == "annulled"
        await _signal(story)
        assert (await story.handle.result()).state == "annulled"
        waiting = ExplainAct(person_id=story.person, text="?")
        with pytest.raises(Exception, match=r"completed|not found"):
            await story.handle.execute_update("explain", waiting)


async def test_a_contract_and_a_correction_wait_for_each_other(
    world: Any, notice_of: Callable[..., Notice], fact_of: Any, tmp_path: Path
) -> None:
    """While digits are corrected nobody begins a contract; one that has begun is not touched."""
    async with awarded(world, sellable(notice_of, "2026000642"), tmp_path, fact_of) as story:
        await story.until_event("checked")
        await story.act("accept", accept(story))
        due = await story.due()
        correcting = {"number": 1, "digits": "1", "recording_sha256": "0" * 64, "reason": "", "seal": None}
        await _set(story, correcting)
        awards = Awards(world.db, Judge(world.db, rulebook.load("normal")))
        with pytest.raises(Exception, match="digits_being_corrected") as waits:
            await awards.end(AwardEnd(award_id=story.award_id, state="contracted"))
        assert isinstance(waits.value.__cause__, NotYet)
        story.bank.paid[due.memo or ""] = Deposit(
            number="D-1", account=due.account or "", amount=due.amount, at=now(), memo=due.memo or ""
        )
        await asyncio.sleep(2)
        assert (await story.award()).state == "checked"
        await _set(story, None)
        assert (await story.handle.result()).state == "contracted"


async def _set(story: Story, correcting: dict[str, Any] | None) -> None:
    async with story.world.db.transaction() as session:
        row = await session.get_one(DrawRow, (await story.award()).notice_id)
        row.correcting = correcting
        session.add(row)
