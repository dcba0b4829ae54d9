"""The embedded stack's own secrets: strong, made once, kept in ``home/keys`` for their owner only (0600)."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey


@dataclass(frozen=True)
class Secrets:
    """Read from their files when asked for, so that ``repr`` shows no value. ``gateway_jwk`` is public."""

    folder: Path

    @property
    def gateway_key(self) -> Path:
        return self.folder / "gateway.pem"

    @property
    def gateway_jwk(self) -> Path:
        return self.folder / "gateway.jwk"

    @property
    def payload_keys(self) -> dict[str, str]:
        """Key id to base64; the first is active. To rotate: put a new entry first."""
        keys: dict[str, str] = json.loads(self._text("payload.json"))
        return keys

    @property
    def sealed_key(self) -> str:
        return self._text("sealed.key")

    @property
    def postgres_superuser(self) -> str:
        return self._text("postgres-superuser.password")

    @property
    def postgres(self) -> str:
        return self._text("postgres.password")

    @property
    def control_token(self) -> str:
        return self._text("sandbox-control.token")

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text().strip()


def ensure(home: Path) -> Secrets:
    """What is missing is made; what exists is never changed (data may be encrypted with it)."""
    ensure_home(home)
    folder = home / "keys"
    for name, make in _MAKERS.items():
        if not (folder / name).exists():
            _write_once(folder / name, make())
    if not (folder / "gateway.jwk").exists():
        public = ECKey.import_key((folder / "gateway.pem").read_text()).as_dict(private=False)
        _write_once(folder / "gateway.jwk", json.dumps({**public, "kid": "onjip", "alg": "ES256", "use": "sig"}))
    return Secrets(folder)


def ensure_home(home: Path) -> None:
    """The folders of a home, open to its owner only."""
    for folder in (home, home / "keys", home / "logs", home / "run", home / "sandbox"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def _write_once(path: Path, text: str) -> None:
    """All or nothing, and the first of two writers wins: a half-written key would lock its data up for ever."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _key() -> str:
    return b64encode(secrets.token_bytes(32)).decode()


def _ec_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


_MAKERS: dict[str, Callable[[], str]] = {
    "payload.json": lambda: json.dumps({"k1": _key()}),
    "sealed.key": _key,
    "postgres-superuser.password": lambda: secrets.token_hex(24),
    "postgres.password": lambda: secrets.token_hex(24),
    "sandbox-control.token": lambda: secrets.token_urlsafe(32),
    "gateway.pem": _ec_key,
}
