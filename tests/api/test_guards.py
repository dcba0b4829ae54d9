"""The site about itself: every route passes the door, every POST takes a key, no page loads anything from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api import access, idempotency
from api.app import ROUTERS
from api.routes.staff import from_staff_pages

if TYPE_CHECKING:
    from tests.api.conftest import Site

PUBLIC = {
    "GET /healthz", "GET /login", "GET /login/callback", "GET /api/v1/notices", "GET /api/v1/notices/{notice_id}",
    "GET /api/v1/notices/{notice_id}/draw-proof", "GET /api/v1/notices/{notice_id}/draw-records",
    "GET /api/v1/notices/{notice_id}/draw-records/{form}/{number}",
    "GET /api/v1/notices/{notice_id}/reserve", "GET /api/v1/notices/{notice_id}/draw-list", "GET /api/docs",
    "GET /api/v1/law", "GET /api/v1/law/rules",
    "GET /api/v1/law/rules/{name}", "GET /api/v1/law/parameters/{family}", "POST /api/v1/law/evaluations",
    "POST /api/v1/law/what-if", "POST /api/v1/verify", "GET /api/v1/verify/codes/{code}",
    "GET /api/v1/verify/{ticket}",
}  # fmt: skip
ANOTHER_ORIGIN = {"OPTIONS /staff/codec/decode", "POST /staff/codec/decode"}


def routes() -> dict[str, APIRoute]:
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}": route for route in found for method in route.methods}


def calls(dependant: Dependant) -> set[object]:
    inner = (calls(one) for one in dependant.dependencies)
    return {dependant.call}.union(*inner)


def test_every_route_passes_the_door() -> None:
    """``current_session`` checks log-in and CSRF; the codec endpoint checks session, role and origin instead."""
    unguarded = {name for name, route in routes().items() if access.current_session not in calls(route.dependant)}
    assert unguarded == PUBLIC | ANOTHER_ORIGIN
    for name in ANOTHER_ORIGIN:
        assert from_staff_pages in calls(routes()[name].dependant)
    assert access.require_staff in calls(routes()["POST /staff/codec/decode"].dependant)


def test_every_post_takes_an_idempotency_key() -> None:
    posts = {name: route for name, route in routes().items() if name.startswith("POST ")}
    keyless = {name for name, route in posts.items() if idempotency.idempotency_key not in calls(route.dependant)}
    # These only read: nothing is written that counts; a document uploaded twice is judged twice.
    assert keyless == {
        "POST /staff/codec/decode", "POST /api/v1/law/evaluations", "POST /api/v1/law/what-if", "POST /api/v1/verify",
    }  # fmt: skip


def test_things_of_one_person_have_their_own_guard() -> None:
    """A route whose path names a thing asks whose it is; the exceptions look at the row themselves, or it is public."""
    guards = {
        "case_id": access.case_member, "contract_id": access.contract_party, "transfer_id": access.transfer_party,
        "approval_id": access.approval_owner,
    }  # fmt: skip
    for name, route in routes().items():
        for parameter in re.findall(r"{(\w+)}", route.path):
            if parameter in guards:
                assert guards[parameter] in calls(route.dependant), name


async def test_operation_ids_are_stable_and_unique(site: Site) -> None:
    description = site.app.openapi()
    ids = [operation["operationId"] for item in description["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+-[a-z-]+", one) for one in ids), ids


async def test_no_page_loads_or_runs_anything_from_elsewhere(site: Site) -> None:
    async with site.client() as http:
        page = await http.get("/api/docs")
        assert page.status_code == 200
        assert not re.search(r"<script|<style|<link|<img|style=|src=", page.text)
        assert not re.search(r'href="(?!#|/)', page.text)
        assert "notices-publish" in page.text
        for path in ("/api/docs", "/api/openapi.json", "/api/v1/notices", "/nothing"):
            headers = (await http.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"


async def test_what_a_browser_reads_leads_to_the_log_in_and_the_api_answers_a_problem(site: Site) -> None:
    async with site.client() as http:
        assert (await http.get("/api/v1/me", headers={"Accept": "text/html"})).status_code == 401
        missing = await http.get("/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        wrong = await http.put("/api/v1/cases")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        assert wrong.headers["content-type"] == "application/problem+json"
        assert "allow" in wrong.headers


async def test_health(site: Site) -> None:
    async with site.client() as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
