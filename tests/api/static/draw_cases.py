"""Made-up draws of every kind, genuinely stamped and sealed, and ways to tamper with them."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from contracts import cms as sealing
from contracts.trust import Trust
from domain.words import HousingKind, SupplyKind
from law.ceremony import BallGroup
from law.drawing import rows as columns
from law.drawing.entries import Opening
from law.drawing.rows import FIRST_ORDER, LONG_HOMELESS, POINTS_ELIGIBLE, RESULT, ROW, Rows, empty
from law.drawing.terms import (
    Basis,
    Custodian,
    Custody,
    Head,
    Key,
    Law,
    Stage,
    Tier,
    TypeBasis,
    TypeLaw,
    Waiting,
)
from law.drawing.transcript import (
    Ceremony,
    Count,
    Envelope,
    Run,
    Share,
    Transcript,
    body_sha256,
    count_digest,
    nonce_commitment,
    root1_digest,
    root2_digest,
    run,
    share_commitment,
)
from onjip import verify as judges

sys.path.insert(0, str(Path(__file__).parents[2] / "contracts"))
from onjip.bench.pki import Pki, token

Document = dict[str, Any]
NONCE = bytes(range(32))
SHARES = {"operator": b"\1" * 33, "supplier": b"\2" * 33, "notary": b"\3" * 33}
GROUPS = (
    BallGroup(digits="123", draw=1),
    BallGroup(digits="0123456789", draw=4),
    BallGroup(digits="0123456789", draw=4),
)
OPENED = {
    "facts": {"points": 61, "account_opened": "2009-03-02", "note": '한글 " \\ \n \U0001f3e0'},
    "received_at": "2026",
}
KINDS = (
    SupplyKind.GENERAL,
    SupplyKind.NEWLYWED,
    SupplyKind.MULTI_CHILD,
    SupplyKind.ELDERLY_PARENTS,
    SupplyKind.RECOMMENDED,
)


def head_of(
    *, public: bool = False, points_pct: int = 40, large: bool = False, small_pool: int = 0, units: int = 6,
    left_by_lot: bool = True, homeless_pct: int = 75, kinds: tuple[SupplyKind, ...] = KINDS, types: int = 2,
) -> Head:  # fmt: skip
    """Terms that use every order, stage and wait-list that the protocol knows."""
    names = tuple(f"{floor}0{door}" for floor in range(1, units * len(kinds) // 2 + 1) for door in (1, 2))
    listed = tuple(
        TypeBasis(
            model_no=f"{n:02}", exclusive_area="84.9", units=dict.fromkeys(kinds, units),
            unit_numbers=names[: units * len(kinds)] if n == 0 else (), lowest_floor=names[:2] if n == 0 else (),
        )
        for n in range(types)
    )  # fmt: skip
    tiers = {
        SupplyKind.NEWLYWED: (
            Tier(pct=50, takes_part=(0,), keys=(Key.FIRST_ORDER, Key.LOCAL, Key.CHILDREN)),
            Tier(pct=20, takes_part=(0, 1), keys=(Key.FIRST_ORDER, Key.CHILDREN)),
            Tier(pct=30, takes_part=(0, 1, 2), keys=(Key.LOCAL,)),
        ),
        SupplyKind.MULTI_CHILD: (Tier(pct=100, takes_part=(0, 1, 2), keys=(Key.SCORE, Key.CHILDREN, Key.OLDER)),),
        SupplyKind.ELDERLY_PARENTS: (
            Tier(pct=100, takes_part=(0, 1, 2), keys=(Key.SAVINGS,) if public else (Key.POINTS, Key.ACCOUNT)),
        ),
        SupplyKind.RECOMMENDED: (Tier(pct=100, takes_part=(0,)),),
    }
    whole = (Stage(pct=100, band=0), Stage(pct=100, band=2))
    steps = (Stage(pct=30, band=0), Stage(pct=50, band=1), Stage(pct=100, band=2))
    law = Law(
        types={one.model_no: TypeLaw(points_pct=0 if public else points_pct, by_payments=False) for one in listed},
        tiers={kind: tiers[kind] for kind in kinds[1:]}, stages=steps if large else whole,
        special_stages=steps if large else whole[1:], left_by_lot=left_by_lot, lottery_homeless_pct=homeless_pct,
        tie_by_account=True, wait=Waiting(pct=500, all_below_pct=600, none_below_pct=0),
        wait_special=Waiting(pct=40, all_below_pct=140, none_below_pct=100), ceremony=GROUPS,
        typed_by=("officer", "operator"),
    )  # fmt: skip
    basis = Basis(
        notice_id="lh-1", number="1", version=1, name="새봄마을 2단지", notice_date=date(2026, 10, 1),
        housing_kind=HousingKind.PUBLIC if public else HousingKind.PRIVATE, region="41290", capital_area=True,
        regulated=True, overheated=None, points_share_pct=None, wait_list_ratio_pct=500, types=listed, large_site=large,
    )  # fmt: skip
    promised = tuple(Custodian(body=body, commitment=share_commitment(body, s)) for body, s in SHARES.items())
    return Head(
        basis=basis, law=law, kinds=kinds, exclusions=("", "applied_twice", "rewin"), small_pool=small_pool,
        rulebook="normal", rulebook_sha256="0" * 64,
        custody=Custody(nonce_commitment=nonce_commitment(NONCE), threshold=2, custodians=promised),
    )  # fmt: skip


def rows_of(head: Head, count: int, seed: int = 1) -> Rows:
    """Applicants with few different values, so that ties are many; some persons have two entries."""
    random = np.random.default_rng(seed)
    rows = empty(count)
    tickets = sorted({random.bytes(16) for _ in range(count)})
    rows["ticket"] = np.frombuffer(b"".join(tickets), "V16")
    rows["holder"] = random.integers(0, max(1, count - count // 10), count) if count else 0
    limits = {"model": len(head.basis.types), "band": 3, "homes": 3, "points": 85, "tier": 3, "children": 4, "floor": 3,
              "account": 40, "savings": 40, "older": 40}  # fmt: skip
    for name, limit in limits.items():
        rows[name] = random.integers(0, limit, count)
    rows["points"][random.random(count) < 0.1] = columns.NO_POINTS
    rows["kind"] = random.integers(0, len(head.kinds), count) * (random.random(count) < 0.5)
    rows["rank"] = 1 + (random.random(count) < 0.2)
    rows["excluded"] = random.integers(0, 3, count) * (random.random(count) < 0.05)
    rows["flags"] = random.integers(0, (POINTS_ELIGIBLE | LONG_HOMELESS | FIRST_ORDER) + 1, count)
    first = opening(rows["ticket"][0].tobytes().hex()).commitment() if count else b""
    rows["commitment"] = np.frombuffer(b"".join([first, *(random.bytes(32) for _ in range(count - 1))]), "V32")
    return rows


def opening(ticket: str) -> Opening:
    """What opens the first row."""
    return Opening(ticket=ticket, salt="ab" * 16, private=dict(OPENED))


CEREMONY = Ceremony(
    shares=tuple(Share(body=body, share=SHARES[body].hex()) for body in ("operator", "notary")), nonce=NONCE.hex(),
    digits="204179583", typed_by=("officer", "operator"), observers=("과천경찰서 김순경",),
)  # fmt: skip


def drawn(head: Head, rows: Rows) -> Run:
    return run(head, rows, CEREMONY, "onjip 1.0")


class Witness:
    """A time-stamp authority and the operator's seal, under one root."""

    def __init__(self) -> None:
        self.pki = Pki()
        self.operator = self.pki.person("한국부동산원")

    @property
    def trust_pem(self) -> str:
        return self.pki.trust_pem.decode()

    def stamp(self, digest: bytes) -> str:
        return base64.b64encode(token(digest, self.pki.tsa)).decode()

    def envelope(self, made: Run) -> Envelope:
        body, head = made.body, made.body.head
        seal = self.seal(body.canonical())
        at = "2026-10-12T01:00:00Z"
        count = Count(at=at, count=0, stamp=self.stamp(count_digest(head, at, 0)))
        return Envelope(
            body_sha256=body_sha256(body), counts=(count,),
            root1_stamp=self.stamp(root1_digest(head, bytes.fromhex(body.root1), body.count)),
            root2_stamp=self.stamp(root2_digest(head, body.fixed())), seal=base64.b64encode(seal).decode(),
            seal_stamp=self.stamp(hashlib.sha256(seal).digest()),
        )  # fmt: skip

    def seal(self, body: bytes) -> bytes:
        chain = sealing.load_chain(self.operator.der)
        attributes = sealing.attributes(hashlib.sha256(body).digest(), chain)
        return sealing.assemble(attributes, chain, self.operator.sign(attributes))

    def document(self, made: Run) -> Document:
        found: Document = json.loads(Transcript(body=made.body, envelope=self.envelope(made)).canonical())
        return found

    @property
    def trust(self) -> Trust:
        return Trust.from_pem(self.pki.trust_pem)

    def moment(self, der: bytes, digest: bytes) -> datetime | None:
        """The reference for stamps and seals: the judgement of the command line."""
        return judges.stamp_moment(der, digest, self.trust)

    def sealer(self, der: bytes, body: bytes, at: datetime) -> str | None:
        return judges.sealed_by(der, body, self.trust, at)


def resealed(witness: Witness, document: Document) -> Document:
    """A cheat who holds the operator's key and the authority: everything around the body is made to fit again."""
    body = Transcript.model_validate(document).body
    envelope = witness.envelope(Run(body, b"", None))  # type: ignore[arg-type]
    return {"body": document["body"], "envelope": json.loads(envelope.canonical())}


def with_list(document: Document, change: Callable[[bytearray], None]) -> Document:
    """The list changed, and named by its new hash."""
    found: Document = json.loads(json.dumps(document))
    data = bytearray(base64.b64decode(found["body"]["listing"]["inline"]))
    change(data)
    listing = {"inline": base64.b64encode(data).decode(), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    found["body"]["listing"] = listing
    return found


def with_value(document: Document, path: str, value: object) -> Document:
    found: Document = json.loads(json.dumps(document))
    *way, last = path.split(".")
    place: Any = found
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return found


def tampered(document: Document) -> Iterator[tuple[str, Document]]:
    """Every part of a transcript changed, one at a time."""
    count, width = document["body"]["count"], ROW.itemsize
    edge = count * width

    def byte(at: int, bit: int = 1) -> Callable[[bytearray], None]:
        def change(data: bytearray) -> None:
            data[at] ^= bit

        return change

    def swapped(data: bytearray) -> None:
        data[:width], data[width : 2 * width] = data[width : 2 * width], data[:width]

    def dropped(data: bytearray) -> None:
        del data[edge : edge + RESULT.itemsize], data[:width]

    def doubled(data: bytearray) -> None:
        data[width : 2 * width] = data[:width]

    for at, name in ((0, "ticket"), (17, "type"), (18, "kind"), (19, "exclusion"), (23, "holder"), (24, "flags"),
                     (25, "band"), (27, "rank"), (28, "points"), (35, "account"), (75, "commitment")):  # fmt: skip
        yield f"row {name}", with_list(document, byte(5 * width + at))
    for at, name in ((0, "result"), (2, "pool"), (6, "position"), (10, "wait"), (12, "unit")):
        yield f"result {name}", with_list(document, byte(edge + 7 * RESULT.itemsize + at))
    yield "masked", with_list(document, byte(3 * width + 24, 128))
    yield "swapped", with_list(document, swapped)
    yield "dropped", with_list(document, dropped)
    yield "doubled", with_list(document, doubled)
    yield "cut", with_list(document, lambda data: data.__delitem__(slice(-1, None)))
    values = {
        "body.count": count + 1, "body.root1": "0" * 64, "body.root2": "1" * 64, "body.root3": "2" * 64,
        "body.seed": "3" * 64, "body.program": "other", "body.ceremony.nonce": "4" * 64,
        "body.ceremony.digits": "204179584",
        "body.ceremony.observers": [], "body.ceremony.typed_by": ["officer", "officer"], "body.ceremony.beacon": "x",
        "body.ceremony.shares.0.share": "zz", "body.ceremony.shares.1.body": "nobody", "body.ceremony.shares": [],
        "body.pools": ["", "other"], "body.listing.inline": "!", "body.listing.size": 1, "body.head.small_pool": 9,
        "body.head.law.wait.pct": 400, "body.head.format": "other", "body.head.protocol": 3,
        "body.head.kinds": ["general"],
        "body.head.basis.notice_date": "2026-02-30", "body.extra": 1, "body.count ": 1, "body.head.law.types": {},
        "envelope.body_sha256": "5" * 64, "envelope.root1_stamp": None, "envelope.root2_stamp": "AAAA",
        "envelope.seal": None, "envelope.seal_stamp": "MAA=", "envelope.counts": [],
        "envelope.counts.0.count": count + 1, "body.ceremony.digits ": "", "body.count  ": -1,
    }  # fmt: skip
    for path, value in values.items():
        yield path, with_value(document, path.rstrip(), value)
    yield "digits twice", with_value(document, "body.ceremony.digits", "204179553")
    yield "digits spaced", with_value(document, "body.ceremony.digits", "2 0417 9583")
    yield "negative count", with_value(document, "body.count", -1)
    yield "bad escape", with_value(document, "body.program", "\ud800")
    stamps = document["envelope"]
    yield "stamps exchanged", with_value(with_value(document, "envelope.root1_stamp", stamps["root2_stamp"]),
                                         "envelope.root2_stamp", stamps["root1_stamp"])  # fmt: skip
    for name in ("root1_stamp", "seal", "seal_stamp"):
        der = bytearray(base64.b64decode(stamps[name]))
        der[-1] ^= 1
        yield f"forged {name}", with_value(document, f"envelope.{name}", base64.b64encode(der).decode())
