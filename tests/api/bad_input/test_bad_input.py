"""Every POST × every kind of bad input: a clear problem, and not one row changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

if TYPE_CHECKING:
    from tests.api.bad_input.conftest import World

NOWHERE = str(uuid4())
PDF = b"%PDF-1.7\n"
OPERATIONS = (
    "cases-open", "consents-ask", "consents-accept-invitation", "consents-give", "consents-refuse", "consents-withdraw",
    "assessments-wish", "applications-file", "verify-ask", "notices-publish", "draws-close", "draws-type-digits",
    "wait-list-open-round", "wait-list-type-round-digits", "wait-list-enter-tickets", "wait-list-join",
    "wait-list-note-contract",
    "draws-enter-order", "draws-confirm-order", "draws-type-recorded-digits",
    "draws-lapse", "draws-accept", "draws-explain", "draws-judge", "draws-redraft", "contracts-draft",
    "contracts-explain", "contracts-invite", "contracts-sign", "contracts-decline", "contracts-dissolve",
    "forms-draft-lease", "forms-draft-power", "forms-revoke-power", "forms-amend",
    "contracts-edit", "contracts-remind", "contracts-reopen", "contracts-withdraw",
    "certificates-check-key", "certificates-certify-key", "certificates-register-joint", "signing-give", "signing-send",
    "approvals-approve", "transfers-give-right-proof", "transfers-declare", "transfers-refile",
    "transfers-choose-fund-plan", "transfers-choose-scrivener", "law-evaluate", "law-whatif",
    "webhooks-register", "webhooks-rotate", "webhooks-test", "webhooks-again", "webhooks-switch",
)  # fmt: skip
PUBLIC = ("law-evaluate", "law-whatif", "verify-ask")
every = pytest.mark.parametrize("operation", OPERATIONS)
guarded = pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in PUBLIC])


async def expect(world: World, reply: Callable[[], Any], status: int, code: str | None = None) -> dict[str, Any]:
    """The request is refused like this, in both languages, and every table is as before."""
    before = await world.site.fingerprint()
    answer: httpx.Response = await reply()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["ko"]
    assert problem["en"]
    if code is not None:
        assert problem["code"] == code
    assert await world.site.fingerprint() == before
    return problem


async def test_the_list_is_complete(world: World) -> None:
    paths = world.site.app.openapi()["paths"].values()
    posts = {item["post"]["operationId"] for item in paths if "post" in item}
    assert posts - {"staff-decode"} == set(OPERATIONS) == set(world.cases)
    assert {name for name, case in world.cases.items() if case.public} == set(PUBLIC)


@guarded
async def test_without_session(world: World, operation: str) -> None:
    case = world.cases[operation]
    async with world.site.client() as http:
        headers = {"Idempotency-Key": uuid4().hex, "X-CSRF-Token": case.who.csrf}
        sent: dict[str, Any] = {"files": case.files} if case.files else {"json": case.body or {}}
        await expect(world, lambda: http.post(f"/api/v1{case.path}", headers=headers, **sent), 401, "not_logged_in")
        http.cookies.set("onjip_session", "guessed")
        await expect(world, lambda: http.post(f"/api/v1{case.path}", headers=headers, **sent), 401, "not_logged_in")


@guarded
async def test_with_a_wrong_csrf_token_or_from_another_page(world: World, operation: str) -> None:
    case = world.cases[operation]
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": world.stranger.csrf}, {"Origin": "https://evil.test"}):
        await expect(world, lambda sent=headers: case.post(headers=sent), 403, "csrf")


@guarded
async def test_without_a_usable_key(world: World, operation: str) -> None:
    case = world.cases[operation]
    for key in (None, "short", "x" * 101, "with space"):
        await expect(world, lambda sent=key: case.post(key=sent), 400, "idempotency_key_missing")


@every
async def test_an_unknown_thing_or_somebody_elses(world: World, operation: str) -> None:
    case = world.cases[operation]
    parts = case.path.split("/")
    if len(parts) < 4:
        return
    nowhere = "/".join([*parts[:2], "lh-nowhere" if parts[1] == "notices" else NOWHERE, *parts[3:]])
    await expect(world, lambda: case.post(path=nowhere), 404)
    await expect(world, lambda: case.post(path=nowhere.replace(NOWHERE, "1 or 1=1").replace("lh-", "lh_'")), 422)
    if case.of_a_thing:
        roles = {role.role for role in case.who.person.roles}
        twin = await world.site.browser("남남", *((role, "다른 곳") for role in sorted(roles)))
        await expect(world, lambda: case.post(twin), 404)


@every
async def test_a_person_who_may_not_do_it(world: World, operation: str) -> None:
    case = world.cases[operation]
    if case.wrong_role is not None:
        await expect(world, lambda: case.post(case.wrong_role), 403)


@every
async def test_a_body_that_is_too_large_or_of_another_kind(world: World, operation: str) -> None:
    case = world.cases[operation]
    size = (10 * 1024 * 1024 + 20_000) if case.files else 65 * 1024
    large = b'{"title": "' + b"a" * size + b'"}'
    kind = {"Content-Type": "application/json"}
    await expect(world, lambda: case.post(json=None, files=None, content=large, headers=kind), 413, "too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    unsaid = await expect(world, lambda: case.post(json=None, files=None, content=chunks(), headers=kind), 413)
    assert unsaid["code"] == "too_large"
    if not case.files:
        form = {"Content-Type": "text/plain"}
        await expect(world, lambda: case.post(json=None, content=b"a", headers=form), 415, "unsupported_media_type")
        await expect(world, lambda: case.post(json=None, content=b"{", headers=kind), 400, "malformed")


def spoiled(schema: dict[str, Any], schemas: dict[str, Any], body: Any) -> Iterator[tuple[str, Any]]:
    """Every way to spoil one field of ``body``, down to the first item of each list: what was done, and the body."""
    schema = resolve(schema, schemas)
    yield "unknown field", {**body, "surprise": 1}
    for name in schema.get("required", ()):
        yield f"{name} missing", {key: value for key, value in body.items() if key != name}
    for name, part in schema.get("properties", {}).items():
        for what, value in wrong_values(resolve(part, schemas), schemas):
            yield f"{name} {what}", {**body, name: value}
        inner = resolve(part, schemas)
        if name in body and inner.get("properties"):
            for what, value in spoiled(inner, schemas, body[name]):
                yield f"{name}.{what}", {**body, name: value}
        items = resolve(inner.get("items", {}), schemas)
        if name in body and items.get("properties"):
            for what, value in spoiled(items, schemas, body[name][0]):
                yield f"{name}[0].{what}", {**body, name: [value, *body[name][1:]]}


def resolve(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Through references and "or null"."""
    if "$ref" in schema:
        return resolve(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if "anyOf" in schema:
        return resolve(next(one for one in schema["anyOf"] if one.get("type") != "null"), schemas)
    return schema


def wrong_values(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values of a wrong type, too long, out of range, or not in the list."""
    match schema.get("type"):
        case "string":
            yield from (("is a number", 7), ("is a list", ["a"]), ("is too long", "가" * 5000), ("has NUL", "a\x00b"))
            closed = schema.get("format") or "enum" in schema or "const" in schema
            if closed or ("pattern" in schema and not re.search(schema["pattern"], "!?")):
                yield "does not fit", "!?"
        case "integer":
            yield from (("is text", "7"), ("is a fraction", 1.5), ("is yes", True), ("is too much", 10**18))
            yield "is less than nothing", -1
        case "boolean":
            yield from (("is text", "yes"), ("is a number", 1))
        case "array":
            yield from (("is text", "a"), ("is an object", {"a": 1}))
            item = resolve(schema.get("items", {}), schemas)
            yield "has a wrong item", [None]
            yield "is too long", [deepcopy(item.get("default")) for _ in range(20_001)]
        case "object":
            yield from (("is text", "a"), ("is a list", [1]))


UPLOADS = ("verify-ask", "draws-enter-order")
BODIES = tuple(
    name for name in OPERATIONS
    if name not in {*UPLOADS, "draws-close", "draws-redraft", "approvals-approve", "transfers-refile"}
    and not name.startswith(("consents-give", "consents-refuse", "consents-withdraw"))
    and name not in {"webhooks-rotate", "webhooks-test", "webhooks-again"}
    and name not in {"contracts-explain", "contracts-invite", "contracts-sign", "contracts-remind"}
)  # fmt: skip


@pytest.mark.parametrize("operation", BODIES)
async def test_every_field_spoiled_in_every_way(world: World, operation: str) -> None:
    case = world.cases[operation]
    description = world.site.app.openapi()
    posts = [item["post"] for item in description["paths"].values() if "post" in item]
    schema = next(post for post in posts if post["operationId"] == operation)["requestBody"]["content"]
    before = await world.site.fingerprint()
    count = 0
    ways = spoiled(schema["application/json"]["schema"], description["components"]["schemas"], case.body)
    for what, body in [*ways, ("is a list", [case.body]), ("is null", None), ("is text", "a")]:
        answer = await case.post(json=None, content=encoded(body), headers={"Content-Type": "application/json"})
        expected = (413, 422) if "too long" in what else (422,)
        assert answer.status_code in expected, (what, answer.text)
        assert "가가가" not in answer.text
        assert "surprise" not in answer.text
        count += 1
    assert count >= 6
    assert await world.site.fingerprint() == before


def encoded(body: Any) -> bytes:
    return httpx.Request("POST", "http://x", json=body).content


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in {*BODIES, *UPLOADS}])
async def test_an_act_without_words_takes_none(world: World, operation: str) -> None:
    case = world.cases[operation]
    for body in ({"surprise": 1}, [1], "a", 7):
        await expect(world, lambda sent=body: case.post(json=sent), 422)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x00" * 2000 + PDF])
async def test_a_pdf_that_is_not_one(world: World, content: bytes) -> None:
    case = world.cases["verify-ask"]
    await expect(world, lambda: case.post(files={"file": ("a.pdf", content, "application/pdf")}), 422)


async def test_an_upload_without_its_file(world: World) -> None:
    case = world.cases["verify-ask"]
    await expect(world, lambda: case.post(files={"other": ("a.pdf", PDF, "application/pdf")}), 422)
    await expect(world, lambda: case.post(files=None, json={"file": "a"}), 422)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "verify-ask"])  # judged anew each time
async def test_zz_the_right_request_once_and_again_with_its_key(world: World, operation: str) -> None:
    """After all that was refused: what is right is accepted, answered the same again, and not for another body."""
    case, key = world.cases[operation], uuid4().hex
    first = await case.post(key=key)
    assert first.status_code == case.status, first.text
    before = await world.site.fingerprint()
    again = await case.post(key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await world.site.fingerprint() == before
    if case.other is not None:
        await expect(world, lambda: case.post(json=case.other, key=key), 409, "idempotency_key_reused")
