"""An order, digits from the recording, and every record of a draw: who may do what, and what everybody reads."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness, drawn, head_of, rows_of
from page_reader import get, read, send
from test_draw_pages import filed, row_of

from domain.draws import Authority, Entered, Order, Superseded
from domain.ids import draw_workflow_id
from domain.messages import ActAnswer, ConfirmOrderAct, OrderAct, RecordedDigitsAct
from domain.model import canonical_json
from domain.notices import Notice
from domain.time import now
from store.tables.draws import AwardRow, CeremonyRow, DrawRecordRow, DrawRow
from store.tasks import todo

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site

LH = "한국토지주택공사"
QUEUE = "draw-endings"
PDF = b"%PDF-1.7 an order"
FORM = {
    "authority": "court", "name": "서울행정법원", "number": "2026구합123", "ordered_on": "2026-01-05",
    "reason": "추첨 절차가 법을 어겼음이 확인됨",
}  # fmt: skip
ORDER = Order(
    authority=Authority.COURT, name="서울행정법원", number="2026구합123", ordered_on=date(2026, 1, 5),
    reason="추첨 절차가 법을 어겼음이 확인됨", document_sha256="ab" * 32,
)  # fmt: skip
RECORDED = {"digits": "204179583", "recording_sha256": "cd" * 32, "reason": "녹화와 다르게 입력함"}


@workflow.defn(name="DrawProbe", sandboxed=False)
class Probe:
    """What reached the procedure."""

    def __init__(self) -> None:
        self.came: list[dict[str, Any]] = []

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.query
    def told(self) -> list[dict[str, Any]]:
        return self.came

    def _note(self, act: Any) -> ActAnswer:
        self.came.append(act.model_dump(mode="json"))
        return ActAnswer(state="waiting_for_other", ko="했습니다.", en="Done.")

    @workflow.update
    async def enter_order(self, act: OrderAct) -> ActAnswer:
        return self._note(act)

    @workflow.update
    async def confirm_order(self, act: ConfirmOrderAct) -> ActAnswer:
        return self._note(act)

    @workflow.update
    async def type_recorded(self, act: RecordedDigitsAct) -> ActAnswer:
        return self._note(act)


@pytest_asyncio.fixture(scope="module", autouse=True)
async def worker(temporal: Client) -> AsyncIterator[None]:
    async with Worker(temporal, task_queue=QUEUE, workflows=[Probe], workflow_runner=UnsandboxedWorkflowRunner()):
        yield


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness()


class Stage:
    """A notice whose draw is over, and the two who held its ceremony."""

    def __init__(self, site: Site, notice: Notice, officer: Browser, operator: Browser) -> None:
        self.site, self.notice, self.officer, self.operator = site, notice, officer, operator

    async def change(self, **values: Any) -> None:
        async with self.site.db.transaction() as session:
            row = await session.get_one(DrawRow, self.notice.id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    async def came(self) -> list[dict[str, Any]]:
        handle = self.site.services.temporal.get_workflow_handle(draw_workflow_id(self.notice.id))
        found: list[dict[str, Any]] = await handle.query("told")
        return found

    async def upload(self, who: Browser, key: str = "", file: bytes = PDF, **changed: str) -> Any:
        return await who.post(
            f"/notices/{self.notice.id}/draw/order", key=key, data={**FORM, **changed}, files={"file": ("a.pdf", file)}
        )

    @property
    def path(self) -> str:
        return f"/notices/{self.notice.id}"


async def stage(site: Site, make: Make, witness: Witness) -> Stage:
    notice = await make.notice()
    run = drawn(head_of(), rows_of(head_of(), 40))
    document = canonical_json(witness.document(run))
    digest = await site.services.documents.put(document, "application/json")
    await site.add(
        row_of(
            notice.id, run.body.head, state="published", transcript_sha256=digest, digits="204179583",
            root1=run.body.root1, root2=run.body.root2, count=run.body.count, program=run.body.program,
            body_sha256=json.loads(document)["envelope"]["body_sha256"],
        )
    )  # fmt: skip
    await site.services.temporal.start_workflow("DrawProbe", id=draw_workflow_id(notice.id), task_queue=QUEUE)
    officer = await site.browser("신예린", ("officer", LH))
    return Stage(site, notice, officer, await site.browser("문하린", ("operator", "한국부동산원")))


async def test_the_operator_enters_an_order_with_its_document(site: Site, make: Make, witness: Witness) -> None:
    play = await stage(site, make, witness)
    applicant = await site.browser()
    before = await site.fingerprint()
    for who in (applicant, play.officer):
        assert (await play.upload(who)).status_code == 403
    for changed, field in (
        ({"authority": "mayor"}, "authority"), ({"number": ""}, "number"), ({"ordered_on": "tomorrow"}, "ordered_on"),
        ({"reason": "홍길동 010-1234-5678"}, "reason"), ({"reason": "800101-1234567"}, "reason"),
    ):  # fmt: skip
        refused = await play.upload(play.operator, **changed)
        assert refused.status_code == 422, changed
        assert field in refused.text
    assert (await play.upload(play.operator, file=b"no pdf")).json()["code"] == "not_a_pdf"
    assert await site.fingerprint() == before, "what is refused leaves nothing"
    key = uuid4().hex
    for _ in range(2):
        assert (await play.upload(play.operator, key)).status_code == 200
    (came,) = await play.came()
    assert (came["order"]["number"], came["person_id"]) == ("2026구합123", str(play.operator.id))
    assert await site.services.documents.get(came["order"]["document_sha256"]) == PDF
    assert (await play.upload(play.operator, key, number="다른 번호")).json()["code"] == "idempotency_key_reused"


async def test_the_suppliers_officer_reads_and_confirms_it(site: Site, make: Make, witness: Witness) -> None:
    play = await stage(site, make, witness)
    stranger = await site.browser("다른 담당자", ("officer", "다른 사업주체"))
    assert (await play.officer.get(f"{play.path}/draw/order")).json()["code"] == "no_order"
    digest = await site.services.documents.put(PDF, "application/pdf")
    order = ORDER.model_copy(update={"document_sha256": digest})
    entered = Entered(order=order, person_id=play.operator.id, at=now())
    await play.change(ordered=entered.model_dump(mode="json"))
    assert (await stranger.get(f"{play.path}/draw/order")).status_code == 403
    assert (await stranger.get(f"{play.path}/draw/order/document")).status_code == 403
    shown = (await play.officer.get(f"{play.path}/draw/order")).json()
    assert (shown["order_sha256"], shown["entered_by_me"]) == (order.digest(), False)
    assert (await play.operator.get(f"{play.path}/draw/order")).json()["entered_by_me"]
    assert (await play.officer.get(f"{play.path}/draw/order/document")).content == PDF
    body = {"order_sha256": shown["order_sha256"]}
    for who in (stranger, play.operator):
        assert (await who.post(f"{play.path}/draw/order/confirmation", body)).status_code == 403
    assert (await play.officer.post(f"{play.path}/draw/order/confirmation", {"order_sha256": "x"})).status_code == 422
    assert (await play.officer.post(f"{play.path}/draw/order/confirmation", body)).status_code == 200
    assert [one["person_id"] for one in await play.came()] == [str(play.officer.id)]
    tasks = await _codes(site, play.officer)
    assert "confirm_order" in tasks
    assert "confirm_order" not in await _codes(site, play.operator)
    assert "confirm_order" not in await _codes(site, stranger)


async def _codes(site: Site, who: Browser) -> set[str]:
    async with site.db.transaction() as session:
        return {one.code for one in await todo(session, who.id)}


async def test_digits_from_the_recording(site: Site, make: Make, witness: Witness) -> None:
    play = await stage(site, make, witness)
    path, applicant = f"{play.path}/recorded-digits", await site.browser()
    assert (await applicant.post(path, RECORDED)).status_code == 403
    for wrong in ({"recording_sha256": "short"}, {"digits": "12-3"}, {"reason": ""}):
        assert (await play.operator.post(path, RECORDED | wrong)).status_code == 422
    refused = await play.officer.post(path, RECORDED)
    assert (refused.status_code, refused.json()["code"]) == (409, "contracts_exist")
    assert await play.came() == []
    assert (await play.operator.post(path, RECORDED)).status_code == 200
    assert (await play.officer.post(path, RECORDED | {"no_contracts": True})).status_code == 200
    assert [one["role"] for one in await play.came()] == ["operator", "officer"]
    typed = {"digits": "204179583", "observers": [], "purpose": "corrected:1", "role": "operator"}
    await site.add(CeremonyRow(notice_id=play.notice.id, person_id=play.operator.id, **typed))
    assert "recorded_digits" in await _codes(site, play.officer)
    assert "recorded_digits" not in await _codes(site, play.operator)


async def test_everything_that_was_published_stays(site: Site, make: Make, witness: Witness) -> None:
    """A corrected transcript is served by its body, and the list says which one is in force."""
    play = await stage(site, make, witness)
    other = drawn(head_of(), rows_of(head_of(), 41))
    document = canonical_json(witness.document(other))
    digest = await site.services.documents.put(document, "application/json")
    old = json.loads(document)["envelope"]["body_sha256"]
    superseded = Superseded(body_sha256=old, transcript_sha256=digest, listing_sha256="0" * 64, until=now())
    await play.change(earlier=[superseded.model_dump(mode="json")])
    record = await site.services.documents.put(b'{"record": 1}', "application/json")
    corrected = {"notice_id": play.notice.id, "format": "onjip-draw-corrected", "body_sha256": "ef" * 32}
    await site.add(DrawRecordRow(**corrected, number=1, document_sha256=record), DrawRecordRow(**corrected, number=2))
    async with site.client() as http:
        found = (await http.get(f"/api/v1{play.path}/draw-records")).json()
        assert [one["state"] for one in found["transcripts"]] == ["superseded", "in_force"]
        assert [one["number"] for one in found["records"]] == [1], "the second has not been sealed yet"
        assert (await http.get(found["transcripts"][0]["url"])).content == document
        assert (await http.get(found["transcripts"][0]["list_url"])).content == other.listing
        assert (await http.get(found["transcripts"][1]["url"])).content != document
        assert (await http.get(f"/api/v1{play.path}/draw-proof?body={'0' * 64}")).status_code == 404
        assert (await http.get(found["records"][0]["url"])).content == b'{"record": 1}'
        for number in (2, 3):
            path = f"/api/v1{play.path}/draw-records/onjip-draw-corrected/{number}"
            assert (await http.get(path)).json()["code"] == "unknown_record"
    await _pages(play, "추첨 숫자를 고쳐 다시 선정했습니다", "The digits were corrected")


async def test_an_annulled_draw_says_so_on_every_page(site: Site, make: Make, witness: Witness) -> None:
    play = await stage(site, make, witness)
    ended = {
        "reason": "annulled", "at": now().isoformat(), "order": ORDER.model_dump(mode="json"),
        "entered_by": str(play.operator.id), "confirmed_by": str(play.officer.id),
    }  # fmt: skip
    await play.change(state="annulled", ended=ended, refusal={"code": "list_locked", "ko": "잠김", "en": "locked"})
    me = await site.browser()
    plain = {"notice_id": play.notice.id, "model_no": "01", "supply_kind": "general", "option_codes": []}
    mine = AwardRow(**plain, ticket="1" * 32, person_id=me.id, state="annulled", taken_by=0)
    standing = AwardRow(**plain, ticket="2" * 32, state="contracted", unit="101-101")
    await site.add(mine, standing)
    for lang, words in (("ko", ("서울행정법원", "이 추첨은 취소되었습니다")), ("en", ("This draw is annulled",))):
        page = await _page(play, lang)
        assert all(word in page for word in words)
        award = await get(me, f"/awards/{mine.id}", lang)
        read(award, lang)
        assert ("효력이 없습니다" if lang == "ko" else "does not count any more") in award.text
        for who in (play.operator, play.officer):
            order = await get(who, f"{play.path}/draw/order", lang)
            read(order, lang)
            assert "101-101" in order.text, "the contract that people have to dissolve"
            assert ("잠김" if lang == "ko" else "locked") in order.text
    async with site.client() as http:
        found = (await http.get(f"/api/v1{play.path}/draw-records")).json()
        assert (found["state"], [one["state"] for one in found["transcripts"]]) == ("annulled", ["annulled"])
        assert (await http.get(f"/api/v1{play.path}/draw-proof")).status_code == 200, "nothing is overwritten"
    assert "winners_refused" in await _codes(site, play.operator)


async def _page(play: Stage, lang: str) -> str:
    me = await play.site.browser()
    reply = await get(me, f"{play.path}/draw", lang)
    read(reply, lang)
    return reply.text


async def _pages(play: Stage, ko: str, en: str) -> None:
    for lang, word in (("ko", ko), ("en", en)):
        for path in ("draw", "ceremony"):
            reply = await get(play.officer, f"{play.path}/{path}", lang)
            read(reply, lang)
            assert word in reply.text
        assert "draw-records/onjip-draw-corrected/1" in await _page(play, lang)


async def test_the_forms_of_both(site: Site, make: Make, witness: Witness) -> None:
    play = await stage(site, make, witness)
    applicant = await site.browser()
    for path in ("draw/order", "draw/correction"):
        assert (await get(applicant, f"{play.path}/{path}")).status_code == 403
        for who in (play.operator, play.officer):
            for lang in ("ko", "en"):
                read(await get(who, f"{play.path}/{path}", lang), lang)
    secrets = {"csrf": play.operator.csrf, "key": uuid4().hex}
    missing = await send(play.operator, f"{play.path}/draw/order", {**secrets, **FORM})
    assert missing.status_code == 422
    assert "명령서 PDF를 골라" in missing.text
    assert "2026구합123" in missing.text, "what was typed is shown again"
    sent = await play.operator.http.post(
        f"{play.path}/draw/order", data={**secrets, **FORM}, files={"file": ("a.pdf", PDF)},
        headers={"Accept": "text/html", "Origin": "http://127.0.0.1:8000"},
    )  # fmt: skip
    assert sent.status_code == 303
    ordered = Entered(order=ORDER, person_id=play.operator.id, at=now())
    await play.change(ordered=ordered.model_dump(mode="json"))
    page = read(await get(play.officer, f"{play.path}/draw/order"))
    form = next(one for one in page.forms if one.action.endswith("/confirmation"))
    done = await send(play.officer, form.action, form.fields)
    assert done.status_code == 303
    mine = {"csrf": play.officer.csrf, "key": uuid4().hex}
    unticked = await send(play.officer, f"{play.path}/draw/correction", {**mine, **RECORDED})
    assert unticked.status_code == 409
    assert "온집 밖에서" in unticked.text
    ticked = await send(play.officer, f"{play.path}/draw/correction", {**mine, **RECORDED, "no_contracts": "yes"})
    assert ticked.headers["location"].endswith("said=recorded_waiting_for_other")
    assert next(sorted(one) for one in await play.came()) == ["order", "person_id"]


async def test_a_draw_without_a_result_is_annulled_too(site: Site, make: Make) -> None:
    notice = await make.notice()
    ended = {"reason": "annulled", "at": now().isoformat(), "order": ORDER.model_dump(mode="json")}
    await site.add(row_of(notice.id, head_of(), state="annulled", root1="1" * 64, ended=ended))
    me = await site.browser()
    await filed(site, make, me, notice.id, ["ab" * 16])
    for lang, word in (("ko", "이 추첨은 취소되었습니다"), ("en", "This draw is annulled")):
        for path in ("draw", "draw/mine", "ceremony"):
            reply = await get(me, f"/notices/{notice.id}/{path}", lang)
            read(reply, lang)
            assert word in reply.text, path
