"""Who is left out before a selection, by facts that are known by then. Everything else is settled after it.

Entries carry pseudonyms only, so what is known apart from the list itself is known of people who applied here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from activities.judge import Household
from domain.facts import Fact, Item, PastWin, PastWins, PersonFacts
from domain.model import canonical_json
from domain.notices import Notice
from domain.time import now, seoul_date
from domain.words import Agency, SupplyKind
from law.assess import Wish, barred_by_win
from law.registers import assemble
from law.rulebook import Rulebook

TWICE = "applied_twice"
BARRED = "rewin"


def barred(
    household: Household,
    notice: Notice,
    kind: SupplyKind,
    wins: Mapping[str, Sequence[PastWin]],
    rulebook: Rulebook,
) -> bool:
    """재당첨 제한 (제54조) by the registers' wins and those since recorded here. ``wins``: by person id.

    Only a certain no bars here; what cannot be told yet is judged with the winner.
    """
    applicant = with_wins(household.applicant, wins.get(str(household.applicant.person_id), ()))
    spouse = household.spouse and with_wins(household.spouse, wins.get(str(household.spouse.person_id), ()))
    wish = Wish(assemble(applicant, spouse), notice, notice.house_types[0], rulebook)
    return barred_by_win(wish, kind)


def with_wins(person: PersonFacts, wins: Sequence[PastWin]) -> PersonFacts:
    """The person's facts with wins added that no register shows yet."""
    if not wins:
        return person
    known = next((fact for fact in person.facts if fact.item is Item.PAST_WINS), None)
    before = PastWins.model_validate(known.value).wins if known else ()
    value = PastWins(wins=(*before, *wins)).model_dump(mode="json")
    fact = Fact(
        item=Item.PAST_WINS, value=value, source=Agency.APPLYHOME, as_of=seoul_date(now()), issued_at=now(),
        document_no="onjip", sha256=hashlib.sha256(canonical_json(value)).hexdigest(),
    )  # fmt: skip
    others = tuple(one for one in person.facts if one.item is not Item.PAST_WINS)
    return person.model_copy(update={"facts": (*others, fact)})


def without_win(person: PersonFacts, notice_no: str) -> PersonFacts:
    """The facts without the win of one notice: the very win that is being checked is no earlier win."""
    facts = tuple(_without(fact, notice_no) if fact.item is Item.PAST_WINS else fact for fact in person.facts)
    return person.model_copy(update={"facts": facts})


def _without(fact: Fact, notice_no: str) -> Fact:
    wins = PastWins.model_validate(fact.value).wins
    kept = PastWins(wins=tuple(win for win in wins if win.notice_no != notice_no))
    return fact.model_copy(update={"value": kept.model_dump(mode="json")})


def win_of(notice: Notice, *, special: bool, won_on: date) -> PastWin:
    """A win in a notice drawn here, with the kinds of home that the notice tells (제54조제1항)."""
    return PastWin(
        notice_no=notice.number, won_on=won_on, regulated=notice.regulated, special=special,
        home_classes=_home_classes(notice),
    )  # fmt: skip


def _home_classes(notice: Notice) -> tuple[str, ...] | None:
    """None where the notice does not tell all of them: then nobody is barred for certain."""
    classes = ["price_capped"] if notice.price_capped else []
    if notice.overheated:
        classes.append("overheated")
    elif notice.regulated and notice.overheated is False:
        classes.append("adjusted")
    return tuple(classes) or None
