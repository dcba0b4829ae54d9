"""What brokers and a principal ask the API to draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.words import ContractKind
from law.forms.explaining import asked

if TYPE_CHECKING:
    from tests.api.conftest import Browser


def wishes(
    given: UUID, *, seller: Browser, buyer: Browser, other: Browser, scrivener: Browser, sister: Browser,
    husband: Browser, witness: Browser,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:  # fmt: skip
    """A sale, a lease and a power of attorney; ``given``: the power under which ``scrivener`` acts."""
    draft = {
        "unique_no": "1143-2019-004521", "price": 500_000_000, "seller_code": seller.person.code,
        "buyer_code": buyer.person.code, "other_broker_code": other.person.code, "special_clauses": ["현 상태 매매"],
        "co_seller_codes": [sister.person.code], "buyer_share": "1/2", "witness_code": witness.person.code,
        "co_buyers": [{"code": husband.person.code, "share": "1/2"}],
        "agents": [{"role": "seller", "code": scrivener.person.code, "authority": "attorney", "power_id": str(given)}],
        "statements": {row.ask: "없음" for row in asked(ContractKind.SALE)},
        "payments": [
            {"kind": "deposit", "number": 1, "amount": 50_000_000, "due_on": "2026-12-01"},
            {"kind": "balance", "number": 1, "amount": 450_000_000, "due_on": "2027-01-29"},
        ],
    }  # fmt: skip
    lease = {
        "unique_no": "1143-2019-004521", "deposit": 100_000_000, "lessor_code": seller.person.code,
        "lessee_code": buyer.person.code, "other_broker_code": other.person.code, "special_clauses": ["현 상태 임대"],
        "witness_code": witness.person.code,
        "agents": [{"role": "lessor", "code": scrivener.person.code, "authority": "attorney", "power_id": str(given)}],
        "statements": {row.ask: "없음" for row in asked(ContractKind.LEASE)},
        "payments": [
            {"kind": "deposit", "amount": 10_000_000, "due_on": "2026-12-01"},
            {"kind": "balance", "amount": 90_000_000, "due_on": "2027-01-29"},
        ],
        "lease": {
            "starts_on": "2027-01-29", "ends_on": "2029-01-28", "part": "전부", "part_area": "59.98",
            "monthly_rent": 300_000, "rent_day": 25, "repairs": "없음", "unpaid_taxes": "없음", "fixed_dates": "없음",
        },
    }  # fmt: skip
    power = {
        "unique_no": "1143-2019-004521", "agent_code": other.person.code, "special_clauses": [],
        "power": {"powers": ["let", "receive_money"], "purpose": "임대", "valid_until": "2027-12-31"},
    }  # fmt: skip
    return draft, lease, power
