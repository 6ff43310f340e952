"""The `tekio` command: one verb per stage. Parse, call, print; no logic.

Each module of this package registers the verbs of one part of the house with `register(verbs)`. Only argparse is
imported before a verb is known, so that `tekio --help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn, TextIO, cast

from tekio._version import __version__
from tekio.cli.arguments import tell_all
from tekio.cli.groups import EXAMPLES, GROUPS
from tekio.cli.inputs import require_inputs, require_numbers
from tekio.cli.outputs import guarded_files
from tekio.cli.words import speak
from tekio.errors import (
    LANGUAGE,
    Language,
    TekioError,
    Text,
    UsageError,
    WrongValueError,
    full_disk,
    say,
    user_language,
)
from tekio.visible import VisibleStream

EXTRAS = {
    "torch": "train",
    "regex": "train",
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
    before: str = ""
    told: dict[str, str] = field(default_factory=dict[str, str])

    def text(self, en: str, ja: str) -> str:
        """`en` or `ja`, by the language of the user."""
        return say(Text(en, ja), self.language)

    def add(
        self, name: str, help_text: Text, action: Action | None = None, *, network: bool = False, loopback: bool = False
    ) -> argparse.ArgumentParser:
        """A verb. `action(arguments)` returns the exit code (None: 0). `network`, `loopback`: what it may connect to."""
        shown = self.told[name] = say(help_text, self.language)
        parser: argparse.ArgumentParser = self.subparsers.add_parser(
            name,
            help=shown,
            description=shown,
            epilog=self._example(f"{self.before}{name}"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if action is not None:
            parser.set_defaults(action=action, network=network, loopback=loopback)
        return parser

    def group(self, name: str, help_text: Text) -> Verbs:
        """A verb with sub-verbs, for example `tekio corpus stats`."""
        parser = self.add(name, help_text)
        return Verbs(parser.add_subparsers(metavar="VERB", required=True), self.language, f"{name} ")

    def _example(self, verb: str) -> str | None:
        words = EXAMPLES.get(verb)
        return None if words is None else say(Text(f"example: {words}", f"例: {words}"), self.language)


class _Once(argparse._StoreAction):  # pyright: ignore[reportPrivateUsage]
    """Takes a value once: of an option given twice argparse would keep the last without a word."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        given = vars(namespace).setdefault("given_options", set[str]())
        if self.option_strings and self.dest in given:
            words = Text("given more than once; it is taken once", "2 回以上指定されています。指定は一度だけです")
            raise argparse.ArgumentError(self, say(words, user_language()))
        given.add(self.dest)
        super().__call__(parser, namespace, values, option_string)


class _Parser(argparse.ArgumentParser):
    """A parser that refuses an option given twice where it is no list, and lists its verbs where none is given."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)

    def error(self, message: str) -> NoReturn:
        """Ends with exit code 2; of a command without a verb the whole help is shown."""
        if message.endswith(": VERB"):
            self.print_help(sys.stderr)
            self.exit(2, f"\n{self.prog}: {message}\n")
        super().error(message)


class _ShownInGroups(_Parser):
    """The whole command: its help lists the verbs in the order of work."""

    language: Language = "en"
    told: Mapping[str, str] = {}

    def format_help(self) -> str:
        formatter = argparse.RawDescriptionHelpFormatter(self.prog)
        formatter.add_usage(self.usage, [], [])
        formatter.add_text(self.description)
        for title, verbs in GROUPS:
            formatter.add_text(
                say(title, self.language) + "\n" + "\n".join(f"  {name:14}{self.told.get(name, '')}" for name in verbs)
            )
        formatter.start_section(say(Text("options", "オプション"), self.language))
        formatter.add_arguments([action for action in self._actions if action.option_strings])
        formatter.end_section()
        formatter.add_text(
            say(
                Text(
                    "tekio VERB --help explains one, with an example. First: tekio demo, then tekio init.",
                    "tekio VERB --help に説明と例があります。まず tekio demo、次に tekio init。",
                ),
                self.language,
            )
        )
        return formatter.format_help()


def build_parser(language: Language) -> argparse.ArgumentParser:
    """The whole command line with its help in `language`."""
    from tekio.cli import (
        bundle,
        compare,
        corpus,
        editors,
        evaluate,
        exam,
        fetch,
        instruct,
        report,
        review,
        run,
        study,
        tasks,
        train,
    )

    speak(language)
    parser = _ShownInGroups(
        prog="tekio",
        usage="tekio [--lang {ja,en}] [--debug] [--isolate] VERB ...",
        description=say(
            Text(
                "From a body of Japanese documents and a base model to a domain expert model, with proof.",
                "日本語文書と基盤モデルから専門モデルを作り、良くなったかを数字で示します。",
            ),
            language,
        ),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"tekio {__version__}",
        help=say(Text("show the version", "バージョンを表示"), language),
    )
    parser.add_argument("--lang", choices=["ja", "en"], help=say(Text("language of messages", "表示の言語"), language))
    parser.add_argument("--debug", action="store_true", help=say(Text("show tracebacks", "内部の経路を表示"), language))
    parser.add_argument(
        "--isolate",
        action="store_true",
        default=bool(os.environ.get("TEKIO_ISOLATE")),
        help=say(
            Text("run without any network at all (Linux namespaces)", "通信手段のない環境で実行(Linux の名前空間)"),
            language,
        ),
    )
    subparsers = parser.add_subparsers(metavar="VERB", required=True, parser_class=_Parser, prog="tekio")
    verbs = Verbs(subparsers, language)
    for module in (
        run,
        fetch,
        corpus,
        instruct,
        study,
        review,
        exam,
        train,
        evaluate,
        tasks,
        report,
        compare,
        bundle,
        editors,
    ):
        module.register(verbs)
    tell_all(parser, language)
    parser.language, parser.told = language, verbs.told
    return parser


def general_options_first(words: Sequence[str]) -> list[str]:
    """The words with `--lang`, `--debug` and `--isolate` before the verb, wherever they stood (before `--`)."""
    first, rest = list[str](), list[str]()
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
        elif word == "--lang":
            first += [word, *islice(waiting, 1)]
        elif word in ("--debug", "--isolate") or word.startswith("--lang="):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def _language_option(arguments: Sequence[str]) -> str | None:
    for position, word in enumerate(arguments):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


_SYSTEM = {
    errno.ENOENT: Text("A file or folder is missing.", "ファイルかフォルダがありません。"),
    errno.EACCES: Text("Access is not permitted.", "アクセス権がありません。"),
    errno.EPERM: Text("Access is not permitted.", "アクセス権がありません。"),
    errno.EROFS: Text("The file system is read-only.", "読み取り専用のファイルシステムです。"),
    errno.EISDIR: Text("This is a folder, not a file.", "ファイルではなくフォルダです。"),
    errno.ENOTDIR: Text("A part of this path is not a folder.", "パスの途中がフォルダではありません。"),
    errno.ENAMETOOLONG: Text("This name is too long.", "名前が長すぎます。"),
    errno.ELOOP: Text("The links of this path lead in a circle.", "リンクが循環しています。"),
    errno.EEXIST: Text("The file exists already.", "既に存在します。"),
    errno.EMFILE: Text("Too many files are open.", "開いているファイルが多すぎます。"),
    errno.EFBIG: Text("The file would be larger than the system allows.", "システムの許す大きさを超えるファイルです。"),
    errno.EIO: Text("The disk reports an error.", "ディスクの入出力エラーです。"),
}


def _of_the_system(error: OSError) -> TekioError:
    """The message for what the system refused: no defect of ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(error, error.filename or "")
    what = _SYSTEM.get(error.errno or 0, Text("The system refused an operation.", "システムが操作を拒否しました。"))
    return TekioError(
        what,
        where=error.filename,
        why=Text(error.strerror or str(error), f"{error.strerror or error}（errno {error.errno}）"),
    )


def _unforeseen(error: Exception) -> TekioError:
    """The message for an error no stage has turned into one of ours: the system's, a missing library, or a defect."""
    if isinstance(error, OSError):
        return _of_the_system(error)
    if "No space left on device" in str(error):
        return full_disk(error, "")
    if isinstance(error, MemoryError):
        return TekioError(
            Text("Out of memory.", "メモリが足りません。"),
            fix=Text("Use fewer workers or a smaller batch.", "workers やバッチを小さくしてください。"),
        )
    if isinstance(error, WrongValueError):
        return UsageError(Text("A value cannot be used.", "この値は使えません。"), why=error.reason)
    if isinstance(error, RuntimeError) and str(error).startswith(
        "Symlink loop"
    ):  # `Path.resolve` of Python 3.11 and 3.12
        return UsageError(_SYSTEM[errno.ELOOP], why=str(error))
    if isinstance(error, ValueError) and "null byte" in str(error):
        return UsageError(Text("This is not a valid path.", "パスとして使えません。"), why=str(error))
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRAS:
        return TekioError(
            Text(f"This needs {error.name}, which is not installed.", f"{error.name} が導入されていません。"),
            fix=f"pip install 'tekio[{EXTRAS[error.name]}]'",
        )
    return TekioError(
        Text("This is a bug, please report it.", "Tekio の不具合です。報告をお願いします。"),
        why=f"{type(error).__name__}: {error}",
        fix=Text(
            "Run again with `tekio --debug ...` and report the traceback. What was finished is kept.",
            "`tekio --debug ...` で再実行し、表示された経路を報告してください。終わった分は残っています。",
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `tekio.errors`).

    Whatever is printed is shown as the report shows it: text from outside cannot move the cursor or turn a line around.
    """
    before, spoken = (sys.stdout, sys.stderr), os.environ.get(LANGUAGE)
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout, sys.stderr = (cast("TextIO", VisibleStream(stream)) for stream in before)
    try:
        return _main(list(sys.argv[1:] if arguments is None else arguments))
    finally:
        sys.stdout, sys.stderr = before
        os.environ.pop(LANGUAGE, None)
        if spoken is not None:
            os.environ[LANGUAGE] = spoken


def _main(words: list[str]) -> int:
    language = os.environ[LANGUAGE] = user_language(_language_option(words))
    parsed = build_parser(language).parse_args(general_options_first(words))
    parsed.language = language
    try:
        if parsed.isolate:
            from tekio.isolation import isolate

            isolate()
        if not parsed.network:
            from tekio.offline import close_network

            close_network(loopback=parsed.loopback)
        require_numbers(parsed)
        require_inputs(parsed)
        with guarded_files(parsed):
            code = parsed.action(parsed) or 0
        sys.stdout.flush()  # here, where a full disk behind it is still a message
        return code
    except TekioError as error:
        if parsed.debug:
            raise
        print(error.explain(language), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        message = Text(
            "Interrupted. Run the same command again to resume.",
            "中断しました。同じコマンドを繰り返すと続きから再開します。",
        )
        print("\n" + say(message, language), file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        _drop_output()
        return 0
    except Exception as error:  # the last net: a bug of ours must still end in one clear message
        if parsed.debug:
            raise
        found = _unforeseen(error)
        print(found.explain(language), file=sys.stderr)
        if isinstance(error, OSError) and error.filename is None:
            _drop_output()
        return found.exit_code


def _drop_output() -> None:
    """What standard output still holds and cannot write must not fail once more at the end of the process."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
