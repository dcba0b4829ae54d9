"""Drafts printed to be read: the same page as the contract's, marked as a draft. Nothing is fixed by it."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.errors import told
from domain.errors import Invalid, WrongState
from domain.messages import PreviewStart
from domain.other_drafts import explanation_terms
from domain.ports import ContractWorks
from domain.ports import Documents as DocumentStore
from domain.work import Printed
from law.forms.writing import written
from store import contracts, exchange
from store.db import Database

PDF = "application/pdf"


@dataclass(frozen=True)
class Previews:
    db: Database
    store: DocumentStore
    works: ContractWorks

    @activity.defn
    async def preview(self, start: PreviewStart) -> Printed:
        """WrongState where another version stands there meanwhile; Invalid where a content is missing."""
        async with told():
            async with self.db.transaction() as session:
                row = await contracts.contract(session, start.contract_id)
            if row.terms_sha256 != start.terms_sha256:
                raise WrongState(
                    "edited_meanwhile", ko="그사이 초안이 고쳐졌습니다. 다시 열어 주십시오.",
                    en="The draft was edited meanwhile. Open it again.",
                )  # fmt: skip
            terms = contracts.terms_of(row)
            if start.paper == "explanation":
                if terms.explanation is None:
                    raise Invalid(
                        "no_explanation", ko="확인·설명서가 없는 계약입니다.", en="This contract has no explanation."
                    )
                terms = written(explanation_terms(terms.contract_id, terms))
            pdf = await self.works.preview(terms)
            sha256 = await self.store.put(pdf, PDF)
            async with self.db.transaction() as session:
                await exchange.note_blob(session, sha256, PDF, len(pdf))
            return Printed(sha256=sha256)
