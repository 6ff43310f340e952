"""Instruction data in the formats people use: read any of them, write any of them. See docs/instruction-formats.md."""

from __future__ import annotations

from tekio.instruct.formats.export import EXPORT_FORMATS, Exported, export_records
from tekio.instruct.formats.parse import FORMATS
from tekio.instruct.formats.read import import_records, read_any
from tekio.instruct.formats.rejected import RejectedRecord

__all__ = ["EXPORT_FORMATS", "FORMATS", "Exported", "RejectedRecord", "export_records", "import_records", "read_any"]
