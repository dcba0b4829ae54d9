"""Forms of drafts as a broker or a principal sends them: a sale, a lease, a power of attorney."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.words import ContractKind
from law.forms.explaining import asked
from tests.api.bad_input.form_values import ANY_DAY, ANY_NUMBER, CHOICE, DAY, NUMBER, OPTIONAL, OTHER, TEXT, Value

if TYPE_CHECKING:
    from tests.api.bad_input.conftest import Case


def draft(case: Case) -> dict[str, Value]:
    body = case.body or {}
    codes = {name: body[name] for name in ("unique_no", "seller_code", "buyer_code", "other_broker_code")}
    return {
        **codes, "price": "500,000,000", "deposit": "50,000,000", "deposit_on": "2026-12-01",
        "balance_on": "2027-01-29", "instalment": "100,000,000", "instalment_on": "2027-01-10",
        "special_clauses": "현 상태 매매", "permit_zone": "no", "land_zone": "residential", "permit_no": "강남-2026-1",
        **{str(row.ask): "없음" for row in asked(ContractKind.SALE)}, **_together(case, "seller"),
        "co_seller_codes": body["co_seller_codes"][0], "buyer_share": "1/2",
        "co_buyers": f"{body['co_buyers'][0]['code']} 1/2",
    }  # fmt: skip


def lease(case: Case) -> dict[str, Value]:
    body = case.body or {}
    codes = {name: body[name] for name in ("unique_no", "lessor_code", "lessee_code", "other_broker_code")}
    return {
        **codes, "price": "100,000,000", "deposit": "10,000,000", "deposit_on": "2026-12-01",
        "balance_on": "2027-01-29", "starts_on": "2027-01-29", "ends_on": "2029-01-28", "part": "전부",
        "part_area": "59.98", "monthly_rent": "300,000", "rent_day": "25", "management_fee": "100,000",
        "management_basis": "청소비", "repairs": "없음", "unpaid_taxes": "없음", "fixed_dates": "없음",
        "special_clauses": "현 상태 임대", "switches": ["detailed_address"], **_together(case, "lessor"),
        **{str(row.ask): "없음" for row in asked(ContractKind.LEASE)},
    }  # fmt: skip


def _together(case: Case, side: str) -> dict[str, Value]:
    """A witness, and an agent for one side."""
    body = case.body or {}
    (agent,) = body["agents"]
    return {
        "witness_code": body["witness_code"], f"{side}_agent_code": agent["code"], f"{side}_power": agent["power_id"],
        f"{side}_authority": "attorney",
    }  # fmt: skip


def power(case: Case) -> dict[str, Value]:
    body = case.body or {}
    return {
        "unique_no": body["unique_no"], "agent_code": body["agent_code"], "powers": ["sell", "receive_money"],
        "purpose": "매도", "valid_until": "2027-12-31", "special_clauses": "5억 원보다 싸게 팔지 않는다.",
    }  # fmt: skip


def wrong_power() -> dict[str, tuple[Value, ...]]:
    return {
        "unique_no": (*TEXT, "12-34"), "agent_code": (*CHOICE, "ABCD2345"), "powers": (*CHOICE, ["sell"] * 20),
        "purpose": (*TEXT, "가" * 301), "valid_until": DAY, "special_clauses": (*OPTIONAL, "가\n" * 31),
    }  # fmt: skip


def _wrong_together(side: str) -> dict[str, tuple[Value, ...]]:
    code: tuple[Value, ...] = ("!?", "ABCD2345", *OPTIONAL)
    return {
        "witness_code": code, f"{side}_agent_code": (None, "", *code), f"{side}_power": ("!?", *OPTIONAL),
        f"{side}_authority": OTHER if side == "lessor" else (),
    }  # fmt: skip


def wrong_lease() -> dict[str, tuple[Value, ...]]:
    code: tuple[Value, ...] = ("!?", "ABCD2345", *OPTIONAL)
    return {
        "unique_no": (*TEXT, "12-34"), "price": (*NUMBER, "0", "1,000,000,000,001", "1,000,000"),
        "deposit": (*NUMBER, "0"), "deposit_on": DAY, "balance_on": ANY_DAY, "starts_on": DAY, "ends_on": DAY,
        "part": TEXT, "part_area": (*TEXT, "넓음"), "monthly_rent": ANY_NUMBER, "rent_day": (*ANY_NUMBER, "0", "32"),
        "management_fee": ANY_NUMBER, "repairs": TEXT, "unpaid_taxes": TEXT, "fixed_dates": TEXT,
        "lessor_code": (None, "", *code), "lessee_code": (None, "", *code), "other_broker_code": code,
        "special_clauses": (*OPTIONAL, "가\n" * 31), "switches": ("!?", "tenant_leaves", *OPTIONAL),
        "small_deposit": (*TEXT, "가" * 301), **_wrong_together("lessor"),
    }  # fmt: skip


def wrong_draft() -> dict[str, tuple[Value, ...]]:
    code: tuple[Value, ...] = ("!?", "ABCD2345", *OPTIONAL)
    return {
        "unique_no": (*TEXT, "12-34"), "price": (*NUMBER, "0", "1,000,000,000,001", "60,000,000"),
        "deposit": (*NUMBER, "0"), "deposit_on": DAY, "instalment": (*ANY_NUMBER, "0", "450,000,000"),
        "instalment_on": DAY, "balance_on": ANY_DAY, "seller_code": (None, "", *code), "buyer_code": (None, "", *code),
        "other_broker_code": code, "special_clauses": (*OPTIONAL, "가\n" * 31), "leaks": (*TEXT, "가" * 301),
        "permit_zone": OTHER, "land_zone": OTHER, "permit_no": (*OPTIONAL, "가" * 101), **_wrong_together("seller"),
        "co_seller_codes": (*code, "ABCD2345\n" * 10), "buyer_share": ("", "1/0", "1/3", "3/2", "반", *OPTIONAL),
        "co_buyers": (*code, "ABCD2345 1/2", "ABCD2345 1/3 1/6"),
    }  # fmt: skip
