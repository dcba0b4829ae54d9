"""Sealed statements about a draw: made once, sealed, time-stamped, published; never overwritten."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.stamps import stamped
from domain.draws import RecordRef
from domain.messages import DrawStart
from domain.ports import ContractWorks, Documents, TrustServices
from domain.work import Nothing
from law.drawing.statements import Sealing, Statement
from store import draws, exchange
from store.db import Database

JSON = "application/json"


@dataclass(frozen=True)
class Records:
    db: Database
    documents: Documents
    trust: TrustServices
    works: ContractWorks

    @activity.defn(name="records.publish")
    async def publish(self, ref: RecordRef) -> Nothing:
        """Seal the kept body, stamp the seal and open both to everybody. Done again, it changes nothing."""
        async with told():
            async with self.db.transaction() as session:
                row = await draws.record(session, ref)
            if row.document_sha256 is not None:
                return Nothing()
            body = await self.documents.get(row.body_sha256)
            seal = row.seal or await self._seal(ref, body)
            stamp = await stamped(self.trust, hashlib.sha256(base64.b64decode(seal)).digest())
            envelope = Sealing(body_sha256=row.body_sha256, seal=seal, seal_stamp=stamp)
            document = b'{"body":' + body + b',"envelope":' + envelope.canonical() + b"}"
            sha256 = await self.documents.put(document, JSON)
            async with self.db.transaction() as session:
                row = await draws.record(session, ref, lock=True)
                if row.document_sha256 is None:
                    await exchange.note_blob(session, sha256, JSON, len(document))
                    row.document_sha256 = sha256
                    session.add(row)
            return Nothing()

    @activity.defn(name="records.seal_correction")
    async def seal_correction(self, start: DrawStart) -> Nothing:
        """The operator's seal over the transcript that will be in force. Nothing where the draw was annulled."""
        async with told():
            async with self.db.transaction() as session:
                correcting = (await draws.draw(session, start.notice_id)).correcting
            if correcting is None or correcting["seal"] is not None:
                return Nothing()
            seal = await self.works.seal_body(await self.documents.get(correcting["body_sha256"]))
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id, lock=True)
                if draw.correcting is not None and draw.correcting["seal"] is None:
                    draw.correcting = {**draw.correcting, "seal": seal}
                    session.add(draw)
            return Nothing()

    async def _seal(self, ref: RecordRef, body: bytes) -> str:
        """The seal that was kept first."""
        seal = await self.works.seal_body(body)
        async with self.db.transaction() as session:
            row = await draws.record(session, ref, lock=True)
            row.seal = row.seal or seal
            session.add(row)
            return row.seal


async def stated(documents: Documents, statement: Statement) -> str:
    """Store the body of a statement that is about to be kept; its digest. Call outside a transaction."""
    return await documents.put(statement.canonical(), JSON)


async def keep(session: AsyncSession, statement: Statement) -> RecordRef:
    """The statement is made, in the transaction of what it states. Its body has been stored (``stated``)."""
    body = statement.canonical()
    await exchange.note_blob(session, statement.digest(), JSON, len(body))
    await draws.keep_record(session, ref_of(statement), statement.digest())
    return ref_of(statement)


def ref_of(statement: Statement) -> RecordRef:
    return RecordRef(notice_id=statement.notice_id, format=statement.format, number=statement.number)
