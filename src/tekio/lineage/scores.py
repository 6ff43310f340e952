"""Where a score, an item of a test and an answer come from: what was asked, of which model, made from what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tekio.artifacts.answers import Answer, AnsweredPrompt
from tekio.artifacts.model import is_older, read_artifact, read_lines
from tekio.artifacts.results import Results, ScoredItem, SeenItem, TaskResult, items_file, label_order
from tekio.errors import Message, Text
from tekio.lineage.models import model_lines
from tekio.report.flips import gold_of
from tekio.report.number_format import metric_name, unit_of
from tekio.report.protocol import method_words
from tekio.visible import shorten

SHOWN = 160
WORDS = {"improved": "改善", "worse": "悪化", "cannot tell": "判別できない"}


def score_lines(run: Path, identity: str) -> Iterator[Message]:
    """What is known of `TASK`, of one model on it (`TASK:MODEL`), or of one item (`TASK#ITEM`); nothing if there is no such task."""
    place = run / "evaluate" / "results.json"
    if not place.is_file():
        return
    results = read_artifact(Results, place)
    tasks = {task.task: task for task in results.tasks}
    name, _, model = identity.rpartition(":")
    task_name, _, item = identity.partition("#")
    if identity in tasks:
        yield from _task(run, results, tasks[identity], label_order(results))
    elif name in tasks and model in results.models:
        yield from _task(run, results, tasks[name], [model])
    elif item and task_name in tasks:
        yield from _item(run, results, tasks[task_name], item)


def _task(run: Path, results: Results, task: TaskResult, labels: list[str]) -> Iterator[Message]:
    metric_words = metric_name(task.headline)
    yield Text(f"score of {task.task}, {metric_words.en}", f"評価課題 {task.task} のスコア（{metric_words.ja}）")
    yield Text(
        f"  asked: {task.n:,} items, template {task.template}, {task.shots} shots, protocol {task.protocol or results.protocol}",
        f"  出題: {task.n:,} 問、テンプレート {task.template}、例示 {task.shots}、手順 {task.protocol or results.protocol}",
    )
    yield Text(f"  prompts: SHA-256 {task.prompt_hash}", f"  プロンプト: SHA-256 {task.prompt_hash}")
    yield Text(f"  license of the task: {task.license}", f"  課題のライセンス: {task.license}")
    if task.contamination is not None:
        seen, n = task.contamination.question_seen, task.contamination.n
        yield Text(
            f"  {seen:,} of {n:,} questions stand in training text",
            f"  問題文が学習データにある設問: {n:,} 問中 {seen:,} 問",
        )
    for label in labels:
        score = task.scores.get(label)
        metric = score.metrics.get(task.headline) if score else None
        if score is None or metric is None:
            continue
        interval = "" if metric.low is None else f" [{metric.low:.4f}, {metric.high:.4f}]"
        value = "–" if metric.value is None else f"{metric.value:.4f}"
        unit = "割合" if metric.unit == "share" else unit_of(metric.unit).name.ja
        yield Text(
            f"  {label}: {value}{interval} {metric.unit}, n = {metric.n} ({metric.method})",
            f"  {label}: {value}{interval}（{unit}）、n = {metric.n}（{method_words(metric.method).ja}）",
        )
        for one in task.comparisons:
            if one.model == label and one.metric == task.headline and one.difference is not None:
                p = "–" if one.p_adjusted is None else f"{one.p_adjusted:.3g}"
                test = method_words(one.test).ja
                yield Text(
                    f"    minus {one.reference}: {one.difference:+.4f}, {one.test}, corrected p {p}: {one.verdict}",
                    f"    {one.reference} との差: {one.difference:+.4f}、{test}、補正後 p {p}（{WORDS[one.verdict]}）",
                )
        if score.why_degenerate is not None:
            why = score.why_degenerate
            yield Text(f"    {why.en}", f"    {why.ja}")
        yield from model_lines(run, label)
        file = items_file(run / "evaluate", label, task.task, task.template or "default")
        if file is not None:
            yield Text(f"    items: {file.relative_to(run)}", f"    設問ごとの記録: {file.relative_to(run)}")


def _item(run: Path, results: Results, task: TaskResult, wanted: str) -> Iterator[Message]:
    evaluate, older = run / "evaluate", is_older(run / "evaluate" / "results.json")
    told = False
    for label in label_order(results):
        file = items_file(evaluate, label, task.task, task.template or "default")
        for item in read_lines(ScoredItem, file, older=older) if file is not None else ():
            if item.item != wanted:
                continue
            if not told:
                told = True
                yield Text(f"item {wanted} of {task.task}", f"{task.task} の設問 {wanted}")
                yield Text(f"  prompt, SHA-256 {item.prompt_sha256}:", f"  プロンプト（SHA-256 {item.prompt_sha256}）:")
                yield f"  {_excerpt(item.prompt)}"
                if item.gold_text is not None or item.gold is not None:
                    yield Text(f"  right answer: {gold_of(item)}", f"  正解: {gold_of(item)}")
            right = {True: Text("right", "正解"), False: Text("wrong", "誤り"), None: Text("not scored by right or wrong", "正誤なし")}[item.correct]  # fmt: skip
            answer = _excerpt(str(item.reply or item.text or _chosen(item)))
            yield Text(f"  {label}: {right.en}: {answer}", f"  {label}: {right.ja}: {answer}")
            yield from model_lines(run, label)
            break
    place = evaluate / "contamination.jsonl"
    for seen in read_lines(SeenItem, place, older=older) if told and place.is_file() else ():
        if (seen.task, seen.item) == (task.task, wanted):
            for match in seen.matches:
                yield Text(
                    f"  stands in training text: {match.source} {match.document}: {_excerpt(match.text)}",
                    f"  学習データにある: {match.source} {match.document}: {_excerpt(match.text)}",
                )


def _chosen(item: ScoredItem) -> object:
    if isinstance(item.prediction, int) and item.choices and 0 <= item.prediction < len(item.choices):
        return item.choices[item.prediction]
    return "" if item.prediction is None else item.prediction


def answer_lines(run: Path, identity: str) -> Iterator[Message]:
    """What is known of the answers to the prompt of this id (`compare`): what was asked, of which models, what was copied from where."""
    for row in _answers(run):
        if row.id != identity and f"{row.id}#{(row.sample or 0) + 1}" != identity:
            continue
        yield Text(f"answers to {row.id}", f"質問 {row.id} への回答")
        yield Text(f"  asked: {_excerpt(row.prompt)}", f"  質問: {_excerpt(row.prompt)}")
        if row.input:
            yield Text(f"  text given with it: {_excerpt(row.input)}", f"  添えた文章: {_excerpt(row.input)}")
        for label, answer in row.answers.items():
            yield f"  {label}: {_excerpt(answer.text)}"
            yield from _found(answer)
            yield from model_lines(run, label)


def copied_ids(run: Path, identity: str) -> Iterator[str]:
    """Ids of training texts that answers to this prompt copy from."""
    for row in _answers(run):
        if row.id == identity:
            for answer in row.answers.values():
                if answer.copied_from is not None:
                    yield answer.copied_from.kind


def _found(answer: Answer) -> Iterator[Message]:
    if answer.copied_from is not None:
        piece, source = _excerpt(answer.copied_from.text), answer.copied_from.kind
        yield Text(
            f"    {answer.copied} characters stand in training text {source}: {piece}",
            f"    {answer.copied} 文字が学習データ {source} にある: {piece}",
        )
    if answer.ungrounded:
        facts = ", ".join(item.text for item in answer.ungrounded[:20])
        yield Text(f"    not given with the question: {facts}", f"    質問にも参照文にもない: {facts}")
    for item in answer.conduct or ():
        yield Text(
            f"    to be looked at ({item.kind}, characters {item.start + 1}-{item.end}): {item.text}",
            f"    要確認（{item.kind}、{item.start + 1}～{item.end} 文字目）: {item.text}",
        )


def _answers(run: Path) -> Iterator[AnsweredPrompt]:
    place = run / "compare" / "answers.jsonl"
    if place.is_file():
        yield from read_lines(AnsweredPrompt, place, older=is_older(place.with_name("summary.json")))


def _excerpt(text: str) -> str:
    shown, left = shorten(" ".join(text.split()), SHOWN)
    return shown + ("…" if left else "")
