"""How an agency is written: declarations only. ``_app`` turns them into a server.

A *signed* route takes a signed message from another institution; its handler runs inside ONE immediate
transaction together with the expiry check, the idempotency record and the ledger row, so that an act and
the row that proves it are one. A *page* is for a person who is logged in at this agency. A *raw* route is
plain Starlette, for published protocols that have their own form (OIDC, OCSP, RFC 3161).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import Response
from starlette.routing import BaseRoute

from mydata_connectors.sandbox._people import Person

M = TypeVar("M", bound=BaseModel)


class Refused(Exception):
    """A signed no. ``status`` 422 and origin ``business`` mean: understood, and permanently refused.

    The transaction is rolled back; the refusal itself is recorded. ``message`` never holds personal data.
    """

    def __init__(
        self, code: str, message: str = "", *, status: int = 422, origin: str = "business", retryable: bool = False
    ) -> None:
        super().__init__(code)
        self.code, self.message, self.status, self.origin, self.retryable = code, message, status, origin, retryable

    def body(self) -> dict[str, object]:
        return {"code": self.code, "origin": self.origin, "retryable": self.retryable, "message": self.message}


@dataclass(frozen=True)
class Message:
    """A verified message. Everything here is covered by the sender's signature."""

    client: str
    msg_id: str
    purpose: str
    subject_ref: str
    consent: str
    method: str
    path: str
    query: Mapping[str, str]
    params: Mapping[str, str]
    body: bytes
    body_sha256: str
    exp: int
    received_at: datetime
    prepared: Any = None

    def data(self) -> dict[str, Any]:
        """The JSON object in the body. Raises ``Refused`` 400 when it is not one."""
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Refused("not_json", "the body is not JSON", status=400, origin="caller") from None
        if not isinstance(value, dict):
            raise Refused("not_an_object", "the body is not a JSON object", status=400, origin="caller")
        return value

    def read(self, model: type[M]) -> M:
        """The body as ``model``. Raises ``Refused`` 400 ``invalid_body`` naming the fields, never their values."""
        try:
            return model.model_validate(self.data())
        except ValidationError as error:
            fields = sorted({".".join(str(part) for part in e["loc"]) for e in error.errors()})
            raise Refused("invalid_body", ", ".join(fields), status=400, origin="caller") from None

    def with_prepared(self, value: object) -> Message:
        return replace(self, prepared=value)


@dataclass(frozen=True)
class Reply:
    """``body`` is JSON, or bytes together with another ``content_type``."""

    body: object
    status: int = 200
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


Handler = Callable[[Message, sqlite3.Connection], Reply]
Prepare = Callable[[Message], Awaitable[object]]


@dataclass(frozen=True)
class Signed:
    """One line of the access-control list (client × method × path template × purpose) and what it opens.

    ``prepare`` is async, runs before the transaction (it may ask another agency), and its value arrives as
    ``message.prepared``. ``idempotent`` overrides the agency's habit.
    """

    method: str
    path: str
    handler: Handler
    purposes: tuple[str, ...]
    clients: tuple[str, ...] = ("onjip",)
    prepare: Prepare | None = None
    idempotent: bool | None = None


@dataclass(frozen=True)
class Visit:
    """A person at this agency's own site. ``person`` is who logged in here; ``form`` is what they posted."""

    person: Person
    form: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    query: Mapping[str, str]
    params: Mapping[str, str]
    wants_json: bool
    files: Mapping[str, bytes] = field(default_factory=dict)
    prepared: Any = None


@dataclass(frozen=True)
class View:
    """A page: ``html`` for people (inner part, already escaped), ``data`` for ``Accept: application/json``."""

    title: str
    html: str = ""
    data: object = None
    status: int = 200
    go: str = ""  # a browser is redirected here (303) after a post


PageHandler = Callable[[Visit, sqlite3.Connection], View | Response]
PagePrepare = Callable[[Visit], Awaitable[object]]
Background = Callable[[sqlite3.Connection], Awaitable[None]]


@dataclass(frozen=True)
class Page:
    """A people-facing route. Runs in one transaction; only people for whom ``admits`` is true get in.

    ``prepare`` runs before the transaction, and its value arrives as ``visit.prepared``."""

    method: str
    path: str
    handler: PageHandler
    admits: Callable[[Person], bool] = lambda person: True
    prepare: PagePrepare | None = None


@dataclass(frozen=True)
class Agency:
    """``idempotent``: this agency keeps ``(client, msg_id)`` → reply. ``schema``: CREATE TABLE IF NOT EXISTS
    statements. ``seed`` runs once, in one transaction, when the ledger is new. ``home`` is where a person lands
    after log-in. ``background`` runs while the agency does, e.g. to deliver what it owes to others."""

    title_ko: str
    title_en: str
    idempotent: bool
    signed: tuple[Signed, ...] = ()
    pages: tuple[Page, ...] = ()
    raw: tuple[BaseRoute, ...] = ()
    schema: str = ""
    seed: Callable[[sqlite3.Connection], None] | None = None
    home: str = "/people"
    background: Background | None = None
