"""A device's signature is taken once, whatever comes after it; what was called back takes none."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from domain.errors import AgencyRefused, UnknownThing, WrongState
from domain.ports import SigningRequest
from domain.time import now
from domain.words import SigningMeans
from store import devices
from store.db import Database
from store.devices import PREFIX, DeviceSigning

if TYPE_CHECKING:
    from tests.store.conftest import NewPerson

SIGNATURE, ANOTHER = b"a signature", b"another one"


async def person_with_certificate(database: Database, enter: NewPerson) -> tuple[Any, str]:
    person, chain = await enter(), [uuid4().bytes, b"authority", b"root"]
    async with database.transaction() as session:
        row = await devices.keep_certificate(
            session, person.id, SigningMeans.BROWSER_KEY, chain, now() + timedelta(days=1)
        )
    assert row.sha256 == hashlib.sha256(chain[0]).hexdigest()
    return person, row.sha256


def wanted(certificate: str, **changed: Any) -> SigningRequest:
    request = SigningRequest(
        reference=f"ONJIP-{uuid4().hex}", subject_ref=certificate, title="매매계약서", sum_won=1,
        document_sha256="d" * 64, signed_attrs="MQA=",
    )  # fmt: skip
    return request.model_copy(update=changed)


async def take(database: Database, person: Any, number: str, signature: bytes = SIGNATURE) -> None:
    async with database.transaction() as session:
        asked = await devices.asked_of(session, person.id, number, lock=True)
        devices.take(asked.row, signature)
        session.add(asked.row)


async def test_the_same_request_is_one_and_its_signature_stands(database: Database, enter: NewPerson) -> None:
    person, certificate = await person_with_certificate(database, enter)
    desk, request = DeviceSigning(database), wanted(certificate)
    assert len(await desk.certificate(certificate)) == 3
    first, second = await asyncio.gather(desk.request(request), desk.request(request))
    assert first == second
    assert (first.number, first.state) == (PREFIX + request.reference, "waiting")
    for _ in range(2):
        await take(database, person, first.number)
    done = await desk.cancel(first.number)
    assert (done.state, done.signature) == ("approved", base64.b64encode(SIGNATURE).decode())
    assert await desk.request(request) == done == await desk.state(first.number)
    with pytest.raises(WrongState, match="already_signed"):
        await take(database, person, first.number, ANOTHER)


async def test_what_was_called_back_takes_no_signature(database: Database, enter: NewPerson) -> None:
    person, certificate = await person_with_certificate(database, enter)
    desk = DeviceSigning(database)
    asked = await desk.request(wanted(certificate))
    for _ in range(2):
        assert (await desk.cancel(asked.number)).state == "cancelled"
    with pytest.raises(WrongState, match="revision_lapsed"):
        await take(database, person, asked.number)
    assert (await desk.state(asked.number)).signature is None


async def test_either_the_signature_or_the_call_back(database: Database, enter: NewPerson) -> None:
    """At the same moment, on two connections: one of them is first, and the other one sees it."""
    person, certificate = await person_with_certificate(database, enter)
    desk = DeviceSigning(database)
    for _ in range(10):
        asked = await desk.request(wanted(certificate))
        given, back = await asyncio.gather(
            take(database, person, asked.number), desk.cancel(asked.number), return_exceptions=True
        )
        state = (await desk.state(asked.number)).state
        assert not isinstance(back, BaseException)
        assert back.state == state
        assert (given is None) == (state == "approved")


async def test_another_signature_under_the_same_reference_is_refused(database: Database, enter: NewPerson) -> None:
    _, certificate = await person_with_certificate(database, enter)
    desk, request = DeviceSigning(database), wanted(certificate)
    await desk.request(request)
    for changed in ({"document_sha256": "e" * 64}, {"signed_attrs": "MQE="}):
        with pytest.raises(AgencyRefused, match="reference_reused"):
            await desk.request(request.model_copy(update=changed))


async def test_certificates_and_requests_are_their_persons(database: Database, enter: NewPerson) -> None:
    person, certificate = await person_with_certificate(database, enter)
    stranger = await enter()
    asked = await DeviceSigning(database).request(wanted(certificate))
    async with database.transaction() as session:
        for number in (asked.number, "D-nothing"):
            with pytest.raises(UnknownThing, match="unknown_request"):
                await devices.asked_of(session, stranger.id, number)
        with pytest.raises(UnknownThing, match="unknown_certificate"):
            await devices.own_certificate(session, stranger.id, certificate)
        assert [one.sha256 for one in await devices.certificates_of(session, person.id)] == [certificate]
        assert await devices.certificates_of(session, stranger.id) == []
