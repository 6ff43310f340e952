"""A PDF file of one page that the process which forks one for each file reads first (`tekio.text.pdf.worker`).

What is done once (connecting pdfium's functions, compiling patterns, making code faster) is then done for all of them, and
their memory is shared: a file costs 12 ms less.
"""

from __future__ import annotations

LINES = 12
"""Of running text."""


def sample() -> bytes:
    """A heading, running text, a table with ruling lines and one without."""
    drawn = [_text(72, 780, 18, "Heading")]
    drawn += [_text(72, 750 - 14 * line, 10, "Running text that goes on in the next line.") for line in range(LINES)]
    for row in range(4):
        top = 560 - 20 * row
        cells = [
            f"Row {row}" if row else "Name",
            "Before" if not row else f"{row},234",
            "Now" if not row else f"{row},567",
        ]
        drawn += [_text(72 + 120 * column, top, 10, text) for column, text in enumerate(cells)]
        drawn += [f"{68 + 120 * column} {top - 6} 120 20 re S" for column in range(3)]
        drawn += [_text(72 + 120 * column, top - 120, 10, text) for column, text in enumerate(cells)]
    content = "\n".join(drawn).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made = b"%PDF-1.4\n"
    places: list[int] = []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def _text(x: float, y: float, size: float, text: str) -> str:
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET"
