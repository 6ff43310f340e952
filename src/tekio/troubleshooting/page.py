"""The two pages of help by message, `docs/troubleshooting.md` and `.ja.md`, from the source and `causes.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tekio.errors import Language, Text
from tekio.recipe.read import read_yaml
from tekio.troubleshooting.messages import SOURCE, Message, messages

GROUPS: list[tuple[Text, tuple[str, ...]]] = [
    (
        Text("Command line, files and folders", "コマンド、ファイル、フォルダ"),
        ("cli", "errors", "store", "artifacts", "run_folder", "isolation", "rows"),
    ),
    (
        Text("Recipe and plan", "レシピと計画"),
        ("recipe", "stages", "pipeline", "doctor", "plugins", "licenses", "demo", "init"),
    ),
    (
        Text("Workers and network", "ワーカーと通信"),
        ("engine", "engine_ray", "offline", "http", "model_server", "local_server"),
    ),
    (Text("Documents and corpus", "文書とコーパス"), ("corpus", "documents", "text", "contamination")),
    (Text("Instruction data and review", "指示データとレビュー"), ("instruct", "records", "desk")),
    (Text("Study and exam", "言い換え文書と試験"), ("study", "exam", "knowledge")),
    (Text("Models, tokenizers, templates", "モデル、トークナイザ、テンプレート"), ("model",)),
    (Text("Training", "学習"), ("train",)),
    (Text("Evaluation", "評価"), ("evaluate", "statistics")),
    (
        Text("Answers, report, viewer, lineage, kits", "回答、レポート、ビューア、来歴、一式"),
        ("compare", "report", "view", "lineage", "forget", "bundle"),
    ),
]
"""Sections of the page with the rooms of the source whose messages they hold."""

PAGES: dict[str, Language] = {"troubleshooting.md": "en", "troubleshooting.ja.md": "ja"}
MADE = "<!-- made by python -m tekio.troubleshooting docs -->"
OPENING = Text(
    """# Troubleshooting by message

[日本語](troubleshooting.ja.md)

Every message that ends a command, with its cause and its cure. Search this page for a few words of yours; `{name}` and `…`
stand for what a message fills in (a file, a number). A message says *what*, *where*, *why* and *next*; where it gives no *why* or *next*
of its own, this page does. [The command line](cli.md) has the exit codes.

- A document, page or row that could not be used ends no command: it stands with its reason in `rejected/` of its stage
  (`tekio corpus stats RUN`, the report, `tekio view RUN`).
- A recipe's mistakes come with line and column; `tekio doctor RECIPE` finds them, and what is missing on the machine, before anything runs.
- A process that ends without a message was most often killed for memory (`dmesg` says so): use fewer workers or a smaller batch, and
  give the same command again; what was finished is kept.
- "This is a bug": run again with `tekio --debug` and report what is printed.
""",
    """# メッセージから調べる

[English](troubleshooting.md)

コマンドを終わらせるすべてのメッセージの原因と対処です。表示された言葉の一部で検索してください。`{name}` と `…` は、その都度入る
もの（ファイル名、件数など）です。メッセージは「何が・場所・原因・対処」を述べます。原因や対処の行がないものは、このページが補います。
終了コードは [コマンドライン](cli.md) にあります。

- 使えなかった文書・ページ・行は、コマンドを終わらせません。理由つきで各段階の `rejected/` に残ります
  （`tekio corpus stats RUN`、レポート、`tekio view RUN`）。
- レシピの誤りは行と列つきで示されます。`tekio doctor RECIPE` は、レシピの誤りと足りないものを実行前に見つけます。
- メッセージなしに終わった場合は、多くはメモリ不足で強制終了されています（`dmesg` で確認）。workers かバッチを減らし、同じコマンドを
  もう一度実行してください。終わった分は残っています。
- 「Tekio の不具合です」と出たら、`tekio --debug` で再実行し、表示を添えて報告してください。
""",
)
LABELS = Text("Cause\nCure\nexit code", "原因\n対処\n終了コード")


@dataclass
class Entry:
    """One message as the page shows it; the same words at several places have one entry."""

    what: Text
    exit_code: int
    causes: list[Text] = field(default_factory=list[Text])
    cures: list[Text] = field(default_factory=list[Text])


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, Text]]:
    """`causes.yaml`: the English words of a message -> `cause`, `cure`."""
    written, _ = read_yaml(Path(__file__).with_name("causes.yaml"))
    return {what: {kind: Text(**both) for kind, both in entry.items()} for what, entry in written.items()}


def missing() -> list[str]:
    """What the table should say and does not: messages without a cause or a cure."""
    said = table()
    return [
        f"{message.place}: {message.what.en!r} has no {kind}"
        for message in messages()
        for kind, own in (("cause", message.why), ("cure", message.fix))
        if own is None and kind not in said.get(message.what.en, {})
    ]


def surplus() -> list[str]:
    """What the table says of no message, or of one that says it itself everywhere."""
    lacking = {(message.what.en, "cause") for message in messages() if message.why is None}
    lacking |= {(message.what.en, "cure") for message in messages() if message.fix is None}
    return [f"{what!r}: {kind}" for what, entry in table().items() for kind in entry if (what, kind) not in lacking]


def page(language: Language) -> str:
    """The whole page in one language."""
    cause, cure, code = LABELS.to(language).split("\n")
    lines = [MADE, "", OPENING.to(language)]
    for title, rooms in GROUPS:
        lines += [f"## {title.to(language)}", ""]
        for entry in entries(rooms):
            lines += [f"### {_markdown(entry.what.to(language))}", ""]
            lines += [f"- {cause}: {_markdown(text.to(language))}" for text in entry.causes]
            lines += [f"- {cure}: {_markdown(text.to(language))}" for text in entry.cures]
            lines += [f"- {code}: {entry.exit_code}", ""]
    return "\n".join(lines).rstrip() + "\n"


def entries(rooms: tuple[str, ...]) -> list[Entry]:
    """The messages of some rooms, sorted by their English words."""
    said, found = table(), dict[str, Entry]()
    for message in messages():
        if _room(message) not in rooms:
            continue
        own = said.get(message.what.en, {})
        entry = found.setdefault(message.what.en, Entry(message.what, message.exit_code))
        for kept, text in ((entry.causes, message.why or own["cause"]), (entry.cures, message.fix or own["cure"])):
            if text not in kept:
                kept.append(text)
    return sorted(found.values(), key=lambda entry: re.sub(r"\W", "", entry.what.en).lower())


def _room(message: Message) -> str:
    return message.place.partition("/")[0].removesuffix(".py")


def rooms_of_messages() -> set[str]:
    """The rooms that have a message; each belongs to one of `GROUPS`."""
    return {_room(message) for message in messages(SOURCE)}


def _markdown(words: str) -> str:
    """`words` on one line, with what Markdown or HTML would take for marks of its own made harmless outside of code."""
    parts = re.split(r"(`[^`]*`)", " ".join(words.split()))
    return "".join(part if part.startswith("`") else re.sub(r"([<*])(?=\S)", r"\\\1", part) for part in parts)
