"""A sealed lease and its people against the real sandbox: real documents, real signatures, real HTTP."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from temporalio.client import WorkflowHandle
from temporalio.testing import ActivityEnvironment

from activities.contracts import Contracts
from activities.documents import Documents
from activities.duties import Duties
from activities.exchange import Carriage
from activities.lease_duties import LeaseDuties
from activities.lease_filings import LeaseFilings
from activities.making import Making
from activities.signatures import Signatures
from activities.troubles import Troubles
from contracts.works import Works
from domain import ids
from domain.contracts import ContractTerms
from domain.leases import LeaseFiling, LeaseReminder, LeaseReportStart
from domain.messages import ApproveAct
from domain.time import now, seoul_date
from domain.words import Agency, CaseKind, PartyRole
from domain.work import ApprovalsWanted
from law import rulebook
from law.forms.writing import written
from mydata_connectors.exchange import ExchangeOffice, agency_http
from mydata_connectors.rtms import LeaseDesk
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.signing import RemoteSigning
from mydata_connectors.timestamps import HttpTrustServices
from store import cases, contracts, exchange
from store.documents import FolderDocuments
from store.tables.contracts import ApprovalRow
from store.tables.leases import LeaseReportRow
from tests.contracts.contract_samples import LEASED
from tests.contracts.contract_samples import lease as sample
from tests.workflows.deal_world import act
from tests.workflows.real_play import activities_of, sealing
from workflows._options import FLOW
from workflows.lease_report import LeaseReportWorkflow

NAMES = ("trust", "signing", "rtms")
POLL = timedelta(seconds=0.1)
LIFETIME = timedelta(seconds=2)
LOOK_S = 0.05
SEAT = {
    PartyRole.LESSOR: "minjun", PartyRole.LESSEE: "seoa", PartyRole.SELLER_BROKER: "daon",
    PartyRole.BUYER_BROKER: "garam",
}  # fmt: skip


@dataclass
class Letting:
    """One lease and who is in it."""

    world: Any
    box: Any
    works: Works
    signing: RemoteSigning
    store: FolderDocuments
    duties: LeaseDuties
    filings: LeaseFilings
    people: dict[PartyRole, UUID] = field(default_factory=dict)

    async def sealed(self, *, made_on: date | None = None, deposit: int = 300_000_000, rent: int = 900_000,
                     use: str = "아파트") -> UUID:  # fmt: skip
        """A lease that everybody has signed with their own key, as the documents worker makes it."""
        terms = self._terms(made_on or seoul_date(now()), deposit, rent, use)
        pdf, _ = await self.works.render(terms)
        for party in terms.parties:
            chain = await self.signing.certificate(identity_ref(SEAT[party.role]))
            opened, prepared = await self.works.prepare(pdf, field=party.field, chain=chain)
            pdf = await self.works.finish(opened, prepared, self._signature(SEAT[party.role], prepared.signed_attrs))
        pdf, _ = await self.works.seal(pdf)
        sha256 = await self.store.put(pdf, "application/pdf")
        async with self.world.db.transaction() as session:
            broker = self.people[PartyRole.SELLER_BROKER]
            case = await cases.open_case(session, kind=CaseKind.LEASE, title="임대차", person_id=broker, role="broker")
            await exchange.note_blob(session, sha256, "application/pdf", len(pdf))
            row = await contracts.add_contract(session, terms, case_id=case.id, created_by=broker)
            contracts.mark_sealed(row, sha256)
            session.add(row)
        return terms.contract_id

    def _terms(self, made_on: date, deposit: int, rent: int, use: str) -> ContractTerms:
        terms = sample()
        lease = LEASED.model_copy(update={"monthly_rent": rent, "rent_day": 25 if rent else None})
        parties = tuple(one.model_copy(update={"person_id": self.people[one.role]}) for one in terms.parties)
        home = terms.property.model_copy(update={"region": "41290", "use": use})
        return written(terms.model_copy(update={
            "contract_id": ids.new_id(), "made_on": made_on, "price": deposit, "lease": lease, "property": home,
            "parties": parties,
            "payments": tuple(one.model_copy(update={"amount": deposit // 2}) for one in terms.payments),
        }))  # fmt: skip

    def _signature(self, login: str, signed_attrs: str) -> bytes:
        key = load_pem_private_key((self.box.home / f"signing.{login}.pem").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(base64.b64decode(signed_attrs), ec.ECDSA(hashes.SHA256()))

    async def start(self, contract_id: UUID) -> WorkflowHandle[Any, Any]:
        handle: WorkflowHandle[Any, Any] = await self.world.client.start_workflow(
            LeaseReportWorkflow.run, LeaseReportStart(contract_id=contract_id),
            id=ids.lease_report_workflow_id(contract_id), task_queue=FLOW,
        )  # fmt: skip
        return handle

    async def approve(self, handle: WorkflowHandle[Any, Any], role: PartyRole, kind: str = "lease_report") -> None:
        """Ready here, then approved there."""
        contract_id = UUID(handle.id.removeprefix("lease-report-"))
        await self.ready(handle, role, kind)
        await self.consent(role, await self.until(contract_id, kind, role, "asked"))

    async def consent(self, role: PartyRole, row: ApprovalRow) -> None:
        """At the own signing service."""
        async with self.box.person("signing", SEAT[role]) as browser:
            pin = people()[SEAT[role]].pin
            answer = await browser.post("/people/approve", data={"ids": [row.signing_number], "pin": pin})
        assert answer.status_code == 200, answer.text

    async def ready(self, handle: WorkflowHandle[Any, Any], role: PartyRole, kind: str = "lease_report") -> None:
        contract_id = UUID(handle.id.removeprefix("lease-report-"))
        await self.until(contract_id, kind, role, "open")
        await act(handle, "approve", ApproveAct(person_id=self.people[role], kind=kind))

    async def until(self, contract_id: UUID, kind: str, role: PartyRole, state: str) -> ApprovalRow:
        async with asyncio.timeout(20):
            while True:
                for row in await self.world.rows(ApprovalRow, subject_id=contract_id, kind=kind, role=role):
                    if row.state == state:
                        found: ApprovalRow = row
                        return found
                await asyncio.sleep(LOOK_S)

    async def every_act_again(self, contract_id: UUID, kind: str = "lease_report") -> None:
        """As after a kill between what an act has done and its answer."""
        start, workflow_id = LeaseReportStart(contract_id=contract_id), ids.lease_report_workflow_id(contract_id)
        wanted = ApprovalsWanted(subject_id=contract_id, kind=kind, workflow_id=workflow_id)
        filing = LeaseFiling(contract_id=contract_id, approval=kind, reference=ids.reference(workflow_id, kind))
        again = ActivityEnvironment().run
        await again(self.duties.open, start)
        assert (await again(self.duties.open_approvals, wanted)).items == ()
        await again(self.duties.settle, wanted)
        await again(self.filings.carry, filing)
        await again(self.filings.await_certificate, start)
        await again(self.duties.remind, LeaseReminder(contract_id=contract_id, number=1))

    async def report(self, contract_id: UUID) -> LeaseReportRow:
        (row,) = await self.world.rows(LeaseReportRow, contract_id=contract_id)
        found: LeaseReportRow = row
        return found

    async def until_line(self, contract_id: UUID, word: str) -> Any:
        """The line of the case whose key begins with ``word``."""
        async with asyncio.timeout(20):
            while True:
                report = await self.world.rows(LeaseReportRow, contract_id=contract_id)
                lines = await self.world.events(report[0].case_id) if report else {}
                for key, line in lines.items():
                    if key.startswith(word):
                        return line
                await asyncio.sleep(LOOK_S)

    async def acts(self) -> list[dict[str, Any]]:
        ledger = await self.box.ledger("rtms")
        return [one for one in ledger["acts"] if one["kind"] == "lease"]


@asynccontextmanager
async def letting(world: Any, box: Any, folder: Path) -> AsyncIterator[Letting]:
    """With its workers, on the real agencies."""
    async with agency_http(read=5) as http:
        made, holders = await _parts(world, box, http, folder)
        async with world.working([LeaseReportWorkflow], [one for holder in holders for one in activities_of(holder)]):
            yield made
        made.works.close()


async def _parts(world: Any, box: Any, http: httpx.AsyncClient, folder: Path) -> tuple[Letting, tuple[object, ...]]:
    def at(agency: Agency) -> Any:
        return box.exchange(agency, http, seconds=2)

    db, sealed, law, store = world.db, world.sealed, rulebook.load("normal"), FolderDocuments(folder)
    roots = x509.load_pem_x509_certificates((await http.get(f"{box.url('trust')}/trust.pem")).content)
    trust = HttpTrustServices(box.url("trust"), [one.public_bytes(Encoding.DER) for one in roots], http)
    works, signing = await sealing(at(Agency.TRUST), trust), RemoteSigning(at(Agency.SIGNING))
    carriage = Carriage(db, {Agency.RTMS: ExchangeOffice(at(Agency.RTMS))}, LIFETIME)
    means: Any = signing
    duties = LeaseDuties(db, sealed, law)
    filings = LeaseFilings(db, sealed, store, carriage, LeaseDesk(at(Agency.RTMS)), POLL)
    holders = (
        Contracts(db), Troubles(db), Duties(Making(db, sealed, store, law, POLL)), duties, filings,
        Documents(db, sealed, store, works, means, law), Signatures(db, sealed, means, POLL),
    )  # fmt: skip
    made = Letting(world, box, works, signing, store, duties, filings)
    for role, login in SEAT.items():
        made.people[role] = await world.person(people()[login].name)
        async with db.transaction() as session:
            await sealed.put(session, made.people[role], "identity_ref", identity_ref(login))
    return made, holders
