"""Own keys in a real browser: one party signs with a key of the browser, one with a joint certificate, on a phone.

The contract is real, and so is what comes of it: sealed, and valid for the verifier that knows the file alone.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect
from rich.console import Console

from onjip.demo.case_b import Resale
from onjip.demo.files import verifies
from onjip.demo.journey import Progress
from onjip.demo.people import Person
from onjip.stack.stack import Stack

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Desk, Office

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.long]
PASSWORD = "비밀 pass-2026"


async def test_two_parties_sign_with_keys_of_their_own(
    office: Office, people: dict[str, Person], stack: Stack, tmp_path: Path
) -> None:
    deal = Resale(
        Progress(Console(file=io.StringIO())), broker=people["daon"], other_broker=people["garam"],
        seller=people["minjun"], buyer=people["seoa"], scrivener=people["doyun"], registrar=people["haeun"],
    )  # fmt: skip
    await deal.draft()
    async with office.desk("minjun", javascript=True) as desk:
        await _by_browser(desk, deal)
    async with office.desk("seoa", javascript=True, width=390) as desk:
        await _by_joint_certificate(desk, deal, tmp_path)
    for person in (deal.broker, deal.other_broker):
        await person.task("sign", subject_id=deal.contract_id)
        await person.post(f"/api/v1/contracts/{deal.contract_id}/sign")
        await person.sign_at_signing_service()
    done = await deal._contract_state(deal.broker, "sealed")
    means = {one["role"]: one["means"] for one in done["signers"]}
    assert means == {
        "seller": "browser_key", "buyer": "joint_certificate", "seller_broker": "remote_service",
        "buyer_broker": "remote_service",
    }  # fmt: skip
    file = tmp_path / "contract.pdf"
    file.write_bytes(await deal.buyer.bytes(f"/api/v1/contracts/{deal.contract_id}/document"))
    assert await verifies("contract", file, stack.home / "trust.pem") == ""


async def _by_browser(desk: Desk, deal: Resale) -> None:
    """A key is made here; the identity provider says whose it is; then it signs, and cannot be taken out."""
    page = desk.page
    await desk.log_in()
    await desk.open(f"/contracts/{deal.contract_id}")
    await desk.press("서명하기")
    await desk.sees("등기를 전자신청할 때 쓸 수 없는 서명입니다")
    await desk.look()
    await desk.keep_screenshot("signing-means")
    await desk.press("이 브라우저로 서명")
    await page.wait_for_url(f"{desk.world.agencies['identity']}/**")
    await desk.identify("로그인")
    await page.get_by_label("인증번호").fill(desk.world.pins["minjun"])
    await page.get_by_role("button", name="내 열쇠로 확인").click()
    await page.wait_for_url(f"{desk.world.site}/contracts/{deal.contract_id}/signing")
    await desk.sees("이 브라우저의 인증서가 준비되었습니다")
    await desk.press("이 브라우저로 서명")
    await _checked(desk, deal, "signing-review")
    assert await page.evaluate(TAKE_OUT) == "InvalidAccessError"
    await page.locator("[data-sign]").click()
    await expect(page.get_by_role("alert")).to_contain_text("확인란을 표시")
    await page.get_by_label("금액과 조항, 해시값을 확인했고").check()
    await page.locator("[data-sign]").click()
    await desk.sees("서명을 받았습니다")
    await desk.reload_until("서명 완료")
    await desk.keep_screenshot("signing-done")


async def _by_joint_certificate(desk: Desk, deal: Resale, folder: Path) -> None:
    """Files and password stay here: what the page sends is watched."""
    page = desk.page
    mine, others = [await _joint_certificate(person, folder) for person in (deal.buyer, deal.broker)]
    sent: list[bytes] = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    await desk.log_in()
    await desk.open(f"/contracts/{deal.contract_id}/signing")
    await _open_files(desk, others, PASSWORD)
    await expect(page.get_by_role("alert")).to_contain_text("다른 사람의 인증서")
    await _open_files(desk, mine, "wrong")
    await expect(page.get_by_role("alert")).to_contain_text("비밀번호가 맞지 않습니다")
    await _open_files(desk, mine, PASSWORD)
    await _checked(desk, deal, "signing-phone")
    await page.get_by_label("금액과 조항, 해시값을 확인했고").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await desk.sees("서명을 받았습니다")
    await desk.reload_until("서명 완료")
    key = (mine / "signPri.key").read_bytes()
    assert sent
    assert not [one for one in sent if PASSWORD.encode() in one or key[-64:] in one]


async def _open_files(desk: Desk, folder: Path, password: str) -> None:
    await desk.page.get_by_label("인증서 (signCert.der)").set_input_files(folder / "signCert.der")
    await desk.page.get_by_label("개인키 (signPri.key)").set_input_files(folder / "signPri.key")
    await desk.page.get_by_label("인증서 비밀번호").fill(password)
    await desk.page.get_by_role("button", name="공동인증서로 서명").click()


async def _checked(desk: Desk, deal: Resale, screenshot: str) -> None:
    """The page shows sum, clauses and digest out of the file, and the digest is the one that is really asked for."""
    await desk.sees("서명하기 전에 확인하십시오")
    await expect(desk.page.locator("[data-sum]")).to_have_text("487,000,000원")
    person = deal.seller if desk.login == "minjun" else deal.buyer
    asked = (await person.get(f"/api/v1/contracts/{deal.contract_id}/signing"))["request"]
    await expect(desk.page.locator("[data-digest]")).to_have_text(asked["document_sha256"])
    await desk.sees("매도인은 잔금일까지 등기기록의 권리관계를 현재 상태로 유지한다.")
    await desk.keep_screenshot(screenshot)


async def _joint_certificate(person: Person, folder: Path) -> Path:
    """As the sandbox's authority hands one out at its counter."""
    room: httpx.AsyncClient = await person.room("trust")
    reply = await room.post("/people/joint-certificate", data={"password": PASSWORD})
    place = folder / person.login
    await asyncio.to_thread(lambda: zipfile.ZipFile(io.BytesIO(reply.content)).extractall(place))
    return place


TAKE_OUT = """async () => {
  const opened = indexedDB.open("onjip-signing", 1);
  await new Promise((done) => (opened.onsuccess = done));
  const kept = opened.result.transaction("keys").objectStore("keys").getAll();
  await new Promise((done) => (kept.onsuccess = done));
  return crypto.subtle.exportKey("pkcs8", kept.result[0].key).then(() => "taken out", (fault) => fault.name);
}"""
