"""Contracts, signers, and people's signatures on bodies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import ContractTerms
from domain.errors import OnjipError, UnknownThing, WrongState
from domain.ids import new_id
from domain.words import ContractKind
from law.forms.writing import written
from store import codes
from store.tables.contracts import ApprovalRow, ContractDraftRow, ContractRow, ContractVersionRow, SignerRow

UNMADE = ("declined", "expired", "withdrawn", "annulled")  # contracts that were never made


async def contract(session: AsyncSession, contract_id: UUID, *, lock: bool = False) -> ContractRow:
    """UnknownThing when there is none."""
    row = await session.get(ContractRow, contract_id, with_for_update=lock)
    if row is None:
        raise UnknownThing(ko="계약을 찾을 수 없습니다.", en="There is no such contract.")
    return row


def terms_of(row: ContractRow) -> ContractTerms:
    return ContractTerms.model_validate(row.terms)


def line_key(row: ContractRow, word: str) -> str:
    """Under which the timeline tells once that this happened to this version of the contract."""
    version = terms_of(row).version
    return f"{word}:{row.id}" if version == 1 else f"{word}:{row.id}:{version}"


def must_be_version(terms: ContractTerms, version: int) -> None:
    """WrongState ``edited_meanwhile`` where somebody has made another version of the draft."""
    if terms.version != version:
        raise WrongState(
            "edited_meanwhile", field="version",
            ko=f"그사이 초안이 고쳐졌습니다(현재 {terms.version}번째 판). 다시 읽고 해 주십시오.",
            en=f"The draft was edited meanwhile (now version {terms.version}). Read it again.",
        )  # fmt: skip


async def add_contract(
    session: AsyncSession,
    terms: ContractTerms,
    *,
    case_id: UUID,
    created_by: UUID,
    award_id: UUID | None = None,
    supersedes: UUID | None = None,
) -> ContractRow:
    """A drafted contract with one signer per party. Idempotent by the contract's id."""
    found = await session.get(ContractRow, terms.contract_id)
    if found is not None:
        return found
    row = ContractRow(
        id=terms.contract_id,
        case_id=case_id,
        kind=terms.kind,
        terms=terms.model_dump(mode="json"),
        terms_sha256=terms.digest(),
        award_id=award_id,
        supersedes=supersedes,
        created_by=created_by,
    )
    session.add(row)
    await session.flush()
    await codes.remember(session, terms)
    for party in terms.parties:
        session.add(
            SignerRow(
                contract_id=row.id, field=party.field, order_no=party.order, role=party.role,
                person_id=party.signer.person_id,
            )
        )  # fmt: skip
    return row


async def living_dissolution(session: AsyncSession, contract_id: UUID) -> ContractRow | None:
    """The dissolution of this contract that is being signed or has been."""
    rows = await session.exec(
        select(ContractRow)
        .where(
            ContractRow.supersedes == contract_id,
            ContractRow.kind == ContractKind.DISSOLUTION,
            col(ContractRow.state).not_in(UNMADE),
        )
        .limit(1)
    )
    return rows.first()


async def signers(session: AsyncSession, contract_id: UUID) -> list[SignerRow]:
    rows = await session.exec(
        select(SignerRow)
        .where(SignerRow.contract_id == contract_id)
        .order_by(col(SignerRow.order_no), col(SignerRow.field))
    )
    return list(rows)


async def signer(session: AsyncSession, contract_id: UUID, field: str) -> SignerRow:
    return await session.get_one(SignerRow, (contract_id, field), with_for_update=True)


def wait_again(signer: SignerRow) -> None:
    """Nothing is left of what was asked, or signed, under a revision that is given up."""
    signer.state, signer.prepared, signer.signing_number = "waiting", None, None
    signer.means, signer.certificate_sha256, signer.uses, signer.signature = None, None, None, None


async def open_approval(session: AsyncSession, wanted: ApprovalRow) -> ApprovalRow:
    """The approval of this subject, kind and person; a changed body replaces one that nobody has signed."""
    rows = await session.exec(
        select(ApprovalRow).where(
            ApprovalRow.subject_id == wanted.subject_id,
            ApprovalRow.kind == wanted.kind,
            ApprovalRow.person_id == wanted.person_id,
        )
    )
    found = rows.first()
    if found is None:
        wanted.id = new_id()
        session.add(wanted)
        await session.flush()
        return wanted
    if found.state == "open" and found.body_sha256 != wanted.body_sha256:
        found.body, found.body_sha256 = wanted.body, wanted.body_sha256
        session.add(found)
    return found


async def requests_of_nothing(session: AsyncSession, subject_id: UUID) -> list[str]:
    """Numbers of requests at the signing service for fields of an ended contract, for versions that were taken back,
    and for voided bodies."""
    fields = select(SignerRow.signing_number).where(
        SignerRow.contract_id == subject_id,
        SignerRow.state == "asked",
        exists().where(col(ContractRow.id) == subject_id, col(ContractRow.state).in_(UNMADE)),
    )
    bodies = select(ApprovalRow.signing_number).where(ApprovalRow.subject_id == subject_id, ApprovalRow.state == "void")
    replaced = select(ContractVersionRow).where(ContractVersionRow.contract_id == subject_id)
    of_versions = [number for row in await session.exec(replaced) for number in row.requests]
    return of_versions + [number for query in (fields, bodies) for number in await session.exec(query) if number]


async def forget_requests(session: AsyncSession, subject_id: UUID, numbers: Sequence[str]) -> None:
    """They have been called back."""
    for one in await signers(session, subject_id):
        if one.signing_number in numbers and one.state == "asked":
            wait_again(one)
            session.add(one)
    for version in await session.exec(select(ContractVersionRow).where(ContractVersionRow.contract_id == subject_id)):
        version.requests = [number for number in version.requests if number not in numbers]
        session.add(version)
    for row in await all_approvals(session, subject_id):
        if row.signing_number in numbers and row.state == "void":
            row.signing_number = None
            session.add(row)


async def refuse_draft(session: AsyncSession, contract_id: UUID, error: OnjipError) -> None:
    """Why a wished draft could not be made; its broker reads it."""
    row = await session.get(ContractDraftRow, contract_id)
    if row is not None:
        row.refusal = {"code": error.code, "ko": error.ko, "en": error.en, "article": error.article}
        session.add(row)


def note_explained(row: ContractRow) -> None:
    """The day of delivery is part of the contract (공인중개사법 시행령 제22조제1항제8호)."""
    terms = terms_of(row)
    if terms.explanation is None:
        return
    delivered = terms.explanation.model_copy(update={"delivered_at": datetime.now(UTC)})
    terms = written(terms.model_copy(update={"explanation": delivered}))
    row.terms, row.terms_sha256 = terms.model_dump(mode="json"), terms.digest()


def mark_sealed(row: ContractRow, sha256: str) -> None:
    row.document_sha256, row.state = sha256, "sealed"
    row.sealed_at = row.sealed_at or datetime.now(UTC)


async def approvals(session: AsyncSession, subject_id: UUID, kind: str) -> list[ApprovalRow]:
    """All bodies of one kind, signed or not."""
    rows = await session.exec(
        select(ApprovalRow)
        .where(ApprovalRow.subject_id == subject_id, ApprovalRow.kind == kind)
        .order_by(col(ApprovalRow.role), col(ApprovalRow.id))
    )
    return list(rows)


async def all_approvals(session: AsyncSession, subject_id: UUID) -> list[ApprovalRow]:
    rows = await session.exec(select(ApprovalRow).where(ApprovalRow.subject_id == subject_id))
    return list(rows)


async def dissolution_of(session: AsyncSession, contract_id: UUID) -> ContractRow | None:
    """The sealed dissolution of a contract."""
    rows = await session.exec(
        select(ContractRow).where(
            ContractRow.supersedes == contract_id, ContractRow.kind == ContractKind.DISSOLUTION,
            ContractRow.state == "sealed",
        )
    )  # fmt: skip
    return rows.first()
