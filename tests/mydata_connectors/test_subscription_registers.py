"""Registers answer one item about one person under that person's own consent, and nothing else."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from domain.errors import AgencyDown, AgencyRefused, ConsentNeeded, Invalid
from domain.facts import PROVIDER, AddressHistory, HomeOwnership, Household, Item, PastWins, SubscriptionAccount
from domain.ports import Register
from domain.time import now, seoul_date
from mydata_connectors.envelope import sha256
from mydata_connectors.houses import house_register
from mydata_connectors.identity import OpenIdProvider
from mydata_connectors.income import income_register
from mydata_connectors.residents import past_win_register, resident_register
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.savings import SavingsRegister

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

AGENCIES = ("identity", "applyhome", "residents", "savings", "houses", "income")
PURPOSE = "subscription"
CALL_BACK = "http://127.0.0.1:1/callback"
AGREEMENT = sha256(b"agreement")


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox(*AGENCIES)


async def consent(box: Box, login: str, *items: Item, purpose: str = PURPOSE, seconds: float = 600) -> str:
    """A consent token, given by the person at the identity provider with their own PIN."""
    wanted = {
        "type": "onjip_consent", "agreement_sha256": AGREEMENT, "recipient": "onjip", "purpose": purpose,
        "items": [{"provider": PROVIDER[item], "item": item} for item in items],
        "ends_at": (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(),
    }  # fmt: skip
    async with httpx.AsyncClient(trust_env=False, headers={"Accept": "application/json"}) as http:
        provider = OpenIdProvider(box.url("identity"), CALL_BACK, box.key, http)
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of the verifier below (RFC 7636, appendix B)
        url = provider.authorize_url("state-of-this-browser", "nonce-of-this-login", challenge, [wanted])
        asked = (await http.get(url)).json()
        form = {"request": asked["request"], "login": login, "pin": people()[login].pin}
        decided = await http.post(f"{box.url('identity')}/authorize", data=form)
        back = decided.json()["redirect_to"]
        code = parse_qs(urlsplit(back).query)["code"][0]
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        identity = await provider.exchange(code, verifier, "nonce-of-this-login")
    assert identity.consent_token
    return str(identity.consent_token)


def register_of(box: Box, http: httpx.AsyncClient, item: Item) -> Register:
    exchange = box.exchange(PROVIDER[item], http)
    makers = {
        "residents": resident_register, "applyhome": past_win_register, "houses": house_register,
        "income": income_register, "savings": SavingsRegister,
    }  # fmt: skip
    register: Register = makers[PROVIDER[item]](exchange)
    return register


async def test_every_item_becomes_a_fact_with_its_provenance(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "haneul", *Item)
    values: dict[Item, object] = {}
    for item in Item:
        fact = await register_of(box, http, item).fetch(
            item, identity_ref=identity_ref("haneul"), consent_token=token, purpose=PURPOSE
        )
        assert (fact.item, fact.source) == (item, PROVIDER[item])
        assert fact.document_no
        assert fact.as_of <= seoul_date(now())
        values[item] = fact.value
    assert [member.relation for member in Household.model_validate(values[Item.HOUSEHOLD]).members] == [
        "self", "spouse", "child",
    ]  # fmt: skip
    assert AddressHistory.model_validate(values[Item.ADDRESS_HISTORY]).addresses[-1].region == "41290"
    account = SubscriptionAccount.model_validate(values[Item.SUBSCRIPTION_ACCOUNT])
    assert (account.opened_on, account.payments_recognised) == (date(2012, 3, 2), 150)
    assert (account.amount_recognised, account.deposit) == (15_000_000, 15_000_000)
    assert HomeOwnership.model_validate(values[Item.HOME_OWNERSHIP]).homes == ()
    assert PastWins.model_validate(values[Item.PAST_WINS]).wins == ()


async def test_the_spouse_stands_in_the_register_with_a_reference(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "haneul", Item.HOUSEHOLD)
    fact = await register_of(box, http, Item.HOUSEHOLD).fetch(
        Item.HOUSEHOLD, identity_ref=identity_ref("haneul"), consent_token=token, purpose=PURPOSE
    )
    by_relation = {member.relation: member for member in Household.model_validate(fact.value).members}
    assert by_relation["spouse"].identity_ref == identity_ref("seojun")
    assert by_relation["child"].identity_ref is None  # a child does not consent


async def test_house_ownership_says_how_old_its_source_is(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "minjun", Item.HOME_OWNERSHIP)
    fact = await register_of(box, http, Item.HOME_OWNERSHIP).fetch(
        Item.HOME_OWNERSHIP, identity_ref=identity_ref("minjun"), consent_token=token, purpose=PURPOSE
    )
    assert fact.as_of == seoul_date(now()) - timedelta(days=1)
    (home,) = HomeOwnership.model_validate(fact.value).homes
    assert (home.region, home.exclusive_area, home.official_price) == ("41171", "59.94", 312_000_000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent_token": ""}, "consent_missing"),
        ({"consent_token": "not.a.token"}, "consent_invalid"),
        ({"purpose": "winner_check"}, "consent_other_purpose"),
        ({"identity_ref": identity_ref("jiho")}, "consent_other_person"),
        ({"item": Item.MARRIAGE}, "consent_other_item"),
    ],
)
async def test_a_consent_covers_exactly_what_it_says(
    box: Box, http: httpx.AsyncClient, changes: dict[str, str], code: str
) -> None:
    token = await consent(box, "haneul", Item.HOUSEHOLD)
    asked = {"identity_ref": identity_ref("haneul"), "consent_token": token, "purpose": PURPOSE, **changes}
    item = Item(asked.pop("item", Item.HOUSEHOLD))
    with pytest.raises(ConsentNeeded) as caught:
        await register_of(box, http, item).fetch(item, **asked)
    assert caught.value.code == code


async def test_a_token_for_one_register_opens_no_other(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "haneul", Item.HOUSEHOLD)
    with pytest.raises(ConsentNeeded, match="consent_other_item"):
        await register_of(box, http, Item.INCOME).fetch(
            Item.INCOME, identity_ref=identity_ref("haneul"), consent_token=token, purpose=PURPOSE
        )


async def test_a_withdrawn_consent_is_over_at_once(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "jiho", Item.MARRIAGE)
    register = register_of(box, http, Item.MARRIAGE)
    asked = {"identity_ref": identity_ref("jiho"), "consent_token": token, "purpose": PURPOSE}
    await register.fetch(Item.MARRIAGE, **asked)
    async with box.person("identity", "jiho") as person:
        given = (await person.get("/people")).json()
        for entry in given:
            await person.post(f"/people/consents/{entry['jti']}/revoke")
    with pytest.raises(ConsentNeeded, match="consent_withdrawn"):
        await register.fetch(Item.MARRIAGE, **asked)


async def test_an_expired_consent_is_over(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "jiho", Item.INCOME, seconds=1)
    await asyncio.sleep(1.5)
    with pytest.raises(ConsentNeeded, match="consent_expired"):
        await register_of(box, http, Item.INCOME).fetch(
            Item.INCOME, identity_ref=identity_ref("jiho"), consent_token=token, purpose=PURPOSE
        )


async def test_somebody_unknown_is_a_signed_no(box: Box, http: httpx.AsyncClient) -> None:
    """The broker is a person, but no register here holds anything about them."""
    token = await consent(box, "daon", Item.HOUSEHOLD, Item.SUBSCRIPTION_ACCOUNT, Item.HOME_OWNERSHIP)
    for item in (Item.HOUSEHOLD, Item.SUBSCRIPTION_ACCOUNT, Item.HOME_OWNERSHIP):
        with pytest.raises(AgencyRefused) as caught:
            await register_of(box, http, item).fetch(
                item, identity_ref=identity_ref("daon"), consent_token=token, purpose=PURPOSE
            )
        assert caught.value.code == "no_record"


async def test_an_item_of_another_register_is_not_even_asked(box: Box, http: httpx.AsyncClient) -> None:
    for register in (register_of(box, http, Item.INCOME), register_of(box, http, Item.SUBSCRIPTION_ACCOUNT)):
        with pytest.raises(Invalid, match="unknown_item"):
            await register.fetch(Item.HOUSEHOLD, identity_ref="idr", consent_token="t", purpose=PURPOSE)


@pytest.mark.parametrize("fault", ["error", "reset", "maintenance", "malformed", "act_then_timeout"])
async def test_a_faulty_register_is_down_never_unknown(box: Box, http: httpx.AsyncClient, fault: str) -> None:
    token = await consent(box, "haneul", Item.INCOME)
    register = register_of(box, http, Item.INCOME)
    await box.fault("income", "/facts", fault)
    with pytest.raises(AgencyDown):
        await register.fetch(Item.INCOME, identity_ref=identity_ref("haneul"), consent_token=token, purpose=PURPOSE)
    fact = await register.fetch(Item.INCOME, identity_ref=identity_ref("haneul"), consent_token=token, purpose=PURPOSE)
    assert json.loads(json.dumps(fact.value))["monthly_average"] == 5_200_000


async def test_registers_keep_no_copy_of_what_they_answered(box: Box, http: httpx.AsyncClient) -> None:
    token = await consent(box, "haneul", Item.INCOME)
    await register_of(box, http, Item.INCOME).fetch(
        Item.INCOME, identity_ref=identity_ref("haneul"), consent_token=token, purpose=PURPOSE
    )
    ledger = await box.ledger("income")
    assert ledger["acts"] == []
    assert ledger["received"]
    assert "5200000" not in json.dumps(ledger)
