"""From publishing to the received list, at both agencies; what the boards show of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from domain.applications import Intake, ReceivedEntry, SelectionFacts
from domain.errors import AgencyDown, AgencyRefused
from domain.filings import Answer, Outgoing
from domain.notices import HouseType, Notice, Payment
from domain.ports import NoticeBoard
from domain.time import now, seoul_date
from domain.words import Agency, HousingKind, SupplyKind
from mydata_connectors.applyhome import ApplyhomeBoard
from mydata_connectors.envelope import new_msg_id
from mydata_connectors.exchange import ExchangeOffice
from mydata_connectors.lh import LhBoard
from mydata_connectors.open_data import OpenData
from mydata_connectors.sandbox._people import identity_ref

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

KEY = "sandbox-open-data"
JIHUN, YERIN, JIHO, MINJUN = (identity_ref(login) for login in ("jihun", "yerin", "jiho", "minjun"))
PURPOSES = {
    "notices": "publish", "applications": "apply", "winners": "report_winners", "winners/withdraw": "withdraw_winners",
}  # fmt: skip
UNITS = {SupplyKind.GENERAL: 4, SupplyKind.NEWLYWED: 5, SupplyKind.FIRST_HOME: 3}


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("applyhome", "lh", "identity")


def notice(agency: Agency, number: str, *, seconds: float = 3, **changes: Any) -> Notice:
    """A notice whose receipt is open now and closes in ``seconds``."""
    at = now()
    return Notice.model_validate({
        "id": f"{agency}-{number}", "agency": agency, "number": number, "name": "과천 시험마을 공공분양",
        "housing_kind": HousingKind.PUBLIC, "supplier": "한국토지주택공사 경기남부지역본부", "supplier_public": True,
        "region": "41290", "region_name": "경기도 과천시", "address": "경기도 과천시 과천동 시험마을 A1블록",
        "capital_area": True, "regulated": True, "overheated": True, "price_capped": True,
        "notice_date": seoul_date(at), "receipt_opens_at": at - timedelta(seconds=1),
        "receipt_closes_at": at + timedelta(seconds=seconds), "announcement_date": seoul_date(at) + timedelta(days=1),
        "contract_from": seoul_date(at) + timedelta(days=2), "contract_until": seoul_date(at) + timedelta(days=4),
        "move_in": "202812",
        "payments": (Payment(kind="deposit", share_bp=1000), Payment(kind="balance", share_bp=9000)),
        "house_types": (HouseType(
            model_no="01", name="59A", exclusive_area="59.84", price=512_345_678, units=UNITS,
            unit_numbers=tuple(f"101-{n}01" for n in range(1, 13)),
        ),),
        **changes,
    })  # fmt: skip


def board(box: Box, http: httpx.AsyncClient, agency: Agency, key: str = KEY) -> NoticeBoard:
    open_data = OpenData(box.url(agency), key, http)
    maker = {Agency.APPLYHOME: ApplyhomeBoard, Agency.LH: LhBoard}[agency]
    made: NoticeBoard = maker(box.exchange(agency, http), open_data)
    return made


async def listed(seen: NoticeBoard, notice_no: str) -> list[ReceivedEntry]:
    """The whole received list, to the empty page at its end."""
    found: list[ReceivedEntry] = []
    after = 0
    while (page := await seen.entries(notice_no, after)).items:
        found += page.items
        after = page.last
    assert page.received == len(found)
    return found


async def act(
    box: Box, http: httpx.AsyncClient, agency: Agency, service: str, body: dict[str, Any], *, subject: str = ""
) -> Answer:
    purpose = "close" if service.endswith("/close") else PURPOSES[service]
    reference = str(body.get("reference") or f"ONJIP-{new_msg_id()}")
    outgoing = Outgoing(
        agency=agency, service=service, reference=reference, purpose=purpose, body=body, subject_ref=subject
    )
    office = ExchangeOffice(box.exchange(agency, http))
    return await office.send(outgoing, msg_id=new_msg_id(), expires_at=now() + timedelta(seconds=10))


async def publish(box: Box, http: httpx.AsyncClient, wanted: Notice, officer: str = JIHUN, **more: Any) -> Answer:
    body = wanted.model_dump(mode="json") | more
    return await act(box, http, wanted.agency, "notices", body, subject=officer)


async def shown(box: Box, http: httpx.AsyncClient, wanted: Notice) -> Notice:
    (found,) = [row for row in await board(box, http, wanted.agency).notices() if row.number == wanted.number]
    return found


async def test_four_notices_stand_from_the_beginning(box: Box, http: httpx.AsyncClient) -> None:
    found = await board(box, http, Agency.APPLYHOME).notices() + await board(box, http, Agency.LH).notices()
    assert len({row.announcement_date for row in found}) == 4  # so any three make a combined application
    kinds = Counter((row.housing_kind, row.capital_area, row.regulated) for row in found)
    assert kinds == {
        (HousingKind.PRIVATE, True, True): 1, (HousingKind.PRIVATE, False, False): 1,
        (HousingKind.PUBLIC, True, True): 1, (HousingKind.PUBLIC, True, False): 1,
    }  # fmt: skip
    for row in found:
        assert row.receipt_opens_at < now() < row.receipt_closes_at
        assert row.deposit_account is not None
        assert sum(payment.share_bp for payment in row.payments) == 10_000
        assert row.supplier_public or row.approval_no
        for house_type in row.house_types:
            assert len(set(house_type.unit_numbers)) == sum(house_type.units.values())


@pytest.mark.parametrize("agency", [Agency.LH, Agency.APPLYHOME])
async def test_what_is_published_is_what_the_board_shows(box: Box, http: httpx.AsyncClient, agency: Agency) -> None:
    wanted = notice(agency, "9000000101", seconds=60)
    answer = await publish(box, http, wanted)
    assert answer.number == wanted.number
    found = await shown(box, http, wanted)
    same = wanted.model_dump(exclude={"url", "published_at", "source_sha256", "receipt_opens_at", "receipt_closes_at"})
    assert found.model_dump(include=set(same)) == same
    for name in ("receipt_opens_at", "receipt_closes_at"):
        assert getattr(found, name) == getattr(wanted, name)  # to the microsecond: from the terms


@pytest.mark.parametrize(
    ("changes", "officer", "code"),
    [
        ({"supplier": "온마을건설 주식회사", "supplier_public": False}, JIHUN, "not_an_officer"),
        ({"supplier": "과천도시공사", "supplier_public": False}, YERIN, "approval_missing"),
        ({}, YERIN, "not_an_officer"),
        ({}, "", "not_an_officer"),
        ({"receipt_closes_at": now() - timedelta(seconds=1)}, JIHUN, "receipt_window"),
        ({"announcement_date": seoul_date(now()) - timedelta(days=1)}, JIHUN, "announcement_date"),
        ({"house_types": []}, JIHUN, "invalid_body"),
        ({"region": "과천"}, JIHUN, "invalid_body"),
    ],
)
async def test_refused_notices(
    box: Box, http: httpx.AsyncClient, changes: dict[str, Any], officer: str, code: str
) -> None:
    wanted = notice(Agency.APPLYHOME, "9000000202")
    body = wanted.model_dump(mode="json") | {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in changes.items()
    }
    with pytest.raises(AgencyRefused) as caught:
        await act(box, http, Agency.APPLYHOME, "notices", body, subject=officer)
    assert caught.value.code == code


async def test_lh_receives_for_nobody_else(box: Box, http: httpx.AsyncClient) -> None:
    other = notice(Agency.LH, "9000000303", supplier="과천도시공사")
    with pytest.raises(AgencyRefused, match="not_our_notice"):
        await publish(box, http, other, YERIN)


async def test_a_notice_is_changed_only_before_receipt_opens(box: Box, http: httpx.AsyncClient) -> None:
    soon = {"receipt_opens_at": now() + timedelta(minutes=5), "receipt_closes_at": now() + timedelta(minutes=9)}
    first = notice(Agency.LH, "9000000404", **soon)
    await publish(box, http, first)
    with pytest.raises(AgencyRefused, match="version_known"):
        await publish(box, http, first)
    second = first.model_copy(update={"version": 2, "name": "과천 시험마을 공공분양 (정정)"})
    await publish(box, http, second)
    assert (await shown(box, http, second)).version == 2
    opened = notice(Agency.LH, "9000000505")
    await publish(box, http, opened)
    with pytest.raises(AgencyRefused, match="receipt_has_opened"):
        await publish(box, http, opened.model_copy(update={"version": 2}))


async def test_from_publishing_to_the_received_list(box: Box, http: httpx.AsyncClient) -> None:
    wanted = notice(Agency.LH, "9000000606", seconds=3)
    await publish(box, http, wanted)
    form = Intake(
        reference=f"ONJIP-{new_msg_id()}", notice_no=wanted.number, model_no="01", supply_kind=SupplyKind.GENERAL,
        applicant_ref=JIHO, decision_sha256="0" * 64,
        facts=SelectionFacts(local=True, homeless=True, homeless_three_years=True, amount_recognised=2_400_000, rank=1),
    )  # fmt: skip
    receipt = await act(box, http, Agency.LH, "applications", form.model_dump(mode="json"), subject=JIHO)
    await asyncio.sleep(max(0.0, (wanted.receipt_closes_at - now()).total_seconds()) + 0.05)
    with pytest.raises(AgencyRefused, match="receipt_closed"):
        await act(box, http, Agency.LH, "applications", form.model_dump(mode="json"), subject=JIHO)
    path = f"notices/{wanted.number}/close"
    closed = await act(box, http, Agency.LH, path, {})
    assert (await act(box, http, Agency.LH, path, {})).at == closed.at  # again: the same answer
    entries = await listed(board(box, http, Agency.LH), wanted.number)
    assert closed.body["received"] == len(entries)
    _check_crowd(entries, ticket=str(receipt.body["ticket"]))


async def test_one_announcement_date_twice_is_received_and_noted(box: Box, http: httpx.AsyncClient) -> None:
    """제4조, 제57조: such an application is void later; receiving it is not refused. Onjip refuses before filing."""
    both = [notice(Agency.LH, number, seconds=60) for number in ("9000000811", "9000000812")]
    for wanted in both:
        await publish(box, http, wanted)
        form = Intake(
            reference=f"ONJIP-{new_msg_id()}", notice_no=wanted.number, model_no="01", applicant_ref=MINJUN,
            supply_kind=SupplyKind.GENERAL, decision_sha256="0" * 64, facts=SelectionFacts(local=False, homeless=False),
        )  # fmt: skip
        await act(box, http, Agency.LH, "applications", form.model_dump(mode="json"), subject=MINJUN)
    async with box.person("lh", "minjun") as person:
        receipts = (await person.get("/people")).json()
    assert [row["same_day"] for row in receipts] == ["", "9000000811"]


def _check_crowd(entries: list[Any], *, ticket: str) -> None:
    """Fewer entrants than homes in special kinds, three times as many in general, and 박지호 in nobody's place."""
    counts = Counter(entry.supply_kind for entry in entries)
    assert counts[SupplyKind.NEWLYWED] == 3 < UNITS[SupplyKind.NEWLYWED]
    assert counts[SupplyKind.FIRST_HOME] == 1 < UNITS[SupplyKind.FIRST_HOME]
    assert counts[SupplyKind.GENERAL] == 3 * UNITS[SupplyKind.GENERAL] + 8 + 1
    (own,) = [entry for entry in entries if entry.ticket == ticket]
    assert JIHO not in own.model_dump_json()  # a name inside this notice only
    better = [
        entry
        for entry in entries
        if entry.supply_kind is SupplyKind.GENERAL and entry.facts.local and entry.facts.homeless_three_years
        and entry.facts.amount_recognised > own.facts.amount_recognised
    ]  # fmt: skip
    assert len(better) > sum(UNITS.values())  # even if every special home were left over


async def test_the_crowd_is_the_same_on_every_run(box: Box, sandbox: StartSandbox, http: httpx.AsyncClient) -> None:
    tickets = []
    for started in (box, sandbox("lh", fresh=True)):
        wanted = notice(Agency.LH, "9000000707", seconds=1)
        await publish(started, http, wanted)
        await asyncio.sleep(1.1)
        await act(started, http, Agency.LH, f"notices/{wanted.number}/close", {})
        entries = await listed(board(started, http, Agency.LH), wanted.number)
        tickets.append([(entry.ticket, entry.facts) for entry in sorted(entries, key=lambda row: row.ticket)])
    assert tickets[0] == tickets[1]


async def test_winners_are_kept_for_good(box: Box, http: httpx.AsyncClient) -> None:
    told = {
        "notice_no": "9000000101", "won_on": seoul_date(now()).isoformat(), "regulated": True,
        "winners": [{"ticket": "0" * 32, "model_no": "01", "supply_kind": "general", "unit": "101-101"}],
    }  # fmt: skip
    with pytest.raises(AgencyRefused, match="unknown_ticket"):
        await act(box, http, Agency.APPLYHOME, "winners", told)
    answer = await act(box, http, Agency.APPLYHOME, "winners", told | {"notice_no": "LH-1"})
    assert answer.body["count"] == 1


async def test_winners_who_have_not_won_after_all(box: Box, http: httpx.AsyncClient) -> None:
    """제57조제4항: all of the named or none, once, and they may win again."""
    first, second = "1" * 32, "2" * 32
    winners = [{"ticket": one, "model_no": "01", "supply_kind": "general"} for one in (first, second)]
    told = {"notice_no": "LH-2", "won_on": seoul_date(now()).isoformat(), "regulated": True, "winners": winners}
    await act(box, http, Agency.APPLYHOME, "winners", told)
    gone = {"notice_no": "LH-2", "tickets": [first], "record_sha256": "0" * 64, "order": None}
    order = {"authority": "court", "name": "서울행정법원", "number": "2026구합1", "document_sha256": "0" * 64}
    for wrong, code in (
        ({"tickets": [first, "3" * 32]}, "unknown_winner"), ({"notice_no": "LH-3"}, "unknown_winner"),
        ({"tickets": [first, first]}, "named_twice"), ({"tickets": []}, "invalid_body"),
        ({"record_sha256": "x"}, "invalid_body"), ({"order": {**order, "authority": "mayor"}}, "invalid_body"),
        ({"order": {**order, "document_sha256": ""}}, "invalid_body"),
    ):  # fmt: skip
        with pytest.raises(AgencyRefused, match=code):
            await act(box, http, Agency.APPLYHOME, "winners/withdraw", gone | wrong)
    answer = await act(box, http, Agency.APPLYHOME, "winners/withdraw", gone)
    assert answer.body["count"] == 1
    with pytest.raises(AgencyRefused, match="unknown_winner"):
        await act(box, http, Agency.APPLYHOME, "winners/withdraw", gone)
    await act(box, http, Agency.APPLYHOME, "winners", told | {"winners": winners[:1]})
    everybody = gone | {"tickets": [first, second], "order": order}
    assert (await act(box, http, Agency.APPLYHOME, "winners/withdraw", everybody)).body["count"] == 2
    acts = [one["kind"] for one in (await box.ledger("applyhome"))["acts"] if one["kind"].startswith("winners_")]
    assert acts == ["winners_withdrawn"] * 2


async def test_a_withdrawal_whose_answer_was_lost_is_found_again(box: Box, http: httpx.AsyncClient) -> None:
    winners = [{"ticket": "4" * 32, "model_no": "01", "supply_kind": "general"}]
    told = {"notice_no": "LH-4", "won_on": seoul_date(now()).isoformat(), "regulated": True, "winners": winners}
    await act(box, http, Agency.APPLYHOME, "winners", told)
    office = ExchangeOffice(box.exchange("applyhome", http))
    body = {"notice_no": "LH-4", "tickets": ["4" * 32], "record_sha256": "0" * 64, "order": None}
    outgoing = Outgoing(
        agency=Agency.APPLYHOME, service="winners/withdraw", reference="ONJIP-WITHDRAWN", purpose="withdraw_winners",
        body=body,
    )  # fmt: skip
    sent = await office.send(outgoing, msg_id=new_msg_id(), expires_at=now() + timedelta(seconds=10))
    found = await office.find("winners/withdraw", "ONJIP-WITHDRAWN")
    assert found is not None
    assert (found.number, found.body["count"]) == (sent.number, 1)
    assert await office.find("winners/withdraw", "ONJIP-NOBODY") is None


@pytest.mark.parametrize("agency", [Agency.LH, Agency.APPLYHOME])
async def test_a_rejected_key_is_no_matter_of_waiting(box: Box, http: httpx.AsyncClient, agency: Agency) -> None:
    for key in ("", "somebody-elses-key"):
        with pytest.raises(AgencyRefused, match="agency_key_rejected"):
            await board(box, http, agency, key).notices()


@pytest.mark.parametrize("fault", ["error", "reset", "maintenance", "act_then_timeout", "malformed"])
async def test_faults_of_open_data_mean_ask_again(box: Box, http: httpx.AsyncClient, fault: str) -> None:
    await box.fault("applyhome", "/api", fault)
    with pytest.raises(AgencyDown):
        await board(box, http, Agency.APPLYHOME).notices()
    assert await board(box, http, Agency.APPLYHOME).notices()


async def test_the_seed_has_todays_dates(box: Box, http: httpx.AsyncClient) -> None:
    (found,) = [row for row in await board(box, http, Agency.LH).notices() if row.number == "0000069901"]
    opens: datetime = found.receipt_opens_at
    assert seoul_date(opens) == seoul_date(now()) - timedelta(days=1)
    assert seoul_date(found.receipt_closes_at) == seoul_date(now()) + timedelta(days=2)
