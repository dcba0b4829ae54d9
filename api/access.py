"""The single door: who is asking, and whether this thing is theirs. Every route but the public ones passes here.

A stranger is told that a case does not exist (404), not that it is somebody else's (403).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request

from api.inputs import NoticePath
from api.services import Door, Services
from api.sessions import COOKIE, SAFE, check_csrf
from domain.errors import NotAllowed, NotLoggedIn, UnknownThing
from domain.people import Person
from domain.webhooks import offices
from domain.words import PartyRole, Role
from store import awards, cases, consents, contracts, drafts, notices, people, sessions, transfers
from store.tables.contracts import ApprovalRow, ContractRow
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow
from store.tables.transfers import TransferRow

ROLE_NAMES = {
    Role.BROKER: ("개업공인중개사", "a registered broker"),
    Role.OFFICER: ("사업주체 담당자", "a supplier's officer"),
    Role.OPERATOR: ("청약업무수행기관 담당자", "the selection operator"),
    Role.SCRIVENER: ("법무사", "a judicial scrivener"),
}


# Who acts as one of these needs the register's word for it now, not only on the day when the deal began.
BY_REGISTER: dict[str, Role] = {
    "drafter": Role.BROKER, PartyRole.SELLER_BROKER: Role.BROKER, PartyRole.BUYER_BROKER: Role.BROKER,
    PartyRole.SUPPLIER: Role.OFFICER, Role.SCRIVENER: Role.SCRIVENER,
    # As which a person signs a body (``ApprovalRow.role``):
    "broker": Role.BROKER, "agent": Role.SCRIVENER,
}  # fmt: skip


@dataclass(frozen=True)
class LoggedIn:
    person: Person
    csrf: str


async def current_session(request: Request, services: Door) -> LoggedIn:
    """The living session of the cookie. NotLoggedIn without; NotAllowed where an unsafe request is not our page's."""
    found = await _living_session(request, services)
    await check_csrf(request, services, found.csrf)
    return found


async def _living_session(request: Request, services: Services) -> LoggedIn:
    token = request.cookies.get(COOKIE)
    if token is None:
        raise NotLoggedIn
    async with services.db.transaction() as session:
        row = await sessions.living(session, token)
        if row is None:
            raise NotLoggedIn
        return LoggedIn(await people.person_of(session, row.person_id), row.csrf)


async def current_person(logged_in: Annotated[LoggedIn, Depends(current_session)]) -> Person:
    return logged_in.person


Me = Annotated[Person, Depends(current_person)]


def require_role(*roles: Role) -> Callable[[Person], Awaitable[Person]]:
    """A guard that lets in who holds one of ``roles`` by the word of its register."""

    async def guard(person: Me) -> Person:
        if not any(person.organisations(role) for role in roles):
            ko, en = ROLE_NAMES[roles[0]]
            raise NotAllowed(ko=f"{ko}만 할 수 있는 일입니다.", en=f"Only {en} may do this.")
        return person

    return guard


Broker = Annotated[Person, Depends(require_role(Role.BROKER))]
Officer = Annotated[Person, Depends(require_role(Role.OFFICER))]
Operator = Annotated[Person, Depends(require_role(Role.OPERATOR))]
Scrivener = Annotated[Person, Depends(require_role(Role.SCRIVENER))]


async def office_person(person: Me) -> Person:
    """People of a broker's or scrivener's office or of a supplier, by the word of a register."""
    if not offices(person):
        raise NotAllowed(
            ko="중개사무소·법무사사무소·사업주체에 속한 분만 할 수 있는 일입니다.",
            en="Only people of a broker's or scrivener's office or of a supplier may do this.",
        )
    return person


OfficePerson = Annotated[Person, Depends(office_person)]


@dataclass(frozen=True)
class Membership:
    """A person in one case, and as what."""

    person: Person
    case_id: UUID
    roles: frozenset[str]

    def needs(self, role: str) -> None:
        if role not in self.roles:
            raise NotAllowed


async def case_member(case_id: UUID, person: Me, services: Door) -> Membership:
    async with services.db.transaction() as session:
        roles = await cases.member_roles(session, case_id, person.id)
    if not roles:
        raise UnknownThing(ko="사건을 찾을 수 없습니다.", en="There is no such case.")
    return Membership(person, case_id, frozenset(roles))


Member = Annotated[Membership, Depends(case_member)]


async def consent_person(consent_id: UUID, person: Me, services: Door) -> Person:
    """Whose consent it is. Who asked for it may look (``consent_reader``), not answer."""
    async with services.db.transaction() as session:
        row = await consents.consent(session, consent_id)
    if row.person_id != person.id:
        raise UnknownThing(ko="동의 요청을 찾을 수 없습니다.", en="There is no such consent request.")
    return person


async def consent_reader(consent_id: UUID, person: Me, services: Door) -> Person:
    async with services.db.transaction() as session:
        row = await consents.consent(session, consent_id)
    if person.id not in (row.person_id, row.requested_by):
        raise UnknownThing(ko="동의 요청을 찾을 수 없습니다.", en="There is no such consent request.")
    return person


Consenter = Annotated[Person, Depends(consent_person)]
ConsentReader = Annotated[Person, Depends(consent_reader)]


@dataclass(frozen=True)
class Party:
    """A person of one contract. ``contract`` is None while the draft is being made from the registers."""

    person: Person
    contract_id: UUID
    case_id: UUID
    roles: frozenset[str]
    contract: ContractRow | None

    def needs(self, *roles: str) -> None:
        _acts_as(self.person, self.roles & set(roles))


def _acts_as(person: Person, roles: Collection[str]) -> None:
    """NotAllowed for none of them, and for one that the register does not confirm any more (suspended, closed)."""
    if not roles:
        raise NotAllowed
    if not any(role not in BY_REGISTER or person.organisations(BY_REGISTER[role]) for role in roles):
        raise NotAllowed(
            "not_registered_now", ko="등록부에서 현재 자격이 확인되지 않습니다. 등록 상태를 확인해 주십시오.",
            en="The register does not confirm your entry now. Check it there, then log in again.",
        )  # fmt: skip


async def contract_party(contract_id: UUID, person: Me, services: Door) -> Party:
    """Signers of the contract, who is represented in it, and the broker who drafts it (role ``drafter``)."""
    async with services.db.transaction() as session:
        draft = await drafts.find(session, contract_id)
        row = await session.get(ContractRow, contract_id)
        case_id = row.case_id if row else draft.case_id if draft else None
    roles = contracts.terms_of(row).roles_of(person.id) if row else set()
    if person.id in (draft.broker_id if draft else None, row.created_by if row else None):
        roles.add("drafter")
    if case_id is None or not roles:
        raise UnknownThing(ko="계약을 찾을 수 없습니다.", en="There is no such contract.")
    return Party(person, contract_id, case_id, frozenset(roles), row)


ContractParty = Annotated[Party, Depends(contract_party)]


@dataclass(frozen=True)
class TransferSeat:
    """A person in one transfer: a party of its contract, or its scrivener."""

    person: Person
    transfer: TransferRow
    roles: frozenset[str]

    def needs(self, *roles: str) -> None:
        _acts_as(self.person, self.roles & set(roles))


async def transfer_party(transfer_id: UUID, person: Me, services: Door) -> TransferSeat:
    async with services.db.transaction() as session:
        row = await transfers.transfer(session, transfer_id)
        terms = contracts.terms_of(await contracts.contract(session, row.contract_id))
    roles = terms.roles_of(person.id) - {PartyRole.ATTORNEY, PartyRole.WITNESS}
    if row.scrivener_id == person.id:
        roles.add(Role.SCRIVENER)
    if not roles:
        raise UnknownThing(ko="이전 건을 찾을 수 없습니다.", en="There is no such transfer.")
    return TransferSeat(person, row, frozenset(roles))


TransferParty = Annotated[TransferSeat, Depends(transfer_party)]


async def approval_owner(approval_id: UUID, request: Request, person: Me, services: Door) -> ApprovalRow:
    async with services.db.transaction() as session:
        row = await session.get(ApprovalRow, approval_id)
    if row is None or row.person_id != person.id:
        raise UnknownThing(ko="승인할 문서를 찾을 수 없습니다.", en="There is no such document to approve.")
    if request.method not in SAFE:
        _acts_as(person, [row.role])
    return row


OwnApproval = Annotated[ApprovalRow, Depends(approval_owner)]


async def officer_of_notice(notice_id: NoticePath, person: Officer, services: Door) -> NoticeRow:
    """Notices are public, so an officer of another supplier is told 403."""
    async with services.db.transaction() as session:
        row = await notices.notice(session, notice_id)
    _only_supplier(person, row)
    return row


def _only_supplier(person: Person, notice: NoticeRow) -> None:
    if not person.acts_for(Role.OFFICER, notice.supplier):
        raise NotAllowed(
            ko="이 공고의 사업주체 담당자만 할 수 있는 일입니다.",
            en="Only an officer of this notice's supplier may do this.",
        )


OfficersNotice = Annotated[NoticeRow, Depends(officer_of_notice)]


@dataclass(frozen=True)
class Seat:
    """A person who holds the ceremony of a notice's draw, and as what."""

    person: Person
    notice: NoticeRow
    role: Literal["officer", "operator"]


def seat_at(person: Person, notice: NoticeRow) -> Literal["officer", "operator"] | None:
    """As what this person takes part in the ceremony of the notice."""
    if person.organisations(Role.OPERATOR):
        return "operator"
    return "officer" if person.acts_for(Role.OFFICER, notice.supplier) else None


async def seat_of_notice(notice_id: NoticePath, person: Me, services: Door) -> Seat:
    async with services.db.transaction() as session:
        row = await notices.notice(session, notice_id)
    role = seat_at(person, row)
    if role is None:
        raise NotAllowed(
            ko="추첨에 참여하는 담당자만 할 수 있는 일입니다.", en="Only those who hold the ceremony may do this."
        )
    return Seat(person, row, role)


CeremonySeat = Annotated[Seat, Depends(seat_of_notice)]


async def officer_of_award(award_id: UUID, person: Officer, services: Door) -> AwardRow:
    async with services.db.transaction() as session:
        award = await awards.award(session, award_id)
        notice = await notices.notice(session, award.notice_id)
    if not person.acts_for(Role.OFFICER, notice.supplier):
        raise UnknownThing("unknown_award", ko="당첨 기록을 찾을 수 없습니다.", en="There is no such award.")
    return award


async def winner_of_award(award_id: UUID, person: Me, services: Door) -> AwardRow:
    async with services.db.transaction() as session:
        award = await awards.award(session, award_id)
    if award.person_id != person.id:
        raise UnknownThing("unknown_award", ko="당첨 기록을 찾을 수 없습니다.", en="There is no such award.")
    return award


OfficersAward = Annotated[AwardRow, Depends(officer_of_award)]
WinnersAward = Annotated[AwardRow, Depends(winner_of_award)]


async def require_staff(request: Request, services: Door) -> Person:
    """Staff of the operator, for the one route whose caller cannot send our CSRF token: it checks the origin."""
    person = (await _living_session(request, services)).person
    if not person.organisations(Role.OPERATOR):
        raise NotAllowed
    return person
