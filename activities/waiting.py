"""The wait-list of a notice: how long it lives, and what is destroyed at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from temporalio import activity

from activities.erasing import erase_page
from activities.errors import told
from activities.lists import in_pages
from domain.draws import WaitListEnd
from domain.messages import DrawStart
from domain.notices import Notice
from domain.reserve import RoundState
from domain.time import now
from domain.work import Nothing
from law.rulebook import Rulebook
from law.waiting import earliest_end, wait_list_ends
from store import draws, reserve
from store.db import Database
from store.sealed import SealedBox
from store.tables.notices import NoticeRow

LOOK_AGAIN = timedelta(days=1)
ERASING = "erase_waiting"


@dataclass(frozen=True)
class WaitList:
    db: Database
    sealed: SealedBox
    rulebook: Rulebook

    @activity.defn(name="waiting.end")
    async def end(self, start: DrawStart) -> WaitListEnd:
        """Whether the wait-list is over, else when to look again.

        It ends a period after the first supply contract that was really made (제26조④⑨). While none is known the period
        has not begun: the places stand, and the officer is asked. A round that people may join comes to its end first.
        """
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            notice = Notice.model_validate((await session.get_one(NoticeRow, start.notice_id)).body)
            first = await reserve.first_contract_on(session, start.notice_id)
            at = (
                wait_list_ends(notice, first, self.rulebook)
                if first
                else earliest_end(notice, draw.selected_at or now(), self.rulebook)
            )
            if now() < at:
                return WaitListEnd(at=at)
            if first is None and await reserve.waiting(session, start.notice_id):
                draw.contract_asked_at = draw.contract_asked_at or now()
                session.add(draw)
                return WaitListEnd(at=now() + LOOK_AGAIN)
            round_ = await reserve.find(session, start.notice_id)
            under_way = round_ is not None and round_.state not in (RoundState.DONE, RoundState.ANNULLED)
            return WaitListEnd(at=now() + LOOK_AGAIN, over=not under_way)

    @activity.defn(name="waiting.close")
    async def close(self, start: DrawStart) -> Nothing:
        """The places end, and with them what leads from them to people. Page by page; then the salts of the draw, with
        which somebody's facts could be compared with a row."""
        async with told() as beat:
            await in_pages(self.db, start.notice_id, ERASING, partial(erase_page, self.sealed, start.notice_id), beat)
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id, lock=True)
                draw.salt = ""
                session.add(draw)
            return Nothing()
