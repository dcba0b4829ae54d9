"""Notices come in, people are judged, and a combined application reaches every agency exactly once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from activities.boards import Boards
from activities.deliver import Deliver
from activities.exchange import Carriage
from activities.judge import Judge
from domain import ids
from domain.applications import Intake, ReceivedPage
from domain.errors import AgencyDown, AgencyRefused, OutcomeUnknown
from domain.filings import Answer, Outgoing
from domain.messages import ApplicationStart, AssessStart, NoticeSyncStart
from domain.notices import Notice
from domain.time import now
from domain.words import Agency
from law import rulebook
from law.assess import Basis
from store.tables.applications import ApplicationLineRow
from store.tables.cases import CaseEventRow
from store.tables.consents import DecisionRow
from store.tables.notices import NoticeRow
from workflows._options import FLOW
from workflows.application import ApplicationWorkflow
from workflows.assess import AssessWorkflow
from workflows.notice_sync import NoticeSyncWorkflow

SELF, SPOUSE = "idr_" + "1" * 32, "idr_" + "2" * 32
MakeNotice = Callable[..., Notice]


@dataclass
class Board:
    agency: Agency
    listed: list[Notice] = field(default_factory=list)
    down: bool = False

    async def notices(self) -> list[Notice]:
        if self.down:
            raise AgencyDown
        return self.listed

    async def count(self, notice_no: str) -> int:
        return 3

    async def entries(self, notice_no: str, after: int) -> ReceivedPage:
        raise AgencyDown


@dataclass
class Counter:
    """An agency's counter. ``acts``: what really took effect, by our reference."""

    agency: Agency
    knows_keys: bool = True
    acts: dict[str, list[Answer]] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)  # one per message, from the front
    seen: list[Outgoing] = field(default_factory=list)

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        self.seen.append(outgoing)
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None and not isinstance(trouble, OutcomeUnknown):
            raise trouble
        taken = self.acts.setdefault(outgoing.reference, [])
        number = f"{self.agency}-{len(self.seen):04d}"
        body = {"ticket": uuid4().hex, **Intake.model_validate(outgoing.body).model_dump(mode="json")}
        taken.append(Answer(agency=self.agency, number=number, at=now(), body=body, receipt_jws="jws"))
        if trouble is not None:
            raise trouble
        return taken[-1]

    async def find(self, service: str, reference: str) -> Answer | None:
        return next(iter(self.acts.get(reference, [])), None)


async def sync(world: Any, boards: Sequence[Board], run: str) -> dict[Agency, Any]:
    activities = Boards(world.db, {board.agency: board for board in boards})
    async with world.working([NoticeSyncWorkflow], [activities.look]):
        seen = await world.client.execute_workflow(
            NoticeSyncWorkflow.run, NoticeSyncStart(patience_s=2), id=f"notice-sync-{run}", task_queue=FLOW
        )
    return {board.agency: board for board in seen.boards}


async def test_boards_are_read_side_by_side_and_the_newest_version_counts(world: Any, notice_of: MakeNotice) -> None:
    home, lh = (
        Board(Agency.APPLYHOME, [notice_of("2026000001")]),
        Board(Agency.LH, [notice_of("0000061", agency=Agency.LH)]),
    )
    first = await sync(world, (home, lh), "1")
    assert [(seen.notices, seen.changed) for seen in first.values()] == [(1, 1), (1, 1)]
    home.listed = [notice_of("2026000001", version=2), notice_of("2026000002")]
    lh.listed = [notice_of("0000061", agency=Agency.LH)]
    second = await sync(world, (home, lh), "2")
    assert [(seen.notices, seen.changed) for seen in second.values()] == [(2, 2), (1, 0)]
    home.listed = [notice_of("2026000001")]
    assert (await sync(world, (home, lh), "3"))[Agency.APPLYHOME].changed == 0, "an older version changes nothing"
    rows = await world.rows(NoticeRow, id="applyhome-2026000001")
    assert [row.version for row in rows] == [2]


async def test_a_dead_board_takes_nothing_from_the_other(world: Any, notice_of: MakeNotice) -> None:
    home, lh = Board(Agency.APPLYHOME, down=True), Board(Agency.LH, [notice_of("0000077", agency=Agency.LH)])
    seen = await sync(world, (home, lh), "4")
    assert not seen[Agency.APPLYHOME].answered
    assert seen[Agency.LH].changed == 1


async def test_decisions_are_kept_with_what_repeats_them(world: Any, notice_of: MakeNotice) -> None:
    person, case_id = await world.household()
    one = notice_of("2026000011")
    await world.publish(one)
    run = uuid4().hex
    old = notice_of("1999000001", notice_date=date(1999, 1, 4))  # no rulebook reaches back that far
    await world.publish(old)
    start = AssessStart(case_id=case_id, person_id=person, notice_ids=(old.id, one.id), run=run)
    async with world.working([AssessWorkflow], [Judge(world.db, rulebook.load("normal")).assess]):
        done = await world.client.execute_workflow(
            AssessWorkflow.run, start, id=ids.assess_workflow_id(run), task_queue=FLOW
        )
    rows = await world.rows(DecisionRow, case_id=case_id)
    assert (done.judged, done.unjudged) == (len(rows), (old.id,))
    assert {row.supply_kind for row in rows} == {kind for kind, units in one.house_types[0].units.items() if units}
    assert {row.as_of for row in rows} == {one.notice_date}
    assert {row.rulebook for row in rows} == {rulebook.load("normal").sha256}
    general = next(row for row in rows if row.supply_kind == "general")
    assert general.selection is not None
    assert general.body["reasons"]
    assert general.facts["applicant"]["missing"] == ["income"]
    again = Basis.model_validate(general.facts).decide(rulebook.load("normal"))
    assert again.model_dump(mode="json") == general.body, "stored facts and rulebook give the same decision again"
    assert await world.steps(case_id) == {"assessed"}


async def test_a_line_is_filed_exactly_once_and_a_refusal_ends_only_its_line(world: Any, notice_of: MakeNotice) -> None:
    person, case_id = await world.household()
    notices = [notice_of("2026000021"), notice_of("0000221", agency=Agency.LH), notice_of("2026000022")]
    for one in notices:
        await world.publish(one)
    await world.assess(person, case_id, *(one.id for one in notices))
    application_id = await world.file(person, case_id, *notices)
    # The first message acts and never answers; LH refuses for good.
    counters = {
        Agency.APPLYHOME: Counter(Agency.APPLYHOME, trouble=[OutcomeUnknown("timed_out"), AgencyDown()]),
        Agency.LH: Counter(Agency.LH, trouble=[AgencyRefused("kind_not_offered")]),
    }
    deliver = Deliver(world.db, world.sealed, Carriage(world.db, counters, timedelta(seconds=1)))
    async with world.working([ApplicationWorkflow], [deliver.open_lines, deliver.carry, deliver.finish]):
        await world.client.execute_workflow(
            ApplicationWorkflow.run, ApplicationStart(application_id=application_id),
            id=ids.application_workflow_id(application_id), task_queue=FLOW,
        )  # fmt: skip
    lines = {row.notice_id: row for row in await world.rows(ApplicationLineRow, application_id=application_id)}
    assert [lines[one.id].state for one in notices] == ["filed", "refused", "filed"]
    assert lines[notices[1].id].refusal == "kind_not_offered"
    acts = counters[Agency.APPLYHOME].acts
    assert sorted(len(taken) for taken in acts.values()) == [1, 1]
    for row in (lines[notices[0].id], lines[notices[2].id]):
        assert row.receipt is not None
        assert row.ticket == row.receipt["ticket"] != ""
    sent = Intake.model_validate(counters[Agency.LH].seen[0].body)
    assert sent.household_refs == (SELF,), "the register's handle; our test person has another one"
    assert sent.unknown == ("income",)
    events = await world.events(case_id)
    assert events[f"filed:{lines[notices[0].id].id}"].reference == lines[notices[0].id].receipt["number"]
    assert events[f"delivered:{application_id}"].step == "delivered"


async def test_an_application_that_nobody_received_is_not_delivered(world: Any, notice_of: MakeNotice) -> None:
    person, case_id = await world.household()
    one = notice_of("0000231", agency=Agency.LH)
    await world.publish(one)
    await world.assess(person, case_id, one.id)
    application_id = await world.file(person, case_id, one)
    counters = {Agency.LH: Counter(Agency.LH, trouble=[AgencyRefused("receipt_closed")])}
    deliver = Deliver(world.db, world.sealed, Carriage(world.db, counters, timedelta(seconds=1)))
    async with world.working([ApplicationWorkflow], [deliver.open_lines, deliver.carry, deliver.finish]):
        await world.client.execute_workflow(
            ApplicationWorkflow.run, ApplicationStart(application_id=application_id),
            id=ids.application_workflow_id(application_id), task_queue=FLOW,
        )  # fmt: skip
    assert "delivered" not in await world.steps(case_id)
    assert [row.key for row in await world.rows(CaseEventRow, case_id=case_id, agency="lh")]
