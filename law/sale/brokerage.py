"""Ceiling of the brokerage fee (중개보수 한도), for each side; never a fee: that is agreed below it.

공인중개사법 제32조④, 시행규칙 제20조①③–⑥와 별표 1·2. Checked 2026-11-23 (the annexes from a transcription). The
ordinance of the office's province may set less. VAT comes on top.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from domain.words import Won
from law.parameters import Row
from law.rules import Advice, Case, Fact, Trigger, rule
from law.sale.facts import property_kind, sale_price
from law.vocabulary import exclusive_area

PER_MILLE = 1_000
ARTICLE = "공인중개사법 시행규칙 제20조, 별표 1"
OTHERS = "공인중개사법 시행규칙 제20조제4항, 별표 2"
Object = Literal["home", "equipped_officetel", "other"]

lease_deposit = Fact[int]("lease_deposit", "임대차 보증금", "deposit of the lease", Advice.NEVER, "won", kind=Won)
monthly_rent = Fact[int]("monthly_rent", "월 차임", "monthly rent", Advice.NEVER, "won", kind=Won)
exchanged_value = Fact[int](
    "exchanged_value",
    "교환하는 다른 물건의 가액",
    "value of the other property in an exchange",
    unit="won",
    kind=Won,
    default=0,
)
right_paid_so_far = Fact[int | None](
    "right_paid_so_far", "분양권: 거래 시점까지 납입한 금액",
    "right to a new home: paid in until the sale (null: no right)", unit="won", kind=Won | None, default=None,
)  # fmt: skip
right_premium = Fact[int](
    "right_premium", "분양권: 프리미엄", "right to a new home: premium", unit="won",
    kind=Annotated[int, Field(ge=-(10**15), le=10**15)], default=0,
)  # fmt: skip
officetel_equipped = Fact[bool](
    "officetel_equipped", "전용 입식부엌·수세식 화장실·목욕시설을 갖춘 오피스텔",
    "officetel with kitchen, toilet and bath of its own", kind=bool, default=False,
)  # fmt: skip
home_part_percent = Fact[int | None](
    "home_part_percent", "건축물 중 주택 면적의 비율", "share of homes in the building's area (null: not mixed)",
    unit="percent", kind=Annotated[int, Field(ge=0, le=100)] | None, default=None,
)  # fmt: skip


@rule(
    "brokered_object", property_kind, home_part_percent, officetel_equipped, exclusive_area,
    ko="중개보수표의 구분", en="Which table of brokerage fees holds", article="공인중개사법 시행규칙 제20조제4항·제6항",
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def brokered_object(case: Case) -> Object:
    """A mixed building is a home from half its area on (제6항)."""
    row = case.row("brokerage_other")
    part = case[home_part_percent]
    found: Object = "other"
    if part is not None:
        found = "home" if part >= row.value["home_from_percent"] else "other"
    elif case[property_kind] == "home":
        found = "home"
    elif case[property_kind] == "officetel" and case[officetel_equipped]:
        small = Decimal(case[exclusive_area]) <= Decimal(row.value["officetel_area"])
        found = "equipped_officetel" if small else "other"
    return case.state(row, found, ko="중개보수표: {value}", en="Table: {value}")


@rule(
    "brokerage_sale_base", sale_price, exchanged_value, right_paid_so_far, right_premium, ko="매매 거래금액",
    en="Base sum of a sale", article="공인중개사법 시행규칙 제20조제5항", trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def sale_base(case: Case) -> int:
    """The dearer side of an exchange (제2호); of a right to a new home, what was paid in and the premium (case law)."""
    paid = case[right_paid_so_far]
    base = max(case[sale_price], case[exchanged_value]) if paid is None else max(paid + case[right_premium], 0)
    article = "공인중개사법 시행규칙 제20조제5항"
    return case.state(article, base, ko="거래금액 {value}원", en="Base sum of {value} won")


@rule(
    "brokerage_ceiling", sale_base, brokered_object, ko="매매 중개보수 한도",
    en="Ceiling of the brokerage fee on a sale, each side", article=ARTICLE, trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def brokerage_ceiling(case: Case) -> int:
    if case[brokered_object] == "home":
        return _ceiling(case, case[sale_base], case.row("brokerage_sale"))
    return _flat(case, case[sale_base], "sale_per_mille")


@rule(
    "brokerage_lease_base", lease_deposit, monthly_rent, ko="임대차 거래금액", en="Base sum of a lease",
    article="공인중개사법 시행규칙 제20조제5항", trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def lease_base(case: Case) -> int:
    """Deposit and a multiple of the monthly rent; a smaller multiple where that sum is small."""
    row = case.row("brokerage_other")
    deposit, monthly = case[lease_deposit], case[monthly_rent]
    base: int = deposit + monthly * row.value["monthly_times"]
    if base < row.value["small_below"]:
        base = deposit + monthly * row.value["small_times"]
    return case.state(row, base, ko="임대차 거래금액 {value}원", en="Base sum of {value} won")


@rule(
    "brokerage_lease_ceiling", lease_base, brokered_object, ko="임대차 중개보수 한도",
    en="Ceiling of the brokerage fee on a lease, each side", article=ARTICLE, trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def brokerage_lease_ceiling(case: Case) -> int:
    if case[brokered_object] == "home":
        return _ceiling(case, case[lease_base], case.row("brokerage_lease"))
    return _flat(case, case[lease_base], "lease_per_mille")


@rule(
    "brokerage_vat", brokerage_ceiling, ko="중개보수 한도에 대한 부가가치세",
    en="VAT on the ceiling, of a general taxpayer", article="부가가치세법 제30조", trigger=Trigger.CONTRACT, unit="won",
)  # fmt: skip
def brokerage_vat(case: Case) -> int:
    row = case.row("vat_percent")
    vat: int = case[brokerage_ceiling] * row.value // 100
    return case.state(row, vat, ko="부가가치세 {value}원", en="VAT of {value} won")


def _ceiling(case: Case, amount: int, row: Row) -> int:
    # Bands hold what lies below ("미만") their bound; the last has none.
    bands = row.value["bands"]
    band = next(band for band in bands if band["below"] is None or amount < band["below"])
    fee = amount * (band["per_mille"] or 0) // PER_MILLE
    highest = fee if band["cap"] is None else min(fee, band["cap"])
    return case.state(row, highest, ko="중개보수 한도 {value}원 (부가가치세 별도)", en="At most {value} won, VAT apart")


def _flat(case: Case, amount: int, key: str) -> int:
    """별표 2 for equipped officetels; a fixed most for everything else, agreed within it."""
    row = case.row("brokerage_other")
    equipped = case[brokered_object] == "equipped_officetel"
    rate = row.value["officetel"][key] if equipped else row.value["other_per_mille"]
    highest: int = amount * rate // PER_MILLE
    return case.state(row, highest, ko="중개보수 한도 {value}원 (부가가치세 별도)", en="At most {value} won, VAT apart")
