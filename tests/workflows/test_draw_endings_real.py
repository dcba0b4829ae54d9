"""A correction and an annulment on real parts: seals and stamps over HTTP, and the agency's own list of winners.

What is published is judged by the very code of ``onjip draw verify``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.draws import Authority, Order
from domain.messages import Act, ActAnswer, ConfirmOrderAct, OrderAct, RecordedDigitsAct
from domain.notices import HouseType, Notice
from domain.words import SupplyKind
from onjip import verify_draw
from store.tables.draws import AwardRow, DrawRecordRow
from tests.workflows.real_play import agencies, working
from tests.workflows.test_draw_real import DIGITS, Play, playing

pytestmark = pytest.mark.long
HOMES = tuple(f"101-{number}" for number in range(301, 325))  # so many that no two digits give everybody the same
LISTED = "SELECT ticket FROM wins WHERE notice = ?"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with agencies(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


async def act(play: Play, update: str, message: Act) -> str:
    """Asked again while the procedure is a moment behind the record."""
    async with asyncio.timeout(30):
        while True:
            try:
                answer: ActAnswer = await play.handle.execute_update(update, message, result_type=ActAnswer)
            except WorkflowUpdateFailedError as error:
                if not isinstance(error.cause, ApplicationError) or error.cause.type != "not_yet":
                    raise
                await asyncio.sleep(0.1)
            else:
                return answer.state


async def test_corrected_then_annulled(world: Any, box: Any, notice_of: Callable[..., Notice], tmp_path: Path) -> None:
    home = HouseType(
        model_no="01", name="84A", exclusive_area="84.98", price=520_000_000,
        units={SupplyKind.GENERAL: len(HOMES)}, unit_numbers=HOMES,
    )  # fmt: skip
    async with (
        working(world, box, tmp_path) as story,
        playing(story, notice_of, "2026980301", tmp_path, house_types=(home,)) as play,
    ):
        await play.close()
        await play.until("revealed")
        for role in ("operator", "officer"):
            await play.type(role)
        await play.until("published")
        first = await _file(play, "first.json")

        await box.fault("applyhome", "/winners/withdraw", "act_then_timeout", method="POST")
        for role, person in (("operator", play.operator), ("officer", play.officer)):
            await act(play, "type_recorded", _recorded(person, role))
        await _until_acts(box, "winners", 2)
        second = await _file(play, "second.json")
        assert await _judged(play, second) == 0
        assert await _judged(play, first) == 0, "what was published stays and verifies"
        corrected = await _record(play, "onjip-draw-corrected")
        assert await _judged(play, corrected, first, second) == 0
        assert await _judged(play, corrected, first, first) == 0
        assert await _listed(play, box) == {one.ticket for one in await _won(play)}

        await box.fault("applyhome", "/winners/withdraw", "reset", method="POST")
        order = await _order(play)
        await act(play, "enter_order", OrderAct(person_id=play.operator, order=order))
        confirmed = ConfirmOrderAct(person_id=play.officer, order_sha256=order.digest())
        assert await act(play, "confirm_order", confirmed) == "annulled"
        assert (await play.handle.result()).state == "annulled"
        annulled = await _record(play, "onjip-draw-annulled")
        assert await _judged(play, annulled, second) == 0
        assert await _judged(play, annulled, first) == 1, "another transcript was in force"
        assert await _judged(play, second) == 0, "a transcript cannot know that it was annulled"
        assert await _listed(play, box) == set()
        kinds = [one["kind"] for one in (await box.ledger("applyhome"))["acts"] if one["kind"].startswith("winners")]
        assert kinds == ["winners", "winners_withdrawn", "winners", "winners_withdrawn"], "each once, in this order"


def _recorded(person: Any, role: str) -> RecordedDigitsAct:
    digits = DIGITS.replace("-", "")
    other = f"{'1' if digits[0] != '1' else '2'}{digits[1:]}"
    return RecordedDigitsAct(
        person_id=person, role=role, digits=other, recording_sha256="ab" * 32, reason="녹화와 다르게 입력함"
    )


async def _order(play: Play) -> Order:
    document = await play.story.documents.put(b"%PDF-1.7 order", "application/pdf")
    return Order(
        authority=Authority.LOCAL_GOVERNMENT, name="과천시장", number="건축과-77", ordered_on=date(2026, 1, 5),
        reason="추첨 절차가 법을 어겼음이 확인됨", document_sha256=document,
    )  # fmt: skip


async def _file(play: Play, name: str) -> Path:
    file = play.folder / name
    await asyncio.to_thread(file.write_bytes, await play.story.documents.get((await play.row()).transcript_sha256))
    return file


async def _record(play: Play, form: str) -> Path:
    (kept,) = await play.story.world.rows(DrawRecordRow, notice_id=play.notice.id, format=form)
    file = play.folder / f"{form}.json"
    await asyncio.to_thread(file.write_bytes, await play.story.documents.get(kept.document_sha256))
    return file


async def _judged(play: Play, file: Path, *transcripts: Path) -> int:
    trust = play.folder / "trust.pem"
    trust.write_bytes((await play.story.http.get(f"{play.story.box.url('trust')}/trust.pem")).content)
    return await asyncio.to_thread(verify_draw.draw, file, trust, transcripts=transcripts)


async def _won(play: Play) -> list[AwardRow]:
    rows = await play.story.world.rows(AwardRow, notice_id=play.notice.id, wait_list_no=None)
    return [one for one in rows if one.state != "annulled"]


async def _until_acts(box: Any, kind: str, count: int) -> None:
    async with asyncio.timeout(60):
        while sum(one["kind"] == kind for one in (await box.ledger("applyhome"))["acts"]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def _listed(play: Play, box: Any) -> set[str]:
    """Winners of this notice in the agency's own books."""

    def look() -> set[str]:
        with closing(sqlite3.connect(f"file:{box.home}/applyhome.db?mode=ro", uri=True)) as books:
            return {ticket for (ticket,) in books.execute(LISTED, (play.notice.number,))}

    return await asyncio.to_thread(look)
