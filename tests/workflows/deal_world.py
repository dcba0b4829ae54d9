"""A brokered sale and its people on the real Temporal and PostgreSQL; agencies are stand-ins at their ports."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.amending import Amending
from activities.contracts import Contracts
from activities.documents import Documents
from activities.duties import Duties
from activities.examining import Examining
from activities.exchange import Carriage
from activities.filings import Filings
from activities.lease_duties import LeaseDuties
from activities.making import Making
from activities.money import Money
from activities.signatures import Signatures
from activities.troubles import Troubles
from activities.turns import Turns
from activities.unwinding import Settling, Unwinding
from activities.versions import Versions
from activities.watching import Watching
from domain import ids
from domain.contracts import ContractTerms
from domain.drafts import dissolution_terms
from domain.facts import Title
from domain.filings import RightProof
from domain.messages import Act, ActAnswer, ApproveAct, ContractStart, TransferStart
from domain.time import now, seoul_date
from domain.words import CaseKind, PartyRole
from law import rulebook
from onjip.wiring.means import Means
from store import cases, contracts, exchange, transfers
from store.devices import DeviceSigning
from store.documents import FolderDocuments
from store.tables.contracts import ApprovalRow, ContractRow, SignerRow
from store.tables.transfers import DueRow, TransferRow
from store.tasks import todo
from tests.workflows.deal_agencies import Outside, SigningDesk, Works, sha
from tests.workflows.deal_terms import DEPOSIT, PRICE, ROLES, sale_of
from workflows._options import FLOW
from workflows.contract import ContractWorkflow
from workflows.lease_report import LeaseReportWorkflow
from workflows.transfer import TransferWorkflow

UNIQUE_NO = "1143-2019-004521"
POLL = timedelta(seconds=0.1)
PASSWORD = "no digest says 9471"
REPORTED = ("deposit", "report", "stamp")
TAXED = (*REPORTED, "balance", "tax")
PAID = (*TAXED, "bond", "fee")
LOOK_S = 0.05


@dataclass
class Deal:
    """One sale: its case, people, contract, and what is beyond the ports."""

    world: Any
    store: FolderDocuments
    people: dict[PartyRole, UUID]
    scrivener: UUID
    case_id: UUID
    terms: ContractTerms
    outside: Outside
    signing: SigningDesk = field(default_factory=SigningDesk)
    works: Works = field(default_factory=Works)
    transfer_id: UUID | None = None

    @property
    def seller(self) -> UUID:
        return self.people[PartyRole.SELLER]

    @property
    def buyer(self) -> UUID:
        return self.people[PartyRole.BUYER]

    @property
    def broker(self) -> UUID:
        return self.people[PartyRole.SELLER_BROKER]

    def activities(self) -> list[Callable[..., Any]]:
        db, sealed, law = self.world.db, self.world.sealed, rulebook.load("demo")
        making = Making(db, sealed, self.store, law, POLL)
        out: Any = self.outside
        means = Means(self.signing, DeviceSigning(db))
        carriage = Carriage(db, out.counters, timedelta(seconds=4))
        holders = (
            Amending(db), Contracts(db), Turns(db), Versions(db, law), Troubles(db), Duties(making), Examining(making),
            LeaseDuties(db, sealed, law),
            Unwinding(db, sealed, law), Settling(db, out), Filings(db, sealed, self.store, carriage, law),
            Watching(db, sealed, out, out, out, POLL), Money(db, out, out, out, out, POLL),
            Documents(db, sealed, self.store, self.works, means, law),
            Signatures(db, sealed, means, POLL),
        )  # fmt: skip
        return [
            getattr(holder, name)
            for holder in holders
            for name in dir(type(holder))
            if hasattr(getattr(type(holder), name), "__temporal_activity_definition")
        ]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        procedures = [ContractWorkflow, TransferWorkflow, LeaseReportWorkflow]
        async with self.world.working(procedures, self.activities()):
            yield

    # The contract

    async def start_contract(self, contract_id: UUID | None = None, **start: Any) -> Any:
        wanted = ContractStart(contract_id=contract_id or self.terms.contract_id, **start)
        return await self.world.client.start_workflow(
            ContractWorkflow.run, wanted, id=ids.contract_workflow_id(wanted.contract_id), task_queue=FLOW
        )

    async def contract(self, contract_id: UUID | None = None) -> ContractRow:
        row: ContractRow = (await self.world.rows(ContractRow, id=contract_id or self.terms.contract_id))[0]
        return row

    async def signers(self) -> dict[str, SignerRow]:
        return {one.role: one for one in await self.world.rows(SignerRow, contract_id=self.terms.contract_id)}

    async def propose_dissolution(self, *, forfeited: int = 0) -> UUID:
        """A dissolution as the API makes it."""
        terms = dissolution_terms(
            ids.new_id(), original=self.terms, refund=PRICE - forfeited, forfeited=forfeited, reason="합의",
            made_on=seoul_date(now()), refund_due_on=seoul_date(now()),
        )  # fmt: skip
        async with self.world.db.transaction() as session:
            await contracts.add_contract(
                session, terms, case_id=self.case_id, created_by=self.buyer, supersedes=self.terms.contract_id
            )
        return terms.contract_id

    async def dissolve(self, handle: Any, *, forfeited: int = 0) -> UUID:
        """Sealed as if all had signed, and told to the transfer."""
        contract_id = await self.propose_dissolution(forfeited=forfeited)
        await self._seal(contract_id)
        await handle.signal("dissolved", ContractStart(contract_id=contract_id))
        return contract_id

    async def dissolve_by_signing(self, *, forfeited: int = 0) -> UUID:
        """Sealed by its own procedure, with everybody signing."""
        contract_id = await self.propose_dissolution(forfeited=forfeited)
        handle = await self.start_contract(contract_id)
        for role in ROLES:
            await self.sign(handle, role)
        await handle.result()
        return contract_id

    async def sign(self, handle: Any, role: PartyRole, within_s: float = 10) -> None:
        """As soon as the to-do list shows that it is this person's turn."""
        contract_id = UUID(handle.id.removeprefix("contract-"))
        async with asyncio.timeout(within_s):
            while not await self._is_turn_of(contract_id, self.people[role]):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
        await act(handle, "sign", Act(person_id=self.people[role]))

    async def _is_turn_of(self, contract_id: UUID, person_id: UUID) -> bool:
        async with self.world.db.transaction() as session:
            return any(
                task.code == "sign" and task.subject_id == str(contract_id) for task in await todo(session, person_id)
            )

    # The transfer

    async def sealed_contract(self) -> None:
        """As if all had signed."""
        await self._seal(self.terms.contract_id)
        async with self.world.db.transaction() as session:
            opened = await transfers.open_transfer(session, case_id=self.case_id, contract_id=self.terms.contract_id)
            opened.scrivener_id = self.scrivener
            opened.record = {"declaration": {"homes_before": 0}}
            session.add(opened)
            proof = RightProof(serial="ABCD-EFGH-JKLM", password_no=7, password=PASSWORD)
            await self.world.sealed.put(
                session, self.seller, "right_proof", proof.model_dump_json(), subject=str(opened.id)
            )
        self.transfer_id = opened.id

    async def _seal(self, contract_id: UUID) -> None:
        sha256 = await self.store.put(f"%PDF sealed {contract_id}".encode(), "application/pdf")
        async with self.world.db.transaction() as session:
            await exchange.note_blob(session, sha256, "application/pdf", 11)
            row = await contracts.contract(session, contract_id, lock=True)
            row.unsigned_sha256 = sha256
            contracts.mark_sealed(row, sha256)
            session.add(row)

    async def as_if_done(self, kinds: Sequence[str]) -> None:
        """The record of a deal of which these are filed and paid already."""
        signed = {"report": ("seller_broker", "buyer_broker"), "tax": ("buyer",), "bond": ("buyer",)}
        paid = {"deposit": DEPOSIT, "balance": PRICE - DEPOSIT}
        async with self.world.db.transaction() as session:
            row = await transfers.transfer(session, self._opened, lock=True)
            for kind in kinds:
                for role in signed.get(kind, ()):
                    session.add(self._approved(kind, role))
                if kind not in paid:
                    said = {"number": f"N-{kind}", "at": now().isoformat(), "price": PRICE, "amount": 10_000_000}
                    row.record = {**row.record, f"answer:{kind}": said}
                if kind != "report":
                    session.add(self._paid(kind, paid.get(kind, 10_000_000)))
            session.add(row)

    @property
    def _opened(self) -> UUID:
        assert self.transfer_id is not None
        return self.transfer_id

    def _approved(self, kind: str, role: str) -> ApprovalRow:
        return ApprovalRow(
            subject_id=self._opened, workflow_id=ids.transfer_workflow_id(self._opened), case_id=self.case_id,
            title=kind, kind=kind, role=role, person_id=self.people[PartyRole(role)], body="{}",
            body_sha256=sha(b"{}"), cms="cms", state="signed",
        )  # fmt: skip

    def _paid(self, kind: str, amount: int) -> DueRow:
        proof = {"number": f"D-{kind}", "tax_payment_no": "T", "bond_no": "B"}
        return DueRow(
            case_id=self.case_id, subject_id=self._opened, kind=kind, payer_id=self.buyer, amount=amount,
            payment_no=f"P-{kind}", act_number=f"N-{kind}", proof=proof, paid_at=now(),
        )  # fmt: skip

    async def start_transfer(self, done: Sequence[str] = ()) -> WorkflowHandle[Any, Any]:
        """``done``: kinds of filings and payments that lie behind already."""
        await self.sealed_contract()
        await self.as_if_done(done)
        assert self.transfer_id is not None
        handle: WorkflowHandle[Any, Any] = await self.world.client.start_workflow(
            TransferWorkflow.run, TransferStart(transfer_id=self.transfer_id),
            id=ids.transfer_workflow_id(self.transfer_id), task_queue=FLOW,
        )  # fmt: skip
        return handle

    async def transfer(self) -> TransferRow:
        row: TransferRow = (await self.world.rows(TransferRow, id=self.transfer_id))[0]
        return row

    async def approvals(self, kind: str) -> list[ApprovalRow]:
        rows: list[ApprovalRow] = await self.world.rows(ApprovalRow, subject_id=self.transfer_id, kind=kind)
        return rows

    @asynccontextmanager
    async def everybody_signs(self, handle: Any, *, but: Sequence[str] = ()) -> AsyncIterator[None]:
        """People approve whatever waits for them, except bodies whose kind begins with one of ``but``."""

        async def diligent() -> None:
            while True:
                for row in await self.world.rows(ApprovalRow, subject_id=self.transfer_id, state="open"):
                    if not row.kind.startswith(tuple(but)):
                        with suppress(WorkflowUpdateFailedError):  # it was voided just now
                            await act(handle, "approve", ApproveAct(person_id=row.person_id, kind=row.kind))
                await asyncio.sleep(LOOK_S)

        working = asyncio.create_task(diligent())
        try:
            yield
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    async def until_approval(self, kind: str) -> None:
        """Until the record shows that such a body waits for its people."""
        async with asyncio.timeout(15):
            while not await self.approvals(kind):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)

    async def mending(self) -> dict[str, Any]:
        """What was refused and waits to be mended, once something does."""
        async with asyncio.timeout(15):
            while not (found := (await self.transfer()).record.get("mending")):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
        waiting: dict[str, Any] = found
        return waiting

    async def until_state(self, state: str) -> None:
        async with asyncio.timeout(15):
            while (await self.transfer()).state != state:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)

    async def until_step(self, step: str) -> None:
        async with asyncio.timeout(15):
            while step not in await self.world.steps(self.case_id):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)

    async def finished(self, handle: WorkflowHandle[Any, Any], within_s: float = 30.0) -> None:
        """Ended by itself; otherwise what it waits for is in the failure."""
        try:
            async with asyncio.timeout(within_s):
                await handle.result()
        except TimeoutError:
            pending = (await handle.describe()).raw_description.pending_activities
            waits = [(one.activity_type.name, one.attempt, one.last_failure.message) for one in pending]
            raise AssertionError(f"still running: {waits}, {(await self.transfer()).record.get('mending')}") from None

    def pay(self, kind: str) -> None:
        for one in self.terms.payments:
            if one.kind == kind:
                self.outside.pay_in(one.reference, one.amount)


async def make_deal(world: Any, folder: Path) -> Deal:
    people = {role: await world.person(name, date(1980, 1, 1)) for role, name in ROLES.items()}
    scrivener = await world.person("강도윤", date(1977, 3, 11))
    async with world.db.transaction() as session:
        case = await cases.open_case(
            session, kind=CaseKind.RESALE, title="매매", person_id=people[PartyRole.SELLER_BROKER], role="broker"
        )
        owner = await world.sealed.open(session, people[PartyRole.SELLER], "identity_ref", basis="t", purpose="t")
    title = Title(
        unique_no=UNIQUE_NO, lot_address="경기도 안양시 만안구 안양동 1412", building="온마을 래미안",
        exclusive_area="59.94", land_share="36.52/41250.3", owner="최민준", owner_ref=owner, rights=(),
        issued_at=now(), sha256="a" * 64,
    )  # fmt: skip
    terms = sale_of(people, title)
    async with world.db.transaction() as session:
        await contracts.add_contract(session, terms, case_id=case.id, created_by=people[PartyRole.SELLER_BROKER])
        for role, person_id in people.items():
            await cases.add_member(session, case.id, person_id, role)
    return Deal(world, FolderDocuments(folder), people, scrivener, case.id, terms, Outside(title))


async def act(handle: WorkflowHandle[Any, Any], update: str, message: Act) -> ActAnswer:
    """As the API does: a procedure that is just beginning is asked again."""
    while True:
        try:
            answer: ActAnswer = await handle.execute_update(update, message, result_type=ActAnswer)
        except WorkflowUpdateFailedError as error:
            if _code(error) != "not_yet":
                raise
            await asyncio.sleep(LOOK_S)
        else:
            return answer


async def refused(handle: WorkflowHandle[Any, Any], update: str, message: Act) -> str | None:
    """The code of the workflow's no; fails when there is none."""
    try:
        await act(handle, update, message)
    except WorkflowUpdateFailedError as error:
        return _code(error)
    raise AssertionError(f"{update} was not refused")


def _code(error: WorkflowUpdateFailedError) -> str | None:
    cause: BaseException | None = error.cause
    while isinstance(cause, ActivityError):
        cause = cause.cause
    assert isinstance(cause, ApplicationError)
    return cause.type


@asynccontextmanager
async def deal_at_work(world: Any) -> AsyncIterator[Deal]:
    """A deal with its workers; what is still running at the end is ended."""
    async with AsyncExitStack() as stack:
        deal = await make_deal(world, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onjip-deal-"))))
        await stack.enter_async_context(deal.working())
        yield deal
