"""A stored decision in full and run again, and what-if on the stored facts of one's own case."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from domain import facts as register
from domain.facts import PROVIDER, Fact, Item, PersonFacts
from domain.notices import Notice
from domain.time import now
from domain.words import SupplyKind
from law.assess import Basis
from store.tables.consents import DecisionRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read, send

if TYPE_CHECKING:
    from domain.model import Model
    from tests.api.conftest import Browser, Make, Site

HOUSE = {
    "model_no": "01", "name": "84A", "exclusive_area": "84.97", "price": 500_000_000,
    "units": {"general": 3, "newlywed": 2, "first_home": 1},
}  # fmt: skip


def known(person: Browser, **left_out: bool) -> PersonFacts:
    """Everything that registers say about an unmarried owner of one home, five years with an account."""
    told: dict[Item, Model] = {
        Item.ADDRESS_HISTORY: register.AddressHistory(
            addresses=(register.Address(region="41290", road_address="과천시 1", moved_in=date(2019, 1, 1)),)
        ),
        Item.HOUSEHOLD: register.Household(head=True, members=()),
        Item.MARRIAGE: register.Marriage(married=False),
        Item.SUBSCRIPTION_ACCOUNT: register.SubscriptionAccount(
            opened_on=date(2020, 3, 4), payments_recognised=60, amount_recognised=6_000_000, deposit=6_000_000
        ),
        Item.HOME_OWNERSHIP: register.HomeOwnership(
            homes=(
                register.OwnedHome(
                    region="11110", exclusive_area="84.9", official_price=700_000_000, acquired_on=date(2022, 1, 1),
                    kind="apartment",
                ),
            )
        ),
        Item.PAST_WINS: register.PastWins(wins=()),
        Item.INCOME: register.Income(year=2025, monthly_average=3_000_000, tax_years=6, working=True, property_value=0),
    }  # fmt: skip
    facts = tuple(
        Fact(
            item=item, value=value.model_dump(mode="json"), source=PROVIDER[item], as_of=date(2026, 11, 20),
            issued_at=now(), document_no="1", sha256="0" * 64,
        )
        for item, value in told.items()
        if item not in left_out
    )  # fmt: skip
    return PersonFacts(person_id=person.id, birth_date=date(1989, 4, 13), facts=facts)


async def judged(site: Site, case_id: str, person: Browser, notice: Notice, kind: str, **left_out: bool) -> DecisionRow:
    """As the procedure keeps it (``activities.judge``)."""
    book = site.services.rulebook
    basis = Basis(applicant=known(person, **left_out), notice=notice, model_no="01", supply_kind=SupplyKind(kind))
    decision = basis.decide(book)
    row = DecisionRow(
        case_id=UUID(case_id), person_id=person.id, notice_id=notice.id, model_no="01", supply_kind=kind,
        rule=decision.rule, outcome=decision.outcome, body=decision.model_dump(mode="json"),
        facts=basis.model_dump(mode="json"), selection={}, rulebook=book.sha256, as_of=decision.as_of,
    )  # fmt: skip
    await site.add(row)
    return row


async def a_case(site: Site, make: Make, **left_out: bool) -> tuple[Browser, str, dict[str, DecisionRow]]:
    person, notice = await site.browser(), await make.notice(house_types=[HOUSE], housing_kind="private")
    case_id = await make.case(person)
    await make.consent(case_id, person)
    rows = {kind: await judged(site, case_id, person, notice, kind, **left_out) for kind in HOUSE["units"]}  # type: ignore[attr-defined]
    return person, case_id, rows


async def test_a_decision_run_again_is_the_same(site: Site, make: Make) -> None:
    person, case_id, rows = await a_case(site, make)
    before = await site.fingerprint()
    for row in rows.values():
        told = (await person.get(f"/cases/{case_id}/assessments/{row.id}/again")).json()
        assert told["same"] is True
        assert told["rulebook_now"] == told["rulebook_then"] == row.rulebook
        assert told["decision"] == row.body
        page = read(await get(person, f"/cases/{case_id}/eligibility/{row.id}"))
        assert "지금 다시 판정해 보기" in page.text
        again = read(await get(person, f"/cases/{case_id}/eligibility/{row.id}?again=yes"))
        assert "같은 결과입니다" in again.text
    assert await site.fingerprint() == before


async def test_under_another_rulebook_it_is_told_which_was_used_then(site: Site, make: Make) -> None:
    person, case_id, rows = await a_case(site, make)
    row = rows["general"]
    for changed, same in (({}, True), ({"outcome": "no"}, False)):
        old = DecisionRow(**{
            **row.model_dump(), "id": uuid4(), "rulebook": "1" * 64,
            "body": {**row.body, "rulebook": "1" * 64, **changed},
        })  # fmt: skip
        await site.add(old)
        told = (await person.get(f"/cases/{case_id}/assessments/{old.id}/again")).json()
        assert (told["same"], told["rulebook_then"]) == (same, "1" * 64)
        page = read(await get(person, f"/cases/{case_id}/eligibility/{old.id}?again=yes"))
        assert ("같은 결과입니다" if same else "그 뒤 법령 자료가 바뀌었습니다") in page.text


async def test_what_cannot_be_run_again_and_whose_it_is_not(site: Site, make: Make) -> None:
    person, case_id, rows = await a_case(site, make)
    notice = await make.notice()
    old = await make.decision(case_id, person, notice)
    answer = await person.get(f"/cases/{case_id}/assessments/{old.id}/again")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_repeatable")
    page = await get(person, f"/cases/{case_id}/eligibility/{old.id}?again=yes")
    assert page.status_code == 409
    assert "다시 실행할 수 없습니다" in read(page).text
    stranger, other_case = await site.browser("박지호"), await make.case(person)
    row = rows["general"]
    for who, case, found in ((stranger, case_id, row.id), (person, other_case, row.id), (person, case_id, uuid4())):
        answer = await who.get(f"/cases/{case}/assessments/{found}/again")
        assert answer.status_code == 404
        assert (await get(who, f"/cases/{case}/eligibility/{found}")).status_code == 404
    assert (await person.get(f"/cases/{case_id}/assessments/{uuid4()}/again")).json()["code"] == "unknown_assessment"


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_a_decision_tells_what_decided_with_facts_and_where_they_come_from(
    site: Site, make: Make, lang: str
) -> None:
    person, case_id, rows = await a_case(site, make)
    reply = await get(person, f"/cases/{case_id}/eligibility/{rows['newlywed'].id}", lang)
    page = read(reply, lang)
    decided, _, rest = reply.text.partition("<details")
    assert re.search("혼인신고일부터 7년 이내" if lang == "ko" else "7 years", decided)
    assert ("청약통장 은행 (2026. 11. 20.(금))" if lang == "ko" else "Subscription-account bank (20 Nov 2026)") in rest
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", page.text.replace("notice_ids", "")), page.text


async def test_what_no_register_has_answered_is_named_in_words(site: Site, make: Make) -> None:
    person, case_id, rows = await a_case(site, make, **{Item.INCOME: True, Item.PAST_WINS: True})
    reply = await get(person, f"/cases/{case_id}/eligibility/{rows['general'].id}")
    missing = reply.text.partition("이것을 알면 판정할 수 있습니다")[2].partition("</ul>")[0]
    assert "과거 당첨 이력" in missing
    assert "past_wins" not in reply.text


async def test_what_if_shows_every_line_before_and_after_and_stores_nothing(site: Site, make: Make) -> None:
    person, case_id, _ = await a_case(site, make)
    before = await site.fingerprint()
    with capture_logs() as logs:
        reply = await send(
            person, f"/cases/{case_id}/eligibility/what-if", {"csrf": person.csrf, "if_homes": "none"}
        )  # fmt: skip
    assert reply.status_code == 200
    page = read(reply)
    assert reply.text.count('class="beside') == len(HOUSE["units"])  # type: ignore[arg-type]
    assert re.search(r"[1-9]건의 결과가 달라집니다", page.text)
    assert "저장하지 않았고" in page.text
    assert await site.fingerprint() == before
    assert "if_homes" not in str(logs)


async def test_what_if_about_children_keeps_the_other_members(site: Site, make: Make) -> None:
    person, case_id, _ = await a_case(site, make)
    reply = await send(
        person, f"/cases/{case_id}/eligibility/what-if",
        {"csrf": person.csrf, "if_children": "2024-02-03", "if_homes": "none"},
    )  # fmt: skip
    read(reply)
    assert 'value="2024-02-03"' in reply.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "하나 이상 적어"), ({"if_account_opened_on": "1980-01-01"}, "청약통장 가입일"),
        ({"if_account_payments": "많이"}, "납입 인정 회차"), ({"if_children": "1970-01-01"}, "자녀 생년월일"),
        ({"if_account_opened_on": "2090-01-01"}, "오늘보다 늦은"),
    ],
)  # fmt: skip
async def test_a_what_if_that_cannot_be_is_refused(site: Site, make: Make, form: dict[str, Any], said: str) -> None:
    person, case_id, _ = await a_case(site, make)
    reply = await send(person, f"/cases/{case_id}/eligibility/what-if", {"csrf": person.csrf, **form})
    assert reply.status_code == 422
    assert said in read(reply).text


async def test_only_the_applicant_supposes(site: Site, make: Make) -> None:
    person, case_id, _ = await a_case(site, make)
    stranger = await site.browser("박지호")
    path, form = f"/cases/{case_id}/eligibility/what-if", {"if_homes": "none"}
    assert (await send(stranger, path, {"csrf": stranger.csrf, **form})).status_code == 404
    assert (await send(person, path, {"csrf": "wrong", **form})).status_code == 403
