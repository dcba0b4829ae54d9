"""The registry: receipt, examination, correction and answer, registration, dismissal and refiling, withdrawal."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from domain.filings import TransferApplication, Withdrawal
from domain.time import SEOUL, now
from mydata_connectors.envelope import NotGenuine
from mydata_connectors.exchange import agency_http
from mydata_connectors.registry import RegistryDesk
from mydata_connectors.sandbox._people import identity_ref

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals, Sale

TITLE = "1143-2019-004521"
LH = "한국토지주택공사"
ADMITTED = "1346"


@pytest.fixture(scope="module")
async def prepared(deals: Deals, one_sale: Sale) -> tuple[TransferApplication, bytes]:
    return await deals.prepared(one_sale)


@pytest.fixture
def sale(one_sale: Sale) -> Sale:
    return one_sale


@pytest.fixture
def ready(prepared: tuple[TransferApplication, bytes]) -> tuple[TransferApplication, bytes]:
    """A complete application under a reference of its own. Nothing is registered in this module's shared ledgers."""
    app, pdf = prepared
    return app.model_copy(update={"reference": f"ONJIP-{uuid4().hex[:24].upper()}"}), pdf


async def test_a_filing_is_registered_from_its_receipt(own: Deals, sale: Sale, http: httpx.AsyncClient) -> None:
    app, pdf = await own.prepared(sale)
    number = await own.filed(sale, app, pdf)
    desk = RegistryDesk(own.box.exchange("registry", http))
    assert (await desk.status(number)).state == "received"
    assert (await desk.title(TITLE)).pending
    assert await own.defects(number) == []
    assert (await desk.status(number)).state == "examining"
    done = await own.registrar(number, "register")
    assert done.status_code == 200, done.text
    title, status = await desk.title(TITLE), await desk.status(number)
    assert (status.state, status.title_sha256) == ("registered", title.sha256)
    assert (title.owner, title.owner_ref, title.pending) == ("윤서아", identity_ref("seoa"), False)
    assert title.rights[-1].receipt_no == number
    assert title.rights[-1].received_on == sale.made_on
    assert len(await own.acts("registry", "registration", app.reference)) == 1
    await _rights_passed_on(own)
    await _a_fee_serves_once(own, sale, app, pdf)


async def _rights_passed_on(own: Deals) -> None:
    """New numbers for the new owner; the old ones are nobody's any more."""
    assert (await own.right_proof("seoa", TITLE))["serial"]
    async with own.box.person("registry", "minjun") as person:
        assert (await person.get("/people/rights")).json() == {"items": []}


async def _a_fee_serves_once(own: Deals, sale: Sale, app: TransferApplication, pdf: bytes) -> None:
    again = await own.filed(sale, app.model_copy(update={"reference": "ONJIP-AGAIN"}), pdf)
    assert {"fee_unpaid", "obligor_differs", "right_proof_wrong"} <= set(await own.defects(again))


async def test_the_same_filing_twice_is_two_receipts(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    body = await deals.filing(sale, *ready)
    msg_id = "0192f0c1-2345-7abc-8def-0000000000bb"
    first = await deals.act("registry", "/applications", body, msg_id=msg_id)
    again = await deals.act("registry", "/applications", body, msg_id=msg_id)
    assert first.data["number"] != again.data["number"]
    found = await deals.ask("registry", "/applications", f"reference={ready[0].reference}", purpose="lookup")
    assert [item["number"] for item in found["items"]] == [first.data["number"], again.data["number"]]
    assert len(await deals.acts("registry", "filing", ready[0].reference)) == 2
    assert await deals.defects(again.data["number"]) == ["already_pending"]
    for number in (first.data["number"], again.data["number"]):
        await deals.registrar(number, "dismissal", ground="2", reason="중복 신청")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"price": 1}, ["contract_price_differs", "application_price_differs"]),
        ({"tax_base": 585_000_010}, ["price_differs", "tax_differs"]),
        ({"tax_total": 1}, ["tax_differs"]),
        ({"tax_payment_no": "0" * 31}, ["tax_unpaid"]),
        ({"tax_payment_no": "../x"}, ["tax_unpaid"]),
        ({"report_no": "RTMS-2026-999999"}, ["report_not_current", "tax_unpaid"]),
        ({"bond_no": ""}, ["bond_unpaid"]),
        ({"bond_amount": 10_000}, ["bond_unpaid"]),
        ({"standard_value": 585_000_000}, ["standard_value_differs", "bond_unpaid"]),
        ({"fee_payment_no": ""}, ["fee_unpaid"]),
        ({"right_proof": {"serial": "x", "password_no": 7, "password": "0000"}}, ["right_proof_wrong"]),
        ({"cause": "증여"}, ["obligor_mandate_missing", "obligee_mandate_missing", "cause_differs"]),
    ],
)
async def test_defects_are_found(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes], changes: dict[str, Any], codes: list[str]
) -> None:
    app, pdf = ready
    wrong = TransferApplication.model_validate({**app.model_dump(), **changes})
    body = await deals.filing(sale, app, pdf)
    got = await deals.act("registry", "/applications", {**body, **await deals.signed(wrong, "doyun")})
    number = got.data["number"]
    found = await deals.defects(number)
    if "cause" in changes:
        assert set(codes) <= set(found)
    else:
        assert found == codes
    refused = await deals.registrar(number, "register")
    assert (refused.status_code, refused.json()["code"]) == (422, "defects_remain")
    await deals.registrar(number, "dismissal", ground="8", reason="흠을 보정하지 아니함")


async def test_the_property_must_be_as_registered(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    app, pdf = ready
    home = app.property.model_copy(update={"exclusive_area": "84.91"})
    number = await deals.filed(sale, app.model_copy(update={"property": home}), pdf)
    assert await deals.defects(number) == ["property_differs", "contract_property_differs"]
    await deals.registrar(number, "dismissal", ground="6", reason="면적이 다름")


async def test_the_obligor_must_be_the_owner(deals: Deals, sale: Sale) -> None:
    stranger = replace(sale, seller="haneul")
    app, _ = await deals.prepared(replace(sale, memo="X1"))
    wrong, other = app.model_copy(update={"parties": _parties(stranger, app)}), await deals.contract(stranger)
    number = await deals.filed(stranger, wrong, other)
    assert {"obligor_differs", "report_contract_differs"} == set(await deals.defects(number))
    await deals.registrar(number, "dismissal", ground="7", reason="소유자가 아님")


def _parties(sale: Sale, app: TransferApplication) -> tuple[Any, ...]:
    giver = app.parties[0].model_copy(update={"identity_ref": identity_ref(sale.seller), "name": "김하늘"})
    return (giver, app.parties[1])


async def test_mandates_agent_and_packet_are_examined(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    app, pdf = ready
    tampered = _repacked(await deals.packet({"contract.pdf": pdf}), "contract.pdf", pdf + b"\n")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"mandates": ("seoa",)}, ["obligor_mandate_missing"]),
        ({"packed": b"not a zip"}, ["packet_unreadable"]),
        ({"packed": await deals.packet({"readme.txt": b"x"})}, ["contract_missing"]),
        ({"packed": await deals.packet({"contract.pdf": b"%PDF-1.7 nothing"})}, ["contract_unsound"]),
        ({"packed": tampered}, ["packet_differs", "report_contract_differs"]),
        ({"packed": _repacked(await deals.packet({"contract.pdf": pdf}), "manifest.jws", b"e30.e30.e30")},
         ["packet_unsigned"]),
    ]  # fmt: skip
    for options, codes in cases:
        number = await deals.filed(sale, app, pdf, **options)
        assert await deals.defects(number) == codes, options.keys()
        await deals.registrar(number, "dismissal", ground="9", reason="첨부정보 미제공")


def _repacked(data: bytes, path: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, content if name == path else source.read(name))
    return out.getvalue()


async def test_a_contract_that_one_party_did_not_sign_proves_nothing(deals: Deals, sale: Sale) -> None:
    half = await deals.contract(sale, signers=("seoa",))
    app, _ = await deals.prepared(replace(sale, memo="X2"))
    number = await deals.filed(sale, app, half)
    assert await deals.defects(number) == ["contract_parties_differ", "report_contract_differs"]
    await deals.registrar(number, "dismissal", ground="8", reason="원인증명정보 불일치")


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"agent": "seoa"}, (422, "agent_missing")),
        ({"unique_no": "1143-2019-009999"}, (422, "title_unknown")),
        ({"refiles": "2026-999999"}, (422, "nothing_to_refile")),
        ({"packet": "?"}, (400, "invalid_body")),
    ],
)
async def test_what_cannot_be_received(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes], change: dict[str, str], answer: tuple[int, str]
) -> None:
    app, pdf = ready
    if "unique_no" in change:
        app = app.model_copy(update={"property": app.property.model_copy(update=change)})
    if "refiles" in change:
        app = app.model_copy(update=change)
    body = await deals.filing(sale, app, pdf)
    if "agent" in change:
        body |= await deals.signed(app, change["agent"])
    if "packet" in change:
        body |= change
    got = await deals.act("registry", "/applications", body)
    assert (got.status, got.data["code"]) == answer
    assert not await deals.acts("registry", "filing", app.reference)


async def test_a_missing_option_is_corrected_by_a_change_report(own: Deals, sale: Sale) -> None:
    """Case A: the supplier's certificate lacks the options; the change report is the answer."""
    supply = await _new_home(own, sale)
    app, pdf = await own.prepared(supply)
    number = await own.filed(supply, app, pdf)
    assert await own.defects(number) == ["price_differs"]
    ordered = (await own.registrar(number, "correction", codes="price_differs")).json()
    (correction,) = ordered["corrections"]
    assert (ordered["state"], correction["answerable_by"], correction["field"]) == ("correction", "reporter", "price")
    assert (await own.registrar(number, "register")).json()["code"] == "correction_open"

    price = supply.price + supply.options
    change = await own.report(supply, pdf, price=price, changes=app.report_no)
    path = f"/reports/{app.report_no}/change"
    reissued = (await own.act("rtms", path, await own.signed(change, "jihun"))).data["number"]
    answer = app.model_copy(update={"reference": "ONJIP-ANSWER", "price": price, "report_no": reissued})
    service = f"/applications/{number}/supplement"
    got = await own.act("registry", service, await own.filing(supply, answer, pdf))
    assert got.status == 200, got.data
    found = await own.ask("registry", service, "reference=ONJIP-ANSWER", purpose="lookup")
    assert [item["number"] for item in found["items"]] == [got.data["number"]]
    again = await own.act("registry", service, await own.filing(supply, answer, pdf))
    assert again.data["code"] == "no_correction_ordered"
    assert await own.defects(number) == []
    assert (await own.registrar(number, "register")).json()["state"] == "registered"
    assert (await own.ask("registry", f"/titles/{supply.home['unique_no']}"))["owner"] == "김하늘"


async def _new_home(own: Deals, sale: Sale) -> Sale:
    """A new building is approved by the city, then registered by its supplier; then it has titles and a value."""
    async with own.box.person("registry", "jihun") as officer:
        early = await officer.post("/people/preservations", data={"notice_no": "0000069901"})
        assert early.json()["code"] == "no_use_approval"
    async with own.box.person("houses", "citysora") as city:
        form = {
            "notice": "0000069901", "name": "과천 온누리", "sigungu": "41290", "bjdong": "11200", "bun": "77",
            "lot_address": "경기도 과천시 갈현동 77", "units": "901동|201호|59.84|31.2/9000.5|",
        }  # fmt: skip
        reply = await city.post("/people/approvals", data=form)
        assert reply.status_code == 200, reply.text
    async with own.box.person("registry", "jihun") as officer:
        (unit,) = (await officer.post("/people/preservations", data={"notice_no": "0000069901"})).json()["items"]
        twice = await officer.post("/people/preservations", data={"notice_no": "0000069901"})
        assert twice.json()["code"] == "title_exists"
    assert unit["unique_no"].startswith(ADMITTED)
    async with agency_http() as http:
        desk = RegistryDesk(own.box.exchange("registry", http))
        assert await desk.find_unit("0000069901", "901-201") == unit["unique_no"]
        assert await desk.find_unit("0000069901", "901-202") is None
    home = {
        "unique_no": unit["unique_no"], "lot_address": "경기도 과천시 갈현동 77", "building": "과천 온누리",
        "dong": "901동", "ho": "201호", "exclusive_area": "59.84",
    }  # fmt: skip
    return replace(
        sale, seller="jihun", buyer="haneul", supplier=LH, brokers=(), price=402_000_000, options=9_100_000, home=home
    )


async def test_a_supplement_answers_an_order_about_the_same_right(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    app, pdf = ready
    wrong = app.model_copy(update={"tax_total": 1})
    number = await deals.filed(sale, wrong, pdf)
    service = f"/applications/{number}/supplement"
    unasked = await deals.act("registry", service, await deals.filing(sale, app, pdf))
    assert unasked.data["code"] == "no_correction_ordered"
    assert (await deals.registrar(number, "correction", codes="fee_unpaid")).json()["code"] == "not_curable"
    assert (await deals.registrar(number, "correction")).json()["state"] == "correction"
    assert (await deals.registrar(number, "correction")).json()["code"] == "correction_open"
    other = replace(sale, buyer="jiho")
    changed = app.model_copy(update={"parties": (app.parties[0], app.parties[1].model_copy(
        update={"identity_ref": identity_ref("jiho"), "name": "박지호"}))})  # fmt: skip
    got = await deals.act("registry", service, await deals.filing(other, changed, pdf))
    assert got.data["code"] == "another_application"
    good = await deals.act("registry", service, await deals.filing(sale, app, pdf))
    assert good.status == 200, good.data
    status = await deals.ask("registry", f"/applications/{number}")
    assert status["state"] == "examining"
    assert all(correction["answered_at"] for correction in status["corrections"])
    assert await deals.defects(number) == []
    own_finding = await deals.registrar(number, "correction", finding="자필서명정보가 없습니다.", field="packet")
    assert own_finding.json()["corrections"][-1]["code"] == "registrar_finding"
    await deals.registrar(number, "dismissal", ground="9", reason="보정하지 아니함")


async def test_the_day_for_an_answer_passes(deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]) -> None:
    app, pdf = ready
    number = await deals.filed(sale, app.model_copy(update={"tax_total": 1}), pdf)
    ordered = (await deals.registrar(number, "correction")).json()["corrections"]
    due = datetime.fromisoformat(ordered[0]["due_at"]).astimezone(SEOUL)
    assert (due.date() - now().astimezone(SEOUL).date(), due.hour) == (timedelta(days=1), 23)
    with sqlite3.connect(deals.box.home / "registry.db") as books:  # no clock is faked: the order is made older
        passed = (now() - timedelta(seconds=1)).isoformat()
        books.execute("UPDATE corrections SET due_at = ? WHERE application_no = ?", (passed, number))
    late = await deals.act("registry", f"/applications/{number}/supplement", await deals.filing(sale, app, pdf))
    assert late.data["code"] == "correction_late"
    await deals.registrar(number, "dismissal", ground="5", reason="보정하지 아니함")


async def test_dismissal_ends_only_that_filing(own: Deals, sale: Sale) -> None:
    app, pdf = await own.prepared(sale)
    number = await own.filed(sale, app.model_copy(update={"bond_no": "2026-99999999"}), pdf)
    assert (await own.registrar(number, "dismissal", reason="이유")).json()["code"] == "ground_missing"
    assert (await own.registrar(number, "dismissal", ground="12", reason="이유")).json()["code"] == "ground_missing"
    assert (await own.registrar(number, "dismissal", ground="10")).json()["code"] == "reason_missing"
    done = (await own.registrar(number, "dismissal", ground="10", reason="채권 매입 미확인")).json()
    assert (done["state"], done["ground"]) == ("dismissed", "10")
    assert (await own.registrar(number, "register")).json()["code"] == "decided_already"
    again = await own.filed(sale, app.model_copy(update={"reference": "ONJIP-REFILED", "refiles": number}), pdf)
    assert again != number
    assert await own.defects(again) == []
    assert (await own.registrar(again, "register")).json()["state"] == "registered"
    assert (await own.ask("registry", f"/applications/{number}"))["state"] == "dismissed"


async def test_withdrawal_is_the_agents_until_the_decision(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    number = await deals.filed(sale, *ready)
    path = f"/applications/{number}/withdrawal"
    wish = Withdrawal(reference=f"ONJIP-W-{number}", receipt_no=number)
    assert (await deals.act("registry", path, await deals.signed(wish, "seoa"))).data["code"] == "agent_missing"
    assert (await deals.act("registry", path, await deals.signed(wish, "doyun"))).data["state"] == "withdrawn"
    found = await deals.ask("registry", path, f"reference={wish.reference}", purpose="lookup")
    assert len(found["items"]) == 1
    assert (await deals.act("registry", path, await deals.signed(wish, "doyun"))).data["code"] == "decided_already"


async def test_only_the_registrar_decides_and_only_at_the_registry(deals: Deals) -> None:
    async with deals.box.person("registry", "doyun") as scrivener:
        assert (await scrivener.get("/people/registrar")).status_code == 403
        assert (await scrivener.post("/people/registrar/2026-000001/register")).status_code == 403
        assert (await scrivener.post("/people/preservations", data={"notice_no": "1"})).status_code == 403
    async with deals.box.person("registry", "haeun") as registrar:
        assert (await registrar.get("/people/registrar/2026-999999")).json()["code"] == "unknown_application"


async def test_the_registrars_pages_show_queue_papers_and_documents(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    number = await deals.filed(sale, ready[0].model_copy(update={"tax_total": 1}), ready[1])
    async with deals.box.person("registry", "haeun") as registrar:
        html = {"Accept": "text/html"}
        queue = (await registrar.get("/people/registrar", headers=html)).text
        page = (await registrar.get(f"/people/registrar/{number}", headers=html)).text
        document = await registrar.get(f"/people/registrar/{number}/documents/0")
        missing = await registrar.get(f"/people/registrar/{number}/documents/99")
    assert number in queue
    assert "보정을 명함" in page
    assert "교합하여 등기 완료" not in page
    assert ready[0].right_proof.password not in page.split("첨부정보")[0]
    assert document.content == ready[1]
    assert missing.status_code == 404
    await deals.registrar(number, "dismissal", ground="5", reason="방식 위반")


async def test_when_a_neighbour_is_silent_nothing_is_decided(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes]
) -> None:
    number = await deals.filed(sale, *ready)
    await deals.box.fault("wetax", "/tax-payments", "error")
    refused = await deals.registrar(number, "register")
    assert (refused.status_code, refused.json()["code"]) == (503, "agency_down")
    await deals.registrar(number, "dismissal", ground="2", reason="시험")


@pytest.mark.parametrize("fault", ["act_then_timeout", "malformed", "late"])
async def test_a_receipt_that_never_came_back_is_found_by_reference(
    deals: Deals, sale: Sale, ready: tuple[TransferApplication, bytes], fault: str
) -> None:
    app = ready[0].model_copy(update={"reference": f"ONJIP-FAULT-{fault}-{ready[0].reference[-6:]}"})
    await deals.box.fault("registry", "/applications", fault, method="POST", seconds=0.2)
    body = await deals.filing(sale, app, ready[1])
    with pytest.raises((httpx.HTTPError, NotGenuine)):
        await deals.act("registry", "/applications", body)
    query = f"reference={app.reference}"
    found = await deals.until(
        lambda: deals.ask("registry", "/applications", query, purpose="lookup"), lambda answer: bool(answer["items"])
    )
    assert len(found["items"]) == 1
    assert len(await deals.acts("registry", "filing", app.reference)) == 1
    await deals.registrar(found["items"][0]["number"], "dismissal", ground="2", reason="시험")
