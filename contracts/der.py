"""Is a signature's container what we wrote: DER and zeros, in the spelling that we use?

The bytes of the last container are covered by nothing, so whatever may be said in several ways must be said in ours.
"""

from __future__ import annotations

from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

LONG_FORM = 0x80
CONSTRUCTED = 0x20
HIGH_TAG = 0x1F


def is_canonical(one: EmbeddedPdfSignature, pdf: bytes) -> bool:
    """The gap in the byte range holds upper-case hexadecimal of one DER value and zeros, and nothing else."""
    content = bytes(one.pkcs7_content)
    start, end = int(one.byte_range[1]), int(one.byte_range[2])
    written = b"<" + content.hex().upper().encode() + b">"
    try:
        length = _end(content, 0)
        _walk(content[:length])
    except (IndexError, ValueError):
        return False
    return pdf[start:end] == written and not any(content[length:])


def _walk(data: bytes) -> None:
    """Every value, at every depth, has a definite length in its shortest form. Raises ValueError or IndexError."""
    todo = [data]
    while todo:
        piece = todo.pop()
        at = 0
        while at < len(piece):
            end = _end(piece, at)
            if end > len(piece):
                raise ValueError("a value is longer than what holds it")
            if piece[at] & CONSTRUCTED:
                todo.append(piece[_body(piece, at) : end])
            at = end


def _body(data: bytes, at: int) -> int:
    """Where the contents of the value at ``at`` begin."""
    first = data[at + 1]
    return at + 2 + (first & ~LONG_FORM if first & LONG_FORM else 0)


def _end(data: bytes, at: int) -> int:
    """Where the value at ``at`` ends."""
    first, body = data[at + 1], _body(data, at)
    if data[at] & HIGH_TAG == HIGH_TAG or first == LONG_FORM:
        raise ValueError("a high tag or an indefinite length")
    if not first & LONG_FORM:
        return body + first
    length = int.from_bytes(data[at + 2 : body], "big")
    if length < LONG_FORM or data[at + 2] == 0:
        raise ValueError("a length that is not in its shortest form")
    return body + length
