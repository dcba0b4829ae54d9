"""Two repairs of asn1crypto 1.5.1.

Without the first, one signature in sixty takes 8 to 19 seconds. ``Sequence.dump`` takes every header whose last octet
is 0x80 for an indefinite length and then re-encodes the whole tree, once more per level. A definite length such as
0x1B80 ends in the same octet: one SEQUENCE in 256, and a signature has several. Forgetting such a header makes the
library compute it again from the contents. See wbond/asn1crypto#256.

Without the second, a joint certificate (공동인증서) cannot be used at all: it names its holder by an otherName of a
kind that the library does not know (VID), and to read what is unknown it fails, also for whoever only passes by.
Nothing of ours reads such names; they are handed on as their bytes.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import asn1crypto
from asn1crypto import core, x509

KNOWN_VERSION = "1.5.1"


def install() -> None:
    """Patch the library, once per process. Raises when it is another version than was studied."""
    if asn1crypto.__version__ != KNOWN_VERSION:
        raise RuntimeError(f"asn1crypto {asn1crypto.__version__}: check whether contracts/asn1_shim.py is still needed")
    for cls in (core.Sequence, core.SequenceOf):
        if not hasattr(cls.dump, "__wrapped__"):
            cls.dump = _forget_definite_header(cls.dump)
    x509.AnotherName.native = property(_other_name)


def _other_name(name: x509.AnotherName) -> dict[str, Any]:
    return {"type_id": name["type_id"].native, "value": name["value"].dump()}


def _forget_definite_header(dump: Any) -> Any:
    @wraps(dump)
    def patched(self: Any, force: bool = False) -> bytes:
        header = self._header
        if header is not None and len(header) > 2 and header[-1] == 0x80:
            self._header = None
        return bytes(dump(self, force))

    return patched
