"""Own devices for tests of the site: real keys and certificates of a small authority, behind the port of the desk."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from domain.contracts import Prepared
from domain.errors import Invalid
from domain.ports import KeyVerification, SigningRequest
from domain.time import now
from domain.words import SigningMeans
from store import contracts, devices
from store.devices import DeviceSigning

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Site

UTF8 = x509.name._ASN1Type.UTF8String


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclass
class StandInDesk:
    """The port ``CertificateDesk`` for tests that are not about checking identity: everybody has confirmed the key.

    ``unconfirmed``: numbers whose person has not been to the identity provider. ``refuses``: code of the next no.
    """

    root: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    unconfirmed: set[str] = field(default_factory=set)
    refuses: str = ""

    async def ask(self, identity_ref: str, key_sha256: str, return_to: str) -> KeyVerification:
        return KeyVerification(
            number=uuid4().hex, url=f"https://identity.test/people?back={return_to}", ends_at=now() + timedelta(1)
        )

    async def verification(self, identity_ref: str, number: str) -> KeyVerification:
        word = None if number in self.unconfirmed else f"word {number}"
        return KeyVerification(number=number, ends_at=now() + timedelta(1), attestation=word)

    async def certify(self, identity_ref: str, attestation: str, key: bytes, proof: bytes) -> list[bytes]:
        if self.refuses:
            raise Invalid(self.refuses, field="certificate")
        return [self.issue(identity_ref, load_der_public_key(key)), b"authority", b"root"]

    async def owned(self, identity_ref: str, certificate: bytes, random: bytes) -> list[bytes]:
        if self.refuses:
            raise Invalid(self.refuses, field="certificate")
        return [certificate, b"authority", b"root"]

    def issue(self, identity_ref: str, key: Any) -> bytes:
        name = [x509.NameAttribute(NameOID.COMMON_NAME, "최민준")]
        subject = x509.Name([*name, x509.NameAttribute(NameOID.SERIAL_NUMBER, identity_ref, UTF8)])
        built = x509.CertificateBuilder().subject_name(subject).issuer_name(x509.Name(name)).public_key(key)
        built = built.serial_number(x509.random_serial_number()).not_valid_before(now() - timedelta(1))
        return built.not_valid_after(now() + timedelta(30)).sign(self.root, hashes.SHA256()).public_bytes(Encoding.DER)


class Device:
    """A key that never leaves it, as a browser has it (P-256), or as a joint certificate's file holds it (RSA)."""

    def __init__(self, desk: StandInDesk, who: Browser, *, joint: bool = False) -> None:
        self.who, self.joint = who, joint
        self.private: Any = rsa.generate_private_key(65537, 2048) if joint else ec.generate_private_key(ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.certificate = desk.issue(who.identity.identity_ref, self.private.public_key())
        self.sha256 = hashlib.sha256(self.certificate).hexdigest()

    def sign(self, data: bytes) -> bytes:
        """As WebCrypto does."""
        if self.joint:
            return bytes(self.private.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    async def asked(self, site: Site, contract_id: UUID, field_name: str) -> str:
        """As the procedure leaves it when a revision is prepared for this device: the number of the request."""
        means = SigningMeans.JOINT_CERTIFICATE if self.joint else SigningMeans.BROWSER_KEY
        document, attributes = uuid4().hex * 2, uuid4().bytes
        sha256 = await site.services.documents.put(b"%PDF prepared " + attributes, "application/pdf")
        async with site.db.transaction() as session:
            chain = [self.certificate, b"authority"]
            await devices.keep_certificate(session, self.who.id, means, chain, now() + timedelta(30))
        request = SigningRequest(
            reference=f"ONJIP-{document[:24].upper()}", subject_ref=self.sha256, title="매매계약서", sum_won=1,
            document_sha256=document, signed_attrs=b64(attributes),
        )  # fmt: skip
        state = await DeviceSigning(site.db).request(request)
        async with site.db.transaction() as session:
            signer = await contracts.signer(session, contract_id, field_name)
            signer.state, signer.signing_number, signer.means = "asked", state.number, means
            signer.certificate_sha256 = self.sha256
            signer.prepared = Prepared(
                field=field_name, base_sha256="0" * 64, prepared_sha256=sha256, document_digest=document,
                signed_attrs=request.signed_attrs, state={}, certificate="",
            ).model_dump(mode="json")  # fmt: skip
            session.add(signer)
        return state.number
