"""Entries whose tickets are readable names, and a small draw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain.notices import Notice
from law.drawing.transcript import Run, run
from tests.law.drawing.draw_world import CEREMONY, PROGRAM, SECRET, Entry, head_of, make_rows, ticket


@pytest.fixture(scope="session")
def entry(build_entry: Entry) -> Entry:
    """As ``build_entry``, with a readable name for the ticket."""
    return lambda called, *more, **facts: build_entry(ticket(called), *more, **{"holder": f"h-{called}", **facts})


@pytest.fixture(scope="session")
def small(build_notice: Callable[..., Notice], entry: Entry) -> Run:
    """Two kinds with enough applicants to be shown, one withheld."""
    notice = build_notice(
        date(2026, 10, 1), regulated=True, overheated=True, units={"general": 3, "newlywed": 2, "multi_child": 1},
        unit_numbers=tuple(f"101-{floor}01" for floor in range(1, 7)),
    )  # fmt: skip
    received = [entry(f"t{n}", points=40 + n) for n in range(9)]
    received += [entry(f"n{n}", "newlywed", holder=f"h-t{n}", points=None, children=n) for n in range(6)]
    received += [entry(f"m{n}", "multi_child", points=60 + n, children=3, born_on="1980-01-01") for n in range(3)]
    head = head_of(notice)
    made = make_rows(head, received, {ticket("t8"): "rewin"}, SECRET)
    return run(head, made.rows, CEREMONY, PROGRAM)
