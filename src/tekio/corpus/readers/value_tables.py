"""CSV and TSV files that are one table (figures, a list that a message carries), not rows of text: one document each."""

from __future__ import annotations

from dataclasses import replace

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables
from tekio.recipe.corpus import SourceConfig
from tekio.rows.figures import cells_of, is_table_of_figures
from tekio.rows.read import BadRow, RowOptions, read_rows
from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.render import render

TABLES = (".csv", ".tsv")
MAX_FILE_BYTES = 100_000_000
MAX_TABLE_BYTES = 10_000_000
"""A larger table of figures is data, not a page of a document: it is held in memory whole."""


def is_attached_table(source: SourceConfig, file: UnitFile) -> bool:
    """Whether what a message carries is a table without columns that the recipe names."""
    return file.name.endswith(TABLES) and file.bytes > 0 and "text" not in source.columns


def read_attached_table(source: SourceConfig, file: UnitFile) -> Rows:
    """A table that a message carries, as one document. Options: `tables`, `max_file_bytes`."""
    return read_value_table(
        source, file, RowOptions(max_file_bytes=option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    )


def is_value_table(source: SourceConfig, file: UnitFile, options: RowOptions) -> bool:
    """Whether a file without a column of text is a table of figures, as a workbook's sheet is one. Where the recipe names columns it is rows."""
    return not source.columns and file.bytes <= MAX_TABLE_BYTES and is_table_of_figures(file, options)


def read_value_table(source: SourceConfig, file: UnitFile, options: RowOptions) -> Rows:
    """A table of values as one document, its heading the labels of every row (option `tables`)."""
    rows: list[list[str]] = []
    above: list[str] = []
    for row in read_rows(file, replace(options, everything=True)):
        cells = cells_of(row)
        if cells is not None and isinstance(row, BadRow) and row.reason == "above_heading":
            above.append(" | ".join(cell.replace("\n", " ") for cell in cells if cell))  # 照会日時 | 2026/05/01
        elif cells is not None:
            rows.append(cells)
        elif isinstance(row, BadRow):
            yield Rejected(f"{file.uri}#{row.part}", row.reason, dict(row.measured))
    grid = lay_out([[Cell(text) for text in row] for row in rows])
    grid.captions = above
    rendered = render(grid, option_tables(source))
    document = make_document(
        source, file, "\n".join(rendered.lines), meta={"transforms": ["table"]} | rendered.count.meta()
    )
    yield document if document.text.strip() else Rejected(document.uri, "no_text", {}, document, whole_file=True)
