"""All pages, in the order in which their addresses are tried: fixed words before names."""

from __future__ import annotations

from api.pages import (
    access,
    applications,
    approvals,
    awards,
    cases,
    check,
    consents,
    contracts,
    decisions,
    drafts,
    draws,
    eligibility,
    home,
    notices,
    publish,
    transfers,
    verify,
)

ROUTERS = (
    home.router, check.router, publish.router, notices.router, draws.router, cases.router, consents.router,
    eligibility.router, decisions.router, applications.router, awards.router, drafts.router, contracts.router,
    approvals.router, transfers.router, verify.router, access.router,
)  # fmt: skip
