"""Many contracts at once: what each is about, a tick for each, and one way to the signing service."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Me
from api.pages.forms import Form, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import signings
from domain.people import Person

router = APIRouter(include_in_schema=False)


@router.get("/signings")
async def show(view: Reader, person: Me) -> Response:
    return await _list(view, person)


async def _list(view: View, person: Person, refused: Refused | None = None, **told: Any) -> Response:
    rows = await signings.waiting(person, view.services)
    found: dict[str, Any] = {
        "rows": rows[: signings.MOST],
        "more": len(rows) > signings.MOST,
        "sent": None,
        "not_sent": (),
        **told,
    }
    return view.page("signings.html", status=refused.status if refused else 200, refused=refused, **found)


@router.post("/signings")
async def send(view: Reader, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = signings.SignAll.model_validate({"contract_ids": form.texts("contract_ids")})
        answer = read(await signings.send(body, person, form.key, view.services))
        told = {"sent": len(answer["sent"]), "not_sent": answer["not_sent"], "signing_url": answer["signing_url"]}
        return await _list(view, person, **told)

    return await carry_out(view, form, work, lambda refused: _list(view, person, refused))
