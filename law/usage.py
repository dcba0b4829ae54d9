"""Which parameters which code reads, found in the source itself: literal names of families, followed from a rule.

A rule stands for itself: where one rule rests on another, the other's parameters are not counted again.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from law.rules import Rule

READERS = frozenset({"row", "reading", "family", "period", "has_period"})
SAID_ONLY = frozenset({"value_words.py"})  # words for sentences: some are spelt like a family, none reads one
WHOLE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass
class Piece:
    """A function, class or constant of a module: the texts in it, the names it uses, the families it reads."""

    texts: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)  # of f-strings: regular expressions
    names: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)  # first literal argument of a call that reads a parameter
    is_rule: bool = False


@dataclass(frozen=True)
class Source:
    """The pieces of one file, and where its imported names come from (dotted)."""

    pieces: Mapping[str, Piece]
    imports: Mapping[str, str]
    docstring: str


@dataclass(frozen=True)
class Usage:
    """The source below ``root``: file modules by dotted name."""

    root: Path
    folders: tuple[str, ...] = ("law",)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        found = {}
        for folder in self.folders:
            for path in sorted((self.root / folder).rglob("*.py")):
                if path.name in SAID_ONLY:
                    continue
                found[".".join(path.relative_to(self.root).with_suffix("").parts)] = _source(path)
        return MappingProxyType(found)

    def anywhere(self, families: Iterable[str]) -> set[str]:
        """Those of ``families`` that some code names."""
        pieces = [piece for source in self.sources.values() for piece in source.pieces.values()]
        texts = {text for piece in pieces for text in piece.texts}
        patterns = [re.compile(pattern) for pattern in sorted({one for piece in pieces for one in piece.patterns})]
        return {name for name in families if name in texts or any(one.fullmatch(name) for one in patterns)}

    def read_but_unknown(self, families: Iterable[str], prefix: str) -> Iterator[tuple[str, str]]:
        """(module, name) where a module below ``prefix`` reads a family that does not exist."""
        known = set(families)
        for module, source in self.sources.items():
            if module.startswith(prefix):
                unknown = {name for piece in source.pieces.values() for name in piece.reads} - known
                yield from ((module, name) for name in sorted(unknown))

    def names(self, name: str, prefix: str) -> bool:
        """Does a rule in a module below ``prefix`` use ``name``?"""
        below = (source for module, source in self.sources.items() if module.startswith(prefix))
        return any(piece.is_rule and name in piece.names for source in below for piece in source.pieces.values())

    def of_rule(self, rule: Rule[Any], families: Iterable[str]) -> list[str]:
        """The families that the body of ``rule`` reads, by itself or by functions that it calls."""
        if rule.body is None:
            return []
        texts, patterns = self._reached(rule.body.__module__, rule.body.__name__)
        compiled = [re.compile(one) for one in patterns]
        return sorted(name for name in families if name in texts or any(one.fullmatch(name) for one in compiled))

    def _reached(self, module: str, name: str) -> tuple[set[str], set[str]]:
        texts: set[str] = set()
        patterns: set[str] = set()
        open_, seen = [(module, name)], set()
        while open_:
            place = open_.pop()
            piece = self._piece(*place)
            if place in seen or piece is None:
                continue
            seen.add(place)
            texts |= piece.texts
            patterns |= piece.patterns
            open_ += [found for used in piece.names if (found := self._locate(place[0], used)) is not None]
        return texts, patterns

    def _piece(self, module: str, name: str) -> Piece | None:
        source = self.sources.get(module)
        return source.pieces.get(name) if source else None

    def _locate(self, module: str, used: str) -> tuple[str, str] | None:
        """Module and name of what ``used`` (``name`` or ``module.name``) means in ``module``; None for a rule."""
        first, _, rest = used.partition(".")
        source = self.sources[module]
        if first in source.pieces:
            place = (module, first)
        elif first in source.imports:
            dotted = f"{source.imports[first]}.{rest}" if rest else source.imports[first]
            home, _, name = dotted.rpartition(".")
            place = (home, name)
        else:
            return None
        piece = self._piece(*place)
        return None if piece is None or piece.is_rule else place


@cache
def _source(path: Path) -> Source:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    pieces: dict[str, Piece] = {}
    imports: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            imports |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            continue
        for name in _names(node):
            pieces[name] = _piece(node)
    return Source(pieces, imports, ast.get_docstring(tree) or "")


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)] or [f"line {node.lineno}"]


def _piece(node: ast.stmt) -> Piece:
    piece = Piece(is_rule=isinstance(node, ast.FunctionDef) and any(_is_rule(one) for one in node.decorator_list))
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and WHOLE.fullmatch(inner.value):
            piece.texts.add(inner.value)
        elif isinstance(inner, ast.JoinedStr) and (pattern := _pattern(inner)):
            piece.patterns.add(pattern)
        elif isinstance(inner, ast.Name):
            piece.names.add(inner.id)
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            piece.names.add(f"{inner.value.id}.{inner.attr}")
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.args:
            first = inner.args[0]
            if inner.func.attr in READERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                piece.reads.add(first.value)
    return piece


def _is_rule(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "rule"


def _pattern(text: ast.JoinedStr) -> str:
    """What an f-string can become, if it can be the name of a family at all."""
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9_]+" for part in text.values]
    fixed = "".join(str(part.value) for part in text.values if isinstance(part, ast.Constant))
    return "".join(parts) if len(fixed) > 2 and WHOLE.fullmatch(fixed.strip("_") or "-") else ""
