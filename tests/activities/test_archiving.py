"""Sealed files in the record: each renewal is another version, all of them stay known, and none is made twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select
from temporalio.exceptions import ApplicationError

from activities.archiving import GAIN, PDF, Archiving
from contracts.verify import verify_file
from domain.contracts import VerifyReport
from domain.errors import UnknownThing
from domain.messages import Renewal, VerifyStart
from domain.words import CaseKind
from domain.work import ArchiveLook
from onjip.bench.pki import Pki
from store import archive, cases, contracts, exchange, verifications
from store.db import Database
from store.documents import FolderDocuments
from store.tables.archive import ArchivedRow
from store.tables.cases import CaseEventRow
from store.tables.exchange import VerificationRow
from store.tables.people import PersonRow
from tests.contracts import contract_samples as samples
from tests.contracts.conftest import Signing, works_on

DAY = timedelta(days=1)
AHEAD = 180 * DAY
LIFE = 700  # days of a time-stamp authority's certificate
T = TypeVar("T")


@dataclass
class Archive:
    """One sealed contract in the record, its authorities, and the activities."""

    db: Database
    store: FolderDocuments
    here: Signing
    archiving: Archiving
    contract_id: UUID
    sealed: bytes

    @property
    def pki(self) -> Pki:
        return self.here.pki

    async def ask(self, question: Callable[..., Awaitable[T]], *about: Any) -> T:
        async with self.db.transaction() as session:
            return await question(session, *about)

    async def due(self, after: Renewal | None = None) -> list[Renewal]:
        look = ArchiveLook(at=self.pki.now, ahead=AHEAD, after=after)
        return list((await self.archiving.due(look)).items)

    async def rows(self) -> list[ArchivedRow]:
        async with self.db.transaction() as session:
            return list(await session.exec(select(ArchivedRow).order_by(col(ArchivedRow.number))))

    async def later(self, days: int) -> None:
        """Time passes, and the authority has got another certificate."""
        self.pki.ahead += days * DAY
        self.pki.new_tsa(LIFE)


@pytest.fixture
async def kept(database: Database, tmp_path: Path) -> Archive:
    pki = Pki()
    pki.new_tsa(LIFE)
    platform = pki.person("온집", organisation="온집")
    here = Signing(pki, platform, works_on(pki, platform))
    terms = samples.supply()
    files = await here.revisions(terms)
    report = await here.works.verify(files[-1])
    store = FolderDocuments(tmp_path)
    sha256 = await store.put(files[-1], PDF)
    async with database.transaction() as session:
        people = [
            PersonRow(id=party.person_id, subject=uuid4().hex, name=party.name, birth_date=date(1990, 1, 1),
                      code=uuid4().hex[:8])
            for party in terms.parties
        ]  # fmt: skip
        session.add_all(people)
        await session.flush()
        case = await cases.open_case(
            session, kind=CaseKind.SUBSCRIPTION, title="공급", person_id=people[0].id, role="buyer"
        )
        row = await contracts.add_contract(session, terms, case_id=case.id, created_by=people[0].id)
        contracts.mark_sealed(row, sha256)
        session.add(row)
        await exchange.note_blob(session, sha256, PDF, len(files[-1]))
        await archive.keep(session, row.id, sha256, report)
    return Archive(database, store, here, Archiving(database, store, here.works), terms.contract_id, files[-1])


async def test_it_is_due_before_its_end_and_not_sooner(kept: Archive) -> None:
    assert await kept.due() == []
    await kept.later(LIFE - AHEAD.days - 3)
    assert await kept.due() == []
    await kept.later(4)
    (due,) = await kept.due()
    assert due.contract_id == kept.contract_id
    assert await kept.due(after=due) == [], "a sweep goes on behind what it has looked at"


@pytest.mark.long
async def test_nothing_is_gained_while_the_authority_has_the_same_certificate(kept: Archive) -> None:
    kept.pki.ahead += (LIFE - 20) * DAY
    assert await kept.due() == []
    kept.pki.new_tsa(20 + GAIN.days - 1)
    assert await kept.due() == [], "another one, but it ends hardly later"
    kept.pki.new_tsa(20 + GAIN.days + 2)
    assert len(await kept.due()) == 1


@pytest.mark.long
async def test_years(kept: Archive) -> None:
    """Five renewals in 3,000 days by authorities whose certificates really end; every hash that ever was is known."""
    begun = kept.pki.now
    for number in range(2, 7):
        await kept.later(530)
        (due,) = await kept.due()
        await kept.archiving.renew(due)
        rows = await kept.rows()
        assert [row.number for row in rows] == list(range(1, number + 1))
        assert await kept.due() == []
    newest = await kept.ask(archive.newest, kept.contract_id)
    assert newest is not None
    assert newest.sha256 == rows[-1].sha256
    pdf = await kept.store.get(newest.sha256)
    assert pdf.startswith(kept.sealed)
    for moment in (kept.pki.now, begun + 3000 * DAY):
        assert verify_file(pdf, kept.pki.trust_pem, at=moment).valid
    assert not verify_file(kept.sealed, kept.pki.trust_pem, at=kept.pki.now).valid
    for row in rows:
        ours = await kept.ask(archive.known, row.sha256)
        assert ours is not None
        assert (ours.contract_id, ours.replaced_at is None) == (kept.contract_id, row.number == 6)
        assert VerifyReport.model_validate(ours.report).stamps[-1].until == ours.believed_until
    lines = await kept.ask(_lines)
    assert [line.reference for line in lines] == [row.sha256 for row in rows[1:]]


async def _lines(session: Any) -> list[CaseEventRow]:
    query = select(CaseEventRow).where(col(CaseEventRow.key).startswith("renewed:")).order_by(col(CaseEventRow.id))
    return list(await session.exec(query))


async def test_a_renewal_that_is_carried_out_again_makes_nothing_more(kept: Archive) -> None:
    await kept.later(600)
    (due,) = await kept.due()
    await kept.archiving.renew(due)
    await kept.archiving.renew(due)
    assert [row.number for row in await kept.rows()] == [1, 2]


@pytest.mark.long
async def test_two_at_once_make_one_version(kept: Archive) -> None:
    await kept.later(600)
    (due,) = await kept.due()
    await asyncio.gather(*(kept.archiving.renew(due) for _ in range(3)))
    rows = await kept.rows()
    assert [row.number for row in rows] == [1, 2]
    assert len(await kept.ask(_lines)) == 1


@pytest.mark.long
async def test_an_authority_that_is_down_is_waited_for(kept: Archive) -> None:
    await kept.later(600)
    (due,) = await kept.due()
    kept.pki.fail = True
    for act in (kept.archiving.renew(due), kept.due()):
        with pytest.raises(ApplicationError) as failed:
            await act
        assert (failed.value.type, failed.value.non_retryable) == ("timestamp_failed", False)
    assert [row.number for row in await kept.rows()] == [1]
    kept.pki.fail = False
    await kept.archiving.renew(due)
    assert [row.number for row in await kept.rows()] == [1, 2]


@pytest.mark.long
async def test_a_file_that_no_stamp_can_help(kept: Archive) -> None:
    """Nobody renewed it in time: a person is told, again and again, and nothing is written."""
    await kept.later(LIFE + 10)
    (due,) = await kept.due()
    with pytest.raises(ApplicationError) as failed:
        await kept.archiving.renew(due)
    assert (failed.value.type, failed.value.non_retryable) == ("archived", True)
    assert [row.number for row in await kept.rows()] == [1]
    assert await kept.due() == [due]


# Uploads


async def upload(kept: Archive, ticket: str, pdf: bytes) -> VerifyStart:
    row = await kept.ask(verifications.ask, ticket, pdf)
    return VerifyStart(verification_id=row.id)


async def test_an_upload_is_judged_once_and_its_bytes_are_forgotten(kept: Archive) -> None:
    start = await upload(kept, "t-1", kept.sealed)
    assert await kept.ask(verifications.waiting) == 1
    assert await kept.ask(verifications.document, start.verification_id) == kept.sealed
    for _ in range(2):
        await kept.archiving.verify(start)
    row = await kept.ask(verifications.of_ticket, "t-1")
    assert row.report is not None
    assert (row.report["valid"], row.document) == (True, None)
    assert await kept.ask(verifications.waiting) == 0


async def test_hostile_bytes_are_a_finding(kept: Archive) -> None:
    await kept.archiving.verify(await upload(kept, "t-2", b"%PDF-1.7 not much"))
    row = await kept.ask(verifications.of_ticket, "t-2")
    assert row.report is not None
    assert [one["code"] for one in row.report["findings"]] == ["readable"]


@pytest.mark.long
async def test_after_a_day_an_upload_is_forgotten(kept: Archive) -> None:
    start = await upload(kept, "t-3", b"%PDF-1.7")
    async with kept.db.transaction() as session:
        row = await session.get_one(VerificationRow, start.verification_id)
        row.asked_at = datetime.now(UTC) - 25 * timedelta(hours=1)
        session.add(row)
    for ticket in ("t-3", "never given"):
        with pytest.raises(UnknownThing) as unknown:
            await kept.ask(verifications.of_ticket, ticket)
        assert unknown.value.code == "unknown_ticket"
    assert await kept.ask(verifications.waiting) == 0
    await upload(kept, "t-4", b"%PDF-1.7")
    assert await kept.ask(verifications.document, start.verification_id) is None
    await kept.archiving.verify(start)
