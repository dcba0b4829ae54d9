"""The library of special clauses (특약): chosen by key, written out with what the registers say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from domain.draft_refusals import refuse
from domain.words import ContractKind
from law.forms.form import DATA, Data
from law.strict_yaml import read

CHARGES = ("저당권", "전세권", "지상권", "임차권", "압류", "가처분", "가등기")


class SpecialText(Data):
    """``en`` tells who drafts in English what the Korean sentence does."""

    key: str
    kinds: tuple[ContractKind, ...]
    ko: str
    en: str
    law: str
    excludes: tuple[str, ...] = ()


@cache
def library() -> dict[str, SpecialText]:
    found = [SpecialText.model_validate(one) for one in read(DATA / "special_clauses.yaml")]
    return {one.key: one for one in found}


def offered(kind: ContractKind) -> tuple[SpecialText, ...]:
    return tuple(one for one in library().values() if kind in one.kinds)


def chosen(kind: ContractKind, keys: Sequence[str], rights: Sequence[str]) -> tuple[str, ...]:
    """The sentences of ``keys``; ``rights``: what the register shows. Raises Invalid for one that is unknown, of
    another kind, or contradicts another."""
    wanted = set(keys)
    if len(wanted) < len(keys):
        raise refuse("switches_conflict")
    for key in keys:
        known = library().get(key)
        if known is None or kind not in known.kinds:
            raise refuse("switch_unknown")
        if wanted & set(known.excludes):
            raise refuse("switches_conflict")
    words = {"burdens": burdens(rights)}
    return tuple(f"{library()[key].ko.format_map(words)} ({library()[key].law})" for key in keys)


def burdens(rights: Sequence[str]) -> str:
    """The charges that the register shows, by section and rank: ``을구 1번 근저당권설정``."""
    found = [line.partition(" · ")[0] for line in rights if any(word in line for word in CHARGES)]
    return ", ".join(found) if found else "등기기록에 있는 제한물권"
