"""Reports: who must sign, what must be there, by when; changes, cancellations, and two acts for two messages."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.filings import ReportCancellation
from domain.time import now, seoul_date
from mydata_connectors.sandbox._people import identity_ref

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals, Sale

BOTH = ("daon", "garam")
LH = "한국토지주택공사"


async def refused(deals: Deals, path: str, body: dict[str, Any]) -> tuple[int, str]:
    got = await deals.act("rtms", path, body)
    assert got.receipt["status"] == got.status  # a refusal is signed too
    return got.status, got.data.get("code", "")


async def test_brokers_report_jointly_and_get_a_certificate(deals: Deals, sale: Sale) -> None:
    report = await deals.report(sale, await deals.contract(sale))
    got = await deals.act("rtms", "/reports", await deals.signed(report, *BOTH))
    assert got.status == 200, got.data
    assert got.data["number"].startswith(f"RTMS-{now().year}-")
    certificate = await deals.ask("rtms", f"/certificates/{got.data['number']}")
    assert (certificate["state"], certificate["price"]) == ("current", sale.price)
    found = await deals.ask("rtms", "/reports", f"reference={report.reference}", purpose="lookup")
    assert [item["number"] for item in found["items"]] == [got.data["number"]]


async def test_the_certificate_says_how_the_fund_plan_is_filed(deals: Deals, sale: Sale) -> None:
    report = await deals.report(sale, await deals.contract(sale), fund_plan="apart")
    number = (await deals.act("rtms", "/reports", await deals.signed(report, *BOTH))).data["number"]
    assert (await deals.ask("rtms", f"/certificates/{number}"))["fund_plan"] == "apart"
    unknown = await deals.signed({**report.model_dump(mode="json"), "fund_plan": "later"}, *BOTH)
    assert await refused(deals, "/reports", unknown) == (400, "invalid_body")


async def test_the_same_report_twice_is_two_reports(deals: Deals, sale: Sale) -> None:
    body = await deals.signed(await deals.report(sale, await deals.contract(sale)), *BOTH)
    first = await deals.act("rtms", "/reports", body)
    again = await deals.act("rtms", "/reports", body)
    assert first.data["number"] != again.data["number"]
    assert len(await deals.acts("rtms", "report", body["reference"])) == 2


async def test_even_the_very_same_message_acts_twice(deals: Deals, sale: Sale) -> None:
    body = await deals.signed(await deals.report(sale, await deals.contract(sale)), *BOTH)
    msg_id = "0192f0c1-2345-7abc-8def-0123456789ab"
    numbers = {(await deals.act("rtms", "/reports", body, msg_id=msg_id)).data["number"] for _ in range(2)}
    assert len(numbers) == 2


async def test_every_broker_must_have_signed(deals: Deals, sale: Sale) -> None:
    report = await deals.report(sale, await deals.contract(sale))
    assert await refused(deals, "/reports", await deals.signed(report, "daon")) == (422, "reporter_missing")
    assert await refused(deals, "/reports", await deals.signed(report, "minjun", "seoa")) == (422, "reporter_missing")


async def test_a_public_supplier_reports_alone(deals: Deals, sale: Sale) -> None:
    supply = replace(sale, seller="jihun", supplier=LH, brokers=())
    report = await deals.report(supply, await deals.contract(supply))
    assert (await deals.act("rtms", "/reports", await deals.signed(report, "jihun"))).status == 200
    assert await refused(deals, "/reports", await deals.signed(report, "seoa")) == (422, "reporter_missing")


async def test_without_broker_and_public_supplier_both_parties_report(deals: Deals, sale: Sale) -> None:
    private = replace(sale, brokers=())
    report = await deals.report(private, await deals.contract(private))
    assert await refused(deals, "/reports", await deals.signed(report, "seoa")) == (422, "reporter_missing")
    assert (await deals.act("rtms", "/reports", await deals.signed(report, "seoa", "minjun"))).status == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": 0}, "price_missing"),
        ({"contract_date": seoul_date(now()) - timedelta(days=31)}, "report_late"),
        ({"contract_date": seoul_date(now()) + timedelta(days=1)}, "contract_in_future"),
        ({"contract_copy": None}, "contract_copy_missing"),
        ({"contract_copy": base64.b64encode(b"<html>").decode()}, "not_a_pdf"),
        ({"contract_copy": base64.b64encode(b"%PDF-1.7 another").decode()}, "contract_copy_differs"),
        ({"deposit_proof": None}, "deposit_proof_missing"),
        ({"deposit_proof": {"statement_jws": "e30.e30.e30"}}, "deposit_proof_missing"),
        ({"property": {"lot_address": " ", "building": "", "exclusive_area": "59.94"}}, "property_missing"),
        ({"property": {"lot_address": "경기도", "building": "", "exclusive_area": "넓음"}}, "property_missing"),
        ({"contract_kind": "gift"}, "contract_kind_unknown"),
    ],
)
async def test_what_is_missing_or_wrong_is_refused(
    deals: Deals, sale: Sale, changes: dict[str, Any], code: str
) -> None:
    report = await deals.report(sale, await deals.contract(sale), **changes)
    assert await refused(deals, "/reports", await deals.signed(report, *BOTH)) == (422, code)
    assert not await deals.acts("rtms", "report", report.reference)


async def test_a_broker_is_who_the_broker_register_says(deals: Deals, sale: Sale) -> None:
    report = await deals.report(sale, await deals.contract(sale))
    update = {"registration_no": "99999-2020-1"}
    parties = tuple(p.model_copy(update=update) if p.role == "broker" else p for p in report.parties)
    wrong = report.model_copy(update={"parties": parties})
    assert await refused(deals, "/reports", await deals.signed(wrong, *BOTH)) == (422, "not_a_broker")


async def test_a_signature_over_another_text_or_by_another_person_is_refused(deals: Deals, sale: Sale) -> None:
    report = await deals.report(sale, await deals.contract(sale))
    body = await deals.signed(report, *BOTH)
    other = await deals.signed(report.model_copy(update={"price": report.price - 1}), *BOTH)
    assert await refused(deals, "/reports", {**other, "signatures": body["signatures"]}) == (422, "signature_invalid")
    body["signatures"][0]["identity_ref"] = identity_ref("garam")
    assert await refused(deals, "/reports", body) == (422, "signer_differs")
    assert await refused(deals, "/reports", {**other, "body": other["body"] + " "}) == (400, "body_not_canonical")
    assert await refused(deals, "/reports", {**other, "reference": "another"}) == (400, "reference_differs")


async def test_a_revoked_certificate_signs_nothing(own: Deals, sale: Sale) -> None:
    report = await own.report(sale, await own.contract(sale))
    body = await own.signed(report, *BOTH)
    signer = await own.signer("garam")
    await own.box.control("trust", "POST", "/revoke", {"serial": f"{signer.signing_cert.serial_number:x}"})
    assert await refused(own, "/reports", body) == (422, "certificate_revoked")


async def test_while_the_trust_agency_is_down_it_says_try_again(deals: Deals, sale: Sale) -> None:
    body = await deals.signed(await deals.report(sale, await deals.contract(sale)), *BOTH)
    await deals.box.fault("trust", "/ocsp", "error")
    got = await deals.act("rtms", "/reports", body)
    assert (got.status, got.data["code"], got.data["retryable"]) == (503, "trust_unavailable", True)
    assert (await deals.act("rtms", "/reports", body)).status == 200


async def test_an_option_price_is_reported_by_one_party_and_supersedes(deals: Deals, sale: Sale) -> None:
    supply = replace(sale, seller="jihun", supplier=LH, brokers=())
    pdf = await deals.contract(supply)
    number = await deals.reported(supply, pdf)
    change = await deals.report(supply, pdf, price=supply.price + 9_100_000, changes=number)
    without = change.model_copy(update={"contract_copy": None})
    path = f"/reports/{number}/change"
    assert await refused(deals, path, await deals.signed(without, "jihun")) == (422, "change_proof_missing")
    same = change.model_copy(update={"price": supply.price})
    assert await refused(deals, path, await deals.signed(same, "jihun")) == (422, "nothing_changed")
    got = await deals.act("rtms", path, await deals.signed(change, "jihun"))
    assert got.status == 200, got.data
    old = await deals.ask("rtms", f"/certificates/{number}")
    assert (old["state"], old["superseded_by"]) == ("superseded", got.data["number"])
    new = await deals.ask("rtms", f"/certificates/{got.data['number']}")
    assert (new["state"], new["price"], new["chain"]) == ("current", supply.price + 9_100_000, [number])
    assert await refused(deals, path, await deals.signed(change, "jihun")) == (422, "report_superseded")
    found = await deals.ask("rtms", path, f"reference={change.reference}", purpose="lookup")
    assert [item["number"] for item in found["items"]] == [got.data["number"]]


async def test_a_change_is_about_the_same_deal(deals: Deals, sale: Sale) -> None:
    pdf = await deals.contract(sale)
    number = await deals.reported(sale, pdf)
    change = await deals.report(replace(sale, buyer="haneul"), pdf, price=sale.price + 1, changes=number)
    assert await refused(deals, f"/reports/{number}/change", await deals.signed(change, *BOTH)) == (422, "another_deal")
    mine = await deals.report(sale, pdf, price=sale.price + 1, changes=number)
    alone = await deals.signed(mine, "seoa")  # only a supply contract's price may be changed by one party
    assert await refused(deals, f"/reports/{number}/change", alone) == (422, "reporter_missing")


async def test_a_changed_price_of_a_sale_is_proven_by_an_amendment_of_all(deals: Deals, sale: Sale) -> None:
    pdf = await deals.contract(sale)
    number = await deals.reported(sale, pdf)
    path, cheaper = f"/reports/{number}/change", replace(sale, price=sale.price - 7_000_000)

    async def change(amendment: bytes, **changes: object) -> dict[str, object]:
        proof = {
            "amendment_sha256": hashlib.sha256(amendment).hexdigest(),
            "amendment_copy": base64.b64encode(amendment).decode(),
        }
        return await deals.signed(await deals.report(cheaper, pdf, changes=number, **{**proof, **changes}), *BOTH)

    without = await change(b"", amendment_sha256=None, amendment_copy=None)
    assert await refused(deals, path, without) == (422, "change_proof_missing")
    half = await deals.contract(cheaper, kind="amendment", signers=("minjun",))
    for wrong in (half, await deals.contract(sale, kind="amendment"), await deals.contract(cheaper)):
        assert await refused(deals, path, await change(wrong)) == (422, "change_proof_wrong")
    amendment = await deals.contract(cheaper, kind="amendment")
    other = await change(amendment, amendment_sha256="0" * 64)
    assert await refused(deals, path, other) == (422, "contract_copy_differs")
    got = await deals.act("rtms", path, await change(amendment))
    assert got.status == 200, got.data
    new = await deals.ask("rtms", f"/certificates/{got.data['number']}")
    assert (new["price"], new["contract_sha256"]) == (cheaper.price, hashlib.sha256(pdf).hexdigest())


async def test_a_living_contract_cannot_be_reported_as_dissolved(deals: Deals, sale: Sale) -> None:
    pdf = await deals.contract(sale)
    number = await deals.reported(sale, pdf)
    path = f"/reports/{number}/cancellation"
    for copy in (b"", pdf, await deals.contract(sale, kind="dissolution", signers=("minjun",))):
        body = await deals.signed(cancellation(number, copy), *BOTH)
        assert await refused(deals, path, body) == (422, "false_report")
    dissolved = await deals.contract(sale, kind="dissolution")
    body = await deals.signed(cancellation(number, dissolved), *BOTH)
    got = await deals.act("rtms", path, body)
    assert got.status == 200, got.data
    assert (await deals.ask("rtms", f"/certificates/{number}"))["state"] == "cancelled"
    assert await refused(deals, path, body) == (422, "report_cancelled")
    assert len(await deals.acts("rtms", "cancellation", body["reference"])) == 1


async def test_a_dissolution_changed_after_signing_does_not_count(deals: Deals, sale: Sale) -> None:
    pdf = await deals.contract(sale)
    number = await deals.reported(sale, pdf)
    dissolved = await deals.contract(sale, kind="dissolution")
    forged = bytes(dissolved.replace(b"/MediaBox", b"/MediaBux", 1))
    body = await deals.signed(cancellation(number, forged), *BOTH)
    status, code = await refused(deals, f"/reports/{number}/cancellation", body)
    assert status == 422
    assert code in {"signature_invalid", "contract_unreadable"}


def cancellation(number: str, copy: bytes) -> ReportCancellation:
    return ReportCancellation(
        reference=f"ONJIP-{hashlib.sha256(copy + number.encode()).hexdigest()[:24].upper()}", report_no=number,
        dissolved_on=seoul_date(now()), dissolution_sha256=hashlib.sha256(copy).hexdigest(),
        dissolution_copy=base64.b64encode(copy).decode(),
    )  # fmt: skip
