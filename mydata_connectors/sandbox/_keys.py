"""Private keys of the agencies: PEM files that only their owner may read, made once."""

from __future__ import annotations

import json
import os
from pathlib import Path

from joserfc.jwk import ECKey, KeyParameters

USE: KeyParameters = {"use": "sig", "alg": "ES256"}


def own_key(path: Path) -> ECKey:
    """The P-256 key in ``path``; created when there is none. Written whole or not at all."""
    if not path.exists():
        pem = ECKey.generate_key("P-256").as_pem(private=True)
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return ECKey.import_key(path.read_bytes(), USE)


def public_jwk(key: ECKey, kid: str) -> dict[str, object]:
    return {**key.as_dict(private=False), "kid": kid}


def client_key(path: Path) -> ECKey:
    """A public JWK file as it was handed over by the client's operator."""
    jwk = json.loads(path.read_text("utf-8"))
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y")}
    return ECKey.import_key(public, USE)
