"""A notice may fix a round of the public random source: one that comes out on the day of the announcement."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from activities.voiding import WHY
from api.app import create_app
from api.draw_ceremony import steps
from domain.draws import VoidReason
from domain.time import SEOUL, now, seoul_date
from law import rulebook
from law.drawing.terms import Beacon, Head, Source
from law.drawing.transcript import beacon_value
from store.tables.draws import DrawRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read, send
from test_draw_pages import head_of, row_of
from test_notices import LH, terms
from test_publish_page import CITY, filled

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

SOURCE = Source(name="시험 난수원", public_key="ab" * 48, genesis=1_420_070_400, period=3)
SIGNATURE = "cd" * 48
TODAY = seoul_date(now())


def given(site: Site, **changed: Any) -> Site:
    """The same site, which was given a public random source."""
    return replace(site, app=create_app(replace(site.services, beacon=SOURCE, **changed)))


async def officer(site: Site, organisation: str = LH) -> Browser:
    return await site.browser("오지훈", ("officer", organisation))


def at(days: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(TODAY + timedelta(days=days), time(hour, minute), tzinfo=SEOUL)


def fixing(moment: datetime, **changed: Any) -> dict[str, Any]:
    """The announcement is in five days."""
    beacon = {"source": SOURCE.name, "round": SOURCE.round_at(moment), **changed}
    return terms(beacon=beacon)


async def test_the_round_is_fixed_with_the_notice_and_shown(site: Site) -> None:
    person = await officer(given(site))
    answer = await person.post("/notices", fixing(at(5, 14)))
    assert answer.status_code == 201, answer.text
    (draw,) = await site.rows(DrawRow, notice_id=answer.json()["id"])
    beacon = Head.model_validate(draw.head).custody.beacon
    assert beacon == Beacon(source=SOURCE, round=SOURCE.round_at(at(5, 14)))
    assert beacon.out_at == at(5, 14)
    shown = {one.name: one for one in steps(draw, (), None, ())}
    told = [one.value for one in shown["committed"].said]
    assert f"{at(5, 14):%Y-%m-%d %H:%M:%S}" in told
    assert {SOURCE.name, SOURCE.public_key, str(beacon.round)} <= set(told)
    assert shown["beacon"].state == "todo"


async def test_without_a_wish_no_round_is_fixed(site: Site) -> None:
    person = await officer(given(site))
    answer = await person.post("/notices", terms())
    (draw,) = await site.rows(DrawRow, notice_id=answer.json()["id"])
    assert Head.model_validate(draw.head).custody.beacon is None
    assert "beacon" not in {one.name for one in steps(draw, (), None, ())}


REFUSED = {
    "another source": (fixing(at(5, 14), source="drand"), "notice.beacon_unknown", "beacon.source"),
    "out already": (fixing(now() - timedelta(hours=1)), "notice.beacon_too_early", "beacon.round"),
    "after the day": (fixing(at(6)), "notice.beacon_too_late", "beacon.round"),
    "in another age": (fixing(at(5), round=10**12), "notice.beacon_too_late", "beacon.round"),
    "no round": (fixing(at(5), round=0), "invalid", "beacon.round"),
    "a round as text": (fixing(at(5), round="7"), "invalid", "beacon.round"),
    "more than is asked": (fixing(at(5), value="ab"), "invalid", "beacon"),
}


@pytest.mark.parametrize(("body", "code", "field"), REFUSED.values(), ids=REFUSED)
async def test_a_round_that_will_not_do_is_refused_and_nothing_is_written(
    site: Site, body: dict[str, Any], code: str, field: str
) -> None:
    person = await officer(given(site))
    before = await site.fingerprint()
    answer = await person.post("/notices", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert await site.fingerprint() == before


async def test_under_the_normal_rulebook_the_day_of_the_announcement_counts(site: Site) -> None:
    """Receipt ends days before: a round between the two would be out before anybody announces."""
    person = await officer(given(site, rulebook=rulebook.load("normal")))
    window = {
        "receipt_opens_at": at(12, 9).isoformat(), "receipt_closes_at": at(13, 17).isoformat(),
        "announcement_date": at(20).date().isoformat(),
    }  # fmt: skip
    for moment, status in ((at(15), 422), (at(19, 23, 59), 422), (at(20, 10), 201)):
        answer = await person.post("/notices", {**fixing(moment), **window})
        assert answer.status_code == status, answer.text
        assert status == 201 or answer.json()["code"] == "notice.beacon_too_early"


async def test_a_site_without_a_source_offers_none(site: Site) -> None:
    person = await officer(site)
    answer = await person.post("/notices", fixing(at(5, 14)))
    assert (answer.status_code, answer.json()["code"]) == (422, "notice.beacon_unknown")
    form = next(one for one in read(await get(person, "/notices/new")).forms if one.action == "/notices")
    assert "beacon_at" not in form.fields


async def test_the_form_takes_a_time_and_finds_the_round(site: Site) -> None:
    person = await officer(given(site), CITY)
    form = await filled(person)
    announced = str(form["announcement_date"])
    assert form["beacon_at"] == f"{announced}T14:00"
    reply = await send(person, "/notices", {**form, "beacon": "yes"})
    assert reply.status_code == 303, read(reply).text
    (draw,) = await site.rows(DrawRow, notice_id=f"applyhome-{form['number']}")
    beacon = Head.model_validate(draw.head).custody.beacon
    assert beacon is not None
    assert f"{beacon.out_at.astimezone(SEOUL):%Y-%m-%dT%H:%M}" == form["beacon_at"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2020-01-01T10:00", "발표일 중의 시각"), ("오후 두 시", ""), ("", "")],
    ids=["past", "words", "nothing"],
)
async def test_a_time_that_will_not_do_is_marked_at_its_field(site: Site, typed: str, said: str) -> None:
    person = await officer(given(site), CITY)
    form = await filled(person)
    before = await site.fingerprint()
    reply = await send(person, "/notices", {**form, "beacon": "yes", "beacon_at": typed})
    assert reply.status_code == 422
    page = read(reply)
    assert "#beacon_at" in page.links
    assert said in page.text
    assert await site.fingerprint() == before


async def test_a_box_that_is_not_ticked_fixes_nothing(site: Site) -> None:
    person = await officer(given(site), CITY)
    form = await filled(person)
    assert (await send(person, "/notices", form)).status_code == 303
    (draw,) = await site.rows(DrawRow, notice_id=f"applyhome-{form['number']}")
    assert Head.model_validate(draw.head).custody.beacon is None


def with_round() -> Head:
    head = head_of()
    custody = head.custody.model_copy(update={"beacon": Beacon(source=SOURCE, round=7)})
    return head.model_copy(update={"custody": custody})


def test_the_ceremony_waits_for_the_value_and_shows_it() -> None:
    draw = row_of("lh-1", with_round(), state="revealed", root2="2" * 64, digits="204179583")
    states = []
    for opened in ({}, {"digits_stamp": "AA=="}, {"digits_stamp": "AA==", "beacon": SIGNATURE}):
        draw.revealed = {"nonce": "0" * 64, "shares": {}, **opened}
        shown = {one.name: one for one in steps(draw, (), None, ())}
        states.append((shown["digits"].state, shown["beacon"].state, shown["selected"].state))
    assert states == [("done", "todo", "todo"), ("done", "now", "todo"), ("done", "done", "now")]
    assert [one.value for one in shown["beacon"].said] == [beacon_value(SIGNATURE)]
    assert shown["beacon"].at == Beacon(source=SOURCE, round=7).out_at


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_a_draw_that_is_void_because_the_round_has_passed_says_so(site: Site, make: Make, lang: str) -> None:
    notice, ended = await make.notice(), {"reason": "beacon_passed", "at": now().isoformat()}
    await site.add(
        row_of(
            notice.id, with_round(), state="void", root1="1" * 64, root2="2" * 64, ended=ended, revealed={"shares": {}}
        )
    )
    why = WHY[VoidReason.BEACON_PASSED][lang == "en"]
    me = await site.browser()
    for path in ("draw", "ceremony"):
        page = await get(me, f"/notices/{notice.id}/{path}", lang)
        assert why in read(page, lang).text
