"""The access log, and the staff's codec endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from domain.facts import Item
from domain.words import Agency
from store import facts
from store.facts import Look

if TYPE_CHECKING:
    from tests.api.conftest import Site

UI = "http://127.0.0.1:8233"


async def test_who_looked_at_my_data(site: Site) -> None:
    person, other = await site.browser(), await site.browser("박지호")
    for item in (Item.HOUSEHOLD, Item.INCOME):
        async with site.db.transaction() as session:
            await facts.log_look(session, Look(person.id, "onjip", Agency.INCOME, item, "subscription", None, "stored"))
    page = (await person.get("/access", params={"limit": 1})).json()
    assert [look["item"] for look in page["items"]] == ["income"]
    rest = (await person.get("/access", params={"cursor": page["next"]})).json()
    assert [look["item"] for look in rest["items"]] == ["household"]
    assert (await other.get("/access")).json()["items"] == []


async def test_the_codec_endpoint_decrypts_for_staff_in_the_engines_own_pages(site: Site) -> None:
    codec = site.services.temporal.data_converter.payload_codec
    assert codec is not None
    secret = Payload(metadata={"encoding": b"json/plain"}, data='"김하늘"'.encode())
    sent = json_format.MessageToDict(Payloads(payloads=await codec.encode([secret])))
    staff, applicant = await site.browser("문하린", ("operator", "한국부동산원")), await site.browser()
    origin = {"Origin": UI}
    answer = await staff.http.post("/staff/codec/decode", json=sent, headers=origin)
    assert answer.status_code == 200
    assert json_format.ParseDict(answer.json(), Payloads()).payloads[0].data == secret.data
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"
    async with site.client() as nobody:
        refused = [
            (await nobody.post("/staff/codec/decode", json=sent, headers=origin)).status_code,
            (await applicant.http.post("/staff/codec/decode", json=sent, headers=origin)).status_code,
            (await staff.http.post("/staff/codec/decode", json=sent)).status_code,
            (
                await staff.http.post("/staff/codec/decode", json=sent, headers={"Origin": "https://evil.test"})
            ).status_code,
            (await staff.http.post("/staff/codec/decode", json={"payloads": 1}, headers=origin)).status_code,
        ]
        assert refused == [401, 403, 403, 403, 400]
        preflight = await nobody.options("/staff/codec/decode", headers=origin)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, UI)
