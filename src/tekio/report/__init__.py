"""The report: one page a reviewer can believe, a model card, and every number as data. See docs/report.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tekio.artifacts.model import read_artifact, write_artifact
from tekio.artifacts.report import Summary, SummaryCaution
from tekio.errors import Text
from tekio.recipe.report import ReportConfig
from tekio.reject_reasons import reject_words
from tekio.report.card import model_card
from tekio.report.contents import contents
from tekio.report.findings import find
from tekio.report.gather import FOLDERS, read_run, stage_inputs
from tekio.report.page import render
from tekio.report.papers import SUMMARY, paper_table
from tekio.report.summary import summarize
from tekio.report.verdict import word
from tekio.store import (
    Manifest,
    Workspace,
    describe_input,
    run_stage,
    sha256_file,
    sha256_json,
    write_atomic,
)

__all__ = ["closing_lines", "verdict_lines", "write_report"]

RECIPE_COPY = "recipe.yaml"
PAGE = "report.html"


def write_report(config: ReportConfig, out: Path, *, run: Path, recipe: dict[str, Any] | None) -> Manifest:
    """Write `report.html`, `model_card.md` and `summary.json` into `out` from the finished stages below `run`.

    recipe: the resolved recipe as plain values (None: the page says that it is not known). The page shows the user's own
    text where the run folder holds it (`recipe.yaml`), else these values.
    A stage that is absent or a file that is damaged is named on the page and never ends the report.
    """
    name = str((recipe or {}).get("name") or run.resolve().name)
    written = run / RECIPE_COPY
    inputs = [item for stage in FOLDERS for item in stage_inputs(run, stage)]

    if written.is_file():
        inputs.append(describe_input(written))

    def work(space: Workspace) -> None:
        found = read_run(run, name, config.items)
        findings = find(found, recipe, config.purpose)
        summary = summarize(found, findings, recipe)
        text = written.read_text(encoding="utf-8", errors="replace") if written.is_file() else None
        # the page says on which day it was written, and beside an exam what training and looking up cost, by clocks
        page = space.volatile(PAGE)
        today = datetime.now(UTC).date().isoformat()
        write_atomic(page, render(contents(found, findings, config, recipe, text, today)))
        write_atomic(space.path / "model_card.md", model_card(found, findings, config))
        write_artifact(space.path / SUMMARY, summary)
        space.counts.update(stages=len(found.manifests), cautions=len(summary.cautions))

    settings = {"report": config.plain(), "recipe": recipe, "name": name, "program": program_hash()}
    table = paper_table(recipe, None)  # what is expected stands outside this package
    if table is not None:
        settings["expected"] = sha256_json(table.plain())
    seed = int((recipe or {}).get("seed") or 0)
    return run_stage("report", out, config=settings, inputs=inputs, seed=seed, work=work)


def program_hash() -> str:
    """A hash of this package: the page is quickly made, and a newer Tekio should not show an older one's page."""
    place = Path(__file__).parent
    files = sorted(item for item in place.rglob("*") if item.suffix in (".py", ".jinja", ".css"))
    return sha256_json([[item.relative_to(place).as_posix(), sha256_file(item)] for item in files])


def closing_lines(out: Path) -> list[Text]:
    """What the end of a run says of its report folder: the sentences of the first screen, what was left out, what is serious."""
    summary = read_artifact(Summary, out / SUMMARY)
    lines = [
        Text(f"{one.question.en} {one.answer.en}", f"{one.question.ja}: {one.answer.ja}") for one in summary.overview
    ]
    left = [
        _left_out(Text("documents", "文書"), summary.corpus.totals.rows_in, summary.corpus.totals.rejected)
        if summary.corpus is not None
        else None,
        _left_out(Text("records", "指示データ"), summary.instruct.totals.rows_in, summary.instruct.totals.rejected)
        if summary.instruct is not None
        else None,
    ]
    serious = [caution for caution in summary.cautions if caution.severity == "high"]
    lines += [line for line in left if line is not None]
    return lines + [caution_line(one) for one in serious]


def caution_line(caution: SummaryCaution) -> Text:
    """A caution with its list, in one line."""
    en = [caution.detail.en, ", ".join(one.en for one in caution.items)]
    ja = [caution.detail.ja, "、".join(one.ja for one in caution.items)]
    return Text(
        f"! {caution.title.en}: {' '.join(filter(None, en))}", f"! {caution.title.ja}: {' '.join(filter(None, ja))}"
    )


def _left_out(kind: Text, rows: int, rejected: Mapping[str, int]) -> Text:
    """How many rows of a stage were left out: the three commonest reasons, and the number of the others."""
    count = sum(rejected.values())
    common = sorted(rejected.items(), key=lambda item: (-item[1], item[0]))[:3]
    told = [(reject_words(name), f"{number:,}") for name, number in common]
    en = ", ".join(f"{words.en} {number}" for words, number in told)
    ja = "、".join(f"{words.ja} {number} 件" for words, number in told)
    if others := count - sum(number for _, number in common):
        en, ja = f"{en}, other reasons {others:,}", f"{ja}、その他の理由 {others:,} 件"
    return Text(
        f"Left out: {count:,} of {rows:,} {kind.en}" + (f" ({en})" if en else ""),
        f"除外: {kind.ja} {rows:,} 件中 {count:,} 件" + (f"（{ja}）" if ja else ""),
    )


def verdict_lines(out: Path) -> list[Text]:
    """The verdict of a finished report folder in a few lines, for a terminal."""
    lines: list[Text] = []
    for question in read_artifact(Summary, out / SUMMARY).verdict:
        for finding in question.findings:
            title, words, sentence = question.title, word(finding.verdict), finding.sentence
            lines.append(
                Text(
                    f"{title.en}, {finding.model}: {words.en}. {sentence.en}",
                    f"{title.ja}（{finding.model}）: {words.ja}。{sentence.ja}",
                )
            )
    return lines
