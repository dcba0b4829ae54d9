"""The facts of an applicant's household as the rules of subscription read them.

An item that no register has answered is ``None`` here; a rule that needs it answers *cannot tell* and names it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import JsonValue, ValidationError

from domain.errors import Malformed
from domain.facts import (
    AddressHistory,
    Fact,
    HomeOwnership,
    Household,
    Income,
    Item,
    Marriage,
    Member,
    PastWins,
    PersonFacts,
    SubscriptionAccount,
)
from domain.model import Model
from law.calendar import full_years
from law.rulebook import Rulebook

MODELS: dict[Item, type[Model]] = {
    Item.ADDRESS_HISTORY: AddressHistory,
    Item.HOUSEHOLD: Household,
    Item.MARRIAGE: Marriage,
    Item.SUBSCRIPTION_ACCOUNT: SubscriptionAccount,
    Item.HOME_OWNERSHIP: HomeOwnership,
    Item.PAST_WINS: PastWins,
    Item.INCOME: Income,
}


class Person(Model):
    """What the registers say about one consenting person."""

    birth_date: date
    address_history: AddressHistory | None = None
    household: Household | None = None
    marriage: Marriage | None = None
    subscription_account: SubscriptionAccount | None = None
    home_ownership: HomeOwnership | None = None
    past_wins: PastWins | None = None
    income: Income | None = None


class Applicant(Person):
    """The applicant, and the spouse as far as the spouse has consented. ``sources``: item → register and hash."""

    spouse: Person | None = None
    sources: dict[str, JsonValue] = {}

    @property
    def persons(self) -> tuple[tuple[str, Person], ...]:
        """Applicant and spouse with the prefix under which their facts are named."""
        return (("", self), ("spouse.", self.spouse)) if self.spouse else (("", self),)

    @property
    def married(self) -> bool | None:
        return self.marriage.married if self.marriage else None

    @property
    def members(self) -> tuple[Member, ...]:
        """Members on the register other than the applicant; empty while the register has not answered."""
        listed = self.household.members if self.household else ()
        return tuple(member for member in listed if member.relation != "self")

    def size(self) -> int | None:
        """Persons of the household: the register's, and a spouse registered elsewhere (제2조제2호의3)."""
        if self.household is None or self.married is None:
            return None
        apart = self.married and not any(member.relation == "spouse" for member in self.members)
        return 1 + len(self.members) + int(apart)


def assemble(applicant: PersonFacts, spouse: PersonFacts | None = None) -> Applicant:
    """Household facts out of the persons' register facts. Malformed where a register's value has another shape."""
    own, sources = _items(applicant, "")
    other, spouse_sources = _items(spouse, "spouse.") if spouse else ({}, {})
    partner = Person(birth_date=spouse.birth_date, **other) if spouse else None
    return Applicant(birth_date=applicant.birth_date, spouse=partner, sources=sources | spouse_sources, **own)


def _items(person: PersonFacts, prefix: str) -> tuple[dict[str, Any], dict[str, JsonValue]]:
    items = {fact.item.value: _parsed(fact) for fact in person.facts}
    sources: dict[str, JsonValue] = {
        f"{prefix}{fact.item}": {"register": fact.source, "as_of": fact.as_of.isoformat(), "sha256": fact.sha256}
        for fact in person.facts
    }
    return items, sources


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


def is_adult(birth: date, on: date, rulebook: Rulebook) -> bool:
    """민법 제4조: majority. Minor heads of household with children (제2조제2호의2) are not modelled."""
    majority: int = rulebook.value("adult_age", on)
    return full_years(birth, on) >= majority


def unseen_adults(applicant: Applicant, on: date, rulebook: Rulebook) -> tuple[str, ...]:
    """Relations of adult members, spouse apart, whose own registers were not asked.

    Minor children are covered by their parents' consent and search (개인정보 보호법 제22조의2제1항).
    """
    others = (member for member in applicant.members if member.relation not in ("self", "spouse"))
    return tuple(member.relation for member in others if is_adult(member.birth_date, on, rulebook))


def minor_children(applicant: Applicant, on: date, rulebook: Rulebook) -> tuple[Member, ...]:
    children = (member for member in applicant.members if member.relation == "child")
    return tuple(child for child in children if child.birth_date <= on and not is_adult(child.birth_date, on, rulebook))


def wins_of(applicant: Applicant) -> tuple[date, ...]:
    """Days of all wins of applicant and spouse, latest first."""
    wins = (win for _, person in applicant.persons for win in (person.past_wins.wins if person.past_wins else ()))
    return tuple(sorted((win.won_on for win in wins), reverse=True))


def missing_wins(applicant: Applicant) -> tuple[str, ...]:
    """Names of the persons' past wins that no register has answered."""
    return missing_items(applicant, "past_wins")


def missing_items(applicant: Applicant, item: str) -> tuple[str, ...]:
    """``item`` of applicant and spouse, where it is not known; the spouse's also where nobody knows of a spouse."""
    missing = [f"{name}{item}" for name, person in applicant.persons if getattr(person, item) is None]
    if applicant.married is None:
        missing.append("marriage")
    if applicant.married and applicant.spouse is None:
        missing.append(f"spouse.{item}")
    return tuple(missing)
