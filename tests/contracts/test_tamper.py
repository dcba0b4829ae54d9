"""Sealed files that somebody edited without any key: each is rejected, and for the right reason."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from contract_attacks import cut, failures, revise
from contract_tampering import IN_PLACE, LATER, LATER_AT_ONCE, Edit, Revision

from contracts.verify import verify_file


@pytest.mark.parametrize(("name", "edit", "expected"), IN_PLACE, ids=[one[0] for one in IN_PLACE])
def test_edits_in_place(
    name: str, edit: Edit, expected: set[str], supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    edited = edit(supply_files[-1])
    assert edited != supply_files[-1]
    assert failures(edited, trust_pem) & expected, name


@pytest.mark.parametrize(("change", "expected"), LATER, ids=[change.__name__ for change, _ in LATER])
def test_later_revisions(change: Revision, expected: str, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    """Every signature betrays them, and the report names what was changed."""
    codes = failures(revise(supply_files[-1], change), trust_pem)
    assert {"archived", "additions"} <= codes
    assert {code for code in codes if code.startswith("changed_")} == {expected}


@pytest.mark.parametrize(("change", "expected"), LATER_AT_ONCE, ids=[change.__name__ for change, _ in LATER_AT_ONCE])
def test_later_revisions_that_unmake_a_signature(
    change: Revision, expected: set[str], supply_files: Sequence[bytes], trust_pem: bytes
) -> None:
    assert failures(revise(supply_files[-1], change), trust_pem) & expected


def test_a_change_is_told_with_its_place(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    (over_page, _), *_ = LATER
    report = verify_file(revise(supply_files[-1], over_page), trust_pem)
    (told,) = [entry for entry in report.findings if entry.code == "changed_page"]
    assert (told.ok, told.subject) == (False, "1")
    assert "쪽" in told.ko


CUTS = [(1, {"complete"}), (2, {"complete"}), (4, {"complete"}), (6, {"complete"})]


@pytest.mark.parametrize(("revisions", "expected"), CUTS)
def test_rolled_back(
    revisions: int, expected: set[str], sealed: bytes, sale_files: Sequence[bytes], trust_pem: bytes
) -> None:
    shorter = cut(sealed, revisions)
    if revisions > 1:
        assert shorter.rstrip() == sale_files[6 - revisions].rstrip()
    assert failures(shorter, trust_pem) >= expected


def test_a_resaved_copy(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    """Written anew by another program: fields and attachments are there, but no signature can hold any more."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(supply_files[-1])) as opened:
        opened.save(output)
    assert failures(output.getvalue(), trust_pem) == {"original"}


def test_a_printed_copy(supply_files: Sequence[bytes], trust_pem: bytes, tmp_path: Path) -> None:
    """Printed into a file: it looks the same, and holds nothing but its looks."""
    original, printed = tmp_path / "a.pdf", tmp_path / "printed.pdf"
    original.write_bytes(supply_files[-1])
    subprocess.run(["pdftocairo", "-pdf", str(original), str(printed)], check=True, capture_output=True)
    assert failures(printed.read_bytes(), trust_pem) == {"original"}


def test_the_first_broken_digest_ends_it(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    _, edit, _ = IN_PLACE[0]
    report = verify_file(edit(supply_files[-1]), trust_pem)
    assert [entry.ok for entry in report.findings if entry.code == "intact"] == [False]
    assert report.signers == ()


def test_other_peoples_files(trust_pem: bytes, sealed: bytes) -> None:
    blank = io.BytesIO()
    with pikepdf.new() as other:
        other.add_blank_page()
        other.save(blank)
    assert failures(blank.getvalue(), trust_pem) == {"original"}
    assert failures(b"", trust_pem) == {"readable"}
    assert failures(b"PK\x03\x04" * 100, trust_pem) == {"readable"}
    assert failures(sealed + bytes(20_000_000), trust_pem) == {"too_large"}


def test_the_corpus_is_whole() -> None:
    """With test_forgery.py and the cuts above: every class of published attack, forty files and more."""
    assert len(IN_PLACE) + len(LATER) + len(LATER_AT_ONCE) + len(CUTS) >= 60
    for kind in ("USF", "SWA", "ISA"):
        assert sum(name.startswith(kind) for name, _, _ in IN_PLACE) >= 3
