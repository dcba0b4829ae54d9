"""The log of area designations: what a region was on a day, whole or in part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

Event = Mapping[str, Any]


def states(
    events: Iterable[Event], kind: str, region: str, day: date, counts: Callable[[Event], bool] = lambda _: True
) -> set[str]:
    """The state of a region on a day; for a city whose wards differ, the states of all its wards.

    ``counts``: is a designation of this region one that the case has to obey already?
    """
    state, wards = "none", dict[str, str]()
    for event in events:
        if event["kind"] != kind or event["day"] > day:
            continue
        for area in event["areas"]:
            inside = region.startswith(area)
            if not inside and not (region.endswith("0") and area[:4] == region[:4]):
                continue
            if not counts(event):
                continue
            if inside:
                state = event["state"]
                wards.clear()
            else:
                wards[area] = event["state"]
    return {state, *wards.values()}


def applies(found: set[str], in_part: Callable[[], bool], on_public_land: Callable[[], bool]) -> bool:
    """Is the home itself designated? Asked further only where the region is so in part, or by the kind of land."""
    if len(found) > 1 or found == {"part"}:
        return in_part()
    if found == {"public_land"}:
        return on_public_land()
    if found == {"private_land"}:
        return not on_public_land()
    return found == {"whole"}
