"""``onjip demo``: two whole cases on a fresh stack of their own, with real parts only.

Exit 0: every step happened and every document verifies. 1: something did not. 3: a part is not built yet.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from onjip import telemetry
from onjip.demo import files
from onjip.demo.case_a import Subscription
from onjip.demo.case_b import Resale
from onjip.demo.journey import Out, Progress, summary
from onjip.demo.people import DemoBroken, Person, World
from onjip.settings import Settings
from onjip.stack.secrets import ensure, ensure_home
from onjip.stack.stack import Stack, running
from onjip.up import demo_people, whole_stack

HOME = Path(".onjip") / "demo"
OUT = Path("out") / "demo"


async def run(settings: Settings) -> int:
    """The demo has a home of its own and begins anew each time: nobody's data is touched."""
    console = Console()
    shutil.rmtree(HOME, ignore_errors=True)
    shutil.rmtree(OUT, ignore_errors=True)
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


async def play(stack: Stack, console: Console) -> int:
    """Both cases at the same time, then the files."""
    started = " · ".join(f"{name} {took:.1f}s" for name, took in stack.record.took_s.items())
    console.print(f"[dim]{stack.record.urls['site']} — {started}[/dim]")
    world = the_world(stack)
    people = {login: Person(world, login) for login in world.pins}
    out = Out(OUT)
    try:
        progress = Progress(console)
        subscription, resale = subscription_of(people, progress), resale_of(people, progress)
        async with asyncio.TaskGroup() as both:
            both.create_task(subscription.run())
            both.create_task(resale.run())
        journeys = {
            "A": await journey(subscription.applicant, subscription.case_id),
            "B": await journey(resale.buyer, resale.case_id),
        }
        findings = await files.collect(out, stack, journeys, a=subscription, b=resale)
    finally:
        await asyncio.gather(*(one.close() for one in people.values()))
    console.print(summary(journeys))
    return verdict(console, journeys, findings)


def verdict(console: Console, journeys: dict[str, list[dict[str, Any]]], findings: list[str]) -> int:
    open_steps = [
        f"{case}:{step['step']}" for case, steps in journeys.items() for step in steps if step["status"] != "done"
    ]
    for line in (*open_steps, *findings):
        console.print(f"[red]✗[/red] {line}")
    if open_steps or findings:
        return 1
    console.print(f"[green]✓[/green] 모든 단계가 끝났고 모든 문서가 검증되었습니다 (files: {OUT})")
    return 0


def the_world(stack: Stack, *, patience: float = 60.0) -> World:
    agencies = json.loads((stack.home / "agencies.json").read_text())
    people = [one for one in demo_people() if "pin" in one]
    return World(
        site=stack.record.urls["site"],
        agencies={name: entry["base_url"] for name, entry in agencies.items()},
        pins={one["login"]: one["pin"] for one in people},
        names={one["login"]: one["name"] for one in people},
        patience=patience,
        control=ensure(stack.home).control_token,
    )


def subscription_of(people: dict[str, Person], progress: Progress) -> Subscription:
    return Subscription(
        progress,
        applicant=people["haneul"],
        spouse=people["seojun"],
        second=people["jiho"],
        officer=people["jihun"],
        city_corporation=people["yerin"],
        operator=people["harin"],
        city=people["citysora"],
        scrivener=people["doyun"],
        registrar=people["haeun"],
    )


def resale_of(people: dict[str, Person], progress: Progress) -> Resale:
    return Resale(
        progress,
        broker=people["daon"],
        other_broker=people["garam"],
        seller=people["minjun"],
        buyer=people["seoa"],
        scrivener=people["doyun"],
        registrar=people["haeun"],
    )


async def journey(person: Person, case_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get(f"/api/v1/cases/{case_id}/journey"))["steps"]
    return found


if __name__ == "__main__":
    sys.exit(asyncio.run(run(Settings())))
