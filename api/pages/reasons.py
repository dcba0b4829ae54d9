"""A decision as people read it: what decided first, in plain words, with the facts used and where each comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from api.pages import words
from api.pages.formats import Lang, day
from domain.decisions import Decision, Reason
from domain.words import Outcome
from law.catalogue import rules, terms
from law.flip_words import spoken
from law.registers import SPOUSE
from law.rulebook import Rulebook
from law.terms import Fact, Term

FEW = 3  # deciding reasons that stand beside a decision; the page of the decision has all of them
COUNTED = re.compile(r"^\((\d+)\)$")  # a list is kept by its length only
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
NULL = re.compile(r"\s*\(null:[^)]*\)")
REGION = re.compile(r"^\d{5}$")
LAW = "law:"
HIDDEN = frozenset({"also_in_regions", "homes_unseen", "wins_unseen", "units"})
OF_THE_NOTICE = frozenset({
    "housing_kind", "notice_region", "capital", "regulated", "overheated", "price_capped", "announcement_date",
    "exclusive_area", "price", "units", "supply_kind", "supplier_public",
})  # fmt: skip
# Members of a household whose own registers were not asked, before the item: ``parent.home_ownership``.
WHO: dict[str, tuple[str, str]] = {
    "spouse": ("배우자의", "Spouse:"), "child": ("자녀의", "Child:"), "parent": ("부모의", "Parent:"),
    "grandparent": ("조부모의", "Grandparent:"), "spouse_parent": ("배우자 부모의", "Spouse's parent:"),
    "spouse_grandparent": ("배우자 조부모의", "Spouse's grandparent:"), "grandchild": ("손자녀의", "Grandchild:"),
    "child_spouse": ("자녀 배우자의", "Child's spouse:"), "sibling": ("형제자매의", "Sibling:"),
    "other": ("동거인의", "Other member:"),
}  # fmt: skip
SIGNS = {">=": ("이상", "at least"), ">": ("초과", "more than"), "<=": ("이하", "at most"), "<": ("미만", "less than")}


@dataclass(frozen=True)
class Used:
    """One fact that a test read. ``source``: empty where it follows from others."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class Line:
    """One test. ``aside``: it says no, but that concerns the order among applicants and not whether one may apply."""

    outcome: str
    text: str
    article: str
    version: date | None
    weak: bool
    used: tuple[Used, ...]
    comparison: str
    missing: tuple[str, ...]
    aside: bool


@dataclass(frozen=True)
class Told:
    """``deciding``: what made it a no or leaves it open; ``rest``: everything else that was looked at."""

    deciding: tuple[Line, ...]
    rest: tuple[Line, ...]
    missing: tuple[str, ...]
    standing: str

    @property
    def brief(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.text for one in self.deciding))[:FEW]


def told(decision: Decision | Mapping[str, Any], lang: Lang, book: Rulebook) -> Told:
    """The decision in the reader's language."""
    made = decision if isinstance(decision, Decision) else Decision.model_validate(decision)
    speaks = _Speaker(lang, book, made)
    split: tuple[list[Line], list[Line]] = ([], [])
    for reason in made.reasons:
        decides = _decides(made, reason)
        split[0 if decides else 1].append(speaks.line(reason, decides=decides))
    return Told(
        deciding=tuple(split[0]), rest=tuple(split[1]), missing=tuple(dict.fromkeys(map(speaks.lacking, made.missing))),
        standing=speaks.standing(made),
    )  # fmt: skip


def _decides(made: Decision, reason: Reason) -> bool:
    if made.outcome is Outcome.NO:
        named = reason.code in made.causes if made.causes else reason.outcome is Outcome.NO
        return named and reason.outcome is Outcome.NO
    # A rule that only passes on what another one lacks has no test of its own.
    return made.outcome is Outcome.CANNOT_TELL and reason.outcome is made.outcome and reason.code != reason.rule


@dataclass(frozen=True)
class _Speaker:
    lang: Lang
    book: Rulebook
    made: Decision

    def t(self, pair: tuple[str, str]) -> str:
        return pair[0 if self.lang == "ko" else 1]

    def name(self, term: Term[Any]) -> str:
        """Without what is said to programs only."""
        return NULL.sub("", self.t((term.ko, term.en)))

    def line(self, reason: Reason, *, decides: bool) -> Line:
        used = dict.fromkeys(self._used(reason))
        if decides:
            used |= dict.fromkeys(self._behind(reason))
        return Line(
            outcome=reason.outcome, text=self._sentence(reason), article=reason.article, version=reason.version,
            weak=reason.confidence == "L", used=tuple(used), comparison=self._comparison(reason),
            missing=tuple(dict.fromkeys(map(self.lacking, reason.missing))),
            aside=not decides and reason.outcome is Outcome.NO,
        )  # fmt: skip

    def _sentence(self, reason: Reason) -> str:
        if reason.given and (term := _terms().get(reason.rule)):
            return f"{self.name(term)}: {self._value(term, reason.facts.get(reason.rule))}"
        said = self.t((reason.ko, reason.en))
        if reason.outcome is Outcome.CANNOT_TELL:
            said = said.replace("–", "?")  # where a value would stand
        found = reason.facts.get(reason.rule)
        if isinstance(found, str) and REGION.match(found):
            said = said.replace(found, self._region(found))
        return re.sub(r"\((\d+)\)", r"\1", said)

    def _used(self, reason: Reason) -> Iterator[Used]:
        for name, value in reason.facts.items():
            term = _terms().get(name)
            if term is None or name in HIDDEN or (name == reason.rule and not reason.given):
                continue
            source = self._source(name, term, reason)
            compared = reason.comparison is not None and name == reason.comparison.fact
            if source is not None and (source or not compared):
                yield Used(self.name(term), self._value(term, value), source)

    def _behind(self, reason: Reason) -> Iterator[Used]:
        """The facts with a source from which the values of a test were worked out."""
        left, seen = [name for name in reason.facts if name != reason.rule], {reason.rule}
        while left:
            name = left.pop(0)
            if name in seen:
                continue
            seen.add(name)
            for other in self.made.reasons:
                if other.rule == name:
                    yield from (one for one in self._used(other) if one.source)
                    left += [inner for inner in other.facts if inner != name]

    def _source(self, name: str, term: Term[Any], reason: Reason) -> str | None:
        """None for what holds by default: nobody has claimed it, and it says nothing of this person."""
        known = reason.sources.get(name)
        if isinstance(known, Mapping) and "register" in known:
            register, on = str(known["register"]), str(known.get("as_of", ""))
            when = f" ({day(on, self.lang)})" if DAY.match(on) else ""
            return f"{self.t(words.pair('agency', register))}{when}"
        if known is not None:
            return self.t(("직접 적음", "typed"))
        if name in OF_THE_NOTICE:
            return self.t(("모집공고", "notice"))
        if reason.given and name == reason.rule:
            return self.t(("주어진 값", "given"))
        if isinstance(term, Fact):
            return None
        return ""

    def _value(self, term: Term[Any], value: Any) -> str:
        if isinstance(value, str):
            if listed := COUNTED.match(value):
                return self.t((f"{listed[1]}건", f"{listed[1]} entries"))
            if DAY.match(value):
                return day(value, self.lang)
            if REGION.match(value):
                return self._region(value)
        return self.t(spoken(term, value))

    def _region(self, code: str) -> str:
        """The province of a region code; cities and counties have no names in the law's tables."""
        table = self.book.family("region_codes").rows[-1].value
        province = table.get(code[:2], {}).get("ko")
        return f"{province} ({code})" if province and self.lang == "ko" else code

    def _comparison(self, reason: Reason) -> str:
        made = reason.comparison
        term = _terms().get(made.fact) if made else None
        if made is None or term is None or made.op not in SIGNS or isinstance(made.value, bool):
            return ""
        if isinstance(made.limit, int) and f"{made.limit:,}" in self.t((reason.ko, reason.en)):
            return ""  # the sentence says it already
        value, limit, sign = self._value(term, made.value), self._value(term, made.limit), self.t(SIGNS[made.op])
        return f"{value} · 기준 {limit} {sign}" if self.lang == "ko" else f"{value} · asked: {sign} {limit}"

    def lacking(self, name: str) -> str:
        """What is missing, as people would ask for it."""
        if name.startswith(LAW):
            family = self.book.families.get(name.removeprefix(LAW))
            told = family.description if family else ""
            return self.t((f"법령의 확인되지 않은 점: {told}", f"not settled in the law: {told}"))
        who, _, item = name.rpartition(".")
        if who in WHO or name.startswith(SPOUSE):
            return f"{self.t(WHO[who])} {self._item(item)}"
        return self._item(name)

    def _item(self, name: str) -> str:
        if name in words.ITEM:
            return self.t(words.ITEM[name])
        term = _terms().get(name)
        return self.name(term) if term else self.t(("확인할 사실", "a fact"))

    def standing(self, made: Decision) -> str:
        """Rank and priority of one who may apply."""
        value = made.value if isinstance(made.value, Mapping) else {}
        if made.outcome is not Outcome.YES:
            return ""
        rank, local = value.get("rank"), value.get("local")
        said = [self.t((f"{rank}순위", f"rank {rank}"))] if rank else []
        if local is not None:
            said.append(self.t(("해당 지역 우선", "local priority") if local else ("기타 지역", "not local")))
        return " · ".join(said)


@dataclass(frozen=True)
class Turn:
    """One thing that would change the answer, and for which house types and kinds of supply."""

    flip: Any
    lines: list[tuple[str, str]]


def turns(one: Any) -> list[Turn]:
    """Of a notice with its decisions: each flip once, own lawful acts first."""
    found: dict[str, Turn] = {}
    for house in one.houses:
        for kind in one.kinds:
            made = one.decisions.get((house.model_no, kind))
            body = made.body if made else None
            if body is None:
                continue
            flip = (body if isinstance(body, Decision) else Decision.model_validate(body)).flip
            if flip is not None:
                found.setdefault(flip.ko, Turn(flip, [])).lines.append((house.name, kind))
    return sorted(found.values(), key=lambda turn: not turn.flip.advised)


@cache
def _terms() -> Mapping[str, Term[Any]]:
    return terms(rules().values())
