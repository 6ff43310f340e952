"""The process that draws a page of a PDF as a picture: `python -m tekio.text.pdf.render MEMORY SECONDS PAGE DPI`.

It reads the file from standard input and writes the page (counted from 1) as a grey picture in PGM form
(https://netpbm.sourceforge.net/doc/pgm.html) to standard output; nothing and exit code 1 where it cannot.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2's raw layer is not fully typed)

from __future__ import annotations

import sys
from typing import Any, cast

from tekio.offline import close_network
from tekio.text.pdf.worker import limit_self

MAX_PIXELS = 25_000_000
"""An A4 page at 300 dots per inch has 8.7 million; larger pages are drawn coarser."""


def main(arguments: list[str]) -> int:
    """Draw the page; returns the exit code."""
    memory, seconds, page, dpi = (int(value) for value in arguments[:4])
    raw = sys.stdin.buffer.read()
    import pypdfium2

    close_network()
    limit_self(memory, seconds)
    try:
        opened = pypdfium2.PdfDocument(raw)[page - 1]
        wide, high = opened.get_size()
        scale = min(dpi / 72, (MAX_PIXELS / max(wide * high, 1.0)) ** 0.5)
        drawn = opened.render(scale=cast("Any", scale), grayscale=True).to_numpy()  # its annotation says int
    except (pypdfium2.PdfiumError, MemoryError, ValueError, IndexError):
        return 1
    height, width = drawn.shape[:2]
    sys.stdout.buffer.write(b"P5 %d %d 255\n" % (width, height) + drawn.reshape(height, width).tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
