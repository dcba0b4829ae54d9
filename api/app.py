"""The web process: JSON API, pages, log-in, static files. Built from ``Services``; holds no signing key."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api import docs, login, problems
from api.desk import Desk
from api.pace import Pace
from api.pages import site
from api.pages.errors import ProblemPages
from api.pages.statics import Statics
from api.routes import (
    access,
    applications,
    approvals,
    assessments,
    cases,
    certificates,
    consents,
    contract_acts,
    contracts,
    draw_endings,
    draws,
    forms,
    fund_plans,
    health,
    law,
    lease_reports,
    me,
    notices,
    powers,
    reserve,
    signing,
    signings,
    staff,
    transfers,
    verify,
    webhooks,
)
from api.services import Services, origin_of
from api.shell import Shell, security_headers

ROUTERS = (
    health.router, login.router, me.router, notices.router, draws.router, draw_endings.router, reserve.router,
    cases.router, consents.router, assessments.router, applications.router, contracts.router, signing.router,
    signings.router, certificates.router, contract_acts.router, forms.router, lease_reports.router, powers.router,
    approvals.router, transfers.router, fund_plans.router, verify.router, access.router, webhooks.router,
    staff.router, law.router, docs.router,
)  # fmt: skip


def create_app(services: Services) -> FastAPI:
    """The site. Nothing is read from the environment; everything outside comes in ``services``."""
    app = FastAPI(
        title="온집 Onjip", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        generate_unique_id_function=operation_id, redirect_slashes=False,
    )  # fmt: skip
    app.state.services = services
    app.state.desk = Desk()
    app.state.paces = {name: Pace(per_minute) for name, per_minute in verify.PACES.items()}
    problems.install(app)
    for router in (*ROUTERS, *site.ROUTERS):
        app.include_router(router)
    if services.static_dir is not None:
        app.mount("/static", Statics(directory=services.static_dir), name="static")
    targets = [origin_of(services.identity_url)] if services.identity_url else []
    app.add_middleware(Shell, headers=security_headers(tuple(targets)))
    app.add_middleware(ProblemPages, static_dir=services.static_dir, time_shortened=services.rulebook.time_shortened)
    return app


def operation_id(route: APIRoute) -> str:
    """``tag-name``, e.g. ``cases-open``: stable names for clients."""
    return f"{route.tags[0]}-{route.name}" if route.tags else route.name
