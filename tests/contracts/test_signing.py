"""Signing: in order, by the right person, with the key elsewhere, at a moment that an authority tells."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import contract_samples as samples
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from contracts.reading import read
from contracts.stamps import seal_rows
from contracts.works import Works
from domain.contracts import Prepared
from domain.errors import AgencyDown, Invalid, Malformed, OnjipError, UnknownThing, WrongState
from onjip.bench.pki import Holder, Pki, issue

if TYPE_CHECKING:
    from conftest import Signing


async def refusal(kind: type[OnjipError], call: Any) -> str:
    with pytest.raises(kind) as caught:
        await call
    return caught.value.code


async def test_a_sale_is_signed_in_order_and_sealed(sale_files: Sequence[bytes]) -> None:
    assert read(sale_files[-1]).signed == [*(party.field for party in samples.SALE_PARTIES), "platform", "archive_1"]
    for earlier, later in pairwise(sale_files):
        assert later.startswith(earlier)


async def test_title_and_metadata_are_those_of_the_unsigned_file(sale_files: Sequence[bytes]) -> None:
    readers = [PdfFileReader(io.BytesIO(data)) for data in (sale_files[0], sale_files[-1])]
    first, last = ((r.trailer.raw_get("/Info"), r.root["/Metadata"].data) for r in readers)
    assert (first[0].idnum, first[1]) == (last[0].idnum, last[1])


async def test_nobody_signs_out_of_turn(signing: Signing, sale_files: Sequence[bytes]) -> None:
    unsigned, after_seller = sale_files[0], sale_files[1]
    buyer, seller = signing.holder("윤서아"), signing.holder("최민준")

    def prepare(pdf: bytes, field: str, who: Holder) -> Any:
        return signing.works.prepare(pdf, field=field, chain=who.der[:2])

    assert await refusal(WrongState, prepare(unsigned, "buyer_2", buyer)) == "not_your_turn"
    assert await refusal(WrongState, prepare(after_seller, "platform", signing.platform)) == "not_your_turn"
    assert await refusal(WrongState, prepare(after_seller, "seller_1", seller)) == "already_signed"
    assert await refusal(UnknownThing, prepare(unsigned, "seller_9", seller)) == "field_unknown"
    assert await refusal(WrongState, signing.works.seal(after_seller)) == "not_all_signed"
    assert await refusal(WrongState, signing.works.seal(sale_files[-1])) == "not_all_signed"


async def test_parties_of_equal_order_sign_in_any_order(signing: Signing) -> None:
    both = (samples.WINNER.model_copy(update={"order": 2}), samples.OFFICER)
    pdf, _ = await signing.works.render(samples.supply(parties=both))
    assert read(pdf).whose_turn() == ["buyer_2", "supplier_2"]
    for name, field in (("신예린", "supplier_2"), ("김하늘", "buyer_2")):
        pdf = await signing.sign(pdf, name, field)
    assert (await signing.works.seal(pdf))[1].valid


async def test_the_step_survives_a_restart(signing: Signing, sale_files: Sequence[bytes]) -> None:
    seller = signing.holder("최민준")
    opened, prepared = await signing.works.prepare(sale_files[0], field="seller_1", chain=seller.der[:2])
    stored = json.loads(json.dumps(prepared.model_dump(mode="json")))
    again = Works(signing.pki, signing.platform.pem, signing.platform.der[:2], signing.pki.root.der[:1])
    pdf = await again.finish(bytes(opened), Prepared.model_validate(stored), seller.sign(attrs(prepared)))
    assert read(pdf).signed == ["seller_1"]


def attrs(prepared: Prepared) -> bytes:
    return base64.b64decode(prepared.signed_attrs)


async def test_the_person_is_shown_the_digest_that_is_signed(signing: Signing, sale_files: Sequence[bytes]) -> None:
    seller = signing.holder("최민준")
    _, prepared = await signing.works.prepare(sale_files[0], field="seller_1", chain=seller.der[:2])
    assert bytes.fromhex(prepared.document_digest) in attrs(prepared)
    assert len(attrs(prepared)) < 300


async def test_a_signature_is_verified_before_it_is_embedded(signing: Signing, sale_files: Sequence[bytes]) -> None:
    seller, stranger = signing.holder("최민준"), signing.holder("박지호")
    opened, prepared = await signing.works.prepare(sale_files[0], field="seller_1", chain=seller.der[:2])
    good = seller.sign(attrs(prepared))
    finish = signing.works.finish
    assert await refusal(Invalid, finish(opened, prepared, stranger.sign(attrs(prepared)))) == "signature_invalid"
    assert await refusal(Invalid, finish(opened, prepared, good[:-1])) == "signature_invalid"
    assert await refusal(Invalid, finish(opened, prepared, b"")) == "signature_invalid"
    assert await refusal(Invalid, finish(sale_files[1], prepared, good)) == "other_revision"
    moved = prepared.model_copy(update={"state": {"start": 5, "end": 9}})
    assert await refusal(Invalid, finish(opened, moved, good)) == "other_revision"
    lost = prepared.model_copy(update={"state": {}})
    assert await refusal(Invalid, finish(opened, lost, good)) == "other_revision"
    other = prepared.model_copy(update={"signed_attrs": base64.b64encode(b"\x31\x00").decode()})
    assert await refusal(Invalid, finish(opened, other, seller.sign(b"\x31\x00"))) == "signature_invalid"


async def test_unusable_certificates_are_refused(deployment: Callable[[], Signing]) -> None:
    here, elsewhere = deployment(), Pki()
    pdf, _ = await here.works.render(samples.sale())

    async def code(chain: list[bytes]) -> str:
        return await refusal(Invalid, here.works.prepare(pdf, field="seller_1", chain=chain))

    gone = here.pki.person("최민준")
    here.pki.revoke(gone)
    assert await code(gone.der[:2]) == "certificate_revoked"
    assert await code(elsewhere.person("최민준").der[:2]) == "certificate_untrusted"
    assert await code(here.pki.person("최민준", days=(-9, -2)).der[:2]) == "certificate_expired"
    assert await code(here.pki.person("최민준", may_sign=False).der[:2]) == "certificate_invalid"
    assert await code(here.pki.person("박지호").der[:2]) == "certificate_of_another"
    assert await code([b"\x30\x03\x02\x01\x01"]) == "certificate_invalid"
    assert await code([]) == "certificate_invalid"
    assert await code([issue("최민준", here.pki.ca).der[0]]) == "certificate_untrusted"  # its issuer is not given


async def test_a_certificate_revoked_while_the_person_thinks(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    pdf, _ = await here.works.render(samples.sale())
    seller = here.holder("최민준")
    opened, prepared = await here.works.prepare(pdf, field="seller_1", chain=seller.der[:2])
    here.pki.revoke(seller)
    late = here.works.finish(opened, prepared, seller.sign(attrs(prepared)))
    assert await refusal(Invalid, late) == "certificate_revoked"


async def test_without_a_time_stamp_there_is_no_signature(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    pdf, _ = await here.works.render(samples.sale())
    seller = here.holder("최민준")
    opened, prepared = await here.works.prepare(pdf, field="seller_1", chain=seller.der[:2])
    signature = seller.sign(attrs(prepared))
    here.pki.fail = True
    assert await refusal(AgencyDown, here.works.finish(opened, prepared, signature)) == "timestamp_failed"
    here.pki.fail, here.pki.stamp_other = False, True
    assert await refusal(AgencyDown, here.works.finish(opened, prepared, signature)) == "timestamp_invalid"
    here.pki.stamp_other = False
    here.pki.tsa = Pki().tsa
    assert await refusal(AgencyDown, here.works.finish(opened, prepared, signature)) == "timestamp_invalid"


async def test_what_is_no_contract_is_not_signed(signing: Signing) -> None:
    for data in (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-1.7\n%%EOF" * 50):
        call = signing.works.prepare(data, field="seller_1", chain=signing.holder("최민준").der[:2])
        assert await refusal(Malformed, call) == "not_a_contract"


def test_a_seal_is_nearly_square() -> None:
    assert seal_rows("김하늘") == ["김하", "늘인"]
    assert seal_rows("이봄") == ["이봄", "인"]
    assert seal_rows("황보 하늘별") == ["황보하", "늘별인"]


async def test_a_seal_over_a_revoked_signature_is_not_given(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    pdf, _ = await here.works.render(samples.supply())
    for name, field in (("김하늘", "buyer_1"), ("신예린", "supplier_2")):
        pdf = await here.sign(pdf, name, field)
    here.pki.revoke(here.holder("김하늘"))
    assert await refusal(Invalid, here.works.seal(pdf)) == "certificate_revoked"
