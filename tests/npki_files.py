"""Joint certificates of the tests: a second reader of the three key encodings, and damaged files.

Written from the published formats alone; it shares nothing with the sandbox that writes such files, nor with the
JavaScript that reads them.
"""

from __future__ import annotations

import hashlib

from asn1crypto import keys
from asn1crypto.core import Integer, ObjectIdentifier, OctetBitString, OctetString, Sequence
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.padding import PKCS7


class Derivation(Sequence):
    _fields = [("salt", OctetString), ("rounds", Integer)]


class Pbkdf2(Sequence):
    _fields = [("name", ObjectIdentifier), ("parameters", Derivation)]


class SeedCbc(Sequence):
    _fields = [("name", ObjectIdentifier), ("iv", OctetString)]


class Pbes2(Sequence):
    _fields = [("derived", Pbkdf2), ("cipher", SeedCbc)]


def read_key(der: bytes, password: str) -> tuple[bytes, bytes]:
    """PrivateKeyInfo (DER) and the random R. ValueError: a wrong password."""
    sealed = keys.EncryptedPrivateKeyInfo.load(der)
    name = sealed["encryption_algorithm"]["algorithm"].dotted
    parameters = sealed["encryption_algorithm"]["parameters"].dump()
    if name == "1.2.840.113549.1.5.13":
        scheme = Pbes2.load(parameters)
        salt, rounds = (scheme["derived"]["parameters"][part].native for part in ("salt", "rounds"))
        key = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, rounds, 16)
        iv = scheme["cipher"]["iv"].native
    else:
        found = Derivation.load(parameters)
        derived = password.encode() + found["salt"].native
        for _ in range(found["rounds"].native):
            derived = hashlib.sha1(derived).digest()  # noqa: S324 - the published format
        key = derived[:16]
        fixed = {"1.2.410.200004.1.4": b"0123456789012345"}
        iv = fixed.get(name) or hashlib.sha1(derived[16:20]).digest()[:16]  # noqa: S324
    cipher = Cipher(SEED(key), modes.CBC(iv)).decryptor()
    padded = cipher.update(sealed["encrypted_data"].native) + cipher.finalize()
    unpadder = PKCS7(128).unpadder()
    plain = unpadder.update(padded) + unpadder.finalize()
    for attribute in keys.PrivateKeyInfo.load(plain)["attributes"]:
        if attribute["type"].dotted == "1.2.410.200004.10.1.1.3":
            return plain, OctetBitString.load(attribute["values"][0].dump()).native
    raise ValueError("a key without R")
