"""Addresses for events of an office: registered here, the key shown once, and what became of each message."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import OfficePerson
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import webhooks
from domain.errors import UnknownThing
from domain.people import Person
from domain.webhooks import Event, offices

router = APIRouter(include_in_schema=False)


@router.get("/webhooks")
async def show(view: Reader, person: OfficePerson) -> Response:
    return await _all(view, person)


async def _all(view: View, person: Person, refused: Refused | None = None, form: Posted | None = None) -> Response:
    found = await webhooks.listed(person, view.services)
    return view.page(
        "webhooks.html", status=refused.status if refused else 200, refused=refused, rows=found.items,
        posted=form.values if form else {}, picked=form.texts("events") if form else [*Event], events=tuple(Event),
        offices=[one.organisation for one in offices(person)],
    )  # fmt: skip


@router.post("/webhooks")
async def register(view: Reader, person: OfficePerson, form: Form) -> Response:
    async def work() -> Response:
        body = webhooks.Register.model_validate(
            {"url": form.text("url"), "events": form.texts("events"), "organisation": form.text("organisation")}
        )
        made = read(await webhooks.register(body, person, form.key, view.services))
        return await _one(view, person, UUID(made["webhook"]["id"]), secret=made["secret"])

    return await carry_out(view, form, work, lambda refused: _all(view, person, refused, form))


@router.get("/webhooks/{webhook_id}")
async def one(webhook_id: UUID, view: Reader, person: OfficePerson) -> Response:
    return await _one(view, person, webhook_id)


async def _one(
    view: View, person: Person, webhook_id: UUID, refused: Refused | None = None, secret: str | None = None
) -> Response:
    found = await webhooks.deliveries(webhook_id, person, view.services)
    for row in (await webhooks.listed(person, view.services)).items:
        if row.id == str(webhook_id):
            return view.page(
                "webhook.html", status=refused.status if refused else 200, refused=refused, row=row, secret=secret,
                deliveries=found.items,
            )  # fmt: skip
    raise UnknownThing


@router.post("/webhooks/{webhook_id}/secret")
async def rotate(webhook_id: UUID, view: Reader, person: OfficePerson, form: Form) -> Response:
    async def work() -> Response:
        made = read(await webhooks.rotate(webhook_id, person, form.key, view.services))
        return await _one(view, person, webhook_id, secret=made["secret"])

    return await carry_out(view, form, work, lambda refused: _one(view, person, webhook_id, refused))


@router.post("/webhooks/{webhook_id}/switch")
async def switch(webhook_id: UUID, view: Reader, person: OfficePerson, form: Form) -> Response:
    async def done() -> str:
        on: Any = {"yes": True, "no": False}.get(form.text("on") or "")
        body = webhooks.Switched.model_validate({"on": on})
        await webhooks.switch(body, webhook_id, person, form.key, view.services)
        return "webhook_on" if body.on else "webhook_off"

    return await _act(view, person, form, webhook_id, done())


@router.post("/webhooks/{webhook_id}/test")
async def try_out(webhook_id: UUID, view: Reader, person: OfficePerson, form: Form) -> Response:
    async def done() -> str:
        await webhooks.try_out(webhook_id, person, form.key, view.services)
        return "webhook_sent"

    return await _act(view, person, form, webhook_id, done())


@router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/again")
async def again(webhook_id: UUID, delivery_id: UUID, view: Reader, person: OfficePerson, form: Form) -> Response:
    async def done() -> str:
        await webhooks.again(webhook_id, delivery_id, person, form.key, view.services)
        return "webhook_sent"

    return await _act(view, person, form, webhook_id, done())


async def _act(view: View, person: Person, form: Posted, webhook_id: UUID, done: Awaitable[str]) -> Response:
    """An act of one address; ``done`` does it and says which sentence follows."""

    async def work() -> Response:
        return view.back(f"/webhooks/{webhook_id}", await done)

    return await carry_out(view, form, work, lambda refused: _one(view, person, webhook_id, refused))
