"""A draw's time stamps are judged offline: genuine only from a trusted authority, over this digest, for stamping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts.trust import Trust
from onjip import verify, verify_contract, verify_draw

DIGEST = bytes(range(32))
PURPOSES = {"stamping": ExtendedKeyUsageOID.TIME_STAMPING, "mail": ExtendedKeyUsageOID.EMAIL_PROTECTION}


class Authority:
    """A root that certifies one stamping key."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        root = self._certificate(self.name, self.key).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.root = root.sign(self.key, hashes.SHA256())

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    ) -> x509.CertificateBuilder:
        start = datetime.now(UTC) - timedelta(days=1)
        end = start + timedelta(days=9)
        builder = x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number(), start, end)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        return builder.add_extension(identifier, critical=False)

    def stamper(self, purpose: str) -> DummyTimeStamper:
        key = rsa.generate_private_key(65537, 2048)  # the only kind that this stamper knows
        builder = self._certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TSA")]), key)
        usage = x509.ExtendedKeyUsage([PURPOSES[purpose]])
        certificate = builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return DummyTimeStamper(
            tsa_cert=asn1.Certificate.load(certificate.public_bytes(Encoding.DER)),
            tsa_key=keys.PrivateKeyInfo.load(private),
            certs_to_embed=SimpleCertificateStore(),
        )

    @property
    def trust(self) -> Trust:
        return Trust.from_pem(self.root.public_bytes(Encoding.PEM))


def token(authority: Authority, digest: bytes = DIGEST, purpose: str = "stamping") -> bytes:
    stamper = authority.stamper(purpose)
    _nonce, request = stamper.request_cms(digest, "sha256")
    return bytes(stamper.request_tsa_response(request)["time_stamp_token"].dump())


def last_bit_flipped(der: bytes) -> bytes:
    return der[:-1] + bytes([der[-1] ^ 1])


def test_genuine() -> None:
    authority = Authority("Root")
    assert verify.stamp_moment(token(authority), DIGEST, authority.trust) is not None


@pytest.mark.parametrize(
    "forged",
    [
        lambda authority: token(authority, bytes(32)),
        lambda authority: token(Authority("Root")),
        lambda authority: token(authority, purpose="mail"),
        lambda authority: last_bit_flipped(token(authority)),
        lambda _: b"",
        lambda _: b"\x30\x80\x00\x00",
    ],
    ids=["another digest", "another authority of that name", "not for stamping", "one byte", "empty", "no token"],
)
def test_not_genuine(forged: Callable[[Authority], bytes]) -> None:
    authority = Authority("Root")
    assert verify.stamp_moment(forged(authority), DIGEST, authority.trust) is None


@pytest.mark.parametrize("kind", ["contract", "draw"])
@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 not really", b"[]", b"{}", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[" * 100_000]
)
def test_verifiers_refuse_what_is_no_such_file(
    kind: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust, file = tmp_path / "trust.pem", tmp_path / "file"
    trust.write_bytes(Authority("Nobody").root.public_bytes(Encoding.PEM))
    file.write_bytes(content)
    assert {"contract": verify_contract.contract, "draw": verify_draw.draw}[kind](file, trust) == 1
    assert "✗" in capsys.readouterr().out


def test_verifiers_refuse_a_trust_list_without_authority(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.write_bytes(b"")
    assert verify_contract.contract(file, file) == 1
    assert verify_draw.draw(file, file) == 1
