"""What is sent means one thing to everybody: JSON without twins, words without what nobody sees."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Site

JSON = {"Content-Type": "application/json"}
AMBIGUOUS = {
    "a name twice": b'{"kind": "A", "title": "one", "title": "two"}',
    "a name twice inside": b'{"kind": "A", "title": "one", "more": [{"a": 1, "a": 2}]}',
    "a byte order mark": b'\xef\xbb\xbf{"kind": "A", "title": "one"}',
    "another encoding": '{"kind": "A", "title": "하나"}'.encode("utf-16"),
    "no number": b'{"kind": "A", "title": NaN}',
    "a deep nest": b"[" * 20_000 + b"]" * 20_000,
}
UNSEEN = {
    "zero width": "첫\u200b집", "only zero width": "\u200b\u2060", "right to left": "\u202e원만억",
    "isolated": "a\u2066b", "a line of its own kind": "a\u2028b", "a control of the second set": "a\u0085b",
    "a mark": "\ufeff첫 집",
}  # fmt: skip


@pytest.mark.parametrize("body", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_json_that_two_readers_would_read_differently_is_refused(site: Site, body: bytes) -> None:
    person = await site.browser()
    before = await site.fingerprint()
    answer = await person.post("/cases", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert await site.fingerprint() == before


@pytest.mark.parametrize("title", UNSEEN.values(), ids=UNSEEN)
async def test_what_nobody_sees_is_no_word(site: Site, title: str) -> None:
    person = await site.browser()
    answer = await person.post("/cases", {"kind": "A", "title": title})
    assert (answer.status_code, answer.json()["field"]) == (422, "title")


async def test_words_keep_their_emoji_and_are_spelled_one_way(site: Site) -> None:
    person = await site.browser()
    family, written = "우리 집 \U0001f468\u200d\U0001f469\u200d\U0001f467", "가" * 100
    titles: list[Any] = [family, unicodedata.normalize("NFD", written)]
    told = [(await person.post("/cases", {"kind": "A", "title": title})).json()["title"] for title in titles]
    assert told == [family, written]
