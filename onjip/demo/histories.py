"""Both cases once more, to write down what every procedure did: ``python -m onjip.demo.histories FOLDER``.

The tests replay these files with the code of today (``tests/workflows/test_replay.py``).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from temporalio.client import Client

from onjip import telemetry
from onjip.demo.journey import Progress
from onjip.demo.play import Play, both_cases, the_world
from onjip.settings import Settings
from onjip.stack.secrets import ensure_home
from onjip.stack.stack import running
from onjip.temporal.client import connect
from onjip.temporal.codec import EncryptionCodec
from onjip.temporal.histories import readable
from onjip.up import whole_stack


async def record(folder: Path) -> None:
    """Play both cases on a stack of their own and keep one history of each kind of procedure and case."""
    with tempfile.TemporaryDirectory(prefix="onjip-histories-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        ensure_home(home)
        with (home / "logs" / "stack.log").open("a") as log:
            telemetry.configure("histories", log)
            async with running(whole_stack(Settings(home=home, rulebook="demo"))) as stack:
                world = the_world(stack.home, stack.record.urls["site"])
                async with both_cases(world, Progress(Console())) as cases:
                    await cases.run()
                    codec = EncryptionCodec(stack.settings.payload_keys)
                    await _keep(await connect(stack.settings), codec, cases, folder)


async def _keep(client: Client, codec: EncryptionCodec, cases: Play, folder: Path) -> None:
    """``<workflow id without its subject>_<case>.json``; where a case has several of a kind, the one of its home."""
    written: dict[str, str] = {}
    of_b = {cases.b.contract_id, cases.b.transfer_id}
    of_a = {cases.a.contract_id, cases.a.transfer_id, cases.a.lh_id}
    async for execution in client.list_workflows():
        kind, _, subject = execution.id.partition("-")
        name = f"{kind}_{'b' if subject in of_b else 'a'}.json"
        if name not in written or subject in of_a | of_b:
            handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
            written[name] = await readable(await handle.fetch_history(), codec)
    await asyncio.to_thread(_write, folder, written)


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    asyncio.run(record(Path(sys.argv[1])))
