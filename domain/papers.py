"""What the law asks of the parties beside the filings: the buyer's fund plan, the papers of the application."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from domain.decisions import Decision
from domain.model import Model


class PlanItem(Model):
    """An item of the fund plan and the documents, one of which proves it."""

    item: str
    documents: tuple[str, ...]


class FundPlanDuty(Model):
    """자금조달계획서: whether the buyer owes one, and evidence with it. ``documents``: empty where none is asked for.

    ``handover_by``: to whoever reports; afterwards the buyer files it alone, by ``file_by``.
    """

    plan: Decision
    evidence: Decision
    documents: tuple[PlanItem, ...] = ()
    handover_by: date
    file_by: date


class PaperState(StrEnum):
    AT_HAND = "at_hand"
    MISSING = "missing"
    LOOKED_UP = "looked_up"  # by the registrar, in the government's shared systems
    BESIDE = "beside"  # not held here: the scrivener adds it


class AttachedPaper(Model):
    """One document of the transfer application (등기규칙 제46조) and where it is."""

    document: str
    ko: str
    en: str
    from_whom: str
    form: str
    article: str
    state: PaperState
