"""People and the roles that registers give them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.ids import new_id, new_person_code
from domain.people import Identity, Person, RegisteredRole
from domain.time import now
from domain.words import Role
from store.sealed import SealedBox
from store.tables.people import PersonRow, RoleRow

REF = "identity_ref"


async def enter(session: AsyncSession, sealed: SealedBox, identity: Identity) -> Person:
    """The person of a log-in, made at the first one. Roles become what the registers say now; the handle is sealed."""
    person = {
        "name": identity.name, "birth_date": identity.birth_date, "address": identity.address,
        "ref_hash": sealed.keyed(REF, identity.identity_ref),
    }  # fmt: skip
    first = {"id": new_id(), "subject": identity.subject, "code": new_person_code(), "created_at": now()}
    statement = insert(PersonRow).values(**first, **person)
    statement = statement.on_conflict_do_update(constraint="uq_person_subject", set_=person)
    person_id: UUID = (await session.exec(statement.returning(col(PersonRow.id)))).scalar_one()
    await sealed.put(session, person_id, REF, identity.identity_ref)
    await _replace_roles(session, person_id, identity.roles)
    return await person_of(session, person_id)


async def _replace_roles(session: AsyncSession, person_id: UUID, roles: Collection[RegisteredRole]) -> None:
    await session.exec(delete(RoleRow).where(col(RoleRow.person_id) == person_id))
    session.add_all([
        RoleRow(
            person_id=person_id, role=held.role, organisation=held.organisation, register_name=held.register_name,
            number=held.number, active=held.active,
        )
        for held in roles
    ])  # fmt: skip
    await session.flush()


async def person_of(session: AsyncSession, person_id: UUID) -> Person:
    """A person with the roles that are active."""
    row = await session.get_one(PersonRow, person_id, populate_existing=True)
    roles = await session.exec(select(RoleRow).where(RoleRow.person_id == person_id, col(RoleRow.active)))
    return Person(id=row.id, name=row.name, code=row.code, roles=tuple(_role(held) for held in roles))


async def subject_of(session: AsyncSession, person_id: UUID) -> str:
    """The identity provider's pairwise name of the person."""
    return (await session.get_one(PersonRow, person_id)).subject


async def by_codes(session: AsyncSession, codes: Collection[str]) -> dict[str, UUID]:
    """Whose party codes these are; unknown ones are left out."""
    rows = await session.exec(select(PersonRow.code, PersonRow.id).where(col(PersonRow.code).in_(codes)))
    return dict(iter(rows))


async def by_identity_refs(session: AsyncSession, sealed: SealedBox, refs: Collection[str]) -> dict[str, UUID]:
    """People behind handles that a register has named, without opening what is sealed."""
    wanted = {sealed.keyed(REF, ref): ref for ref in refs}
    rows = await session.exec(select(PersonRow.ref_hash, PersonRow.id).where(col(PersonRow.ref_hash).in_(wanted)))
    return {wanted[digest]: person_id for digest, person_id in rows if digest is not None}


async def holders(session: AsyncSession, role: Role) -> list[tuple[str, str, RegisteredRole]]:
    """Name, party code and entry of all who hold a public office, by organisation."""
    query = (
        select(PersonRow.name, PersonRow.code, RoleRow)
        .join(RoleRow, col(RoleRow.person_id) == PersonRow.id)
        .where(RoleRow.role == role, col(RoleRow.active))
        .order_by(col(RoleRow.organisation), col(RoleRow.number))
    )
    return [(name, code, _role(held)) for name, code, held in await session.exec(query)]


async def entries(session: AsyncSession, person_id: UUID, role: Role) -> list[RegisteredRole]:
    """All that the register of ``role`` says of a person, also what is not active now."""
    rows = await session.exec(select(RoleRow).where(RoleRow.person_id == person_id, RoleRow.role == role))
    return [_role(row) for row in rows]


async def holds(session: AsyncSession, person_id: UUID, role: Role) -> bool:
    query = select(RoleRow.person_id).where(RoleRow.person_id == person_id, RoleRow.role == role, col(RoleRow.active))
    return (await session.exec(query.limit(1))).first() is not None


def _role(row: RoleRow) -> RegisteredRole:
    return RegisteredRole(
        role=row.role,
        organisation=row.organisation,
        register_name=row.register_name,
        number=row.number,
        active=row.active,
    )
