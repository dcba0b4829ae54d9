"""A world in which every POST of the API is right for somebody: the request, its person, and who may not do it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.plans import fund_plan_duty
from domain.ids import (
    award_workflow_id,
    contract_workflow_id,
    draw_workflow_id,
    reserve_workflow_id,
    transfer_workflow_id,
)
from domain.messages import ActAnswer
from domain.time import now, seoul_date
from onjip.demo.notices import CONDITIONS
from store import contracts
from store.tables.devices import DeviceRequestRow
from store.tables.draws import AwardRow
from store.tables.reserve import ReserveRow
from store.transfers import FUND_PLAN
from tests.api.bad_input.draft_wishes import wishes
from tests.api.bad_input.webhook_cases import webhooks
from tests.api.device_desk import Device, StandInDesk, b64

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

QUEUE = "bad-input"
NOWHERE = str(uuid4())
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@workflow.defn(name="YesProbe", sandboxed=False)
class Yes:
    """Says yes to every act."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update(dynamic=True)
    async def any(self, name: str, _: Sequence[RawValue]) -> ActAnswer:
        return ActAnswer(state={"lapse": "allotted"}.get(name, name), ko="했습니다.", en="Done.")


@dataclass
class Case:
    """One POST as it is right; ``path`` has its ids filled in."""

    operation: str
    path: str
    who: Browser
    body: dict[str, Any] | None = None
    other: dict[str, Any] | None = None  # another right body
    wrong_role: Browser | None = None  # may see the thing, may not do this
    of_a_thing: bool = False  # the path names a thing of some people
    status: int = 200
    files: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)  # beside the files
    public: bool = False  # for everybody, with neither session nor key: nothing is asked for that counts once

    async def post(self, who: Browser | None = None, **changed: Any) -> httpx.Response:
        arguments: dict[str, Any] = {"json": self.body} if self.body is not None else {}
        if self.files:
            arguments |= {"files": self.files, "data": self.fields}
        path = changed.pop("path", self.path)
        return await (who or self.who).post(path, **{**arguments, **changed})


@dataclass
class World:
    site: Site
    cases: dict[str, Case]
    stranger: Browser


async def _probe(temporal: Client, workflow_id: str) -> None:
    await temporal.start_workflow("YesProbe", id=workflow_id, task_queue=QUEUE)


@pytest_asyncio.fixture(scope="module")
async def world(site: Site, make: Make, temporal: Client) -> AsyncIterator[World]:
    async with Worker(temporal, task_queue=QUEUE, workflows=[Yes], workflow_runner=UnsandboxedWorkflowRunner()):
        cases = [
            *await subscription(site, make), *await ceremony(site, make), *await wait_list(site, make),
            *await deal(site, make), *await own_device(site, make), *await law(site),
            *await webhooks(site, Case),
        ]  # fmt: skip
        yield World(site, {case.operation: case for case in cases}, await site.browser("박지호"))


async def subscription(site: Site, make: Make) -> list[Case]:
    """The applicant's side."""
    haneul, seojun = await site.browser(), await site.browser("이서준")
    notice, other = await make.notice(), await make.notice(announcement_date=seoul_date(now()) + timedelta(days=20))
    case_id = await make.ready(haneul, notice, other)
    ends = (now() + timedelta(days=30)).isoformat()
    ask = {"members": [{"relation": "spouse"}], "items": ["household"], "purpose": "subscription", "ends_at": ends}
    tokens = [
        (await haneul.post(f"/cases/{case_id}/consents", ask)).json()["invitation"].rsplit("/", 1)[1] for _ in range(3)
    ]
    assert (await seojun.post("/consents/accept-invitation", {"token": tokens[2]})).status_code == 200
    given, asked, unwanted = [
        await make.consent(case_id, haneul, state) for state in ("given", "requested", "requested")
    ]
    line = {"notice_id": notice.id, "model_no": "01", "supply_kind": "general"}
    here = f"/cases/{case_id}"
    return [
        Case("cases-open", "/cases", haneul, {"kind": "A", "title": "첫"}, {"kind": "A", "title": "둘"}, status=201),
        Case("consents-ask", f"{here}/consents", haneul, ask, {**ask, "items": ["income"]}, seojun, True, 201),
        Case(
            "consents-accept-invitation", "/consents/accept-invitation", await site.browser("이서준"),
            {"token": tokens[0]}, {"token": tokens[1]},
        ),
        Case("consents-give", f"/consents/{asked.id}/give", haneul, of_a_thing=True),
        Case("consents-refuse", f"/consents/{unwanted.id}/refuse", haneul, of_a_thing=True),
        Case("consents-withdraw", f"/consents/{given.id}/withdraw", haneul, of_a_thing=True),
        Case(
            "assessments-wish", f"{here}/assessments", haneul, {"notice_ids": [notice.id]}, {"notice_ids": [other.id]},
            seojun, True, 202,
        ),
        Case(
            "applications-file", f"{here}/applications", haneul, {"lines": [line]},
            {"lines": [{**line, "notice_id": other.id}]}, seojun, True, 201,
        ),
        Case(
            "verify-ask", "/verify", haneul, files={"file": ("a.pdf", PDF, "application/pdf")}, status=202, public=True
        ),
    ]  # fmt: skip


async def ceremony(site: Site, make: Make) -> list[Case]:
    """The supplier officer's and the operator's side."""
    officer = await site.browser("오지훈", ("officer", "한국토지주택공사"))
    other_officer = await site.browser("신예린", ("officer", "과천도시공사"))
    operator, winner = await site.browser("문하린", ("operator", "한국부동산원")), await site.browser("김하늘")
    notice = await make.notice()
    await make.draw(notice)
    await _probe(site.services.temporal, draw_workflow_id(notice.id))
    award = AwardRow(
        notice_id=notice.id, ticket="T1", person_id=winner.id, model_no="01", supply_kind="general", option_codes=[]
    )
    await site.add(award)
    await _probe(site.services.temporal, award_workflow_id(award.id))
    terms, here = notice_terms(), f"/notices/{notice.id}"
    judged = {"eligible": True, "reason": "소명이 충분함"}
    return [
        Case("notices-publish", "/notices", officer, terms, {**terms, "name": "다른"}, other_officer, status=201),
        Case("draws-close", f"{here}/close", operator, wrong_role=officer),
        Case("draws-type-digits", f"{here}/digits", officer, {"digits": "123456"}, {"digits": "654321"}, other_officer),
        Case(
            "draws-lapse", f"/awards/{award.id}/lapse", officer, {"reason": "미계약"}, {"reason": "다른"}, winner, True
        ),
        Case("draws-accept", f"/awards/{award.id}/accept", winner, {"option_codes": ["A1"]}, {}, None, True),
        Case("draws-explain", f"/awards/{award.id}/explain", winner, {"text": "소명"}, {"text": "다른"}, None, True),
        Case("draws-judge", f"/awards/{award.id}/judge", officer, judged, {**judged, "eligible": False}, winner, True),
        Case("draws-redraft", f"/awards/{award.id}/redraft", officer, wrong_role=winner, of_a_thing=True),
        *endings(here, officer, operator, other_officer),
    ]  # fmt: skip


def endings(here: str, officer: Browser, operator: Browser, other: Browser) -> list[Case]:
    """An authority's order, and digits from the recording."""
    recorded = {"digits": "123456", "recording_sha256": "ab" * 32, "reason": "녹화와 다름"}
    order = {"authority": "court", "name": "서울행정법원", "number": "1", "ordered_on": "2026-01-05", "reason": "명령"}
    pdf = {"file": ("order.pdf", PDF, "application/pdf")}
    confirmed = [{"order_sha256": letter * 64} for letter in "ab"]
    return [
        Case("draws-enter-order", f"{here}/draw/order", operator, wrong_role=officer, files=pdf, fields=order),
        Case("draws-confirm-order", f"{here}/draw/order/confirmation", officer, *confirmed, other),
        Case(
            "draws-type-recorded-digits", f"{here}/recorded-digits", operator, recorded,
            {**recorded, "digits": "654321"}, other,
        ),
    ]  # fmt: skip


async def wait_list(site: Site, make: Make) -> list[Case]:
    """A round that people join, one of ours and one other who wait, and a winner who applied elsewhere."""
    officer = await site.browser("오지훈", ("officer", "한국토지주택공사"))
    other_officer, haneul = await site.browser("신예린", ("officer", "과천도시공사")), await site.browser("김하늘")
    notice, home = await make.notice(), {"model_no": "01", "special": False, "unit": "101-301"}
    await make.draw(notice)
    for workflow_id in (draw_workflow_id(notice.id), reserve_workflow_id(notice.id)):
        await _probe(site.services.temporal, workflow_id)
    mine, outsider, winner = [
        AwardRow(
            notice_id=notice.id, ticket=uuid4().hex, model_no="01", supply_kind="general", option_codes=[], **values
        )
        for values in (
            {"state": "waiting", "wait_list_no": 1, "person_id": haneul.id}, {"state": "waiting", "wait_list_no": 2},
            {"state": "awarded", "unit": "101-302"},
        )
    ]  # fmt: skip
    await site.add(mine, outsider, winner)
    homes = [{**home, "award_id": str(winner.id)}]
    until = now() + timedelta(days=3)
    await site.add(ReserveRow(notice_id=notice.id, opened_by=officer.id, until=until, homes=homes, observers=[]))
    here, opening, joins = f"/notices/{notice.id}/reserve", {"until": until.isoformat()}, {"joins": True}
    later = {"until": (until + timedelta(days=1)).isoformat()}
    tickets = {"tickets": [outsider.ticket]}
    day = seoul_date(now())
    return [
        Case("wait-list-open-round", here, officer, opening, later, other_officer),
        Case(
            "wait-list-type-round-digits", f"{here}/digits", officer, {"digits": "123456"}, {"digits": "654321"},
            other_officer,
        ),
        Case(
            "wait-list-enter-tickets", f"{here}/tickets", officer, {**tickets, "joins": True},
            {**tickets, "joins": False}, other_officer,
        ),
        Case(
            "wait-list-join", f"/awards/{mine.id}/reserve", haneul, {**joins, "warned": True},
            {"joins": False, "warned": False}, of_a_thing=True,
        ),
        Case(
            "wait-list-note-contract", f"/awards/{winner.id}/contracted", officer, {"on": day.isoformat()},
            {"on": (day - timedelta(days=1)).isoformat()}, haneul, True,
        ),
    ]  # fmt: skip


async def planned(site: Site, contract_id: UUID) -> dict[str, Any]:
    """A transfer's record that says whether the buyer owes a fund plan."""
    async with site.db.transaction() as session:
        terms = contracts.terms_of(await contracts.contract(session, contract_id))
    return {FUND_PLAN: fund_plan_duty(terms, site.services.rulebook).model_dump(mode="json")}


async def deal(site: Site, make: Make) -> list[Case]:
    """The broker's, the parties' and the scrivener's side."""
    broker, other = [await site.browser(name, ("broker", name)) for name in ("정다온", "한가람")]
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    scrivener = await site.browser("강도윤", ("scrivener", "도윤법무사사무소"))
    parties = (("seller", seller), ("buyer", buyer), ("seller_broker", broker), ("buyer_broker", other))
    states = ("invited", "sealed", "sealed")
    signing, sealed, amendable = [await make.contract(broker, *parties, state=state) for state in states]
    transfer = await make.transfer(sealed, scrivener_id=scrivener.id)
    await make.transfer(amendable)
    given = await make.contract(broker, ("principal", seller), ("attorney", other), state="sealed", kind="power")
    sister, husband, witness = [await site.browser(name) for name in ("최한결", "윤서진", "문하린")]
    unled = await make.transfer(signing, record=await planned(site, signing))
    case_id = await site_case(buyer, sealed)
    approval = await make.approval(transfer, case_id, buyer, transfer_workflow_id(transfer))
    for workflow_id in (contract_workflow_id(signing), transfer_workflow_id(transfer)):
        await _probe(site.services.temporal, workflow_id)
    draft, lease, power = wishes(
        given, seller=seller, buyer=buyer, other=other, scrivener=scrivener, sister=sister, husband=husband,
        witness=witness,
    )  # fmt: skip
    amend = {"reason": "이사 일정", "special_clauses": ["이사를 마친다."]}
    proof = {"serial": "ABCD-1234-5678", "password_no": 7, "password": "1234"}
    dissolve = {"reason": "합의", "refund": 0, "refund_due_on": (seoul_date(now()) + timedelta(days=30)).isoformat()}
    another = await site.browser("강새봄", ("scrivener", "새봄법무사사무소"))
    here, there = f"/contracts/{signing}", f"/transfers/{transfer}"
    return [
        Case("contracts-draft", "/contracts", broker, draft, {**draft, "special_clauses": []}, buyer, status=202),
        Case("forms-draft-lease", "/leases", broker, lease, {**lease, "special_clauses": []}, buyer, status=202),
        Case("forms-draft-power", "/powers", seller, power, {**power, "special_clauses": ["달리"]}, status=202),
        Case(
            "forms-revoke-power", f"/contracts/{given}/revocation", seller, {"reason": "팔지 않음"}, {"reason": "다른"},
            broker, True,
        ),
        Case(
            "forms-amend", f"/contracts/{amendable}/amendment", buyer, amend, {**amend, "reason": "다른"}, broker,
            True, 201,
        ),
        Case("contracts-explain", f"{here}/explain", broker, wrong_role=buyer, of_a_thing=True),
        Case("contracts-invite", f"{here}/invite", broker, wrong_role=buyer, of_a_thing=True),
        Case("contracts-sign", f"{here}/sign", seller, of_a_thing=True),
        Case("contracts-decline", f"{here}/decline", buyer, {"reason": "가격"}, {"reason": "다른"}, None, True),
        Case(
            "contracts-edit", f"{here}/edit", broker, {"version": 1, "special_clauses": ["특약"]}, {"version": 2},
            buyer, True,
        ),
        Case("contracts-remind", f"{here}/remind", buyer, of_a_thing=True),
        Case("contracts-reopen", f"{here}/reopen", broker, {"reason": "잔금일"}, {"reason": "다른"}, buyer, True),
        Case("contracts-withdraw", f"{here}/withdraw", broker, {"reason": "요청"}, {"reason": "다른"}, buyer, True),
        Case(
            "contracts-dissolve", f"/contracts/{sealed}/dissolution", buyer, dissolve, {**dissolve, "reason": "다른"},
            broker, True, 201,
        ),
        Case("approvals-approve", f"/approvals/{approval}/approve", buyer, of_a_thing=True),
        Case(
            "transfers-give-right-proof", f"{there}/right-proof", seller, proof, {**proof, "password": "9999"}, buyer,
            True,
        ),
        Case(
            "transfers-declare", f"{there}/declaration", buyer, {"homes_before": 0}, {"homes_before": 1}, seller, True
        ),
        Case(
            "transfers-choose-fund-plan", f"/transfers/{unled}/fund-plan", buyer, {"way": "apart"},
            {"way": "with_report"}, seller, True,
        ),
        Case("transfers-refile", f"{there}/refile", scrivener, of_a_thing=True),
        Case(
            "transfers-choose-scrivener", f"/transfers/{unled}/scrivener", buyer,
            {"scrivener_code": scrivener.person.code}, {"scrivener_code": another.person.code}, seller, True,
        ),
    ]  # fmt: skip


async def own_device(site: Site, make: Make) -> list[Case]:
    """A party who signs with a key of their own."""
    desk = StandInDesk()
    broker = await site.browser("정다온", ("broker", "정다온"))
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="signing")
    await _probe(site.services.temporal, contract_workflow_id(contract_id))
    phone, files = Device(desk, seller), Device(desk, seller, joint=True)
    number = await phone.asked(site, contract_id, "seller_1")
    (row,) = await site.rows(DeviceRequestRow, number=number)
    signed = base64.b64decode(row.signed_attrs)
    check = {"key_sha256": phone.sha256, "return_to": f"/contracts/{contract_id}/signing"}
    key = {"number": "n" * 20, "key": b64(phone.public), "proof": b64(b"proof")}
    joint = {"certificate": b64(files.certificate), "random": b64(b"R")}
    given = {"number": number, "signature": b64(phone.sign(signed))}
    return [
        Case(
            "certificates-check-key", "/certificates/checks", seller, check, {**check, "key_sha256": "b" * 64},
            status=201,
        ),
        Case(
            "certificates-certify-key", "/certificates/browser", seller, key, {**key, "number": "m" * 20}, status=201
        ),
        Case(
            "certificates-register-joint", "/certificates/joint", seller, joint, {**joint, "random": b64(b"S")},
            status=201,
        ),
        Case(
            "signing-give", f"/contracts/{contract_id}/signature", seller, given,
            {**given, "signature": b64(phone.sign(signed))}, of_a_thing=True,
        ),
        Case(
            "signing-send", "/signings", seller, {"contract_ids": [str(contract_id)]}, {"contract_ids": [NOWHERE]}
        ),
    ]  # fmt: skip


async def law(site: Site) -> list[Case]:
    """Questions that anybody may ask."""
    anybody = await site.browser("박지호")
    question = {"rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {"sale_price": 190_000_000}}
    changed = {**question, "changes": {"sale_price": 900_000_000}, "then": "2027-01-01"}
    return [
        Case("law-evaluate", "/law/evaluations", anybody, {**question, "flips": False}, public=True),
        Case("law-whatif", "/law/what-if", anybody, changed, public=True),
    ]


async def site_case(who: Browser, contract_id: Any) -> Any:
    return UUID((await who.get(f"/contracts/{contract_id}")).json()["case_id"])


def notice_terms() -> dict[str, Any]:
    """Right under the demo rulebook."""
    today = seoul_date(now())
    return {
        "agency": "lh", "number": uuid4().hex[:12], "name": "온마을 2단지", "housing_kind": "public",
        "supplier": "한국토지주택공사", "supplier_public": True, "region": "41290", "region_name": "과천시",
        "address": "과천시 갈현동 1", "capital_area": True, "regulated": False, "notice_date": today.isoformat(),
        "receipt_opens_at": (now() + timedelta(hours=1)).isoformat(),
        "receipt_closes_at": (now() + timedelta(hours=2)).isoformat(),
        "announcement_date": (today + timedelta(days=1)).isoformat(),
        "house_types": [
            {"model_no": "01", "name": "84A", "exclusive_area": "84.97", "price": 500_000_000,
             "units": {"general": 2}, "unit_numbers": ["101-101", "101-102"]},
        ],
        "payments": [
            {"kind": "deposit", "share_bp": 1000, "due_on": today.isoformat()},
            {"kind": "instalment", "share_bp": 3000, "due_on": (today + timedelta(days=90)).isoformat()},
            {"kind": "balance", "share_bp": 6000},
        ],
        "move_in": f"{today.year + 2}06",
        "deposit_account": {"bank": "샌드박스은행", "number": "100-001-000001", "holder": "한국토지주택공사"},
        "conditions": CONDITIONS,
    }  # fmt: skip
