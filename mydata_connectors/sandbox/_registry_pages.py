"""The registry's own site for owners (등기필정보) and for officers of suppliers (소유권보존)."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from html import escape
from typing import Any

from mydata_connectors.sandbox import _ledger, _pages, _titles
from mydata_connectors.sandbox._agency import Refused, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._peers import ask, is_number
from mydata_connectors.sandbox._report_rules import seoul_day


def home(visit: Visit, db: sqlite3.Connection) -> View:
    links = ['<li><a href="/people/rights">내 등기필정보 (My right identification numbers)</a></li>']
    if visit.person.has_role("registrar"):
        links.insert(0, '<li><a href="/people/registrar">접수 사건 (Applications received)</a></li>')
    html = f"<ul>{''.join(links)}</ul>"
    if visit.person.has_role("officer"):
        number = _pages.field("notice_no", "입주자모집공고 번호 (Notice number)")
        html += "<h2>소유권보존등기 신청</h2>" + _pages.form("/people/preservations", number, "보존등기 신청")
        html += '<p class="note">사용검사를 받은 건물의 모든 호를 건축물대장에 따라 등기합니다. (등기법 제65조)</p>'
    return View("등기소", html, {"login": visit.person.login})


def rights(visit: Visit, db: sqlite3.Connection) -> View:
    """Serial and passwords; whoever holds them can give the right away, so only the holder sees them."""
    items = _titles.numbers_of(db, visit.person)
    html = "".join(_sheet(item) for item in items) or "<p>등기필정보가 없습니다. (None.)</p>"
    return View("등기필정보", html, {"items": items})


def _sheet(item: dict[str, Any]) -> str:
    cells = "".join(
        f"<li>{escape(number)}: <code>{escape(word)}</code></li>" for number, word in item["passwords"].items()
    )
    return (
        f"<h2>{escape(item['unique_no'])}</h2><p>일련번호 (Serial): <code>{escape(item['serial'])}</code></p>"
        "<details><summary>비밀번호 50개 보기 (Show the passwords)</summary>"
        f'<ul style="columns:5">{cells}</ul></details>'
    )


def approval_of(ctx: AgencyContext) -> Callable[[Visit], Awaitable[dict[str, Any]]]:
    """The use approval that the building ledger holds for the notice in the form."""

    async def prepare(visit: Visit) -> dict[str, Any]:
        number = visit.form.get("notice_no", "").strip()
        found = await ask(ctx, "houses", f"/approvals/{number}") if is_number(number) else None
        if found is None:
            raise Refused("no_use_approval", "사용검사를 받은 건축물대장이 없습니다. (No use approval.)")
        return found

    return prepare


def preserve(visit: Visit, db: sqlite3.Connection) -> View:
    """The supplier registers the new building before anything in it can be transferred (등기법 §23②)."""
    organisation = next(entry.organisation for entry in visit.person.roles if entry.role == "officer")
    today = seoul_day(datetime.now(UTC)).isoformat()
    approval = visit.prepared
    numbers = _titles.preserve(db, approval, organisation, today)
    digest = _titles.view(db, numbers[0]) or {}
    _ledger.act(
        db, kind="preservation", reference=str(approval["notice"]), number=f"{numbers[0]}~{numbers[-1]}",
        body_sha256=digest["sha256"],
    )  # fmt: skip
    units = [
        {"unique_no": number, "dong": unit["dong"], "ho": unit["ho"]}
        for number, unit in zip(numbers, approval["units"], strict=True)
    ]
    return View("소유권보존", "", {"items": units}, go="/people/rights")
