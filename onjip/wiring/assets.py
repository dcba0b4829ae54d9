"""Static files of the pages, gathered into one folder: our own, and style and script from the npm packages.

Nothing is loaded from elsewhere at run time; KRDS keeps its own folder layout because its style refers to it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ROOT / "api" / "static"
MODULES = ROOT / "node_modules"
KRDS = MODULES / "krds-uiux" / "resources"
COPIES = {
    KRDS / "css": "krds/css",
    KRDS / "fonts": "krds/fonts",
    KRDS / "img": "krds/img",
    MODULES / "htmx.org" / "dist" / "htmx.min.js": "htmx.min.js",
}


class AssetsMissing(Exception):
    """``make setup`` has not been run: the npm packages are not here."""


def gather(home: Path) -> Path:
    """The folder that is served under ``/static``; made anew at each start of the web process."""
    target = home / "static"
    draft = home / f"static.{id(target):x}"
    for source, place in COPIES.items():
        if not source.exists():
            raise AssetsMissing(f"{source.relative_to(ROOT)} is missing: run make setup")
        _copy(source, draft / place)
    _copy(OWN, draft / "own")
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.map"), dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
