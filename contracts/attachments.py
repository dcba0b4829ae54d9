"""The machine-readable contract inside the PDF: ``contract.json`` (canonical) and the same values as XML."""

from __future__ import annotations

from datetime import UTC, datetime, time
from xml.etree import ElementTree as ET

from pydantic import JsonValue
from weasyprint import Attachment

from domain.contracts import ContractTerms
from domain.time import SEOUL

JSON_NAME = "contract.json"
XML_NAME = "contract.xml"
NAMESPACE = "urn:onjip:contract:1"


def made_at(terms: ContractTerms) -> datetime:
    """Midnight in Seoul of the contract's date: the only time an unsigned contract knows, hence its file dates."""
    return datetime.combine(terms.made_on, time(), SEOUL).astimezone(UTC)


def attachments(terms: ContractTerms) -> list[Attachment]:
    stamp = made_at(terms)
    files = {
        JSON_NAME: (terms.canonical(), "Data", "계약 내용 (기계가 읽는 형식, JSON)"),
        XML_NAME: (to_xml(terms.model_dump(mode="json")), "Alternative", "계약 내용 (기계가 읽는 형식, XML)"),
    }
    return [
        Attachment(string=data, name=name, description=about, relationship=role, created=stamp, modified=stamp)
        for name, (data, role, about) in files.items()
    ]


def to_xml(terms: JsonValue) -> bytes:
    """One element per field in sorted order, ``item`` per list entry, nothing for null: a function of the JSON."""
    root = ET.Element("contract", {"xmlns": NAMESPACE})
    _fill(root, terms)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: ET.Element, value: JsonValue) -> None:
    if isinstance(value, dict):
        for key in sorted(value):
            # Keys of statements are Korean words of the broker, not element names.
            _fill(ET.SubElement(element, "field", {"name": key}), value[key])
    elif isinstance(value, list):
        for entry in value:
            _fill(ET.SubElement(element, "item"), entry)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = str(value)
