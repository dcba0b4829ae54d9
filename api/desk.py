"""How much law is worked out at once for people who ask without a case: a few at a time, and not without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Request

from domain.errors import NotYet

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Desk:
    """Work for other threads. ``waiting``: how many may stand in line before the next one is asked to come again."""

    at_once: int = 2
    waiting: int = 30
    _here: int = 0
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)

    async def work(self, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """NotYet (``busy``) where the line is too long."""
        if self._here >= self.at_once + self.waiting:
            raise NotYet(
                "busy", retry_after=3, ko="지금 판정 요청이 많습니다. 잠시 뒤 다시 시도해 주십시오.",
                en="Many people are asking just now. Please try again shortly.",
            )  # fmt: skip
        self._here += 1
        try:
            async with self._places:
                return await asyncio.to_thread(call, *args, **named)
        finally:
            self._here -= 1


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


LawDesk = Annotated[Desk, Depends(desk_of)]
