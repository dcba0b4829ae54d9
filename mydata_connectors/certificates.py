"""Certificates for keys that people hold themselves: whose key it is says the identity provider, the CA certifies it.

Private keys are in none of these messages. What is refused is said in words that the person can act on.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from pydantic import ValidationError

from domain.errors import AgencyDown, AgencyRefused, Invalid
from domain.ports import KeyVerification
from mydata_connectors.exchange import Exchange, Received

PURPOSE: Final = "certify"
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "other_person": (
        "다른 사람의 인증서이거나 다른 사람이 확인했습니다. 본인의 인증서로, 본인 아이디로 다시 하십시오.",
        "This is another person's. Use your own certificate and your own log-in.",
    ),
    "session_expired": (
        "본인확인을 한 지 오래되었습니다. 본인확인부터 다시 하십시오.",
        "The identity check is too old. Do it again.",
    ),
    "nonce_used": (
        "이미 쓴 본인확인입니다. 본인확인부터 다시 하십시오.",
        "This identity check has been used already. Do it again.",
    ),
    "unknown_attestation": (
        "그런 본인확인이 없습니다. 처음부터 다시 하십시오.",
        "There is no such identity check. Begin again.",
    ),
    "other_key": ("본인확인을 한 열쇠와 다릅니다. 처음부터 다시 하십시오.", "This is another key. Begin again."),
    "proof_invalid": (
        "이 브라우저의 열쇠로 확인되지 않았습니다. 처음부터 다시 하십시오.",
        "The key of this browser did not prove itself. Begin again.",
    ),
    "certificate_unreadable": (
        "공동인증서로 읽을 수 없는 파일입니다. signCert.der 파일을 고르십시오.",
        "This is not a joint certificate. Choose the file signCert.der.",
    ),
    "certificate_expired": (
        "유효기간이 지난 인증서입니다. 인증서를 갱신한 뒤 다시 하십시오.",
        "The certificate has expired. Renew it and try again.",
    ),
    "certificate_revoked": (
        "폐지된 인증서입니다. 새 인증서를 발급받아 주십시오.",
        "The certificate is revoked. Get a new one.",
    ),
    "certificate_untrusted": (
        "인정되는 기관이 발급한 인증서가 아닙니다. 다른 인증서를 고르십시오.",
        "No recognised authority issued this certificate. Choose another one.",
    ),
}


@dataclass(frozen=True)
class CertificateDesk:
    """``domain.ports.CertificateDesk``. ``identity``: who says whose a key is; ``authority``: who certifies it."""

    identity: Exchange
    authority: Exchange

    async def ask(self, identity_ref: str, key_sha256: str, return_to: str) -> KeyVerification:
        body = {"key_sha256": key_sha256, "return_to": return_to}
        posted = self.identity.post("/attestations", body, purpose=PURPOSE, subject_ref=identity_ref)
        return _verification((await _answer(posted)).data)

    async def verification(self, identity_ref: str, number: str) -> KeyVerification:
        asked = self.identity.get(f"/attestations/{number}", purpose=PURPOSE, subject_ref=identity_ref)
        return _verification((await _answer(asked)).data)

    async def certify(self, identity_ref: str, attestation: str, key: bytes, proof: bytes) -> list[bytes]:
        """The same proof is the same message: its answer is the same certificate, also after a crash of ours."""
        body = {"attestation": attestation, "key_b64": _b64(key), "proof_b64": _b64(proof)}
        msg_id = str(uuid5(NAMESPACE_URL, f"{attestation}.{body['proof_b64']}"))
        posted = self.authority.post("/certificates", body, purpose=PURPOSE, msg_id=msg_id, subject_ref=identity_ref)
        return _chain((await _answer(posted)).data)

    async def owned(self, identity_ref: str, certificate: bytes, random: bytes) -> list[bytes]:
        body = {"certificate_b64": _b64(certificate), "random_b64": _b64(random)}
        posted = self.identity.post("/certificate-owners", body, purpose=PURPOSE, subject_ref=identity_ref)
        return _chain((await _answer(posted)).data)


async def _answer(call: Awaitable[Received]) -> Received:
    """Invalid: refused for a reason that its person can mend."""
    try:
        return await call
    except AgencyRefused as refused:
        if refused.code not in SENTENCES:
            raise
        ko, en = SENTENCES[refused.code]
        raise Invalid(refused.code, field="certificate", ko=ko, en=en) from refused


def _verification(data: dict[str, Any]) -> KeyVerification:
    try:
        return KeyVerification.model_validate({name: data.get(name) for name in KeyVerification.model_fields})
    except ValidationError:
        raise AgencyDown("bad_answer") from None


def _chain(data: dict[str, Any]) -> list[bytes]:
    try:
        return [base64.b64decode(item, validate=True) for item in data["chain_b64"]]
    except (KeyError, TypeError, ValueError):
        raise AgencyDown("bad_answer") from None


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
