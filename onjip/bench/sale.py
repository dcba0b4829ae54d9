"""A sale of four pages between a seller and three buyers, as the stories would draft it; all of it is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from domain.contracts import ContractTerms, Instalment, Party
from domain.drafts import payment_reference, sale_terms
from domain.facts import BuildingLedger, Title
from domain.ids import new_verify_code
from domain.notices import Account
from domain.words import PartyRole
from law.forms.ready import ready

DAY = date(2026, 3, 2)
PRICE = 1_235_000_000
ADDRESS = "경기도 과천시 별양로 164, 304동 1203호"
NAMES = ("최민준", "윤서아", "김하늘", "이서준")
TITLE = Title(
    unique_no="1342-1996-052417", lot_address="경기도 과천시 별양동 52 별빛마을아파트 제304동 제12층 제1203호",
    building="별빛마을아파트", exclusive_area="84.97", land_share="41250.3분의 36.52", owner=NAMES[0],
    owner_ref="idr_seller", rights=(), issued_at=datetime(2026, 3, 1, tzinfo=UTC), sha256="ab" * 32,
)  # fmt: skip
LEDGER = BuildingLedger(
    register_pk="11", road_address="경기도 과천시 별양로 164", lot_address="경기도 과천시 별양동 52",
    building_name="별빛마을아파트", dong="304", ho="1203", structure="철근콘크리트구조", use="아파트",
    exclusive_area="84.970", land_share="36.52/41250.3", approved_on=date(1996, 8, 1),
)  # fmt: skip
CLAUSES = tuple(
    f"{subject}은 매도인의 비용으로 잔금일까지 마치고, 마치지 못한 때에는 그 비용을 잔금에서 뺀다."
    for place in ("주방", "거실", "안방", "작은방", "서재", "욕실", "안방 욕실", "현관", "베란다", "다용도실", "창고")
    for subject in (f"{place} 벽면의 도배", f"{place} 바닥의 보수", f"{place} 조명의 교체", f"{place} 문의 수리")
)  # fmt: skip
PAYMENTS = (("deposit", 123_500_000, DAY), ("instalment", 400_000_000, date(2026, 4, 1)),
            ("balance", 711_500_000, date(2026, 5, 29)))  # fmt: skip


def terms(number: int) -> ContractTerms:
    """The ``number``-th contract; each has a serial number and a code of its own."""
    contract_id = UUID(int=(0xBE << 120) + number)
    paid = [
        Instalment(kind=kind, number=1, amount=amount, due_on=due, reference=payment_reference(contract_id, kind, 1))
        for kind, amount, due in PAYMENTS
    ]
    roles = (PartyRole.SELLER, *(PartyRole.BUYER for _ in NAMES[1:]))
    parties = [
        Party(
            person_id=UUID(int=order), role=role, order=order, name=name, birth_date=date(1980 + order, 4, 12),
            address=ADDRESS, share="1/1" if role is PartyRole.SELLER else "1/3",
        )
        for order, (name, role) in enumerate(zip(NAMES, roles, strict=True), 1)
    ]  # fmt: skip
    draft = sale_terms(
        contract_id, title=TITLE, ledger=LEDGER, official_price=712_000_000, price=PRICE, payments=paid,
        parties=parties, made_on=DAY, handover_on=date(2026, 5, 29), special_clauses=CLAUSES,
        account=Account(bank="한빛은행", number="110-482-915377", holder=NAMES[0]), seller_refs=("idr_seller",),
        ledger_sha256="cd" * 32,
    )  # fmt: skip
    coded = {"site": "https://onjip.example", "verify_code": new_verify_code()}
    return ready(draft.model_copy(update=coded))
