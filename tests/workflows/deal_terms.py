"""The terms of the sale that the deals of these tests are about."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from domain.contracts import ContractTerms, Explanation, Instalment, Party
from domain.drafts import payment_reference, sale_terms
from domain.facts import BuildingLedger, Title
from domain.notices import Account
from domain.time import now, seoul_date
from domain.words import ContractKind, PartyRole
from law.forms.explaining import asked

PRICE, DEPOSIT = 487_000_000, 48_700_000
ESCROW = Account(bank="나눔은행", number="301-7700-9001-11", holder="한국공인중개사협회")
ROLES = {
    PartyRole.SELLER: "최민준", PartyRole.BUYER: "윤서아",
    PartyRole.SELLER_BROKER: "정다온", PartyRole.BUYER_BROKER: "한가람",
}  # fmt: skip


def sale_of(people: dict[PartyRole, UUID], title: Title) -> ContractTerms:
    contract_id, today = uuid4(), seoul_date(now())
    ledger = BuildingLedger(
        register_pk="1", road_address="만안로 1", lot_address=title.lot_address, building_name=title.building,
        dong="103", ho="1204", structure="철근콘크리트", use="아파트", exclusive_area="59.94",
        land_share="36.52/41250.3", approved_on=date(2010, 3, 1), region="41171",
    )  # fmt: skip
    parties = [
        Party(
            person_id=people[role], role=role, order=order, name=name, address="경기도",
            organisation=f"{name} 사무소" if "broker" in role else None,
            registration_no="41290-2019-00123" if "broker" in role else None,
        )
        for order, (role, name) in enumerate(ROLES.items(), 1)
    ]  # fmt: skip
    payments = [
        Instalment(kind=kind, number=1, amount=amount, due_on=today, reference=payment_reference(contract_id, kind, 1))
        for kind, amount in (("deposit", DEPOSIT), ("balance", PRICE - DEPOSIT))
    ]
    statements = {row.ask: "없음" for row in asked(ContractKind.SALE) if row.ask}
    explanation = Explanation(
        rights=("소유자",), statements=statements, brokerage_fee=1, brokerage_basis="법", deductible_certificate="1"
    )
    return sale_terms(
        contract_id, title=title, ledger=ledger, official_price=None, price=PRICE, payments=payments, parties=parties,
        made_on=today, handover_on=today, explanation=explanation, account=ESCROW,
    )  # fmt: skip
