"""Is this contract genuine? What its printed code says, and what its file says. For everybody, without a log-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from api.pages.forms import Refused, refused_by
from api.pages.view import Visitor
from api.routes import verify
from api.routes.verify import Code, CodeStep, Ticket, UploadStep
from domain.errors import FixInput, Invalid, UnknownThing, Wait

Findings = list[Mapping[str, Any]]
router = APIRouter(include_in_schema=False)


@router.get("/verify")
async def ask(view: Visitor) -> Response:
    return view.page("verify.html")


@router.post("/verify")
async def upload(view: Visitor, request: Request, step: UploadStep) -> Response:
    """Sent twice, it is judged twice: nothing else happens by it."""
    file = (await request.form()).get("file")
    try:
        if not isinstance(file, UploadFile) or not file.size:
            raise Invalid("no_file", field="file", ko="PDF 파일을 골라 주십시오.", en="Please choose a PDF file.")
        asked = await verify.begin(view.services, await file.read(), step)
    except (FixInput, Wait) as error:
        return _form(view, refused_by(error, {}), error.retry_after)
    return view.back(f"/verify/files/{asked.ticket}", "uploaded")


def _form(view: Visitor, refused: Refused, retry_after: float | None) -> Response:
    headers = {"Retry-After": str(round(retry_after))} if retry_after else None
    return view.page("verify.html", status=refused.status, headers=headers, refused=refused)


@router.get("/verify/files/{ticket}")
async def result(view: Visitor, ticket: Ticket) -> Response:
    found = await verify.show(ticket, view.services)
    return view.page("verified.html", **_shown(found, ticket))


@router.get("/verify/files/{ticket}/live")
async def live(view: Visitor, ticket: Ticket, v: Annotated[str, Query(max_length=20)] = "") -> Response:
    found = await verify.show(ticket, view.services)
    if v == found.state:
        return Response(status_code=204)
    return view.page("verified_live.html", **_shown(found, ticket))


def _shown(found: verify.VerifyOut, ticket: str) -> dict[str, Any]:
    return {"found": found, "groups": groups(found.report), "version": found.state, "ticket": ticket}


@router.get("/verify/{code}")
async def printed(view: Visitor, code: Code, step: CodeStep) -> Response:
    """Where the QR code of a paper leads. It tells nothing about people, and about an unknown code always the same."""
    try:
        found = await verify.code(code, view.services, step)
    except UnknownThing:
        return view.page("verify_code.html", status=404, standing=None)
    return view.page("verify_code.html", standing=found.standing)


def groups(report: Mapping[str, Any] | None) -> list[tuple[Mapping[str, Any] | None, Findings]]:
    """What was found about the document, then about each signature; what was not met first, nothing said twice."""
    if report is None:
        return []
    about: dict[str, Mapping[str, Any] | None] = {"": None, **{one["field"]: one for one in report["signers"]}}
    found: dict[str, Findings] = {field: [] for field in about}
    for finding in sorted(report["findings"], key=lambda one: bool(one["ok"])):
        listed = found[finding["subject"] if finding["subject"] in about else ""]
        if (finding["code"], finding["subject"]) not in [(one["code"], one["subject"]) for one in listed]:
            listed.append(finding)
    return [(about[field], listed) for field, listed in found.items() if listed]
