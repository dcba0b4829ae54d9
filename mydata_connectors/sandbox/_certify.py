"""Certificates for keys that people hold themselves: one in the browser, after a fresh word of the identity provider;
and joint certificates (공동인증서) to try things with, as files, at the agency's own counter.
"""

from __future__ import annotations

import base64
import io
import secrets
import sqlite3
import time
import zipfile
from functools import partial
from typing import Annotated, Any, get_args

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID
from pydantic import Base64Bytes, BaseModel, Field
from starlette.responses import Response

from mydata_connectors.sandbox import _envelope, _ledger, _npki, _pages, _pki
from mydata_connectors.sandbox._agency import Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._people import Person
from mydata_connectors.sandbox._signing_keys import UTF8

SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (jti TEXT PRIMARY KEY, at TEXT NOT NULL);
"""
RAW = 64  # bytes of r and s of P-256
SHORTEST_PASSWORD = 8
FORMATS = {"seed_sha1": "표준 (SEED, SHA1)", "seed_fixed_iv": "오래된 형식 (고정 IV)", "pbes2": "PBES2 (SEED)"}


class Claim(BaseModel):
    """``attestation``: the identity provider's word. ``proof_b64``: raw r and s over it, by the key that it names."""

    attestation: Annotated[str, Field(max_length=4000)]
    key_b64: Base64Bytes
    proof_b64: Base64Bytes


def lines(ctx: AgencyContext) -> tuple[Signed, ...]:
    return (Signed("POST", "/certificates", partial(certify, ctx), ("certify",)),)


def pages(ctx: AgencyContext) -> tuple[Page, ...]:
    return (
        Page("GET", "/people", counter),
        Page("POST", "/people/joint-certificate", partial(joint_certificate, ctx)),
    )


def certify(ctx: AgencyContext, message: Message, db: sqlite3.Connection) -> Reply:
    """A certificate for a key on its holder's device; each word of the identity provider serves once."""
    claim = message.read(Claim)
    said = _said(ctx, claim.attestation)
    if said["identity_ref"] != message.subject_ref:
        raise Refused("other_person", "the word is about another person")
    if said["exp"] <= time.time():
        raise Refused("session_expired", "the word is too old")
    if db.execute("SELECT 1 FROM spent WHERE jti = ?", (said["jti"],)).fetchone() is not None:
        raise Refused("nonce_used", "the word has served already")
    public = _proven(claim, said["key_sha256"])
    subject = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.COMMON_NAME, said["name"]),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, said["identity_ref"], UTF8),
    ])  # fmt: skip
    db.execute("INSERT INTO spent VALUES (?,?)", (said["jti"], _ledger.stamp()))
    certificate = _issue(ctx, db, subject, public, policy=_pki.DEVICE_KEY, reference=said["jti"])
    serial = f"{certificate.serial_number:x}"
    return Reply(answer(db, certificate.public_bytes(Encoding.DER), serial, _ledger.stamp()))


def answer(db: sqlite3.Connection, der: bytes, serial: str, at: str) -> dict[str, object]:
    """A certificate with its chain, leaf first, root last."""
    chain = [der, *(_pki.certificate(db, role).public_bytes(Encoding.DER) for role in ("issuing", "root"))]
    return {"number": serial, "at": at, "chain_b64": [base64.b64encode(item).decode() for item in chain]}


def _said(ctx: AgencyContext, token: str) -> dict[str, Any]:
    try:
        _, said = _envelope.verify_token(token, {"identity": ctx.clients["identity"]})
        if not all(isinstance(said[name], str) for name in ("jti", "identity_ref", "name", "key_sha256")):
            raise TypeError
        return {**said, "exp": int(said["exp"])}
    except (Refused, KeyError, TypeError, ValueError):
        raise Refused("attestation_invalid", "not the identity provider's word") from None


def _proven(claim: Claim, key_sha256: str) -> ec.EllipticCurvePublicKey:
    """The key that the word names; whoever sent it holds its private half."""
    if _envelope.sha256(claim.key_b64) != key_sha256:
        raise Refused("other_key", "the word is about another key")
    try:
        key, raw = load_der_public_key(claim.key_b64), claim.proof_b64
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1) or len(raw) != RAW:
            raise ValueError("not a P-256 key with its signature")
        r, s = (int.from_bytes(half, "big") for half in (raw[: RAW // 2], raw[RAW // 2 :]))
        key.verify(utils.encode_dss_signature(r, s), claim.attestation.encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        raise Refused("proof_invalid", "the key did not sign the word") from None
    return key


def _issue(
    ctx: AgencyContext, db: sqlite3.Connection, subject: x509.Name, public: _pki.Public, *, policy: str, reference: str,
    identity: x509.SubjectAlternativeName | None = None,
) -> x509.Certificate:  # fmt: skip
    issuing = _pki.authority(db, ctx.home, "issuing")
    certificate = _pki.leaf(subject, public, issuing, ctx.base_url, policy=policy, identity=identity)
    _pki.keep(db, certificate, role="person", issuer="issuing", client="")
    serial = f"{certificate.serial_number:x}"
    _ledger.act(db, kind="certificate", reference=reference, number=serial, body_sha256="")
    return certificate


def counter(visit: Visit, db: sqlite3.Connection) -> View:
    options = "".join(f'<option value="{name}">{text}</option>' for name, text in FORMATS.items())
    chosen = f'<label for="encoded">개인키 형식 (Form)</label><select id="encoded" name="encoded">{options}</select>'
    password = _pages.field("password", "새 인증서 비밀번호", kind="password", autocomplete="new-password")
    text = "<p>시험용 공동인증서를 만듭니다. signCert.der와 signPri.key가 든 압축 파일을 받습니다.</p>"
    form = _pages.form("/people/joint-certificate", password + chosen, "발급 (Issue)")
    return View("공동인증서 (시험용)", text + form)


def joint_certificate(ctx: AgencyContext, visit: Visit, db: sqlite3.Connection) -> Response:
    """A new RSA key with its certificate for who is logged in; the key is in the answer and nowhere else."""
    password, encoded = visit.form.get("password", ""), visit.form.get("encoded", "seed_sha1")
    if len(password) < SHORTEST_PASSWORD or encoded not in get_args(_npki.Encoded):
        raise Refused("bad_request", "비밀번호는 8자 이상입니다. (A password of 8 characters or more.)")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    random = secrets.token_bytes(_npki.R_BYTES)
    certificate = _joint(ctx, db, visit.person, key.public_key(), random)
    files = {
        "signCert.der": certificate.public_bytes(Encoding.DER),
        "signPri.key": _npki.encrypt(_npki.key_with_random(key, random), password, encoded=encoded),  # type: ignore[arg-type]
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    headers = {"Content-Disposition": 'attachment; filename="NPKI.zip"', "Cache-Control": "no-store"}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


def _joint(
    ctx: AgencyContext, db: sqlite3.Connection, person: Person, public: rsa.RSAPublicKey, random: bytes
) -> x509.Certificate:
    subject = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "sandbox"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "personal"),
        x509.NameAttribute(NameOID.COMMON_NAME, f"{person.name}()0088{secrets.randbelow(10**16):016d}"),
        # Real ones have none: institutions find their person by what the CA tells them. Here it stands in the name.
        x509.NameAttribute(NameOID.SERIAL_NUMBER, person.identity_ref, UTF8),
    ])  # fmt: skip
    identity = _npki.identity(person.name, person.number, random)
    named = {"policy": _pki.JOINT_KEY, "reference": person.identity_ref}
    return _issue(ctx, db, subject, public, **named, identity=identity)
