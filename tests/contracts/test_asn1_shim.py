"""The repair of asn1crypto is still needed, still works, and gives the same bytes."""

from __future__ import annotations

import time

import asn1crypto
from asn1crypto import cms, core, x509
from contract_pki import issue

from contracts import asn1_shim


def signed_data(padding: int) -> cms.ContentInfo:
    """CMS whose length the ``padding`` moves, with a real certificate deep inside."""
    certificate = x509.Certificate.load(issue("길이 시험", None).der[0])
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data", "content": bytes(padding)},
            "certificates": [cms.CertificateChoices("certificate", value=certificate)],
            "signer_infos": [],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": content})


def test_the_library_is_the_one_that_was_studied() -> None:
    assert asn1crypto.__version__ == asn1_shim.KNOWN_VERSION


def test_a_length_that_ends_in_0x80_is_encoded_at_once() -> None:
    asn1_shim.install()
    base = len(signed_data(1_000).dump()) - 4
    padding = 1_000 + (0x80 - base) % 256
    landmine = cms.ContentInfo.load(signed_data(padding).dump())
    start = time.process_time()
    for _ in range(20):
        again = cms.ContentInfo.load(landmine.dump())
        _ = again["content"]["certificates"][0].chosen.native
        assert again.dump() == landmine.dump()
    assert time.process_time() - start < 2.0


def test_an_indefinite_length_is_still_normalised() -> None:
    asn1_shim.install()
    indefinite = core.Sequence.load(b"\x30\x80\x02\x01\x05\x00\x00")
    assert indefinite[0].native == 5
    assert core.SequenceOf.load(b"\x30\x80\x02\x01\x05\x00\x00", spec=core.Integer).dump() == b"\x30\x03\x02\x01\x05"


def test_installing_twice_wraps_once() -> None:
    asn1_shim.install()
    first = core.Sequence.dump
    asn1_shim.install()
    assert core.Sequence.dump is first
