"""The examiner's checks before filing: sound papers pass all, each single fault is found by its own check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.checks import Papers, examine
from domain.contracts import ContractTerms, Party, PropertyTerms
from domain.facts import Title
from domain.filings import RightProof, TransferApplication, TransferParty
from domain.time import now
from domain.words import ContractKind, PartyRole

NEEDED = ("contract", "report", "tax", "fee", "balance")
MADE_ON, PRICE = date(2026, 11, 2), 487_000_000
HOME = PropertyTerms(
    unique_no="1143-2019-004521", lot_address="경기도 안양시 만안구 안양동 1412", building="온마을 래미안",
    dong="103동", ho="1204호", exclusive_area="59.94", land_share="36.52/41250.3",
)  # fmt: skip
TITLE = Title(
    unique_no="1143-2019-004521", lot_address=HOME.lot_address, building=HOME.building, exclusive_area="59.94",
    land_share="36.52/41250.3", owner="최민준", owner_ref="idr_seller", rights=(), issued_at=now(),
)  # fmt: skip
PARTIES = (
    TransferParty(role="obligor", identity_ref="idr_seller", name="최민준", address="경기도"),
    TransferParty(role="obligee", identity_ref="idr_buyer", name="윤서아", address="서울"),
)
APPLICATION = TransferApplication(
    reference="R", property=HOME, cause="매매", cause_date=MADE_ON, purpose="소유권이전", parties=PARTIES,
    agent_ref="idr_agent", agent_name="강도윤", price=PRICE, report_no="RTMS-1", tax_payment_no="T-1", tax_base=PRICE,
    tax_total=5_357_000, bond_no="B-1", bond_amount=6_550_000, standard_value=312_000_000, fee_payment_no="F-1",
    right_proof=RightProof(serial="ABCD-EFGH", password_no=1, password="1234"),
)  # fmt: skip
TERMS = ContractTerms(
    contract_id=UUID(int=1), kind=ContractKind.SALE, made_on=MADE_ON, property=HOME, price=PRICE,
    parties=(Party(person_id=UUID(int=2), role=PartyRole.SELLER, order=1, name="최민준"),),
)  # fmt: skip
SOUND = Papers(
    application=APPLICATION, terms=TERMS, title=TITLE, certificate_price=PRICE,
    mandates=("idr_seller", "idr_buyer"), documents=(*NEEDED, "stamp", "bond"), needed=NEEDED, tax_paid=True,
    bond_due=6_550_000, bond_paid=True, fee_paid=True, stamp_paid=True,
    registration_due=MADE_ON + timedelta(days=90), today=MADE_ON + timedelta(days=30),
)  # fmt: skip


def unmet(papers: Papers) -> dict[str, str]:
    return {one.code: one.level for one in examine(papers) if one.level != "ok"}


def changed(**application: Any) -> Papers:
    return SOUND.model_copy(update={"application": APPLICATION.model_copy(update=application)})


def test_sound_papers_meet_every_check_and_each_names_its_article() -> None:
    assert unmet(SOUND) == {}
    results = examine(SOUND)
    assert all(one.article and one.ko and one.en for one in results)
    assert len({one.code for one in results}) == len(results)


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        (
            changed(property=HOME.model_copy(update={"lot_address": "경기도 안양시 만안구 안양동 1"})),
            "property_differs",
        ),
        (changed(property=HOME.model_copy(update={"exclusive_area": "84.94"})), "area_differs"),
        (changed(property=HOME.model_copy(update={"land_share": "1/2"})), "area_differs"),
        (changed(cause_date=MADE_ON + timedelta(days=1)), "cause_differs"),
        (changed(tax_payment_no=""), "tax_unpaid"),
        (changed(fee_payment_no=""), "fee_unpaid"),
        (changed(bond_amount=6_540_000), "bond_unpaid"),
        (changed(right_proof=RightProof(serial="", password_no=1, password="")), "right_proof_missing"),
        (SOUND.model_copy(update={"title": TITLE.model_copy(update={"owner_ref": "idr_other"})}), "obligor_differs"),
        (SOUND.model_copy(update={"title": TITLE.model_copy(update={"pending": True})}), "already_pending"),
        (SOUND.model_copy(update={"mandates": ("idr_seller",)}), "mandate_missing"),
        (SOUND.model_copy(update={"documents": NEEDED[1:]}), "document_missing"),
        (SOUND.model_copy(update={"tax_paid": False}), "tax_unpaid"),
        (SOUND.model_copy(update={"bond_paid": False}), "bond_unpaid"),
        (SOUND.model_copy(update={"fee_paid": False}), "fee_unpaid"),
    ],
)
def test_a_fault_that_the_registry_refuses_stops_the_filing(papers: Papers, code: str) -> None:
    assert unmet(papers) == {code: "error"}


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        (changed(tax_base=PRICE + 9_100_000), "price_differs"),
        (SOUND.model_copy(update={"stamp_paid": False}), "stamp_unpaid"),
        (SOUND.model_copy(update={"today": MADE_ON + timedelta(days=91)}), "registration_late"),
    ],
)
def test_what_may_be_filed_all_the_same_is_a_warning(papers: Papers, code: str) -> None:
    assert unmet(papers) == {code: "warning"}


def test_a_price_is_the_contracts_and_the_certificates() -> None:
    assert unmet(changed(price=PRICE + 1, tax_base=PRICE)) == {
        "contract_price_differs": "error", "application_price_differs": "error",
    }  # fmt: skip
    assert unmet(SOUND.model_copy(update={"certificate_price": PRICE - 1})) == {
        "application_price_differs": "error", "price_differs": "warning",
    }  # fmt: skip


def test_a_company_gives_its_title_by_the_name_of_its_officers_employer() -> None:
    title = TITLE.model_copy(update={"owner": "한국토지주택공사", "owner_ref": None})
    officer = PARTIES[0].model_copy(update={"name": "한국토지주택공사", "organisation": "한국토지주택공사"})
    papers = changed(parties=(officer, PARTIES[1])).model_copy(update={"title": title})
    assert unmet(papers) == {}
    assert unmet(SOUND.model_copy(update={"title": title})) == {"obligor_differs": "error"}


def test_our_own_application_in_process_does_not_stop_its_supplement() -> None:
    title = TITLE.model_copy(update={"pending": True})
    assert unmet(SOUND.model_copy(update={"title": title, "supplement": True})) == {}
