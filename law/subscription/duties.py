"""Who must consent, sign, report and file in a subscription: at each event, by whom, to whom, until when.

주택법 제55조②③, 제56조의3②; 주택공급에 관한 규칙 제19조–제26조의2, 제52조, 제56조–제60조의2. Checked 2026-11-23. The
duties of a sale and of a transfer belong to ``law.sale``.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from domain.words import HousingKind, SupplyKind
from law.calendar import full_years
from law.rules import Case, Fact, Trigger, rule
from law.subscription.areas import regulated
from law.subscription.contract import rank_applied
from law.subscription.household import household_members
from law.subscription.periods import Deadline, counted_from
from law.vocabulary import Stated, birth_date, housing_kind, married, supplier_public, supply_kind

CONSENT = "주택법 제55조제2항·제3항, 제56조의3제2항"
PAPERS = "주택공급에 관한 규칙 제23조제2항"
DUTIES = "주택공급에 관한 규칙 제19조부터 제60조의2까지"
Event = Literal[
    "notice_planned", "approval_applied", "approved", "applied", "selected", "search_asked", "found_ineligible",
    "win_cancelled", "couple_win_void", "breach_detected", "supply_contract", "middle_instalment", "wait_list_called",
    "wait_list_supplied", "wait_list_over", "residence_added", "moving_in_near",
]  # fmt: skip


class NeededConsent(Stated):
    """``of``: whose data; ``by``: who consents. ``form``: a signed (electronic) text, or any proof of consent."""

    of: str
    birth_date: date | None
    by: Literal["self", "parent"]
    form: Literal["signed", "any"]


class Paper(Stated):
    """A paper of an application. ``when``: with the application, before the contract, or only after the win."""

    paper: str
    when: Literal["application", "before_contract", "after_win"]
    article: str


class Duty(Stated):
    """``due`` None: no period in the law. ``at_once``: without delay (지체 없이)."""

    duty: str
    who: str
    to: str
    article: str
    at_once: bool
    due: Deadline | None


consent_purpose = Fact[str](
    "consent_purpose", "동의의 목적", "what the data is for", kind=Literal["finance", "precheck"]
)
by_points_system = Fact[bool](
    "by_points_system", "가점제로 입주자를 선정하는 민영주택인지", "private home given by points", kind=bool
)
needs_homeless = Fact[bool](
    "needs_homeless", "무주택세대구성원에게 특별공급되는 주택인지", "special supply to households without a home",
    kind=bool, default=True,
)  # fmt: skip
pre_subscription = Fact[bool]("pre_subscription", "사전청약인지", "a pre-subscription", kind=bool, default=False)
sells_home_first = Fact[bool](
    "sells_home_first", "기존 주택 처분조건으로 특별공급을 받는지 (제55조의3제5항)",
    "special supply on condition of selling the present home", kind=bool, default=False,
)  # fmt: skip
been_abroad = Fact[bool]("been_abroad", "외국 거주기간이 있는지", "has lived abroad", kind=bool, default=False)
claims_cheap_home = Fact[bool](
    "claims_cheap_home", "소형·저가주택 등 가격으로 무주택을 주장하는지", "claims a small or cheap home by its price",
    kind=bool, default=False,
)  # fmt: skip
newborn_tier = Fact[bool](
    "newborn_tier", "신생아 우선·특별공급으로 당첨됐는지", "won in a tier for newborns", kind=bool, default=False
)
counts_kin_at_home = Fact[bool](
    "counts_kin_at_home", "직계존속 또는 30세 이상 자녀를 부양가족으로 계산했거나 노부모 특별공급인지",
    "counted ascendants or children of thirty, or supports elderly parents", kind=bool, default=False,
)  # fmt: skip
uses_account = Fact[bool](
    "uses_account", "입주자저축 통장을 쓰는 신청인지", "the application uses an account", kind=bool, default=True
)
happened = Fact[str]("happened", "생긴 일", "what has happened", kind=Event)
happened_on = Fact[date]("happened_on", "그 일이 있은 날", "day on which it happened", kind=date)


@rule(
    "consents_needed", consent_purpose, household_members, married, birth_date,
    ko="동의가 필요한 사람", en="Whose consents are needed", article=CONSENT, trigger=Trigger.FILING,
)  # fmt: skip
def consents_needed(case: Case) -> tuple[NeededConsent, ...]:
    """Applicant, spouse (also one who lives apart), members of both households; a small child through a parent."""
    row = case.row("consent_rules")
    purpose = row.value["purposes"].get(case[consent_purpose])
    if purpose is None:
        return case.state(row, (), ko="이 목적의 조회는 아직 없었습니다.", en="No such look-up existed yet.")
    people: list[tuple[str, date | None]] = [("self", case[birth_date])]
    people += [(one.relation, one.birth_date) for one in case[household_members] if not one.unborn]
    if case[married] and all(of != "spouse" for of, _ in people):
        people.append(("spouse", None))
    below: int = row.value["child_below"]
    needed = tuple(
        NeededConsent(
            of=of, birth_date=born, form=purpose["form"],
            by="parent" if born is not None and full_years(born, case.as_of) < below else "self",
        )
        for of, born in people
    )  # fmt: skip
    return case.state(row, needed, ko="동의가 필요한 사람 {value}명", en="Consents of {value} persons")


@rule(
    "pledge_needed", housing_kind, regulated, rank_applied, supply_kind, needs_homeless, by_points_system,
    pre_subscription, sells_home_first,
    ko="서약서를 내야 하는지", en="The pledge must be added", article="주택공급에 관한 규칙 제23조제2항제4호",
)  # fmt: skip
def pledge_needed(case: Case) -> bool:
    row = case.row("pledge_cases")
    case.test(
        "pledge.case", row, lambda: any(_pledge_case(case, name) for name in row.value["cases"]),
        ko="서약서(별지 제6호서식)를 내는 경우인지", en="One of the cases of the pledge",
    )  # fmt: skip
    return case.verdict()


@rule(
    "documents_needed", pledge_needed, supply_kind, uses_account, been_abroad, claims_cheap_home, newborn_tier,
    counts_kin_at_home,
    ko="구비서류", en="Papers of the application", article=PAPERS,
)  # fmt: skip
def documents_needed(case: Case) -> tuple[Paper, ...]:
    """제23조②: what must come with the application, what may wait for the contract, what comes only after a win."""
    row = case.row("application_documents")
    papers = tuple(
        Paper(paper=name, when=entry["when"], article=f"{PAPERS}{entry['item']}")
        for name, entry in row.value.items()
        if _paper_applies(case, entry["if"])
    )
    return case.state(row, papers, ko="구비서류 {value}건", en="{value} papers")


@rule(
    "duties_upon", happened, happened_on, supplier_public,
    ko="그 일로 생기는 의무", en="Duties upon an event", article=DUTIES, trigger=Trigger.EVENT,
)  # fmt: skip
def duties_upon(case: Case) -> tuple[Duty, ...]:
    """Who must do what, to whom, until when, where this happens under the law of ``as_of``."""
    row, since = case.row("subscription_duties"), case.row("duty_since").value
    kind = "public" if case[supplier_public] else "private"
    found = tuple(
        _duty(case, entry)
        for entry in row.value["events"][case[happened]]
        if entry["for"] in ("both", kind) and case.as_of >= since.get(entry["duty"], case.as_of)
    )
    return case.state(row, found, ko="의무 {value}건", en="{value} duties")


def _duty(case: Case, entry: Any) -> Duty:
    period = entry["period"]
    timed = period not in ("none", "at_once")
    article = entry["article"]
    return Duty(
        duty=entry["duty"], who=entry["who"], to=entry["to"], at_once=period == "at_once",
        article=article if article.startswith("부동산") else f"주택공급에 관한 규칙 {article}",
        due=_due(case, period) if timed else None,
    )  # fmt: skip


def _due(case: Case, name: str) -> Deadline:
    case.row(name)  # a stated gap ends here
    backwards = name in case.row("period_bases").value["backwards"]
    return counted_from(case.book.period(name, case.as_of), case[happened_on], backwards=backwards)


def _pledge_case(case: Case, name: str) -> bool:
    """One letter of 제23조②4."""
    if name == "public":
        return case[housing_kind] is HousingKind.PUBLIC
    if name == "first_rank_regulated":
        return case[rank_applied] == 1 and case[regulated]
    if name == "special_homeless":
        return case[supply_kind] is not SupplyKind.GENERAL and case[needs_homeless]
    if name == "points":
        private = case[housing_kind] is HousingKind.PRIVATE and case[supply_kind] is SupplyKind.GENERAL
        return private and case[by_points_system]
    return case[pre_subscription] if name == "pre" else case[sells_home_first]


def _paper_applies(case: Case, condition: str) -> bool:
    if condition == "special":
        return case[supply_kind] is not SupplyKind.GENERAL
    terms: dict[str, Any] = {
        "pledge": pledge_needed, "account": uses_account, "abroad": been_abroad, "home_price": claims_cheap_home,
        "newborn_tier": newborn_tier, "dependants_at_home": counts_kin_at_home,
    }  # fmt: skip
    return condition == "always" or bool(case[terms[condition]])
