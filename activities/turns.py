"""Whose turn it is to sign: until when the contract waits for them, and how often they were reminded."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.errors import told
from domain.korean import moment
from domain.time import now
from domain.words import PartyRole
from domain.work import Nothing, Reminder, SigningTurn
from law.forms import form
from store import cases, contracts
from store.db import Database


@dataclass(frozen=True)
class Turns:
    db: Database

    @activity.defn(name="turns.begin")
    async def begin(self, turn: SigningTurn) -> Nothing:
        """People see until when they can act."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, turn.contract_id, lock=True)
            row.wait_until = turn.until
            if turn.first:
                row.reminders, row.reminded_at = 0, None
            session.add(row)
            return Nothing()

    @activity.defn(name="turns.remind")
    async def remind(self, reminder: Reminder) -> Nothing:
        """A line of the case and a mark at their task, once for each reminder."""
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, reminder.contract_id, lock=True)
            roles = {one.role for one in await contracts.signers(session, row.id) if one.field in reminder.fields}
            ko = ", ".join(form.ROLES[PartyRole(role)] for role in sorted(roles))
            en = ", ".join(role.replace("_", " ") for role in sorted(roles))
            is_new = await cases.record(
                session, row.case_id, reminder.key, reference=str(row.id),
                ko=f"서명할 차례입니다 ({ko}). {moment(reminder.until)}까지 서명하지 않으면 계약은 성립하지 않습니다.",
                en=f"Reminded to sign: {en}. Without it there will be no contract after {reminder.until:%Y-%m-%d}.",
            )  # fmt: skip
            if is_new:
                row.reminders, row.reminded_at = reminder.number, now()
                session.add(row)
            return Nothing()
