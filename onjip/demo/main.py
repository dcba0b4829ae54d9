"""``onjip demo``: two whole cases on a fresh stack of their own, with real parts only.

Exit 0: every step happened and every document verifies. 1: something did not. 3: a part is not built yet.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from rich.console import Console

from onjip import telemetry
from onjip.demo.journey import Out, Progress, summary
from onjip.demo.people import DemoBroken
from onjip.demo.play import both_cases, the_world
from onjip.settings import Settings
from onjip.stack.secrets import ensure_home
from onjip.stack.stack import Stack, running
from onjip.up import whole_stack

HOME = Path(".onjip") / "demo"
OUT = Path("out") / "demo"


async def run(settings: Settings) -> int:
    """The demo has a home of its own and begins anew each time: nobody's data is touched."""
    console = Console()
    if _in_use(HOME):
        console.print("시연이 이미 돌고 있습니다. 끝난 뒤 다시 하십시오 (a demo is already running)")
        return 1
    shutil.rmtree(HOME, ignore_errors=True)
    shutil.rmtree(OUT, ignore_errors=True)
    _only_our_own_parts()
    os.environ.update(ONJIP_RULEBOOK="demo", ONJIP_HOME=str(HOME))
    ensure_home(HOME)
    with (HOME / "logs" / "stack.log").open("a") as log:
        telemetry.configure("demo", log)
        console.print(
            "온집 시연을 시작합니다: 진짜 PostgreSQL·Temporal·PDF·서명, 모의 기관 14곳 (starting a fresh stack)"
        )
        try:
            async with running(whole_stack(Settings())) as stack:
                return await play(stack, console)
        except* DemoBroken as broken:
            for one in broken.exceptions:
                console.print(f"[bold red]시연이 멈췄습니다[/bold red] {one}")
    return 1


def _in_use(home: Path) -> bool:
    """Whether a stack holds this home: what it uses must not be swept away."""
    try:
        with (home / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _only_our_own_parts() -> None:
    """Demo people never get into a database or server that the environment names."""
    for name in [name for name in os.environ if name.startswith("ONJIP_")]:
        del os.environ[name]


async def play(stack: Stack, console: Console) -> int:
    """Both cases at the same time, then the files."""
    started = " · ".join(f"{name} {took:.1f}s" for name, took in stack.record.took_s.items())
    console.print(f"[dim]{stack.record.urls['site']} — {started}[/dim]")
    world = the_world(stack.home, stack.record.urls["site"])
    async with both_cases(world, Progress(console)) as cases:
        await cases.run()
        journeys = await cases.journeys()
        findings = await cases.keep(Out(OUT), stack.home, journeys)
    console.print(summary(journeys))
    for line in findings:
        console.print(f"[red]✗[/red] {line}")
    if findings:
        return 1
    console.print(f"[green]✓[/green] 모든 단계가 끝났고 모든 문서가 검증되었습니다 (files: {OUT})")
    return 0
