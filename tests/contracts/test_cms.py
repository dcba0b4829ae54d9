"""Detached signatures over filings: verified before they leave, and by whoever receives them."""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms as asn1
from contract_pki import Pki

from contracts.cms import BadCms, signer_of
from contracts.trust import Trust, subject
from domain.errors import Invalid

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


@pytest.mark.skipif(shutil.which("openssl") is None, reason="a second opinion where openssl is installed")
def test_openssl_agrees(detached: bytes, trust_pem: bytes, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(BODY)
    (tmp_path / "cms").write_bytes(detached)
    (tmp_path / "root").write_bytes(trust_pem)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-content", "body", "-CAfile", "root",
         "-purpose", "any", "-out", "out"], cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
