"""Sums in words, and lines that break between words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.korean import WORD_JOINER, keep_words
from domain import korean
from domain.words import ContractKind, PartyRole
from law.forms.form import role_name


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "금 영원정"),
        (1, "금 일원정"),
        (10, "금 일십원정"),
        (10_000, "금 일만원정"),
        (300_000_000, "금 삼억원정"),
        (1_235_000_000, "금 일십이억삼천오백만원정"),
        (100_010_001, "금 일억일만일원정"),
        (10**15, "금 일천조원정"),
    ],
)
def test_sums_in_words(amount: int, words: str) -> None:
    assert korean.won_in_words(amount) == words


def test_every_sum_has_its_own_words() -> None:
    sums = [*range(0, 30_000, 7), *(10**k for k in range(16)), *(10**k - 1 for k in range(1, 16))]
    assert len({korean.won_in_words(amount) for amount in set(sums)}) == len(set(sums))


def test_words_are_joined_in_text_but_not_in_tags() -> None:
    html = keep_words('<title>매매 계약</title><body><p title="매도인">매도인 제1조</p></body>')
    assert html.replace(WORD_JOINER, "") == '<title>매매 계약</title><body><p title="매도인">매도인 제1조</p></body>'
    assert 'title="매도인"' in html
    assert "매\u2060도\u2060인 제\u20601\u2060조" in html


def test_chinese_characters_of_a_name_stay_together() -> None:
    assert keep_words("<body>金曔珢 님</body>") == f"<body>金{WORD_JOINER}曔{WORD_JOINER}珢 님</body>"


def test_a_word_longer_than_a_cell_may_break() -> None:
    assert WORD_JOINER not in keep_words(f"<body>{'가' * 30}</body>")


def test_dates_and_moments() -> None:
    assert korean.day("2026-03-02") == "2026년 3월 2일"
    assert korean.day(None) == "별도 통보일"
    assert korean.month("202809") == "2028년 9월"
    assert korean.moment(datetime(2026, 3, 1, 16, 5, tzinfo=UTC)) == "2026.03.02. 01:05"


def test_the_buyer_has_another_name_in_a_supply_contract() -> None:
    assert role_name(PartyRole.BUYER, ContractKind.SUPPLY) == "공급받는 자"
    assert role_name(PartyRole.BUYER, ContractKind.SALE) == "매수인"
    assert role_name(PartyRole.BUYER_BROKER, ContractKind.LEASE) == "개업공인중개사(임차측)"
