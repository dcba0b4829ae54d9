"""Time stamps and revocation answers through the port, each checked before it is used. Our own clock is never asked."""

# mypy: allow-untyped-calls
from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from asn1crypto import cms, x509
from asn1crypto.ocsp import OCSPResponse
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from contracts.policy import SIGNER_POLICY
from contracts.trust import Trust, check_chain, code_of, path_to_root
from domain.errors import AgencyDown, Invalid, OnjipError
from domain.ports import TrustServices

T = TypeVar("T")

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
    """A checked time-stamp token and the moment it tells."""

    token: cms.ContentInfo
    at: datetime


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

    async def stamp(self, digest: bytes) -> Stamp:
        """A token over ``digest`` (SHA-256) from a trusted authority. AgencyDown otherwise, whatever the reason."""
        der = await ask("timestamp_failed", self._services.timestamp(digest))
        context = ValidationContext(trust_roots=list(self.trust.roots), allow_fetching=False)
        try:
            token = cms.ContentInfo.load(der, strict=True)
            at = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
            context = ValidationContext(trust_roots=list(self.trust.roots), allow_fetching=False, moment=at)
            status = await validate_tst_signed_data(token["content"], context, lambda _: digest)
        except BROKEN as error:
            raise down("timestamp_invalid") from error
        finally:
            await context.aclose()
        if not (status["intact"] and status["valid"] and status["trust_problem_indic"] is None):
            raise down("timestamp_invalid")
        return Stamp(token, at)

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


class PortTimeStamper(TimeStamper):
    """The library's face of ``Authorities.stamp``."""

    def __init__(self, authorities: Authorities) -> None:
        super().__init__(include_nonce=False)
        self._authorities = authorities

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm != "sha256":
            raise SigningError("the port stamps SHA-256 digests")
        return (await self._authorities.stamp(message_digest)).token
