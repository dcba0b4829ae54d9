"""Verification of an uploaded contract. The file is judged in the documents worker, never in this process."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Path, UploadFile
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Me
from api.idempotency import OnceKey, intake
from api.inputs import Sha256Text, Strict
from api.services import Door, Services
from api.shell import UPLOAD_BYTES
from domain.errors import Invalid, NotYet, TooLarge
from domain.ids import verify_workflow_id
from domain.messages import VerifyStart
from domain.people import Person
from store import exchange, verifications

router = APIRouter(prefix="/api/v1", tags=["verify"])
PDF = "application/pdf"
MOST_WAITING = 5  # of one person
HEAD_BYTES = 1024  # where the file's own signature must stand (ISO 32000-2, 7.5.2, as readers take it)


class Upload(Strict):
    sha256: str


class VerifyAsked(BaseModel):
    sha256: str
    url: str


class VerifyOut(BaseModel):
    """``state``: verifying, or done with the report."""

    sha256: str
    state: str
    report: dict[str, Any] | None


@router.post("/verify", status_code=202, response_model=VerifyAsked, name="ask")
async def ask(file: UploadFile, person: Me, key: OnceKey, services: Door) -> Any:
    """Upload a PDF of at most 10 MB (multipart field ``file``); its result appears under ``url``."""
    data = await file.read()
    check_pdf(data)
    upload = Upload(sha256=hashlib.sha256(data).hexdigest())
    done = await intake(services, key, upload, lambda session: begin(services, session, person, data), status=202)
    return done.response()


def check_pdf(data: bytes) -> None:
    """TooLarge or Invalid before anything is kept."""
    if len(data) > UPLOAD_BYTES:
        raise TooLarge
    if b"%PDF-" not in data[:HEAD_BYTES]:
        raise Invalid("not_a_pdf", field="file", ko="PDF 파일이 아닙니다.", en="This file is not a PDF.")


async def begin(services: Services, session: AsyncSession, person: Person, data: bytes) -> VerifyAsked:
    """NotYet while many documents of this person wait: the same worker seals everybody's contracts."""
    if await verifications.waiting(session, person.id) >= MOST_WAITING:
        raise NotYet(
            "verifying", ko="앞서 올린 문서를 검증하는 중입니다. 잠시 뒤 다시 올려 주십시오.",
            en="Your earlier documents are being verified. Please upload this one shortly.", retry_after=5,
        )  # fmt: skip
    sha256 = await services.documents.put(data, PDF)
    await exchange.note_blob(session, sha256, PDF, len(data))
    await verifications.ask(session, sha256, person.id)
    start = VerifyStart(document_sha256=sha256)
    await exchange.promise(session, "start:VerifyWorkflow", verify_workflow_id(sha256), start)
    return VerifyAsked(sha256=sha256, url=f"/api/v1/verify/{sha256}")


@router.get("/verify/{sha256}", name="show")
async def show(sha256: Annotated[Sha256Text, Path()], person: Me, services: Door) -> VerifyOut:
    """The verifier's findings about a document that I uploaded."""
    async with services.db.transaction() as session:
        report = await verifications.report(session, sha256, person.id)
    return VerifyOut(sha256=sha256, state="done" if report else "verifying", report=dict(report) if report else None)
