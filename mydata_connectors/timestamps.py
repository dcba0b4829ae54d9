"""Time stamps and evidence about certificates over HTTP: RFC 3161, OCSP, revocation lists, issuers.

All of these are questions: whatever goes wrong, nothing was done and it may be asked again (AgencyDown). Only
a refusal by the authority itself is final (AgencyRefused).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from domain.errors import AgencyDown, AgencyRefused
from mydata_connectors import timestamp_token
from mydata_connectors.envelope import NotGenuine
from mydata_connectors.exchange import Exchange
from mydata_connectors.timestamp_token import Rejected, is_issued_by

SHA256_BYTES: Final = 32
CLOCK_SKEW: Final = timedelta(minutes=1)
LARGEST: Final = 4 * 2**20  # bytes


@dataclass(frozen=True)
class HttpTrustServices:
    """``domain.ports.TrustServices``. ``base_url``: the trust agency; ``trusted``: root certificates (DER) of the
    trust list that the deployment was given, never what the network says."""

    base_url: str
    trusted: Sequence[bytes]
    http: httpx.AsyncClient

    async def timestamp(self, digest: bytes) -> bytes:
        """RFC 3161 token (DER) over a SHA-256 digest; its signature, chain, nonce and time have been checked."""
        if len(digest) != SHA256_BYTES:
            raise ValueError("not a SHA-256 digest")
        nonce = secrets.randbits(64)
        response = await self._post("/tsa", timestamp_token.request(digest, nonce), "application/timestamp-query")
        roots = [x509.load_der_x509_certificate(der) for der in self.trusted]
        try:
            return timestamp_token.read(response, digest=digest, nonce=nonce, roots=roots, now=datetime.now(UTC))
        except Rejected:
            raise AgencyRefused("timestamp_rejected") from None
        except NotGenuine:
            raise AgencyDown("timestamp_not_genuine") from None

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        """Fresh OCSP response (DER) about ``certificate``, good or revoked, signed for ``issuer``."""
        leaf, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
        builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, above, hashes.SHA256())
        nonce = x509.OCSPNonce(secrets.token_bytes(16))
        request = builder.add_extension(nonce, critical=False).build().public_bytes(Encoding.DER)
        response = await self._post("/ocsp", request, "application/ocsp-request")
        try:
            _check_ocsp(ocsp.load_der_ocsp_response(response), leaf, above, nonce)
        except (ValueError, TypeError, InvalidSignature, NotGenuine, x509.ExtensionNotFound):
            raise AgencyDown("ocsp_not_genuine") from None
        return response

    async def roots(self) -> list[bytes]:
        return list(self.trusted)

    async def crl(self, certificate: bytes) -> bytes:
        """The revocation list (DER) that ``certificate`` names. AgencyRefused: it names none of this agency's."""
        der = await self._get(self._named(certificate, _crl_urls))
        try:
            x509.load_der_x509_crl(der)
        except ValueError:
            raise AgencyDown("crl_unreadable") from None
        return der

    async def issuer(self, certificate: bytes) -> bytes:
        """The certificate (DER) that signed ``certificate``, from where it says."""
        der = await self._get(self._named(certificate, _issuer_urls))
        try:
            above = x509.load_der_x509_certificate(der)
        except ValueError:
            raise AgencyDown("issuer_unreadable") from None
        if not is_issued_by(x509.load_der_x509_certificate(certificate), above):
            raise AgencyDown("issuer_not_genuine")
        return der

    def _named(self, certificate: bytes, urls: Callable[[x509.Certificate], list[str]]) -> str:
        """The path of the first address on our trust agency's host: no certificate sends us elsewhere."""
        host = urlsplit(self.base_url).hostname
        for url in urls(x509.load_der_x509_certificate(certificate)):
            parts = urlsplit(url)
            if parts.hostname == host and parts.path.startswith("/"):
                return parts.path
        raise AgencyRefused("no_address_in_certificate")

    async def _post(self, path: str, body: bytes, kind: str) -> bytes:
        return await self._fetch("POST", path, body, {"Content-Type": kind})

    async def _get(self, path: str) -> bytes:
        return await self._fetch("GET", path, b"", {})

    async def _fetch(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        try:
            reply = await self.http.request(method, self.base_url + path, content=body, headers=headers)
        except httpx.HTTPError:
            raise AgencyDown from None
        if reply.status_code != 200 or len(reply.content) > LARGEST:
            raise AgencyDown
        return reply.content


def _crl_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for point in points for name in point.full_name or ()]


def _issuer_urls(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    wanted = AuthorityInformationAccessOID.CA_ISSUERS
    return [str(entry.access_location.value) for entry in access if entry.access_method == wanted]


def _check_ocsp(
    answer: ocsp.OCSPResponse, leaf: x509.Certificate, above: x509.Certificate, nonce: x509.OCSPNonce
) -> None:
    """A successful, fresh answer to our very question, by the issuer or a responder that the issuer appointed."""
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or answer.serial_number != leaf.serial_number:
        raise NotGenuine("no answer to this")
    if answer.extensions.get_extension_for_class(x509.OCSPNonce).value != nonce:
        raise NotGenuine("an old answer")
    now = datetime.now(UTC)
    if not answer.this_update_utc - CLOCK_SKEW <= now <= (answer.next_update_utc or now):
        raise NotGenuine("not of now")
    signer = next((c for c in answer.certificates if _is_appointed(c, above)), above)
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    if not isinstance(key, ec.EllipticCurvePublicKey) or algorithm is None:
        raise NotGenuine("another signature algorithm")
    key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))


def _is_appointed(responder: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        responder.verify_directly_issued_by(above)
        usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


async def enrol(exchange: Exchange, csr: bytes, reference: str) -> list[bytes]:
    """A certificate for our platform's seal key: chain in DER, leaf first, root last. ``csr``: PKCS#10 (DER).

    Asked again with the same key and name: the same certificate.
    """
    body = {"reference": reference, "usage": "seal", "csr_b64": base64.b64encode(csr).decode()}
    got = await exchange.post("/enrol", body, purpose="enrol")
    try:
        return [base64.b64decode(item, validate=True) for item in got.data["chain_b64"]]
    except (KeyError, TypeError, ValueError):
        raise AgencyDown("bad_answer") from None
