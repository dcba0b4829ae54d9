"""The facts of a sale: what a contract, a register or a person must state about one deal.

Dates are dates of law, money is won, areas square metres as decimal text, shares exact fractions ("1/2"). A fact with
a default holds as the default says unless somebody claims otherwise: reliefs and exceptions must be claimed.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.words import ContractKind, PartyRole, Won
from law.rules import Advice, Fact
from law.vocabulary import Area, Region, Stated

Cause = Literal["purchase", "gift", "inheritance", "construction", "partition"]
PropertyKind = Literal["home", "farmland", "officetel", "land", "building"]
BuildingKind = Literal["apartment", "row_house", "multi_unit", "urban_living", "multi_family", "detached"]
Channel = Literal["paper", "eform", "electronic"]
Relief = Literal[
    "first_home", "child_home", "unsold_regional", "decline_area", "small_home", "fraud_victim", "other",
]  # fmt: skip
Share = Annotated[str, Field(pattern=r"^[1-9]\d{0,5}/[1-9]\d{0,5}$", description="exact fraction, as 1/2")]
Percent = Annotated[str, Field(pattern=r"^\d{1,2}(\.\d{1,3})?$", description="percent, decimal text")]
# 제28조의2: what the new home, or an owned one, is used for; each shown by its own document.
Use = Literal[
    "public_rental", "shared_ownership", "welfare_home", "heritage", "rental_operator", "nursery", "sale_lease_back",
    "demolition", "unsold_for_work", "foreclosed", "farm_home", "employee_rental", "division", "remodelling",
    "land_lease", "low_value", "restructuring_reit", "unsold_regional", "decline_rental",
]  # fmt: skip
# 제28조의4제2항·제6항: purchases that the count leaves out for a time.
NewHome = Literal["small_new", "small_rental", "unsold_regional"]


class OwnedHome(Stated):
    """A home, or a right that counts as one, of the buyer's household (취득세 주택 수; not the list of subscription).

    ``standard_value`` is that of the whole home (시가표준액). ``home_ref``: one home held by two members counts once.
    ``price`` and ``exclusive_area`` only where the exclusion claimed looks at them.
    """

    kind: Literal["home", "occupancy_right", "sale_right", "officetel", "land_only"] = "home"
    region: Region
    standard_value: Won
    acquired_on: date
    contracted_on: date | None = None
    disposed_on: date | None = None
    inherited_on: date | None = None
    largest_heir: bool = True  # of a home inherited together: this household holds the largest share (제5항)
    taxed_as_home: bool = True  # officetels: 재산세 as a home
    redevelopment: bool = False  # in a 정비구역 or 사업시행구역
    claimed: Use | NewHome | Literal["builder_stock", "spouse_before_marriage"] | None = None
    exclusive_area: Area | None = None
    price: Won | None = None
    home_ref: str | None = None


def _won(name: str, ko: str, en: str, advice: Advice = Advice.NEVER) -> Fact[int]:
    return Fact[int](name, ko, en, advice, "won", kind=Won)


def _more(name: str, ko: str, en: str) -> Fact[int]:
    """Money that is nothing unless stated."""
    return Fact[int](name, ko, en, Advice.NEVER, "won", kind=Won, default=0)


def _claim(name: str, ko: str, en: str) -> Fact[bool]:
    """An exception: does not hold unless claimed."""
    return Fact[bool](name, ko, en, kind=bool, default=False)


def _day(name: str, ko: str, en: str) -> Fact[date | None]:
    return Fact[date | None](name, ko, en, kind=date | None, default=None)


# -- the deal and its people --------------------------------------------------------------------------------------

# Of the contracts by which a home is acquired; leases and the like have rules of their own.
AcquiringKind = Literal[ContractKind.SALE, ContractKind.SUPPLY, ContractKind.DISSOLUTION]
contract_kind = Fact[ContractKind]("contract_kind", "계약의 종류", "kind of contract", kind=AcquiringKind)
contract_brokers = Fact[tuple[PartyRole, ...]](
    "contract_brokers", "계약서를 작성한 개업공인중개사", "brokers who made the contract",
    kind=tuple[PartyRole, ...], default=(),
)  # fmt: skip
public_party_role = Fact[PartyRole | None](
    "public_party_role", "국가등(공공기관·지방공사 포함)인 당사자의 지위",
    "which party is a public body (국가등), if any", kind=PartyRole | None, default=None,
)  # fmt: skip
corporate_buyer = _claim("corporate_buyer", "법인(단체) 매수", "the buyer is a corporation or other body")
ministry_contract = _claim(
    "ministry_contract", "국토교통부 전자계약시스템으로 체결", "made in the ministry's own e-contract system"
)

# -- the thing ----------------------------------------------------------------------------------------------------

property_kind = Fact[PropertyKind](
    "property_kind", "부동산의 종류", "kind of property", kind=PropertyKind, default="home"
)
building_kind = Fact[BuildingKind](
    "building_kind", "주택의 유형", "type of the home", kind=BuildingKind, default="apartment"
)
property_region = Fact[str]("property_region", "소재지", "region of the property", kind=Region)
rural_township = _claim("rural_township", "도시지역이 아닌 읍·면 소재", "in a non-urban 읍 or 면")
decline_area = _claim("decline_area", "인구감소지역 소재", "in a designated area of falling population (인구감소지역)")
redevelopment = _claim("redevelopment", "정비구역·사업시행구역 소재", "inside a redevelopment zone (정비구역)")
standard_value = _won("standard_value", "시가표준액 (전체)", "standard value of the whole property (시가표준액)")
land_value = _won("land_value", "대지의 시가표준액", "standard value of the land part")
building_value = _won("building_value", "건물의 시가표준액", "standard value of the building part")

# -- how it is acquired -------------------------------------------------------------------------------------------

acquisition_cause = Fact[Cause](
    "acquisition_cause", "취득 원인", "cause of the acquisition", kind=Cause, default="purchase"
)
sale_price = _won("sale_price", "거래금액", "price agreed in the contract")
option_price = _more("option_price", "선택품목(발코니 등) 금액", "price of options")
premium = _more("premium", "분양권 프리미엄", "premium paid for the right")
vat_included = _more("vat_included", "거래금액에 든 부가가치세", "value-added tax within the price")
brokerage_paid = _more(
    "brokerage_paid", "지급한 중개보수 (법인만 과세표준에 산입)", "brokerage fee paid (counts for bodies)"
)
market_value = Fact[int | None](
    "market_value", "시가인정액", "recognised market value (시가인정액; null: cannot be worked out)", unit="won",
    kind=Won | None,
)  # fmt: skip
takes_standard_value = _claim(
    "takes_standard_value",
    "시가표준액을 과세표준으로 선택",
    "chooses the standard value as tax base (제10조의2제2항제2호)",
)
construction_cost = _won("construction_cost", "사실상취득가격 (신축)", "actual cost of construction")
acquired_share = Fact[str](
    "acquired_share",
    "취득 지분 (거래금액은 그 지분의 값)",
    "share acquired (the price is then that of the share)",
    kind=Share,
    default="1/1",
)
share_standard_value = Fact[int | None](
    "share_standard_value", "취득 지분의 시가표준액", "standard value of the share, if not in proportion", unit="won",
    kind=Won | None, default=None,
)  # fmt: skip
nonprofit = _claim("nonprofit", "비영리사업자", "non-profit body (제11조제1항제2호 단서)")
only_home_inherited = _claim(
    "only_home_inherited",
    "상속으로 1가구 1주택",
    "the heir's family has only the inherited home (제15조제1항제2호가목)",
)
gift_within_family = _claim(
    "gift_within_family", "1세대 1주택자가 배우자·직계존비속에게 증여",
    "given by the owner of an only home to spouse or lineal relative",
)  # fmt: skip
balance_paid_on = Fact[date]("balance_paid_on", "사실상 잔금지급일", "day the balance was actually paid", kind=date)
registered_on = _day("registered_on", "등기일", "day of registration, if earlier")
proven_contract_on = _day(
    "proven_contract_on", "계약금 지급이 증빙되는 계약일", "contract date, with proof that the deposit was paid"
)
supply_contract = _claim("supply_contract", "분양계약으로 취득", "bought from the developer by a supply contract")

# -- the household and the home's use -----------------------------------------------------------------------------

owned_homes = Fact[tuple[OwnedHome, ...]](
    "owned_homes", "세대의 다른 주택·입주권·분양권·오피스텔", "homes and rights that the household holds or held",
    kind=tuple[OwnedHome, ...],
)  # fmt: skip
right_acquired_on = _day(
    "right_acquired_on", "분양권·입주권 취득일", "day the right to this home was acquired (제28조의4제1항)"
)
heavy_exception = Fact[Use | None](
    "heavy_exception",
    "중과 제외 주택 사유",
    "why the home is no object of heavy rates (제28조의2)",
    kind=Use | None,
    default=None,
)
uncounted_purchase = Fact[NewHome | None](
    "uncounted_purchase", "주택 수 산정에서 빼는 취득", "purchase that the count leaves out (제28조의4제2항)",
    kind=NewHome | None, default=None,
)  # fmt: skip
moving_house = _claim(
    "moving_house", "이사 등으로 종전 주택을 기한 내 처분할 일시적 2주택",
    "temporary two homes: moving, the old home to be disposed of in time",
)  # fmt: skip
old_home_disposed_on = _day("old_home_disposed_on", "종전 주택 처분일", "day the old home was disposed of")
old_home_adjusted = Fact[bool](
    "old_home_adjusted", "종전 주택이 조정대상지역에 있는지", "the old home lies in an adjusted area", kind=bool
)

# -- reliefs claimed ----------------------------------------------------------------------------------------------

relief_claimed = Fact[Relief | None](
    "relief_claimed", "신청한 감면", "relief claimed (지방세특례제한법)", Advice.ACT, kind=Relief | None, default=None
)
relief_of_co_buyers = _more("relief_of_co_buyers", "공동취득자가 받은 감면액", "relief already taken by co-buyers")
first_home_buyer = Fact[bool](
    "first_home_buyer", "본인과 배우자가 주택을 소유한 사실이 없음 (제36조의3제3항 포함)",
    "neither buyer nor spouse has ever owned a home (제36조의3제3항 included)", kind=bool,
)  # fmt: skip
buyer_adult = Fact[bool]("buyer_adult", "성년인 취득자", "the buyer is of age", kind=bool)
buyer_korean = Fact[bool]("buyer_korean", "대한민국 국민인 취득자", "the buyer is a Korean national", kind=bool)
buys_to_live = Fact[bool](
    "buys_to_live",
    "거주할 목적의 취득",
    "bought to live in (for 3 years no sale, gift or other use)",
    Advice.ACT,
    kind=bool,
)
only_home_after = Fact[bool](
    "only_home_after", "취득 후(법정 기간 안에) 1가구 1주택",
    "the family has only this home, at once or in the time allowed", kind=bool,
)  # fmt: skip
no_home_or_one_elsewhere = Fact[bool](
    "no_home_or_one_elsewhere", "무주택이거나 다른 시·군·구에 1주택만 소유",
    "no home, or one only in another city, county or ward", kind=bool,
)  # fmt: skip
child_born_on = Fact[date]("child_born_on", "자녀 출생일", "day the child was born", kind=date)
other_relief_percent = Fact[int](
    "other_relief_percent", "그 밖의 감면율", "percent of a relief under another article", unit="percent",
    kind=Annotated[int, Field(ge=0, le=100)], default=0,
)  # fmt: skip
other_relief_full = _claim(
    "other_relief_full",
    "최소납부세제에서 제외되는 감면",
    "that relief is exempt from the least tax (제177조의2제1항제2호)",
)
ordinance_percent = Fact[int](
    "ordinance_percent", "조례로 더한 감면율", "percent that an ordinance adds", unit="percent",
    kind=Annotated[int, Field(ge=0, le=25)], default=0,
)  # fmt: skip

# -- registration -------------------------------------------------------------------------------------------------

channel = Fact[Channel]("channel", "등기신청 방법", "channel of filing", Advice.ACT, kind=Channel)
properties = Fact[int](
    "properties", "부동산의 수", "number of properties", kind=Annotated[int, Field(ge=1, le=1_000)], default=1
)
