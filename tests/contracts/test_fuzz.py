"""Random edits, truncations and splices of a sealed file: never valid, never a crash, never over the limits."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest

from contracts.bounded import BoundedVerifier
from contracts.verify import verify_file

SEED = 20_261_123
FEW, MANY, AT_ONCE = 100, 2_000, 20
LENGTHS = (1, 1, 1, 2, 8, 64, 1024)


def edited(pdf: bytes, chance: random.Random) -> bytes:
    """One of: changed bytes, a removed piece, a repeated piece, noise, a truncation, a piece from elsewhere."""
    at = chance.randrange(len(pdf))
    length = chance.choice(LENGTHS)
    match chance.randrange(6):
        case 0:
            changed = bytes(byte ^ chance.randrange(1, 256) for byte in pdf[at : at + length])
            return pdf[:at] + changed + pdf[at + length :]
        case 1:
            return pdf[:at] + pdf[at + length :]
        case 2:
            return pdf[:at] + pdf[at : at + length] + pdf[at:]
        case 3:
            return pdf[:at] + chance.randbytes(length) + pdf[at:]
        case 4:
            return pdf[:at]
    elsewhere = chance.randrange(len(pdf))
    spliced = pdf[:at] + pdf[elsewhere : elsewhere + 16 * length] + pdf[at + 16 * length :]
    return spliced if spliced != pdf else pdf + b"\n"


@pytest.fixture(scope="module")
def verifier() -> Iterator[BoundedVerifier]:
    with BoundedVerifier() as found:
        yield found


def check(numbers: range, pdf: bytes, trust_pem: bytes, verifier: BoundedVerifier) -> None:
    """The verifier's own limits of time and memory are the test's: who reaches them is told so, and fails here."""
    for number in numbers:
        report = verifier.verify(edited(pdf, random.Random(SEED + number)), trust_pem)
        bad = {entry.code for entry in report.findings if not entry.ok}
        assert not report.valid, number
        assert bad, number
        assert "too_costly" not in bad, number


@pytest.mark.parametrize("first", range(0, FEW, AT_ONCE))
def test_a_random_edit_is_never_valid(
    first: int, supply_files: Sequence[bytes], trust_pem: bytes, verifier: BoundedVerifier
) -> None:
    check(range(first, first + AT_ONCE), supply_files[-1], trust_pem, verifier)


@pytest.mark.long
@pytest.mark.parametrize("first", range(FEW, FEW + MANY, 10 * AT_ONCE))
def test_two_thousand_random_edits(
    first: int, sale_files: Sequence[bytes], trust_pem: bytes, verifier: BoundedVerifier
) -> None:
    check(range(first, first + 10 * AT_ONCE), sale_files[-1], trust_pem, verifier)


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
