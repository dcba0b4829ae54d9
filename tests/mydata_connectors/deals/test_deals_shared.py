"""Contracts by several and by an agent, rendered and signed for real, as the agencies judge them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from domain.contracts import Agent
from domain.drafts import dissolution_terms
from domain.filings import ReportCancellation
from domain.words import Authority, PartyRole
from law.forms.writing import written
from mydata_connectors.sandbox._people import identity_ref, people
from tests.mydata_connectors.deals.conftest import mandate, report_parties
from tests.mydata_connectors.deals.test_deals_real_contract import ORDER, Desk, desk, terms

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals, Sale

__all__ = ["desk"]
TITLE = "1143-2019-004522"
SELLERS, BUYERS = {"hanui": "2/3", "hangyeol": "1/3"}, {"seoa": "1/2", "jiho": "1/2"}
SIGNERS = (*SELLERS, *BUYERS, "daon", "garam", "citysora")


def shared(sale: Sale) -> Any:
    """The co-owned home, with a witness."""
    one = terms(sale)
    seller, buyer, *brokers = one.parties
    sides = [(seller, SELLERS), (buyer, BUYERS)]
    named = [
        first.model_copy(
            update={
                "person_id": UUID(int=20 + len(login) + n),
                "name": people()[login].name,
                "number": n,
                "share": share,
            }
        )
        for first, side in sides
        for n, (login, share) in enumerate(side.items(), 1)
    ]
    last = {"role": PartyRole.WITNESS, "order": 5, "name": people()["citysora"].name, "person_id": UUID(int=40)}
    return written(one.model_copy(update={"parties": (*named, *brokers, seller.model_copy(update=last))}))


def reported_parties(sale: Sale, **changed: str) -> list[dict[str, Any]]:
    shares = {**SELLERS, **BUYERS, **changed}
    both = [
        {"role": role, "identity_ref": identity_ref(login), "name": people()[login].name, "share": shares[login]}
        for role, side in (("seller", SELLERS), ("buyer", BUYERS))
        for login in side
    ]
    return [*both, *[one for one in report_parties(sale) if one["role"] == "broker"]]


async def test_the_register_names_each_co_owner_with_the_share(deals: Deals) -> None:
    title = await deals.ask("registry", f"/titles/{TITLE}")
    assert [(one["name"], one["share"], one["ref"]) for one in title["owners"]] == [
        (people()[login].name, share, identity_ref(login)) for login, share in SELLERS.items()
    ]
    assert title["owner_ref"] is None
    assert (await deals.ask("registry", "/titles/1143-2019-004521"))["owners"] == []


async def test_a_sale_by_two_to_two_is_reported_with_every_share(own: Deals, desk: Desk, sale: Sale) -> None:
    home = {**sale.home, "unique_no": TITLE, "ho": "1205호", "exclusive_area": "84.91"}
    ours = replace(sale, home=home, seller="hanui")
    pdf = await desk.sealed(shared(ours), SIGNERS)
    report = await own.report(ours, pdf, parties=reported_parties(ours), deposit_proof=await own.deposit(ours))
    raw = report.canonical()
    body = {"body": raw.decode(), "signatures": [await desk.signed(raw, login) for login in ("daon", "garam")]}
    got = await own.act("rtms", "/reports", body)
    assert got.status == 200, got.data
    told = got.data["certificate"]["parties"]
    assert [one["share"] for one in told if one["role"] != "broker"] == ["2/3", "1/3", "1/2", "1/2"]


@pytest.mark.parametrize(
    ("code", "parties"),
    [("shares_not_whole", {"hangyeol": "1/2"}), ("shares_not_whole", {"jiho": "1/3"}), ("party_twice", {"jiho": ""})],
)
async def test_shares_that_are_not_whole_are_refused(
    deals: Deals, sale: Sale, code: str, parties: dict[str, str]
) -> None:
    listed = reported_parties(sale, **{login: share for login, share in parties.items() if share})
    if code == "party_twice":
        listed[3] = listed[2]
    report = await deals.report(sale, b"%PDF-", parties=listed)
    got = await deals.act("rtms", "/reports", await deals.signed(report, "daon", "garam"))
    assert (got.status, got.data["code"]) == (422, code)


# An agent signs for the seller


def by_agent(sale: Sale) -> Any:
    one = terms(sale)
    agent = Agent(
        person_id=UUID(int=30), name=people()["hanui"].name, authority=Authority.ATTORNEY, power_id=UUID(int=31),
        power_sha256="ef" * 32,
    )  # fmt: skip
    return written(
        one.model_copy(update={"parties": (one.parties[0].model_copy(update={"agent": agent}), *one.parties[1:])})
    )


@pytest.mark.long
async def test_an_agents_contract_is_registered_when_the_principal_confirms_it(
    own: Deals, desk: Desk, sale: Sale
) -> None:
    pdf = await desk.sealed(by_agent(sale), ("hanui", *ORDER[1:]))
    app, _ = await own.prepared(sale, pdf)
    number = await own.filed(sale, app, pdf)
    assert await own.defects(number) == ["contract_parties_differ"], "the mandate names another contract"
    sent = await own.filing(sale, app.model_copy(update={"reference": f"{app.reference}-2"}), pdf, mandates=())
    own_words = {"contract_sha256": hashlib.sha256(pdf).hexdigest()}
    for login in (sale.seller, sale.buyer):
        body = mandate(app, login, sale).model_copy(update=own_words)
        sent["mandates"].append(await own.signed(body, login))
    got = await own.act("registry", "/applications", sent)
    assert await own.defects(str(got.data["number"])) == ["already_pending"], "only the first one is before it"


@pytest.mark.long
async def test_a_contract_of_an_agent_is_dissolved_by_the_principal(own: Deals, desk: Desk, sale: Sale) -> None:
    contract = by_agent(sale)
    pdf = await desk.sealed(contract, ("hanui", *ORDER[1:]))
    number = await own.reported(sale, pdf)
    ended = written(dissolution_terms(
        UUID(int=9), original=contract, refund=0, forfeited=0, reason="합의", made_on=sale.made_on,
        refund_due_on=sale.made_on,
    ))  # fmt: skip
    assert [one.agent for one in ended.parties] == [None] * 4
    copy = await desk.sealed(ended)
    assert await cancelled(own, number, copy, sale) == 200


async def cancelled(own: Deals, number: str, copy: bytes, sale: Sale) -> int:
    body = ReportCancellation.model_validate({
        "reference": f"C-{number}", "report_no": number, "dissolved_on": sale.made_on,
        "dissolution_sha256": hashlib.sha256(copy).hexdigest(), "dissolution_copy": base64.b64encode(copy).decode(),
    })  # fmt: skip
    got = await own.act("rtms", f"/reports/{number}/cancellation", await own.signed(body, "daon", "garam"))
    return int(got.status)
