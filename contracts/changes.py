"""What was changed after signing, in a reader's words: pages, notes, attachments, fields. For files already rejected.

Two revisions are compared by the digests of what a reader sees; nothing here decides whether a change is permitted.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from contracts.findings import finding
from contracts.reading import embedded_files
from domain.contracts import Finding

# Ways back up or sideways: not what the thing itself shows.
BACK = frozenset(("/Parent", "/P", "/Pg", "/Obj", "/StructParent", "/StructParents", "/Popup", "/Annots", "/Data"))
ACTIONS = ("/OpenAction", "/AA")
KNOWN = frozenset(("/Pages", "/AcroForm", "/DSS", "/Names", "/AF", "/Metadata", "/Perms", "/Extensions", *ACTIONS))


def changes(reader: PdfFileReader, signed: int) -> Iterator[Finding]:
    """Differences between revision ``signed`` and the file as it is now; at least one."""
    last = reader.total_revisions - 1
    told = [finding(code, False, subject) for code, subject in _differences(_View(reader, signed), _View(reader, last))]
    yield from told or [finding("changed_other", False)]


class _View:
    """One revision of the file."""

    def __init__(self, reader: PdfFileReader, revision: int) -> None:
        self.resolver: HistoricalResolver = reader.get_historical_resolver(revision)
        self.root = reader.get_historical_root(revision)
        self._known: dict[Any, bytes] = {}

    def pages(self) -> list[Any]:
        found, todo = [], [self.root["/Pages"]]
        while todo:
            node = todo.pop()
            if "/Kids" in node:
                todo += [kid.get_object() for kid in reversed(node["/Kids"])]
            else:
                found.append(node)
        return found

    def notes(self, page: Any) -> bytes:
        """Everything on the page that is no form field."""
        kept = [
            note for note in self._at(page, "/Annots") or () if self._at(note.get_object(), "/Subtype") != "/Widget"
        ]
        return b"".join(self.mark(note) for note in kept)

    def signatures(self) -> dict[str, bytes]:
        """Look and value of every filled signature field."""
        fields = ((name, place.get_object()) for name, value, place in enumerate_sig_fields(self.resolver) if value)
        return {name: self.mark(field) for name, field in fields}

    def actions(self) -> bytes:
        scripts = self._at(self._at(self.root, "/Names"), "/JavaScript")
        return b"".join(self.mark(self._at(self.root, key)) for key in ACTIONS) + self.mark(scripts)

    def titles(self) -> bytes:
        return self.mark(self._at(self.resolver.trailer_view, "/Info")) + self.mark(self._at(self.root, "/Metadata"))

    def attachments(self) -> Mapping[str, bytes]:
        return embedded_files(self.root)

    def evidence(self) -> set[bytes]:
        store = self._at(self.root, "/DSS")
        return {self.mark(item) for key in ("/Certs", "/OCSPs", "/CRLs") for item in self._at(store, key) or ()}

    def others(self) -> bytes:
        return b"".join(self.mark(self._at(self.root, key)) for key in sorted(self.root) if key not in KNOWN)

    def _at(self, container: Any, key: str) -> Any:
        """What stands there in this revision, or None."""
        found = container.raw_get(key) if container is not None and key in container else None
        return self.resolver(found.reference) if isinstance(found, generic.IndirectObject) else found

    def mark(self, thing: Any) -> bytes:
        """A digest of the thing and of everything that it leads to."""
        if isinstance(thing, generic.IndirectObject):
            place = (thing.idnum, thing.generation)
            if place not in self._known:
                self._known[place] = b"being looked at"
                found = self.resolver(thing.reference)
                # A page is looked at by itself; what leads to it is not changed with it.
                page = isinstance(found, generic.DictionaryObject) and found.get("/Type") == "/Page"
                self._known[place] = b"a page" if page else self.mark(found)
            return self._known[place]
        digest = hashlib.sha256(type(thing).__name__.encode())
        if isinstance(thing, generic.StreamObject):
            digest.update(thing.encoded_data)
        if isinstance(thing, generic.DictionaryObject):
            for key in sorted(thing.keys() - BACK):
                digest.update(key.encode() + self.mark(thing.raw_get(key)))
        elif isinstance(thing, generic.ArrayObject):
            for number in range(len(thing)):
                digest.update(self.mark(thing.raw_get(number)))
        else:
            digest.update(repr(thing).encode())
        return digest.digest()


def _differences(old: _View, new: _View) -> Iterator[tuple[str, str]]:
    before, after = old.pages(), new.pages()
    if len(before) != len(after):
        yield "changed_pages", ""
    else:
        for number, (one, other) in enumerate(zip(before, after, strict=True), 1):
            if old.mark(one) != new.mark(other):
                yield "changed_page", str(number)
            if old.notes(one) != new.notes(other):
                yield "changed_notes", str(number)
    yield from _pieces("changed_attachment", old.attachments(), new.attachments(), lost_only=False)
    yield from _pieces("changed_signature", old.signatures(), new.signatures(), lost_only=True)
    for code, one, other in (
        ("changed_title", old.titles(), new.titles()),
        ("changed_actions", old.actions(), new.actions()),
        ("changed_other", old.others(), new.others()),
    ):
        if one != other:
            yield code, ""
    if old.evidence() - new.evidence():
        yield "changed_evidence", ""


def _pieces(
    code: str, old: Mapping[str, bytes], new: Mapping[str, bytes], *, lost_only: bool
) -> Iterator[tuple[str, str]]:
    """What is another now, or gone; unless ``lost_only``, also what is new."""
    for name in sorted(old if lost_only else {**old, **new}):
        if old.get(name) != new.get(name):
            yield code, name
