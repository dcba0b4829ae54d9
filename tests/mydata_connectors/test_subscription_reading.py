"""Patience, size and redirects of readings: real sockets, small limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from domain.errors import AgencyDown, OutcomeUnknown
from mydata_connectors.exchange import Received
from mydata_connectors.open_data import OpenData
from mydata_connectors.reading import LARGEST, reading

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def _after(seconds: float, body: bytes = b"{}") -> Received:
    await asyncio.sleep(seconds)
    return Received(200, body, {}, "")


async def _lost() -> Received:
    raise OutcomeUnknown("connection_lost")


async def test_a_reading_ends_in_time_in_size_and_never_unknown() -> None:
    assert (await reading(_after(0))).status == 200
    with pytest.raises(AgencyDown, match="agency_timed_out"):
        await reading(_after(5), patience=0.02)
    with pytest.raises(AgencyDown, match="agency_answer_too_large"):
        await reading(_after(0, b"x" * (LARGEST + 1)))
    with pytest.raises(AgencyDown, match="connection_lost"):
        await reading(_lost())


@asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[str]:
    """Answers every request with the same bytes, on loopback."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("head", "body", "code"),
    [
        (b"302 Found\r\nLocation: http://127.0.0.1:1/else", b"", "agency_fault"),
        (b"500 Internal Server Error", b"{}", "agency_fault"),
        (b"429 Too Many Requests", b"{}", "agency_fault"),
        (b"200 OK", b"x" * (LARGEST + 1), "agency_answer_too_large"),
    ],
)
async def test_open_data_takes_only_a_plain_answer(
    http: httpx.AsyncClient, head: bytes, body: bytes, code: str
) -> None:
    length = str(len(body)).encode()
    async with server(b"HTTP/1.1 " + head + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body) as base:
        with pytest.raises(AgencyDown) as caught:
            await OpenData(base, "key", http).get("/list", {"page": "1"})
    assert caught.value.code == code


async def test_nobody_there_is_down_and_the_key_stays_unsaid(http: httpx.AsyncClient) -> None:
    nobody = OpenData("http://127.0.0.1:9", "a-secret-key", http)
    with pytest.raises(AgencyDown) as caught:
        await nobody.get("/list", {})
    assert "a-secret-key" not in repr(nobody) + str(caught.value) + repr(caught.value)
