"""Random edits: never valid, never a crash, never slow."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from contracts.verify import verify_file

SEED = 20_261_123
PATIENCE = 5.0  # seconds


def edited(pdf: bytes, chance: random.Random) -> bytes:
    """One of: changed bytes, a removed piece, a repeated piece, a piece of noise."""
    at = chance.randrange(len(pdf))
    length = chance.choice((1, 1, 1, 2, 8, 64, 1024))
    kind = chance.randrange(4)
    if kind == 0:
        return pdf[:at] + bytes(byte ^ chance.randrange(1, 256) for byte in pdf[at : at + length]) + pdf[at + length :]
    if kind == 1:
        return pdf[:at] + pdf[at + length :]
    if kind == 2:
        return pdf[:at] + pdf[at : at + length] + pdf[at:]
    return pdf[:at] + chance.randbytes(length) + pdf[at:]


@pytest.mark.parametrize("number", range(60))
def test_a_random_edit_is_never_valid(number: int, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    data = edited(supply_files[-1], random.Random(SEED + number))
    start = time.process_time()
    report = verify_file(data, trust_pem)
    assert time.process_time() - start < PATIENCE
    assert not report.valid
    assert any(not entry.ok for entry in report.findings)


@pytest.mark.parametrize("spot", ["padding", "case", "end"])
def test_what_no_signature_covers_is_fixed_too(spot: str, supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    """The container of the last time stamp is in nobody's byte range."""
    pdf = supply_files[-1]
    end = pdf.index(b">", pdf.rindex(b"/Contents <"))
    last_digit = end - 1
    while pdf[last_digit : last_digit + 1] == b"0":
        last_digit -= 1
    if spot == "padding":
        data = pdf[: end - 3] + b"7" + pdf[end - 2 :]
    elif spot == "case":
        letter = max(pdf.rindex(digit, 0, last_digit + 1) for digit in (b"A", b"B", b"C", b"D", b"E", b"F"))
        data = pdf[:letter] + pdf[letter : letter + 1].lower() + pdf[letter + 1 :]
    else:
        data = pdf[: last_digit + 1] + b" " + pdf[last_digit + 1 : end - 1] + pdf[end:]
    assert len(data) == len(pdf)
    report = verify_file(data, trust_pem)
    assert {entry.code for entry in report.findings if not entry.ok} & {"intact", "readable"}
