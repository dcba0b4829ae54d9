"""Both cases at the same time, played by their people against a running stack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onjip.demo import files
from onjip.demo.case_a import Subscription
from onjip.demo.case_b import Resale
from onjip.demo.journey import Out, Progress
from onjip.demo.people import PATIENCE_S, Person, World
from onjip.stack.secrets import Secrets
from onjip.up import demo_people

Steps = list[dict[str, Any]]


@dataclass(frozen=True)
class Play:
    """The two cases and their people, before, while and after they are played."""

    a: Subscription
    b: Resale

    async def run(self) -> None:
        """Raises (in a group) what stopped one of them; the other is then stopped too."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self.a.run())
            both.create_task(self.b.run())

    async def journeys(self) -> dict[str, Steps]:
        return {
            "A": await _journey(self.a.applicant, self.a.case_id),
            "B": await _journey(self.b.buyer, self.b.case_id),
        }

    async def keep(self, out: Out, home: Path, journeys: dict[str, Steps]) -> list[str]:
        """Write the files of the demo; the answer is what did not verify, and which step is not done."""
        open_steps = [
            f"{case}: {step['step']} is {step['status']}"
            for case, steps in journeys.items()
            for step in steps
            if step["status"] != "done"
        ]
        return open_steps + await files.collect(out, home, journeys, a=self.a, b=self.b)


@asynccontextmanager
async def both_cases(world: World, progress: Progress) -> AsyncIterator[Play]:
    """People with open browsers; closed at the end."""
    people = {login: Person(world, login) for login in world.pins}
    try:
        yield Play(_subscription(people, progress), _resale(people, progress))
    finally:
        await asyncio.gather(*(one.close() for one in people.values()))


def the_world(home: Path, site: str, *, patience: float = PATIENCE_S) -> World:
    """Where the stack of ``home`` is, and who its people are. It stays so when the stack is started again."""
    agencies = json.loads((home / "agencies.json").read_text())
    people = [one for one in demo_people() if "pin" in one]
    return World(
        site=site,
        agencies={name: entry["base_url"] for name, entry in agencies.items()},
        pins={one["login"]: one["pin"] for one in people},
        names={one["login"]: one["name"] for one in people},
        patience=patience,
        control=Secrets(home / "keys").control_token,
    )


def _subscription(people: dict[str, Person], progress: Progress) -> Subscription:
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


def _resale(people: dict[str, Person], progress: Progress) -> Resale:
    return Resale(
        progress,
        broker=people["daon"],
        other_broker=people["garam"],
        seller=people["minjun"],
        buyer=people["seoa"],
        scrivener=people["doyun"],
        registrar=people["haeun"],
    )


async def _journey(person: Person, case_id: str) -> Steps:
    found: Steps = (await person.get(f"/api/v1/cases/{case_id}/journey"))["steps"]
    return found
