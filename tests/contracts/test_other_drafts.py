"""Lease, power of attorney, amendment and explanation: drafted from the registers, refused with field and article."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import contract_samples as samples
import pytest

from domain.contracts import Agent, Party
from domain.draft_refusals import REFUSALS
from domain.errors import Invalid
from domain.words import Authority, ContractKind, LeaseKind, PartyRole, Power
from law.forms import explaining, form, special
from law.forms.ready import check_power

CHILD = date(2010, 3, 3)  # fifteen on the day of the contract
GROWN = date(2007, 3, 2)  # nineteen that very day


def altered(party: Party, **changes: Any) -> Party:
    return party.model_copy(update=changes)


def parent(number: int = 9) -> Agent:
    return Agent(person_id=UUID(int=number), name="윤보호", authority=Authority.PARENT)


def lease_by(lessor: Party = samples.LESSOR, lessee: Party = samples.LESSEE) -> Any:
    return samples.lease(parties=(lessor, lessee, *samples.SALE_PARTIES[2:]))


def leased(**changes: Any) -> Any:
    return samples.lease(lease=samples.LEASED.model_copy(update=changes))


def renewed(deposit: int, rent: int) -> Any:
    """A renewal on demand of a lease at 280,000,000 won and 860,000 a month."""
    terms = samples.LEASED.model_copy(update={
        "kind": LeaseKind.DEMANDED, "former": samples.FORMER, "monthly_rent": rent,
    })  # fmt: skip
    payments = (samples.instalment("deposit", 1_000_000, date(2026, 3, 2)),
                samples.instalment("balance", deposit - 1_000_000, date(2026, 4, 30)))  # fmt: skip
    return samples.lease(lease=terms, deposit=deposit, payments=payments)


def without(key: str) -> Any:
    """A lease whose broker says nothing of one thing."""
    said = samples.lease().explanation
    assert said is not None
    statements = {name: text for name, text in said.statements.items() if name != key}
    return samples.lease(explanation=said.model_copy(update={"statements": statements}))


BAD: dict[str, Any] = {
    "party_missing": lambda: samples.lease(parties=samples.LEASE_PARTIES[1:]),
    "same_person_twice": lambda: lease_by(lessee=altered(samples.LESSEE, person_id=samples.LESSOR.person_id)),
    "broker_is_party": lambda: samples.lease(
        parties=(*samples.LEASE_PARTIES[:2], altered(samples.SELLER_BROKER, person_id=samples.LESSEE.person_id))
    ),
    "broker_unregistered": lambda: samples.lease(
        parties=(*samples.LEASE_PARTIES[:2], altered(samples.SELLER_BROKER, registration_no=None))
    ),
    "share_differs": lambda: lease_by(altered(samples.LESSOR, share="1/2")),
    "lessor_not_owner": lambda: samples.lease(lessor_refs=("idr_somebody_else",)),
    "principal_not_owner": lambda: samples.power(principal_refs=("idr_somebody_else",)),
    "registers_disagree": lambda: samples.lease(
        books=samples.BOOKS._replace(ledger=samples.LEDGER.model_copy(update={"exclusive_area": "59.98"}))
    ),
    "payments_do_not_sum": lambda: samples.lease(deposit=300_000_001),
    "dates_out_of_order": lambda: samples.lease(made_on=date(2026, 3, 3)),
    "handover_before_contract": lambda: samples.lease(handover_on=date(2026, 3, 1)),
    "term_out_of_order": lambda: leased(ends_on=samples.LEASED.starts_on),
    "rent_day_missing": lambda: leased(rent_day=None),
    "former_lease_missing": lambda: leased(kind=LeaseKind.AGREED),
    "rent_raised_too_much": lambda: renewed(280_000_000, 903_001),
    "minor_without_agent": lambda: lease_by(lessee=altered(samples.LESSEE, birth_date=CHILD)),
    "agent_of_both": lambda: lease_by(samples.by_agent(person_id=samples.LESSEE.person_id)),
    "power_missing": lambda: lease_by(samples.by_agent(power_sha256=None)),
    "power_empty": lambda: samples.power(power=samples.power().power.model_copy(update={"powers": ()})),
    "power_expired": lambda: samples.power(made_on=date(2026, 7, 1)),
    "power_does_not_cover": lambda: shown(role=PartyRole.SELLER),
    "not_amendable": lambda: samples.amendment(original=samples.power()),
    "nothing_changed": lambda: samples.amendment(
        price=None, payments=None, handover_on=None, special_clauses=None
    ),
    "switch_unknown": lambda: special.chosen(ContractKind.SALE, ["rebuilding_none"], ()),
    "switches_conflict": lambda: special.chosen(ContractKind.SALE, ["tenant_leaves", "tenant_succeeded"], ()),
    "explanation_incomplete": lambda: without("disliked"),
}  # fmt: skip


@pytest.mark.parametrize("code", BAD)
def test_a_bad_draft_is_refused_with_field_and_article(code: str) -> None:
    with pytest.raises(Invalid) as caught:
        BAD[code]()
    assert caught.value.code == code
    assert caught.value.field
    assert caught.value.article
    assert caught.value.ko.startswith(REFUSALS[code].ko.split("(")[0][:12])
    assert caught.value.en


def shown(day: date = date(2026, 3, 2), **changes: Any) -> None:
    """The lessor's agent shows the power of attorney for the lease of the sample."""
    given, party = samples.power(), samples.by_agent()
    assert party.agent is not None
    check_power(given, altered(party, **changes), party.agent, samples.TITLE.unique_no, day)


def test_a_power_of_attorney_that_covers_the_lease_is_enough() -> None:
    shown()
    lease_by(samples.by_agent())
    with pytest.raises(Invalid, match="power_expired"):
        shown(date(2026, 7, 1))


@pytest.mark.parametrize("authority", [Authority.PARENT, Authority.GUARDIAN])
def test_a_minor_contracts_by_a_representative_of_the_law(authority: Authority) -> None:
    child = altered(samples.LESSEE, birth_date=CHILD, agent=parent().model_copy(update={"authority": authority}))
    assert lease_by(lessee=child).parties[1].signer.name == "윤보호"


def test_of_full_age_on_the_nineteenth_birthday() -> None:
    lease_by(lessee=altered(samples.LESSEE, birth_date=GROWN))
    with pytest.raises(Invalid, match="minor_without_agent"):
        lease_by(lessee=altered(samples.LESSEE, birth_date=GROWN.replace(day=3)))


def test_one_agent_cannot_act_for_both_sides_nor_a_broker_for_one() -> None:
    with pytest.raises(Invalid, match="agent_of_both"):
        lease_by(altered(samples.LESSOR, agent=parent()), altered(samples.LESSEE, agent=parent()))
    with pytest.raises(Invalid, match="agent_of_both"):
        lease_by(altered(samples.LESSOR, agent=parent(3)))


@pytest.mark.parametrize(
    ("deposit", "rent"), [(294_000_000, 903_000), (280_000_000, 860_000), (200_000_000, 1_300_000)],
    ids=["at the limit", "unchanged", "converted"],
)  # fmt: skip
def test_a_renewal_on_demand_within_the_limit(deposit: int, rent: int) -> None:
    assert renewed(deposit, rent).price == deposit


def test_a_renewal_may_have_begun_before_its_contract() -> None:
    terms = samples.LEASED.model_copy(update={
        "kind": LeaseKind.AGREED, "former": samples.FORMER, "starts_on": date(2026, 2, 1),
    })  # fmt: skip
    assert samples.lease(lease=terms).lease == terms


def test_an_amendment_tells_each_change_and_keeps_the_rest() -> None:
    terms = samples.amendment()
    assert [(one.subject, one.before, one.after) for one in terms.changes] == [
        ("거래금액", "1,235,000,000원", "1,220,000,000원"),
        ("잔금", "711,500,000원, 2026년 5월 29일", "696,500,000원, 2026년 6월 12일"),
        ("인도일", "2026년 5월 29일", "2026년 6월 12일"),
        ("특약", samples.sale().special_clauses[0], "없음"),
        ("특약", "없음", "매도인은 잔금일까지 이사를 마친다."),
    ]
    assert terms.supersedes == samples.SALE
    assert terms.extra["original_digest"] == samples.sale().digest()
    assert [one.reference for one in terms.payments] == [one.reference for one in samples.sale().payments]
    assert terms.parties == samples.sale().parties


def test_an_amended_lease_tells_its_own_changes() -> None:
    terms = samples.amendment(
        original=samples.lease(), price=None, payments=None, handover_on=None, special_clauses=None,
        lease={"monthly_rent": 950_000, "ends_on": date(2028, 6, 30)},
    )  # fmt: skip
    assert [one.subject for one in terms.changes] == ["차임", "임대차기간"]
    assert terms.clauses[2].law.endswith("제6조의3")


def test_the_explanation_takes_from_the_registers_what_they_hold() -> None:
    said = samples.explanation().explanation
    assert said is not None
    rows = {(row.label, row.source): row.text for section in said.sections for row in section.rows}
    assert rows["소재지", "title"] == samples.TITLE.lot_address
    assert rows["구조", "ledger"] == samples.LEDGER.structure
    assert rows["위반건축물", "ledger"] == "아님"
    assert rows["관리비", "terms"].startswith("월 182,000원")
    assert [section.number for section in said.sections] == list(range(1, 16))
    assert not {row.source for section in said.sections for row in section.rows if row.label in ("방향", "구조")} & {
        "broker"
    }


def test_a_sale_is_explained_without_what_only_leases_need() -> None:
    said = samples.sale().explanation
    assert said is not None
    assert [section.number for section in said.sections] == [1, 2, 3, *range(5, 16)]


@pytest.mark.parametrize("key", [row.ask for row in explaining.asked(ContractKind.LEASE)])
def test_every_statement_of_the_form_is_demanded(key: str) -> None:
    with pytest.raises(Invalid, match="explanation_incomplete") as caught:
        without(key)
    assert caught.value.field == f"statements.{key}"


def test_every_refusal_says_what_to_do_in_both_languages() -> None:
    for rule in REFUSALS.values():
        assert rule.field
        assert rule.article
        assert rule.ko.endswith((".", "다"))
        assert rule.en.endswith(".")


def test_every_form_and_special_clause_cites_its_law() -> None:
    for kind in ContractKind:
        chosen = form.of(kind)
        assert chosen.verified.year >= 2026
        assert all(clause.law for clause in chosen.clauses)
        assert all(item.article for item in chosen.contents)
    for one in special.library().values():
        assert one.law
        assert one.en
        assert set(one.excludes) <= set(special.library())
        for other in one.excludes:
            assert one.key in special.library()[other].excludes


def test_a_switched_clause_names_the_charges_of_the_register() -> None:
    (line,) = special.chosen(ContractKind.SALE, ["mortgage_cleared"], samples.EXPLANATION.rights)
    assert "을구 1번 근저당권설정" in line
    (line,) = special.chosen(ContractKind.SALE, ["mortgage_cleared"], ())
    assert "등기기록에 있는 제한물권" in line


def test_an_agent_needs_no_power_for_what_is_not_let() -> None:
    """A power to let does not let sell."""
    assert Power.LET in samples.power().power.powers
    with pytest.raises(Invalid, match="power_does_not_cover"):
        shown(role=PartyRole.SELLER)
