"""Forms of the pages: what is wrong comes back with what was typed, and what is right is done once."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from store.tables.cases import CaseRow
from store.tables.consents import ConsentRow
from store.tables.contracts import ContractDraftRow
from store.tables.notices import NoticeRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import PAGE, get, opened, read, send

if TYPE_CHECKING:
    from tests.api.conftest import Site


async def test_a_bad_form_comes_back_with_its_values_and_nothing_is_written(site: Site) -> None:
    broker = await site.browser("정다온", ("broker", "온누리공인"))
    before = await site.fingerprint()
    form: dict[str, object] = {
        "csrf": broker.csrf, "key": "draft-0001", "unique_no": "12-34", "price": "4억", "deposit": "1,000",
        "deposit_on": "2026-13-40", "seller_code": "ABCD2345", "special_clauses": "<b>특약</b>",
    }  # fmt: skip
    reply = await send(broker, "/contracts", form)
    page = read(reply)
    assert reply.status_code == 422
    assert "오류: " in reply.text
    for name in ("unique_no", "price", "deposit_on", "buyer_code"):
        assert f"#{name}" in page.links
        assert f'id="{name}-fault"' in reply.text
    assert 'value="4억"' in reply.text
    assert "&lt;b&gt;특약" in reply.text
    assert await site.fingerprint() == before


async def test_the_same_form_sent_twice_is_done_once(site: Site) -> None:
    browser = await site.browser()
    form = {"csrf": browser.csrf, "key": "once-0001", "title": "두 번 누른 단추"}
    first, second = [await send(browser, "/cases", form) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert len(await site.rows(CaseRow, title="두 번 누른 단추")) == 1
    other = await send(browser, "/cases", {**form, "title": "다른 제목"})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [({"csrf": "wrong"}, 403), ({"key": ""}, 400), ({"key": "short"}, 400), ({"title": "가" * 101}, 422)],
)
async def test_forms_without_their_secrets_are_refused(site: Site, change: dict[str, str], status: int) -> None:
    browser = await site.browser()
    before = await site.fingerprint()
    reply = await send(browser, "/cases", {"csrf": browser.csrf, "key": "case-0001", "title": "집", **change})
    assert reply.status_code == status
    read(reply)
    assert await site.fingerprint() == before


async def test_consents_are_asked_seen_and_refused(site: Site) -> None:
    browser = await site.browser()
    case = await opened(browser)
    form = {
        "csrf": browser.csrf,
        "key": "consent-1",
        "members": ["self", "spouse"],
        "items": ["household"],
        "months": "6",
    }
    nothing = await send(browser, f"/cases/{case}/consents", {**form, "key": "consent-0", "items": [], "months": "99"})
    assert nothing.status_code == 422
    assert {"#items", "#months"} <= read(nothing).links
    assert (await send(browser, f"/cases/{case}/consents", form)).status_code == 303
    assert "/invitations/" in read(await get(browser, f"/cases/{case}")).text
    for row in await site.rows(ConsentRow):
        if str(row.case_id) != case:
            continue
        page = read(await get(browser, f"/consents/{row.id}"))
        assert ("배우자에게 보낼 초대 링크" in page.text) is (row.relation == "spouse")
        actions = {form.action for form in page.forms}
        assert (f"/consents/{row.id}/give" in actions) is (row.relation == "self")
    own = next(row for row in await site.rows(ConsentRow) if str(row.case_id) == case and row.relation == "self")
    given = await send(browser, f"/consents/{own.id}/give", {"csrf": browser.csrf, "key": "give-0001"})
    assert given.headers["location"].startswith("https://identity.test/authorize")
    await send(browser, f"/consents/{own.id}/refuse", {"csrf": browser.csrf, "key": "refuse-1"})
    page = read(await get(browser, f"/consents/{own.id}"))
    assert "거부함" in page.text
    assert not [form for form in page.forms if form.action.startswith("/consents")]


async def test_the_language_is_remembered_and_leads_back_here_only(site: Site) -> None:
    async with site.client() as http:
        reply = await http.get("/language/en?next=/notices%3Fshow%3Dall")
        assert reply.headers["location"] == "/notices?show=all"
        assert reply.cookies["onjip_language"] == "en"
        assert (await http.get("/language/en?next=//evil.test")).headers["location"] == "/"
        assert (await http.get("/language/fr")).status_code == 422


async def test_logging_out_ends_the_session(site: Site) -> None:
    browser = await site.browser()
    assert (await send(browser, "/logout", {"csrf": browser.csrf})).headers["location"] == "/?said=logged_out"
    browser.http.cookies.clear()
    assert (await browser.http.get("/my", headers=PAGE)).status_code == 303


async def test_uploads_that_are_no_contract(site: Site) -> None:
    browser = await site.browser()

    async def upload(data: bytes | None) -> httpx.Response:
        files = {"file": ("a.pdf", data, "application/pdf")} if data is not None else {"file": ("", b"", "text/plain")}
        form = {"csrf": browser.csrf, "key": "upload-1"}
        return await browser.http.post("/verify", data=form, files=files, headers=PAGE)

    assert "PDF 파일이 아닙니다" in read(await upload(b"hello")).text
    assert (await upload(None)).status_code == 422
    large = await upload(b"%PDF-" + b"0" * (11 * 1024 * 1024))
    assert large.status_code == 413
    assert "too_large" in read(large).text
    accepted = await upload(b"%PDF-1.7 not much")
    assert accepted.status_code == 303
    waiting = await get(browser, accepted.headers["location"])
    assert "확인하고 있습니다" in read(waiting).text


async def test_a_live_part_is_sent_again_only_when_it_has_changed(site: Site) -> None:
    browser = await site.browser()
    case = await opened(browser)
    page = (await get(browser, f"/cases/{case}")).text
    found = re.search(r'hx-get="([^"]+)"', page)
    assert found
    assert (await get(browser, found[1])).status_code == 204
    form = {"csrf": browser.csrf, "key": "consent-2", "members": ["self"], "items": ["household"], "months": "3"}
    await send(browser, f"/cases/{case}/consents", form)
    changed = await get(browser, found[1])
    assert changed.status_code == 200
    assert "동의 요청 확인" in changed.text
    stopped = await browser.http.get(f"/live/off?next=/cases/{case}", headers=PAGE)
    assert stopped.headers["location"] == f"/cases/{case}"
    assert "hx-get" not in (await browser.http.get(f"/cases/{case}", headers=PAGE)).text


async def test_a_publication_that_the_law_forbids_names_its_article(site: Site) -> None:
    officer = await site.browser("오지훈", ("officer", "민간건설"))
    page = read(await get(officer, "/notices/new"))
    blank = next(form for form in page.forms if form.action == "/notices").fields
    filled = {
        **blank, "name": "하늘마을", "supplier": "민간건설", "supplier_public": "no", "housing_kind": "private",
        "agency": "applyhome", "name_1": "59A", "exclusive_area_1": "59.9", "price_1": "500,000,000",
        "general_1": "3", "account_number": "123-45-6789",
    }  # fmt: skip
    reply = await send(officer, "/notices", filled)
    page = read(reply)
    assert reply.status_code == 422
    assert "승인" in page.text
    assert "주택공급에 관한 규칙 제20조" in page.text
    assert await site.rows(NoticeRow, supplier="민간건설") == []


async def test_a_draft_that_was_refused_says_why(site: Site) -> None:
    broker = await site.browser("정다온", ("broker", "온누리공인"))
    case = CaseRow(kind="B", title="매매", created_by=broker.id)
    await site.add(case)
    refusal = {
        "code": "seller_not_owner",
        "ko": "매도인이 소유자와 다릅니다.",
        "en": "Not the owner.",
        "article": "민법",
    }
    draft = ContractDraftRow(id=case.id, case_id=case.id, broker_id=broker.id, refusal=refusal)
    await site.add(draft)
    page = read(await get(broker, f"/contracts/{draft.id}"))
    assert "매도인이 소유자와 다릅니다." in page.text
