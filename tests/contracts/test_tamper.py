"""Forgeries: each is rejected, and for the right reason."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import contract_attacks as attacks
import contract_samples as samples
import pikepdf
import pytest
from contract_attacks import Forger, Stamper, cut, flip, revise, seal_unchecked
from contract_pki import Holder, Pki

from contracts.verify import verify_file

if TYPE_CHECKING:
    from conftest import Signing

BUYER, SUPPLIER = ("김하늘", "buyer_1"), ("신예린", "supplier_2")


def failures(pdf: bytes, trust_pem: bytes) -> set[str]:
    report = verify_file(pdf, trust_pem)
    assert not report.valid
    return {entry.code for entry in report.findings if not entry.ok}


def in_the_seal(pdf: bytes) -> bytes:
    """One hexadecimal digit of the platform's CMS."""
    return flip(pdf, pdf.index(b"/Contents <", pdf.index(b"/FieldMDP")) + 1_300)


def emptied(pdf: bytes) -> bytes:
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[:start] + b"0" * (end - start) + pdf[end:]


def null_range(pdf: bytes) -> bytes:
    start = pdf.index(b"/ByteRange [") + len(b"/ByteRange ")
    end = pdf.index(b"]", start) + 1
    return pdf[:start] + b"null".ljust(end - start) + pdf[end:]


EDITS: list[tuple[str, Callable[[bytes], bytes], set[str]]] = [
    ("a byte of the first page", lambda pdf: flip(pdf, pdf.index(b"stream\n") + 4000), {"intact", "readable", "terms"}),
    ("the header", lambda pdf: flip(pdf, 7), {"readable", "intact"}),
    ("a byte of a certificate", in_the_seal, {"readable", "intact", "archived"}),
    ("the buyer's empty Contents", emptied, {"readable", "intact"}),
    ("a negative ByteRange", lambda pdf: pdf.replace(b"/ByteRange [0 ", b"/ByteRange [-1", 1), {"readable", "intact"}),
    ("a null ByteRange", null_range, {"readable", "intact"}),
    ("another SubFilter", lambda pdf: pdf.replace(b"CAdES.detached", b"CAdES.detacheX", 1), {"complete", "intact"}),
    ("no end of file", lambda pdf: pdf[:-200], {"readable"}),
    ("bytes after the end", lambda pdf: pdf + b"\n% 1,000", {"archived", "readable"}),
    ("another file behind", lambda pdf: pdf + pdf, {"readable", "intact", "archived"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "edit", "expected"), EDITS, ids=[edit[0] for edit in EDITS])
def test_edits_in_place(
    name: str, edit: Callable[[bytes], bytes], expected: set[str], sealed: bytes, trust_pem: bytes
) -> None:
    edited = edit(sealed)
    assert edited != sealed
    assert failures(edited, trust_pem) & expected, name


REVISIONS = [
    attacks.over_page, attacks.note, attacks.new_title, attacks.new_xmp, attacks.new_attachment,
    attacks.without_evidence, attacks.with_script, attacks.one_page_less, attacks.other_stamp,
]  # fmt: skip


@pytest.mark.parametrize("change", REVISIONS, ids=[change.__name__ for change in REVISIONS])
def test_later_revisions(change: Callable[[object], None], sealed: bytes, trust_pem: bytes) -> None:
    codes = failures(revise(sealed, change), trust_pem)
    assert "archived" in codes
    assert ("evidence" if change is attacks.without_evidence else "additions") in codes


CUTS = [(1, {"complete"}), (2, {"complete"}), (4, {"complete"}), (6, {"complete"})]


@pytest.mark.parametrize(("revisions", "expected"), CUTS)
def test_rolled_back(
    revisions: int, expected: set[str], sealed: bytes, sale_files: Sequence[bytes], trust_pem: bytes
) -> None:
    shorter = cut(sealed, revisions)
    if revisions > 1:
        assert shorter.rstrip() == sale_files[6 - revisions].rstrip()
    assert failures(shorter, trust_pem) >= expected


Attack = Callable[["Signing", bytes], Awaitable[bytes]]


async def forged(
    here: Signing,
    pdf: bytes,
    *,
    buyer: Holder | None = None,
    order: tuple[tuple[str, str], ...] = (BUYER, SUPPLIER),
    forger: Forger | None = None,
    certify: bool = True,
) -> bytes:
    """A supply contract signed without asking anybody, then sealed by a platform that does not look."""
    tool = forger or Forger(Stamper(here.pki.tsa))
    for number, (name, field) in enumerate(order):
        who = buyer if buyer is not None and field == BUYER[1] else here.holder(name)
        pdf = await tool.sign(pdf, field, who, certify=certify and number == 0)
    return await seal_unchecked(pdf, here.pki, here.platform, here.pki.root.der[:1])


async def test_the_forger_can_sign_properly_too(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    """Otherwise the following tests would prove nothing."""
    assert verify_file(await forged(signing, supply_files[0]), trust_pem).valid


async def test_swapped_order(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    swapped = await forged(signing, supply_files[0], order=(SUPPLIER, BUYER))
    assert failures(swapped, trust_pem) == {"order"}


async def test_not_certified(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    assert failures(await forged(signing, supply_files[0], certify=False), trust_pem) == {"certified"}


async def test_signed_by_another_person(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    stranger = signing.holder("박지호")
    assert failures(await forged(signing, supply_files[0], buyer=stranger), trust_pem) == {"signer"}


async def test_an_expired_certificate(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    old = signing.pki.person("김하늘", days=(-9, -2))
    assert failures(await forged(signing, supply_files[0], buyer=old), trust_pem) == {"certificate_expired"}


async def test_a_certificate_that_may_not_sign(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    weak = signing.pki.person("김하늘", may_sign=False)
    assert failures(await forged(signing, supply_files[0], buyer=weak), trust_pem) == {"certificate_invalid"}


async def test_a_revoked_certificate(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    gone = signing.pki.person("김하늘")
    signing.pki.revoke(gone)
    assert failures(await forged(signing, supply_files[0], buyer=gone), trust_pem) == {"certificate_revoked"}


async def test_no_time_stamp(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    assert failures(await forged(signing, supply_files[0], forger=Forger(None)), trust_pem) == {"timestamp"}


async def test_a_time_stamp_of_something_else(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    liar = Forger(Stamper(signing.pki.tsa, digest=bytes(32)))
    assert failures(await forged(signing, supply_files[0], forger=liar), trust_pem) == {"timestamp"}


class BothWorlds(Pki):
    """Answers for two hierarchies, as a careless platform that trusts a forger's root would see them."""

    other: Pki

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        theirs = issuer in [self.other.root.der[0], self.other.ca.der[0]]
        return await (self.other.ocsp(certificate, issuer) if theirs else super().ocsp(certificate, issuer))


async def careless(here: Signing, forger_pki: Pki, pdf: bytes) -> bytes:
    both = BothWorlds(root=here.pki.root)
    both.ca, both.tsa, both._responders, both.other = here.pki.ca, here.pki.tsa, here.pki._responders, forger_pki
    roots = [here.pki.root.der[0], forger_pki.root.der[0]]
    return await seal_unchecked(pdf, both, here.platform, roots)


async def test_a_rogue_authority(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    rogue = Pki()
    tool = Forger(Stamper(signing.pki.tsa))
    pdf = await tool.sign(supply_files[0], "buyer_1", rogue.person("김하늘"), certify=True)
    pdf = await tool.sign(pdf, "supplier_2", signing.holder("신예린"))
    assert failures(await careless(signing, rogue, pdf), trust_pem) == {"certificate_untrusted"}


async def test_a_rogue_time_stamp_authority(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    rogue = Pki()
    pdf = await Forger(Stamper(rogue.tsa)).sign(supply_files[0], "buyer_1", signing.holder("김하늘"), certify=True)
    pdf = await Forger(Stamper(signing.pki.tsa)).sign(pdf, "supplier_2", signing.holder("신예린"))
    assert failures(await careless(signing, rogue, pdf), trust_pem) == {"timestamp"}


async def test_a_sneaky_signature_over_the_price(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    tool = Forger(Stamper(signing.pki.tsa))
    evil = await tool.sign(supply_files[1], "evil", signing.holder("박지호"), new_box=(100, 500, 300, 600))
    evil = await tool.sign(evil, "supplier_2", signing.holder("신예린"))
    evil = await seal_unchecked(evil, signing.pki, signing.platform, signing.pki.root.der[:1])
    assert "fields" in failures(evil, trust_pem)
    report = verify_file(evil, trust_pem, expected_parties_from_embedded=False)
    assert "additions" in {entry.code for entry in report.findings if not entry.ok}


async def test_json_and_page_data_that_disagree(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    with pikepdf.open(io.BytesIO(supply_files[0])) as opened:
        for file in opened.Root.AF:
            if str(file.UF) == "contract.json":
                data = bytes(file.EF.F.read_bytes())
                file.EF.F.write(data.replace(b'"price":892340001', b'"price":100000001'))
        output = io.BytesIO()
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert failures(await forged(signing, output.getvalue()), trust_pem) == {"terms_agree"}


@pytest.mark.parametrize("depth", [1, 3, 9])
def test_the_last_container_in_another_encoding(depth: int, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    assert failures(attacks.in_ber(supply_files[-1], depth), trust_pem) & {"intact", "readable"}


def test_other_peoples_files(trust_pem: bytes, sealed: bytes) -> None:
    blank = io.BytesIO()
    with pikepdf.new() as other:
        other.add_blank_page()
        other.save(blank)
    assert failures(blank.getvalue(), trust_pem) == {"terms"}
    assert failures(b"", trust_pem) == {"readable"}
    assert failures(b"PK\x03\x04" * 100, trust_pem) == {"readable"}
    assert failures(sealed + bytes(20_000_000), trust_pem) == {"too_large"}


def test_what_the_sample_is() -> None:
    assert [party.field for party in samples.supply().parties] == [BUYER[1], SUPPLIER[1]]
