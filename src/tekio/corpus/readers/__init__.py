"""Readers: files of many formats in, documents and named refusals out.

`plan_units` cuts a source into units of work; `read_unit` reads one. Reading never raises for what is in a file: an
unreadable file or row becomes a `Rejected`. One module a format, listed in `tekio.recipe.readers`; docs/sources.md describes
each. A reader of one's own (docs/plugins.md) is a function `(source: SourceConfig, file: UnitFile)` that yields
`make_document(...)` and `Rejected`.
"""

from __future__ import annotations

from tekio.corpus.readers.dispatch import Fate, read_unit
from tekio.corpus.readers.plan import has_filings, plan_units
from tekio.corpus.readers.rows import Rejected, Unit, UnitFile, make_document, option_int, option_list, option_text

__all__ = [
    "Fate",
    "Rejected",
    "Unit",
    "UnitFile",
    "has_filings",
    "make_document",
    "option_int",
    "option_list",
    "option_text",
    "plan_units",
    "read_unit",
]
