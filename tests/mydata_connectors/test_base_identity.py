"""Log-in and consent at the real identity provider: our client, its tokens, and everything that must not pass."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from joserfc import jws
from joserfc.jwk import ECKey

from domain.errors import AgencyDown, AgencyRefused, ConsentNeeded, Malformed
from mydata_connectors.envelope import SIGNING
from mydata_connectors.identity import ASSERTION_TYPE, ConsentDesk, OpenIdProvider, challenge
from mydata_connectors.sandbox._people import identity_ref, people

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box

CALLBACK = "http://127.0.0.1:8000/login/callback"
AGREEMENT = "a" * 64
HANEUL = identity_ref("haneul")


def consent(**changes: object) -> list[dict[str, Any]]:
    good = {
        "type": "onjip_consent", "agreement_sha256": AGREEMENT, "recipient": "onjip", "purpose": "test",
        "items": [{"provider": "residents", "item": "household"}, {"provider": "savings", "item": "income"}],
        "ends_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return [{**good, **changes}]


def _pin(who: str) -> str:
    return people()[who].pin if who in people() else ""


@dataclass
class Login:
    """One log-in of one person, step by step, as a browser would go."""

    provider: OpenIdProvider
    state: str
    nonce: str
    verifier: str

    @classmethod
    def start(cls, provider: OpenIdProvider) -> Login:
        return cls(provider, *(secrets.token_urlsafe(32) for _ in range(3)))

    def url(self, details: list[dict[str, Any]] | None = None) -> str:
        return self.provider.authorize_url(self.state, self.nonce, challenge(self.verifier), details)

    async def decide(self, who: str, details: list[dict[str, Any]] | None = None, **form: str) -> httpx.Response:
        asked = await self.provider.http.get(self.url(details), headers={"Accept": "application/json"})
        assert asked.status_code == 200, asked.headers
        values = {"request": asked.json()["request"], "login": who, "pin": _pin(who), **form}
        target = self.provider.issuer + "/authorize"
        return await self.provider.http.post(target, data=values, headers={"Accept": "application/json"})

    async def code(self, who: str, details: list[dict[str, Any]] | None = None) -> str:
        answer = parse_qs(urlsplit((await self.decide(who, details)).json()["redirect_to"]).query)
        assert answer["state"] == [self.state]
        assert answer["iss"] == [self.provider.issuer]
        return str(answer["code"][0])


@pytest_asyncio.fixture
async def provider(counting: Box, http: httpx.AsyncClient) -> AsyncIterator[OpenIdProvider]:
    yield OpenIdProvider(counting.url("identity"), CALLBACK, counting.key, http)


@pytest.fixture
def desk(counting: Box, http: httpx.AsyncClient) -> ConsentDesk:
    return ConsentDesk(counting.exchange("identity", http))


async def test_log_in(provider: OpenIdProvider) -> None:
    login = Login.start(provider)
    identity = await provider.exchange(await login.code("daon"), login.verifier, login.nonce)
    assert (identity.name, identity.birth_date.isoformat()) == ("정다온", "1979-08-03")
    assert identity.identity_ref == identity_ref("daon")
    assert identity.subject != identity.identity_ref
    (role,) = identity.roles
    assert (role.role, role.number, role.active) == ("broker", "41290-2019-00123", True)
    assert identity.consent_token is None
    again = Login.start(provider)
    same = await provider.exchange(await again.code("daon"), again.verifier, again.nonce)
    assert same.subject == identity.subject


async def test_what_a_court_says_of_its_registrar_stays_there(provider: OpenIdProvider) -> None:
    login = Login.start(provider)
    assert (await provider.exchange(await login.code("haeun"), login.verifier, login.nonce)).roles == ()


async def test_wrong_pin_and_lock(provider: OpenIdProvider) -> None:
    login = Login.start(provider)
    for pin in ("000000", "", "120489"):
        assert (await login.decide("seoa", pin=pin)).status_code == 401
    assert (await login.decide("seoa")).status_code == 401  # right, but locked now
    assert (await login.decide("bom", pin="")).status_code == 401  # a child without a PIN
    assert (await login.decide("nobody", pin="1")).status_code == 401


async def test_declining_goes_back_with_a_word(provider: OpenIdProvider) -> None:
    reply = await Login.start(provider).decide("haneul", decision="decline")
    assert "error=access_denied" in reply.json()["redirect_to"]


async def test_pages_for_people(provider: OpenIdProvider) -> None:
    page = await provider.http.get(Login.start(provider).url(consent()))
    assert page.headers["content-type"].startswith("text/html")
    for text in (
        'lang="ko"',
        "모의 기관",
        "세대 구성",
        AGREEMENT,
        'type="password"',
        "실제 정부·금융기관 사이트가 아닙니다",
    ):
        assert text in page.text
    assert "김하늘" not in page.text


class TestConsent:
    async def test_given_checked_used_and_withdrawn(
        self, counting: Box, provider: OpenIdProvider, desk: ConsentDesk
    ) -> None:
        identity, token = await _consent(provider, "haneul")
        assert identity.consent_agreement == AGREEMENT
        assert await _extract(counting, token, HANEUL) == (200, identity.consent_id)
        assert await desk.active(identity.consent_id)
        await desk.revoke(identity.consent_id)
        await desk.revoke(identity.consent_id)
        assert not await desk.active(identity.consent_id)
        assert await _extract(counting, token, HANEUL) == (403, "consent_withdrawn")
        acts = [act for act in (await counting.ledger("identity"))["acts"] if act["number"] == identity.consent_id]
        assert [act["kind"] for act in acts] == ["consent", "withdrawal"]

    async def test_a_register_looks_for_itself(self, counting: Box, provider: OpenIdProvider) -> None:
        _, token = await _consent(provider, "haneul")
        stranger = ECKey.generate_key("P-256", SIGNING)
        claims = json.loads(jws.extract_compact(token.encode()).payload)
        forged = jws.serialize_compact(
            {"alg": "ES256", "kid": "identity"}, json.dumps(claims).encode(), stranger, algorithms=["ES256"]
        )
        elsewhere = [{"provider": "savings", "item": "household"}]
        _, other_register = await _consent(provider, "haneul", items=elsewhere)
        _, other_item = await _consent(provider, "haneul", items=[{"provider": "residents", "item": "marriage"}])
        _, other_purpose = await _consent(provider, "haneul", purpose="marketing")
        assert await _extract(counting, "", HANEUL) == (403, "consent_missing")
        assert await _extract(counting, forged, HANEUL) == (403, "consent_invalid")
        assert await _extract(counting, token, identity_ref("seojun")) == (403, "consent_other_person")
        assert await _extract(counting, token, "") == (403, "consent_other_person")
        assert await _extract(counting, other_register, HANEUL) == (403, "consent_other_item")
        assert await _extract(counting, other_item, HANEUL) == (403, "consent_other_item")
        assert await _extract(counting, other_purpose, HANEUL) == (403, "consent_other_purpose")

    async def test_it_ends_by_itself(self, counting: Box, provider: OpenIdProvider, desk: ConsentDesk) -> None:
        soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        login = Login.start(provider)
        code = await login.code("haneul", consent(ends_at=soon))
        time.sleep(1.1)  # noqa: ASYNC251  (nothing else runs here)
        with pytest.raises(Malformed):
            await provider.exchange(code, login.verifier, login.nonce)

    async def test_onjip_hears_consent_needed(
        self, counting: Box, provider: OpenIdProvider, http: httpx.AsyncClient
    ) -> None:
        _, token = await _consent(provider, "seojun")
        with pytest.raises(ConsentNeeded) as caught:
            await counting.exchange("residents", http).get(
                "/extracts", purpose="test", consent=token, subject_ref=HANEUL
            )
        assert caught.value.code == "consent_other_person"

    async def test_a_register_does_not_answer_while_identity_is_away(
        self, counting: Box, provider: OpenIdProvider, http: httpx.AsyncClient
    ) -> None:
        _, token = await _consent(provider, "haneul")
        await counting.fault("identity", "/consents", "error", method="GET")
        with pytest.raises(AgencyDown) as caught:
            await counting.exchange("residents", http).get(
                "/extracts", purpose="test", consent=token, subject_ref=HANEUL
            )
        assert caught.value.code == "agency_down"

    async def test_people_see_and_withdraw_at_the_provider(
        self, counting: Box, provider: OpenIdProvider, desk: ConsentDesk
    ) -> None:
        identity, _ = await _consent(provider, "jiho")
        async with counting.person("identity", "seojun") as other:
            path = f"/people/consents/{identity.consent_id}/revoke"
            assert (await other.post(path)).status_code == 404
        async with counting.person("identity", "jiho") as jiho:
            shown = (await jiho.get("/people")).json()
            assert shown[0]["jti"] == identity.consent_id
            assert (await jiho.post(path)).status_code == 200
            html = (await jiho.get("/people", headers={"Accept": "text/html"})).text
            assert "종료됨" in html
        assert not await desk.active(identity.consent_id)

    @pytest.mark.parametrize(
        "change",
        [
            {"type": "other"}, {"recipient": "bank"}, {"items": []}, {"agreement_sha256": "x"}, {"ends_at": "soon"},
            {"items": [{"provider": "nasa", "item": "household"}]}, {"ends_at": "2020-01-01T00:00:00Z"},
            {"ends_at": (datetime.now(UTC) + timedelta(days=400)).isoformat()}, {"purpose": "Anything Goes"},
        ],
    )  # fmt: skip
    async def test_agreements_that_cannot_be_shown(self, provider: OpenIdProvider, change: dict[str, Any]) -> None:
        reply = await provider.http.get(Login.start(provider).url(consent(**change)))
        assert "error=invalid_authorization_details" in reply.headers["location"]

    async def test_unknown_consents(self, counting: Box, desk: ConsentDesk) -> None:
        assert not await desk.active("nothing")
        await desk.revoke("nothing")
        with pytest.raises(AgencyRefused):
            await desk.exchange.post("/consents/nothing/revoke", {}, purpose="revoke")


async def _consent(provider: OpenIdProvider, who: str, **changes: object) -> tuple[Any, str]:
    login = Login.start(provider)
    code = await login.code(who, consent(**changes))
    identity = await provider.exchange(code, login.verifier, login.nonce)
    assert identity.consent_token
    return identity, identity.consent_token


async def _extract(box: Box, token: str, subject_ref: str) -> tuple[int, str]:
    got = await box.send("residents", "GET", "/extracts", purpose="test", consent=token, subject_ref=subject_ref)
    return got.status, got.data.get("jti") or got.data.get("code")


class TestCodes:
    async def test_a_code_serves_once_and_its_theft_ends_the_consent(
        self, provider: OpenIdProvider, desk: ConsentDesk
    ) -> None:
        login = Login.start(provider)
        code = await login.code("haneul", consent())
        identity = await provider.exchange(code, login.verifier, login.nonce)
        assert identity.consent_id
        with pytest.raises(Malformed):
            await provider.exchange(code, login.verifier, login.nonce)
        assert not await desk.active(identity.consent_id)

    async def test_wrong_verifier_redirect_or_code(self, provider: OpenIdProvider) -> None:
        login = Login.start(provider)
        code = await login.code("haneul")
        with pytest.raises(Malformed):
            await provider.exchange(code, "another verifier", login.nonce)
        with pytest.raises(Malformed):
            await replace(provider, redirect_uri=CALLBACK + "2").exchange(code, login.verifier, login.nonce)
        with pytest.raises(Malformed):
            await provider.exchange("no code", login.verifier, login.nonce)
        assert await provider.exchange(code, login.verifier, login.nonce)  # the right one still serves

    async def test_wrong_nonce(self, provider: OpenIdProvider) -> None:
        login = Login.start(provider)
        with pytest.raises(Malformed):
            await provider.exchange(await login.code("haneul"), login.verifier, "another nonce")

    async def test_another_client_key(self, provider: OpenIdProvider) -> None:
        login = Login.start(provider)
        stranger = replace(provider, own_key=ECKey.generate_key("P-256", SIGNING))
        with pytest.raises(Malformed):
            await stranger.exchange(await login.code("haneul"), login.verifier, login.nonce)

    async def test_an_assertion_serves_once(self, counting: Box, provider: OpenIdProvider) -> None:
        now = int(time.time())
        claims = {"iss": "onjip", "sub": "onjip", "aud": provider.issuer + "/token", "jti": "1", "exp": now + 60}
        good = _assertion(counting, claims)
        form = {"grant_type": "authorization_code", "code": "x", "client_assertion_type": ASSERTION_TYPE}
        said = []
        for assertion in (good, good, _assertion(counting, {**claims, "jti": "2", "aud": "https://elsewhere"}),
                          _assertion(counting, {**claims, "jti": "3", "exp": now - 1}),
                          _assertion(counting, {**claims, "jti": "4", "exp": now + 9999}), "x.y.z"):  # fmt: skip
            reply = await provider.http.post(provider.issuer + "/token", data={**form, "client_assertion": assertion})
            said.append(reply.json()["error"])
        assert said == ["invalid_grant"] + ["invalid_client"] * 5


def _assertion(box: Box, claims: dict[str, Any]) -> str:
    header = {"alg": "ES256", "kid": "onjip"}
    return jws.serialize_compact(header, json.dumps(claims).encode(), box.key, algorithms=["ES256"])


class TestRequests:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"scope": "profile"}, "invalid_scope"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge": "short"}, "invalid_request"),
            ({"nonce": ""}, "invalid_request"),
        ],
    )
    async def test_bad_requests_go_back(self, provider: OpenIdProvider, change: dict[str, str], error: str) -> None:
        reply = await provider.http.get(provider.issuer + "/authorize", params=_query(provider) | change)
        assert reply.status_code == 303
        assert f"error={error}" in reply.headers["location"]

    @pytest.mark.parametrize(
        "change",
        [{"client_id": "other"}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": "http://127.0.0.1@e.example/"},
         {"redirect_uri": "javascript:alert(1)"}, {"redirect_uri": CALLBACK + "#x"}, {"redirect_uri": ""}],
    )  # fmt: skip
    async def test_unsafe_requests_go_nowhere(self, provider: OpenIdProvider, change: dict[str, str]) -> None:
        reply = await provider.http.get(provider.issuer + "/authorize", params=_query(provider) | change)
        assert reply.status_code == 400
        assert "location" not in reply.headers

    async def test_posts_from_other_sites_are_refused(self, provider: OpenIdProvider) -> None:
        for path in ("/authorize", "/people/login"):
            reply = await provider.http.post(provider.issuer + path, headers={"Origin": "https://evil.example"})
            assert reply.status_code == 403

    async def test_a_decision_needs_its_question(self, provider: OpenIdProvider) -> None:
        form = {"request": "nothing", "login": "haneul", "pin": _pin("haneul")}
        assert (await provider.http.post(provider.issuer + "/authorize", data=form)).status_code == 400

    async def test_discovery_of_somebody_else_is_not_believed(
        self, counting: Box, provider: OpenIdProvider, http: httpx.AsyncClient
    ) -> None:
        other = OpenIdProvider(counting.url("rtms"), CALLBACK, counting.key, http)
        with pytest.raises(AgencyDown):
            await other.exchange("x", "y", "z")
        await counting.fault("identity", "/.well-known", "malformed")
        with pytest.raises(AgencyDown):
            await provider.exchange("x", "y", "z")


def _query(provider: OpenIdProvider) -> dict[str, str]:
    login = Login.start(provider)
    return {name: values[0] for name, values in parse_qs(urlsplit(login.url()).query).items()}
