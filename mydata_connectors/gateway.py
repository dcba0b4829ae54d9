"""The public data gateway (data.go.kr, odcloud): faults hide in HTTP 200, in XML though JSON was asked.

Rule where code and text disagree: the code rules. Only where there is no code does the text speak.
"No data" (03) is an answer, not a fault. Codes and names: the gateway's guide.
"""

from __future__ import annotations

from typing import NoReturn

from pydantic import JsonValue

from domain.errors import AgencyDown, AgencyRefused
from mydata_connectors.wire import Row, read, table, unreadable

FINE = ("00", "000", "0")
NO_DATA = "03"
NAMES = {
    "APPLICATION_ERROR": "01", "DB_ERROR": "02", "NODATA_ERROR": "03", "HTTP_ERROR": "04",
    "SERVICETIMEOUT_ERROR": "05", "INVALID_REQUEST_PARAMETER_ERROR": "10",
    "NO_MANDATORY_REQUEST_PARAMETERS_ERROR": "11", "NO_OPENAPI_SERVICE_ERROR": "12",
    "SERVICE_ACCESS_DENIED_ERROR": "20", "SERVICE_KEY_IS_NULL": "20",
    "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR": "21", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR": "22",
    "LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR": "23", "BLACKLIST_IP_ACCESS_ERROR": "29",
    "SERVICE_KEY_IS_NOT_REGISTERED_ERROR": "30", "DEADLINE_HAS_EXPIRED_ERROR": "31", "UNREGISTERED_IP_ERROR": "32",
    "UNSIGNED_CALL_ERROR": "33", "UNKNOWN_ERROR": "99",
}  # fmt: skip
KEY_REJECTED = ("20", "29", "30", "31", "32", "33")
QUOTA_USED = ("21", "22", "23")
OUR_REQUEST = ("10", "11")
SERVICE_GONE = ("12",)


def fail(code: str) -> NoReturn:
    """The domain error that one of the gateway's reason codes stands for."""
    if code in KEY_REJECTED:
        raise AgencyRefused(
            "agency_key_rejected",
            ko="기관 연계 인증키가 거절되었습니다. 운영자에게 알려 주십시오.",
            en="The agency rejects our access key. Please tell the operator.",
        )
    if code in OUR_REQUEST:
        raise AgencyRefused("agency_rejects_request")
    if code in SERVICE_GONE:
        raise AgencyRefused("agency_service_gone")
    if code in QUOTA_USED:
        raise AgencyDown("agency_quota_used")
    raise AgencyDown("agency_fault")


def answer(data: bytes) -> JsonValue:
    """The answer, or the fault it carries as a domain error. None when the agency says that there is no data."""
    value = read(data)
    code = _reason(value)
    if code == NO_DATA:
        return None
    if code:
        fail(code)
    return value


def odcloud(data: bytes) -> list[Row]:
    """Rows of ``{currentCount, data, matchCount, page, perPage, totalCount}``; its own faults are ``{code, msg}``."""
    value = answer(data)
    if value is None:
        return []
    envelope = table(value, "odcloud")
    if "data" not in envelope:
        fail("30" if envelope.get("code") in (-4, -401) else "99")
    listed = envelope["data"]
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        unreadable("data")
    return [Row(item) for item in listed if isinstance(item, dict)]


def body(data: bytes) -> Row | None:
    """``response.body`` of the apis.data.go.kr form, None for no data."""
    value = answer(data)
    if value is None:
        return None
    response = table(table(value, "response").get("response"), "response")
    return Row(table(response.get("body"), "body"))


def items(data: bytes) -> list[Row]:
    """``response.body.items.item``: a list, one object, or "" for none."""
    found = body(data)
    listed = None if found is None else found.fields.get("ITEMS")
    if listed in (None, ""):
        return []
    inner = table(listed, "items").get("item")
    if isinstance(inner, dict):
        return [Row(inner)]
    if not isinstance(inner, list):
        unreadable("item")
    return [Row(item) for item in inner if isinstance(item, dict)]


def _reason(value: JsonValue) -> str:
    """The reason code in whichever of the three places it stands; "" when this is no fault."""
    if not isinstance(value, dict):
        return ""
    outer = value.get("OpenAPI_ServiceResponse", value.get("response"))
    if not isinstance(outer, dict):
        return "99" if "OpenAPI_ServiceResponse" in value or "html" in value else ""
    gateway, header = outer.get("cmmMsgHeader"), outer.get("header")
    if isinstance(gateway, dict):
        row = Row(gateway)
        return row.text("returnReasonCode") or _by_name(row.text("returnAuthMsg"), row.text("errMsg"))
    if isinstance(header, dict):
        code = Row(header).text("resultCode")
        return "" if code in FINE else (code or "99")
    return ""


def _by_name(*texts: str) -> str:
    return next((NAMES[text] for text in texts if text in NAMES), "99")
