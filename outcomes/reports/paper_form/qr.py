"""An address as a QR code: a telephone's camera opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from segno import QRCode

LEVEL = "m"
"""Readable with 15 per cent of it gone: a fold, a stain."""
QUIET_MODULES = 4
"""The white rim that readers need, by the standard."""


def make_code(address: str) -> QRCode:
    """The code of an address."""
    return segno.make_qr(address, error=LEVEL, boost_error=False)


def qr_code(address: str) -> str:
    """The code as a picture (SVG in a ``data:`` address), black on white with its rim."""
    return make_code(address).svg_data_uri(
        border=QUIET_MODULES, dark="#000000", light="#ffffff", xmldecl=False, encode_minimal=False
    )
