"""``home/stack.json``: what runs where. Read by tests, the chaos runner, the demo and the child processes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

State = Literal["starting", "ready", "stopping", "stopped"]


@dataclass
class ProcessRecord:
    """``pid`` is none while the process is down; ``deaths`` counts its unexpected ends in this run."""

    pid: int | None = None
    ready: bool = False
    deaths: int = 0
    first_ready_s: float | None = None


@dataclass
class Record:
    """Holds no secret. ``took_s``: seconds from the start to the end of each part of the start."""

    state: State
    supervisor_pid: int
    ports: dict[str, int]
    urls: dict[str, str]
    temporal_address: str
    processes: dict[str, ProcessRecord] = field(default_factory=dict)
    took_s: dict[str, float] = field(default_factory=dict)


def path(home: Path) -> Path:
    return home / "stack.json"


def read(home: Path) -> Record | None:
    """The last record of this home; none if there never was a stack."""
    try:
        stored = json.loads(path(home).read_text())
    except FileNotFoundError:
        return None
    processes = {name: ProcessRecord(**process) for name, process in stored.pop("processes").items()}
    return Record(**stored, processes=processes)


def write(home: Path, record: Record) -> None:
    """Whole or not at all: readers never see half a file."""
    draft = home / f".stack.json.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(record), file, indent=2)
    draft.replace(path(home))
