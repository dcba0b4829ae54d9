"""Several sellers and buyers with their shares, and a witness: drafted by the register, signed by each, verified."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING, Any

import contract_samples as samples
import pytest

from contracts.reading import read
from contracts.render import render
from contracts.verify import verify_file
from domain.contracts import ContractTerms, Party
from domain.draft_rules import shares_of
from domain.drafts import dissolution_terms
from domain.errors import Invalid
from domain.facts import Holder
from domain.korean import masked
from law.forms import contents

if TYPE_CHECKING:
    from conftest import Signing

FIELDS = ["seller_1", "seller_1_2", "buyer_2", "buyer_2_2", "seller_broker_3", "buyer_broker_4", "witness_5"]


def changed(place: int, **values: Any) -> tuple[Party, ...]:
    parties = list(samples.SHARED_PARTIES)
    parties[place] = parties[place].model_copy(update=values)
    return tuple(parties)


async def test_each_signs_in_a_field_of_their_own_in_any_order_of_their_side(
    signing: Signing, trust_pem: bytes
) -> None:
    terms = samples.shared_sale()
    assert [party.field for party in terms.parties] == FIELDS
    pdf = (await signing.works.render(terms))[0]
    assert read(pdf).whose_turn() == ["seller_1", "seller_1_2"]
    order = ["seller_1_2", "seller_1", "buyer_2_2", "buyer_2", *FIELDS[4:]]
    names = {party.field: party.name for party in terms.parties}
    for field in order:
        pdf = await signing.sign(pdf, names[field], field)
    sealed, made = await signing.works.seal(pdf)
    assert made.valid
    report = verify_file(sealed, trust_pem)
    assert report.valid, [one.code for one in report.findings if not one.ok]
    assert [one["field"] for one in report.signers] == [*order, "platform"]
    assert [one["role_ko"] for one in report.signers][-2:] == ["입회인", "봉인"]
    parties = report.terms["parties"]  # type: ignore[index, call-overload]
    assert [one["share"] for one in parties] == ["2/3", "1/3", "1/2", "1/2", "1/1", "1/1", "1/1"]  # type: ignore[union-attr]


async def test_the_page_shows_each_share_and_the_witness() -> None:
    pdf, _ = await asyncio.to_thread(render, samples.shared_sale())
    read_out = ["pdftotext", "-layout", "-", "-"]
    text = (
        await asyncio.to_thread(subprocess.run, read_out, input=pdf, capture_output=True, check=True)
    ).stdout.decode()
    for share in ("2/3", "1/3", "1/2"):
        assert share in text
    assert "입회인" in text
    assert "당사자가 아니며 계약을 지켜보고 서명함" in text
    assert "최한결" in text


BAD: dict[str, dict[str, Any]] = {
    "owner_missing": {"parties": (samples.SHARED_PARTIES[0], *samples.SHARED_PARTIES[2:])},
    "seller_not_owner": {"parties": changed(1, name="박지호")},
    "share_differs": {"parties": changed(0, share="1/2")},
    "shares_not_whole": {"parties": changed(3, share="1/3")},
    "person_named_twice": {"parties": changed(3, person_id=samples.BUYER.person_id)},
    "same_person_twice": {"parties": changed(3, person_id=samples.SELLER.person_id)},
    "order_ambiguous": {"parties": changed(3, number=1)},
    "witness_is_party": {"parties": changed(6, person_id=samples.BUYER.person_id)},
    "witness_not_last": {"parties": changed(6, order=2)},
}  # fmt: skip


@pytest.mark.parametrize("code", BAD)
def test_what_the_law_does_not_allow_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as caught:
        samples.shared_sale(**BAD[code])
    assert caught.value.code == code
    assert caught.value.article


def test_it_names_the_owner_who_is_missing() -> None:
    with pytest.raises(Invalid) as caught:
        samples.shared_sale(**BAD["owner_missing"])
    assert "최○결" in caught.value.ko
    assert "최○결" in caught.value.en
    assert [masked(name) for name in ("최결", "최한결", "남궁한결", "이")] == ["최○", "최○결", "남○○결", "이○"]
    assert caught.value.article.startswith("민법 제264조")


def test_namesakes_are_told_apart_by_the_register() -> None:
    twins = (Holder(name="김보람", share="1/4", ref="a"), Holder(name="김보람", share="3/4", ref="b"))
    title = samples.TITLE.model_copy(update={"owners": twins})
    assert [title.share_of("김보람", ref) for ref in ("a", "b", "c", None)] == ["1/4", "3/4", None, None]
    assert samples.TITLE.share_of("최민준", None) == "1/1"


def test_shares_that_nobody_names_are_equal() -> None:
    assert shares_of([None, None, None]) == ("1/3", "1/3", "1/3")
    assert shares_of(["2/6", "4/6"]) == ("2/6", "4/6")
    for said in (["1/2", None], ["1/2", "1/3"], ["3/2", "1/2"], ["1/2", "-1/2", "1/1"]):
        with pytest.raises(Invalid):
            shares_of(said)


def test_a_contract_whose_shares_are_not_whole_is_not_printed() -> None:
    terms = samples.shared_sale()
    with pytest.raises(Invalid) as caught:
        contents.check(terms.model_copy(update={"parties": changed(2, share="1/3")}))
    assert (caught.value.code, caught.value.field) == ("contract_content_missing", "shares_stated")


def test_a_witness_need_not_agree_to_what_the_parties_change() -> None:
    original: ContractTerms = samples.shared_sale()
    ended = dissolution_terms(
        samples.DISSOLUTION, original=original, refund=0, reason="합의", made_on=original.made_on,
        refund_due_on=original.made_on,
    )  # fmt: skip
    assert [one.field for one in ended.parties] == FIELDS[:-1]
    assert original.is_shared()
    assert not samples.sale().is_shared()
