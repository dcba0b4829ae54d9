"""Content-addressed documents in a folder: written to a temporary name, synced, then renamed."""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from domain.errors import UnknownThing


@dataclass(frozen=True)
class FolderDocuments:
    """Implements ``domain.ports.Documents`` below one folder."""

    root: Path

    async def put(self, data: bytes, media_type: str) -> str:
        """Store bytes; the answer is their SHA-256. Idempotent. ``media_type`` is kept by the caller's row."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, sha256: str) -> bytes:
        """UnknownThing when there is no such document; the digest is checked on every read."""
        return await asyncio.to_thread(self._get, sha256)

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def _put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.parent / f".{uuid4().hex}"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
        return sha256

    def _get(self, sha256: str) -> bytes:
        path = self._path(sha256)
        if not path.exists():
            raise UnknownThing(en="This document is not in the store.", ko="저장된 문서가 없습니다.")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise UnknownThing(
                "document_damaged", en="The stored document is damaged.", ko="저장된 문서가 손상되었습니다."
            )
        return data


def _sync_folder(folder: Path) -> None:
    """The name too is on the disk before anybody relies on it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
