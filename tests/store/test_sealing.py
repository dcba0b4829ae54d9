"""A copy of the database without its key tells nothing about a person; keys can be changed while the site works."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlmodel import col, select

from domain.facts import Item
from domain.people import Identity
from domain.time import now
from domain.words import Agency, CaseKind
from store import cases, people
from store.db import TABLES, Database
from store.keyring import MARK, KeyMissing, KeyRing
from store.resealing import reseal
from store.sealed import SealedBox
from store.tables.cases import CaseEventRow
from store.tables.consents import ConsentRow, DecisionRow, FactRow
from store.tables.contracts import ApprovalRow
from store.tables.draws import DrawRow
from store.tables.exchange import DeliveryRow
from store.tables.people import PersonRow, SealedRow
from store.tables.sealing import RING, SealedColumn
from store.tables.transfers import TransferRow

OLD, NEW = b"o" * 31 + b"1", b"n" * 31 + b"2"
FIRST = SealedBox("k1", OLD)
BOTH = SealedBox("k2", NEW, {"k1": OLD}, OLD)
ONLY_NEW = SealedBox("k2", NEW, {}, OLD)
WORDS = ("홍길동", "1991-02-03", "비밀로 12", "idr_" + "7" * 32, "450000000")


def under(database: Database, ring: KeyRing) -> Database:
    """The same database, asked by a process with these keys."""
    setattr(database.engine.dialect, RING, ring)
    return database


@pytest.fixture
async def person(database: Database) -> UUID:
    """Somebody with everything that is about a person in the record."""
    under(database, FIRST)
    name, born, street, handle, price = WORDS
    told = Identity(
        subject="s", name=name, birth_date=date.fromisoformat(born), address=street, identity_ref=handle, roles=()
    )
    async with database.transaction() as session:
        entered = await people.enter(session, FIRST, told)
        await FIRST.put(session, entered.id, "right_proof", "9471", "x")
        case = await cases.open_case(session, kind=CaseKind.RESALE, title="t", person_id=entered.id, role="buyer")
        await cases.record(
            session, case.id, "explained", ko="소명", en="explained", detail={"text": f"{name} {street}"}
        )
        consent = ConsentRow(
            case_id=case.id, person_id=entered.id, requested_by=entered.id, relation="self", agreement={},
            agreement_sha256="0", ends_at=now(),
        )  # fmt: skip
        session.add(consent)
        await session.flush()
        session.add(
            FactRow(
                person_id=entered.id, consent_id=consent.id, item=Item.HOUSEHOLD, value={"members": [{"name": name}]},
                source=Agency.RESIDENTS, as_of=date(2026, 1, 1), issued_at=now(), document_no="1", sha256="0",
            )
        )  # fmt: skip
        session.add(
            DecisionRow(
                case_id=case.id, person_id=entered.id, rule="r", outcome="yes", body={"reasons": [{"value": price}]},
                facts={"name": name, "born": born}, rulebook="r", as_of=date(2026, 1, 1),
            )
        )  # fmt: skip
        session.add(
            ApprovalRow(
                subject_id=uuid4(), workflow_id="w", case_id=case.id, title="t", kind="report", role="buyer",
                person_id=entered.id, body=json.dumps({"identity_ref": handle, "name": name}), body_sha256="0",
            )
        )  # fmt: skip
        session.add(
            DeliveryRow(
                reference="r", attempt=1, agency="rtms", service="s", msg_id=str(uuid4()), expires_at=now(),
                answer={"parties": [handle], "price": int(price)},
            )
        )  # fmt: skip
        session.add(DeliveryRow(reference="r", attempt=2, agency="rtms", service="s", msg_id="2", expires_at=now()))
    return entered.id


async def dump(database: Database) -> str:
    """Every row of every table as PostgreSQL shows it."""
    async with database.engine.connect() as connection:
        parts = [
            str(row)
            for name in sorted(TABLES)
            for (row,) in await connection.execute(text(f'SELECT t::text FROM "{name}" t'))  # noqa: S608
        ]
    return "\n".join(parts)


async def test_a_copy_tells_nothing_about_a_person(database: Database, person: UUID) -> None:
    copied = await dump(database)
    assert [word for word in WORDS if word in copied] == []
    assert MARK in copied
    async with database.transaction() as session:
        row = await session.get_one(PersonRow, person)
        assert (row.name, row.birth_date.isoformat(), row.address) == WORDS[:3]
        assert (await session.exec(select(FactRow.value))).one() == {"members": [{"name": WORDS[0]}]}
        assert (await session.exec(select(DeliveryRow.answer).where(DeliveryRow.attempt == 2))).one() is None


async def test_what_is_about_a_person_is_sealed() -> None:
    """Whoever adds a column with a dumped model decides here which kind it is."""
    sealed = {
        f"{table}.{one.name}" for table in TABLES for one in TABLES[table].c if isinstance(one.type, SealedColumn)
    }
    clear = {
        f"{name}.{one.name}" for name, table in TABLES.items() for one in table.c
        if "JSON" in str(one.type) and f"{name}.{one.name}" not in sealed
    }  # fmt: skip
    assert clear == {
        "award.option_codes", "award.refusal", "ceremony.observers", "consent.agreement", "contract_draft.refusal",
        "contract_version.requests", "draw.correcting", "draw.earlier", "draw.ended", "draw.head", "draw.observers",
        "draw.ordered", "draw.refusal", "draw.revealed", "draw_entry.facts", "notice.body",
        "registry_filing.corrections", "reserve_round.homes", "reserve_round.listed", "reserve_round.observers",
        "signer.uses", "webhook.events",
    }  # fmt: skip
    assert {"person.name", "person.birth_date", "person.address", "approval.body", "approval.cms"} <= sealed
    assert {"webhook.url", "webhook.secret", "webhook.old_secret"} <= sealed


def test_nothing_is_searched_by_a_sealed_column() -> None:
    with pytest.raises(TypeError):
        select(PersonRow).where(PersonRow.name == WORDS[0])
    with pytest.raises(TypeError):
        select(PersonRow).order_by(col(PersonRow.name).desc())


async def test_another_key_opens_nothing(database: Database, person: UUID) -> None:
    stranger = under(database, KeyRing("k1", NEW))
    with pytest.raises(InvalidTag):
        async with stranger.transaction() as session:
            await session.get_one(PersonRow, person)
    with pytest.raises(KeyMissing):
        async with under(database, KeyRing("k9", NEW)).transaction() as session:
            await session.get_one(PersonRow, person)


async def test_a_value_that_was_moved_to_another_column_does_not_open(database: Database, person: UUID) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE person SET address = name"))
    with pytest.raises(InvalidTag):
        async with database.transaction() as session:
            await session.get_one(PersonRow, person)


async def test_a_key_is_changed_without_losing_anything(database: Database, person: UUID) -> None:
    before = await everything(under(database, FIRST))
    assert await everything(under(database, BOTH)) == before, "the older key still opens"
    done = await reseal(database, BOTH, batch=1)
    assert done["person.name"] == 1
    assert done["sealed.ciphertext"] == 2
    assert done["delivery.answer"] == 1, "nothing is made of what is not there"
    assert f"{MARK}k1:" not in await dump(database)
    assert await everything(under(database, ONLY_NEW)) == before, "the older key is not needed any more"
    assert await reseal(database, ONLY_NEW) == {}, "once is enough"
    assert ONLY_NEW.keyed("identity_ref", "x") == FIRST.keyed("identity_ref", "x"), "people are found as before"


async def test_what_stood_in_clear_is_read_and_then_sealed(database: Database, person: UUID) -> None:
    """Rows of the release before: each column as that release wrote it."""
    under(database, FIRST)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE person SET name = '홍길동', birth_date = '1991-02-03'"))
        await connection.execute(text("""UPDATE fact SET value = '{"members": [{"name": "홍길동"}]}'::jsonb"""))
        await connection.execute(text("""UPDATE delivery SET answer = 'null'::jsonb WHERE attempt = 2"""))
    before = await everything(database)
    assert before["person"][0] == WORDS[:3]
    done = await reseal(database, FIRST)
    assert done == {"person.name": 1, "person.birth_date": 1, "fact.value": 1}
    assert "홍길동" not in await dump(database)
    assert await everything(database) == before


async def everything(database: Database) -> dict[str, list[Any]]:
    async with database.transaction() as session:
        told = [(row.name, row.birth_date.isoformat(), row.address) for row in await session.exec(select(PersonRow))]
        secrets = {}
        ring = getattr(database.engine.dialect, RING)
        for row in await session.exec(select(SealedRow)):
            secrets[row.kind] = ring.decrypt(row.person_id, row.kind, row.subject, row.ciphertext, row.key_id)
        return {
            "person": told, "secrets": [secrets], "fact": list(await session.exec(select(FactRow.value))),
            "event": list(await session.exec(select(CaseEventRow.detail))),
            "delivery": list(await session.exec(select(DeliveryRow.answer).order_by(DeliveryRow.attempt))),
            "approval": list(await session.exec(select(ApprovalRow.body))),
            "record": list(await session.exec(select(TransferRow.record))),
            "draw": [(row.salt, row.shares) for row in await session.exec(select(DrawRow))],
        }  # fmt: skip
