"""The `tekio` command: one verb per stage. Parse, call, print; no logic.

Each module of this package registers the verbs of one part of the house with `register(verbs)`. Only argparse is
imported before a verb is known, so that `tekio --help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tekio._version import __version__
from tekio.errors import Language, TekioError, Text, say, user_language

EXTRAS = {
    "torch": "train",
    "transformers": "train",
    "tokenizers": "train",
    "safetensors": "train",
    "peft": "train",
    "pypdfium2": "pdf",
    "pdfplumber": "pdf",
    "mwparserfromhell": "web",
    "psycopg": "review",
    "ray": "ray",
}

Action = Callable[[argparse.Namespace], int | None]


@dataclass
class Verbs:
    """The verbs of the command line (or of one verb's own sub-verbs)."""

    subparsers: Any
    language: Language

    def text(self, en: str, ja: str) -> str:
        """`en` or `ja`, by the language of the user."""
        return say(Text(en, ja), self.language)

    def add(
        self, name: str, help_text: Text, action: Action | None = None, *, network: bool = False, loopback: bool = False
    ) -> argparse.ArgumentParser:
        """A verb. `action(arguments)` returns the exit code (None: 0). `network`, `loopback`: what it may connect to."""
        shown = say(help_text, self.language)
        parser: argparse.ArgumentParser = self.subparsers.add_parser(
            name, help=shown, description=shown, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if action is not None:
            parser.set_defaults(action=action, network=network, loopback=loopback)
        return parser

    def group(self, name: str, help_text: Text) -> Verbs:
        """A verb with sub-verbs, for example `tekio corpus stats`."""
        parser = self.add(name, help_text)
        return Verbs(parser.add_subparsers(metavar="VERB", required=True), self.language)


def build_parser(language: Language) -> argparse.ArgumentParser:
    """The whole command line with its help in `language`."""
    from tekio.cli import corpus, evaluate, fetch, instruct, report, review, run, tasks, train

    parser = argparse.ArgumentParser(
        prog="tekio",
        description=say(
            Text(
                "From a body of Japanese documents and a base model to a domain expert model, with proof.",
                "日本語文書と基盤モデルから専門モデルを作り、良くなったかを数字で示します。",
            ),
            language,
        ),
    )
    parser.add_argument("--version", action="version", version=f"tekio {__version__}")
    parser.add_argument("--lang", choices=["ja", "en"], help=say(Text("language of messages", "表示の言語"), language))
    parser.add_argument("--debug", action="store_true", help=say(Text("show tracebacks", "内部の経路を表示"), language))
    verbs = Verbs(parser.add_subparsers(metavar="VERB", required=True), language)
    for module in (run, fetch, corpus, instruct, review, train, evaluate, tasks, report):
        module.register(verbs)
    return parser


def _language_option(arguments: Sequence[str]) -> str | None:
    for position, word in enumerate(arguments):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def _unforeseen(error: Exception) -> TekioError:
    """The message for an error no stage has turned into one of ours: a library that is not installed, or a defect."""
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRAS:
        return TekioError(
            Text(f"This needs {error.name}, which is not installed.", f"{error.name} が導入されていません。"),
            fix=f"pip install 'tekio[{EXTRAS[error.name]}]'",
        )
    return TekioError(
        Text("Tekio failed unexpectedly; this is a defect.", "Tekio の不具合により失敗しました。"),
        why=f"{type(error).__name__}: {error}",
        fix=Text(
            "Repeat with `tekio --debug ...` and report the traceback. What was finished is kept.",
            "`tekio --debug ...` で再実行し、表示された経路を報告してください。終わった分は残っています。",
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `tekio.errors`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    language = user_language(_language_option(words))
    parsed = build_parser(language).parse_args(words)
    parsed.language = language
    if not parsed.network:
        from tekio.offline import close_network

        close_network(loopback=parsed.loopback)
    try:
        return parsed.action(parsed) or 0
    except TekioError as error:
        if parsed.debug:
            raise
        print(error.explain(language), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        message = Text(
            "Interrupted. Repeat the command to go on.", "中断しました。同じコマンドを繰り返すと続きから再開します。"
        )
        print("\n" + say(message, language), file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last net: a defect of ours must still end in one clear message
        if parsed.debug:
            raise
        print(_unforeseen(error).explain(language), file=sys.stderr)
        return 1
