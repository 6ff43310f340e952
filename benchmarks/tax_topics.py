"""The tax agency's questions and answers in one folder a topic, as `recipes/effect/tax-topics.yaml` reads them.

    python benchmarks/tax_topics.py [--out runs/effect-topics/pages]

A page says in its trail of links which tax it is about; kinds that are near to each other share a topic. Pages of the kinds with few pages go into no
topic and are counted.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("TEKIO_REAL_DATA") or ROOT.parent / "shared" / "data")
TOPICS = {
    "所得税": "income",
    "譲渡所得": "income",
    "源泉所得税": "income",
    "法人税": "corporate",
    "消費税": "consumption",
    "印紙税": "stamp",
    "財産評価": "inheritance",
    "相続税・贈与税": "inheritance",
}
TRAIL = re.compile(r"^4\. \[(.+?)\]", re.MULTILINE)


def topic_of(page: str) -> str:
    """The topic of a page's fourth link of the trail; none: empty."""
    found = TRAIL.search(page)
    return TOPICS.get(found[1], "") if found else ""


def lay_out(pages: Path, out: Path) -> Counter[str]:
    """Copy each page to the folder of its topic; pages by topic, `` for those of none. Raises `FileExistsError` where `out` holds anything."""
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    found: Counter[str] = Counter()
    for page in sorted(pages.glob("*.md")):
        topic = topic_of(page.read_text("utf-8"))
        found[topic] += 1
        if topic:
            (out / topic).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, out / topic / page.name)
    return found


def main() -> None:
    """Lay out and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "effect-topics" / "pages")
    given = parser.parse_args()
    for topic, number in sorted(lay_out(DATA / "nta" / "shitsugi", given.out).items()):
        print(f"{topic or '(no topic)':<14} {number:>6,}")


if __name__ == "__main__":
    main()
