"""Renewal of archive time stamps, and judging of uploaded files: work on documents that no procedure waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from temporalio import activity

from activities.errors import told
from domain.messages import Renewal, VerifyStart
from domain.ports import ContractWorks
from domain.ports import Documents as DocumentStore
from domain.work import ArchiveDue, ArchiveLook, Nothing
from store import archive, cases, contracts, exchange, verifications
from store.db import Database

PDF = "application/pdf"
GAIN = timedelta(days=30)  # less is not worth another revision: the authority has no longer-lived certificate yet


@dataclass(frozen=True)
class Archiving:
    """``page``: how many files one run of a sweep looks at."""

    db: Database
    store: DocumentStore
    works: ContractWorks
    page: int = 20

    @activity.defn(name="archiving.due")
    async def due(self, look: ArchiveLook) -> ArchiveDue:
        """AgencyDown while no time stamp is to be had."""
        async with told():
            before = min(look.at + look.ahead, await self.works.stamp_lasts() - GAIN)
            async with self.db.transaction() as session:
                found = await archive.due(session, before, after=look.after, limit=self.page + 1)
            return ArchiveDue(items=tuple(found[: self.page]), more=len(found) > self.page)

    @activity.defn(name="archiving.renew")
    async def renew(self, due: Renewal) -> Nothing:
        """The newest file of the contract gets another stamp, unless it has got it: carried out again, nothing more.

        Invalid: the file does not hold any more; no stamp would help it.
        """
        async with told():
            async with self.db.transaction() as session:
                old = await archive.newest(session, due.contract_id)
            if old is None or old.believed_until != due.believed_until:
                return Nothing()
            pdf, report = await self.works.renew(await self.store.get(old.sha256))
            sha256 = await self.store.put(pdf, PDF)
            async with self.db.transaction() as session:
                row = await contracts.contract(session, due.contract_id, lock=True)
                newest = await archive.newest(session, row.id)
                if newest is None or newest.sha256 != old.sha256:
                    return Nothing()
                await exchange.note_blob(session, sha256, PDF, len(pdf))
                await archive.keep(session, row.id, sha256, report)
                await cases.record(
                    session, row.case_id, f"renewed:{row.id}:{old.number + 1}", reference=sha256, agency="trust",
                    ko="계약서의 보관용 시점확인을 새로 받았습니다. 전에 받은 파일도 그대로 확인할 수 있습니다.",
                    en="The contract's archive time stamp was renewed. Files received before can still be verified.",
                )  # fmt: skip
            return Nothing()

    @activity.defn(name="archiving.verify")
    async def verify(self, start: VerifyStart) -> Nothing:
        """Judge an uploaded file; hostile bytes are a finding, not an error. From then on only the report is kept."""
        async with told():
            document = await self._uploaded(start.verification_id)
            if document is None:
                return Nothing()
            report = await self.works.verify(document)
            async with self.db.transaction() as session:
                await verifications.keep_report(session, start.verification_id, report)
            return Nothing()

    async def _uploaded(self, verification_id: UUID) -> bytes | None:
        async with self.db.transaction() as session:
            return await verifications.document(session, verification_id)
