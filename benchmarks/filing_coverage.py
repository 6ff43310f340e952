"""The whole text of filings and earnings reports, and where a reading puts it.

    python benchmarks/filing_coverage.py [FOLDER] [--nowhere N]

FOLDER (default: the real data) holds `edinet-samples/*.zip` and `tanshin/`. The text is taken by lxml alone: every text node of
the body of every inline document or page, without the hidden header of Inline XBRL, scripts and styles. Each is looked for, white space and the reader's
signs for notes aside, in the documents of the file and in its rows in `rejected/`; characters are counted.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import argparse
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree, html

from corpus_data import real_data
from tekio.corpus.readers.dispatch import read_unit
from tekio.corpus.readers.rows import Rejected, Unit, UnitFile
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath

HIDDEN = ("script", "style", "title", "noscript")


def squeezed(text: str) -> str:
    return re.sub(r"[\s|（）()^:：]+", "", text)


def text_nodes(raw: bytes, *, xml: bool) -> Iterator[str]:
    """The text nodes of a body as they are compared."""
    root: Any = (
        etree.fromstring(raw, etree.XMLParser(resolve_entities=False, huge_tree=True)) if xml else html.fromstring(raw)
    )
    bodies = [node for node in root.iter() if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == "body"]
    for event, node in etree.iterwalk(bodies[0] if bodies else root, events=("start", "end")):
        if not isinstance(node.tag, str):
            text = node.tail if event == "end" else None
        else:
            around = [place.tag for place in (node, *node.iterancestors()) if isinstance(place.tag, str)]
            hidden = any(
                tag.rpartition("}")[2] in HIDDEN or re.search(r"inlineXBRL}(?:header|hidden)$", tag)
                for tag in (around[1:] if event == "end" else around)
            )
            text = None if hidden else node.text if event == "start" else node.tail
        if text and (piece := squeezed(text)):
            yield piece


def pages_of(path: Path) -> Iterator[list[str]]:
    """The text nodes of each page of a file."""
    if path.suffix != ".zip":
        yield list(text_nodes(path.read_bytes(), xml=False))
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith("_ixbrl.htm"):
                yield list(text_nodes(archive.read(name), xml=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=None)
    parser.add_argument("--nowhere", type=int, default=10, help="print so many pieces that are nowhere")
    asked = parser.parse_args()
    data = asked.folder or real_data()
    kinds = {
        "EDINET filings": sorted((data / "edinet-samples").glob("*.zip")),
        "earnings reports": sorted((data / "tanshin").rglob("*.htm")),
    }
    for kind, paths in kinds.items():
        total, nowhere = Counter[str](), Counter[str]()
        for path in paths:
            source = SourceConfig(name="f", path=RecipePath.of(path))
            kept, left = "", defaultdict[str, str](str)
            for row in read_unit(source, Unit("f", (UnitFile(path, path.name, path.stat().st_size),))):
                if isinstance(row, Rejected):
                    left[row.reason] += squeezed(row.document.text if row.document else "") + "\0"
                else:
                    kept += squeezed(row.text) + "\0"
            for pieces in pages_of(path):
                for piece in pieces:
                    where = (
                        "documents"
                        if piece in kept
                        else next((name for name in sorted(left) if piece in left[name]), "nowhere")
                    )
                    total[where] += len(piece)
                    if where == "nowhere":
                        nowhere[f"{path.name}: {piece[:100]}"] += len(piece)
        whole = total.total()
        print(f"{kind}: {len(paths)} files, {whole:,} characters")
        for where, count in total.most_common():
            print(f"    {where:28} {count:9,}  {count / max(whole, 1):.3%}")
        for piece, count in nowhere.most_common(asked.nowhere):
            print(f"    nowhere {count:6,}  {piece}")


if __name__ == "__main__":
    main()
