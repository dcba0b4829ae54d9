"""Intake is a promise of the database: once for each key, told after the commit, and honest when parts are down."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from api.app import create_app
from api.paging import encode
from domain.model import canonical_json
from domain.time import now
from onjip.stack import ports
from store.db import Database
from store.tables.cases import CaseRow
from store.tables.people import IdempotencyRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

HUGE = encode(["99999999999999999999"])
BODY = {"kind": "A", "title": "첫 집"}


async def cases_of(site: Site, person: Browser) -> list[CaseRow]:
    return await site.rows(CaseRow, created_by=person.id)


async def test_parallel_requests_with_one_key_have_one_effect(site: Site) -> None:
    person, key = await site.browser(), uuid4().hex
    answers = await asyncio.gather(*(person.post("/cases", BODY, key=key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sorted("idempotent-replayed" in answer.headers for answer in answers) == [False] + [True] * 7
    assert len(await cases_of(site, person)) == 1


async def test_parallel_requests_with_one_key_and_two_bodies(site: Site) -> None:
    person, key = await site.browser(), uuid4().hex
    bodies = [BODY, {**BODY, "title": "둘째 집"}]
    answers = await asyncio.gather(*(person.post("/cases", body, key=key) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await cases_of(site, person)) == 1


async def test_a_key_counts_for_one_person_and_one_address(site: Site, make: Make) -> None:
    key = uuid4().hex
    for person in [await site.browser(), await site.browser("이서준")]:
        opened = await person.post("/cases", BODY, key=key)
        assert opened.status_code == 201
        ask = {"members": [{"relation": "spouse"}], "items": ["household"], "purpose": "subscription",
               "ends_at": (now() + timedelta(days=30)).isoformat()}  # fmt: skip
        elsewhere = await person.post(f"/cases/{opened.json()['id']}/consents", ask, key=key)
        assert (elsewhere.status_code, "idempotent-replayed" in elsewhere.headers) == (201, False)


async def test_a_refused_request_frees_its_key(site: Site, make: Make) -> None:
    person, key = await site.browser(), uuid4().hex
    notice = await make.notice()
    case_id = await make.ready(person)
    path, body = (
        f"/cases/{case_id}/applications",
        {"lines": [{"notice_id": notice.id, "model_no": "01", "supply_kind": "general"}]},
    )
    assert (await person.post(path, body, key=key)).status_code == 409
    assert await site.rows(IdempotencyRow, key=key) == []
    await make.decision(case_id, person, notice)
    assert (await person.post(path, body, key=key)).status_code == 201


async def test_stored_digests_do_not_give_a_short_secret_away(site: Site) -> None:
    """The digest is keyed: whoever has the table cannot try all four-digit passwords."""
    person, key = await site.browser(), uuid4().hex
    await person.post("/cases", BODY, key=key)
    (row,) = await site.rows(IdempotencyRow, key=key)
    assert row.body_sha256 != hashlib.sha256(canonical_json(BODY)).hexdigest()


async def test_without_its_database_the_site_says_so(site: Site) -> None:
    nowhere = ports.choose({})["postgres"]
    database = Database.connect(f"postgresql://nobody:none@127.0.0.1:{nowhere}/none", site.services.sealed)
    away = replace(site, app=create_app(replace(site.services, db=database)))
    async with away.client() as http:
        for path in ("/healthz", "/api/v1/notices"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "store_down")
            assert int(answer.headers["retry-after"]) >= 1
    await database.close()


async def test_without_the_workflow_engine_intake_goes_on_and_acts_wait(site: Site, make: Make) -> None:
    nowhere = ports.choose({})["temporal"]
    lazy = await Client.connect(
        f"127.0.0.1:{nowhere}", namespace="onjip", lazy=True, data_converter=pydantic_data_converter
    )
    away = replace(site, app=create_app(replace(site.services, temporal=lazy)))
    buyer = await site.browser("윤서아")
    contract_id = await make.contract(buyer, ("buyer", buyer), state="invited")
    person = await away.again(buyer.person, buyer.identity)
    assert (await person.post("/cases", BODY)).status_code == 201
    answer = await person.post(f"/contracts/{contract_id}/sign")
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_down")


@pytest.mark.parametrize("path", ["/cases", "/consents", "/notices", "/access", "/awards"])
async def test_lists_refuse_a_cursor_or_limit_that_is_not_theirs(site: Site, path: str) -> None:
    person = await site.browser()
    assert (await person.get(path)).json() | {"items": []} == {"items": [], "next": None}
    for query in (
        {"cursor": "!!"},
        {"cursor": "W10"},
        {"cursor": "WyJhIl0"},
        {"cursor": HUGE},
        {"limit": "0"},
        {"limit": "101"},
    ):
        answer = await person.get(path, params=query)
        assert answer.status_code == 422, (path, query, answer.text)


async def test_lists_come_in_pages(site: Site) -> None:
    person = await site.browser()
    made = {(await person.post("/cases", BODY)).json()["id"] for _ in range(5)}
    seen: list[str] = []
    cursor = None
    while True:
        page = (await person.get("/cases", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [case["id"] for case in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == made
