"""Notices as people look them up, and as an officer publishes them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.errors import UnknownThing, WrongState
from domain.notices import Notice
from domain.time import now
from domain.words import Agency
from law.custody import custody_of, new_nonce, split
from law.drawing.heads import make_head
from law.drawing.terms import Beacon, Head
from law.rulebook import Rulebook
from store.tables.draws import AwardRow, DrawEntryRow, DrawRow
from store.tables.notices import NoticeRow

# Who holds the nonce of a draw: the selection operator, a supplier's body, and the trust service. Two open it.
CUSTODIANS = (Agency.APPLYHOME, Agency.LH, Agency.TRUST)
THRESHOLD = 2
SALT_BYTES = 32


async def page(
    session: AsyncSession, *, after: tuple[datetime, str] | None, limit: int, open_only: bool = False
) -> list[NoticeRow]:
    """By closing time. ``after``: closing time and id that the last page ended with."""
    query = select(NoticeRow)
    if open_only:
        query = query.where(NoticeRow.state == "open", NoticeRow.receipt_closes_at > now())
    place = tuple_(col(NoticeRow.receipt_closes_at), col(NoticeRow.id))
    if after is not None:
        query = query.where(place > after)
    return list(await session.exec(query.order_by(place).limit(limit)))


async def count_open(session: AsyncSession) -> int:
    query = select(func.count()).where(NoticeRow.state == "open", NoticeRow.receipt_closes_at > now())
    return (await session.exec(query)).one()


async def notice(session: AsyncSession, notice_id: str, *, lock: bool = False) -> NoticeRow:
    """UnknownThing when there is none. ``lock``: nobody closes it before this transaction ends."""
    row = await session.get(NoticeRow, notice_id, with_for_update={"read": True} if lock else None)
    if row is None:
        raise UnknownThing(
            "unknown_notice", ko="공고를 찾을 수 없습니다. 공고번호를 확인해 주십시오.", en="There is no such notice."
        )
    return row


def terms_of(row: NoticeRow) -> Notice:
    return Notice.model_validate(row.body)


def _columns(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id, "agency": notice.agency, "number": notice.number, "version": notice.version,
        "name": notice.name, "housing_kind": notice.housing_kind, "region": notice.region, "supplier": notice.supplier,
        "announcement_date": notice.announcement_date, "receipt_opens_at": notice.receipt_opens_at,
        "receipt_closes_at": notice.receipt_closes_at, "body": notice.model_dump(mode="json"),
    }  # fmt: skip


async def publish(
    session: AsyncSession, notice: Notice, published_by: UUID, rulebook: Rulebook, beacon: Beacon | None = None
) -> NoticeRow:
    """Store a new notice together with the terms of its draw. WrongState where it exists; Invalid where nobody could
    select by its terms. ``beacon``: the round of a public random source that enters the draw.

    The nonce exists in shares only; they are handed to their custodians next, and then forgotten here. Nobody can
    apply until the agency that receives the applications has the notice.
    """
    if await session.get(NoticeRow, notice.id) is not None:
        raise WrongState(
            "notice_exists", ko="이미 게시된 공고번호입니다.", en="A notice of this number exists already."
        )
    head, shares = terms_of_draw(notice, rulebook, beacon)
    commitment = head.custody.nonce_commitment
    row = NoticeRow(**_columns(notice), published_by=published_by, nonce_commitment=commitment, state="publishing")
    session.add(row)
    await session.flush()
    session.add(
        DrawRow(
            notice_id=notice.id, nonce_commitment=commitment, head=head.model_dump(mode="json"),
            shares={body: share.hex() for body, share in shares.items()}, salt=secrets.token_hex(SALT_BYTES),
            observers=[],
        )
    )  # fmt: skip
    await session.flush()
    return row


def terms_of_draw(notice: Notice, rulebook: Rulebook, beacon: Beacon | None = None) -> tuple[Head, dict[str, bytes]]:
    """Everything that is fixed with the notice, with a new nonce in shares. Invalid: terms by which nobody could
    select, found before anybody applies."""
    nonce = new_nonce()
    shares = split(nonce, CUSTODIANS, THRESHOLD)
    return make_head(notice, custody_of(nonce, shares, THRESHOLD, beacon), rulebook), shares


async def see(session: AsyncSession, seen: Notice) -> bool:
    """Keep a notice as its agency's board shows it, if it is new or a newer version. Returns whether it was."""
    values = {**_columns(seen), "seen_at": now()}
    statement = insert(NoticeRow).values(**values, state="open")
    changed = {name: statement.excluded[name] for name in values if name != "id"}
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_=changed, where=statement.excluded.version > col(NoticeRow.version)
    )
    return (await session.exec(statement.returning(col(NoticeRow.id)))).first() is not None


async def entries(session: AsyncSession, notice_id: str, *, after: str, limit: int) -> list[DrawEntryRow]:
    """Received applications by ticket: pseudonyms only."""
    query = select(DrawEntryRow).where(DrawEntryRow.notice_id == notice_id, col(DrawEntryRow.ticket) > after)
    return list(await session.exec(query.order_by(col(DrawEntryRow.ticket)).limit(limit)))


async def entry_counts(session: AsyncSession, notice_id: str) -> list[tuple[str, str, int]]:
    """Model, supply kind, number of entries."""
    query = (
        select(DrawEntryRow.model_no, DrawEntryRow.supply_kind, func.count())
        .where(DrawEntryRow.notice_id == notice_id)
        .group_by(col(DrawEntryRow.model_no), col(DrawEntryRow.supply_kind))
        .order_by(col(DrawEntryRow.model_no), col(DrawEntryRow.supply_kind))
    )
    return [(model, kind, count) for model, kind, count in await session.exec(query)]


async def awards(session: AsyncSession, notice_id: str, *, after: UUID | None, limit: int) -> list[AwardRow]:
    query = select(AwardRow).where(AwardRow.notice_id == notice_id)
    if after is not None:
        query = query.where(col(AwardRow.id) > after)
    return list(await session.exec(query.order_by(col(AwardRow.id)).limit(limit)))


async def awards_of(session: AsyncSession, person_id: UUID, *, after: UUID | None, limit: int) -> list[AwardRow]:
    query = select(AwardRow).where(AwardRow.person_id == person_id)
    if after is not None:
        query = query.where(col(AwardRow.id) > after)
    return list(await session.exec(query.order_by(col(AwardRow.id)).limit(limit)))
