"""Questions to other agencies, before the own transaction begins."""

from __future__ import annotations

import sqlite3
from typing import Any

from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._context import AgencyContext

NOTHING = ("unknown_", "not_yet", "no_use_approval")  # how agencies say that they hold nothing


async def ask(ctx: AgencyContext, agency: str, path: str) -> dict[str, Any] | None:
    """What the other agency holds under ``path``; None when it says that it holds nothing.

    ``Refused`` 503 (retryable) when it does not answer, or answers anything else.
    """
    try:
        return await ctx.call(agency, "GET", path, purpose="read")
    except Refused as refused:
        if refused.code.startswith(NOTHING):
            return None
        message = f"{agency} does not answer"
        raise Refused("agency_down", message, status=503, origin="provider_gateway", retryable=True) from None


def is_number(text: str) -> bool:
    """Whether somebody else's text can be an agency's number, and so one segment of a path."""
    plain = text.replace("-", "")
    return bool(plain) and plain.isascii() and plain.isalnum()


def segment(text: str) -> str:
    if not is_number(text):
        raise Refused("number_malformed", "a number is not one of this kind", status=400, origin="caller")
    return text


class OwnBooks:
    """The agency's own ledger for reading only, where no transaction is at hand: in a ``prepare``."""

    def __init__(self, ctx: AgencyContext) -> None:
        self.path = ctx.home / f"{ctx.name}.db"
        self._db: sqlite3.Connection | None = None

    def row(self, query: str, *values: object) -> sqlite3.Row | None:
        if self._db is None:
            self._db = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._db.row_factory = sqlite3.Row
        found: sqlite3.Row | None = self._db.execute(query, values).fetchone()
        return found
