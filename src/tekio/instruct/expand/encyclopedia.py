"""Readers of Wikipedia, Wikinews and WordNet in the forms in which people get them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.instruct.expand.parallel import sibling
from tekio.instruct.expand.readers import Reading, Row, read_auto, read_bytes, read_decoded, read_json
from tekio.instruct.expand.rules import DroppedError
from tekio.text.html import parse_html
from tekio.text.unreadable import UnreadableError

_ATTRIBUTE = re.compile(r'\b(id|url|title)="([^"]*)"')
_DATE_LINE = re.compile(r"^【?\d{4}年\d{1,2}月\d{1,2}日】?$")


def read_wikiextractor(path: Path, options: Mapping[str, Any]) -> Reading:
    """WikiExtractor's files: `<doc id="1" url="…" title="…">`, the title, the text, `</doc>`; or its `--json` lines."""
    text = read_decoded(path, options)
    if not text.lstrip("\ufeff\r\n ").startswith("<doc "):
        yield from read_json(path, options)
        return
    yield from _docs(text)


def _docs(text: str) -> Reading:
    head, begins, body = "", 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.startswith('<doc id="') and line.rstrip().endswith(">"):
            if head:
                yield f":{begins}", UnreadableError("unclosed_doc", {"line": begins})
            head, begins, body = line, number, []
        elif line.strip() == "</doc>" and head:
            yield f":{begins}", _doc(head, body)
            head = ""
        elif head:
            body.append(line)
    if head:
        yield f":{begins}", UnreadableError("unclosed_doc", {"line": begins})


def _doc(head: str, body: list[str]) -> Row:
    # A title with a quotation mark breaks the attribute; the first line of the text is the title as it is.
    named: dict[str, str] = dict(_ATTRIBUTE.findall(head))
    first = next((number for number, line in enumerate(body) if line.strip()), len(body))
    title = body[first].strip() if first < len(body) else named.get("title", "")
    text = "\n".join(body[first + 1 :]).strip()
    return {"id": named.get("id", ""), "url": named.get("url", ""), "title": title, "text": text}


def read_wikinews(path: Path, options: Mapping[str, Any]) -> Reading:
    """News of Wikinews: saved pages (HTML), WikiExtractor's files, or a table with `title` and `text`.

    The line with the date that opens every article is no part of the text.
    """
    if path.suffix.lower() in (".html", ".htm"):
        yield "", _news_page(read_bytes(path), path.stem)
        return
    if path.suffix.lower() in (".json", ".jsonl", ".csv", ".tsv", ".xlsx", ".parquet"):
        yield from read_auto(path, options)
        return
    for place, row in read_wikiextractor(path, options):
        if not isinstance(row, dict):
            yield place, row
            continue
        lines = [line.strip() for line in str(row["text"]).split("\n") if line.strip()]
        if lines and _DATE_LINE.match(lines[0]):
            lines = lines[1:]
        yield place, {**row, "text": "".join(lines)}


def _news_page(raw: bytes, name: str) -> Row | DroppedError:
    root = parse_html(raw)
    heading = next(iter(root.xpath("//h1[contains(concat(' ', @class, ' '), ' firstHeading ')]")), None)
    content = next(iter(root.xpath("//*[@id='mw-content-text']")), None)
    if heading is None or content is None:
        return DroppedError("no_article", name)
    paragraphs = [re.sub(r"\s*\n\s*", "", "".join(item.itertext())).strip() for item in content.iter("p")]
    address = next(iter(root.xpath("//link[@rel='canonical']/@href")), "")
    title = "".join(heading.itertext()).strip()
    return {"id": title, "title": title, "text": "".join(paragraphs[1:]), "url": str(address)}


# --- WordNet -----------------------------------------------------------------------------------------------------


@dataclass
class _Synset:
    """One meaning: its Japanese words, and (English, Japanese) texts by number."""

    words: list[str] = field(default_factory=list[str])
    definitions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    examples: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def read_wordnet(path: Path, options: Mapping[str, Any]) -> Reading:
    """Japanese WordNet: its database (`wnjpn.db`), or `wnjpn-def.tab` with `wnjpn-ok.tab` (and `wnjpn-exe.tab`) beside it.

    Rows of the kind `meaning` (a word and a definition), and with `translation` those of the kinds `definition` and
    `example`: Japanese with English, once for each text (llm-japanese-dataset repeats them for every word of a meaning).
    """
    if path.suffix == ".db":
        synsets = _of_database(path)
    elif path.name.startswith("wnjpn-def.tab"):
        synsets = _of_tables(path, options)
    else:
        return
    for synset, item in synsets.items():
        yield from _rows_of(synset, item, translation=bool(options.get("translation")))


def _rows_of(synset: str, item: _Synset, *, translation: bool) -> Reading:
    for number, (english, japanese) in item.definitions.items():
        place = f"#{synset}.{number}"
        if not japanese:
            yield place, DroppedError("no_definition", "no Japanese definition")
            continue
        if not item.words:
            yield place, DroppedError("no_word", "no Japanese word in this synset")
        for word in item.words:
            told = {"word": word, "definition": japanese, "definition_en": english}
            yield f"{place}.{word}", {"kind": "meaning", "id": f"{synset}.{number}.{word}", **told}
        if translation and english:
            yield f"{place}.en", _pair("definition", f"{synset}.{number}", english, japanese)
    for number, (english, japanese) in item.examples.items() if translation else ():
        if english and japanese:
            yield f"#{synset}.x{number}", _pair("example", f"{synset}.x{number}", english, japanese)


def _pair(kind: str, identity: str, english: str, japanese: str) -> Row:
    return {"kind": kind, "id": identity, "word": identity, "ja": japanese, "en": english}


def _of_tables(path: Path, options: Mapping[str, Any]) -> dict[str, _Synset]:
    end = path.name.removeprefix("wnjpn-def.tab")  # "", or ".gz" as published
    synsets: dict[str, _Synset] = {}
    for cells in _cells(path, options):
        if len(cells) >= 3:
            told = [cells[2].strip(), cells[3].strip() if len(cells) > 3 else ""]
            synsets.setdefault(cells[0], _Synset()).definitions[cells[1]] = told
    words = sibling(path, *(f"wnjpn-{name}.tab{suffix}" for name in ("ok", "all") for suffix in (end, "", ".gz")))
    for cells in _cells(words, options):
        if len(cells) >= 2 and cells[0] in synsets:
            _add_word(synsets[cells[0]], cells[1])
    examples = path.parent / f"wnjpn-exe.tab{end}"
    for cells in _cells(examples, options) if examples.is_file() else ():
        if len(cells) >= 4 and cells[0] in synsets:
            synsets[cells[0]].examples[cells[1]] = [cells[2].strip(), cells[3].strip()]
    return synsets


def _cells(path: Path, options: Mapping[str, Any]) -> Iterator[list[str]]:
    for line in read_decoded(path, options).split("\n"):
        if line.strip():
            yield line.rstrip("\r").split("\t")


def _add_word(item: _Synset, lemma: str) -> None:
    word = lemma.replace("_", "").strip()
    if word and word not in item.words:
        item.words.append(word)


_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def _only_reads(action: int, *_: str | None) -> int:
    """A database from outside may only be read: no functions, no recursion, nothing attached."""
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


def _of_database(path: Path) -> dict[str, _Synset]:
    synsets: dict[str, _Synset] = {}
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            base.set_authorizer(_only_reads)
            for name, of in (("synset_def", "definitions"), ("synset_ex", "examples")):
                _take_texts(base.execute(f"SELECT synset, lang, sid, def FROM {name}"), synsets, of)  # noqa: S608
            words = {
                row[0]: str(row[1]) for row in base.execute("SELECT wordid, lemma, lang FROM word") if row[2] == "jpn"
            }
            for synset, number, language in base.execute("SELECT synset, wordid, lang FROM sense"):
                if language == "jpn" and number in words and synset in synsets:
                    _add_word(synsets[synset], words[number])
    except sqlite3.Error as error:
        raise UnreadableError("bad_database", {"error": str(error)[:200]}) from error
    return synsets


def _take_texts(rows: Iterable[tuple[Any, ...]], synsets: dict[str, _Synset], of: str) -> None:
    for synset, language, number, text in rows:
        if language in ("eng", "jpn"):
            texts: dict[str, list[str]] = getattr(synsets.setdefault(str(synset), _Synset()), of)
            texts.setdefault(str(number), ["", ""])[language == "jpn"] = str(text or "").strip()
