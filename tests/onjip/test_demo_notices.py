"""The demo's notices are lawful only where periods are shortened, and only periods are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from api.notice_terms import NoticeTerms
from api.offers import refuse_above_limits
from domain.draft_rules import check_offer
from domain.time import SEOUL
from domain.words import Outcome
from law import notices, rulebook
from onjip.demo.notices import city_notice, lh_notice

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SEOUL)
DEMO_NOTICES = [lh_notice("0000093000", TODAY), city_notice("2026093000", TODAY, TODAY + timedelta(days=9))]


@pytest.mark.parametrize("terms", DEMO_NOTICES, ids=["lh", "city"])
def test_the_normal_rulebook_refuses_the_demo_s_notice(terms: dict[str, Any]) -> None:
    """Receipt may begin ten days after the notice at the earliest (주택공급에 관한 규칙 제21조제2항)."""
    notice = NoticeTerms.model_validate(terms).notice(NOW)
    decision = notices.check_notice(notice, NOW, rulebook.load("normal"))
    assert decision.outcome is Outcome.NO
    refused = [reason for reason in decision.reasons if reason.outcome is Outcome.NO]
    assert any("제21조제2항" in reason.article for reason in refused)


@pytest.mark.parametrize("terms", DEMO_NOTICES, ids=["lh", "city"])
def test_the_demo_rulebook_lets_it_pass(terms: dict[str, Any]) -> None:
    demo = rulebook.load("demo")
    notice = NoticeTerms.model_validate(terms).notice(NOW)
    assert notices.check_notice(notice, NOW, demo).outcome is Outcome.YES
    check_offer(notice)
    refuse_above_limits(notice, demo)


def test_the_demo_changes_periods_and_nothing_else() -> None:
    normal, demo = rulebook.load("normal"), rulebook.load("demo")
    assert demo.families == normal.families
    assert demo.time_shortened
    assert not normal.time_shortened
    assert demo.sha256 != normal.sha256
