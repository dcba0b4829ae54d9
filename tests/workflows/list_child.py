"""A worker in a process of its own. It says each statement that it is about to send, and may be told to die at one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event
from temporalio import activity
from temporalio.client import Client

from activities.select import Select
from law import rulebook
from onjip.temporal.codec import data_converter
from onjip.temporal.worker import build_worker
from store.db import Database
from store.documents import FolderDocuments
from store.keyring import KeyRing
from store.sealed import SealedBox
from tests.workflows.draw_play import Trust
from tests.workflows.list_play import FromTheListToTheRecord, Others


def watch(db: Database, dies: tuple[str, int] | None) -> None:
    """``dies``: an activity, and before which of its statements or commits in this process."""
    said: dict[str, int] = {}

    def step(*_: object) -> None:
        name = activity.info().activity_type
        said[name] = said.get(name, 0) + 1
        os.write(1, f"{name}\n".encode())
        if dies == (name, said[name]):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine.sync_engine, "before_cursor_execute", step)
    event.listen(db.engine.sync_engine, "commit", step)


async def work(told: dict[str, Any], dies: tuple[str, int] | None) -> None:
    keys = {name: bytes.fromhex(key) for name, key in told["keys"].items()}
    db = Database.connect(told["database"], KeyRing("test", keys["ring"]))
    watch(db, dies)
    sealed, documents, others = SealedBox("test", keys["box"]), FolderDocuments(Path(told["folder"])), Others(db)
    select = Select(db, sealed, documents, Trust(), rulebook.load("normal"), page=told["page"])
    client = await Client.connect(
        told["temporal"], namespace="onjip", data_converter=data_converter({"test": keys["codec"]})
    )
    steps = (select.screen, select.screened, others.ceremony, select.draw, others.seal, select.publish)
    # No workflow is kept in memory: the next worker need not wait until this one is missed.
    worker = build_worker(
        client, told["queue"], workflows=[FromTheListToTheRecord], activities=steps, max_cached_workflows=0
    )
    await worker.run()


if __name__ == "__main__":
    given = json.loads(sys.argv[2])
    asyncio.run(work(json.loads(Path(sys.argv[1]).read_text()), tuple(given) if given else None))
