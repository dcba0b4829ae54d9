"""What an OpenID provider hands out, taken apart strictly: ES256 only, one issuer, one audience, one nonce."""

from __future__ import annotations

import time
from datetime import date
from typing import Annotated, Any, TypeVar

from joserfc.jwk import ECKey
from pydantic import BaseModel, Field, ValidationError

from domain.people import Identity, RegisteredRole
from mydata_connectors.envelope import NotGenuine, open_token

C = TypeVar("C", bound=BaseModel)
CLOCK_SKEW = 10  # seconds
LOGIN_AGE = 300  # seconds: the person has just logged in, not some time ago
ASSURANCE = ("kr.loa.2", "kr.loa.3")


class Address(BaseModel):
    formatted: str = ""


class RoleClaim(BaseModel):
    """A line of a register, as the provider passes it on."""

    role: str
    organisation: str
    register_name: Annotated[str, Field(alias="register")]
    number: str
    active: bool


class IdClaims(BaseModel):
    """The claims that we rely on; others are not looked at."""

    iss: str
    aud: str
    sub: Annotated[str, Field(min_length=1, max_length=255)]
    nonce: str
    iat: int
    exp: int
    auth_time: int
    acr: str
    name: Annotated[str, Field(min_length=1)]
    birthdate: date
    identity_ref: Annotated[str, Field(pattern="^idr_[0-9a-f]{32}$")]
    address: Address = Address()
    roles: tuple[RoleClaim, ...] = ()


class ConsentClaims(BaseModel):
    jti: str
    identity_ref: str
    agreement_sha256: str
    recipient: str
    purpose: str
    items: list[dict[str, str]]
    iat: int
    exp: int


def read_identity(
    token: str, keys: dict[str, ECKey], *, issuer: str, client: str, nonce: str, consent_token: str | None = None
) -> Identity:
    """Who logged in. Raises NotGenuine for anything else than a fresh token for this very log-in."""
    claims = _claims(IdClaims, open_any(token, keys))
    now = time.time()
    expected = (claims.iss, claims.aud, claims.nonce) == (issuer, client, nonce)
    current = claims.iat - CLOCK_SKEW <= now < claims.exp
    recent = now - LOGIN_AGE <= claims.auth_time <= now + CLOCK_SKEW
    if not (expected and current and recent and claims.acr in ASSURANCE):
        raise NotGenuine("not a token for this log-in")
    identity = Identity(
        subject=claims.sub, name=claims.name, birth_date=claims.birthdate, identity_ref=claims.identity_ref,
        address=claims.address.formatted,
        roles=tuple(RegisteredRole.model_validate(role.model_dump()) for role in claims.roles),
    )  # fmt: skip
    if consent_token is None:
        return identity
    given = check_consent(consent_token, keys, client=client, identity_ref=claims.identity_ref)
    proof = {"consent_token": consent_token, "consent_id": given.jti, "consent_agreement": given.agreement_sha256}
    return identity.model_copy(update=proof)


def check_consent(token: str, keys: dict[str, ECKey], *, client: str, identity_ref: str) -> ConsentClaims:
    """The consent is the provider's, to us, by the person who logged in, and not over."""
    claims = _claims(ConsentClaims, open_any(token, keys))
    if claims.recipient != client or claims.identity_ref != identity_ref or claims.exp <= time.time():
        raise NotGenuine("another consent")
    return claims


def open_any(token: str, keys: dict[str, ECKey]) -> dict[str, Any]:
    """The claims of a token by any of the provider's present keys."""
    for kid, key in keys.items():
        try:
            return open_token(token, key, kid=kid)
        except NotGenuine:
            continue
    raise NotGenuine("by none of the provider's keys")


def _claims(model: type[C], claims: dict[str, Any]) -> C:
    try:
        return model.model_validate(claims)
    except ValidationError:
        raise NotGenuine("claims missing") from None
