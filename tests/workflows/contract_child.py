"""The workers of a contract as a process of its own, which dies at one activity: before it, or with its effect
committed and nobody told."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.ports import SigningRequest, SigningState
from onjip.temporal.codec import data_converter
from store.db import Database
from store.documents import FolderDocuments
from store.keyring import KeyRing
from store.sealed import SealedBox
from tests.workflows.conftest import World
from tests.workflows.deal_agencies import Outside
from tests.workflows.deal_world import Deal


@dataclass
class FolderDesk:
    """A signing service that outlives the process: one file for each request, its people approve at once."""

    folder: Path

    async def certificate(self, identity_ref: str) -> list[bytes]:
        return [identity_ref.encode()]

    async def request(self, request: SigningRequest) -> SigningState:
        file = self.folder / request.reference
        if not file.exists():
            file.write_text(request.subject_ref)
        return SigningState(number=request.reference, state="waiting")

    async def state(self, number: str) -> SigningState:
        if (self.folder / f"{number}.cancelled").exists():
            return SigningState(number=number, state="cancelled")
        return SigningState(number=number, state="approved", signature=base64.b64encode(number.encode()).decode())

    async def cancel(self, number: str) -> SigningState:
        (self.folder / f"{number}.cancelled").touch()
        return SigningState(number=number, state="cancelled")


class Dying(ClientInterceptor, Interceptor):
    """``before`` or ``after`` the ``number``-th run of one activity."""

    def __init__(self, when: str, name: str, number: int) -> None:
        self.when, self.name, self.number, self.seen = when, name, number, 0

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Watching(next, self)

    def reached(self, when: str, fn: Any) -> None:
        if fn.__name__ != self.name or when != self.when:
            return
        self.seen += 1
        if self.seen == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


class _Watching(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, dying: Dying) -> None:
        super().__init__(following)
        self.dying = dying

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        self.dying.reached("before", input.fn)
        result = await self.next.execute_activity(input)
        self.dying.reached("after", input.fn)
        return result


async def work(told: dict[str, Any], dies: Dying) -> None:
    client = await Client.connect(
        told["temporal"], namespace="onjip", interceptors=[dies],
        data_converter=data_converter({"test": bytes.fromhex(told["codec"])}),
    )  # fmt: skip
    db = Database.connect(told["database"], KeyRing("test", bytes.fromhex(told["ring"])))
    world, folder = World(client, db, SealedBox("test", bytes.fromhex(told["box"]))), Path(told["folder"])
    unused: Any = None  # a deal's people and terms: its activities read them from the record
    deal = Deal(
        world, FolderDocuments(folder), {}, uuid4(), uuid4(), unused, Outside(unused),
        signing=FolderDesk(folder / "desk"),  # type: ignore[arg-type]
    )  # fmt: skip
    async with deal.working():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(json.loads(Path(sys.argv[1]).read_text()), Dying(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
