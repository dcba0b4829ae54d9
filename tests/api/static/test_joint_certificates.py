"""The page's own reader of joint certificates (공동인증서), run by node: SEED, three encodings, and refusals."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from domain.time import now
from mydata_connectors.sandbox import _npki
from tests.npki_files import read_key

NODE = shutil.which("node") or "node"  # needed (`make setup`): without it these tests fail
RUN = Path(__file__).parent / "sign.js"
PASSWORD = "비밀번호 pass-1234"
ENCODINGS = get_args(_npki.Encoded)
DATA = "what is signed"


def ask_node(folder: Path, jobs: Sequence[dict[str, Any]]) -> list[Any]:
    (folder / "jobs.json").write_text(json.dumps(list(jobs)))
    done = subprocess.run([NODE, str(RUN), str(folder)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


@dataclass(frozen=True)
class Holder:
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: bytes
    random: bytes


def holder(*, curve: bool = False) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "최민준()008812345")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now()).not_valid_after(now())
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return Holder(key, certificate.public_bytes(Encoding.DER), secrets.token_bytes(20))


@pytest.fixture(scope="module")
def minjun() -> Holder:
    return holder()


def plain(who: Holder) -> bytes:
    assert isinstance(who.key, rsa.RSAPrivateKey)
    return _npki.key_with_random(who.key, who.random)


def opening(folder: Path, name: str, certificate: bytes, key: bytes, password: str = PASSWORD) -> dict[str, Any]:
    for kind, data in (("cert", certificate), ("key", key)):
        (folder / f"{name}.{kind}").write_bytes(data)
    files = {"certificate": f"{name}.cert", "key": f"{name}.key"}
    return {"job": "key", "password": password, "data": DATA, "files": files}


def refusals(folder: Path, cases: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: answer["refused"] for name, answer in zip(cases, ask_node(folder, [*cases.values()]), strict=True)}


def test_seed_is_that_of_the_library(tmp_path: Path) -> None:
    jobs, wanted = [], []
    for size in (0, 1, 15, 16, 17, 1200):
        key, iv, text = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(size)
        padder = PKCS7(128).padder()
        cipher = Cipher(SEED(key), modes.CBC(iv)).encryptor()
        secret = cipher.update(padder.update(text) + padder.finalize()) + cipher.finalize()
        jobs.append({"job": "seed", "key": key.hex(), "iv": iv.hex(), "secret": secret.hex()})
        wanted.append(text.hex())
    assert ask_node(tmp_path, jobs) == wanted


def test_seed_on_the_published_vector(tmp_path: Path) -> None:
    """RFC 4269 appendix B.1: the zero key, one block; its padding is none of ours, so one of ours follows it."""
    plain_block = bytes(range(16))
    first = bytes.fromhex("5ebac6e0054e166819aff1cc6d346cdb")
    cipher = Cipher(SEED(bytes(16)), modes.CBC(first)).encryptor()
    secret = first + cipher.update(bytes([16]) * 16) + cipher.finalize()
    job = {"job": "seed", "key": bytes(16).hex(), "iv": bytes(16).hex(), "secret": secret.hex()}
    assert ask_node(tmp_path, [job]) == [plain_block.hex()]


@pytest.mark.parametrize("encoded", ENCODINGS)
def test_each_encoding_opens_here_and_in_the_second_reader(tmp_path: Path, minjun: Holder, encoded: Any) -> None:
    file = _npki.encrypt(plain(minjun), PASSWORD, encoded=encoded)
    assert read_key(file, PASSWORD) == (plain(minjun), minjun.random)
    (answer,) = ask_node(tmp_path, [opening(tmp_path, "k", minjun.certificate, file)])
    assert base64.b64decode(answer["random"]) == minjun.random
    assert answer["taken"] == "stays", "the key cannot be taken out of the browser"
    assert isinstance(minjun.key, rsa.RSAPrivateKey)
    signature = base64.b64decode(answer["signature"])
    minjun.key.public_key().verify(signature, DATA.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.long
@pytest.mark.parametrize("encoded", ENCODINGS)
def test_wrong_passwords_and_damaged_files(tmp_path: Path, minjun: Holder, encoded: Any) -> None:
    file = _npki.encrypt(plain(minjun), PASSWORD, encoded=encoded)
    flipped = file[:-1] + bytes([file[-1] ^ 1])  # the last block: its padding falls apart

    def case(name: str, key: bytes = file, password: str = PASSWORD, certificate: bytes = b"") -> dict[str, Any]:
        return opening(tmp_path, name, certificate or minjun.certificate, key, password)

    wrong = {f"wrong{n}": case(f"wrong{n}", password=f"{PASSWORD}{n}") for n in range(300)}
    assert set(refusals(tmp_path, wrong).values()) == {"wrong_password"}, "also where the padding looks sound by chance"
    found = refusals(tmp_path, {
        "padding": case("padding", flipped), "cut": case("cut", file[:-16]), "cut off": case("cut off", file[:-5]),
        "empty": case("empty", b""), "text": case("text", b"-----BEGIN"), "more": case("more", file + b"\x00"),
        "certificate": case("certificate", certificate=b"0\x03\x02\x01\x01"), "no password": case("none", password=""),
    })  # fmt: skip
    assert found == {
        "padding": "wrong_password", "cut": "key_unreadable", "cut off": "key_unreadable", "empty": "key_unreadable",
        "text": "key_unreadable", "more": "key_unreadable", "certificate": "certificate_unreadable",
        "no password": "wrong_password",
    }  # fmt: skip


def test_keys_that_do_not_belong_or_cannot_be_used(tmp_path: Path, minjun: Holder) -> None:
    other, curve = holder(), holder(curve=True)
    assert isinstance(curve.key, ec.EllipticCurvePrivateKey)
    on_curve = curve.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    bare = minjun.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    unknown = _npki.encrypt(plain(minjun), PASSWORD).replace(
        bytes.fromhex("06082a831a8c9a44010f"), bytes.fromhex("06082a831a8c9a44010e")
    )
    found = refusals(tmp_path, {
        "another's key": opening(tmp_path, "1", minjun.certificate, _npki.encrypt(plain(other), PASSWORD)),
        "another's certificate": opening(tmp_path, "2", other.certificate, _npki.encrypt(plain(minjun), PASSWORD)),
        "a curve": opening(tmp_path, "3", minjun.certificate, _npki.encrypt(on_curve, PASSWORD)),
        "a certificate on a curve": opening(tmp_path, "4", curve.certificate, _npki.encrypt(plain(other), PASSWORD)),
        "no R": opening(tmp_path, "5", minjun.certificate, _npki.encrypt(bare, PASSWORD)),
        "another cipher": opening(tmp_path, "6", minjun.certificate, unknown),
    })  # fmt: skip
    assert found == {
        "another's key": "key_of_another_certificate", "another's certificate": "key_of_another_certificate",
        "a curve": "key_unknown", "a certificate on a curve": "certificate_unreadable", "no R": "no_random",
        "another cipher": "key_unknown",
    }  # fmt: skip
