"""Rounds of a public random source, and a draw that is void because one has passed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draws import VoidReason
from domain.notices import Notice
from law.drawing import records
from law.drawing.endings import Void
from law.drawing.statements import Record, Sealing
from law.drawing.terms import Beacon, Head, Source
from law.drawing.transcript import Fixed, root1_digest, root2_digest
from law.drawing.verify import valid
from tests.law.drawing.draw_world import CHECKS, PROGRAM, START, head_of, stamp

Build = Callable[..., Notice]
ROOTS = ("11" * 32, "22" * 32)
SEALED = 9  # minutes after START


@given(
    genesis=st.integers(0, 2_000_000_000), period=st.integers(1, 3600),
    moment=st.integers(0, 4 * 10**12).map(lambda thousandths: datetime.fromtimestamp(thousandths / 1000, UTC)),
)  # fmt: skip
def test_the_first_round_at_a_moment_or_after_it(genesis: int, period: int, moment: datetime) -> None:
    source = Source(name="s", public_key="", genesis=genesis, period=period)
    beacon = Beacon(source=source, round=source.round_at(moment))
    assert beacon.round >= 1
    assert beacon.out >= moment.timestamp()
    before = beacon.model_copy(update={"round": beacon.round - 1})
    assert beacon.round == 1 or before.out < moment.timestamp()
    assert beacon.out_at.timestamp() == beacon.out


def with_round(head: Head, minutes: int) -> Head:
    """The round comes out so many minutes after START."""
    genesis = int((START + timedelta(minutes=minutes)).timestamp())
    source = Source(name="s", public_key="ab" * 48, genesis=genesis, period=3)
    custody = head.custody.model_copy(update={"beacon": Beacon(source=source, round=1)})
    return head.model_copy(update={"custody": custody})


def void(head: Head, reason: VoidReason) -> dict[str, Any]:
    fixed = Fixed(bytes.fromhex(ROOTS[0]), bytes.fromhex(ROOTS[1]), 7, PROGRAM)
    statement = Void(
        notice_id=head.basis.notice_id, reason=reason, head=head, program=PROGRAM, count=7, root1=ROOTS[0],
        root1_stamp=stamp(root1_digest(head, fixed.root1, 7), 2), root2=ROOTS[1],
        root2_stamp=stamp(root2_digest(head, fixed), 3),
    )  # fmt: skip
    seal = b"sealed:" + statement.canonical()
    envelope = Sealing(
        body_sha256=statement.digest(), seal=base64.b64encode(seal).decode(),
        seal_stamp=stamp(hashlib.sha256(seal).digest(), SEALED),
    )  # fmt: skip
    return Record(body=statement.model_dump(mode="json"), envelope=envelope).model_dump(mode="json")


@pytest.mark.parametrize(
    ("minutes", "reason", "stands"),
    [
        (SEALED, VoidReason.BEACON_PASSED, True),
        (SEALED + 1, VoidReason.BEACON_PASSED, False),  # declared before the round was out
        (None, VoidReason.BEACON_PASSED, False),  # none was fixed
        (SEALED + 1, VoidReason.NONCE_NOT_REVEALED, True),
        (None, VoidReason.NONCE_NOT_REVEALED, True),
    ],
)
def test_a_round_has_passed_only_where_one_was_fixed_and_not_before_its_time(
    build_notice: Build, minutes: int | None, reason: VoidReason, stands: bool
) -> None:
    head = head_of(build_notice())
    document = void(head if minutes is None else with_round(head, minutes), reason)
    findings = records.verify(document, CHECKS)
    assert {one.code for one in findings if not one.ok} == (set() if stands else {"stated"})
    assert valid(findings) is stands
