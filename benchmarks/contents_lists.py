"""Rows of contents lists in what a build would train on, over the real earnings reports.

    python benchmarks/contents_lists.py [FOLDER]

FOLDER (default: `tanshin` of the real data) holds HTML pages. A row counts that has dots or dashes leading to a page number,
by a pattern of this script's own; the rows that hold dots for other reasons (北米……米国) are printed beside it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from corpus_data import real_data
from page_text import text_of

ROW = re.compile(
    r"(?:…|‥|・|\.|．){4,}[^ぁ-んァ-ヶ一-龥]*(?:[PpＰ頁][.:：]?)?[^ぁ-んァ-ヶ一-龥]*[0-9０-９]+[^ぁ-んァ-ヶ一-龥]*$|(?:…|‥){12,}"
)
DOTS = re.compile(r"…{2,}|・{4,}|\.{6,}|‥{2,}")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else real_data() / "tanshin"
    pages = sorted(path for path in folder.rglob("*") if path.suffix in (".htm", ".html"))
    rows = others = 0
    for path in pages:
        lines = text_of(path)[0].split("\n")
        found = [line for line in lines if ROW.search(line)]
        others += sum(1 for line in lines if DOTS.search(line)) - len(found)
        rows += len(found)
        for line in found[:3]:
            print(f"{path.parent.name}: {line[:100]}")
    print(f"{len(pages)} reports: rows of contents lists {rows}, other rows with dots {others}")


if __name__ == "__main__":
    main()
