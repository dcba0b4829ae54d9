"""One notice and its draw: procedure, operator, custodians and seal, with stand-ins for everybody outside."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError

from activities.annulling import Annulling
from activities.awards import Awards
from activities.correcting import Correcting
from activities.custodians import Custodians
from activities.documents import Documents
from activities.exchange import Carriage
from activities.judge import Judge
from activities.receiving import Receiving
from activities.records import Records
from activities.reserve import ReserveRound
from activities.select import Select
from activities.waiting import WaitList
from domain import ids
from domain.applications import LineState, ReceivedEntry, ReceivedPage, SelectionFacts
from domain.errors import AgencyDown, AgencyRefused
from domain.filings import Answer, Outgoing
from domain.messages import Act, ActAnswer, DrawStart
from domain.notices import Notice
from domain.time import now
from domain.words import Agency, SupplyKind
from law import rulebook
from law.drawing.heads import lawful
from law.drawing.verify import Checks
from law.rulebook import Rulebook
from store.documents import FolderDocuments
from store.notices import CUSTODIANS
from store.tables.applications import ApplicationLineRow
from store.tables.draws import DrawRecordRow, DrawRow
from workflows._options import FLOW
from workflows.draw import DrawWorkflow
from workflows.reserve import ReserveRoundWorkflow
from workflows.winner import WinnerWorkflow

PAGE = 5  # entries that the operator hands over at a time


@dataclass
class Operator:
    """청약홈: takes the notice, closes, hands over its list, keeps winners. ``acts`` in their order."""

    agency: Agency = Agency.APPLYHOME
    knows_keys: bool = True
    acts: dict[str, Outgoing] = field(default_factory=dict)
    refuses: str = ""
    listed: list[ReceivedEntry] = field(default_factory=list)
    winners: set[str] = field(default_factory=set)  # tickets on the list of winners

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        if self.refuses:
            raise AgencyRefused(self.refuses)
        assert outgoing.reference not in self.acts, "acted twice"
        if outgoing.service == "winners/withdraw":
            gone = set(outgoing.body["tickets"])
            if not gone <= self.winners:
                raise AgencyRefused("unknown_winner")
            self.winners -= gone
        if outgoing.service == "winners":
            self.winners |= {one["ticket"] for one in outgoing.body["winners"]}
        self.acts[outgoing.reference] = outgoing
        return Answer(agency=self.agency, number=f"N-{len(self.acts)}", at=now(), body={}, receipt_jws="jws")

    async def find(self, service: str, reference: str) -> Answer | None:
        return None

    async def notices(self) -> list[Notice]:
        return []

    async def count(self, notice_no: str) -> int:
        return 3

    async def entries(self, notice_no: str, after: int) -> ReceivedPage:
        page = self.listed[after : after + PAGE]
        return ReceivedPage(received=len(self.listed), items=tuple(page), last=after + len(page))

    def sent(self, service: str) -> list[Outgoing]:
        return [one for one in self.acts.values() if one.service == service]


@dataclass
class Custodian:
    """Holds a share, and hands it out or does not."""

    agency: Agency
    knows_keys: bool = True
    share: str = ""
    silent: bool = False
    refuses: bool = False
    acts: list[str] = field(default_factory=list)

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        if self.silent:
            raise AgencyDown
        if self.refuses and outgoing.service == "shares/release":
            raise AgencyRefused("stamp_invalid")
        self.acts.append(outgoing.service)
        body: dict[str, Any] = {}
        if outgoing.service == "shares":
            self.share = str(outgoing.body["share"])
        else:
            assert outgoing.body["stamp_b64"], "released for a stamped list only"
            body = {"share": self.share}
        return Answer(agency=self.agency, number=f"S-{len(self.acts)}", at=now(), body=body, receipt_jws="jws")

    async def find(self, service: str, reference: str) -> Answer | None:
        return None


@dataclass
class Works:
    """Seals by saying what is under the seal."""

    silent: bool = False

    async def seal_body(self, body: bytes) -> str:
        if self.silent:
            raise AgencyDown
        return base64.b64encode(b"seal:" + hashlib.sha256(body).digest()).decode()


@dataclass
class Trust:
    """Time stamps that say what they cover."""

    stamped: dict[bytes, datetime] = field(default_factory=dict)
    down: bool = False

    def checks(self) -> Checks:
        return Checks(lawful=lawful, stamp=self.moment, seal=self.sealed_by)

    def moment(self, token: bytes, digest: bytes) -> datetime | None:
        return self.stamped.get(digest) if token == b"token:" + digest else None

    @staticmethod
    def sealed_by(seal: bytes, body: bytes, _moment: datetime) -> str | None:
        return "operator" if seal == b"seal:" + hashlib.sha256(body).digest() else None

    async def timestamp(self, digest: bytes) -> bytes:
        if self.down:
            raise AgencyDown
        self.stamped.setdefault(digest, now().replace(microsecond=0))  # as RFC 3161 tells it
        return b"token:" + digest

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        raise NotImplementedError

    async def roots(self) -> list[bytes]:
        return []


@dataclass
class Draw:
    world: Any
    operator: Operator
    trust: Trust
    documents: FolderDocuments
    notice: Notice
    handle: WorkflowHandle[Any, Any]
    officer: UUID
    custodians: dict[Agency, Custodian]
    receiving: Receiving
    again: tuple[Callable[[DrawStart], Awaitable[Any]], ...]
    reserve: ReserveRound
    waiting: WaitList
    works: Works

    async def act(self, update: str, message: Act) -> ActAnswer:
        answer: ActAnswer = await self.handle.execute_update(update, message, result_type=ActAnswer)
        return answer

    async def refused(self, update: str, message: Act) -> str | None:
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await self.act(update, message)
        cause: BaseException | None = caught.value.cause
        while isinstance(cause, ActivityError):
            cause = cause.cause
        assert isinstance(cause, ApplicationError)
        return cause.type

    async def row(self) -> DrawRow:
        found: DrawRow = (await self.world.rows(DrawRow, notice_id=self.notice.id))[0]
        return found

    async def record(self, form: str, number: int = 1) -> Any:
        """A published statement."""
        rows = await self.world.rows(DrawRecordRow, notice_id=self.notice.id, format=form, number=number)
        return json.loads(await self.documents.get(rows[0].document_sha256))

    async def until(self, state: str, within: float = 15.0) -> None:
        async with asyncio.timeout(within):
            while (await self.row()).state != state:  # noqa: ASYNC110 - the record is another process's
                await asyncio.sleep(0.05)


@asynccontextmanager
async def drawing(  # noqa: PLR0917
    world: Any, notice: Notice, folder: Any, operator: Operator, within: timedelta = timedelta(days=1),
    book: Rulebook | None = None, also: tuple[Sequence[type], Sequence[Callable[..., Any]]] = ((), ()),
) -> AsyncIterator[Draw]:  # fmt: skip
    """Workers, and the procedure of one notice that an officer has just published. ``also``: other procedures and
    activities that they serve."""
    officer = await world.person("신예린")
    await world.publish(notice, officer)
    book, trust, documents = book or rulebook.load("normal"), Trust(), FolderDocuments(folder)
    custodians = {agency: Custodian(agency) for agency in CUSTODIANS}
    carriage = Carriage(world.db, {Agency.APPLYHOME: operator}, timedelta(seconds=2))
    receiving = Receiving(world.db, world.sealed, carriage, {Agency.APPLYHOME: operator}, trust)
    keeping = Custodians(world.db, Carriage(world.db, custodians, timedelta(seconds=2)), documents)
    select = Select(world.db, world.sealed, documents, trust, book)
    works: Any = Works()
    sealing = Documents(world.db, world.sealed, documents, works, works, book)
    awards = Awards(world.db, Judge(world.db, book))
    annulling, records = Annulling(world.db, documents), Records(world.db, documents, trust, works)
    correcting = Correcting(world.db, world.sealed, documents, trust)
    reserve, waiting = ReserveRound(world.db, documents, trust, book), WaitList(world.db, world.sealed, book)
    activities = [
        receiving.publish, receiving.close, receiving.receive, receiving.tell_winners, keeping.deliver, keeping.reveal,
        keeping.void, select.screen, select.screened, select.note_digits, select.draw, sealing.seal_draw,
        select.publish, awards.lapse, waiting.end, waiting.close, reserve.open, reserve.view, reserve.fix,
        reserve.note_digits, reserve.settle,
        annulling.enter, annulling.confirm, annulling.note_agency, correcting.note, correcting.select,
        correcting.put_in_force, records.seal_correction, records.publish, receiving.withdraw_winners,
    ]  # fmt: skip
    again = (
        keeping.deliver, receiving.receive, select.screen, select.screened, keeping.reveal, keeping.void, select.draw,
        sealing.seal_draw, select.publish,
    )  # fmt: skip
    procedures = [DrawWorkflow, ReserveRoundWorkflow, WinnerWorkflow, *also[0]]
    async with world.working(procedures, [*activities, *also[1]]):
        handle = await world.client.start_workflow(
            DrawWorkflow.run, DrawStart(notice_id=notice.id, reveal_within=within), task_queue=FLOW,
            id=ids.draw_workflow_id(notice.id),
        )  # fmt: skip
        try:
            yield Draw(
                world, operator, trust, documents, notice, handle, officer, custodians, receiving, again, reserve,
                waiting, works,
            )  # fmt: skip
        finally:
            with suppress(RPCError):  # over already
                await handle.terminate()


def entry(
    ticket: str, points: int, *, holder: str = "", kind: SupplyKind = SupplyKind.GENERAL, homeless: bool = True
) -> ReceivedEntry:
    facts = SelectionFacts(local=True, homeless=homeless, points=points, account_opened="2012-01-05")
    return ReceivedEntry(
        ticket=ticket, holder=holder or uuid4().hex, household=uuid4().hex, model_no="01", supply_kind=kind,
        facts=facts, received_at=now(),
    )  # fmt: skip


async def applied(world: Any, notice: Notice) -> tuple[str, UUID, UUID]:
    """A person who applied here, as the agency has received it: ticket, case, line."""
    person, case_id = await world.household()
    await world.assess(person, case_id, notice.id)
    application_id = await world.file(person, case_id, notice)
    line = (await world.rows(ApplicationLineRow, application_id=application_id))[0]
    async with world.db.transaction() as session:
        row = await session.get_one(ApplicationLineRow, line.id)
        row.state, row.ticket, row.filed_at = LineState.FILED, uuid4().hex, now()
        session.add(row)
    return row.ticket, case_id, line.id
