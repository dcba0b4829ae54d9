"""The record of a consent's life: answered, facts collected, ended. The row is the truth; these re-read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain import ids
from domain.consents import Collected, ConsentState, ConsentView
from domain.messages import AssessStart, ConsentStart
from domain.ports import ConsentRegistry
from domain.time import now
from domain.words import Step
from domain.work import Nothing
from store import cases, exchange, facts
from store.db import Database
from store.sealed import SealedBox
from store.tables.cases import CaseEventRow, CaseRow
from store.tables.consents import ConsentEventRow, ConsentRow, DecisionRow

WHO = {"self": ("신청자 본인", "The applicant"), "spouse": ("배우자", "The spouse")}


@dataclass(frozen=True)
class Consents:
    """``registry``: where the person's consent token lives and is revoked."""

    db: Database
    sealed: SealedBox
    registry: ConsentRegistry

    @activity.defn(name="consents.look")
    async def look(self, start: ConsentStart) -> ConsentView:
        """Where the consent stands; one whose end has passed becomes ``expired`` here."""
        async with told(), self.db.transaction() as session:
            consent = await session.get_one(ConsentRow, start.consent_id, with_for_update=True)
            if consent.state in (ConsentState.REQUESTED, ConsentState.GIVEN) and consent.ends_at <= now():
                consent.state, consent.ended_at = ConsentState.EXPIRED, now()
                session.add_all([consent, ConsentEventRow(consent_id=consent.id, state=ConsentState.EXPIRED)])
            return ConsentView(consent_id=consent.id, state=ConsentState(consent.state), ends_at=consent.ends_at)

    @activity.defn(name="consents.note_answer")
    async def note_answer(self, start: ConsentStart) -> Nothing:
        """The answer in the timeline; the step is done when nobody who was asked is still to answer."""
        async with told(), self.db.transaction() as session:
            consent = await self._with_case(session, start)
            ko, en = WHO[consent.relation]
            given = consent.state != ConsentState.REFUSED
            await cases.record(
                session, consent.case_id, f"consent:{consent.id}:{'given' if given else 'refused'}", agency="identity",
                ko=f"{ko}이(가) {'동의했습니다' if given else '동의하지 않았습니다'}.",
                en=f"{en} {'consented' if given else 'did not consent'}.",
            )  # fmt: skip
            await self._note_consented(session, consent)
            return Nothing()

    @activity.defn(name="consents.settle")
    async def settle(self, start: ConsentStart) -> Collected:
        """What is stored and what is missing, in the timeline; the step is done when every consent has got so far."""
        async with told(), self.db.transaction() as session:
            consent = await self._with_case(session, start)
            collected = await _collected(session, consent)
            await _note_round(session, consent, collected)
            await self._note_facts_collected(session, consent)
            return collected

    @activity.defn(name="consents.revoke")
    async def revoke(self, start: ConsentStart) -> Nothing:
        """Tell the identity provider: from then on its registers refuse the token."""
        async with told():
            async with self.db.transaction() as session:
                consent = await session.get_one(ConsentRow, start.consent_id)
            if consent.token_id is not None:
                await self.registry.revoke(consent.token_id)
            return Nothing()

    @activity.defn(name="consents.close")
    async def close(self, start: ConsentStart) -> Nothing:
        """After a consent has ended: forget its token and what nothing filed rests on, and say so in the timeline."""
        async with told(), self.db.transaction() as session:
            consent = await self._with_case(session, start)
            purged = await facts.purge(session, consent)
            if consent.person_id is not None:
                await self.sealed.destroy(session, consent.person_id, "consent_token", str(consent.id))
            ko, en = WHO[consent.relation]
            expired = consent.state == ConsentState.EXPIRED
            await cases.record(
                session, consent.case_id, f"consent:{consent.id}:ended", agency="identity",
                ko=f"{ko}의 동의가 {'만료되었습니다' if expired else '철회되었습니다'}. 자료 {purged}건을 지웠습니다.",
                en=f"{en}'s consent {'has expired' if expired else 'was withdrawn'}. {purged} facts were deleted.",
                detail={"state": consent.state, "purged": purged},
            )  # fmt: skip
            await self._note_consented(session, consent)
            await self._note_facts_collected(session, consent)
            return Nothing()

    async def _with_case(self, session: AsyncSession, start: ConsentStart) -> ConsentRow:
        """The consent, with its case locked: two consents of a case are never both "not the last one"."""
        consent = await session.get_one(ConsentRow, start.consent_id)
        await session.get_one(CaseRow, consent.case_id, with_for_update={"key_share": True})
        return consent

    async def _note_consented(self, session: AsyncSession, consent: ConsentRow) -> None:
        states = await session.exec(select(ConsentRow.state).where(ConsentRow.case_id == consent.case_id))
        answered = set(states)
        if ConsentState.REQUESTED not in answered and ConsentState.GIVEN in answered:
            await cases.record(
                session, consent.case_id, "consented", step=Step.CONSENTED, agency="identity",
                reference=consent.token_id or "",
                ko="필요한 동의를 모두 받았습니다.", en="All consents that were asked for have been answered.",
            )  # fmt: skip

    async def _note_facts_collected(self, session: AsyncSession, consent: ConsentRow) -> None:
        """Done when nobody is still to answer and every given consent has had its first round."""
        rows = await session.exec(select(ConsentRow).where(ConsentRow.case_id == consent.case_id))
        living = [row for row in rows if row.state in (ConsentState.REQUESTED, ConsentState.GIVEN)]
        settled = await session.exec(
            select(CaseEventRow.key).where(
                CaseEventRow.case_id == consent.case_id, col(CaseEventRow.key).in_([_settled(row) for row in living])
            )
        )
        if living and set(settled) == {_settled(row) for row in living}:
            missing = {str(row.id): (await _collected(session, row)).missing for row in living}
            await cases.record(
                session, consent.case_id, "facts_collected", step=Step.FACTS_COLLECTED,
                ko="동의한 자료를 모았습니다.", en="The agreed facts have been collected.",
                detail={"missing": {key: list(items) for key, items in missing.items() if items}},
            )  # fmt: skip


async def _collected(session: AsyncSession, consent: ConsentRow) -> Collected:
    stored, agreed = await facts.stored_items(session, consent.id), facts.agreed_items(consent)
    return Collected(
        stored=tuple(item for item in agreed if item in stored),
        missing=tuple(item for item in agreed if item not in stored),
    )


async def _note_round(session: AsyncSession, consent: ConsentRow, collected: Collected) -> None:
    """The first round, and later the moment at which what was missing is there too."""
    ko, en = WHO[consent.relation]
    count, missing = len(collected.stored), ", ".join(collected.missing)
    first = await session.exec(
        select(CaseEventRow).where(CaseEventRow.case_id == consent.case_id, CaseEventRow.key == _settled(consent))
    )
    earlier = first.first()
    if earlier is None:
        await cases.record(
            session, consent.case_id, _settled(consent),
            ko=f"{ko}의 자료 {count}건을 받았습니다." + (f" 나중에 보완: {missing}." if missing else ""),
            en=f"{en}: {count} facts received." + (f" To be completed later: {missing}." if missing else ""),
            detail={"missing": list(collected.missing)},
        )  # fmt: skip
    elif earlier.detail["missing"] and not missing:
        new = await cases.record(
            session, consent.case_id, f"consent:{consent.id}:completed",
            ko=f"{ko}의 빠진 자료를 모두 보완했습니다.", en=f"{en}: what was missing has been completed.",
        )  # fmt: skip
        if new:
            await _judge_again(session, consent)


async def _judge_again(session: AsyncSession, consent: ConsentRow) -> None:
    """What could not be told before is judged again for the notices that the applicant had asked about."""
    notices = await session.exec(
        select(DecisionRow.notice_id)
        .where(DecisionRow.case_id == consent.case_id, DecisionRow.person_id == consent.requested_by)
        .distinct()
    )
    notice_ids = tuple(sorted(notice_id for notice_id in notices if notice_id is not None))
    if notice_ids:
        run = f"completed-{consent.id}"
        start = AssessStart(case_id=consent.case_id, person_id=consent.requested_by, notice_ids=notice_ids, run=run)
        await exchange.promise(session, "start:AssessWorkflow", ids.assess_workflow_id(run), start)


def _settled(consent: ConsentRow) -> str:
    return f"consent:{consent.id}:facts"
