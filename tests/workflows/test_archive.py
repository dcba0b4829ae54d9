"""The sweep over all sealed files: in pages, past files that fail, not past an authority that is down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.archiving import PDF, Archiving
from domain.contracts import ArchiveStamp, ContractTerms, PropertyTerms, VerifyReport
from domain.errors import AgencyDown, Invalid, OnjipError
from domain.messages import ArchiveStart
from domain.time import now
from domain.words import ContractKind
from domain.work import ArchiveDone
from store import archive, contracts, exchange
from store.documents import FolderDocuments
from store.tables.archive import ArchivedRow
from tests.workflows.deal_agencies import sha
from workflows._options import FLOW
from workflows.archive import IN_A_ROW, ArchiveWorkflow

SHORT, LONG = timedelta(days=20), timedelta(days=900)
QUICK = timedelta(seconds=2)


def stamped(until: datetime) -> VerifyReport:
    stamp = ArchiveStamp(field="archive_1", at=now(), until=until, authority="시점확인센터")
    return VerifyReport(valid=True, findings=(), stamps=(stamp,))


@dataclass
class Works:
    """Stamps that last until ``until``. ``trouble``: what happens to the file of this digest, or to every stamp."""

    until: datetime
    trouble: dict[str, OnjipError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def stamp_lasts(self) -> datetime:
        if "" in self.trouble:
            raise self.trouble[""]
        return self.until

    async def renew(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        self.asked.append(sha(pdf))
        found = self.trouble.get(sha(pdf)) or self.trouble.get("*")
        if found is not None:
            raise found
        return pdf + b" again", stamped(self.until)


@dataclass
class Sweep:
    world: Any
    store: FolderDocuments
    works: Works
    files: dict[UUID, str] = field(default_factory=dict)  # digest by contract

    async def seal(self, count: int) -> None:
        """So many contracts whose stamps end in a few days, one after the other."""
        person = await self.world.person()
        case_id = await self.world.case(person)
        for number in range(count):
            terms = ContractTerms(
                contract_id=uuid4(), kind=ContractKind.SALE, made_on=date(2026, 3, 2), price=1, parties=(),
                property=PropertyTerms(lot_address="-", building="-", exclusive_area="59.9"),
            )  # fmt: skip
            pdf = f"%PDF {terms.contract_id}".encode()
            sha256 = await self.store.put(pdf, PDF)
            async with self.world.db.transaction() as session:
                row = await contracts.add_contract(session, terms, case_id=case_id, created_by=person)
                contracts.mark_sealed(row, sha256)
                session.add(row)
                await exchange.note_blob(session, sha256, PDF, len(pdf))
                await archive.keep(session, row.id, sha256, stamped(now() + SHORT + timedelta(minutes=number)))
            self.files[terms.contract_id] = sha256

    async def numbers(self) -> list[int]:
        """How many versions each contract has, the soonest due first."""
        rows = await self.world.rows(ArchivedRow)
        return [max(row.number for row in rows if row.contract_id == one) for one in self.files]

    async def run(self, **start: Any) -> Any:
        wanted = ArchiveStart(**{"patience": QUICK, **start})
        return await self.world.client.start_workflow(
            ArchiveWorkflow.run, wanted, id=f"archive-{uuid4()}", task_queue=FLOW
        )


@asynccontextmanager
async def sweep_at_work(world: Any, folder: Path, page: int = 20) -> AsyncIterator[Sweep]:
    async with world.db.transaction() as session:
        await session.exec(delete(ArchivedRow))  # of the test before: a sweep looks at everybody's files
    sweep = Sweep(world, FolderDocuments(folder), Works(now() + LONG))
    holder = Archiving(world.db, sweep.store, sweep.works, page)  # type: ignore[arg-type]
    async with world.working([ArchiveWorkflow], [holder.due, holder.renew]):
        yield sweep


async def test_what_is_due_is_renewed_and_the_rest_left_alone(world: Any, tmp_path: Path, keep_history: Any) -> None:
    async with sweep_at_work(world, tmp_path) as sweep:
        await sweep.seal(3)
        handle = await sweep.run()
        assert await handle.result() == ArchiveDone(renewed=3, failed=0)
        await keep_history(handle, "archive_swept")
        assert await sweep.numbers() == [2, 2, 2]
        again = await (await sweep.run()).result()
        assert again == ArchiveDone(renewed=0, failed=0), "nothing is due any more"


async def test_a_long_list_is_worked_through_in_runs_of_a_page(world: Any, tmp_path: Path) -> None:
    async with sweep_at_work(world, tmp_path, page=2) as sweep:
        await sweep.seal(5)
        assert await (await sweep.run()).result() == ArchiveDone(renewed=5, failed=0)
        assert await sweep.numbers() == [2] * 5
        assert sweep.works.asked == list(sweep.files.values()), "the soonest first, each once"


async def test_a_file_that_does_not_hold_stops_nobody_else(world: Any, tmp_path: Path) -> None:
    async with sweep_at_work(world, tmp_path, page=2) as sweep:
        await sweep.seal(5)
        digests = list(sweep.files.values())
        sweep.works.trouble = {digests[0]: Invalid("archived"), digests[3]: Invalid("intact")}
        failed = await failure(await sweep.run())
        assert (failed.type, failed.message) == ("not_renewed", "2 files were not renewed, 3 were")
        assert await sweep.numbers() == [1, 2, 2, 1, 2]
        assert sweep.works.asked.count(digests[0]) == 1, "a permanent no is not asked again in the same sweep"


async def test_an_authority_that_is_down_ends_the_sweep_for_today(world: Any, tmp_path: Path) -> None:
    async with sweep_at_work(world, tmp_path) as sweep:
        await sweep.seal(5)
        sweep.works.trouble = {"*": AgencyDown("timestamp_failed")}
        with pytest.raises(WorkflowFailureError) as ended:
            await (await sweep.run()).result()
        assert isinstance(ended.value.cause, ActivityError)
        assert len(set(sweep.works.asked)) == IN_A_ROW, "the others are not even tried"
        assert await sweep.numbers() == [1] * 5
        sweep.works.trouble = {}
        assert await (await sweep.run()).result() == ArchiveDone(renewed=5, failed=0), "tomorrow"


async def test_without_a_time_stamp_nothing_begins(world: Any, tmp_path: Path) -> None:
    async with sweep_at_work(world, tmp_path) as sweep:
        await sweep.seal(1)
        sweep.works.trouble = {"": AgencyDown("timestamp_failed")}
        with pytest.raises(WorkflowFailureError):
            await (await sweep.run()).result()
        assert await sweep.numbers() == [1]


async def failure(handle: Any) -> ApplicationError:
    with pytest.raises(WorkflowFailureError) as ended:
        await handle.result()
    assert isinstance(ended.value.cause, ApplicationError)
    return ended.value.cause
