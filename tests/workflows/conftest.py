"""Workflow tests run on the real Temporal server and the real PostgreSQL; only the ports are stand-ins."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlmodel import select
from temporalio.client import Client, WorkflowHandle

from activities.judge import Judge
from domain import ids
from domain.applications import Line
from domain.facts import PROVIDER, Fact, Item
from domain.messages import AssessStart
from domain.notices import HouseType, Notice
from domain.time import now
from domain.words import Agency, CaseKind, HousingKind, SupplyKind
from law import rulebook
from law.drawing.terms import Beacon
from onjip.stack import ports
from onjip.stack.processes import Supervisor
from onjip.stack.temporal_server import TemporalServer
from onjip.temporal.codec import data_converter
from onjip.temporal.histories import readable
from onjip.temporal.worker import build_worker
from store import applications, cases, facts, notices
from store.applications import Wish
from store.db import Database
from store.sealed import SealedBox
from store.tables.base import Table
from store.tables.cases import CaseEventRow
from store.tables.consents import ConsentRow, DecisionRow
from store.tables.people import PersonRow
from workflows._options import AGENCIES, DOCUMENTS, FLOW

DAY = date(2026, 11, 2)
HOME = {"region": "41290", "road_address": "과천대로 1", "moved_in": "2015-01-01"}
SELF, SPOUSE = "idr_" + "1" * 32, "idr_" + "2" * 32
HOUSEHOLD: dict[Item, Any] = {
    Item.ADDRESS_HISTORY: {"addresses": [HOME]},
    Item.HOUSEHOLD: {
        "head": True,
        "members": [
            {"relation": "self", "name": "김하늘", "birth_date": "1989-04-12", "identity_ref": SELF},
            {"relation": "child", "name": "이봄", "birth_date": "2022-03-05"},
        ],
    },
    Item.MARRIAGE: {"married": False},
    Item.SUBSCRIPTION_ACCOUNT: {
        "opened_on": "2012-01-05", "payments_recognised": 170, "amount_recognised": 17_000_000, "deposit": 17_000_000,
    },
    Item.HOME_OWNERSHIP: {"homes": []},
    Item.PAST_WINS: {"wins": []},
}  # fmt: skip
SKIPPING = "frontend.WorkflowTimeSkippingEnabled=true"  # for those who ask for it (temporalio.testing.TimeSkipper)
QUEUES = (FLOW, AGENCIES, DOCUMENTS)
KeepHistory = Callable[[WorkflowHandle[Any, Any], str], Awaitable[None]]


def fact(item: Item, value: Any) -> Fact:
    return Fact(
        item=item, value=value, source=PROVIDER[item], as_of=DAY, issued_at=now(), document_no="1", sha256="b" * 64
    )


def make_notice(number: str, **changes: Any) -> Notice:
    """A private notice in a regulated place; open from an hour ago for an hour, unless ``changes`` say otherwise."""
    agency = changes.pop("agency", Agency.APPLYHOME)
    types = (
        HouseType(
            model_no="01", name="84A", exclusive_area="84.98", price=520_000_000,
            units={SupplyKind.GENERAL: 3}, unit_numbers=("101-301", "101-302", "101-303"),
        ),
    )  # fmt: skip
    plain: dict[str, Any] = {
        "id": ids.notice_id(agency, number), "agency": agency, "number": number, "name": f"온집 {number}",
        "housing_kind": HousingKind.PRIVATE, "supplier": "온마을건설 주식회사", "supplier_public": False,
        "approval_no": "2026-1", "region": "41290", "region_name": "경기도 과천시",
        "address": "경기도 과천시 갈현동", "capital_area": True, "regulated": True, "overheated": True,
        "notice_date": DAY, "receipt_opens_at": now() - timedelta(hours=1),
        "receipt_closes_at": now() + timedelta(hours=1), "announcement_date": DAY, "house_types": types,
    }  # fmt: skip
    return Notice(**{**plain, **changes})


@dataclass(frozen=True)
class World:
    """A running PostgreSQL and Temporal, and what every story needs of them."""

    client: Client
    db: Database
    sealed: SealedBox

    @asynccontextmanager
    async def working(
        self, workflows: Sequence[type], activities: Sequence[Callable[..., Any]]
    ) -> AsyncIterator[Client]:
        """Workers of all queues with these procedures and activities."""
        async with AsyncExitStack() as stack:
            for queue in QUEUES:
                await stack.enter_async_context(
                    build_worker(
                        self.client, queue, workflows=workflows if queue == FLOW else (), activities=activities
                    )
                )
            yield self.client

    async def person(self, name: str = "김하늘", born: date = date(1989, 4, 12)) -> UUID:
        row = PersonRow(subject=f"sub-{uuid4().hex}", name=name, birth_date=born, code=uuid4().hex[:8])
        async with self.db.transaction() as session:
            session.add(row)
            await session.flush()
            await self.sealed.put(session, row.id, "identity_ref", f"idr_{uuid4().hex}")
        return row.id

    async def case(self, person_id: UUID, kind: CaseKind = CaseKind.SUBSCRIPTION) -> UUID:
        async with self.db.transaction() as session:
            row = await cases.open_case(session, kind=kind, title="청약", person_id=person_id, role="applicant")
        return row.id

    async def consent(
        self, case_id: UUID, person_id: UUID, items: Sequence[Item], *, relation: str = "self",
        state: str = "requested", lasts: timedelta = timedelta(days=30),
    ) -> UUID:  # fmt: skip
        agreement = {
            "recipient": "onjip", "purpose": "subscription",
            "items": [{"provider": PROVIDER[item], "item": item} for item in items],
        }  # fmt: skip
        row = ConsentRow(
            case_id=case_id, person_id=person_id, requested_by=person_id, relation=relation, agreement=agreement,
            agreement_sha256="0" * 64, ends_at=now() + lasts,
        )  # fmt: skip
        async with self.db.transaction() as session:
            session.add(row)
        if state == "given":
            await self.give(row.id)
        return row.id

    async def give(self, consent_id: UUID) -> None:
        await self.change(consent_id, state="given", given_at=now(), token_id=f"jti-{consent_id}")
        async with self.db.transaction() as session:
            row = await session.get_one(ConsentRow, consent_id)
            assert row.person_id is not None
            await self.sealed.put(session, row.person_id, "consent_token", "token", subject=str(consent_id))

    async def change(self, consent_id: UUID, **values: object) -> None:
        async with self.db.transaction() as session:
            row = await session.get_one(ConsentRow, consent_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    async def household(self) -> tuple[UUID, UUID]:
        """A person with a case, a consent to everything, and the facts of a small household without a home."""
        person = await self.person()
        case_id = await self.case(person)
        consent_id = await self.consent(case_id, person, tuple(Item), state="given")
        async with self.db.transaction() as session:
            consent = await session.get_one(ConsentRow, consent_id)
            for item, value in HOUSEHOLD.items():
                assert await facts.keep_fact(session, consent, fact(item, value))
        return person, case_id

    async def publish(self, notice: Notice, officer: UUID | None = None, beacon: Beacon | None = None) -> None:
        """A notice as an officer publishes it here, or as a board shows it."""
        async with self.db.transaction() as session:
            if officer is None:
                await notices.see(session, notice)
            else:
                await notices.publish(session, notice, officer, rulebook.load("normal"), beacon)

    async def assess(self, person: UUID, case_id: UUID, *notice_ids: str) -> None:
        run = uuid4().hex
        start = AssessStart(case_id=case_id, person_id=person, notice_ids=notice_ids, run=run)
        judge = Judge(self.db, rulebook.load("normal"))
        await judge.assess(start)
        await judge.assess(start)  # at least once may be twice

    async def file(self, person: UUID, case_id: UUID, *listed: Notice) -> UUID:
        """What the API commits: one application with a line per notice, resting on its decision."""
        wishes = []
        for one in listed:
            found = await self.rows(DecisionRow, case_id=case_id, notice_id=one.id, supply_kind="general")
            line = Line(notice_id=one.id, model_no="01", supply_kind=SupplyKind.GENERAL)
            wishes.append(Wish(line, one.announcement_date, found[0].id))
        async with self.db.transaction() as session:
            row = await applications.file(session, case_id=case_id, person_id=person, wishes=wishes)
        return row.id

    async def rows(self, table: type[Any], **where: object) -> list[Any]:
        async with self.db.transaction() as session:
            query = select(table)
            for name, value in where.items():
                query = query.where(getattr(table, name) == value)
            return list(await session.exec(query))

    async def add(self, *rows: Table) -> None:
        async with self.db.transaction() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def events(self, case_id: UUID) -> dict[str, CaseEventRow]:
        """Timeline lines by key."""
        return {row.key: row for row in await self.rows(CaseEventRow, case_id=case_id)}

    async def steps(self, case_id: UUID) -> set[str]:
        return {row.step for row in await self.rows(CaseEventRow, case_id=case_id) if row.step}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-histories", type=Path, help="folder to which tests write the histories that are replayed ever after"
    )


@pytest.fixture
def keep_history(request: pytest.FixtureRequest, temporal: Client) -> KeepHistory:
    """Writes a history to the folder of ``--record-histories``, if that is given."""
    folder: Path | None = request.config.getoption("--record-histories", None)

    async def keep(handle: WorkflowHandle[Any, Any], name: str) -> None:
        codec = temporal.data_converter.payload_codec
        if folder is not None and codec is not None:
            text = await readable(await handle.fetch_history(), codec)
            await asyncio.to_thread((folder / f"{name}.json").write_text, text)

    return keep


@pytest.fixture
def notice_of() -> Callable[..., Notice]:
    return make_notice


@pytest.fixture
def fact_of() -> Callable[[Item, Any], Fact]:
    return fact


@pytest_asyncio.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    """A client of a real Temporal server of this test process, with the codec of production."""
    with tempfile.TemporaryDirectory(prefix="onjip-wf-") as folder:
        home, chosen = Path(folder), ports.choose({})
        (home / "logs").mkdir()
        server = TemporalServer(
            file=home / "temporal.db", port=chosen["temporal"], ui_port=chosen["temporal_ui"], namespace="onjip",
            codec_endpoint="http://127.0.0.1/staff/codec",
        )  # fmt: skip
        supervisor = Supervisor(home / "logs")
        child = server.child()
        supervisor.start(replace(child, command=(*child.command, "--dynamic-config-value", SKIPPING)))
        try:
            await supervisor.ready(child.name, within_s=30)
            yield await Client.connect(
                server.address, namespace="onjip", data_converter=data_converter({"test": secrets.token_bytes(32)})
            )
        finally:
            await supervisor.stop(child.name)


@pytest_asyncio.fixture(scope="module")
async def world(temporal: Client, cluster: Any) -> AsyncIterator[World]:
    """Tables without rows, for one module."""
    async with cluster.database() as db:
        yield World(temporal, db, SealedBox("test", secrets.token_bytes(32)))
