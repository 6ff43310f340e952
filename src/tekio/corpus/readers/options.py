"""The options of each reader and what they can be, so that a wrong one is refused before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from tekio.corpus.readers.rows import (
    A_TEXT,
    LIST_OF_TEXTS,
    ONE_CHARACTER,
    WHOLE_NUMBER,
    one_of,
    option_place,
    wrong_option,
)
from tekio.errors import RecipeError, TekioError, Text
from tekio.plugins import installed
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import ARCHIVE, AUTO, reader_of_name
from tekio.rows.archive import bare_name
from tekio.text.tables.render import RENDERINGS


@dataclass(frozen=True)
class Kind:
    """What a value of an option is. choices: the texts it can be, if only these. several: a list of them. longest: characters."""

    name: Text
    type: type
    choices: tuple[str, ...] = ()
    several: bool = False
    longest: int | None = None

    def accepts(self, value: object) -> bool:
        """Whether a value can be used."""
        if self.several and isinstance(value, list):
            return all(self._accepts_one(item) for item in cast("list[object]", value))
        return self._accepts_one(value)

    def _accepts_one(self, value: object) -> bool:
        if self.type is int:
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if not isinstance(value, str) or (self.longest is not None and not 0 < len(value) <= self.longest):
            return False
        return not self.choices or value in self.choices


def _one_of(*choices: str, several: bool = False) -> Kind:
    return Kind(one_of(*choices), str, choices, several)


WHOLE = Kind(WHOLE_NUMBER, int)
TEXT = Kind(A_TEXT, str)
TEXTS = Kind(LIST_OF_TEXTS, str, several=True)
CHARACTER = Kind(ONE_CHARACTER, str, longest=1)
TABLES = _one_of(*RENDERINGS)

Options = Mapping[str, Kind]
OF_ARCHIVES: Options = {"max_members": WHOLE, "max_archive_bytes": WHOLE}
_ROWS: Options = {
    "encoding": TEXT,
    "records": TEXT,
    "delimiter": CHARACTER,
    "skip_lines": WHOLE,
    "sheet": TEXT,
    "max_line_bytes": WHOLE,
    "max_file_bytes": WHOLE,
}
_OFFICE: Options = {"tables": TABLES, "max_file_bytes": WHOLE}
_PAGE: Options = {**_OFFICE, "encoding": TEXT, "part": _one_of("main", "all")}
_PLAIN: Options = {"encoding": TEXT, "tables": TABLES, "max_file_bytes": WHOLE, "max_line_characters": WHOLE}
_MAIL: Options = {**_OFFICE, "quotes": _one_of("keep", "cut")}
OPTIONS: Mapping[str, Options] = {
    "jsonl": _ROWS,
    "csv": {**_ROWS, "tables": TABLES},
    "parquet": _ROWS,
    "html": _PAGE,
    "mhtml": _PAGE,
    "markdown": _PAGE,
    "warc": {**_PAGE, "max_record_bytes": WHOLE},
    "pdf": {
        **_OFFICE,
        "by": _one_of("file", "page"),
        "max_pages": WHOLE,
        "max_seconds": WHOLE,
        "second_reader": _one_of("doubtful", "always"),
        "agreement": WHOLE,
        "ocr": _one_of("none", "tesseract"),
        "ocr_confidence": WHOLE,
        "ocr_seconds": WHOLE,
    },
    "wikipedia": {
        "tables": TABLES,
        "min_characters": WHOLE,
        "categories": TEXTS,
        "keywords": TEXTS,
        "min_keyword_hits": WHOLE,
    },
    "law": {**_OFFICE, "by": _one_of("law", "article")},
    "edinet": {**_OFFICE, "parts": _one_of("public", "audit", several=True), "concepts": TEXTS, "exclude": TEXTS},
    "docx": _OFFICE,
    "odt": _OFFICE,
    "odp": _OFFICE,
    "ods": _OFFICE,
    "pptx": _OFFICE,
    "xlsx": _OFFICE,
    "rtf": _OFFICE,
    "old_office": _OFFICE,
    "epub": {**_OFFICE, "by": _one_of("file", "chapter")},
    "mail": _MAIL,
    "msg": _MAIL,
    "calendar": {"encoding": TEXT, "max_file_bytes": WHOLE},
    "aozora": _PLAIN,
    "text": _PLAIN,
}
"""Options by reader; those of archives hold for all."""
HOLD_OTHERS = (ARCHIVE, "mail", "msg")
"""What has files of other forms in it."""


def option_problems(source: SourceConfig) -> Iterator[TekioError]:
    """An error for each option of a source that none of its readers has, or whose value they cannot use.

    Readers of installed packages take what options they like.
    """
    known = _known(source)
    if known is None:
        return
    for name, value in source.options.items():
        kinds = known.get(name)
        if not kinds:
            near = get_close_matches(name, known, 1)
            fix = (
                Text(f"Did you mean `{near[0]}`?", f"`{near[0]}` ではありませんか。")
                if near
                else ", ".join(sorted(known))
            )
            yield RecipeError(
                Text(f"There is no option `{name}` here.", f"オプション `{name}` はここにはありません。"),
                where=option_place(source, name),
                fix=fix,
            )
        elif not any(kind.accepts(value) for kind in kinds):
            wanted = " / ".join(dict.fromkeys(kind.name.en for kind in kinds))
            japanese = " / ".join(dict.fromkeys(kind.name.ja for kind in kinds))
            yield wrong_option(source, name, value, Text(wanted, japanese))


def _known(source: SourceConfig) -> dict[str, list[Kind]] | None:
    """Option -> what it can be, for the readers of a source; None where anything goes."""
    own = installed("tekio.readers")
    if source.reader in own and source.reader not in OPTIONS:
        return None
    readers: Sequence[str] = (source.reader,) if source.reader != AUTO else _by_names(source)
    if source.reader == AUTO and own:
        return None
    known: dict[str, list[Kind]] = {name: [kind] for name, kind in OF_ARCHIVES.items()}
    if not readers or any(reader in HOLD_OTHERS for reader in readers):
        readers = tuple(OPTIONS)
    for reader in readers:
        for name, kind in OPTIONS.get(reader, {}).items():
            known.setdefault(name, []).append(kind)
    return known


def _by_names(source: SourceConfig) -> list[str]:
    """The readers of a source's files by their names; none where a name does not tell."""
    try:
        found = {reader_of_name(bare_name(file.name.lower())) for file in source.path.files()}
    except TekioError:
        return []
    return [] if None in found else sorted(cast("set[str]", found))
