"""Who really signed: verified signatures, with the trust agency asked whether the certificates still stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pydantic import BaseModel

from mydata_connectors.sandbox import _cms, _jws
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._context import AgencyContext, loopback_http
from mydata_connectors.sandbox._filing import Filing, SignatureIn, from_base64

M = TypeVar("M", bound=BaseModel)
CLOCK_SKEW = timedelta(seconds=60)
OCSP_REQUEST = {"Content-Type": "application/ocsp-request"}


class Signers:
    """``trust.pem`` is fetched once and kept beside the agency's ledger; revocation is asked every time."""

    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx = ctx
        self.kept = ctx.home / f"{ctx.name}.trust.pem"

    async def verified(self, filing: Filing[M]) -> Filing[M]:
        """The filing with its ``signers``. Raises ``Refused``: 422 for a signature that is not what it says, 503
        when the trust agency does not answer."""
        names = await self._people(filing.signatures, _cms.sha256(filing.raw))
        return replace(filing, signers=frozenset(names))

    async def _people(self, signatures: Iterable[SignatureIn], digest: bytes) -> list[str]:
        names = []
        for signature in signatures:
            signer = await self.signer(from_base64(signature.cms, "signatures"), digest)
            if signer.identity_ref != signature.identity_ref:
                raise Refused("signer_differs", "a signature is somebody else's")
            names.append(signer.identity_ref)
        return names

    async def signer(self, der: bytes, digest: bytes) -> _cms.Signer:
        """Who signed what has this digest, with a certificate that is valid and not revoked now."""
        signer = _cms.verify(der, digest, await self.roots(), datetime.now(UTC))
        await self._check_not_revoked(signer)
        return signer

    async def manifest_signer(self, token: bytes, body: bytes) -> _cms.Signer:
        """Who signed ``body`` as a compact JWS that brings its own chain (x5c)."""
        leaf, others = _jws.verify(token, body)
        signer = _cms.trusted(leaf, others, await self.roots(), datetime.now(UTC))
        await self._check_not_revoked(signer)
        return signer

    async def holder(self, der: bytes) -> tuple[_cms.Signer, list[bytes]]:
        """Whose certificate this is, valid and not revoked now, and its chain (DER, leaf first, root last)."""
        try:
            leaf = x509.load_der_x509_certificate(der)
        except ValueError:
            raise Refused("certificate_unreadable", "not a certificate") from None
        issuing = x509.load_der_x509_certificate(await self._ask("GET", "/ca/issuing.cer"))
        roots = await self.roots()
        signer = _cms.trusted(leaf, [issuing], roots, datetime.now(UTC))
        await self._check_not_revoked(signer)
        return signer, [one.public_bytes(Encoding.DER) for one in (leaf, issuing, *roots)]

    async def roots(self) -> Sequence[x509.Certificate]:
        if not self.kept.exists():
            pem = await self._ask("GET", "/trust.pem")
            x509.load_pem_x509_certificates(pem)  # what cannot be read is not kept
            draft = self.kept.with_suffix(".new")
            draft.write_bytes(pem)
            draft.replace(self.kept)
        return x509.load_pem_x509_certificates(self.kept.read_bytes())

    async def _check_not_revoked(self, signer: _cms.Signer) -> None:
        request = ocsp.OCSPRequestBuilder().add_certificate(signer.certificate, signer.issuer, hashes.SHA256()).build()
        answer = await self._ask("POST", "/ocsp", request.public_bytes(Encoding.DER))
        try:
            status = _status(answer, signer)
        except (ValueError, InvalidSignature):
            raise _unavailable() from None
        if status is not ocsp.OCSPCertStatus.GOOD:
            raise Refused("certificate_revoked", "a certificate is revoked or unknown")

    async def _ask(self, method: str, path: str, content: bytes = b"") -> bytes:
        headers = OCSP_REQUEST if content else {}
        try:
            async with loopback_http() as client:
                reply = await client.request(method, self.ctx.url("trust") + path, content=content, headers=headers)
        except httpx.HTTPError:
            raise _unavailable() from None
        if reply.status_code != 200:
            raise _unavailable()
        return reply.content


def _status(der: bytes, signer: _cms.Signer) -> ocsp.OCSPCertStatus:
    """The status in a fresh answer about exactly this certificate, signed by its issuer or the issuer's responder."""
    answer = ocsp.load_der_ocsp_response(der)
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError("no answer")
    now, until = datetime.now(UTC), answer.next_update_utc
    fresh = answer.this_update_utc <= now + CLOCK_SKEW and (until is None or now <= until)
    if answer.serial_number != signer.certificate.serial_number or not fresh:
        raise ValueError("about something else")
    _check_answer_signature(answer, signer.issuer)
    return answer.certificate_status


def _check_answer_signature(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    responder = next((c for c in answer.certificates if _may_answer(c, issuer)), issuer)
    key, algorithm = responder.public_key(), answer.signature_hash_algorithm
    if not isinstance(key, ec.EllipticCurvePublicKey) or algorithm is None:
        raise ValueError("another kind of key")
    key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))


def _may_answer(responder: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        responder.verify_directly_issued_by(issuer)
        usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _unavailable() -> Refused:
    message = "the trust agency does not answer"
    return Refused("trust_unavailable", message, status=503, origin="provider_gateway", retryable=True)
