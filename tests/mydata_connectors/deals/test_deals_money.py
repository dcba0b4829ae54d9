"""Tax, bond, stamp and deposit: computed again by who takes the money, paid once, and never lost or made."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import signal
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from domain.errors import NotYet, UnknownThing
from domain.filings import Release, ReportCancellation, StampOrder, TaxRefund
from domain.time import now, seoul_date
from mydata_connectors.bank import BankDesk
from mydata_connectors.sandbox._people import identity_ref
from mydata_connectors.wetax import Wetax

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals, Sale


ESCROW = "301-7700-9001-11"
LH_ACCOUNT = "301-7700-1004-16"
LH = "한국토지주택공사"


@pytest.fixture
async def report_no(deals: Deals, sale: Sale) -> str:
    return await deals.reported(sale, await deals.contract(sale))


async def conserved(deals: Deals) -> None:
    assert await deals.ask("bank", "/check") == {"sum": 0, "uneven": [], "overdrawn": []}


# Acquisition tax


async def test_tax_is_filed_paid_at_the_bank_and_proved(deals: Deals, sale: Sale, report_no: str) -> None:
    before = await deals.account_of("seoa")
    bill = await deals.bought("wetax", "/returns", deals.tax_return(sale, report_no), "seoa")
    assert bill["amount"] == 5_850_000 + 585_000
    assert len(bill["proof"]["tax_payment_no"]) == 31
    assert (await deals.account_of("seoa"))["balance"] == before["balance"] - bill["amount"]
    assert len(await deals.acts("wetax", "payment", bill["reference"])) == 1
    await conserved(deals)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"acquisition_tax": 5_850_010}, "amount_differs"),
        ({"education_tax": 0}, "amount_differs"),
        ({"base": 584_999_990}, "base_below_price"),
        ({"taxpayer_ref": identity_ref("haneul")}, "taxpayer_differs"),
        ({"acquired_on": seoul_date(now()) + timedelta(days=1)}, "acquisition_date_wrong"),
        ({"acquired_on": seoul_date(now()) - timedelta(days=1)}, "acquisition_date_wrong"),
    ],
)
async def test_a_return_that_differs_is_refused(
    deals: Deals, sale: Sale, report_no: str, changes: dict[str, Any], code: str
) -> None:
    filed = deals.tax_return(sale, report_no, **changes)
    signer = "haneul" if "taxpayer_ref" in changes else "seoa"
    got = await deals.act("wetax", "/returns", await deals.signed(filed, signer))
    assert (got.status, got.data["code"]) == (422, code)
    assert not await deals.acts("wetax", "tax_return", filed.reference)


async def test_the_city_says_what_it_computes(deals: Deals, sale: Sale, report_no: str) -> None:
    filed = deals.tax_return(sale, report_no, acquisition_tax=1)
    got = await deals.act("wetax", "/returns", await deals.signed(filed, "seoa"))
    assert "5850000" in got.data["message"]


async def test_no_return_before_the_report_nor_by_somebody_else(deals: Deals, sale: Sale, report_no: str) -> None:
    early = deals.tax_return(sale, f"RTMS-{now().year}-999999")
    got = await deals.act("wetax", "/returns", await deals.signed(early, "seoa"))
    assert got.data["code"] == "report_missing"
    got = await deals.act("wetax", "/returns", await deals.signed(deals.tax_return(sale, report_no), "minjun"))
    assert got.data["code"] == "taxpayer_missing"


async def test_the_base_may_be_higher_than_the_reported_price(deals: Deals, sale: Sale, report_no: str) -> None:
    filed = deals.tax_return(replace(sale, options=9_000_000), report_no)
    got = await deals.act("wetax", "/returns", await deals.signed(filed, "seoa"))
    assert got.status == 200, got.data
    again = deals.tax_return(sale, report_no)
    got = await deals.act("wetax", "/returns", await deals.signed(again, "seoa"))
    assert got.data["code"] == "already_filed"


async def test_while_rtms_is_down_the_city_says_try_again(deals: Deals, sale: Sale, report_no: str) -> None:
    await deals.box.fault("rtms", "/certificates", "error")
    body = await deals.signed(deals.tax_return(sale, report_no), "seoa")
    got = await deals.act("wetax", "/returns", body)
    assert (got.status, got.data["code"]) == (503, "agency_down")


async def test_the_same_message_again_is_the_same_return(deals: Deals, sale: Sale, report_no: str) -> None:
    body = await deals.signed(deals.tax_return(sale, report_no), "seoa")
    msg_id = "0192f0c1-2345-7abc-8def-00000000000a"
    first, again = [await deals.act("wetax", "/returns", body, msg_id=msg_id) for _ in range(2)]
    assert first.data == again.data
    assert len(await deals.acts("wetax", "tax_return", body["reference"])) == 1


async def test_tax_comes_back_only_after_a_reported_dissolution(deals: Deals, sale: Sale, report_no: str) -> None:
    bill = await deals.bought("wetax", "/returns", deals.tax_return(sale, report_no), "seoa")
    balance = (await deals.account_of("seoa"))["balance"]
    path = f"/returns/{bill['number']}/refund"
    wish = TaxRefund(reference=f"R-{bill['number']}", return_no=bill["number"], report_no=report_no)
    body = await deals.signed(wish, "seoa")
    assert (await deals.act("wetax", path, body)).data["code"] == "not_dissolved"
    dissolved = await deals.contract(sale, kind="dissolution")
    cancelled = ReportCancellation(
        reference=f"C-{report_no}", report_no=report_no, dissolved_on=seoul_date(now()),
        dissolution_sha256=hashlib.sha256(dissolved).hexdigest(), dissolution_copy=base64.b64encode(dissolved).decode(),
    )  # fmt: skip
    await deals.act("rtms", f"/reports/{report_no}/cancellation", await deals.signed(cancelled, "daon", "garam"))
    got = await deals.act("wetax", path, body)
    assert (got.status, got.data.get("amount")) == (200, bill["amount"])
    expected = balance + bill["amount"]
    await deals.until(lambda: deals.account_of("seoa"), lambda account: account["balance"] == expected)
    assert (await deals.act("wetax", path, body)).data["code"] == "already_refunded"
    await conserved(deals)


async def test_standard_values(deals: Deals, http: httpx.AsyncClient) -> None:
    office = Wetax(deals.box.exchange("wetax", http))
    value = await office.standard_value("1143-2019-004521")
    assert value.value == 312_000_000
    with pytest.raises(NotYet):
        await office.standard_value("1346-2026-999999")
    with pytest.raises(UnknownThing):
        await office.bill("TAX-2026-999999")


# Housing bond


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 6_560_000}, "amount_differs"),
        ({"standard_value": 585_000_000}, "standard_value_differs"),
        ({"standard_value_no": "SV-2026-999999"}, "standard_value_differs"),
        ({"region": "11680"}, "region_differs"),
        ({"unique_no": "1346-2026-999999"}, "standard_value_unknown"),
    ],
)
async def test_a_bond_order_that_differs_is_refused(
    deals: Deals, sale: Sale, changes: dict[str, Any], code: str
) -> None:
    value = await deals.ask("wetax", "/standard-values/1143-2019-004521")
    got = await deals.act("bond", "/orders", await deals.signed(deals.bond_order(sale, value, **changes), "seoa"))
    assert (got.status, got.data["code"]) == (422, code)


async def test_a_bond_is_bought_on_the_standard_value(deals: Deals, sale: Sale) -> None:
    value = await deals.ask("wetax", "/standard-values/1143-2019-004521")
    bill = await deals.bought("bond", "/orders", deals.bond_order(sale, value), "seoa")
    assert bill["amount"] == 6_550_000
    assert bill["proof"]["bond_no"]
    got = await deals.act("bond", "/orders", await deals.signed(deals.bond_order(sale, value), "minjun"))
    assert got.data["code"] == "buyer_missing"


# The bank


async def test_a_deposit_is_found_by_its_memo_with_proof(deals: Deals, sale: Sale, http: httpx.AsyncClient) -> None:
    desk = BankDesk(deals.box.exchange("bank", http))
    assert await desk.deposits(LH_ACCOUNT, sale.memo) == []
    await deals.transfer("haneul", LH_ACCOUNT, 40_200_000, sale.memo)
    (deposit,) = await desk.deposits(LH_ACCOUNT, sale.memo)
    assert (deposit.amount, deposit.memo) == (40_200_000, sale.memo)
    await conserved(deals)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"to_account": LH_ACCOUNT, "amount": "9000000000", "memo": "m"}, 422, "not_enough_money"),
        ({"to_account": "000", "amount": "1", "memo": "m"}, 404, "unknown_account"),
        ({"to_account": "100-000-000000", "amount": "1", "memo": "m"}, 404, "unknown_account"),
        ({"to_account": LH_ACCOUNT, "amount": "-5", "memo": "m"}, 400, "amount_malformed"),
        ({"to_account": LH_ACCOUNT, "amount": "0", "memo": "m"}, 400, "amount_malformed"),
        ({"to_account": LH_ACCOUNT, "amount": "1e9", "memo": "m"}, 400, "amount_malformed"),
        ({"to_account": LH_ACCOUNT}, 400, "amount_malformed"),
    ],
)
async def test_bad_transfers_move_nothing(deals: Deals, form: dict[str, str], status: int, code: str) -> None:
    before = await deals.account_of("jiho")
    async with deals.box.person("bank", "jiho") as http:
        reply = await http.post("/people/transfers", data=form)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert await deals.account_of("jiho") == before
    await conserved(deals)


async def test_a_form_sent_twice_transfers_once(deals: Deals) -> None:
    form = {"to_account": LH_ACCOUNT, "amount": "1000", "memo": "twice", "key": "one-form"}
    async with deals.box.person("bank", "jiho") as http:
        first, again = [(await http.post("/people/transfers", data=form)).json() for _ in range(2)]
    assert first == again
    assert len(await deals.acts("bank", "transfer", "twice")) == 1


async def test_stamp_duty_is_bought_and_paid_once(deals: Deals) -> None:
    order = StampOrder(reference="STAMP-1", contract_sha256="0" * 64, contract_amount=585_000_000, amount=150_000)
    got = await deals.act("bank", "/stamps", await deals.signed(order))
    number = got.data["payment_no"]
    wrong = await deals.pay("seoa", number, amount="149999")
    assert wrong.json()["code"] == "amount_differs"
    assert (await deals.pay("seoa", number, amount="150000")).status_code == 200
    assert (await deals.pay("minjun", number)).json()["code"] == "already_paid"
    bill = await deals.paid("bank", f"/stamps/{got.data['number']}")
    assert bill["proof"]["stamp_no"]
    assert len(await deals.acts("bank", "stamp_order", "STAMP-1")) == 1


@pytest.mark.parametrize(
    ("contract", "amount", "code"), [(585_000_000, 70_000, "amount_differs"), (90_000_000, 0, "no_duty")]
)
async def test_a_stamp_of_another_amount_is_refused(deals: Deals, contract: int, amount: int, code: str) -> None:
    order = StampOrder(reference="STAMP-2", contract_sha256="0" * 64, contract_amount=contract, amount=amount)
    got = await deals.act("bank", "/stamps", await deals.signed(order))
    assert (got.status, got.data["code"]) == (422, code)


async def test_an_unknown_or_mistyped_bill_is_not_paid(deals: Deals) -> None:
    for number in ("", "1" * 19, "1100000000000012347"):
        assert (await deals.pay("seoa", number)).json()["code"] == "unknown_bill"


async def test_only_the_bank_may_tell_a_payment(deals: Deals) -> None:
    news = {"reference": "x", "payment_no": "1", "transaction_no": "T", "amount": 1, "paid_at": "now"}
    got = await deals.box.send("wetax", "POST", "/payments/1", news, purpose="payment")
    assert (got.status, got.data["code"]) == (403, "not_permitted")


async def test_a_payment_reaches_a_killed_issuer_exactly_once(deals: Deals, sale: Sale, report_no: str) -> None:
    got = await deals.act("wetax", "/returns", await deals.signed(deals.tax_return(sale, report_no), "seoa"))
    await deals.box.fault("wetax", "/payments", "act_then_timeout", method="POST", times=1)
    assert (await deals.pay("seoa", got.data["payment_no"])).status_code == 200
    os.kill(deals.box.pid("wetax"), signal.SIGKILL)
    bill = await _paid_after_restart(deals, got.data["number"])
    assert len(await deals.acts("wetax", "payment", bill["reference"])) == 1
    payments = [a for a in (await deals.box.ledger("bank"))["acts"] if a["reference"] == got.data["payment_no"]]
    assert len(payments) == 1
    await conserved(deals)


async def test_a_payment_survives_the_death_of_the_bank(deals: Deals, sale: Sale, report_no: str) -> None:
    got = await deals.act("wetax", "/returns", await deals.signed(deals.tax_return(sale, report_no), "seoa"))
    await deals.box.fault("wetax", "/payments", "error", method="POST", times=2)
    assert (await deals.pay("seoa", got.data["payment_no"])).status_code == 200
    os.kill(deals.box.pid("bank"), signal.SIGKILL)
    bill = await _paid_after_restart(deals, got.data["number"])
    assert len(await deals.acts("wetax", "payment", bill["reference"])) == 1


async def _paid_after_restart(deals: Deals, number: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            try:
                bill: dict[str, Any] = await deals.ask("wetax", f"/returns/{number}")
                if bill["paid"]:
                    return bill
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)


# Money that is held


async def held(deals: Deals, sale: Sale, account: str = ESCROW) -> str:
    done = await deals.transfer(sale.buyer, account, 10_000_000, sale.memo)
    return str(done["number"])


def release(sale: Sale, pdf: bytes, deposit_no: str, **changes: Any) -> Release:
    return Release.model_validate({
        "reference": f"REL-{deposit_no}", "contract_sha256": hashlib.sha256(pdf).hexdigest(), "deposit_no": deposit_no,
        "amount": 10_000_000, "buyer_ref": identity_ref(sale.buyer), "seller_ref": identity_ref(sale.seller),
        "direction": "refund", **changes,
    })  # fmt: skip


async def released(deals: Deals, wish: Release, pdf: bytes, *logins: str) -> tuple[int, str]:
    body = {**await deals.signed(wish, *logins), "contract": base64.b64encode(pdf).decode()}
    got = await deals.act("bank", "/releases", body)
    return got.status, got.data.get("code", "")


async def test_held_money_moves_only_with_both_consents(deals: Deals, sale: Sale) -> None:
    pdf, deposit_no = await deals.contract(sale), await held(deals, sale)
    for alone in ("seoa", "minjun"):
        assert await released(deals, release(sale, pdf, deposit_no), pdf, alone) == (422, "consent_of_both_missing")
    before = await deals.account_of("seoa")
    assert (await released(deals, release(sale, pdf, deposit_no), pdf, "seoa", "minjun"))[0] == 200
    assert (await deals.account_of("seoa"))["balance"] == before["balance"] + 10_000_000
    again = release(sale, pdf, deposit_no, reference="REL-again", amount=1)
    assert await released(deals, again, pdf, "seoa", "minjun") == (422, "exceeds_deposit")
    await conserved(deals)


async def test_held_money_is_released_to_the_seller(deals: Deals, sale: Sale) -> None:
    pdf, deposit_no = await deals.contract(sale), await held(deals, sale)
    before = await deals.account_of("minjun")
    wish = release(sale, pdf, deposit_no, direction="release")
    assert (await released(deals, wish, pdf, "seoa", "minjun"))[0] == 200
    assert (await deals.account_of("minjun"))["balance"] == before["balance"] + 10_000_000


async def test_money_goes_only_where_the_contract_says(deals: Deals, sale: Sale) -> None:
    deposit_no = await held(deals, sale)
    other = replace(sale, memo="ANOTHER-MEMO")
    pdf = await deals.contract(other)
    assert (await released(deals, release(sale, pdf, deposit_no), pdf, "seoa", "minjun"))[1] == "not_this_contract"
    stranger = replace(sale, seller="haneul")
    pdf = await deals.contract(sale)
    wish = release(stranger, pdf, deposit_no)
    assert (await released(deals, wish, pdf, "seoa", "haneul"))[1] == "not_this_contract"


async def test_a_supplier_pays_back_from_its_designated_account(deals: Deals, sale: Sale) -> None:
    supply = replace(sale, seller="jihun", buyer="haneul", supplier=LH, brokers=())
    pdf, deposit_no = await deals.contract(supply), await held(deals, supply, LH_ACCOUNT)
    out = release(supply, pdf, deposit_no, direction="release")
    assert (await released(deals, out, pdf, "haneul", "jihun"))[1] == "not_the_holder"
    assert (await released(deals, release(supply, pdf, deposit_no), pdf, "haneul", "jihun"))[0] == 200
    await conserved(deals)
