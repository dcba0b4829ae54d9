"""A custodian's drawer: one share of the nonce of a draw, handed out only for a list that has been time-stamped.

The digests of the draw protocol are this custodian's own reading of its description.
"""

from __future__ import annotations

import hashlib
import sqlite3

from cryptography import x509
from pydantic import Base64Bytes, BaseModel, Field

from mydata_connectors.sandbox import _ledger, _stamped
from mydata_connectors.sandbox._agency import Message, Refused, Reply, Signed
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._signers import Signers

HASH = r"^[0-9a-f]{64}$"
SHARE = r"^[0-9a-f]{66}$"  # the holder's number and 32 bytes
SCHEMA = """
CREATE TABLE IF NOT EXISTS shares (notice TEXT PRIMARY KEY, number TEXT NOT NULL, at TEXT NOT NULL,
    reference TEXT NOT NULL, head TEXT NOT NULL, share TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS releases (notice TEXT PRIMARY KEY, number TEXT NOT NULL, at TEXT NOT NULL,
    reference TEXT NOT NULL, root2 TEXT NOT NULL);
"""


class Deposit(BaseModel):
    """``head_sha256``: digest of everything that is fixed with the notice. ``commitment``: to this share."""

    reference: str = Field(min_length=1, max_length=100)
    notice_id: str = Field(min_length=1, max_length=80)
    head_sha256: str = Field(pattern=HASH)
    commitment: str = Field(pattern=HASH)
    share: str = Field(pattern=SHARE)


class Release(BaseModel):
    """What is fixed before the nonce is opened, and the time stamp over it (RFC 3161, DER)."""

    reference: str = Field(min_length=1, max_length=100)
    notice_id: str
    root1: str = Field(pattern=HASH)
    root2: str = Field(pattern=HASH)
    count: int = Field(ge=0, lt=2**63)
    program: str = Field(max_length=100)
    stamp_b64: Base64Bytes


def lines(ctx: AgencyContext) -> tuple[Signed, ...]:
    """The drawer's routes."""
    signers = Signers(ctx)

    async def roots(message: Message) -> list[x509.Certificate]:
        return list(await signers.roots())

    def deposit(message: Message, db: sqlite3.Connection) -> Reply:
        """Once for a notice; again the same share is the same answer."""
        given = message.read(Deposit)
        if tagged("share", ctx.name.encode(), bytes.fromhex(given.share)) != given.commitment:
            raise Refused("share_differs", "the share is not the one that is committed")
        kept = _share(db, given.notice_id)
        if kept is None:
            number = f"SH-{_ledger.next_number(db, 'share'):06d}"
            row = (given.notice_id, number, _ledger.stamp(), given.reference, given.head_sha256, given.share)
            db.execute("INSERT INTO shares VALUES (?,?,?,?,?,?)", row)
            _ledger.act(
                db, kind="share", reference=given.reference, number=number, body_sha256=message.body_sha256
            )  # fmt: skip
        elif (kept["head"], kept["share"]) != (given.head_sha256, given.share):
            raise Refused("share_kept_already", "another share of this draw lies here")
        return Reply(_deposited(_must(_share(db, given.notice_id))))

    return (
        Signed("POST", "/shares", deposit, purposes=("deposit_share",)),
        Signed("GET", "/shares", find_share, purposes=("lookup",)),
        Signed("POST", "/shares/release", release, purposes=("release_share",), prepare=roots),
        Signed("GET", "/shares/release", find_release, purposes=("lookup",)),
    )


def find_share(message: Message, db: sqlite3.Connection) -> Reply:
    """Whether it lies here; never the share itself."""
    rows = db.execute("SELECT * FROM shares WHERE reference = ?", (message.query.get("reference", ""),))
    return Reply({"items": [_deposited(row) for row in rows]})


def release(message: Message, db: sqlite3.Connection) -> Reply:
    """The share, for one time-stamped list and no other."""
    asked = message.read(Release)
    kept = _share(db, asked.notice_id)
    if kept is None:
        raise Refused("unknown_share", "no share of this draw lies here")
    fixed = (bytes.fromhex(asked.root1), bytes.fromhex(asked.root2), asked.count.to_bytes(8, "big"))
    digest = tagged("root2", bytes.fromhex(kept["head"]), *fixed, asked.program.encode())
    _stamped.moment(asked.stamp_b64, bytes.fromhex(digest), message.prepared)
    done = _released(db, asked.notice_id)
    if done is None:
        number = f"SR-{_ledger.next_number(db, 'share_release'):06d}"
        row = (asked.notice_id, number, _ledger.stamp(), asked.reference, asked.root2)
        db.execute("INSERT INTO releases VALUES (?,?,?,?,?)", row)
        _ledger.act(
            db, kind="share_release", reference=asked.reference, number=number, body_sha256=message.body_sha256
        )  # fmt: skip
        done = _must(_released(db, asked.notice_id))
    if done["root2"] != asked.root2:
        raise Refused("released_already", "the share was handed out for another list")
    return Reply(_handed_out(done, kept))


def find_release(message: Message, db: sqlite3.Connection) -> Reply:
    rows = db.execute("SELECT * FROM releases WHERE reference = ?", (message.query.get("reference", ""),)).fetchall()
    return Reply({"items": [_handed_out(row, _must(_share(db, row["notice"]))) for row in rows]})


def tagged(label: str, *parts: bytes) -> str:
    """SHA-256 over the label and the length-prefixed parts, as docs/draw-protocol.md says."""
    hasher = hashlib.sha256(f"onjip-draw-2:{label}\0".encode())
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.hexdigest()


def _deposited(row: sqlite3.Row) -> dict[str, object]:
    return {"number": row["number"], "at": row["at"], "reference": row["reference"]}


def _handed_out(row: sqlite3.Row, share: sqlite3.Row) -> dict[str, object]:
    return {"number": row["number"], "at": row["at"], "reference": row["reference"], "share": share["share"]}


def _share(db: sqlite3.Connection, notice: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM shares WHERE notice = ?", (notice,)).fetchone()
    return row


def _released(db: sqlite3.Connection, notice: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM releases WHERE notice = ?", (notice,)).fetchone()
    return row


def _must(row: sqlite3.Row | None) -> sqlite3.Row:
    if row is None:
        raise LookupError("a row that was just written")
    return row
