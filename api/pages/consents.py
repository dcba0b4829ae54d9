"""Consents: chosen by the applicant, answered by each person, withdrawn on the same page as easily as given."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from api.access import Consenter, ConsentReader, Me, Member, Membership
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View, Visitor
from api.paging import Cursor
from api.routes import consents
from api.routes.consents import AskConsents, Invitation, invitation_token
from domain.consents import ConsentState
from domain.facts import PROVIDER, Item
from domain.people import Person
from domain.time import SEOUL, now, seoul_date
from store import case_lists, people
from store import consents as rows
from store.tables.cases import CaseRow

router = APIRouter(include_in_schema=False)
PURPOSE = "subscription"
InvitationToken = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32,100}$")]
MONTHS = {"3": 91, "6": 182, "12": 364}  # days; a consent lasts a year at most


@router.get("/consents")
async def list_consents(view: Reader, person: Me, cursor: Cursor = None) -> Response:
    found = await consents.list_consents(person, view.services, cursor, 20)
    return view.page("consents.html", found=found)


@router.get("/cases/{case_id}/consents")
async def choose(view: Reader, member: Member) -> Response:
    return await _choose(view, member)


async def _choose(
    view: View, member: Membership, refused: Refused | None = None, form: Posted | None = None
) -> Response:
    member.needs("applicant")
    async with view.services.db.transaction() as session:
        case = await session.get_one(CaseRow, member.case_id)
        members = await case_lists.members(session, member.case_id)
    return view.page(
        "consent_ask.html", status=refused.status if refused else 200, refused=refused, case=case, members=members,
        providers={str(item): str(PROVIDER[item]) for item in Item}, posted=form.values if form else {},
    )  # fmt: skip


@router.post("/cases/{case_id}/consents")
async def ask(view: Reader, member: Member, form: Form) -> Response:
    async def work() -> Response:
        await consents.ask(_asked(form), member, form.key, view.services)
        return view.back(f"/cases/{member.case_id}", "consents_asked")

    return await carry_out(
        view, form, work, lambda refused: _choose(view, member, refused, form), {"ends_at": "months"}
    )


def _asked(form: Posted) -> AskConsents:
    return AskConsents.model_validate({
        "members": [{"relation": relation} for relation in form.texts("members")], "items": form.texts("items"),
        "purpose": PURPOSE, "ends_at": _end(form.text("months")),
    })  # fmt: skip


def _end(months: str | None) -> str | None:
    """Midnight in Seoul after the chosen time: the same whenever on this day the form is sent."""
    days = MONTHS.get(months or "")
    if days is None:
        return None
    return datetime.combine(seoul_date(now()) + timedelta(days=days), time.min, tzinfo=SEOUL).isoformat()


@router.get("/consents/{consent_id}")
async def show(consent_id: UUID, view: Reader, person: ConsentReader) -> Response:
    return await _consent(view, consent_id, person)


async def _consent(view: View, consent_id: UUID, person: Person, refused: Refused | None = None) -> Response:
    found = await consents.show(consent_id, person, view.services)
    async with view.services.db.transaction() as session:
        row = await rows.consent(session, consent_id)
        asked_by = await people.person_of(session, row.requested_by)
    open_invitation = not found.mine and row.person_id is None and row.state == ConsentState.REQUESTED
    return view.page(
        "consent.html", status=refused.status if refused else 200, refused=refused, consent=found, asked_by=asked_by,
        ended=row.ends_at <= now(), invitation=invitation_link(view, consent_id) if open_invitation else None,
    )  # fmt: skip


def invitation_link(view: View, consent_id: UUID) -> str:
    """What the applicant passes on to the spouse; no page keeps it, it follows from the consent."""
    return f"{view.services.public_url.rstrip('/')}/invitations/{invitation_token(view.services, consent_id)}"


@router.post("/consents/{consent_id}/give")
async def give(consent_id: UUID, view: Reader, person: Consenter, form: Form) -> Response:
    """On to the identity provider, where the person reads the items and gives the PIN."""

    async def work() -> Response:
        found = read(await consents.give(consent_id, person, form.key, view.services))
        return RedirectResponse(found["redirect"], 303)

    return await carry_out(view, form, work, lambda refused: _consent(view, consent_id, person, refused))


@router.post("/consents/{consent_id}/refuse")
async def refuse(consent_id: UUID, view: Reader, person: Consenter, form: Form) -> Response:
    async def work() -> Response:
        await consents.refuse(consent_id, person, form.key, view.services)
        return view.back(f"/consents/{consent_id}", "consent_refused")

    return await carry_out(view, form, work, lambda refused: _consent(view, consent_id, person, refused))


@router.post("/consents/{consent_id}/withdraw")
async def withdraw(consent_id: UUID, view: Reader, person: Consenter, form: Form) -> Response:
    async def work() -> Response:
        await consents.withdraw(consent_id, person, form.key, view.services)
        return view.back(f"/consents/{consent_id}", "consent_withdrawn")

    return await carry_out(view, form, work, lambda refused: _consent(view, consent_id, person, refused))


@router.get("/invitations/{token}")
async def invitation(token: InvitationToken, view: Visitor) -> Response:
    """The link that the spouse was given. Opening it does nothing; accepting it needs the spouse's own log-in."""
    return view.page("invitation.html", token=token)


@router.post("/invitations/{token}")
async def accept(token: InvitationToken, view: Reader, person: Me, form: Form) -> Response:
    async def work() -> Response:
        found = read(await consents.accept_invitation(Invitation(token=token), person, form.key, view.services))
        return view.back(f"/consents/{found['id']}", "invitation_taken")

    async def again(refused: Refused) -> Response:
        return view.page("invitation.html", status=refused.status, refused=refused, token=token)

    return await carry_out(view, form, work, again)
