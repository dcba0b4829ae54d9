"""Verification results, the access log, and the staff's codec endpoint."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from domain.contracts import VerifyReport
from domain.facts import Item
from domain.words import Agency
from store import contracts, facts
from store.facts import Look
from store.tables.exchange import OutboxRow, VerificationRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Site

PDF = b"%PDF-1.7\n"
UI = "http://127.0.0.1:8233"


async def upload(person: Browser, content: bytes) -> Any:
    return await person.post("/verify", files={"file": ("a.pdf", content, "application/pdf")})


async def test_a_document_is_kept_by_digest_and_verified_elsewhere(site: Site) -> None:
    person, other = await site.browser(), await site.browser("박지호")
    answer = await upload(person, PDF)
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert (answer.status_code, answer.json()) == (202, {"sha256": sha256, "url": f"/api/v1/verify/{sha256}"})
    assert await site.services.documents.get(sha256) == PDF
    (promised,) = await site.rows(OutboxRow, workflow_id=f"verify-{sha256}")
    assert promised.payload == {"document_sha256": sha256}
    assert (await person.get(f"/verify/{sha256}")).json() == {"sha256": sha256, "state": "verifying", "report": None}
    async with site.db.transaction() as session:
        await contracts.keep_report(session, sha256, VerifyReport(valid=False, findings=()))
    done = (await person.get(f"/verify/{sha256}")).json()
    assert (done["state"], done["report"]["valid"]) == ("done", False)
    assert (await other.get(f"/verify/{sha256}")).status_code == 404
    await upload(other, PDF)
    assert (await other.get(f"/verify/{sha256}")).json()["state"] == "done"


async def test_one_person_does_not_fill_the_verifiers_queue(site: Site) -> None:
    person, other = await site.browser(), await site.browser("박지호")
    documents = [PDF + b"%d" % number for number in range(8)]
    answers = await asyncio.gather(*(upload(person, one) for one in documents))
    assert sorted(answer.status_code for answer in answers) == [202] * 5 + [503] * 3
    late = next(answer for answer in answers if answer.status_code == 503)
    assert (late.json()["code"], late.headers["retry-after"]) == ("verifying", "5")
    assert (await upload(other, documents[0])).status_code == 202
    for row in await site.rows(VerificationRow, person_id=person.id):
        async with site.db.transaction() as session:
            await contracts.keep_report(session, row.document_sha256, VerifyReport(valid=False, findings=()))
    assert (await upload(person, PDF + b"one more")).status_code == 202


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
