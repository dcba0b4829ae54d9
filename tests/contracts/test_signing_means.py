"""Keys of several kinds in one file: the signing service's, a browser's, and the RSA key of a joint certificate."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import contract_samples as samples
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from contracts.cms import signer_of
from contracts.trust import Trust, load, subject
from domain.errors import Invalid
from mydata_connectors.sandbox import _npki
from onjip.bench.pki import Holder

if TYPE_CHECKING:
    from conftest import Signing

BODY = '{"cause":"매매","price":1235000000}'.encode()


@pytest.fixture(scope="module")
def joint(signing: Signing) -> Holder:
    """최민준's joint certificate: RSA-2048, the name as Korean CAs write it, and a VID among its other names."""
    vid = _npki.identity("최민준", "7506180123456", b"R" * 20)
    return signing.pki.person("최민준()0088123456789012", rsa_bits=2048, names=vid)


@pytest.fixture(scope="module")
async def sealed_by_several(signing: Signing, joint: Holder) -> bytes:
    """A sale whose first party signed with RSA and whose others signed on P-256."""
    pdf, _ = await signing.works.render(samples.sale())
    for party in sorted(samples.sale().parties, key=lambda one: one.order):
        pdf = await signing.sign(pdf, party.name, party.field, joint if party.name == "최민준" else None)
    sealed = await signing.works.seal(pdf)
    return sealed if isinstance(sealed, bytes) else sealed[0]


async def test_rsa_and_p256_stand_beside_each_other(signing: Signing, sealed_by_several: bytes) -> None:
    report = await signing.works.verify(sealed_by_several)
    assert report.valid, [one.code for one in report.findings if not one.ok]
    assert next(one["name"] for one in report.signers) == "최민준"


def test_poppler_agrees_about_rsa(sealed_by_several: bytes, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(sealed_by_several)
    said = subprocess.run(["pdfsig", "c.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == len(samples.sale().parties) + 1
    assert "Digest Mismatch" not in said


async def test_a_changed_byte_is_seen_under_rsa_too(signing: Signing, sealed_by_several: bytes) -> None:
    at = sealed_by_several.index(b"/MediaBox")
    changed = sealed_by_several[:at] + b"/MediaBux" + sealed_by_several[at + 9 :]
    assert not (await signing.works.verify(changed)).valid


async def test_a_signature_of_another_key_or_another_kind_is_refused(signing: Signing, joint: Holder) -> None:
    pdf, _ = await signing.works.render(samples.sale())
    opened, prepared = await signing.works.prepare(pdf, field="seller_1", chain=joint.der[:2])
    attrs = base64.b64decode(prepared.signed_attrs)
    stranger = signing.pki.person("최민준()00", rsa_bits=2048)
    for signature in (stranger.sign(attrs), signing.holder("최민준").sign(attrs), joint.sign(attrs + b"x"), b""):
        with pytest.raises(Invalid, match="signature_invalid"):
            await signing.works.finish(opened, prepared, signature)


async def test_a_key_that_is_too_short_or_of_another_kind(signing: Signing, deployment: Any) -> None:
    pdf, _ = await signing.works.render(samples.sale())
    short = signing.pki.person("최민준", rsa_bits=1024)
    with pytest.raises(Invalid, match="certificate_invalid"):
        await signing.works.prepare(pdf, field="seller_1", chain=short.der[:2])


async def test_the_name_of_a_joint_certificate_is_the_name_before_its_number(signing: Signing, joint: Holder) -> None:
    assert subject(load(joint.der[0]))["common_name"] == "최민준"
    pdf, _ = await signing.works.render(samples.sale())
    namesake = signing.pki.person("최민준서()0088", rsa_bits=2048)
    with pytest.raises(Invalid, match="certificate_of_another"):
        await signing.works.prepare(pdf, field="seller_1", chain=namesake.der[:2])


async def test_a_detached_signature_with_rsa(signing: Signing, joint: Holder) -> None:
    assert isinstance(joint.key, rsa.RSAPrivateKey)
    _, attrs = await signing.works.signed_attributes(BODY, joint.der[:2])
    cms = await signing.works.detached_cms(BODY, joint.der[:2], attrs, joint.sign(base64.b64decode(attrs)))
    trust = Trust.from_der(signing.pki.root.der[:1])
    assert subject(await signer_of(BODY, base64.b64decode(cms), trust, at=datetime.now(UTC)))["common_name"] == "최민준"
