"""Settings from the environment (prefix ``ONJIP_``). Read in ``onjip`` only, once, by the command that runs.

``embedded``: what is missing is made or found under ``home`` (``onjip.stack.embedded.complete``).
``production``: everything secret or outside must be given, and weak secrets stop the start.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

T = TypeVar("T")

KEY_BYTES = 32
# 32 random bytes hold about 30 different values; fewer than 16 never happens by chance (p < 10⁻²⁰).
MIN_DISTINCT_BYTES = 16
MIN_PASSWORD_CHARACTERS = 16

QUICK_DEFAULTS = {"poll_s": 0.5, "message_lifetime_s": 4.0}  # where the rulebook shortens periods


class SettingsError(Exception):
    """The process must not start with these settings. Names the settings, never their values."""


def _key(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as wrong:
        raise ValueError("not base64") from wrong


Key = Annotated[bytes, BeforeValidator(_key)]


class Settings(BaseSettings):
    """One process's settings. Durations in seconds; keys as base64 of 32 bytes."""

    model_config = SettingsConfigDict(env_prefix="ONJIP_", extra="ignore", frozen=True, hide_input_in_errors=True)

    environment: Literal["embedded", "production"] = "embedded"
    home: Path = Path(".onjip")
    rulebook: Literal["normal", "demo", "chaos"] = "normal"

    database_url: SecretStr | None = None  # postgresql://…; none = the embedded PostgreSQL
    temporal_address: str | None = None  # host:port; none = the embedded server
    temporal_namespace: str = "onjip"
    payload_keys: dict[str, Key] = Field(default={}, repr=False)  # the first one encrypts, all decrypt
    sealed_key: Key | None = Field(default=None, repr=False)  # of people's data in the database, and of their secrets
    sealed_key_id: str = Field(default="k1", pattern=r"^[0-9A-Za-z_-]{1,20}$")
    sealed_older_keys: dict[str, Key] = Field(default={}, repr=False)  # they still open what they have sealed, by id
    digest_key: Key | None = Field(default=None, repr=False)  # of keyed digests; none = the sealed key

    public_url: str | None = None  # where people reach the site
    bind: str | None = None  # host:port the web process listens on
    agencies_file: Path | None = None
    gateway_key_file: Path | None = None  # ES256 private key with which Onjip signs its messages to agencies
    platform_key_file: Path | None = None  # the seal's key: read by the documents worker only
    platform_cert_file: Path | None = None

    beacon_file: Path | None = None  # the public random source that notices may fix a round of; none = none is offered
    open_data_key: SecretStr = SecretStr("sandbox-open-data")  # of the agencies' open data
    # A lawful holder of deposits (예치, 공인중개사법 제31조) that brokered sales name: bank, account, holder.
    deposit_holder: tuple[str, str, str] = ("나눔은행", "301-7700-9001-11", "한국공인중개사협회")

    # Of a contract that waits for signatures: until it ends by itself, and when those whose turn it is are reminded.
    signing_days: float = Field(default=30.0, gt=0, le=365)
    signing_reminder_days: tuple[Annotated[float, Field(gt=0)], ...] = (3.0, 7.0, 14.0)

    webhook_loopback: bool | None = None  # webhooks to this very machine, also over HTTP; none = where embedded

    message_lifetime_s: float = Field(default=60.0, gt=0, le=120)
    poll_s: float = Field(default=30.0, gt=0)  # how often an outside fact is asked again

    @model_validator(mode="before")
    @classmethod
    def _shortened_is_quicker(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {**QUICK_DEFAULTS, **given} if given.get("rulebook", "normal") != "normal" else given

    @model_validator(mode="after")
    def _fit_to_start(self) -> Self:
        wrong = [
            *_weak_keys(self),
            *_weak_password(self),
            *(_unfit_for_production(self) if self.environment == "production" else ()),
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def database(self) -> str:
        """``postgresql://…``, also where the setting names a driver."""
        scheme, _, rest = _given("database_url", self.database_url).get_secret_value().partition("://")
        return f"{scheme.partition('+')[0]}://{rest}"

    @property
    def temporal(self) -> str:
        return _given("temporal_address", self.temporal_address)

    @property
    def site(self) -> str:
        """The public address of the site, without a slash at its end."""
        return _given("public_url", self.public_url).rstrip("/")

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port of the web process."""
        host, _, port = _given("bind", self.bind).rpartition(":")
        return host, int(port)

    @property
    def sealed(self) -> bytes:
        return _given("sealed_key", self.sealed_key)

    @property
    def webhooks_to_loopback(self) -> bool:
        return self.environment == "embedded" if self.webhook_loopback is None else self.webhook_loopback

    @property
    def agencies(self) -> Path:
        return self.agencies_file or self.home / "agencies.json"

    @property
    def beacon(self) -> Path:
        return self.beacon_file or self.home / "beacon.json"

    @property
    def gateway_key(self) -> Path:
        return self.gateway_key_file or self.home / "keys" / "gateway.pem"

    @property
    def platform_key(self) -> Path:
        return self.platform_key_file or self.home / "keys" / "platform.pem"

    @property
    def platform_certificate(self) -> Path:
        return self.platform_cert_file or self.home / "keys" / "platform.crt"


def _given(name: str, value: T | None) -> T:
    if value is None:
        raise SettingsError(f"ONJIP_{name.upper()} is not set")
    return value


def _weak_keys(settings: Settings) -> list[str]:
    keys = {f"payload_keys[{name}]": key for name, key in settings.payload_keys.items()}
    if settings.sealed_key is not None:
        keys["sealed_key"] = settings.sealed_key
    keys |= {f"sealed_older_keys[{name}]": key for name, key in settings.sealed_older_keys.items()}
    weak = [f"{name} is not {KEY_BYTES} random bytes" for name, key in keys.items() if not strong(key)]
    if len(set(keys.values())) < len(keys):
        weak.append("payload_keys and sealed_key must all differ")
    if settings.digest_key is not None and not strong(settings.digest_key):  # it may be the first sealed key
        weak.append(f"digest_key is not {KEY_BYTES} random bytes")
    if settings.sealed_key_id in settings.sealed_older_keys:
        weak.append("sealed_older_keys names the id of the current key")
    return weak


def strong(key: bytes) -> bool:
    """Whether ``key`` can be 32 random bytes (a word, a repeated byte or a short key cannot)."""
    return len(key) == KEY_BYTES and len(set(key)) >= MIN_DISTINCT_BYTES


def _unfit_for_production(settings: Settings) -> list[str]:
    required = (
        "database_url", "temporal_address", "payload_keys", "sealed_key", "public_url", "bind", "agencies_file",
        "gateway_key_file",
    )  # fmt: skip
    wrong = [f"ONJIP_{name.upper()} is missing" for name in required if not getattr(settings, name)]
    if settings.rulebook != "normal":
        wrong.append("this rulebook shortens legal periods and is not for production")
    if settings.webhook_loopback:
        wrong.append("webhook_loopback lets strangers send to this machine and is not for production")
    if settings.public_url and not settings.public_url.startswith("https://"):
        wrong.append("public_url must be https")
    return wrong + _unreadable(settings)


def _weak_password(settings: Settings) -> list[str]:
    """Of a database that is given, wherever it runs: everything that people entrusted to us lies there."""
    if settings.database_url is None or _strong_password(settings.database_url.get_secret_value()):
        return []
    return [f"the password in database_url must have {MIN_PASSWORD_CHARACTERS} characters or more"]


def _strong_password(url: str) -> bool:
    password = urlsplit(url).password or ""
    return len(password) >= MIN_PASSWORD_CHARACTERS and len(set(password)) >= MIN_PASSWORD_CHARACTERS // 2


def _unreadable(settings: Settings) -> list[str]:
    """Files that are named must be there; a private key must be closed to everybody but its owner."""
    wrong = []
    for name in ("agencies_file", "beacon_file", "gateway_key_file", "platform_key_file", "platform_cert_file"):
        path: Path | None = getattr(settings, name)
        if path is None:
            continue
        if not path.is_file():
            wrong.append(f"{name}: no such file")
        elif name.endswith("key_file") and path.stat().st_mode & 0o077:
            wrong.append(f"{name} is readable by others (chmod 600)")
    return wrong
