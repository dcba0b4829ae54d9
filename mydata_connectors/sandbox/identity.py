"""The identity provider (본인확인): OpenID Connect with PKCE; a log-in may carry a consent (RFC 9396).

It also says whose a signing key or a joint certificate is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mydata_connectors.sandbox import (
    _attestations,
    _consents,
    _keys,
    _ledger,
    _oidc,
    _oidc_tokens,
    _pages,
    _sessions,
)
from mydata_connectors.sandbox._addresses import NAMES
from mydata_connectors.sandbox._agency import Agency, Message, Page, Signed
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._oidc import AuthorizationRequest, Unsafe, Wrong
from mydata_connectors.sandbox._oidc_tokens import CodeReused, TokenError
from mydata_connectors.sandbox._people import Person
from mydata_connectors.sandbox._signers import Signers
from mydata_connectors.sandbox._site import LOGIN_FAILED, Site, same_origin, wants_json


def agency(ctx: AgencyContext) -> Agency:
    registers = tuple(name for name in NAMES if name != ctx.name)
    signers = Signers(ctx)

    async def holder(message: Message) -> object:
        return await signers.holder(message.read(_attestations.Owned).certificate_b64)

    return Agency(
        title_ko="본인확인기관",
        title_en="Identity provider",
        idempotent=True,
        schema=_oidc.SCHEMA + _oidc_tokens.SCHEMA + _consents.SCHEMA + _attestations.SCHEMA,
        signed=(
            Signed("GET", "/consents/{jti}", _consents.state, ("consent_check", "read"), ("onjip", *registers)),
            Signed("POST", "/consents/{jti}/revoke", _consents.revoke, ("revoke",)),
            Signed("POST", "/attestations", partial(_attestations.ask, ctx), ("certify",)),
            Signed("GET", "/attestations/{number}", _attestations.state, ("certify",)),
            Signed("POST", "/certificate-owners", _attestations.owned, ("certify",), prepare=holder),
        ),
        pages=(
            Page("GET", "/people", _consents.own),
            Page("POST", "/people/consents/{jti}/revoke", _consents.revoke_own),
            Page("GET", "/people/attestations/{number}", _attestations.show),
            Page("POST", "/people/attestations/{number}/approve", partial(_attestations.approve, ctx)),
        ),
        raw=(
            Route("/.well-known/openid-configuration", discovery),
            Route("/jwks", jwks),
            Route("/authorize", ask, methods=["GET"]),
            Route("/authorize", decide, methods=["POST"]),
            Route("/token", token, methods=["POST"]),
        ),
    )


async def discovery(request: Request) -> Response:
    issuer = _ctx(request).base_url
    return JSONResponse({
        "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks", "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"], "scopes_supported": ["openid"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"], "acr_values_supported": ["kr.loa.2"],
        "authorization_details_types_supported": ["onjip_consent"],
        "authorization_response_iss_parameter_supported": True,
    })  # fmt: skip


async def jwks(request: Request) -> Response:
    ctx = _ctx(request)
    return JSONResponse({"keys": [_keys.public_jwk(ctx.key, ctx.name)]})


async def ask(request: Request) -> Response:
    """Shows who asks for what; log-in and PIN are asked on the same page."""
    try:
        wanted = _oidc.read_request(request.query_params)
    except Unsafe:
        return _problem(request, "unsafe_request", 400)
    except Wrong as wrong:
        code, back = wrong.args
        return RedirectResponse(back.back(_ctx(request).base_url, error=code), 303)
    with _ledger.transaction(_db(request)) as db:
        handle = _oidc.remember(db, wanted)
    if wants_json(request):
        return JSONResponse(
            {"request": handle, "consent": None if wanted.detail is None else _oidc.shown(wanted.detail)}
        )
    return _page(request, wanted, handle, "")


async def decide(request: Request) -> Response:
    """The person's decision: PIN and yes, or no."""
    posted = await request.form()
    form = {name: str(value)[:200] for name, value in posted.items()}
    if not same_origin(request):
        return _problem(request, "cross_site", 403)
    with _ledger.transaction(_db(request)) as db:
        wanted = _oidc.recall(db, form.get("request", ""))
        if wanted is None:
            return _problem(request, "unknown_request", 400)
        if form.get("decision") == "decline":
            _oidc.answer_once(db, form["request"])
            return _go(request, wanted.back(_ctx(request).base_url, error="access_denied"))
        login = form.get("login", "")
        person = _sessions.check_pin(db, login, form.get("pin", ""), key=f"login:{login}")
        if person is not None:
            return _go(request, _approve(_ctx(request), db, wanted, form["request"], person))
    if wants_json(request):
        return JSONResponse({"code": "login_failed"}, 401)
    return _page(request, wanted, form["request"], LOGIN_FAILED)


def _approve(
    ctx: AgencyContext, db: sqlite3.Connection, wanted: AuthorizationRequest, handle: str, person: Person
) -> str:
    _oidc.answer_once(db, handle)
    jti = None if wanted.detail is None else _consents.give(ctx, db, person, wanted.detail)
    return wanted.back(ctx.base_url, code=_oidc.issue_code(db, wanted, person.login, jti))


async def token(request: Request) -> Response:
    posted = await request.form()
    form = {name: str(value) for name, value in posted.items()}
    try:
        with _ledger.transaction(_db(request)) as db:  # kept even if the code is bad: no assertion serves twice
            _oidc_tokens.authenticate(_ctx(request), db, form)
        with _ledger.transaction(_db(request)) as db:
            return JSONResponse(_tokens(_ctx(request), db, form), headers={"Cache-Control": "no-store"})
    except CodeReused as reused:
        if reused.jti is not None:  # what a stolen code gave is taken back
            with _ledger.transaction(_db(request)) as db:
                _consents.end(db, reused.jti)
        return JSONResponse({"error": reused.error}, reused.status)
    except TokenError as error:
        return JSONResponse({"error": error.error}, error.status)


def _tokens(ctx: AgencyContext, db: sqlite3.Connection, form: Mapping[str, str]) -> dict[str, object]:
    row = _oidc_tokens.redeem(db, form)
    return _oidc_tokens.answer(ctx, row, _consents.token_of(db, row["jti"]) if row["jti"] else None)


def _page(request: Request, wanted: AuthorizationRequest, handle: str, problem: str) -> Response:
    site: Site = request.app.state.site
    consent = "" if wanted.detail is None else _consents.details(wanted.detail)
    hidden = _pages.hidden({"request": handle})
    title, yes = ("정보 제공 동의", "동의하고 인증 (Agree)") if consent else ("본인확인", "인증 (Log in)")
    approve = _pages.form("/authorize", _pages.login_fields() + hidden, yes)
    no = _pages.hidden({"request": handle, "decision": "decline"})
    decline = _pages.form("/authorize", no, "거절 (Decline)", plain=True)
    return site.html(title, consent + _pages.error(problem) + approve + decline, 401 if problem else 200)


def _go(request: Request, target: str) -> Response:
    return JSONResponse({"redirect_to": target}) if wants_json(request) else RedirectResponse(target, 303)


def _problem(request: Request, code: str, status: int) -> Response:
    if wants_json(request):
        return JSONResponse({"code": code}, status)
    site: Site = request.app.state.site
    return site.html("요청을 처리할 수 없습니다", _pages.error(f"처음 화면에서 다시 시도해 주십시오. ({code})"), status)


def _ctx(request: Request) -> AgencyContext:
    ctx: AgencyContext = request.app.state.ctx
    return ctx


def _db(request: Request) -> sqlite3.Connection:
    db: sqlite3.Connection = request.app.state.db
    return db
