"""The base of every message and value: frozen, tolerant of unknown fields (histories outlive code)."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value. Fields are only ever added, with defaults; strictness belongs to the HTTP edge."""

    model_config = ConfigDict(frozen=True)

    def canonical(self) -> bytes:
        """UTF-8 JSON with sorted keys and no spaces: the bytes that are hashed and signed."""
        return canonical_json(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 of ``canonical()``, lower-case hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def canonical_json(value: object) -> bytes:
    """Deterministic JSON bytes of a JSON value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
