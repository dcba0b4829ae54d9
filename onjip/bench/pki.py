"""A small real PKI in the process, for tests and measurements: root, issuing CA, people, TSA and OCSP.

Nothing here nods: tokens are RFC 3161 CMS, answers are RFC 6960, and both are signed by the keys they name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, core, tsp
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NO_USE = dict.fromkeys(
    ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
     "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False,
)  # fmt: skip
UTF8 = x509.name._ASN1Type.UTF8String
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """A key with its certificate chain (leaf first, root last)."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def der(self) -> list[bytes]:
        return [certificate.public_bytes(Encoding.DER) for certificate in self.chain]

    @property
    def pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


def issue(
    name: str,
    issuer: Holder | None,
    *,
    ca: int | None = None,
    purpose: x509.ObjectIdentifier | None = None,
    serial_number: str = "",
    organisation: str = "",
    days: tuple[int, int] = (-1, 3650),
    may_sign: bool = True,
    ask_at: bool = True,
    rsa_bits: int = 0,
    names: x509.SubjectAlternativeName | None = None,
    now: datetime | None = None,
) -> Holder:
    """A certificate. ``ca``: its path length; ``ask_at``: whether it says where to ask about revocation; ``days``: from
    when to when it is valid, seen from ``now``.

    The key is P-256 unless ``rsa_bits`` are wanted, as joint certificates have them.
    """
    key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organisation:
        parts.insert(1, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    if serial_number:
        # An identity reference has an underscore, which a PrintableString cannot hold.
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number, UTF8))
    subject = x509.Name(parts)
    above = issuer.key if issuer else key
    today = (now or datetime.now(UTC)).replace(microsecond=0)
    usage = NO_USE | ({"key_cert_sign": True, "crl_sign": True} if ca is not None else {"digital_signature": True})
    if may_sign and ca is None and purpose is None:
        usage |= {"content_commitment": True}
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + days[0] * DAY)
        .not_valid_after(today + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca is not None, ca), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    if purpose is not None:
        critical = purpose == ExtendedKeyUsageOID.TIME_STAMPING
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=critical)
    if purpose == ExtendedKeyUsageOID.OCSP_SIGNING:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    elif issuer and ask_at:
        where = x509.UniformResourceIdentifier("http://ocsp.invalid/")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    certificate = builder.sign(above, hashes.SHA256())
    return Holder(key, (certificate, *(issuer.chain if issuer else ())))


@dataclass
class Pki:
    """One hierarchy with its services. ``stamp_other`` and ``fail`` make the time-stamp authority lie or go down.

    ``ahead``: how far the authorities' clocks, and the days of the certificates that they issue, are in the future.
    """

    root: Holder = field(default_factory=lambda: issue("시험 최상위 인증기관", None, ca=1, days=(-1, 36500)))
    ahead: timedelta = timedelta(0)
    revoked: set[int] = field(default_factory=set)
    fail: bool = False
    stamp_other: bool = False
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ca = issue("시험 인증기관", self.root, ca=0, days=(-1, 36500))
        self.new_tsa()
        self._responders = {
            holder.certificate.subject: issue(
                "시험 OCSP", holder, purpose=ExtendedKeyUsageOID.OCSP_SIGNING, days=(-1, 36500)
            )
            for holder in (self.root, self.ca)
        }

    @property
    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + self.ahead

    def new_tsa(self, days: int = 3650, purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING) -> None:
        """The time-stamp authority gets another key and certificate, valid from yesterday."""
        self.tsa = issue("시험 시점확인센터", self.ca, purpose=purpose, days=(-1, days), now=self.now)

    @property
    def trust_pem(self) -> bytes:
        return self.root.certificate.public_bytes(Encoding.PEM)

    def person(self, name: str, **options: Any) -> Holder:
        ref = "idr_" + hashlib.sha256(name.encode()).hexdigest()[:32]
        return issue(name, self.ca, serial_number=ref, **options)

    def revoke(self, holder: Holder) -> None:
        self.revoked.add(holder.certificate.serial_number)

    async def roots(self) -> list[bytes]:
        return self.root.der

    async def timestamp(self, digest: bytes) -> bytes:
        self.asked.append("timestamp")
        if self.fail:
            raise OSError("the time-stamp authority is down")
        return token(bytes(32) if self.stamp_other else digest, self.tsa, self.now)

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        self.asked.append("ocsp")
        about, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
        responder = self._responders[above.subject]
        gone = about.serial_number in self.revoked
        at = self.now
        answer = ocsp.OCSPResponseBuilder().add_response(
            about, above, hashes.SHA256(), ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD, at,
            at + timedelta(hours=1), at - DAY if gone else None, x509.ReasonFlags.key_compromise if gone else None,
        )  # fmt: skip
        answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        signed = answer.certificates([responder.certificate]).sign(responder.key, hashes.SHA256())
        return signed.public_bytes(Encoding.DER)


def token(digest: bytes, tsa: Holder, at: datetime | None = None) -> bytes:
    """RFC 3161 token over a SHA-256 digest, with ESSCertIDv2; it tells ``at``, now by default."""
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3.4.5",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "serial_number": x509.random_serial_number(),
            "gen_time": (at or datetime.now(UTC)).replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
    )
    certificates = [asn1_x509.Certificate.load(der) for der in tsa.der]
    bound = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(tsa.der[0]).digest()}]})
    attributes = asn1.CMSAttributes(
        [
            asn1.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            asn1.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(info.dump()).digest()]}),
            asn1.CMSAttribute({"type": "signing_certificate_v2", "values": [bound]}),
        ]
    )
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = asn1.SignerInfo(
        {
            "version": "v1",
            "sid": asn1.SignerIdentifier(
                {
                    "issuer_and_serial_number": asn1.IssuerAndSerialNumber(
                        {"issuer": certificates[0].issuer, "serial_number": certificates[0].serial_number}
                    )
                }
            ),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": tsa.sign(attributes.dump()),
        }
    )
    content = asn1.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())},
            "certificates": [asn1.CertificateChoices("certificate", value=one) for one in certificates[:2]],
            "signer_infos": [signer],
        }
    )
    return bytes(asn1.ContentInfo({"content_type": "signed_data", "content": content}).dump())
