"""A register's own check of the consent under which it is asked: from the token, and from who issued it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from mydata_connectors.sandbox import _envelope
from mydata_connectors.sandbox._agency import Message, Refused
from mydata_connectors.sandbox._context import AgencyContext

ISSUER = "identity"


def consent_for(
    ctx: AgencyContext, item: str | Callable[[Message], str]
) -> Callable[[Message], Awaitable[dict[str, Any]]]:
    """A ``prepare`` for signed routes: the consent's claims arrive as ``message.prepared``.

    ``item`` is the word of the item, or how to read it from the message. Refuses with 403 ``consent_…``.
    """

    async def prepare(message: Message) -> dict[str, Any]:
        wanted = item if isinstance(item, str) else item(message)
        claims = check_token(ctx, message, wanted)
        state = await ctx.call(ISSUER, "GET", f"/consents/{claims['jti']}", purpose="consent_check")
        if state.get("active") is not True:
            raise _no("consent_withdrawn")
        return claims

    return prepare


def check_token(ctx: AgencyContext, message: Message, item: str) -> dict[str, Any]:
    """What the token itself says: issuer, recipient, purpose, person, item, end."""
    if not message.consent:
        raise _no("consent_missing")
    try:
        _, claims = _envelope.verify_token(message.consent, {ISSUER: ctx.clients[ISSUER]})
        items = {(entry["provider"], entry["item"]) for entry in claims["items"]}
        fixed = (claims["recipient"], claims["purpose"], claims["identity_ref"], str(claims["jti"]), int(claims["exp"]))
    except (Refused, KeyError, TypeError, ValueError):
        raise _no("consent_invalid") from None
    recipient, purpose, person, _, ends = fixed
    wrong = {
        "consent_other_recipient": recipient != message.client,
        "consent_other_purpose": purpose != message.purpose,
        "consent_other_person": not person or person != message.subject_ref,
        "consent_other_item": (ctx.name, item) not in items,
        "consent_expired": ends <= time.time(),
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            raise _no(code)
    return claims


def _no(code: str) -> Refused:
    return Refused(code, "the consent does not cover this", status=403, origin="caller")
