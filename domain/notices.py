"""A notice (입주자모집공고) as every story uses it; connectors make it from the agencies' own bytes."""

from __future__ import annotations

from datetime import date, datetime

from domain.model import Model
from domain.words import Agency, HousingKind, Sha256, SupplyKind, Won


class Option(Model):
    """A chosen extra with its own contract (e.g. balcony extension), priced apart from the home."""

    code: str
    name: str
    price: Won


class Payment(Model):
    """One part of the price. ``share_bp``: ten-thousandths of the price; the last part takes the remainder."""

    kind: str  # deposit (계약금) | instalment (중도금) | balance (잔금)
    number: int = 1
    share_bp: int
    due_on: date | None = None


class HouseType(Model):
    """One row of the notice's table (주택형). ``units`` are homes on offer by supply kind."""

    model_no: str
    name: str
    exclusive_area: str  # m², decimal string
    price: Won
    units: dict[SupplyKind, int]
    unit_numbers: tuple[str, ...] = ()  # "101-1203"; filled when the supplier has named them
    lowest_floor: tuple[str, ...] = ()  # units of the lowest floor that may be asked for (제51조)


class Account(Model):
    """A bank account that a notice or a contract names for payments."""

    bank: str
    number: str
    holder: str


class SupplyConditions(Model):
    """What a supply contract must say besides price (주택공급에 관한 규칙 제59조제3항), as the notice announces it.

    Areas in m² as decimal strings; everything else is the wording of the notice. An empty text is "not said".
    """

    residential_common_area: str = ""  # 주거공용면적
    other_common_area: str = ""  # 그 밖의 공용면적
    land_area: str = ""  # 대지면적 (세대별 대지지분)
    resale_limit: str = ""  # 전매행위 제한기간
    guarantee: str = ""  # 분양보증 또는 연대보증의 내용
    surface_right: str = ""  # 구분지상권
    late_fee: str = ""  # 연체료의 산정 및 납부방법
    delay_damages: str = ""  # 지체상금의 산정 및 지급방법
    loan: str = ""  # 융자전환 계획
    defects: str = ""  # 하자담보책임의 기간 및 범위
    cancellation: str = ""  # 해약조건
    bond: str = ""  # 제2종국민주택채권 매입의무


class Notice(Model):
    """Terms of one notice version. ``region`` is the 5-digit 시군구 code of the building site.

    ``receipt_opens_at``/``receipt_closes_at`` are instants; under the normal rulebook they are 09:00 and 17:30
    (Seoul) of the notice's own dates.
    """

    id: str
    agency: Agency  # where applications are received
    number: str  # the agency's own number (공고번호)
    version: int = 1
    name: str
    housing_kind: HousingKind
    supplier: str
    supplier_public: bool
    approval_no: str | None = None  # mayor's approval, private suppliers only (제20조)
    region: str
    region_name: str
    address: str
    capital_area: bool  # 수도권
    regulated: bool  # 투기과열지구 or 청약과열지역
    overheated: bool | None = None  # 투기과열지구; None where the agency's data does not tell it apart
    price_capped: bool | None = None  # 분양가상한제
    points_share_pct: int | None = None  # the mayor's share by points outside regulated areas (제28조제2항); none: 0
    approval_applied_on: date | None = None  # 입주자모집 승인신청일
    greenbelt_site: bool = False  # 개발제한구역 해제면적 50% 이상 공공주택지구
    large_site: bool = False  # 대규모 택지개발지구 등 (제34조)
    large_site_local_pct: int | None = None  # share of residents there, where the law leaves it to the notice
    notice_date: date
    receipt_opens_at: datetime
    receipt_closes_at: datetime
    announcement_date: date
    contract_from: date | None = None
    contract_until: date | None = None
    move_in: str | None = None  # "YYYYMM"
    house_types: tuple[HouseType, ...]
    payments: tuple[Payment, ...] = ()
    deposit_account: Account | None = None
    options: tuple[Option, ...] = ()
    unique_nos: dict[str, str] = {}  # unit number -> registry unique number, once 보존등기 exists
    conditions: SupplyConditions | None = None  # of the supply contract
    wait_list_ratio_pct: int = 500
    url: str | None = None
    published_at: datetime | None = None
    source_sha256: Sha256 | None = None  # digest of the agency's bytes
