"""A notice from its publication to the end of its wait-list, on two officers' eyes and one committed nonce."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.awards import Awards
from activities.exchange import Carriage
from activities.judge import Judge
from activities.receiving import Receiving
from activities.select import Select
from domain import ids
from domain.applications import LineState, ReceivedEntry, SelectionFacts
from domain.errors import AgencyRefused
from domain.filings import Answer, Outgoing
from domain.messages import Act, ActAnswer, DigitsAct, DrawStart, LapseAct
from domain.notices import Notice
from domain.time import now
from domain.words import Agency, SupplyKind
from law import rulebook
from law.selection_verify import valid, verify
from store.documents import FolderDocuments
from store.tables.applications import ApplicationLineRow
from store.tables.draws import AwardRow, CeremonyRow, DrawEntryRow, DrawRow
from store.tables.exchange import OutboxRow
from store.tables.notices import NoticeRow
from workflows._options import FLOW
from workflows.draw import DrawWorkflow

DIGITS, OTHER = "1-2345-6789", "1-2345-6780"
CROWD = 12


@dataclass
class Operator:
    """청약홈: takes the notice, closes, hands over its list, keeps winners. ``acts`` in their order."""

    agency: Agency = Agency.APPLYHOME
    knows_keys: bool = True
    acts: dict[str, Outgoing] = field(default_factory=dict)
    refuses: str = ""
    listed: list[ReceivedEntry] = field(default_factory=list)

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        if self.refuses:
            raise AgencyRefused(self.refuses)
        assert outgoing.reference not in self.acts, "acted twice"
        self.acts[outgoing.reference] = outgoing
        return Answer(agency=self.agency, number=f"N-{len(self.acts)}", at=now(), body={}, receipt_jws="jws")

    async def find(self, service: str, reference: str) -> Answer | None:
        return None

    async def notices(self) -> list[Notice]:
        return []

    async def entries(self, notice_no: str) -> list[ReceivedEntry]:
        return self.listed

    def sent(self, service: str) -> list[Outgoing]:
        return [one for one in self.acts.values() if one.service == service]


@dataclass
class Trust:
    """Time stamps that say what they cover."""

    stamped: list[bytes] = field(default_factory=list)

    async def timestamp(self, digest: bytes) -> bytes:
        self.stamped.append(digest)
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

    async def until(self, state: str, within: float = 15.0) -> None:
        async with asyncio.timeout(within):
            while (await self.row()).state != state:  # noqa: ASYNC110 - the record is another process's
                await asyncio.sleep(0.05)


@asynccontextmanager
async def drawing(world: Any, notice: Notice, folder: Any, operator: Operator) -> AsyncIterator[Draw]:
    """Workers, and the procedure of one notice that an officer has just published."""
    officer = await world.person("신예린")
    await world.publish(notice, officer)
    book, trust, documents = rulebook.load("normal"), Trust(), FolderDocuments(folder)
    carriage = Carriage(world.db, {Agency.APPLYHOME: operator}, timedelta(seconds=2))
    receiving = Receiving(
        world.db, world.sealed, carriage, {Agency.APPLYHOME: operator}, documents, trust, book
    )  # fmt: skip
    select = Select(world.db, world.sealed, documents, trust, book)
    awards = Awards(world.db, Judge(world.db, book))
    activities = [
        receiving.publish, receiving.close, receiving.receive, receiving.tell_winners, select.screen,
        select.open_ceremony, select.note_digits, select.draw, select.wait_list_end, select.end_wait_list, awards.lapse,
    ]  # fmt: skip
    async with world.working([DrawWorkflow], activities):
        handle = await world.client.start_workflow(
            DrawWorkflow.run, DrawStart(notice_id=notice.id), id=ids.draw_workflow_id(notice.id), task_queue=FLOW
        )
        yield Draw(world, operator, trust, documents, notice, handle, officer)


def entry(ticket: str, points: int, *, holder: str = "") -> ReceivedEntry:
    facts = SelectionFacts(local=True, homeless=True, points=points, account_opened="2012-01-05")
    return ReceivedEntry(
        ticket=ticket, holder=holder or uuid4().hex, household=uuid4().hex, model_no="01",
        supply_kind=SupplyKind.GENERAL, facts=facts, received_at=now(),
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


async def test_a_notice_is_drawn_before_two_people_and_anybody_can_draw_it_again(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = notice_of("2026000301", receipt_closes_at=now() + timedelta(seconds=4))
    operator = Operator()
    async with drawing(world, notice, tmp_path, operator) as draw:
        harin = await world.person("하린")

        assert await draw.refused("close", Act(person_id=harin)) in ("receipt_open", "not_yet")
        assert await draw.refused("type_digits", digits(harin, "operator", DIGITS)) in ("not_screened", "not_yet")

        first, haneul, _ = await applied(world, notice)
        second, jiho, _ = await applied(world, notice)
        once, twice = entry("s" * 32, 9, holder="same"), entry("t" * 32, 10, holder="same")
        crowd = [entry(uuid4().hex, 30 + n) for n in range(CROWD)]
        operator.listed = [entry(first, 84), entry(second, 1), once, twice, *crowd]
        await asyncio.sleep(max(0.0, (notice.receipt_closes_at - now()).total_seconds()) + 0.2)
        assert (await draw.act("close", Act(person_id=harin))).state == "closing"
        assert await draw.refused("close", Act(person_id=harin)) == "closed_already"
        await draw.until("screened")
        await _check_closed(draw, haneul)
        await _type_digits(draw, harin)
        await draw.until("published")
        await _check_drawn(draw, haneul, jiho)
        await _check_lapse(draw, jiho)
        await draw.handle.terminate()


def digits(person: UUID, role: str, text: str) -> DigitsAct:
    return DigitsAct(person_id=person, role=role, digits=text)


async def _check_closed(draw: Draw, case_id: UUID) -> None:
    row = await draw.row()
    assert (row.root1_stamp, row.root2_stamp) != (None, None)
    assert len(draw.trust.stamped) == 2
    assert row.digits is None
    assert row.transcript_sha256 is None
    events = await draw.world.events(case_id)
    assert events[f"closed:{draw.notice.id}"].reference == row.root1
    assert [one.body["number"] for one in draw.operator.sent("notices")] == [draw.notice.number]
    assert len(draw.operator.sent(f"notices/{draw.notice.number}/close")) == 1
    left_out = await draw.world.rows(DrawEntryRow, notice_id=draw.notice.id, excluded="applied_twice")
    assert [one.ticket for one in left_out] == ["t" * 32]


async def _type_digits(draw: Draw, harin: UUID) -> None:
    assert await draw.refused("type_digits", digits(harin, "operator", "9-2345-6789")) == "bad_digits"
    assert (await draw.act("type_digits", digits(harin, "operator", DIGITS))).state == "waiting_for_other"
    assert await draw.refused("type_digits", digits(harin, "operator", DIGITS)) == "typed_already"
    assert await draw.refused("type_digits", digits(harin, "officer", DIGITS)) == "typed_already"
    assert (await draw.act("type_digits", digits(draw.officer, "officer", OTHER))).state == "digits_differ"
    assert await draw.world.rows(CeremonyRow, notice_id=draw.notice.id) == []
    assert (await draw.act("type_digits", digits(draw.officer, "officer", "1 2345 6789"))).state == "waiting_for_other"
    assert (await draw.act("type_digits", digits(harin, "operator", DIGITS))).state == "digits_agreed"
    assert await draw.refused("type_digits", digits(harin, "operator", DIGITS)) == "not_screened"


async def _check_drawn(draw: Draw, haneul: UUID, jiho: UUID) -> None:
    row = await draw.row()
    assert row.transcript_sha256 is not None
    data = await draw.documents.get(row.transcript_sha256)
    findings = verify(json.loads(data), check_timestamp=lambda token, digest: token == b"token:" + digest)
    assert valid(findings), findings
    awarded = await draw.world.rows(AwardRow, notice_id=draw.notice.id)
    won = [one for one in awarded if one.state == "awarded"]
    assert sorted(one.unit for one in won) == ["101-301", "101-302", "101-303"]
    mine = next(one for one in won if one.case_id == haneul)
    assert await draw.world.steps(haneul) >= {"closed", "drawn", "awarded"}
    events = await draw.world.events(jiho)
    assert f"wait_listed:{draw.notice.id}" in events
    assert "awarded" not in await draw.world.steps(jiho)
    promised = await draw.world.rows(OutboxRow, kind="start:AwardWorkflow")
    assert [one.workflow_id for one in promised] == [ids.award_workflow_id(mine.id)]
    told = draw.operator.sent("winners")[0].body["winners"]
    assert isinstance(told, list)
    assert len(told) == 3
    assert (await draw.world.rows(NoticeRow, id=draw.notice.id))[0].state == "announced"
    text = data.decode()
    assert "idr_" not in text
    assert "2012-01-05" not in text


async def _check_lapse(draw: Draw, jiho: UUID) -> None:
    """A home goes down the wait-list, once for each time it is free."""
    awarded = await draw.world.rows(AwardRow, notice_id=draw.notice.id, state="awarded")
    mine = next(one for one in awarded if one.case_id is not None)
    lapse = LapseAct(person_id=draw.officer, award_id=mine.id, reason="계약 포기")
    assert await draw.refused("lapse", lapse) == "award_not_free"
    async with draw.world.db.transaction() as session:
        row = await session.get_one(AwardRow, mine.id)
        row.state = "lapsed"
        session.add(row)
    holder, passed = mine.id, 0
    while True:
        answer = await draw.act("lapse", LapseAct(person_id=draw.officer, award_id=holder, reason="계약 포기"))
        if answer.state == "lapsed":
            break
        passed += 1
        holder = (await draw.world.rows(AwardRow, id=holder))[0].passed_to
        now_held = (await draw.world.rows(AwardRow, id=holder))[0]
        assert (now_held.unit, now_held.from_wait_list, now_held.wait_list_no) == (mine.unit, True, passed)
        if now_held.case_id == jiho:
            break
    assert "awarded" in await draw.world.steps(jiho)
    held = [one for one in await draw.world.rows(AwardRow, notice_id=draw.notice.id) if one.state == "awarded"]
    assert sorted(one.unit for one in held) == ["101-301", "101-302", "101-303"]
    async with asyncio.timeout(10):
        while len(draw.operator.sent("winners")) != 1 + passed:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_notice_that_the_agency_refuses_is_not_open(
    world: Any, notice_of: Callable[..., Notice], tmp_path: Any
) -> None:
    notice = notice_of("2026000302")
    async with drawing(world, notice, tmp_path, Operator(refuses="approval_missing")) as draw:
        with pytest.raises(Exception, match="Workflow execution failed"):
            await draw.handle.result()
    assert (await world.rows(NoticeRow, id=notice.id))[0].state == "refused"
