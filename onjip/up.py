"""``onjip up``: the whole stack and the site, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
import yaml
from rich.console import Console
from rich.table import Table

from onjip import telemetry
from onjip.settings import Settings
from onjip.stack.secrets import ensure_home
from onjip.stack.stack import AlreadyRunning, Preparation, Stack, running

console = Console()

PLACES = {"누리집 · site": "site", "API 문서 · OpenAPI": "openapi", "업무 흐름 · Temporal UI": "temporal_ui"}


async def _migrate(settings: Settings) -> None:
    # Alembic is imported here, while the servers already start.
    await import_module("store.migrate").migrate(settings.database)


async def _seed(settings: Settings) -> None:
    await import_module("onjip.wiring.seed").run(settings)


PREPARATIONS: tuple[Preparation, ...] = (("migrations", _migrate), ("seed", _seed))


def whole_stack(settings: Settings) -> Stack:
    """The stack as people use it: servers, agencies, tables, seed, workers, site."""
    return Stack(settings, preparations=PREPARATIONS)


async def up(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM (also in the middle of starting), then stop in order. The exit code."""
    home = settings.home.resolve()
    ensure_home(home)
    with (home / "logs" / "stack.log").open("a") as log:
        telemetry.configure("stack", log)
        console.print(f"온집을 켭니다 · starting Onjip ({home})")
        leaving = asyncio.create_task(_signal().wait())
        serving = asyncio.create_task(_serve(whole_stack(settings)))
        await asyncio.wait({leaving, serving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        serving.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await serving
        except AlreadyRunning as other:
            console.print(f"이미 켜져 있습니다 · already running: {other}")
            return 1
        except Exception as failure:
            structlog.get_logger().exception("not_started")
            console.print(f"켜지 못했습니다 · could not start: {failure}\n기록 · log: {home / 'logs' / 'stack.log'}")
            return 1
    console.print("모두 멈추었습니다 · everything is stopped")
    return 0


async def _serve(stack: Stack) -> None:
    async with running(stack):
        _announce(stack)
        try:
            await asyncio.Event().wait()
        finally:
            console.print("멈추는 중입니다 · stopping")


def _signal() -> asyncio.Event:
    received = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, received.set)
    return received


def _announce(stack: Stack) -> None:
    places = Table(show_header=False, box=None)
    for label, name in PLACES.items():
        if url := stack.record.urls.get(name):
            places.add_row(label, url)
    console.print(places)
    console.print(_people())
    took = " · ".join(f"{part} {seconds:.1f} s" for part, seconds in stack.record.took_s.items())
    console.print(f"켜기까지 · started: {took}\n끄기 · stop: Ctrl-C")


def _people() -> Table:
    """The sandbox's people, read from its list as a document: its code is not ours to import."""
    table = Table(
        "로그인 · login", "PIN", "이름 · name", "역할 · role", title="시험용 사람들 · demo people, none of them real"
    )
    for person in demo_people():
        if "pin" in person:
            roles = ", ".join(role["role"] for role in person.get("roles", ())) or "applicant"
            table.add_row(person["login"], person["pin"], person["name"], roles)
    return table


def demo_people() -> list[dict[str, Any]]:
    """``login``, ``name`` and, of those who can log in, ``pin`` and ``roles``."""
    found = find_spec("mydata_connectors")
    if found is None or not found.submodule_search_locations:
        return []
    listing = Path(next(iter(found.submodule_search_locations))) / "sandbox" / "people.yaml"
    people: list[dict[str, Any]] = yaml.safe_load(listing.read_text("utf-8")) if listing.exists() else []
    return people
