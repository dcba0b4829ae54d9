"""Detached signatures over filings: verified before they leave, and by whoever receives them."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms as asn1
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts import cms
from contracts.cms import BadCms, signer_of
from contracts.trust import Trust, subject
from domain.errors import Invalid
from onjip.bench.pki import Pki, token

if TYPE_CHECKING:
    from conftest import Signing

BODY = '{"cause":"매매","price":1235000000}'.encode()
NOW = datetime.now(UTC)


async def signed(signing: Signing, body: bytes = BODY) -> bytes:
    who = signing.holder("최민준")
    _, attrs = await signing.works.signed_attributes(body, who.der[:2])
    return base64.b64decode(
        await signing.works.detached_cms(body, who.der[:2], attrs, who.sign(base64.b64decode(attrs)))
    )


async def test_the_receiver_learns_who_signed(signing: Signing) -> None:
    trust = Trust.from_der(signing.pki.root.der[:1])
    signer = await signer_of(BODY, await signed(signing), trust, at=NOW)
    assert subject(signer)["serial_number"].startswith("idr_")


async def test_the_attributes_bind_document_and_certificate_but_tell_no_time(signing: Signing) -> None:
    digest, attrs = await signing.works.signed_attributes(BODY, signing.holder("최민준").der[:2])
    names = {one["type"].native for one in asn1.CMSAttributes.load(base64.b64decode(attrs))}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= names
    assert "signing_time" not in names
    assert bytes.fromhex(digest) in base64.b64decode(attrs)


async def test_a_wrong_signature_does_not_leave(signing: Signing) -> None:
    who, stranger = signing.holder("최민준"), signing.holder("박지호")
    _, attrs = await signing.works.signed_attributes(BODY, who.der[:2])
    for body, signature in (
        (BODY, stranger.sign(base64.b64decode(attrs))),
        (BODY + b" ", who.sign(base64.b64decode(attrs))),
    ):
        with pytest.raises(Invalid) as caught:
            await signing.works.detached_cms(body, who.der[:2], attrs, signature)
        assert caught.value.code == "signature_invalid"


async def test_the_receiver_refuses(signing: Signing) -> None:
    good = await signed(signing)
    trust = Trust.from_der(signing.pki.root.der[:1])
    elsewhere = Trust.from_der(Pki().root.der[:1])
    cases = [
        ("signature_invalid", BODY + b" ", good, trust, NOW),
        ("cms_unreadable", BODY, good[:-9], trust, NOW),
        ("cms_unreadable", BODY, b"", trust, NOW),
        ("certificate_untrusted", BODY, good, elsewhere, NOW),
        ("certificate_expired", BODY, good, trust, NOW + timedelta(days=9999)),
    ]
    for code, body, der, roots, at in cases:
        with pytest.raises(BadCms) as caught:
            await signer_of(body, der, roots, at=at)
        assert caught.value.code == code


@pytest.fixture(scope="module")
async def detached(signing: Signing) -> bytes:
    return await signed(signing)


def test_openssl_agrees(detached: bytes, trust_pem: bytes, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(BODY)
    (tmp_path / "cms").write_bytes(detached)
    (tmp_path / "root").write_bytes(trust_pem)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-content", "body", "-CAfile", "root",
         "-purpose", "any", "-out", "out"], cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("bits", [0, 2048], ids=["P-256", "RSA-2048"])
@pytest.mark.parametrize("name", ["최민준", "Hwangbo " * 8])
async def test_our_encoding_is_the_librarys(signing: Signing, bits: int, name: str) -> None:
    """Every byte, for short and long names, with and without a time stamp."""
    who = signing.pki.person(name, organisation=name * (len(name) == 64), rsa_bits=bits)
    chain, digest = cms.load_chain(who.der), hashlib.sha256(name.encode()).digest()
    store = SimpleCertificateStore()
    store.register_multiple(chain[1:])

    def library(signature: bytes | None) -> ExternalSigner:
        return ExternalSigner(
            chain[0], store, signature_value=signature, signature_mechanism=cms.mechanism(chain[0]), embed_roots=False
        )

    attrs = cms.attributes(digest, chain)
    assert attrs == (await library(None).signed_attrs(digest, "sha256", use_pades=True)).dump()
    signature, stamp = who.sign(attrs), token(digest, signing.pki.tsa)
    theirs = await library(signature).async_sign_prescribed_attributes(
        "sha256", signed_attrs=asn1.CMSAttributes.load(attrs)
    )  # fmt: skip
    assert cms.assemble(attrs, chain, signature) == theirs.dump()
    attribute = {"type": "signature_time_stamp_token", "values": [asn1.ContentInfo.load(stamp)]}
    theirs["content"]["signer_infos"][0]["unsigned_attrs"] = asn1.CMSAttributes([asn1.CMSAttribute(attribute)])
    assert cms.assemble(attrs, chain, signature, stamp) == theirs.dump()
