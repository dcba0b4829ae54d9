"""Webhooks as they are right for somebody, for the tests of every POST and every form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.ids import new_id, new_webhook_key
from domain.webhooks import Event
from store.tables.webhooks import WebhookDeliveryRow, WebhookRow

if TYPE_CHECKING:
    from tests.api.bad_input.conftest import Case
    from tests.api.bad_input.form_cases import FormCase
    from tests.api.conftest import Site

SUPPLIER = "한국토지주택공사"
BODY: dict[str, Any] = {"url": "https://hooks.example.com/onjip", "events": ["contract.sealed", "contract.signed"]}
INSIDE = (
    "http://hooks.example.com/", "https://127.0.0.1/", "https://inside.example.com/", "https://nowhere.example.com/",
)  # fmt: skip


async def webhooks(site: Site, case: type[Case]) -> list[Case]:
    """An officer's address with a message that could not be delivered."""
    officer = await site.browser("오지훈", ("officer", SUPPLIER))
    applicant = await site.browser("김하늘")
    row = WebhookRow(
        role="officer", organisation=SUPPLIER, url=str(BODY["url"]), events=list(Event),
        secret=new_webhook_key(), created_by=officer.id,
    )  # fmt: skip
    dead = WebhookDeliveryRow(
        id=new_id(), webhook_id=row.id, key="x", type="contract.sealed", body="{}", state="dead", attempts=8
    )
    await site.add(row, dead)
    here = f"/webhooks/{row.id}"
    return [
        case(
            "webhooks-register", "/webhooks", officer, BODY, {**BODY, "url": "https://b.example.com"}, applicant,
            status=201,
        ),
        case("webhooks-rotate", f"{here}/secret", officer, wrong_role=applicant, of_a_thing=True),
        case("webhooks-test", f"{here}/test", officer, wrong_role=applicant, of_a_thing=True, status=202),
        case(
            "webhooks-again", f"{here}/deliveries/{dead.id}/again", officer, wrong_role=applicant, of_a_thing=True,
            status=202,
        ),
        case("webhooks-switch", f"{here}/switch", officer, {"on": True}, {"on": False}, applicant, True),
    ]  # fmt: skip


def webhook_forms(form: Any, choice: tuple[Any, ...], text: tuple[Any, ...]) -> dict[str, FormCase]:
    here = "/webhooks/{webhook_id}"
    return {
        "/webhooks": form(
            "webhooks-register", {**BODY, "organisation": SUPPLIER},
            {
                "url": (*text, "a" * 501, *INSIDE), "events": (*choice, ["contract.sealed"] * 2),
                "organisation": choice[2:],
            },
            status=200,
        ),
        f"{here}/secret": form("webhooks-rotate", {}, {}, status=200),
        f"{here}/switch": form("webhooks-switch", {"on": "yes"}, {"on": choice}),
        f"{here}/test": form("webhooks-test", {}, {}),
        f"{here}/deliveries/{{delivery_id}}/again": form("webhooks-again", {}, {}),
    }  # fmt: skip
