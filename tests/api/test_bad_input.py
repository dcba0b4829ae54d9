"""Every POST × every kind of bad input: a clear problem, and not one row changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.ids import (
    award_workflow_id,
    contract_workflow_id,
    draw_workflow_id,
    transfer_workflow_id,
)
from domain.messages import ActAnswer
from domain.time import now, seoul_date
from store.tables.draws import AwardRow

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
        return ActAnswer(state=name, ko="했습니다.", en="Done.")


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

    async def post(self, who: Browser | None = None, **changed: Any) -> httpx.Response:
        arguments: dict[str, Any] = {"json": self.body} if self.body is not None else {}
        if self.files:
            arguments["files"] = self.files
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
        cases = [*await subscription(site, make), *await ceremony(site, make), *await deal(site, make)]
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
        Case("verify-ask", "/verify", haneul, files={"file": ("a.pdf", PDF, "application/pdf")}, status=202),
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
        Case("draws-explain", f"/awards/{award.id}/explain", winner, {"text": "소명"}, {"text": "다른"}, None, True),
        Case("draws-judge", f"/awards/{award.id}/judge", officer, judged, {**judged, "eligible": False}, winner, True),
    ]  # fmt: skip


async def deal(site: Site, make: Make) -> list[Case]:
    """The broker's, the parties' and the scrivener's side."""
    broker, other = [await site.browser(name, ("broker", name)) for name in ("정다온", "한가람")]
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    scrivener = await site.browser("강도윤", ("scrivener", "도윤법무사사무소"))
    parties = (("seller", seller), ("buyer", buyer), ("seller_broker", broker), ("buyer_broker", other))
    signing, sealed = [await make.contract(broker, *parties, state=state) for state in ("invited", "sealed")]
    transfer = await make.transfer(sealed, scrivener_id=scrivener.id)
    unled = await make.transfer(signing)
    case_id = await site_case(buyer, sealed)
    approval = await make.approval(transfer, case_id, buyer, transfer_workflow_id(transfer))
    for workflow_id in (contract_workflow_id(signing), transfer_workflow_id(transfer)):
        await _probe(site.services.temporal, workflow_id)
    draft = {
        "unique_no": "1143-2019-004521", "price": 500_000_000, "seller_code": seller.person.code,
        "buyer_code": buyer.person.code, "other_broker_code": other.person.code, "special_clauses": ["현 상태 매매"],
        "statements": {"leak": "없음"},
        "payments": [
            {"kind": "deposit", "number": 1, "amount": 50_000_000, "due_on": "2026-12-01"},
            {"kind": "balance", "number": 1, "amount": 450_000_000, "due_on": "2027-01-29"},
        ],
    }  # fmt: skip
    proof = {"serial": "ABCD-1234-5678", "password_no": 7, "password": "1234"}
    dissolve = {"reason": "합의", "refund": 0, "refund_due_on": (seoul_date(now()) + timedelta(days=30)).isoformat()}
    another = await site.browser("강새봄", ("scrivener", "새봄법무사사무소"))
    here, there = f"/contracts/{signing}", f"/transfers/{transfer}"
    return [
        Case("contracts-draft", "/contracts", broker, draft, {**draft, "special_clauses": []}, buyer, status=202),
        Case("contracts-explain", f"{here}/explain", broker, wrong_role=buyer, of_a_thing=True),
        Case("contracts-invite", f"{here}/invite", broker, wrong_role=buyer, of_a_thing=True),
        Case("contracts-sign", f"{here}/sign", seller, of_a_thing=True),
        Case("contracts-decline", f"{here}/decline", buyer, {"reason": "가격"}, {"reason": "다른"}, None, True),
        Case(
            "contracts-dissolve", f"/contracts/{sealed}/dissolution", buyer, dissolve, {**dissolve, "reason": "다른"},
            broker, True, 201,
        ),
        Case("approvals-approve", f"/approvals/{approval}/approve", buyer, of_a_thing=True),
        Case(
            "transfers-give-right-proof", f"{there}/right-proof", seller, proof, {**proof, "password": "9999"}, buyer,
            True,
        ),
        Case("transfers-refile", f"{there}/refile", scrivener, wrong_role=buyer, of_a_thing=True),
        Case(
            "transfers-choose-scrivener", f"/transfers/{unled}/scrivener", buyer,
            {"scrivener_code": scrivener.person.code}, {"scrivener_code": another.person.code}, seller, True,
        ),
    ]  # fmt: skip


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
            {"kind": "deposit", "share_bp": 1000}, {"kind": "instalment", "share_bp": 3000},
            {"kind": "balance", "share_bp": 6000},
        ],
        "deposit_account": {"bank": "샌드박스은행", "number": "100-001-000001", "holder": "한국토지주택공사"},
        "conditions": {"guarantee": "주택도시보증공사 분양보증"},
    }  # fmt: skip


OPERATIONS = (
    "cases-open", "consents-ask", "consents-accept-invitation", "consents-give", "consents-refuse", "consents-withdraw",
    "assessments-wish", "applications-file", "verify-ask", "notices-publish", "draws-close", "draws-type-digits",
    "draws-lapse", "draws-explain", "draws-judge", "contracts-draft", "contracts-explain", "contracts-invite",
    "contracts-sign", "contracts-decline", "contracts-dissolve", "approvals-approve", "transfers-give-right-proof",
    "transfers-refile", "transfers-choose-scrivener",
)  # fmt: skip
every = pytest.mark.parametrize("operation", OPERATIONS)


async def expect(world: World, reply: Callable[[], Any], status: int, code: str | None = None) -> dict[str, Any]:
    """The request is refused like this, in both languages, and every table is as before."""
    before = await world.site.fingerprint()
    answer: httpx.Response = await reply()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["ko"]
    assert problem["en"]
    if code is not None:
        assert problem["code"] == code
    assert await world.site.fingerprint() == before
    return problem


async def test_the_list_is_complete(world: World) -> None:
    paths = world.site.app.openapi()["paths"].values()
    posts = {item["post"]["operationId"] for item in paths if "post" in item}
    assert posts - {"staff-decode"} == set(OPERATIONS) == set(world.cases)


@every
async def test_without_session(world: World, operation: str) -> None:
    case = world.cases[operation]
    async with world.site.client() as http:
        headers = {"Idempotency-Key": uuid4().hex, "X-CSRF-Token": case.who.csrf}
        sent: dict[str, Any] = {"files": case.files} if case.files else {"json": case.body or {}}
        await expect(world, lambda: http.post(f"/api/v1{case.path}", headers=headers, **sent), 401, "not_logged_in")
        http.cookies.set("onjip_session", "guessed")
        await expect(world, lambda: http.post(f"/api/v1{case.path}", headers=headers, **sent), 401, "not_logged_in")


@every
async def test_with_a_wrong_csrf_token_or_from_another_page(world: World, operation: str) -> None:
    case = world.cases[operation]
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": world.stranger.csrf}, {"Origin": "https://evil.test"}):
        await expect(world, lambda sent=headers: case.post(headers=sent), 403, "csrf")


@every
async def test_without_a_usable_key(world: World, operation: str) -> None:
    case = world.cases[operation]
    for key in (None, "short", "x" * 101, "with space"):
        await expect(world, lambda sent=key: case.post(key=sent), 400, "idempotency_key_missing")


@every
async def test_an_unknown_thing_or_somebody_elses(world: World, operation: str) -> None:
    case = world.cases[operation]
    parts = case.path.split("/")
    if len(parts) < 4:
        return
    nowhere = "/".join([*parts[:2], "lh-nowhere" if parts[1] == "notices" else NOWHERE, *parts[3:]])
    await expect(world, lambda: case.post(path=nowhere), 404)
    await expect(world, lambda: case.post(path=nowhere.replace(NOWHERE, "1 or 1=1").replace("lh-", "lh_'")), 422)
    if case.of_a_thing:
        roles = {role.role for role in case.who.person.roles}
        twin = await world.site.browser("남남", *((role, "다른 곳") for role in sorted(roles)))
        await expect(world, lambda: case.post(twin), 404)


@every
async def test_a_person_who_may_not_do_it(world: World, operation: str) -> None:
    case = world.cases[operation]
    if case.wrong_role is not None:
        await expect(world, lambda: case.post(case.wrong_role), 403)


@every
async def test_a_body_that_is_too_large_or_of_another_kind(world: World, operation: str) -> None:
    case = world.cases[operation]
    size = (10 * 1024 * 1024 + 20_000) if case.files else 65 * 1024
    large = b'{"title": "' + b"a" * size + b'"}'
    kind = {"Content-Type": "application/json"}
    await expect(world, lambda: case.post(json=None, files=None, content=large, headers=kind), 413, "too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    unsaid = await expect(world, lambda: case.post(json=None, files=None, content=chunks(), headers=kind), 413)
    assert unsaid["code"] == "too_large"
    if not case.files:
        form = {"Content-Type": "text/plain"}
        await expect(world, lambda: case.post(json=None, content=b"a", headers=form), 415, "unsupported_media_type")
        await expect(world, lambda: case.post(json=None, content=b"{", headers=kind), 400, "malformed")


def spoiled(schema: dict[str, Any], schemas: dict[str, Any], body: Any) -> Iterator[tuple[str, Any]]:
    """Every way to spoil one field of ``body``, down to the first item of each list: what was done, and the body."""
    schema = resolve(schema, schemas)
    yield "unknown field", {**body, "surprise": 1}
    for name in schema.get("required", ()):
        yield f"{name} missing", {key: value for key, value in body.items() if key != name}
    for name, part in schema.get("properties", {}).items():
        for what, value in wrong_values(resolve(part, schemas), schemas):
            yield f"{name} {what}", {**body, name: value}
        inner = resolve(part, schemas)
        if name in body and inner.get("properties"):
            for what, value in spoiled(inner, schemas, body[name]):
                yield f"{name}.{what}", {**body, name: value}
        items = resolve(inner.get("items", {}), schemas)
        if name in body and items.get("properties"):
            for what, value in spoiled(items, schemas, body[name][0]):
                yield f"{name}[0].{what}", {**body, name: [value, *body[name][1:]]}


def resolve(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Through references and "or null"."""
    if "$ref" in schema:
        return resolve(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if "anyOf" in schema:
        return resolve(next(one for one in schema["anyOf"] if one.get("type") != "null"), schemas)
    return schema


def wrong_values(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values of a wrong type, too long, out of range, or not in the list."""
    match schema.get("type"):
        case "string":
            yield from (("is a number", 7), ("is a list", ["a"]), ("is too long", "가" * 5000), ("has NUL", "a\x00b"))
            if schema.get("pattern") or schema.get("format") or "enum" in schema or "const" in schema:
                yield "does not fit", "!?"
        case "integer":
            yield from (("is text", "7"), ("is a fraction", 1.5), ("is yes", True), ("is too much", 10**18))
            yield "is less than nothing", -1
        case "boolean":
            yield from (("is text", "yes"), ("is a number", 1))
        case "array":
            yield from (("is text", "a"), ("is an object", {"a": 1}))
            item = resolve(schema.get("items", {}), schemas)
            yield "has a wrong item", [None]
            yield "is too long", [deepcopy(item.get("default")) for _ in range(20_001)]
        case "object":
            yield from (("is text", "a"), ("is a list", [1]))


BODIES = tuple(
    name for name in OPERATIONS
    if name not in {"verify-ask", "draws-close", "approvals-approve", "transfers-refile"}
    and not name.startswith(("consents-give", "consents-refuse", "consents-withdraw"))
    and name not in {"contracts-explain", "contracts-invite", "contracts-sign"}
)  # fmt: skip


@pytest.mark.parametrize("operation", BODIES)
async def test_every_field_spoiled_in_every_way(world: World, operation: str) -> None:
    case = world.cases[operation]
    description = world.site.app.openapi()
    posts = [item["post"] for item in description["paths"].values() if "post" in item]
    schema = next(post for post in posts if post["operationId"] == operation)["requestBody"]["content"]
    before = await world.site.fingerprint()
    count = 0
    ways = spoiled(schema["application/json"]["schema"], description["components"]["schemas"], case.body)
    for what, body in [*ways, ("is a list", [case.body]), ("is null", None), ("is text", "a")]:
        answer = await case.post(json=None, content=encoded(body), headers={"Content-Type": "application/json"})
        expected = (413, 422) if "too long" in what else (422,)
        assert answer.status_code in expected, (what, answer.text)
        assert "가가가" not in answer.text
        assert "surprise" not in answer.text
        count += 1
    assert count >= 6
    assert await world.site.fingerprint() == before


def encoded(body: Any) -> bytes:
    return httpx.Request("POST", "http://x", json=body).content


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in BODIES and name != "verify-ask"])
async def test_an_act_without_words_takes_none(world: World, operation: str) -> None:
    case = world.cases[operation]
    for body in ({"surprise": 1}, [1], "a", 7):
        await expect(world, lambda sent=body: case.post(json=sent), 422)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x00" * 2000 + PDF])
async def test_a_pdf_that_is_not_one(world: World, content: bytes) -> None:
    case = world.cases["verify-ask"]
    await expect(world, lambda: case.post(files={"file": ("a.pdf", content, "application/pdf")}), 422)


async def test_an_upload_without_its_file(world: World) -> None:
    case = world.cases["verify-ask"]
    await expect(world, lambda: case.post(files={"other": ("a.pdf", PDF, "application/pdf")}), 422)
    await expect(world, lambda: case.post(files=None, json={"file": "a"}), 422)


@every
async def test_zz_the_right_request_once_and_again_with_its_key(world: World, operation: str) -> None:
    """After all that was refused: what is right is accepted, answered the same again, and not for another body."""
    case, key = world.cases[operation], uuid4().hex
    first = await case.post(key=key)
    assert first.status_code == case.status, first.text
    before = await world.site.fingerprint()
    again = await case.post(key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await world.site.fingerprint() == before
    if case.other is not None:
        await expect(world, lambda: case.post(json=case.other, key=key), 409, "idempotency_key_reused")
