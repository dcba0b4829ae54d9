"""What else people do with a contract: edit its draft in turns, take it back, remind, withdraw; each in the open."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from domain.messages import Act, DraftPayment, EditAct, ReasonAct, SigningPeriods
from domain.time import now, seoul_date
from domain.words import PartyRole
from store import contracts
from store.tables.contracts import ContractRow, ContractVersionRow
from store.tasks import todo
from tests.workflows.deal_world import PRICE, ROLES, Deal, act, deal_at_work, refused
from tests.workflows.test_contract import ended, invited, until_asked, until_state

BUYER, SELLER, BROKER, OTHER = PartyRole.BUYER, PartyRole.SELLER, PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER
CHEAPER = 480_000_000


def cheaper(deal: Deal, version: int, *, by: PartyRole = BROKER) -> EditAct:
    today = seoul_date(now())
    payments = (
        DraftPayment(kind="deposit", amount=48_000_000, due_on=today),
        DraftPayment(kind="balance", amount=CHEAPER - 48_000_000, due_on=today),
    )
    return EditAct(person_id=deal.people[by], version=version, price=CHEAPER, payments=payments)


async def terms_of(deal: Deal) -> Any:
    return contracts.terms_of(await deal.contract())


async def versions_of(deal: Deal) -> list[ContractVersionRow]:
    rows: list[ContractVersionRow] = await deal.world.rows(ContractVersionRow, contract_id=deal.terms.contract_id)
    return rows


# A draft


async def test_both_brokers_edit_in_turns_and_each_edit_is_a_version(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_contract()
        await act(handle, "edit", cheaper(deal, 1))
        clause = EditAct(person_id=deal.people[OTHER], version=2, special_clauses=("잔금일까지 누수를 고친다.",))
        answer = await act(handle, "edit", clause)
        assert answer.state == "draft"
        terms = await terms_of(deal)
        assert (terms.version, terms.price, terms.special_clauses) == (3, CHEAPER, ("잔금일까지 누수를 고친다.",))
        assert [one.amount for one in terms.payments] == [48_000_000, CHEAPER - 48_000_000]
        assert {one.reference for one in terms.payments} == {one.reference for one in deal.terms.payments}
        assert terms.explanation.brokerage_fee == CHEAPER * 4 // 1000, "no more than the new price allows"
        before = await versions_of(deal)
        assert [(one.version, one.replaced_by, one.terms["price"]) for one in before] == [
            (1, deal.broker, PRICE), (2, deal.people[OTHER], CHEAPER),
        ]  # fmt: skip
        await handle.terminate()


async def test_an_edit_of_an_older_version_is_refused_with_the_one_that_stands_there(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_contract()
        await act(handle, "edit", cheaper(deal, 1))
        late = EditAct(person_id=deal.people[OTHER], version=1, special_clauses=("특약",))
        assert await refused(handle, "edit", late) == "edited_meanwhile"
        assert (await terms_of(deal)).special_clauses == ()
        assert await refused(handle, "edit", cheaper(deal, 2, by=SELLER)) == "not_allowed"
        wrong = cheaper(deal, 2).model_copy(update={"price": CHEAPER + 1})
        assert await refused(handle, "edit", wrong) == "payments_do_not_sum"
        assert len(await versions_of(deal)) == 1, "what is refused leaves nothing"
        await handle.terminate()


async def test_two_edits_at_once_make_one_version(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_contract()
        edits = (cheaper(deal, 1), cheaper(deal, 1, by=OTHER))
        outcomes = await asyncio.gather(*(act(handle, "edit", one) for one in edits), return_exceptions=True)
        assert sorted(isinstance(one, Exception) for one in outcomes) == [False, True]
        assert (await terms_of(deal)).version == 2
        await handle.terminate()


async def test_the_same_edit_again_is_the_same_version(world: Any) -> None:
    """The answer was lost on its way: the update is asked for again under its own id."""
    async with deal_at_work(world) as deal:
        handle = await deal.start_contract()
        await act(handle, "explain", Act(person_id=deal.broker))
        for _ in range(2):
            await handle.execute_update("edit", cheaper(deal, 1), id="one-and-the-same", result_type=Any)
        assert (await terms_of(deal)).version == 2
        await handle.terminate()


async def test_what_was_explained_before_an_edit_is_explained_anew(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await deal.start_contract()
        await act(handle, "explain", Act(person_id=deal.broker))
        await act(handle, "edit", cheaper(deal, 1))
        assert (await terms_of(deal)).explanation.delivered_at is None
        assert await refused(handle, "invite", Act(person_id=deal.broker)) == "wrong_state"
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        assert await refused(handle, "edit", cheaper(deal, 2)) == "wrong_state", "frozen"
        assert (await terms_of(deal)).explanation.delivered_at is not None
        await handle.terminate()


# Taken back, withdrawn


async def test_taken_back_it_is_mended_and_signed_anew(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await invited(deal)
        await deal.sign(handle, SELLER)
        await until_state(deal, SELLER, "signed")
        deal.signing.willing = False
        await deal.sign(handle, BUYER)
        await until_asked(deal, BUYER)
        reason = ReasonAct(person_id=deal.broker, reason="잔금일을 고침")
        assert await refused(handle, "reopen", reason.model_copy(update={"person_id": deal.seller})) == "not_allowed"
        assert (await act(handle, "reopen", reason)).state == "draft"
        await _called_back(deal)
        row = await deal.contract()
        assert (row.state, row.document_sha256, (await terms_of(deal)).version) == ("draft", None, 2)
        assert {one.state for one in (await deal.signers()).values()} == {"waiting"}
        kept = (await versions_of(deal))[0]
        assert (kept.reason, kept.replaced_by, kept.document_sha256 is not None) == ("잔금일을 고침", deal.broker, True)
        await act(handle, "edit", cheaper(deal, 2))
        for update in ("explain", "invite"):
            await act(handle, update, Act(person_id=deal.broker))
        deal.signing.willing = True
        for role in ROLES:
            await deal.sign(handle, role)
        assert await ended(handle) == "sealed"
        await keep_history(handle, "contract_taken_back")
        assert (await terms_of(deal)).price == CHEAPER
        lines = await world.events(deal.case_id)
        mine = deal.terms.contract_id
        assert lines[f"reopened:{mine}:2"].detail == {"reason": "잔금일을 고침"}
        assert {f"signed:{mine}:seller_1", f"signed:{mine}:3:seller_1"} <= set(lines)
        assert {f"invited:{mine}", f"invited:{mine}:3"} <= set(lines)
        assert len(deal.signing.asked) == 2 + 4, "nobody is asked twice for one version"


async def _called_back(deal: Deal) -> None:
    async with asyncio.timeout(10):
        while "waiting" in deal.signing.states.values():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert sorted(deal.signing.states.values()) == ["approved", "cancelled"]


async def test_who_drafted_it_withdraws_it_before_everybody_has_signed(world: Any, keep_history: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await invited(deal)
        await deal.sign(handle, SELLER)
        await until_state(deal, SELLER, "signed")
        deal.signing.willing = False
        await deal.sign(handle, BUYER)
        await until_asked(deal, BUYER)
        reason = ReasonAct(person_id=deal.broker, reason="매도인의 요청")
        assert await refused(handle, "withdraw", reason.model_copy(update={"person_id": deal.buyer})) == "not_allowed"
        await act(handle, "withdraw", reason)
        assert await ended(handle) == "withdrawn"
        await keep_history(handle, "contract_withdrawn")
        assert (await deal.contract()).state == "withdrawn"
        assert sorted(deal.signing.states.values()) == ["approved", "cancelled"]
        line = (await world.events(deal.case_id))[f"withdrawn:{deal.terms.contract_id}"]
        assert line.detail == {"reason": "매도인의 요청"}
        assert await _tasks(deal, BUYER) == []


async def test_nobody_withdraws_what_everybody_has_signed(world: Any) -> None:
    async with deal_at_work(world) as deal:
        deal.works.unsealable = True
        handle = await invited(deal)
        for role in ROLES:
            await deal.sign(handle, role)
        await until_state(deal, OTHER, "signed")
        for name in ("withdraw", "reopen", "decline"):
            code = await _until_refused(handle, name, ReasonAct(person_id=deal.broker, reason="-"))
            assert code == "wrong_state", name
        await handle.terminate()


async def _until_refused(handle: Any, name: str, message: ReasonAct) -> str | None:
    """The record is a moment ahead of the procedure: what it still takes then would be no refusal."""
    await asyncio.sleep(0.5)
    return await refused(handle, name, message)


# Deadlines and reminders


async def test_whose_turn_it_is_is_reminded_so_often_and_then_it_ends(world: Any, keep_history: Any) -> None:
    periods = SigningPeriods(
        patience=timedelta(seconds=2.5), remind_after=(timedelta(seconds=0.5), timedelta(seconds=1)),
        remind_gap=timedelta(0), reminders_most=3,
    )  # fmt: skip
    async with deal_at_work(world) as deal:
        handle = await invited(deal, periods=periods)
        until = await _wait_until(deal)
        assert until is not None
        async with asyncio.timeout(10):
            while (await deal.contract()).reminders < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        (task,) = await _tasks(deal, SELLER)
        assert "알림 2회" in task.ko
        assert await _tasks(deal, BUYER) == [], "it is not their turn"
        await act(handle, "remind", Act(person_id=deal.buyer))
        assert await refused(handle, "remind", Act(person_id=deal.buyer)) == "reminded_already"
        assert await refused(handle, "remind", Act(person_id=deal.scrivener)) == "not_allowed"
        assert await ended(handle) == "expired"
        await keep_history(handle, "contract_reminded")
        lines = await world.events(deal.case_id)
        reminded = [line for key, line in lines.items() if key.startswith("reminded:")]
        assert len(reminded) == 3
        assert all("매도인" in line.ko and "매수인" not in line.ko for line in reminded)
        assert lines[f"expired:{deal.terms.contract_id}"]


async def test_every_signature_gives_the_next_people_the_whole_time(world: Any) -> None:
    async with deal_at_work(world) as deal:
        handle = await invited(deal)
        first = await _wait_until(deal)
        await deal.sign(handle, SELLER)
        await until_state(deal, SELLER, "signed")
        async with asyncio.timeout(10):
            while (await _wait_until(deal)) == first:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        second = await _wait_until(deal)
        assert second - first > timedelta()
        (task,) = await _tasks(deal, BUYER)
        assert "까지" in task.ko
        await handle.terminate()


async def _wait_until(deal: Deal) -> Any:
    row: ContractRow = await deal.contract()
    return row.wait_until


async def _tasks(deal: Deal, role: PartyRole) -> list[Any]:
    async with deal.world.db.transaction() as session:
        return [one for one in await todo(session, deal.people[role]) if one.code in ("sign", "sign_at_service")]
