"""`docs/formats.md` from the models: `python -m tekio.artifacts.formats docs/formats.md`.

The part between the two marks is made here; the rest of the page is written by hand. Names, types and the texts below the
fields are those of the source, so the page cannot say anything else.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import get_type_hints

from tekio.artifacts import (
    answers,
    corpus,
    exam,
    exam_results,
    instruct,
    judged,
    preferences,
    report,
    results,
    study,
    sweep,
    training,
)
from tekio.artifacts.model import FORMAT, Part
from tekio.store import Input, Manifest, Output, write_atomic

BEGIN, END = "<!-- made by python -m tekio.artifacts.formats -->", "<!-- end of what is made -->"
Described = type[Part] | type[Manifest] | type[Input] | type[Output]
FILES: dict[str, Described] = {
    "every stage/manifest.json": Manifest,
    "corpus/funnel.json": corpus.CorpusFunnel,
    "corpus/mixing.json": corpus.Mixing,
    "study/study.json": study.Study,
    "study/rejected.jsonl, a line": study.RejectedRow,
    "study/unread.jsonl, a line": study.UnreadReply,
    "instruct/funnel.json": instruct.InstructFunnel,
    "base, pretrain, tune, prefer/summary.json": training.TrainingSummary,
    "residual/residual.json": training.ResidualFacts,
    "base, pretrain, tune, prefer/metrics.jsonl, a line": training.Measurement,
    "base, pretrain, tune, prefer/timing.jsonl, the first line": training.MachineSpeed,
    "base, pretrain, tune, prefer/timing.jsonl, a line": training.StepSpeed,
    "prefer/pairs.json": preferences.Pairs,
    "base/model.json": training.GivenModel,
    "base/place.json": training.ModelPlace,
    "tune/adapter/trained_on.json": training.AdapterBase,
    "sweep/sweep.json": sweep.Sweep,
    "evaluate/results.json": results.Results,
    "evaluate/contamination.jsonl, a line": results.SeenItem,
    "evaluate/items/LABEL/TASK.TEMPLATE.jsonl, a line": results.ScoredItem,
    "exam/exam.json": exam.Exam,
    "exam/seen.jsonl and unseen.jsonl, a line": exam.ExamItem,
    "exam/rejected.jsonl, a line": exam.RejectedItem,
    "exam/unread.jsonl, a line": exam.UnreadDraft,
    "evaluate/exam.json": exam_results.ExamResults,
    "evaluate/retrieval.jsonl, a line": exam_results.RetrievedItem,
    "evaluate/exam-cost.json": exam_results.ExamCost,
    "compare/answers.jsonl, a line": answers.AnsweredPrompt,
    "compare/summary.json": answers.AnswerSummary,
    "judged/judgements.jsonl, a line": judged.JudgementRow,
    "judged/judged.json": judged.JudgedSummary,
    "report/summary.json": report.Summary,
}
"""Every file that is described by a model, with the model of the whole file or of a line."""


def described() -> str:
    """All files as Markdown: a table for each model, in the order in which they are met."""
    lines = [
        f"Files of format {FORMAT}. Every key is always there, but for those marked *optional*; a value that is not known is null.",
        "",
    ]
    shown: set[Described] = set()
    for name, model in FILES.items():
        lines += [f"### {name}", ""]
        for part in reached(model):
            if part not in shown:
                shown.add(part)
                lines += table(part)
    return "\n".join(lines)


def reached(model: Described) -> Iterator[Described]:
    """A model and all models in its fields, each once, outside first."""
    seen: list[Described] = []
    waiting = [model]
    while waiting:
        part = waiting.pop(0)
        if part not in seen:
            seen.append(part)
            waiting += [item for annotation in types_of(part).values() for item in models_in(annotation)]
    yield from seen


def types_of(model: Described) -> dict[str, object]:
    """Field -> its type."""
    if issubclass(model, Part):
        return {name: field.annotation for name, field in model.model_fields.items()}
    types = get_type_hints(model)
    return {field.name: types[field.name] for field in dataclasses.fields(model) if field.repr}  # others: not written


def models_in(annotation: object) -> list[Described]:
    """The models in a type, however deep."""
    if inspect.isclass(annotation) and issubclass(annotation, Part | Manifest | Input | Output):
        return [annotation]
    return [item for argument in getattr(annotation, "__args__", ()) for item in models_in(argument)]


def table(model: Described) -> list[str]:
    """One model: its text and a row for each field."""
    text = " ".join((model.__doc__ or "").split())
    lines = [f"**{model.__name__}**: {text}", "", "| key | type | meaning |", "|---|---|---|"]
    for name in types_of(model):
        kind, meaning = next(fields_of(base)[name] for base in model.__mro__ if name in fields_of(base))
        if issubclass(model, Part):
            field = model.model_fields[name]
            name = field.alias or name
            if field.exclude_if is not None:
                kind = f"{kind.removesuffix(' or null')}, *optional*"
        lines.append(f"| `{name}` | {kind} | {meaning} |")
    return [*lines, ""]


@lru_cache(maxsize=512)
def fields_of(model: type) -> dict[str, tuple[str, str]]:
    """Field -> (type, text below it), as they stand in the source of a class."""
    if not issubclass(model, Part | Manifest | Input | Output):
        return {}
    [found] = ast.parse(inspect.getsource(model)).body
    assert isinstance(found, ast.ClassDef)
    fields: dict[str, tuple[str, str]] = {}
    for item, after in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            text = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                text = " ".join(str(after.value.value).split())
            fields[item.target.id] = (_shown(item.annotation), text)
    return fields


def _shown(annotation: ast.expr) -> str:
    """A type without what older files need, and safe in a table."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        assert isinstance(annotation.slice, ast.Tuple)
        annotation = annotation.slice.elts[0]
    return ast.unparse(annotation).replace("None", "null").replace("|", "or").replace("'", '"')


def page(old: str) -> str:
    """The page with what is made between the marks renewed."""
    before, rest = old.split(BEGIN)
    return f"{before}{BEGIN}\n\n{described()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_atomic(target, page(target.read_text(encoding="utf-8")))
