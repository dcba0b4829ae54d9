"""What a contract PDF says about itself: embedded terms, signature fields, who has signed, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from contracts.attachments import JSON_NAME, XML_NAME
from contracts.fields import PLATFORM
from domain.contracts import ContractTerms, Party

ARCHIVE = "archive_"
OURS = ("/ETSI.CAdES.detached", "/ETSI.RFC3161")  # kinds of signature (ISO 32000-2, 12.8.3)
MAX_BYTES = 20_000_000
MAX_REVISIONS = 96  # decades of renewed time stamps
MAX_FIELDS = 128


class NotAContract(ValueError):
    """The bytes are no contract of ours; ``args[0]`` is a code of ``contracts.findings``."""


@dataclass(frozen=True)
class ContractFile:
    """One parsed file. ``raw_terms`` are the bytes of contract.json that the first signer saw; ``fields``: signature
    fields by name, ``signed``: names of the filled ones, in the order of signing."""

    reader: PdfFileReader
    raw_terms: bytes
    raw_xml: bytes
    terms: ContractTerms
    fields: Mapping[str, generic.DictionaryObject]
    signed: list[str]

    @cached_property
    def signatures(self) -> tuple[EmbeddedPdfSignature, ...]:
        """In the order of signing, taken apart. Raises whatever the parser raises on broken bytes."""
        return tuple(EmbeddedPdfSignature(self.reader, self.fields[name], name) for name in self.signed)

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
    listed = list(enumerate_sig_fields(reader))
    if len(listed) > MAX_FIELDS:
        raise NotAContract("fields")
    fields = {name: place.get_object() for name, _, place in listed}
    if len(fields) < len(listed):
        raise NotAContract("fields")
    filled = [name for name, value, _ in listed if value is not None and value.get_object().get("/SubFilter") in OURS]
    revisions = {name: _signed_in(reader, fields[name]) for name in filled}
    signed = sorted(revisions, key=lambda name: revisions[name])
    if reader.total_revisions <= len(signed):
        raise NotAContract("original")  # each signature is a revision of its own, unless the file was written anew
    revision = revisions[signed[0]] if signed else reader.total_revisions - 1
    files = embedded_files(reader.get_historical_root(revision))
    if not files and not signed:
        raise NotAContract("original")
    try:
        raw = files[JSON_NAME]
        terms = ContractTerms.model_validate_json(raw)
    except (KeyError, ValueError) as error:
        raise NotAContract("terms") from error
    return ContractFile(reader, raw, files.get(XML_NAME, b""), terms, fields, signed)


def _signed_in(reader: PdfFileReader, field: generic.DictionaryObject) -> int:
    """The revision in which the field got its signature."""
    return int(reader.xrefs.get_last_change(field.raw_get("/V").reference))


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
