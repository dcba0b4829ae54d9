"""The registrar's eyes before filing (promise 8): the examiner's checks on the application that is to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities import checks, plans
from activities.checks import Papers
from activities.deal import Deal, load
from activities.errors import told
from activities.making import Making
from domain.facts import Title
from domain.filings import TransferApplication
from domain.time import now, seoul_date
from domain.work import ApprovalsWanted, Examined, Nothing
from law.sale.attachments import Attachment
from store import contracts, transfers
from store.tables.transfers import DueRow

PAID = ("stamp", "balance", "tax", "bond", "fee")


@dataclass(frozen=True)
class Examining:
    making: Making

    @activity.defn(name="examining.await_application")
    async def await_application(self, wanted: ApprovalsWanted) -> Nothing:
        """Until everything is there that only a person can add (scrivener, 등기필정보)."""
        async with told():
            async with self.making.db.transaction() as session:
                deal = await load(session, self.making.sealed, wanted.subject_id, purpose="prepare")
            await self.making.make(deal, wanted)
            return Nothing()

    @activity.defn(name="examining.examine")
    async def examine(self, wanted: ApprovalsWanted) -> Examined:
        """The checks of the application as it would be signed now; kept in the transfer's record."""
        async with told():
            async with self.making.db.transaction() as session:
                deal = await load(session, self.making.sealed, wanted.subject_id, purpose="examine")
            ((_, _, body),) = await self.making.make(deal, wanted)
            application = TransferApplication.model_validate(body.model_dump())
            attachments = plans.attachments(deal, seoul_date(now()), self.making.rulebook)
            async with self.making.db.transaction() as session:
                papers = await self._papers(session, deal, application, attachments)
                results = checks.examine(papers)
                asked = plans.listed(attachments, _at_hand(papers))
                for name, kept in (("checks", results), ("attachments", asked)):
                    listed = [one.model_dump(mode="json") for one in kept]
                    await transfers.note(session, wanted.subject_id, name, listed)
            return Examined(
                errors=tuple(one.code for one in results if one.level == checks.ERROR),
                warnings=tuple(one.code for one in results if one.level == checks.WARNING),
            )

    async def _papers(
        self, session: AsyncSession, deal: Deal, application: TransferApplication, attachments: tuple[Attachment, ...]
    ) -> Papers:
        paid = {kind: await transfers.paid_dues(session, deal.transfer.id, kind) for kind in PAID}
        today = seoul_date(now())
        return Papers(
            application=application,
            terms=deal.terms,
            title=Title.model_validate(deal.record["title"]),
            certificate_price=deal.reported_price,
            mandates=tuple(
                deal.refs[one.person_id]
                for one in await contracts.approvals(session, deal.transfer.id, "mandate")
                if one.state == "signed"
            ),
            documents=_documents(deal, paid),
            needed=plans.needed(attachments),
            permit_beside=any(one.document == "permit" for one in attachments),
            tax_paid=bool(paid["tax"]),
            bond_due=self.making.bond_amount(deal),
            bond_paid=bool(paid["bond"]),
            fee_paid=bool(paid["fee"]),
            stamp_paid=bool(paid["stamp"]),
            registration_due=self._registration_due(_performed_on(paid["balance"], today)),
            today=today,
            supplement=deal.transfer.state == "correction",
        )

    def _registration_due(self, performed_on: date) -> date:
        """등기특별조치법 제2조제1항: from the day on which the price was fully paid."""
        return self.making.rulebook.period("registration_deadline", performed_on).ends_on(performed_on)


def _at_hand(papers: Papers) -> tuple[str, ...]:
    """Also what is no document of its own: mandates of all parties, the sealed title key, a bond that none need."""
    proof = papers.application.right_proof
    held = {
        "mandate": {party.identity_ref for party in papers.application.parties} <= set(papers.mandates),
        "right_proof": bool(proof.serial and proof.password),
        "bond": papers.bond_due == 0,
    }
    return (*papers.documents, *(word for word, is_held in held.items() if is_held))


def _documents(deal: Deal, paid: dict[str, list[DueRow]]) -> tuple[str, ...]:
    at_hand = [kind for kind, dues in paid.items() if dues and all(due.proof for due in dues)]
    sealed = ["contract"] if deal.contract.document_sha256 and deal.contract.sealed_at else []
    reported = ["report"] if deal.certificate.get("certificate_jws") or deal.certificate.get("number") else []
    return (*at_hand, *sealed, *reported)


def _performed_on(balance: list[DueRow], today: date) -> date:
    return seoul_date(balance[0].paid_at) if balance and balance[0].paid_at else today
