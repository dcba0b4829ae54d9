"""A power of attorney on pages and at the API: given, seen by its people, revoked; and contracts by several."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser as Window

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness
from test_draw_browser import FAULTS, SCREENSHOTS, browser, opened, served

from domain.contracts import Agent, ContractTerms, Party, PowerTerms
from domain.messages import DraftStart
from domain.time import now, seoul_date
from domain.words import Authority, ContractKind, PartyRole, Power
from law.forms.explaining import asked
from store import contracts
from store.tables.contracts import ContractRow
from store.tables.exchange import OutboxRow

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.conftest import Browser, Make, Site

__all__ = ["browser"]  # fixture
DAY = seoul_date(now())


def sale(seller: Browser, buyer: Browser, **changed: Any) -> dict[str, Any]:
    return {
        "unique_no": "1143-2019-004522", "price": 100, "seller_code": seller.person.code,
        "buyer_code": buyer.person.code, "statements": {row.ask: "없음" for row in asked(ContractKind.SALE)},
        "payments": [{"kind": "deposit", "amount": 10, "due_on": DAY.isoformat()}, {"kind": "balance", "amount": 90}],
        **changed,
    }  # fmt: skip


async def people(site: Site) -> list[Browser]:
    """A broker, then parties."""
    names = ("최하늬", "최한결", "윤서아", "윤서진", "문하린")
    return [await site.browser("정다온", ("broker", "다온")), *[await site.browser(name) for name in names]]


async def test_several_sellers_and_buyers_are_wished_with_their_shares(site: Site) -> None:
    broker, one, two, three, four, five = await people(site)
    body = sale(
        one, three, co_seller_codes=[two.person.code], buyer_share="2/3",
        co_buyers=[{"code": four.person.code, "share": "1/3"}], witness_code=five.person.code,
    )  # fmt: skip
    answer = await broker.post("/contracts", body)
    assert answer.status_code == 202, answer.text
    (promised,) = await site.rows(OutboxRow, workflow_id=f"draft-{answer.json()['contract_id']}")
    start = DraftStart.model_validate(promised.payload)
    assert (start.seller_id, start.co_seller_ids) == (one.id, (two.id,))
    assert [(start.buyer_id, start.buyer_share), *[(b.person_id, b.share) for b in start.co_buyers]] == [
        (three.id, "2/3"), (four.id, "1/3"),
    ]  # fmt: skip
    assert start.witness_id == five.id


async def test_what_is_wrong_in_itself_is_refused_at_once(site: Site) -> None:
    broker, one, two, three, four, five = await people(site)
    code = [person.person.code for person in (one, two, three, four, five)]
    agent = {"role": "seller", "code": code[4], "power_id": "3f2b8c1e-9d04-4a7f-8f57-2a61b0c4d9e1"}
    before = await site.fingerprint()
    for changed, refusal in (
        ({"co_buyers": [{"code": code[3], "share": "1/3"}], "buyer_share": "1/2"}, "shares_not_whole"),
        ({"co_buyers": [{"code": code[3], "share": "1/3"}]}, "shares_not_whole"),
        ({"co_seller_codes": [code[0]]}, "party_twice"),
        ({"co_buyers": [{"code": code[0]}]}, "party_twice"),
        ({"witness_code": code[2]}, "party_twice"),
        ({"witness_code": broker.person.code}, "party_twice"),
        ({"agents": [{**agent, "for_code": code[3]}]}, "agent_for_nobody"),
        ({"agents": [agent, agent]}, "agent_for_nobody"),
        ({"agents": [{**agent, "authority": "parent"}]}, "invalid"),
        ({"co_seller_codes": ["ABCD2345"]}, "unknown_party_code"),
    ):
        answer = await broker.post("/contracts", sale(one, three, **changed))
        assert answer.status_code in (404, 422), answer.text
        assert answer.json()["code"] == refusal, (changed, answer.text)
    assert await site.fingerprint() == before


async def test_a_principal_draws_it_up_on_a_page(site: Site) -> None:
    _, principal, agent, *_ = await people(site)
    form = {
        "csrf": principal.csrf, "key": "power-0001", "unique_no": "1143-2019-004522", "agent_code": agent.person.code,
        "powers": ["sell", "hand_over"], "purpose": "해외 체류", "valid_until": (DAY + timedelta(days=30)).isoformat(),
        "special_clauses": "5억 원보다 싸게 팔지 않는다.",
    }  # fmt: skip
    page = {"Accept": "text/html", "Origin": str(principal.http.base_url).rstrip("/")}
    empty = await principal.http.post("/powers", data={**form, "powers": []}, headers=page)
    assert empty.status_code == 422
    assert "하나 이상 골라 주십시오" in empty.text
    made = await principal.http.post("/powers", data=form, headers=page)
    assert made.status_code == 303, made.text
    contract_id = made.headers["location"].split("/")[2].split("?")[0]
    (promised,) = await site.rows(OutboxRow, workflow_id=f"draft-{contract_id}")
    start = DraftStart.model_validate(promised.payload)
    assert (start.kind, start.seller_id, start.buyer_id) == (ContractKind.POWER, principal.id, agent.id)
    assert start.power is not None
    assert [str(one) for one in start.power.powers] == ["sell", "hand_over"]


async def test_a_power_is_revoked_once_by_its_people(site: Site, make: Make) -> None:
    broker, principal, agent, other, *_ = await people(site)
    power = await make.contract(broker, ("principal", principal), ("attorney", agent), state="sealed", kind="power")
    assert (await principal.get(f"/contracts/{power}")).json()["acts"] == ["revoke"]
    assert (await other.post(f"/contracts/{power}/revocation", {"reason": "-"})).status_code == 404
    answer = await principal.post(f"/contracts/{power}/revocation", {"reason": "팔지 않기로 함"})
    assert (answer.status_code, answer.json()["state"]) == (200, "dissolved")
    again = await agent.post(f"/contracts/{power}/revocation", {"reason": "-"})
    assert (again.status_code, again.json()["code"]) == (409, "no_power_to_revoke")
    assert (await principal.get(f"/contracts/{power}")).json()["acts"] == []
    sold = await make.contract(broker, ("seller", principal), ("buyer", other), state="sealed")
    assert (await principal.post(f"/contracts/{sold}/revocation", {"reason": "-"})).status_code == 403


async def changed_parties(site: Site, contract_id: UUID, **changes: Any) -> None:
    """The first party of a contract is altered, as its draft would have made it; or another one is added."""
    async with site.db.transaction() as session:
        row = await session.get_one(ContractRow, contract_id)
        terms: ContractTerms = contracts.terms_of(row)
        more = changes.pop("more", ())
        power = changes.pop("power", None)
        parties = (terms.parties[0].model_copy(update=changes), *terms.parties[1:], *more)
        row.terms = terms.model_copy(update={"parties": parties, "power": power}).model_dump(mode="json")
        session.add(row)


async def test_who_signs_for_a_party_has_no_say_in_what_follows(site: Site, make: Make) -> None:
    broker, seller, agent, buyer, *_ = await people(site)
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    acting = Agent(person_id=agent.id, name="최한결", authority=Authority.ATTORNEY, power_id=contract_id)
    await changed_parties(site, contract_id, agent=acting)
    transfer = await make.transfer(contract_id)
    proposal = {"reason": "합의", "refund": 0, "refund_due_on": DAY.isoformat()}
    assert (await agent.post(f"/contracts/{contract_id}/dissolution", proposal)).status_code == 403
    assert (await agent.get(f"/transfers/{transfer}")).status_code == 404
    assert (await seller.get(f"/transfers/{transfer}")).status_code == 200
    todo = {one["code"] for one in (await agent.get("/tasks")).json()["items"]}
    assert "right_proof" not in todo
    assert "right_proof" in {one["code"] for one in (await seller.get("/tasks")).json()["items"]}
    ended = await seller.post(f"/contracts/{contract_id}/dissolution", proposal)
    assert ended.status_code == 201, ended.text


async def test_a_shared_sale_is_not_changed_here_and_its_page_says_so_before_signing(site: Site, make: Make) -> None:
    broker, seller, sister, buyer, *_ = await people(site)
    draft, sealed = [
        await make.contract(broker, ("seller", seller), ("buyer", buyer), state=state) for state in ("draft", "sealed")
    ]
    second = Party(person_id=sister.id, role=PartyRole.SELLER, order=1, number=2, name="최한결")
    for contract_id in (draft, sealed):
        await changed_parties(site, contract_id, more=(second,))
    assert "잔금, 취득세, 소유권이전등기는 법무사와" in (await broker.http.get(f"/contracts/{draft}")).text
    await make.transfer(sealed, state="outside")
    proposal = {"reason": "합의", "refund": 0, "refund_due_on": DAY.isoformat()}
    for path, body in (("dissolution", proposal), ("amendment", {"reason": "-", "price": 5})):
        answer = await seller.post(f"/contracts/{sealed}/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "several_parties"), answer.text
    assert (await seller.get(f"/contracts/{sealed}")).json()["acts"] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
async def test_the_pages_have_no_faults(site: Site, make: Make, browser: Window, tmp_path: Path, width: int) -> None:
    broker, principal, agent, *_ = await people(site)
    power = await make.contract(broker, ("principal", principal), ("attorney", agent), state="sealed", kind="power")
    given = PowerTerms(powers=(Power.SELL, Power.HAND_OVER), purpose="해외에 있는 동안 파는 일", valid_until=DAY)
    await changed_parties(site, power, power=given)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    async with served(site, Witness(), tmp_path) as address, opened(browser, width) as (page, faults):
        for who, path, name in (
            (principal, "/powers/new", "power-new"), (principal, f"/contracts/{power}", "power"),
            (broker, "/contracts/new", "sale-new"), (broker, "/leases/new", "lease-new"),
        ):  # fmt: skip
            cookie = {"name": "onjip_session", "value": who.http.cookies["onjip_session"], "url": address}
            await page.context.add_cookies([cookie])
            await page.goto(f"{address}{path}")
            for fold in await page.locator("details.fold > summary").all():
                await fold.click()
            await page.evaluate("scrollTo(0, 0)")
            assert await page.evaluate(FAULTS) == []
            assert path != f"/contracts/{power}" or await page.get_by_text("집을 파는 계약").is_visible()
            await page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        assert faults == []
