"""What the columns of a review are called, in tables and in Label Studio: by what they hold, in the reviewer's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tekio.errors import Language, Text, say
from tekio.instruct.review.items import ReviewItem
from tekio.records import ChatMessage

COLUMNS = {
    "id": Text("id", "ID"),
    "decision": Text("decision", "判断"),
    "reason": Text("reason", "理由"),
    "note": Text("note", "メモ"),
    "reviewer": Text("reviewer", "確認者"),
    "input": Text("input", "入力"),
    "notes": Text("notes", "確認の提案"),
    "passage": Text("passage", "元の文章"),
    "origin": Text("origin", "情報源"),
    "topic": Text("topic", "話題"),
    "license": Text("license", "ライセンス"),
    "as_of": Text("as_of", "時点"),
    "facts": Text("facts", "情報源など"),
    "digest": Text("digest", "照合値"),
}
"""Name in code -> heading. Both languages are read."""
TURNS = {"system": Text("system", "システム"), "user": Text("question", "質問"), "assistant": Text("answer", "回答")}


def turn_names(messages: Sequence[ChatMessage]) -> list[str]:
    """A name for each turn: `system`, `question`, `answer`, `question_2`, `answer_2` ..."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for message in messages:
        name = TURNS[message["role"]].en
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def all_turn_names(items: Iterable[ReviewItem]) -> list[str]:
    """The names of the turns of every item, in the order of a conversation."""
    order: dict[tuple[int, int], str] = {}
    roles = {text.en: place for place, text in enumerate(TURNS.values())}
    for item in items:
        for name in turn_names(item.record.messages):
            word, _, number = name.partition("_")
            order[int(number or 1), roles[word]] = name
    return [order[place] for place in sorted(order)] or ["question", "answer"]


def heading(name: str, language: Language) -> str:
    """The heading of a column: `質問`, `質問2`, `判断`."""
    word, _, number = name.partition("_")
    turn = next((text for text in TURNS.values() if text.en == word and (not number or number.isdigit())), None)
    if turn is not None:
        return say(turn, language) + (f"_{number}" if number and language == "en" else number)
    return say(COLUMNS[name], language)


def column(cell: str) -> str:
    """The name in code of a column that is called `cell` in either language; else the cell itself."""
    cell = cell.strip()
    for name, text in COLUMNS.items():
        if cell in (name, text.en, text.ja):
            return name
    for text in TURNS.values():
        number = cell.removeprefix(text.ja)
        if number != cell and (not number or number.isdigit()):
            return f"{text.en}_{number}" if number else text.en
    return cell


def text_of(fields: dict[str, str], name: str, number: int) -> str | None:
    """What stands in the column of a turn; tables of earlier versions called the turns `text_1`, `text_2` ..."""
    return fields.get(name, fields.get(f"text_{number}"))
