"""Everything a workflow is told or answers is encrypted before it leaves the process (AES-256-GCM).

Workflow ids, search attributes and timings stay readable in Temporal: they never hold personal data.
Rotation: put a new key first; keep the old ones until every history that they encrypted has passed its retention.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE_BYTES = 12


class UndecodablePayload(Exception):
    """A payload that no key of ours opens: another deployment's, tampered with, or its key was removed too early."""


class EncryptionCodec(PayloadCodec):
    """``keys``: key id to 32 bytes. The first key encrypts; the key id in the metadata says which one decrypts.

    The key id is also authenticated: a payload moved to another key id does not open.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("no payload key")
        self._active = next(iter(keys))
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encode(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decode(payload) for payload in payloads]

    def _encode(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._active].encrypt(nonce, payload.SerializeToString(), _associated(self._active))
        return Payload(metadata={"encoding": ENCODING, KEY_ID: self._active.encode()}, data=nonce + sealed)

    def _decode(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            # What the server itself writes (a timeout's details, say) is not encrypted.
            return payload
        key_id = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UndecodablePayload(f"no payload key {key_id!r}")
        try:
            plain = cipher.decrypt(payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:], _associated(key_id))
        except (InvalidTag, ValueError) as wrong:
            raise UndecodablePayload(f"payload does not open with key {key_id!r}") from wrong
        return Payload.FromString(plain)


def _associated(key_id: str) -> bytes:
    return b"onjip payload v1 " + key_id.encode()


def data_converter(keys: Mapping[str, bytes]) -> DataConverter:
    """Pydantic models in and out, encrypted; error messages and stack traces too."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=EncryptionCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
