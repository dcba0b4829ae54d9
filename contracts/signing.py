"""One signature on one field, in two steps with a wait between: open a revision, close it with the signature.

The key is elsewhere. Between the steps only bytes and JSON exist, so a restart loses nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

from contracts import cms
from contracts.authorities import Authorities
from contracts.fields import PLATFORM
from contracts.reading import ContractFile, read
from contracts.stamps import PLATFORM_NAME, PLATFORM_ROLE, SEAL_REASON, StampText, style
from contracts.trust import subject
from domain.contracts import Prepared
from domain.errors import Invalid, Malformed, OnjipError, UnknownThing, WrongState
from law.forms.form import role_name, short

CMS_FIXED = 830  # bytes of a CMS besides certificates, token and signature: attributes, signer info


class QuietWriter(IncrementalPdfFileWriter):
    """Leaves /Info and XMP as they are: else every signature rewrites them, and a verifier must then allow that."""

    def _update_meta(self) -> None:
        pass


def open_contract(pdf: bytes) -> ContractFile:
    """Parse a contract that is to be signed. Raises Malformed."""
    try:
        return read(pdf)
    except OnjipError:
        raise
    except Exception as error:
        raise Malformed(
            "not_a_contract", field="pdf", ko="계약서 파일이 아닙니다.", en="This file is not a contract of ours."
        ) from error


async def prepare(
    pdf: bytes, *, field: str, chain: Sequence[bytes], authorities: Authorities
) -> tuple[bytes, Prepared]:
    """Open the next revision for ``field``. The stamp shows the moment of a time stamp over the present revision.

    Raises WrongState (not this field's turn), UnknownThing (no such field), Invalid (certificate), AgencyDown.
    """
    contract = open_contract(pdf)
    certificates = cms.load_chain(chain)
    _check_turn(contract, field)
    _check_name(contract, field, certificates[0])
    now = await authorities.stamp(hashlib.sha256(pdf).digest())
    await authorities.check_signer(certificates, now.at)
    size = cms.signature_size(certificates[0])
    room = sum(len(c.dump()) for c in certificates) + len(now.der) + size + CMS_FIXED
    text = _stamp(contract, field, now.at)
    data, place = await asyncio.to_thread(_open_revision, contract, pdf, field, certificates[0], text=text, room=room)
    attrs = cms.attributes(place.document_digest, certificates)
    return data, Prepared(
        field=field,
        base_sha256=hashlib.sha256(pdf).hexdigest(),
        prepared_sha256=hashlib.sha256(data).hexdigest(),
        document_digest=place.document_digest.hex(),
        signed_attrs=base64.b64encode(attrs).decode(),
        state={"start": place.reserved_region_start, "end": place.reserved_region_end},
        certificate=",".join(base64.b64encode(der).decode() for der in chain),
    )


async def finish(pdf: bytes, prepared: Prepared, signature: bytes, authorities: Authorities) -> bytes:
    """Close the revision: the signature is verified, time-stamped (PAdES B-T) and put in its place.

    Raises Invalid (other bytes, wrong signature, certificate revoked meanwhile) and AgencyDown.
    """
    chain = [base64.b64decode(part) for part in prepared.certificate.split(",")]
    certificates = cms.load_chain(chain)
    place = _place(pdf, prepared)
    attrs = base64.b64decode(prepared.signed_attrs)
    cms.check_signature(attrs, place.document_digest, certificates, signature)
    stamp = await authorities.stamp(hashlib.sha256(signature).digest())
    await authorities.check_signer(certificates, stamp.at)
    content = cms.assemble(attrs, certificates, signature, stamp.der)
    output = BytesIO(pdf)
    place.fill_with_cms(output, content)
    return output.getvalue()


def _check_turn(contract: ContractFile, field: str) -> None:
    if field not in contract.fields:
        raise UnknownThing("field_unknown", field="field", ko="없는 서명란입니다.", en="There is no such field.")
    if field in contract.signed:
        raise WrongState("already_signed", field="field", ko="이미 서명했습니다.", en="This field is signed already.")
    if field not in contract.whose_turn():
        raise WrongState(
            "not_your_turn", field="field", ko="앞 순서의 당사자가 아직 서명하지 않았습니다.",
            en="A party before this one has not signed yet.",
        )  # fmt: skip


def _check_name(contract: ContractFile, field: str, certificate: x509.Certificate) -> None:
    party = contract.party(field)
    if party is not None and subject(certificate)["common_name"] != party.signer.name:
        raise Invalid(
            "certificate_of_another", field="certificate", article="전자서명법 제2조",
            ko="인증서의 이름이 계약 당사자와 다릅니다.", en="The certificate names somebody else than the party.",
        )  # fmt: skip


def _stamp(contract: ContractFile, field: str, at: datetime) -> StampText:
    party = contract.party(field)
    if party is None:
        return StampText(PLATFORM_NAME, PLATFORM_ROLE, SEAL_REASON, at)
    kind = contract.terms.kind
    return StampText(party.signer.name, role_name(party.role, kind), short(kind), at)


def _open_revision(
    contract: ContractFile, pdf: bytes, field: str, leaf: x509.Certificate, *, text: StampText, room: int
) -> tuple[bytes, PreparedByteRangeDigest]:
    """The first signature certifies the document; the platform's locks it; all others only fill their field."""
    first, last = not contract.signed, field == PLATFORM
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        docmdp_permissions=MDPPerm.NO_CHANGES if last else MDPPerm.FILL_FORMS,
        reason=text.reason,
        name=text.name,
    )
    signer = PdfSigner(
        metadata,
        signer=ExternalSigner(
            leaf, None, signature_value=cms.signature_size(leaf), signature_mechanism=cms.mechanism(leaf)
        ),
        stamp_style=style(text, contract.reader, *_size(contract, field)),
    )
    session = signer.init_signing_session(QuietWriter(BytesIO(pdf), contract.reader), existing_fields_only=True)
    session.system_time = text.at
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=2 * room)
    output = BytesIO()
    place, _ = document.digest_tbs_document(output=output)
    return output.getvalue(), place


def _size(contract: ContractFile, field: str) -> tuple[float, float]:
    left, bottom, right, top = (float(value) for value in contract.fields[field]["/Rect"])
    return right - left, top - bottom


def _place(pdf: bytes, prepared: Prepared) -> PreparedByteRangeDigest:
    """Where the CMS goes, after making sure that these are the prepared bytes and that nothing moved."""
    start, end = prepared.state.get("start"), prepared.state.get("end")
    same = hashlib.sha256(pdf).hexdigest() == prepared.prepared_sha256
    if not same or not isinstance(start, int) or not isinstance(end, int) or not 0 < start < end < len(pdf):
        raise Invalid("other_revision", field="pdf", ko="준비한 문서와 다릅니다. 서명을 처음부터 다시 준비해 주십시오.",
                      en="These are not the prepared bytes. Prepare the signature again.")  # fmt: skip
    digest = hashlib.sha256(pdf[:start] + pdf[end:]).digest()
    if digest.hex() != prepared.document_digest:
        raise Invalid("other_revision", field="document_digest", ko="문서의 지문이 맞지 않습니다.",
                      en="The document digest does not match.")  # fmt: skip
    return PreparedByteRangeDigest(digest, start, end)
