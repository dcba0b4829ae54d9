"""A lease's report on its way: carried once, then asked for until certificate and fixed date are there."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.exchange import Carriage
from activities.lease_duties import BASIS
from domain.errors import NotYet, WrongState
from domain.filings import Answer, Outgoing
from domain.korean import day
from domain.leases import LeaseFiling, LeaseReportStart, LeaseReportState
from domain.ports import Documents, LeaseOffice
from domain.webhooks import Event
from domain.words import Agency, Step
from domain.work import Filed, Nothing
from store import cases, contracts, leases, webhooks
from store.db import Database
from store.sealed import SealedBox
from store.tables.leases import LeaseReportRow

SERVICE, PURPOSE = "leases", "report"


@dataclass(frozen=True)
class LeaseFilings:
    """``poll``: how long until the agency is asked again."""

    db: Database
    sealed: SealedBox
    documents: Documents
    carriage: Carriage
    office: LeaseOffice
    poll: timedelta

    @activity.defn(name="lease.carry")
    async def carry(self, filing: LeaseFiling) -> Filed:
        """With the sealed contract (규칙 제6조의2③1); its receipt is kept. Exactly once in effect."""
        async with told():
            async with self.db.transaction() as session:
                row = await leases.report(session, filing.contract_id)
                body = await self._signed(session, filing)
            if row.number is not None:
                return Filed(number=row.number)
            outgoing = Outgoing(
                agency=Agency.RTMS, service=SERVICE, reference=filing.reference, purpose=PURPOSE,
                body={**body, "contract": await self._contract(filing)},
            )  # fmt: skip
            answer = await self.carriage.carry(outgoing)
            async with self.db.transaction() as session:
                await _keep_receipt(session, filing, answer)
            return Filed(number=answer.number)

    async def _signed(self, session: AsyncSession, filing: LeaseFiling) -> dict[str, JsonValue]:
        """The report and the signatures of whoever has signed it: one party is enough."""
        rows = await contracts.approvals(session, filing.contract_id, filing.approval)
        signed = [row for row in rows if row.state == "signed"]
        if not signed:
            raise WrongState("not_signed", ko="아직 서명되지 않았습니다.", en="Nobody has signed this yet.")
        signatures: list[JsonValue] = []
        for row in signed:
            ref = await self.sealed.open(
                session, row.person_id, "identity_ref", basis=BASIS, purpose="report the lease"
            )
            signatures.append({"role": row.role, "identity_ref": ref, "cms": row.cms})
        return {"body": signed[0].body, "signatures": signatures}

    async def _contract(self, filing: LeaseFiling) -> str:
        async with self.db.transaction() as session:
            sha256 = (await contracts.contract(session, filing.contract_id)).document_sha256
        return base64.b64encode(await self.documents.get(sha256 or "")).decode()

    @activity.defn(name="lease.await_certificate")
    async def await_certificate(self, start: LeaseReportStart) -> Nothing:
        """Until the certificate (신고필증) is out, and with it the fixed date (신고법 제6조의5③)."""
        async with told():
            async with self.db.transaction() as session:
                row = await leases.report(session, start.contract_id)
            if row.state != "certified":
                state = await self.office.lease(row.number or "")
                if state.state != "certified":
                    raise NotYet("waiting_for_certificate", retry_after=self.poll.total_seconds())
                async with self.db.transaction() as session:
                    await _keep_certificate(session, start, state)
            return Nothing()


async def _keep_receipt(session: AsyncSession, filing: LeaseFiling, answer: Answer) -> None:
    row = await leases.report(session, filing.contract_id, lock=True)
    if row.number is not None:
        return
    row.state, row.number, row.filed_at = "filed", answer.number, answer.at
    row.answer = {**answer.body, "receipt_jws": answer.receipt_jws}
    session.add(row)
    late = bool(answer.body.get("late"))
    await cases.record(
        session, row.case_id, f"lease_filed:{row.contract_id}", agency=Agency.RTMS, reference=answer.number,
        ko=f"임대차 신고서를 계약서와 함께 냈습니다{' (기한이 지난 신고)' if late else ''}.",
        en=f"The lease is reported with its contract{' (late)' if late else ''}.",
    )  # fmt: skip


async def _keep_certificate(session: AsyncSession, start: LeaseReportStart, state: LeaseReportState) -> None:
    row: LeaseReportRow = await leases.report(session, start.contract_id, lock=True)
    row.state, row.certificate_no = "certified", state.certificate_no
    row.fixed_date_no, row.fixed_on = state.fixed_date_no, state.fixed_on
    session.add(row)
    await cases.record(
        session, row.case_id, f"lease_certified:{row.contract_id}", step=Step.LEASE_REPORTED, agency=Agency.RTMS,
        reference=state.certificate_no or "",
        ko=f"임대차 신고필증이 나왔고 {day(state.fixed_on)}자 확정일자({state.fixed_date_no})를 받았습니다.",
        en=f"The lease's certificate is out, with the fixed date of {state.fixed_on} ({state.fixed_date_no}).",
    )  # fmt: skip
    contract = await contracts.contract(session, row.contract_id)
    await webhooks.announce(session, contract, Event.REPORTED, f"lease:{contract.id}")
