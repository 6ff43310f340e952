"""What is asked: the user's prompts, or a seeded sample of the validation records."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.errors import InputError, TekioError, Text
from tekio.recipe.report import CompareConfig
from tekio.records import read_records
from tekio.store import canonical_json, read_jsonl

VALIDATION = "validation.jsonl"
TRAIN = "train.jsonl"


@dataclass(frozen=True)
class Prompt:
    """One question to all models. reference: a known good answer, never shown to a model."""

    id: str
    prompt: str
    input: str | None = None
    reference: str | None = None
    topic: str | None = None


def validation_file(records: Path) -> Path:
    """`records` itself, or the validation file of a folder of `instruct`."""
    return records / VALIDATION if records.is_dir() else records


def training_file(records: Path | None) -> Path | None:
    """The training records beside the validation records, if there are any."""
    if records is None:
        return None
    found = validation_file(records).with_name(TRAIN)
    return found if found.is_file() else None


def choose_prompts(config: CompareConfig, records: Path | None, seed: int) -> list[Prompt]:
    """The prompts in the order in which they are asked and shown.

    None, when prompts come from validation records and the split left none: hours of training shall not end in an error.
    Raises `InputError` with file:line for a row that is not a prompt, `TekioError` when there is nothing to ask.
    """
    named = config.prompts is not None or config.questions is not None
    if named:
        found = every_question(config)
    else:
        found = sample_records(records, config.validation_prompts, seed) if records is not None else []
    if not found and (named or records is None):
        raise TekioError(
            Text("There is nothing to ask the models.", "モデルへの質問がありません。"),
            where=None if config.prompts is None else config.prompts.written,
            fix=Text(
                "Give compare.prompts (JSON Lines with `prompt`), compare.questions: finance (60 questions that ship with "
                "Tekio), or instruction data with validation records.",
                "compare.prompts（`prompt` を持つ JSON Lines）、compare.questions: finance（Tekio 付属の 60 問）、"
                "または検証用のある指示データを用意してください。",
            ),
        )
    return found


def shipped_questions(name: str) -> Path:
    """The file of questions that ship with Tekio."""
    return Path(__file__).parent / "questions" / f"{name}.jsonl"


def question_files(config: CompareConfig) -> list[Path]:
    """The user's files of prompts, then what ships."""
    own = [] if config.prompts is None else config.prompts.files()
    return [*own, *([shipped_questions(config.questions)] if config.questions else [])]


def every_question(config: CompareConfig) -> list[Prompt]:
    """The prompts of all files. Raises `InputError` for two that have one id: answers and judgements are told apart by it."""
    found = [prompt for file in question_files(config) for prompt in read_prompts(file)]
    known: dict[str, Prompt] = {}
    for prompt in found:
        other = known.setdefault(prompt.id, prompt)
        if (other.prompt, other.input) != (prompt.prompt, prompt.input):
            raise InputError(
                Text(f"Two prompts have the id {prompt.id!r}.", f"id {prompt.id!r} の質問が 2 つあります。"),
                where=None if config.prompts is None else config.prompts.written,
                why=f"{other.prompt[:60]} / {prompt.prompt[:60]}",
                fix=Text(
                    "Give each an id of its own, or none: then it is made from the text.",
                    "それぞれ別の id を付けるか、id を省いてください（本文から作ります）。",
                ),
            )
    return found


def read_prompts(path: Path) -> list[Prompt]:
    """The user's prompts: JSON Lines with `prompt` and perhaps `id`, `input`, `reference`, `topic`."""
    return [_prompt(row, f"{path}:{number}") for number, row in enumerate(read_jsonl(path), 1)]


def _prompt(row: dict[str, Any], where: str) -> Prompt:
    wrong = [name for name in Prompt.__dataclass_fields__ if not isinstance(row.get(name), str | None)]
    if wrong or not row.get("prompt"):
        raise InputError(
            Text("This row is not a prompt.", "質問の行ではありません。"),
            where=where,
            why=Text(
                f"Not a text: {', '.join(wrong)}." if wrong else "`prompt` is missing or empty.",
                f"文字列でない項目: {', '.join(wrong)}" if wrong else "`prompt` がないか空です。",
            ),
        )
    if any("\ud800" <= char <= "\udfff" for value in row.values() if isinstance(value, str) for char in value):
        raise InputError(
            Text("This row is not a prompt.", "質問の行ではありません。"),
            where=where,
            why=Text("Half of a character (a lone surrogate).", "壊れた文字（単独のサロゲート）があります。"),
        )
    values = {name: row.get(name) or None for name in ("input", "reference", "topic")}
    digest = hashlib.sha256(canonical_json([row["prompt"], values["input"]]).encode("utf-8", "surrogatepass"))
    return Prompt(id=row.get("id") or digest.hexdigest()[:16], prompt=row["prompt"], **values)


def sample_records(records: Path, most: int, seed: int) -> list[Prompt]:
    """`most` validation records, chosen and ordered by a hash of seed and id, so that adding records moves few."""

    def rank(identity: str) -> bytes:
        return hashlib.sha256(f"{seed}\x1f{identity}".encode()).digest()

    chosen: list[tuple[bytes, Prompt]] = []
    for record in read_records(validation_file(records)):
        prompt = Prompt(
            record.id, record.instruction, record.meta.input or None, record.output or None, record.meta.topic
        )
        chosen.append((rank(record.id), prompt))
        if len(chosen) > 4 * most + 64:  # memory stays bounded by the sample, not the records
            chosen = sorted(chosen, key=lambda item: (item[0], item[1].id))[:most]
    return [prompt for _, prompt in sorted(chosen, key=lambda item: (item[0], item[1].id))[:most]]
