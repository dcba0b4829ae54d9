"""The signed envelope at an agency's door: every changed byte is refused, every answer is bound to its message."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from domain.errors import AgencyDown, AgencyRefused, OutcomeUnknown
from domain.filings import Outgoing
from domain.words import Agency
from mydata_connectors.envelope import (
    SIGNING,
    Draft,
    NotGenuine,
    check_receipt,
    new_msg_id,
    public_key,
    seal,
    sha256,
)
from mydata_connectors.exchange import Exchange, ExchangeOffice
from mydata_connectors.sandbox._addresses import NAMES

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, Got

BODY = {"reference": "R", "price": 1}
RAW = json.dumps(BODY).encode()


def draft(**changes: Any) -> Draft:
    return replace(Draft(new_msg_id(), "POST", "/things", "thing", body=RAW), **changes)


def sealed(box: Box, what: Draft, *, key: ECKey | None = None, client: str = "onjip", service: str = "wetax",
           iat: int = 0, life: int = 60) -> str:  # fmt: skip
    iat = iat or int(time.time())
    return seal(what, client=client, service=service, iat=iat, exp=iat + life, key=key or box.key)


async def post(box: Box, message: str, *, path: str = "/things", body: bytes = RAW, query: str = "") -> Got:
    return await box.send("wetax", "POST", path, body, message=message, query=query)


async def counts(box: Box, agency: str = "wetax") -> tuple[int, int]:
    ledger = await box.ledger(agency)
    return len(ledger["acts"]), len(ledger["denied"])


def test_the_sandbox_lists_the_agencies_of_the_domain() -> None:
    """Written a second time there, and in the same order: the order gives the addresses."""
    assert tuple(Agency) == NAMES


async def test_a_good_message_acts_and_is_receipted(counting: Box) -> None:
    message = sealed(counting, draft())
    got = await post(counting, message)
    assert got.status == 200
    assert got.receipt["request_sha256"] == sha256(message.encode())
    assert (got.receipt["status"], got.receipt["provider"]) == (200, "wetax")


async def test_each_changed_part_is_refused_denied_and_ledgered(counting: Box) -> None:
    stranger = ECKey.generate_key("P-256", SIGNING)
    now = int(time.time())
    cases: dict[str, tuple[str, dict[str, Any], int]] = {
        "mismatch_body_sha256": (sealed(counting, draft()), {"body": RAW.replace(b"1", b"2")}, 401),
        "mismatch_path": (sealed(counting, draft(path="/other")), {}, 401),
        "mismatch_q_sha256": (sealed(counting, draft()), {"query": "a=1"}, 401),
        "mismatch_method": (sealed(counting, draft(method="GET")), {}, 401),
        "mismatch_service": (sealed(counting, draft(), service="bank"), {}, 401),
        "bad_signature": (sealed(counting, draft(), key=stranger), {}, 401),
        "bad_token_header": (sealed(counting, draft(), client="nobody"), {}, 401),
        "bad_token": ("not.a token", {}, 401),
        "expired_message": (sealed(counting, draft(), iat=now - 100), {}, 408),
        "from_the_future": (sealed(counting, draft(), iat=now + 60), {}, 401),
        "bad_msg_id": (sealed(counting, draft(msg_id="42")), {}, 400),
        "not_permitted": (sealed(counting, draft(purpose="curiosity")), {}, 403),
        "bad_path": (sealed(counting, draft(path="/x/../things")), {"path": "/things/%2e%2e/things"}, 400),
    }
    acts, denied = await counts(counting)
    for code, (message, sent, status) in cases.items():
        got = await post(counting, message, **sent)
        assert (got.data["code"], got.status) == (code, status)
        assert got.receipt["request_sha256"] == sha256(message.encode())
    assert await counts(counting) == (acts, denied + len(cases))


async def test_no_message_at_all_is_denied(counting: Box, http: httpx.AsyncClient) -> None:
    reply = await http.post(counting.url("wetax") + "/things", json=BODY)
    assert (reply.status_code, reply.json()["code"]) == (401, "no_message")
    assert "x-receipt" not in reply.headers


async def test_content_type_is_part_of_what_is_signed(counting: Box, http: httpx.AsyncClient) -> None:
    headers = {"X-Message": sealed(counting, draft()), "Content-Type": "text/plain"}
    reply = await http.post(counting.url("wetax") + "/things", content=RAW, headers=headers)
    assert reply.json()["code"] == "mismatch_content_type"


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    good: dict[str, object] = {
        "v": 1, "msg_id": new_msg_id(), "client": "onjip", "service": "wetax", "method": "POST", "path": "/things",
        "q_sha256": sha256(b""), "body_sha256": sha256(RAW), "content_type": "application/json", "iat": now,
        "exp": now + 60, "purpose": "thing", "consent": "", "subject_ref": "",
    }  # fmt: skip
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"v": 2}, "mismatch_v"),
        ({"consent": None}, "bad_claims"),
        ({"more": "x"}, "bad_claims"),
        ({"iat": True}, "bad_claims"),
        ({"exp": "9999999999"}, "bad_claims"),
        ({"exp": int(time.time()) + 10_000}, "bad_lifetime"),
        ({"client": "bank"}, "mismatch_client"),
        ({"body_sha256": sha256(b"")}, "mismatch_body_sha256"),
    ],
)
async def test_each_claim_is_looked_at(counting: Box, changes: dict[str, object], code: str) -> None:
    payload = json.dumps(claims(**changes)).encode()
    message = jws.serialize_compact({"alg": "ES256", "kid": "onjip"}, payload, counting.key, algorithms=["ES256"])
    assert (await post(counting, message)).data["code"] == code


async def test_other_algorithms_are_refused(counting: Box) -> None:
    """HMAC with our public key as the secret; and ES256 with a header that names nobody."""
    public = json.dumps(counting.key.as_dict(private=False))
    payload, header = json.dumps(claims()).encode(), {"alg": "HS256", "kid": "onjip"}
    confused = jws.serialize_compact(header, payload, OctKey.import_key(public), algorithms=["HS256"])
    nameless = jws.serialize_compact({"alg": "ES256"}, payload, counting.key, algorithms=["ES256"])
    for message in (confused, nameless):
        assert (await post(counting, message)).data["code"] == "bad_token_header"


async def test_same_message_again_is_the_same_act(counting: Box) -> None:
    """wetax knows msg_ids: a second, freshly signed message under one id is answered from the first."""
    what = draft()
    acts, _ = await counts(counting)
    first = await post(counting, sealed(counting, what))
    again = await post(counting, sealed(counting, what))
    assert again.data == first.data
    assert again.receipt["request_sha256"] != first.receipt["request_sha256"]
    assert (await counts(counting))[0] == acts + 1


async def test_same_id_with_another_body_is_a_conflict(counting: Box) -> None:
    what = draft()
    await post(counting, sealed(counting, what))
    other = json.dumps({**BODY, "price": 2}).encode()
    got = await post(counting, sealed(counting, replace(what, body=other)), body=other)
    assert (got.status, got.data["code"]) == (409, "key_reused")


async def test_a_refusal_is_repeated_too(counting: Box) -> None:
    raw = json.dumps({"reference": "R", "price": 0}).encode()
    what = draft()
    what = replace(what, body=raw)
    first = await post(counting, sealed(counting, what), body=raw)
    assert (first.status, first.data["origin"]) == (422, "business")
    assert (await post(counting, sealed(counting, what), body=raw)).data == first.data


async def test_an_agency_without_keys_acts_twice(counting: Box) -> None:
    """rtms: the very same bytes, sent twice, are two acts. This is what Onjip must never let happen."""
    message = sealed(counting, draft(), service="rtms")
    acts, _ = await counts(counting, "rtms")
    first = await counting.send("rtms", "POST", "/things", RAW, message=message)
    second = await counting.send("rtms", "POST", "/things", RAW, message=message)
    assert first.data["number"] != second.data["number"]
    assert (await counts(counting, "rtms"))[0] == acts + 2


async def test_an_act_and_its_row_are_one(counting: Box) -> None:
    """The handler wrote and then failed: nothing of it is left, not even a number."""
    before = await counting.send("rtms", "GET", "/things", purpose="lookup", query="reference=ROLLED-BACK")
    acts, _ = await counts(counting, "rtms")
    for price, status in ((0, 422), (-1, 500)):
        body = {"reference": "ROLLED-BACK", "price": price}
        assert (await counting.send("rtms", "POST", "/things", body, purpose="thing")).status == status
    after = await counting.send("rtms", "GET", "/things", purpose="lookup", query="reference=ROLLED-BACK")
    assert before.data == after.data == {"items": []}
    assert (await counts(counting, "rtms"))[0] == acts


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"reference":"R"}', b'{"reference":"","price":1}', b"\xff\xfe"])
async def test_bad_bodies_are_refused_with_words(counting: Box, body: bytes) -> None:
    got = await counting.send("rtms", "POST", "/things", body, purpose="thing")
    assert (got.status, got.data["origin"]) == (400, "caller")


async def test_too_much_is_too_much(counting: Box) -> None:
    got = await counting.send("rtms", "POST", "/things", b" " * (32 * 2**20 + 1), purpose="thing")
    assert got.status == 413


async def test_default_is_deny(counting: Box) -> None:
    """Nobody declared /other; /things/own is declared for the bank only. Both stand in the ledger as denied."""
    _, denied = await counts(counting, "rtms")
    for path in ("/other", "/things/own"):
        got = await counting.send("rtms", "GET", path, purpose="lookup")
        assert (got.status, got.data["code"]) == (403, "not_permitted")
    rows = (await counting.ledger("rtms"))["denied"][denied:]
    assert [(row["client"], row["path"]) for row in rows] == [("onjip", "/other"), ("onjip", "/things/own")]


async def test_control_side_needs_its_token(counting: Box, http: httpx.AsyncClient) -> None:
    for path in ("/_control/ledger", "/_control/faults"):
        reply = await http.request("GET" if "ledger" in path else "DELETE", counting.url("rtms") + path)
        assert reply.status_code == 403


class TestReceipts:
    """What Onjip takes for an answer."""

    what = Draft(new_msg_id(), "POST", "/things", "thing", body=RAW)

    async def test_forged_receipts_are_not_believed(self, counting: Box) -> None:
        message = sealed(counting, self.what)
        got = await post(counting, message)
        body = json.dumps(got.data, ensure_ascii=False, separators=(",", ":")).encode()
        receipt = got.headers["x-receipt"]
        key = public_key(counting.agencies["wetax"]["public_jwk"])
        good: dict[str, Any] = {"status": 200, "body": body, "provider": "wetax", "key": key}
        check_receipt(receipt, message, self.what, **good)
        changed: list[dict[str, Any]] = [
            {"status": 201}, {"body": body + b" "}, {"provider": "rtms"},
            {"key": public_key(counting.agencies["rtms"]["public_jwk"])},
        ]  # fmt: skip
        for change in changed:
            with pytest.raises(NotGenuine):
                check_receipt(receipt, message, self.what, **{**good, **change})
        with pytest.raises(NotGenuine):
            check_receipt(receipt, sealed(counting, self.what, life=61), self.what, **good)
        with pytest.raises(NotGenuine):
            check_receipt("", message, self.what, **good)

    async def test_a_receipt_by_another_key_leaves_the_outcome_unknown(
        self, counting: Box, http: httpx.AsyncClient
    ) -> None:
        stranger = public_key(ECKey.generate_key("P-256", SIGNING).as_dict(private=False))
        exchange = replace(counting.exchange("rtms", http), agency_key=stranger)
        with pytest.raises(OutcomeUnknown) as caught:
            await exchange.post("/things", BODY, purpose="thing")
        assert caught.value.code == "bad_receipt"
        with pytest.raises(AgencyDown):  # a question can simply be asked again
            await exchange.get("/things", query={"reference": "R"}, purpose="lookup")


class TestOffice:
    """``domain.ports.Office`` over the envelope."""

    async def test_send_and_find(self, counting: Box, http: httpx.AsyncClient) -> None:
        exchange = counting.exchange("rtms", http)
        office = ExchangeOffice(exchange)
        assert (office.agency, office.knows_keys) == (Agency.RTMS, False)
        assert ExchangeOffice(counting.exchange("wetax", http)).knows_keys
        assert await office.find("things", "OFFICE-1") is None
        outgoing = Outgoing(
            agency=Agency.RTMS, service="things", reference="OFFICE-1", purpose="thing", body={"price": 1}
        )
        expires = datetime.now(UTC) + timedelta(seconds=10)
        answer = await office.send(outgoing, msg_id=new_msg_id(), expires_at=expires)
        found = await office.find("things", "OFFICE-1")
        assert found is not None
        assert (found.number, found.at) == (answer.number, answer.at)
        assert answer.receipt_jws

    async def test_an_act_of_somebody_else_is_not_taken_for_ours(self) -> None:
        """An agency that looks up without looking at the reference, and signs what it has found."""
        theirs, ours = (ECKey.generate_key("P-256", SIGNING) for _ in range(2))
        act = {"number": "RTMS-1", "at": "2026-11-23T00:00:00Z", "reference": "OTHER-1"}

        def agency(request: httpx.Request) -> httpx.Response:
            body, message = json.dumps({"items": [act]}).encode(), request.headers["x-message"]
            claims = {
                "v": 1, "msg_id": json.loads(jws.extract_compact(message.encode()).payload)["msg_id"], "status": 200,
                "request_sha256": sha256(message.encode()), "body_sha256": sha256(body), "provider": "rtms",
            }  # fmt: skip
            header = {"alg": "ES256", "kid": "rtms"}
            receipt = jws.serialize_compact(header, json.dumps(claims).encode(), theirs, algorithms=["ES256"])
            return httpx.Response(200, content=body, headers={"X-Receipt": receipt})

        async with httpx.AsyncClient(transport=httpx.MockTransport(agency)) as http:
            office = ExchangeOffice(Exchange(Agency.RTMS, "http://rtms.test", theirs, ours, http))
            with pytest.raises(AgencyDown) as caught:
                await office.find("things", "MINE-1")
            assert caught.value.code == "bad_answer"
            found = await office.find("things", "OTHER-1")
            assert found is not None
            assert found.number == "RTMS-1"

    async def test_a_signed_no_keeps_its_word(self, counting: Box, http: httpx.AsyncClient) -> None:
        with pytest.raises(AgencyRefused) as caught:
            await counting.exchange("rtms", http).post("/things", {**BODY, "price": 0}, purpose="thing")
        assert caught.value.code == "price_missing"

    async def test_an_expired_message_is_not_even_sent(self, counting: Box, http: httpx.AsyncClient) -> None:
        exchange = counting.exchange("rtms", http, seconds=-1)
        received = len((await counting.ledger("rtms"))["received"])
        with pytest.raises(AgencyDown):
            await exchange.post("/things", BODY, purpose="thing")
        assert len((await counting.ledger("rtms"))["received"]) == received


async def test_many_at_once_are_one_after_another(counting: Box) -> None:
    """Forty messages together: forty acts, forty numbers."""
    bodies = [{"reference": f"MANY-{n}", "price": 1} for n in range(40)]
    got = await asyncio.gather(*(counting.send("wetax", "POST", "/things", body, purpose="thing") for body in bodies))
    assert len({one.data["number"] for one in got}) == 40
