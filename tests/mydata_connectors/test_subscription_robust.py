"""Whatever bytes an agency sends, the connectors answer with a value or with one of our own errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import OnjipError
from domain.facts import Item
from domain.words import Agency
from mydata_connectors import gateway, houses, lh, savings, wire
from mydata_connectors.applyhome import house_types, to_notice
from mydata_connectors.exchange import Received
from mydata_connectors.registers import to_fact
from mydata_connectors.terms import Terms
from mydata_connectors.wire import Row

NAMES = st.sampled_from([
    "data", "response", "header", "body", "items", "item", "resultCode", "OpenAPI_ServiceResponse", "cmmMsgHeader",
    "returnReasonCode", "errMsg", "code", "dsList", "dsSplScdl", "dsSbd", "resHeader", "SS_CODE", "ACP_DTTM",
    "PZWR_ANC_DT", "HOUSE_MANAGE_NO", "HOUSE_TY", "LTTOT_TOP_AMOUNT", "MODEL_NO", "SUPLY_HSHLDCO", "HSSPLY_ADRES",
    "RCEPT_BGNDE", "RCEPT_ENDDE", "RCRIT_PBLANC_DE", "PRZWNER_PRESNATN_DE", "HOUSE_NM", "BSNS_MBY_NM", "rsp_code",
    "account_list", "basic_list", "detail_list", "recognition", "account_num", "prod_name", "is_consent", "as_of",
    "issue_date", "balance_amt", "apartHousingPrices", "field", "pblntfPc", "dongNm", "hoNm", "area", "platPlc",
    "mgmBldrgstPk", "useAprDay", "item", "value", "issued_at", "document_no", "house_types", "number",
])  # fmt: skip
WORDS = st.sampled_from([
    "", " ", "-", "00", "03", "30", "Y", "true", "2026-11-23", "20261323", "2026.11.23 10:00 ~ 2026.11.24 17:00",
    "084.9800A", "80,720", "1e9", "NaN", "서울특별시 성북구 장위동 1", "주택청약종합저축", "00000", "전유", "9" * 30,
    "\ud800", "2024년 13월", "0001-01-01", "9999.12.31 23:59",
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=8), max_leaves=25
)
ROWS = st.dictionaries(NAMES, LEAVES, max_size=20).map(Row)
TERMS = Terms.model_validate({
    "number": "1", "supplier": "한국토지주택공사", "supplier_public": True, "region": "41290", "region_name": "과천시",
    "regulated": True, "receipt_opens_at": "2026-11-23T00:00:00Z", "receipt_closes_at": "2026-11-24T00:00:00Z",
    "house_types": [{"model_no": "01", "price": 1, "units": {"general": 1}}],
})  # fmt: skip
READERS: dict[str, Callable[[bytes], Any]] = {
    "answer": gateway.answer,
    "odcloud": gateway.odcloud,
    "items": gateway.items,
    "lh": lh.data_sets,
    "prices": houses.price_rows,
    "savings": lambda data: savings.subscription_account(wire.read(data)),
    "document": lambda data: to_fact(Item.HOUSEHOLD, Agency.RESIDENTS, Received(200, data, _object(data), "")),
}


def _object(data: bytes) -> dict[str, Any]:
    value = wire.read(data)
    return value if isinstance(value, dict) else {}


def answers(reader: Callable[[], object]) -> None:
    """``reader`` gives a value or one of our errors; the error holds nothing of the content."""
    said = ""
    try:
        reader()
    except OnjipError as error:
        said = error.en + error.ko + str(error)
    assert "주택청약" not in said


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None)
@given(value=JSON)
def test_any_json(name: str, value: object) -> None:
    answers(lambda: READERS[name](json.dumps(value).encode()))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=60).map(lambda text: f"<a>{text}</a>".encode()))
def test_any_bytes(name: str, data: bytes) -> None:
    answers(lambda: READERS[name](data))


@settings(max_examples=150, deadline=None)
@given(detail=ROWS, models=st.lists(ROWS, max_size=3), raw=JSON)
def test_any_rows(detail: Row, models: list[Row], raw: object) -> None:
    answers(lambda: to_notice(detail, models, None))
    answers(lambda: to_notice(detail, models, TERMS))
    answers(lambda: house_types(models, TERMS))
    answers(lambda: houses.to_ledger(detail, models, models))
    answers(lambda: lh.to_notice(detail, json.dumps(raw).encode(), models, TERMS))
    answers(lambda: lh.receipt_window([detail, *models]))
