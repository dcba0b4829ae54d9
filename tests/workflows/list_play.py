"""A long list that was received, and the steps from it to the published record, for workers that are killed."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.errors import told
    from activities.select import Select
    from domain.draws import DrawState
    from domain.messages import DrawStart
    from law.custody import opened
    from law.drawing.terms import Head
    from store import draws
    from store.db import Database

# A killed worker is noticed soon; nothing else differs from the options of production.
SOON = timedelta(seconds=4)
AT_ONCE = RetryPolicy(initial_interval=timedelta(seconds=0.1), backoff_coefficient=1.0)
# Of fifty people one has filed twice in one method, and one twice in one and once in the other. Receipt is in no order.
FILL = """
INSERT INTO draw_entry (notice_id, ticket, holder, household, model_no, supply_kind, facts, received_at)
SELECT :notice_id, md5('ticket ' || n),
  md5('holder ' || CASE n % 50 WHEN 3 THEN n - 1 WHEN 7 THEN n - 1 WHEN 8 THEN n - 2 ELSE n END), md5('house ' || n),
  '01', CASE n % 50 WHEN 7 THEN 'newlywed' ELSE 'general' END, jsonb_build_object(
    'local', n % 3 > 0, 'homeless', n % 5 > 0, 'homes', 1 - least(n % 5, 1), 'points', n % 84, 'rank', 1 + n % 97 / 96,
    'account_opened', (date '2000-01-01' + n % 7000)::text, 'children', n % 3, 'priority', 0),
  timestamptz '2026-10-12 09:00+09' + n * 37 % 10007 * interval '1 second'
FROM generate_series(1, :count) AS n
"""


@workflow.defn
class FromTheListToTheRecord:
    """As ``DrawWorkflow`` from the closed list on, with the others in one step each."""

    @workflow.run
    async def run(self, start: DrawStart) -> None:
        for step in (Select.screen, Select.screened, Others.ceremony, Select.draw, Others.seal, Select.publish):
            await workflow.execute_activity_method(
                step, start, start_to_close_timeout=timedelta(minutes=10), heartbeat_timeout=SOON, retry_policy=AT_ONCE
            )


class Others:
    """Custodians and balls, and the operator's seal."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @activity.defn
    async def seal(self, start: DrawStart) -> None:
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            draw.seal = "c2VhbA=="
            session.add(draw)

    @activity.defn
    async def ceremony(self, start: DrawStart) -> None:
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            if draw.state == DrawState.SCREENED:
                shares, custody = dict(draw.shares or {}), Head.model_validate(draw.head).custody
                nonce = opened(custody, {body: bytes.fromhex(share) for body, share in shares.items()})
                draw.revealed = {"nonce": nonce.hex(), "shares": shares}
                draw.digits, draw.observers, draw.state = "204179583", ["경찰관"], DrawState.REVEALED
                session.add(draw)
