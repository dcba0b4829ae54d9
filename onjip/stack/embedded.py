"""Completes the settings of an embedded stack: its own secrets, and the addresses of the parts that run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from onjip.settings import Settings
from onjip.stack import record, secrets
from onjip.stack.ports import LOOPBACK

DATABASE = ROLE = "onjip"


def complete(settings: Settings) -> Settings:
    """In production unchanged. Embedded: what the environment does not give comes from ``home``.

    Addresses of parts that have never run stay none; ``Settings.database`` and the like then say what is missing.
    """
    home = settings.home.resolve()
    if settings.environment == "production":
        return settings.model_copy(update={"home": home})
    found = {"home": home, **_secrets(home), **_addresses(home)}
    wanted = {name: value for name, value in found.items() if name == "home" or not getattr(settings, name)}
    return Settings(**{**settings.model_dump(), **wanted})


def _secrets(home: Path) -> dict[str, Any]:
    made = secrets.ensure(home)
    return {"payload_keys": made.payload_keys, "sealed_key": made.sealed_key}


def _addresses(home: Path) -> dict[str, Any]:
    running = record.read(home)
    if running is None:
        return {}
    return {
        "database_url": database_url(home, running.ports["postgres"]),
        "temporal_address": running.temporal_address,
        "public_url": running.urls["site"],
        "bind": f"{LOOPBACK}:{running.ports['web']}",
    }


def database_url(home: Path, port: int) -> SecretStr:
    password = secrets.Secrets(home / "keys").postgres
    return SecretStr(f"postgresql://{ROLE}:{password}@{LOOPBACK}:{port}/{DATABASE}")
