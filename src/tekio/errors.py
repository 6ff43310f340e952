"""Errors a user can act on: what happened, where, why, what to do next; in Japanese and English.

Exit codes (documented in docs/cli.md): 0 done, 1 failed, 2 usage or recipe error, 3 finished but a limit set in the
recipe was passed (rejected inputs, forgetting budget), 4 blocked by a license or a policy, 130 interrupted.
"""

from __future__ import annotations

import locale
import os
from pathlib import PurePath
from typing import Literal, NamedTuple

from tekio.system_reasons import reasons_in_japanese

Language = Literal["ja", "en"]


class Text(NamedTuple):
    """One message in both languages. A plain `str` stands for text that is the same in both (a path, a name)."""

    en: str
    ja: str

    def to(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


Message = Text | str


class WrongValueError(ValueError):
    """A value of a recipe or task file that cannot be used, with the reason in both languages (for validators)."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.reason = Text(en, ja)


def say(message: Message, language: Language) -> str:
    """`message` in `language`; in Japanese the operating system's reasons within it too."""
    text = message.to(language) if isinstance(message, Text) else message
    return reasons_in_japanese(text) if language == "ja" else text


LANGUAGE = "TEKIO_LANG"
"""Environment variable: the language of messages. The command line sets it for its stages and their processes from `--lang`."""


def user_language(option: str | None = None) -> Language:
    """The language of messages: `option` if given (`ja` or `en`), else that of `TEKIO_LANG`, else the locale's, else English."""
    option = option or os.environ.get(LANGUAGE)
    if option in ("ja", "en"):
        return "ja" if option == "ja" else "en"
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not named:
        named = locale.getlocale()[0] or ""
    return "ja" if named.lower().startswith("ja") else "en"


class TekioError(Exception):
    """A failure with everything its reader needs.

    what: what went wrong, one sentence.
    where: the file, file:line:column, task or item it is about.
    why: the cause, if it is known and not already said.
    fix: what to do next.
    """

    exit_code = 1

    def __init__(
        self,
        what: Message,
        *,
        where: object | None = None,
        why: Message | None = None,
        fix: Message | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        # a file may be called like a second line of this message
        self.where = (
            str(where).replace("\n", "⟨U+000A⟩")
            if isinstance(where, PurePath)
            else None
            if where is None
            else str(where)
        )
        self.why = why
        self.fix = fix

    def explain(self, language: Language = "en") -> str:
        """The whole message as the command line prints it."""
        label = {"en": ("Error", "where", "why", "next"), "ja": ("エラー", "場所", "原因", "対処")}[language]
        lines = [f"{label[0]}: {say(self.what, language)}"]
        if self.where:
            where = say(self.where, language) if isinstance(self.where, Text) else self.where
            lines.append(f"  {label[1]}: {where}")
        if self.why is not None:
            lines.append(f"  {label[2]}: {say(self.why, language)}")
        if self.fix is not None:
            lines.append(f"  {label[3]}: {say(self.fix, language)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain("en")


class UsageError(TekioError):
    """The command was called with words or values that cannot work."""

    exit_code = 2


class RecipeError(TekioError):
    """A recipe that cannot be run as written; `where` is file:line:column."""

    exit_code = 2


class LimitError(TekioError):
    """The work was done, but a limit stated in the recipe was passed (for example too many rejected inputs)."""

    exit_code = 3


class NothingError(LimitError):
    """There was nothing to work on: a source, a corpus or records of which nothing is left. What is there is written."""


class PolicyError(TekioError):
    """A license or policy forbids what was asked."""

    exit_code = 4


class InputError(TekioError):
    """One input (a file, a row, a page) that cannot be used. Stages turn it into a row in `rejected/` and go on."""


def full_disk(error: Exception, where: object) -> TekioError:
    """The message for ENOSPC: what was kept and how to go on."""
    return TekioError(
        Text("The disk is full.", "ディスクに空きがありません。"),
        where=where,
        why=str(error),
        fix=Text(
            "Free some space and run the same command again to resume; finished stages and units are kept.",
            "空きを作って同じコマンドを繰り返してください。終わった段階と単位は残っています。",
        ),
    )
