"""The bank's own site: accounts and statements, transfers, and paying bills by their payment number."""

from __future__ import annotations

import re
import secrets
import sqlite3
from datetime import datetime
from typing import Any

from mydata_connectors.sandbox import _accounts, _bills, _envelope, _ledger, _letters, _pages
from mydata_connectors.sandbox._agency import Refused, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._peers import OwnBooks, ask
from mydata_connectors.sandbox._people import Person

SCHEMA = """
CREATE TABLE IF NOT EXISTS bill_payments (transaction_no TEXT PRIMARY KEY, payment_no TEXT NOT NULL,
    issuer TEXT NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS transfer_keys (owner_ref TEXT NOT NULL, key TEXT NOT NULL, transaction_no TEXT NOT NULL,
    PRIMARY KEY (owner_ref, key));
CREATE UNIQUE INDEX IF NOT EXISTS one_payment ON bill_payments (payment_no) WHERE state <> 'reversed';
"""
KINDS = {
    "opening": "개시", "transfer": "이체", "bill": "고지 납부", "release": "예치금 지급", "refund": "반환",
    "reversal": "납부 취소",
}  # fmt: skip


class Counter:
    """Pages that need to ask the issuer of a bill before they act."""

    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx, self.books = ctx, OwnBooks(ctx)

    async def bill(self, visit: Visit) -> dict[str, Any]:
        """The bill as its issuer shows it now: {payment_no, kind, amount, state} and the issuer."""
        payment_no = visit.form.get("payment_no", "").strip()
        issuer = _bills.issuer(payment_no)
        if issuer is None:
            raise Refused("unknown_bill", "납부번호를 확인해 주십시오. (No such payment number.)", status=404)
        if issuer == self.ctx.name:
            row = self.books.row("SELECT payment_no, kind, amount, state FROM bills WHERE payment_no = ?", payment_no)
            found = dict(row) if row else None
        else:
            found = await ask(self.ctx, issuer, f"/payments/{payment_no}")
        if found is None:
            raise Refused("unknown_bill", "고지 내역이 없습니다. (No such bill.)", status=404)
        return {**found, "issuer": issuer}


def accounts_of(db: sqlite3.Connection, person: Person) -> list[sqlite3.Row]:
    """The person's own account, and the designated accounts of the organisation that the person works for."""
    rows = db.execute("SELECT * FROM accounts WHERE kind <> 'mint' ORDER BY number").fetchall()
    return [r for r in rows if r["owner_ref"] == person.identity_ref or person.works_for(r["holder"])]


def home(visit: Visit, db: sqlite3.Connection) -> View:
    """Balances and statements, and what can be done: transfer, pay."""
    shown = [_account_view(db, row) for row in accounts_of(db, visit.person)]
    html = "".join(_account_html(one) for one in shown)
    transfer = _pages.field("to_account", "받는 계좌 (To account)") + _pages.field("amount", "금액, 원 (Amount, won)")
    memo = _pages.field("memo", "적요 (Memo)") + _pages.hidden({"key": secrets.token_urlsafe(16)})
    html += "<h2>이체 (Transfer)</h2>" + _pages.form("/people/transfers", transfer + memo, "이체하기")
    number = _pages.field("payment_no", "납부번호 19자리 (Payment number)")
    html += "<h2>고지 납부 (Pay a bill)</h2>" + _pages.form("/people/bill", number, "고지 확인")
    return View("내 계좌", html, {"bank": _accounts.BANK_NAME, "accounts": shown})


def _account_view(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    number = row["number"]
    return {
        "number": number, "kind": row["kind"], "holder": row["holder"], "balance": _accounts.balance(db, number),
        "statement": _accounts.statement(db, number),
    }  # fmt: skip


def _account_html(one: dict[str, Any]) -> str:
    rows = [
        [_pages.seoul(datetime.fromisoformat(r["at"])), KINDS[r["kind"]], r["memo"], f"{r['amount']:,}"]
        for r in one["statement"]
    ]
    title = f"{one['holder']} · {one['number']} · 잔액 {one['balance']:,}원"
    return _pages.table(title, ["일시", "구분", "적요", "금액(원)"], rows[-20:])


def transfer(visit: Visit, db: sqlite3.Connection) -> View:
    """From the person's own account. Money on escrow or designated accounts leaves only by signed consent.

    ``key`` (a hidden field of the form): a form that is sent twice transfers once.
    """
    owner, key = visit.person.identity_ref, visit.form.get("key", "").strip()[:64]
    query = "SELECT transaction_no FROM transfer_keys WHERE owner_ref = ? AND key = ?"
    known = db.execute(query, (owner, key)).fetchone() if key else None
    number = known["transaction_no"] if known else _transfer(visit, db)
    if key and not known:
        db.execute("INSERT INTO transfer_keys VALUES (?,?,?)", (owner, key, number))
    row = _accounts.transaction(db, number)
    return View("이체 완료", "", data={name: row[name] for name in ("number", "at", "amount", "memo")}, go="/people")


def _transfer(visit: Visit, db: sqlite3.Connection) -> str:
    source = _accounts.current_account(db, visit.person.identity_ref)
    target = _accounts.account(db, visit.form.get("to_account", "").strip())
    if target["kind"] == "treasury":
        raise Refused("pay_by_bill", "고지 납부를 이용해 주십시오. (Pay by payment number.)")
    memo = visit.form.get("memo", "").strip()[:64]
    number = _accounts.move(db, source, target["number"], amount_of(visit), kind="transfer", memo=memo)
    _ledger.act(db, kind="transfer", reference=memo, number=number, body_sha256="")
    return number


def amount_of(visit: Visit) -> int:
    text = visit.form.get("amount", "").strip().replace(",", "")
    if not re.fullmatch("[0-9]{1,15}", text) or int(text) == 0:
        raise Refused("amount_malformed", "금액을 확인해 주십시오. (Check the amount.)", status=400, origin="caller")
    return int(text)


def show_bill(visit: Visit, db: sqlite3.Connection) -> View:
    """The bill, and one button that pays exactly that amount."""
    bill = visit.prepared
    values = {"납부번호": bill["payment_no"], "금액": f"{bill['amount']:,}원", "상태": bill["state"]}
    fields = _pages.hidden({"payment_no": bill["payment_no"], "amount": str(bill["amount"])})
    button = _pages.form("/people/pay", fields, f"{bill['amount']:,}원 납부하기") if bill["state"] == "open" else ""
    return View("고지 납부", _pages.facts("고지 내역", values) + button, bill)


def pay(visit: Visit, db: sqlite3.Connection) -> View:
    """Debits the payer and owes the issuer the news, in one transaction. ``amount``, when sent, must be the bill's."""
    bill = visit.prepared
    if visit.form.get("amount") and amount_of(visit) != bill["amount"]:
        raise Refused("amount_differs", "고지 금액과 다릅니다. (Not the amount of the bill.)")
    known = "SELECT 1 FROM bill_payments WHERE payment_no = ? AND state <> 'reversed'"
    if bill["state"] != "open" or db.execute(known, (bill["payment_no"],)).fetchone():
        raise Refused("already_paid", "이미 납부한 고지입니다. (Paid already.)")
    source = _accounts.current_account(db, visit.person.identity_ref)
    target = _accounts.ISSUERS[bill["issuer"]]
    number = _accounts.move(db, source, target, bill["amount"], kind="bill", memo=bill["payment_no"])
    row = (number, bill["payment_no"], bill["issuer"], bill["amount"], "paid")
    db.execute("INSERT INTO bill_payments VALUES (?,?,?,?,?)", row)
    _ledger.act(db, kind="payment", reference=bill["payment_no"], number=number, body_sha256="")
    paid_at = _accounts.transaction(db, number)["at"]
    _tell(db, bill["issuer"], {
        "reference": number, "payment_no": bill["payment_no"], "transaction_no": number, "amount": bill["amount"],
        "paid_at": paid_at,
    })  # fmt: skip
    data = {"number": number, "payment_no": bill["payment_no"], "amount": bill["amount"], "at": paid_at}
    return View("납부 완료", "", data, go="/people")


def _tell(db: sqlite3.Connection, issuer: str, news: dict[str, Any]) -> None:
    if issuer != "bank":
        _letters.write(db, issuer, f"/payments/{news['payment_no']}", "payment", news)
        return
    digest = _envelope.sha256(str(news["transaction_no"]).encode())
    _bills.settle(db, _bills.Payment.model_validate(news), digest, stamp_proof)


def stamp_proof(db: sqlite3.Connection, bill: sqlite3.Row) -> dict[str, str]:
    """The electronic revenue stamp's own number, made when it is paid."""
    return {"stamp_no": f"{bill['at'][:4]}{_ledger.next_number(db, 'stamp'):012d}"}


def reverse(db: sqlite3.Connection, news: Any, code: str) -> None:
    """The issuer refused the payment for good: the money goes back to who paid."""
    paid = _accounts.transaction(db, news["transaction_no"])
    memo = f"{code} {paid['number']}"
    _accounts.move(db, paid["to_account"], paid["from_account"], paid["amount"], kind="reversal", memo=memo)
    db.execute("UPDATE bill_payments SET state = 'reversed' WHERE transaction_no = ?", (paid["number"],))
