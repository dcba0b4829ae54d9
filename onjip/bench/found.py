"""A file that we sealed, found by its digest among many: hash and look-up, as the verifier's page does first."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import ArchiveStamp, VerifyReport
from domain.words import CaseKind
from onjip.bench import sale
from onjip.bench.figures import Figure, timed_by
from onjip.stack.embedded import DATABASE, ROLE
from onjip.stack.ports import LOOPBACK
from onjip.stack.scratch import QUICK, scratch_postgres
from store import archive, cases, contracts, exchange, verifications
from store.db import Database
from store.keyring import KeyRing
from store.migrate import migrate
from store.tables.people import PersonRow

OTHERS, LOOKS = 100_000, 300
MS = 1000.0
PDF = "application/pdf"
# Other people's files: as many contracts as a busy year has, one file each.
BLOBS = text("""
INSERT INTO blob (sha256, media_type, size, created_at)
SELECT encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), 'application/pdf', 1, now()
FROM generate_series(1, CAST(:most AS int)) AS n
""")
FILES = text("""
INSERT INTO archived (sha256, contract_id, number, believed_until, report, made_at, replaced_at)
SELECT encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), :contract, n + 1, now(), '{}', now(), now()
FROM generate_series(1, CAST(:most AS int)) AS n
""")


def looking_up(pdf: bytes, others: int = OTHERS) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="onjip-bench-") as folder:
        return asyncio.run(_alone(pdf, others, Path(folder)))


async def _alone(pdf: bytes, others: int, home: Path) -> list[Figure]:
    async with scratch_postgres(home, *QUICK) as server:
        url = f"postgresql://{ROLE}:{server.password}@{LOOPBACK}:{server.port}/{DATABASE}"
        return await measured(pdf, others, url)


async def measured(pdf: bytes, others: int, url: str) -> list[Figure]:
    """``url``: of an empty database. AssertionError where the file is not found."""
    await migrate(url)
    db = Database.connect(url, KeyRing("bench", secrets.token_bytes(32)))
    try:
        await _fill(db, pdf, others)
        alone = [(await timed_by(lambda: _in_its_own(db, pdf)))[1] for _ in range(LOOKS)]
        async with db.transaction() as session:
            among = [(await timed_by(lambda: _known(session, pdf)))[1] for _ in range(LOOKS)]
    finally:
        await db.close()
    return [
        Figure(
            name=f"a known file among {others:,}", value=median(among) * MS, unit="ms", aim="≤ 1 ms",
            note="SHA-256 of the file and one look-up, in the request's transaction",
        ),
        Figure(name="the same with a transaction of its own", value=median(alone) * MS, unit="ms"),
    ]  # fmt: skip


async def _in_its_own(db: Database, pdf: bytes) -> None:
    async with db.transaction() as session:
        await _known(session, pdf)


async def _known(session: AsyncSession, pdf: bytes) -> None:
    session.expunge_all()  # what was read before is not read again otherwise
    if await archive.known(session, verifications.digest(pdf)) is None:
        raise AssertionError("the file is not found")


async def _fill(db: Database, pdf: bytes, others: int) -> None:
    terms, now = sale.terms(1), datetime.now(UTC)
    stamp = ArchiveStamp(field="archive_1", at=now, until=now + timedelta(days=900), authority="TSA")
    async with db.transaction() as session:
        for party in terms.parties:
            session.add(
                PersonRow(id=party.person_id, subject=uuid4().hex, name=party.name, birth_date=date(1980, 1, 1),
                          code=uuid4().hex[:8])
            )  # fmt: skip
        await session.flush()
        broker = terms.parties[0].person_id
        case = await cases.open_case(session, kind=CaseKind.RESALE, title="bench", person_id=broker, role="broker")
        row = await contracts.add_contract(session, terms, case_id=case.id, created_by=broker)
        await exchange.note_blob(session, verifications.digest(pdf), PDF, len(pdf))
        report = VerifyReport(valid=True, findings=(), stamps=(stamp,))
        await archive.keep(session, row.id, verifications.digest(pdf), report)
        connection = await session.connection()
        await connection.execute(BLOBS, {"most": others})
        await connection.execute(FILES, {"most": others, "contract": row.id})
