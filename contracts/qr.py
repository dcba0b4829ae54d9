"""A QR code as paths, for a page that stays sharp at any size."""

from __future__ import annotations

import segno

INK = "#1c2b45"
QUIET = 2  # modules of white around it; the page's own white adds the rest of the four that ISO/IEC 18004 asks for


def qr_picture(text: str) -> str:
    """``data:`` address of an SVG. A quarter of the symbol may be lost (level Q): folds, stamps, copies."""
    code = segno.make_qr(text, error="q", boost_error=False)
    return str(code.svg_data_uri(border=QUIET, dark=INK, xmldecl=False, nl=False, svgclass=None, lineclass=None))
