"""Which topics of the benchmarks the instruction records speak of, and which they do not: shares of the benchmarks' terms, and the gaps by name.

    python benchmarks/topic_coverage.py runs/effect [--missing 8]

A term is a run of two and more kanji or of three and more katakana in an item's text and options; it is covered where it stands anywhere in a
record's question or answer. Shares are over the terms of all items, each as often as it occurs; the gaps are the absent terms that the most items
have. Words say what is spoken of, not what is taught: a covered topic need not be learned.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from effect import STUDIES, fill_page
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.items import find_files, read_items
from tekio.records import read_records

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
BENCHMARKS = {
    "chabsa": "chabsa",
    "economy_watchers": "economy-watchers/current",
    "cma_basics": "fin-harness",
    "cpa_audit": "fin-harness",
    "fp2": "fin-harness",
    "security_sales_1": "fin-harness",
    "jcommonsenseqa": "jglue",
    "jnli": "jglue",
}
TERM = re.compile(r"[一-鿿々]{2,}|[ァ-ヴー]{3,}")
PAGE = STUDIES / "topic-coverage.md"


def terms_of(text: str) -> list[str]:
    """The terms of a text, as often as they occur."""
    return TERM.findall(text)


def item_texts(task: str, place: Path) -> list[str]:
    """Text and options of every item of a task."""
    spec = load_task(task, base=Path()).spec
    items = read_items(spec, find_files(spec, spec.data.files, place), check_count=False)
    return ["\n".join([*map(str, item.fields.values()), *item.options]) for item in items]


def coverage(items: Iterable[str], text: str) -> tuple[float, list[str]]:
    """Share of the terms of items that stand in a text, and the absent ones, those of most items first."""
    occurring: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for item in items:
        found = terms_of(item)
        occurring.update(found)
        having.update(set(found))
    absent = {term for term in occurring if term not in text}
    covered = sum(number for term, number in occurring.items() if term not in absent)
    gaps = sorted(absent, key=lambda term: (-having[term], term))
    return covered / max(1, occurring.total()), gaps


def table(
    shares: Mapping[str, Mapping[str, float]], gaps: Mapping[str, list[str]], counts: Mapping[str, int], head: str
) -> list[str]:
    """The page's table: a row a benchmark, a column a source of records."""
    sources = list(next(iter(shares.values())))
    lines = [f"| {head.format(' | '.join(sources))} |", "|" + "---|" * (len(sources) + 3)]
    for name, by_source in shares.items():
        cells = " | ".join(f"{share:.0%}" for share in by_source.values())
        lines.append(f"| {name} | {counts[name]:,} | {cells} | {'、'.join(gaps[name])} |")
    return lines


def main() -> None:
    """Read, compare, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="run folder with instruct/")
    parser.add_argument("--missing", type=int, default=6, help="gaps to name a benchmark (default: 6)")
    parser.add_argument("--write", action="store_true", help="put the table into the page")
    given = parser.parse_args()
    texts: dict[str, list[str]] = {}
    for record in read_records(given.run / "instruct" / "train.jsonl"):
        said = "\n".join(message["content"] for message in record.messages)
        texts.setdefault(record.meta.origin.split("#")[0], []).append(said)
    joined = {f"{name} ({len(some):,})": "\n".join(some) for name, some in sorted(texts.items())}
    joined[f"all ({sum(map(len, texts.values())):,})"] = "\n".join("\n".join(some) for some in texts.values())
    shares: dict[str, dict[str, float]] = {}
    gaps: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for task, place in BENCHMARKS.items():
        items = item_texts(task, DATA / place)
        found = {name: coverage(items, text) for name, text in joined.items()}
        shares[task], counts[task] = {name: share for name, (share, _) in found.items()}, len(items)
        gaps[task] = list(found.values())[-1][1][: given.missing]
    english = table(shares, gaps, counts, "benchmark | items | {} | not in any record")
    print("\n".join(english))
    if given.write:
        fill_page(
            PAGE, {"en": english, "ja": table(shares, gaps, counts, "評価課題 | 問題数 | {} | 指示データにない語")}
        )


if __name__ == "__main__":
    main()
