"""What a permanent no of an activity says, for the people who read it."""

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
