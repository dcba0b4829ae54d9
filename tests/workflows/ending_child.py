"""A process that does one step of ending or mending a draw, or of its reserve round, and dies before the statement or
commit that it is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from activities.annulling import Annulling
from activities.correcting import Correcting
from activities.records import Records
from activities.reserve import ReserveRound
from domain.draws import ConfirmOrder, RecordRef
from domain.messages import DrawStart, ReserveStart
from domain.reserve import OpenRound
from store.db import Database
from store.documents import FolderDocuments
from store.keyring import KeyRing
from store.sealed import SealedBox
from tests.workflows.draw_play import Trust, Works
from tests.workflows.reserve_play import short


def watch(db: Database, dies: tuple[str, int]) -> None:
    """``dies``: a statement or a commit, and which one of this process."""
    said = {"statement": 0, "commit": 0}

    def count(what: str) -> None:
        said[what] += 1
        if dies == (what, said[what]):
            os.kill(os.getpid(), signal.SIGKILL)

    engine = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *_: count("statement"))
    event.listen(engine, "commit", lambda *_: count("commit"))


async def step(told: dict[str, Any], name: str, dies: tuple[str, int]) -> None:
    db = Database.connect(told["database"], KeyRing("test", bytes.fromhex(told["ring"])))
    watch(db, dies)
    documents, trust, works = FolderDocuments(Path(told["folder"])), Trust(), Works()
    correcting = Correcting(db, SealedBox("test", bytes.fromhex(told["box"])), documents, trust)
    records: Any = Records(db, documents, trust, works)  # type: ignore[arg-type]
    start = DrawStart(notice_id=told["notice_id"])
    round_, of_round = (
        ReserveRound(db, documents, trust, short(Path(told["folder"]))),
        ReserveStart(**start.model_dump()),
    )
    match name:
        case "open":
            await round_.open(OpenRound.model_validate(told["wanted"]))
        case "fix":
            await round_.fix(of_round)
        case "settle":
            await round_.settle(of_round)
        case "confirm":
            await Annulling(db, documents).confirm(ConfirmOrder.model_validate(told["confirmation"]))
        case "select":
            await correcting.select(start)
        case "seal":
            await records.seal_correction(start)
        case "put_in_force":
            await correcting.put_in_force(start)
        case "publish":
            await records.publish(RecordRef.model_validate(told["record"]))


if __name__ == "__main__":
    what, number = sys.argv[3].split(":")
    asyncio.run(step(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2], (what, int(number))))
