"""A filing as it arrives: the canonical text that people signed, and their signatures."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from mydata_connectors.sandbox._agency import Message, Refused

M = TypeVar("M", bound=BaseModel)


class SignatureIn(BaseModel):
    role: str = ""
    identity_ref: str
    cms: str


class SignedIn(BaseModel):
    """``body`` is a JSON text, not an object: the exact characters are what was signed."""

    body: str
    signatures: tuple[SignatureIn, ...] = ()
    reference: str | None = None


@dataclass(frozen=True)
class Filing(Generic[M]):
    """``signers`` are the identity references whose signatures were verified over ``raw``."""

    content: M
    raw: bytes
    signatures: tuple[SignatureIn, ...]
    signers: frozenset[str] = frozenset()


def invalid(fields: Iterable[str]) -> Refused:
    return Refused("invalid_body", ", ".join(sorted(set(fields))), status=400, origin="caller")


def parse(model: type[M], value: object) -> M:
    """``value`` as ``model``; ``Refused`` 400 names the fields, never their values."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(".".join(str(part) for part in e["loc"]) or "body" for e in error.errors()) from None


def read(message: Message, model: type[M]) -> Filing[M]:
    """The filing in a message, its signatures not yet verified."""
    outer = message.read(SignedIn)
    filing = read_signed(outer, model)
    if outer.reference is not None and outer.reference != getattr(filing.content, "reference", outer.reference):
        raise Refused("reference_differs", "reference outside and inside the signed text", status=400, origin="caller")
    return filing


def read_signed(outer: SignedIn, model: type[M]) -> Filing[M]:
    content = parse(model, _canonical_object(outer.body))
    return Filing(content, outer.body.encode(), outer.signatures)


def _canonical_object(text: str) -> dict[str, Any]:
    """Only one spelling of the same content is taken: a text with a key twice would read differently elsewhere."""
    try:
        value = json.loads(text)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        again.encode()
    except (ValueError, RecursionError):
        raise Refused("body_not_json", "the signed text is not JSON", status=400, origin="caller") from None
    if not isinstance(value, dict) or again != text:
        raise Refused("body_not_canonical", "the signed text is not canonical JSON", status=400, origin="caller")
    return value


def from_base64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid([field]) from None
