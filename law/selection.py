"""Selection of winners, wait-lists and units from a committed list and one seed. Pure; integers and bytes only.

주택공급에 관한 규칙 제25조②③⑦⑧, 제26조, 제26조의2, 제27조, 제28조, 제41조, 제43조. Checked 2026-11-23. Order: special
supply by kind and tier, what is left among its losers by lot; then general supply, from which a special winner's
own entry is removed; wait-lists; unit numbers by lot. Not here: lowest floor on request (제51조), and what is
settled after selection across notices (couples, earlier wins: ``law.restrictions``).
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.words import SupplyKind
from law.draw import Draw
from law.entries import Entry, Result, Selected
from law.select_general import general_wait_list, select_general
from law.select_special import select_special, special_wait_list
from law.selection_terms import Head, TypeBasis


def select(head: Head, entries: Sequence[Entry], seed: bytes) -> tuple[Selected, ...]:
    """What becomes of every ticket, sorted by ticket. The order of ``entries`` does not matter."""
    draw, types = Draw(seed, head.law), sorted(head.basis.types, key=lambda one: one.model_no)
    left = {one.model_no: select_special(draw, one, _valid(one, entries, special=True)) for one in types}
    won_special = frozenset(draw.holders)
    general, homes = {}, {}
    for one in types:
        applied = _valid(one, entries, special=False)
        general[one.model_no] = [entry for entry in applied if entry.holder not in won_special]
        homes[one.model_no] = one.units.get(SupplyKind.GENERAL, 0) + left[one.model_no]
        select_general(draw, one, head.basis.housing_kind, general[one.model_no], homes[one.model_no])
    waits: dict[str, tuple[str, int]] = {}
    for one in types:
        waits |= _numbered("wait-special", one, special_wait_list(draw, one, _valid(one, entries, special=True)))
        waits |= _numbered("wait", one, general_wait_list(draw, one, general[one.model_no], homes[one.model_no]))
    units = {ticket: unit for one in types for ticket, unit in _units(draw, one).items()}
    return tuple(_outcome(entry, draw, waits, units) for entry in sorted(entries, key=lambda entry: entry.ticket))


def _valid(one: TypeBasis, entries: Sequence[Entry], *, special: bool) -> list[Entry]:
    """Entries of the house type and supply method that no law excludes before selection."""
    return [
        entry for entry in entries
        if entry.model_no == one.model_no and entry.excluded is None
        and (entry.supply_kind is not SupplyKind.GENERAL) is special
    ]  # fmt: skip


def _numbered(name: str, one: TypeBasis, waiting: Sequence[Entry]) -> dict[str, tuple[str, int]]:
    """Places from 1. Winners stand on no list: those given are losers only."""
    return {entry.ticket: (f"{name}:{one.model_no}", number) for number, entry in enumerate(waiting, start=1)}


def _units(draw: Draw, one: TypeBasis) -> dict[str, str]:
    """동·호수 by lot among the winners of a house type (제25조②); empty while the units have no numbers."""
    winners = [entry for entry, _, _ in draw.won.values() if entry.model_no == one.model_no]
    ordered = draw.by_lot(f"unit:{one.model_no}", winners)
    return {entry.ticket: unit for entry, unit in zip(ordered, one.unit_numbers, strict=False)}


def _outcome(entry: Entry, draw: Draw, waits: dict[str, tuple[str, int]], units: dict[str, str]) -> Selected:
    if entry.excluded is not None:
        return Selected(ticket=entry.ticket, result=Result.EXCLUDED, via=entry.excluded)
    if entry.ticket in draw.won:
        _, pool, position = draw.won[entry.ticket]
        return Selected(
            ticket=entry.ticket, result=Result.WON, via=pool, position=position, unit=units.get(entry.ticket)
        )
    if entry.ticket in waits:
        pool, number = waits[entry.ticket]
        return Selected(ticket=entry.ticket, result=Result.WAIT_LISTED, via=pool, wait_list_no=number)
    removed = entry.holder in draw.holders
    return Selected(ticket=entry.ticket, result=Result.LOST, via="removed" if removed else "drawn")
