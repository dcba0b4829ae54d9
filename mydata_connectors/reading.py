"""Questions to an agency that change nothing: no answer is only a delay, never an unknown outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final

from domain.errors import AgencyDown, OutcomeUnknown
from mydata_connectors.exchange import Received

LARGEST: Final = 5 * 2**20  # bytes of one answer
PATIENCE: Final = 10.0  # seconds for one whole answer


async def reading(call: Awaitable[Received], *, patience: float = PATIENCE) -> Received:
    """The answer within ``patience`` seconds and 5 MB, else AgencyDown."""
    try:
        async with asyncio.timeout(patience):
            got = await call
    except TimeoutError:
        raise AgencyDown("agency_timed_out") from None
    except OutcomeUnknown as unknown:
        raise AgencyDown(unknown.code) from None
    if len(got.body) > LARGEST:
        raise AgencyDown("agency_answer_too_large")
    return got
