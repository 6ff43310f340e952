"""The recipe for what lies in a folder, with comments in the user's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from tekio.errors import Language, Text, say
from tekio.init.look import Found, LeftOut
from tekio.progress import size_words

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./*-]*")
EXAM_BYTES = 300_000
"""Bytes of documents from which on an exam of a few dozen questions can be expected."""
LENGTH = 1024
SCRATCH_LENGTH = 512
SCRATCH_CONTEXT = 1024
"""Tokens that the small model reads: answers of real pages are longer than its rows of text."""
SHOWN_LEFT = 20
EXAMPLES = (
    Found("documents", "reports", "reports/**/*", 0, 0),
    Found("rows", "news", "news/*.jsonl", 0, 0, columns={"text": "body", "title": "headline"}),
    Found("documents", "general", "general/**/*", 0, 0, domain="general"),
    Found("pages", "faq", "faq/**/*.html", 0, 0),
)
"""What a recipe for nothing yet names."""


@dataclass(frozen=True)
class _Plan:
    """What the recipe will hold. length: tokens a row of training."""

    language: Language
    data: str
    found: Sequence[Found]
    left: Sequence[LeftOut]
    base: str | None
    length: int
    example: bool

    @property
    def documents(self) -> list[Found]:
        return [item for item in self.found if item.kind in ("documents", "rows")]

    @property
    def pages(self) -> list[Found]:
        return [item for item in self.found if item.kind == "pages"]

    @property
    def records(self) -> list[Found]:
        return [item for item in self.found if item.kind == "records"]

    @property
    def general(self) -> bool:
        return any(item.domain == "general" for item in self.documents)

    @property
    def domain(self) -> bool:
        return any(item.domain != "general" for item in self.documents)

    def say(self, en: str, ja: str) -> str:
        return say(Text(en, ja), self.language)


def first_recipe(
    name: str,
    data: str,
    found: Sequence[Found],
    left: Sequence[LeftOut],
    language: Language,
    *,
    base: str | None = None,
    context: int | None = None,
    scratch: bool = False,
) -> str:
    """The recipe as YAML. Nothing found: an example to be filled in.

    data: the folder as the recipe writes it. base: the model's folder, as the recipe writes it; context: its tokens, where
    known. scratch: make tokenizer and model from the documents instead.
    """
    example = not found
    length = min(SCRATCH_LENGTH if scratch else LENGTH, context or LENGTH)
    plan = _Plan(language, data, found or EXAMPLES, left, None if scratch else base or "models/base", length, example)
    parts = [_head(plan, name), _corpus(plan), _base(plan), _pretrain(plan), _instruct(plan), _tune(plan)]
    parts += [_exam(plan), _evaluate(plan), _compare(plan), _report(plan)]
    return "\n".join("\n".join(part) + "\n" for part in (list(part) for part in parts) if part)


def _head(plan: _Plan, name: str) -> Iterator[str]:
    yield plan.say(
        "# A Tekio recipe: one file per experiment. Paths are relative to this file; docs/recipe.md explains every key.",
        "# Tekio のレシピ。一つの実験に一つのファイル。パスはこのファイルからの相対。全キーの説明は docs/recipe.md。",
    )
    yield plan.say(
        "# Check: tekio doctor FILE    Plan: tekio run FILE --dry-run    Run, and resume: tekio run FILE",
        "# 点検: tekio doctor FILE    計画: tekio run FILE --dry-run    実行と再開: tekio run FILE",
    )
    if plan.example:
        yield plan.say(
            f"# An example: {plan.data}/ held nothing when it was written. Put files there and run `tekio init` again, or edit it.",
            f"# 例です。作成時に {plan.data}/ は空でした。ファイルを置いて `tekio init` をやり直すか、このまま編集してください。",
        )
    else:
        yield plan.say(
            f"# Written for what lay in {plan.data}/. `license: internal`: your own documents, for use inside your organisation.",
            f"# {plan.data}/ にあったファイルに合わせて作成。`license: internal` は自社の文書（社内利用のみ）。",
        )
        yield plan.say(
            "# Name another license where files are others' work (docs/licenses.md).",
            "# 他者の著作物には該当するライセンスを指定してください（docs/licenses.md）。",
        )
    if plan.left:
        yield plan.say("# Left out:", "# 含めなかったもの:")
        for item in plan.left[:SHOWN_LEFT]:
            counted = plan.say(f", {item.files:,} files", f"、{item.files:,} 件") if item.files > 1 else ""
            yield _comment(f"{item.path}{counted}: {say(item.why, plan.language)}")
        if (more := len(plan.left) - SHOWN_LEFT) > 0:
            yield plan.say(f"#   ... and {more:,} more", f"#   …ほか {more:,} 件")
    yield "tekio: 1"
    yield f"name: {_text(name)}"
    yield "seed: 17"


def _comment(words: str) -> str:
    return "#   " + "".join(letter if letter.isprintable() else "?" for letter in words)


def _text(value: str) -> str:
    """A string as YAML: JSON's quoting is YAML's."""
    plain = PLAIN_PATH.fullmatch(value) and yaml.safe_load(value) == value
    return value if plain else json.dumps(value, ensure_ascii=False)


def _source(plan: _Plan, item: Found, *, domain: bool) -> Iterator[str]:
    counted = "" if not item.files else "  # " + plan.say(_size(item).en, _size(item).ja)
    yield f"    - name: {_text(item.name)}{counted}"
    if domain:
        yield f"      domain: {item.domain}"
    yield f"      path: {_text(f'{plan.data}/{item.path}')}"
    if item.columns:
        columns = ", ".join(f"{field}: {_text(column)}" for field, column in item.columns.items())
        yield f"      columns: {{{columns}}}"
    yield f"      license: {item.license}"


def _size(item: Found) -> Text:
    size = size_words(item.bytes)
    en = f"{item.files:,} file{'s' if item.files > 1 else ''}, {size}"
    ja = f"{item.files:,} ファイル、{size}"
    if item.partly:
        return Text(en + "; some of them hold questions and answers", ja + "。一部に質問と回答があります")
    return Text(en, ja)


def _corpus(plan: _Plan) -> Iterator[str]:
    if not plan.documents:
        return
    yield plan.say(
        "# Documents -> one clean table. Every dropped row stays in corpus/rejected with its reason.",
        "# 文書 → 一つの文書表。除外した行は理由とともに corpus/rejected に残ります。",
    )
    yield "corpus:"
    yield "  sources:"
    for item in plan.documents:
        yield from _source(plan, item, domain=True)
    yield "  filters: {preset: finance}         # none, finance, swallow, hojichar, gopher-ja"
    yield "  personal_data: {mode: mask}        # report, mask, drop"
    yield plan.say(
        "  held_out: {share: 0.1}             # kept for measuring, never trained on",
        "  held_out: {share: 0.1}             # 評価用に確保し、学習には使わない割合",
    )


def _base(plan: _Plan) -> Iterator[str]:
    if plan.base is not None:
        yield plan.say(
            "# The model to start from: a folder in Hugging Face layout with safetensors. THE LINE TO EDIT.",
            "# 出発点のモデル。Hugging Face 形式のフォルダ（safetensors）。ここだけ編集してください。",
        )
        yield "base:"
        yield f"  model: {_text(plan.base)}"
        return
    domains = ["general"] if plan.general else ["finance"]
    yield plan.say(
        "# Tokenizer and a small model from your own documents: to try the chain; a model to use begins with a real base.",
        "# トークナイザと小さなモデルを手元の文書から作ります。流れの確認用で、実用には既存の基盤モデルを使います。",
    )
    yield "base:"
    yield "  scratch:"
    yield "    tokenizer: {kind: unigram, vocabulary: 4000}"
    yield f"    architecture: {{hidden_size: 256, layers: 4, heads: 4, context_length: {SCRATCH_CONTEXT}}}"
    yield f"    domains: [{', '.join(domains)}]"
    yield f"    tokenizer_domains: [{'general, finance' if plan.general and plan.domain else domains[0]}]"
    yield f"    sequence_length: {plan.length}"
    yield "    batch_rows: 8"
    yield "    epochs: 4"
    yield plan.say(
        "    max_steps: 120                   # minutes on a laptop; more steps, a better model",
        "    max_steps: 120                   # ノート PC で数分。増やすほど良くなります",
    )
    yield "    optimizer: {learning_rate: 2e-3, schedule: cosine, warmup_steps: 10, weight_decay: 0.1}"


def _pretrain(plan: _Plan) -> Iterator[str]:
    if not plan.documents or not plan.domain:
        return
    yield plan.say(
        "# Continual pre-training on the documents (arXiv 2404.10555 trained a model of 13B with 5e-7, 5 epochs).",
        "# 文書による継続事前学習（arXiv 2404.10555 は 13B のモデルを 5e-7、5 エポックで学習）。",
    )
    yield "pretrain:"
    yield "  domains: [finance]"
    if plan.general:
        yield plan.say(
            "  replay: {share: 0.1}               # general text mixed in against forgetting",
            "  replay: {share: 0.1}               # 忘却を抑えるために混ぜる一般文書の割合",
        )
    else:
        yield plan.say(
            "  # replay: {share: 0.1}             # against forgetting: needs a source with `domain: general`",
            "  # replay: {share: 0.1}             # 忘却を抑える一般文書。`domain: general` の情報源が必要です",
        )
    yield plan.say(
        "  # method: lora                     # for a base whose full training does not fit: tekio doctor MODEL-FOLDER",
        "  # method: lora                     # 全パラメータの学習が収まらないとき。tekio doctor モデルのフォルダ で確認",
    )
    yield f"  sequence_length: {plan.length}"
    yield "  batch_rows: 8"
    yield "  epochs: 2"
    if plan.base is None:
        yield "  max_steps: 60"
    yield f"  optimizer: {{learning_rate: {'1e-3' if plan.base is None else '1e-5'}, schedule: linear, warmup_steps: 5}}"


def _instruct(plan: _Plan) -> Iterator[str]:
    if not plan.pages and not plan.records:
        return
    yield plan.say(
        "# Pages of questions and answers, and records -> instruction data. Look at it: tekio review RUN/instruct",
        "# FAQ ページと既存の指示データ → 指示データ。内容の確認は tekio review RUN/instruct",
    )
    yield "instruct:"
    for key, items in (("harvest", plan.pages), ("import", plan.records)):
        if items:
            yield f"  {key}:"
            for item in items:
                yield from _source(plan, item, domain=False)
    yield "  validation_share: 0.15"


def _tune(plan: _Plan) -> Iterator[str]:
    if not plan.pages and not plan.records:
        return
    yield plan.say(
        "# Instruction tuning with LoRA (arXiv 2404.09260).", "# LoRA による指示チューニング（arXiv 2404.09260）。"
    )
    yield "tune:"
    yield "  method: lora"
    yield "  lora: {rank: 8, alpha: 16, dropout: 0.05}"
    yield "  template: alpaca-japanese"
    yield f"  sequence_length: {SCRATCH_CONTEXT if plan.base is None else plan.length}"
    yield plan.say(
        "  max_dropped: 0.5                   # of the records may be too long for a row; the report counts them",
        "  max_dropped: 0.5                   # 1 行に収まらない指示データの許容割合。件数はレポートに出ます",
    )
    yield "  batch_rows: 8"
    yield "  epochs: 3"
    yield f"  optimizer: {{learning_rate: {'2e-3' if plan.base is None else '3e-4'}, schedule: linear}}"


def _exam(plan: _Plan) -> Iterator[str]:
    if not plan.documents or not plan.domain:
        return
    size = sum(item.bytes for item in plan.documents if item.domain != "general")
    why = plan.say(
        "# Questions made from the documents before training: was it learned, and is looking up as good? (docs/exam.md)",
        "# 学習前に文書から作る問題: 覚えたか、検索で足りるか（docs/exam.md）",
    )
    if size >= EXAM_BYTES or plan.example:
        yield why
        yield "exam: {seen: 100, unseen: 50}"
    else:
        yield why + plan.say(" Too few documents for it yet.", "。文書が少ないため、まだ使いません。")
        yield "# exam: {seen: 100, unseen: 50}"


def _evaluate(plan: _Plan) -> Iterator[str]:
    yield plan.say(
        "# Scores with intervals; differences against the first model. `tekio tasks list` names the shipped tasks.",
        "# 区間つきの得点と、最初のモデルとの差。付属の課題は `tekio tasks list`。",
    )
    yield "evaluate:"
    yield f"  models: [{', '.join(_models(plan))}]"
    yield "  tasks: []"
    yield plan.say(
        "  # - {task: chabsa, data: data/chabsa, group: finance}         # your copy of the task's data",
        "  # - {task: chabsa, data: data/chabsa, group: finance}         # 課題のデータは手元の写しを指定",
    )
    yield "  # - {task: jcommonsenseqa, data: data/JGLUE, group: general}"


def _models(plan: _Plan) -> list[str]:
    trained = ["pretrained"] if plan.documents and plan.domain else []
    return ["base", *trained, *(["tuned"] if plan.pages or plan.records else [])]


def _compare(plan: _Plan) -> Iterator[str]:
    if not plan.pages and not plan.records:
        return
    yield plan.say(
        "# The same questions to all models: kept records, or your own in JSON Lines (`prompts: data/prompts.jsonl`).",
        "# 同じ質問を全モデルに。検証用の指示データか、自分の質問（`prompts: data/prompts.jsonl`）。",
    )
    yield "compare: {max_new_tokens: 128}"


def _report(plan: _Plan) -> Iterator[str]:
    yield "report:"
    yield f"  language: {plan.language}"
    purpose = plan.say(
        "What this experiment is meant to show: write it here.", "この実験で確かめたいことをここに書きます。"
    )
    yield f"  purpose: {json.dumps(purpose, ensure_ascii=False)}"


def base_context(folder: Path) -> int | None:
    """The context length (tokens) that a model's configuration names; None: it names none."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(config, dict):
        return None
    named = cast("dict[str, object]", config)
    for key in ("max_position_embeddings", "n_positions", "max_seq_len"):
        value = named.get(key)
        if isinstance(value, int) and value > 0:
            return value
    return None
