"""A permanent no never ends a case in silence: its people are told, mend the cause, and say so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.troubles import Troubles
    from domain.messages import Act, ActAnswer
    from domain.work import Mended, Refusal, TransferView
    from workflows._options import RECORD, Options
    from workflows._stopping import uninterrupted
    from workflows._trouble import Trouble, trouble_of

S = TypeVar("S")
A = TypeVar("A")
T = TypeVar("T")
AGAIN = timedelta(hours=1)  # what nobody mends may mend itself: an agency that was set right, say


class Mending:
    """Workflows whose refused acts wait for the people who are responsible for them."""

    def __init__(self) -> None:
        self._waiting: dict[str, frozenset[UUID]] = {}
        self._telling = 0
        self._told = 0

    @workflow.update
    async def refile(self, act: Act) -> ActAnswer:
        """One who is responsible has mended the cause: everything of theirs that waits is tried again."""
        await workflow.wait_condition(lambda: not self._telling)  # the record is a moment ahead of us
        mine = [kind for kind, people in self._waiting.items() if act.person_id in people]
        if not mine:
            raise ApplicationError("Nothing that this person could mend waits now.", type="wrong_state")
        for kind in mine:
            del self._waiting[kind]
        return ActAnswer(state="refiling", ko="다시 준비해 제출합니다.", en="It is prepared and submitted again.")

    @refile.validator
    def _may_refile(self, act: Act) -> None:
        if not (self._waiting or self._telling):
            raise ApplicationError("There is nothing to file again now.", type="wrong_state")

    async def insist(
        self, transfer: TransferView, kind: str, method: Callable[[S, A], Awaitable[T]], arg: A, options: Options
    ) -> T:
        """``persist`` with one activity."""
        return await self.persist(transfer, kind, lambda: workflow.execute_activity_method(method, arg, **options))

    async def persist(self, transfer: TransferView, kind: str, act: Callable[[], Awaitable[T]]) -> T:
        """Do ``act`` until it succeeds; a permanent no is shown, and tried again when mended, or after a while."""
        while True:
            try:
                return await act()
            except ActivityError as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
            await self.until_mended(transfer, kind, trouble, within=AGAIN)

    async def until_mended(
        self, transfer: TransferView, kind: str, trouble: Trouble, *, within: timedelta | None = None
    ) -> None:
        """Who is stopped meanwhile leaves nothing to mend behind."""
        try:
            was_told = await uninterrupted(self._tell(transfer, kind, trouble))
            await self._wait_for_mending(kind, within if was_told else AGAIN)
        except asyncio.CancelledError:
            await uninterrupted(self._mended(transfer, kind))
            raise
        await uninterrupted(self._mended(transfer, kind))

    async def _wait_for_mending(self, kind: str, within: timedelta | None) -> None:
        try:
            await workflow.wait_condition(lambda: kind not in self._waiting, timeout=within)
        except TimeoutError:
            return

    async def _tell(self, transfer: TransferView, kind: str, trouble: Trouble) -> bool:
        """Whether anybody could be told: where not even that is possible, the act itself is tried again later."""
        self._told += 1
        refusal = Refusal(
            case_id=transfer.case_id, transfer_id=transfer.transfer_id, kind=kind, code=trouble.code,
            key=f"refused:{transfer.transfer_id}:{self._told}", ko=trouble.ko, en=trouble.en,
            article=trouble.article, role=trouble.role,
        )  # fmt: skip
        self._telling += 1
        try:
            told = await workflow.execute_activity_method(Troubles.tell, refusal, **RECORD)
            self._waiting[kind] = frozenset(told.person_ids)
        except ActivityError as error:
            workflow.logger.error("A refusal could not be told: %s", trouble_of(error))
            self._waiting[kind] = frozenset()
            return False
        finally:
            self._telling -= 1
        return True

    async def _mended(self, transfer: TransferView, kind: str) -> None:
        self._waiting.pop(kind, None)
        mended = Mended(transfer_id=transfer.transfer_id, kind=kind)
        try:
            await workflow.execute_activity_method(Troubles.mended, mended, **RECORD)
        except ActivityError as error:
            workflow.logger.error("What was mended could not be noted: %s", trouble_of(error))
