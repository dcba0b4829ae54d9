"""A person's act on one contract; one that comes when the contract has ended is told how it ended, and what to do."""

from __future__ import annotations

from pydantic import BaseModel

from api import acts
from api.access import Party
from api.services import Services
from domain.errors import WrongState
from domain.ids import contract_workflow_id
from domain.messages import Act, ActAnswer
from domain.words import ContractKind, PartyRole
from store import contracts
from store.idempotency import Key
from store.tables.contracts import ContractRow, SignerRow

BROKERED = ("sale", "lease")
BROKERS = {PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER}
GIVEN = {PartyRole.PRINCIPAL, PartyRole.ATTORNEY}
BEFORE = ("draft", "explained")
ENDED: dict[str, tuple[str, str]] = {
    "expired": (
        "서명 기한이 지나 계약이 성립하지 않고 끝났습니다. 계약하려면 계약서를 새로 만들어 주십시오.",
        "The time to sign is over; no contract was made. Draft a new one if it is still wanted.",
    ),
    "declined": (
        "당사자가 서명을 거절해 끝난 계약입니다. 계약하려면 계약서를 새로 만들어 주십시오.",
        "Somebody declined to sign; no contract was made. Draft a new one if it is still wanted.",
    ),
    "withdrawn": (
        "계약서를 만든 사람이 철회해 끝난 계약입니다. 계약하려면 계약서를 새로 만들어 주십시오.",
        "It was withdrawn; no contract was made. Draft a new one if it is still wanted.",
    ),
    "annulled": ("추첨이 취소되어 끝난 계약입니다.", "The draw was annulled, and the contract with it."),
    "sealed": (
        "모두 서명해 이미 성립한 계약입니다. 변경 약정이나 합의해제로만 바꿀 수 있습니다.",
        "Everybody has signed: only an amendment or a dissolution changes it.",
    ),
}  # fmt: skip


async def carry(services: Services, key: Key, party: Party, *, body: BaseModel, update: str, message: Act) -> ActAnswer:
    """WrongState ``contract_<how it ended>`` where nothing can be done with this contract any more."""
    try:
        return await acts.act(
            services, key, body, workflow_id=contract_workflow_id(party.contract_id), update=update, message=message
        )
    except WrongState as error:
        state = party.contract.state if party.contract else ""
        if error.code != "procedure_ended" or state not in ENDED:
            raise
        ko, en = ENDED[state]
        raise WrongState(f"contract_{state}", ko=ko, en=en) from None


def possible(row: ContractRow, signers: list[SignerRow], party: Party) -> list[str]:
    """What this person can do in the contract's present state."""
    drafter, brokered = "drafter" in party.roles, row.kind in BROKERED
    if row.state in BEFORE and brokered:
        nexts = ["explain" if row.state == "draft" else "invite"] if drafter else []
        return [*nexts, *(["edit"] if party.roles & BROKERS else []), *(["withdraw"] if drafter else [])]
    if row.state in ("invited", "signing"):
        open_orders = [one.order_no for one in signers if one.state != "signed"]
        mine = [one for one in signers if one.person_id == party.person.id and one.state == "waiting"]
        turn = any(one.order_no == min(open_orders) for one in mine)
        wanted = {
            "sign": turn, "decline": mine, "remind": open_orders and not turn, "reopen": drafter and brokered,
            "withdraw": drafter,
        }  # fmt: skip
        return [name for name, may in wanted.items() if may]
    if row.kind == ContractKind.POWER:
        return ["revoke"] if row.state == "sealed" and party.roles & GIVEN else []
    title = row.kind in ("sale", "supply")
    ours = title and not contracts.terms_of(row).is_shared()
    return ["amend", "dissolution"] if row.state == "sealed" and ours else []
