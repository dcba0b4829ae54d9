"""The repository about itself: what is written in its documents is there, and what must not be in it is not."""

from __future__ import annotations

import re
import subprocess
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from domain import facts, filings, words

ROOT = Path(__file__).parents[1]
CODE = ("domain", "law", "store", "activities", "workflows", "api", "contracts", "mydata_connectors", "onjip")
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".html", ".css", ".svg", ".sql", ".lock", ".txt", ".mako", ""}
LONGEST_FILE = 400  # lines of Python

# Put together here, so that this very file holds none of them.
HOSTS = tuple(
    name + end
    for name, end in (
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("npmjs", ".org"),
        ("npmjs", ".com"),
        ("unpkg", ".com"),
    )
)
MACHINE = re.compile(r"/(?:root|home/\w+|Users/\w+|work)/[\w.-]")
GENERATED = re.compile(
    r"(^|/)(out|build|node_modules|\.venv|\.onjip|__pycache__|\.\w+_cache|\.hypothesis|[^/]+\.egg-info)/|\.pyc$"
)
VOCABULARIES: tuple[type[StrEnum], ...] = (
    words.Agency, words.Role, words.HousingKind, words.SupplyKind, words.ContractKind, words.PartyRole, words.Step,
    facts.Item,
)  # fmt: skip


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the repository: committed, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git repository", allow_module_level=True)
    paths = (ROOT / name for name in done.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def texts() -> list[tuple[str, str]]:
    found = [path for path in tracked() if path.suffix in TEXT]
    return [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in found]


def documents() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def test_no_address_of_a_package_host_and_no_path_of_a_machine() -> None:
    for name, text in texts():
        assert not [host for host in HOSTS if host in text], name
        assert not MACHINE.search(text), f"{name}: {MACHINE.findall(text)}"


def test_nothing_generated_is_tracked() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert not [name for name in names if GENERATED.search(name)]


def test_packages_begin_empty() -> None:
    beginnings = [path for path in tracked() if path.name == "__init__.py"]
    assert beginnings
    assert not [path for path in beginnings if path.stat().st_size > 0]
    assert not [path for path in beginnings if path.is_relative_to(ROOT / "tests")]  # would hide the real packages


def test_no_file_is_long() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in tracked() if path.suffix == ".py"}
    # A migration is one list of statements.
    assert not [(path, n) for path, n in lengths.items() if n > LONGEST_FILE and path.parts[0] != "migrations"]


def test_the_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith(("https://", "mailto:")):
            continue
        place, _, anchor = unquote(target).partition("#")
        file = (path.parent / place).resolve() if place else path
        assert file.exists(), f"{path.name}: {target}"
        if anchor:
            assert anchor in headings(file), f"{path.name}: {target}"


def headings(file: Path) -> set[str]:
    """Anchors of a document, as a forge makes them of its headings."""
    titles = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in documents():
        told = set(re.findall(r"(?:`|^ {4})make ([a-z][a-z-]*)", path.read_text(), re.MULTILINE))
        assert told <= targets, f"{path.name}: {told - targets}"
    readme = (ROOT / "README.md").read_text()
    assert not [target for target in targets if f"make {target}" not in readme]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_tests_that_documents_name_exist(path: Path) -> None:
    for name in re.findall(r"`((?:[\w-]+/)+[\w.-]*)`", path.read_text()):
        if name.split("/")[0] in (*CODE, "tests", "docs", "migrations"):
            assert (ROOT / name).exists(), f"{path.name}: {name}"
    for name in re.findall(r"\b(test_\w+)`", path.read_text()):
        assert re.search(rf"def {name}\b", sources("tests")), f"{path.name}: {name}"


def test_settings_that_documents_name_exist() -> None:
    fields = re.findall(r"^    (\w+): ", (ROOT / "onjip" / "settings.py").read_text(), re.MULTILINE)
    known = {f"ONJIP_{field.upper()}" for field in fields}
    told = set(re.findall(r"ONJIP_[A-Z_]*[A-Z]", (ROOT / "docs" / "running.md").read_text()))
    assert told - {"ONJIP_HOME"} <= known
    assert known - told == set()


def test_glossary_and_code_name_the_same_things() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    named = {word for line in glossary.splitlines() if line.count("|") == 5 for word in ticked(line.split("|")[4])}
    code = sources(*CODE)
    assert not [word for word in named if not re.search(rf"\b{re.escape(word)}\b", code)]
    closed = {str(word) for vocabulary in VOCABULARIES for word in vocabulary}
    closed |= {str(filings.RegistryState.DISMISSED), str(words.Outcome.CANNOT_TELL)}
    assert not closed - set(ticked(glossary))


def ticked(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


@cache
def sources(*folders: str) -> str:
    files = [path for path in tracked() if path.relative_to(ROOT).parts[0] in folders]
    return "\n".join(path.read_text() for path in files if path.suffix in {".py", ".yaml"})
