"""``make bench [ONLY=law]``: every figure beside its bound; JSON under ``out/bench.json``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from onjip.bench import contract, draw, law
from onjip.bench.figures import Figure, show, write

PARTS: dict[str, Callable[[], Iterable[Figure]]] = {
    "law": law.figures, "draw": draw.figures, "contract": contract.figures,
}  # fmt: skip
OUT = Path("out/bench.json")


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(PARTS)
    if unknown:
        sys.stderr.write(f"없는 항목 · unknown: {', '.join(sorted(unknown))} ({', '.join(PARTS)})\n")
        return 2
    found = [figure for name in chosen or PARTS for figure in PARTS[name]()]
    show(found)
    write(found, OUT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
