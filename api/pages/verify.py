"""Is this contract genuine? A PDF is uploaded, the documents worker judges it, and each finding is a sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from api.access import Me
from api.idempotency import intake
from api.inputs import Sha256Text
from api.pages.forms import Form, Refused, carry_out
from api.pages.view import Reader, Visitor
from api.routes import verify
from domain.errors import Invalid

Findings = list[Mapping[str, Any]]
router = APIRouter(include_in_schema=False)
Digest = Annotated[Sha256Text, Path()]


@router.get("/verify")
async def ask(view: Visitor) -> Response:
    return view.page("verify.html")


@router.post("/verify")
async def upload(view: Reader, person: Me, form: Form) -> Response:
    async def work() -> Response:
        file = form.form.get("file")
        if not isinstance(file, UploadFile) or not file.size:
            raise Invalid("no_file", field="file", ko="PDF 파일을 골라 주십시오.", en="Please choose a PDF file.")
        data = await file.read()
        verify.check_pdf(data)
        body = verify.Upload(sha256=hashlib.sha256(data).hexdigest())
        await intake(view.services, form.key, body, lambda session: verify.begin(view.services, session, person, data))
        return view.back(f"/verify/{body.sha256}", "uploaded")

    async def again(refused: Refused) -> Response:
        return view.page("verify.html", status=refused.status, refused=refused)

    return await carry_out(view, form, work, again)


@router.get("/verify/{sha256}")
async def result(view: Reader, person: Me, sha256: Digest) -> Response:
    found = await verify.show(sha256, person, view.services)
    return view.page("verified.html", found=found, groups=groups(found.report), version=found.state)


@router.get("/verify/{sha256}/live")
async def live(view: Reader, person: Me, sha256: Digest, v: Annotated[str, Query(max_length=20)] = "") -> Response:
    found = await verify.show(sha256, person, view.services)
    if v == found.state:
        return Response(status_code=204)
    return view.page("verified_live.html", found=found, groups=groups(found.report), version=found.state)


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
