"""Readers of the sources of llm-japanese-dataset in the formats they are published in (arXiv 2309.03412, appendix).

Where a source is spread over sibling files (one per language, definitions beside words), the file that is named first
here is read and its siblings are looked up beside it; the siblings themselves then give no rows. Give the whole folder
as the source's path, so that all of them are hashed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.instruct.expand.readers import MAX_FILE_BYTES, Reading, parse_json, read_decoded
from tekio.instruct.expand.rules import DroppedError
from tekio.rows.read import BadRow, PathFile, RowOptions, read_rows
from tekio.text.aozora import read_aozora as plain_aozora
from tekio.text.unreadable import UnreadableError


def read_squad(path: Path, options: Mapping[str, Any]) -> Reading:
    """SQuAD JSON (JSQuAD): a row for each question, with all its answer texts in `answers`."""
    value = parse_json(read_decoded(path, options), path.name)
    if not isinstance(value, dict) or not isinstance(cast("dict[str, Any]", value).get("data"), list):
        raise InputError(Text("Not a SQuAD file.", "SQuAD の形式ではありません。"), where=path.name)
    for article in cast("list[dict[str, Any]]", value["data"]):
        for number, paragraph in enumerate(cast("list[dict[str, Any]]", article.get("paragraphs") or [])):
            for item in cast("list[dict[str, Any]]", paragraph.get("qas") or []):
                answers = [
                    str(answer.get("text")) for answer in cast("list[dict[str, Any]]", item.get("answers") or [])
                ]
                row: dict[str, Any] = {
                    "id": str(item.get("id")),
                    "title": str(article.get("title") or ""),
                    "context": str(paragraph.get("context") or ""),
                    "question": str(item.get("question") or ""),
                    "answers": answers,
                    "impossible": bool(item.get("is_impossible")),
                }
                yield f"#{item.get('id') or number}", row


def read_tanaka(path: Path, options: Mapping[str, Any]) -> Reading:
    """Tanaka corpus (`examples.utf`): `A: 日本語<tab>English#ID=1_2`; the `B:` lines index words and are no rows."""
    for number, line in enumerate(read_decoded(path, options).split("\n"), 1):
        if not line.startswith("A: "):
            continue
        japanese, separator, rest = line[3:].partition("\t")
        english, _, identity = rest.partition("#ID=")
        if not separator or not japanese.strip() or not english.strip():
            yield (
                f":{number}",
                InputError(Text("No pair on this line.", "対になっていません。"), where=f"{path.name}:{number}"),
            )
        else:
            yield f":{number}", {"id": identity.strip() or str(number), "ja": japanese.strip(), "en": english.strip()}


def _sibling(path: Path, *names: str) -> Path:
    for name in names:
        if (path.parent / name).is_file():
            return path.parent / name
    raise InputError(
        Text("The file that goes with this one is missing.", "対になるファイルがありません。"),
        where=path.name,
        why=" / ".join(names),
    )


def read_parallel(path: Path, options: Mapping[str, Any]) -> Reading:
    """Line-aligned files that differ in `ja` and `en` in their names (`train.ja`, `train.en`; `ja/1.txt`, `en/1.txt`)."""
    if path.suffix == ".en" or path.parent.name == "en" or re.search(r"[._-]en\.", path.name):
        return
    if path.suffix == ".ja":
        other = _sibling(path, path.with_suffix(".en").name)
    elif path.parent.name == "ja":
        other = path.parent.parent / "en" / path.name
        if not other.is_file():
            raise InputError(Text("The English file is missing.", "英語のファイルがありません。"), where=path.name)
    else:
        other = _sibling(path, re.sub(r"([._-])ja(\.)", r"\1en\2", path.name))
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
            yield f":{number}", {"id": f"{path.stem}:{number}", "ja": japanese.strip(), "en": english.strip()}
        elif japanese.strip() or english.strip():
            yield f":{number}", DroppedError("one_side_empty", "one language only")


def read_alt(path: Path, options: Mapping[str, Any]) -> Reading:
    """Asian Language Treebank: `data_ja.txt` and `data_en.txt`, lines `SNT.id<tab>sentence`, joined by id."""
    if path.name != "data_ja.txt":
        return
    english = dict(_numbered(_sibling(path, "data_en.txt"), options))
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


def read_wordnet(path: Path, options: Mapping[str, Any]) -> Reading:
    """Japanese WordNet: `wnjpn-def.tab` (synset, number, English, Japanese) with the words of `wnjpn-ok.tab`."""
    if not path.name.endswith("def.tab"):
        return
    words: dict[str, list[str]] = {}
    for line in read_decoded(_sibling(path, "wnjpn-ok.tab", "wnjpn-all.tab"), options).split("\n"):
        cells = line.split("\t")
        if len(cells) >= 2 and cells[1] and cells[1] not in words.setdefault(cells[0], []):
            words[cells[0]].append(cells[1])
    for number, line in enumerate(read_decoded(path, options).split("\n"), 1):
        cells = line.split("\t")
        if len(cells) < 4 or not cells[3].strip():
            if line.strip():
                yield f":{number}", DroppedError("no_definition", "no Japanese definition")
            continue
        synset = cells[0]
        if synset not in words:
            yield f":{number}", DroppedError("no_word", "no Japanese word in this synset")
        for word in words.get(synset, []):
            text = {"word": word.replace("_", ""), "definition": cells[3].strip(), "definition_en": cells[2].strip()}
            yield f":{number}.{word}", {"id": f"{synset}.{cells[1]}.{word}", **text}


def read_aozora(path: Path, _: Mapping[str, Any]) -> Reading:
    """A work of Aozora Bunko: title, author and text without markup."""
    text = read_decoded(path, {})
    work = plain_aozora(text)
    if not work.title or not work.author or not work.text.strip():
        yield "", DroppedError("no_title_or_author", "no header with title and author")
        return
    body = "".join(line.strip(" \u3000") for line in work.text.strip().split("\n"))
    yield "", {"id": path.stem, "title": work.title, "author": work.author, "text": body}


def read_xlsx(path: Path, options: Mapping[str, Any]) -> Reading:
    """A sheet with a header row (SNOW T15 and T23). `columns`: field -> a part of the column's name."""
    places: dict[str, str] | None = None
    for row in read_rows(PathFile(path), RowOptions(format="xlsx", max_file_bytes=MAX_FILE_BYTES)):
        if isinstance(row, BadRow):
            yield row.place, UnreadableError(row.reason, row.measured)
            continue
        if places is None:
            wanted = cast("dict[str, str]", options.get("columns") or {name: name for name in row.values})
            found = {field: next((name for name in row.values if part in name), None) for field, part in wanted.items()}
            missing = [wanted[field] for field, name in found.items() if name is None]
            if missing:
                raise UnreadableError("missing_column", {"missing": missing, "columns": list(row.values)[:40]})
            places = {field: name for field, name in found.items() if name is not None}
        told = {field: row.values.get(name, "") for field, name in places.items()}
        if any(value != "" for value in told.values()):
            number = row.place.rpartition(":")[2]
            named = {name: str(value) for name, value in told.items()}
            yield f":{number}", {"id": f"{path.stem}:{number}", **named}


def read_jmrd(path: Path, options: Mapping[str, Any]) -> Reading:
    """JMRD: dialogues about a film with its `knowledge`. One row a film: the same film opens many dialogues."""
    value = parse_json(read_decoded(path, options), path.name)
    seen: set[str] = set()
    for number, dialogue in enumerate(cast("list[dict[str, Any]]", value if isinstance(value, list) else [])):
        knowledge = cast("dict[str, Any]", dialogue.get("knowledge") or {})
        title = str(dialogue.get("movie_title") or knowledge.get("タイトル") or "")
        place = f"#{number}"
        if not title or not knowledge:
            yield place, DroppedError("no_knowledge", "no title or knowledge")
        elif title in seen:
            yield place, DroppedError("film_again", title)
        else:
            seen.add(title)
            yield place, {"id": title, "title": title, **{name: _joined(told) for name, told in knowledge.items()}}


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(item) for item in cast("list[Any]", value))
    return "" if value is None else str(value)


def read_lines_of_pairs(path: Path, options: Mapping[str, Any]) -> Reading:
    """Tab-separated pairs without a header (JESC, manythings.org); `order` names the columns, more columns are kept."""
    names = cast("list[str]", options.get("order") or ["en", "ja"])
    for number, line in enumerate(read_decoded(path, options).rstrip("\n").split("\n"), 1):
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) < len(names) or not all(cells[: len(names)]):
            yield (
                f":{number}",
                InputError(Text("No pair on this line.", "対になっていません。"), where=f"{path.name}:{number}"),
            )
            continue
        named = dict(zip_longest(names, cells[: len(names)], fillvalue=""))
        yield f":{number}", {"id": f"{path.stem}:{number}", **named, "more": cells[len(names) :]}
