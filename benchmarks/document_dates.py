"""Dates of real documents: Tekio's `as_of` and `published` beside regular expressions over the raw text.

    python benchmarks/document_dates.py [--show N] [--only laws,pages,questions,filings]

The expressions know nothing of `tekio.text.dates` and `tekio.text.revised`. Laws of 2013 (HTML): 「最終改正：…」 is `as_of`; of a law that was never
amended the promulgation below the title is `published`. Tax agency pages and questions (Markdown): 「…現在法令等」, 「…現在の法令…に基づいて」 and lines of amendments
are `as_of`, a date that stands alone on one of the first lines is `published`. Filings: the end of the period in the document's own
element, the day filed in the instance's name. Inputs: `../shared/data` or `TEKIO_REAL_DATA`.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from corpus_data import real_data
from tekio.corpus.readers import Rejected, Unit, UnitFile, read_unit
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath

FIRST = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
DIGITS = "〇一二三四五六七八九"
N = "([0-9元〇一二三四五六七八九十]{1,3})"
DAY = rf"(明治|大正|昭和|平成|令和)\s*{N}\s*年\s*{N}\s*月\s*{N}\s*日"
Days = tuple[str | None, str | None]


def number(text: str) -> int:
    """元, 12, 二十三, 二三 as a number."""
    if text == "元":
        return 1
    if text.isdecimal() and text.isascii():
        return int(text)
    if "十" in text:
        before, after = text.split("十", 1)
        return (DIGITS.index(before) if before else 1) * 10 + (DIGITS.index(after) if after else 0)
    return int("".join(str(DIGITS.index(char)) for char in text))


def day(match: re.Match[str], first: int = 1) -> str:
    """The date of a match of `DAY` whose groups begin at `first`."""
    era, year, month, date = (match[first + place] for place in range(4))
    return f"{FIRST[era] + number(year):04d}-{number(month):02d}-{number(date):02d}"


def plain(raw: str) -> str:
    """Text without tags and links, widths equal."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]*>", "\n", raw))
    return unicodedata.normalize("NFKC", text)


def law_days(raw: str) -> Days:
    """(as_of, published) of a law."""
    text = plain(raw)
    amended = re.search(rf"最終改正[::]\s*{DAY}", text)
    made = re.search(rf"^\s*\({DAY}[^()]{{2,60}}第[^()]{{1,12}}号\)", text, re.MULTILINE)
    return (day(amended) if amended else None), (day(made) if made and not amended else None)


def page_days(raw: str) -> Days:
    """(as_of, published) of a page of the tax agency."""
    lines = [line.strip(" #*|　\t") for line in plain(raw).split("\n")]
    body = [line for line in lines if line and not re.match(r"[0-9]+\. ?(ホーム|法令等|[^ ]{1,40}$)", line)]
    found = [day(match) for line in body for match in re.finditer(rf"{DAY}\s*現在の?\s*法令", line)]
    for line in [*body[:60], *body[-25:]]:
        if len(line) <= 60 and "。" not in line:
            found += [day(match) for match in re.finditer(rf"(?:最終|一部|全部)?改正\s*[::]?\s*{DAY}", line)]
            found += [day(match) for match in re.finditer(rf"{DAY}\s*(?:最終|一部|全部)?改正(?:[)\]]|$)", line)]
    alone = next((match for line in body[:15] if (match := re.fullmatch(rf"[(\[]?{DAY}[)\]]?", line))), None)
    return max(found, default=None), (day(alone) if alone else None)


def read(path: Path, uri: str, content: bytes, reader: str) -> list[Document]:
    """A file's documents by Tekio."""
    source = SourceConfig(name="dates", path=RecipePath.of(path), reader=reader)
    rows = read_unit(source, Unit("dates", (UnitFile(path, uri, len(content), content=content),)))
    found = [row.document if isinstance(row, Rejected) else row for row in rows]
    return [row for row in found if row is not None]


def laws(folder: Path) -> Iterator[tuple[str, Days, Document]]:
    """(name, days by expressions, document) of the laws."""
    path = folder / "laws-2013" / "html.zip"
    with ZipFile(path) as archive:
        for name in sorted(name for name in archive.namelist() if name.endswith(".html")):
            raw = archive.read(name)
            for document in read(path, Path(name).name, raw, "html")[:1]:
                yield name, law_days(raw.decode("cp932", "replace")), document


def pages(folder: Path) -> Iterator[tuple[str, Days, Document]]:
    """The same of the agency's pages."""
    path = folder / "nta" / "pages.zip"
    with ZipFile(path) as archive:
        for name in sorted(archive.namelist(), key=lambda name: (len(name), name))[::3]:
            raw = archive.read(name)
            for document in read(path, name, raw, "markdown")[:1]:
                yield name, page_days(raw.decode("utf-8", "replace")), document


def questions(folder: Path) -> Iterator[tuple[str, Days, Document]]:
    """The same of its questions and answers."""
    for path in sorted((folder / "nta" / "shitsugi").glob("*.md")):
        raw = path.read_bytes()
        for document in read(path, path.name, raw, "markdown")[:1]:
            yield path.name, page_days(raw.decode("utf-8", "replace")), document


def filings(folder: Path) -> Iterator[tuple[str, Days, Document]]:
    """The same of the filings."""
    for path in sorted((folder / "edinet-samples").glob("*.zip")):
        with ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".xbrl") and "PublicDoc" in name)
            text = archive.read(name).decode("utf-8")
        ends = re.search(r"CurrentPeriodEndDateDEI[^>]*>\s*([0-9-]{10})", text)
        filed = re.search(r"_([0-9]{4}-[0-9]{2}-[0-9]{2})\.xbrl$", name)
        truth = (ends[1] if ends else None), (filed[1] if filed else None)
        for document in read(path, path.name, path.read_bytes(), "edinet"):
            yield path.name, truth, document


KINDS = {"laws": laws, "pages": pages, "questions": questions, "filings": filings}


def main() -> None:
    """Print agreement by source and field."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0, help="how many disagreements to print")
    parser.add_argument("--only", default=",".join(KINDS))
    asked = parser.parse_args()
    for kind in asked.only.split(","):
        counts: Counter[str] = Counter()
        differ: list[str] = []
        for name, truth, document in KINDS[kind](real_data()):
            for field, right, found in zip(
                ("as_of", "published"), truth, (document.as_of, document.published), strict=True
            ):
                verdict = (
                    "agree"
                    if right == found
                    else "none of it"
                    if found is None
                    else "more"
                    if right is None
                    else "other"
                )
                counts[f"{field} {'no date' if right is None and found is None else verdict}"] += 1
                if verdict != "agree":
                    differ.append(f"{name} {field}: text {right}, Tekio {found}  {document.text[:50]!r}")
        for field in ("as_of", "published"):
            own = {name.removeprefix(f"{field} "): value for name, value in counts.items() if name.startswith(field)}
            dated = own.get("agree", 0) + own.get("none of it", 0) + own.get("other", 0)
            print(
                f"{kind:10} {field:10} dated {dated:6}, agree {own.get('agree', 0) / dated if dated else 1:.4f}, none {own.get('none of it', 0)}, other {own.get('other', 0)}; only Tekio {own.get('more', 0)}"
            )
        for line in differ[:: max(1, len(differ) // max(asked.show, 1))][: asked.show]:
            print(f"    {line}")


if __name__ == "__main__":
    main()
