"""The draw of a notice: its result for everybody, my own tickets with their proof, and the ceremony as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from activities.voiding import WHY
from api.access import Me
from api.draw_ceremony import steps
from api.draw_figures import Own, own
from api.draw_record import Record, stored
from api.inputs import NoticePath, TicketPath
from api.pages.draw_endings import told_of
from api.pages.draw_file import saved_file
from api.pages.draw_words import private_lines
from api.pages.formats import Lang
from api.pages.view import Reader, View, Visitor, version_of
from api.routes import notices
from domain.draws import DrawState, VoidReason
from domain.errors import UnknownThing
from domain.words import Role
from law.drawing.proof import OwnProof, place_of
from law.drawing.terms import Head
from store import desks
from store import draws as rows
from store import notices as notice_rows
from store.tables.draws import DrawRow

router = APIRouter(include_in_schema=False)
OLDER = (
    "추첨 방식이 바뀌어 이 추첨을 이어 갈 수 없습니다.",
    "The way in which draws are held has changed; this one cannot go on.",
)


@router.get("/notices/{notice_id}/draw")
async def show_draw(notice_id: NoticePath, view: Visitor) -> Response:
    """What came out, and what anybody needs to run the draw again."""
    found = await notices.show(notice_id, view.services)
    async with view.services.db.transaction() as session:
        draw = await rows.draw(session, notice_id)
        mine = await desks.awards_of(session, view.me.person.id, notice_id=notice_id) if view.me else []
    record, told = await stored(view.services, draw.transcript_sha256), await told_of(view, draw)
    if record is None:
        return view.page("draw.html", notice=found, draw=draw, mine=mine, why=why_void(draw), told=told)
    return view.page(
        "draw_result.html", notice=found, draw=draw, mine=mine, record=record, houses=_houses(found),
        trust=view.services.trust_pem, head_sha256=head_of(draw).digest(), told=told,
    )  # fmt: skip


def _houses(found: notices.NoticeDetail) -> dict[str, str]:
    """Names of the house types by the number that the draw uses."""
    return {one.model_no: one.name for one in found.terms.house_types}


@router.get("/notices/{notice_id}/draw/mine")
async def show_mine(notice_id: NoticePath, view: Reader, person: Me) -> Response:
    """My tickets in this draw: draw order, cut-off, place on the wait-list, and the proof."""
    found = await notices.show(notice_id, view.services)
    async with view.services.db.transaction() as session:
        draw = await rows.draw(session, notice_id)
        tickets = await desks.tickets_of(session, person.id, notice_id)
        awards = {one.ticket: one for one, _ in await desks.awards_of(session, person.id, notice_id=notice_id)}
    record = await stored(view.services, draw.transcript_sha256)
    kept = await _kept(view, person.id, notice_id, tickets) if record else {}
    mine = [(_own(record, ticket), kept.get(ticket)) for ticket in tickets] if record else []
    proofs = {one.ticket: one.canonical().decode() for _, one in mine if one}
    private = {one.ticket: opened(one, proof, view.lang) for one, proof in mine}
    return view.page(
        "draw_mine.html", notice=found, draw=draw, record=record, tickets=tickets, houses=_houses(found), awards=awards,
        mine=mine, trust=view.services.trust_pem, proofs=proofs, private=private, head_sha256=head_of(draw).digest(),
        why=why_void(draw), told=await told_of(view, draw),
    )  # fmt: skip


def why_void(draw: DrawRow) -> tuple[str, str] | None:
    """In both languages, as the applicants were told."""
    if draw.state != DrawState.VOID:
        return None
    reason = (draw.ended or {}).get("reason")
    return WHY[VoidReason(reason)] if reason else OLDER


def head_of(draw: DrawRow) -> Head:
    """The terms as they were published with the notice, not as the record repeats them."""
    return Head.model_validate(draw.head)


async def _kept(view: View, person_id: UUID, notice_id: str, tickets: Sequence[str]) -> dict[str, OwnProof]:
    """Proofs sealed for this person, by ticket. Only for a record that is public; each opening is logged.

    None is made here: a page would have to build the trees of a list of three million.
    """
    found = {}
    async with view.services.db.transaction() as session:
        for ticket in tickets:
            with suppress(UnknownThing):
                found[ticket] = await rows.own_proof(session, view.services.sealed, person_id, notice_id, ticket)
    return found


def _own(record: Record, ticket: str) -> Own:
    at = place_of(record.rows, ticket)
    return own(record.head, bytes.fromhex(record.body.seed), record.rows, record.public, at)


def opened(one: Own, proof: OwnProof | None, lang: Lang) -> list[tuple[str, str]]:
    """The private part in words; nothing where no opening is held."""
    return private_lines(proof.opening, one.kind, lang) if proof and proof.opening else []


@router.get("/notices/{notice_id}/draw/mine/{ticket}/file")
async def save(notice_id: NoticePath, ticket: TicketPath, view: Reader, person: Me) -> Response:
    """One file with verifier, transcript and proof inside: it works without this site and without a network."""
    async with view.services.db.transaction() as session:
        draw = await rows.draw(session, notice_id)
        tickets = await desks.tickets_of(session, person.id, notice_id)
    record = await stored(view.services, draw.transcript_sha256)
    if record is None or ticket not in tickets:
        raise UnknownThing("unknown_ticket", ko="명단에 없는 접수번호입니다.", en="No such ticket in the list.")
    one, proof = _own(record, ticket), (await _kept(view, person.id, notice_id, [ticket])).get(ticket)
    page = saved_file(
        view.lang, record, proof, head_of(draw).digest(), trust=view.services.trust_pem,
        private=opened(one, proof, view.lang),
    )  # fmt: skip
    name = f"onjip-draw-{ticket[:8]}.html"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": view.lang}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/notices/{notice_id}/ceremony")
async def show_ceremony(notice_id: NoticePath, view: Visitor) -> Response:
    return view.page("ceremony.html", **await _ceremony(notice_id, view))


@router.get("/notices/{notice_id}/ceremony/live")
async def live_ceremony(notice_id: NoticePath, view: Visitor, v: Annotated[str, Query(max_length=80)] = "") -> Response:
    found = await _ceremony(notice_id, view)
    return Response(status_code=204) if v == found["version"] else view.page("ceremony_live.html", **found)


async def _ceremony(notice_id: str, view: View) -> dict[str, Any]:
    """For officer and operator, and for whoever looks on: what one person typed is shown to nobody."""
    found = await notices.show(notice_id, view.services)
    async with view.services.db.transaction() as session:
        draw = await rows.draw(session, notice_id)
        typed = await rows.typed(session, notice_id)
        counts = await rows.counts(session, notice_id)
        supplier = (await notice_rows.notice(session, notice_id)).supplier
    record = await stored(view.services, draw.transcript_sha256)
    shown = steps(draw, counts, record.transcript if record else None, {one.role for one in typed})
    return {
        "notice": found, "terms": found.terms, "draw": draw, "steps": shown, "seat": _seat(view, supplier),
        "why": why_void(draw), "told": await told_of(view, draw),
        "i_typed": view.me is not None and any(one.person_id == view.me.person.id for one in typed),
        "version": version_of(draw.state, shown),
    }  # fmt: skip


def _seat(view: View, supplier: str) -> str | None:
    """As what the reader takes part in this ceremony."""
    if view.me is None:
        return None
    if view.me.person.organisations(Role.OPERATOR):
        return "operator"
    return "officer" if view.me.person.acts_for(Role.OFFICER, supplier) else None
