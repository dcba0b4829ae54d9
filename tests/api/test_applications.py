"""One combined application: what 주택공급에 관한 규칙 제4조 forbids is refused before anything is written."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from domain.time import now
from store.tables.applications import ApplicationLineRow
from store.tables.cases import CaseEventRow
from store.tables.exchange import OutboxRow
from store.tables.notices import NoticeRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site


def line(notice: Any, kind: str = "general", model: str = "01") -> dict[str, str]:
    return {"notice_id": notice.id, "model_no": model, "supply_kind": kind}


async def refused(site: Site, person: Browser, case_id: str, *lines: Any) -> dict[str, Any]:
    """The problem of an application that must change nothing."""
    before = await site.fingerprint()
    reply = await person.post(f"/cases/{case_id}/applications", {"lines": list(lines)})
    assert reply.status_code >= 400, reply.text
    assert await site.fingerprint() == before
    problem: dict[str, Any] = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    return problem


async def filed(person: Browser, case_id: str, *lines: Any) -> dict[str, Any]:
    reply = await person.post(f"/cases/{case_id}/applications", {"lines": list(lines)})
    assert reply.status_code == 201, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_one_application_to_three_notices(site: Site, make: Make) -> None:
    wanted = [await make.notice(announcement_date=now().date() + timedelta(days=days)) for days in (10, 11, 12)]
    person = await site.browser()
    case_id = await make.ready(person, *wanted)
    answer = await filed(person, case_id, *[line(notice) for notice in wanted])
    assert answer["receipt_no"].startswith("OJ-")
    assert [one["state"] for one in answer["lines"]] == ["accepted"] * 3
    promised = await site.rows(OutboxRow, workflow_id=f"application-{answer['application_id']}")
    assert [(row.kind, row.payload) for row in promised] == [
        ("start:ApplicationWorkflow", {"application_id": answer["application_id"]})
    ]
    events = await site.rows(CaseEventRow, case_id=UUID(case_id), step="applied")
    assert [event.reference for event in events] == [answer["receipt_no"]]
    shown = await person.get(f"/applications/{answer['application_id']}")
    assert shown.json() == answer


async def test_a_pair_with_one_announcement_date_is_refused(site: Site, make: Make) -> None:
    one, other = await make.notice(), await make.notice()
    person = await site.browser()
    case_id = await make.ready(person, one, other)
    problem = await refused(site, person, case_id, line(one), line(other))
    assert (problem["status"], problem["code"]) == (422, "combination.same_day")
    assert "주택공급에 관한 규칙" in problem["article"]
    await filed(person, case_id, line(one))
    assert (await refused(site, person, case_id, line(other)))["code"] == "combination.same_day"


async def test_the_same_person_twice_in_one_supply_method(site: Site, make: Make) -> None:
    notice = await make.notice()
    person = await site.browser()
    case_id = await make.ready(person, notice)
    assert (await refused(site, person, case_id, line(notice), line(notice)))["code"] == "combination.twice"
    await filed(person, case_id, line(notice))
    assert (await refused(site, person, case_id, line(notice)))["code"] == "combination.twice"


async def test_special_and_general_by_one_person_are_allowed(site: Site, make: Make) -> None:
    notice = await make.notice()
    person = await site.browser()
    case_id = await make.ready(person, notice, kinds=("general", "newlywed"))
    answer = await filed(person, case_id, line(notice), line(notice, "newlywed"))
    assert len(answer["lines"]) == 2


@pytest.mark.parametrize(
    ("housing_kind", "relation", "allowed"),
    [("public", "parent", False), ("public", "spouse", True), ("private", "parent", True)],
)
async def test_a_second_member_of_the_household(
    site: Site, make: Make, housing_kind: str, relation: str, allowed: bool
) -> None:
    notice = await make.notice(housing_kind=housing_kind)
    first, second = await site.browser(), await site.browser("이서준")
    await filed(first, await make.ready(first, notice), line(notice))
    case_id = await make.case(second)
    consent = await make.consent(case_id, second)
    await make.household(consent, (relation, first))
    await make.decision(case_id, second, notice)
    if allowed:
        await filed(second, case_id, line(notice))
    else:
        problem = await refused(site, second, case_id, line(notice))
        assert (problem["status"], problem["code"]) == (422, "combination.household")


async def test_two_requests_at_once_file_one_line(site: Site, make: Make) -> None:
    one, other = await make.notice(), await make.notice()
    person = await site.browser()
    case_id = await make.ready(person, one, other)
    replies = await asyncio.gather(
        *(person.post(f"/cases/{case_id}/applications", {"lines": [line(notice)]}) for notice in (one, other, one))
    )
    assert sorted(reply.status_code for reply in replies) == [201, 422, 422]
    assert len(await site.rows(ApplicationLineRow, person_id=person.id)) == 1


async def test_receipt_must_be_open(site: Site, make: Make) -> None:
    hour = timedelta(hours=1)
    early = await make.notice(receipt_opens_at=now() + hour, receipt_closes_at=now() + 2 * hour)
    late = await make.notice(receipt_opens_at=now() - 2 * hour, receipt_closes_at=now() - hour)
    ended, on_its_way = await make.notice(), await make.notice()
    async with site.db.transaction() as session:
        for notice, state in ((ended, "closed"), (on_its_way, "publishing")):
            row = await session.get_one(NoticeRow, notice.id)
            row.state = state
            session.add(row)
    person = await site.browser()
    given = (early, late, ended, on_its_way)
    case_id = await make.ready(person, *given)
    codes = [(await refused(site, person, case_id, line(notice)))["code"] for notice in given]
    assert codes == ["receipt_not_open", "receipt_closed", "receipt_closed", "notice_being_published"]


async def test_each_line_needs_a_decision_that_is_not_a_no(site: Site, make: Make) -> None:
    notice = await make.notice()
    person = await site.browser()
    case_id = await make.ready(person)
    assert (await refused(site, person, case_id, line(notice)))["code"] == "assessment_needed"
    await make.decision(case_id, person, notice, outcome="no")
    problem = await refused(site, person, case_id, line(notice))
    assert (problem["status"], problem["code"], problem["article"]) == (422, "test.rule", "제1조")
    await make.decision(case_id, person, notice, outcome="cannot_tell")
    await filed(person, case_id, line(notice))  # a register that is down never stops a filing


@pytest.mark.parametrize(("state", "lasts"), [("requested", 1), ("given", -1), ("withdrawn", 1), ("refused", 1)])
async def test_a_consent_must_stand(site: Site, make: Make, state: str, lasts: float) -> None:
    notice = await make.notice()
    person = await site.browser()
    case_id = await make.case(person)
    await make.consent(case_id, person, state, lasts)
    await make.decision(case_id, person, notice)
    problem = await refused(site, person, case_id, line(notice))
    assert (problem["status"], problem["code"]) == (403, "consent_needed")
    before = await site.fingerprint()
    assessed = await person.post(f"/cases/{case_id}/assessments", {"notice_ids": [notice.id]})
    assert (assessed.status_code, assessed.json()["code"]) == (403, "consent_needed")
    assert await site.fingerprint() == before


async def test_unknown_notice_house_type_or_supply_kind(site: Site, make: Make) -> None:
    notice = await make.notice()
    person = await site.browser()
    case_id = await make.ready(person, notice)
    wrong = [
        ({**line(notice), "notice_id": "lh-0"}, 404, "unknown_notice"),
        (line(notice, model="99"), 404, "unknown_house_type"),
        (line(notice, "first_home"), 422, "not_on_offer"),
    ]
    for one, status, code in wrong:
        problem = await refused(site, person, case_id, one)
        assert (problem["status"], problem["code"]) == (status, code)


async def test_only_the_applicant_of_the_case_files(site: Site, make: Make) -> None:
    notice = await make.notice()
    person, spouse = await site.browser(), await site.browser("이서준")
    case_id = await make.ready(person, notice)
    assert (await refused(site, spouse, case_id, line(notice)))["status"] == 404
    ends = (now() + timedelta(days=9)).isoformat()
    asked = await person.post(
        f"/cases/{case_id}/consents",
        {"members": [{"relation": "spouse"}], "items": ["household"], "purpose": "subscription", "ends_at": ends},
    )
    token = asked.json()["invitation"].rsplit("/", 1)[1]
    assert (await spouse.post("/consents/accept-invitation", {"token": token})).status_code == 200
    assert (await refused(site, spouse, case_id, line(notice)))["status"] == 403
