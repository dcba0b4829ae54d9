"""A no to people: our own to an act, and what a permanent no of an activity says."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception


@dataclass(frozen=True)
class Trouble:
    """``code``: a stable word. ``role``: whose matter it is, where that is known."""

    code: str
    ko: str = ""
    en: str = ""
    article: str = ""
    role: str = ""


def no(code: str, ko: str, en: str) -> ApplicationError:
    """A refusal of a person's act, in both languages."""
    return ApplicationError(en, {"ko": ko, "en": en}, type=code)


def trouble_of(error: ActivityError) -> Trouble | None:
    """None when the activity was only cancelled: then nobody said no."""
    if is_cancelled_exception(error):
        return None
    cause = error.cause
    if not isinstance(cause, ApplicationError):
        return Trouble(code="internal")
    said = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
    return Trouble(
        code=cause.type or "internal",
        ko=str(said.get("ko") or ""),
        en=str(said.get("en") or ""),
        article=str(said.get("article") or ""),
    )
