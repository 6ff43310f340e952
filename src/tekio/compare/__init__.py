"""The same prompts to several models, answers side by side, with what can be measured of them. See docs/report.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tekio.artifacts.answers import Answer, AnsweredPrompt, AnswerSummary, DrawnBy, Found, ModelAnswers
from tekio.artifacts.model import read_artifact, write_artifact, write_lines
from tekio.artifacts.training import TrainingSummary
from tekio.compare.ask import Round, ask_folder, ask_server
from tekio.compare.copied import Copy, longest_copies
from tekio.compare.measures import overlaps, repetition
from tekio.compare.paired import measure_tests
from tekio.compare.phrases import conduct, refusal
from tekio.compare.prompts import Prompt, choose_prompts, shipped_questions, training_file, validation_file
from tekio.compare.ungrounded import ungrounded
from tekio.contamination.training_text import read_sources, trained_text
from tekio.errors import TekioError, Text
from tekio.evaluate.models import Endpoint, Model
from tekio.progress import Progress
from tekio.recipe.report import CompareConfig
from tekio.records import read_records
from tekio.store import (
    Input,
    Manifest,
    Workspace,
    describe_input,
    read_manifest,
    run_stage,
    sha256_file,
)
from tekio.text.scripts import japanese_share

if TYPE_CHECKING:
    from tekio.model.generate import Generation

__all__ = ["compare_answers"]

DEFAULT_TEMPLATE = "alpaca-japanese"
DIGITS = 4


def compare_answers(
    config: CompareConfig,
    out: Path,
    *,
    models: Mapping[str, Model],
    records: Path | None,
    seed: int,
    documents: Path | None = None,
    allow_hosts: Sequence[str] = (),
) -> Manifest:
    """Ask every model the same prompts (greedy, or drawn with fixed seeds) and write `answers.jsonl` and `summary.json`.

    models: label -> model or adapter folder, or a server (which gets the prompt as one chat message, whatever the template), in
    the order of the columns. allow_hosts: hosts of the own network whose servers may be asked. records: the instruction data's folder (or
    its validation file), asked when the configuration names no prompts; the training records beside it tell how much
    of an answer is recited, and so do the texts of `documents` (a finished `corpus`). Answers are stored batch by batch, so a kill costs
    one batch.
    """
    if not models:
        raise TekioError(Text("No model to ask.", "質問するモデルがありません。"))
    folders = {label: model for label, model in models.items() if isinstance(model, Path)}
    if config.engine == "vllm" and folders:
        from tekio.model.vllm_engine import check_vllm

        check_vllm()
    template = config.template or trained_template(folders) or DEFAULT_TEMPLATE
    inputs = model_inputs(folders)
    inputs += [Input(label, model.sha256, "endpoint") for label, model in models.items() if isinstance(model, Endpoint)]
    if config.prompts is not None:
        inputs += [describe_input(file, f"prompts/{number}") for number, file in enumerate(config.prompts.files())]
    if config.questions is None and config.prompts is None and records is not None:
        inputs.append(describe_input(validation_file(records), "validation"))
    if config.questions is not None:
        inputs.append(Input("questions", sha256_file(shipped_questions(config.questions)), "file"))
    training = training_file(records)
    if training is not None:
        inputs.append(describe_input(training, "training"))
    if documents is not None:
        inputs.append(describe_input(documents, "corpus"))

    def work(space: Workspace) -> None:
        prompts = choose_prompts(config, records, seed)
        messages = [f"{prompt.prompt}\n\n{prompt.input}" if prompt.input else prompt.prompt for prompt in prompts]
        rendered = render_all(prompts, template, folders) if folders else messages
        samples = config.samples
        made: dict[str, list[Generation]] = {}
        with Progress("compare", total=len(models) * len(prompts) * samples) as progress:
            for label, model in models.items():
                parts = space.scratch("answers") / label
                made[label] = []
                for sample in range(samples):
                    asked = Round(config, parts / str(sample), seed, sample, progress)
                    if isinstance(model, Endpoint):
                        made[label] += ask_server(model, messages, asked, allow_hosts)
                    else:
                        made[label] += ask_folder(model, rendered, asked, template)
        every = [prompt for _ in range(samples) for prompt in prompts]
        answers = measured(every, made, training, documents)
        rows = _rows(every, rendered * samples, answers, len(prompts) if config.temperature else None)
        write_lines(space.path / "answers.jsonl", rows)
        summary = summarize(answers, [prompt.id for prompt in every], template, config, seed)
        write_artifact(space.path / "summary.json", summary)
        space.counts.update(prompts=len(prompts), models=len(models))

    settings = {**config.plain(), "template": template, "labels": list(models)}
    return run_stage("compare", out, config=settings, inputs=inputs, seed=seed, work=work)


def model_inputs(models: dict[str, Path]) -> list[Input]:
    """What decides the answers: each model's stage (already hashed) or folder, and the base of an adapter.

    A stage keeps its own name, so that `tekio verify` can follow it, unless two models have stages of the same name.
    """
    from tekio.model.load import adapter_info

    found: dict[str, Input] = {}
    for label, folder in models.items():
        path: Path | None = folder
        while path is not None:
            stage = path.parent if read_manifest(path.parent) is not None else None
            item = describe_input(stage or path, stage.name if stage else label)
            if item.name in found and found[item.name] != item:
                item = replace(item, name=f"{label}/{item.name}")
            found[item.name] = item
            info = adapter_info(path)
            path = info.base if info else None
    return list(found.values())


def trained_template(models: dict[str, Path]) -> str | None:
    """The template named by the last model whose stage says which one it was trained with."""
    for path in reversed(list(models.values())):
        summary = path.parent / "summary.json"
        if summary.is_file():
            with suppress(TekioError):  # a folder of the user's may hold a file of that name
                template = read_artifact(TrainingSummary, summary).template
                if template is not None:
                    return template
    return None


def render_all(prompts: list[Prompt], template: str, models: dict[str, Path]) -> list[str]:
    """The prompts as the models get them: every model the same text."""
    from tekio.model.templates import CHAT, render_prompt

    tokenizer = chat_tokenizer(models) if template == CHAT else None
    return [render_prompt(template, item.prompt, item.input, tokenizer=tokenizer) for item in prompts]


def chat_tokenizer(models: dict[str, Path]) -> Any:
    """The tokenizer of the last model that has a chat template (the tuned one, if any)."""
    from tekio.model.load import has_tokenizer, load_tokenizer

    for path in reversed(list(models.values())):
        tokenizer = load_tokenizer(path) if has_tokenizer(path) else None
        if isinstance(getattr(tokenizer, "chat_template", None), str):
            return tokenizer
    raise TekioError(
        Text("None of the models has a chat template.", "chat template を持つモデルがありません。"),
        where=", ".join(models),
        fix=Text("Set compare.template to a named template.", "compare.template に名前を指定してください。"),
    )


def measured(
    prompts: Sequence[Prompt], made: dict[str, list[Generation]], training: Path | None, documents: Path | None
) -> dict[str, list[Answer]]:
    """The answers of every model with their measures. prompts: of each answer. training, documents: what was trained on, to see
    what is recited of it.
    """
    texts = [item.text for rows in made.values() for item in rows]
    overlap: list[float | None] = [None] * len(texts)
    copies: list[Copy | None] = [None] * len(texts)
    known = training is not None or documents is not None
    if training is not None:
        overlap = [
            round(value, DIGITS) for value in overlaps(texts, (record.output for record in read_records(training)))
        ]
    if known:
        copies = longest_copies(texts, _training_texts(training, documents))
    recited, copied = iter(overlap), iter(copies)
    return {
        label: [
            _answer(item, prompt, next(recited), next(copied), known=known)
            for prompt, item in zip(prompts, rows, strict=True)
        ]
        for label, rows in made.items()
    }


def _training_texts(training: Path | None, documents: Path | None) -> Iterator[tuple[str, str]]:
    if training is not None:
        for record in read_records(training):
            yield record.id, trained_text(record.messages, record.meta.input)
    if documents is not None:
        for _, name, text in read_sources(documents):
            yield name, text


def _answer(item: Generation, prompt: Prompt, overlap: float | None, copy: Copy | None, *, known: bool) -> Answer:
    text = item.text
    return Answer(
        text=text,
        tokens=item.tokens,
        finish=item.finish,
        characters=len(text),
        japanese_share=round(japanese_share(text), DIGITS),
        repetition=round(repetition(text), DIGITS),
        overlap=overlap,
        ungrounded=ungrounded(text, prompt.prompt, prompt.input) or None,
        copied=(copy.length if copy else 0) if known else None,
        copied_from=Found(kind=copy.source, text=text[copy.start : copy.end], start=copy.start, end=copy.end)
        if copy
        else None,
        refusal=refusal(text),
        conduct=conduct(text) or None,
    )


def _rows(
    prompts: list[Prompt], rendered: list[str], answers: dict[str, list[Answer]], each: int | None
) -> Iterator[AnsweredPrompt]:
    """each: prompts in a round, where answers were drawn."""
    for number, prompt in enumerate(prompts):
        yield AnsweredPrompt(
            id=prompt.id,
            prompt=prompt.prompt,
            input=prompt.input,
            reference=prompt.reference,
            topic=prompt.topic,
            rendered=rendered[number],
            sample=number // each if each else None,
            answers={label: rows[number] for label, rows in answers.items()},
        )


def summarize(
    answers: dict[str, list[Answer]], prompts: list[str], template: str, config: CompareConfig, seed: int
) -> AnswerSummary:
    """The measures averaged per model (shares between 0 and 1), and what of them differs from the first model's."""
    drawn = DrawnBy(temperature=config.temperature, top_p=config.top_p, samples=config.samples, seed=seed)
    return AnswerSummary(
        template=template,
        max_new_tokens=config.max_new_tokens,
        decoding="drawn" if config.temperature else "greedy",
        models={label: _in_numbers(rows) for label, rows in answers.items()},
        drawn=drawn if config.temperature else None,
        tests=measure_tests(prompts, answers, seed) or None,
    )


def _in_numbers(rows: list[Answer]) -> ModelAnswers:
    copied = [row.copied for row in rows if row.copied is not None]
    kinds = Counter(kind for row in rows for kind in {item.kind for item in row.conduct or ()})
    return ModelAnswers(
        n=len(rows),
        empty=sum(not row.text.strip() for row in rows),
        finish=dict(sorted(Counter(row.finish for row in rows).items())),
        characters=_mean([row.characters for row in rows]),
        tokens=_mean([row.tokens for row in rows]),
        japanese_share=_mean([row.japanese_share for row in rows]),
        repetition=_mean([row.repetition for row in rows]),
        overlap=_mean([row.overlap for row in rows if row.overlap is not None]),
        ungrounded=_mean([len(row.ungrounded or ()) for row in rows]),
        copied=_mean(copied),
        longest_copy=max(copied, default=None),
        refused=sum(row.refusal is not None for row in rows),
        conduct=dict(sorted(kinds.items())),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), DIGITS) if values else None
