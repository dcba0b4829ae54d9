"""Which bodies a kind of filing has, and who signs each: the law names the signers."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from activities import bodies
from activities.deal import Deal, need_scrivener
from activities.deal_law import deal_case, settled
from activities.kinds import word
from activities.settlement import Payout
from activities.taxes import tax_return
from domain.contracts import ContractTerms, Party
from domain.errors import NotYet, UnknownThing, WrongState
from domain.filings import RightProof
from domain.ids import reference
from domain.model import Model
from domain.ports import Documents
from domain.time import now, seoul_date
from domain.words import PartyRole
from domain.work import ApprovalsWanted
from law.rulebook import Rulebook
from law.sale.bond import housing_bond
from law.sale.reports import report_duty
from store import contracts, transfers
from store.db import Database
from store.facts import facts_of
from store.sealed import SealedBox

Body = tuple[UUID, str, Model]  # person, role word of the signature, body
Made = list[Body]
RIGHT_BASIS = "부동산등기법 제50조제2항"


@dataclass(frozen=True)
class Making:
    """Makes the bodies of one deal. ``poll``: seconds until a missing declaration is looked for again."""

    db: Database
    sealed: SealedBox
    documents: Documents
    rulebook: Rulebook
    poll: timedelta

    async def make(self, deal: Deal, wanted: ApprovalsWanted) -> Made:
        """Bodies of ``wanted.kind``. NotYet while something that only a person can add is missing."""
        ref = reference(wanted.workflow_id, wanted.kind)
        if word(wanted.kind) == "undo:release":
            return self._release(deal, ref, int(wanted.kind.split(":")[2]))
        makers: dict[str, Callable[[Deal, str], Awaitable[Made]]] = {
            "report": self._report,
            "change_report": self._change,
            "tax": self._tax,
            "bond": self._bond,
            "mandate": self._mandates,
            "application": self._application,
            "undo:withdrawal": self._withdrawal,
            "undo:cancellation": self._cancellation,
            "undo:refund": self._refund,
        }
        return await makers[word(wanted.kind)](deal, ref)

    # Report (신고법 제3조, 제3조의2)

    def reporters(self, deal: Deal) -> list[Party]:
        """Whom the law makes report: joint brokers, the public supplier alone, or both parties."""
        case = deal_case(deal.terms, deal.terms.made_on, self.rulebook, notice=deal.notice)
        roles = settled(report_duty, case).reporters
        return [party for party in deal.terms.parties if party.role in roles]

    async def _report(self, deal: Deal, ref: str) -> Made:
        """The supply price is reported first; an option has a contract of its own (신고규칙 제3조제3항)."""
        return await self._reported(deal, ref, deal.made, price=deal.made.price)

    async def _change(self, deal: Deal, ref: str) -> Made:
        """What an option costs, or an amendment has changed (신고규칙 제3조제3항제5호)."""
        return await self._reported(deal, ref, deal.terms, price=deal.full_price, changes=deal.certificate_no)

    async def _reported(
        self, deal: Deal, ref: str, terms: ContractTerms, *, price: int, changes: str | None = None
    ) -> Made:
        amended = deal.amendment if changes else None
        reporters = self.reporters(deal)
        async with self.db.transaction() as session:
            paid = await transfers.paid_deposit(session, deal.transfer)
        body = bodies.sale_report(
            deal,
            ref,
            terms=terms,
            price=price,
            copy=await self._pdf(deal.contract.document_sha256),
            reporters=tuple(dict.fromkeys(bodies.REPORT_ROLE[party.role] for party in reporters)),
            changes=changes,
            deposit_proof=paid.proof if paid else None,
            amendment_copy=await self._pdf(amended.document_sha256) if amended else None,
        )
        return [(party.person_id, bodies.REPORT_ROLE[party.role], body) for party in reporters]

    # Tax and bond

    async def _tax(self, deal: Deal, ref: str) -> Made:
        buyer = deal.buyer.person_id
        async with self.db.transaction() as session:
            facts = await facts_of(session, deal.transfer.case_id, buyer)
            acquired = await self._acquired_on(session, deal)
            deposit = await transfers.paid_deposit(session, deal.transfer)
        body = tax_return(
            deal, ref, facts, acquired_on=acquired, deposit_proven=bool(deposit and deposit.proof),
            rulebook=self.rulebook, poll=self.poll.total_seconds(),
        )  # fmt: skip
        return [(buyer, "taxpayer", body)]

    async def _acquired_on(self, session: Any, deal: Deal) -> date:
        """The day of the actual balance (지방세법 시행령 제20조제2항)."""
        paid = await transfers.paid_dues(session, deal.transfer.id, "balance")
        if not paid or paid[0].paid_at is None:
            raise NotYet("waiting_for_balance", retry_after=self.poll.total_seconds())
        return seoul_date(paid[0].paid_at)

    async def _bond(self, deal: Deal, ref: str) -> Made:
        """Nobody signs where the law asks for no bond."""
        amount = self.bond_amount(deal)
        if amount == 0:
            return []
        return [(deal.buyer.person_id, "buyer", bodies.bond_order(deal, ref, amount, deal.home.region))]

    def bond_amount(self, deal: Deal) -> int:
        """Won of bond on the city's value of this home, as of today (주택도시기금법 제8조)."""
        value = deal.standard_value.value
        case = deal_case(deal.terms, seoul_date(now()), self.rulebook, home=deal.home, standard_value=value)
        return settled(housing_bond, case).amount

    # Registration (등기법 제23조, 제24조)

    async def _mandates(self, deal: Deal, ref: str) -> Made:
        """Each party gives the scrivener a mandate of its own."""
        scrivener, row = need_scrivener(deal, self.poll.total_seconds())
        agent = deal.refs[scrivener]
        return [
            (party.person_id, _principal(party), bodies.mandate(deal, ref, party, agent, row.name))
            for party in (*deal.givers, *deal.buyers)
        ]

    async def _application(self, deal: Deal, ref: str) -> Made:
        scrivener, row = need_scrivener(deal, self.poll.total_seconds())
        async with self.db.transaction() as session:
            numbers = await self._numbers(session, deal)
        body = bodies.application(deal, ref, agent_ref=deal.refs[scrivener], agent_name=row.name, numbers=numbers)
        return [(scrivener, "agent", body)]

    async def _numbers(self, session: Any, deal: Deal) -> dict[str, object]:
        dues = {
            kind: (await transfers.paid_dues(session, deal.transfer.id, kind))[0] for kind in ("tax", "bond", "fee")
        }
        ended = [
            one.receipt_no
            for one in await transfers.registry_filings(session, deal.transfer.id)
            if one.state in ("dismissed", "withdrawn")
        ]
        return {
            "tax_payment_no": (dues["tax"].proof or {}).get("tax_payment_no", ""),
            "tax_total": dues["tax"].amount,
            "bond_no": (dues["bond"].proof or {}).get("bond_no", ""),
            "bond_amount": dues["bond"].amount,
            "fee_payment_no": dues["fee"].payment_no,
            "right_proof": await self._right_proof(session, deal),
            "refiles": ended[-1] if ended else None,
        }

    async def _right_proof(self, session: Any, deal: Deal) -> RightProof:
        """등기필정보, given by the one who gives the right; sealed until it is filed."""
        giver = deal.giver.person_id
        try:
            text = await self.sealed.open(
                session, giver, "right_proof", subject=str(deal.transfer.id), basis=RIGHT_BASIS, purpose="file"
            )
        except UnknownThing:
            raise NotYet("waiting_for_right_proof", retry_after=self.poll.total_seconds()) from None
        return RightProof.model_validate_json(text)

    # Dissolution

    async def _cancellation(self, deal: Deal, ref: str) -> Made:
        async with self.db.transaction() as session:
            dissolution = await contracts.dissolution_of(session, deal.contract.id)
        if dissolution is None or dissolution.sealed_at is None or dissolution.document_sha256 is None:
            raise WrongState("no_dissolution", ko="합의해제 계약이 없습니다.", en="There is no sealed dissolution.")
        body = bodies.cancellation(
            deal, ref, dissolved_on=seoul_date(dissolution.sealed_at), sha256=dissolution.document_sha256,
            copy=await self._pdf(dissolution.document_sha256),
        )  # fmt: skip
        return [(party.person_id, bodies.REPORT_ROLE[party.role], body) for party in self.reporters(deal)]

    async def _withdrawal(self, deal: Deal, ref: str) -> Made:
        """취하 by the agent, whose mandates give the power to (등기규칙 제51조)."""
        scrivener, _ = need_scrivener(deal, self.poll.total_seconds())
        return [(scrivener, "agent", bodies.withdrawal(ref, str(deal.record["receipt_no"])))]

    async def _refund(self, deal: Deal, ref: str) -> Made:
        return [(deal.buyer.person_id, "taxpayer", bodies.tax_refund(deal, ref))]

    def _release(self, deal: Deal, ref: str, number: int) -> Made:
        """One payout of the settlement, counted from 1."""
        payout = Payout.model_validate(deal.record["settlement"][number - 1])
        body = bodies.release(deal, ref, payout)
        return [(party.person_id, bodies.REPORT_ROLE[party.role], body) for party in (deal.buyer, deal.giver)]

    async def _pdf(self, sha256: str | None) -> str:
        return base64.b64encode(await self.documents.get(sha256 or "")).decode()


def _principal(party: Party) -> str:
    return "obligee" if party.role is PartyRole.BUYER else "obligor"
