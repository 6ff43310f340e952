"""Readers of parallel corpora in the formats they are published in: sentence pairs in Japanese and English.

Where a source is spread over sibling files (one per language), the Japanese file is read and its sibling is looked up
beside it; the sibling itself then gives no rows. Give the whole folder as the source's path, so that both are hashed.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.instruct.expand.readers import Reading, Row, read_bytes, read_decoded, read_tsv
from tekio.instruct.expand.rules import DroppedError
from tekio.text.xml import parse_xml

_JAPANESE = r"[\u3041-\u30ff\u3400-\u9fff\uff01-\uffee、。「」]"
_KANA_OR_KANJI = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
_TOKEN_SPACE = re.compile(rf"(?<={_JAPANESE}) +| +(?={_JAPANESE})")
_LOOKED_AT = 200
"""Lines that show which column is Japanese."""


def _no_pair(path: Path, number: int) -> InputError:
    return InputError(Text("No pair on this line.", "対になっていません。"), where=f"{path.name}:{number}")


def sibling(path: Path, *names: str) -> Path:
    """The first of `names` that lies beside `path`. Raises `InputError`."""
    for name in names:
        if (path.parent / name).is_file():
            return path.parent / name
    raise InputError(
        Text("The file that goes with this one is missing.", "対になるファイルがありません。"),
        where=path.name,
        why=" / ".join(names),
    )


def read_tanaka(path: Path, options: Mapping[str, Any]) -> Reading:
    """Tanaka corpus (`examples.utf`): `A: 日本語<tab>English#ID=1_2`; the `B:` lines index words and are no rows."""
    for number, line in enumerate(read_decoded(path, options).split("\n"), 1):
        if not line.startswith("A: "):
            continue
        japanese, separator, rest = line[3:].partition("\t")
        english, _, identity = rest.partition("#ID=")
        if not separator or not japanese.strip() or not english.strip():
            yield f":{number}", _no_pair(path, number)
        else:
            yield f":{number}", {"id": identity.strip() or str(number), "ja": japanese.strip(), "en": english.strip()}


def read_parallel(path: Path, options: Mapping[str, Any]) -> Reading:
    """Line-aligned files that differ in `ja` and `en` in their names (`train.ja`, `train.ja.txt`, `ja/1.txt`).

    `untokenized`: the Japanese has spaces between its words, which are taken out.
    """
    if path.suffix == ".en" or path.parent.name == "en" or re.search(r"[._-]en\.", path.name):
        return
    if path.suffix == ".ja":
        other = sibling(path, path.with_suffix(".en").name)
    elif path.parent.name == "ja":
        other = path.parent.parent / "en" / path.name
        if not other.is_file():
            raise InputError(Text("The English file is missing.", "英語のファイルがありません。"), where=path.name)
    else:
        other = sibling(path, re.sub(r"([._-])ja(\.)", r"\1en\2", path.name))
    lines = read_decoded(path, options).rstrip("\n").split("\n")
    others = read_decoded(other, options).rstrip("\n").split("\n")
    if len(lines) != len(others):
        raise InputError(
            Text("The two files have different numbers of lines.", "行数が違います。"),
            where=path.name,
            why=f"{len(lines)} / {len(others)}",
        )
    for number, (japanese, english) in enumerate(zip(lines, others, strict=True), 1):
        if japanese.strip() and english.strip():
            told = japanese.strip()
            if options.get("untokenized"):
                told = _TOKEN_SPACE.sub("", told)
            yield f":{number}", {"id": f"{path.stem}:{number}", "ja": told, "en": english.strip()}
        elif japanese.strip() or english.strip():
            yield f":{number}", DroppedError("one_side_empty", "one language only")


def read_alt(path: Path, options: Mapping[str, Any]) -> Reading:
    """Asian Language Treebank: `data_ja.txt` and `data_en.txt`, lines `SNT.id<tab>sentence`, joined by id."""
    if path.name != "data_ja.txt":
        return
    english = dict(_numbered(sibling(path, "data_en.txt"), options))
    for identity, japanese in _numbered(path, options):
        if english.get(identity):
            yield f"#{identity}", {"id": identity, "ja": japanese, "en": english[identity]}
        else:
            yield f"#{identity}", DroppedError("one_side_empty", "no English sentence with this id")


def _numbered(path: Path, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for line in read_decoded(path, options).split("\n"):
        identity, separator, text = line.partition("\t")
        if separator and text.strip():
            yield identity.strip(), text.strip()


def read_pairs(path: Path, options: Mapping[str, Any]) -> Reading:
    """Tab-separated pairs without a header (JESC, manythings.org, Nikkaji); more columns are kept in `more`.

    The Japanese column is the one with kana and kanji in the first lines: a source that publishes English first does not
    come out with its directions swapped, as it did in llm-japanese-dataset. `order` names the columns instead.
    """
    lines = read_decoded(path, options).rstrip("\n").split("\n")
    cells = [[cell.strip() for cell in line.rstrip("\r").split("\t")] for line in lines]
    order = cast("list[str]", options.get("order") or _order(cells))
    width = len(order)
    for number, row in enumerate(cells, 1):
        if len(row) < width or not all(row[:width]):
            yield f":{number}", _no_pair(path, number)
            continue
        named = dict(zip(order, row[:width], strict=True))
        yield f":{number}", {"id": f"{path.stem}:{number}", **named, "more": row[width:]}


def _order(rows: Sequence[Sequence[str]]) -> list[str]:
    counts = [0, 0]
    for row in islice((row for row in rows if len(row) >= 2), _LOOKED_AT):
        for column in range(2):
            counts[column] += len(_KANA_OR_KANJI.findall(row[column]))
    return ["ja", "en"] if counts[0] > counts[1] else ["en", "ja"]


def read_nikkaji(path: Path, options: Mapping[str, Any]) -> Reading:
    """Nikkaji parallel corpus: line-aligned files, tab-separated pairs, or a table with the columns id, ja and en."""
    name = path.name.lower()
    if path.suffix in (".ja", ".en") or path.parent.name in ("ja", "en") or re.search(r"[._-](?:ja|en)\.", name):
        yield from read_parallel(path, options)
    elif read_decoded(path, options).partition("\n")[0].rstrip("\r").lower().split("\t") == ["id", "ja", "en"]:
        yield from read_tsv(path, options)
    else:
        yield from read_pairs(path, options)


_PUBMED_DOCTYPE = re.compile(rb"<!DOCTYPE\s+Pubmed\w+(?:\s+(?:PUBLIC|SYSTEM)[^\[<>]*)?>")
PARANATCOM_VERSIONS = 3
"""Translators whose abstracts are in the corpus at most."""


def read_paranatcom(path: Path, options: Mapping[str, Any]) -> Reading:
    """ParaNatCom: `articles/` (PubMed XML) with `abstracts-ja-1/` to `-3/`, files of the same name: title, then abstract.

    One row for each Japanese abstract, with the English title and abstract of the article.
    """
    if not path.parent.name.startswith("abstracts-ja-"):
        return
    version = path.parent.name.removeprefix("abstracts-ja-")
    article = path.parent.parent / "articles" / path.name
    if not article.is_file():
        yield "", DroppedError("no_article", f"articles/{path.name}")
        return
    lines = [line.strip() for line in read_decoded(path, options).replace("\r\n", "\n").split("\n")]
    lines = [line for line in lines if line]
    if len(lines) < 2:
        yield "", DroppedError("no_abstract", path.name)
        return
    root = parse_xml(_PUBMED_DOCTYPE.sub(b"", read_bytes(article), count=1))
    title = _text_at(root, "ArticleTitle").removesuffix(".")
    row: Row = {
        "id": f"{path.stem}.{version}",
        "article": path.stem,
        "doi": _text_at(root, "ELocationID"),
        "title": lines[0].rstrip("：:"),
        "abstract": "".join(lines[1:]),
        "title_en": title,
        "abstract_en": _text_at(root, "AbstractText"),
    }
    yield "", row


def _text_at(root: Any, tag: str) -> str:
    found = next(iter(root.iter(tag)), None)
    return "" if found is None else re.sub(r"\s+", " ", "".join(found.itertext())).strip()
