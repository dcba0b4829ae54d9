"""Contracts of synthetic people, as the stories would draft them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain.contracts import Agent, ContractTerms, Explanation, FormerLease, Instalment, LeaseTerms, Party, PowerTerms
from domain.drafts import dissolution_terms, payment_reference, rights_of, sale_terms, supply_terms
from domain.facts import BuildingLedger, Holder, Title, TitleRight
from domain.notices import Account, HouseType, Notice, Option, Payment, SupplyConditions
from domain.other_drafts import Books, amendment_terms, explanation_terms, lease_terms, power_terms
from domain.words import Agency, Authority, ContractKind, HousingKind, LeaseKind, PartyRole, Power
from law.forms.ready import ready
from law.forms.special import chosen

SITE = "https://onjip.example"
CODE = "MZXW6YTBOI2GK5DFNZ2HI2LOM4"
SALE = UUID("3f2b8c1e-9d04-4a7f-8f57-2a61b0c4d9e1")
SUPPLY = UUID("77c0ffee-1234-4abc-9def-0123456789ab")
DISSOLUTION = UUID("99c0ffee-1234-4abc-9def-0123456789ab")
LEASE = UUID("44c0ffee-1234-4abc-9def-0123456789ab")
POWER = UUID("55c0ffee-1234-4abc-9def-0123456789ab")
AMENDMENT = UUID("66c0ffee-1234-4abc-9def-0123456789ab")
EXPLAINED = UUID("88c0ffee-1234-4abc-9def-0123456789ab")
PRICE = 1_235_000_000


def party(number: int, role: PartyRole, order: int, name: str, **more: Any) -> Party:
    return Party(person_id=UUID(int=number), role=role, order=order, name=name, **more)


SELLER = party(
    1, PartyRole.SELLER, 1, "최민준", birth_date=date(1971, 6, 23), address="경기도 과천시 별양로 164, 304동 1203호"
)
BUYER = party(
    2, PartyRole.BUYER, 2, "윤서아", birth_date=date(1986, 11, 9), address="서울특별시 관악구 봉천로 227, 102동 504호"
)
SELLER_BROKER = party(
    3, PartyRole.SELLER_BROKER, 3, "정다온", organisation="다온공인중개사사무소", registration_no="41290-2019-00123"
)
BUYER_BROKER = party(
    4, PartyRole.BUYER_BROKER, 4, "한가람", organisation="가람공인중개사사무소", registration_no="11680-2020-00456"
)
SALE_PARTIES = (SELLER, BUYER, SELLER_BROKER, BUYER_BROKER)

WINNER = party(
    5, PartyRole.BUYER, 1, "김하늘", birth_date=date(1989, 4, 12), address="경기도 과천시 중앙로 138, 7동 302호"
)
OFFICER = party(
    6, PartyRole.SUPPLIER, 2, "신예린", organisation="과천도시공사", represents="과천도시공사",
    address="경기도 과천시 관문로 69",
)  # fmt: skip

MORTGAGE = TitleRight(
    section="을구", rank="1", purpose="근저당권설정", received_on=date(2019, 5, 3), receipt_no="18233",
    cause="설정계약", holder="한빛은행", amount=180_000_000,
)  # fmt: skip
TITLE = Title(
    unique_no="1342-1996-052417", lot_address="경기도 과천시 별양동 52 별빛마을아파트 제304동 제12층 제1203호",
    building="별빛마을아파트", exclusive_area="84.97", land_share="41250.3분의 36.52", owner="최민준",
    owner_ref="idr_seller", rights=(MORTGAGE,), issued_at=datetime(2026, 3, 1, tzinfo=UTC), sha256="ab" * 32,
)  # fmt: skip
LEDGER = BuildingLedger(
    register_pk="11", road_address="경기도 과천시 별양로 164", lot_address="경기도 과천시 별양동 52",
    building_name="별빛마을아파트", dong="304", ho="1203", structure="철근콘크리트구조", use="아파트",
    exclusive_area="84.970", land_share="36.52/41250.3", approved_on=date(1996, 8, 1),
)  # fmt: skip
STATEMENTS = {
    "orientation": "아파트, 남향 (거실 기준)", "seismic": "적용", "rental_registered": "해당 없음",
    "renewal_claimed": "해당 없음 (임차인 없음)", "land_use": "제3종일반주거지역, 건폐율 50 % 이하, 용적률 250 % 이하",
    "roads": "12m 도로에 접함", "transport": "지하철역 걸어서 7분, 버스 정류장 2분", "parking": "세대당 1.1대",
    "schools": "초등학교 5분, 중학교 9분, 대형마트 10분", "management": "경비실 있음, 위탁관리", "disliked": "없음",
    "unregistered_rights": "없음 (매도인 확인)", "utilities": "정상", "fire_safety": "단독경보형감지기 있음",
    "heating": "지역난방, 정상", "elevator": "있음, 양호", "drainage": "정상", "fittings": "시스템에어컨 3대 (양도)",
    "leaks": "균열·누수 없음", "walls": "보통 (도배 2019년)", "sunlight": "풍부함", "noise": "보통",
    "shown_by": "개업공인중개사",
}  # fmt: skip
LEASE_STATEMENTS = {
    **STATEMENTS, "residents_shown": "제출, 전입세대 없음",
    "small_deposit": "4,800만원 (과밀억제권역, 보증금 1억4,500만원 이하)",
    "deposit_guarantee": "해당 없음 (등록임대주택이 아님)",
}  # fmt: skip
EXPLANATION = Explanation(
    rights=rights_of(TITLE), statements=STATEMENTS, brokerage_fee=6_175_000,
    brokerage_basis="거래금액 1,235,000,000원 × 0.5 % (상한요율 이내 협의)",
    deductible_certificate="공제증서 제2026-13-004821호",
    delivered_at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
    taxes="취득세 3 %, 지방교육세 0.3 %, 농어촌특별세 없음 (1주택 기준)",
)  # fmt: skip


def instalment(kind: str, amount: int, due_on: date, number: int = 1) -> Instalment:
    memo = payment_reference(SALE, kind, number)
    return Instalment(kind=kind, number=number, amount=amount, due_on=due_on, reference=memo)


PAYMENTS = (
    instalment("deposit", 123_500_000, date(2026, 3, 2)),
    instalment("instalment", 400_000_000, date(2026, 4, 1)),
    instalment("balance", 711_500_000, date(2026, 5, 29)),
)


def sale(**changes: Any) -> ContractTerms:
    draft: dict[str, Any] = {
        "title": TITLE,
        "ledger": LEDGER,
        "official_price": 712_000_000,
        "price": PRICE,
        "payments": PAYMENTS,
        "parties": SALE_PARTIES,
        "made_on": date(2026, 3, 2),
        "handover_on": date(2026, 5, 29),
        "explanation": EXPLANATION,
        "account": Account(bank="한빛은행", number="110-482-915377", holder="최민준"),
        "special_clauses": ("매도인은 잔금일까지 을구 1번 근저당권을 말소한다.",),
        "seller_refs": ("idr_seller",),
        "ledger_sha256": "cd" * 32,
    }
    return finished(sale_terms(SALE, **(draft | changes)))


def second(one: Party) -> Party:
    return one.model_copy(update={"number": 2})


WITNESS = party(9, PartyRole.WITNESS, 5, "문하린", birth_date=date(1969, 1, 30), address="경기도 과천시 별양로 3")
OWNERS = (Holder(name="최민준", share="2/3", ref="idr_seller"), Holder(name="최한결", share="1/3", ref="idr_other"))
SHARED_TITLE = TITLE.model_copy(update={"owner": "최민준, 최한결", "owner_ref": None, "owners": OWNERS})
SHARED_PARTIES = (
    SELLER.model_copy(update={"share": "2/3"}),
    second(party(10, PartyRole.SELLER, 1, "최한결", share="1/3", birth_date=date(1981, 4, 27), address="의왕시")),
    BUYER.model_copy(update={"share": "1/2"}),
    second(party(11, PartyRole.BUYER, 2, "윤서진", share="1/2", birth_date=date(1984, 3, 3), address="안양시")),
    SELLER_BROKER, BUYER_BROKER, WITNESS,
)  # fmt: skip


def shared_sale(**changes: Any) -> ContractTerms:
    """By two owners to two buyers, before a witness."""
    draft = {"title": SHARED_TITLE, "parties": SHARED_PARTIES, "seller_refs": ("idr_seller", "idr_other")}
    return sale(**(draft | changes))


def finished(terms: ContractTerms) -> ContractTerms:
    return ready(terms.model_copy(update={"site": SITE, "verify_code": CODE}))


CONDITIONS = SupplyConditions(
    residential_common_area="24.1180", other_common_area="52.3301", land_area="47.2210",
    resale_limit="당첨자 발표일부터 3년 동안 입주자로 선정된 지위를 전매할 수 없다.",
    guarantee="해당 없음 (규칙 제18조 각 호의 사업주체)", surface_right="해당 없음",
    late_fee="연체한 기간만큼 공고에서 정한 요율로 하루 단위로 계산하여 입주금과 함께 납부한다.",
    delay_damages="이미 낸 입주금에 연체요율과 같은 요율로 계산한 금액을 지급하거나 잔금에서 뺀다.",
    loan="해당 없음", defects="공동주택관리법 시행령 제36조와 제37조에 따른다.",
    cancellation="중도금을 내기 전에 공급받는 자는 계약금을 포기하고 해제할 수 있다.", bond="해당 없음",
)  # fmt: skip
NOTICE = Notice(
    id="lh-2026000275", agency=Agency.LH, number="2026000275", name="과천 지식정보타운 S-7블록 공공분양주택",
    housing_kind=HousingKind.PUBLIC, supplier="과천도시공사", supplier_public=True, region="41290",
    region_name="경기도 과천시", address="경기도 과천시 갈현동 641 일원", capital_area=True, regulated=False,
    notice_date=date(2026, 2, 2), receipt_opens_at=datetime(2026, 2, 16, tzinfo=UTC),
    receipt_closes_at=datetime(2026, 2, 18, tzinfo=UTC), announcement_date=date(2026, 3, 4), move_in="202809",
    house_types=(
        HouseType(model_no="01", name="084.9700A", exclusive_area="84.9700", price=892_340_001, units={},
                  unit_numbers=("101-1203",)),
        HouseType(model_no="02", name="059.9800B", exclusive_area="59.9800", price=640_000_000, units={}),
    ),
    payments=(
        Payment(kind="deposit", share_bp=1000, due_on=date(2026, 3, 20)),
        Payment(kind="instalment", share_bp=3333, due_on=date(2027, 4, 15)),
        Payment(kind="balance", share_bp=5667),
    ),
    deposit_account=Account(bank="한빛은행", number="901-000-448120", holder="과천도시공사"),
    options=(Option(code="BAL", name="발코니 확장", price=11_000_000),
             Option(code="AC", name="시스템에어컨", price=6_200_000)),
    conditions=CONDITIONS,
)  # fmt: skip


def supply(**changes: Any) -> ContractTerms:
    draft: dict[str, Any] = {
        "notice": NOTICE,
        "unit": "101-1203",
        "option_codes": ("BAL", "AC"),
        "parties": (WINNER, OFFICER),
        "made_on": date(2026, 3, 19),
        "time_shortened": True,
    }
    return finished(supply_terms(SUPPLY, **(draft | changes)))


def dissolution(**changes: Any) -> ContractTerms:
    draft: dict[str, Any] = {
        "original": sale(),
        "refund": 123_500_000,
        "reason": "매수인의 직장 이전에 따른 합의",
        "made_on": date(2026, 3, 20),
        "refund_due_on": date(2026, 3, 27),
        "refund_account": Account(bank="한빛은행", number="333-12-98765", holder="윤서아"),
    }
    return finished(dissolution_terms(DISSOLUTION, **(draft | changes)))


BOOKS = Books(TITLE, LEDGER, "cd" * 32, 712_000_000)
LESSOR = party(1, PartyRole.LESSOR, 1, "최민준", birth_date=SELLER.birth_date, address=SELLER.address)
LESSEE = party(2, PartyRole.LESSEE, 2, "윤서아", birth_date=BUYER.birth_date, address=BUYER.address)
LEASE_PARTIES = (LESSOR, LESSEE, SELLER_BROKER, BUYER_BROKER)
FORMER = FormerLease(starts_on=date(2024, 5, 30), ends_on=date(2026, 5, 29), deposit=280_000_000, monthly_rent=860_000)
LEASED = LeaseTerms(
    kind=LeaseKind.NEW, starts_on=date(2026, 4, 30), ends_on=date(2028, 4, 29), part="전부", part_area="84.97",
    monthly_rent=900_000, rent_day=30, rent_account=Account(bank="한빛은행", number="110-482-915377", holder="최민준"),
    management_fee=182_000, management_basis="일반관리비·청소비·승강기유지비, 사용량에 따른 비용은 따로",
    repairs="주방 수전 교체를 인도일까지 임대인의 비용으로 한다.", unpaid_taxes="없음 (국세·지방세 납세증명서 제시)",
    fixed_dates="없음 (확정일자 부여현황 제시)",
)  # fmt: skip
LEASE_PAYMENTS = (
    instalment("deposit", 30_000_000, date(2026, 3, 2)),
    instalment("balance", 270_000_000, date(2026, 4, 30)),
)


def lease(**changes: Any) -> ContractTerms:
    explanation = EXPLANATION.model_copy(update={
        "statements": LEASE_STATEMENTS, "brokerage_fee": 1_170_000,
        "brokerage_basis": "거래금액 390,000,000원 × 0.3 %", "taxes": "",
    })  # fmt: skip
    switches = ("no_charge_before_move_in", "hidden_priority", "detailed_address")
    draft: dict[str, Any] = {
        "books": BOOKS, "deposit": 300_000_000, "payments": LEASE_PAYMENTS, "lease": LEASED, "parties": LEASE_PARTIES,
        "made_on": date(2026, 3, 2), "handover_on": date(2026, 4, 30), "explanation": explanation,
        "account": LEASED.rent_account, "lessor_refs": ("idr_seller",), "switches": switches,
        "special_clauses": chosen(ContractKind.LEASE, switches, explanation.rights),
    }  # fmt: skip
    return finished(lease_terms(LEASE, **(draft | changes)))


def power(**changes: Any) -> ContractTerms:
    draft: dict[str, Any] = {
        "books": BOOKS,
        "principal": party(1, PartyRole.PRINCIPAL, 1, "최민준", birth_date=SELLER.birth_date, address=SELLER.address),
        "agent": party(
            8, PartyRole.ATTORNEY, 2, "최하늬", birth_date=date(1975, 2, 1), address="경기도 과천시 별양로 9"
        ),
        "power": PowerTerms(
            powers=(Power.LET, Power.RECEIVE_MONEY, Power.HAND_OVER), purpose="위 아파트의 임대와 보증금의 수령",
            valid_until=date(2026, 6, 30),
        ),
        "made_on": date(2026, 2, 20), "principal_refs": ("idr_seller",),
    }  # fmt: skip
    return finished(power_terms(POWER, **(draft | changes)))


def by_agent(authority: Authority = Authority.ATTORNEY, **more: Any) -> Party:
    """The lessor, represented by the agent of ``power``."""
    given = power()
    named = {"power_id": POWER, "power_sha256": given.digest()} if authority is Authority.ATTORNEY else {}
    who = {"person_id": UUID(int=8), "name": "최하늬", "authority": authority, "birth_date": date(1975, 2, 1)}
    return LESSOR.model_copy(update={"agent": Agent.model_validate(who | named | more)})


def amendment(**changes: Any) -> ContractTerms:
    draft: dict[str, Any] = {
        "original": sale(), "reason": "매도인의 이사 일정", "made_on": date(2026, 4, 10), "price": 1_220_000_000,
        "payments": (*PAYMENTS[:2], instalment("balance", 696_500_000, date(2026, 6, 12))),
        "handover_on": date(2026, 6, 12), "special_clauses": ("매도인은 잔금일까지 이사를 마친다.",),
    }  # fmt: skip
    return finished(amendment_terms(AMENDMENT, **(draft | changes)))


def explanation(explained: ContractTerms | None = None) -> ContractTerms:
    return finished(explanation_terms(EXPLAINED, explained or lease()))


ALL = (sale, supply, dissolution, lease, power, amendment, explanation)
