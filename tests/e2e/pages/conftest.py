"""The whole stack in a home of its own, its people, and a real browser for each of them: one of each per test run."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect
from rich.console import Console

from domain.time import now, seoul_date
from onjip import telemetry
from onjip.demo.acts import publish
from onjip.demo.case_b import Resale
from onjip.demo.journey import Progress
from onjip.demo.notices import lh_notice
from onjip.demo.people import Person, World
from onjip.demo.play import the_world
from onjip.settings import Settings
from onjip.stack.secrets import ensure_home
from onjip.stack.stack import Stack, running
from onjip.up import whole_stack

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
SCREENSHOTS = Path(__file__).parents[3] / "out" / "screenshots"
WITHIN_MS = 20_000  # how long a page may take to show what the procedure does in the background
ELSEWHERE = ("haeun", "citysora")  # registrar and city officer work at their own agencies' sites only

# Run in the page, it answers a list of what is wrong with it.
FAULTS = (Path(__file__).parent / "page_faults.js").read_text("utf-8")


@dataclass
class Desk:
    """One person at one browser. Each page is looked over as it is opened; nothing may be loaded from elsewhere."""

    world: World
    login: str
    page: Page
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.world.site}{path}")
        await self.look()

    async def log_in(self, path: str = "/my") -> None:
        """Through the identity provider, with the own PIN."""
        await self.page.goto(f"{self.world.site}/login?next={path}")
        await self.identify("인증 (Log in)")
        await self.page.wait_for_url(f"{self.world.site}{path}**")
        await self.look()

    async def identify(self, button: str) -> None:
        """At an agency's own site: log-in name and PIN."""
        await self.page.get_by_label("아이디").fill(self.login)
        await self.page.get_by_label("인증번호").fill(self.world.pins[self.login])
        await self.page.get_by_role("button", name=button).click()

    async def press(self, name: str) -> None:
        """A button, or a link that looks like one, by what it says."""
        main = self.page.locator("main")
        await main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()

    async def sees(self, text: str) -> None:
        await expect(self.page.locator("main").get_by_text(text).first).to_be_visible(timeout=WITHIN_MS)

    async def reload_until(self, text: str) -> None:
        """Without JavaScript people press reload."""
        for _ in range(80):
            if await self.page.locator("main").get_by_text(text).count():
                break
            await asyncio.sleep(0.25)
            await self.page.reload()
        await self.sees(text)

    async def sign_at_the_service(self) -> None:
        """At the signing service's own site, reached by the link on our page."""
        await self.page.wait_for_url(f"{self.world.agencies['signing']}/**")
        if await self.page.get_by_label("아이디").count():
            await self.identify("로그인")
        await self.page.get_by_role("checkbox").first.check()
        await self.page.get_by_label("인증번호").fill(self.world.pins[self.login])
        await self.page.get_by_role("button", name="선택한 문서에 서명").click()
        await expect(self.page.get_by_text("서명할 문서가 없습니다")).to_be_visible()

    async def look(self) -> None:
        assert await self.page.evaluate(FAULTS) == []
        assert self.faults == []

    async def keep_screenshot(self, name: str, *, ours: bool = True) -> None:
        if ours:
            await self.look()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.keyboard.press("Control+Home")  # the header stays at the top of what is seen
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@dataclass
class Office:
    """Where desks come from."""

    world: World
    browser: Browser

    @asynccontextmanager
    async def desk(self, login: str, *, javascript: bool = False, width: int = 1280) -> AsyncIterator[Desk]:
        context: BrowserContext = await self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="ko-KR", java_script_enabled=javascript
        )
        context.set_default_timeout(WITHIN_MS)
        desk = Desk(self.world, login, await context.new_page())
        known = (self.world.site, *self.world.agencies.values(), "data:")
        desk.page.on("request", lambda sent: None if sent.url.startswith(known) else desk.faults.append(sent.url))
        desk.page.on("console", lambda said: desk.faults.append(said.text) if _is_fault(said) else None)
        try:
            yield desk
        finally:
            await context.close()


def _is_fault(said: ConsoleMessage) -> bool:
    """A refused form is answered with 422 or 409, which the browser mentions."""
    return said.type == "error" and "with a status of 4" not in said.text


@pytest_asyncio.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="onjip-pages-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        ensure_home(home)
        with (home / "logs" / "stack.log").open("a") as log:
            telemetry.configure("e2e", log)
            async with running(whole_stack(Settings(home=home, rulebook="demo"))) as started:
                yield started


@pytest_asyncio.fixture(scope="session")
async def world(stack: Stack) -> World:
    return the_world(stack.home, stack.record.urls["site"])


@pytest_asyncio.fixture(scope="session")
async def people(world: World) -> AsyncIterator[dict[str, Person]]:
    """Everybody, logged in as a client of the API: they move on what the person at the browser waits for."""
    everybody = {login: Person(world, login) for login in world.pins}
    await asyncio.gather(*(one.enter() for login, one in everybody.items() if login not in ELSEWHERE))
    yield everybody
    await asyncio.gather(*(one.close() for one in everybody.values()))


@pytest_asyncio.fixture(scope="session")
async def lh_notice_id(people: dict[str, Person]) -> str:
    """A notice of LH, published first of all: its receipt window is over when its draw is walked."""
    return await publish(people["jihun"], lh_notice("0000077001", seoul_date(now())))


@pytest_asyncio.fixture(scope="session")
async def office(world: World, lh_notice_id: str) -> AsyncIterator[Office]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield Office(world, browser)
        await browser.close()


@pytest_asyncio.fixture(scope="session")
async def resale(people: dict[str, Person]) -> Resale:
    """Case B, as far as the walks have brought it."""
    return Resale(
        Progress(Console(file=io.StringIO())), broker=people["daon"], other_broker=people["garam"],
        seller=people["minjun"], buyer=people["seoa"], scrivener=people["doyun"], registrar=people["haeun"],
    )  # fmt: skip
