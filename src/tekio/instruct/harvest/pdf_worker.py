"""Reads a PDF from standard input and writes its pages' text as JSON: run as a process of its own with limits.

PDF parsers are large and meet hostile files; here a crash, an endless loop or a memory bomb ends this process only.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (pypdfium2 has no complete type information)

from __future__ import annotations

import json
import sys


def limit_self(memory: int, seconds: int) -> None:
    """Bound address space and CPU time of this process (POSIX)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> int:
    """Pages as `{"pages": [...]}` or `{"error": ...}` on standard output."""
    limit_self(int(sys.argv[1]), int(sys.argv[2]))
    most = int(sys.argv[3])
    try:
        import pypdfium2
    except ImportError:
        print(json.dumps({"error": "needs_pdf_extra"}))
        return 0
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        count = len(document)
        if count > most:
            print(json.dumps({"error": "too_many_pages", "pages": count}))
            return 0
        pages = [document[number].get_textpage().get_text_bounded() for number in range(count)]
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        print(json.dumps({"error": "bad_pdf", "why": str(error)[:200]}))
        return 0
    print(json.dumps({"read": pages}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
