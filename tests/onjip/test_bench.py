"""Benchmarks measure what they say: they run at a small size, and refuse to report where the results differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from law.rulebook import load
from onjip.bench import __main__ as bench
from onjip.bench import draw, law
from onjip.bench.figures import Figure, write


def test_the_draw_at_a_small_size() -> None:
    found = {figure.name: figure for figure in draw.figures(2_000)}
    select = found["select 2,000"]
    assert select.ratio is not None
    assert select.ratio > 0


def test_the_law_at_a_small_size(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("MANY", 3_000), ("SAMPLE", 50), ("LINES", 12), ("QUESTIONS", 20)):
        monkeypatch.setattr(law, name, size)
    found = list(law.figures())
    assert all(figure.value > 0 for figure in found)
    assert any("columns" in figure.name and figure.bound for figure in found)


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
