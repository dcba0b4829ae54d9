"""A sealed contract as its receivers read it: the data inside, as the first signer saw it, and who signed.

The terms are taken from the revision that the first signature covers, so nothing appended later can change them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import parser
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel

from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._signers import Signers

DATA_FILE = "contract.json"
HOSTILE = (PdfError, SigningError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError,
           AttributeError, RecursionError, NotImplementedError)  # fmt: skip


@dataclass(frozen=True)
class ContractPdf:
    """``terms`` is the machine-readable contract; ``fields`` the identity reference of who signed each field of it."""

    terms: dict[str, Any]
    fields: Mapping[str, str]

    @property
    def signers(self) -> frozenset[str]:
        return frozenset(self.fields.values())

    def parties(self) -> list[dict[str, Any]]:
        listed = self.terms.get("parties")
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def represented(self) -> set[object]:
        """Roles in which somebody else has signed for a party (민법 §114)."""
        return {one.get("role") for one in self.parties() if one.get("agent")}

    def bound(self) -> frozenset[str]:
        """Who signed for themselves and is bound: no agent, no witness (입회인)."""
        others = {_field(one) for one in self.parties() if one.get("agent") or one.get("role") == "witness"}
        return frozenset(ref for field, ref in self.fields.items() if field not in others)


def _field(party: Mapping[str, Any]) -> str:
    """The signature field of a party, as these contracts name it."""
    name, number = f"{party.get('role')}_{party.get('order')}", party.get("number", 1)
    return name if number == 1 else f"{name}_{number}"


@dataclass(frozen=True)
class _Parts:
    terms: dict[str, Any]
    signatures: Sequence[tuple[str, bytes, bytes]]  # (field, CMS, SHA-256 of what it covers)


async def read(pdf: bytes, signers: Signers) -> ContractPdf:
    """``Refused`` ``not_a_pdf``, ``contract_unreadable``, ``contract_unsigned``, or what a signature is refused for."""
    parts = _parts(pdf)
    found = [(field, await signers.signer(cms, digest)) for field, cms, digest in parts.signatures]
    return ContractPdf(parts.terms, {field: one.identity_ref for field, one in found if one.identity_ref})


def amends(amendment: ContractPdf, contract: ContractPdf) -> bool:
    """Whether everybody whom ``contract`` binds has signed in person that it is changed (민법 §105)."""
    names = (amendment.terms.get("kind"), amendment.terms.get("supersedes"))
    all_signed = contract.bound() <= amendment.signers and len(amendment.signers) >= len(amendment.parties())
    return names == ("amendment", contract.terms.get("contract_id")) and all_signed


def check_pdf(pdf: bytes, sha256: str, digest: str) -> None:
    """``Refused`` when the bytes are no PDF, or not the ones that were named."""
    if not pdf.startswith(b"%PDF-"):
        raise Refused("not_a_pdf", "the copy is not a PDF")
    if digest != sha256:
        raise Refused("contract_copy_differs", "the copy is not the contract that is named")


def _parts(pdf: bytes) -> _Parts:
    if not pdf.startswith(b"%PDF-"):
        raise Refused("not_a_pdf", "the copy is not a PDF")
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = list(reader.embedded_regular_signatures)
        if not signatures:
            raise Refused("contract_unsigned", "nobody has signed the contract")
        terms = json.loads(_attachment(reader, signatures[0].signed_revision))
        return _Parts(terms, [_signature(one) for one in signatures])
    except HOSTILE:
        raise Refused("contract_unreadable", "the contract cannot be read") from None


def _signature(signature: EmbeddedPdfSignature) -> tuple[str, bytes, bytes]:
    coverage = signature.evaluate_signature_coverage()
    if coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        raise ValueError("a signature leaves something out")
    cms = _without_padding(bytes(signature.pkcs7_content))
    return str(signature.field_name), cms, signature.compute_digest("sha256")


def _without_padding(contents: bytes) -> bytes:
    """A signature's place in the file is made before its length is known: zeros follow the CMS."""
    _, _, _, header, content, _ = parser.parse(contents)
    return bytes(header + content)


def _attachment(reader: PdfFileReader, revision: int) -> bytes:
    """The bytes of ``contract.json`` as of one revision (ISO 32000-2 §7.11.4)."""
    names = reader.get_historical_root(revision)["/Names"]["/EmbeddedFiles"]["/Names"]
    found = [names[index + 1] for index in range(0, len(names), 2) if names[index] == DATA_FILE]
    if len(found) != 1:
        raise ValueError("no contract inside, or two")
    return bytes(found[0]["/EF"]["/F"].data)
