"""Verification of an uploaded contract, and what the code printed on one says. For everybody, without a log-in.

The file is judged in the documents worker, never in this process; a file that we sealed ourselves is known by its
digest at once. Who uploads gets a ticket, and with it the report, for a day; the file itself is not kept.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, UploadFile
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.inputs import iso
from api.pace import Step, paced
from api.services import Door, Services
from api.shell import UPLOAD_BYTES
from domain.contracts import Standing
from domain.errors import Invalid, NotYet, TooLarge
from domain.ids import new_token, verify_workflow_id
from domain.messages import VerifyStart
from domain.time import now
from store import archive, contracts, exchange, standing, verifications
from store.tables.archive import ArchivedRow
from store.tables.exchange import VerificationRow

router = APIRouter(prefix="/api/v1", tags=["verify"])
PDF = "application/pdf"
MOST_WAITING = 20  # the same worker seals everybody's contracts
HEAD_BYTES = 1024  # where the file's own signature must stand (ISO 32000-2, 7.5.2, as readers take it)
PACES = {"uploads": 30, "codes": 60}  # a minute, for one address

UploadStep = Annotated[Step, Depends(paced("uploads"))]
CodeStep = Annotated[Step, Depends(paced("codes"))]
Ticket = Annotated[str, Path(max_length=100)]
Code = Annotated[str, Path(max_length=100)]


class VerifyAsked(BaseModel):
    """``ticket``: whoever has it may read the report."""

    sha256: str
    ticket: str
    url: str


class VerifyOut(BaseModel):
    """``state``: verifying, or done with the report. ``listed``: the digest is that of a file that we sealed.

    Of such a file also: ``standing`` of its contract today, and whether there is a ``newer`` file of the contract, with
    a renewed archive time stamp.
    """

    sha256: str
    state: str
    report: dict[str, Any] | None
    listed: bool
    standing: Standing | None = None
    newer: bool = False
    reported_at: str | None = None


class CodeOut(BaseModel):
    """No names, no contents: only what the contract is worth today."""

    standing: Standing


@router.post("/verify", status_code=202, name="ask")
async def ask(file: UploadFile, services: Door, step: UploadStep) -> VerifyAsked:
    """Upload a PDF of at most 10 MB (multipart field ``file``); its result appears under ``url``."""
    return await begin(services, await file.read(), step)


def check_pdf(data: bytes) -> None:
    """TooLarge or Invalid before anything is kept."""
    if len(data) > UPLOAD_BYTES:
        raise TooLarge
    if b"%PDF-" not in data[:HEAD_BYTES]:
        raise Invalid("not_a_pdf", field="file", ko="PDF 파일이 아닙니다.", en="This file is not a PDF.")


async def begin(services: Services, data: bytes, step: Step) -> VerifyAsked:
    """TooLarge or Invalid before anything is kept; NotYet for who comes too often, and while many others wait."""
    check_pdf(data)
    step()
    ticket = new_token()
    async with services.db.transaction() as session:
        row = await _begin(session, ticket, data)
    return VerifyAsked(sha256=row.document_sha256, ticket=ticket, url=f"/api/v1/verify/{ticket}")


async def _begin(session: AsyncSession, ticket: str, data: bytes) -> VerificationRow:
    ours = await archive.known(session, verifications.digest(data))
    if ours is not None and ours.believed_until > now():
        return await verifications.ask(session, ticket, data, ours.report)
    if await verifications.waiting(session) >= MOST_WAITING:
        raise NotYet(
            "verifying", ko="지금 확인을 기다리는 문서가 많습니다. 잠시 뒤 다시 올려 주십시오.",
            en="Many documents wait to be verified. Please upload this one again shortly.", retry_after=5,
        )  # fmt: skip
    row = await verifications.ask(session, ticket, data)
    start = VerifyStart(verification_id=row.id)
    await exchange.promise(session, "start:VerifyWorkflow", verify_workflow_id(row.id), start)
    return row


@router.get("/verify/codes/{code}", name="code")
async def code(code: Code, services: Door, step: CodeStep) -> CodeOut:
    """What the code printed on a contract tells. 404, always the same, for whatever is no such code."""
    step()
    async with services.db.transaction() as session:
        return CodeOut(standing=await standing.of_code(session, code.strip().upper()))


@router.get("/verify/{ticket}", name="show")
async def show(ticket: Ticket, services: Door) -> VerifyOut:
    """The verifier's findings about the document that was uploaded for this ticket."""
    async with services.db.transaction() as session:
        row = await verifications.of_ticket(session, ticket)
        ours = await archive.known(session, row.document_sha256)
        today = await _standing(session, ours) if ours else None
    return VerifyOut(
        sha256=row.document_sha256, state="done" if row.report else "verifying", report=row.report,
        listed=ours is not None, standing=today, newer=ours is not None and ours.replaced_at is not None,
        reported_at=iso(row.reported_at),
    )  # fmt: skip


async def _standing(session: AsyncSession, ours: ArchivedRow) -> Standing:
    return await standing.of(session, await contracts.contract(session, ours.contract_id))
