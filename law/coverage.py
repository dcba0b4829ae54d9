"""``docs/law-coverage.md``: article by article, what of the law is here, when it was verified, and what is left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from law.answer import FIRST_DAY, LAST_DAY
from law.catalogue import rules
from law.check import ROOT, left_out
from law.parameters import Family
from law.rulebook import NORMAL, Rulebook, load
from law.rules import Rule
from law.usage import Usage

PAGE = Path("docs") / "law-coverage.md"
# A law's own name ends where its first article begins.
ARTICLE = re.compile(r"(?P<law>.*?)\s*(?P<article>(?:제\s?\d|별표|부칙|별지|§).*)")
NUMBER = re.compile(r"\d+")
CHECKED = re.compile(r"[Cc]hecked (\d{4}-\d{2}-\d{2})")
BEST_TO_WORST = "HML"
NOWHERE = "(law not named)"
HEAD = """# What of the law is here

Written by `onjip law check`; do not edit. The rulebook answers for the days from {first} to {last}.
Confidence: H read in the statute, M two second-hand sources or a transcribed annex, L one weak source (the rule then
answers *cannot tell*). A rule's confidence is the lowest among its own parameters.

{families} families of parameters with {rows} dated values, {gaps} of them stated gaps; {rules} rules."""


class Line(NamedTuple):
    """One thing that stands on an article."""

    law: str
    article: str
    what: str
    verified: str
    confidence: str


def page(root: Path = ROOT) -> str:
    """The whole page."""
    book, known = load(NORMAL), rules()
    usage = Usage(root)
    rows = [row for family in book.families.values() for row in family.rows]
    head = HEAD.format(
        first=FIRST_DAY, last=LAST_DAY, families=len(book.families), rows=len(rows), rules=len(known),
        gaps=sum(row.value is None for row in rows),
    )  # fmt: skip
    lines = [*_of_families(book), *_of_rules(known.values(), book, usage)]
    return "\n".join([head, *_tables(lines), *_gaps(book), *_left_out(root)])


def is_current(root: Path = ROOT) -> bool:
    """Is the page on the disk the one that would be written now?"""
    path = root / PAGE
    return path.is_file() and path.read_text(encoding="utf-8") == page(root)


def write(root: Path = ROOT) -> Path:
    path = root / PAGE
    path.write_text(page(root), encoding="utf-8")
    return path


def _of_families(book: Rulebook) -> Iterator[Line]:
    for family in book.families.values():
        by_place: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in family.rows:
            by_place[row.law, row.article].append(row)
        for (law, article), rows in by_place.items():
            verified = min(row.verified for row in rows).isoformat()
            known = _worst(row.confidence for row in rows if row.value is not None)
            yield Line(law, article, f"`{family.name}`", verified, known or "gap")


def _of_rules(known: Iterable[Rule[Any]], book: Rulebook, usage: Usage) -> Iterator[Line]:
    for rule in known:
        families = [book.family(name) for name in usage.of_rule(rule, book.families)]
        verified, confidence = _when(rule, families, usage), _worst(_confidences(families))
        for law, article in split(rule.article):
            yield Line(law, article, f"**{rule.name}** {rule.ko}", verified, confidence or "–")


def _when(rule: Rule[Any], families: list[Family], usage: Usage) -> str:
    """When the rule was compared with the article: as its module says, else as its parameters were."""
    source = usage.sources.get(rule.body.__module__) if rule.body else None
    if source and (said := CHECKED.search(source.docstring)):
        return said.group(1)
    return min((row.verified.isoformat() for family in families for row in family.rows), default="–")


def _confidences(families: list[Family]) -> Iterator[str]:
    return (row.confidence for family in families for row in family.rows if row.value is not None)


def _worst(found: Iterable[str]) -> str:
    return max(found, key=BEST_TO_WORST.index, default="")


def split(cited: str) -> Iterator[tuple[str, str]]:
    """``법 제1조, 제2조; 영 제3조`` as (law, articles) each."""
    for part in filter(None, (part.strip() for part in cited.split(";"))):
        match = ARTICLE.fullmatch(part)
        yield (match["law"] or NOWHERE, match["article"]) if match else (part, "–")


def _tables(lines: list[Line]) -> Iterator[str]:
    laws = sorted({line.law for line in lines})
    for law in laws:
        yield f"\n## {law}\n"
        yield "| article | parameter or **rule** | verified | confidence |\n|---|---|---|---|"
        for line in sorted((line for line in lines if line.law == law), key=_order):
            yield f"| {line.article} | {line.what} | {line.verified} | {line.confidence} |"


def _order(line: Line) -> tuple[bool, list[int], str, str]:
    # Articles by number, annexes after them.
    return (
        not line.article.startswith("제"), [int(number) for number in NUMBER.findall(line.article)],
        line.article, line.what,
    )  # fmt: skip


def _gaps(book: Rulebook) -> Iterator[str]:
    yield "\n## Stated gaps\n"
    yield "Where a rule needs one of these it answers *cannot tell*.\n"
    yield "| parameter | from | until | why |\n|---|---|---|---|"
    for family in book.families.values():
        for row in family.rows:
            if row.value is None:
                yield f"| `{family.name}` | {row.since} | {row.until or '–'} | {_cell(row.note)} |"


def _left_out(root: Path) -> Iterator[str]:
    yield "\n## Left out\n"
    yield "| law | article | what | why |\n|---|---|---|---|"
    for entry in left_out(root):
        yield f"| {entry['law']} | {entry['article']} | {_cell(entry['matter'])} | {_cell(entry['why'])} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
