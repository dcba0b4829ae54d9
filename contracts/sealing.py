"""The last act on a contract: the platform's seal, then all evidence and an archive time stamp in one revision."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from io import BytesIO

from asn1crypto import cms as asn1
from asn1crypto import x509
from asn1crypto.ocsp import OCSPResponse
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from contracts import signing
from contracts.authorities import Authorities, PortTimeStamper
from contracts.fields import PLATFORM
from contracts.platform_key import PlatformKey
from contracts.reading import ARCHIVE, read
from contracts.signing import QuietWriter, open_contract
from contracts.verify import verify_with
from domain.errors import Invalid, WrongState

ARCHIVE_LABEL = "보관용 시점확인"
SPARE = 512  # bytes by which two tokens of one authority may differ
SEAL_REASON = "모든 당사자의 서명을 확인하고 문서를 잠금"


async def seal(pdf: bytes, key: PlatformKey, authorities: Authorities) -> bytes:
    """PAdES B-LTA, verified before it is handed out.

    Raises WrongState while a party has not signed, AgencyDown when evidence is not to be had, and Invalid when a
    signature inside does not hold (a certificate revoked meanwhile, for example).
    """
    contract = open_contract(pdf)
    if contract.whose_turn() != [PLATFORM]:
        raise WrongState(
            "not_all_signed", field="pdf", ko="모든 당사자가 서명한 뒤에 봉인할 수 있습니다.",
            en="The contract can be sealed once every party has signed, and only once.",
        )  # fmt: skip
    sealed = await add_seal(pdf, key, authorities)
    report = await asyncio.to_thread(verify_with, sealed, authorities.trust)
    for entry in report.findings:
        if not entry.ok:
            raise Invalid(entry.code, field=entry.subject, article="전자서명법 제2조", ko=entry.ko, en=entry.en)
    return sealed


async def add_seal(pdf: bytes, key: PlatformKey, authorities: Authorities) -> bytes:
    """The platform's signature, the evidence and the archive time stamp, whatever the file is worth."""
    opened, prepared = await signing.prepare(
        pdf, field=PLATFORM, chain=key.chain, reason=SEAL_REASON, authorities=authorities
    )
    signature = key.sign(base64.b64decode(prepared.signed_attrs))
    return await _archive(await signing.finish(opened, prepared, signature, authorities), authorities)


async def _archive(pdf: bytes, authorities: Authorities) -> bytes:
    """One increment: certificates, roots and OCSP answers (DSS), covered by a time stamp of the whole file."""
    signatures = read(pdf).signatures
    token = next(extract_tst_data_iter(signatures[-1].signer_info, signed=False))
    chains = _chains(signatures)
    answers: dict[bytes, bytes] = {}
    for chain in chains:
        answers |= await authorities.answers(chain, known=answers)
    certificates = {c.sha256: c for chain in chains for c in chain}
    certificates.update({root.sha256: root for root in authorities.trust.roots})
    writer = QuietWriter(BytesIO(pdf), strict=True)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=list(certificates.values()),
        ocsps=[OCSPResponse.load(der) for der in answers.values()],
    )
    stamper = PdfTimeStamper(PortTimeStamper(authorities), field_name=f"{ARCHIVE}1", readable_field_name=ARCHIVE_LABEL)
    output = await stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=2 * (len(token.dump()) + SPARE))
    return bytes(output.getvalue())


def _chains(signatures: Iterable[EmbeddedPdfSignature]) -> list[list[x509.Certificate]]:
    """Certificate chains, leaf first, of every signer and of every time stamp over a signature."""
    chains = []
    for signature in signatures:
        chains.append(_chain(signature.signed_data))
        for token in extract_tst_data_iter(signature.signer_info, signed=False):
            chains.append(_chain(token))
    return chains


def _chain(signed_data: asn1.SignedData) -> list[x509.Certificate]:
    certs = extract_certs_for_validation(signed_data)
    return [certs.signer_cert, *certs.other_certs]
