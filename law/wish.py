"""One wish to be judged: who applies, to which notice, for which house type, under which rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.notices import HouseType, Notice
from domain.words import HousingKind
from law.household import Applicant
from law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Wish:
    applicant: Applicant
    notice: Notice
    house_type: HouseType
    rulebook: Rulebook

    @property
    def day(self) -> date:
        """The notice date (입주자모집공고일), on which eligibility is judged (제27조, 제28조, 제35조 이하)."""
        return self.notice.notice_date

    @property
    def public(self) -> bool:
        return self.notice.housing_kind is HousingKind.PUBLIC
