"""Requests that must all be refused: every POST of the API without what it needs, and acts that do not fit the deal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.time import now, seoul_date
from onjip.demo.case_b import DEPOSIT, PRICE, UNIQUE_NO, Resale
from onjip.demo.notices import lh_notice
from onjip.demo.people import Person

NOWHERE = str(uuid4())
Sent = tuple[Person, str, dict[str, Any]]


async def refused(resale: Resale) -> list[str]:
    """Send them all; the answer is the code of each refusal. DemoBroken where one was accepted."""
    everything = [*[one async for one in _without_what_it_needs(resale)], *_not_now(resale)]
    return [(await person.refused(path, body))["code"] for person, path, body in everything]


async def _without_what_it_needs(resale: Resale) -> AsyncIterator[Sent]:
    """Every operation about the deal's own things, by everybody who takes part in it."""
    known = {"case_id": resale.case_id, "contract_id": resale.contract_id, "transfer_id": resale.transfer_id}
    described = (await resale.buyer.get("/api/openapi.json"))["paths"]
    for path in (path for path, item in described.items() if "post" in item and path.startswith("/api/v1/")):
        names = re.findall(r"{(\w+)}", path)
        here = path.format(**{name: known.get(name, NOWHERE) for name in names})
        for person in (resale.seller, resale.buyer, resale.broker, resale.scrivener):
            yield person, here, {}
            yield person, here, {"surprise": 1}


def _not_now(resale: Resale) -> Iterator[Sent]:
    """Well made, but not by this person, not with these sums, or not at this moment."""
    contract, transfer = f"/api/v1/contracts/{resale.contract_id}", f"/api/v1/transfers/{resale.transfer_id}"
    day = (seoul_date(now()) + timedelta(days=1)).isoformat()
    undo = {"reason": "합의", "refund": PRICE, "refund_due_on": day}
    yield resale.buyer, f"{contract}/dissolution", {**undo, "refund": PRICE + 1}
    yield resale.broker, f"{contract}/dissolution", undo
    yield resale.buyer, f"{contract}/decline", {"reason": "마음이 바뀜"}
    yield resale.buyer, f"{transfer}/scrivener", {"scrivener_code": resale.broker.me["code"]}
    yield resale.buyer, f"{transfer}/right-proof", {"serial": "ABCD-1234-5678", "password_no": 7, "password": "1234"}
    yield resale.seller, f"{transfer}/declaration", {"homes_before": 0}
    parties = {"seller_code": resale.seller.me["code"], "buyer_code": resale.buyer.me["code"]}
    payments = [
        {"kind": "deposit", "amount": DEPOSIT, "due_on": day}, {"kind": "balance", "amount": PRICE - DEPOSIT},
    ]  # fmt: skip
    draft = {"unique_no": UNIQUE_NO, "price": PRICE, "payments": payments, **parties}
    yield resale.broker, "/api/v1/contracts", {**draft, "price": PRICE + 1}
    yield resale.broker, "/api/v1/contracts", {**draft, "buyer_code": parties["seller_code"]}
    yield resale.buyer, "/api/v1/contracts", draft
    yield resale.broker, "/api/v1/notices", lh_notice("0000099001", seoul_date(now()))
    line = {"notice_id": "lh-nowhere", "model_no": "01", "supply_kind": "general"}
    yield resale.buyer, f"/api/v1/cases/{resale.case_id}/applications", {"lines": [line]}
