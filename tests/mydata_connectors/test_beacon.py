"""A public random source: rounds of drand's own network, the sandbox's source over HTTP, and sources that lie."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from domain.errors import AgencyDown, NotYet
from law.drawing.terms import Beacon, Source
from mydata_connectors.beacon import DrandBeacon, genuine
from onjip.settings import Settings
from onjip.wiring import parts, seed

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

# drand's network "quicknet": its public key, and what it published for two rounds of 2023-08-23.
QUICKNET = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22"
    "b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
ROUNDS = {
    1000: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
    1001: "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41",
}
VALUE_1000 = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
INFINITY = "c0" + "00" * 95
Turn = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("trust")


async def source_of(box: Box, http: httpx.AsyncClient) -> Source:
    said = (await http.get(f"{box.url('trust')}/beacon/info")).json()
    assert said["schemeID"] == "bls-unchained-g1-rfc9380"
    return Source(name="s", public_key=said["public_key"], genesis=said["genesis_time"], period=said["period"])


@pytest.mark.parametrize("number", ROUNDS)
def test_what_drand_published_is_genuine(number: int) -> None:
    assert genuine(QUICKNET, number, ROUNDS[number])


def test_the_value_of_a_round_is_the_hash_of_its_signature() -> None:
    assert hashlib.sha256(bytes.fromhex(ROUNDS[1000])).hexdigest() == VALUE_1000


@pytest.mark.parametrize(
    ("key", "number", "signature"),
    [
        (QUICKNET, 1001, ROUNDS[1000]), (QUICKNET, 1000, ROUNDS[1001]), (QUICKNET, 1000, ROUNDS[1000].upper()),
        (QUICKNET, 1000, ROUNDS[1000][:-2] + "00"), (QUICKNET, 1000, ""), (QUICKNET, 1000, "zz"),
        (QUICKNET, -1, ROUNDS[1000]), (QUICKNET, 2**64, ROUNDS[1000]), (QUICKNET, 1000, "c0" + "00" * 47),
        (INFINITY, 1000, "c0" + "00" * 47), ("", 1000, ROUNDS[1000]), (QUICKNET[:-2] + "00", 1000, ROUNDS[1000]),
    ],
)  # fmt: skip
def test_what_is_not_genuine(key: str, number: int, signature: str) -> None:
    assert not genuine(key, number, signature)


async def test_a_round_of_the_sandbox_and_one_that_is_not_out(box: Box, http: httpx.AsyncClient) -> None:
    source = await source_of(box, http)
    beacon = DrandBeacon(f"{box.url('trust')}/beacon", http)
    last = int((time.time() - source.genesis) // source.period) + 1
    signature = await beacon.signature(source.public_key, last)
    assert genuine(source.public_key, last, signature)
    assert await beacon.signature(source.public_key, last) == signature, "the same for everybody, always"
    with pytest.raises(NotYet, match="beacon_not_out"):
        await beacon.signature(source.public_key, last + 100)
    assert Beacon(source=source, round=last).out <= time.time()


@pytest.mark.parametrize("fault", ["error", "reset", "maintenance", "malformed"])
async def test_a_source_that_is_down_is_asked_again(box: Box, http: httpx.AsyncClient, fault: str) -> None:
    source = await source_of(box, http)
    beacon = DrandBeacon(f"{box.url('trust')}/beacon", http)
    await box.fault("trust", "/beacon/public", fault)
    with pytest.raises(AgencyDown):
        await beacon.signature(source.public_key, 1)
    assert genuine(source.public_key, 1, await beacon.signature(source.public_key, 1))


@asynccontextmanager
async def answering(said: object) -> AsyncIterator[str]:
    """The address of a source that answers this to everything."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(said).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("turn", "code"),
    [
        (lambda said: said | {"previous_signature": "00"}, ""),
        (lambda said: said | {"round": 1001}, "beacon_not_genuine"),
        (lambda said: said | {"randomness": "0" * 64}, "beacon_not_genuine"),
        (lambda said: said | {"signature": ROUNDS[1001], "randomness": "0" * 64}, "beacon_not_genuine"),
        (
            lambda said: said
            | {"signature": ROUNDS[1001], "randomness": hashlib.sha256(bytes.fromhex(ROUNDS[1001])).hexdigest()},
            "beacon_not_genuine",
        ),
        (lambda said: said | {"signature": ROUNDS[1000].upper()}, "beacon_unreadable"),
        (lambda said: {name: said[name] for name in ("round", "randomness")}, "beacon_unreadable"),
        (lambda said: [said], "beacon_unreadable"),
    ],
)  # fmt: skip
async def test_what_the_key_did_not_sign_is_no_value(http: httpx.AsyncClient, turn: Turn, code: str) -> None:
    said = {"round": 1000, "randomness": VALUE_1000, "signature": ROUNDS[1000]}
    async with answering(turn(said)) as url:
        if not code:
            assert await DrandBeacon(url, http).signature(QUICKNET, 1000) == ROUNDS[1000]
            return
        with pytest.raises(AgencyDown) as refused:
            await DrandBeacon(url, http).signature(QUICKNET, 1000)
    assert refused.value.code == code


async def test_another_source_at_the_same_address_is_not_believed(box: Box, http: httpx.AsyncClient) -> None:
    with pytest.raises(AgencyDown, match="beacon_not_genuine"):
        await DrandBeacon(f"{box.url('trust')}/beacon", http).signature(QUICKNET, 1000)


async def test_a_new_stack_is_given_the_source_of_its_agencies_once(
    box: Box, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    key = tmp_path / "gateway.pem"
    key.write_bytes(box.key.as_pem(private=True))
    key.chmod(0o600)
    settings = Settings(home=tmp_path, agencies_file=box.home / "agencies.json", gateway_key_file=key)
    assert parts.random_source(settings) is None, "none is offered before"
    await seed.run(settings)
    given = parts.random_source(settings)
    assert given is not None
    assert given.source.model_copy(update={"name": "s"}) == await source_of(box, http)
    assert genuine(given.source.public_key, 1, await DrandBeacon(given.url, http).signature(given.source.public_key, 1))
    settings.beacon.write_text(given.model_dump_json(indent=1))
    before = settings.beacon.read_bytes(), settings.platform_certificate.read_bytes()
    await seed.run(settings)
    assert (settings.beacon.read_bytes(), settings.platform_certificate.read_bytes()) == before
