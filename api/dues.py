"""What has to be paid, as its payer and the others of the case see it."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from api.inputs import iso
from store.tables.transfers import DueRow


class DueOut(BaseModel):
    id: str
    kind: str
    number: int
    amount: int
    payment_no: str | None
    account: str | None
    memo: str | None
    due_on: str | None
    paid_at: str | None
    mine: bool


def due_out(row: DueRow, reader: UUID) -> DueOut:
    """Payment numbers and accounts are for the one who pays."""
    mine = row.payer_id == reader
    return DueOut(
        id=str(row.id), kind=row.kind, number=row.number, amount=row.amount,
        payment_no=row.payment_no if mine else None, account=row.account if mine else None,
        memo=row.memo if mine else None, due_on=row.due_on.isoformat() if row.due_on else None,
        paid_at=iso(row.paid_at), mine=mine,
    )  # fmt: skip
