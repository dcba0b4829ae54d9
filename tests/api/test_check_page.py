"""The preview without an account: what is typed is judged, marked, told in words, and kept nowhere."""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from api.pages.stated_form import read_household
from api.previews import MOST_LINES, MOST_NOTICES, MOST_SEARCHES, Work, lines_of, stated
from api.stated_faults import faults
from domain.time import now, seoul_date
from domain.words import SupplyKind

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import PAGE, read

if TYPE_CHECKING:
    import httpx

    from api.stated import Household
    from tests.api.conftest import Make, Site

TYPED = {
    "birth_date": "1989-04-13", "region": "41290", "region_since": "2020-01-07", "head": "yes", "married": "yes",
    "marriage_registered_on": "2021-05-07", "spouse_birth_date": "1990-01-09", "children": "2023-02-03",
    "parents": "0", "homes": "never", "won_before": "no", "account_opened_on": "2015-01-11", "account_payments": "120",
    "spouse_account_opened_on": "2016-02-13", "account_amount": "12,345,678", "account_deposit": "12,345,678",
    "income_monthly": "3,456,789", "spouse_income_monthly": "2,345,671", "property_value": "0", "car_value": "0",
    "tax_years": "6", "working": "yes",
}  # fmt: skip
SECRETS = ("1989-04-13", "2021-05-07", "1990-01-09", "2015-01-11", "12345678", "12,345,678", "3456789", "3,456,789")
EACH = dict.fromkeys(("general", "newlywed", "first_home", "multi_child"), 3)


def house(**changed: Any) -> dict[str, Any]:
    first = {"model_no": "01", "name": "84A", "exclusive_area": "84.97", "price": 500_000_000, "units": EACH}
    return {**first, **changed}


async def post(site: Site, notice: str | list[str], lang: str = "ko", **typed: str) -> httpx.Response:
    async with site.client() as http:
        cookie = {"Cookie": f"onjip_language={lang}"}
        return await http.post("/check", data={"notice_ids": notice, **TYPED, **typed}, headers={**PAGE, **cookie})


def household_of(**typed: str) -> Household:
    return read_household(typed)


def outcomes(html: str) -> list[str]:
    """Of the table: one for each cell, in its order; a legend and the reasons apart."""
    table = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'class="outcome (yes|no|cannot_tell)"', table)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_typed_facts_are_judged_and_marked_as_not_from_registers(site: Site, make: Make, lang: str) -> None:
    notice = await make.notice(house_types=[house()], housing_kind="private", supplier_public=False)
    reply = await post(site, notice.id, lang)
    assert reply.status_code == 200
    page = read(reply, lang)
    assert outcomes(reply.text) == ["yes", "yes", "yes", "no"]
    assert {"ko": "등록부로 확인한 판정이 아닙니다.", "en": "Not from registers."}[lang] in page.text
    assert {"ko": "1순위", "en": "rank 1"}[lang] in page.text
    assert f"/notices/{notice.id}" in page.links


async def test_nothing_is_kept_no_row_no_cookie_no_log_and_no_address_with_facts(
    site: Site, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    notice = await make.notice(house_types=[house()])
    before = await site.fingerprint()
    caplog.set_level("DEBUG")
    with capture_logs() as logs:
        replies = [
            await post(site, notice.id, account_opened_on="2026-09-03"),
            await post(site, notice.id, if_account_payments="3"),
            await post(site, notice.id, birth_date="1989-13-13"),
            await post(site, notice.id, why=f"{notice.id}|01|general"),
        ]
    for reply in replies:
        assert reply.headers["cache-control"] == "no-store"
        assert "set-cookie" not in reply.headers
        assert str(reply.url).endswith("/check")
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', reply.text):
            assert not [secret for secret in SECRETS if secret in address]
    assert await site.fingerprint() == before
    written = f"{logs}{[record.getMessage() for record in caplog.records]}"
    assert not [secret for secret in (*SECRETS, "2026-09-03", "1989-13-13") if secret in written]


async def test_who_is_logged_in_may_ask_too_but_not_another_page_for_them(site: Site, make: Make) -> None:
    notice, person = await make.notice(), await site.browser()
    form = {"csrf": person.csrf, "notice_ids": notice.id, **TYPED}
    assert (await person.http.post("/check", data=form, headers=PAGE)).status_code == 200
    refused = await person.http.post("/check", data={**form, "csrf": "wrong"}, headers=PAGE)
    assert refused.status_code == 403


async def test_what_is_left_empty_is_asked_for_in_words(site: Site, make: Make) -> None:
    notice = await make.notice(house_types=[house()], housing_kind="private", supplier_public=False)
    reply = await post(site, notice.id, **dict.fromkeys(TYPED, ""), why=f"{notice.id}|01|general")
    page = read(reply)
    assert set(outcomes(reply.text)) == {"cannot_tell"}
    assert "생년월일" in page.text
    assert "세대의 주택 소유 이력" in page.text
    for name in ("birth_date", "account_opened_on", "homes_unseen"):
        assert name not in page.text


async def test_a_deciding_reason_stands_first_and_a_flip_beside_it(site: Site, make: Make) -> None:
    notice = await make.notice(house_types=[house()], housing_kind="private", supplier_public=False)
    reply = await post(site, notice.id, account_opened_on="2026-09-03", why=f"{notice.id}|01|first_home")
    page = read(reply)
    assert "무엇이 달라지면 신청할 수 있나요?" in page.text
    assert "이상이 된 뒤의 모집공고부터 충족합니다" in page.text
    closer = reply.text.partition('id="closer"')[2].partition("</section>")[0]
    decided, _, rest = closer.partition("확인한 나머지 기준")
    assert "통장 가입기간" in decided
    assert decided.count("<li class=") == 1
    assert "직접 적음" in rest
    assert "모집공고" in rest
    assert rest.count("<li class=") > 20
    assert "2015-12-29" not in closer  # days are written out


async def test_what_may_not_be_advised_is_shown_with_the_warning(site: Site, make: Make) -> None:
    notice = await make.notice(house_types=[house()], housing_kind="private", supplier_public=False)
    text = read(await post(site, notice.id, head="no")).text
    assert "세대주 여부: 지금은 아니오, 충족하는 경우는 예입니다." in text
    assert "주택법 제65조" in text


@pytest.mark.parametrize(
    ("homes", "public", "private"),
    [
        ("never", ["yes", "yes", "yes", "no"], ["yes", "yes", "yes", "no"]),
        ("none", ["yes", "yes", "cannot_tell", "no"], ["yes", "yes", "cannot_tell", "no"]),
        ("one", ["no", "no", "no", "no"], ["yes", "no", "no", "no"]),
        ("more", ["no", "no", "no", "no"], ["yes", "no", "no", "no"]),
    ],
)
async def test_homes_of_the_household(
    site: Site, make: Make, homes: str, public: list[str], private: list[str]
) -> None:
    """Of a home that is gone only the day is asked; without it the time without a home is not known."""
    for kind, expected in (("public", public), ("private", private)):
        notice = await make.notice(house_types=[house()], housing_kind=kind, supplier_public=kind == "public")
        assert outcomes((await post(site, notice.id, homes=homes)).text) == expected, kind


async def test_points_count_from_the_day_the_last_home_was_given_up(site: Site, make: Make) -> None:
    notice = await make.notice(house_types=[house()], housing_kind="private", supplier_public=False)
    scored = {}
    for name, typed in {
        "never": {}, "since 2024": {"homes": "none", "disposed_on": "2024-01-01"}, "some day": {"homes": "none"},
    }.items():  # fmt: skip
        found = re.search(r'class="points">(\d+)', (await post(site, notice.id, **typed)).text)
        scored[name] = int(found[1]) if found else None
    assert scored["never"] is not None
    assert scored["since 2024"] is not None
    assert scored["never"] > scored["since 2024"]
    assert scored["some day"] is None


async def test_a_home_given_up_after_the_notice_was_held_on_its_day(site: Site, make: Make) -> None:
    today = seoul_date(now())
    notice = await make.notice(house_types=[house()], notice_date=today - timedelta(days=20))
    reply = await post(site, notice.id, homes="none", disposed_on=(today - timedelta(days=3)).isoformat())
    assert outcomes(reply.text)[0] == "no"


async def test_a_child_counts_from_the_day_it_was_on_its_way() -> None:
    household = household_of(children="2026-06-01", parents="0")
    assert [one.unborn for one in household.facts(date(2026, 10, 1))["members"]] == [False]
    assert [one.unborn for one in household.facts(date(2026, 1, 1))["members"]] == [True]
    assert household.facts(date(2025, 1, 1))["members"] == ()


async def test_what_if_stands_beside_what_is(site: Site, make: Make) -> None:
    notice = await make.notice(house_types=[house()], housing_kind="private", supplier_public=False)
    reply = await post(site, notice.id, account_opened_on="2026-09-03", if_account_opened_on="2015-01-11")
    read(reply)
    assert outcomes(reply.text) == ["yes", "yes", "no", "yes", "no", "yes", "no", "no"]
    assert reply.text.count('class="beside changed"') == 3  # points of the general line, and two kinds
    assert 'value="2015-01-11"' in reply.text


IMPOSSIBLE = [
    ("marriage_registered_on", {"marriage_registered_on": "1980-01-01"}),
    ("marriage_registered_on", {"married": "no"}),
    ("children", {"children": "1970-01-01"}), ("parents", {"parents": "2001-01-01"}),
    ("account_opened_on", {"account_opened_on": "1980-01-01"}), ("region_since", {"region_since": "1980-01-01"}),
    ("disposed_on", {"disposed_on": "2020-01-01"}), ("disposed_on", {"homes": "none", "disposed_on": "1970-01-01"}),
    ("birth_date", {"birth_date": "2100-01-01"}), ("region", {"region": "99999"}),
    ("income_monthly", {"income_monthly": "-1"}),
    ("account_amount", {"account_amount": "1,000,000,000,001"}), ("tax_years", {"tax_years": "99999999999999"}),
    ("if_account_opened_on", {"if_account_opened_on": "1980-01-01"}), ("if_children", {"if_children": "1970-01-01"}),
    ("notice_ids", {"notice_ids": "lh-nowhere"}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "typed"), IMPOSSIBLE)
async def test_what_cannot_be_is_refused_at_its_field_with_a_sentence(
    site: Site, make: Make, field: str, typed: dict[str, str]
) -> None:
    notice = await make.notice(house_types=[house()])
    async with site.client() as http:
        reply = await http.post("/check", data={"notice_ids": notice.id, **TYPED, **typed}, headers=PAGE)
    assert reply.status_code == 422
    read(reply)
    listed = reply.text.partition('id="refusal"')[2].partition("</ul>")[0]
    assert f'href="#{field}"' in listed
    assert re.search("니다|십시오", listed)
    assert not re.search(r"[a-z]+_[a-z]+", re.sub(r"<[^>]*>", "", listed))  # no names of ours
    assert 'value="2016-02-13"' in reply.text  # nothing has to be typed twice
    assert outcomes(reply.text) == []


def test_nothing_is_found_wrong_with_what_can_be(site: Site) -> None:
    book, today = site.services.rulebook, seoul_date(now())
    for household in (
        household_of(), household_of(children=(today + timedelta(days=200)).isoformat(), parents="0"),
        household_of(birth_date="1989-04-13", homes="none", disposed_on="2020-01-01", region="11110"),
    ):  # fmt: skip
        assert faults(household, today, book) == []


@pytest.mark.parametrize("day", [date(2015, 12, 28), date(2031, 1, 1), date(1999, 1, 1)])
async def test_a_notice_outside_the_rulebook_is_told_so_and_the_others_are_judged(
    site: Site, make: Make, day: date
) -> None:
    old, new = await make.notice(notice_date=day, house_types=[house()]), await make.notice(house_types=[house()])
    reply = await post(site, [old.id, new.id])
    text = read(reply).text
    assert text.count("법령 자료의 기간 밖") == len(EACH)
    assert reply.text.count('class="outcome yes"') > 1


async def test_a_notice_that_closed_meanwhile_is_left_out_and_the_others_are_judged(site: Site, make: Make) -> None:
    soon = now() + timedelta(minutes=30)
    notice = await make.notice(house_types=[house()], receipt_closes_at=soon)
    reply = await post(site, [notice.id, "lh-nowhere"])
    assert reply.status_code == 200
    assert outcomes(reply.text)
    assert "그 사이 접수가 끝난 공고 1건은 뺐습니다" in read(reply).text


async def test_the_work_of_one_answer_is_bounded(site: Site, make: Make) -> None:
    today = await make.notice(
        house_types=[
            house(model_no=f"{n:02d}", name=f"{n}A", units={kind: 1 for kind in SupplyKind}) for n in range(30)
        ]
    )
    nobody = stated(household_of(birth_date="2010-01-01", homes="more", head="no", children="0", parents="0"))
    work = Work(site.services.rulebook)
    made = [work.judge(asked) for asked in lines_of(today, nobody)]
    assert len(made) == 30 * len(SupplyKind)
    assert [one.unjudged for one in made].count("") == MOST_LINES
    assert made[-1].unjudged == "too_many"
    assert MOST_SEARCHES - work.searches <= 2 * len(SupplyKind)  # neighbours share what was found
    many = [(await make.notice()).id for _ in range(MOST_NOTICES + 1)]
    refused = await post(site, many)
    assert refused.status_code == 422
    assert f"한 번에 {MOST_NOTICES}건까지" in read(refused).text


async def test_one_broken_line_hides_no_other(site: Site, make: Make) -> None:
    notice = await make.notice(house_types=[house()])

    def broken(on: date) -> Any:
        raise ZeroDivisionError("1989-04-13")

    with capture_logs() as logs:
        made = Work(site.services.rulebook).judge(next(iter(lines_of(notice, broken))))
    assert (made.body, made.unjudged) == (None, "rule_failed")
    assert logs[0]["event"] == "rule_failed"
    assert "1989" not in str(logs)
