"""The transfer packet as the registry opens it: a zip whose manifest names every file by digest, and is signed."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydantic import BaseModel, ValidationError

MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
MOST_FILES = 200
LARGEST_TOTAL = 64 * 2**20  # bytes, unpacked
CONTRACT = "contract"  # the manifest's word for the document that proves the cause (등기원인증명정보)
AMENDMENT = "amendment"
HOSTILE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError)


class Unreadable(Exception):
    """The packet cannot be opened at all; the argument is a word for why."""


class Item(BaseModel):
    path: str
    document: str
    sha256: str
    article: str = ""
    source: str = ""


class Manifest(BaseModel):
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Packet:
    """``wrong`` are the paths whose bytes are not the ones of the manifest, are missing, or are not named in it."""

    manifest: bytes
    signature: bytes
    items: tuple[Item, ...]
    files: dict[str, bytes]
    wrong: tuple[str, ...]

    def contract(self) -> bytes | None:
        return next((self.files.get(item.path) for item in self.items if item.document == CONTRACT), None)

    def amendments(self) -> list[bytes]:
        """변경계약 of the contract, oldest first."""
        return [self.files[item.path] for item in self.items if item.document == AMENDMENT and item.path in self.files]

    def listing(self) -> list[dict[str, Any]]:
        return [{**item.model_dump(), "size": len(self.files.get(item.path, b""))} for item in self.items]


def read(data: bytes) -> Packet:
    """Raises ``Unreadable``. Sizes are bounded before anything is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = _files(archive)
        manifest = files.pop(MANIFEST)
        items = Manifest.model_validate(json.loads(manifest)).items
    except (*HOSTILE, RecursionError, ValidationError):
        raise Unreadable("packet_unreadable") from None
    signature = files.pop(SIGNATURE, b"")
    return Packet(manifest, signature, items, files, _wrong(items, files))


def _files(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_FILES or len(set(names)) != len(names):
        raise ValueError("too many or doubled entries")
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise ValueError("too large")
    if any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names):
        raise ValueError("a path leads out of the packet")
    return {entry.filename: archive.read(entry) for entry in entries}


def _wrong(items: tuple[Item, ...], files: dict[str, bytes]) -> tuple[str, ...]:
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    named = [item.path for item in items]
    bad = {item.path for item in items if digests.get(item.path) != item.sha256}
    doubled = {path for path in named if named.count(path) > 1}
    return tuple(sorted(bad | doubled | (set(files) - set(named))))
