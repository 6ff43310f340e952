"""Readers: files of many formats in, documents and named refusals out.

`plan_units` cuts a source into units of work; `read_unit` reads one. Reading never raises for what is in a file: an
unreadable file or row becomes a `Rejected`. One module a format; docs/sources.md describes each.
"""

from __future__ import annotations

from tekio.corpus.readers.dispatch import read_unit
from tekio.corpus.readers.plan import has_filings, plan_units
from tekio.corpus.readers.rows import Rejected, Unit, UnitFile

__all__ = ["Rejected", "Unit", "UnitFile", "has_filings", "plan_units", "read_unit"]
