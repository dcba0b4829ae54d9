"""Other versions of a contract: edited by its brokers while it is a draft, taken back while it is being signed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.contracts import viewed
from activities.deal_law import brokerage, check_permit, with_taxes
from activities.errors import told
from domain.edits import again, edited
from domain.errors import WrongState
from domain.work import ContractView, Edit, Reopening
from law.forms.ready import ready
from law.forms.writing import written
from law.rulebook import Rulebook
from store import cases, contracts, versions
from store.db import Database
from store.tables.contracts import ContractRow

DRAFT = ("draft", "explained")


@dataclass(frozen=True)
class Versions:
    db: Database
    rulebook: Rulebook

    @activity.defn(name="versions.edit")
    async def edit(self, edit: Edit) -> ContractView:
        """The next version of a draft; WrongState ``edited_meanwhile`` where another one than that read stands there.

        Carried out again, the same act changes nothing.
        """
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, edit.contract_id, lock=True)
            if not await versions.done_before(session, row.id, edit.key):
                await self._edit(session, row, edit)
            return await viewed(session, row)

    async def _edit(self, session: AsyncSession, row: ContractRow, edit: Edit) -> None:
        old = contracts.terms_of(row)
        if row.state not in DRAFT or row.unsigned_sha256 is not None:
            raise WrongState(
                "draft_frozen", ko="이미 확정된 문서입니다. 고치려면 먼저 회수해 주십시오.",
                en="The document is fixed already. Take it back first.",
            )  # fmt: skip
        contracts.must_be_version(old, edit.act.version)
        price = old.price if edit.act.price is None else edit.act.price
        made = edited(old, edit.act, fee=brokerage(old, price, self.rulebook)).addressed(old.site)
        terms = with_taxes(made, self.rulebook)
        check_permit(terms, self.rulebook)
        await versions.replace(session, row, ready(terms), by=edit.act.person_id, act=edit.key)
        await cases.record(
            session, row.case_id, contracts.line_key(row, "edited"), reference=row.terms_sha256,
            ko=f"계약서 초안을 고쳤습니다 ({terms.version}번째 판). 확인·설명서를 다시 교부합니다.",
            en=f"The draft was edited (version {terms.version}). The explanation is delivered anew.",
        )  # fmt: skip

    @activity.defn(name="versions.reopen")
    async def reopen(self, reopening: Reopening) -> ContractView:
        """A draft again. Who had signed is asked for a signature under the new version only; carried out once."""
        key = f"reopen:{reopening.version}"
        async with told(), self.db.transaction() as session:
            row = await contracts.contract(session, reopening.contract_id, lock=True)
            if not await versions.done_before(session, row.id, key):
                signed = sum(one.state == "signed" for one in await contracts.signers(session, row.id))
                old = contracts.terms_of(row)
                terms = written(again(old).addressed(old.site))
                await versions.replace(session, row, terms, by=reopening.person_id, act=key, reason=reopening.reason)
                await cases.record(
                    session, row.case_id, contracts.line_key(row, "reopened"), reference=row.terms_sha256,
                    ko=f"서명 중인 계약서를 회수했습니다. 먼저 한 서명 {signed}건은 효력이 없고, 고친 계약서에 다시"
                    " 서명합니다.",
                    en=f"Taken back while being signed: {signed} signatures no longer stand.",
                    detail={"reason": reopening.reason},
                )  # fmt: skip
            return await viewed(session, row)
