"""How often one address may ask for something that costs work, without a log-in."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from fastapi import Request

from domain.errors import NotYet

MINUTE_S = 60.0
ADDRESSES = 10_000  # remembered at once; nothing of them is written down


@dataclass
class Pace:
    """``per_minute`` for one address, in this process."""

    per_minute: int
    _asked: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def step(self, address: str) -> None:
        """NotYet (``too_often``) for who comes too often."""
        times = self._asked.setdefault(address, deque())
        self._asked.move_to_end(address)
        while len(self._asked) > ADDRESSES:
            self._asked.popitem(last=False)
        moment = monotonic()
        while times and times[0] <= moment - MINUTE_S:
            times.popleft()
        if len(times) >= self.per_minute:
            raise NotYet(
                "too_often", retry_after=round(MINUTE_S - (moment - times[0])) + 1,
                ko="짧은 시간에 너무 많이 요청하셨습니다. 잠시 뒤 다시 시도해 주십시오.",
                en="These are too many requests in a short time. Please try again shortly.",
            )  # fmt: skip
        times.append(moment)


Step = Callable[[], None]  # raises NotYet where the asker comes too often


def paced(name: str) -> Callable[[Request], Awaitable[Step]]:
    """The pace of that name in the application's state, for whoever asks."""

    async def step_of(request: Request) -> Step:
        pace: Pace = request.app.state.paces[name]
        return partial(pace.step, request.client.host if request.client else "")

    return step_of
