"""Everything the web process works with; wired in ``onjip``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from temporalio.client import Client

from domain.ports import CertificateDesk, Documents, IdentityProvider, Receivers, Typeface
from law.drawing.terms import Source
from law.rulebook import Rulebook
from store.db import Database
from store.sealed import SealedBox

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Services:
    """``*_people_url``: where people act at an agency's own site. ``identity_url`` and ``staff_ui_url``: origins that
    forms may lead to and that may ask the codec endpoint (the Temporal UI); None where there is none."""

    db: Database
    documents: Documents
    typeface: Typeface
    temporal: Client
    sealed: SealedBox
    identity: IdentityProvider
    certificates: CertificateDesk
    receivers: Receivers
    rulebook: Rulebook
    public_url: str
    signing_people_url: str
    bank_people_url: str
    static_dir: Path | None = None
    identity_url: str | None = None
    staff_ui_url: str | None = None
    beacon: Source | None = None  # the public random source that notices may fix a round of
    trust_pem: str = ""  # roots of stamps and seals, for readers who verify a draw in their own browser
    act_within_s: float = 10.0  # how long a person waits for a procedure's answer before being asked to look again

    @property
    def secure(self) -> bool:
        """Cookies travel over TLS only, unless the site is on this very machine."""
        return urlsplit(self.public_url).hostname not in LOOPBACK


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Door = Annotated[Services, Depends(services_of)]
