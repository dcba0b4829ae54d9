"""``onjip sandbox``: the pretend agencies alone, in the foreground, with this home's keys and port."""

from __future__ import annotations

import os
import subprocess

from rich.console import Console

from onjip.settings import Settings
from onjip.stack import children, ports, record, secrets


def run(settings: Settings, only: str) -> int:
    """Until Ctrl-C. The launcher's exit code."""
    home = settings.home.resolve()
    last = record.read(home)
    made = secrets.ensure(home)
    child = children.sandbox(home, ports.choose(last.ports if last else {})["sandbox"], made)
    command = (*child.argv(), *(("--only", only) if only else ()))
    Console().print(f"모의 기관 · sandbox: {home / 'agencies.json'} (token: {made.folder / 'sandbox-control.token'})")
    try:
        return subprocess.run(command, env={**os.environ, **child.environment}, check=False).returncode
    except KeyboardInterrupt:
        return 0
