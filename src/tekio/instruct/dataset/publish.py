"""Export a set with what its users need beside it: a card for Parquet, the lines for trainers for JSON."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tekio.instruct.dataset.card import dataset_card
from tekio.instruct.dataset.open import dataset_name, need_rows, open_dataset, stage_funnel
from tekio.instruct.dataset.stats import composition
from tekio.instruct.formats import EXPORT_FORMATS, Exported, export_records
from tekio.instruct.formats.export import FOLDER_FORMATS
from tekio.instruct.formats.gate import pass_gate, target_of
from tekio.instruct.formats.trainers import snippets
from tekio.records import InstructionRecord
from tekio.store import write_atomic

__all__ = ["EXPORT_FORMATS", "card_of", "export_dataset"]


def export_dataset(
    path: Path,
    out: Path,
    to: str,
    *,
    license_id: str,
    kind: str = "auto",
    name: str | None = None,
    bare: bool = False,
    drop_blocked: bool = False,
    derived: bool = False,
) -> tuple[Exported, str]:
    """Write the set at `path` to `out` in format `to`. Returns what was done and the lines trainers need (may be empty).

    Raises `PolicyError` (exit 4) naming rows that may not be passed on under `license_id`.
    """
    shown = name or dataset_name(path)

    def add_card(folder: Path, result: Exported) -> None:
        gone = {item.where for item in result.rejected}
        passed = (item for item in open_dataset(path, kind) if isinstance(item, InstructionRecord))
        found = composition(item for item in passed if item.id not in gone)
        left_out = Counter(item.rejected_by for item in result.rejected)
        splits = dict(sorted(result.splits.items())) if to == "parquet" else None
        text = dataset_card(shown, found, license_id, splits=splits, left_out=left_out, funnel=stage_funnel(path))
        write_atomic(folder / "README.md", text)

    result = export_records(
        lambda: open_dataset(path, kind),
        out,
        to,
        license_id=license_id,
        bare=bare,
        drop_blocked=drop_blocked,
        derived=derived,
        finish=add_card,
    )
    need_rows(result.rows + len(result.rejected), path)
    return result, "" if to in FOLDER_FORMATS else snippets(shown, out.name, to, result.shape)


def card_of(path: Path, license_id: str, *, kind: str = "auto", name: str | None = None, derived: bool = False) -> str:
    """The card of the set at `path` for passing it on under `license_id`. Raises `PolicyError` where that is forbidden."""
    pass_gate(
        (item for item in open_dataset(path, kind) if isinstance(item, InstructionRecord)),
        target_of(license_id, derived=derived),
    )
    found = composition(open_dataset(path, kind))
    need_rows(found.rows, path)
    return dataset_card(
        name or dataset_name(path), found, license_id, left_out=found.rejected, funnel=stage_funnel(path)
    )
