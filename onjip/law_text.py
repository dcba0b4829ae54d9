"""A decision as text for a terminal: plain words first, the article after them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.decisions import Decision, Flip, Reason
from domain.words import Outcome
from law.flip_words import spoken
from law.rules import Rule, Trigger

MARK = {Outcome.YES: "✓", Outcome.NO: "✗", Outcome.CANNOT_TELL: "?"}
KO: dict[str, str] = {
    "yes": "예", "no": "아니오", "cannot_tell": "알 수 없음", "missing": "알아야 할 것", "flips": "답이 바뀌는 경우",
    "no_flip": "하나만 바꾸어 답이 바뀌는 경우는 찾지 못했습니다.", "since": "시행", "given": "주어진 값",
    "sure": "신뢰도", "law": "법령 자료", "rulebook": "규칙집", "source": "출처",
}  # fmt: skip
EN: dict[str, str] = {
    "yes": "yes", "no": "no", "cannot_tell": "cannot tell", "missing": "What must be known",
    "flips": "What would change the answer", "no_flip": "No single change was found that would change the answer.",
    "since": "in force since", "given": "given", "sure": "confidence", "law": "data of the law",
    "rulebook": "rulebook", "source": "source",
}  # fmt: skip
TRIGGER_KO = {
    Trigger.NOTICE: "모집공고일", Trigger.ANNOUNCEMENT: "당첨자 발표일", Trigger.CONTRACT: "계약일",
    Trigger.ACQUISITION: "취득일", Trigger.FILING: "신청일", Trigger.SIGNING: "서명일", Trigger.EVENT: "기준일",
}  # fmt: skip
SURE = "H"


def render(rule: Rule[Any], decision: Decision, flips: tuple[Flip, ...], lang: str) -> str:
    """The decision with all its reasons in Korean (``ko``) or English (``en``)."""
    words = KO if lang == "ko" else EN
    lines = [_title(rule, decision, lang), f"{MARK[decision.outcome]} {_result(rule, decision, lang)}", ""]
    for reason in decision.reasons:
        lines += _reason(reason, words, lang)
    if decision.missing:
        lines += ["", f"{words['missing']}:", *(f"  ? {_missing(rule, name, lang)}" for name in decision.missing)]
    if decision.outcome is Outcome.NO:
        lines += ["", f"{words['flips']}:"] if flips else ["", words["no_flip"]]
        lines += [line for flip in flips for line in _flip(flip, lang)]
    return "\n".join([*lines, "", f"{words['rulebook']} {decision.rulebook[:12]}"])


def _title(rule: Rule[Any], decision: Decision, lang: str) -> str:
    day = TRIGGER_KO[rule.trigger] if lang == "ko" else rule.trigger.value
    return f"{rule.ko if lang == 'ko' else rule.en} ({rule.name}) · {day} {decision.as_of}"


def _result(rule: Rule[Any], decision: Decision, lang: str) -> str:
    word = (KO if lang == "ko" else EN)[decision.outcome.value]
    value = decision.value
    if value is None or isinstance(value, bool):
        return word
    if isinstance(value, dict | list):
        return f"{word}: {value}"
    return spoken(rule, value)[0 if lang == "ko" else 1]


def _reason(reason: Reason, words: dict[str, str], lang: str) -> Iterator[str]:
    yield f"  {MARK[reason.outcome]} {reason.ko if lang == 'ko' else reason.en}"
    law = [reason.article]
    if reason.version is not None:
        law.append(f"{words['since']} {reason.version}")
    if reason.confidence != SURE:
        law.append(f"{words['sure']} {reason.confidence}")
    if reason.given:
        law.append(words["given"])
    law += [f"{words['source']} {name}: {source}" for name, source in reason.sources.items() if isinstance(source, str)]
    yield f"      {' · '.join(law)}"


def _missing(rule: Rule[Any], name: str, lang: str) -> str:
    term = rule.closure.get(name)
    if term is None:
        return f"{(KO if lang == 'ko' else EN)['law']} {name.removeprefix('law:')}" if name.startswith("law:") else name
    return f"{term.ko if lang == 'ko' else term.en} ({name})"


def _flip(flip: Flip, lang: str) -> Iterator[str]:
    yield f"  → {flip.ko if lang == 'ko' else flip.en}"
    warning = flip.warning_ko if lang == "ko" else flip.warning_en
    if warning:
        yield f"      {warning}"
