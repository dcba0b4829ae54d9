"""What the demo keeps: progress in the terminal, the journey of each case, and the files in ``out/demo``."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

STYLE = {"A": "cyan", "B": "magenta"}


@dataclass
class Progress:
    """Live lines: when, which case, who, what happened, at which agency, under which legal term."""

    console: Console
    began: float = field(default_factory=time.monotonic)

    def line(self, case: str, who: str, ko: str, *, agency: str = "", term: str = "") -> None:
        took = f"{time.monotonic() - self.began:5.1f}s"
        place = f" [dim]@{agency}[/dim]" if agency else ""
        law = f" [dim italic]{term}[/dim italic]" if term else ""
        self.console.print(
            f"[dim]{took}[/dim] [{STYLE.get(case, 'white')}]{case}[/] [bold]{who}[/bold] {ko}{place}{law}"
        )


@dataclass
class Out:
    """``out/demo``: files with their digests."""

    folder: Path
    artifacts: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {"A": [], "B": []})

    def keep(self, case: str, name: str, data: bytes) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_bytes(data)
        if case:
            self.artifacts[case].append({"path": name, "sha256": hashlib.sha256(data).hexdigest()})
        return path

    def json(self, case: str, name: str, value: Any) -> Path:
        return self.keep(case, name, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())


def summary(journeys: dict[str, list[dict[str, Any]]]) -> Table:
    """One row a step: both cases side by side in time."""
    table = Table(title="온집 · 두 사례의 여정 (two journeys)", title_style="bold")
    for column in ("사례", "단계", "완료", "시각", "기관 번호·참조"):
        table.add_column(column)
    for case, steps in journeys.items():
        for step in steps:
            done = step["status"] == "done"
            mark = "[green]✓[/green]" if done else "[red]–[/red]"
            at = (step["at"] or "")[11:19]
            table.add_row(case, step["step"], mark, at, (step["reference"] or "")[:48])
        table.add_section()
    return table
