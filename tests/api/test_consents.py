"""Consents: who may answer, by which link, and what an end changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from domain.time import now
from store.tables.consents import ConsentEventRow, ConsentRow
from store.tables.exchange import OutboxRow
from store.tables.people import IdempotencyRow

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site


def asking(*relations: str, days: float = 30, **changed: Any) -> dict[str, Any]:
    return {
        "members": [{"relation": relation} for relation in relations], "items": ["household", "income"],
        "purpose": "subscription", "ends_at": (now() + timedelta(days=days)).isoformat(), **changed,
    }  # fmt: skip


async def ask(person: Browser, case_id: str, *relations: str, key: str = "") -> dict[str, Any]:
    reply = await person.post(f"/cases/{case_id}/consents", asking(*relations), key=key)
    assert reply.status_code == 201, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_each_person_is_asked_for_named_items(site: Site, make: Make) -> None:
    haneul = await site.browser()
    case_id = await make.case(haneul)
    asked = await ask(haneul, case_id, "self", "spouse")
    own, spouse = asked["items"]
    assert (own["answerable"], spouse["answerable"]) == (True, False)
    assert own["items"] == [
        {"provider": "residents", "item": "household"}, {"provider": "income", "item": "income"},
    ]  # fmt: skip
    assert asked["invitation"].startswith("/invitations/")
    promised = await site.rows(OutboxRow, kind="start:ConsentWorkflow", workflow_id=f"consent-{own['id']}")
    assert [row.payload for row in promised] == [{"consent_id": own["id"]}]
    tasks = (await haneul.get("/tasks")).json()["items"]
    assert [(task["code"], task["subject_id"]) for task in tasks] == [("consent", own["id"])]


async def test_the_invitation_is_told_again_only_to_the_same_request_and_stored_nowhere(site: Site, make: Make) -> None:
    haneul = await site.browser()
    case_id, key = await make.case(haneul), uuid4().hex
    body = asking("spouse")
    first = (await haneul.post(f"/cases/{case_id}/consents", body, key=key)).json()
    again = (await haneul.post(f"/cases/{case_id}/consents", body, key=key)).json()
    assert first["invitation"] == again["invitation"]
    token = first["invitation"].rsplit("/", 1)[1]
    (kept,) = await site.rows(IdempotencyRow, key=key)
    row = (await site.rows(ConsentRow, id=UUID(first["items"][0]["id"])))[0]
    assert token not in f"{kept.answer}{row.model_dump()}"
    assert "invitation" not in (await haneul.get(f"/consents/{row.id}")).json()


async def test_the_spouse_answers_alone(site: Site, make: Make) -> None:
    haneul, seojun, other = await site.browser(), await site.browser("이서준"), await site.browser("박지호")
    case_id = await make.case(haneul)
    asked = await ask(haneul, case_id, "spouse")
    token, consent = asked["invitation"].rsplit("/", 1)[1], asked["items"][0]["id"]
    assert (await haneul.post("/consents/accept-invitation", {"token": token})).json()["code"] == "own_invitation"
    assert (await seojun.post(f"/consents/{consent}/give")).status_code == 404
    assert (await seojun.post("/consents/accept-invitation", {"token": token})).json()["mine"] is True
    assert (await other.post("/consents/accept-invitation", {"token": token})).status_code == 404
    assert (await haneul.post(f"/consents/{consent}/give")).status_code == 404
    assert (await haneul.get(f"/consents/{consent}")).json()["state"] == "requested"
    assert (await other.get(f"/consents/{consent}")).status_code == 404
    assert (await seojun.get(f"/cases/{case_id}")).status_code == 200
    assert (await seojun.post(f"/consents/{consent}/refuse")).json()["state"] == "refused"
    assert (await seojun.post(f"/consents/{consent}/give")).json()["code"] == "consent_answered"


async def test_an_old_link_opens_nothing(site: Site, make: Make) -> None:
    haneul, seojun = await site.browser(), await site.browser("이서준")
    case_id = await make.case(haneul)
    asked = await ask(haneul, case_id, "spouse")
    async with site.db.transaction() as session:
        row = await session.get_one(ConsentRow, UUID(asked["items"][0]["id"]))
        row.ends_at = now() - timedelta(seconds=1)
        session.add(row)
    answer = await seojun.post("/consents/accept-invitation", {"token": asked["invitation"].rsplit("/", 1)[1]})
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_answered")
    assert (await seojun.get(f"/cases/{case_id}")).status_code == 404


async def test_giving_happens_at_the_identity_provider(site: Site, make: Make) -> None:
    haneul = await site.browser()
    case_id = await make.case(haneul)
    consent = (await ask(haneul, case_id, "self"))["items"][0]["id"]
    redirect = (await haneul.post(f"/consents/{consent}/give")).json()["redirect"]
    asked = site.identity.asked[-1]
    row = (await site.rows(ConsentRow, id=UUID(consent)))[0]
    assert asked["details"][0]["agreement_sha256"] == row.agreement_sha256
    assert row.state == "requested"
    state = parse_qs(urlsplit(redirect).query)["state"][0]
    said = {"consent_token": "a.b.c", "consent_id": "jti-1", "consent_agreement": "0" * 64}
    site.identity.people["other-agreement"] = haneul.identity.model_copy(update=said)
    wrong = await haneul.http.get("/login/callback", params={"state": state, "code": "other-agreement"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "consent_other_agreement")
    redirect = (await haneul.post(f"/consents/{consent}/give")).json()["redirect"]
    state = parse_qs(urlsplit(redirect).query)["state"][0]
    site.identity.people["right"] = haneul.identity.model_copy(
        update=said | {"consent_agreement": row.agreement_sha256}
    )
    async with site.client() as elsewhere:
        lost = await elsewhere.get("/login/callback", params={"state": state, "code": "right"})
        assert lost.status_code == 401
    assert (await haneul.get(f"/consents/{consent}")).json()["state"] == "requested"


async def test_the_person_says_no_at_the_provider(site: Site, make: Make) -> None:
    haneul = await site.browser()
    consent = (await ask(haneul, await make.case(haneul), "self"))["items"][0]["id"]
    redirect = (await haneul.post(f"/consents/{consent}/give")).json()["redirect"]
    state = parse_qs(urlsplit(redirect).query)["state"][0]
    back = await haneul.http.get("/login/callback", params={"state": state, "error": "access_denied"})
    assert (back.status_code, back.headers["location"]) == (303, f"/consents/{consent}")
    assert (await haneul.get(f"/consents/{consent}")).json()["state"] == "requested"


async def test_withdrawing_is_at_once_and_tells_the_procedure(site: Site, make: Make) -> None:
    haneul = await site.browser()
    case_id = await make.case(haneul)
    row = await make.consent(case_id, haneul)
    assert (await haneul.post(f"/consents/{row.id}/withdraw")).json() == {"id": str(row.id), "state": "withdrawn"}
    assert (await haneul.post(f"/consents/{row.id}/withdraw")).status_code == 409
    assert [found.kind for found in await site.rows(OutboxRow, workflow_id=f"consent-{row.id}")] == ["signal:withdrawn"]
    assert [found.state for found in await site.rows(ConsentEventRow, consent_id=row.id)] == ["withdrawn"]


async def test_a_consent_lasts_a_year_at_most_and_ends_in_the_future(site: Site, make: Make) -> None:
    haneul = await site.browser()
    case_id = await make.case(haneul)
    before = await site.fingerprint()
    for days, status, code in ((400, 422, "consent_too_long"), (-1, 422, "invalid")):
        answer = await haneul.post(f"/cases/{case_id}/consents", asking("self", days=days))
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for wrong in (asking("self", "self"), asking("self", items=["income", "income"]), asking("child")):
        assert (await haneul.post(f"/cases/{case_id}/consents", wrong)).status_code == 422
    assert await site.fingerprint() == before
