"""Parts that several processes share, built from settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey

from domain.model import Model
from domain.words import Agency
from law.drawing.terms import Source
from mydata_connectors.exchange import Exchange, agency_http
from mydata_connectors.signing import RemoteSigning
from mydata_connectors.timestamps import HttpTrustServices
from mydata_connectors.webhooks import HttpReceivers
from onjip.settings import Settings
from onjip.wiring.means import Means
from store.db import Database
from store.devices import DeviceSigning
from store.documents import FolderDocuments
from store.sealed import SealedBox


@dataclass(frozen=True)
class Partners:
    """Addresses and public keys of the agencies, and our own key towards them."""

    entries: dict[str, dict[str, Any]]
    own_key: ECKey
    http: httpx.AsyncClient
    lifetime: timedelta

    def exchange(self, agency: Agency) -> Exchange:
        entry = self.entries[agency]
        return Exchange(
            agency=agency,
            base_url=entry["base_url"],
            agency_key=ECKey.import_key(entry["public_jwk"]),
            own_key=self.own_key,
            http=self.http,
            lifetime=self.lifetime,
        )

    def url(self, agency: Agency) -> str:
        return str(self.entries[agency]["base_url"])


def partners(settings: Settings) -> Partners:
    return Partners(
        entries=json.loads(settings.agencies.read_text()),
        own_key=ECKey.import_key(settings.gateway_key.read_text()),
        http=agency_http(),
        lifetime=timedelta(seconds=settings.message_lifetime_s),
    )


def database(settings: Settings) -> Database:
    return Database.connect(settings.database, sealed_box(settings))


def documents(settings: Settings) -> FolderDocuments:
    return FolderDocuments(settings.home / "blobs")


def sealed_box(settings: Settings) -> SealedBox:
    return SealedBox(settings.sealed_key_id, settings.sealed, settings.sealed_older_keys, settings.digest_key)


def poll(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.poll_s)


@dataclass(frozen=True)
class Shared:
    """The record and the evidence, as every worker holds them."""

    db: Database
    sealed: SealedBox
    documents: FolderDocuments


def shared(settings: Settings) -> Shared:
    return Shared(database(settings), sealed_box(settings), documents(settings))


def methods(*holders: object) -> list[Callable[..., Any]]:
    """Every activity that the given objects have."""
    found = []
    for holder in holders:
        for name in dir(type(holder)):
            if hasattr(getattr(type(holder), name), "__temporal_activity_definition"):
                found.append(getattr(holder, name))
    return found


class RandomSource(Model):
    """The public random source that this deployment was given: who it is, and where its rounds are."""

    url: str
    source: Source


def random_source(settings: Settings) -> RandomSource | None:
    """None where none was given: then no notice can fix a round."""
    file = settings.beacon
    return RandomSource.model_validate_json(file.read_bytes()) if file.exists() else None


def receivers(settings: Settings) -> HttpReceivers:
    return HttpReceivers(loopback=settings.webhooks_to_loopback)


def signing(shared: Shared, outside: Partners) -> Means:
    return Means(RemoteSigning(outside.exchange(Agency.SIGNING)), DeviceSigning(shared.db))


def trust(settings: Settings, outside: Partners) -> HttpTrustServices:
    roots = [der for der in trust_list(settings) if _is_authority(der)]
    return HttpTrustServices(outside.url(Agency.TRUST), roots, outside.http)


def trust_list(settings: Settings) -> list[bytes]:
    """What this deployment was given to trust (DER): roots, and the platform's own seal as a pin."""
    return pem(trust_file(settings).read_bytes())


def _is_authority(der: bytes) -> bool:
    found = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.BasicConstraints)
    return found.value.ca


def trust_file(settings: Settings) -> Path:
    return settings.home / "trust.pem"


def pem(text: bytes) -> list[bytes]:
    """DER of every certificate in a PEM file, in its order."""
    return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(text)]
