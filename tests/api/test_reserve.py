"""The first round of a wait-list at the door: joined with the warning read, by whom it may be, and never half."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import head_of
from page_reader import get, read, send
from test_draw_pages import row_of

from domain.time import now, seoul_date
from store.tables.cases import CaseEventRow
from store.tables.draws import AwardRow, DrawEntryRow
from store.tables.reserve import ReserveJoinRow, ReserveRow
from store.tasks import todo

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

LH = "한국토지주택공사"


@dataclass
class Play:
    site: Site
    notice_id: str
    officer: Browser
    operator: Browser
    haneul: Browser
    mine: AwardRow
    outsider: AwardRow
    free: AwardRow

    async def open(self, **changed: Any) -> ReserveRow:
        home = {"award_id": str(self.free.id), "model_no": "01", "special": False, "unit": "101-301", "lowest": False}
        row = ReserveRow(
            notice_id=self.notice_id, opened_by=self.officer.id, until=now() + timedelta(days=3), homes=[home],
            observers=[],
        )  # fmt: skip
        for name, value in changed.items():
            setattr(row, name, value)
        await self.site.add(row)
        return row

    async def tasks(self, who: Browser) -> set[str]:
        async with self.site.db.transaction() as session:
            return {one.code for one in await todo(session, who.id)}

    async def joins(self) -> dict[UUID, bool]:
        return {row.award_id: row.joins for row in await self.site.rows(ReserveJoinRow, notice_id=self.notice_id)}


@pytest_asyncio.fixture
async def play(site: Site, make: Make) -> Play:
    """Published: one home free, one of ours and one other on the wait-list."""
    notice = await make.notice()
    officer, operator = await site.browser("오지훈", ("officer", LH)), await site.browser("하린", ("operator", "REB"))
    haneul = await site.browser("김하늘")
    case_id = UUID(await make.case(haneul))
    selected = now() - timedelta(hours=1)
    await site.add(row_of(notice.id, head_of(), state="published", selected_at=selected, body_sha256="0" * 64))

    def award(**values: Any) -> AwardRow:
        return AwardRow(
            notice_id=notice.id, ticket=uuid4().hex, model_no="01", supply_kind="general", option_codes=[], **values
        )

    mine = award(state="waiting", wait_list_no=1, person_id=haneul.id, case_id=case_id)
    outsider, free = award(state="waiting", wait_list_no=2), award(state="lapsed", unit="101-301")
    await site.add(mine, outsider, free)
    for one in (mine, outsider):
        await site.add(
            DrawEntryRow(
                notice_id=notice.id, ticket=one.ticket, holder=uuid4().hex, household=uuid4().hex, model_no="01",
                supply_kind="general", facts={}, received_at=selected, result="wait_listed",
            )
        )  # fmt: skip
    return Play(site, notice.id, officer, operator, haneul, mine, outsider, free)


async def test_joining_needs_the_warning_and_may_be_taken_back(play: Play) -> None:
    path = f"/awards/{play.mine.id}/reserve"
    closed = await play.haneul.post(path, {"joins": True, "warned": True})
    assert (closed.status_code, closed.json()["code"]) == (409, "round_not_open")
    await play.open()
    assert "reserve_join" in await play.tasks(play.haneul)
    before = await play.site.fingerprint()
    unread = await play.haneul.post(path, {"joins": True})
    assert (unread.status_code, unread.json()["code"]) == (422, "warning_not_confirmed")
    assert "제2조제7호바목" in unread.json()["article"]
    stranger = await play.site.browser("박지호")
    assert (await stranger.post(path, {"joins": True, "warned": True})).status_code == 404
    assert await play.site.fingerprint() | _logins(before) == before | _logins(before)

    key = uuid4().hex
    for _ in range(2):
        assert (await play.haneul.post(path, {"joins": True, "warned": True}, key=key)).json()["state"] == "joined"
    assert await play.joins() == {play.mine.id: True}
    assert "reserve_join" not in await play.tasks(play.haneul)
    assert (await play.haneul.post(path, {"joins": False})).json()["state"] == "taken_back"
    assert await play.joins() == {play.mine.id: False}
    lines = await play.site.rows(CaseEventRow, case_id=play.mine.case_id)
    assert [line.key for line in lines if line.key.startswith("reserve_said")] == [
        f"reserve_said:{play.mine.id}:1", f"reserve_said:{play.mine.id}:2"
    ]  # fmt: skip


def _logins(digests: dict[str, str]) -> dict[str, str]:
    """Another person has logged in meanwhile."""
    return {name: digests[name] for name in ("person", "session", "sealed")}


async def test_after_the_deadline_nobody_joins_and_nobody_leaves(play: Play) -> None:
    await play.open(until=now() - timedelta(seconds=1))
    for joins in (True, False):
        late = await play.haneul.post(f"/awards/{play.mine.id}/reserve", {"joins": joins, "warned": True})
        assert (late.status_code, late.json()["code"]) == (409, "round_over")
    assert "reserve_join" not in await play.tasks(play.haneul)
    assert await play.joins() == {}


async def test_the_officer_enters_only_those_who_are_not_here(play: Play) -> None:
    await play.open()
    path = f"/notices/{play.notice_id}/reserve/tickets"
    both = {"tickets": [play.outsider.ticket, play.mine.ticket], "joins": True}
    refused = await play.officer.post(path, both)
    assert (refused.status_code, refused.json()["code"]) == (409, "answers_here")
    assert await play.joins() == {}
    assert (await play.haneul.post(path, {"tickets": [play.outsider.ticket], "joins": True})).status_code == 403
    entered = await play.officer.post(path, {"tickets": [play.outsider.ticket], "joins": True})
    assert entered.json()["state"] == "entered"
    (row,) = await play.site.rows(ReserveJoinRow, award_id=play.outsider.id)
    assert (row.joins, row.entered_by) == (True, play.officer.id)


async def test_a_contract_made_elsewhere_is_recorded_once(play: Play) -> None:
    winner = AwardRow(
        notice_id=play.notice_id, ticket=uuid4().hex, model_no="01", supply_kind="general", unit="101-302",
        option_codes=[],
    )  # fmt: skip
    await play.site.add(winner)
    today = seoul_date(now())
    path = f"/awards/{winner.id}/contracted"
    future = await play.officer.post(path, {"on": (today + timedelta(days=1)).isoformat()})
    assert (future.status_code, future.json()["code"]) == (422, "bad_contract_day")
    assert (await play.officer.post(path, {"on": today.isoformat()})).json()["state"] == "contracted"
    (row,) = await play.site.rows(AwardRow, id=winner.id)
    assert (row.state, row.contracted_on) == ("contracted", today)


async def test_the_round_is_public(play: Play) -> None:
    async with play.site.client() as visitor:
        path = f"/api/v1/notices/{play.notice_id}/reserve"
        assert (await visitor.get(path)).json()["state"] == "none"
        await play.open(until=now() + timedelta(days=3))
        found = (await visitor.get(path)).json()
        assert (found["state"], found["waiting"], found["joined"]) == ("open", 2, None)
        assert found["homes"] == [{"model_no": "01", "special": False, "unit": "101-301"}]
        assert str(play.haneul.id) not in (await visitor.get(path)).text
        assert (await visitor.get("/api/v1/notices/lh-none/reserve")).status_code == 404


async def test_pages_say_what_joining_means_and_show_each_persons_part(play: Play) -> None:
    own, public = f"/awards/{play.mine.id}", f"/notices/{play.notice_id}/reserve"
    assert "앞으로의 순서" in read(await get(play.haneul, own)).text
    desk = read(await get(play.officer, public))
    assert "최초 선정 절차 열기" in desk.text
    assert "101-301" in desk.text
    await play.open()
    page = read(await get(play.haneul, own))
    assert "계약하지 않아도 당첨자가 됩니다" in page.text
    form: dict[str, object] = {"csrf": play.haneul.csrf, "key": uuid4().hex, "joins": "yes"}
    unread = await send(play.haneul, f"{own}/reserve", form)
    assert unread.status_code == 422
    assert "#warned" in read(unread).links
    done = await send(play.haneul, f"{own}/reserve", {**form, "key": uuid4().hex, "warned": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, f"{own}?said=round_joined")
    assert "참가를 거두기" in read(await get(play.haneul, own)).text
    assert "지금까지 참가: 1명" in " ".join(read(await get(play.officer, public)).text.split())
    for lang in ("ko", "en"):
        read(await get(play.haneul, public, lang), lang)
        read(await get(play.operator, public, lang), lang)


async def test_the_ceremony_of_the_round_waits_for_both_who_type(play: Play) -> None:
    listed = {"until": now().isoformat(), "homes": [], "joined": []}
    await play.open(state="fixed", listed=listed, list_stamp="c3RhbXA=")
    path = f"/notices/{play.notice_id}/reserve"
    for who in (play.officer, play.operator):
        assert "reserve_digits" in await play.tasks(who)
        assert any(form.action == f"{path}/digits" for form in read(await get(who, path)).forms)
    assert "reserve_digits" not in await play.tasks(play.haneul)
    assert (await play.haneul.post(f"{path}/digits", {"digits": "123456789"})).status_code == 403
