"""One error tree, split by what the caller can do.

OnjipError
├── FixInput          the caller can correct what was sent
│   ├── Invalid (422) · Malformed (400) · TooLarge (413) · UnknownThing (404) · KeyReused (409)
│   ├── WrongState (409)   the act does not fit the present state
│   └── LawForbids (422)   a statute forbids it; ``article`` says which
├── AskPerson         a person must act first
│   ├── NotLoggedIn (401) · NotAllowed (403) · ConsentNeeded (403)
├── Wait              nothing to correct; try again later
│   ├── NotYet (503) · AgencyDown (503) · OutcomeUnknown (503)
└── GiveUp            a partner said no for good
    └── AgencyRefused (502)

Each error has a stable code and one Korean and one English sentence that say what to do next. No sentence
ever contains personal data.
"""

from __future__ import annotations


class OnjipError(Exception):
    """Base. ``code`` is stable; ``status`` is the HTTP status; ``ko`` and ``en`` tell what to do next."""

    status = 500
    code = "internal"

    def __init__(
        self,
        code: str | None = None,
        *,
        ko: str = "",
        en: str = "",
        field: str | None = None,
        article: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.retry_after = retry_after
        self.code = code or type(self).code
        self.ko = ko or DEFAULTS[type(self).code][0]
        self.en = en or DEFAULTS[type(self).code][1]
        self.field = field
        self.article = article
        super().__init__(f"{self.code}: {self.en}")


class FixInput(OnjipError):
    status, code = 422, "invalid"


class Invalid(FixInput):
    pass


class Malformed(FixInput):
    status, code = 400, "malformed"


class TooLarge(FixInput):
    status, code = 413, "too_large"


class UnknownThing(FixInput):
    status, code = 404, "unknown"


class KeyReused(FixInput):
    status, code = 409, "idempotency_key_reused"


class WrongState(FixInput):
    status, code = 409, "wrong_state"


class LawForbids(FixInput):
    status, code = 422, "law_forbids"


class AskPerson(OnjipError):
    status, code = 403, "not_allowed"


class NotLoggedIn(AskPerson):
    status, code = 401, "not_logged_in"


class NotAllowed(AskPerson):
    pass


class ConsentNeeded(AskPerson):
    status, code = 403, "consent_needed"


class Wait(OnjipError):
    """``retry_after``: seconds, when the one we wait for has said it."""

    status, code = 503, "not_yet"


class NotYet(Wait):
    """What is waited for has not happened. Not a fault: asked again after ``retry_after`` seconds."""


class AgencyDown(Wait):
    """The agency did not act and may be asked again."""

    code = "agency_down"


class OutcomeUnknown(Wait):
    """The agency may or may not have acted: look up before sending again."""

    code = "outcome_unknown"


class GiveUp(OnjipError):
    status, code = 502, "agency_refused"


class AgencyRefused(GiveUp):
    """The agency's permanent no. ``code`` is the agency's reason as a domain word."""


DEFAULTS: dict[str, tuple[str, str]] = {
    "internal": ("내부 오류입니다. 잠시 뒤 다시 시도해 주십시오.", "Internal error. Please try again shortly."),
    "invalid": ("입력값을 확인해 주십시오.", "Please check what you entered."),
    "malformed": ("읽을 수 없는 요청입니다. 형식을 확인해 주십시오.", "The request cannot be read. Check its format."),
    "too_large": ("보낸 내용이 너무 큽니다. 크기를 줄여 주십시오.", "What was sent is too large. Send less."),
    "unknown": ("찾을 수 없습니다. 주소나 번호를 확인해 주십시오.", "Not found. Check the address or number."),
    "idempotency_key_reused": (
        "같은 멱등 키로 다른 내용을 보냈습니다. 새 키로 보내 주십시오.",
        "This idempotency key was used for another body. Send a new key.",
    ),
    "wrong_state": (
        "지금은 할 수 없는 일입니다. 현재 단계를 확인해 주십시오.",
        "Not possible now. Look at the present step.",
    ),
    "law_forbids": (
        "법령이 허용하지 않습니다. 근거 조문을 확인해 주십시오.",
        "The law does not allow this. See the article.",
    ),
    "not_allowed": ("이 일을 할 권한이 없습니다.", "You are not entitled to do this."),
    "not_logged_in": ("로그인해 주십시오.", "Please log in."),
    "consent_needed": (
        "당사자의 동의가 필요합니다. 동의 화면에서 동의해 주십시오.",
        "Consent is needed. Give it on the consent page.",
    ),
    "not_yet": ("아직 처리 중입니다. 잠시 뒤 다시 확인해 주십시오.", "Still in progress. Please look again shortly."),
    "agency_down": (
        "기관이 응답하지 않습니다. 자동으로 다시 시도합니다.",
        "The agency does not answer. We try again by ourselves.",
    ),
    "outcome_unknown": ("기관의 처리 결과를 확인하고 있습니다.", "We are finding out whether the agency acted."),
    "agency_refused": ("기관이 거절했습니다. 사유를 확인해 주십시오.", "The agency refused. See its reason."),
}
