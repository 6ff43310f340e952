"""What a model of a run was made from: its stages in order, and what each of them was trained on with its license."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tekio.artifacts.corpus import CorpusFunnel
from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import GivenModel, TrainingSummary
from tekio.errors import Message, Text
from tekio.model_stages import stages_behind
from tekio.store import read_manifest

RECORDS = "records:"
"""How the summary of a tuning begins the names of stages whose records it read."""


def model_lines(run: Path, label: str) -> Iterator[Message]:
    """The stages behind a model of this label, each with its hash, its data and their licenses. Nothing for a server's."""
    licenses = _licenses(run)
    for stage in ("base", *stages_behind(label)):
        folder = run / stage
        manifest = read_manifest(folder)
        if manifest is None:
            continue
        yield Text(f"    {stage}: SHA-256 {manifest.artifact}", f"    {stage}: SHA-256 {manifest.artifact}")
        if (folder / "model.json").is_file():
            given = read_artifact(GivenModel, folder / "model.json")
            yield Text(f"      a given model: {given.path}", f"      与えられたモデル: {given.path}")
        if not (folder / "summary.json").is_file():
            continue
        summary = read_artifact(TrainingSummary, folder / "summary.json")
        for name, own in (summary.sources or {}).items():
            license_of, passes = licenses.get(name, "?"), own.passes(summary.epochs)
            often = "once" if passes == 1 else f"{passes:.3g} times"
            records = name.startswith(RECORDS)
            en, ja = ("records", "件") if records else ("documents", "文書")
            named = name if records else f"{name} ({license_of})"
            yield Text(
                f"      {named}: {own.documents:,} {en}, {own.tokens:,} tokens, read {often}",
                f"      {named}: {own.documents:,} {ja}、{own.tokens:,} トークンを {passes:.3g} 回学習",
            )
        if stage in ("tune", "prefer") and (not summary.sources or f"{RECORDS}instruct" in summary.sources):
            yield from _record_sources(run)


def _record_sources(run: Path) -> Iterator[Message]:
    """The sources of the instruction records, each with its license."""
    place = run / "instruct" / "funnel.json"
    for source in read_artifact(InstructFunnel, place).sources if place.is_file() else ():
        if source.rows_train:
            yield Text(
                f"      {source.name} ({source.license}): {source.rows_train:,} records to train on",
                f"      {source.name}（{source.license}）: 学習用の指示データ {source.rows_train:,} 件",
            )


def _licenses(run: Path) -> dict[str, str]:
    place = run / "corpus" / "funnel.json"
    return {item.name: item.license for item in read_artifact(CorpusFunnel, place).sources} if place.is_file() else {}
