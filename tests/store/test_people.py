"""People at their log-ins: one row each, roles as the registers say now, handles found but never shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import UnknownThing
from domain.words import Role
from store import people
from store.db import Database
from store.sealed import SealedBox

if TYPE_CHECKING:
    from tests.store.conftest import NewPerson

BROKER = {"role": "broker", "organisation": "다온", "register": "broker", "number": "41290-2019-00123", "active": True}


async def test_two_first_log_ins_at_once_are_one_person(enter: NewPerson) -> None:
    entered = await asyncio.gather(*(enter(subject="same", identity_ref="idr_same") for _ in range(4)))
    assert len({person.id for person in entered}) == 1
    assert len({person.code for person in entered}) == 1


async def test_a_role_ends_with_the_registers_next_word(database: Database, enter: NewPerson) -> None:
    first = await enter(subject="daon", roles=[BROKER])
    assert first.organisations(Role.BROKER) == {"다온"}
    for roles in ([{**BROKER, "active": False}], []):
        again = await enter(subject="daon", roles=roles)
        assert (again.id, again.roles) == (first.id, ())
        async with database.transaction() as session:
            assert not await people.holds(session, first.id, Role.BROKER)


async def test_a_handle_is_found_by_its_keyed_digest(database: Database, sealed: SealedBox, enter: NewPerson) -> None:
    person = await enter(identity_ref="idr_known")
    async with database.transaction() as session:
        found = await people.by_identity_refs(session, sealed, ["idr_known", "idr_nobody"])
        assert found == {"idr_known": person.id}
        assert await people.by_identity_refs(session, SealedBox("other", b"x" * 32), ["idr_known"]) == {}


async def test_a_destroyed_secret_is_gone_and_may_be_given_again(
    database: Database, sealed: SealedBox, enter: NewPerson
) -> None:
    person, where = await enter(), {"basis": "test", "purpose": "test", "subject": "x"}
    async with database.transaction() as session:
        await sealed.put(session, person.id, "right_proof", "1234", "x")
        await sealed.destroy(session, person.id, "right_proof", "x")
        with pytest.raises(UnknownThing):
            await sealed.open(session, person.id, "right_proof", **where)
        await sealed.put(session, person.id, "right_proof", "5678", "x")
        assert await sealed.open(session, person.id, "right_proof", **where) == "5678"


async def test_party_codes_are_read_aloud_without_mistakes(database: Database, enter: NewPerson) -> None:
    codes = [(await enter()).code for _ in range(20)]
    assert not set("".join(codes)) & set("0O1I")
    async with database.transaction() as session:
        assert set(await people.by_codes(session, [*codes, "NOBODY22"])) == set(codes)


def test_an_officer_acts_for_the_house_and_its_branches() -> None:
    held: Any = {"id": "00000000-0000-0000-0000-000000000000", "name": "오지훈", "code": "AAAAAAAA"}
    officer = people.Person.model_validate(
        {**held, "roles": [{**BROKER, "role": "officer", "organisation": "한국토지"}]}
    )
    assert officer.acts_for(Role.OFFICER, "한국토지")
    assert officer.acts_for(Role.OFFICER, "한국토지 서울지역본부")
    assert not officer.acts_for(Role.OFFICER, "한국토지신탁")
    assert not officer.acts_for(Role.OPERATOR, "한국토지")
