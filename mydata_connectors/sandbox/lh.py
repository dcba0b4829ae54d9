"""LH 청약플러스: a public developer that publishes in its own format and receives applications itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from mydata_connectors.sandbox import (
    _counter_pages,
    _custody,
    _intake,
    _notices,
    _open_data,
    _published,
    _seeds,
)
from mydata_connectors.sandbox._agency import Agency
from mydata_connectors.sandbox._context import AgencyContext

API = "/B552555"
DEVELOPER = "한국토지주택공사"


def agency(ctx: AgencyContext) -> Agency:
    return Agency(
        title_ko="LH 청약플러스",
        title_en="LH Subscription Plus",
        idempotent=True,
        schema=_intake.SCHEMA + _custody.SCHEMA,
        seed=seed,
        signed=(
            *_intake.lines(lambda notice: notice.supplier.startswith(DEVELOPER), _published.lh_url, "LH"),
            *_custody.lines(ctx),
        ),
        pages=_counter_pages.PAGES,
        raw=(
            _open_data.gateway(f"{API}/lhLeaseNoticeInfo1/lhLeaseNoticeInfo1", _list),
            _open_data.gateway(f"{API}/lhLeaseNoticeDtlInfo1/getLeaseNoticeDtlInfo1", _detail),
            _open_data.gateway(f"{API}/lhLeaseNoticeSplInfo1/getLeaseNoticeSplInfo1", _supply),
        ),
    )


def seed(db: sqlite3.Connection) -> None:
    _intake.seed_secret(db)
    _seeds.seed_notices("lh", db)


def _list(query: Mapping[str, str], db: sqlite3.Connection) -> object:
    """Only notices of the asked period (PAN_ST_DT to PAN_ED_DT, both YYYYMMDD)."""
    first, last = query.get("PAN_ST_DT", "00000000"), query.get("PAN_ED_DT", "99999999")
    found = [notice for notice in _notices.every(db) if first <= f"{notice.notice_date:%Y%m%d}" <= last]
    return _published.lh_list(found, _asked(query), _published.utc_now())


def _detail(query: Mapping[str, str], db: sqlite3.Connection) -> object:
    return _published.lh_detail(_named(query, db), _asked(query), _published.utc_now())


def _supply(query: Mapping[str, str], db: sqlite3.Connection) -> object:
    return _published.lh_supply(_named(query, db), _asked(query), _published.utc_now())


def _named(query: Mapping[str, str], db: sqlite3.Connection) -> _notices.Notice | None:
    return _notices.find(db, query.get("PAN_ID", ""))


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    """The request is echoed in ``dsSch``, the key left out."""
    return {name: value for name, value in query.items() if name.lower() != "servicekey"}
