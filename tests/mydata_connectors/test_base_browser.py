"""The agencies' own sites in a real browser: consent at the identity provider, signing at the signing service."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from asn1crypto import cms
from playwright.async_api import Page, Route, async_playwright, expect
from pydantic import JsonValue

from domain.ports import SigningRequest
from mydata_connectors.identity import OpenIdProvider, challenge
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.signing import RemoteSigning

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

pytestmark = pytest.mark.browser
CALLBACK = "http://127.0.0.1:8000/login/callback"
DOCUMENT = hashlib.sha256(b"the contract")


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("identity", "signing", "trust")


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield await browser.new_page(java_script_enabled=False)
        await browser.close()


async def test_consent_without_javascript(box: Box, page: Page, http: httpx.AsyncClient) -> None:
    provider = OpenIdProvider(box.url("identity"), CALLBACK, box.key, http)
    details: dict[str, JsonValue] = {
        "type": "onjip_consent", "agreement_sha256": "a" * 64, "recipient": "onjip", "purpose": "subscription",
        "items": [{"provider": "residents", "item": "household"}],
        "ends_at": (datetime.now(UTC) + timedelta(days=300)).isoformat(),
    }  # fmt: skip
    came_back: list[str] = []

    async def onjip(route: Route) -> None:
        came_back.append(route.request.url)
        await route.fulfill(status=200, body="back")

    await page.route(f"{CALLBACK}**", onjip)
    await page.goto(provider.authorize_url("st", "no", challenge("verifier"), [details]))
    await expect(page.get_by_role("heading", level=1)).to_have_text("정보 제공 동의")
    await expect(page.get_by_role("cell", name="세대 구성")).to_be_visible()
    await page.get_by_label("아이디").fill("haneul")
    await page.get_by_label("인증번호").fill("999999")
    await page.get_by_role("button", name="동의하고 인증").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("아이디").fill("haneul")
    await page.get_by_label("인증번호").fill(people()["haneul"].pin)
    await page.get_by_role("button", name="동의하고 인증").click()
    await expect(page.get_by_text("back")).to_be_visible()
    answer = parse_qs(urlsplit(came_back[0]).query)
    identity = await provider.exchange(answer["code"][0], "verifier", "no")
    assert (identity.name, identity.consent_agreement) == ("김하늘", "a" * 64)


async def test_signing_without_javascript(box: Box, page: Page, http: httpx.AsyncClient) -> None:
    attributes = {"content_type": "data", "message_digest": DOCUMENT.digest()}
    attrs = cms.CMSAttributes([{"type": name, "values": [value]} for name, value in attributes.items()]).dump()
    service = RemoteSigning(box.exchange("signing", http))
    request = SigningRequest(
        reference="BROWSER", subject_ref=identity_ref("minjun"), title="매매계약서", sum_won=1_100_000_000,
        document_sha256=DOCUMENT.hexdigest(), signed_attrs=base64.b64encode(attrs).decode(),
    )  # fmt: skip
    asked = await service.request(request)
    await page.goto(f"{box.url('signing')}/people")
    await page.get_by_label("아이디").fill("minjun")
    await page.get_by_label("인증번호").fill(people()["minjun"].pin)
    await page.get_by_role("button", name="로그인").click()
    await expect(page.get_by_role("cell", name="1,100,000,000원")).to_be_visible()
    await page.get_by_label("매매계약서").check()
    await page.get_by_label("인증번호").fill(people()["minjun"].pin)
    await page.get_by_role("button", name="서명 (Sign)").click()
    await expect(page.get_by_role("cell", name="서명함")).to_be_visible()
    assert (await service.state(asked.number)).signature
