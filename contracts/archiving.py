"""Evidence for decades: each increment holds what a later verifier needs, under a time stamp of the whole file."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from asn1crypto import cms as asn1
from asn1crypto import x509
from asn1crypto.ocsp import OCSPResponse
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from contracts.authorities import Authorities, PortTimeStamper, chain_of
from contracts.reading import ARCHIVE, read
from contracts.signatures import is_archive
from contracts.signing import QuietWriter, open_contract
from domain.errors import WrongState

LABEL = "보관용 시점확인"
SPARE = 512  # bytes by which two tokens of one authority may differ


async def renew(pdf: bytes, authorities: Authorities) -> bytes:
    """One more archive time stamp, with the evidence about the one before it. The file so far stays as it is.

    Raises WrongState for a file without such a stamp, AgencyDown where evidence is not to be had.
    """
    last = open_contract(pdf).signatures[-1:]
    if not last or not is_archive(last[0]):
        raise WrongState(
            "not_sealed", field="pdf", ko="봉인된 계약서만 시점확인을 새로 받을 수 있습니다.",
            en="Only a sealed contract has an archive time stamp to renew.",
        )  # fmt: skip
    # Its size is known only from the authority itself, which may have another certificate by now.
    probe = await authorities.stamp_of(pdf)
    return await archive(pdf, last, authorities, like=probe.token["content"])


async def archive(
    pdf: bytes, news: Iterable[EmbeddedPdfSignature], authorities: Authorities, *, like: asn1.SignedData
) -> bytes:
    """One increment: certificates, roots and OCSP answers about ``news`` (DSS), and a time stamp over everything.

    ``like``: a token by the same authority as the new one, about which the evidence must be inside already.
    """
    chains = [chain_of(like), *(chain for one in news for chain in _chains(one))]
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
    number = 1 + sum(is_archive(one) for one in read(pdf).signatures)
    stamper = PdfTimeStamper(
        PortTimeStamper(authorities), field_name=f"{ARCHIVE}{number}", readable_field_name=LABEL
    )  # fmt: skip
    output = await stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=2 * (len(like.dump()) + SPARE))
    return bytes(output.getvalue())


def _chains(signature: EmbeddedPdfSignature) -> list[list[x509.Certificate]]:
    """Certificate chains, leaf first: the signer's, and that of every time stamp over the signature."""
    tokens = [] if is_archive(signature) else extract_tst_data_iter(signature.signer_info, signed=False)
    return [chain_of(signature.signed_data), *(chain_of(token) for token in tokens)]
