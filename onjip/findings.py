"""Findings of a verifier, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.contracts import Finding


def _plain(text: str) -> str:
    """What a file says, for a terminal: neither markup nor control codes."""
    return escape("".join(letter for letter in text if letter.isprintable()))


def show(what: str, findings: Iterable[Finding], *, valid: bool) -> int:
    """0 where it is valid, else 1."""
    table = Table(title=what, show_header=False)
    for entry in findings:
        table.add_row(
            "✓" if entry.ok else "✗", f"{entry.ko}\n{entry.en}", _plain(entry.subject), "" if entry.ok else entry.code
        )
    console = Console()
    console.print(table)
    console.print("유효합니다 · valid" if valid else "유효하지 않습니다 · NOT valid")
    return 0 if valid else 1
