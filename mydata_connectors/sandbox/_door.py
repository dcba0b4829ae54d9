"""The door for signed messages: verify, look the sender up in the access-control list, act, record, sign."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mydata_connectors.sandbox import _envelope, _ledger
from mydata_connectors.sandbox._agency import Agency, Message, Refused, Reply, Signed
from mydata_connectors.sandbox._context import AgencyContext

log = logging.getLogger("sandbox")
Endpoint = Callable[[Request], Awaitable[Response]]
ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Door:
    def __init__(self, ctx: AgencyContext, agency: Agency, db: sqlite3.Connection) -> None:
        self.ctx, self.agency, self.db = ctx, agency, db

    def routes(self) -> list[Route]:
        """Every declared line, and a last one that denies whatever nobody declared."""
        lines = [Route(line.path, self._endpoint(line), methods=[line.method]) for line in self.agency.signed]
        return [*lines, Route("/{path:path}", self._undeclared, methods=ANY)]

    def _endpoint(self, line: Signed) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, line)

        return endpoint

    async def _undeclared(self, request: Request) -> Response:
        if "x-message" not in request.headers:
            return Response(status_code=404)
        return await self._answer(request, None)

    async def _answer(self, request: Request, line: Signed | None) -> Response:
        compact = request.headers.get("x-message", "")
        body = await request.body()
        claims: dict[str, Any] = {}
        try:
            claims = self._verify(compact, request, body)
            message = _message(claims, request, body)
            if line is None or message.client not in line.clients or message.purpose not in line.purposes:
                raise _envelope.denied("not_permitted", 403)
        except Refused as refused:
            self._deny(request, claims, refused.code)
            return self._sign(compact, str(claims.get("msg_id", "")), _refusal(refused))
        reply = await self._carry_out(message, line, _envelope.request_digest(claims))
        return self._sign(compact, message.msg_id, reply)

    def _verify(self, compact: str, request: Request, body: bytes) -> dict[str, Any]:
        if not compact:
            raise _envelope.denied("no_message")
        return _envelope.verify_message(
            compact, self.ctx.clients, service=self.ctx.name, method=request.method,
            path=request.scope["raw_path"].decode("latin-1"), query=request.scope["query_string"], body=body,
            content_type=request.headers.get("content-type", ""),
        )  # fmt: skip

    def _deny(self, request: Request, claims: dict[str, Any], code: str) -> None:
        """Denied calls are written down too: who (if known), what, why."""
        who, purpose = str(claims.get("client", "")), str(claims.get("purpose", ""))
        with _ledger.transaction(self.db):
            _ledger.denied(
                self.db, client=who, method=request.method, path=request.url.path, purpose=purpose, code=code
            )

    async def _carry_out(self, message: Message, line: Signed, request_digest: str) -> Reply:
        keyed = self.agency.idempotent if line.idempotent is None else line.idempotent
        try:
            if keyed and (known := self._known(message, request_digest)) is not None:
                return known
            if line.prepare is not None:
                message = message.with_prepared(await line.prepare(message))
            return self._act(message, line, request_digest if keyed else "")
        except Refused as refused:
            return self._record_refusal(message, refused, request_digest if keyed else "")
        except Exception:  # whatever went wrong was rolled back: say so, signed
            log.exception("%s %s failed", message.method, line.path)
            crash = Refused("internal", "not acted upon", status=500, origin="provider_app", retryable=True)
            return self._record_refusal(message, crash, "")

    def _act(self, message: Message, line: Signed, keyed_digest: str) -> Reply:
        """Expiry, act, ledger row and idempotency record: one transaction."""
        with _ledger.transaction(self.db):
            if keyed_digest and (known := self._known(message, keyed_digest)) is not None:
                return known  # the same message was carried out while we asked another agency
            _envelope.check_not_expired(message.exp)
            reply = line.handler(message, self.db)
            _ledger.received(self.db, message, reply.status, "done")
            if keyed_digest:
                _ledger.store_reply(self.db, message.client, message.msg_id, keyed_digest, reply)
        return reply

    def _known(self, message: Message, request_digest: str) -> Reply | None:
        found = _ledger.stored_reply(self.db, message.client, message.msg_id)
        if found is None:
            return None
        if found[0] != request_digest:
            raise Refused("key_reused", "this msg_id was used for another request", status=409, origin="caller")
        return found[1]

    def _record_refusal(self, message: Message, refused: Refused, keyed_digest: str) -> Reply:
        reply = _refusal(refused)
        final = bool(keyed_digest) and refused.status == 422  # anything else may be put right and asked again
        with _ledger.transaction(self.db):
            _ledger.received(self.db, message, reply.status, refused.code)
            if final:
                _ledger.store_reply(self.db, message.client, message.msg_id, keyed_digest, reply)
        return reply

    def _sign(self, compact: str, msg_id: str, reply: Reply) -> Response:
        body = reply.encoded()
        headers = {}
        if compact:
            headers["X-Receipt"] = _envelope.receipt(
                compact, msg_id, status=reply.status, body=body, key=self.ctx.key, provider=self.ctx.name
            )
        return Response(body, reply.status, headers, media_type=reply.content_type)


def _refusal(refused: Refused) -> Reply:
    return Reply(refused.body(), refused.status)


def _message(claims: dict[str, Any], request: Request, body: bytes) -> Message:
    return Message(
        client=claims["client"], msg_id=claims["msg_id"], purpose=claims["purpose"],
        subject_ref=claims["subject_ref"], consent=claims["consent"], method=claims["method"], path=claims["path"],
        query=dict(request.query_params), params={k: str(v) for k, v in request.path_params.items()}, body=body,
        body_sha256=claims["body_sha256"], exp=claims["exp"], received_at=datetime.now(UTC),
    )  # fmt: skip
