"""The counter of a receiving agency: one receipt per filing, its own refusals, nothing twice."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from domain.applications import Intake, SelectionFacts
from domain.errors import AgencyDown, AgencyRefused, NotYet, OutcomeUnknown
from domain.filings import Answer, Outgoing
from domain.time import SEOUL, now
from domain.words import Agency, SupplyKind
from mydata_connectors.applyhome import ApplyhomeBoard
from mydata_connectors.envelope import new_msg_id
from mydata_connectors.exchange import ExchangeOffice
from mydata_connectors.open_data import OpenData
from mydata_connectors.sandbox._people import identity_ref

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

KEY = "sandbox-open-data"
PRIVATE, PUBLIC = "911", "913"  # last digits of the seeded notices: general homes of type 01 in both
HANEUL, SEOJUN, JIHO = (identity_ref(login) for login in ("haneul", "seojun", "jiho"))


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("applyhome", "lh", "identity")


def number(last: str) -> str:
    return f"{datetime.now(SEOUL).year}000{last}"


def intake(notice: str, applicant: str, **changes: Any) -> Intake:
    return Intake.model_validate({
        "reference": f"ONJIP-{secrets.token_hex(12).upper()}", "notice_no": notice, "model_no": "01",
        "supply_kind": SupplyKind.GENERAL, "applicant_ref": applicant, "household_refs": (applicant,),
        "facts": SelectionFacts(local=True, homeless=True, points=40), "decision_sha256": "0" * 64, **changes,
    })  # fmt: skip


def office(box: Box, http: httpx.AsyncClient, agency: str = "applyhome", seconds: float = 10) -> ExchangeOffice:
    return ExchangeOffice(box.exchange(agency, http, seconds=seconds))


async def send(
    office: ExchangeOffice, service: str, purpose: str, body: dict[str, Any], *, ref: str, subject: str = "",
    msg_id: str = "", seconds: float = 10,
) -> Answer:  # fmt: skip
    outgoing = Outgoing(
        agency=office.agency, service=service, reference=ref, purpose=purpose, body=body, subject_ref=subject
    )
    return await office.send(outgoing, msg_id=msg_id or new_msg_id(), expires_at=now() + timedelta(seconds=seconds))


async def apply(office: ExchangeOffice, form: Intake, **how: Any) -> Answer:
    body = form.model_dump(mode="json")
    return await send(office, "applications", "apply", body, ref=form.reference, subject=form.applicant_ref, **how)


async def filed(box: Box, reference: str, agency: str = "applyhome") -> int:
    acts = (await box.ledger(agency))["acts"]
    return sum(act["kind"] == "application" and act["reference"] == reference for act in acts)


async def test_a_filing_gets_the_agencys_own_receipt(box: Box, http: httpx.AsyncClient) -> None:
    form = intake(number(PRIVATE), HANEUL)
    answer = await apply(office(box, http), form)
    assert answer.number.startswith(f"AH-{number(PRIVATE)}-")
    assert len(str(answer.body["ticket"])) == 32
    assert abs(answer.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert answer.receipt_jws
    found = await office(box, http).find("applications", form.reference)
    assert found is not None
    assert (found.number, found.at, found.body["ticket"]) == (answer.number, answer.at, answer.body["ticket"])
    assert await office(box, http).find("applications", "ONJIP-NOBODY") is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"notice_no": "2020000001"}, "unknown_notice"),
        ({"model_no": "77"}, "unknown_model"),
        ({"facts": SelectionFacts(local=True, homeless=True, points=85)}, "invalid_body"),
        ({"decision_sha256": "x"}, "invalid_body"),
    ],
)
async def test_what_does_not_exist_is_refused(
    box: Box, http: httpx.AsyncClient, changes: dict[str, Any], code: str
) -> None:
    form = intake(number(PRIVATE), JIHO, **changes)
    with pytest.raises(AgencyRefused) as caught:
        await apply(office(box, http), form)
    assert caught.value.code == code
    assert await filed(box, form.reference) == 0


async def test_a_person_applies_once_per_supply_method(box: Box, http: httpx.AsyncClient) -> None:
    """제4조제1항제2호: special and general of one person stand side by side, two general ones do not."""
    notice, person = number("912"), JIHO
    await apply(office(box, http), intake(notice, person))
    await apply(office(box, http), intake(notice, person, supply_kind=SupplyKind.FIRST_HOME))
    for kind in (SupplyKind.GENERAL, SupplyKind.NEWLYWED):
        again = intake(notice, person, supply_kind=kind)
        with pytest.raises(AgencyRefused, match="applied_before"):
            await apply(office(box, http), again)
        assert await filed(box, again.reference) == 0


async def test_two_adults_of_a_household_at_a_private_home(box: Box, http: httpx.AsyncClient) -> None:
    both = (SEOJUN, identity_ref("minjun"))
    for person, relation in zip(both, ("self", "child"), strict=True):
        await apply(office(box, http), intake(number(PRIVATE), person, household_refs=both, relation_to_head=relation))


async def test_at_a_public_home_only_the_couple_may_both_apply(box: Box, http: httpx.AsyncClient) -> None:
    """제4조제1항제1호."""
    notice, household = number(PUBLIC), (HANEUL, SEOJUN, identity_ref("bom"))
    await apply(office(box, http), intake(notice, HANEUL, household_refs=household, relation_to_head="self"))
    await apply(office(box, http), intake(notice, SEOJUN, household_refs=household, relation_to_head="spouse"))
    third = intake(notice, identity_ref("bom"), household_refs=household, relation_to_head="child")
    with pytest.raises(AgencyRefused, match="household_applied_before"):
        await apply(office(box, http), third)
    assert await filed(box, third.reference) == 0
    await apply(office(box, http), intake(notice, JIHO))  # another household


async def test_the_message_and_its_body_speak_of_one_person(box: Box, http: httpx.AsyncClient) -> None:
    form = intake(number(PRIVATE), identity_ref("seoa"))
    with pytest.raises(AgencyRefused, match="other_person"):
        await send(
            office(box, http), "applications", "apply", form.model_dump(mode="json"), ref=form.reference, subject=JIHO
        )


async def test_one_message_acts_once(box: Box, http: httpx.AsyncClient) -> None:
    form, msg_id = intake(number(PRIVATE), identity_ref("garam")), new_msg_id()
    first = await apply(office(box, http), form, msg_id=msg_id)
    second = await apply(office(box, http), form, msg_id=msg_id)
    assert (first.number, first.body) == (second.number, second.body)
    assert await filed(box, form.reference) == 1
    other = intake(number(PRIVATE), identity_ref("doyun"))
    with pytest.raises(AgencyRefused, match="key_reused"):
        await apply(office(box, http), other, msg_id=msg_id)


@pytest.mark.parametrize("fault", ["act_then_timeout", "malformed"])
async def test_an_unknown_outcome_is_found_by_our_reference(box: Box, http: httpx.AsyncClient, fault: str) -> None:
    person = identity_ref({"act_then_timeout": "yerin", "malformed": "jihun"}[fault])
    form, counter = intake(number(PRIVATE), person), office(box, http)
    await box.fault("applyhome", "/applications", fault, method="POST")
    with pytest.raises(OutcomeUnknown):
        await apply(counter, form)
    found = await counter.find("applications", form.reference)
    assert found is not None
    assert await filed(box, form.reference) == 1


async def test_a_late_arrival_after_expiry_does_not_act(box: Box, http: httpx.AsyncClient) -> None:
    form, counter = intake(number(PRIVATE), identity_ref("harin")), office(box, http)
    await box.fault("applyhome", "/applications", "late", method="POST", seconds=2)
    with pytest.raises(OutcomeUnknown):
        await apply(counter, form, seconds=1)
    again = await apply(counter, form, seconds=10)  # the first one is dead when it arrives
    found = await counter.find("applications", form.reference)
    assert found is not None
    assert found.number == again.number
    assert await filed(box, form.reference) == 1


async def test_maintenance_did_not_act(box: Box, http: httpx.AsyncClient) -> None:
    form = intake(number(PRIVATE), identity_ref("siwoo"))
    await box.fault("applyhome", "/applications", "maintenance", method="POST", seconds=7)
    with pytest.raises(AgencyDown) as caught:
        await apply(office(box, http), form)
    assert caught.value.retry_after == 7
    assert await filed(box, form.reference) == 0


async def test_lists_stay_closed_while_receipt_is_open(box: Box, http: httpx.AsyncClient) -> None:
    board = ApplyhomeBoard(box.exchange("applyhome", http), OpenData(box.url("applyhome"), KEY, http))
    with pytest.raises(NotYet):
        await board.entries(number(PRIVATE), 0)
    with pytest.raises(AgencyRefused, match="unknown_notice"):
        await board.entries("2020000001", 0)
    with pytest.raises(AgencyRefused, match="receipt_open"):
        await send(office(box, http), f"notices/{number(PRIVATE)}/close", "close", {}, ref="ONJIP-CLOSE-EARLY")


async def test_lh_receives_itself(box: Box, http: httpx.AsyncClient) -> None:
    answer = await apply(office(box, http, "lh"), intake("0000069901", HANEUL, supply_kind=SupplyKind.FIRST_HOME))
    assert answer.agency is Agency.LH
    assert answer.number.startswith("LH-0000069901-")
