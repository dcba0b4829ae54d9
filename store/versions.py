"""Versions of a contract: each one that another has replaced is kept, with who replaced it and why."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.contracts import ContractTerms
from store import codes, contracts
from store.tables.contracts import ContractRow, ContractVersionRow


async def done_before(session: AsyncSession, contract_id: UUID, act: str) -> bool:
    """Whether this very act has replaced a version already."""
    rows = await session.exec(
        select(ContractVersionRow.version).where(
            ContractVersionRow.contract_id == contract_id, ContractVersionRow.act == act
        )
    )
    return rows.first() is not None


async def replace(
    session: AsyncSession, row: ContractRow, terms: ContractTerms, *, by: UUID, act: str, reason: str | None = None
) -> None:
    """``terms`` take the place of what stands there: a draft again, that nobody has been explained or has signed."""
    old = contracts.terms_of(row)
    requests = []
    for signer in await contracts.signers(session, row.id):
        if signer.state == "asked" and signer.signing_number:
            requests.append(signer.signing_number)
        contracts.wait_again(signer)
        signer.revision_sha256 = signer.signed_at = signer.signature = None
        session.add(signer)
    session.add(
        ContractVersionRow(
            contract_id=row.id, version=old.version, terms=row.terms, terms_sha256=row.terms_sha256,
            document_sha256=row.document_sha256, replaced_by=by, act=act, reason=reason, requests=requests,
        )
    )  # fmt: skip
    row.terms, row.terms_sha256 = terms.model_dump(mode="json"), terms.digest()
    await codes.remember(session, terms)
    row.state, row.unsigned_sha256, row.document_sha256 = "draft", None, None
    session.add(row)
    await session.flush()


async def of(session: AsyncSession, contract_id: UUID) -> list[ContractVersionRow]:
    """The versions before the present one, oldest first."""
    rows = await session.exec(
        select(ContractVersionRow)
        .where(ContractVersionRow.contract_id == contract_id)
        .order_by(col(ContractVersionRow.version))
    )
    return list(rows)
