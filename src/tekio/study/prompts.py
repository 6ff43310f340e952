"""What a model is asked: prompts in Japanese, in files that a user may replace, and what stands in them.

A prompt is sent with the rules (`rules.md`) as the system's words and the passage between marks that it cannot contain.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tekio.errors import TekioError, Text, UsageError
from tekio.knowledge.passages import Passage
from tekio.recipe.paths import RecipePath
from tekio.study.material import Material

SHIPPED = Path(__file__).with_name("prompt_files")
RULES, REPAIR = "rules", "repair"
Message = dict[str, str]


@dataclass(frozen=True)
class Prompts:
    """The prompts of some strategies by name, with the rules and the words that ask for a repair."""

    texts: dict[str, str]

    def sha256(self, strategy: str) -> str:
        """Hash of all that a strategy is asked with."""
        told = "\x1f".join((self.texts[RULES], self.texts[strategy], self.texts[REPAIR]))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def words(self, strategy: str) -> str:
        """All that a strategy is asked with, as text."""
        return "\n".join((self.texts[RULES], self.texts[strategy], self.texts[REPAIR]))

    def ask(
        self, strategy: str, material: Material, passage: Passage, wording: int, words: dict[str, str]
    ) -> list[Message]:
        """The messages for one passage. wording: 0, 1 ...: asks for another telling than the ones before."""
        task = self.texts[strategy]
        for name, value in words.items():
            task = task.replace("{{" + name + "}}", value)
        if wording:
            task += f"\n（{wording + 1} 通り目です。前と違う書き方にしてください。）"
        parts = [_marked(name, text) for name, text in _shown(material, passage) if text]
        return [
            {"role": "system", "content": self.texts[RULES]},
            {"role": "user", "content": "\n\n".join([*parts, task])},
        ]

    def ask_again(self, messages: list[Message], reply: str, problem: str) -> list[Message]:
        """The messages that ask to repair a reply."""
        return [
            *messages,
            {"role": "assistant", "content": reply},
            {"role": "user", "content": self.texts[REPAIR].replace("{{problem}}", problem)},
        ]


def _shown(material: Material, passage: Passage) -> list[tuple[str, str]]:
    title = (
        material.title if material.subject in ("", material.title) else f"{material.subject} {material.title}".strip()
    )
    heading = " ".join([*passage.path, *([] if passage.kind == "answer" else [passage.heading])]).strip()
    return [
        ("表題", title),
        ("見出し", heading),
        ("資料", "\n".join(part for part in (passage.above, passage.text) if part)),
    ]


def _marked(name: str, text: str) -> str:
    """`text` between `<name>` and `</name>`; angle brackets in it become full-width ones, so it cannot end the mark."""
    return f"<{name}>\n{text.replace('<', '＜').replace('>', '＞')}\n</{name}>"


def read_prompts(strategies: list[str], folder: RecipePath | None) -> Prompts:
    """The prompts of strategies: those of the user's folder, and the shipped ones where it has none.

    Raises `UsageError` for a folder that is none, and for one that has no prompt of these names (a slip of its place).
    """
    names = [RULES, REPAIR, *strategies]
    own = folder.path if folder is not None else None
    if own is not None:
        if not own.is_dir():
            raise UsageError(
                Text("There is no folder of prompts here.", "プロンプトのフォルダがありません。"), where=own
            )
        if not any((own / f"{name}.md").is_file() for name in names):
            raise UsageError(
                Text("The folder has none of the prompts.", "フォルダにプロンプトがありません。"),
                where=own,
                fix=", ".join(f"{name}.md" for name in names),
            )
    texts: dict[str, str] = {}
    for name in names:
        file = own / f"{name}.md" if own is not None and (own / f"{name}.md").is_file() else SHIPPED / f"{name}.md"
        try:
            texts[name] = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise TekioError(
                Text("A prompt cannot be read.", "プロンプトを読めません。"), where=file, why=str(error)
            ) from error
    return Prompts(texts)
