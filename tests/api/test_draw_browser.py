"""The draw in a real browser: verified on the site by a worker, and from the saved file without any network."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness, drawn, head_of, opening, rows_of, with_list
from test_draw_pages import filed, row_of

from api.app import create_app
from api.draw_record import Record, record_of
from api.pages.draw_file import saved_file
from law.drawing.proof import Levels, OwnProof
from law.drawing.rows import WAITS, WON
from law.drawing.selection import withhold_results
from onjip.wiring.assets import gather

if TYPE_CHECKING:
    from tests.api.conftest import Make, Site

pytestmark = [pytest.mark.browser]
CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).parents[2]
FAULTS = (ROOT / "tests" / "e2e" / "pages" / "page_faults.js").read_text("utf-8")
SCREENSHOTS = ROOT / "out" / "screenshots"
STANDS, FALLS = "다시 추첨해도 결과가 같습니다", "확인하지 못한 항목이 있습니다"
COUNT = 300
LONGEST_STILL = """() => {
  let last = performance.now();
  globalThis.longest = 0;
  const frame = (at) => {
    globalThis.longest = Math.max(globalThis.longest, at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness()


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless=new", "--no-sandbox"])
        yield started
        await started.close()


@asynccontextmanager
async def opened(browser: Browser, width: int = 1280, **options: Any) -> AsyncIterator[tuple[Page, list[str]]]:
    context = await browser.new_context(viewport={"width": width, "height": 900}, locale="ko-KR", **options)
    page, faults = await context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    try:
        yield page, faults
    finally:
        await context.close()


async def verdict(page: Page, words: str, name: str = "추첨 확인하기") -> None:
    await page.get_by_role("button", name=name).first.click()
    await expect(page.locator(".draw-said .verdict").first).to_contain_text(words, timeout=60_000)


async def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"draw-{name}.png", full_page=True)


def record(witness: Witness) -> tuple[Record, OwnProof]:
    head = head_of(small_pool=8)
    rows = rows_of(head, COUNT)
    made = drawn(head, rows)
    ticket = rows["ticket"][0].tobytes().hex()
    proof = Levels(rows, withhold_results(head, rows, made.selection)).proof(ticket, opening(ticket))
    return record_of(witness.document(made)), proof


@pytest.mark.parametrize(("lang", "width"), [("ko", 1280), ("ko", 390), ("en", 390)])
async def test_the_saved_file_offline(
    browser: Browser, witness: Witness, tmp_path: Path, lang: str, width: int
) -> None:
    found, proof = record(witness)
    file = tmp_path / "draw.html"
    file.write_text(
        saved_file("en" if lang == "en" else "ko", found, proof, found.head.digest(), trust=witness.trust_pem)
    )
    async with opened(browser, width, offline=True) as (page, faults):
        await page.goto(file.as_uri())
        english = lang == "en"
        words = "Drawn again, the result is the same" if english else STANDS
        await verdict(page, words, "Verify the draw" if english else "추첨 확인하기")
        await expect(page.locator(".draw-said .verdict .sign")).to_have_text("✓")
        assert await page.locator(".draw-said .checks li.error").count() == 0
        assert await page.locator(".draw-said .checks li.ok").count() >= 28
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults == []
        await keep(page, f"file-{lang}-{width}")


async def test_a_saved_file_that_was_tampered_with(browser: Browser, witness: Witness, tmp_path: Path) -> None:
    found, proof = record(witness)
    document = found.transcript.model_dump(mode="json")

    def change(data: bytearray) -> None:
        data[28] ^= 3  # points of the first row

    changed = record_of(with_list(document, change))
    file = tmp_path / "draw.html"
    file.write_text(saved_file("ko", changed, proof, found.head.digest(), trust=witness.trust_pem))
    async with opened(browser, offline=True) as (page, _):
        await page.goto(file.as_uri())
        await verdict(page, FALLS)
        wrong = page.locator(".draw-said .checks li.error")
        await expect(wrong.filter(has_text="심사 목록의 뿌리 해시")).to_have_count(1)
        await keep(page, "file-tampered")


@pytest.mark.long
async def test_three_hundred_thousand_without_the_page_standing_still(
    browser: Browser, witness: Witness, tmp_path: Path
) -> None:
    head = head_of(units=400, types=10, small_pool=20)
    made = drawn(head, rows_of(head, 300_000))
    found = record_of(witness.document(made), made.listing)
    (tmp_path / "list.bin").write_bytes(made.listing)
    (tmp_path / "draw.html").write_text(saved_file("ko", found, None, head.digest(), trust=witness.trust_pem))
    async with opened(browser, offline=True) as (page, faults):
        await page.goto((tmp_path / "draw.html").as_uri())
        await page.get_by_label("명단 파일").set_input_files(tmp_path / "list.bin")
        await page.evaluate(LONGEST_STILL)
        await verdict(page, STANDS)
        assert await page.evaluate("globalThis.longest") < 1000  # milliseconds between two frames
        assert faults == []


@asynccontextmanager
async def served(site: Site, witness: Witness, home: Path) -> AsyncIterator[str]:
    """The real application with its own headers, on a port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    services = replace(site.services, static_dir=gather(home), trust_pem=witness.trust_pem, public_url=address)
    server = uvicorn.Server(uvicorn.Config(create_app(services), log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield address
    finally:
        server.should_exit = True
        await running
        listening.close()


async def test_result_my_draw_and_ceremony_on_the_site(
    site: Site, make: Make, browser: Browser, witness: Witness, tmp_path: Path
) -> None:
    found, _ = record(witness)
    notice = await make.notice(name="과천지식정보타운 S9블록 새봄마을", house_types=HOUSES)
    digest = await site.services.documents.put(found.document(), "application/json")
    await site.add(row_of(notice.id, found.head, state="published", transcript_sha256=digest, digits="204179583",
                          root1=found.body.root1, root1_stamp=found.transcript.envelope.root1_stamp,
                          root2=found.body.root2, root2_stamp=found.transcript.envelope.root2_stamp,
                          revealed={"shares": {"operator": "00", "notary": "11"}},
                          observers=["과천경찰서 김순경"]))  # fmt: skip
    me, results = await site.browser(), found.public.results["result"]
    await filed(site, make, me, notice.id, [found.rows["ticket"][int((results == code).argmax())].tobytes().hex()
                                            for code in (WON, WAITS)])  # fmt: skip
    async with served(site, witness, tmp_path) as address:
        for width in (1280, 390):
            async with opened(browser, width) as (page, faults):
                await page.context.add_cookies(
                    [{"name": "onjip_session", "value": me.http.cookies["onjip_session"], "url": address}]
                )
                for path, name in (("draw", "result"), ("draw/mine", "mine"), ("ceremony", "ceremony")):
                    await page.goto(f"{address}/notices/{notice.id}/{path}")
                    assert await page.evaluate(FAULTS) == [], path
                    if name != "ceremony":
                        await verdict(page, STANDS)
                        assert await page.evaluate(FAULTS) == [], path
                    await keep(page, f"{name}-{width}")
                assert faults == []


HOUSES = [
    {"model_no": f"{n:02}", "name": name, "exclusive_area": "84.97", "price": 500_000_000, "units": {"general": 6}}
    for n, name in enumerate(("59A", "84B"))
]
