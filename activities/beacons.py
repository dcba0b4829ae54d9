"""A public random source in the ceremony: the digits are stamped before its round is out; then its value is fetched."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.errors import told
from activities.stamps import moment_of, stamped
from activities.voiding import void
from domain.draws import DrawState, Revealed, VoidReason
from domain.errors import AgencyDown, WrongState
from domain.messages import DrawStart
from domain.ports import Documents, RandomBeacon, TrustServices
from domain.work import Nothing
from law.drawing.terms import Beacon, Head
from law.drawing.transcript import Fixed, digits_digest
from store import draws
from store.db import Database
from store.tables.draws import DrawRow


@dataclass(frozen=True)
class Beacons:
    """``source``: the one that this deployment was given. None: a notice that fixed a round waits for one."""

    db: Database
    documents: Documents
    trust: TrustServices
    source: RandomBeacon | None

    @activity.defn(name="beacons.stamp_digits")
    async def stamp_digits(self, start: DrawStart) -> Nothing:
        """Prove that the agreed digits are older than the round. WrongState ``beacon_known``: they are not."""
        async with told():
            draw, beacon = await self._draw(start)
            if "digits_stamp" in (draw.revealed or {}):
                return Nothing()
            stamp = await stamped(self.trust, _digits(draw))
            moment = moment_of(stamp)
            if moment is None or moment >= beacon.out_at:
                raise beacon_known()
            return await self._keep(start, "digits_stamp", stamp)

    @activity.defn(name="beacons.receive")
    async def receive(self, start: DrawStart) -> Nothing:
        """The signed value of the fixed round. A source that is silent is waited for; no other takes its place."""
        async with told():
            draw, beacon = await self._draw(start)
            if "beacon" in (draw.revealed or {}):
                return Nothing()
            if self.source is None:
                raise AgencyDown("beacon_not_given")
            signature = await self.source.signature(beacon.source.public_key, beacon.round)
            return await self._keep(start, "beacon", signature)

    @activity.defn(name="beacons.void")
    async def void(self, start: DrawStart) -> Revealed:
        """The round is out, and no digits were stamped before it. Digits that were stand: the draw goes on."""
        async with told() as beat:
            return await void(self.db, self.documents, start, VoidReason.BEACON_PASSED, may=_unstamped, beat=beat)

    async def _draw(self, start: DrawStart) -> tuple[DrawRow, Beacon]:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id)
        beacon = Head.model_validate(draw.head).custody.beacon
        if beacon is None:
            raise WrongState("no_beacon", ko="난수원을 정하지 않은 추첨입니다.", en="This draw has no beacon.")
        return draw, beacon

    async def _keep(self, start: DrawStart, name: str, value: str) -> Nothing:
        """Beside the nonce, while the draw goes on; what was kept first stays."""
        async with self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            if draw.state == DrawState.REVEALED:
                draw.revealed = {name: value, **(draw.revealed or {})}
                session.add(draw)
        return Nothing()


def beacon_known() -> WrongState:
    return WrongState(
        "beacon_known", ko="정해 둔 공개 난수가 이미 나왔습니다. 그 뒤에 정해진 숫자는 쓸 수 없습니다.",
        en="The fixed round of the beacon is out; digits that come after it cannot be used.",
    )  # fmt: skip


def _unstamped(draw: DrawRow) -> bool:
    return draw.state == DrawState.REVEALED and "digits_stamp" not in (draw.revealed or {})


def _digits(draw: DrawRow) -> bytes:
    if draw.digits is None or draw.revealed is None or not (draw.root1 and draw.root2 and draw.program):
        raise WrongState("digits_missing", ko="추첨 숫자가 확정되지 않았습니다.", en="The digits are not agreed.")
    fixed = Fixed(bytes.fromhex(draw.root1), bytes.fromhex(draw.root2), draw.count or 0, draw.program)
    return digits_digest(Head.model_validate(draw.head), fixed, draw.revealed["nonce"], draw.digits)
