"""The web process: the site and the API. Holds no signing key, loads no renderer; calls the identity provider and the
certificate authority only, for log-ins and for the certificates of people's own keys; of an address for webhooks it
looks up the name.
"""

from __future__ import annotations

import uvicorn
from joserfc.jwk import ECKey

from api.app import create_app
from api.services import Services
from contracts.fonts import Typeface
from domain.words import Agency
from law import rulebook
from mydata_connectors.certificates import CertificateDesk
from mydata_connectors.identity import OpenIdProvider
from onjip.settings import Settings
from onjip.stack import record
from onjip.temporal.client import connect
from onjip.wiring import parts
from onjip.wiring.assets import gather


async def run(settings: Settings) -> None:
    host, port = settings.listen
    config = uvicorn.Config(
        create_app(await services(settings)),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    await uvicorn.Server(config).serve()


async def services(settings: Settings) -> Services:
    shared, outside = parts.shared(settings), parts.partners(settings)
    running, given = record.read(settings.home), parts.random_source(settings)
    identity = OpenIdProvider(
        issuer=outside.url(Agency.IDENTITY),
        redirect_uri=f"{settings.site}/login/callback",
        own_key=ECKey.import_key(settings.gateway_key.read_text()),
        http=outside.http,
    )
    return Services(
        db=shared.db,
        documents=shared.documents,
        typeface=Typeface(),
        temporal=await connect(settings),
        sealed=shared.sealed,
        identity=identity,
        certificates=CertificateDesk(outside.exchange(Agency.IDENTITY), outside.exchange(Agency.TRUST)),
        receivers=parts.receivers(settings),
        rulebook=rulebook.load(settings.rulebook),
        public_url=settings.site,
        signing_people_url=f"{outside.url(Agency.SIGNING)}/people",
        bank_people_url=f"{outside.url(Agency.BANK)}/people",
        static_dir=gather(settings.home),
        beacon=given.source if given else None,
        trust_pem=parts.trust_file(settings).read_text(),
        identity_url=outside.url(Agency.IDENTITY),
        staff_ui_url=running.urls.get("temporal_ui") if running else None,
    )
