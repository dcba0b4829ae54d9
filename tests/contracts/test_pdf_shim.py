"""The repair of pyHanko's reader reads what the library reads, and refuses what it refuses."""

from __future__ import annotations

import io
import random
from importlib.metadata import version
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

from contracts import pdf_shim

LONG = bytes(range(256)) * 100
GOOD = (
    b"<>", b"<00>", b"<0>", b"<abcDEF01>", b"< 0 1\n2\r3\t4\x0c5\x006 >", b"<FEFF00e1>",
    b"<" + LONG.hex().encode() + b">", b"<" + b" " * 20_000 + b"41>", b"<41>trailing", b"<41><42>",
)  # fmt: skip
BAD = (b"<", b"<41", b"<4g>", b"<41\xff>", b"<<41>", b"<" + b"0" * 30_000)


def read(function: Any, data: bytes) -> tuple[Any, int]:
    """What was read, and where the stream stands then."""
    stream = io.BytesIO(data)
    found = function(stream)
    return (type(found), found, getattr(found, "original_bytes", None)), stream.tell()


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    pdf_shim.install()


@pytest.mark.parametrize("data", GOOD, ids=range(len(GOOD)))
def test_it_reads_what_the_library_reads(data: bytes) -> None:
    patched = generic.read_hex_string_from_stream
    assert read(patched, data) == read(patched.__wrapped__, data)


@pytest.mark.parametrize("data", BAD, ids=range(len(BAD)))
def test_it_refuses_what_the_library_refuses(data: bytes) -> None:
    patched = generic.read_hex_string_from_stream
    for function in (patched, patched.__wrapped__):
        with pytest.raises(PdfReadError):
            function(io.BytesIO(data))


def test_on_noise_they_agree() -> None:
    chance, patched = random.Random(5), generic.read_hex_string_from_stream
    for _ in range(500):
        data = b"<" + bytes(chance.choice(b"0123456789abcdefAF \n>g") for _ in range(chance.randrange(12)))
        ours, theirs = [_outcome(function, data) for function in (patched, patched.__wrapped__)]
        assert ours == theirs, data


def _outcome(function: Any, data: bytes) -> object:
    try:
        return read(function, data)
    except PdfReadError:
        return "refused"


def test_it_is_the_studied_version_and_wrapped_once() -> None:
    assert version("pyhanko") == pdf_shim.KNOWN_VERSION
    once = generic.read_hex_string_from_stream
    pdf_shim.install()
    assert generic.read_hex_string_from_stream is once
