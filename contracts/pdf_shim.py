"""One repair of pyHanko 0.38.0: it reads a hexadecimal string digit by digit, and a signature has seven thousand.

The digits up to the closing bracket are taken at once; what is neither digit nor white space is refused as before.
"""

from __future__ import annotations

import binascii
from functools import wraps
from importlib.metadata import version
from typing import IO, Any

from pyhanko.pdf_utils import generic, misc

KNOWN_VERSION = "0.38.0"
PIECE = 8192  # bytes


def install() -> None:
    """Patch the reader, once per process. Raises when the library is another version than was studied."""
    if version("pyhanko") != KNOWN_VERSION:
        raise RuntimeError(f"pyhanko {version('pyhanko')}: check whether contracts/pdf_shim.py is still needed")
    if not hasattr(generic.read_hex_string_from_stream, "__wrapped__"):
        generic.read_hex_string_from_stream = _at_once(generic.read_hex_string_from_stream)


def _at_once(read: Any) -> Any:
    @wraps(read)
    def patched(stream: IO[bytes]) -> Any:
        stream.read(1)
        digits = _digits(stream).translate(None, misc.PDF_WHITESPACE)
        try:
            return generic.pdf_string(binascii.unhexlify(digits + b"0" * (len(digits) % 2)))
        except binascii.Error as error:
            raise misc.PdfStreamError("unexpected token in a hexadecimal string") from error

    return patched


def _digits(stream: IO[bytes]) -> bytes:
    """Everything before the closing bracket; the stream stands behind it then."""
    found = bytearray()
    while piece := stream.read(PIECE):
        end = piece.find(b">")
        if end >= 0:
            stream.seek(end + 1 - len(piece), 1)
            return bytes(found + piece[:end])
        found += piece
    raise misc.PdfStreamError("a hexadecimal string without end")
