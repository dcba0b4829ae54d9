"""Log-in at the identity provider (OIDC code flow with PKCE), and the consents that are given there."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Me, current_session
from api.services import Door, Services
from api.sessions import COOKIE, LIFETIME, LOGIN_COOKIE, drop, set_login, set_session
from domain.consents import ConsentState
from domain.errors import Malformed, NotAllowed
from domain.ids import consent_workflow_id, new_token
from domain.people import Identity
from store import consents, exchange, people, sessions
from store.tables.consents import ConsentRow
from store.tables.people import LoginRow

router = APIRouter(tags=["login"])
HOME = "/"
Text = Annotated[str | None, Query(max_length=2000)]


def local_path(url: str | None) -> str:
    """Where to go after the log-in: a path of our own site, or the start page."""
    safe = url is not None and url.startswith("/") and url[1:2] not in ("/", "\\") and url.isprintable()
    return url if safe and url is not None else HOME


async def begin(
    services: Services, session: AsyncSession, *, next_url: str, consent: ConsentRow | None = None
) -> tuple[str, str]:
    """Start a log-in; with ``consent`` it is that person's consent. Answers the state and where the browser goes."""
    state, nonce, verifier = new_token(), new_token(), new_token()
    await sessions.begin_login(
        session, state, nonce=nonce, verifier=verifier, next_url=next_url, consent_id=consent.id if consent else None
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return state, services.identity.authorize_url(state, nonce, challenge, _details(consent) if consent else None)


def _details(consent: ConsentRow) -> list[dict[str, JsonValue]]:
    """RFC 9396: what the identity provider shows to the person before the PIN."""
    return [{
        "type": "onjip_consent", "agreement_sha256": consent.agreement_sha256,
        "recipient": consent.agreement["recipient"], "purpose": consent.agreement["purpose"],
        "items": list(consents.items_of(consent)), "ends_at": consent.ends_at.isoformat(),
    }]  # fmt: skip


@router.get("/login", status_code=303, response_class=RedirectResponse)
async def start(services: Door, next: Annotated[str | None, Query(max_length=300)] = None) -> Response:
    """Send the browser to the identity provider."""
    async with services.db.transaction() as session:
        state, url = await begin(services, session, next_url=local_path(next))
    answer = RedirectResponse(url, 303)
    set_login(answer, state, services)
    return answer


@router.get("/login/callback", status_code=303, response_class=RedirectResponse)
async def callback(
    request: Request, services: Door, state: Text = None, code: Text = None, error: Text = None
) -> Response:
    """The browser is back. A code is redeemed once, in time, and only in the browser that began."""
    async with services.db.transaction() as session:
        login = await sessions.use_login(session, state or "")
    if login is None:
        raise Malformed("login_unknown", ko="로그인을 처음부터 다시 해 주십시오.", en="Please begin to log in again.")
    if error is not None or not code:
        return RedirectResponse(login.next_url, 303)  # the person said no; nothing has changed
    if login.consent_id is not None:
        return await _consented(request, services, login, login.consent_id, code)
    _same_browser(request, state or "")
    return await _logged_in(request, services, login, code)


def _same_browser(request: Request, state: str) -> None:
    if not hmac.compare_digest(request.cookies.get(LOGIN_COOKIE, "").encode(), state.encode()):
        raise NotAllowed(
            "login_elsewhere",
            ko="이 브라우저에서 시작한 로그인이 아닙니다.",
            en="This log-in began in another browser.",
        )


async def _logged_in(request: Request, services: Services, login: LoginRow, code: str) -> Response:
    identity = await services.identity.exchange(code, login.verifier, login.nonce)
    async with services.db.transaction() as session:
        person = await people.enter(session, services.sealed, identity)
        if (old := request.cookies.get(COOKIE)) is not None:
            await sessions.close(session, old)  # a session never outlives the log-in after it
        token = await sessions.open_session(session, person.id, LIFETIME)
    answer = RedirectResponse(login.next_url, 303)
    set_session(answer, token, services)
    drop(answer, LOGIN_COOKIE, services)
    return answer


async def _consented(request: Request, services: Services, login: LoginRow, consent_id: UUID, code: str) -> Response:
    """The person of this session has consented at the identity provider under own log-in."""
    person = (await current_session(request, services)).person
    identity = await services.identity.exchange(code, login.verifier, login.nonce)
    async with services.db.transaction() as session:
        row = await consents.consent(session, consent_id, lock=True)
        if row.person_id != person.id or await people.subject_of(session, person.id) != identity.subject:
            raise NotAllowed(
                "consent_other_person", ko="동의를 요청받은 본인이 직접 동의해야 합니다.",
                en="The person who was asked must consent under own log-in.",
            )  # fmt: skip
        await _keep_consent(services, session, row, person.id, identity)
    return RedirectResponse(login.next_url, 303)


async def _keep_consent(
    services: Services, session: AsyncSession, row: ConsentRow, person_id: UUID, identity: Identity
) -> None:
    """Given, with its sealed token; the procedure is told with this same commit."""
    if identity.consent_token is None or identity.consent_agreement != row.agreement_sha256:
        raise Malformed(
            "consent_other_agreement", ko="요청한 동의와 다른 동의입니다. 다시 시도해 주십시오.",
            en="This is not the consent that was asked for. Please try again.",
        )  # fmt: skip
    await services.sealed.put(session, person_id, "consent_token", identity.consent_token, subject=str(row.id))
    row.token_id = identity.consent_id
    await consents.move(session, row, ConsentState.GIVEN, person_id)
    await exchange.promise(session, "signal:given", consent_workflow_id(row.id))


@router.delete("/api/v1/session", status_code=204, tags=["me"], name="log-out")
async def log_out(request: Request, services: Door, person: Me) -> Response:
    """End this session, here and now."""
    async with services.db.transaction() as session:
        await sessions.close(session, request.cookies[COOKIE])
    answer = Response(status_code=204)
    drop(answer, COOKIE, services)
    return answer
