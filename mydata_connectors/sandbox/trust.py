"""The trust agency: certificates for people and seals, OCSP, revocation lists, RFC 3161 time stamps, custody, and a
public random source."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Annotated, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pydantic import Base64Bytes, BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mydata_connectors.sandbox import _beacon, _certify, _control, _custody, _envelope, _ledger, _pki, _revocation, _tsa
from mydata_connectors.sandbox._agency import Agency, Message, Refused, Reply, Signed
from mydata_connectors.sandbox._context import AgencyContext

STAMPS = """
CREATE TABLE IF NOT EXISTS stamps (serial INTEGER PRIMARY KEY, request_sha256 TEXT NOT NULL, at TEXT NOT NULL);
"""
ALLOWED_USAGE = {"signing": "person", "onjip": "seal"}
SUBJECT_PARTS = {
    NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER,
}  # fmt: skip


class Enrolment(BaseModel):
    """``csr_b64``: PKCS#10 (DER), P-256: the subject's name and key, signed with that key."""

    reference: Annotated[str, Field(min_length=1, max_length=100)]
    usage: Literal["person", "seal"]
    csr_b64: Base64Bytes


class NewTsa(BaseModel):
    """``seconds``: how long the new certificate is valid; negative: it has been. ``stamps``: for time stamps at all."""

    seconds: Annotated[float, Field(gt=-50, le=3650 * 86400)] = 3650 * 86400
    stamps: bool = True


class Revocation(BaseModel):
    serial: Annotated[str, Field(pattern="^[0-9a-f]{1,40}$")]


def agency(ctx: AgencyContext) -> Agency:
    def enrol(message: Message, db: sqlite3.Connection) -> Reply:
        """A certificate for a key; asked again for the same key and name, the same certificate."""
        wanted = message.read(Enrolment)
        if ALLOWED_USAGE.get(message.client) != wanted.usage:
            raise Refused("usage_not_allowed", "this client may not enrol for this usage")
        csr, public = _checked(wanted.csr_b64)
        row = db.execute(
            "SELECT der, serial, at FROM certificates WHERE client = ? AND spki_sha256 = ? AND subject = ?",
            (message.client, _pki.spki_sha256(public), csr.subject.public_bytes()),
        ).fetchone()
        if row is None:
            issuing = _pki.authority(db, ctx.home, "issuing")
            policy = _pki.REMOTE_KEY if wanted.usage == "person" else None
            certificate = _pki.leaf(csr.subject, public, issuing, ctx.base_url, policy=policy)
            _pki.keep(db, certificate, role=wanted.usage, issuer="issuing", client=message.client)
            serial, at = f"{certificate.serial_number:x}", _ledger.stamp()
            digest = message.body_sha256
            _ledger.act(db, kind="certificate", reference=wanted.reference, number=serial, body_sha256=digest)
            return Reply(_certify.answer(db, certificate.public_bytes(Encoding.DER), serial, at))
        return Reply(_certify.answer(db, row["der"], row["serial"], row["at"]))

    def seed(db: sqlite3.Connection) -> None:
        _pki.found(db, ctx.home, ctx.base_url)

    return Agency(
        title_ko="전자서명인증·시점확인 기관",
        title_en="Certificates and time stamps",
        idempotent=True,
        schema=_pki.SCHEMA + STAMPS + _custody.SCHEMA + _certify.SCHEMA,
        seed=seed,
        signed=(
            Signed("POST", "/enrol", enrol, ("enrol",), ("onjip", "signing")),
            *_certify.lines(ctx),
            *_custody.lines(ctx),
        ),
        pages=_certify.pages(ctx),
        raw=(
            Route("/trust.pem", root_pem),
            Route("/ca/{issuer}.cer", ca_certificate),
            Route("/crl/{issuer}.crl", revocation_list),
            Route("/ocsp", ocsp, methods=["POST"]),
            Route("/tsa", tsa, methods=["POST"]),
            *_beacon.routes(),
            Route("/_control/revoke", _control.guarded(ctx, revoke), methods=["POST"]),
            Route("/_control/tsa", _control.guarded(ctx, new_tsa), methods=["POST"]),
        ),
    )


def _checked(der: bytes) -> tuple[x509.CertificateSigningRequest, ec.EllipticCurvePublicKey]:
    """The request with its key, when the asker holds the key and names only what we certify."""
    try:
        csr = x509.load_der_x509_csr(der)
        public = csr.public_key()
        names = [attribute.oid for attribute in csr.subject]
        fine = csr.is_signature_valid and set(names) <= SUBJECT_PARTS and len(names) == len(set(names))
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        raise Refused("csr_unreadable", "the request cannot be read") from None
    if not fine or NameOID.COMMON_NAME not in names:
        raise Refused("csr_refused", "signature or name of the request are not acceptable")
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise Refused("csr_key", "not a P-256 key")
    return csr, public


async def root_pem(request: Request) -> Response:
    pem = _pki.certificate(request.app.state.db, "root").public_bytes(Encoding.PEM)
    return Response(pem, media_type="application/x-pem-file")


async def ca_certificate(request: Request) -> Response:
    issuer = _issuer(request)
    if issuer is None:
        return Response(status_code=404)
    der = _pki.certificate(request.app.state.db, issuer).public_bytes(Encoding.DER)
    return Response(der, media_type="application/pkix-cert")


async def revocation_list(request: Request) -> Response:
    issuer = _issuer(request)
    if issuer is None:
        return Response(status_code=404)
    state = request.app.state
    return Response(_revocation.crl(state.db, state.ctx.home, issuer), media_type="application/pkix-crl")


def _issuer(request: Request) -> str | None:
    name = str(request.path_params["issuer"])
    return name if name in _revocation.ISSUERS else None


async def ocsp(request: Request) -> Response:
    state = request.app.state
    answer = _revocation.answer(state.db, state.ctx.home, await request.body())
    return Response(answer, media_type="application/ocsp-response")


async def tsa(request: Request) -> Response:
    """Numbers are given in the same transaction as the stamp is written down: none serves twice."""
    state, asked = request.app.state, await request.body()
    try:
        with _ledger.transaction(state.db) as db:
            serial = _ledger.next_number(db, "stamp")
            authority = _pki.authority(db, state.ctx.home, "tsa")
            issuing = _pki.certificate(db, "issuing").public_bytes(Encoding.DER)
            answer = _tsa.stamp(asked, serial, authority, issuing)
            db.execute("INSERT INTO stamps VALUES (?,?,?)", (serial, _envelope.sha256(asked), _ledger.stamp()))
    except _tsa.Rejected as rejected:
        answer = _tsa.rejection(str(rejected))
    return Response(answer, media_type="application/timestamp-reply")


async def new_tsa(request: Request) -> Response:
    """Control side: the time-stamp authority gets another certificate. Answers with the serial of the old one."""
    try:
        wanted = NewTsa.model_validate_json(await request.body())
    except ValueError:
        return JSONResponse({"code": "invalid"}, 400)
    state, life = request.app.state, timedelta(seconds=wanted.seconds)
    with _ledger.transaction(state.db) as db:
        old = f"{_pki.certificate(db, 'tsa').serial_number:x}"
        made = _pki.new_tsa(db, state.ctx.home, state.ctx.base_url, life=life, stamps=wanted.stamps)
        serial = f"{made.serial_number:x}"
        _ledger.act(db, kind="certificate", reference="tsa", number=serial, body_sha256="")
    return JSONResponse({"old": old, "serial": serial})


async def revoke(request: Request) -> Response:
    """Control side: ``{"serial": hex}``."""
    try:
        wanted = Revocation.model_validate_json(await request.body())
    except ValueError:
        return JSONResponse({"code": "invalid"}, 400)
    with _ledger.transaction(request.app.state.db) as db:
        done = _revocation.revoke(db, wanted.serial)
        if done:
            _ledger.act(db, kind="revocation", reference=wanted.serial, number=wanted.serial, body_sha256="")
    return JSONResponse({"revoked": done})
