"""The real agencies of a deal, as the connectors' tests start them."""

from __future__ import annotations

from tests.mydata_connectors.conftest import http, sandbox
from tests.mydata_connectors.deals.conftest import deals

__all__ = ["deals", "http", "sandbox"]
