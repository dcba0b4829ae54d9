"""Certificates for keys on people's own devices: our client against the real identity provider and trust agency."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import ECKey

from domain.errors import AgencyRefused, Invalid, OutcomeUnknown
from domain.ports import KeyVerification
from mydata_connectors.certificates import CertificateDesk
from mydata_connectors.sandbox._people import identity_ref, people
from tests.npki_files import read_key

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

MINJUN, SEOA = identity_ref("minjun"), identity_ref("seoa")
PASSWORD = "secret-123"
SITE = "http://127.0.0.1:8000/contracts/1/signing"


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("identity", "trust")


@pytest.fixture
def desk(box: Box, http: httpx.AsyncClient) -> CertificateDesk:
    return CertificateDesk(box.exchange("identity", http), box.exchange("trust", http))


class Device:
    """A browser's key: its private half stays here."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.sha256 = hashlib.sha256(self.public).hexdigest()

    def sign(self, data: str) -> bytes:
        """As WebCrypto does: raw r and s."""
        r, s = utils.decode_dss_signature(self.private.sign(data.encode(), ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


async def approve(box: Box, asked: KeyVerification, who: str = "minjun", pin: str = "") -> httpx.Response:
    async with box.person("identity", who) as person:
        path = f"/people/attestations/{asked.number}/approve"
        return await person.post(path, data={"pin": pin or people()[who].pin})


async def word(box: Box, desk: CertificateDesk, device: Device, who: str = "minjun") -> str:
    asked = await desk.ask(identity_ref(who), device.sha256, SITE)
    await approve(box, asked, who)
    said = (await desk.verification(identity_ref(who), asked.number)).attestation
    assert said
    return said


async def refused(call: Any) -> str:
    with pytest.raises(Invalid) as caught:
        await call
    assert caught.value.ko != Invalid().ko, "a sentence that says what to do"
    return caught.value.code


async def test_a_key_is_certified_for_the_person_who_confirmed_it(box: Box, desk: CertificateDesk) -> None:
    device = Device()
    asked = await desk.ask(MINJUN, device.sha256, SITE)
    assert (asked.url or "").startswith(box.url("identity"))
    assert (await desk.verification(MINJUN, asked.number)).attestation is None
    reply = await approve(box, asked)
    assert reply.json() == {"return_to": SITE}
    said = (await desk.verification(MINJUN, asked.number)).attestation
    assert said
    leaf, issuing, root = [
        x509.load_der_x509_certificate(der)
        for der in await desk.certify(MINJUN, said, device.public, device.sign(said))
    ]
    assert leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == device.public
    assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "최민준"
    assert leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == MINJUN
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    acts = [act["kind"] for act in (await box.ledger("trust"))["acts"]]
    assert acts.count("certificate") >= 1


async def test_what_a_lost_answer_leaves_is_asked_again_and_is_the_same(box: Box, desk: CertificateDesk) -> None:
    device = Device()
    said = await word(box, desk, device)
    proof = device.sign(said)
    await box.fault("trust", "/certificates", "act_then_timeout")
    with pytest.raises(OutcomeUnknown):
        await desk.certify(MINJUN, said, device.public, proof)
    assert await desk.certify(MINJUN, said, device.public, proof) == await desk.certify(
        MINJUN, said, device.public, proof
    )


async def test_a_word_serves_once(box: Box, desk: CertificateDesk) -> None:
    device = Device()
    said = await word(box, desk, device)
    await desk.certify(MINJUN, said, device.public, device.sign(said))
    again = desk.certify(MINJUN, said, device.public, device.sign(said))
    assert await refused(again) == "nonce_used"


async def test_another_persons_word_key_or_pin(box: Box, desk: CertificateDesk) -> None:
    device, other = Device(), Device()
    said = await word(box, desk, device)
    assert await refused(desk.certify(SEOA, said, device.public, device.sign(said))) == "other_person"
    assert await refused(desk.certify(MINJUN, said, other.public, other.sign(said))) == "other_key"
    assert await refused(desk.certify(MINJUN, said, device.public, other.sign(said))) == "proof_invalid"
    assert await refused(desk.certify(MINJUN, said, device.public, b"short")) == "proof_invalid"
    asked = await desk.ask(MINJUN, device.sha256, SITE)
    assert (await approve(box, asked, "seoa")).json()["code"] == "other_person"
    assert (await approve(box, asked, pin="000000")).json() == {"code": "wrong_pin"}
    assert (await desk.verification(MINJUN, asked.number)).attestation is None
    assert await refused(desk.verification(SEOA, asked.number)) == "other_person"
    with pytest.raises(Invalid, match="unknown_attestation"):
        await desk.verification(MINJUN, "nothing")


async def test_a_word_that_is_too_old_or_nobodys(box: Box, desk: CertificateDesk) -> None:
    device = Device()
    claims = {
        "jti": "old", "identity_ref": MINJUN, "name": "최민준", "key_sha256": device.sha256,
        "iat": int(time.time()) - 900, "exp": int(time.time()) - 600,
    }  # fmt: skip
    genuine = ECKey.import_key((box.home / "identity.key.pem").read_bytes())
    old = jws.serialize_compact({"alg": "ES256", "kid": "identity"}, json.dumps(claims).encode(), genuine)
    assert await refused(desk.certify(MINJUN, old, device.public, device.sign(old))) == "session_expired"
    forged = jws.serialize_compact(
        {"alg": "ES256", "kid": "identity"}, json.dumps(claims).encode(), ECKey.generate_key("P-256")
    )
    with pytest.raises(AgencyRefused, match="attestation_invalid"):
        await desk.certify(MINJUN, forged, device.public, device.sign(forged))


async def joint(box: Box, who: str) -> dict[str, bytes]:
    async with box.person("trust", who) as person:
        reply = await person.post("/people/joint-certificate", data={"password": PASSWORD})
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_counter_hands_out_two_files(box: Box) -> None:
    files = await joint(box, "minjun")
    certificate = x509.load_der_x509_certificate(files["signCert.der"])
    assert isinstance(certificate.public_key(), rsa.RSAPublicKey)
    assert str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value).startswith("최민준()")
    async with box.person("trust", "minjun") as person:
        reply = await person.post("/people/joint-certificate", data={"password": "short"})
    assert reply.status_code == 422


async def test_a_joint_certificate_is_of_its_person_only_with_its_random(box: Box, desk: CertificateDesk) -> None:
    files = await joint(box, "minjun")
    random = read_key(files["signPri.key"], PASSWORD)[1]
    chain = await desk.owned(MINJUN, files["signCert.der"], random)
    assert chain[0] == files["signCert.der"]
    assert len(chain) == 3
    assert await refused(desk.owned(SEOA, files["signCert.der"], random)) == "other_person"
    assert await refused(desk.owned(MINJUN, files["signCert.der"], bytes(20))) == "other_person"
    assert await refused(desk.owned(MINJUN, b"no certificate", random)) == "certificate_unreadable"
    serial = f"{x509.load_der_x509_certificate(chain[0]).serial_number:x}"
    assert await box.control("trust", "POST", "/revoke", {"serial": serial}) == {"revoked": True}
    assert await refused(desk.owned(MINJUN, files["signCert.der"], random)) == "certificate_revoked"


async def test_a_certificate_that_names_nobody_by_number(box: Box, desk: CertificateDesk) -> None:
    device = Device()
    said = await word(box, desk, device)
    chain = await desk.certify(MINJUN, said, device.public, device.sign(said))
    assert await refused(desk.owned(MINJUN, chain[0], bytes(20))) == "certificate_unreadable"
