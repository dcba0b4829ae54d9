"""Facts fetched under consent, and the chained log of who looked at whose data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.facts import Fact, Item, PersonFacts
from domain.model import canonical_json
from domain.time import now
from domain.words import Agency
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.consents import AccessRow, ConsentRow, DecisionRow, FactRow
from store.tables.people import PersonRow

CHAIN_LOCK = 0x0A11CE55  # one writer of the access log at a time: each row is chained to the one before
FIRST_LINK = "0" * 64
ONCE = "uq_fact_person_item_consent"
RENEWED = ("value", "source", "as_of", "issued_at", "document_no", "sha256", "fetched_at")


@dataclass(frozen=True)
class Look:
    """One look at a person's data. ``actor`` is ``onjip`` or a person's id; ``outcome`` a word."""

    person_id: UUID
    actor: str
    agency: Agency
    item: Item
    purpose: str
    consent_id: UUID | None
    outcome: str


def agreed_items(consent: ConsentRow) -> tuple[Item, ...]:
    """What the person agreed to, by name; an item that this program no longer knows is never fetched."""
    named = [entry["item"] for entry in consent.agreement.get("items", ())]
    return tuple(Item(name) for name in named if name in set(Item))


async def stored_items(session: AsyncSession, consent_id: UUID, *, since: datetime | None = None) -> set[Item]:
    """Items that are stored under a consent; with ``since``, only those fetched from then on."""
    query = select(FactRow.item).where(FactRow.consent_id == consent_id)
    if since is not None:
        query = query.where(FactRow.fetched_at >= since)
    return {Item(name) for name in await session.exec(query)}


async def keep_fact(session: AsyncSession, consent: ConsentRow, fact: Fact, *, renew: bool = False) -> bool:
    """Store one fact, once per consent and item; ``renew`` replaces an older answer. Returns whether it was stored."""
    values = {
        "person_id": consent.person_id, "consent_id": consent.id, "item": fact.item, "value": fact.value,
        "source": fact.source, "as_of": fact.as_of, "issued_at": fact.issued_at, "document_no": fact.document_no,
        "sha256": fact.sha256,
    }  # fmt: skip
    row = FactRow.model_validate(values)
    statement = insert(FactRow).values(**row.model_dump())
    if renew:
        new = {name: statement.excluded[name] for name in RENEWED}
        statement = statement.on_conflict_do_update(constraint=ONCE, set_=new)
    else:
        statement = statement.on_conflict_do_nothing(constraint=ONCE)
    result = await session.exec(statement.returning(col(FactRow.id)))
    return result.first() is not None


async def facts_of(session: AsyncSession, case_id: UUID, person_id: UUID) -> PersonFacts:
    """What given consents of one case hold about one person; agreed items without a fact are ``missing``."""
    person = await session.get_one(PersonRow, person_id)
    consents = await given_consents(session, case_id, person_id)
    rows = await session.exec(
        select(FactRow)
        .where(col(FactRow.consent_id).in_([consent.id for consent in consents]))
        .order_by(col(FactRow.fetched_at))
    )
    newest = {row.item: _fact(row) for row in rows}
    agreed = {item for consent in consents for item in agreed_items(consent)}
    return PersonFacts(
        person_id=person_id, birth_date=person.birth_date, facts=tuple(newest.values()),
        missing=tuple(sorted(agreed - {fact.item for fact in newest.values()})),
    )  # fmt: skip


async def given_consents(session: AsyncSession, case_id: UUID, person_id: UUID | None = None) -> list[ConsentRow]:
    """Living consents of a case, oldest first; of one person if named."""
    query = select(ConsentRow).where(
        ConsentRow.case_id == case_id, ConsentRow.state == "given", ConsentRow.ends_at > now()
    )
    if person_id is not None:
        query = query.where(ConsentRow.person_id == person_id)
    return list(await session.exec(query.order_by(col(ConsentRow.given_at))))


async def purge(session: AsyncSession, consent: ConsentRow) -> int:
    """Delete what was fetched under an ended consent, unless a living application of the case rests on it.

    Decisions of the case that no application line names go too: they quote the facts. Returns the facts deleted.
    """
    lines = (
        select(ApplicationLineRow)
        .join(ApplicationRow, col(ApplicationRow.id) == ApplicationLineRow.application_id)
        .where(ApplicationRow.case_id == consent.case_id, ApplicationLineRow.state != "refused")
    )
    if (await session.exec(lines.limit(1))).first() is not None:
        return 0
    gone = await session.exec(delete(FactRow).where(col(FactRow.consent_id) == consent.id).returning(col(FactRow.id)))
    named = select(ApplicationLineRow.decision_id).where(col(ApplicationLineRow.decision_id).is_not(None))
    await session.exec(
        delete(DecisionRow).where(col(DecisionRow.case_id) == consent.case_id, col(DecisionRow.id).not_in(named))
    )
    return len(gone.all())


async def log_look(session: AsyncSession, look: Look) -> None:
    """Append to the access log. Writers queue up until the end of this transaction."""
    await session.exec(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    last = (await session.exec(select(AccessRow.chain).order_by(col(AccessRow.id).desc()).limit(1))).first()
    at = now()
    session.add(
        AccessRow(
            person_id=look.person_id, actor=look.actor, agency=look.agency, item=look.item, purpose=look.purpose,
            consent_id=look.consent_id, outcome=look.outcome, at=at, chain=link(last or FIRST_LINK, look, at),
        )
    )  # fmt: skip
    await session.flush()


def link(previous: str, look: Look, at: datetime) -> str:
    """The chain value of a row: SHA-256 over the previous one and all that the row says (``at`` in UTC)."""
    said = {
        "previous": previous, "person": str(look.person_id), "actor": look.actor, "agency": look.agency,
        "item": look.item, "purpose": look.purpose, "consent": str(look.consent_id or ""), "outcome": look.outcome,
        "at": at.isoformat(),
    }  # fmt: skip
    return hashlib.sha256(canonical_json(said)).hexdigest()


def _fact(row: FactRow) -> Fact:
    return Fact(
        item=Item(row.item), value=row.value, source=Agency(row.source), as_of=row.as_of, issued_at=row.issued_at,
        document_no=row.document_no, sha256=row.sha256,
    )  # fmt: skip
