"""One measured figure, and the table of all."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from domain.model import Model

T = TypeVar("T")
MIB = 1024  # the mark is in KiB
SELF = Path("/proc/self")


class Figure(Model):
    """``ratio``: value ÷ ``bound``, measured side by side. ``aim``: what the ratio (or the value) should not pass."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    bound_name: str = ""
    aim: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.bound if self.bound else None


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result and the seconds of wall time."""
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun


async def timed_by(work: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    """As ``timed``, of what is awaited."""
    begun = time.perf_counter()
    result = await work()
    return result, time.perf_counter() - begun


def best(work: Callable[[], Any], rounds: int = 3) -> float:
    """The shortest of some rounds, seconds: the one that others on the machine disturbed least."""
    return min(timed(work)[1] for _ in range(rounds))


def peak_of(work: Callable[[], T]) -> tuple[T, float]:
    """The result, and the most memory that this process held meanwhile, MiB: with what it held before."""
    (SELF / "clear_refs").write_text("5")  # Linux: the mark goes down to what is held now
    result = work()
    mark = next(line for line in (SELF / "status").read_text().splitlines() if line.startswith("VmHWM:"))
    return result, int(mark.split()[1]) / MIB


def machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "cores": os.cpu_count(), "machine": platform.machine()}


def write(figures: list[Figure], path: Path) -> None:
    told = [{**figure.model_dump(mode="json"), "ratio": figure.ratio} for figure in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), "figures": told}, ensure_ascii=False, indent=2) + "\n")


def show(figures: list[Figure]) -> None:
    table = Table(title="측정 · figures", show_lines=False)
    for head in ("항목 · what", "값 · value", "기준 · bound", "비율 · ratio", "목표 · aim"):
        table.add_column(head)
    for one in figures:
        bound = f"{one.bound:,.4g} {one.unit} ({one.bound_name})" if one.bound else ""
        ratio = f"{one.ratio:.2f}" if one.ratio else ""
        table.add_row(one.name, f"{one.value:,.4g} {one.unit}", bound, ratio, one.aim)
    Console().print(table)
