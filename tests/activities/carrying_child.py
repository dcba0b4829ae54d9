"""A process that carries one act and stops where it is told, so that it can be killed exactly there."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from activities.exchange import Carriage
from domain.filings import Answer, Outgoing
from domain.words import Agency
from mydata_connectors.envelope import public_key
from mydata_connectors.exchange import Exchange, ExchangeOffice, agency_http
from store.db import Database
from store.keyring import KeyRing


@dataclass
class Waiting:
    """The real office, but nobody comes back from it."""

    real: ExchangeOffice
    moment: str

    @property
    def agency(self) -> Agency:
        return self.real.agency

    @property
    def knows_keys(self) -> bool:
        return self.real.knows_keys

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        if self.moment == "after":
            await self.real.send(outgoing, msg_id=msg_id, expires_at=expires_at)
        sys.stdout.write("now\n")
        sys.stdout.flush()
        await asyncio.sleep(600)
        raise AssertionError("nobody killed us")

    async def find(self, service: str, reference: str) -> Answer | None:
        return await self.real.find(service, reference)


async def carry(told: dict[str, Any]) -> None:
    outgoing = Outgoing.model_validate(told["outgoing"])
    lifetime = timedelta(seconds=told["lifetime"])
    exchange = Exchange(
        outgoing.agency, told["agency"]["base_url"], public_key(told["agency"]["public_jwk"]),
        ECKey.import_key(told["key"]), agency_http(), lifetime,
    )  # fmt: skip
    office = Waiting(ExchangeOffice(exchange), told["moment"])
    key_id, key = told["ring"]
    database = Database.connect(told["database"], KeyRing(key_id, bytes.fromhex(key)))
    await Carriage(database, {outgoing.agency: office}, lifetime).carry(outgoing)


if __name__ == "__main__":
    asyncio.run(carry(json.loads(Path(sys.argv[1]).read_text())))
