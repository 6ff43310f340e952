"""Row files (JSON, JSON Lines, CSV, TSV, Parquet): rows become documents by a mapping of columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from tekio.corpus.readers.rows import (
    ONE_CHARACTER,
    Rejected,
    Rows,
    UnitFile,
    make_document,
    option_int,
    option_text,
    wrong_option,
)
from tekio.corpus.readers.value_tables import is_value_table, read_value_table
from tekio.documents import Document
from tekio.errors import InputError
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import AUTO, reader_of_name
from tekio.rows.columns import NotText, has_column, joined_columns, lookup, missing_columns, nested_names
from tekio.rows.read import MAX_FILE_BYTES, MAX_LINE_BYTES, BadRow, Format, Row, RowOptions, header_of, read_rows
from tekio.text.dates import iso_date
from tekio.text.unreadable import UnreadableError

FIELDS = ("title", "published", "as_of", "license", "uri")
"""Document fields a column can fill; `text` may be several columns joined with `+`; other names go into `meta`."""
SHOWN_COLUMNS = 30


class Mapping:
    """How the columns of a source become document fields."""

    def __init__(self, source: SourceConfig) -> None:
        self.source = source
        columns = source.columns
        self.text = joined_columns(columns.get("text", "text"))
        self.fields = [(field, columns[field]) for field in FIELDS if field in columns]
        self.meta = [(name, column) for name, column in columns.items() if name != "text" and name not in FIELDS]
        if source.group not in ("document", "file") and source.group not in dict(self.meta):
            self.meta.append((source.group, dict(self.fields).get(source.group, source.group)))
        self.only = self.text[0] if len(self.text) == 1 and not self.fields and not self.meta else None

    @property
    def columns(self) -> list[str]:
        """Every column that is looked at."""
        return [*self.text, *(column for _, column in self.fields), *(column for _, column in self.meta)]

    def row(self, file: UnitFile, row: dict[str, Any], part: str) -> Document | Rejected:
        """One row as a document; `no_text` when its text columns are empty, `missing_column` when it lacks one of several."""
        if self.only is not None:  # the common case, without the detours
            value = row.get(self.only)
            if type(value) is str and (text := value.strip()):
                return make_document(self.source, file, text, part=part)
        uri = f"{file.uri}#{part}"
        pieces = [text for name in self.text if (text := as_text(lookup(row, name)))]
        missing = [name for name in self.text if not has_column(row, name)]
        shown = {"wanted": "+".join(self.text), "columns": sorted(map(str, row))[:SHOWN_COLUMNS]}
        if missing and pieces:  # a part of the text would be gone without a word
            return Rejected(uri, "missing_column", {"missing": missing, **shown})
        if not pieces:
            return Rejected(uri, "no_text", shown)
        found = {field: as_text(lookup(row, column)) for field, column in self.fields}
        meta = {name: value for name, column in self.meta if (value := plain(lookup(row, column))) is not None}
        return make_document(
            self.source,
            file,
            "\n".join(pieces),
            part=part,
            uri=found.get("uri") or None,
            title=found.get("title") or None,
            published=iso_date(found.get("published")),
            as_of=iso_date(found.get("as_of")),
            license=found.get("license") or None,
            meta=meta,
        )


def as_text(value: Any) -> str:
    """A column's value as text: lists line by line, numbers as written, anything else (bytes that are no text too) as nothing."""
    if isinstance(value, str):
        return "" if isinstance(value, NotText) else value.strip()
    if isinstance(value, list):
        return "\n".join(filter(None, (as_text(item) for item in cast("list[Any]", value))))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def plain(value: Any) -> Any:
    """A value that may stand in `meta`: JSON scalars and lists of them."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list):
        return [str(item) for item in cast("list[Any]", value)[:100]]
    return str(value)[:1000]


def row_options(source: SourceConfig, form: Format) -> RowOptions:
    """The options of a source as the row reader takes them. Raises `RecipeError`."""
    delimiter = option_text(source, "delimiter")
    if delimiter is not None and len(delimiter) != 1:
        raise wrong_option(source, "delimiter", delimiter, ONE_CHARACTER)
    return RowOptions(
        format=form,
        encoding=option_text(source, "encoding"),
        records=option_text(source, "records"),
        delimiter=delimiter,
        skip_lines=option_int(source, "skip_lines", 0),
        sheet=option_text(source, "sheet"),
        heading=frozenset(joined_columns(source.columns["text"]) if "text" in source.columns else ()),
        max_line_bytes=option_int(source, "max_line_bytes", MAX_LINE_BYTES),
        max_file_bytes=option_int(source, "max_file_bytes", MAX_FILE_BYTES),
    )


def read_json(source: SourceConfig, file: UnitFile, start: int | None = None, end: int | None = None) -> Rows:
    """A JSON Lines file (or a byte range of it) or JSON.

    Options: `records` (path of the list inside a JSON object), `max_line_bytes` (of a line or element), `encoding`,
    `max_file_bytes` (of JSON that is not UTF-8: it is read whole).
    """
    options = row_options(source, "json")
    return _documents(source, file, replace(options, start=start, end=end))


def read_csv(source: SourceConfig, file: UnitFile) -> Rows:
    """A CSV or TSV file with a heading line, read line by line.

    A table of figures without a column of text is one document, unless the recipe names that column.

    Options: `tables` (of such a document), `delimiter` (else comma, or what the heading has more of), `skip_lines` (lines above the heading), `encoding`,
    `max_line_bytes`; `max_file_bytes` for UTF-16 and ISO-2022-JP, which are read whole.
    """
    return _table(source, file, row_options(source, "tsv" if file.name.endswith(".tsv") else "csv"))


def read_parquet(source: SourceConfig, file: UnitFile) -> Rows:
    """A Parquet file, batch by batch; only the columns that are needed are read."""
    options = row_options(source, "parquet")
    return _table(source, file, replace(options, columns=tuple(Mapping(source).columns)))


def _table(source: SourceConfig, file: UnitFile, options: RowOptions) -> Rows:
    """A file whose columns are the same for all rows: without one of the text columns it is refused as a whole."""
    names = header_of(file, options, rows=1)
    if names is not None and (error := missing_columns(Mapping(source).text, names)) is not None:
        if options.format == "parquet" or not is_value_table(source, file, options):
            raise error
        yield from read_value_table(source, file, options)
        return
    yield from _documents(source, file, options)


def _documents(source: SourceConfig, file: UnitFile, options: RowOptions) -> Rows:
    mapping = Mapping(source)
    given = False
    for row in read_rows(file, options):
        whole = isinstance(row, BadRow) and row.rest and not given
        given = True
        if isinstance(row, Row):
            yield mapping.row(file, row.values, row.part)
        else:
            yield Rejected(f"{file.uri}#{row.part}", row.reason, dict(row.measured), whole_file=whole)
    if not given and options.start is None:
        yield Rejected(file.uri, "no_rows", {"bytes": file.bytes}, whole_file=True)


SEEN_ROWS = 1000
"""So many rows of JSON are looked at for the columns beside the text, which rows may leave out."""
_FORMS: dict[str | None, Format] = {"jsonl": "json", "csv": "csv", "parquet": "parquet"}


def check_columns(source: SourceConfig) -> None:
    """Refuse columns that no row of a source's files can have, before anything is built.

    Looks at the first rows of the first file of rows; columns beside the text that rows of JSON may leave out are refused where
    the source's rows were all seen (else `unseen_columns` tells of them). Raises `UnreadableError` (`missing_column`) with the
    names that exist; a file that cannot be read is left to the build.
    """
    grouped = source.group not in ("document", "file")
    if not source.columns and not grouped:
        return
    for file, form in _files_of_rows(source):
        try:
            names = header_of(file, row_options(source, form))
        except (InputError, OSError):
            return
        mapping = Mapping(source)
        own_group = [dict(mapping.meta)[source.group]] if grouped else []
        wanted = [*mapping.text, *own_group] if form == "json" else mapping.columns
        if not source.columns:  # what the text's column is called may differ between the files
            wanted = [source.group]
        if names is not None and (error := missing_columns(wanted, names)) is not None:
            raise error
        error, whole = unseen_columns(source) if form == "json" and source.columns else (None, False)
        if error is not None and whole:
            raise error
        return


def unseen_columns(source: SourceConfig) -> tuple[UnreadableError | None, bool]:
    """(the columns that none of the first 1,000 rows of JSON has, whether these are all rows of the source)."""
    names: dict[str, None] = {}
    count = 0
    try:
        for file, form in _files_of_rows(source):
            for row in read_rows(file, row_options(source, form)):
                if isinstance(row, Row):
                    names.update(dict.fromkeys(nested_names(row.values)))
                count += 1
                if count == SEEN_ROWS:
                    return missing_columns(Mapping(source).columns, names), False
    except (InputError, OSError):
        return None, False
    return (missing_columns(Mapping(source).columns, names) if names else None), True


def _files_of_rows(source: SourceConfig) -> Iterator[tuple[UnitFile, Format]]:
    """The files of a source that hold rows, with their form."""
    for path in source.path.files():
        file = UnitFile(path, path.name, path.stat().st_size)
        form = _FORMS.get(source.reader if source.reader != AUTO else reader_of_name(file.name))
        if form is not None:
            yield file, "tsv" if form == "csv" and file.name.endswith(".tsv") else form
