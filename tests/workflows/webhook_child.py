"""The worker that sends webhooks as a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from temporalio.client import Client

from activities.webhooks import Webhooks
from mydata_connectors.webhooks import HttpReceivers
from onjip.temporal.codec import data_converter
from onjip.temporal.worker import build_worker
from store.db import Database
from store.keyring import KeyRing
from workflows._options import WEBHOOKS


async def work(told: dict[str, str]) -> None:
    converter = data_converter({"test": bytes.fromhex(told["codec"])})
    client = await Client.connect(told["temporal"], namespace="onjip", data_converter=converter)
    db = Database.connect(told["database"], KeyRing("test", bytes.fromhex(told["ring"])))
    await build_worker(client, WEBHOOKS, activities=[Webhooks(db, HttpReceivers(loopback=True)).deliver]).run()


if __name__ == "__main__":
    asyncio.run(work(json.loads(Path(sys.argv[1]).read_text())))
