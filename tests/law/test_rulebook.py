"""The loader refuses what a lawyer would not accept; the rulebook holds one cited value for each day."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.errors import Invalid, UnknownThing
from law.parameters import Unit, read_family
from law.rulebook import PARAMETERS, RULEBOOKS, Rulebook, build, load
from law.strict_yaml import LawDataError, read

PERIODS = (
    "notice_before_receipt", "contract_after_announcement", "contract_window", "explanation_window", "register_search",
    "report_deadline", "cancellation_report", "instalment_after_contract", "acquisition_tax_deadline",
    "registration_deadline", "correction_due", "dissolution_tax_window", "waitlist_ends", "consent_max",
    "certificate_validity", "fund_plan_handover",
)  # fmt: skip
ROW = """
  - from: 2020-01-01
    value: 3
    law: 주택법
    article: 제1조
    source: text
    confidence: H
    verified: 2026-11-23
"""
HEAD = "family: sample\ndescription: a sample\nunit: count\ntrigger: notice\nvalues:"


def written(folder: Path, text: str) -> Path:
    path = folder / "sample.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str, words: str) -> None:
    with pytest.raises(LawDataError, match=words):
        read_family(written(folder, text))


def test_a_good_family_is_read(tmp_path: Path) -> None:
    family = read_family(written(tmp_path, HEAD + ROW))
    row = family.row(date(2020, 1, 1))
    assert row is not None
    assert (row.value, row.cite) == (3, "주택법 제1조")
    assert family.row(date(2019, 12, 31)) is None


def test_a_key_written_twice(tmp_path: Path) -> None:
    refused(tmp_path, HEAD + ROW + "    value: 4\n", r"sample\.yaml: line 13: .*written twice")


def test_yaml_words_that_turn_into_booleans(tmp_path: Path) -> None:
    for word in ("yes", "No", "on", "OFF", "y"):
        refused(tmp_path, HEAD + ROW.replace("value: 3", f"value: {word}"), "boolean")


def test_quoted_words_stay_words(tmp_path: Path) -> None:
    family = read_family(written(tmp_path, HEAD + ROW.replace("value: 3", 'value: "no"')))
    assert family.rows[0].value == "no"


def test_floats_are_refused(tmp_path: Path) -> None:
    for number in ("0.5", "1e3", ".5", ".inf"):
        refused(tmp_path, HEAD + ROW.replace("value: 3", f"value: {number}"), "float")


def test_sums_with_underscores_are_integers_and_old_octals_are_not(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1_000_000\nb: 010\nc: 12:30\nd: ~\ne: true\n")
    assert read(path) == {"a": 1_000_000, "b": "010", "c": "12:30", "d": None, "e": True}


def test_missing_citations(tmp_path: Path) -> None:
    for key in ("law", "article", "source", "confidence", "verified"):
        text = "\n".join(line for line in ROW.splitlines() if not line.strip().startswith(key))
        refused(tmp_path, HEAD + text, key)


def test_gaps_and_overlaps(tmp_path: Path) -> None:
    later = ROW.replace("2020-01-01", "2022-01-01")
    ended = ROW.replace("    value: 3", "    until: {}\n    value: 3")
    refused(tmp_path, HEAD + ended.format("2021-12-30") + later, "gap")
    refused(tmp_path, HEAD + ended.format("2022-01-01") + later, "overlap")
    refused(tmp_path, HEAD + ROW + later, "overlap")
    assert read_family(written(tmp_path, HEAD + ended.format("2021-12-31") + later)).row(date(2021, 12, 31))


def test_unknown_keys_and_words(tmp_path: Path) -> None:
    refused(tmp_path, HEAD + ROW + "    comment: x\n", "unknown keys")
    refused(tmp_path, HEAD.replace("count", "metres") + ROW, "not one of")
    refused(tmp_path, HEAD.replace("sample", "other") + ROW, "file name")
    refused(tmp_path, HEAD + ROW.replace("value: 3", "value: null"), "why_empty")
    refused(tmp_path, HEAD.replace("count", "duration") + ROW.replace("value: 3", "value: P3D"), "end_on_holiday")


def test_an_overlay_may_change_periods_only(tmp_path: Path) -> None:
    for name, line, words in (
        ("amounts", "stamp_duty: PT0S", "periods only"),
        ("unknown", "no_such_period: PT0S", "periods only"),
        ("numbers", "contract_window: 3", "ISO 8601"),
        ("wrong", "contract_window: 3D", "ISO 8601"),
    ):
        text = f"name: {name}\nbase: normal\ndescription: x\nperiods:\n  {line}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(LawDataError, match=words):
            build(name, PARAMETERS, tmp_path)


def test_an_overlay_with_other_keys(tmp_path: Path) -> None:
    (tmp_path / "demo.yaml").write_text("name: demo\nbase: normal\namounts: {}\nperiods: {}\n", encoding="utf-8")
    with pytest.raises(LawDataError, match="exactly"):
        build("demo", PARAMETERS, tmp_path)


def test_unknown_rulebook() -> None:
    for name in ("nothing", "../demo", ""):
        with pytest.raises(UnknownThing):
            load(name)


def test_demo_differs_in_periods_only(book: Rulebook) -> None:
    demo = load("demo")
    assert demo.time_shortened
    assert not book.time_shortened
    assert demo.sha256 != book.sha256
    assert demo.families == book.families
    assert demo.period("contract_window").by_clock
    assert demo.period("report_deadline") == book.period("report_deadline")


def test_the_digest_follows_content_not_spelling(tmp_path: Path, book: Rulebook) -> None:
    copy = tmp_path / "parameters"
    shutil.copytree(PARAMETERS, copy)
    family = copy / "periods" / "contract_window.yaml"
    text = family.read_text(encoding="utf-8")
    family.write_text("# a comment\n" + text, encoding="utf-8")
    assert build("normal", copy, RULEBOOKS).sha256 == book.sha256
    family.write_text(text.replace("P3D", "P4D"), encoding="utf-8")
    assert build("normal", copy, RULEBOOKS).sha256 != book.sha256


def test_values_cannot_be_changed(book: Rulebook) -> None:
    table = book.value("deposit_table", date(2026, 1, 1))
    with pytest.raises(TypeError):
        table["first"] = ()


@pytest.mark.parametrize("name", PERIODS)
def test_every_period_has_an_article(book: Rulebook, name: str) -> None:
    period = book.period(name)
    assert "제" in period.cite
    assert book.family(name).description


def test_every_row_is_cited_and_dated(book: Rulebook) -> None:
    for family in book.families.values():
        assert any("\uac00" <= letter <= "\ud7a3" for letter in family.rows[0].article), family.name
        assert all(row.verified <= date(2026, 11, 23) for row in family.rows)


def test_one_value_for_each_day(book: Rulebook) -> None:
    for family in book.families.values():
        day, last = family.rows[0].since, family.rows[-1].until or date(2030, 12, 31)
        while day <= last:
            assert sum(row.since <= day and (row.until is None or day <= row.until) for row in family.rows) == 1
            day += timedelta(days=7)


def test_outside_the_data(book: Rulebook) -> None:
    with pytest.raises(Invalid, match="income_standard"):
        book.row("income_standard", date(2015, 12, 28))
    with pytest.raises(UnknownThing):
        book.value("registration_fee", date(2026, 1, 1), "fax")
    with pytest.raises(LawDataError):
        book.period("receipt_window")
    assert not book.has_period("receipt_window")
    assert load("demo").has_period("receipt_window")


def test_durations_are_the_only_periods(book: Rulebook) -> None:
    durations = {name for name, family in book.families.items() if family.unit is Unit.DURATION}
    assert set(PERIODS) <= durations
    with pytest.raises(LawDataError):
        book.period("stamp_duty")
