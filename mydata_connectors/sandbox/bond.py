"""국민주택채권: orders of housing bonds, on the standard value and never on the price (주택도시기금법 §8)."""

from __future__ import annotations

import sqlite3

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _bills, _filing, _ledger, _pages
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._peers import ask, segment
from mydata_connectors.sandbox._signers import Signers

SCHEMA = (
    _bills.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, buyer_ref TEXT NOT NULL, unique_no TEXT NOT NULL,
    standard_value INTEGER NOT NULL);
"""
)
# 시행령 별표 부표 15호 (주택, 2025-08-26): from this standard value on, thousandths in a metropolitan city, elsewhere.
BANDS = (
    (600_000_000, 31, 26), (260_000_000, 26, 21), (160_000_000, 23, 18), (100_000_000, 21, 16), (50_000_000, 19, 14),
    (20_000_000, 13, 13),
)  # fmt: skip
UNIT = 10_000  # won: half a unit and more is a whole one
METRO_CODES = ("11", "26", "27", "28", "29", "30", "31")  # 특별시·광역시, first two digits of the 시군구 code


class Order(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    buyer_ref: str
    unique_no: str
    standard_value: int = Field(ge=0)
    standard_value_no: str
    amount: int = Field(ge=0)
    region: str = Field(pattern="^[0-9]{5}$")


def purchase(standard_value: int, metro: bool) -> int:
    """Won of bonds to buy; 0 below the lowest band. The whole value falls into one band."""
    for start, in_city, elsewhere in BANDS:
        if standard_value >= start:
            exact = standard_value * (in_city if metro else elsewhere)
            return max(UNIT, (exact // 1000 + UNIT // 2) // UNIT * UNIT)
    return 0


def agency(ctx: AgencyContext) -> Agency:
    signers = Signers(ctx)

    async def prepare(message: Message) -> object:
        filing = await signers.verified(_filing.read(message, Order))
        return filing, await ask(ctx, "wetax", f"/standard-values/{segment(filing.content.unique_no)}")

    return Agency(
        title_ko="국민주택채권 판매처", title_en="Housing bond seller", idempotent=True, schema=SCHEMA,
        signed=(
            Signed("POST", "/orders", order, ("bond",), prepare=prepare),
            Signed("GET", "/orders", find, ("lookup",)),
            Signed("GET", "/orders/{number}", show, ("read",)),
            Signed("GET", "/bonds/{bond_no}", bond, ("read",), clients=("registry",)),
            *_bills.routes(proof),
        ),
        pages=(Page("GET", "/people", my_bonds),),
    )  # fmt: skip


def order(message: Message, db: sqlite3.Connection) -> Reply:
    filing, value = message.prepared
    wish: Order = filing.content
    if wish.buyer_ref not in filing.signers:
        raise Refused("buyer_missing", "the buyer has not signed")
    _check(wish, value)
    number = f"BO-{message.received_at.year}-{_ledger.next_number(db, 'order'):06d}"
    row = (number, wish.buyer_ref, wish.unique_no, wish.standard_value)
    db.execute("INSERT INTO orders VALUES (?,?,?,?)", row)
    bill = _bills.issue(db, "bond", number=number, kind="order", reference=wish.reference, amount=wish.amount)
    _ledger.act(db, kind="bond_order", reference=wish.reference, number=number, body_sha256=message.body_sha256)
    return Reply(bill)


def _check(wish: Order, value: dict[str, object] | None) -> None:
    if value is None:
        raise Refused("standard_value_unknown", "the city has not computed a standard value")
    if (wish.standard_value_no, wish.standard_value) != (value["number"], value["value"]):
        raise Refused("standard_value_differs", f"the city's value is {value['value']} won")
    metro = wish.region.startswith(METRO_CODES)
    if metro != value["metro"]:
        raise Refused("region_differs", "the home is not in that region")
    own = purchase(wish.standard_value, metro)
    if own == 0:
        raise Refused("no_bond_needed", "below the lowest band")
    if wish.amount != own:
        raise Refused("amount_differs", f"the seller computes {own} won")


def proof(db: sqlite3.Connection, bill: sqlite3.Row) -> dict[str, str]:
    """The bond's issue number, made when it is paid."""
    return {"bond_no": f"{bill['at'][:4]}-{_ledger.next_number(db, 'bond'):08d}"}


def find(message: Message, db: sqlite3.Connection) -> Reply:
    return _bills.items(db, "order", message.query.get("reference", ""))


def show(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply(_bills.view(_bills.by_number(db, message.params["number"])))


def bond(message: Message, db: sqlite3.Connection) -> Reply:
    """For the registry: what was bought under a bond number."""
    query = (
        "SELECT o.*, b.amount FROM orders o JOIN bills b ON b.number = o.number"
        " WHERE b.state = 'paid' AND json_extract(b.proof, '$.bond_no') = ?"
    )
    row = db.execute(query, (message.params["bond_no"],)).fetchone()
    if row is None:
        raise Refused("unknown_bond", "no bond was bought under this number", status=404)
    return Reply(dict(row))


def my_bonds(visit: Visit, db: sqlite3.Connection) -> View:
    query = "SELECT b.* FROM bills b JOIN orders o ON o.number = b.number WHERE o.buyer_ref = ? ORDER BY b.rowid"
    rows = db.execute(query, (visit.person.identity_ref,)).fetchall()
    words = {"open": "미납 (Unpaid)", "paid": "매입 완료 (Bought)"}
    cells = [[r["number"], f"{r['amount']:,}원", r["payment_no"], words[r["state"]]] for r in rows]
    html = _pages.table("내 채권 매입 (My orders)", ["주문번호", "금액", "납부번호", "상태"], cells)
    return View("국민주택채권", html, [_bills.view(row) for row in rows])
