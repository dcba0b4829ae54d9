"""Where the applicant lives on the notice date, and what follows: the right to apply, and local priority.

주택공급에 관한 규칙 제4조①③⑤, 제25조③: who lives in the housing area or in its zone (권역) may apply; within a
rank, those who have lived long enough in the housing area itself come first. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from domain.decisions import Decision
from domain.facts import Address, AddressHistory
from domain.notices import Notice
from law.calendar import full_months
from law.household import Applicant
from law.reasons import Judgement
from law.rulebook import Rulebook


def housing_area(region: str, as_of: date, rulebook: Rulebook) -> str:
    """주택건설지역 (제2조제2호) of a 5-digit code: a metropolitan city as a whole, else the city or county."""
    table = rulebook.value("regions", as_of)
    if region[:2] in table["whole_province"]:
        return region[:2]
    return region if region in table["own_area"] else region[:4]


def same_zone(one: str, other: str, as_of: date, rulebook: Rulebook) -> bool:
    """Both regions in one 권역 (제4조제3항)."""
    zones: Iterable[Any] = rulebook.value("regions", as_of, "zones")
    return any(one[:2] in zone and other[:2] in zone for zone in zones)


def is_capital(region: str, as_of: date, rulebook: Rulebook) -> bool:
    return region[:2] in rulebook.value("regions", as_of, "capital")


def is_metropolitan(region: str, as_of: date, rulebook: Rulebook) -> bool:
    return region[:2] in rulebook.value("regions", as_of, "metropolitan")


def address_on(history: AddressHistory, day: date) -> Address | None:
    """The registered address on ``day``; moving out and in on one day belongs to the new address."""
    held = [a for a in history.addresses if a.moved_in <= day and (a.moved_out is None or day < a.moved_out)]
    return max(held, key=lambda address: address.moved_in, default=None)


def resident_since(history: AddressHistory, day: date, rulebook: Rulebook) -> date | None:
    """First day of the unbroken residence in the housing area of the address on ``day``."""
    current = address_on(history, day)
    if current is None:
        return None
    area, since = housing_area(current.region, day, rulebook), current.moved_in
    for earlier in sorted(history.addresses, key=lambda address: address.moved_in, reverse=True):
        left = earlier.moved_out
        if earlier.moved_in >= since or left is None:
            continue
        if left < since - timedelta(days=1) or housing_area(earlier.region, day, rulebook) != area:
            break
        since = earlier.moved_in
    return since


def may_apply(applicant: Applicant, notice: Notice, rulebook: Rulebook) -> Decision:
    """제4조제1항·제3항: lives in the housing area, or in the same zone. Nationwide areas are not modelled."""
    day, row = notice.notice_date, rulebook.row("regions", notice.notice_date)
    judgement = Judgement("residence", day, rulebook)
    address = address_on(applicant.address_history, day) if applicant.address_history else None
    passed = None if address is None else same_zone(address.region, notice.region, day, rulebook)
    judgement.test(
        "residence.zone", row, passed,
        ko="공고일 현재 해당 주택건설지역 또는 같은 권역에 거주하는지",
        en="Lives in the housing area or its zone on the notice date",
        facts={"region": address.region if address else None, "notice_region": notice.region},
        missing=("address_history",),
    )  # fmt: skip
    return judgement.decision({"local": local_priority(applicant, notice, rulebook)})


def local_priority(applicant: Applicant, notice: Notice, rulebook: Rulebook) -> bool | None:
    """해당지역 (제25조제3항): resident of the area; in regulated capital areas for the months of 제4조제5항."""
    day, history = notice.notice_date, applicant.address_history
    address = address_on(history, day) if history else None
    if history is None or address is None:
        return None
    if housing_area(address.region, day, rulebook) != housing_area(notice.region, day, rulebook):
        return False
    if not (notice.capital_area and notice.regulated):
        return True
    since = resident_since(history, day, rulebook)
    return since is not None and full_months(since, day) >= rulebook.value("local_residence", day)
