"""Files that a forger signed, or a platform sealed without looking: each is rejected, and for the right reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import contract_samples as samples
import pikepdf
import pytest
from contract_attacks import Forger, Stamper, cut, failures, in_ber, rewritten, seal_unchecked, stamped_by, stripped
from cryptography.x509.oid import ExtendedKeyUsageOID

from contracts.archiving import archive
from contracts.authorities import Authorities
from contracts.reading import read
from contracts.trust import Trust
from contracts.verify import verify_file
from onjip.bench.pki import Holder, Pki, issue

if TYPE_CHECKING:
    from conftest import Signing

BUYER, SUPPLIER = ("김하늘", "buyer_1"), ("신예린", "supplier_2")


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


async def sneaky(
    here: Signing, pdf: bytes, evil: Holder, *, certified: bool, pki: Pki | None = None
) -> bytes:  # fmt: skip
    """A field over the price, signed between the buyer and the supplier."""
    tool = Forger(Stamper(here.pki.tsa))
    pdf = await tool.sign(pdf, "buyer_1", here.holder("김하늘"), certify=certified)
    pdf = await tool.sign(pdf, "evil", evil, new_box=(100, 500, 300, 600))
    pdf = await tool.sign(pdf, "supplier_2", here.holder("신예린"))
    if pki is not None:
        return await careless(here, pki, pdf)
    return await seal_unchecked(pdf, here.pki, here.platform, here.pki.root.der[:1])


async def test_a_sneaky_signature_by_somebody_trusted(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    evil = await sneaky(signing, supply_files[0], signing.holder("박지호"), certified=True)
    assert failures(evil, trust_pem) >= {"fields", "complete"}
    report = verify_file(evil, trust_pem, expected_parties_from_embedded=False)
    assert {"additions", "signer"} & {entry.code for entry in report.findings if not entry.ok}
    assert "additions" in {entry.code for entry in report.findings if not entry.ok}


async def test_a_sneaky_signature_by_a_rogue_key(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    rogue = Pki()
    evil = await sneaky(signing, supply_files[0], rogue.person("박지호"), certified=True, pki=rogue)
    assert failures(evil, trust_pem) >= {"fields", "complete"}


async def test_a_sneaky_signature_where_nobody_certified(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    """Nothing in the file forbids it then; our own list of fields does, and so does the missing certification."""
    evil = await sneaky(signing, supply_files[0], signing.holder("박지호"), certified=False)
    assert failures(evil, trust_pem) >= {"fields", "complete"}
    report = verify_file(evil, trust_pem, expected_parties_from_embedded=False)
    assert "certified" in {entry.code for entry in report.findings if not entry.ok}


async def test_a_seal_that_locks_nothing(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    def unlock(opened: pikepdf.Pdf) -> None:
        for field in opened.Root.AcroForm.Fields:
            if "/Lock" in field:
                del field.Lock

    assert failures(await forged(signing, rewritten(supply_files[0], unlock)), trust_pem) == {"locked"}


@pytest.mark.parametrize("field", ["buyer_1", "supplier_2", "platform"])
def test_a_time_stamp_taken_out_afterwards(field: str, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    """Nothing in a signature covers its time stamp; what comes after it does."""
    assert failures(stripped(supply_files[-1], field), trust_pem) == {"intact"}


def test_the_last_time_stamp_taken_out(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    """Of a file that is not sealed yet: no digest is broken, and still it is missed."""
    report = verify_file(stripped(supply_files[2], "supplier_2"), trust_pem, expected_parties_from_embedded=False)
    failed = {(entry.code, entry.subject) for entry in report.findings if not entry.ok}
    assert ("timestamp", "supplier_2") in failed
    assert "intact" not in {code for code, _ in failed}


async def test_the_seals_time_stamp_taken_out_before_archiving(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    sealed = stripped(cut(supply_files[-1], 1), "platform")
    authorities = Authorities(signing.pki, Trust.from_pem(trust_pem))
    like = (await authorities.stamp_of(sealed)).token["content"]
    archived = await archive(sealed, read(sealed).signatures, authorities, like=like)
    assert failures(archived, trust_pem) == {"timestamp"}


async def archived_by(pdf: bytes, stamper: Stamper, trust_pem: bytes) -> set[str]:
    """A second archive time stamp by somebody who should not make one."""
    return failures(await stamped_by(pdf, "archive_2", stamper), trust_pem)


async def test_an_archive_stamp_by_the_wrong_authority(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    sealed, pki = supply_files[-1], signing.pki
    assert await archived_by(sealed, Stamper(Pki().tsa), trust_pem) == {"archived"}
    expired = issue("시험 시점확인센터", pki.ca, purpose=ExtendedKeyUsageOID.TIME_STAMPING, days=(-9, -2))
    assert await archived_by(sealed, Stamper(expired), trust_pem) == {"archived"}
    another_purpose = issue("시험 시점확인센터", pki.ca, purpose=ExtendedKeyUsageOID.CODE_SIGNING)
    assert await archived_by(sealed, Stamper(another_purpose), trust_pem) == {"archived"}
    assert await archived_by(sealed, Stamper(pki.tsa, digest=bytes(32)), trust_pem) == {"intact"}
    assert await archived_by(sealed, Stamper(pki.person("박지호")), trust_pem) == {"archived"}


async def test_an_archive_stamp_under_another_name(
    signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    for name, codes in (("archive_7", {"order"}), ("later", {"fields", "complete", "order"})):
        assert failures(await stamped_by(supply_files[-1], name, Stamper(signing.pki.tsa)), trust_pem) == codes


async def test_a_key_that_is_too_short(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    weak = signing.pki.person("김하늘", rsa_bits=1024)
    assert "algorithm" in failures(await forged(signing, supply_files[0], buyer=weak), trust_pem)


async def test_json_and_xml_that_disagree(signing: Signing, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    def cheapen(opened: pikepdf.Pdf) -> None:
        for file in opened.Root.AF:
            if str(file.UF) == "contract.json":
                data = bytes(file.EF.F.read_bytes())
                file.EF.F.write(data.replace(b'"price":892340001', b'"price":100000001'))

    assert failures(await forged(signing, rewritten(supply_files[0], cheapen)), trust_pem) == {"terms_agree"}


@pytest.mark.parametrize("depth", [1, 3, 9])
def test_the_last_container_in_another_encoding(depth: int, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    assert failures(in_ber(supply_files[-1], depth), trust_pem) & {"intact", "readable"}


def test_what_the_sample_is() -> None:
    assert [party.field for party in samples.supply().parties] == [BUYER[1], SUPPLIER[1]]
