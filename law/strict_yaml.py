"""YAML without guesses: what a lawyer reads in the file is what the program gets.

Plain scalars become null, true/false, integers, ISO dates or text. Refused with file and line: a key written
twice, a float (write a decimal as quoted text), and the words that YAML 1.1 silently turns into booleans.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode

try:
    from yaml import CSafeLoader as Parser  # libyaml, ten times faster
except ImportError:  # PyYAML built without it
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

GUESSED = re.compile(r"^(?:y|n|yes|no|on|off)$", re.IGNORECASE)
FLOAT = re.compile(r"^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]+(?:[eE][-+]?[0-9]+)?$|^[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+$")
FLOAT_WORDS = re.compile(r"^[-+]?\.(?:inf|nan)$", re.IGNORECASE)


class LawDataError(ValueError):
    """The law's data files are wrong. A programming error: never shown to a user, stops the program at load."""


class StrictLoader(Parser):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


def _where(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


def _mapping(loader: StrictLoader, node: MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise LawDataError(f"{_where(key_node)}: key {key!r} is written twice")
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


def _text(loader: StrictLoader, node: ScalarNode) -> str:
    value = str(node.value)
    if not node.style and GUESSED.match(value):
        raise LawDataError(f"{_where(node)}: {value!r} reads as a boolean elsewhere; quote it or write true/false")
    if not node.style and (FLOAT.match(value) or FLOAT_WORDS.match(value)):
        raise LawDataError(f"{_where(node)}: {value!r} is a float; quote it or use a smaller unit")
    return value


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
StrictLoader.add_constructor("tag:yaml.org,2002:str", _text)
StrictLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
StrictLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9_]*)$"), list("-0123456789"))
StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:timestamp", re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), list("0123456789")
)


def read(path: Path) -> Any:
    """The one document in ``path``. LawDataError names file and line."""
    try:
        # StrictLoader is a SafeLoader: no object is ever built from a tag.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506
    except (yaml.YAMLError, LawDataError) as error:
        raise LawDataError(f"{path}: {error}") from error
