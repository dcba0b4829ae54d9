"""Documents: freezing, preparing signatures, embedding them, sealing, verifying, packing. CPU work with our key."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities import packets
from activities.errors import told
from activities.means import choose_means
from activities.powers import check_still_given
from domain.contracts import Prepared
from domain.errors import WrongState
from domain.filings import Packet
from domain.messages import ContractStart, DrawStart
from domain.ports import ContractWorks, SigningService
from domain.ports import Documents as DocumentStore
from domain.time import now, seoul_date
from domain.webhooks import Event
from domain.words import ContractKind, PartyRole
from domain.work import ApprovalView, Asked, Nothing, PacketWanted, Signed, Turn
from law.forms import form
from law.rulebook import Rulebook
from store import archive, awards, cases, contracts, draws, exchange, sealed_bodies, webhooks
from store.db import Database
from store.sealed import SealedBox
from store.tables.contracts import ApprovalRow, ContractRow, SignerRow
from store.winning import contract_made

PDF = "application/pdf"
BASIS = "전자서명법 제3조"
ENDED = ("signed", "void")  # of an approval: a signature that comes later changes nothing


@dataclass(frozen=True)
class Documents:
    db: Database
    sealed: SealedBox
    store: DocumentStore
    works: ContractWorks
    signing: SigningService
    law: Rulebook

    @activity.defn
    async def freeze(self, start: ContractStart) -> Nothing:
        """Render the draft once; from here on only signatures are added. Invalid: a mandatory content is missing."""
        async with told():
            async with self.db.transaction() as session:
                row = await contracts.contract(session, start.contract_id)
            if row.unsigned_sha256 is not None:
                return Nothing()
            terms = contracts.terms_of(row)
            if start.version is not None:
                contracts.must_be_version(terms, start.version)
            pdf, _ = await self.works.render(terms)
            sha256 = await self._keep(pdf, PDF)
            async with self.db.transaction() as session:
                row = await contracts.contract(session, start.contract_id, lock=True)
                contracts.must_be_version(contracts.terms_of(row), terms.version)  # nobody edits what is fixed
                if row.state in contracts.UNMADE:
                    raise WrongState(ko="이미 끝난 계약입니다.", en="This contract has ended.")
                row.unsigned_sha256 = row.document_sha256 = sha256
                row.state = "signing"
                session.add(row)
            return Nothing()

    @activity.defn
    async def prepare_field(self, turn: Turn) -> Asked:
        """Open the next revision for one party; the same answer while it is open."""
        async with told():
            async with self.db.transaction() as session:
                row = await contracts.contract(session, turn.contract_id)
                signer = await contracts.signer(session, turn.contract_id, turn.field)
                await self._check_power(session, row, turn.field)
                handle = turn.certificate or await self._handle(session, signer.person_id)
            if row.document_sha256 is None:
                raise WrongState(ko="문서가 아직 준비되지 않았습니다.", en="The document has not been frozen yet.")
            prepared = _open(signer, turn, row.document_sha256)
            if prepared is None:
                prepared = await self._prepare(row, turn.field, handle)
                prepared = await self._agree(turn, prepared)
            return self._asked_field(row, turn, signer.person_id, prepared)

    async def _check_power(self, session: AsyncSession, row: ContractRow, field: str) -> None:
        """An agent's power may have ended since the draft."""
        terms = contracts.terms_of(row)
        party = next(one for one in terms.parties if one.field == field)
        await check_still_given(session, party, terms, seoul_date(now()))

    async def _prepare(self, row: ContractRow, field: str, handle: str) -> Prepared:
        chain = await self.signing.certificate(handle)
        pdf = await self.store.get(row.document_sha256 or "")
        data, prepared = await self.works.prepare(pdf, field=field, chain=chain)
        await self._keep(data, PDF)
        return prepared

    async def _agree(self, turn: Turn, prepared: Prepared) -> Prepared:
        """Kept, unless another run of this activity was quicker: its revision is being signed then."""
        async with self.db.transaction() as session:
            signer = await contracts.signer(session, turn.contract_id, turn.field)
            kept = _open(signer, turn, prepared.base_sha256)
            if kept is not None:
                return kept
            signer.prepared = prepared.model_dump(mode="json")
            await choose_means(session, self.law, signer, turn)
            return prepared

    def _asked_field(self, row: ContractRow, turn: Turn, person_id: UUID, prepared: Prepared) -> Asked:
        terms = contracts.terms_of(row)
        place = f"{terms.property.building} {terms.property.dong} {terms.property.ho}".strip()
        return Asked(
            subject=f"field:{turn.contract_id}:{turn.field}",
            person_id=person_id,
            reference=_numbered(prepared.document_digest, turn.round),
            title=f"{form.short(row.kind)} · {place}",
            sum_won=terms.price + terms.option_price,
            document_sha256=prepared.document_digest,
            signed_attrs=prepared.signed_attrs,
            certificate=turn.certificate,
        )

    @activity.defn
    async def prepare_approval(self, view: ApprovalView) -> Asked:
        """Attributes of a detached signature over a body."""
        async with told():
            async with self.db.transaction() as session:
                row = await session.get_one(ApprovalRow, view.approval_id)
                ref = await self._handle(session, row.person_id)
                body = await self._exact(session, row)
            digest, attrs = row.body_sha256, row.signed_attrs
            if attrs is None:
                chain = await self.signing.certificate(ref)
                digest, attrs = await self.works.signed_attributes(body.encode(), chain)
                async with self.db.transaction() as session:
                    row = await session.get_one(ApprovalRow, view.approval_id, with_for_update=True)
                    row.signed_attrs = attrs = row.signed_attrs or attrs
                    session.add(row)
            return Asked(
                subject=f"approval:{row.id}",
                person_id=row.person_id,
                reference=_numbered(row.id.hex, view.round),
                title=row.title,
                sum_won=row.sum_won,
                document_sha256=digest,
                signed_attrs=attrs,
            )

    @activity.defn
    async def finish(self, signed: Signed) -> Nothing:
        """Embed a signature that has come back. Committed before anything else may use it."""
        async with told():
            kind, _, rest = signed.subject.partition(":")
            signature = base64.b64decode(signed.signature)
            if kind == "field":
                contract_id, _, field = rest.partition(":")
                await self._finish_field(UUID(contract_id), field, signature)
            else:
                await self._finish_approval(UUID(rest), signature)
            return Nothing()

    async def _finish_field(self, contract_id: UUID, field: str, signature: bytes) -> None:
        async with self.db.transaction() as session:
            row = await contracts.contract(session, contract_id)
            signer = await contracts.signer(session, contract_id, field)
        if signer.state == "signed":
            return
        prepared = Prepared.model_validate(signer.prepared)
        pdf = await self.works.finish(await self.store.get(prepared.prepared_sha256), prepared, signature)
        sha256 = await self._keep(pdf, PDF)
        async with self.db.transaction() as session:
            row = await contracts.contract(session, contract_id, lock=True)
            signer = await contracts.signer(session, contract_id, field)
            if signer.state == "signed" or row.state in contracts.UNMADE:
                return
            if row.document_sha256 != prepared.base_sha256:
                raise WrongState("revision_lapsed", ko="문서가 바뀌었습니다.", en="The document has changed meanwhile.")
            signer.state, signer.revision_sha256, signer.signed_at = "signed", sha256, cases.instant()
            signer.signature = None  # it is in the file now
            row.document_sha256 = sha256
            session.add(signer)
            session.add(row)
            key = f"{contracts.line_key(row, 'signed')}:{field}"
            await webhooks.announce(session, row, Event.SIGNED, key)
            await cases.record(
                session, row.case_id, key,
                ko=f"{form.short(row.kind)}에 서명했습니다"
                f" ({form.role_name(PartyRole(signer.role), ContractKind(row.kind))}).",
                en=f"Signed ({signer.role}).", agency="signing", reference=sha256,
            )  # fmt: skip

    async def _finish_approval(self, approval_id: UUID, signature: bytes) -> None:
        async with self.db.transaction() as session:
            row = await session.get_one(ApprovalRow, approval_id)
            ref = await self._handle(session, row.person_id)
            if row.state in ENDED:
                return
            body = await self._exact(session, row)
        chain = await self.signing.certificate(ref)
        cms = await self.works.detached_cms(body.encode(), chain, row.signed_attrs or "", signature)
        async with self.db.transaction() as session:
            row = await session.get_one(ApprovalRow, approval_id, with_for_update=True)
            if row.state not in ENDED:
                row.cms, row.state = cms, "signed"
                session.add(row)

    @activity.defn
    async def seal(self, start: ContractStart) -> Nothing:
        """Platform seal, evidence, archive time stamp. Our own verifier has found it valid."""
        async with told():
            async with self.db.transaction() as session:
                row = await contracts.contract(session, start.contract_id)
            if row.state == "sealed" or row.document_sha256 is None:
                return Nothing()
            pdf, report = await self.works.seal(await self.store.get(row.document_sha256))
            sha256 = await self._keep(pdf, PDF)
            async with self.db.transaction() as session:
                row = await contracts.contract(session, start.contract_id, lock=True)
                if row.state != "sealed":
                    contracts.mark_sealed(row, sha256)
                    session.add(row)
                    await archive.keep(session, row.id, sha256, report)
                    if row.award_id is not None:
                        award = await awards.award(session, row.award_id, lock=True)
                        await contract_made(session, award, seoul_date(now()))
            return Nothing()

    @activity.defn
    async def seal_draw(self, start: DrawStart) -> Nothing:
        """The operator's seal over the record of a draw. The bytes under it are those that anybody can make again."""
        async with told():
            async with self.db.transaction() as session:
                row = await draws.draw(session, start.notice_id)
            if row.seal is not None or row.body_sha256 is None:
                return Nothing()
            seal = await self.works.seal_body(await self.store.get(row.body_sha256))
            async with self.db.transaction() as session:
                row = await draws.draw(session, start.notice_id, lock=True)
                row.seal = row.seal or seal
                session.add(row)
            return Nothing()

    @activity.defn
    async def packet(self, wanted: PacketWanted) -> Packet:
        """Collect what the registrar will look for, pack it deterministically and keep it."""
        async with told():
            async with self.db.transaction() as session:
                gathered = await packets.gather(session, wanted)
            files = {item.path: data for item, data in gathered.inline}
            for item in gathered.stored:
                files[item.path] = await self.store.get(item.sha256)
            items = (*(item for item, _ in gathered.inline), *gathered.stored)
            manifest = {"items": [json.loads(item.canonical()) for item in items], **gathered.head}
            data = await self.works.packet(files, manifest)
            sha256 = await self._keep(data, "application/zip")
            async with self.db.transaction() as session:
                await packets.keep(session, wanted, sha256, items)
            return Packet(sha256=sha256, items=items)

    async def _keep(self, data: bytes, media_type: str) -> str:
        sha256 = await self.store.put(data, media_type)
        async with self.db.transaction() as session:
            await exchange.note_blob(session, sha256, media_type, len(data))
        return sha256

    async def _exact(self, session: AsyncSession, row: ApprovalRow) -> str:
        return await sealed_bodies.exact_body(session, self.sealed, row, basis=BASIS, purpose="sign")

    async def _handle(self, session: AsyncSession, person_id: UUID) -> str:
        return await self.sealed.open(session, person_id, "identity_ref", basis=BASIS, purpose="fetch a certificate")


def _open(signer: SignerRow, turn: Turn, base_sha256: str) -> Prepared | None:
    """The revision that is open for this party on top of ``base_sha256``, by the means of this turn."""
    if signer.prepared is None or (signer.certificate_sha256 or "") != turn.certificate:
        return None
    prepared = Prepared.model_validate(signer.prepared)
    return prepared if prepared.base_sha256 == base_sha256 else None


def _numbered(digest: str, round_: int) -> str:
    """Our reference of one request at a signing service; asking again after it ran out is another request."""
    return f"ONJIP-{digest[:24].upper()}" + (f"-{round_}" if round_ else "")
