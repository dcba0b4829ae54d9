"""Time stamps and revocation answers through the port, each checked before it is used. Our own clock is never asked."""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from asn1crypto import cms, x509
from asn1crypto.ocsp import OCSPResponse
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from contracts.algorithms import believed_until
from contracts.policy import SIGNER_POLICY
from contracts.trust import Trust, check_chain, code_of, path_to_root
from domain.errors import AgencyDown, Invalid, OnjipError
from domain.ports import TrustServices

T = TypeVar("T")
ASK_AGAIN = timedelta(minutes=5)

# Whatever hostile or broken ASN.1 makes the libraries raise.
BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, SigningError, SignatureValidationError)

SENTENCES = {
    "certificate_revoked": (
        "폐지된 인증서입니다. 새 인증서를 발급받아 주십시오.",
        "The certificate is revoked. Get a new one.",
    ),
    "certificate_expired": (
        "유효기간 안의 인증서가 아닙니다. 새 인증서를 발급받아 주십시오.",
        "The certificate is not valid now. Get a new one.",
    ),
    "certificate_untrusted": (
        "신뢰할 수 있는 기관이 발급한 인증서가 아닙니다.",
        "No trusted authority stands behind the certificate.",
    ),
    "certificate_invalid": (
        "서명에 쓸 수 없는 인증서입니다. 다른 인증서를 골라 주십시오.",
        "The certificate cannot be used for signing. Choose another one.",
    ),
}


@dataclass(frozen=True)
class Stamp:
    """A checked time-stamp token, as it came, the moment it tells, and the last one at which it is believed."""

    der: bytes
    token: cms.ContentInfo
    at: datetime
    until: datetime


def down(what: str) -> AgencyDown:
    return AgencyDown(what, ko="시점확인·인증기관이 응답하지 않습니다. 잠시 뒤 다시 시도합니다.",
                      en="The trust service gives no usable answer. We try again.")  # fmt: skip


async def ask(what: str, call: Awaitable[T]) -> T:
    """The port's answer; any failure that is not one of our errors means that the agency is down."""
    try:
        return await call
    except OnjipError:
        raise
    except Exception as error:
        raise down(what) from error


class Authorities:
    """The trust port with this deployment's roots."""

    def __init__(self, services: TrustServices, trust: Trust) -> None:
        self._services = services
        self.trust = trust
        self._good: dict[bytes, datetime] = {}  # time-stamp authorities, and until when nobody need ask about them

    async def stamp_of(self, data: bytes) -> Stamp:
        return await self.stamp(hashlib.sha256(data).digest())

    async def stamp(self, digest: bytes) -> Stamp:
        """A token over ``digest`` (SHA-256) from a trusted authority whose certificate and algorithms hold.

        AgencyDown otherwise, whatever the reason: somebody else must repair it, and until then nothing is stamped.
        """
        der = await ask("timestamp_failed", self._services.timestamp(digest))
        try:
            token = cms.ContentInfo.load(der, strict=True)
            at = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
            chain = chain_of(token["content"])
            known = at < self._good.get(chain[0].sha256, at)
            await self._genuine(token["content"], digest, at, chain[:1] if known else self.trust.roots)
            digest_name = token["content"]["signer_infos"][0]["digest_algorithm"]["algorithm"].native
            until = believed_until(path_to_root(chain, self.trust), digest_name)
            if at > until:
                raise SigningError("an algorithm whose time is over")
            if not known:
                await self._not_revoked(chain, at)
        except (*BROKEN, PathBuildingError, ValidationError) as error:
            raise down("timestamp_invalid") from error
        return Stamp(der, token, at, until)

    async def _genuine(
        self, signed: cms.SignedData, digest: bytes, at: datetime, anchors: Sequence[x509.Certificate]
    ) -> None:
        """Intact, over ``digest``, and by a certificate for time stamps that was valid then. Raises SigningError.

        ``anchors``: the roots; or the authority's own certificate, when its way to a root was found a while ago.
        """
        context = ValidationContext(trust_roots=list(anchors), allow_fetching=False, moment=at)
        try:
            status = await validate_tst_signed_data(signed, context, lambda _: digest)
        finally:
            await context.aclose()
        if not (status["intact"] and status["valid"] and status["trust_problem_indic"] is None):
            raise SigningError("no genuine time stamp")

    async def _not_revoked(self, chain: Sequence[x509.Certificate], at: datetime) -> None:
        """Else its stamps could never be archived. Asked again after a while, by the stamps' own time."""
        ocsps = list((await self.answers(chain)).values())
        await check_chain(chain, self.trust, at=at, ocsps=ocsps, policy=SIGNER_POLICY, key_usage=frozenset())
        self._good[chain[0].sha256] = at + ASK_AGAIN

    async def answers(
        self, chain: Sequence[x509.Certificate], known: Mapping[bytes, bytes] = MappingProxyType({})
    ) -> dict[bytes, bytes]:
        """OCSP answers (DER) by certificate digest: for ``chain[0]``, and for authorities that say where to ask.

        What is in ``known`` is not asked again. Raises PathBuildingError when no root is reached.
        """
        found: dict[bytes, bytes] = {}
        for certificate, issuer in pairwise(path_to_root(chain, self.trust)):
            wanted = certificate is chain[0] or bool(certificate.ocsp_urls)
            if wanted and certificate.sha256 not in known:
                found[certificate.sha256] = await self._answer(certificate, issuer)
        return found

    async def _answer(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        der = await ask("ocsp_failed", self._services.ocsp(certificate.dump(), issuer.dump()))
        try:
            status = OCSPResponse.load(der, strict=True)["response_status"].native
        except BROKEN as error:
            raise down("ocsp_invalid") from error
        if status != "successful":
            raise down("ocsp_invalid")
        return der

    async def check_signer(self, chain: Sequence[x509.Certificate], at: datetime) -> None:
        """``chain[0]`` may sign at ``at`` (a time stamp's). Raises Invalid with the certificate's trouble."""
        try:
            ocsps = list((await self.answers(chain)).values())
            await check_chain(chain, self.trust, at=at, ocsps=ocsps, policy=SIGNER_POLICY)
        except OnjipError:
            raise
        except Exception as error:
            code = code_of(error)
            ko, en = SENTENCES[code]
            raise Invalid(code, field="certificate", article="전자서명법 제2조", ko=ko, en=en) from error


def chain_of(signed_data: cms.SignedData) -> list[x509.Certificate]:
    """Certificates of a signature, its signer's first."""
    certs = extract_certs_for_validation(signed_data)
    return [certs.signer_cert, *certs.other_certs]


class PortTimeStamper(TimeStamper):
    """The library's face of ``Authorities.stamp``."""

    def __init__(self, authorities: Authorities) -> None:
        super().__init__(include_nonce=False)
        self._authorities = authorities

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm != "sha256":
            raise SigningError("the port stamps SHA-256 digests")
        return (await self._authorities.stamp(message_digest)).token
