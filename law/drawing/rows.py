"""The list of a draw in columns: one fixed binary row for each ticket, the same bytes on every machine.

A row is 76 bytes, big-endian: open part 24 (ticket, house type, kind, exclusion, person), detail 20, commitment to the
private part 32. Root 2 is over these rows. Details hold pools, points and tie-breakers as dense positions (0 is best)
inside the pool, never dates, sums, regions or names; what they rest on lies behind the commitment, opened only to
the applicant. In a pool with few applicants the details are withheld: they are zero, MASKED is set, and the last 32
bytes are the hash of details and commitment, so that the open part stays bound to root 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import Invalid

TICKET, OPEN, COMMITMENT = 16, 24, 32
NO_POINTS = 255
ROW = np.dtype(
    [
        ("ticket", f"V{TICKET}"),
        ("model", ">u2"),  # index of the house type in the head
        ("kind", "u1"),  # index of the supply kind in the head; 0 is general supply
        ("excluded", "u1"),  # index of the reason why the law leaves the ticket out; 0: it does not
        ("holder", ">u4"),  # the person inside this notice: one number for both entries of one person
        ("flags", "u1"),
        ("band", "u1"),  # residence: 0 housing area, 1 province, 2 zone
        ("homes", "u1"),  # 0, 1, 2 (two and more): step of the lots in which the household takes part (제28조⑧)
        ("rank", "u1"),  # general supply: 1 or 2
        ("points", "u1"),  # 가점, or the points of the kind's own table; 255: none
        ("tier", "u1"),  # first part of the special supply in which the applicant takes part
        ("children", "u1"),
        ("floor", "u1"),  # wish for the lowest floor: 0 none, 1 first, 2 second (제51조)
        ("account", ">u4"),  # position by age of the account
        ("savings", ">u4"),  # position by recognised savings or, as TypeLaw says, number of payments
        ("older", ">u4"),  # position by date of birth
        ("commitment", f"V{COMMITMENT}"),
    ]
)
OPEN_PART = ("ticket", "model", "kind", "excluded", "holder")
POINTS_ELIGIBLE, LONG_HOMELESS, FIRST_ORDER, MASKED = 1, 2, 4, 128

RESULT = np.dtype([("result", "u1"), ("pool", ">u2"), ("position", ">u4"), ("wait", ">u4"), ("unit", ">u2")])
LOST, WON, WAITS, EXCLUDED, REMOVED = 0, 1, 2, 3, 4
# Highest lawful number in a column; what depends on the head is checked apart.
HIGHEST = {"band": 2, "homes": 2, "rank": 2, "floor": 2}
LAST_FLAG = POINTS_ELIGIBLE | LONG_HOMELESS | FIRST_ORDER

Rows = NDArray[np.void]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]


def empty(count: int) -> Rows:
    return np.zeros(count, dtype=ROW)


def read_rows(data: bytes | memoryview) -> Rows:
    """Rows out of their bytes, not copied. Invalid (``broken_list``) where they are no whole rows."""
    if len(data) % ROW.itemsize:
        raise broken("명단 파일이 잘렸습니다.", "The file of the list is cut short.")
    return np.frombuffer(data, dtype=ROW)


def broken(ko: str, en: str) -> Invalid:
    return Invalid("broken_list", ko=ko, en=en)


def tickets(rows: Rows) -> bytes:
    """All tickets one after the other."""
    return np.ascontiguousarray(rows["ticket"]).tobytes()


def flag(rows: Rows, bit: int) -> Mask:
    found: Mask = (rows["flags"] & bit) != 0
    return found


def in_order(rows: Rows) -> bool:
    """Sorted by ticket, none twice."""
    words = np.frombuffer(tickets(rows), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    high, low = words[:, 0], words[:, 1]
    rising = (high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] > low[:-1]))
    return bool(rising.all())


def in_bounds(rows: Rows, models: int, kinds: int, exclusions: int) -> bool:
    """Is every number one that a row may hold? A masked row holds nothing beside its open part."""
    if not len(rows):
        return True
    limits = {**HIGHEST, "model": models - 1, "kind": kinds - 1, "excluded": exclusions - 1, "holder": len(rows) - 1}
    if any(int(rows[name].max()) > limit for name, limit in limits.items()):
        return False
    masked = flag(rows, MASKED)
    if masked.any():
        hidden = rows[masked]
        details = [name for name in ROW.names or () if name not in (*OPEN_PART, "flags", "commitment")]
        if (hidden["flags"] != MASKED).any() or any(hidden[name].any() for name in details):
            return False
    return bool((rows["flags"][~masked] <= LAST_FLAG).all())


def dense(values: NDArray[Any]) -> NDArray[np.uint32]:
    """Position of each value among the different ones, 0 for the smallest."""
    _, place = np.unique(values, return_inverse=True)
    return place.astype(np.uint32)
