"""`python -m tekio.troubleshooting DIR` writes both pages of help by message into DIR."""

from __future__ import annotations

import sys
from pathlib import Path

from tekio.store import write_atomic
from tekio.troubleshooting.page import PAGES, missing, page

if lacking := missing():
    sys.exit("\n".join([*lacking, "add them to causes.yaml"]))
for name, language in PAGES.items():
    write_atomic(Path(sys.argv[1]) / name, page(language).encode())
