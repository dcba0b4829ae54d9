"""Who I am here, and what waits for me."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.access import LoggedIn, Me, current_session
from api.services import Door
from domain.people import RegisteredRole
from domain.words import Role
from store import people, tasks

router = APIRouter(prefix="/api/v1", tags=["me"])


class MeOut(BaseModel):
    """``code`` is the party code: what to tell a broker instead of name, birth date and address."""

    id: str
    name: str
    code: str
    roles: list[RegisteredRole]
    csrf: str


class TaskOut(BaseModel):
    code: str
    ko: str
    en: str
    link: str
    subject_id: str
    amount: int | None
    case_id: str | None
    kind: str | None


class TasksOut(BaseModel):
    items: list[TaskOut]


class ProfessionalOut(BaseModel):
    name: str
    code: str
    organisation: str
    number: str


class ProfessionalsOut(BaseModel):
    items: list[ProfessionalOut]


@router.get("/me", name="show")
async def show(logged_in: Annotated[LoggedIn, Depends(current_session)]) -> MeOut:
    person = logged_in.person
    return MeOut(id=str(person.id), name=person.name, code=person.code, roles=list(person.roles), csrf=logged_in.csrf)


@router.get("/tasks", name="tasks")
async def todo(person: Me, services: Door) -> TasksOut:
    """To-do list: signatures, approvals, payments, consents, ceremonies."""
    async with services.db.transaction() as session:
        found = await tasks.todo(session, person.id)
    return TasksOut(items=[TaskOut(**vars(task)) for task in found])


@router.get("/scriveners", name="scriveners")
async def scriveners(person: Me, services: Door) -> ProfessionalsOut:
    """Judicial scriveners in the register who have logged in here, for the buyer to choose from."""
    async with services.db.transaction() as session:
        found = await people.holders(session, Role.SCRIVENER)
    return ProfessionalsOut(
        items=[
            ProfessionalOut(name=name, code=code, organisation=held.organisation, number=held.number)
            for name, code, held in found
        ]
    )
