"""What a person sees at the receiving agency itself: own receipts, and what stands against them."""

from __future__ import annotations

import sqlite3

from mydata_connectors.sandbox import _pages
from mydata_connectors.sandbox._agency import Page, View, Visit

HEAD = ("접수번호", "공고번호", "주택형", "공급유형", "접수일시", "발표일이 같은 다른 신청")


def own_receipts(visit: Visit, db: sqlite3.Connection) -> View:
    """An application elsewhere with the same announcement date was received all the same; here it is shown."""
    query = (
        "SELECT number, notice, model, kind, received_at, same_day FROM entries WHERE applicant = ? AND crowd = 0"
        " ORDER BY seq"
    )
    rows = [dict(row) for row in db.execute(query, (visit.person.identity_ref,))]
    cells = [[str(value) for value in row.values()] for row in rows]
    return View("내 청약 접수 내역", _pages.table("접수 내역 (Receipts)", HEAD, cells), data=rows)


PAGES = (Page("GET", "/people", own_receipts),)
