"""What a run has left behind, searched for people and their secrets: files, the workflow engine, the record."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from sqlalchemy import text
from temporalio.client import Client

from mydata_connectors.sandbox._people import people
from onjip.settings import Settings
from onjip.stack import embedded
from onjip.stack.stack import Stack
from onjip.temporal.client import connect
from onjip.wiring import parts
from store.tables.base import Table

FILES = ("stack.json", "agencies.json", "trust.pem", "temporal.db", "temporal.db-wal", "temporal.db-shm")
ACCOUNT = re.compile(r"(?<!\d)100-100-\d{6}(?!\d)")  # people's accounts at the sandbox's bank
# An instant's fraction of a second has six digits, as a PIN has.
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")
JWS = re.compile(r"\beyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+")
# A title password in clear, however often its JSON was quoted: the name of the field, then digits.
TITLE_PASSWORD = re.compile(r"password[\"\\]*:\s*[\"\\]*\w")


def words_about_people() -> dict[str, str]:
    """What must stand nowhere outside the record → whose it is."""
    found: dict[str, str] = {}
    for login, person in people().items():
        for word in (person.name, person.birth_date, person.address, person.identity_ref):
            found[word] = login
    return found


async def leaks(stack: Stack, settings: Settings) -> list[str]:
    """Place and kind of everything that was found; empty is good. Never the thing itself."""
    complete = embedded.complete(settings)
    return [
        *in_files(stack.home),
        *in_packets(stack.home),
        *await _in_engine(await connect(complete)),
        *await _in_record(complete),
    ]


def in_files(home: Path) -> Iterator[str]:
    """Logs and everything else that is not the record: no name, birth date, address, handle, account or PIN."""
    for path in (*sorted((home / "logs").iterdir()), *(home / name for name in FILES)):
        if path.exists():
            yield from _about_people(path.name, path.read_bytes().decode("utf-8", "replace"))
    for path in (home / "logs").iterdir():
        yield from _pins(path.name, path.read_text("utf-8", "replace"))


def in_packets(home: Path) -> Iterator[str]:
    """Transfer packets are read by both parties: what only the registrar may read is not in them."""
    for path in (home / "blobs").rglob("*"):
        if path.is_file() and is_zipfile(path):
            with ZipFile(path) as packet:
                texts = [packet.read(name).decode("utf-8", "replace") for name in packet.namelist()]
            if any(TITLE_PASSWORD.search(text) for text in texts):
                yield "packet: a title password"


def _about_people(place: str, content: str) -> Iterator[str]:
    for word, login in words_about_people().items():
        # As it is, and as JSON that escapes what is not ASCII.
        if word in content or json.dumps(word)[1:-1] in content:
            yield f"{place}: something of {login}"
    if ACCOUNT.search(content):
        yield f"{place}: an account number"


def _pins(place: str, content: str) -> Iterator[str]:
    plain = INSTANT.sub("", content)
    for login, person in people().items():
        if person.pin and re.search(rf"(?<!\d){person.pin}(?!\d)", plain):
            yield f"{place}: the PIN of {login}"


async def _in_engine(client: Client) -> list[str]:
    """Ids, search attributes and memos, which the engine keeps and shows unencrypted."""
    found: list[str] = []
    async for run in client.list_workflows():
        shown = f"{run.id} {run.workflow_type} {run.typed_search_attributes} {await run.memo()}"
        found += _about_people(f"workflow {run.workflow_type}", shown)
    return found


async def _in_record(settings: Settings) -> list[str]:
    """A copy of the database without the key: no name, day of birth, address, handle or account, no PIN, no token that
    opens registers, no title password."""
    database, found = parts.database(settings), []
    try:
        async with database.engine.connect() as connection:
            for name in sorted(Table.metadata.tables):
                rows = await connection.execute(text(f'SELECT t::text FROM "{name}" t'))  # noqa: S608 - our own names
                for (row,) in rows:
                    found += [*_about_people(f"table {name}", row), *_pins(f"table {name}", row), *_tokens(name, row)]
                    if TITLE_PASSWORD.search(row):
                        found.append(f"table {name}: a title password")
    finally:
        await database.close()
    return found


def _tokens(table: str, row: str) -> Iterator[str]:
    """Receipts are kept as they were signed. A consent or ID token is not: whoever holds one acts for its person."""
    for payload in JWS.findall(row):
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if claims.keys() & {"agreement_sha256", "nonce", "auth_time"}:
            yield f"table {table}: a token of a person"
