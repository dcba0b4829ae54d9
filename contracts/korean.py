"""Korean text for the renderer: lines that break between words only."""

from __future__ import annotations

import re

WORD_JOINER = "\u2060"
# The renderer breaks lines inside Korean words (it ignores ``word-break: keep-all``).
_HAN = "\u3400-\u9fff\uf900-\ufaff"  # names and places in Chinese characters are words too
_INSIDE_WORD = re.compile(rf"(?<=[가-힣{_HAN}0-9A-Za-z%㎡)])(?=[가-힣{_HAN}])|(?<=[가-힣])(?=[0-9A-Za-z(])")
_TAG = re.compile(r"(<[^>]*>)")
_LONG_WORD = re.compile(r"[^\s<>]{24,}")


def keep_words(html: str) -> str:
    """Insert word joiners between adjacent Hangul in the text of ``html``'s body; tags stay untouched.

    A word too long for a table cell may still break.
    """
    head, body, rest = html.partition("<body")
    parts = _TAG.split(body + rest)
    return head + "".join(part if part.startswith("<") else _join(part) for part in parts)


def _join(text: str) -> str:
    joined = _INSIDE_WORD.sub(WORD_JOINER, text)
    return _LONG_WORD.sub(lambda word: word.group().replace(WORD_JOINER, ""), joined)
