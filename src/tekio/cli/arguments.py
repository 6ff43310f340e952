"""What arguments that mean the same in many verbs are, told once: a verb that says nothing of one gets these words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, cast

from tekio.errors import Language, Text, say

WORDS = {
    "recipe": Text("the recipe (YAML)", "レシピ（YAML）"),
    "run": Text("run folder", "実行フォルダ"),
    "corpus": Text("run or corpus folder", "実行または corpus フォルダ"),
    "before": Text("run or corpus folder, the earlier one", "比べる元の実行または corpus フォルダ"),
    "after": Text("run or corpus folder, the later one", "比べる先の実行または corpus フォルダ"),
    "exam": Text("exam folder", "試験のフォルダ"),
    "bundle": Text("folder of the kit", "一式のフォルダ"),
    "model": Text("model folder", "モデルのフォルダ"),
    "file": Text("the file", "対象のファイル"),
    "list": Text("file with an address a line", "1 行に 1 つの URL を書いたファイル"),
    "law": Text("number of a law, as e-Gov writes it", "e-Gov の法令 ID"),
    "shell": Text("your shell", "使っているシェル"),
    "--from-date": Text("first day of submission", "提出日の始め"),
    "--to-date": Text("last day of submission", "提出日の終わり"),
    "--date": Text("date of the dump", "ダンプの日付"),
    "--as-of": Text("the text in force on that day", "この日に施行されている条文"),
    "--json": Text("print JSON", "JSON で出力"),
    "--seed": Text("seed of what is drawn", "乱数のシード"),
    "--reader": Text("read it with this reader (default: by its name)", "読み方（既定: ファイル名から）"),
    "--license": Text("license of the records", "作ったデータのライセンス"),
    "--temperature": Text("0: always the same reply", "0 は毎回同じ応答"),
    "--out": Text("a new folder or file", "出力先（新しいフォルダかファイル）"),
    "--protocol": Text("measure as a published board did", "公開の順位表と同じ実施方法"),
    "--shots": Text("examples before each question", "質問の前に置く例題の数"),
    "--demonstrations": Text("where examples come from", "例題の情報源"),
    "--boundary": Text("how prompt and answer are parted into tokens", "プロンプトと回答のトークンの分け方"),
    "--bos": Text("the token for a beginning", "文頭トークンの付け方"),
    "--dtype": Text("type of the weights", "重みの型"),
    "--device": Text("where to compute: cpu, cuda or cuda:N", "計算に使う装置: cpu、cuda、cuda:N"),
    "--batch-tokens": Text("tokens at once", "一度に処理するトークン数"),
}


def tell_all(parser: argparse.ArgumentParser, language: Language) -> None:
    """Give every argument of a command and its verbs that says nothing the words for it."""
    for action in _arguments(parser):
        if not action.help:
            words = next((WORDS[name] for name in [*action.option_strings, action.dest] if name in WORDS), None)
            action.help = None if words is None else say(words, language)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # pyright: ignore[reportPrivateUsage]
        if isinstance(action, argparse._SubParsersAction):  # pyright: ignore[reportPrivateUsage]
            inner = cast("dict[str, Any]", action.choices)  # pyright: ignore[reportUnknownMemberType]
            for below in inner.values():
                yield from _arguments(below)
        else:
            yield action
