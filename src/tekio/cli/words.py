"""What argparse says, in Japanese."""

from __future__ import annotations

import argparse

from tekio.errors import Language

JAPANESE = {
    "usage: ": "使い方: ",
    "positional arguments": "引数",
    "options": "オプション",
    "show this help message and exit": "このヘルプを表示",
    "show program's version number and exit": "版を表示",
    "%(prog)s: error: %(message)s\n": "%(prog)s: エラー: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "引数 %(argument_name)s: %(message)s",
    "the following arguments are required: %s": "次の引数が必要です: %s",
    "unrecognized arguments: %s": "知らない引数です: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r は選べません（選択肢: %(choices)s）",
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "%(value)r は選べません。%(closest)r ですか？（選択肢: %(choices)s）"
    ),
    "invalid %(type)s value: %(value)r": "%(value)r は %(type)s として読めません",
    "expected one argument": "値を一つ指定してください",
    "expected at most one argument": "値は一つまでです",
    "expected at least one argument": "値を一つ以上指定してください",
    "expected %s argument": "値を %s 個指定してください",
    "expected %s arguments": "値を %s 個指定してください",
    "not allowed with argument %s": "%s と同時には指定できません",
    "ignored explicit argument %r": "%r という値は取りません",
    "one of the arguments %s is required": "次のどれか一つが必要です: %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s では決まりません（候補: %(matches)s）",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "%(parser_name)r というコマンドはありません（%(choices)s）",
    "%(heading)s:": "%(heading)s:",
}


def speak(language: Language) -> None:
    """Let argparse speak `language` in this process: it looks its words up through the two functions of `gettext`."""

    def one(message: str) -> str:
        return JAPANESE.get(message, message) if language == "ja" else message

    def many(singular: str, plural: str, count: int) -> str:
        return one(singular if count == 1 else plural)

    setattr(argparse, "_", one)  # noqa: B010 (a name of argparse that is not public)
    setattr(argparse, "ngettext", many)  # noqa: B010
