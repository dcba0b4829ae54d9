"""The facts of housing subscription: what a register, a notice or a person must state.

Dates are dates of law, money is won, areas are square metres as decimal text, regions are 5-digit 시군구 codes.
A fact with a default holds as the default says unless somebody claims otherwise (exceptions must be claimed).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.model import Model
from domain.words import HousingKind, SupplyKind, Won
from law.rules import Advice, Fact

Region = Annotated[str, Field(pattern=r"^\d{5}$", description="5-digit code of the city, county or ward (시군구)")]
Area = Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,4})?$", description="square metres, decimal text")]
Count = Annotated[int, Field(ge=0, le=10_000)]
Relation = Literal[
    "spouse", "child", "child_spouse", "grandchild", "parent", "grandparent", "spouse_parent", "spouse_grandparent",
    "sibling", "other",
]  # fmt: skip
Owner = Literal["self"] | Relation
HomeKind = Literal["apartment", "other", "right"]


class Stated(Model):
    """A value that is typed or fetched: nothing beyond its fields is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(Stated):
    """A person other than the applicant on the register of the applicant or the spouse."""

    relation: Relation
    birth_date: date  # expected date of birth for one not yet born
    unborn: bool = False
    adopted: bool = False
    married: bool | None = None  # None: not stated; decides only from the age of marriage on
    divorced: bool = False
    on_register_since: date | None = None  # unbroken on the same register as the applicant (or the spouse)
    with_spouse_only: bool = False  # on the register of a spouse who lives apart
    abroad_days: Count = 0  # longest unbroken stay abroad
    parents_dead: bool = False  # grandchildren


class Home(Stated):
    """A home, or a right to one (분양권등), that a member of the household holds or held."""

    owner: Owner = "self"
    region: Region
    exclusive_area: Area
    official_price: Won
    kind: HomeKind | None = None
    acquired_on: date
    disposed_on: date | None = None
    home_ref: str | None = None  # one home held by two members counts once
    paid_price: Won | None = None  # reported price of the acquisition (제53조제12호)
    exception: str | None = None  # key of the table ``home_exceptions``: claimed with a document (제53조)


class Stay(Stated):
    """One line of the address history. ``until`` None: still there."""

    region: Region
    since: date
    until: date | None = None


class Abroad(Stated):
    """A stay abroad, from departure to return (None: still there)."""

    country: str = Field(default="", max_length=60)
    left_on: date
    back_on: date | None = None


class Win(Stated):
    """An earlier win of a member. None: the register does not state it."""

    member: Owner = "self"
    won_on: date
    special: bool | None = None
    by_points: bool | None = None
    home_classes: tuple[str, ...] | None = None  # keys of the table ``rewin_ban``
    cancelled_as_ineligible: bool = False
    resupplied: bool = False  # a home whose earlier contract was cancelled (제47조의3)


class Deposit(Stated):
    """One monthly payment into the account."""

    due_on: date
    paid_on: date
    won: Won


# -- the person and the household --------------------------------------------------------------------------------

birth_date = Fact[date]("birth_date", "생년월일", "date of birth", kind=date)
head = Fact[bool]("head", "세대주 여부", "head of the household", Advice.SHOWN, kind=bool)
married = Fact[bool]("married", "혼인 여부", "married", Advice.SHOWN, kind=bool)
marriage_registered_on = Fact[date | None](
    "marriage_registered_on", "혼인신고일", "day the marriage was registered", kind=date | None
)
remarried = Fact[bool]("remarried", "이혼 후 재혼 여부", "married before and divorced", kind=bool, default=False)
spouse_birth_date = Fact[date | None](
    "spouse_birth_date", "배우자 생년월일", "spouse's date of birth", kind=date | None
)
members = Fact[tuple[Member, ...]](
    "members", "세대원 (본인 제외)", "members of the household, the applicant apart", Advice.SHOWN,
    kind=tuple[Member, ...],
)  # fmt: skip
homes = Fact[tuple[Home, ...]](
    "homes", "세대의 주택 소유 이력", "homes that the household holds or held", Advice.SHOWN, kind=tuple[Home, ...]
)
homes_unseen = Fact[tuple[str, ...]](
    "homes_unseen", "주택 소유를 확인하지 못한 세대원", "members whose homes no register has answered",
    kind=tuple[str, ...], default=(),
)  # fmt: skip
wins = Fact[tuple[Win, ...]]("wins", "세대의 당첨 이력", "earlier wins of the household", kind=tuple[Win, ...])
wins_unseen = Fact[tuple[str, ...]](
    "wins_unseen", "당첨 이력을 확인하지 못한 세대원", "members whose wins no register has answered",
    kind=tuple[str, ...], default=(),
)  # fmt: skip
addresses = Fact[tuple[Stay, ...]](
    "addresses", "주민등록 주소 이력", "address history on the resident register", Advice.SHOWN, kind=tuple[Stay, ...]
)
stays_abroad = Fact[tuple[Abroad, ...]](
    "stays_abroad", "국외 체류 기간", "stays abroad", kind=tuple[Abroad, ...], default=()
)

# -- the subscription account ------------------------------------------------------------------------------------

account_opened_on = Fact[date | None](
    "account_opened_on", "입주자저축 가입일", "day the subscription account was opened (null: none)", Advice.ACT,
    kind=date | None,
)  # fmt: skip
account_payments = Fact[int](
    "account_payments", "납입 인정 회차", "recognised monthly payments", Advice.ACT, "payments", kind=Count
)
account_amount = Fact[int]("account_amount", "납입 인정 금액", "recognised savings", Advice.ACT, "won", kind=Won)
account_deposit = Fact[int]("account_deposit", "예치금", "money on the account", Advice.ACT, "won", kind=Won)
spouse_account_opened_on = Fact[date | None](
    "spouse_account_opened_on", "배우자의 입주자저축 가입일", "day the spouse's account was opened (null: none)",
    kind=date | None,
)  # fmt: skip

# -- income and assets -------------------------------------------------------------------------------------------

income_monthly = Fact[int](
    "income_monthly", "본인 월평균소득", "applicant's average monthly income", Advice.NEVER, "won", kind=Won
)
spouse_income_monthly = Fact[int](
    "spouse_income_monthly", "배우자 월평균소득", "spouse's average monthly income", Advice.NEVER, "won", kind=Won
)
other_income_monthly = Fact[int](
    "other_income_monthly", "그 밖의 성년 세대원 월평균소득", "average monthly income of other adult members",
    Advice.NEVER, "won", kind=Won, default=0,
)  # fmt: skip
property_value = Fact[int](
    "property_value", "세대의 부동산가액", "value of the household's real estate", Advice.NEVER, "won", kind=Won
)
car_value = Fact[int]("car_value", "자동차가액", "value of the car", Advice.NEVER, "won", kind=Won)
net_assets = Fact[int]("net_assets", "순자산", "net assets", Advice.NEVER, "won", kind=Won)
tax_years = Fact[int]("tax_years", "소득세 납부 연수", "years of income tax paid", Advice.ACT, "years", kind=Count)
working = Fact[bool]("working", "근로자 또는 자영업자 여부", "employed or self-employed", kind=bool)

# -- the notice and the home -------------------------------------------------------------------------------------

housing_kind = Fact[HousingKind](
    "housing_kind", "주택의 종류", "public (국민주택) or private (민영주택) home", Advice.ACT, kind=HousingKind
)
supply_kind = Fact[SupplyKind]("supply_kind", "공급유형", "kind of supply", Advice.ACT, kind=SupplyKind)
supplier_public = Fact[bool](
    "supplier_public",
    "공공주택사업자 여부",
    "supplied by a public developer under 공공주택 특별법",
    kind=bool,
    default=False,
)
notice_region = Fact[str]("notice_region", "주택건설지역", "region of the home", Advice.ACT, kind=Region)
exclusive_area = Fact[str]("exclusive_area", "전용면적", "exclusive area of the home", Advice.ACT, "m²", kind=Area)
price = Fact[int]("price", "공급금액", "price of the home", Advice.ACT, "won", kind=Won)
price_capped = Fact[bool]("price_capped", "분양가상한제 적용 여부", "home under the price cap", Advice.ACT, kind=bool)
public_land = Fact[bool](
    "public_land", "공공택지 여부", "on public housing land (공공택지)", Advice.ACT, kind=bool, default=False
)
large_site = Fact[bool](
    "large_site", "대규모 택지개발지구 여부", "on a large site of 제34조", Advice.ACT, kind=bool, default=False
)
greenbelt_site = Fact[bool](
    "greenbelt_site", "개발제한구역 해제면적 50% 이상 공공주택지구 여부",
    "public housing district with at least half released green belt", Advice.ACT, kind=bool, default=False,
)  # fmt: skip
land_lease = Fact[bool](
    "land_lease", "토지임대부 분양주택 여부", "land-lease home", Advice.ACT, kind=bool, default=False
)
units = Fact[Mapping[str, int]](
    "units", "공급유형별 공급 세대수", "homes on offer by kind of supply", kind=dict[SupplyKind, Count]
)
announcement_date = Fact[date]("announcement_date", "당첨자 발표일", "announcement of winners", kind=date)
approval_applied_on = Fact[date | None](
    "approval_applied_on", "입주자모집 승인신청일", "day when approval of the recruitment was applied for",
    kind=date | None, default=None,
)  # fmt: skip
