"""Payloads leave the process encrypted, open with any key still kept, and with no other."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from domain.model import Model
from onjip.temporal.codec import ENCODING, KEY_ID, EncryptionCodec, UndecodablePayload, data_converter

OLD, NEW = os.urandom(32), os.urandom(32)


class Person(Model):
    name: str


async def test_model_comes_back_and_never_travels_in_clear() -> None:
    converter = data_converter({"k1": OLD})
    (payload,) = await converter.encode([Person(name="김하늘")])
    assert payload.metadata == {"encoding": ENCODING, KEY_ID: b"k1"}
    assert "김하늘".encode() not in payload.SerializeToString()
    assert await converter.decode([payload], [Person]) == [Person(name="김하늘")]


async def test_same_value_twice_looks_different() -> None:
    codec = EncryptionCodec({"k1": OLD})
    first, second = await codec.encode([Payload(data=b"same"), Payload(data=b"same")])
    assert first.data != second.data


async def test_rotation_encrypts_with_the_first_and_decrypts_with_all() -> None:
    written_before = await EncryptionCodec({"k1": OLD}).encode([Payload(data=b"old")])
    rotated = EncryptionCodec({"k2": NEW, "k1": OLD})
    assert (await rotated.decode(written_before))[0].data == b"old"
    assert (await rotated.encode([Payload(data=b"new")]))[0].metadata[KEY_ID] == b"k2"


@given(data=st.binary(max_size=200), position=st.integers(min_value=0), bit=st.integers(0, 7))
async def test_a_changed_bit_is_refused(data: bytes, position: int, bit: int) -> None:
    codec = EncryptionCodec({"k1": OLD})
    (payload,) = await codec.encode([Payload(data=data)])
    changed = bytearray(payload.data)
    changed[position % len(changed)] ^= 1 << bit
    with pytest.raises(UndecodablePayload):
        await codec.decode([Payload(metadata=payload.metadata, data=bytes(changed))])


async def test_key_id_is_bound_to_the_payload() -> None:
    """The same key under two ids: a payload moved from one id to the other does not open."""
    codec = EncryptionCodec({"k1": OLD, "k2": OLD})
    (payload,) = await codec.encode([Payload(data=b"x")])
    payload.metadata[KEY_ID] = b"k2"
    with pytest.raises(UndecodablePayload):
        await codec.decode([payload])


@pytest.mark.parametrize("key_id", [b"gone", b"", b"\xff\xfe"])
async def test_unknown_key_is_named(key_id: bytes) -> None:
    payload = Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=b"x" * 40)
    with pytest.raises(UndecodablePayload, match="no payload key"):
        await EncryptionCodec({"k1": OLD}).decode([payload])


async def test_truncated_payload_is_refused() -> None:
    payload = Payload(metadata={"encoding": ENCODING, KEY_ID: b"k1"}, data=b"short")
    with pytest.raises(UndecodablePayload):
        await EncryptionCodec({"k1": OLD}).decode([payload])


async def test_what_the_server_wrote_itself_passes() -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"timeout"')
    assert await EncryptionCodec({"k1": OLD}).decode([plain]) == [plain]


async def test_error_messages_are_encrypted_too() -> None:
    converter = data_converter({"k1": OLD})
    failure = Failure()
    await converter.encode_failure(ApplicationError("김하늘 owns a home", type="NotHouseless"), failure)
    assert "김하늘".encode() not in failure.SerializeToString()
    error = await converter.decode_failure(failure)
    assert "김하늘" in str(error)


def test_no_key_is_no_codec() -> None:
    with pytest.raises(ValueError, match="no payload key"):
        EncryptionCodec({})
