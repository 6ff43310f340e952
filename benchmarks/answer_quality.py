"""Answers scored by a rubric that a reader can check by hand: accuracy, completeness, grounding. Used by `effect.py` for designs with `answers`.

    python benchmarks/effect.py docs/studies/designs/answers.yaml        # asks, scores, prints the table
    python benchmarks/answer_quality.py RUN/effect/answers               # the same answers by prompt: paired tests over prompts

A prompt is a held-out record with a known answer (gold). Closed: the question alone. Open: the gold answer stands in the prompt as its passage, so
that it need only be read. **Accuracy**: the gold's first sentence ends in a decision (該当します, 対象となりません: a word of `DECIDING` with its sign);
the answer is right where it has that word with that sign at the end of a sentence, and nowhere with the other. **Completeness**: share of the
gold's terms (runs of kanji and katakana) and facts (numbers, dates, articles) that the question does not have and the answer has. **Grounding**: the
facts of the answer that stand neither in the question nor in the passage, by the rules of `compare`. None of it is a judgement of a person: an answer may be right in other
words and count as wrong, and a fluent answer that says the frequent decisions is right by chance; so every study has the gold answer of another question as an arm.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from tekio.compare.measures import repetition
from tekio.compare.phrases import refusal
from tekio.compare.ungrounded import ungrounded
from tekio.knowledge.facts import facts_of
from tekio.recipe.section import Section
from tekio.records import read_records
from tekio.statistics.corrections import holm
from tekio.statistics.intervals import difference_interval
from tekio.statistics.paired_tests import paired_permutation
from tekio.statistics.resampling import Floats, generator

Book = Literal["closed", "open"]
BOOKS: tuple[Book, ...] = ("closed", "open")
DECIDING = "差し支え|非課税|不課税|課税|該当|対象|適用|算入|必要|認め|含|当た"
_DECISION = re.compile(rf"(?P<word>{DECIDING})(?P<tail>(?:(?!{DECIDING})[^、。\n（(「」]){{0,14}})(?=[。\n（(]|$)")
_DENIED = re.compile(r"ません|ない|なく|ず$")
TERM = re.compile(r"[一-鿿々]{2,}|[ァ-ヴー]{3,}")
MEASURES = ("accuracy", "completeness", "ungrounded", "refusals", "characters", "repetition")
RESAMPLES = 10_000


class AnswersConfig(Section):
    """What is asked, and how long an answer may be."""

    prompts: int = Field(ge=2)
    longest: int = Field(ge=1)
    """Question and gold answer together, in characters: both must fit the context, with the answer."""
    left_out: list[str] = Field(default_factory=list[str])
    """Ids of records that a pilot has seen."""
    max_new_tokens: int = Field(ge=1)
    template: str
    seed: int = 17


Decision = tuple[str, bool]
"""A deciding word, and whether it is denied."""


class Asked(Section):
    """One prompt."""

    id: str
    question: str
    gold: str
    decision: Decision


def decisions(text: str) -> list[Decision]:
    """The decisions in which sentences of a text end, in order."""
    return [(match["word"], bool(_DENIED.search(match["tail"]))) for match in _DECISION.finditer(text)]


def decision_of(gold: str) -> Decision | None:
    """The decision of a gold answer's first sentence."""
    first = re.split(r"(?<=。)|\n", gold.strip(), maxsplit=1)[0]
    found = decisions(first)
    return found[-1] if found else None


def is_right(answer: str, decision: Decision) -> bool:
    """Whether an answer decides so, and nowhere the other way."""
    said = decisions(answer)
    return decision in said and (decision[0], not decision[1]) not in said


def chosen(records: Path, config: AnswersConfig) -> list[Asked]:
    """The prompts: validation records that are short enough, whose gold answer decides one way and says something new, those of the lowest hashes."""
    found: list[Asked] = []
    for record in read_records(records / "validation.jsonl"):
        decision = decision_of(record.output)
        size = len(record.instruction) + len(record.output)
        if decision is None or size > config.longest or record.id in config.left_out:
            continue
        asked = Asked(id=record.id, question=record.instruction, gold=record.output, decision=decision)
        if is_right(record.output, decision) and wanted(asked):
            found.append(asked)
    found.sort(key=lambda one: hashlib.sha256(f"{config.seed}\x1f{one.id}".encode()).digest())
    return found[: config.prompts]


def wanted(asked: Asked) -> set[str]:
    """What a complete answer has: the gold's terms and values that the question does not have."""
    terms = {term for term in TERM.findall(asked.gold) if term not in asked.question}
    told = {one.value for one in facts_of(asked.question)}
    return terms | {f"={one.value}" for one in facts_of(asked.gold) if one.kind != "name" and one.value not in told}


def scored(answer: str, asked: Asked, book: Book) -> dict[str, float]:
    """The rubric's figures of one answer; accuracy, completeness and refusals are 0 to 1."""
    values = {f"={one.value}" for one in facts_of(answer)}
    needed = wanted(asked)
    have = [one for one in needed if (one in values if one.startswith("=") else one in answer)]
    return {
        "accuracy": float(is_right(answer, asked.decision)),
        "completeness": len(have) / len(needed),
        "ungrounded": float(len(ungrounded(answer, asked.question, asked.gold if book == "open" else None))),
        "refusals": float(refusal(answer) is not None),
        "characters": float(len(answer)),
        "repetition": repetition(answer),
    }


def generated(model: Path, asked: Sequence[Asked], config: AnswersConfig, book: Book) -> list[str]:
    """A model's greedy answers."""
    from tekio.model.generate import generate
    from tekio.model.load import load_model
    from tekio.model.templates import TEMPLATES, render_prompt

    loaded = load_model(model)
    prompts = [
        render_prompt(config.template, one.question, one.gold if book == "open" else None, tokenizer=loaded.tokenizer)
        for one in asked
    ]
    stop = TEMPLATES[config.template].stop if config.template in TEMPLATES else ()
    return [one.text for one in generate(loaded, prompts, max_new_tokens=config.max_new_tokens, stop=stop)]


def another(asked: Sequence[Asked], seed: int) -> list[str]:
    """To every prompt the gold answer of another one: the form of a good answer without its content."""
    order = list(range(len(asked)))
    random.Random(seed).shuffle(order)
    place = {number: order[(at + 1) % len(order)] for at, number in enumerate(order)}
    return [asked[place[number]].gold for number in range(len(asked))]


def kept(file: Path, asked: Sequence[Asked]) -> list[str] | None:
    """The answers in a file, if they are those to these prompts."""
    if not file.is_file():
        return None
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [row["answer"] for row in rows] if [row["id"] for row in rows] == [one.id for one in asked] else None


def answer_figures(
    config: AnswersConfig, records: Path, out: Path, seed: int, *, model: Path | None, says: str
) -> dict[str, float]:
    """Means over the prompts by book and measure (`open.accuracy`). The answers are kept in `out`; those there are scored again, not asked again.
    says: where no model answers.
    """
    asked = chosen(records, config)
    if len(asked) < 2:
        raise SystemExit(f"{records}: {len(asked)} prompts have a decision and are short enough")
    out.mkdir(parents=True, exist_ok=True)
    means: dict[str, float] = {}
    for book in BOOKS:
        if (answers := kept(out / f"{book}.jsonl", asked)) is None:
            if model is not None:
                answers = generated(model, asked, config, book)
            else:
                answers = another(asked, seed) if says == "another" else [one.gold for one in asked]
        rows = [
            {"id": one.id, "answer": text, "gold": one.gold, "scores": scored(text, one, book)}
            for one, text in zip(asked, answers, strict=True)
        ]
        (out / f"{book}.jsonl").write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        for name in MEASURES:
            means[f"{book}.{name}"] = float(np.mean([row["scores"][name] for row in rows]))  # type: ignore[index]
    return means


# --- by prompt -----------------------------------------------------------------------------------------------------


def by_prompt(folder: Path, arm: str, book: Book, measure: str) -> dict[str, float]:
    """Prompt -> the measure, the mean over the seeds there are."""
    found: dict[str, list[float]] = {}
    for file in sorted(folder.glob(f"{arm}*/answers/{book}.jsonl")):
        if not re.fullmatch(rf"{re.escape(arm)}(?:-\d+)?", file.parent.parent.name):
            continue
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            found.setdefault(row["id"], []).append(row["scores"][measure])
    return {name: sum(values) / len(values) for name, values in found.items()}


def compared(folder: Path, arm: str, reference: str) -> list[str]:
    """Lines of a table: every measure of an arm beside the reference, over prompts."""

    def mean(sums: Floats) -> Floats:
        return sums[..., 0] / sums[..., 1]

    rows: list[tuple[str, int, float, float, str]] = []
    tests: list[float | None] = []
    for book in BOOKS:
        for name in MEASURES[:3]:
            one, other = by_prompt(folder, arm, book, name), by_prompt(folder, reference, book, name)
            ids = [key for key in one if key in other]
            first, second = (np.array([[values[key], 1.0] for key in ids]) for values in (one, other))
            tests.append(
                paired_permutation(first, second, mean, resamples=RESAMPLES, rng=generator(17, "answers", book, name))
            )
            span = difference_interval(
                first, second, mean, confidence=0.95, resamples=RESAMPLES, rng=generator(17, "interval", book, name)
            )
            ends = "" if span.low is None or span.high is None else f" [{span.low:+.3f}, {span.high:+.3f}]"
            rows.append((f"{book} {name}", len(ids), float(second[:, 0].mean()), float(first[:, 0].mean()), ends))
    return [
        f"| {name} | {n} | {before:.3f} | {after:.3f} | {after - before:+.3f}{ends} | {'–' if p is None else f'{p:.2g}'} |"
        for (name, n, before, after, ends), p in zip(rows, holm(tests), strict=True)
    ]


def main() -> None:
    """Print the tests over prompts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--arm", default="all")
    parser.add_argument("--reference", nargs="+", default=["base", "another"])
    given = parser.parse_args()
    for reference in given.reference:
        print(f"\n{given.arm} beside {reference}, over prompts (mean over seeds)\n")
        print(f"| measure | prompts | {reference} | {given.arm} | difference | p (Holm) |\n|---|---|---|---|---|---|")
        print("\n".join(compared(given.folder, given.arm, reference)))


if __name__ == "__main__":
    main()
