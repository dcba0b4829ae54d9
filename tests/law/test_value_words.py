"""Sentences of reasons: Korean words in Korean, lists by their count, no value that a person typed."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, get_args, get_origin

from law import value_words
from law.catalogue import rules
from law.rulebook import Rulebook
from law.rules import Case, Finding, decide
from law.sale.brokerage import brokerage_ceiling
from law.subscription.account import deposit_class
from law.subscription.ownership import counted_homes, homes_held
from law.subscription.special.recommended import recommended_exempt_once

DAY = date(2026, 10, 1)
LATIN = re.compile(r"[A-Za-z]{2,}")


def test_every_closed_word_of_a_rule_is_said_in_korean() -> None:
    for rule in rules().values():
        if get_origin(rule.type) is Literal:
            for word in get_args(rule.type):
                ko, en = value_words.spoken(rule.name, word)
                assert ko != word, (rule.name, word)
                assert not LATIN.search(ko), (rule.name, ko)
                assert en


def test_a_sentence_says_the_word_and_the_fact_keeps_its_code(book: Rulebook) -> None:
    reason = decide(deposit_class, Case(DAY, book, {"home_region": "11680"})).reasons[-1]
    assert reason.ko == "예치금 지역 구분: 서울·부산"
    assert reason.en == "Region class: Seoul or Busan"
    assert reason.facts["deposit_class"] == "first"


def test_a_list_is_said_by_its_count(book: Rulebook) -> None:
    reason = decide(homes_held, Case(DAY, book, {"homes": ()})).reasons[-1]
    assert reason.ko == "소유 중 0건"


def test_no_sentence_repeats_what_was_typed(book: Rulebook) -> None:
    typed = "typed-by-a-person"
    found: list[Finding] = []
    for rule, facts in (
        (recommended_exempt_once, {"recommended_group": typed}),
        (counted_homes, {"homes": (), "members": (), "homes_unseen": (typed, "spouse")}),
    ):
        found.append(Case(DAY, book, facts).judge(rule))
    assert not any(typed in reason.ko + reason.en for one in found for reason in one.reasons)


def test_a_stated_gap_is_told_in_korean(book: Rulebook) -> None:
    reason = decide(brokerage_ceiling, Case(date(2021, 10, 18), book, {"sale_price": 600_000_000})).reasons[-1]
    assert reason.ko.startswith("2021-10-18 기준의 값을 확인하지 못했습니다: 중개보수 한도")
    assert not LATIN.search(reason.ko)
