"""An exam in a few lines: what it asks, what was left out and why, what it can show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from tekio.artifacts.exam import Drafting, Exam, ExamItem, Half, RejectedItem, UnreadDraft
from tekio.artifacts.model import is_older, read_artifact, read_lines
from tekio.errors import Language, Text, say

SUMMARY = "exam.json"
HALVES: tuple[tuple[Half, Text], ...] = (
    ("seen", Text("seen (training documents)", "学習済み文書")),
    ("unseen", Text("unseen (held-out documents)", "未学習文書")),
)
COUNTED = {"kind": Text("kind", "種類"), "topic": Text("topic", "情報源"), "difficulty": Text("difficulty", "難しさ")}
WORDS = {
    "number": Text("number", "数値"),
    "date": Text("date", "日付"),
    "who": Text("who", "主体"),
    "what": Text("what", "用語・条文"),
    "choice": Text("choice", "正しい記述の選択"),
    "true_false": Text("true or false", "正誤"),
    "easy": Text("easy", "易"),
    "middle": Text("middle", "中"),
    "hard": Text("hard", "難"),
}
REASONS = {
    "answer_not_in_passage": Text("the answer is not at its place in the passage", "答えが資料の該当箇所にない"),
    "answer_too_short": Text("the answer is a single character", "答えが 1 文字"),
    "answer_stands_twice": Text("the answer stands in the passage more than once", "答えが資料に複数回ある"),
    "question_not_in_passage": Text("it asks what the passage does not say", "問いに資料にない事実が含まれる"),
    "cut_off": Text("reply cut off", "応答が途中で終了"),
    "unreadable": Text("reply not in the asked form", "応答の形式が不正"),
    "not_japanese": Text("reply not in Japanese", "日本語でない応答"),
    "refused_by_server": Text("refused or not answered by the server", "サーバが拒否または応答せず"),
    "says_it_does_not_know": Text("the model found nothing to ask", "モデルが該当なしと回答"),
    "answer_in_question": Text("the question tells the answer", "問いに答えが含まれる"),
    "several_answers": Text("documents answer it differently", "文書によって答えが違う"),
    "duplicate": Text("asked already", "重複"),
    "stock_phrase": Text("its sentence is in several documents", "複数の文書にある定型文"),
    "evaluation_item": Text("it is an item of the evaluation", "評価データの問題"),
    "stands_in_training_text": Text("its sentence is in the training text too", "学習用文書にも同じ文がある"),
    "told_by_study": Text("study has it in its own wording", "study に同じ文面がある"),
    "too_few_rivals": Text("too few wrong options of its form", "同じ形の誤答が足りない"),
    "answered_without_passage": Text("guessed without the passage", "資料なしで当てられる"),
    "enough_items": Text("there are enough items", "問題数が足りている"),
    "enough_of_this_document": Text("there are enough of its document", "同じ文書の問題が足りている"),
}


def exam_lines(folder: Path, language: Language, items: int = 0) -> Iterator[str]:
    """Lines for the terminal. items: how many of each half are printed."""
    exam = read_artifact(Exam, folder / SUMMARY)

    def text(en: str, ja: str) -> str:
        return say(Text(en, ja), language)

    by = text("by rules", "規則により") if exam.accepted_by == "rule" else text("by people", "人により")
    yield text(
        f"{exam.items} items accepted {by}, version {exam.version}, frozen as {exam.sha256[:16]}",
        f"{by}採用された問題 {exam.items} 問、版 {exam.version}、固定値 {exam.sha256[:16]}",
    )
    for half, name in HALVES:
        plan = exam.plan.get(half)
        if plan is None:
            yield f"  {say(name, language)}: 0"
            continue
        needed = "-" if plan.needed is None else f"{plan.needed:,}"
        wanted = f"{100 * exam.difference:.0f}"
        compared = text(f"(of {plan.comparisons} comparisons)", f"（{plan.comparisons} 比較の補正後）")
        if plan.corrected is None:
            shows = text(f"too few to show any difference {compared}", f"どんな差も見えない問題数{compared}")
        else:
            shows = text(
                f"a true difference of {100 * plan.corrected:.1f} points will be seen four times of five {compared}",
                f"真の差 {100 * plan.corrected:.1f} ポイントなら 5 回中 4 回見える{compared}",
            )
        yield text(
            f"  {name.en}: {plan.n} of {plan.wanted} wanted, from {plan.clusters} groups of documents; {shows}; {wanted} points need {needed} items",
            f"  {name.ja}: {plan.n} 問（希望 {plan.wanted}）、文書群 {plan.clusters}。{shows}。{wanted} ポイントを見るには {needed} 問必要",
        )
    for name, title in COUNTED.items():
        told = [f"{_word(value, language)} {count}" for value, count in exam.counts[name].items()]
        yield f"  {say(title, language)}: " + ", ".join(told)
    base = exam.baseline
    if base.share is not None and base.low is not None and base.high is not None and base.chance is not None:
        yield text(
            f"  right without the passage, by the options' form alone: {100 * base.share:.1f} % "
            f"[{100 * base.low:.1f}, {100 * base.high:.1f}], chance {100 * base.chance:.1f} %",
            f"  資料なしで選択肢の形だけから正答: {100 * base.share:.1f} % [{100 * base.low:.1f}, {100 * base.high:.1f}]、"
            f"当て推量 {100 * base.chance:.1f} %",
        )
    left = sum(exam.rejected.values())
    yield text(
        f"  {exam.considered} questions considered, {left} left out" + (":" if left else ""),
        f"  検討した問い {exam.considered}、不採用 {left}" + (":" if left else ""),
    )
    for rule, count in sorted(exam.rejected.items(), key=lambda entry: -entry[1]):
        yield f"    {count:>6}  {say(REASONS.get(rule, Text(rule, rule)), language)}"
    if exam.drafting is not None:
        yield from _drafted(exam.drafting, language)
    for half, name in HALVES if items else ():
        yield f"== {say(name, language)}"
        for item in islice(read_lines(ExamItem, folder / f"{half}.jsonl", older=is_older(folder / SUMMARY)), items):
            yield from _item(item, language)


def table_lines(folder: Path, table: Literal["rejected", "unread"], language: Language, count: int) -> Iterator[str]:
    """The first rows of each reason: questions that were left out, or replies that gave none."""
    read_artifact(Exam, folder / SUMMARY)  # a folder that is no exam says so
    rows: dict[str, list[str]] = {}
    for reason, shown in _rejected(folder, language) if table == "rejected" else _unread(folder):
        rows.setdefault(reason, []).append(shown)
    for reason, shown in rows.items():
        yield f"== {say(REASONS.get(reason, Text(reason, reason)), language)} ({len(shown):,})"
        yield from shown[: max(count, 0)]


def _rejected(folder: Path, language: Language) -> Iterator[tuple[str, str]]:
    for row in read_lines(RejectedItem, folder / "rejected.jsonl", older=is_older(folder / SUMMARY)):
        options = "".join(
            f"\n  {'*' if place == row.answer else ' '} {option}" for place, option in enumerate(row.options)
        )
        measured = f"\n  {json.dumps(row.measured, ensure_ascii=False)}" if row.measured else ""
        yield row.rejected_by, f"[{_word(row.kind, language)}] {row.question}{options}{measured}"


def _unread(folder: Path) -> Iterator[tuple[str, str]]:
    if (folder / "unread.jsonl").is_file():
        for row in read_lines(UnreadDraft, folder / "unread.jsonl", older=is_older(folder / SUMMARY)):
            yield row.reason, f"{row.passage}\n{row.reply}"


def _drafted(found: Drafting, language: Language) -> Iterator[str]:
    left = sum(found.unread.values())
    yield say(
        Text(
            f"  drafted by {found.model} ({found.terms}): {found.asked} replies, {left} without a question:",
            f"  作問 {found.model}（{found.terms}）: 応答 {found.asked} 件、問いにならなかった応答 {left} 件:",
        ),
        language,
    )
    for reason, count in sorted(found.unread.items(), key=lambda entry: -entry[1]):
        yield f"    {count:>6}  {say(REASONS.get(reason, Text(reason, reason)), language)}"


def _word(value: str, language: Language) -> str:
    return say(WORDS.get(value, Text(value, value)), language)


def _item(item: ExamItem, language: Language) -> Iterator[str]:
    yield f"[{_word(item.kind, language)}, {_word(item.difficulty, language)}] {item.question}"
    for place, option in enumerate(item.options):
        yield f"  {'*' if place == item.answer else ' '} {option}"
