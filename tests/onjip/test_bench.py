"""Benchmarks measure what they say: they run at a small size, and refuse to report where the results differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from law.rulebook import load
from onjip.bench import __main__ as bench
from onjip.bench import contract, draw, found, law, lists
from onjip.bench.figures import Figure, peak_of, write


def test_the_draw_at_a_small_size() -> None:
    figures = {figure.name: figure for figure in draw.in_columns(draw._head(), 2_000)}
    select = figures["select 2,000"]
    assert select.ratio is not None
    assert select.ratio > 0
    assert all(figures[f"{step}, 2,000: peak memory"].value > 1 for step in ("root 1", "root 2", "select", "verify"))


def test_peak_memory_is_that_of_the_work_alone() -> None:
    much = 200
    _, before = peak_of(lambda: None)
    _, during = peak_of(lambda: len(b"x" * (much * 1024 * 1024)))
    _, after = peak_of(lambda: None)
    assert before + much - 1 < during
    assert after < during - much + 20


async def test_the_stored_list_at_a_small_size(cluster: Any) -> None:
    async with cluster.empty() as url:
        figures = {figure.name: figure for figure in await lists.measured(draw._head(), 2_000, url)}
    screening = figures["screening of 2,000 in pages"]
    assert screening.ratio is not None
    assert screening.ratio > 0
    assert figures["rows of the stored list, 2,000"].value > 0


async def test_a_known_file_at_a_small_size(cluster: Any) -> None:
    async with cluster.empty() as url:
        known, alone = await found.measured(b"%PDF-1.7", 50, url)
    assert known.value > 0
    assert alone.value > 0


@pytest.mark.long
def test_contracts_in_a_small_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "ROUNDS", 1)
    figures = {figure.name: figure for figure in contract.figures(2)}
    assert all(figure.value > 0 for figure in figures.values())
    assert figures["sealed file"].value < 260


async def test_other_tickets_are_no_figure(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", text("UPDATE draw_entry SET excluded = :code WHERE notice_id = :notice_id"))
    async with cluster.empty() as url:
        with pytest.raises(AssertionError, match="other tickets"):
            await lists.measured(draw._head(), 200, url)


def test_the_law_at_a_small_size(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("MANY", 3_000), ("SAMPLE", 50), ("LINES", 12), ("QUESTIONS", 20)):
        monkeypatch.setattr(law, name, size)
    figures = list(law.figures())
    assert all(figure.value > 0 for figure in figures)
    assert any("columns" in figure.name and figure.bound for figure in figures)


def test_households_that_differ_are_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law, "MANY", 500)
    monkeypatch.setattr(law, "SAMPLE", 20)
    monkeypatch.setattr(law, "_alone", lambda *_: 999)
    with pytest.raises(AssertionError, match="20 of 20"):
        list(law._a_million(load("normal")))


def test_an_unknown_part_and_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nothing"]) == 2
    assert "law, draw" in capsys.readouterr().err
    write([Figure(name="x", value=3, unit="s", bound=2)], tmp_path / "out" / "bench.json")
    told = json.loads((tmp_path / "out" / "bench.json").read_text())
    assert told["figures"][0]["ratio"] == 1.5
    assert set(told["machine"]) == {"python", "cores", "machine"}
