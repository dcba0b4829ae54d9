"""What the page of a sealed lease says about its report and its fixed date."""

from __future__ import annotations

from typing import Any

from api.access import Party
from api.pages.view import View
from api.routes.lease_reports import of_lease
from domain.time import now, seoul_date
from law.sale.lease import most_fined

UNDER_WAY = ("preparing", "open", "filed")  # states after which the page changes by itself


async def facts(view: View, party: Party) -> dict[str, Any]:
    async with view.services.db.transaction() as session:
        found = await of_lease(session, party, view.services)
    if found is None:
        return {"lease_report": None}
    today, book = seoul_date(now()), view.services.rulebook
    return {
        "lease_report": found, "lease_fine": most_fined(today, book),
        "lease_change_days": book.period("lease_change_report", today).days,
    }  # fmt: skip
