"""Whether a contract on land in a permit zone needs a permit, and until when the office must decide.

부동산 거래신고 등에 관한 법률 제11조, 제14조②; 시행령 제8조③, 제9조①, 제11조③6·19. Checked 2026-11-23. A contract
without the permit has no effect (제11조⑥), so it is reported from the day of the contract made after the permit.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from domain.words import ContractKind
from law.rules import Case, Fact, Trigger, rule
from law.sale.area import permit_event, permit_zone
from law.sale.counting import last_day
from law.sale.facts import acquisition_cause, contract_kind, property_region
from law.vocabulary import Area

ARTICLE = "부동산 거래신고 등에 관한 법률 제11조"
Zone = Literal[
    "residential", "commercial", "industrial", "green", "none", "outside", "outside_farmland", "outside_forest"
]

land_zone = Fact[Zone]("land_zone", "용도지역", "zone of land use (outside: no 도시지역)", kind=Zone)
land_area = Fact[str]("land_area", "토지(대지지분) 면적", "area of the land or land share", unit="m²", kind=Area)
permit_area_percent = Fact[int | None](
    "permit_area_percent", "지정 공고가 정한 기준면적 비율 (null: 자료에 있는 지정, 없으면 100)",
    "percent of the standard area set by the designation (null: as the data have it, else 100)", unit="percent",
    kind=Annotated[int, Field(ge=10, le=300)] | None, default=None,
)  # fmt: skip
STANDARD_PERCENT = 100


@rule(
    "land_permit", permit_zone, acquisition_cause, contract_kind, land_zone, land_area, permit_area_percent,
    property_region, ko="토지거래허가가 필요한지", en="The contract needs a land-transaction permit", article=ARTICLE,
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def land_permit(case: Case) -> bool:
    row = case.row("land_permit")
    inside = case.test(
        "land_permit.zone", row, lambda: case[permit_zone],
        ko="허가구역에서 공고된 허가 대상인지", en="Inside the published scope of a permit zone",
    )  # fmt: skip
    if inside is False:
        return case.verdict()
    case.test(
        "land_permit.paid", row, lambda: case[acquisition_cause] == "purchase",
        ko="대가를 받는 계약인지", en="For money (no gift, no inheritance)",
    )  # fmt: skip
    supplied = case.test(
        "land_permit.no_supply", row, lambda: case[contract_kind] is not ContractKind.SUPPLY,
        ko="주택법 제54조 등에 따른 최초 공급계약이 아닌지", en="No first supply contract (주택법 제54조 and the like)",
    )  # fmt: skip
    if supplied:
        case.test(
            "land_permit.area", row, lambda: _large(case, row.value),
            ko="토지 면적이 용도지역별 기준을 넘는지", en="The land is larger than the exempt area",
        )  # fmt: skip
    return case.verdict()


@rule(
    "land_permit_due", ko="토지거래허가 처분 기한", en="Day by which the permit is decided",
    article="부동산 거래신고 등에 관한 법률 제11조제4항·제5항, 시행령 제8조제3항", trigger=Trigger.FILING,
)  # fmt: skip
def land_permit_due(case: Case) -> date:
    """``as_of``: the day the application came in. Without an answer the permit counts as given the day after (⑤)."""
    row = case.row("land_permit_decision")
    return case.state(
        row, last_day(case, "land_permit_decision"), ko="{value}까지 허가 여부를 정합니다.", en="Decided by {value}"
    )


def _large(case: Case, table: dict[str, dict[str, str]]) -> bool:
    """The zone of land use is asked for only where the area lies between the smallest and the largest limit."""
    part = Decimal(_percent(case)) / STANDARD_PERCENT
    limits = {name: Decimal(area) * part for name, area in table["exempt_area"].items()}
    area = Decimal(case[land_area])
    if area > max(limits.values()):
        return True
    return area > min(limits.values()) and area > limits[case[land_zone]]


def _percent(case: Case) -> int:
    given = case[permit_area_percent]
    if given is not None or not case.knows(property_region):
        return given or STANDARD_PERCENT
    event = permit_event(case, case[property_region])
    return int(event["percent"]) if event else STANDARD_PERCENT
