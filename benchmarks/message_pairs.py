"""English and Japanese messages of programs as sentence pairs, as `recipes/effect/translation.yaml` reads them.

    pip download --no-deps --dest catalogs Django==5.2.19 wagtail==8.0.1 jupyterlab-language-pack-ja-JP==4.5.post3
    python benchmarks/message_pairs.py catalogs [--out runs/effect-translation/pairs.tsv]

The wheels (BSD-3-Clause) hold compiled catalogs (`ja/LC_MESSAGES/*.mo`; the format: the GNU gettext manual, "The Format of GNU MO
Files"). A message is taken once: its first translation; plural forms give the singular's pair. Left out and counted: headers, untranslated
messages, those of several lines and those that are shorter than `SHORTEST` characters in Japanese or hold no kana or kanji.
"""

from __future__ import annotations

import argparse
import re
import struct
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

MAGIC = 0x950412DE
SHORTEST = 4
JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
CATALOG = re.compile(r"(?:^|/)ja(?:_JP)?/LC_MESSAGES/[^/]+\.mo$")


def messages(catalog: bytes) -> Iterator[tuple[str, str]]:
    """Message and translation of a compiled catalog, without context and plural forms. Raises `ValueError` for other files."""
    if len(catalog) < 20:
        raise ValueError("no compiled catalog")
    order = next((o for o in "<>" if struct.unpack(o + "I", catalog[:4])[0] == MAGIC), "")
    if not order:
        raise ValueError("no compiled catalog")
    count, keys, values = struct.unpack(order + "3I", catalog[8:20])

    def text(table: int, number: int) -> str:
        length, start = struct.unpack_from(order + "2I", catalog, table + 8 * number)
        return catalog[start : start + length].decode("utf-8")

    for number in range(count):
        asked = text(keys, number).split("\x04")[-1].split("\0")[0]  # context EOT message NUL plural
        yield asked, text(values, number).split("\0")[0]


def pairs(folder: Path) -> tuple[dict[str, str], Counter[str]]:
    """English -> Japanese of all wheels in `folder`, and what was left out by reason."""
    found: dict[str, str] = {}
    left: Counter[str] = Counter()
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in sorted(filter(CATALOG.search, archive.namelist())):
                for english, japanese in messages(archive.read(name)):
                    reason = _unfit(english, japanese)
                    if reason or english in found:
                        left[reason or "repeated"] += 1
                    else:
                        found[english] = japanese
    return found, left


def _unfit(english: str, japanese: str) -> str:
    if not english:
        return "header"
    if any(sign in english.strip() + japanese.strip() for sign in "\n\t\r"):
        return "several lines"
    if not JAPANESE.search(japanese):
        return "not translated"
    return "short" if len(japanese) < SHORTEST else ""


def main() -> None:
    """Write the pairs: English, a tab, Japanese."""
    parser = argparse.ArgumentParser(description="messages of programs in English and Japanese as sentence pairs")
    parser.add_argument("wheels", type=Path, help="folder with the wheels")
    parser.add_argument("--out", type=Path, default=Path("runs/effect-translation/pairs.tsv"))
    asked = parser.parse_args()
    found, left = pairs(asked.wheels)
    if not found:
        sys.exit(f"{asked.wheels}: no wheel here has Japanese catalogs")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    with asked.out.open("x", encoding="utf-8") as file:
        file.writelines(f"{english.strip()}\t{japanese.strip()}\n" for english, japanese in found.items())
    told = ", ".join(f"{reason} {count:,}" for reason, count in sorted(left.items()))
    print(f"{asked.out}: {len(found):,} pairs; left out: {told}")


if __name__ == "__main__":
    main()
