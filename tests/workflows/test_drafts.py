"""Drafts of leases and powers of attorney from the registers, on the real Temporal and PostgreSQL: kept whole, or
refused with the article and nothing kept; printed to be read."""

from __future__ import annotations

import asyncio
import io
import subprocess
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
from temporalio.client import WorkflowFailureError

from activities.drafting import Drafting
from activities.previews import Previews
from contracts.fonts import Typeface
from contracts.render import render
from domain.contracts import ContractTerms, LeaseTerms, PowerTerms
from domain.facts import BuildingLedger, Title
from domain.ids import draft_workflow_id, preview_workflow_id
from domain.messages import DraftAgent, DraftPayment, DraftStart, PreviewStart
from domain.notices import Account
from domain.time import now, seoul_date
from domain.words import Authority, CaseKind, ContractKind, PartyRole, Power
from law import rulebook
from law.forms.explaining import asked
from store import cases, contracts, drafts
from store.documents import FolderDocuments
from store.tables.cases import CaseMemberRow
from store.tables.contracts import ContractRow, SignerRow
from store.tables.exchange import OutboxRow
from store.tables.people import PersonRow, RoleRow
from workflows._options import FLOW
from workflows.draft import DraftWorkflow
from workflows.preview import PreviewWorkflow

UNIQUE_NO = "1342-1996-052417"
TODAY = seoul_date(now())
LEDGER = BuildingLedger(
    register_pk="1", road_address="경기도 과천시 별양로 164", lot_address="경기도 과천시 별양동 52",
    building_name="별빛마을", dong="304", ho="1203", structure="철근콘크리트구조", use="아파트", exclusive_area="84.97",
    land_share="36.52/41250.3",
    approved_on=date(1996, 8, 1), region="41290",
)  # fmt: skip
TITLE = Title(
    unique_no=UNIQUE_NO, lot_address="경기도 과천시 별양동 52 별빛마을 제304동 제1203호", building="별빛마을",
    exclusive_area="84.97", land_share="41250.3분의 36.52", owner="최민준", rights=(), issued_at=now(), sha256="a" * 64,
)  # fmt: skip
SITE = "https://onjip.test"
LEASE = LeaseTerms(
    starts_on=TODAY + timedelta(days=30), ends_on=TODAY + timedelta(days=760), part="전부", part_area="84.97",
    monthly_rent=900_000, rent_day=25, repairs="없음", unpaid_taxes="없음", fixed_dates="없음",
)  # fmt: skip


@dataclass
class Books:
    """The registers at their port."""

    title_now: Title = TITLE
    ledger_now: BuildingLedger = LEDGER

    async def title(self, unique_no: str) -> Title:
        return self.title_now

    async def building(self, unique_no: str) -> tuple[BuildingLedger, str]:
        return self.ledger_now, "b" * 64

    async def official_price(self, unique_no: str) -> int | None:
        return 712_000_000

    async def find_unit(self, notice_no: str, unit: str) -> str | None:
        return None


class Printer:
    """The page of a contract; nothing is signed here."""

    async def preview(self, terms: ContractTerms) -> bytes:
        return render(terms, draft=True)[0]


@dataclass
class Office:
    world: Any
    folder: Path
    broker: UUID
    lessor: UUID
    lessee: UUID
    agent: UUID
    books: Books = field(default_factory=Books)

    async def draft(self, kind: ContractKind = ContractKind.LEASE, **changes: Any) -> DraftStart:
        """The wish is carried out to its end."""
        start = await self.wish(kind, **changes)
        drafting = Drafting(
            self.world.db, self.world.sealed, self.books, rulebook.load("demo"),
            Account(bank="나눔은행", number="1", holder="협회"), SITE, Typeface(),
        )  # fmt: skip
        acts = [drafting.draft_sale, drafting.draft_lease, drafting.draft_power, drafting.begin_contract]
        async with self.world.working([DraftWorkflow], acts) as client:
            await client.execute_workflow(
                DraftWorkflow.run, start, id=draft_workflow_id(start.contract_id), task_queue=FLOW
            )
        return start

    async def wish(self, kind: ContractKind, **changes: Any) -> DraftStart:
        who = self.lessor if kind is ContractKind.POWER else self.broker
        case_kind = CaseKind.POWER if kind is ContractKind.POWER else CaseKind.LEASE
        async with self.world.db.transaction() as session:
            case = await cases.open_case(session, kind=case_kind, title="t", person_id=who, role="broker")
            contract_id = uuid4()
            await drafts.wish(session, contract_id=contract_id, case_id=case.id, broker_id=who)
        start = DraftStart(
            contract_id=contract_id, case_id=case.id, broker_id=who, kind=kind, unique_no=UNIQUE_NO,
            price=300_000_000, seller_id=self.lessor, buyer_id=self.lessee, lease=LEASE,
            payments=(DraftPayment(kind="deposit", amount=30_000_000, due_on=TODAY),
                      DraftPayment(kind="balance", amount=270_000_000, due_on=LEASE.starts_on)),
            statements={str(row.ask): "해당 없음" for row in asked(ContractKind.LEASE)},
            switches=("no_charge_before_move_in", "hidden_priority"), special_clauses=("열쇠는 인도일에 넘긴다.",),
        )  # fmt: skip
        return start.model_copy(update=changes)

    async def power(self, **changes: Any) -> UUID:
        """A power of attorney to let, as if it had been signed and sealed."""
        given = PowerTerms(powers=(Power.LET,), purpose="임대", valid_until=TODAY + timedelta(days=90))
        start = await self.draft(ContractKind.POWER, buyer_id=self.agent, price=0, payments=(), power=given, **changes)
        async with self.world.db.transaction() as session:
            row = await contracts.contract(session, start.contract_id)
            row.state = "sealed"
            session.add(row)
        return start.contract_id

    async def row(self, start: DraftStart) -> ContractRow | None:
        async with self.world.db.transaction() as session:
            return await session.get(ContractRow, start.contract_id)

    async def terms(self, start: DraftStart) -> ContractTerms:
        row = await self.row(start)
        assert row is not None
        return contracts.terms_of(row)

    async def change(self, person_id: UUID, **values: Any) -> None:
        async with self.world.db.transaction() as session:
            row = await session.get_one(PersonRow, person_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    async def register(self, person_id: UUID, *, active: bool) -> None:
        async with self.world.db.transaction() as session:
            session.add(RoleRow(
                person_id=person_id, role="broker", organisation="다온공인중개사사무소", register_name="broker",
                number="41290-2019-00123", active=active,
            ))  # fmt: skip

    async def printed(self, start: DraftStart, paper: str = "contract") -> bytes:
        row = await self.row(start)
        assert row is not None
        store = FolderDocuments(self.folder)
        ask = PreviewStart.model_validate({"contract_id": row.id, "terms_sha256": row.terms_sha256, "paper": paper})
        previews = Previews(self.world.db, store, Printer())  # type: ignore[arg-type]
        async with self.world.working([PreviewWorkflow], [previews.preview]) as client:
            name = preview_workflow_id(row.id, row.terms_sha256, paper)
            made = await client.execute_workflow(PreviewWorkflow.run, ask, id=name, task_queue=FLOW)
        return await store.get(made.sha256)


@pytest.fixture
async def office(world: Any, tmp_path: Path) -> Office:
    names = ("정다온", "최민준", "윤서아", "최하늬")
    broker, lessor, lessee, agent = [await world.person(name, date(1980, 1, 1)) for name in names]
    found = Office(world, tmp_path, broker, lessor, lessee, agent)
    await found.register(broker, active=True)
    for person in (broker, lessor, lessee, agent):
        await found.change(person, address="경기도 과천시 별양로 1")
    return found


async def test_a_lease_is_drafted_from_the_registers(office: Office) -> None:
    start = await office.draft()
    terms = await office.terms(start)
    assert terms.property.structure == LEDGER.structure
    assert [(one.role, one.name) for one in terms.parties] == [
        (PartyRole.LESSOR, "최민준"), (PartyRole.LESSEE, "윤서아"), (PartyRole.SELLER_BROKER, "정다온"),
    ]  # fmt: skip
    assert terms.explanation is not None
    assert terms.explanation.brokerage_fee == 1_170_000  # (3억 + 90만 × 100) × 0.3 %
    assert "390,000,000원" in terms.explanation.brokerage_basis
    assert [section.number for section in terms.explanation.sections] == list(range(1, 16))
    assert terms.special_clauses[-1] == "열쇠는 인도일에 넘긴다."
    assert (terms.site, len(terms.verify_code)) == (SITE, 26)
    members = {(row.person_id, row.role) for row in await office.world.rows(CaseMemberRow, case_id=start.case_id)}
    assert {(office.lessor, "lessor"), (office.lessee, "lessee")} <= members
    assert len(await office.world.rows(OutboxRow, workflow_id=f"contract-{start.contract_id}")) == 1


async def test_every_draft_has_a_code_of_its_own(office: Office) -> None:
    codes = {(await office.terms(await office.draft())).verify_code for _ in range(3)}
    assert len(codes) == 3
    assert all(set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for code in codes)


BAD: dict[str, dict[str, Any]] = {
    "payments_do_not_sum": {"price": 300_000_001},
    "dates_out_of_order": {"payments": (DraftPayment(kind="deposit", amount=1, due_on=TODAY - timedelta(days=1)),
                                        DraftPayment(kind="balance", amount=299_999_999, due_on=TODAY))},
    "explanation_incomplete": {"statements": {}},
    "switches_conflict": {"switches": ("rebuilding_none", "rebuilding_planned")},
    "switch_unknown": {"switches": ("tenant_leaves",)},
    "character_not_printable": {"special_clauses": ("웃는 얼굴 \U0001f600",)},
    "rent_day_missing": {"lease": LEASE.model_copy(update={"rent_day": None})},
    "term_out_of_order": {"lease": LEASE.model_copy(update={"ends_on": TODAY})},
}  # fmt: skip


@pytest.mark.parametrize("code", BAD)
async def test_a_refused_draft_leaves_nothing_but_its_reason(office: Office, code: str) -> None:
    await must_be_refused(office, code, **BAD[code])


async def test_whom_the_registers_do_not_name_is_refused(office: Office) -> None:
    books = office.books
    office.books = replace(books, title_now=TITLE.model_copy(update={"owner": "박지호"}))
    await must_be_refused(office, "lessor_not_owner")
    office.books = replace(books, ledger_now=LEDGER.model_copy(update={"exclusive_area": "59.98"}))
    await must_be_refused(office, "registers_disagree")
    office.books = books
    await office.change(office.lessee, birth_date=TODAY.replace(year=TODAY.year - 18))
    await must_be_refused(office, "minor_without_agent")


async def test_a_broker_who_is_suspended_or_unregistered_is_refused(office: Office) -> None:
    suspended, stranger = [await office.world.person(name, date(1975, 5, 5)) for name in ("한쉼표", "남모름")]
    await office.register(suspended, active=False)
    await must_be_refused(office, "broker_suspended", other_broker_id=suspended)
    await must_be_refused(office, "broker_unregistered", other_broker_id=stranger)


async def must_be_refused(office: Office, code: str, **changes: Any) -> None:
    start = await office.draft(**changes)
    async with office.world.db.transaction() as session:
        wish = await drafts.find(session, start.contract_id)
    assert wish is not None
    assert wish.refusal is not None
    assert wish.refusal["code"] == code
    assert wish.refusal["article"]
    assert wish.refusal["ko"]
    assert wish.refusal["en"]
    assert await office.row(start) is None
    assert await office.world.rows(SignerRow, contract_id=start.contract_id) == []
    assert {row.role for row in await office.world.rows(CaseMemberRow, case_id=start.case_id)} == {"broker"}
    assert await office.world.rows(OutboxRow, workflow_id=f"contract-{start.contract_id}") == []


async def test_who_acts_by_a_sealed_power_signs_for_the_lessor(office: Office) -> None:
    power = await office.power()
    agent = DraftAgent(role=PartyRole.LESSOR, person_id=office.agent, authority=Authority.ATTORNEY, power_id=power)
    start = await office.draft(agents=(agent,))
    lessor = (await office.terms(start)).parties[0]
    assert lessor.agent is not None
    assert (lessor.name, lessor.signer.name, lessor.agent.power_id) == ("최민준", "최하늬", power)
    signers = await office.world.rows(SignerRow, contract_id=start.contract_id, role="lessor")
    assert [row.person_id for row in signers] == [office.agent]


async def test_a_power_that_is_not_sealed_or_of_another_person_is_refused(office: Office) -> None:
    power = await office.power()
    async with office.world.db.transaction() as session:
        row = await contracts.contract(session, power)
        row.state = "draft"
        session.add(row)
    agent = DraftAgent(role=PartyRole.LESSOR, person_id=office.agent, authority=Authority.ATTORNEY, power_id=power)
    await must_be_refused(office, "power_missing", agents=(agent,))
    await must_be_refused(office, "power_missing", agents=(agent.model_copy(update={"power_id": None}),))
    other = agent.model_copy(update={"power_id": await office.power(), "person_id": await office.world.person("남")})
    await must_be_refused(office, "power_does_not_cover", agents=(other,))


def words(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


async def test_a_draft_and_its_explanation_are_printed_to_be_read(office: Office) -> None:
    start = await office.draft()
    for paper, title in (("contract", "주택 임대차계약서"), ("explanation", "중개대상물 확인·설명서")):
        pdf = await office.printed(start, paper)
        text = await asyncio.to_thread(words, pdf)
        assert "서명하기 전에 읽어 보는 문서" in text
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert str(opened.docinfo["/Title"]).startswith(title)
    assert (await office.row(start)).unsigned_sha256 is None  # type: ignore[union-attr]


async def test_a_draft_that_was_edited_meanwhile_is_not_printed(office: Office) -> None:
    start = await office.draft()
    ask = PreviewStart(contract_id=start.contract_id, terms_sha256="0" * 64)
    previews = Previews(office.world.db, FolderDocuments(office.folder), Printer())  # type: ignore[arg-type]
    async with office.world.working([PreviewWorkflow], [previews.preview]) as client:
        with pytest.raises(WorkflowFailureError):
            await client.execute_workflow(PreviewWorkflow.run, ask, id=f"preview-{uuid4()}", task_queue=FLOW)
