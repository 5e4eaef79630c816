"""Barcodes (Code 128, ISO/IEC 15417) and QR codes (ISO/IEC 18004) as small SVG drawings: one path each, black on nothing, without quiet zone."""

from itertools import groupby
from typing import Final

import segno
from barcode import Code128

BARS_MAX: Final = 40
"""Longer texts would need bars finer than 0.2 mm on a label: they are shown as text only."""


TO_C: Final = 99


class _Code128(Code128):  # type: ignore[misc]  # the library tells no types
    """python-barcode up to 0.16.1 takes the digits 99 at the start for a change to the character set it is in, and drops them (its issue 251)."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        optimized: list[int] = encoded if encoded[1] == TO_C else super()._try_to_optimize(encoded)
        return optimized


def can_be_bars(text: str) -> bool:
    """Whether a Code 128 can say this: printable ASCII, neither empty nor too long."""
    return 0 < len(text) <= BARS_MAX and text.isascii() and text.isprintable()


def modules_of(text: str) -> str:
    """The modules of a Code 128 from left to right: `1` dark, `0` light, without quiet zone."""
    [modules] = _Code128(text).build()
    return str(modules)


def code128(text: str) -> str:
    """A Code 128 as SVG that may be stretched in height; empty when there is none of this text."""
    if not can_be_bars(text):
        return ""
    modules = modules_of(text)
    return _svg(len(modules), 1, _runs(modules, 0))


def qr(text: str) -> str:
    """A QR code (error correction M) as SVG."""
    rows = ["".join("1" if bit else "0" for bit in row) for row in segno.make_qr(text, error="m").matrix]
    return _svg(len(rows), len(rows), "".join(_runs(row, y) for y, row in enumerate(rows)))


def _runs(modules: str, y: int) -> str:
    """Each run of dark modules of a row as a rectangle."""
    path, x = [], 0
    for bit, run in groupby(modules):
        width = len(list(run))
        if bit == "1":
            path.append(f"M{x} {y}h{width}v1h-{width}z")
        x += width
    return "".join(path)


def _svg(width: int, height: int, path: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="none" shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )
