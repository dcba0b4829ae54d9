"""All notice boards at once. A board that does not answer takes nothing from the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.boards import Boards
    from domain.boards import BoardLook, BoardSeen, BoardsSeen
    from domain.messages import NoticeSyncStart
    from domain.words import Agency
    from workflows._options import AGENCY

BOARDS = (Agency.APPLYHOME, Agency.LH)


@workflow.defn
class NoticeSyncWorkflow:
    """One look at all boards; a schedule repeats it."""

    @workflow.run
    async def run(self, start: NoticeSyncStart) -> BoardsSeen:
        return BoardsSeen(boards=tuple(await asyncio.gather(*(self._look(agency, start) for agency in BOARDS))))

    async def _look(self, agency: Agency, start: NoticeSyncStart) -> BoardSeen:
        try:
            return await workflow.execute_activity_method(
                Boards.look,
                BoardLook(agency=agency),
                **AGENCY,
                schedule_to_close_timeout=timedelta(seconds=start.patience_s),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("board does not answer", extra={"agency": agency.value})
            return BoardSeen(agency=agency, answered=False)
