"""The files of the demo, fetched through the public API, and checked as a stranger would check them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx

from contracts.packet import verify_packet
from onjip.demo.case_a import Subscription
from onjip.demo.case_b import Resale
from onjip.demo.journey import Out
from onjip.demo.people import World


async def collect(
    out: Out, home: Path, journeys: dict[str, list[dict[str, Any]]], *, a: Subscription, b: Resale
) -> list[str]:
    """Write everything to ``out/demo``; the answer is what did not verify."""
    trust = out.keep("", "trust.pem", (home / "trust.pem").read_bytes())
    wanted = (
        ("A", a.applicant, "supply-contract.pdf", f"contracts/{a.contract_id}/document", "contract"),
        ("A", a.scrivener, "transfer-packet-a.zip", f"transfers/{a.transfer_id}/packet", ""),
        ("B", b.buyer, "sale-contract.pdf", f"contracts/{b.contract_id}/document", "contract"),
        ("B", b.scrivener, "transfer-packet-b.zip", f"transfers/{b.transfer_id}/packet", ""),
    )
    checks = []
    for case, person, name, path, kind in wanted:
        file = out.keep(case, name, await person.bytes(f"/api/v1/{path}"))
        checks.append(verifies(kind, file, trust) if kind else packet_verifies(file, trust))
    checks.append(_draw_verifies(await _draw_files(out, a), trust))
    out.json("", "ledgers.json", await ledgers(b.buyer.world))
    out.json("", "journey.json", {
        "cases": {case: {"steps": steps, "artifacts": out.artifacts[case]} for case, steps in journeys.items()}
    })  # fmt: skip
    return [line for line in await asyncio.gather(*checks) if line]


async def _draw_files(out: Out, a: Subscription) -> tuple[Path, Path]:
    """The published record, and the applicant's own proof."""
    notice = f"/api/v1/notices/{a.lh_id}"
    transcript = out.keep("A", "draw-transcript.json", await a.applicant.bytes(f"{notice}/draw-proof"))
    (filed,) = (await a.applicant.get(f"/api/v1/cases/{a.case_id}"))["applications"]
    lines = (await a.applicant.get(f"/api/v1/applications/{filed}"))["lines"]
    ticket = next(line["ticket"] for line in lines if line["notice_id"] == a.lh_id)
    own = out.keep("A", "draw-own-proof.json", await a.applicant.bytes(f"{notice}/tickets/{ticket}/proof"))
    return transcript, own


async def _draw_verifies(files: tuple[Path, Path], trust: Path) -> str:
    transcript, own = files
    return await verifies("draw", transcript, trust, "--proof", str(own))


async def packet_verifies(file: Path, trust: Path) -> str:
    findings = await asyncio.to_thread(lambda: verify_packet(file.read_bytes(), trust.read_bytes()))
    bad = [finding.code for finding in findings if not finding.ok]
    return f"{file.name}: {', '.join(bad)}" if bad else ""


async def verifies(kind: str, file: Path, trust: Path, *more: str) -> str:
    """Run our own command line on the file: an empty answer means valid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onjip", kind, "verify", str(file), "--trust", str(trust), *more,
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
