"""Main text of HTML pages: Tekio beside trafilatura and resiliparse, against hand-marked truth.

    python benchmarks/html_vs_peers.py --peers PYTHON [--edinet FOLDER]

The pages in `html_pages/` were written for this with the dirt of real sites (navigation, banners, cookie notices, related
links, layout tables, fonts, `div`s without names); the main text stands between `<!--main-->` and `<!--/main-->`, which
no tool sees. PYTHON has trafilatura and resiliparse. `--edinet`: also the inline documents of EDINET ZIPs there, all of
which is main text. Printed: precision and recall of character 5-grams without white space, per page and pooled.
"""

import argparse
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import lxml.etree

from tekio.corpus.readers.web import main_text
from tekio.text.html import SKIPPED, block_text, parse_html_text

PEERS = """
import json, sys
pages = json.load(sys.stdin)
import trafilatura
from importlib.metadata import version
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
out = {f"trafilatura {version('trafilatura')}": [trafilatura.extract(p, include_tables=True) or "" for p in pages],
       f"trafilatura {version('trafilatura')} recall": [trafilatura.extract(p, include_tables=True, favor_recall=True) or "" for p in pages],
       f"resiliparse {version('resiliparse')}": [extract_plain_text(HTMLTree.parse(p), main_content=True) for p in pages]}
json.dump(out, sys.stdout)
"""
etree: Any = lxml.etree
MAIN = re.compile(r"<!--main-->(.*?)<!--/main-->", re.DOTALL)
MARKS = re.compile(r"<!--/?main-->")


def plain_text(html: str) -> str:
    """All visible text of a piece of HTML, by lxml alone."""
    root = etree.fromstring(f"<html><body>{html}</body></html>", etree.HTMLParser())
    etree.strip_elements(root, *SKIPPED - {"head", "title"}, with_tail=False)
    return "".join(root.itertext(etree.Element))


def grams(text: str) -> Counter[str]:
    bare = "".join(char for char in unicodedata.normalize("NFKC", text) if not char.isspace() and char not in "|-・•*")
    return Counter(bare[place : place + 5] for place in range(max(len(bare) - 4, 0)))


def score(found: str, truth: str) -> tuple[int, int, int]:
    """(common, found, true) 5-grams."""
    ours, theirs = grams(found), grams(truth)
    return (ours & theirs).total(), ours.total(), theirs.total()


def show(name: str, common: int, found: int, true: int) -> str:
    precision, recall = common / found if found else 0.0, common / true if true else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{name:28} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


def pages_of(edinet: Path | None) -> list[tuple[str, str, str]]:
    """(name, page, truth)."""
    found: list[tuple[str, str, str]] = []
    for path in sorted((Path(__file__).parent / "html_pages").glob("*.html")):
        html = path.read_text(encoding="utf-8")
        found.append((path.stem, MARKS.sub("", html), "\n".join(plain_text(part) for part in MAIN.findall(html))))
    for archive in sorted(edinet.glob("*.zip")) if edinet else []:
        with zipfile.ZipFile(archive) as members:
            for name in sorted(name for name in members.namelist() if name.endswith("_ixbrl.htm")):
                html = members.read(name).decode("utf-8-sig")
                html = re.sub(r"^\s*<\?xml[^>]*\?>", "", html)
                html = re.sub(r"<ix:header>.*?</ix:header>", "", html, flags=re.DOTALL)
                found.append((f"edinet {archive.stem} {name[:18]}", html, block_text(parse_html_text(html))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", required=True, help="python with trafilatura and resiliparse")
    parser.add_argument("--edinet", type=Path)
    parser.add_argument("--show", help="print what Tekio takes of this page")
    arguments = parser.parse_args()
    pages = pages_of(arguments.edinet)
    peers = subprocess.run(
        [arguments.peers, "-c", PEERS], input=json.dumps([page for _, page, _ in pages]), capture_output=True, text=True
    )
    if peers.returncode:
        sys.exit(peers.stderr)
    results = {"tekio": [main_text(parse_html_text(page)).text for _, page, _ in pages]} | json.loads(peers.stdout)
    for real in (False, True):
        chosen = [number for number, (name, _, _) in enumerate(pages) if name.startswith("edinet") == real]
        if not chosen:
            continue
        print("== inline documents of EDINET filings" if real else "== written pages")
        totals = {name: Counter[str]() for name in results}
        for number in chosen:
            name, _, truth = pages[number]
            for tool, texts in results.items():
                common, found, true = score(texts[number], truth)
                totals[tool].update({"common": common, "found": found, "true": true})
                if not real:
                    print(show(f"{name[:12]} {tool[:14]}", common, found, true))
            if arguments.show and arguments.show in name:
                print(results["tekio"][number])
        for tool, total in totals.items():
            print(show(f"ALL {tool}", total["common"], total["found"], total["true"]))


if __name__ == "__main__":
    main()
