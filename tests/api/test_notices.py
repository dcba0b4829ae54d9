"""Notices: public to read, published by the supplier's own officer as the law allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from api.app import create_app
from domain.time import now, seoul_date
from law import rulebook
from law.custody import genuine
from law.drawing.terms import Head
from onjip.demo.notices import CONDITIONS
from store.notices import CUSTODIANS
from store.tables.draws import AwardRow, DrawEntryRow, DrawRow
from store.tables.exchange import OutboxRow
from store.tables.notices import NoticeRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

LH = "한국토지주택공사"
PARTS: list[dict[str, Any]] = [
    {"kind": "deposit", "share_bp": 1000, "due_on": seoul_date(now()).isoformat()},
    {"kind": "balance", "share_bp": 9000},
]


def terms(**changed: Any) -> dict[str, Any]:
    today = seoul_date(now())
    return {
        "agency": "lh", "number": uuid4().hex[:12], "name": "온마을 2단지", "housing_kind": "public", "supplier": LH,
        "supplier_public": True, "region": "41290", "region_name": "과천시", "address": "과천시 갈현동 1",
        "capital_area": True, "regulated": False, "notice_date": today.isoformat(),
        "receipt_opens_at": (now() + timedelta(days=1)).isoformat(),
        "receipt_closes_at": (now() + timedelta(days=2)).isoformat(),
        "announcement_date": (today + timedelta(days=5)).isoformat(),
        "house_types": [
            {"model_no": "01", "name": "84A", "exclusive_area": "84.97", "price": 5, "units": {"general": 2}}
        ],
        "payments": PARTS, "move_in": f"{today.year + 2}06",
        "deposit_account": {"bank": "샌드박스은행", "number": "100-001-000001", "holder": LH}, "conditions": CONDITIONS,
        **changed,
    }  # fmt: skip


async def officer(site: Site) -> Browser:
    return await site.browser("오지훈", ("officer", LH))


async def test_publishing_commits_to_the_nonce_and_promises_the_draw(site: Site) -> None:
    person = await officer(site)
    answer = await person.post("/notices", terms())
    assert answer.status_code == 201, answer.text
    notice = answer.json()
    assert notice["receipt_opens_at"] <= now().isoformat(), "the demo's window runs from publication"
    assert (notice["state"], notice["open"]) == ("publishing", False), "nobody applies before its agency has it"
    assert notice["time_shortened"] is True
    (draw,) = await site.rows(DrawRow, notice_id=notice["id"])
    assert draw.nonce_commitment == notice["nonce_commitment"]
    custody = Head.model_validate(draw.head).custody
    assert ([one.body for one in custody.custodians], custody.threshold) == (list(CUSTODIANS), 2)
    assert all(genuine(custody, body, bytes.fromhex(share)) for body, share in draw.shares.items())
    async with site.db.engine.connect() as connection:
        kept = str((await connection.execute(text("SELECT t::text FROM draw t"))).all())
    assert not any(share in kept for share in draw.shares.values()), "sealed until their custodians have them"
    (promised,) = await site.rows(OutboxRow, workflow_id=f"draw-{notice['id']}")
    assert (promised.kind, promised.payload["notice_id"]) == ("start:DrawWorkflow", notice["id"])
    again = await person.post("/notices", terms(number=notice["number"]))
    assert (again.status_code, again.json()["code"]) == (409, "notice_exists")


HOUSE = {"model_no": "01", "name": "84A", "exclusive_area": "84.97", "price": 5, "units": {"general": 2}}


def parts(deposit: int, *instalments: int, **changed: Any) -> list[dict[str, Any]]:
    """Shares in ten-thousandths; the balance is the rest. ``changed``: of the deposit."""
    middle = [
        {"kind": "instalment", "number": number, "share_bp": share, "due_on": f"{2080 + number}-05-01"}
        for number, share in enumerate(instalments, 1)
    ]
    balance = {"kind": "balance", "share_bp": 10_000 - deposit - sum(instalments)}
    return [{**PARTS[0], "share_bp": deposit, **changed}, *middle, balance]


HOPELESS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "no home at all": ("homes_missing", "house_types", {"house_types": [{**HOUSE, "units": {"general": 0}}]}),
    "fewer numbers than homes": (
        "bad_selection_terms", "unit_numbers", {"house_types": [{**HOUSE, "unit_numbers": ["101-101"]}]},
    ),
    "the balance first": ("parts_out_of_order", "payments", {"payments": PARTS[::-1]}),
    "two deposits": ("parts_out_of_order", "payments", {
        "payments": [{**PARTS[0], "share_bp": 500}, {**PARTS[0], "share_bp": 500, "number": 2}, PARTS[1]],
    }),
    "a deposit without its day": ("due_day_missing", "payments.0.due_on", {"payments": parts(1000, due_on=None)}),
    "an instalment without its day": ("due_day_missing", "payments.1.due_on", {
        "payments": [PARTS[0], {"kind": "instalment", "share_bp": 3000}, {**PARTS[1], "share_bp": 6000}],
    }),
    "an instalment before the deposit": ("days_out_of_order", "payments.1.due_on", {
        "payments": parts(1000, 3000, due_on="2090-01-01"),
    }),
    "no month of moving in": ("move_in_missing", "move_in", {"move_in": None}),
    "moving in before the notice": ("move_in_past", "move_in", {"move_in": "202001"}),
    "a condition left empty": (
        "conditions_missing", "conditions.defects", {"conditions": {**CONDITIONS, "defects": ""}},
    ),
    "too large a deposit": ("notice.deposit_share", "payments.0.share_bp", {"payments": parts(2001)}),
    "too much before the balance": ("notice.instalment_share", "payments.1.share_bp", {
        "payments": parts(1001, 3000, 3001),
    }),
    "too much after a small deposit": ("notice.instalment_share", "payments.1.share_bp", {
        "payments": parts(1000, 3500, 3501),
    }),
}  # fmt: skip


@pytest.mark.parametrize(("code", "field", "changed"), HOPELESS.values(), ids=HOPELESS)
async def test_a_notice_that_could_be_neither_drawn_nor_contracted_is_refused(
    site: Site, code: str, field: str, changed: dict[str, Any]
) -> None:
    person = await officer(site)
    before = await site.fingerprint()
    answer = await person.post("/notices", terms(**changed))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["field"] == field
    assert await site.fingerprint() == before


@pytest.mark.parametrize("payments", [parts(2000, 3000, 3000), parts(1000, 3500, 3500), parts(2000)])
async def test_payments_up_to_the_limits_of_the_law_may_be_asked_for(
    site: Site, payments: list[dict[str, Any]]
) -> None:
    """주택공급에 관한 규칙 제60조②: 20 % and 60 %, or 70 % after a deposit of no more than 10 %."""
    answer = await (await officer(site)).post("/notices", terms(payments=payments))
    assert answer.status_code == 201, answer.text


async def test_under_the_normal_rulebook_the_demo_notice_is_refused(site: Site) -> None:
    person = await officer(site)
    normal = replace(site, app=create_app(replace(site.services, rulebook=rulebook.load("normal"))))
    before = await site.fingerprint()
    strict = await normal.again(person.person, person.identity)
    sessions = await site.fingerprint()
    answer = await strict.post("/notices", terms())
    assert (answer.status_code, answer.json()["code"]) == (422, "notice.early_enough")
    assert "제21조" in answer.json()["article"]
    assert await site.fingerprint() == sessions
    assert {name for name in before if before[name] != sessions[name]} == {"session"}


async def test_a_private_supplier_needs_the_mayors_approval(site: Site) -> None:
    person = await site.browser("민간", ("officer", "온마을건설"))
    private = {"housing_kind": "private", "supplier": "온마을건설", "supplier_public": False}
    before = await site.fingerprint()
    answer = await person.post("/notices", terms(**private))
    assert (answer.status_code, answer.json()["code"]) == (422, "notice.approved")
    assert await site.fingerprint() == before
    assert (await person.post("/notices", terms(**private, approval_no="2026-11"))).status_code == 201


async def test_only_an_officer_of_the_supplier_publishes(site: Site) -> None:
    other, nobody = await site.browser("신예린", ("officer", "과천도시공사")), await site.browser()
    before = await site.fingerprint()
    assert (await other.post("/notices", terms())).json()["code"] == "other_supplier"
    assert (await nobody.post("/notices", terms())).status_code == 403
    assert await site.fingerprint() == before


async def test_everybody_may_look_by_closing_time(site: Site, make: Make) -> None:
    notices = [await make.notice(receipt_closes_at=now() + timedelta(hours=hours)) for hours in (5, 3, 4)]
    async with site.client() as http:
        listed = (await http.get("/api/v1/notices", params={"limit": 100, "open_only": True})).json()["items"]
        ids = [item["id"] for item in listed]
        assert [notices[n].id for n in (1, 2, 0)] == [one for one in ids if one in {n.id for n in notices}]
        detail = (await http.get(f"/api/v1/notices/{notices[0].id}")).json()
        assert detail["terms"]["house_types"][0]["price"] == 500_000_000
        missing = await http.get("/api/v1/notices/lh-nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "unknown_notice")
        assert (await http.get(f"/api/v1/notices/{notices[0].id}/draw-proof")).json()["code"] == "unknown_draw"


async def test_applicants_are_pseudonyms_and_for_the_suppliers_officer_only(site: Site, make: Make) -> None:
    notice = await make.notice()
    await site.add(
        *(
            DrawEntryRow(
                notice_id=notice.id, ticket=f"T{n}", holder=f"h{n}", household=f"f{n}", model_no="01",
                supply_kind="general", facts={}, received_at=now(),
            )
            for n in range(3)
        )
    )  # fmt: skip
    other = await site.browser("신예린", ("officer", "과천도시공사"))
    assert (await other.get(f"/notices/{notice.id}/applicants")).status_code == 403
    page = (await (await officer(site)).get(f"/notices/{notice.id}/applicants", params={"limit": 2})).json()
    assert [entry["ticket"] for entry in page["items"]] == ["T0", "T1"]
    assert page["counts"] == [{"model_no": "01", "supply_kind": "general", "entries": 3}]
    assert page["next"]


async def test_who_waits_has_nothing_to_accept_yet(site: Site, make: Make) -> None:
    """Nothing answers for a place on the wait-list or for a winner who applied elsewhere: that is said at once."""
    person, waiter = await officer(site), await site.browser("박지호")
    notice = await make.notice()
    place: dict[str, Any] = {"notice_id": notice.id, "model_no": "01", "supply_kind": "general", "option_codes": []}
    waiting = AwardRow(**place, ticket="T1", person_id=waiter.id, wait_list_no=1, state="waiting")
    elsewhere = AwardRow(**place, ticket="T2")
    await site.add(waiting, elsewhere)
    before = await site.fingerprint()
    accepted = await waiter.post(f"/awards/{waiting.id}/accept", {})
    explained = await waiter.post(f"/awards/{waiting.id}/explain", {"text": "소명"})
    judged = await person.post(f"/awards/{elsewhere.id}/judge", {"eligible": True, "reason": "확인"})
    codes = [(answer.status_code, answer.json()["code"]) for answer in (accepted, explained, judged)]
    assert codes == [(409, "still_waiting"), (409, "still_waiting"), (409, "winner_not_here")]
    assert await site.fingerprint() == before


@pytest.mark.parametrize(("state", "tasks"), [("open", ["close"]), ("refused", [])])
async def test_a_notice_that_its_agency_refused_is_nobodys_task(
    site: Site, make: Make, state: str, tasks: list[str]
) -> None:
    operator = await site.browser("문하린", ("operator", "한국부동산원"))
    notice = await make.notice(receipt_closes_at=now() - timedelta(seconds=1))
    await make.draw(notice)
    async with site.db.transaction() as session:
        (await session.get_one(NoticeRow, notice.id)).state = state
    found = (await operator.get("/tasks")).json()["items"]
    assert [task["code"] for task in found if task["subject_id"] == notice.id] == tasks
