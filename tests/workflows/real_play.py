"""The workers of case A against the real sandbox agencies: their bytes over HTTP, their refusals, their ledgers."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from temporalio.client import WorkflowHandle

from activities.annulling import Annulling
from activities.awards import Awards
from activities.beacons import Beacons
from activities.boards import Boards
from activities.collect import Collect
from activities.consents import Consents
from activities.correcting import Correcting
from activities.custodians import Custodians
from activities.deliver import Deliver
from activities.documents import Documents
from activities.exchange import Carriage
from activities.judge import Judge
from activities.receiving import Receiving
from activities.records import Records
from activities.select import Select
from activities.waiting import WaitList
from contracts.works import Works
from domain.facts import PROVIDER, Item
from domain.time import now
from domain.words import Agency
from law import rulebook
from mydata_connectors.applyhome import ApplyhomeBoard
from mydata_connectors.beacon import DrandBeacon
from mydata_connectors.exchange import ExchangeOffice, agency_http
from mydata_connectors.houses import house_register
from mydata_connectors.identity import ConsentDesk, OpenIdProvider, challenge
from mydata_connectors.income import income_register
from mydata_connectors.open_data import OpenData
from mydata_connectors.residents import past_win_register, resident_register
from mydata_connectors.sandbox._open_data import SERVICE_KEY
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.savings import SavingsRegister
from mydata_connectors.timestamps import HttpTrustServices, enrol
from store.documents import FolderDocuments
from store.notices import CUSTODIANS
from workflows._options import FLOW
from workflows.application import ApplicationWorkflow
from workflows.consent import ConsentWorkflow
from workflows.draw import DrawWorkflow
from workflows.notice_sync import NoticeSyncWorkflow

NAMES = ("identity", "applyhome", "lh", "residents", "savings", "houses", "income", "trust")
SANDBOX = Path(__file__).parents[1] / "mydata_connectors" / "conftest.py"


@contextmanager
def agencies(folder: Path, names: tuple[str, ...] = NAMES) -> Iterator[Any]:
    """Agencies (of case A), running (``Box`` of tests/mydata_connectors)."""
    spec = importlib.util.spec_from_file_location("sandbox_for_story_a", SANDBOX)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    box = module.start_box(folder, names)
    try:
        yield box
    finally:
        box.stop()


@dataclass
class Story:
    world: Any
    box: Any
    http: httpx.AsyncClient
    documents: FolderDocuments
    trust: HttpTrustServices

    async def person(self, login: str) -> UUID:
        person_id: UUID = await self.world.person(people()[login].name)
        async with self.world.db.transaction() as session:
            await self.world.sealed.put(session, person_id, "identity_ref", identity_ref(login))
        return person_id

    async def start(self, workflow: Any, message: Any, workflow_id: str) -> WorkflowHandle[Any, Any]:
        handle: WorkflowHandle[Any, Any] = await self.world.client.start_workflow(
            workflow.run, message, id=workflow_id, task_queue=FLOW
        )
        return handle

    async def consents(self, login: str, case_id: UUID, person: UUID) -> UUID:
        """Everything, given by the person at the identity provider with the own PIN."""
        consent_id: UUID = await self.world.consent(case_id, person, tuple(Item))
        token = await self._token(login)
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
        await self.world.change(consent_id, state="given", given_at=now(), token_id=claims["jti"])
        async with self.world.db.transaction() as session:
            await self.world.sealed.put(session, person, "consent_token", token, subject=str(consent_id))
        return consent_id

    async def _token(self, login: str) -> str:
        wanted = {
            "type": "onjip_consent", "agreement_sha256": "0" * 64, "recipient": "onjip", "purpose": "subscription",
            "items": [{"provider": PROVIDER[item], "item": item} for item in Item],
            "ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        }  # fmt: skip
        provider = OpenIdProvider(self.box.url("identity"), "http://127.0.0.1:1/callback", self.box.key, self.http)
        verifier = "v" * 43
        url = provider.authorize_url("state-of-this-browser", "nonce-of-this-login", challenge(verifier), [wanted])
        asked = (await self.http.get(url, headers={"Accept": "application/json"})).json()
        form = {"request": asked["request"], "login": login, "pin": people()[login].pin}
        decided = await self.http.post(
            f"{self.box.url('identity')}/authorize", data=form, headers={"Accept": "application/json"}
        )
        code = parse_qs(urlsplit(decided.json()["redirect_to"]).query)["code"][0]
        identity = await provider.exchange(code, verifier, "nonce-of-this-login")
        assert identity.consent_token is not None
        return identity.consent_token

    async def until(self, check: Callable[[], Any], within: float = 20.0) -> None:
        async with asyncio.timeout(within):
            while not await check():  # noqa: ASYNC110 - the record is another process's
                await asyncio.sleep(0.1)


@asynccontextmanager
async def working(world: Any, box: Any, folder: Path) -> AsyncIterator[Story]:
    async with agency_http(read=5) as http:

        def at(agency: Agency) -> Any:
            return box.exchange(agency, http, seconds=2)

        book, documents = rulebook.load("normal"), FolderDocuments(folder)
        board = ApplyhomeBoard(at(Agency.APPLYHOME), OpenData(box.url("applyhome"), SERVICE_KEY, http))
        office = ExchangeOffice(at(Agency.APPLYHOME))
        carriage = Carriage(world.db, {Agency.APPLYHOME: office}, timedelta(seconds=2))
        drawers = {agency: ExchangeOffice(at(agency)) for agency in CUSTODIANS}
        roots = x509.load_pem_x509_certificates((await http.get(f"{box.url('trust')}/trust.pem")).content)
        trust = HttpTrustServices(box.url("trust"), [one.public_bytes(Encoding.DER) for one in roots], http)
        nobody: Any = None  # no person signs in this story
        works = await sealing(at(Agency.TRUST), trust)
        registers = (
            resident_register(at(Agency.RESIDENTS)), past_win_register(at(Agency.APPLYHOME)),
            SavingsRegister(at(Agency.SAVINGS)), house_register(at(Agency.HOUSES)), income_register(at(Agency.INCOME)),
        )  # fmt: skip
        boards = {Agency.APPLYHOME: board}
        holders = (
            Boards(world.db, boards),
            Collect(world.db, world.sealed, {one.agency: one for one in registers}),
            Consents(world.db, world.sealed, ConsentDesk(at(Agency.IDENTITY))),
            Deliver(world.db, world.sealed, carriage),
            Custodians(world.db, Carriage(world.db, drawers, timedelta(seconds=2)), documents),
            Beacons(world.db, documents, trust, DrandBeacon(f"{box.url('trust')}/beacon", http)),
            Records(world.db, documents, trust, works),
            Correcting(world.db, world.sealed, documents, trust),
            Annulling(world.db, documents),
            Documents(world.db, world.sealed, documents, works, nobody, book),
            Receiving(world.db, world.sealed, carriage, boards, trust),
            Select(world.db, world.sealed, documents, trust, book),
            Awards(world.db, Judge(world.db, book)),
            WaitList(world.db, world.sealed, book),
        )
        procedures = [NoticeSyncWorkflow, ConsentWorkflow, ApplicationWorkflow, DrawWorkflow]
        async with world.working(procedures, [method for holder in holders for method in activities_of(holder)]):
            yield Story(world, box, http, documents, trust)


async def sealing(exchange: Any, trust: HttpTrustServices) -> Works:
    """The operator's seal, with a certificate of the trust agency."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.COMMON_NAME, "온집")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    chain = await enrol(exchange, csr.public_bytes(Encoding.DER), "TEST-SEAL")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Works(trust, pem, chain, [*await trust.roots(), chain[0]])


def activities_of(holder: object) -> list[Callable[..., Any]]:
    names = [
        name for name in dir(type(holder)) if hasattr(getattr(type(holder), name), "__temporal_activity_definition")
    ]
    return [getattr(holder, name) for name in names]
