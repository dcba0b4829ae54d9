"""Bodies are strict: nothing unknown, nothing unbounded, no number written as text."""

from __future__ import annotations

import base64
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from domain.errors import Invalid

MAX_WON = 10**12
# What nobody sees does not belong into words that people sign: controls, zero widths, and marks that turn the direction
# of writing, by which a clause reads otherwise than it stands. NUL cannot even be stored. Emoji are joined by U+200D.
UNSEEN = r"\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
NO_CONTROL = rf"^[^\x00-\x1f{UNSEEN}]*$"
NO_CONTROL_BUT_LINES = rf"^[^\x00-\x09\x0b-\x1f{UNSEEN}]*$"
PERSONAL = re.compile(r"\d{6}\s*-?\s*[0-9]\d{6}|01[016789][-. ]?\d{3,4}[-. ]?\d{4}|[^\s@]+@[^\s@]+\.[^\s@]+")


# What a rule about several fields says, by the words with which it fails.
RULES = {
    "the payments must make the price": (
        "지급액의 합이 거래금액과 같아야 합니다.", "The payments must add up to the price.",
    ),
    "the shares of the payments must make 10000": (
        "납부 비율의 합이 100%여야 합니다.", "The shares of the payments must add up to 100 %.",
    ),
    "a payment before the balance needs its day": (
        "계약금과 중도금에는 지급일이 있어야 합니다. 날짜를 적어 주십시오.",
        "The deposit and an instalment need a day on which they are due. Name it.",
    ),
    "a house type is named twice": ("주택형 번호가 두 번 있습니다.", "A house type is named twice."),
    "a unit is named twice": ("같은 동·호수가 두 번 있습니다.", "A unit is named twice."),
    "too many facts": (
        "한 번에 물을 수 있는 양을 넘었습니다. 목록을 100개 이하로 줄여 주십시오.",
        "This is more than one question may hold. Keep each list to 100 entries.",
    ),
    "named twice": ("같은 것을 두 번 적었습니다.", "Something is named twice."),
    "a public text names a person": (
        "공개 기록에 남으므로 주민등록번호, 전화번호, 전자우편 주소를 적을 수 없습니다.",
        "This stands in the public record: no resident number, telephone number or e-mail address.",
    ),
    "a date is written as text": ("날짜는 2026-11-23처럼 적어 주십시오.", "Write the date like 2026-11-23."),
}  # fmt: skip


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Empty(Strict):
    """An act that needs no words."""


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a date is written as text")
    return value


def _composed(value: object) -> object:
    """One word has one spelling: some systems send a syllable as its letters (Unicode NFC)."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _impersonal(value: str) -> str:
    """The plainest of what must not stand in a public record; the second person who reads it looks for the rest."""
    if PERSONAL.search(value):
        raise ValueError("a public text names a person")
    return value


Text = Annotated[str, BeforeValidator(_composed)]
Word = Annotated[Text, StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROL)]
ShortText = Annotated[Text, StringConstraints(min_length=1, max_length=300, pattern=NO_CONTROL_BUT_LINES)]
LongText = Annotated[Text, StringConstraints(min_length=1, max_length=4000, pattern=NO_CONTROL_BUT_LINES)]
PublicText = Annotated[ShortText, AfterValidator(_impersonal)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
NoticeId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,20}-[0-9A-Za-z-]{1,40}$")]
NoticePath = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,80}$")]
TicketPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
ModelNo = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,8}$")]
UniqueNo = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4}-\d{6}$")]
PartyCode = Annotated[str, StringConstraints(pattern=r"^[2-9A-HJ-NP-Za-hj-np-z]{8}$", to_upper=True)]
Share = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$")]  # of a property, as registers
Sha256Text = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Area = Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,4})?$")]
Bytes64 = Annotated[str, StringConstraints(max_length=8000, pattern=r"^[A-Za-z0-9+/]{2,}={0,2}$")]
Money = Annotated[int, Field(strict=True, ge=0, le=MAX_WON, description="won")]
Price = Annotated[int, Field(strict=True, ge=1, le=MAX_WON, description="won")]
Count = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_text), Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]
At = Annotated[
    AwareDatetime, BeforeValidator(_text),
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2100, 12, 31, tzinfo=UTC)),
]  # fmt: skip


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def bytes_of(text: str, field: str) -> bytes:
    """Of ``Bytes64``. Invalid: it only looked like base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Invalid("not_base64", field=field) from None
