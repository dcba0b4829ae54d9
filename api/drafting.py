"""New contracts: a wish for a draft of a sale, a lease or a power of attorney, and a party's proposal to change or to
dissolve a contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.services import Services
from domain.contracts import ContractTerms, Instalment, LeaseTerms
from domain.draft_refusals import refuse
from domain.draft_rules import GIVERS, shares_of
from domain.drafts import dissolution_terms, payment_reference
from domain.errors import Invalid, UnknownThing, WrongState
from domain.ids import contract_workflow_id, draft_workflow_id, new_id
from domain.messages import ContractStart, DraftStart
from domain.other_drafts import amendment_terms, check_lease
from domain.people import Person
from domain.time import now, seoul_date
from domain.words import CaseKind, ContractKind, Role
from law.forms import special
from law.forms.ready import check_statements, ready
from store import amendments, cases, contracts, drafts, exchange, people, transfers
from store.tables.transfers import TransferRow

OVER = ("registered", "dissolved")
GROUPS = ("agents", "co_seller_codes", "co_buyers")  # of a wish, with codes in each entry
CASES = {
    ContractKind.SALE: (CaseKind.RESALE, "매매", "broker"), ContractKind.LEASE: (CaseKind.LEASE, "임대차", "broker"),
    ContractKind.POWER: (CaseKind.POWER, "위임", "principal"),
}  # fmt: skip


class Drafted(BaseModel):
    contract_id: str
    case_id: str
    state: str
    url: str


async def draft(session: AsyncSession, drafter: Person, kind: ContractKind, wish: Mapping[str, Any]) -> Drafted:
    """Case, wish and the promise to make the draft. People are found by the codes that they told who drafts.

    ``wish``: fields of ``DraftStart`` by name, and codes of people instead of their ids.
    """
    found = await _people(session, drafter, kind, wish)
    _check_wish(kind, wish)
    case_kind, word, role = CASES[kind]
    case = await cases.open_case(
        session, kind=case_kind, title=f"{word} {wish['unique_no']}", person_id=drafter.id, role=role
    )
    contract_id = new_id()
    await drafts.wish(session, contract_id=contract_id, case_id=case.id, broker_id=drafter.id)
    said = {name: value for name, value in wish.items() if name not in GROUPS and not name.endswith("_code")}
    start = DraftStart.model_validate({
        **said, **found, "contract_id": contract_id, "case_id": case.id, "broker_id": drafter.id, "kind": kind,
    })  # fmt: skip
    await exchange.promise(session, "start:DraftWorkflow", draft_workflow_id(contract_id), start)
    return _drafted(contract_id, case.id, "drafting")


def _check_wish(kind: ContractKind, wish: Mapping[str, Any]) -> None:
    """What is wrong in itself is refused at once; the rest when the registers have answered."""
    if kind is ContractKind.LEASE:
        check_lease(LeaseTerms.model_validate(wish["lease"]), seoul_date(now()))
    if kind is ContractKind.SALE:
        shares_of([wish["buyer_share"], *(one["share"] for one in wish["co_buyers"])])
    if kind is not ContractKind.POWER:
        check_statements(kind, wish["statements"])
        special.chosen(kind, wish["switches"], ())


async def _people(
    session: AsyncSession, drafter: Person, kind: ContractKind, wish: Mapping[str, Any]
) -> dict[str, Any]:
    """``*_code`` → ``*_id``, and those of which there may be several. UnknownThing for a code that is nobody's."""
    single = {name: code for name, code in wish.items() if name.endswith("_code") and code is not None}
    found = await _found(session, {**single, **dict(_grouped(wish))})
    parties = {name.replace("_code", "_id"): found[code] for name, code in single.items()}
    if kind is ContractKind.POWER:
        parties["seller_id"] = drafter.id
    co_sellers = [found[code] for code in wish.get("co_seller_codes", ())]
    co_buyers = [{**one, "person_id": found[one["code"]]} for one in wish.get("co_buyers", ())]
    everybody = [*parties.values(), *co_sellers, *(one["person_id"] for one in co_buyers)]
    await _check(session, drafter, kind, everybody, parties.get("other_broker_id"))
    acting = [
        {**one, "person_id": found[one["code"]], "principal_id": found.get(one.get("for_code"))}
        for one in wish.get("agents", ())
    ]
    _check_agents(parties, co_sellers, co_buyers, acting)
    return {**parties, "co_seller_ids": co_sellers, "co_buyers": co_buyers, "agents": acting}


def _grouped(wish: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a code stands in a list, and the code."""
    for place, code in enumerate(wish.get("co_seller_codes", ())):
        yield f"co_seller_codes.{place}", code
    for group in ("co_buyers", "agents"):
        for place, one in enumerate(wish.get(group, ())):
            for name in ("code", "for_code"):
                if one.get(name) is not None:
                    yield f"{group}.{place}.{name}", one[name]


async def _found(session: AsyncSession, named: Mapping[str, str]) -> dict[str, UUID]:
    found = await people.by_codes(session, list(named.values()))
    for name, code in named.items():
        if code not in found:
            raise UnknownThing(
                "unknown_party_code", field=name,
                ko="등록되지 않은 당사자 코드입니다. 당사자에게 다시 확인해 주십시오.",
                en="This party code is nobody's. Ask the party again.",
            )  # fmt: skip
    return found


def _check_agents(
    parties: Mapping[str, UUID], co_sellers: Sequence[UUID], co_buyers: Sequence[Mapping[str, Any]],
    acting: Sequence[Mapping[str, Any]],
) -> None:  # fmt: skip
    """Whom an agent is said to act for stands on that side, and has no other agent."""
    sides = {
        True: {parties["seller_id"], *co_sellers},
        False: {parties["buyer_id"], *(b["person_id"] for b in co_buyers)},
    }
    principals = []
    for place, one in enumerate(acting):
        gives = one["role"] in GIVERS
        principal = one["principal_id"] or parties["seller_id" if gives else "buyer_id"]
        if principal not in sides[gives] or principal in principals:
            raise refuse("agent_for_nobody", f"agents.{place}.for_code")
        principals.append(principal)


async def _check(
    session: AsyncSession, drafter: Person, kind: ContractKind, parties: Sequence[UUID], other: UUID | None
) -> None:
    everybody = [*parties, *([] if kind is ContractKind.POWER else [drafter.id])]
    if len(set(everybody)) < len(everybody):
        raise Invalid(
            "party_twice", article="공인중개사법 제33조제1항제6호",
            ko="당사자, 중개사, 입회인은 서로 다른 사람이어야 합니다(자기거래·쌍방대리 금지).",
            en="Parties, brokers and witness must be different people.",
        )  # fmt: skip
    if other is not None and not await people.holds(session, other, Role.BROKER):
        raise Invalid(
            "not_a_broker", field="other_broker_code", ko="등록된 개업공인중개사의 코드가 아닙니다.",
            en="This is not the code of a registered broker.",
        )  # fmt: skip


async def propose_dissolution(
    session: AsyncSession, person: Person, contract_id: UUID, wish: Mapping[str, Any], services: Services
) -> Drafted:
    """A dissolution contract with the parties of the original. WrongState unless that one can still be dissolved."""
    original = await contracts.contract(session, contract_id, lock=True)
    transfer = await transfers.transfer_of_contract(session, contract_id)
    living = await contracts.living_dissolution(session, contract_id)
    if original.state != "sealed" or original.supersedes is not None or living or transfer is None:
        raise WrongState("not_dissolvable", ko="지금은 해제할 수 없는 계약입니다.", en="Cannot be dissolved now.")
    _check_carried(transfer)
    if transfer.state in OVER:
        raise WrongState(
            "registered_already", ko="이미 등기된 뒤에는 새 매매계약으로만 되돌릴 수 있습니다.",
            en="After registration only a new contract can reverse it.",
        )  # fmt: skip
    terms = dissolution_terms(
        new_id(), original=contracts.terms_of(original), refund=wish["refund"], forfeited=wish["forfeited"],
        reason=wish["reason"], made_on=seoul_date(now()), refund_due_on=wish["refund_due_on"],
        special_clauses=wish["special_clauses"],
    )  # fmt: skip
    row = await contracts.add_contract(
        session, _final(terms, services), case_id=original.case_id, created_by=person.id, supersedes=contract_id
    )
    start = ContractStart(contract_id=row.id)
    await exchange.promise(session, "start:ContractWorkflow", contract_workflow_id(row.id), start)
    return _drafted(row.id, row.case_id, row.state)


async def propose_amendment(
    session: AsyncSession, person: Person, contract_id: UUID, wish: Mapping[str, Any], services: Services
) -> Drafted:
    """An amendment (변경계약) for everybody to sign who signed the contract. WrongState where the balance is paid."""
    original = await contracts.contract(session, contract_id, lock=True)
    living = await amendments.living_amendment(session, contract_id)
    transfer = await transfers.transfer_of_contract(session, contract_id)
    if transfer is not None:
        _check_carried(transfer)
    if living is not None or not await amendments.is_amendable(session, contract_id):
        raise WrongState(
            "not_amendable", article="민법 제105조",
            ko="서명이 끝났고 잔금을 지급하지 않은 계약만, 한 번에 하나씩 변경할 수 있습니다.",
            en="Only a signed contract whose balance is not paid can be amended, by one amendment at a time.",
        )  # fmt: skip
    before = await amendments.in_force(session, original)
    payments = wish["payments"] and [_payment(before, one) for one in wish["payments"]]
    terms = amendment_terms(
        new_id(), original=before, reason=wish["reason"], made_on=seoul_date(now()), price=wish["price"],
        payments=payments, handover_on=wish["handover_on"], special_clauses=wish["special_clauses"],
        lease={name: value for name, value in (wish["lease"] or {}).items() if value is not None},
    )  # fmt: skip
    row = await contracts.add_contract(
        session, _final(terms, services), case_id=original.case_id, created_by=person.id, supersedes=contract_id
    )
    start = ContractStart(contract_id=row.id)
    await exchange.promise(session, "start:ContractWorkflow", contract_workflow_id(row.id), start)
    return _drafted(row.id, row.case_id, row.state)


def _check_carried(transfer: TransferRow) -> None:
    """WrongState for a contract with several sellers or buyers: what follows from a change is not carried here."""
    if transfer.state == "outside":
        raise WrongState(
            "several_parties", article="부동산 거래신고 등에 관한 법률 제3조의2",
            ko="여럿이 팔거나 사는 계약의 변경과 해제는 온집에서 할 수 없습니다. 당사자 모두가 서면으로 하고, "
            " 신고관청에 30일 안에 직접 변경·해제 신고해 주십시오.",
            en="A contract with several sellers or buyers cannot be changed or dissolved here. Do so in writing, and"
            " report it to the office within 30 days.",
        )  # fmt: skip


def _final(terms: ContractTerms, services: Services) -> ContractTerms:
    """Written out, with its code; what cannot be printed is refused now."""
    made = ready(terms.addressed(services.public_url.rstrip("/")))
    services.typeface.check(made.canonical().decode())
    return made


def _payment(before: ContractTerms, one: Mapping[str, Any]) -> Instalment:
    """Named as in the contract that is changed: what is paid already stays found."""
    return Instalment(**one, reference=payment_reference(before.contract_id, one["kind"], one["number"]))


def _drafted(contract_id: UUID, case_id: UUID, state: str) -> Drafted:
    return Drafted(
        contract_id=str(contract_id), case_id=str(case_id), state=state, url=f"/api/v1/contracts/{contract_id}"
    )
