"""나눔은행: accounts, deposits and their proof, bills paid for other agencies, electronic revenue stamps."""

from __future__ import annotations

import sqlite3

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _accounts, _bank_pages, _bills, _deposits, _filing, _ledger, _letters
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed
from mydata_connectors.sandbox._context import AgencyContext

SCHEMA = _accounts.SCHEMA + _bills.SCHEMA + _letters.SCHEMA + _bank_pages.SCHEMA + _deposits.SCHEMA
# 인지세법 §3①1: up to this many won, this duty. A home of up to 100 million is free of it (§6 5호).
STAMP_FREE = 100_000_000
STAMP_BANDS = ((1_000_000_000, 150_000),)
STAMP_ABOVE = 350_000


class StampOrder(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    contract_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    contract_amount: int = Field(ge=0)
    amount: int = Field(ge=0)


class PaidBack(BaseModel):
    reference: str
    payment_no: str
    amount: int


def agency(ctx: AgencyContext) -> Agency:
    desk, counter = _deposits.Desk(ctx), _bank_pages.Counter(ctx)
    act, look, read = ("payment",), ("lookup",), ("read",)

    async def background(db: sqlite3.Connection) -> None:
        await _letters.carry(ctx, db, _bank_pages.reverse)

    return Agency(
        title_ko="나눔은행", title_en="Nanum Bank", idempotent=True, schema=SCHEMA, seed=_accounts.seed,
        background=background,
        signed=(
            Signed("GET", "/deposits", desk.deposits, read),
            Signed("POST", "/stamps", order_stamp, act),
            Signed("GET", "/stamps", find_stamps, look),
            Signed("GET", "/stamps/{number}", show_stamp, read),
            Signed("POST", "/releases", desk.release, act, prepare=desk.signed_release),
            Signed("GET", "/releases", _deposits.find_releases, look),
            Signed("POST", "/payments/{payment_no}/refund", pay_back, act, clients=("wetax",)),
            Signed("GET", "/check", lambda message, db: Reply(_accounts.check(db)), read),
        ),
        pages=(
            Page("GET", "/people", _bank_pages.home),
            Page("POST", "/people/transfers", _bank_pages.transfer),
            Page("POST", "/people/bill", _bank_pages.show_bill, prepare=counter.bill),
            Page("POST", "/people/pay", _bank_pages.pay, prepare=counter.bill),
        ),
    )  # fmt: skip


def stamp_duty(contract_amount: int) -> int:
    """Won of duty on a contract about a home."""
    if contract_amount <= STAMP_FREE:
        return 0
    return next((duty for limit, duty in STAMP_BANDS if contract_amount <= limit), STAMP_ABOVE)


def order_stamp(message: Message, db: sqlite3.Connection) -> Reply:
    """Anybody may buy a stamp for a contract; it is the payment that counts."""
    wish = _filing.read(message, StampOrder).content
    duty = stamp_duty(wish.contract_amount)
    if duty == 0:
        raise Refused("no_duty", "no stamp duty on this contract")
    if wish.amount != duty:
        raise Refused("amount_differs", f"the duty is {duty} won")
    number = f"ST-{message.received_at.year}-{_ledger.next_number(db, 'stamp_order'):06d}"
    bill = _bills.issue(db, "bank", number=number, kind="stamp", reference=wish.reference, amount=duty)
    _ledger.act(db, kind="stamp_order", reference=wish.reference, number=number, body_sha256=message.body_sha256)
    return Reply(bill)


def find_stamps(message: Message, db: sqlite3.Connection) -> Reply:
    return _bills.items(db, "stamp", message.query.get("reference", ""))


def show_stamp(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply(_bills.view(_bills.by_number(db, message.params["number"])))


def pay_back(message: Message, db: sqlite3.Connection) -> Reply:
    """An issuer gives back what was paid on its bill. The same wish again is the same answer, and no more money."""
    wish = message.read(PaidBack)
    query = "SELECT * FROM bill_payments WHERE payment_no = ? AND issuer = ? AND state <> 'reversed'"
    row = db.execute(query, (message.params["payment_no"], message.client)).fetchone()
    if row is None or wish.payment_no != row["payment_no"]:
        raise Refused("unknown_payment", "nothing was paid on this bill of yours", status=404)
    if wish.amount != row["amount"]:
        raise Refused("amount_differs", "not the amount that was paid")
    if row["state"] == "paid":
        paid = _accounts.transaction(db, row["transaction_no"])
        memo = row["payment_no"]
        number = _accounts.move(db, paid["to_account"], paid["from_account"], paid["amount"], kind="refund", memo=memo)
        db.execute("UPDATE bill_payments SET state = 'refunded' WHERE transaction_no = ?", (row["transaction_no"],))
        _ledger.act(db, kind="refund", reference=wish.reference, number=number, body_sha256=message.body_sha256)
    return Reply({"number": row["transaction_no"], "at": _ledger.stamp(), "reference": wish.reference})
