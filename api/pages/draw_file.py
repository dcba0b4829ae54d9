"""The file that an applicant keeps: verifier, transcript, own proof and trust roots in one page without a network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup

from api.draw_record import Record
from api.pages.formats import Lang
from api.pages.view import render
from law.drawing.proof import OwnProof

STATIC = Path(__file__).parents[1] / "static"
SCRIPTS = ("draw-bytes.js", "draw-select.js", "draw-stamps.js", "draw-verify.js", "draw-worker.js", "draw-page.js")
BESIDE = SCRIPTS[:-1]  # what the worker needs


@cache
def _script(name: str) -> str:
    return (STATIC / name).read_text("utf-8")


def saved_file(
    lang: Lang, record: Record, proof: OwnProof | None, head_sha256: str, *, trust: str,
    private: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    """One HTML page. ``head_sha256``: of the terms as published with the notice; ``private``: the opened part in words.

    Its own policy lets it load nothing and send nothing, whatever is inside.
    """
    hashes = " ".join(f"'sha256-{_hash(_script(name))}'" for name in SCRIPTS)
    return render(
        lang, "draw_file.html",
        {
            "record": record, "proof": proof, "private": private, "head_sha256": head_sha256,
            "script_hashes": Markup(hashes),  # noqa: S704 - digests of our own files
            "scripts": [(name in BESIDE, Markup(_script(name))) for name in SCRIPTS],  # noqa: S704 - our own files
            "style": Markup((STATIC / "draw-file.css").read_text("utf-8")),  # noqa: S704 - our own file
            "transcript_json": _inside(record.document()), "trust": trust,
            "proof_json": _inside(proof.canonical()) if proof else "",
        },
    )  # fmt: skip


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _inside(document: bytes) -> Markup:
    """JSON that cannot end the element that it stands in. The canonical form does not change by it."""
    return Markup(document.decode().replace("<", "\\u003c"))  # noqa: S704 - escaped for a data block
