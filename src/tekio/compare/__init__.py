"""The same prompts to several models, answers side by side, with what can be measured of them. See docs/report.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tekio.artifacts.answers import Answer, AnsweredPrompt, AnswerSummary, ModelAnswers
from tekio.artifacts.model import read_artifact, write_artifact, write_lines
from tekio.artifacts.training import TrainingSummary
from tekio.compare.measures import overlaps, repetition
from tekio.compare.prompts import Prompt, choose_prompts, training_file, validation_file
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
    read_json,
    read_manifest,
    run_stage,
    write_json,
)
from tekio.text.scripts import japanese_share

if TYPE_CHECKING:
    from tekio.model.generate import Generation
    from tekio.model.load import LoadedModel

__all__ = ["compare_answers"]

BATCH = 8
TOGETHER = 64
"""Prompts given to vLLM at once."""
DEFAULT_TEMPLATE = "alpaca-japanese"
DIGITS = 4


def compare_answers(
    config: CompareConfig,
    out: Path,
    *,
    models: Mapping[str, Model],
    records: Path | None,
    seed: int,
    allow_hosts: Sequence[str] = (),
) -> Manifest:
    """Ask every model the same prompts (greedy, so repeatable) and write `answers.jsonl` and `summary.json`.

    models: label -> model or adapter folder, or a server (which gets the prompt as one chat message, whatever the template), in
    the order of the columns. allow_hosts: hosts of the own network whose servers may be asked. records: the instruction data's folder (or
    its validation file), asked when the configuration names no prompts; the training records beside it tell how much
    of an answer is recited. Answers are stored batch by batch, so a kill costs one batch.
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
    elif records is not None:
        inputs.append(describe_input(validation_file(records), "validation"))
    training = training_file(records)
    if training is not None:
        inputs.append(describe_input(training, "training"))

    def work(space: Workspace) -> None:
        prompts = choose_prompts(config, records, seed)
        messages = [f"{prompt.prompt}\n\n{prompt.input}" if prompt.input else prompt.prompt for prompt in prompts]
        rendered = render_all(prompts, template, folders) if folders else messages
        made: dict[str, list[Generation]] = {}
        with Progress("compare", total=len(models) * len(prompts)) as progress:
            for label, model in models.items():
                parts = space.scratch("answers") / label
                if isinstance(model, Endpoint):
                    made[label] = _ask_server(model, messages, parts, config.max_new_tokens, allow_hosts, progress)
                else:
                    made[label] = _ask(model, rendered, parts, config, template, progress)
        answers = measured(made, training)
        write_lines(space.path / "answers.jsonl", _rows(prompts, rendered, answers))
        write_artifact(space.path / "summary.json", summarize(answers, template, config))
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


def _ask(
    path: Path, rendered: list[str], parts: Path, config: CompareConfig, template: str, progress: Progress
) -> list[Generation]:
    """One model's answers. Finished batches are read back; the model is loaded only if one is missing."""
    from tekio.model.generate import Generation, generate
    from tekio.model.load import load_model
    from tekio.model.templates import TEMPLATES
    from tekio.model.vllm_engine import load_with_vllm

    stop = TEMPLATES[template].stop if template in TEMPLATES else ()
    loaded: LoadedModel | None = None
    answers: list[Generation] = []
    size = BATCH if config.engine == "transformers" else TOGETHER
    for start in range(0, len(rendered), size):
        part = parts / f"{start:06d}.json"
        batch = rendered[start : start + size]
        if not part.is_file():
            loaded = loaded or (load_with_vllm(path) if config.engine == "vllm" else load_model(path))
            made = generate(loaded, batch, max_new_tokens=config.max_new_tokens, stop=stop)
            write_json(part, [{"text": item.text, "tokens": item.tokens, "finish": item.finish} for item in made])
        answers += [Generation(**item) for item in read_json(part)]
        progress.advance(len(batch))
    if loaded is not None and loaded.vllm is not None:
        loaded.vllm.close()
    return answers


def _ask_server(
    server: Endpoint,
    messages: list[str],
    parts: Path,
    max_new_tokens: int,
    allow_hosts: Sequence[str],
    progress: Progress,
) -> list[Generation]:
    """A server's answers, each prompt as one chat message. Finished batches are read back."""
    from tekio.evaluate.scoring.endpoint import EndpointModel
    from tekio.model.generate import Generation
    from tekio.recipe.evaluate import EvaluateConfig

    asked = EndpointModel(server, EvaluateConfig(allow_hosts=list(allow_hosts)))
    answers: list[Generation] = []
    for start in range(0, len(messages), BATCH):
        part = parts / f"{start:06d}.json"
        batch = messages[start : start + BATCH]
        if not part.is_file():
            made = asked.answers(batch, max_new_tokens)
            write_json(part, [{"text": item.text, "tokens": item.tokens, "finish": item.finish} for item in made])
        answers += [Generation(**item) for item in read_json(part)]
        progress.advance(len(batch))
    return answers


def measured(made: dict[str, list[Generation]], training: Path | None) -> dict[str, list[Answer]]:
    """The answers of every model with their measures. training: training records, to see what is recited of them."""
    texts = [item.text for rows in made.values() for item in rows]
    overlap: list[float | None] = [None] * len(texts)
    if training is not None:
        known = (record.output for record in read_records(training))
        overlap = [round(value, DIGITS) for value in overlaps(texts, known)]
    recited = iter(overlap)
    return {
        label: [
            Answer(
                text=item.text,
                tokens=item.tokens,
                finish=item.finish,
                characters=len(item.text),
                japanese_share=round(japanese_share(item.text), DIGITS),
                repetition=round(repetition(item.text), DIGITS),
                overlap=next(recited),
            )
            for item in rows
        ]
        for label, rows in made.items()
    }


def _rows(prompts: list[Prompt], rendered: list[str], answers: dict[str, list[Answer]]) -> Iterator[AnsweredPrompt]:
    for number, prompt in enumerate(prompts):
        yield AnsweredPrompt(
            id=prompt.id,
            prompt=prompt.prompt,
            input=prompt.input,
            reference=prompt.reference,
            topic=prompt.topic,
            rendered=rendered[number],
            answers={label: rows[number] for label, rows in answers.items()},
        )


def summarize(answers: dict[str, list[Answer]], template: str, config: CompareConfig) -> AnswerSummary:
    """The measures averaged per model (shares between 0 and 1)."""
    return AnswerSummary(
        template=template,
        max_new_tokens=config.max_new_tokens,
        decoding="greedy",
        models={label: _in_numbers(rows) for label, rows in answers.items()},
    )


def _in_numbers(rows: list[Answer]) -> ModelAnswers:
    return ModelAnswers(
        n=len(rows),
        empty=sum(not row.text.strip() for row in rows),
        finish=dict(sorted(Counter(row.finish for row in rows).items())),
        characters=_mean([row.characters for row in rows]),
        tokens=_mean([row.tokens for row in rows]),
        japanese_share=_mean([row.japanese_share for row in rows]),
        repetition=_mean([row.repetition for row in rows]),
        overlap=_mean([row.overlap for row in rows if row.overlap is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), DIGITS) if values else None
