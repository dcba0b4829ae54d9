"""The ceremony on real parts: custodians, time stamps and a public random source over HTTP, and what voids a draw.

What is published is judged by the very code of ``onjip draw verify``.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.beacons import Beacons
from domain import ids
from domain.messages import Act, ActAnswer, DigitsAct, DrawStart
from domain.notices import Notice
from domain.time import now, seoul_date
from law.drawing import hashing
from law.drawing.terms import Beacon, Head, Source
from mydata_connectors.beacon import DrandBeacon
from onjip import verify_draw
from store.tables.draws import AwardRow, DrawRecordRow, DrawRow
from store.tables.notices import NoticeRow
from tests.workflows.real_play import Story, agencies, working
from tests.workflows.reserve_play import when_ready
from workflows.draw import DrawWorkflow

pytestmark = pytest.mark.long
DIGITS = "2-0918-7364"
FOR_GOOD = 10_000  # times that a fault is answered with


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with agencies(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@dataclass
class Play:
    """One notice and its draw, with the two who hold the ceremony."""

    story: Story
    notice: Notice
    handle: WorkflowHandle[Any, Any]
    officer: UUID
    operator: UUID
    folder: Path

    async def row(self) -> DrawRow:
        found: DrawRow = (await self.story.world.rows(DrawRow, notice_id=self.notice.id))[0]
        return found

    async def until(self, state: str, within: float = 60.0) -> None:
        async def reached() -> bool:
            return (await self.row()).state == state

        await self.story.until(reached, within)

    async def close(self) -> None:
        await asyncio.sleep(max(0.0, (self.notice.receipt_closes_at - now()).total_seconds()) + 0.2)
        await self.handle.execute_update("close", Act(person_id=self.operator))

    async def type(self, role: str) -> None:
        person = self.officer if role == "officer" else self.operator
        act = DigitsAct(person_id=person, role=role, digits=DIGITS)
        await when_ready(lambda: self.handle.execute_update("type_digits", act, result_type=ActAnswer))

    async def type_both(self) -> None:
        for role in ("operator", "officer"):
            await self.type(role)

    async def judged(self, sha256: str) -> tuple[dict[str, Any], int]:
        """A published document, and what the command says of it: 0 stands."""
        document, trust = self.folder / "document.json", self.folder / "trust.pem"
        document.write_bytes(await self.story.documents.get(sha256))
        trust.write_bytes((await self.story.http.get(f"{self.story.box.url('trust')}/trust.pem")).content)
        said = await asyncio.to_thread(verify_draw.draw, document, trust)
        return json.loads(document.read_bytes()), said

    async def void_record(self) -> dict[str, Any]:
        """The sealed record of a draw that has ended without a result."""
        assert (await self.handle.result()).state == "void"
        assert await self.story.world.rows(AwardRow, notice_id=self.notice.id) == []
        assert (await self.story.world.rows(NoticeRow, id=self.notice.id))[0].state == "void"
        (kept,) = await self.story.world.rows(DrawRecordRow, notice_id=self.notice.id)
        document, said = await self.judged(kept.document_sha256)
        assert said == 0
        body: dict[str, Any] = document["body"]
        return body


@asynccontextmanager
async def playing(
    story: Story, notice_of: Callable[..., Notice], number: str, folder: Path, *, beacon: Beacon | None = None,
    within: timedelta = timedelta(days=1), **changes: Any,
) -> AsyncIterator[Play]:  # fmt: skip
    """A notice that has just been published; receipt closes in a moment, with a crowd in it. ``changes``: of it."""
    today = seoul_date(now())
    notice = notice_of(
        number, supplier="과천도시공사", supplier_public=True, approval_no=None, notice_date=today,
        receipt_opens_at=now() - timedelta(seconds=5), receipt_closes_at=now() + timedelta(seconds=3),
        announcement_date=today, **changes,
    )  # fmt: skip
    officer = await story.person("yerin")
    await story.world.publish(notice, officer, beacon)
    start = DrawStart(notice_id=notice.id, reveal_within=within)
    handle = await story.start(DrawWorkflow, start, ids.draw_workflow_id(notice.id))
    play = Play(story, notice, handle, officer, await story.world.person("하린"), folder)
    await play.story.until(lambda: _handed_over(play))
    yield play


async def _handed_over(play: Play) -> bool:
    """Every custodian has its share, and nobody here knows the nonce any more."""
    return (await play.row()).shares is None


async def source_of(story: Story) -> Source:
    info = (await story.http.get(f"{story.box.url('trust')}/beacon/info")).json()
    return Source(
        name="시험 난수원", public_key=info["public_key"], genesis=info["genesis_time"], period=info["period"]
    )


def coming(source: Source, seconds: float) -> Beacon:
    """The round that comes out in so many seconds."""
    return Beacon(source=source, round=source.round_at(now() + timedelta(seconds=seconds)))


async def test_the_value_of_the_fixed_round_enters_after_the_digits(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path, keep_history: Any
) -> None:
    """The source is down when its round comes out: it is waited for, and the draw goes on."""
    async with working(world, box, tmp_path) as story:
        beacon = coming(await source_of(story), 30)
        async with playing(story, notice_of, "2026980001", tmp_path, beacon=beacon) as play:
            await box.fault("trust", "/beacon/public", "error", times=FOR_GOOD)
            await play.close()
            await play.until("revealed")
            await play.type_both()
            assert now() < beacon.out_at, "typed in time"
            await asyncio.sleep((beacon.out_at - now()).total_seconds() + 3)
            row = await play.row()
            assert (row.state, row.digits) == ("revealed", DIGITS.replace("-", ""))
            assert row.revealed.keys() == {"nonce", "shares", "digits_stamp"}, "no other source, no other value"
            await box.clear_faults("trust")
            await play.until("published")
            document, said = await play.judged((await play.row()).transcript_sha256)
            assert said == 0
            value = await DrandBeacon(f"{box.url('trust')}/beacon", story.http).signature(
                beacon.source.public_key, beacon.round
            )
            assert document["body"]["ceremony"]["beacon"] == value
            assert document["body"]["head"]["custody"]["beacon"] == beacon.model_dump(mode="json")
            await keep_history(play.handle, "draw_beacon")
            await play.handle.terminate()


async def test_a_round_that_is_out_before_the_digits_voids_the_draw(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path, keep_history: Any
) -> None:
    async with working(world, box, tmp_path) as story:
        beacon = coming(await source_of(story), 15)
        async with playing(story, notice_of, "2026980002", tmp_path, beacon=beacon) as play:
            await play.close()
            await play.until("revealed")
            await play.type("operator")
            await box.fault("trust", "/tsa", "error", times=FOR_GOOD)  # the void record cannot be published yet
            await play.until("void")
            assert now() >= beacon.out_at
            with pytest.raises(WorkflowUpdateFailedError) as late:
                await play.type("officer")
            assert isinstance(late.value.cause, ApplicationError)
            assert late.value.cause.type == "beacon_known"
            await box.clear_faults("trust")
            body = await play.void_record()
            assert (body["reason"], body["format"]) == ("beacon_passed", "onjip-draw-void")
            row = await play.row()
            assert (row.digits, row.body_sha256, row.ended["reason"]) == (None, None, "beacon_passed")
            await keep_history(play.handle, "draw_beacon_passed")


async def test_digits_that_cannot_be_stamped_before_the_round_void_the_draw(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    """Both typed in time, and nothing proves it: whoever looks on later could not tell."""
    async with working(world, box, tmp_path) as story:
        beacon = coming(await source_of(story), 20)
        async with playing(story, notice_of, "2026980003", tmp_path, beacon=beacon) as play:
            await play.close()
            await play.until("revealed")
            await box.fault("trust", "/tsa", "error", times=FOR_GOOD)
            await play.type_both()
            await play.until("void")
            await box.clear_faults("trust")
            assert (await play.void_record())["reason"] == "beacon_passed"


async def test_a_value_that_the_source_did_not_sign_is_never_kept(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    async with working(world, box, tmp_path) as story:
        genuine = await source_of(story)
        sign = 0x20  # of a compressed point: the other point of the same x, a key as valid and never the same
        negated = f"{int(genuine.public_key[:2], 16) ^ sign:02x}{genuine.public_key[2:]}"
        other = genuine.model_copy(update={"public_key": negated})
        receiving = Beacons(
            world.db, story.documents, story.trust, DrandBeacon(f"{box.url('trust')}/beacon", story.http)
        )
        for number, source in (("2026980004", other), ("2026980005", genuine)):
            notice = notice_of(number)
            await world.publish(notice, await story.person("yerin"), Beacon(source=source, round=7))
            async with world.db.transaction() as session:
                (await session.get_one(DrawRow, notice.id)).state = "revealed"
            start = DrawStart(notice_id=notice.id)
            if source is other:
                with pytest.raises(ApplicationError) as refused:
                    await receiving.receive(start)
                assert (refused.value.type, refused.value.non_retryable) == ("beacon_not_genuine", False)
                assert (await world.rows(DrawRow, notice_id=notice.id))[0].revealed is None
                continue
            await receiving.receive(start)
            kept = (await world.rows(DrawRow, notice_id=notice.id))[0].revealed
            await box.fault("trust", "/beacon/public", "error")
            await receiving.receive(start)
            assert (await world.rows(DrawRow, notice_id=notice.id))[0].revealed == kept, "asked once, kept once"
            await box.clear_faults("trust")
        nobody = Beacons(world.db, story.documents, story.trust, None)
        with pytest.raises(ApplicationError) as waits:
            await nobody.receive(DrawStart(notice_id=ids.notice_id("applyhome", "2026980004")))
        assert (waits.value.type, waits.value.non_retryable) == ("beacon_not_given", False)


@pytest.mark.parametrize("how", ["down", "refuse"])
async def test_two_of_three_custodians_void_the_draw(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path, how: str
) -> None:
    """Down for good, or with a share that was handed out for another list: either way the nonce stays closed."""
    within = timedelta(seconds=8) if how == "down" else timedelta(days=1)
    async with working(world, box, tmp_path) as story:
        async with playing(story, notice_of, f"202698001{how[0]}", tmp_path, within=within) as play:
            for agency in ("lh", "trust"):
                if how == "down":
                    await box.fault(agency, "/shares/release", "error", method="POST", times=FOR_GOOD)
                else:
                    await _release_for_another_list(play, agency)
            await play.close()
            await play.until("void")
            body = await play.void_record()
            assert (body["reason"], body["root2"]) == ("nonce_not_revealed", (await play.row()).root2)
            assert (await play.row()).revealed is None
        for agency in ("lh", "trust"):
            await box.clear_faults(agency)


async def _release_for_another_list(play: Play, agency: str) -> None:
    """Somebody else has got a list of their own stamped, and the share for it."""
    head = Head.model_validate((await play.row()).head)
    root1, root2, count, program = b"\1" * 32, b"\2" * 32, 7, "other"
    digest = hashing.tagged("root2", head.digest_bytes(), root1, root2, count.to_bytes(8, "big"), program.encode())
    asked = {
        "reference": f"OTHER-{agency}", "notice_id": play.notice.id, "root1": root1.hex(), "root2": root2.hex(),
        "count": count, "program": program,
        "stamp_b64": base64.b64encode(await play.story.trust.timestamp(digest)).decode(),
    }  # fmt: skip
    got = await play.story.box.send(agency, "POST", "/shares/release", asked, purpose="release_share")
    assert got.status == 200


async def test_one_custodian_alone_does_not_stop_the_draw(
    world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path
) -> None:
    async with working(world, box, tmp_path) as story:
        async with playing(story, notice_of, "2026980020", tmp_path) as play:
            await box.fault("lh", "/shares/release", "error", method="POST", times=FOR_GOOD)
            await play.close()
            await play.until("revealed")
            assert set((await play.row()).revealed["shares"]) == {"applyhome", "trust"}
            await play.type_both()
            await play.until("published")
            _, said = await play.judged((await play.row()).transcript_sha256)
            assert said == 0
            await play.handle.terminate()
        await box.clear_faults("lh")
