"""What stands on designated and escrow accounts: looked up by memo, proved by statement, released by both parties."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _accounts, _contract_pdf, _envelope, _filing, _ledger, _people
from mydata_connectors.sandbox._agency import Message, Refused, Reply
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._signers import Signers

SCHEMA = """
CREATE TABLE IF NOT EXISTS releases (number TEXT PRIMARY KEY, deposit_no TEXT NOT NULL, reference TEXT NOT NULL,
    amount INTEGER NOT NULL, reply TEXT NOT NULL);
"""
HELD = ("escrow", "designated")


class Release(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    contract_sha256: str
    deposit_no: str
    amount: int = Field(ge=1)
    buyer_ref: str
    seller_ref: str
    direction: str = Field(pattern="^(release|refund)$")


class Enclosed(BaseModel):
    """Beside the signed text: the sealed contract, base64."""

    contract: str


class Desk:
    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx, self.signers = ctx, Signers(ctx)

    def deposits(self, message: Message, db: sqlite3.Connection) -> Reply:
        """Incoming transfers of one account under one memo, each with the bank's signed statement."""
        query = "SELECT * FROM transactions WHERE to_account = ? AND memo = ? AND kind = 'transfer' ORDER BY rowid"
        rows = db.execute(query, (message.query.get("account", ""), message.query.get("memo", "")))
        return Reply({"items": [self._statement(db, row) for row in rows]})

    def _statement(self, db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
        holder = _accounts.account(db, row["to_account"])["holder"]
        shown = {
            "number": row["number"], "account": row["to_account"], "amount": row["amount"], "at": row["at"],
            "memo": row["memo"],
        }  # fmt: skip
        claims = {"kind": "deposit", "bank": _accounts.BANK_NAME, "holder": holder, **shown}
        return {**shown, "statement_jws": _envelope.sign_token(claims, self.ctx.key, self.ctx.name)}

    async def signed_release(self, message: Message) -> object:
        filing = await self.signers.verified(_filing.read(message, Release))
        contract = _filing.from_base64(message.read(Enclosed).contract, "contract")
        _contract_pdf.check_pdf(contract, filing.content.contract_sha256, _envelope.sha256(contract))
        return filing, await _contract_pdf.read(contract, self.signers)

    def release(self, message: Message, db: sqlite3.Connection) -> Reply:
        filing, contract = message.prepared
        wish: Release = filing.content
        if {wish.buyer_ref, wish.seller_ref} - filing.signers:
            raise Refused("consent_of_both_missing", "buyer and seller must both have signed")
        deposit = _accounts.transaction(db, wish.deposit_no)
        target = _target(db, wish, deposit, contract)
        paid_out = "SELECT coalesce(sum(amount), 0) FROM releases WHERE deposit_no = ?"
        if db.execute(paid_out, (wish.deposit_no,)).fetchone()[0] + wish.amount > deposit["amount"]:
            raise Refused("exceeds_deposit", "more than what is held")
        memo = f"{wish.direction} {wish.deposit_no}"
        number = _accounts.move(db, deposit["to_account"], target, wish.amount, kind=wish.direction, memo=memo)
        reply = {
            "number": number, "at": _ledger.stamp(), "reference": wish.reference, "amount": wish.amount,
            "direction": wish.direction,
        }  # fmt: skip
        row = (number, wish.deposit_no, wish.reference, wish.amount, json.dumps(reply))
        db.execute("INSERT INTO releases VALUES (?,?,?,?,?)", row)
        _ledger.act(db, kind=wish.direction, reference=wish.reference, number=number, body_sha256=message.body_sha256)
        return Reply(reply)


def _target(db: sqlite3.Connection, wish: Release, deposit: sqlite3.Row, contract: _contract_pdf.ContractPdf) -> str:
    """Whose account the money goes to, once it is sure whose deposit of which contract it is."""
    held = _accounts.account(db, deposit["to_account"])
    payer = _accounts.account(db, deposit["from_account"])
    if deposit["kind"] != "transfer" or held["kind"] not in HELD:
        raise Refused("not_held", "this money is not held for anybody")
    memos = {str(part.get("reference", "")) for part in contract.terms.get("payments", ()) if isinstance(part, dict)}
    if not deposit["memo"] or deposit["memo"] not in memos or not _is_of(wish, contract):
        raise Refused("not_this_contract", "the deposit does not belong to that contract of these two")
    if payer["owner_ref"] != wish.buyer_ref:
        raise Refused("not_the_depositor", "somebody else paid this deposit")
    if held["kind"] == "designated":
        return _refund_by_supplier(wish, held, payer)
    return _accounts.current_account(db, wish.seller_ref) if wish.direction == "release" else str(payer["number"])


def _is_of(wish: Release, contract: _contract_pdf.ContractPdf) -> bool:
    """Both have signed the contract; for whom an agent did, the own signature on this wish confirms it (민법 §130)."""
    by_agent = contract.represented()
    sides = ((wish.buyer_ref, {"buyer"}), (wish.seller_ref, {"seller", "supplier"}))
    return all(ref in contract.signers or roles & by_agent for ref, roles in sides)


def _refund_by_supplier(wish: Release, held: sqlite3.Row, payer: sqlite3.Row) -> str:
    """A supplier's own account has nothing to release; an officer of the supplier agrees to pay back."""
    officer = _people.by_ref(wish.seller_ref)
    if wish.direction == "release" or officer is None or not officer.works_for(held["holder"]):
        raise Refused("not_the_holder", "only the holder of the account pays back from it")
    return str(payer["number"])


def find_releases(message: Message, db: sqlite3.Connection) -> Reply:
    rows = db.execute(
        "SELECT reply FROM releases WHERE reference = ? ORDER BY rowid", (message.query.get("reference", ""),)
    )
    return Reply({"items": [json.loads(row["reply"]) for row in rows]})
