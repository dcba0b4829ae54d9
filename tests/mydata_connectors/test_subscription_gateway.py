"""Faults of the public gateways, in every place and form in which they were seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import AgencyDown, AgencyRefused, OnjipError
from mydata_connectors import gateway

WIRE = Path(__file__).parent / "wire"


def sample(path: str) -> bytes:
    return (WIRE / path).read_bytes()


def names(folder: str, *endings: str) -> list[str]:
    found = sorted(str(path.relative_to(WIRE)) for path in (WIRE / folder).iterdir())
    return [name for name in found if name.endswith(endings)]


KEY_REJECTED = (AgencyRefused, "agency_key_rejected")
FAULTS: dict[str, tuple[type[OnjipError], str]] = {
    "gateway/code04.json": (AgencyDown, "agency_fault"),
    "gateway/code12_contradictory.fixture.json": (AgencyRefused, "agency_service_gone"),  # the code rules
    "gateway/code20_null_key.json": KEY_REJECTED,
    "gateway/code22.fixture.xml": (AgencyDown, "agency_quota_used"),
    "gateway/code22_inband.fixture.xml": (AgencyDown, "agency_quota_used"),
    "gateway/code30.json": KEY_REJECTED,
    "gateway/code30.xml": KEY_REJECTED,
    "gateway/code30_auth_in_returnAuthMsg.fixture.xml": KEY_REJECTED,
    "gateway/cmm_header_without_code.fixture.xml": KEY_REJECTED,  # no code: the text speaks
    "gateway/html_500.fixture.broken.html": (AgencyDown, "agency_unreadable"),
}
NO_DATA = "gateway/code03_inband.fixture.xml"


def test_every_sample_has_its_verdict() -> None:
    assert set(names("gateway", "")) == {*FAULTS, NO_DATA}


@pytest.mark.parametrize(("name", "verdict"), FAULTS.items())
def test_fault_becomes_a_domain_error(name: str, verdict: tuple[type[OnjipError], str]) -> None:
    kind, code = verdict
    for reader in (gateway.answer, gateway.items, gateway.odcloud):
        with pytest.raises(kind) as caught:
            reader(sample(name))
        assert caught.value.code == code


def test_no_data_is_an_answer() -> None:
    assert gateway.answer(sample(NO_DATA)) is None
    assert gateway.items(sample(NO_DATA)) == []
    assert gateway.odcloud(sample(NO_DATA)) == []


@pytest.mark.parametrize("name", names("applyhome", "key.json"))
def test_odcloud_says_in_its_own_way_that_the_key_is_bad(name: str) -> None:
    with pytest.raises(AgencyRefused, match="agency_key_rejected"):
        gateway.odcloud(sample(name))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "agency_unreadable"),
        (b"Unauthorized", "agency_unreadable"),
        (b"<html><body>maintenance</body></html>", "agency_fault"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "agency_unreadable"),
        (b'{"data": {"a": 1}}', "agency_unreadable"),
        (b"[" * 5000 + b"]" * 5000, "agency_unreadable"),
        (b"<a>" * 5000 + b"</a>" * 5000, "agency_unreadable"),
        (b'{"OpenAPI_ServiceResponse": "down"}', "agency_fault"),
        (b'{"code": -500, "msg": "?"}', "agency_fault"),
    ],
)
def test_anything_else_may_be_asked_again(body: bytes, code: str) -> None:
    with pytest.raises(AgencyDown) as caught:
        gateway.odcloud(body)
    assert caught.value.code == code
