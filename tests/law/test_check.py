"""The law's data are whole, the coverage page is of today, and each kind of hole would be found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from law import coverage
from law.answer import FIRST_DAY, LAST_DAY
from law.check import ROOT, of_citation, of_days, of_rules, of_usage, problems
from law.parameters import Confidence, Family, Row, Trigger, Unit
from law.rulebook import Rulebook
from law.rules import Case, Fact, Rule, rule
from law.sale import brokerage
from law.usage import Usage

WHOLE = Row("f", 1, FIRST_DAY, None, "법", "제1조", "text", Confidence.HIGH, date(2026, 11, 23), "")
nameless = Fact[int]("nameless", "", "", kind=int)


@rule("uncited", nameless, ko="규칙", en="rule", article="")
def uncited(case: Case) -> int:
    return case[nameless]


def family(*rows: Row) -> Family:
    return Family("f", "a family", Unit.COUNT, Trigger.NOTICE, False, rows)


def row(since: date, until: date | None, value: int | None = 1, note: str = "") -> Row:
    return replace(WHOLE, since=since, until=until, value=value, note=note)


def test_the_law_is_whole() -> None:
    assert problems() == []


def test_the_coverage_page_is_of_today() -> None:
    assert coverage.is_current(), "run onjip law check"


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ((WHOLE,), []),
        ((row(FIRST_DAY, LAST_DAY),), []),
        ((row(date(2016, 1, 1), None),), ["no value from 2015-12-29 to 2015-12-31"]),
        ((row(FIRST_DAY, date(2030, 12, 30)),), ["no value from 2030-12-31 to 2030-12-31"]),
        ((row(FIRST_DAY, date(2019, 12, 31)), row(date(2020, 1, 1), None)), []),
        ((row(FIRST_DAY, date(2019, 12, 30)), row(date(2020, 1, 1), None)), ["no value from 2019-12-31 to 2019-12-31"]),
        ((row(FIRST_DAY, date(2020, 1, 1)), row(date(2020, 1, 1), None)), ["two values from 2020-01-01"]),
        ((row(date(2010, 1, 1), date(2015, 12, 28)), WHOLE), []),
        ((row(FIRST_DAY, None, None),), ["the gap from 2015-12-29 does not say why"]),
        ((row(FIRST_DAY, None, None, "not published"),), []),
        ((row(date(2020, 1, 1), date(2019, 1, 1)),), [
            "the row from 2020-01-01 ends before it begins", "no value from 2015-12-29 to 2030-12-31",
        ]),
    ],
)  # fmt: skip
def test_days_without_a_value_or_with_two(rows: tuple[Row, ...], what: list[str]) -> None:
    assert [problem.what for problem in of_days(family(*rows))] == what


def test_citations_that_are_missing() -> None:
    assert list(of_citation(WHOLE)) == []
    found = [problem.what for problem in of_citation(replace(WHOLE, article="", source=""))]
    assert found == ["the row from 2015-12-29 has no article", "the row from 2015-12-29 has no source"]


def test_rules_and_terms_without_article_or_name() -> None:
    found = {(problem.where, problem.what) for problem in of_rules([uncited])}
    assert ("uncited", "the rule has no article") in found
    assert ("nameless", "the term has no Korean or no English name") in found
    other = Rule("other", "다른", "other", body=uncited.body, asks=(replace(nameless),), article="법 제1조")
    assert any("two terms" in problem.what for problem in of_rules([uncited, other]))


def test_families_that_nobody_reads_and_readers_of_none(tmp_path: Path, book: Rulebook) -> None:
    module = tmp_path / "law" / "sale" / "some.py"
    module.parent.mkdir(parents=True)
    module.write_text('TABLE = "stamp_duty"\n\n\ndef f(case, unit):\n    return case.row("nowhere"), f"rural_{unit}"\n')
    found = {(problem.where, problem.what) for problem in of_usage(book, Usage(tmp_path))}
    assert ("law.sale.some", "reads the family nowhere, which does not exist") in found
    unread = {where for where, what in found if what == "no rule reads this family"}
    assert unread == set(book.families) - {"stamp_duty", "rural_tax"}


def test_parameters_of_a_rule_are_found_behind_its_functions(book: Rulebook) -> None:
    usage = Usage(ROOT)
    assert "brokerage_sale" in usage.of_rule(brokerage.brokerage_ceiling, book.families)
    assert "brokerage_lease" not in usage.of_rule(brokerage.brokerage_ceiling, book.families)
    assert "brokerage_lease" in usage.of_rule(brokerage.brokerage_lease_ceiling, book.families)


def test_the_page_names_articles_gaps_and_what_is_left_out() -> None:
    page = (ROOT / coverage.PAGE).read_text(encoding="utf-8")
    assert "## 공인중개사법 시행규칙" in page
    assert "**brokerage_ceiling** 매매 중개보수 한도 | 2026-11-23 | M |" in page
    assert "## Stated gaps" in page
    assert "| 부동산등기규칙 | 제67조, 제68조 |" in page


def test_a_citation_of_several_laws() -> None:
    assert list(coverage.split("주택공급에 관한 규칙 제4조, 제28조; 별표 1")) == [
        ("주택공급에 관한 규칙", "제4조, 제28조"), (coverage.NOWHERE, "별표 1"),
    ]  # fmt: skip
    assert list(coverage.split("관습법")) == [("관습법", "–")]
