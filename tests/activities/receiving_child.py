"""A process that receives a list from its agency, and dies where it is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import event

from activities.receiving import Receiving
from domain.messages import DrawStart
from domain.words import Agency
from mydata_connectors.envelope import public_key
from mydata_connectors.exchange import Exchange, agency_http
from mydata_connectors.lh import LhBoard
from mydata_connectors.open_data import OpenData
from store.db import Database
from store.keyring import KeyRing
from store.sealed import SealedBox
from tests.workflows.draw_play import Trust


def watch(db: Database, words: str, nth: int, at_commit: bool) -> None:
    """Die before the ``nth`` statement with these words, or before its commit."""
    sent: list[str] = []

    def before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.extend([statement] * (words in statement))
        if not at_commit and len(sent) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(_connection: object) -> None:
        if at_commit and len(sent) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine.sync_engine, "before_cursor_execute", before)
    event.listen(db.engine.sync_engine, "commit", commit)


async def receive(told: dict[str, Any], death: tuple[str, int, bool] | None) -> None:
    db = Database.connect(told["database"], KeyRing("test", bytes.fromhex(told["ring"])))
    if death:
        watch(db, *death)
    url, http = told["agency"]["base_url"], agency_http()
    exchange = Exchange(Agency.LH, url, public_key(told["agency"]["public_jwk"]), ECKey.import_key(told["key"]), http)
    boards = {Agency.LH: LhBoard(exchange, OpenData(url, "", http))}
    nobody: Any = None  # nothing is acted here
    receiving = Receiving(db, SealedBox("test", b"k" * 32), nobody, boards, Trust())
    await receiving.receive(DrawStart(notice_id=told["notice_id"]))
    await db.close()
    await http.aclose()


if __name__ == "__main__":
    asyncio.run(receive(json.loads(Path(sys.argv[1]).read_text()), json.loads(sys.argv[2])))
