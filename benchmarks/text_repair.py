"""Wrapped and damaged plain texts beside what an editor would make of them.

    python benchmarks/text_repair.py FOLDER [--failures N]

FOLDER holds pairs NAME.txt and NAME.gold.txt; a line of the gold is a paragraph. Where NAME.alone.txt is, the gold has the paragraphs of several
lines only, and it the lines that must stay alone; marks of quoted mail are not compared then, nor new lines that are neither. Every text goes the way a corpus build
takes it (the reader of plain text, then cleaning with the defaults). Compared without white space and with widths made
equal (NFKC). Printed a file and in all: paragraphs of the gold that came out exactly, lines that came out and are none, and
the protected marks (digits, signs, units) that were lost or are new.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter
from pathlib import Path

from tekio.corpus.readers.plain import text_rows
from tekio.corpus.readers.rows import Rejected, UnitFile
from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, NormalizeConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath

QUOTED = re.compile(r"(?m)^(?:[>＞|] ?)+")
PROTECTED = frozenset("0123456789%‰△▲+-−±~〜円銭兆億万千株￥$¥℃㎡")


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def paragraphs(text: str) -> Counter[str]:
    return Counter(line for line in map(plain, text.split("\n")) if line)


def marks(text: str) -> Counter[str]:
    return Counter(char for char in plain(text) if char in PROTECTED)


def repaired(path: Path) -> str:
    """The text of a file as a build trains on it (personal data left as it is); empty when the file is refused."""
    source = SourceConfig(name="texts", path=RecipePath.of(path.parent), reader="text")
    config = CorpusConfig(
        sources=[source],
        personal_data=PersonalDataConfig(mode="report"),
        normalize=NormalizeConfig(contents_lists="keep"),
    )
    rows = list(text_rows(source, UnitFile(path, path.name, path.stat().st_size), path.read_bytes()))
    texts = [row.text for row in rows if not isinstance(row, Rejected)]
    return "\n".join(clean_texts(texts, config, None).texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failures", type=int, default=0, help="print so many wrong lines a file")
    asked = parser.parse_args()
    exact = wanted = extra = kept = lonely = 0
    lost: Counter[str] = Counter()
    new: Counter[str] = Counter()
    shares: list[float] = []
    for gold in sorted(asked.folder.glob("*.gold.txt")):
        path = gold.with_name(gold.name.replace(".gold.txt", ".txt"))
        text, truth = repaired(path), gold.read_text(encoding="utf-8")
        alone_file = gold.with_name(gold.name.replace(".gold.txt", ".alone.txt"))
        alone = alone_file.read_text(encoding="utf-8") if alone_file.is_file() else ""
        text = QUOTED.sub("", text) if alone else text
        found, right = paragraphs(text), paragraphs(truth)
        good = (found & right).total()
        kept, lonely = kept + (found & paragraphs(alone)).total(), lonely + paragraphs(alone).total()
        before, after = marks(f"{truth}\n{alone}"), marks(text)
        gone, come = before - after, after - before
        exact, wanted, extra = exact + good, wanted + right.total(), extra + (found - right - paragraphs(alone)).total()
        lost, new = lost + gone, new + come
        shares.append(good / right.total())
        print(
            f"{path.stem:28} exact {good:3} of {right.total():3}  wrong lines {(found - right).total():3}  "
            f"marks lost {gone.total()}, new {come.total()}"
        )
        for line in [*(right - found).elements()][: asked.failures]:
            print(f"    wanted  {line}")
        for line in [*(found - right).elements()][: asked.failures]:
            print(f"    found   {line}")
    print(
        f"\nparagraphs exact: {exact} of {wanted} = {exact / wanted:.3f} (mean of files {sum(shares) / len(shares):.3f})"
    )
    if lonely:
        print(f"lines that had to stay alone and did: {kept} of {lonely}")
    print(f"lines that are no paragraph of the gold: {extra}")
    print(f"protected marks lost: {lost.total()} {dict(lost)}; new: {new.total()} {dict(new)}")


if __name__ == "__main__":
    main()
