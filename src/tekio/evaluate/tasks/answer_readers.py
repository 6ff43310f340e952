"""Answer readers of installed packages: what in a reply is the answer (`generation.reader` of a task file)."""

from __future__ import annotations

import difflib

from tekio.errors import TekioError, Text, UsageError
from tekio.evaluate.tasks.items import Item
from tekio.plugins import AnswerReader, installed, load_part


def check_answer_reader(task: str, name: str) -> None:
    """Raise `UsageError` for an answer reader that no installed package has, before anything is scored."""
    if not name or load_part(AnswerReader, name) is not None:
        return
    known = list(installed("tekio.answer_readers"))
    near = difflib.get_close_matches(name, known, 1)
    raise UsageError(
        Text(
            f"Task {task}: there is no answer reader `{name}`.",
            f"タスク {task}: 回答の読み取り `{name}` はありません。",
        ),
        fix=Text(f"Did you mean `{near[0]}`?", f"`{near[0]}` ではありませんか。")
        if near
        else Text(
            "Install the package that brings it (docs/plugins.md).", "それを提供するパッケージを入れてください。"
        ),
    )


def read_by_package(name: str, task: str, item: Item, reply: str) -> str:
    """The answer that an installed reader finds in a reply; empty: none. Raises `TekioError` naming reader, task and item."""
    part = load_part(AnswerReader, name)
    try:
        if part is None:
            raise LookupError(f"no answer reader {name}")
        return (part.read(reply, item.fields) or "").strip()
    except Exception as error:
        raise TekioError(
            Text(
                f"The answer reader `{name}` of an installed package fails on item {item.id} of task {task}.",
                f"パッケージの回答の読み取り `{name}` がタスク {task} の問題 {item.id} で失敗しました。",
            ),
            why=f"{type(error).__name__}: {str(error)[:300]}",
            fix=Text(
                "Fix the package and run the same command again: the scores of the models are kept.",
                "パッケージを直して同じコマンドを再実行してください。採点済みの結果は残っています。",
            ),
        ) from error
