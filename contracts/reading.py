"""What a contract PDF says about itself: embedded terms, signature fields, who has signed, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from contracts.attachments import JSON_NAME, XML_NAME
from contracts.fields import PLATFORM
from domain.contracts import ContractTerms, Party

ARCHIVE = "archive_"
MAX_BYTES = 20_000_000
MAX_REVISIONS = 96  # decades of renewed time stamps
MAX_FIELDS = 128


class NotAContract(ValueError):
    """The bytes are no contract of ours; ``args[0]`` is a code of ``contracts.findings``."""


@dataclass(frozen=True)
class ContractFile:
    """One parsed file. ``raw_terms`` are the bytes of contract.json that the first signer saw."""

    reader: PdfFileReader
    raw_terms: bytes
    raw_xml: bytes
    terms: ContractTerms
    signatures: tuple[EmbeddedPdfSignature, ...]

    @property
    def signed(self) -> list[str]:
        """Names of the filled fields, in the order of signing."""
        return [str(signature.field_name) for signature in self.signatures]

    @property
    def field_names(self) -> list[str]:
        return [name for name, _, _ in enumerate_sig_fields(self.reader)]

    def party(self, field: str) -> Party | None:
        return next((party for party in self.terms.parties if party.field == field), None)

    def whose_turn(self) -> list[str]:
        """Fields that may be signed next: the lowest order that still lacks a signature, then the platform's."""
        missing = [party for party in self.terms.parties if party.field not in self.signed]
        if missing:
            first = min(party.order for party in missing)
            return [party.field for party in missing if party.order == first]
        return [] if PLATFORM in self.signed else [PLATFORM]


def read(pdf: bytes) -> ContractFile:
    """Strict parse. Raises NotAContract, or whatever the parser raises on broken bytes."""
    if len(pdf) > MAX_BYTES:
        raise NotAContract("too_large")
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    if reader.security_handler is not None or reader.total_revisions > MAX_REVISIONS:
        raise NotAContract("readable")
    if len(list(enumerate_sig_fields(reader))) > MAX_FIELDS:
        raise NotAContract("fields")
    signatures = tuple(reader.embedded_signatures)
    if reader.total_revisions <= len(signatures):
        raise NotAContract("original")  # each signature is a revision of its own, unless the file was written anew
    revision = signatures[0].signed_revision if signatures else reader.total_revisions - 1
    files = embedded_files(reader.get_historical_root(revision))
    if not files and not signatures:
        raise NotAContract("original")
    try:
        raw = files[JSON_NAME]
        terms = ContractTerms.model_validate_json(raw)
    except (KeyError, ValueError) as error:
        raise NotAContract("terms") from error
    return ContractFile(reader, raw, files.get(XML_NAME, b""), terms, signatures)


def embedded_files(root: Any) -> dict[str, bytes]:
    """Attachments by name. Raises NotAContract where a name stands twice: two readers could see two contracts."""
    found: dict[str, bytes] = {}
    try:
        names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return found
    for index in range(0, len(names) - 1, 2):
        name = str(names[index])
        if name in found:
            raise NotAContract("terms")
        found[name] = bytes(names[index + 1]["/EF"]["/F"].data)
    return found
