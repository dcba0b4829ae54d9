"""Those who hold the nonce of a draw: one alone cannot stop it; if too few hand it over, there is no draw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.messages import Act
from domain.notices import Notice
from domain.time import now
from domain.words import Agency
from law.drawing import records
from law.drawing.verify import valid
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow
from tests.workflows.draw_play import Draw, Operator, applied, drawing, entry

CROWD = 12


async def _closed(draw: Draw) -> UUID:
    """Receipt is over, for a list that somebody of ours is in; the answer is their case."""
    ticket, case_id, _ = await applied(draw.world, draw.notice)
    draw.operator.listed = [entry(ticket, 50), *(entry(uuid4().hex, 30 + n) for n in range(CROWD))]
    await asyncio.sleep(max(0.0, (draw.notice.receipt_closes_at - now()).total_seconds()) + 0.2)
    await draw.act("close", Act(person_id=draw.officer))
    return case_id


@pytest.mark.long
async def test_one_custodian_alone_cannot_stop_a_draw(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = notice_of("2026000303", receipt_closes_at=now() + timedelta(seconds=3))
    async with drawing(world, notice, tmp_path, Operator()) as draw:
        async with asyncio.timeout(10):
            while (await draw.row()).shares is not None:  # noqa: ASYNC110 - nobody here knows the nonce any more
                await asyncio.sleep(0.05)
        draw.custodians[Agency.LH].silent = True
        await _closed(draw)
        await draw.until("revealed", within=60)
        row = await draw.row()
        assert set(row.revealed["shares"]) == {"applyhome", "trust"}
        await draw.handle.terminate()


@pytest.mark.parametrize("how", ["refuses", "silent"])
async def test_a_nonce_that_is_not_revealed_voids_the_draw_while_nobody_can_know_the_result(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any, how: str
) -> None:
    notice = notice_of(f"202600031{how[0]}", receipt_closes_at=now() + timedelta(seconds=3))
    async with drawing(world, notice, tmp_path, Operator(), within=timedelta(seconds=3)) as draw:
        async with asyncio.timeout(10):
            while (await draw.row()).shares is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        for agency in (Agency.LH, Agency.TRUST):
            setattr(draw.custodians[agency], how, True)
        case_id = await _closed(draw)
        await draw.until("void")
        assert (await draw.handle.result()).state == "void"
        row = await draw.row()
        assert (row.revealed, row.digits, row.body_sha256) == (None, None, None)
        document = await draw.record("onjip-draw-void")
        assert (document["body"]["reason"], document["body"]["root2"]) == ("nonce_not_revealed", row.root2)
        findings = records.verify(document, draw.trust.checks())
        assert valid(findings), [one for one in findings if not one.ok]
        assert f"void:{notice.id}" in await draw.world.events(case_id)
        assert (await world.rows(NoticeRow, id=notice.id))[0].state == "void"
        assert await world.rows(AwardRow, notice_id=notice.id) == []
