"""What the registers answered, as the facts of a case: each with its source, and the gaps with the register's name.

An item that no register has answered is left out; ``unseen`` says which item would have to be asked. What people
state about the notice itself comes from its published terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import JsonValue, ValidationError

from domain import facts as register
from domain.errors import Malformed
from domain.facts import Fact, Item, PersonFacts
from domain.model import Model
from domain.notices import HouseType, Notice
from domain.words import HousingKind
from law.calendar import full_years
from law.vocabulary import Home, Member, Stay, Win

MODELS: dict[Item, type[Model]] = {
    Item.ADDRESS_HISTORY: register.AddressHistory,
    Item.HOUSEHOLD: register.Household,
    Item.MARRIAGE: register.Marriage,
    Item.SUBSCRIPTION_ACCOUNT: register.SubscriptionAccount,
    Item.HOME_OWNERSHIP: register.HomeOwnership,
    Item.PAST_WINS: register.PastWins,
    Item.INCOME: register.Income,
}
SPOUSE = "spouse."
# Which facts each register item answers.
ANSWERS: dict[Item, tuple[str, ...]] = {
    Item.ADDRESS_HISTORY: ("addresses",),
    Item.HOUSEHOLD: ("head", "members"),
    Item.MARRIAGE: ("married", "marriage_registered_on"),
    Item.SUBSCRIPTION_ACCOUNT: ("account_opened_on", "account_payments", "account_amount", "account_deposit"),
    Item.HOME_OWNERSHIP: ("homes",),
    Item.PAST_WINS: ("wins",),
    Item.INCOME: ("income_monthly", "tax_years", "working", "property_value", "car_value"),
}
SPOUSE_ANSWERS: dict[Item, tuple[str, ...]] = {
    Item.SUBSCRIPTION_ACCOUNT: ("spouse_account_opened_on",),
    Item.INCOME: ("spouse_income_monthly",),
}


@dataclass(frozen=True)
class Known:
    """Facts by name, where they come from, and for absent ones which register item would tell."""

    facts: Mapping[str, Any]
    sources: Mapping[str, JsonValue] = field(default_factory=dict)
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    members: tuple[tuple[str, date], ...] = ()  # relation and birth date of those whose own registers were not asked

    def on(self, day: date, majority: int) -> Known:
        """As it counts on ``day``: children under age are covered by their parents' consent and search
        (개인정보 보호법 제22조의2제1항); grown members whom no register was asked about are unseen."""
        grown = dict.fromkeys(who for who, born in self.members if full_years(born, day) >= majority)
        facts = {**self.facts}
        if "members" in facts:
            # A child born since then is on today's register, but was not there on that day.
            facts["members"] = tuple(one for one in facts["members"] if one.unborn or one.birth_date <= day)
        if not grown:
            return replace(self, facts=facts)
        unseen = {**self.unseen}
        facts["homes_unseen"] = (*facts.get("homes_unseen", ()), *grown)
        unseen["homes_unseen"] = (*unseen.get("homes_unseen", ()), *(f"{who}.{Item.HOME_OWNERSHIP}" for who in grown))
        return replace(self, facts=facts, unseen=unseen)


@dataclass(frozen=True)
class _Answers:
    """One person's register answers by item."""

    birth_date: date
    items: Mapping[Item, Any]

    def __getitem__(self, item: Item) -> Any:
        return self.items.get(item)


def assemble(applicant: PersonFacts, spouse: PersonFacts | None = None) -> Known:
    """Facts of one household. Malformed where a register's value has another shape."""
    own = _answers(applicant)
    partner = _answers(spouse) if spouse else None
    facts: dict[str, Any] = {"birth_date": own.birth_date}
    facts |= dict(_person(own))
    facts |= dict(_spouse(own, partner))
    facts |= dict(_assets(own, partner))
    facts["homes"] = tuple(_homes(own, "self")) + (tuple(_homes(partner, "spouse")) if partner else ())
    facts["homes_unseen"] = _not_searched(own, partner, Item.HOME_OWNERSHIP)
    facts["wins"] = tuple(_wins(own, "self")) + (tuple(_wins(partner, "spouse")) if partner else ())
    facts["wins_unseen"] = _not_searched(own, partner, Item.PAST_WINS)
    unseen = _unseen(facts)
    for name, item in (("homes_unseen", Item.HOME_OWNERSHIP), ("wins_unseen", Item.PAST_WINS)):
        unseen[name] = _items_of(own, partner, item)
    others = own[Item.HOUSEHOLD].members if own[Item.HOUSEHOLD] else ()
    members = tuple((one.relation, one.birth_date) for one in others if one.relation not in ("self", "spouse"))
    return Known(facts, _sources(applicant, spouse), unseen, members)


def notice_facts(notice: Notice, house_type: HouseType) -> dict[str, Any]:
    """What the notice says about itself and one of its house types."""
    stated: dict[str, Any] = {
        "housing_kind": notice.housing_kind, "notice_region": notice.region, "capital": notice.capital_area,
        "regulated": notice.regulated, "announcement_date": notice.announcement_date,
        "supplier_public": notice.supplier_public and notice.housing_kind is HousingKind.PUBLIC,
        "exclusive_area": house_type.exclusive_area, "price": house_type.price, "units": house_type.units,
    }  # fmt: skip
    told = {"overheated": notice.overheated, "price_capped": notice.price_capped}
    return stated | {name: value for name, value in told.items() if value is not None}


def _answers(person: PersonFacts) -> _Answers:
    return _Answers(person.birth_date, {fact.item: _parsed(fact) for fact in person.facts})


def _parsed(fact: Fact) -> Model:
    try:
        return MODELS[fact.item].model_validate(fact.value)
    except ValidationError:
        # The values are personal data: neither they nor pydantic's message may travel on.
        raise Malformed(
            "malformed_fact",
            ko=f"{fact.source}가 보낸 자료({fact.item})를 읽을 수 없습니다.",
            en=f"The answer of {fact.source} for {fact.item} cannot be read.",
            field=fact.item,
        ) from None


def _person(own: _Answers) -> Iterator[tuple[str, Any]]:
    if household := own[Item.HOUSEHOLD]:
        yield "head", household.head
        yield "members", tuple(_member(one) for one in household.members if one.relation != "self")
    if marriage := own[Item.MARRIAGE]:
        yield "married", marriage.married
        if not marriage.married or marriage.registered_on is not None:
            yield "marriage_registered_on", marriage.registered_on if marriage.married else None
    if history := own[Item.ADDRESS_HISTORY]:
        lines = history.addresses
        yield "addresses", tuple(Stay(region=one.region, since=one.moved_in, until=one.moved_out) for one in lines)
    if account := own[Item.SUBSCRIPTION_ACCOUNT]:
        yield "account_opened_on", account.opened_on
        yield "account_payments", account.payments_recognised
        yield "account_amount", account.amount_recognised
        yield "account_deposit", account.deposit
    if income := own[Item.INCOME]:
        yield "income_monthly", income.monthly_average
        yield from ((name, value) for name in ("tax_years", "working") if (value := getattr(income, name)) is not None)


def _assets(own: _Answers, partner: _Answers | None) -> Iterator[tuple[str, Any]]:
    """Real estate and cars of both spouses; left out while one of them is not known."""
    marriage = own[Item.MARRIAGE]
    asked = [own, partner] if marriage is None or marriage.married else [own]
    for name in ("property_value", "car_value"):
        values = [getattr(one[Item.INCOME], name, None) if one else None for one in asked]
        if None not in values:
            yield name, sum(value for value in values if value is not None)


def _spouse(own: _Answers, partner: _Answers | None) -> Iterator[tuple[str, Any]]:
    marriage = own[Item.MARRIAGE]
    if marriage is not None and not marriage.married:
        yield "spouse_birth_date", None
        yield "spouse_account_opened_on", None
        yield "spouse_income_monthly", 0
    if partner is None:
        return
    yield "spouse_birth_date", partner.birth_date
    if account := partner[Item.SUBSCRIPTION_ACCOUNT]:
        yield "spouse_account_opened_on", account.opened_on
    if income := partner[Item.INCOME]:
        yield "spouse_income_monthly", income.monthly_average


def _member(one: register.Member) -> Member:
    return Member.model_validate(
        {
            "relation": one.relation, "birth_date": one.birth_date, "married": one.married,
            "on_register_since": one.on_register_since,
        }
    )  # fmt: skip


def _homes(person: _Answers, owner: str) -> Iterator[Home]:
    owned = person[Item.HOME_OWNERSHIP]
    for home in owned.homes if owned else ():
        yield Home.model_validate({"owner": owner, **home.model_dump()})


def _wins(person: _Answers, member: str) -> Iterator[Win]:
    won = person[Item.PAST_WINS]
    for win in won.wins if won else ():
        told = {name: getattr(win, name) for name in ("won_on", "special", "by_points", "home_classes")}
        yield Win.model_validate({"member": member, **told})


def _not_searched(own: _Answers, partner: _Answers | None, item: Item) -> tuple[str, ...]:
    """Whose ``item`` no register has answered: the applicant, and the spouse also where nobody knows of one."""
    found = [] if own[item] else ["self"]
    marriage = own[Item.MARRIAGE]
    spouse = partner is not None or marriage is None or marriage.married
    if spouse and (partner is None or partner[item] is None):
        found.append("spouse")
    return tuple(found)


def _items_of(own: _Answers, partner: _Answers | None, item: Item) -> tuple[str, ...]:
    """The same as register items: the marriage where nobody knows whether there is a spouse."""
    known = own[Item.MARRIAGE] is not None or partner is not None
    names = {"self": str(item), "spouse": f"{SPOUSE}{item}" if known else str(Item.MARRIAGE)}
    return tuple(names[who] for who in _not_searched(own, partner, item))


def _sources(applicant: PersonFacts, spouse: PersonFacts | None) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for fact in applicant.facts:
        found.update((name, _source(fact)) for name in ANSWERS[fact.item])
    for fact in spouse.facts if spouse else ():
        found.update((name, _source(fact)) for name in SPOUSE_ANSWERS.get(fact.item, ()))
    return found


def _source(fact: Fact) -> JsonValue:
    told: dict[str, JsonValue] = {"register": fact.source, "as_of": fact.as_of.isoformat(), "sha256": fact.sha256}
    return told


def _unseen(facts: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    asked = [(name, str(item)) for item, names in ANSWERS.items() for name in names]
    asked += [(name, f"{SPOUSE}{item}") for item, names in SPOUSE_ANSWERS.items() for name in names]
    return {name: (item,) for name, item in asked if name not in facts}
