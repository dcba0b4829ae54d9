"""The law for everybody: lists, schemas, caching, questions that are answered and forgotten, and bad questions."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from api.desk import Desk
from domain.errors import NotYet
from domain.model import canonical_json
from law.catalogue import rules

if TYPE_CHECKING:
    import httpx

    from tests.api.conftest import Site

HERE = "/api/v1/law"
DAY = "2026-10-01"
PERSON: dict[str, Any] = {
    "supply_kind": "newlywed", "housing_kind": "private", "notice_region": "41290", "exclusive_area": "84.97",
    "birth_date": "1989-04-13", "head": True, "married": True, "marriage_registered_on": "2021-05-07", "members": [],
    "homes": [], "wins": [], "account_opened_on": "2026-09-03", "account_deposit": 12_345_678,
    "addresses": [{"region": "41290", "since": "2020-01-01"}], "income_monthly": 3_456_789,
    "spouse_income_monthly": 0, "units": {"newlywed": 3}, "price": 500_000_000,
}  # fmt: skip
SECRETS = ("1989-04-13", "2021-05-07", "2026-09-03", "12345678", "3456789")


async def ask(site: Site, path: str, body: Any) -> httpx.Response:
    async with site.client() as http:
        return await http.post(f"{HERE}{path}", json=body)


def question(**changed: Any) -> dict[str, Any]:
    return {"rule": "line", "as_of": DAY, "facts": PERSON, **changed}


async def test_rules_are_listed_and_each_has_a_schema_that_its_facts_fit(site: Site) -> None:
    async with site.client() as http:
        book = (await http.get(HERE)).json()
        listed = (await http.get(f"{HERE}/rules")).json()
        assert book["rules"] == len(listed["items"]) == len(rules())
        assert book["sha256"] == listed["rulebook"] == site.services.rulebook.sha256
        assert [one["name"] for one in listed["items"]] == sorted(rules())
        assert all(one["ko"] and one["en"] and one["article"] for one in listed["items"])
        told = (await http.get(f"{HERE}/rules/line")).json()
        assert set(PERSON) <= set(told["facts"]["properties"])
        assert told["facts"]["properties"]["birth_date"]["format"] == "date"
        assert told["facts"]["additionalProperties"] is False
        assert told["value"]["$schema"].endswith("2020-12/schema")
        unknown = await http.get(f"{HERE}/rules/lines")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_rule")
        assert "line" in unknown.json()["en"]
        assert (await http.get(f"{HERE}/rules/line%20or%201")).status_code == 422


async def test_a_parameter_is_shown_as_of_a_day_with_its_citation(site: Site) -> None:
    async with site.client() as http:
        here = f"{HERE}/parameters/brokerage_sale"
        before = (await http.get(here, params={"as_of": "2021-10-18"})).json()
        after = (await http.get(here, params={"as_of": "2021-10-19"})).json()
        assert before["until"] == "2021-10-18"
        assert after["since"] == "2021-10-19"
        assert before["value"] != after["value"]
        assert after["law"]
        assert after["article"]
        assert after["confidence"] in ("H", "M", "L")
        wrong = {
            "2015-12-28": "date_outside_rulebook", "2031-01-01": "date_outside_rulebook", "2026-02-30": "bad_date",
            "tomorrow": "invalid",
        }  # fmt: skip
        for day, code in wrong.items():
            answer = await http.get(here, params={"as_of": day})
            assert (answer.status_code, answer.json()["code"]) == (422, code), day
        nothing = await http.get(f"{HERE}/parameters/nothing", params={"as_of": DAY})
        assert (nothing.status_code, nothing.json()["code"]) == (404, "unknown_family")


@pytest.mark.parametrize("path", ["", "/rules", "/rules/line", f"/parameters/brokerage_sale?as_of={DAY}"])
async def test_what_has_not_changed_is_not_sent_again(site: Site, path: str) -> None:
    async with site.client() as http:
        first = await http.get(f"{HERE}{path}")
        mark = first.headers["etag"]
        assert first.headers["cache-control"].startswith("public, max-age=")
        for held in (mark, f'"other", {mark}', f"W/{mark}", "*"):
            again = await http.get(f"{HERE}{path}", headers={"If-None-Match": held})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark), held
        assert (await http.get(f"{HERE}{path}", headers={"If-None-Match": '"other"'})).status_code == 200
        marks = {(await http.get(f"{HERE}{one}")).headers["etag"] for one in ("", "/rules", "/rules/line")}
        assert len(marks) == 3


async def test_a_question_is_answered_with_reasons_and_binds_nobody(site: Site) -> None:
    answer = await ask(site, "/evaluations", question())
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    told = answer.json()
    assert (told["binding"], told["flips"]) == (False, [])
    decision = told["decision"]
    assert decision["outcome"] == "no"
    assert decision["rulebook"] == site.services.rulebook.sha256
    assert decision["as_of"] == DAY
    assert "special_account.months" in decision["causes"]
    assert all(reason["article"] for reason in decision["reasons"])


async def test_flips_are_given_when_they_are_asked_for_and_turn_the_answer(site: Site) -> None:
    general = {"supply_kind": "general", "units": {"general": 3}, "notice_region": "41290"}
    for facts in ({}, {"account_opened_on": "2015-01-01", "head": False, "supply_kind": "first_home",
                       "units": {"first_home": 1}}, {**general, "account_opened_on": None}):  # fmt: skip
        asked = {**PERSON, **facts}
        told = (await ask(site, "/evaluations", question(facts=asked, flips=True))).json()
        for flip in told["flips"]:
            again = {"as_of": flip["value"]} if flip["fact"] == "as_of" else {}
            changed = {**asked, flip["fact"]: flip["value"]} if not again else asked
            turned = (await ask(site, "/evaluations", question(facts=changed, **again))).json()
            assert turned["decision"]["outcome"] == "yes", flip["fact"]
            assert flip["advised"] != bool(flip["warning_ko"])
            assert flip["advised"] == (flip["fact"] not in {"head", "married", "members", "homes"})
    assert told["decision"]["outcome"] == "no"


async def test_what_lacks_is_named_and_never_guessed(site: Site) -> None:
    facts = {name: value for name, value in PERSON.items() if name not in ("wins", "birth_date")}
    decision = (await ask(site, "/evaluations", question(facts={**facts, "account_opened_on": "2020-01-01"}))).json()
    assert decision["decision"]["outcome"] == "cannot_tell"
    assert {"wins", "birth_date"} <= set(decision["decision"]["missing"])


async def test_what_if_shows_both_answers_and_what_came_out_otherwise(site: Site) -> None:
    answer = await ask(site, "/what-if", question(changes={"account_opened_on": "2020-01-01"}))
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["before"]["outcome"], told["after"]["outcome"], told["turned"]) == ("no", "yes", True)
    assert told["changed"] == ["account_opened_on"]
    assert any(one["code"] == "special_account.months" for one in told["differences"])
    later = (await ask(site, "/what-if", question(changes={"head": True}, then="2027-10-01"))).json()
    assert (later["changed"], later["after"]["as_of"], later["turned"]) == (["as_of"], "2027-10-01", True)


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown rule": ({"rule": "liner"}, 404, "unknown_rule"),
    "a day that is none": ({"as_of": "2026-02-30"}, 422, "bad_date"),
    "a day before the rulebook": ({"as_of": "2015-12-28"}, 422, "date_outside_rulebook"),
    "a day after the rulebook": ({"as_of": "2031-01-01"}, 422, "date_outside_rulebook"),
    "a fact that the rule does not use": ({"facts": {"colour": "red"}}, 422, "unexpected_fact"),
    "a number as text": ({"facts": {"account_deposit": "12345678"}}, 422, "mistyped_fact"),
    "a negative sum": ({"facts": {"account_deposit": -12345678}}, 422, "mistyped_fact"),
    "a sum that nobody has": ({"facts": {"account_deposit": 10**40}}, 422, "mistyped_fact"),
    "a fraction of a won": ({"facts": {"account_deposit": 12345678.5}}, 422, "mistyped_fact"),
    "yes for a number": ({"facts": {"account_deposit": True}}, 422, "mistyped_fact"),
    "a day in words": ({"facts": {"birth_date": "13 April 1989"}}, 422, "mistyped_fact"),
    "married before birth": ({"facts": {**PERSON, "marriage_registered_on": "1988-01-01"}}, 422, "impossible_facts"),
    "not born yet": ({"facts": {**PERSON, "birth_date": "2026-12-01"}}, 422, "impossible_facts"),
    "an account before birth": ({"facts": {**PERSON, "account_opened_on": "1980-01-01"}}, 422, "impossible_facts"),
    "no such region": ({"facts": {"notice_region": "99999"}}, 422, "unknown_region"),
    "a list without end": ({"facts": {"wins": [{}] * 101}}, 422, "invalid"),
    "a deep nest": ({"facts": {"wins": json.loads("[" * 200 + "]" * 200)}}, 422, "invalid"),
    "too many facts": ({"facts": {f"a{n}": n for n in range(201)}}, 422, "invalid"),
    "an unknown key": ({"surprise": 1}, 422, "invalid"),
    "half a character": ({"facts": {"birth_date": "\ud800"}}, 422, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("path", ["/evaluations", "/what-if"])
async def test_a_bad_question_is_told_what_is_wrong_and_no_value_is_repeated(site: Site, what: str, path: str) -> None:
    changed, status, code = BAD[what]
    body = question(**changed) if path == "/evaluations" else question(**{"changes": {"head": False}, **changed})
    before = await site.fingerprint()
    async with site.client() as http:
        sent = json.dumps(body).encode()
        answer = await http.post(f"{HERE}{path}", content=sent, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["ko"]
    for secret in (*SECRETS, "13 April", "1988-01-01", "99999"):
        assert secret not in answer.text
    assert await site.fingerprint() == before


async def test_changes_must_be_possible_too(site: Site) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"marriage_registered_on": "1988-01-01"}, "impossible_facts"), ({"colour": 1}, "unexpected_fact"),
        ({"notice_region": "99999"}, "unknown_region"), ({}, "invalid"),
    ]  # fmt: skip
    for changes, code in wrong:
        answer = await ask(site, "/what-if", question(changes=changes))
        assert (answer.status_code, answer.json()["code"]) == (422, code), changes
    answer = await ask(site, "/what-if", question(changes={"head": False}, then="2031-01-01"))
    assert (answer.status_code, answer.json()["code"]) == (422, "date_outside_rulebook")


async def test_facts_are_found_in_no_table_and_in_no_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    before = await site.fingerprint()
    caplog.set_level("DEBUG")
    with capture_logs() as logs:
        for path, more in (("/evaluations", {"flips": True}), ("/what-if", {"changes": {"head": False}})):
            assert (await ask(site, path, question(**more))).status_code == 200
        assert (await ask(site, "/evaluations", question(facts={**PERSON, "head": "12345678"}))).status_code == 422
    assert await site.fingerprint() == before
    written = f"{logs}{[record.getMessage() for record in caplog.records]}"
    assert not [secret for secret in SECRETS if secret in written]


async def test_equal_questions_have_equal_answers(site: Site) -> None:
    told = [(await ask(site, "/evaluations", question())).json() for _ in range(2)]
    assert canonical_json(told[0]) == canonical_json(told[1])


async def test_too_many_at_once_are_asked_to_come_again() -> None:
    desk, opened = Desk(at_once=1, waiting=1), asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> str:
        asyncio.run_coroutine_threadsafe(opened.wait(), loop).result()
        return "done"

    first, second = [asyncio.create_task(desk.work(wait)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(NotYet) as refused:
        await desk.work(wait)
    assert refused.value.code == "busy"
    opened.set()
    assert list(await asyncio.gather(first, second)) == ["done", "done"]
    assert await desk.work(str, 7) == "7"
