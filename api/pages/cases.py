"""A case from its opening to its end, on one page that keeps itself up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Me, Member, Membership
from api.pages.consents import invitation_link
from api.pages.forms import Form, Refused, carry_out, read
from api.pages.view import Reader, View, version_of
from api.routes import applications, cases
from api.routes.cases import OpenCase
from domain.consents import ConsentState
from domain.words import CaseKind, Step
from store import applications as filed
from store import case_lists, consents, desks, tasks
from store import cases as rows
from store.tables.cases import CaseRow
from store.tables.consents import ConsentRow

router = APIRouter(include_in_schema=False)


@router.get("/cases/new")
async def new(view: Reader, person: Me) -> Response:
    return view.page("case_new.html")


@router.post("/cases")
async def open_case(view: Reader, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = OpenCase.model_validate({"kind": "A", "title": form.text("title")})
        case = read(await cases.open_case(body, person, form.key, view.services))
        return view.back(f"/cases/{case['id']}/consents", "case_opened")

    async def again(refused: Refused) -> Response:
        return view.page("case_new.html", status=refused.status, refused=refused, posted=form.values)

    return await carry_out(view, form, work, again)


@router.get("/cases/{case_id}")
async def show(view: Reader, member: Member) -> Response:
    return view.page("case.html", **await _case(view, member))


@router.get("/cases/{case_id}/live")
async def live(view: Reader, member: Member, v: Annotated[str, Query(max_length=80)] = "") -> Response:
    """What changes by itself; 204 while nothing has."""
    found = await _case(view, member)
    return Response(status_code=204) if v == found["version"] else view.page("case_live.html", **found)


async def _case(view: View, member: Membership) -> dict[str, Any]:
    """Everything of the case that this member may see, and the mark of its state."""
    me, case_id = member.person, member.case_id
    async with view.services.db.transaction() as session:
        case = await session.get_one(CaseRow, case_id)
        common = await _shared(session, case, member.roles)
        mine = await _mine(session, case_id, me.id)
    invited = {row.id: invitation_link(view, row.id) for row in mine["consents"] if _unclaimed(row)}
    dissolved = any(line.step == Step.DISSOLVED for line in common["timeline"])
    open_steps = [step["step"] for step in common["journey"] if step["status"] == "open" and not dissolved]
    facts = {
        **common, **mine, "case": case, "invited": invited, "roles": member.roles,
        "subscription": case.kind == CaseKind.SUBSCRIPTION, "bank_url": view.services.bank_people_url,
        "next_step": open_steps[0] if open_steps else None,
    }  # fmt: skip
    return {**facts, "version": _version(facts)}


async def _shared(session: AsyncSession, case: CaseRow, roles: frozenset[str]) -> dict[str, Any]:
    """What all who take part see alike; a household's search is not for those who join for one home."""
    members = await case_lists.members(session, case.id)
    return {
        "timeline": list(reversed(rows.seen_as(await rows.timeline(session, case.id), roles))),
        "journey": await rows.journey(session, case),
        "things": await case_lists.things(session, case.id),
        "members": _together([one for one in members if one[2] != "spouse" or rows.of_household(roles)]),
    }


def _together(members: Sequence[tuple[UUID, str, str]]) -> list[tuple[str, list[str]]]:
    """Each person once, with everything that they are in the case."""
    found: dict[UUID, tuple[str, list[str]]] = {}
    for person, name, role in members:
        found.setdefault(person, (name, []))[1].append(role)
    return list(found.values())


async def _mine(session: AsyncSession, case_id: UUID, person_id: UUID) -> dict[str, Any]:
    """What only this member sees: own consents, applications, awards, payments, papers to sign."""
    asked = await consents.seen_by(session, person_id, after=None, limit=100)
    own = [row for row in await filed.of_case(session, case_id) if row.person_id == person_id]
    sent = [applications.shown(row, await filed.lines(session, row.id)) for row in own]
    todo = await tasks.todo(session, person_id)
    return {
        "consents": [row for row in asked if row.case_id == case_id],
        "applications": sent,
        "notice_names": await desks.notice_names(session, {line.notice_id for one in sent for line in one.lines}),
        "awards": await desks.awards_of(session, person_id, case_id=case_id),
        "dues": await desks.dues_of_case(session, case_id, person_id),
        "approvals": await desks.approvals_of_case(session, case_id, person_id),
        "tasks": [task for task in todo if task.case_id == str(case_id)],
    }


def _version(facts: dict[str, Any]) -> str:
    lines = [(line.id, line.state) for one in facts["applications"] for line in one.lines]
    states = [(row.id, row.state) for row in (*facts["consents"], *facts["approvals"])]
    paid = [(due.id, due.paid_at) for due in facts["dues"]]
    return version_of(
        len(facts["timeline"]), facts["tasks"], lines, states, paid, [award.state for award, _ in facts["awards"]]
    )


def _unclaimed(row: ConsentRow) -> bool:
    return row.person_id is None and row.state == ConsentState.REQUESTED
