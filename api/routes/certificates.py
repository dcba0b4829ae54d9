"""Certificates of keys that people hold themselves: in this browser, or in the files of a joint certificate.

Public keys, certificates and signatures come here; a private key or its password never does.
"""

from __future__ import annotations

from typing import Annotated, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from fastapi import APIRouter, Path
from pydantic import BaseModel, StringConstraints

from api.access import Me
from api.idempotency import OnceKey, once
from api.inputs import Bytes64, Sha256Text, Strict, bytes_of, iso
from api.services import Door, Services
from domain.errors import Invalid, WrongState
from domain.people import Person
from domain.words import SigningMeans
from store import devices
from store.tables.devices import CertificateRow

router = APIRouter(prefix="/api/v1", tags=["certificates"])
BASIS = "전자서명법 제14조"  # identity is checked by the institution that is recognised for it
Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{8,60}$")]


class CheckIn(Strict):
    """``key_sha256``: of the public key (SubjectPublicKeyInfo, DER). ``return_to``: page of ours to come back to."""

    key_sha256: Sha256Text
    return_to: Annotated[str, StringConstraints(pattern=r"^/contracts/[0-9a-f-]{36}/signing$")]


class CheckOut(BaseModel):
    """An identity check at the identity provider, at ``url``. ``attestation``: its word, once it was given."""

    number: str
    url: str | None
    ends_at: str | None
    attestation: str | None


class BrowserKeyIn(Strict):
    """``proof``: raw r and s over the attestation's text, by the private half of ``key`` (SubjectPublicKeyInfo)."""

    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,60}$")]
    key: Bytes64
    proof: Bytes64


class JointIn(Strict):
    """``certificate``: signCert.der. ``random``: R out of the key file, by which the VID is checked."""

    certificate: Bytes64
    random: Bytes64


class CertificateOut(BaseModel):
    """``certificate``: base64 DER."""

    sha256: str
    means: str
    certificate: str
    ends_at: str | None


@router.get("/certificates", name="list")
async def own(person: Me, services: Door) -> list[CertificateOut]:
    """My certificates that have not run out, the newest first."""
    async with services.db.transaction() as session:
        return [_out(row) for row in await devices.certificates_of(session, person.id)]


@router.post("/certificates/checks", status_code=201, response_model=CheckOut, name="check-key")
async def check(body: CheckIn, person: Me, key: OnceKey, services: Door) -> Any:
    """Begin: at the identity provider I confirm with my PIN that this key is mine."""

    async def work() -> CheckOut:
        ref = await _handle(services, person)
        asked = await services.certificates.ask(ref, body.key_sha256, services.public_url + body.return_to)
        return CheckOut(number=asked.number, url=asked.url, ends_at=iso(asked.ends_at), attestation=None)

    return (await once(services, key, body, work, status=201)).response()


@router.get("/certificates/checks/{number}", name="key-check")
async def checked(number: Number, person: Me, services: Door) -> CheckOut:
    found = await services.certificates.verification(await _handle(services, person), number)
    return CheckOut(number=found.number, url=found.url, ends_at=iso(found.ends_at), attestation=found.attestation)


@router.post("/certificates/browser", status_code=201, response_model=CertificateOut, name="certify-key")
async def certify(body: BrowserKeyIn, person: Me, key: OnceKey, services: Door) -> Any:
    """A certificate for the key of this browser, after the identity check of that number."""
    public, proof = bytes_of(body.key, "key"), bytes_of(body.proof, "proof")

    async def work() -> CertificateOut:
        ref = await _handle(services, person)
        found = await services.certificates.verification(ref, body.number)
        if found.attestation is None:
            raise WrongState(
                "not_confirmed", ko="아직 본인확인을 하지 않았습니다. 본인확인을 먼저 해 주십시오.",
                en="The identity check has not been made yet. Make it first.",
            )  # fmt: skip
        chain = await services.certificates.certify(ref, found.attestation, public, proof)
        if _holder(chain[0]) != (public, ref):
            raise Invalid("certificate_of_another", field="certificate")
        return await _kept(services, person, SigningMeans.BROWSER_KEY, chain)

    return (await once(services, key, body, work, status=201)).response()


@router.post("/certificates/joint", status_code=201, response_model=CertificateOut, name="register-joint")
async def register(body: JointIn, person: Me, key: OnceKey, services: Door) -> Any:
    """My joint certificate (공동인증서): whether it is mine says the identity provider, by number and R (VID)."""
    certificate, random = bytes_of(body.certificate, "certificate"), bytes_of(body.random, "random")

    async def work() -> CertificateOut:
        chain = await services.certificates.owned(await _handle(services, person), certificate, random)
        if chain[0] != certificate:
            raise Invalid("certificate_of_another", field="certificate")
        return await _kept(services, person, SigningMeans.JOINT_CERTIFICATE, chain)

    return (await once(services, key, body, work, status=201)).response()


async def _handle(services: Services, person: Person) -> str:
    async with services.db.transaction() as session:
        return await services.sealed.open(session, person.id, "identity_ref", basis=BASIS, purpose="certify a key")


async def _kept(services: Services, person: Person, means: SigningMeans, chain: list[bytes]) -> CertificateOut:
    ends_at = x509.load_der_x509_certificate(chain[0]).not_valid_after_utc
    async with services.db.transaction() as session:
        return _out(await devices.keep_certificate(session, person.id, means, chain, ends_at))


def _holder(certificate: bytes) -> tuple[bytes, str]:
    """Public key and identity reference in a certificate that was issued for a browser."""
    found = x509.load_der_x509_certificate(certificate)
    public = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    numbers = found.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return public, str(numbers[0].value) if len(numbers) == 1 else ""


def _out(row: CertificateRow) -> CertificateOut:
    return CertificateOut(
        sha256=row.sha256, means=row.means, certificate=row.chain.split(",")[0], ends_at=iso(row.ends_at)
    )
