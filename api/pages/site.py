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
    contract_acts,
    contracts,
    decisions,
    drafts,
    draw_endings,
    draws,
    eligibility,
    home,
    leases,
    notices,
    powers,
    publish,
    reserve,
    signing,
    signings,
    transfers,
    verify,
    webhooks,
)

ROUTERS = (
    home.router, check.router, publish.router, notices.router, draws.router, draw_endings.router, reserve.router,
    cases.router, consents.router, eligibility.router, decisions.router, applications.router, awards.router,
    drafts.router, leases.router, powers.router, signing.router, signings.router, contracts.router,
    contract_acts.router, approvals.router, transfers.router, verify.router, access.router, webhooks.router,
)  # fmt: skip
