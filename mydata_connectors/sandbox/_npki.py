"""Joint certificates (공동인증서) as Korean CAs hand them out: two files, signCert.der and signPri.key.

The key file is an EncryptedPrivateKeyInfo in one of three encodings; the key carries a random R, and the certificate
names its holder by VID = H(H(number, R)), which says who it is only to whoever knows the number (KCAC.TS.SIVID).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Literal

from asn1crypto import algos, core, parser
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Encoded = Literal["seed_sha1", "seed_fixed_iv", "pbes2"]
SEED_SHA1, SEED_CBC = "1.2.410.200004.1.15", "1.2.410.200004.1.4"
PBES2, PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
RANDOM_R = "1.2.410.200004.10.1.1.3"
IDENTITY, VID = "1.2.410.200004.10.1.1", "1.2.410.200004.10.1.1.1"
FIXED_IV = b"0123456789012345"
ROUNDS = 2048
BLOCK = 16
R_BYTES = 20


def sequence(*parts: Any) -> bytes:
    emitted: bytes = parser.emit(0, 1, 16, b"".join(part if isinstance(part, bytes) else part.dump() for part in parts))
    return emitted


def key_with_random(key: rsa.RSAPrivateKey, random: bytes) -> bytes:
    """PrivateKeyInfo (DER) with R as its attribute."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    value = parser.emit(0, 1, 17, core.OctetBitString(random).dump())
    attribute = sequence(core.ObjectIdentifier(RANDOM_R), value)
    return sequence(parser.parse(plain)[4], parser.emit(2, 1, 0, attribute))


def encrypt(plain: bytes, password: str, *, encoded: Encoded = "seed_sha1") -> bytes:
    """EncryptedPrivateKeyInfo (DER)."""
    salt = secrets.token_bytes(8)
    rounds = core.Integer(ROUNDS)
    if encoded == "pbes2":
        key, iv = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, ROUNDS, BLOCK), secrets.token_bytes(BLOCK)
        derived = sequence(core.ObjectIdentifier(PBKDF2), sequence(core.OctetString(salt), rounds))
        parameters = sequence(derived, sequence(core.ObjectIdentifier(SEED_CBC), core.OctetString(iv)))
        algorithm = sequence(core.ObjectIdentifier(PBES2), parameters)
    else:
        derivation = _pbkdf1(password.encode(), salt)
        key = derivation[:BLOCK]
        iv = FIXED_IV if encoded == "seed_fixed_iv" else hashlib.sha1(derivation[BLOCK:]).digest()[:BLOCK]  # noqa: S324
        name = SEED_CBC if encoded == "seed_fixed_iv" else SEED_SHA1
        algorithm = sequence(core.ObjectIdentifier(name), sequence(core.OctetString(salt), rounds))
    padding = BLOCK - len(plain) % BLOCK
    cipher = Cipher(SEED(key), modes.CBC(iv)).encryptor()
    secret = cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()
    return sequence(algorithm, core.OctetString(secret))


def _pbkdf1(password: bytes, salt: bytes) -> bytes:
    derived = password + salt
    for _ in range(ROUNDS):
        derived = hashlib.sha1(derived).digest()  # noqa: S324 - the published format
    return derived


def vid(number: str, random: bytes) -> bytes:
    inner = sequence(core.PrintableString(number), core.OctetBitString(random))
    return hashlib.sha256(hashlib.sha256(inner).digest()).digest()


def identity(name: str, number: str, random: bytes) -> x509.SubjectAlternativeName:
    """Who holds the certificate: the real name, and the VID under the hash algorithm that made it."""
    hidden = parser.emit(2, 1, 0, core.OctetString(vid(number, random)).dump())
    entry = sequence(core.ObjectIdentifier(VID), sequence(algos.DigestAlgorithm({"algorithm": "sha256"}), hidden))
    value = sequence(core.UTF8String(name), sequence(entry))
    return x509.SubjectAlternativeName([x509.OtherName(x509.ObjectIdentifier(IDENTITY), value)])


def is_of(certificate: x509.Certificate, number: str, random: bytes) -> bool:
    """Whether the certificate names the person with this number. ValueError: it names nobody in this way."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise ValueError("no identity") from None
    others = [name for name in names if isinstance(name, x509.OtherName) and name.type_id.dotted_string == IDENTITY]
    if len(others) != 1:
        raise ValueError("no identity")
    return secrets.compare_digest(_named(others[0].value), vid(number, random))


def _named(value: bytes) -> bytes:
    """The VID inside; SHA-256 only."""
    _, entries = _parts(value)
    (entry,) = _parts(entries)
    kind, content = _parts(entry)
    algorithm, hidden = _parts(content)
    if core.ObjectIdentifier.load(kind).dotted != VID:
        raise ValueError("another kind of identity")
    if algos.DigestAlgorithm.load(algorithm)["algorithm"].native != "sha256":
        raise ValueError("another hash")
    found: bytes = core.OctetString.load(parser.parse(hidden)[4]).native
    return found


def _parts(der: bytes) -> list[bytes]:
    """The encodings inside a constructed one."""
    inside, found = parser.parse(der, strict=True)[4], []
    while inside:
        _, _, _, header, content, trailer = parser.parse(inside)
        found.append(header + content + trailer)
        inside = inside[len(found[-1]) :]
    return found
