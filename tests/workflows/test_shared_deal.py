"""A home that several own and several buy: drafted by the register's shares, signed by each, carried to its report; an
agent who signs for one of them under a sealed power of attorney, and a witness."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain import ids
from domain.contracts import Agent, ContractTerms, PowerTerms
from domain.facts import Holder
from domain.messages import Act, DraftAgent, DraftPermit, DraftTaker
from domain.words import Agency, Authority, ContractKind, PartyRole, Power
from law.forms.explaining import asked
from store import contracts
from store.tables.cases import CaseMemberRow
from store.tables.contracts import ContractRow, SignerRow
from store.tables.transfers import DueRow, TransferRow
from tests.workflows.deal_world import Deal, act, make_deal, refused
from tests.workflows.test_drafts import TITLE, TODAY, Office, must_be_refused, office

__all__ = ["office"]
SALE: dict[str, Any] = {
    "kind": ContractKind.SALE, "lease": None, "switches": (), "permit": DraftPermit(zone=False),
    "statements": {str(row.ask): "해당 없음" for row in asked(ContractKind.SALE)},
}  # fmt: skip


async def co_owned(office: Office) -> tuple[UUID, UUID, UUID]:
    """The register's other owner, who buys too, and a witness."""
    people = [await office.world.person(name) for name in ("최한결", "윤서진", "문하린")]
    for person in people:
        await office.change(person, address="경기도 안양시 장내로 1")
    refs = []
    async with office.world.db.transaction() as session:
        for person in (office.lessor, people[0]):
            refs.append(await office.world.sealed.open(session, person, "identity_ref", basis="t", purpose="t"))
    owners = (Holder(name="최민준", share="2/3", ref=refs[0]), Holder(name="최한결", share="1/3", ref=refs[1]))
    title = TITLE.model_copy(update={"owner": "최민준, 최한결", "owners": owners})
    office.books = replace(office.books, title_now=title)
    return people[0], people[1], people[2]


async def test_shares_come_from_the_register_and_from_the_broker(office: Office) -> None:
    owner, taker, witness = await co_owned(office)
    start = await office.draft(
        **SALE, co_seller_ids=(owner,), buyer_share="3/4", co_buyers=(DraftTaker(person_id=taker, share="1/4"),),
        witness_id=witness,
    )  # fmt: skip
    parties = (await office.terms(start)).parties
    assert [(one.field, one.name, one.share) for one in parties] == [
        ("seller_1", "최민준", "2/3"), ("seller_1_2", "최한결", "1/3"), ("buyer_2", "윤서아", "3/4"),
        ("buyer_2_2", "윤서진", "1/4"), ("seller_broker_3", "정다온", "1/1"), ("witness_4", "문하린", "1/1"),
    ]  # fmt: skip
    signers = await office.world.rows(SignerRow, contract_id=start.contract_id)
    assert {one.field: one.order_no for one in signers} == {one.field: one.order for one in parties}
    members = {(row.person_id, row.role) for row in await office.world.rows(CaseMemberRow, case_id=start.case_id)}
    assert {(owner, "seller"), (taker, "buyer"), (witness, "witness")} <= members


async def test_what_the_shares_and_people_must_be(office: Office) -> None:
    owner, taker, _ = await co_owned(office)
    both, half = (DraftTaker(person_id=taker),), (DraftTaker(person_id=taker, share="1/2"),)
    await must_be_refused(office, "owner_missing", **SALE)
    await must_be_refused(office, "seller_not_owner", **SALE, co_seller_ids=(owner, taker))
    await must_be_refused(office, "shares_not_whole", **SALE, co_seller_ids=(owner,), co_buyers=half)
    await must_be_refused(office, "same_person_twice", **SALE, co_seller_ids=(owner,), co_buyers=(
        DraftTaker(person_id=owner),))  # fmt: skip
    await must_be_refused(office, "witness_is_party", **SALE, co_seller_ids=(owner,), co_buyers=both, witness_id=taker)
    start = await office.draft(**SALE, co_seller_ids=(owner,), co_buyers=both)
    assert [one.share for one in (await office.terms(start)).parties][2:4] == ["1/2", "1/2"]


# An agent


async def by_power(office: Office, **changes: Any) -> DraftAgent:
    """Of the seller; the power is sealed."""
    given: dict[str, Any] = {"powers": (Power.SELL,), "purpose": "매도", "valid_until": TODAY + timedelta(days=90)}
    power = PowerTerms.model_validate(given | changes)
    start = await office.draft(ContractKind.POWER, buyer_id=office.agent, price=0, payments=(), power=power)
    async with office.world.db.transaction() as session:
        row = await contracts.contract(session, start.contract_id)
        row.state = "sealed"
        session.add(row)
    return DraftAgent(
        role=PartyRole.SELLER, person_id=office.agent, authority=Authority.ATTORNEY, power_id=start.contract_id
    )


async def test_an_agent_signs_a_sale_under_a_sealed_power(office: Office) -> None:
    agent = await by_power(office)
    start = await office.draft(**SALE, agents=(agent,))
    terms = await office.terms(start)
    seller = terms.parties[0]
    assert seller.agent is not None
    (power,) = [
        row for row in await office.world.rows(SignerRow, contract_id=agent.power_id) if row.role == "principal"
    ]
    assert (seller.person_id, seller.signer.person_id) == (power.person_id, office.agent)
    (power_row,) = await office.world.rows(ContractRow, id=agent.power_id)
    assert seller.agent.power_sha256 == power_row.terms_sha256
    members = {(row.person_id, row.role) for row in await office.world.rows(CaseMemberRow, case_id=start.case_id)}
    assert {(office.lessor, "seller"), (office.agent, "attorney")} <= members
    assert terms.roles_of(office.lessor) == {"seller"}
    assert terms.roles_of(office.agent) == {"attorney"}
    assert [one.agent for one in terms.bound()] == [None, None, None], "who changes or ends it agrees in person"


async def test_a_power_that_does_not_do_is_refused(office: Office) -> None:
    let_only = await by_power(office, powers=(Power.LET,))
    await must_be_refused(office, "power_does_not_cover", **SALE, agents=(let_only,))
    agent = await by_power(office)
    await must_be_refused(office, "power_missing", **SALE, agents=(agent.model_copy(update={"power_id": None}),))
    for_buyer = agent.model_copy(update={"role": PartyRole.BUYER})
    await must_be_refused(office, "power_does_not_cover", **SALE, agents=(for_buyer,))
    await must_be_refused(office, "agent_of_both", **SALE, agents=(agent,), buyer_id=office.agent)
    await must_be_refused(office, "witness_is_party", **SALE, agents=(agent,), witness_id=office.agent)
    async with office.world.db.transaction() as session:
        row = await contracts.contract(session, agent.power_id)  # type: ignore[arg-type]
        row.state = "dissolved"
        session.add(row)
    await must_be_refused(office, "power_missing", **SALE, agents=(agent,))


async def test_of_several_sellers_each_may_have_an_agent(office: Office) -> None:
    agent = await by_power(office)
    owner, _, _ = await co_owned(office)
    wrong = agent.model_copy(update={"principal_id": owner})
    await must_be_refused(office, "power_does_not_cover", **SALE, co_seller_ids=(owner,), agents=(wrong,))
    start = await office.draft(**SALE, co_seller_ids=(owner,), agents=(agent,))
    assert [one.signer.name for one in (await office.terms(start)).parties[:2]] == ["최하늬", "최한결"]


async def test_a_power_that_ended_meanwhile_signs_nothing(world: Any, tmp_path: Path) -> None:
    deal = await make_deal(world, tmp_path)
    agent = await world.person("최하늬")
    seller = deal.terms.parties[0]
    people = (
        seller.model_copy(update={"role": PartyRole.PRINCIPAL}),
        seller.model_copy(update={"role": PartyRole.ATTORNEY, "person_id": agent, "name": "최하늬", "order": 2}),
    )
    given = PowerTerms(powers=(Power.SELL,), purpose="매도", valid_until=TODAY + timedelta(days=9))
    power = ContractTerms(
        contract_id=ids.new_id(), kind=ContractKind.POWER, made_on=TODAY, property=deal.terms.property, parties=people,
        price=0, power=given,
    )  # fmt: skip
    acting = Agent(
        person_id=agent, name="최하늬", authority=Authority.ATTORNEY, power_id=power.contract_id,
        power_sha256=power.digest(),
    )  # fmt: skip
    represented = (seller.model_copy(update={"agent": acting}), *deal.terms.parties[1:])
    deal.terms = deal.terms.model_copy(update={"contract_id": ids.new_id(), "parties": represented})
    async with world.db.transaction() as session:
        for terms in (power, deal.terms):
            await contracts.add_contract(session, terms, case_id=deal.case_id, created_by=deal.broker)
    async with deal.working():
        handle = await deal.start_contract()
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        assert await refused(handle, "sign", Act(person_id=deal.seller)) == "wrong_state", "the agent signs"
        await standing(deal, power.contract_id, "dissolved")
        await act(handle, "sign", Act(person_id=agent))
        async with asyncio.timeout(10):
            while not await _refused(deal, "power_missing"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert deal.signing.asked == {}, "nobody was asked to sign"
        await standing(deal, power.contract_id, "sealed")
        async with asyncio.timeout(10):
            while (await deal.signers())["seller"].state != "signed":
                if await deal._is_turn_of(deal.terms.contract_id, agent):
                    await act(handle, "sign", Act(person_id=agent))
                await asyncio.sleep(0.1)
        await handle.terminate()


async def _refused(deal: Deal, code: str) -> bool:
    return code in {line.reference for line in (await deal.world.events(deal.case_id)).values()}


async def standing(deal: Deal, contract_id: UUID, state: str) -> None:
    async with deal.world.db.transaction() as session:
        row = await contracts.contract(session, contract_id)
        row.state = state
        session.add(row)


# From the signatures to the report


@pytest.fixture
async def deal(world: Any, tmp_path: Path) -> Deal:
    """Two sell to two before a witness; the deal's own contract is replaced by theirs."""
    found = await make_deal(world, tmp_path)
    names = {"최한결": PartyRole.SELLER, "윤서진": PartyRole.BUYER, "문하린": PartyRole.WITNESS}
    others = {name: await world.person(name) for name in names}
    first = {one.role: one for one in found.terms.parties}
    both = [first[role].model_copy(update={"share": "1/2"}) for role in (PartyRole.SELLER, PartyRole.BUYER)]
    second = [
        one.model_copy(update={"person_id": person_id, "name": name, "number": 2})
        for one, (name, person_id) in zip(both, others.items(), strict=False)
    ]
    brokers = [first[role] for role in (PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)]
    witness = both[0].model_copy(
        update={"person_id": others["문하린"], "name": "문하린", "role": PartyRole.WITNESS, "order": 5, "share": "1/1"}
    )
    parties = (both[0], second[0], both[1], second[1], *brokers, witness)
    found.terms = found.terms.model_copy(update={"contract_id": ids.new_id(), "parties": parties})
    async with world.db.transaction() as session:
        await contracts.add_contract(session, found.terms, case_id=found.case_id, created_by=found.broker)
    return found


async def sign(deal: Deal, handle: Any, field: str) -> None:
    person = next(one.person_id for one in deal.terms.parties if one.field == field)
    async with asyncio.timeout(10):
        while not await deal._is_turn_of(deal.terms.contract_id, person):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await act(handle, "sign", Act(person_id=person))


async def test_each_signs_and_the_deal_ends_with_its_report(world: Any, deal: Deal) -> None:
    people = {one.field: one.person_id for one in deal.terms.parties}
    async with deal.working():
        handle = await deal.start_contract()
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        for early in ("buyer_2_2", "witness_5"):
            assert await refused(handle, "sign", Act(person_id=people[early])) == "wrong_state"
        for field in (
            "seller_1_2",
            "seller_1",
            "buyer_2_2",
            "buyer_2",
            "seller_broker_3",
            "buyer_broker_4",
            "witness_5",
        ):
            await sign(deal, handle, field)
        assert (await handle.result()).state == "sealed"
        (row,) = await world.rows(TransferRow, contract_id=deal.terms.contract_id)
        assert row.state == "outside", "its title is carried elsewhere"
        deal.transfer_id = row.id
        deal.pay("deposit")
        carried = world.client.get_workflow_handle(ids.transfer_workflow_id(row.id))
        async with deal.everybody_signs(carried):
            await deal.finished(carried)
    assert {"deposit_paid", "reported", "stamp_paid"} <= await world.steps(deal.case_id)
    assert f"outside:{row.id}" in await world.events(deal.case_id)
    report = deal.outside[Agency.RTMS].body("reports")
    assert [(one["role"], one["share"]) for one in report["parties"]] == [
        ("seller", "1/2"), ("seller", "1/2"), ("buyer", "1/2"), ("buyer", "1/2"), ("broker", "1/1"), ("broker", "1/1"),
    ]  # fmt: skip
    assert len({one["identity_ref"] for one in report["parties"]}) == 6
    assert {due.kind for due in await world.rows(DueRow, subject_id=row.id)} == {"deposit", "stamp"}
    assert deal.outside[Agency.WETAX].acts == []
    assert json.dumps(report, ensure_ascii=False).count("문하린") == 0, "a witness is no party of the report"
