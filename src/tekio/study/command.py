"""What the verbs of `tekio study` do."""

from __future__ import annotations

import heapq
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from tekio.artifacts.exam import SUMMARY
from tekio.artifacts.model import read_artifact, read_lines
from tekio.artifacts.study import STUDY, Study, UnreadReply
from tekio.documents import read_documents
from tekio.errors import Language, NothingError, TekioError, Text, UsageError, say
from tekio.recipe import load_recipe
from tekio.records import read_records
from tekio.store import read_jsonl
from tekio.study.build import build_study
from tekio.study.reasons import kept_out_words, problem_words, reason_words
from tekio.study.wording import start_of
from tekio.study.write import DOCUMENTS, REJECTED, TRAIN, UNREAD, VALIDATION

_RECKONED = re.compile(r"([0-9.]+) characters a token")
Table = Literal["train", "rejected", "unread"]


def build_recipe(
    recipe_path: Path, corpus: Path | None, out: Path | None, exam: Path | None, language: Language, stream: TextIO
) -> int:
    """Build the study stage of a recipe alone. Returns the exit code.

    exam: of which no item may be told in its own wording; default: that of the run folder, where the recipe has one. Raises `UsageError` where it is
    not made yet, `NothingError` if no row is kept.
    """
    recipe = load_recipe(recipe_path)
    if recipe.study is None:
        raise UsageError(
            Text("The recipe has no `study` section.", "レシピに `study` がありません。"), where=recipe_path
        )
    read = corpus or recipe.run_folder / "corpus"
    if not read.is_dir():
        raise UsageError(
            Text("There is no finished corpus here.", "完成したコーパスがありません。"),
            where=read,
            fix=Text("Run `tekio corpus build` first.", "先に `tekio corpus build` を実行してください。"),
        )
    if exam is None and recipe.exam is not None:
        exam = recipe.run_folder / "exam"
    if exam is not None and not (exam / SUMMARY).is_file():
        raise UsageError(
            Text("There is no finished exam here.", "完成した試験がありません。"),
            where=exam,
            why=Text(
                "the recipe has an `exam`, whose items must not be told in their own wording",
                "レシピに `exam` があり、その問題の文面は言い換えに含められません",
            ),
            fix=Text(
                "Run `tekio run RECIPE --only exam` first, or name its folder with --exam.",
                "先に `tekio run レシピ --only exam` を実行するか、--exam でフォルダを指定してください。",
            ),
        )
    folder = out or recipe.run_folder / "study"
    recipe.require_place(folder)
    base = recipe.base.model.path if recipe.base is not None and recipe.base.model else None
    build_study(recipe.study, folder, corpus=read, seed=recipe.seed, base=base, exam=exam)
    print_stats(folder, language, stream)
    require_rows(folder)
    return 0


def require_rows(folder: Path) -> None:
    """Raise `NothingError` if nothing was told."""
    study = read_artifact(Study, folder / STUDY)
    if not any(item.texts + item.records for item in study.strategies.values()):
        raise NothingError(
            Text("No row is left of the study stage.", "study の結果が一件も残りませんでした。"),
            where=folder,
            fix=Text(
                f"`tekio study show {folder} --table rejected` says why (`--table unread`: replies that gave no row).",
                f"理由は `tekio study show {folder} --table rejected` で分かります（行にならなかった応答は `--table unread`）。",
            ),
        )


def _folder(run: Path) -> Path:
    folder = run if (run / STUDY).is_file() else run / "study"
    if not (folder / STUDY).is_file():
        raise TekioError(Text("There is no finished study here.", "完成した study がありません。"), where=run)
    return folder


def print_stats(run: Path, language: Language, stream: TextIO) -> None:
    """A line a strategy, what was rejected and left out, licenses, and what a model server cost."""
    study = read_artifact(Study, _folder(run) / STUDY)
    kept = sum(item.texts + item.records for item in study.strategies.values())
    reckoned = _RECKONED.fullmatch(study.tokenizer)
    tokens = Text(study.tokenizer, f"1 トークン {reckoned[1]} 文字として換算" if reckoned else study.tokenizer)
    head = Text(
        f"{study.documents:,} documents, {study.passages:,} passages -> {kept:,} rows, {study.tokens:,} tokens "
        f"({tokens.en}), by {study.generator}",
        f"{study.documents:,} 文書、{study.passages:,} 区画 -> {kept:,} 行、{study.tokens:,} トークン"
        f"（{tokens.ja}）、生成: {study.generator}",
    )
    print(say(head, language), file=stream)
    ends = {"repeats": Text("ended: repeats", "終了: 繰り返し"), "tokens": Text("ended: budget", "終了: 上限")}
    for name, item in study.strategies.items():
        ended = f"  {say(ends[item.ended], language)}" if item.ended else ""
        line = Text(
            f"  {name:<18}{item.texts:>9,} texts {item.records:>9,} records {item.tokens:>11,} tokens",
            f"  {name:<18}{item.texts:>9,} 文 {item.records:>9,} 問答 {item.tokens:>11,} トークン",
        )
        print(f"{say(line, language)}{ended}", file=stream)
        for label, reasons in (
            (Text("rejected", "除外"), item.rejected),
            (Text("not told", "対象外"), item.left_out),
        ):
            if reasons:
                told = ", ".join(f"{say(reason_words(key), language)} {count:,}" for key, count in reasons.items())
                print(f"      {say(label, language)}: {told}", file=stream)
    licenses = ", ".join(f"{name} {count:,}" for name, count in study.licenses.items())
    print(say(Text(f"licenses: {licenses}", f"ライセンス: {licenses}"), language), file=stream)
    looked = [(kept_out_words(name), count) for name, count in study.kept_out.items()]
    told_of = Text(
        "looked for and kept out: " + ", ".join(f"{words.en} {count:,}" for words, count in looked),
        "除外対象として照合: " + "、".join(f"{words.ja} {count:,}" for words, count in looked),
    )
    print(say(told_of, language), file=stream)
    if study.cost is not None:
        cost = Text(
            f"{study.cost.asked:,} replies, {study.cost.unread:,} gave no row, {study.cost.repaired:,} rows repaired; "
            f"price {study.cost.price:g}; terms: {study.terms}",
            f"応答 {study.cost.asked:,} 件、行にならなかった応答 {study.cost.unread:,} 件、修正で通過 {study.cost.repaired:,} 行。"
            f"費用 {study.cost.price:g}、利用条件: {study.terms}",
        )
        print(say(cost, language), file=stream)


def show_rows(
    run: Path, *, strategy: str | None, count: int, seed: int, table: Table, language: Language, stream: TextIO
) -> None:
    """A seeded sample of rows of each strategy (or of one). table: kept rows, rejected ones, or replies that gave none."""
    folder = _folder(run)
    read = {"rejected": _rejected, "unread": _unread}
    rows = _kept(folder) if table == "train" else read[table](folder, language)
    chosen: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    seen: Counter[str] = Counter()
    for number, (name, text) in enumerate(rows):
        if strategy is None or name == strategy:
            seen[name] += 1
            heap = chosen[name]
            heapq.heappush(heap, (-start_of(f"{seed}\x1f{text}"), -number, text))
            if len(heap) > max(count, 0):
                heapq.heappop(heap)
    if strategy is not None and strategy not in seen:
        raise UsageError(
            Text(f"There is no row of `{strategy}`.", f"`{strategy}` の行はありません。"),
            fix=", ".join(read_artifact(Study, folder / STUDY).strategies),
        )
    for name, heap in chosen.items():
        print(f"== {name} ({seen[name]:,})", file=stream)
        for _, _, text in sorted(heap, reverse=True):
            print(text, file=stream)
            print(file=stream)


def _kept(folder: Path) -> Iterator[tuple[str, str]]:
    for row in read_documents(folder / DOCUMENTS, ["text", "meta"]):
        told = json.loads(row["meta"])["study"]["strategy"]
        for line in row["text"].split("\n") if told != "questions" else [row["text"]]:
            yield told, line
    for name in (TRAIN, VALIDATION):
        for record in read_records(folder / name):
            yield record.meta.extra["study"]["strategy"], f"Q {record.instruction}\nA {record.output}"


def _rejected(folder: Path, language: Language) -> Iterator[tuple[str, str]]:
    for row in read_jsonl(folder / REJECTED):
        told = " / ".join(part for part in (row["question"], row["text"]) if part) or row["passage"]
        measured = _measured(row, language)
        yield (
            row["strategy"],
            f"{say(reason_words(row['reason']), language)}: {told}" + (f"\n  {measured}" if measured else ""),
        )


def _measured(row: dict[str, Any], language: Language) -> str:
    """What was found wrong with a row: facts in words, the rest as it is kept."""
    measured = row["measured"]
    rest = {name: value for name, value in measured.items() if name not in ("facts", "first_reply")}
    told = [say(problem_words(fact), language) for fact in measured.get("facts", [])]
    first = [say(problem_words(fact), language) for fact in measured.get("first_reply", [])]
    if first:
        told.append(say(Text("first reply: ", "最初の応答: "), language) + ", ".join(first))
    return "; ".join([*told, *([json.dumps(rest, ensure_ascii=False)] if rest else [])])


def _unread(folder: Path, language: Language) -> Iterator[tuple[str, str]]:
    for row in read_lines(UnreadReply, folder / UNREAD):
        yield row.strategy, f"{say(reason_words(row.reason), language)}: {row.passage}\n{row.reply}"
