"""The files of the demo, fetched through the public API, and checked as a stranger would check them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx

from onjip.demo.case_b import Resale
from onjip.demo.journey import Out
from onjip.demo.people import World
from onjip.stack.stack import Stack


async def collect(
    out: Out, stack: Stack, world: World, journeys: dict[str, list[dict[str, Any]]], *, resale: Resale
) -> list[str]:
    """Write everything to ``out/demo``; the answer is what did not verify."""
    trust = out.keep("", "trust.pem", (stack.home / "trust.pem").read_bytes())
    sale = out.keep(
        "B", "sale-contract.pdf", await resale.buyer.bytes(f"/api/v1/contracts/{resale.contract_id}/document")
    )
    out.keep(
        "B", "transfer-packet-b.zip", await resale.scrivener.bytes(f"/api/v1/transfers/{resale.transfer_id}/packet")
    )
    out.json("", "ledgers.json", await ledgers(world))
    out.json("", "journey.json", {
        "cases": {case: {"steps": steps, "artifacts": out.artifacts[case]} for case, steps in journeys.items()}
    })  # fmt: skip
    return [line for line in [await verifies("contract", sale, trust)] if line]


async def verifies(kind: str, file: Path, trust: Path) -> str:
    """Run our own command line on the file: an empty answer means valid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onjip", kind, "verify", str(file), "--trust", str(trust),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    return "" if process.returncode == 0 else f"{file.name}: {told.decode()[-400:]}"


async def ledgers(world: World) -> dict[str, Any]:
    """What each agency holds, from its own ledger."""
    found: dict[str, Any] = {}
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        for agency, url in world.agencies.items():
            reply = await client.get(f"{url}/_control/ledger", headers={"X-Control": world.control})
            reply.raise_for_status()
            found[agency] = reply.json()["acts"]
    return found
