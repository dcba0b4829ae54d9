"""Addresses for events as the people of an office use them: on the pages, over the API, and what arrives there."""

from __future__ import annotations

import asyncio
import html
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from activities.webhooks import Webhooks
from api.app import create_app
from api.routes.webhooks import MOST
from domain.webhooks import Event
from mydata_connectors.webhooks import HttpReceivers
from onjip.temporal.worker import build_worker
from onjip.wiring.outbox import Dispatcher
from tests.webhook_receiver import answer, holds, receiving
from workflows._options import FLOW, WEBHOOKS
from workflows.webhook import WebhookWorkflow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import PAGE, get, read

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Site

LH, GWACHEON = "한국토지주택공사", "과천도시공사"
BODY = {"url": "https://hooks.example.com/onjip?token=hidden", "events": [str(event) for event in Event]}
KEY = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


async def officer(site: Site, *houses: str) -> Browser:
    return await site.browser("오지훈", *(("officer", house) for house in houses or (f"{LH} {uuid4().hex[:4]}",)))


async def registered(person: Browser, **changed: Any) -> dict[str, Any]:
    reply = await person.post("/webhooks", {**BODY, **changed})
    assert reply.status_code == 201, reply.text
    return reply.json()  # type: ignore[no-any-return]


async def test_the_key_is_shown_once_and_kept_sealed(site: Site) -> None:
    person = await officer(site)
    made = await registered(person)
    assert KEY.fullmatch(made["secret"])
    here = f"/webhooks/{made['webhook']['id']}"
    changed = (await person.post(f"{here}/secret")).json()
    assert KEY.fullmatch(changed["secret"])
    assert changed["secret"] != made["secret"]
    assert changed["webhook"]["both_keys_until"]
    shown = [await person.get(path) for path in ("/webhooks", f"{here}/deliveries")]
    shown += [await get(person, path, "ko") for path in ("/webhooks", here)]
    assert [reply.status_code for reply in shown] == [200] * 4
    assert not [reply for reply in shown if KEY.search(reply.text)]
    async with site.db.engine.connect() as connection:
        rows = [str(row) for (row,) in await connection.execute(text('SELECT t::text FROM "webhook" t'))]
        rows += [str(row) for (row,) in await connection.execute(text('SELECT t::text FROM "idempotency" t'))]
    assert not [row for row in rows if KEY.search(row) or "hidden" in row]


async def test_colleagues_share_an_address_and_others_do_not_know_it(site: Site) -> None:
    house = f"{LH} {uuid4().hex[:4]}"
    person, colleague = await officer(site, house), await officer(site, house)
    agent, namesake = [await site.browser("정다온", ("broker", "다온")) for _ in range(2)]  # a number of its own each
    mine, agents = await registered(person), await registered(agent)
    for who, made in ((colleague, mine), (agent, agents)):
        assert [one["id"] for one in (await who.get("/webhooks")).json()["items"]] == [made["webhook"]["id"]]
    for stranger in (await officer(site, GWACHEON), namesake):
        assert (await stranger.get("/webhooks")).json() == {"items": []}
        for made in (mine, agents):
            here = f"/webhooks/{made['webhook']['id']}"
            assert (await stranger.get(f"{here}/deliveries")).status_code == 404
            assert (await get(stranger, here, "ko")).status_code == 404
            assert (await stranger.post(f"{here}/secret")).status_code == 404


async def test_an_applicant_has_no_office(site: Site) -> None:
    person = await site.browser()
    assert (await person.get("/webhooks")).status_code == 403
    assert (await person.post("/webhooks", BODY)).status_code == 403
    assert (await get(person, "/webhooks", "ko")).status_code == 403
    assert "/webhooks" not in read(await get(person, "/my", "ko"), "ko").links
    assert "/webhooks" in read(await get(await officer(site), "/my", "ko"), "ko").links


async def test_who_has_several_offices_names_one(site: Site) -> None:
    person = await officer(site, LH, GWACHEON)
    refused = await person.post("/webhooks", BODY)
    assert (refused.status_code, refused.json()["code"]) == (422, "webhook_office")
    assert (await registered(person, organisation=GWACHEON))["webhook"]["organisation"] == GWACHEON
    assert 'name="organisation"' in (await get(person, "/webhooks", "ko")).text


async def test_an_office_has_a_few_addresses(site: Site) -> None:
    person = await officer(site)
    first, *_ = [await registered(person) for _ in range(MOST)]
    refused = await person.post("/webhooks", BODY)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_too_many")
    switch = f"/webhooks/{first['webhook']['id']}/switch"
    assert (await person.post(switch, {"on": False})).json()["state"] == "off"
    await registered(person)
    assert (await person.post(switch, {"on": True})).json()["code"] == "webhook_too_many"


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_the_pages_register_show_the_key_and_switch(site: Site, lang: str) -> None:
    person = await officer(site)
    empty = read(await get(person, "/webhooks", lang), lang)
    (form,) = [one for one in empty.forms if one.action == "/webhooks"]
    values = {**form.fields, "url": BODY["url"], "events": BODY["events"]}
    headers = {**PAGE, "Cookie": f"onjip_session={person.http.cookies['onjip_session']}; onjip_language={lang}"}
    made = await person.http.post("/webhooks", data=values, headers=headers)
    assert made.status_code == 200
    assert len(KEY.findall(html.unescape(made.text))) == 1
    page = read(made, lang)
    here = f"/webhooks/{(await person.get('/webhooks')).json()['items'][0]['id']}"
    actions = {one.action: one for one in page.forms}
    assert {f"{here}/test", f"{here}/secret", f"{here}/switch"} <= set(actions)
    switched = await person.http.post(f"{here}/switch", data=actions[f"{here}/switch"].fields, headers=headers)
    assert switched.headers["location"] == f"{here}?said=webhook_off"
    off = read(await get(person, here, lang), lang)
    assert f"{here}/test" not in {one.action for one in off.forms}
    refused = await person.post(f"{here}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_off")


@asynccontextmanager
async def delivering(site: Site) -> AsyncIterator[Site]:
    """The site of a deployment that may send to this machine, with its workers, who try twice."""
    receivers = HttpReceivers(loopback=True)
    services = replace(site.services, receivers=receivers)
    holder = Webhooks(site.db, receivers, (timedelta(milliseconds=100),))
    outbox = asyncio.create_task(Dispatcher(site.db, services.temporal).run())
    async with (
        build_worker(services.temporal, FLOW, workflows=[WebhookWorkflow]),
        build_worker(services.temporal, WEBHOOKS, activities=[holder.deliver]),
    ):
        yield replace(site, app=create_app(services), services=services)
    outbox.cancel()
    with suppress(asyncio.CancelledError):
        await outbox


async def test_a_test_that_did_not_arrive_is_sent_again_with_its_id(site: Site) -> None:
    broken, fine = answer(500), answer(200)
    async with delivering(site) as local, receiving(broken, broken, fine) as receiver:
        person = await officer(local)
        made = await registered(person, url=receiver.url())
        here = f"/webhooks/{made['webhook']['id']}"
        sent = await person.post(f"{here}/test")
        assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
        dead = await ended(person, here)
        assert (dead["type"], dead["state"], dead["attempts"], dead["status"]) == ("webhook.test", "dead", 2, 500)
        page = read(await get(person, here, "ko"), "ko")
        again = f"{here}/deliveries/{dead['id']}/again"
        assert again in {one.action for one in page.forms}
        assert [task["code"] for task in (await person.get("/tasks")).json()["items"]] == ["webhook"]
        assert (await person.post(again)).status_code == 202
        arrived = await ended(person, here)
        assert (arrived["state"], arrived["attempts"], arrived["status"]) == ("delivered", 1, 200)
        assert {got.id for got in receiver.got} == {dead["id"]}
        assert all(holds(made["secret"], got) for got in receiver.got)
        assert (await person.post(again)).json()["code"] == "webhook_not_dead"
        assert (await person.get("/tasks")).json()["items"] == []


async def ended(person: Browser, here: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            (found,) = (await person.get(f"{here}/deliveries")).json()["items"]
            if found["state"] != "waiting":
                return found  # type: ignore[no-any-return]
            await asyncio.sleep(0.05)
