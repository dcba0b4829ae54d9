"""The site as its people use it: HTTP requests to the real application on the real database and workflow engine."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest_asyncio
from fastapi import FastAPI
from pydantic import JsonValue
from sqlalchemy import text
from sqlmodel import select
from temporalio.client import Client

from api.app import create_app
from api.services import Services
from contracts.fonts import Typeface
from domain.contracts import ContractTerms, Instalment, Party, PropertyTerms
from domain.decisions import Decision, Reason
from domain.errors import Malformed
from domain.facts import Household, Item, Member
from domain.notices import Notice
from domain.people import Identity, Person, RegisteredRole
from domain.time import now, seoul_date
from domain.words import CaseKind, ContractKind, Outcome, PartyRole
from law import rulebook
from mydata_connectors.webhooks import HttpReceivers
from store import cases, consents, contracts, notices, people, sessions, transfers
from store.db import Database
from store.documents import FolderDocuments
from store.sealed import SealedBox
from store.sessions import living
from store.tables.base import Table
from store.tables.consents import ConsentRow, DecisionRow, FactRow
from store.tables.contracts import ApprovalRow
from store.tables.draws import DrawRow
from store.tables.sealing import SealedColumn
from tests.api.device_desk import StandInDesk

LH = "한국토지주택공사"
ORIGIN = "http://127.0.0.1:8000"
DIGEST = """SELECT '{name}', md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM "{name}" t"""


async def one_public_address(host: str, port: int) -> list[str]:
    """The name service for tests: every name is there, but ``nowhere``."""
    if host.startswith("nowhere."):
        raise OSError("no such name")
    return ["10.0.0.1"] if host.startswith("inside.") else ["93.184.215.14"]


@dataclass
class StandInIdentity:
    """The identity port for tests that are not about logging in: a code stands for the identity put here."""

    people: dict[str, Identity] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def authorize_url(
        self, state: str, nonce: str, challenge: str, authorization_details: list[dict[str, JsonValue]] | None = None
    ) -> str:
        self.asked.append({"state": state, "nonce": nonce, "challenge": challenge, "details": authorization_details})
        return f"https://identity.test/authorize?state={state}"

    async def exchange(self, code: str, verifier: str, nonce: str) -> Identity:
        if code not in self.people:
            raise Malformed("login_refused")
        return self.people[code]


@dataclass
class Browser:
    """One person's browser. A POST carries the CSRF token and a fresh key unless told otherwise."""

    http: httpx.AsyncClient
    person: Person
    identity: Identity
    csrf: str

    @property
    def id(self) -> UUID:
        return self.person.id

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(f"/api/v1{path}", **more)

    async def post(
        self, path: str, json: Any = None, *, key: str | None = "", headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """``key`` None: without one; empty: a fresh one."""
        sent = {"X-CSRF-Token": self.csrf}
        if key is not None:
            sent["Idempotency-Key"] = key or uuid4().hex
        if json is not None:
            more["json"] = json
        return await self.http.post(f"/api/v1{path}", headers={**sent, **(headers or {})}, **more)


@dataclass
class Site:
    app: FastAPI
    services: Services
    identity: StandInIdentity

    @property
    def db(self) -> Database:
        return self.services.db

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """A browser that nobody has logged in with."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            yield http

    async def browser(self, name: str = "김하늘", *roles: tuple[str, str], born: str = "1989-04-12") -> Browser:
        """A person who has logged in. ``roles``: role and organisation."""
        identity = Identity(
            subject=f"sub-{uuid4().hex}", name=name, birth_date=date.fromisoformat(born),
            identity_ref=f"idr_{uuid4().hex}",
            roles=tuple(
                RegisteredRole(role=role, organisation=house, register_name="test", number=uuid4().hex[:8], active=True)
                for role, house in roles
            ),
        )  # fmt: skip
        async with self.db.transaction() as session:
            person = await people.enter(session, self.services.sealed, identity)
        return await self.again(person, identity)

    async def again(self, person: Person, identity: Identity) -> Browser:
        """Another session of the same person."""
        async with self.db.transaction() as session:
            token = await sessions.open_session(session, person.id, sessions.LOGIN_WITHIN)
            row = await living(session, token)
        assert row is not None
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        http = httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies={"onjip_session": token})
        return Browser(http, person, identity, row.csrf)

    async def add(self, *rows: Table) -> None:
        async with self.db.transaction() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def rows(self, table: type[Any], **where: object) -> list[Any]:
        async with self.db.transaction() as session:
            query, sealed = select(table), {}
            for name, value in where.items():
                column = getattr(table, name)
                if isinstance(column.type, SealedColumn):
                    sealed[name] = value
                else:
                    query = query.where(column == value)
            found = await session.exec(query)
            return [row for row in found if all(getattr(row, name) == value for name, value in sealed.items())]

    async def fingerprint(self) -> dict[str, str]:
        """A digest of every table: equal before and after means that nothing was written."""
        parts = [DIGEST.format(name=name) for name in sorted(Table.metadata.tables)]
        async with self.db.engine.connect() as connection:
            return {name: digest for name, digest in await connection.execute(text(" UNION ALL ".join(parts)))}


@dataclass
class Make:
    """Rows that other procedures would have written."""

    site: Site

    async def notice(self, number: str = "", **changed: Any) -> Notice:
        """An open notice of 한국토지주택공사 with one house type; ``changed`` are fields of ``Notice``."""
        number = number or uuid4().hex[:12]
        values: dict[str, Any] = {
            "id": f"lh-{number}", "agency": "lh", "number": number, "name": "온마을 1단지", "housing_kind": "public",
            "supplier": LH, "supplier_public": True, "region": "41290", "region_name": "과천시", "address": "과천시 1",
            "capital_area": True, "regulated": False, "notice_date": seoul_date(now()),
            "receipt_opens_at": now() - timedelta(hours=1), "receipt_closes_at": now() + timedelta(hours=1),
            "announcement_date": seoul_date(now()) + timedelta(days=10),
            "house_types": [
                {"model_no": "01", "name": "84A", "exclusive_area": "84.97", "price": 500_000_000,
                 "units": {"general": 10, "newlywed": 5}},
            ],
        }  # fmt: skip
        notice = Notice.model_validate({**values, **changed})
        async with self.site.db.transaction() as session:
            await notices.see(session, notice)
        return notice

    async def draw(self, notice: Notice) -> None:
        await self.site.add(
            DrawRow(notice_id=notice.id, nonce_commitment="0" * 64, head={}, salt="0" * 64, observers=[])
        )

    async def case(self, applicant: Browser) -> str:
        reply = await applicant.post("/cases", {"kind": "A", "title": "첫 집"})
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    async def consent(self, case_id: str, person: Browser, state: str = "given", lasts: float = 30) -> ConsentRow:
        agreed = consents.agreement([Item.HOUSEHOLD], "subscription", now() + timedelta(days=lasts))
        row = ConsentRow(
            case_id=UUID(case_id), person_id=person.id, requested_by=person.id, relation="self", agreement=agreed,
            agreement_sha256="0" * 64, ends_at=now() + timedelta(days=lasts), state=state,
            given_at=now() - timedelta(days=2) if state != "requested" else None,
        )  # fmt: skip
        await self.site.add(row)
        return row

    async def decision(
        self, case_id: str, person: Browser, notice: Notice, kind: str = "general", outcome: str = "yes"
    ) -> DecisionRow:
        book = self.site.services.rulebook.sha256
        reason = Reason(code="test.rule", outcome=Outcome(outcome), article="제1조", ko="시험 규칙", en="A test rule")
        body = Decision(
            rule="test", outcome=Outcome(outcome), reasons=(reason,), as_of=notice.notice_date, rulebook=book
        )
        row = DecisionRow(
            case_id=UUID(case_id), person_id=person.id, notice_id=notice.id, model_no="01", supply_kind=kind,
            rule="test", outcome=outcome, body=body.model_dump(mode="json"), facts={}, selection={}, rulebook=book,
            as_of=notice.notice_date,
        )  # fmt: skip
        await self.site.add(row)
        return row

    async def household(self, consent: ConsentRow, *members: tuple[str, Browser]) -> None:
        """The resident register's word about the household of the consenting person: relation and member."""
        listed = [
            Member(
                relation=relation, name="세대원", birth_date=date(1990, 1, 1), identity_ref=one.identity.identity_ref
            )
            for relation, one in members
        ]
        value = Household(head=True, members=tuple(listed)).model_dump(mode="json")
        assert consent.person_id is not None
        await self.site.add(
            FactRow(
                person_id=consent.person_id, consent_id=consent.id, item=Item.HOUSEHOLD, value=value,
                source="residents", as_of=seoul_date(now()), issued_at=now(), document_no="1", sha256="0" * 64,
            )
        )  # fmt: skip

    async def ready(self, applicant: Browser, *notices_: Notice, kinds: tuple[str, ...] = ("general",)) -> str:
        """A case with a consent and a yes for each notice and kind."""
        case_id = await self.case(applicant)
        await self.consent(case_id, applicant)
        for notice in notices_:
            for kind in kinds:
                await self.decision(case_id, applicant, notice, kind)
        return case_id

    async def contract(
        self, drafter: Browser, *parties: tuple[str, Browser], state: str = "draft", kind: str = "sale"
    ) -> UUID:
        """A contract whose parties sign in the order given."""
        terms = ContractTerms(
            contract_id=uuid4(), kind=ContractKind(kind), made_on=seoul_date(now()), price=500_000_000,
            property=PropertyTerms(lot_address="과천시 1", building="온마을", exclusive_area="84.97"),
            parties=tuple(
                Party(person_id=one.id, role=PartyRole(role), order=n, name=one.person.name)
                for n, (role, one) in enumerate(parties, 1)
            ),
            payments=tuple(
                Instalment(kind=kind, number=1, amount=amount, due_on=seoul_date(now()), reference=f"memo-{kind}")
                for kind, amount in (("deposit", 50_000_000), ("balance", 450_000_000))
            ),
        )  # fmt: skip
        async with self.site.db.transaction() as session:
            case = await cases.open_case(
                session, kind=CaseKind.RESALE, title="매매", person_id=drafter.id, role="broker"
            )
            row = await contracts.add_contract(session, terms, case_id=case.id, created_by=drafter.id)
            row.state = state
            session.add(row)
        return terms.contract_id

    async def transfer(self, contract_id: UUID, **changed: Any) -> UUID:
        async with self.site.db.transaction() as session:
            contract = await contracts.contract(session, contract_id)
            row = await transfers.open_transfer(session, case_id=contract.case_id, contract_id=contract_id)
            for name, value in changed.items():
                setattr(row, name, value)
            session.add(row)
        return row.id

    async def approval(
        self, subject_id: UUID, case_id: UUID, person: Browser, workflow_id: str, *, role: str = "buyer"
    ) -> UUID:
        row = ApprovalRow(
            subject_id=subject_id, workflow_id=workflow_id, case_id=case_id, title="부동산거래신고서", kind="report",
            role=role, person_id=person.id, body="{}", body_sha256="0" * 64,
        )  # fmt: skip
        await self.site.add(row)
        return row.id


@pytest_asyncio.fixture(scope="module")
async def make(site: Site) -> Make:
    return Make(site)


@pytest_asyncio.fixture(scope="module")
async def site(cluster: Any, temporal: Client, tmp_path_factory: Any) -> AsyncIterator[Site]:
    """The application with an empty database, for one module."""
    folder: Path = tmp_path_factory.mktemp("blobs")
    async with cluster.database() as db:
        identity = StandInIdentity()
        services = Services(
            db=db, documents=FolderDocuments(folder), typeface=Typeface(), temporal=temporal,
            sealed=SealedBox("test", secrets.token_bytes(32)), identity=identity, certificates=StandInDesk(),
            receivers=HttpReceivers(resolve=one_public_address),
            rulebook=rulebook.load("demo"),
            public_url=ORIGIN, signing_people_url="https://signing.test/people", bank_people_url="https://bank.test/people",
            identity_url="https://identity.test", staff_ui_url="http://127.0.0.1:8233", act_within_s=2.0,
        )  # fmt: skip
        yield Site(create_app(services), services, identity)
