"""New contracts: a broker's wish for a sale, and a party's proposal to dissolve one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.drafts import dissolution_terms
from domain.errors import Invalid, UnknownThing, WrongState
from domain.ids import contract_workflow_id, draft_workflow_id, new_id
from domain.messages import ContractStart, DraftStart
from domain.people import Person
from domain.time import now, seoul_date
from domain.words import CaseKind, Role
from store import cases, contracts, drafts, exchange, people, transfers

OVER = ("registered", "dissolved")


class Drafted(BaseModel):
    contract_id: str
    case_id: str
    state: str
    url: str


async def draft(session: AsyncSession, broker: Person, wish: Mapping[str, Any]) -> Drafted:
    """Case, wish and the promise to make the draft. The parties are found by the codes that they told the broker."""
    parties = await _parties(session, broker, wish)
    case = await cases.open_case(
        session, kind=CaseKind.RESALE, title=f"매매 {wish['unique_no']}", person_id=broker.id, role="broker"
    )
    contract_id = new_id()
    await drafts.wish(session, contract_id=contract_id, case_id=case.id, broker_id=broker.id)
    said = {name: wish[name] for name in ("unique_no", "price", "payments", "special_clauses", "statements", "permit")}
    start = DraftStart.model_validate(
        {"contract_id": contract_id, "case_id": case.id, "broker_id": broker.id, **said, **parties}
    )
    await exchange.promise(session, "start:DraftWorkflow", draft_workflow_id(contract_id), start)
    return _drafted(contract_id, case.id, "drafting")


async def _parties(session: AsyncSession, broker: Person, wish: Mapping[str, Any]) -> dict[str, UUID]:
    """UnknownThing for a code that is nobody's, without a word about whose codes the others are."""
    wanted = {
        "seller_id": wish["seller_code"], "buyer_id": wish["buyer_code"], "other_broker_id": wish["other_broker_code"],
    }  # fmt: skip
    codes = {name: code for name, code in wanted.items() if code is not None}
    found = await people.by_codes(session, list(codes.values()))
    for name, code in codes.items():
        if code not in found:
            raise UnknownThing(
                "unknown_party_code", field=name.replace("_id", "_code"),
                ko="등록되지 않은 당사자 코드입니다. 당사자에게 다시 확인해 주십시오.",
                en="This party code is nobody's. Ask the party again.",
            )  # fmt: skip
    parties = {name: found[code] for name, code in codes.items()}
    if len({*parties.values(), broker.id}) < len(parties) + 1:
        raise Invalid(
            "party_twice", article="공인중개사법 제33조제1항제6호",
            ko="당사자와 중개사는 서로 다른 사람이어야 합니다(자기거래·쌍방대리 금지).",
            en="The parties must be different people, none of them the broker.",
        )  # fmt: skip
    other = parties.get("other_broker_id")
    if other is not None and not await people.holds(session, other, Role.BROKER):
        raise Invalid(
            "not_a_broker", field="other_broker_code", ko="등록된 개업공인중개사의 코드가 아닙니다.",
            en="This is not the code of a registered broker.",
        )  # fmt: skip
    return parties


async def propose_dissolution(
    session: AsyncSession, person: Person, contract_id: UUID, wish: Mapping[str, Any]
) -> Drafted:
    """A dissolution contract with the parties of the original. WrongState unless that one can still be dissolved."""
    original = await contracts.contract(session, contract_id, lock=True)
    transfer = await transfers.transfer_of_contract(session, contract_id)
    living = await contracts.living_dissolution(session, contract_id)
    if original.state != "sealed" or original.supersedes is not None or living or transfer is None:
        raise WrongState("not_dissolvable", ko="지금은 해제할 수 없는 계약입니다.", en="Cannot be dissolved now.")
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
        session, terms, case_id=original.case_id, created_by=person.id, supersedes=contract_id
    )
    start = ContractStart(contract_id=row.id)
    await exchange.promise(session, "start:ContractWorkflow", contract_workflow_id(row.id), start)
    return _drafted(row.id, row.case_id, row.state)


def _drafted(contract_id: UUID, case_id: UUID, state: str) -> Drafted:
    return Drafted(
        contract_id=str(contract_id), case_id=str(case_id), state=state, url=f"/api/v1/contracts/{contract_id}"
    )
