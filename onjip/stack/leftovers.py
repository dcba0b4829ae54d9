"""What a killed PostgreSQL leaves behind, and how long to wait for it.

The postmaster dies at once, but its children notice only when they next look, and hold the shared memory meanwhile;
a second postmaster over them would corrupt the data. So we wait for them, then tell them to leave. The dead
postmaster may stay a zombie, and its pid may be given to somebody else: either makes PostgreSQL believe that the pid
file is alive. A zombie has let go of files, port and memory, so the living are what counts, and the pid file goes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 8.0  # then SIGQUIT, PostgreSQL's own "leave at once"; as long again later SIGKILL


async def clear_data_folder(data: Path) -> None:
    """Return when no process works in ``data`` and no pid file is left there.

    The caller holds the lock of the home, so nobody else can be starting a server here.
    """
    for force in (signal.SIGQUIT, signal.SIGKILL):
        if await _deserted(data):
            break
        for pid in working_in(data):
            with suppress(ProcessLookupError):
                os.kill(pid, force)
    if not await _deserted(data):
        raise RuntimeError(f"processes still hold {data}: {sorted(working_in(data))}")
    _forget_postmaster(data)


def _forget_postmaster(data: Path) -> None:
    (data / "postmaster.pid").unlink(missing_ok=True)


async def _deserted(data: Path) -> bool:
    end = time.monotonic() + PATIENCE_S
    while working_in(data):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


def working_in(folder: Path) -> set[int]:
    """Living processes whose working folder is ``folder``: a postmaster and every one of its children."""
    place = os.path.realpath(folder)
    return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _cwd(entry) == place}


def _cwd(process: Path) -> str | None:
    try:
        return os.readlink(process / "cwd")
    except OSError:  # gone, a zombie, or another user's
        return None
