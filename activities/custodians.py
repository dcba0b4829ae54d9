"""The nonce of a draw and those who hold it: shares go out with the notice and come back for the stamped list."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from temporalio import activity

from activities.errors import told
from activities.exchange import Carriage
from activities.voiding import void
from domain.draws import DrawState, Revealed, VoidReason
from domain.errors import AgencyDown, AgencyRefused, Wait
from domain.filings import Answer, Outgoing
from domain.ids import draw_workflow_id, reference
from domain.messages import DrawStart
from domain.ports import Documents
from domain.time import now
from domain.words import Agency
from domain.work import Nothing
from law.custody import genuine, opened
from law.drawing.terms import Head
from store import draws
from store.db import Database
from store.tables.draws import DrawRow

PATIENT_ATTEMPTS = 6  # a quarter of a minute


@dataclass(frozen=True)
class Custodians:
    db: Database
    carriage: Carriage
    documents: Documents

    @activity.defn(name="custodians.deliver")
    async def deliver(self, start: DrawStart) -> Nothing:
        """Hand every custodian its share, then forget them all: from then on nobody here knows the nonce."""
        async with told():
            draw, head = await self._draw(start)
            shares = draw.shares or {}
            await asyncio.gather(*(self._hand_over(head, body, share) for body, share in shares.items()))
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id, lock=True)
                draw.shares = None
                session.add(draw)
            return Nothing()

    async def _hand_over(self, head: Head, body: str, share: str) -> Answer:
        commitment = next(one.commitment for one in head.custody.custodians if one.body == body)
        given = {"head_sha256": head.digest(), "commitment": commitment, "share": share}
        return await self._carry(head, body, "shares", "deposit_share", given)

    @activity.defn(name="custodians.reveal")
    async def reveal(self, start: DrawStart) -> Revealed:
        """Ask every custodian for its share, for the stamped list. One that does not answer is waited for a little, so
        that no message is left open; then enough of them open the nonce. AgencyDown: too few have answered yet;
        ``screened``: too few ever will."""
        async with told():
            draw, head = await self._draw(start)
            if draw.state != DrawState.SCREENED:
                return Revealed(state=DrawState(draw.state))
            bodies = [one.body for one in head.custody.custodians]
            answers = await asyncio.gather(*(self._ask(draw, head, body) for body in bodies))
            shares = {body: share for body, share in zip(bodies, answers, strict=True) if share}
            waiting = answers.count(None)
            if len(shares) >= head.custody.threshold and (not waiting or _patient_enough()):
                return await self._open(start, head, shares)
            if len(bodies) - answers.count("") < head.custody.threshold:
                return Revealed(state=DrawState.SCREENED)
            raise AgencyDown("custodians_silent")

    async def _ask(self, draw: DrawRow, head: Head, body: str) -> str | None:
        """The share; "" where the custodian's no, or its share, is for good; None: not yet."""
        asked = {
            "root1": draw.root1, "root2": draw.root2, "count": draw.count, "program": draw.program,
            "stamp_b64": draw.root2_stamp,
        }  # fmt: skip
        try:
            answer = await self._carry(head, body, "shares/release", "release_share", asked)
        except AgencyRefused:
            return ""
        except Wait:
            return None
        share = str(answer.body.get("share", ""))
        try:
            return share if genuine(head.custody, body, bytes.fromhex(share)) else ""
        except ValueError:
            return ""

    async def _open(self, start: DrawStart, head: Head, shares: dict[str, str]) -> Revealed:
        nonce = opened(head.custody, {body: bytes.fromhex(share) for body, share in shares.items()})
        async with self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            if draw.state == DrawState.SCREENED:
                draw.revealed, draw.revealed_at = {"nonce": nonce.hex(), "shares": shares}, now()
                draw.state = DrawState.REVEALED
                session.add(draw)
            return Revealed(state=DrawState(draw.state))

    @activity.defn(name="custodians.void")
    async def void(self, start: DrawStart) -> Revealed:
        """The nonce stayed closed: nobody can know the result, and nobody ever will. Published with all that was fixed.

        What the custodians say afterwards changes nothing. A nonce that was opened at the last moment stands."""
        async with told() as beat:
            reason = VoidReason.NONCE_NOT_REVEALED
            return await void(self.db, self.documents, start, reason, may=_closed, beat=beat)

    async def _carry(self, head: Head, body: str, service: str, purpose: str, said: Mapping[str, object]) -> Answer:
        notice_id = head.basis.notice_id
        return await self.carriage.carry(
            Outgoing.model_validate(
                {
                    "agency": Agency(body), "service": service, "purpose": purpose,
                    "reference": reference(draw_workflow_id(notice_id), f"{purpose}:{body}"),
                    "body": {"notice_id": notice_id, **said},
                }
            )
        )  # fmt: skip

    async def _draw(self, start: DrawStart) -> tuple[DrawRow, Head]:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id)
            return draw, Head.model_validate(draw.head)


def _closed(draw: DrawRow) -> bool:
    """Its nonce has not been opened."""
    return draw.state == DrawState.SCREENED


def _patient_enough() -> bool:
    return not activity.in_activity() or activity.info().attempt >= PATIENT_ATTEMPTS
