"""``onjip doctor``: what is missing or wrong on this machine, and what to do about it."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table

from onjip.stack.ports import AGENCY_ADDRESSES

MIN_NODE = 20
MIN_FREE_GB = 2
SETUP = "make setup"

# Shared library or program → Debian package.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONTS = {"NanumGothic": "fonts-nanum", "Noto Sans CJK KR": "fonts-noto-cjk"}
PROGRAMS = {
    "chromium": "chromium",
    "pdfsig": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "qpdf": "qpdf",
    "openssl": "openssl",
    "unshare": "util-linux",
    "setpriv": "util-linux",
}


@dataclass(frozen=True)
class Finding:
    """``remedy`` is empty when all is well."""

    what: str
    found: str
    remedy: str = ""


def run(project: Path) -> int:
    """Print a table of all checks; 0 when nothing is missing, else 1."""
    findings = list(examine(project))
    table = Table()
    for heading in ("점검 · check", "결과 · found", "할 일 · what to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(finding.what, f"{'✗' if finding.remedy else '✓'} {finding.found}", finding.remedy)
    Console().print(table)
    return 1 if any(finding.remedy for finding in findings) else 0


def examine(project: Path) -> Iterator[Finding]:
    """Every check, none of which changes anything."""
    yield _python()
    yield _node()
    for library, package in LIBRARIES.items():
        yield _finding(library, _loads(library), "loads", f"apt-get install {package}")
    for program, package in PROGRAMS.items():
        found = shutil.which(program)
        yield _finding(program, bool(found), found or "", f"apt-get install {package}")
    for family, package in FONTS.items():
        yield _font(family, package)
    yield _locked_packages(project)
    yield _web_assets(project)
    yield _servers()
    yield _postgres_account()
    yield _loopback()
    yield _disk(project)


def _finding(what: str, good: bool, found: str, remedy: str) -> Finding:
    return Finding(what, found) if good else Finding(what, "없음 · missing", remedy)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Finding("Python", version, "" if good else "Python 3.11 or 3.12")


def _node() -> Finding:
    version = _output("node", "--version").removeprefix("v")
    good = version.partition(".")[0].isdigit() and int(version.partition(".")[0]) >= MIN_NODE
    return Finding("Node", version or "없음 · missing", "" if good else f"Node {MIN_NODE} or newer, with npm")


def _loads(library: str) -> bool:
    """Really loads it: a package can be installed and yet miss one of its own libraries."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _font(family: str, package: str) -> Finding:
    listed = _output("fc-list", f":family={family}", "file").splitlines()
    found = next((line.rstrip(": ") for line in listed), "")
    return _finding(family, bool(found), found, f"apt-get install {package}")


def _locked_packages(project: Path) -> Finding:
    lock = project / "requirements.lock"
    if not lock.exists():
        return Finding("Python packages", "requirements.lock not here", "run onjip doctor in the project's folder")
    wanted = [
        line.split()[0] for line in lock.read_text().splitlines() if "==" in line and not line.startswith(("#", " "))
    ]
    wrong = [pin for pin in wanted if _installed(pin.partition("==")[0]) != pin.partition("==")[2]]
    found = f"{len(wanted)} of {len(wanted)}" if not wrong else f"wrong: {', '.join(wrong[:5])}"
    return Finding("Python packages", found, SETUP if wrong else "")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name.partition("[")[0])
    except metadata.PackageNotFoundError:
        return None


def _web_assets(project: Path) -> Finding:
    names = ("krds-uiux", "htmx.org")
    missing = [name for name in names if not (project / "node_modules" / name / "package.json").exists()]
    return Finding("web assets (npm)", f"missing: {', '.join(missing)}" if missing else "all", SETUP if missing else "")


def _servers() -> Finding:
    """Both embedded servers, by asking them for their version."""
    try:
        from onjip.stack import postgres, temporal_server
    except ImportError as missing:
        return Finding("PostgreSQL, Temporal", f"missing: {missing.name}", SETUP)
    versions = []
    for find in (lambda: str(postgres.binaries() / "postgres"), temporal_server.binary):
        version = _output(*_path_of(find), "--version")
        if not version:
            return Finding("PostgreSQL, Temporal", "없음 · missing", SETUP)
        versions.append(version.splitlines()[0])
    return Finding("PostgreSQL, Temporal", "; ".join(versions))


def _path_of(find: Callable[[], str]) -> tuple[str]:
    try:
        return (find(),)
    except (RuntimeError, metadata.PackageNotFoundError):
        return ("false",)


def _postgres_account() -> Finding:
    """Root cannot be PostgreSQL; without namespaces it still works, as another account."""
    if os.geteuid() != 0:
        return Finding("user namespaces", "not needed (not root)")
    allowed = _output("unshare", "--user", "--map-user=65534", "--", "id", "-u") == "65534"
    return Finding("user namespaces", "allowed" if allowed else "refused: data under /var/tmp as another account")


def _loopback() -> Finding:
    refused = [address for address in AGENCY_ADDRESSES if not _binds(address)]
    remedy = "the agencies listen on 127.0.1.x: allow the whole of 127.0.0.0/8 on lo" if refused else ""
    return Finding("127.0.1.x", f"refused: {', '.join(refused)}" if refused else "free", remedy)


def _binds(address: str) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind((address, 0))
        except OSError:
            return False
    return True


def _disk(project: Path) -> Finding:
    free = shutil.disk_usage(project).free / 1e9
    return Finding("disk", f"{free:.0f} GB free", "" if free >= MIN_FREE_GB else f"free {MIN_FREE_GB} GB")


def _output(*command: str) -> str:
    """Standard output of ``command``; empty if it is missing, fails or hangs."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
