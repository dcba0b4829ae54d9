"""From the notice to the draw at the real sandbox agencies: their bytes, their refusals, their ledgers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowHandle

from contracts.trust import Trust
from domain import ids
from domain.messages import Act, ApplicationStart, ConsentStart, DigitsAct, DrawStart, NoticeSyncStart
from domain.notices import Notice
from domain.time import now, seoul_date
from domain.words import Agency
from law.drawing.heads import lawful
from law.drawing.verify import Checks, valid, verify
from mydata_connectors.identity import ConsentDesk
from onjip.verify import sealed_by, stamp_moment
from store.tables.applications import ApplicationLineRow
from store.tables.draws import AwardRow, DrawRow
from store.tables.exchange import DeliveryRow
from store.tables.notices import NoticeRow
from tests.workflows.real_play import Story, agencies, working
from tests.workflows.reserve_play import when_ready
from workflows.application import ApplicationWorkflow
from workflows.consent import ConsentWorkflow
from workflows.draw import DrawWorkflow
from workflows.notice_sync import NoticeSyncWorkflow

DIGITS = "2-0918-7364"
FOR_GOOD = 10_000  # times that a fault is answered with


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with agencies(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


async def test_the_seeded_notices_are_on_the_board(world: Any, box: Any, tmp_path: Path) -> None:
    async with working(world, box, tmp_path) as story:
        handle = await story.start(NoticeSyncWorkflow, NoticeSyncStart(patience_s=5), "notice-sync-real")
        seen = {board.agency: board for board in (await handle.result()).boards}
    assert seen[Agency.APPLYHOME].changed == seen[Agency.APPLYHOME].notices > 0
    assert not seen[Agency.LH].answered, "not connected in this story"
    rows = await world.rows(NoticeRow)
    assert {row.agency for row in rows} == {"applyhome"}


async def test_one_person_from_the_notice_to_the_draw(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    async with working(world, box, tmp_path) as story:
        today = seoul_date(now())
        notice = notice_of(
            "2026990001", supplier="과천도시공사", supplier_public=True, approval_no=None, notice_date=today,
            receipt_opens_at=now() - timedelta(seconds=5), receipt_closes_at=now() + timedelta(seconds=8),
            announcement_date=today,
        )  # fmt: skip
        await world.publish(notice, await story.person("yerin"))
        draw = await story.start(DrawWorkflow, DrawStart(notice_id=notice.id), ids.draw_workflow_id(notice.id))
        haneul = await story.person("haneul")
        case_id = await world.case(haneul)
        consent_id = await story.consents("haneul", case_id, haneul)
        consent = await story.start(
            ConsentWorkflow, ConsentStart(consent_id=consent_id), ids.consent_workflow_id(consent_id)
        )
        await story.until(lambda: _done(world, case_id, "facts_collected"))
        assert (await world.events(case_id))["facts_collected"].detail == {"missing": {}}

        await world.assess(haneul, case_id, notice.id)
        application_id = await world.file(haneul, case_id, notice)
        await box.fault("applyhome", "/applications", "act_then_timeout", method="POST")
        applied = await story.start(
            ApplicationWorkflow, ApplicationStart(application_id=application_id),
            ids.application_workflow_id(application_id),
        )  # fmt: skip
        await applied.result()
        line = (await world.rows(ApplicationLineRow, application_id=application_id))[0]
        assert (line.state, line.refusal) == ("filed", None)

        await asyncio.sleep(max(0.0, (notice.receipt_closes_at - now()).total_seconds()) + 0.2)
        await box.fault("applyhome", "/winners", "act_then_timeout", method="POST")
        await _draw(story, draw, notice)
        assert await world.steps(case_id) >= {
            "consented",
            "facts_collected",
            "assessed",
            "delivered",
            "closed",
            "drawn",
        }
        await _check_ledger(box, notice, line.receipt["number"])
        await world.change(consent_id, state="withdrawn", ended_at=now())
        await consent.signal("withdrawn")
        await consent.result()
        token_id = (await world.events(case_id))["consented"].reference
        assert not await ConsentDesk(box.exchange(Agency.IDENTITY, story.http)).active(token_id)
        await draw.terminate()


async def _draw(story: Story, draw: WorkflowHandle[Any, Any], notice: Notice) -> None:
    harin, yerin = await story.world.person("하린"), (await story.world.rows(NoticeRow, id=notice.id))[0].published_by
    await draw.execute_update("close", Act(person_id=harin))
    await story.until(lambda: _drawn_to(story.world, notice.id, "revealed"))
    for person, role in ((harin, "operator"), (yerin, "officer")):
        act = DigitsAct(person_id=person, role=role, digits=DIGITS)
        await when_ready(partial(draw.execute_update, "type_digits", act))
    await story.until(lambda: _drawn_to(story.world, notice.id, "published"))
    row = (await story.world.rows(DrawRow, notice_id=notice.id))[0]
    proof = json.loads(await story.documents.get(row.transcript_sha256))
    trusted = Trust.from_pem((await story.http.get(f"{story.box.url('trust')}/trust.pem")).content)
    checks = Checks(
        lawful=lawful, stamp=lambda token, digest: stamp_moment(token, digest, trusted),
        seal=lambda seal, body, moment: sealed_by(seal, body, trusted, moment),
    )  # fmt: skip
    findings = await asyncio.to_thread(verify, proof, None, checks)
    assert valid(findings), [one for one in findings if not one.ok]
    won = await story.world.rows(AwardRow, notice_id=notice.id, state="awarded")
    assert len(won) == 3


async def _check_ledger(box: Any, notice: Notice, receipt: str) -> None:
    """Each act took effect exactly once, though two of them were never answered."""
    acts = [act for act in (await box.ledger("applyhome"))["acts"] if act["kind"] != "document"]
    assert sorted(act["kind"] for act in acts) == [
        "application",
        "close",
        "notice",
        "share",
        "share_release",
        "winners",
    ]
    assert receipt in [act["number"] for act in acts]


async def _done(world: Any, case_id: UUID, step: str) -> bool:
    return step in await world.steps(case_id)


async def _drawn_to(world: Any, notice_id: str, state: str) -> bool:
    return (await world.rows(DrawRow, notice_id=notice_id))[0].state == state


@pytest.mark.long
async def test_a_notice_is_open_once_its_agency_has_it(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    """The agency is down, then its answer is lost; a notice that it refuses never opens."""
    async with working(world, box, tmp_path) as story:
        today, officer = seoul_date(now()), await story.person("yerin")
        ours = notice_of(
            "2026990002", supplier="과천도시공사", supplier_public=True, notice_date=today, announcement_date=today,
            receipt_opens_at=now() - timedelta(seconds=5), receipt_closes_at=now() + timedelta(hours=1),
        )  # fmt: skip
        others = ours.model_copy(update={"id": "applyhome-2026990003", "number": "2026990003", "supplier": "다른공사"})
        for notice, answer in ((ours, "open"), (others, "refused")):
            await box.fault("applyhome", "/notices", "error", times=FOR_GOOD, method="POST")
            await world.publish(notice, officer)
            draw = await story.start(DrawWorkflow, DrawStart(notice_id=notice.id), ids.draw_workflow_id(notice.id))
            await story.until(partial(_tried, world, notice))
            assert await _state(world, notice) == "publishing"
            await box.clear_faults("applyhome")
            await box.fault("applyhome", "/notices", "act_then_timeout", method="POST")
            await story.until(partial(_is, world, notice, answer))
            if answer == "open":
                await draw.terminate()


async def _state(world: Any, notice: Notice) -> str:
    return str((await world.rows(NoticeRow, id=notice.id))[0].state)


async def _is(world: Any, notice: Notice, state: str) -> bool:
    return await _state(world, notice) == state


async def _tried(world: Any, notice: Notice) -> bool:
    """It has been sent at least once."""
    reference = ids.reference(ids.draw_workflow_id(notice.id), "publish")
    return bool(await world.rows(DeliveryRow, reference=reference))
