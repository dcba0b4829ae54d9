"""The repair of asn1crypto works on every length that a signature can have."""

from __future__ import annotations

import hashlib
import time

import asn1crypto
from asn1crypto import cms as asn1
from asn1crypto import core, x509

from contracts import asn1_shim, cms
from mydata_connectors.sandbox import _npki
from onjip.bench.pki import Pki, token

OCTETS = range(130, 130 + 256)  # every ending of a length that has two octets


async def test_no_length_of_a_signature_is_a_landmine() -> None:
    """Without the repair four or five of these 256 take up to twenty seconds each."""
    asn1_shim.install()
    pki = Pki()
    who = pki.person("길이 시험")
    chain = [x509.Certificate.load(der) for der in who.der[:2]]
    attributes = cms.attributes(hashlib.sha256(b"body").digest(), chain)
    signature = who.sign(attributes)
    stamp = asn1.CMSAttribute(
        {"type": "signature_time_stamp_token", "values": [asn1.ContentInfo.load(token(bytes(32), pki.tsa))]}
    )
    for octets in OCTETS:
        content = asn1.ContentInfo.load(cms.assemble(attributes, chain, signature))
        filler = asn1.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(bytes(octets))]})
        content["content"]["signer_infos"][0]["unsigned_attrs"] = asn1.CMSAttributes([stamp, filler])
        start = time.process_time()
        encoded = content.dump()
        assert time.process_time() - start < 0.2
        signer = asn1.ContentInfo.load(encoded, strict=True)["content"]["signer_infos"][0]
        assert signer["signature"].native == signature


def test_the_library_is_the_one_that_was_studied() -> None:
    assert asn1crypto.__version__ == asn1_shim.KNOWN_VERSION


def test_an_indefinite_length_is_still_normalised() -> None:
    asn1_shim.install()
    indefinite = core.SequenceOf.load(b"\x30\x80\x02\x01\x05\x00\x00", spec=core.Integer)
    assert indefinite.dump() == b"\x30\x03\x02\x01\x05"


def test_a_joint_certificate_can_be_read() -> None:
    asn1_shim.install()
    vid = _npki.identity("최민준", "7506180123456", b"R" * 20)
    certificate = x509.Certificate.load(Pki().person("최민준", names=vid).der[0], strict=True)
    names = next(
        one for one in certificate.native["tbs_certificate"]["extensions"] if one["extn_id"] == "subject_alt_name"
    )
    ((kind, value),) = [(one["type_id"], one["value"]) for one in names["extn_value"]]
    assert kind == _npki.IDENTITY
    assert "최민준".encode() in value


def test_installing_twice_wraps_once() -> None:
    asn1_shim.install()
    first = core.Sequence.dump
    asn1_shim.install()
    assert core.Sequence.dump is first
