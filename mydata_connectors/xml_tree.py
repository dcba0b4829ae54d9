"""XML as nested JSON values, for agencies that answer in XML. No document type, so no entities and no outside files."""

from __future__ import annotations

from xml.parsers import expat

from pydantic import JsonValue


class BadXml(Exception):
    """Not well-formed, too deep, or with a document type. Never leaves the connectors."""


def tree(data: bytes, *, deepest: int) -> dict[str, JsonValue]:
    """Elements as objects, repeated elements as lists, text trimmed; attributes are left out."""
    builder = _Builder(deepest)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError:
        raise BadXml from None
    return builder.root


class _Builder:
    """Elements to objects, repeated elements to lists, text kept. A document type (entities) is refused."""

    def __init__(self, deepest: int) -> None:
        self.deepest = deepest
        self.root: dict[str, JsonValue] = {}
        self.open: list[dict[str, JsonValue]] = [self.root]
        self.texts: list[list[str]] = [[]]
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        raise BadXml

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) > self.deepest:
            raise BadXml
        self.open.append({})
        self.texts.append([])

    def _text(self, text: str) -> None:
        self.texts[-1].append(text)

    def _end(self, name: str) -> None:
        children, text = self.open.pop(), self.texts.pop()
        value: JsonValue = children or "".join(text).strip()
        parent = self.open[-1]
        known = parent.get(name)
        if isinstance(known, list):  # a value is an object or text, so a list can only be ours
            known.append(value)
        else:
            parent[name] = value if known is None else [known, value]
