"""What a person has to do now: read from the same rows as the pages, never asked of a workflow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.consents import ConsentState
from domain.people import Person
from domain.time import SEOUL, now
from domain.words import ContractKind, PartyRole, Role
from store.contracts import UNMADE, terms_of
from store.ending_tasks import open_endings
from store.people import person_of
from store.tables.cases import CaseMemberRow
from store.tables.consents import ConsentRow
from store.tables.contracts import ApprovalRow, ContractRow, SignerRow
from store.tables.draws import AwardRow, CeremonyRow, DrawRow
from store.tables.notices import NoticeRow
from store.tables.people import SealedRow
from store.tables.reserve import ReserveJoinRow, ReserveRow
from store.tables.transfers import DueRow, TransferRow
from store.transfers import note, registry_filings
from store.webhooks import troubled

RIGHT_PROOF = "right_proof"
PREPARED = ("open", "correction", "dismissed", "withdrawn")  # what is given now goes into the next filing
UNWOUND = ("dissolving", "dissolved")  # nobody pays for a deal that has ended
OBLIGORS = (PartyRole.SELLER, PartyRole.SUPPLIER)

CONTRACT_TITLES = {
    ContractKind.SUPPLY: ("공급계약", "supply contract"),
    ContractKind.SALE: ("매매계약", "sale contract"),
    ContractKind.DISSOLUTION: ("합의해제", "dissolution"),
    ContractKind.LEASE: ("임대차계약", "lease"),
    ContractKind.AMENDMENT: ("변경 약정", "amendment"),
    ContractKind.POWER: ("위임장", "power of attorney"),
    ContractKind.EXPLANATION: ("확인·설명서", "explanation"),
}
SIGNING = {
    "sign": ("서명", "Sign"), "sign_here": ("서명 계속하기", "Go on signing"),
    "sign_at_service": ("전자서명 서비스에서 승인", "Approve at your signing service"),
}  # fmt: skip
UNDELIVERED = ("알림이 전달되지 않음: 받을 주소 확인", "Events were not delivered: look at the address")
ENDINGS = {
    "confirm_order": ("추첨 취소 명령 확인", "Confirm the order that annuls the draw", "order"),
    "recorded_digits": ("녹화의 추첨 숫자 입력", "Type the digits from the recording", "correction"),
    "dissolve": ("취소된 추첨의 공급계약 해제 협의", "Dissolve supply contracts of an annulled draw", "order"),
    "winners_refused": ("당첨자 명단 정정이 거절됨", "The list of winners was not changed", "order"),
}


@dataclass(frozen=True)
class Task:
    """One thing to do. ``link``: the page where it is done. ``amount``: won, where something is to be paid."""

    code: str
    ko: str
    en: str
    link: str
    subject_id: str
    amount: int | None = None
    case_id: str | None = None
    kind: str | None = None  # of a body to approve, or of a due


async def todo(session: AsyncSession, person_id: UUID) -> list[Task]:
    """Everything that waits for this person."""
    person = await person_of(session, person_id)
    return [
        *await _consents(session, person_id),
        *await _drafts(session, person_id),
        *await _turns(session, person_id),
        *await _approvals(session, person_id),
        *await _dues(session, person_id),
        *await _transfers(session, person_id),
        *await _mending(session, person_id),
        *await _draws(session, person),
        *await _refused_contracts(session, person),
        *await _rounds(session, person),
        *await _endings(session, person),
        *await _first_contracts(session, person),
        *[Task("webhook", *UNDELIVERED, f"/webhooks/{one.id}", str(one.id)) for one in await troubled(session, person)],
    ]


async def _consents(session: AsyncSession, person_id: UUID) -> list[Task]:
    words = ("동의 요청 확인", "Answer a consent request")
    query = select(ConsentRow.id, ConsentRow.case_id).where(
        ConsentRow.person_id == person_id, ConsentRow.state == ConsentState.REQUESTED, ConsentRow.ends_at > now()
    )
    return [
        Task("consent", *words, f"/consents/{found}", str(found), case_id=str(case_id))
        for found, case_id in await session.exec(query)
    ]


async def _drafts(session: AsyncSession, person_id: UUID) -> list[Task]:
    """What the drafting broker does before the parties may sign."""
    query = select(ContractRow.id, ContractRow.state, ContractRow.case_id).where(
        ContractRow.created_by == person_id, col(ContractRow.kind).in_((ContractKind.SALE, ContractKind.LEASE)),
        col(ContractRow.state).in_(("draft", "explained")),
    )  # fmt: skip
    words = {
        "draft": ("explain", "확인·설명서 교부", "Deliver the explanation"),
        "explained": ("invite", "당사자 초대", "Invite the parties"),
    }
    return [
        Task(*words[state], f"/contracts/{contract}", str(contract), case_id=str(case_id))
        for contract, state, case_id in await session.exec(query)
    ]


async def _turns(session: AsyncSession, person_id: UUID) -> list[Task]:
    """Fields that nobody of an earlier order has left unsigned."""
    unsigned = (
        select(func.min(SignerRow.order_no))
        .where(SignerRow.contract_id == ContractRow.id, SignerRow.state != "signed")
        .correlate(ContractRow)
        .scalar_subquery()
    )
    query = (
        select(ContractRow, SignerRow.state, SignerRow.certificate_sha256)
        .join(SignerRow, col(SignerRow.contract_id) == ContractRow.id)
        .where(
            SignerRow.person_id == person_id, col(SignerRow.state).in_(("waiting", "asked")),
            col(ContractRow.state).in_(("invited", "signing")), SignerRow.order_no == unsigned,
        )
    )  # fmt: skip
    tasks = []
    for row, state, device in await session.exec(query):
        ko, en = CONTRACT_TITLES[ContractKind(row.kind)]
        code = "sign" if state == "waiting" else "sign_here" if device else "sign_at_service"
        where = SIGNING[code]
        late_ko, late_en = _deadline(row)
        title = (f"{ko} {where[0]}{late_ko}", f"{where[1]}: {en}{late_en}")
        tasks.append(Task(code, *title, f"/contracts/{row.id}", str(row.id), case_id=str(row.case_id)))
    return tasks


def _deadline(row: ContractRow) -> tuple[str, str]:
    """Until when the contract waits, and how often its people were reminded."""
    ko, en = "", ""
    if row.wait_until is not None:
        day = row.wait_until.astimezone(SEOUL)
        ko, en = f" · {day.month}월 {day.day}일까지", f" · by {day:%Y-%m-%d}"
    if row.reminders:
        ko, en = f"{ko} · 알림 {row.reminders}회", f"{en} · reminded {row.reminders} times"
    return ko, en


async def _approvals(session: AsyncSession, person_id: UUID) -> list[Task]:
    query = select(ApprovalRow).where(ApprovalRow.person_id == person_id, col(ApprovalRow.state).in_(("open", "asked")))
    tasks = []
    for row in await session.exec(query.order_by(col(ApprovalRow.at))):
        code = "approve" if row.state == "open" else "approve_at_service"
        en = "Approve: " if row.state == "open" else "Approve at your signing service: "
        tasks.append(
            Task(
                code, f"{row.title} 승인", f"{en}{row.title}", f"/approvals/{row.id}", str(row.id),
                case_id=str(row.case_id), kind=row.kind,
            )
        )  # fmt: skip
    return tasks


async def _dues(session: AsyncSession, person_id: UUID) -> list[Task]:
    kinds = {
        "deposit": ("계약금", "deposit"), "instalment": ("중도금", "instalment"), "balance": ("잔금", "balance"),
        "stamp": ("인지세", "stamp duty"), "tax": ("취득세", "acquisition tax"),
        "bond": ("국민주택채권", "housing bond"), "fee": ("등기신청수수료", "registration fee"),
    }  # fmt: skip
    query = select(DueRow).where(
        DueRow.payer_id == person_id, col(DueRow.paid_at).is_(None),
        ~exists().where(col(ContractRow.id) == DueRow.subject_id, col(ContractRow.state).in_(UNMADE)),
        ~exists().where(
            (col(TransferRow.id) == DueRow.subject_id) | (col(TransferRow.contract_id) == DueRow.subject_id),
            col(TransferRow.state).in_(UNWOUND),
        ),
    )  # fmt: skip
    tasks = []
    for due in await session.exec(query.order_by(col(DueRow.created_at))):
        ko, en = kinds.get(due.kind, (due.kind, due.kind))
        tasks.append(
            Task(
                "pay",
                f"{ko} 납부",
                f"Pay: {en}",
                f"/cases/{due.case_id}",
                str(due.id),
                due.amount,
                str(due.case_id),
                due.kind,
            )
        )
    return tasks


async def _transfers(session: AsyncSession, person_id: UUID) -> list[Task]:
    """Choose a scrivener (buyer); give the 등기필정보 (who gives the right)."""
    query = (
        select(TransferRow, ContractRow)
        .join(ContractRow, col(ContractRow.id) == TransferRow.contract_id)
        .where(
            exists().where(col(SignerRow.contract_id) == ContractRow.id, col(SignerRow.person_id) == person_id)
            | exists().where(
                col(CaseMemberRow.case_id) == ContractRow.case_id, col(CaseMemberRow.person_id) == person_id
            ),
            col(TransferRow.state).in_(PREPARED),
        )
    )
    tasks = []
    for transfer, contract in await session.exec(query):
        link, roles = f"/transfers/{transfer.id}", terms_of(contract).roles_of(person_id)
        if PartyRole.BUYER in roles and transfer.scrivener_id is None:
            tasks.append(Task("choose_scrivener", "법무사 선택", "Choose a judicial scrivener", link, str(transfer.id)))
        if roles & set(OBLIGORS) and await proof_needed(session, person_id, transfer):
            tasks.append(Task(RIGHT_PROOF, "등기필정보 입력", "Give the title password", link, str(transfer.id)))
    return tasks


async def _mending(session: AsyncSession, person_id: UUID) -> list[Task]:
    """What was refused for good and waits for this person to mend its cause."""
    query = select(TransferRow).where(
        col(TransferRow.state).not_in(("registered", "dissolved")),
        exists().where(
            col(CaseMemberRow.case_id) == col(TransferRow.case_id), col(CaseMemberRow.person_id) == person_id
        ),
    )
    return [
        Task(
            "refile", f"바로잡아 다시 제출: {said['ko'] or said['code']}", f"Mend and submit again: {said['code']}",
            f"/transfers/{transfer.id}", str(transfer.id), case_id=str(transfer.case_id), kind=kind,
        )
        for transfer in await session.exec(query)
        for kind, said in (transfer.record.get("mending") or {}).items()
        if str(person_id) in said["people"]
    ]  # fmt: skip


async def proof_needed(session: AsyncSession, person_id: UUID, transfer: TransferRow) -> bool:
    """Whether the one who gives the right has to give the title password now.

    It stays sealed until the title is registered, for every filing: after the first one it is asked for again only
    where the registrar has found it wrong, and it has not been given anew since.
    """
    if transfer.state not in PREPARED:
        return False
    if not await proof_given(session, person_id, transfer.id):
        return True
    filings = await registry_filings(session, transfer.id)
    if transfer.state == "open" or not filings:
        return False
    last, given = filings[-1], transfer.record.get(RIGHT_PROOF) or {}
    seen = int(given["corrections"]) if given.get("receipt_no") == last.receipt_no else 0
    return any(
        str(one["code"]).startswith(RIGHT_PROOF) and one.get("answered_at") is None for one in last.corrections[seen:]
    )


async def note_proof(session: AsyncSession, transfer_id: UUID) -> None:
    """The title password was given, with all in view that the registrar has said so far."""
    filings = await registry_filings(session, transfer_id)
    if filings:
        said = {"receipt_no": filings[-1].receipt_no, "corrections": len(filings[-1].corrections)}
        await note(session, transfer_id, RIGHT_PROOF, said)


async def proof_given(session: AsyncSession, person_id: UUID, transfer_id: UUID) -> bool:
    """Whether the title password for this transfer lies sealed here."""
    query = select(SealedRow.id).where(
        SealedRow.person_id == person_id, SealedRow.kind == RIGHT_PROOF, SealedRow.subject == str(transfer_id),
        SealedRow.ciphertext != b"",
    )  # fmt: skip
    return (await session.exec(query)).first() is not None


async def _draws(session: AsyncSession, person: Person) -> list[Task]:
    """Close receipt (operator), type the digits of the balls (operator, and officer of the supplier)."""
    suppliers = person.organisations(Role.OFFICER)
    operator = bool(person.organisations(Role.OPERATOR))
    if not operator and not suppliers:
        return []
    query = (
        select(NoticeRow.id, NoticeRow.name, NoticeRow.supplier, DrawRow.state)
        .join(DrawRow, col(DrawRow.notice_id) == NoticeRow.id)
        .where(
            NoticeRow.state != "refused", NoticeRow.receipt_closes_at < now(),
            col(DrawRow.state).in_(("committed", "closed", "screened", "revealed")),
            col(DrawRow.digits).is_(None),
            ~exists().where(
                col(CeremonyRow.notice_id) == NoticeRow.id, col(CeremonyRow.person_id) == person.id,
                col(CeremonyRow.purpose) == "draw",
            ),
        )
        .order_by(col(NoticeRow.receipt_closes_at))
    )  # fmt: skip
    rows: Sequence[Any] = (await session.exec(query)).all()
    tasks = []
    for notice, name, supplier, state in rows:
        if state == "committed" and operator:
            tasks.append(Task("close", f"접수 마감: {name}", f"Close receipt: {name}", f"/notices/{notice}", notice))
        elif state == "revealed" and (operator or person.acts_for(Role.OFFICER, supplier)):
            tasks.append(
                Task("digits", f"추첨 숫자 입력: {name}", f"Type the digits: {name}", f"/notices/{notice}", notice)
            )
    return tasks


async def _refused_contracts(session: AsyncSession, person: Person) -> list[Task]:
    """Awards whose supply contract cannot be drafted: what is missing, for every officer of the supplier."""
    suppliers = person.organisations(Role.OFFICER)
    if not suppliers:
        return []
    query = (
        select(AwardRow)
        .join(NoticeRow, col(NoticeRow.id) == AwardRow.notice_id)
        .where(col(AwardRow.refusal)["code"].astext.is_not(None), AwardRow.state == "checked")
        .where(col(NoticeRow.supplier).in_(suppliers))
    )
    return [
        Task(
            "redraft", f"공급계약 보완: {said['ko'] or said['code']}", f"Supply contract: {said['en'] or said['code']}",
            f"/awards/{award.id}/decide", str(award.id),
        )
        for award in await session.exec(query.order_by(col(AwardRow.at)))
        if (said := award.refusal)
    ]  # fmt: skip


async def _rounds(session: AsyncSession, person: Person) -> list[Task]:
    """First rounds of wait-lists: join or not, for who waits; type the digits, for who holds the ceremony."""
    joins = exists().where(col(ReserveJoinRow.award_id) == AwardRow.id)
    own = (
        select(AwardRow.id, NoticeRow.name, ReserveRow.until)
        .join(ReserveRow, col(ReserveRow.notice_id) == AwardRow.notice_id)
        .join(NoticeRow, col(NoticeRow.id) == AwardRow.notice_id)
        .where(AwardRow.person_id == person.id, AwardRow.state == "waiting", ReserveRow.state == "open", ~joins)
        .where(ReserveRow.until > now())
    )
    tasks = [
        Task(
            "reserve_join", f"예비입주자 동·호수 추첨 참가 여부 정하기 ({_moment(until)}까지): {name}",
            f"Join the lots of the wait-list or not, until {_moment(until)}: {name}", f"/awards/{award}", str(award),
        )
        for award, name, until in await session.exec(own)
    ]  # fmt: skip
    held = select(NoticeRow).join(ReserveRow, col(ReserveRow.notice_id) == NoticeRow.id)
    held = held.where(ReserveRow.state == "fixed", col(ReserveRow.digits).is_(None))
    typed = exists().where(
        col(CeremonyRow.notice_id) == NoticeRow.id, col(CeremonyRow.person_id) == person.id,
        col(CeremonyRow.purpose) == "reserve",
    )  # fmt: skip
    operator = bool(person.organisations(Role.OPERATOR))
    return tasks + [
        Task(
            "reserve_digits", f"예비입주자 추첨 숫자 입력: {row.name}", f"Type the digits of the wait-list: {row.name}",
            f"/notices/{row.id}/reserve", row.id,
        )
        for row in await session.exec(held.where(~typed))
        if operator or person.acts_for(Role.OFFICER, row.supplier)
    ]  # fmt: skip


async def _endings(session: AsyncSession, person: Person) -> list[Task]:
    """Draws to be annulled or corrected, and what is left to do about those that were."""
    tasks = []
    async for code, row in open_endings(session, person):
        ko, en, page = ENDINGS[code]
        tasks.append(Task(code, f"{ko}: {row.name}", f"{en}: {row.name}", f"/notices/{row.id}/draw/{page}", row.id))
    return tasks


async def _first_contracts(session: AsyncSession, person: Person) -> list[Task]:
    """The life of a wait-list is counted from the first contract: an officer says when that was, if none was made
    here."""
    suppliers = person.organisations(Role.OFFICER)
    if not suppliers:
        return []
    known = exists().where(col(AwardRow.notice_id) == NoticeRow.id, col(AwardRow.contracted_on).is_not(None))
    query = select(NoticeRow).join(DrawRow, col(DrawRow.notice_id) == NoticeRow.id)
    query = query.where(col(DrawRow.contract_asked_at).is_not(None), ~known, col(NoticeRow.supplier).in_(suppliers))
    return [
        Task(
            "first_contract", f"첫 공급계약일 기록: {row.name}", f"Record the first supply contract: {row.name}",
            f"/notices/{row.id}/applicants", row.id,
        )
        for row in await session.exec(query)
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}"
