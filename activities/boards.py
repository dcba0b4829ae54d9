"""The agencies' notice boards, looked at again and again (입주자모집공고)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio import activity

from activities.errors import told
from domain.boards import BoardLook, BoardSeen
from domain.errors import UnknownThing
from domain.ports import NoticeBoard
from domain.words import Agency
from store import notices
from store.db import Database


@dataclass(frozen=True)
class Boards:
    """``boards``: one per agency that publishes notices."""

    db: Database
    boards: Mapping[Agency, NoticeBoard]

    @activity.defn(name="boards.look")
    async def look(self, look: BoardLook) -> BoardSeen:
        """Keep what is new on one board, all or nothing. The receipt window is the agency's own: it receives."""
        async with told():
            board = self.boards.get(look.agency)
            if board is None:
                raise UnknownThing(
                    "board_not_connected", ko="연결되지 않은 기관입니다.", en="No such board is connected."
                )
            found = await board.notices()
            async with self.db.transaction() as session:
                changed = [await notices.see(session, notice) for notice in found]
            return BoardSeen(agency=look.agency, notices=len(found), changed=sum(changed))
