"""Server-side sessions and log-ins under way. Only hashes of what the browser holds are stored."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.ids import new_token, token_hash
from domain.time import now
from store.tables.people import LoginRow, SessionRow

LOGIN_WITHIN = timedelta(minutes=10)


async def open_session(session: AsyncSession, person_id: UUID, lifetime: timedelta) -> str:
    """A new session; the answer is its token. Sessions of the person that are over are forgotten."""
    await session.exec(
        delete(SessionRow).where(col(SessionRow.person_id) == person_id, col(SessionRow.expires_at) < now())
    )
    token = new_token()
    row = SessionRow(token_hash=token_hash(token), person_id=person_id, csrf=new_token(), expires_at=now() + lifetime)
    session.add(row)
    await session.flush()
    return token


async def living(session: AsyncSession, token: str) -> SessionRow | None:
    rows = await session.exec(
        select(SessionRow).where(SessionRow.token_hash == token_hash(token), SessionRow.expires_at > now())
    )
    return rows.first()


async def close(session: AsyncSession, token: str) -> None:
    await session.exec(delete(SessionRow).where(col(SessionRow.token_hash) == token_hash(token)))


async def begin_login(
    session: AsyncSession, state: str, *, nonce: str, verifier: str, next_url: str, consent_id: UUID | None = None
) -> None:
    """Remember a log-in until its callback; old ones are forgotten."""
    await session.exec(delete(LoginRow).where(col(LoginRow.created_at) < now() - LOGIN_WITHIN))
    session.add(
        LoginRow(state_hash=token_hash(state), nonce=nonce, verifier=verifier, next_url=next_url, consent_id=consent_id)
    )
    await session.flush()


async def use_login(session: AsyncSession, state: str) -> LoginRow | None:
    """The log-in of this state, once and in time."""
    query = (
        update(LoginRow)
        .where(
            col(LoginRow.state_hash) == token_hash(state), col(LoginRow.used_at).is_(None),
            col(LoginRow.created_at) > now() - LOGIN_WITHIN,
        )
        .values(used_at=now())
        .returning(LoginRow)
    )  # fmt: skip
    row: LoginRow | None = (await session.exec(query)).scalar_one_or_none()
    return row
