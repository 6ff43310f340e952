"""What a model's reply says: the JSON object in it, its rows, and what is wrong with them before their facts are looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from tekio.knowledge.computed import Computed
from tekio.model_server import objects_in
from tekio.study.novelty import SeenPieces
from tekio.text.scripts import japanese_share

LEAST_JAPANESE = 0.5
MOST_COPIED = 0.95
"""Share of a telling's character 8-grams from which it is the passage over again."""
PIECE, LEAST_PIECES, LEAST_NEW = 8, 40, 0.5
"""Characters of a piece, and pieces from which on less than this share of different ones is a text that repeats itself."""
TIMES_PASSAGE, LONGEST_BESIDE = 3, 2_000
"""Characters of a row: as many times the passage's, and so many more. The time of its check grows with the square of its length."""
LEAST_SENTENCE = 12
"""Characters of a sentence that is not in a row and in the prompt by chance."""
COPIES_ALLOWED = ("ask", "self-test")
_SENTENCE_ENDS = re.compile(r"[。\n]")
_KANA = re.compile("[ぁ-んァ-ヴ]")
_OPERATIONS = ("difference", "change", "share", "sum")


@dataclass(frozen=True, slots=True)
class Told:
    """A row as the model wrote it."""

    text: str
    question: str = ""


class UnusableError(ValueError):
    """A reply that gives no row; `reason` is its name, the message what the model is told."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


def read_reply(
    reply: str, finish: str, strategy: str, passage: str, prompt: str = ""
) -> tuple[list[Told], tuple[Computed, ...]]:
    """The rows of a reply and the computations it states. Raises `UnusableError`. prompt: what it was asked with, besides the passage.

    Models put the object into a code fence or talk around it; the last object with the form that was asked for is taken.
    """
    if finish == "length":
        raise UnusableError("cut_off", "出力が途中で切れています。短く書いてください。")
    found, nothing = None, False
    for plain in objects_in(reply):
        nothing = nothing or plain.get("nothing") is True
        rows = _rows(plain, strategy)
        if rows:
            found = rows, _computed(plain.get("computed"))
    if found is None and nothing:
        raise UnusableError("says_it_does_not_know", "書けることがないとされました。")
    if found is None:
        raise UnusableError("unreadable", "求められた形の JSON ではありません。")
    most = TIMES_PASSAGE * len(passage) + LONGEST_BESIDE
    for row in found[0]:
        if len(row.question) + len(row.text) > most:
            raise UnusableError("too_long", "長すぎます。資料より短く書いてください。")
        _require_japanese(row)
        _require_own_words(row, strategy, passage, prompt)
    return found


def _rows(plain: dict[str, Any], strategy: str) -> list[Told]:
    """The rows of an object; none if it has not the form of the strategy."""
    if strategy == "self-test":
        items = plain.get("items")
        if not isinstance(items, list) or not items:
            return []
        told = [_pair(cast("Any", item)) for item in cast("list[object]", items)]
        return [row for row in told if row is not None] if all(row is not None for row in told) else []
    if strategy == "ask":
        pair = _pair(plain)
        return [pair] if pair else []
    text = plain.get("text")
    return [Told(text.strip())] if isinstance(text, str) and text.strip() else []


def _pair(plain: Any) -> Told | None:
    if not isinstance(plain, dict):
        return None
    values = cast("dict[str, Any]", plain)
    question, answer = values.get("question"), values.get("answer")
    if isinstance(question, str) and isinstance(answer, str) and question.strip() and answer.strip():
        return Told(answer.strip(), question.strip())
    return None


def _computed(value: object) -> tuple[Computed, ...]:
    """The computations that have the form; a wrong one is none, so that its value stands nowhere."""
    found: list[Computed] = []
    for item in cast("list[object]", value) if isinstance(value, list) else []:
        if not isinstance(item, dict):
            continue
        plain = cast("dict[str, Any]", item)
        inputs, result = plain.get("inputs"), plain.get("result")
        if plain.get("operation") in _OPERATIONS and isinstance(inputs, list) and isinstance(result, str):
            texts = cast("list[object]", inputs)
            if all(isinstance(text, str) for text in texts):
                found.append(Computed(str(plain["operation"]), tuple(str(text) for text in texts), result))
    return tuple(found)


def _require_japanese(row: Told) -> None:
    whole = f"{row.question}\n{row.text}"
    if japanese_share(whole) < LEAST_JAPANESE or (len(row.text) > 20 and not _KANA.search(whole)):
        raise UnusableError("not_japanese", "日本語で書かれていません。")


def _require_own_words(row: Told, strategy: str, passage: str, prompt: str) -> None:
    """Raise for a row that says one thing again and again, the prompt's own words, or the passage over again."""
    pieces = [row.text[place : place + PIECE] for place in range(len(row.text) - PIECE + 1)]
    if len(pieces) >= LEAST_PIECES and len(set(pieces)) < LEAST_NEW * len(pieces):
        raise UnusableError("repeats_itself", "同じ文を繰り返しています。")
    sentences = [one.strip() for one in _SENTENCE_ENDS.split(f"{row.question}\n{row.text}")]
    if any(len(one) >= LEAST_SENTENCE and one in prompt and one not in passage for one in sentences):
        raise UnusableError("copies_the_prompt", "指示の文を写しています。資料の内容だけを書いてください。")
    if strategy not in COPIES_ALLOWED:
        known = SeenPieces(bits=18)
        known.add(passage)
        if 1 - known.new_share(row.text) >= MOST_COPIED:
            raise UnusableError("copies_the_passage", "資料の写しになっています。別の書き方にしてください。")
