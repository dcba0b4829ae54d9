"""Embedded works from nothing; production does not start with weak, missing or open secrets."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from onjip.settings import Settings, SettingsError
from onjip.stack import embedded, secrets
from onjip.stack.children import as_environment
from onjip.wiring import parts
from store.sealed import SealedBox


def key() -> str:
    return b64encode(os.urandom(32)).decode()


@pytest.fixture
def production(tmp_path: Path) -> dict[str, Any]:
    """Settings of a production process that may start."""
    (tmp_path / "agencies.json").write_text("{}")
    gateway = tmp_path / "gateway.pem"
    gateway.write_text("-----BEGIN PRIVATE KEY-----")
    gateway.chmod(0o600)
    return {
        "environment": "production",
        "home": tmp_path,
        "database_url": "postgresql+asyncpg://onjip:tR8-vkq2_Wm5zLpe7@db.example/onjip",
        "temporal_address": "temporal.example:7233",
        "payload_keys": {"2026a": key()},
        "sealed_key": key(),
        "sealed_key_id": "k2",
        "sealed_older_keys": {"k1": key()},
        "digest_key": key(),
        "public_url": "https://onjip.example",
        "bind": "127.0.0.1:8000",
        "agencies_file": tmp_path / "agencies.json",
        "gateway_key_file": gateway,
    }


def test_production_starts_with_strong_secrets(production: dict[str, Any]) -> None:
    settings = Settings(**production)
    assert settings.database.startswith("postgresql://onjip:")
    assert settings.site == "https://onjip.example"
    assert not settings.webhooks_to_loopback
    assert embedded.complete(settings).payload_keys == settings.payload_keys


@pytest.mark.parametrize(
    "missing",
    ["database_url", "temporal_address", "payload_keys", "sealed_key", "public_url", "bind", "agencies_file"],
)
def test_production_names_what_is_missing(production: dict[str, Any], missing: str) -> None:
    del production[missing]
    with pytest.raises(ValidationError, match=f"ONJIP_{missing.upper()} is missing"):
        Settings(**production)


@pytest.mark.parametrize(
    ("setting", "weak", "complaint"),
    [
        ("sealed_key", b64encode(b"\0" * 32).decode(), "sealed_key is not 32 random bytes"),
        ("sealed_key", b64encode(b"short").decode(), "sealed_key is not 32 random bytes"),
        ("sealed_key", "not base64!", "not base64"),
        ("payload_keys", {"k": b64encode(b"passwordpasswordpasswordpassword").decode()}, "is not 32 random bytes"),
        ("database_url", "postgresql://onjip:onjip@db/onjip", "16 characters"),
        ("database_url", "postgresql://onjip:aaaaaaaaaaaaaaaaaaaa@db/onjip", "16 characters"),
        ("database_url", "postgresql://db/onjip", "16 characters"),
        ("public_url", "http://onjip.example", "must be https"),
        ("rulebook", "demo", "shortens legal periods"),
        ("webhook_loopback", True, "send to this machine"),
        ("agencies_file", Path("/nowhere/agencies.json"), "no such file"),
        ("beacon_file", Path("/nowhere/beacon.json"), "no such file"),
    ],
)
def test_production_refuses(production: dict[str, Any], setting: str, weak: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Settings(**{**production, setting: weak})


def test_production_refuses_an_open_key_file(production: dict[str, Any]) -> None:
    production["gateway_key_file"].chmod(0o644)
    with pytest.raises(ValidationError, match="readable by others"):
        Settings(**production)


def test_one_key_for_two_uses_is_refused() -> None:
    same = key()
    with pytest.raises(ValidationError, match="must all differ"):
        Settings(payload_keys={"k1": same}, sealed_key=same)


def test_older_keys_still_open_under_ids_of_their_own() -> None:
    old, new = key(), key()
    settings = Settings(sealed_key=new, sealed_key_id="k2", sealed_older_keys={"k1": old}, digest_key=old)
    ring = parts.sealed_box(settings)
    before = SealedBox("k1", settings.sealed_older_keys["k1"])
    assert ring.unlock("person.name", before.lock("person.name", "홍길동")) == "홍길동"
    assert ring.lock("person.name", "홍길동").startswith("sealed:k2:")
    assert ring.keyed("identity_ref", "x") == before.keyed("identity_ref", "x")
    assert old not in repr(settings) + repr(ring)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"sealed_older_keys": {"k1": b64encode(b"old").decode()}}, "is not 32 random bytes"),
        ({"sealed_older_keys": {"k2": key()}}, "names the id of the current key"),
        ({"digest_key": b64encode(b"\0" * 32).decode()}, "digest_key is not 32 random bytes"),
        ({"sealed_key_id": "k:2"}, "sealed_key_id"),
    ],
)
def test_a_wrong_key_ring_is_refused(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Settings(**{"sealed_key": key(), "sealed_key_id": "k2", **wrong})


def test_a_given_database_needs_a_strong_password_everywhere() -> None:
    with pytest.raises(ValidationError, match="16 characters"):
        Settings(database_url="postgresql://onjip:onjip@db/onjip")


def test_refusal_shows_no_secret(production: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**{**production, "rulebook": "demo", "sealed_key": b64encode(b"tooshort").decode()})
    assert "tR8-vkq2" not in str(refusal.value)
    assert b64encode(b"tooshort").decode() not in str(refusal.value)


def test_repr_shows_no_secret(production: dict[str, Any]) -> None:
    settings = Settings(**production)
    assert "tR8-vkq2" not in repr(settings)
    assert "payload_keys" not in repr(settings)


def test_environment_gives_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONJIP_PAYLOAD_KEYS", json.dumps({"new": key(), "old": key()}))
    monkeypatch.setenv("ONJIP_RULEBOOK", "demo")
    settings = Settings()
    assert list(settings.payload_keys) == ["new", "old"]
    assert (settings.poll_s, settings.message_lifetime_s) == (0.5, 4.0)


def test_child_processes_read_the_same_settings(production: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(**production)
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_embedded_completes_itself_once(tmp_path: Path) -> None:
    first = embedded.complete(Settings(home=tmp_path))
    again = embedded.complete(Settings(home=tmp_path))
    assert first.payload_keys == again.payload_keys
    assert first.sealed == again.sealed
    assert first.gateway_key.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert "d" not in json.loads(secrets.ensure(tmp_path).gateway_jwk.read_text())
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_part_that_never_ran_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ONJIP_DATABASE_URL is not set"):
        _ = embedded.complete(Settings(home=tmp_path)).database
