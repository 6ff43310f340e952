"""Messages are in the field's words, and their advice names keys and verbs that exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from tekio.cli import build_parser
from tekio.recipe import Recipe

SOURCE = Path(__file__).parents[1] / "src" / "tekio"
ODD = re.compile(
    r"stands twice|may not leave|was wanted|a defect|is not there|could not be had|cannot be had|one a line|code points|"
    r"the house|repeat the command|\bmend\b|a term a line"
)
NOT_RECIPES = ("corpus.units", "train.jsonl")


def english() -> Iterator[tuple[str, str]]:
    """(place, words) of every message; what is filled in stands as `{}`."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", ""))
            if isinstance(node, ast.Call) and named in ("Text", "text") and node.args:
                parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
                words = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", words


def keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every dotted key of a recipe; lists and tables of sections count as the section."""
    for name, field in model.model_fields.items():
        key = f"{before}{field.alias or name}"
        yield key
        waiting: list[object] = [field.annotation]
        while waiting:
            found = waiting.pop()
            if isinstance(found, type) and issubclass(found, BaseModel):
                yield from keys(found, f"{key}.")
            waiting += getattr(found, "__args__", ())


MESSAGES = list(english())


def test_there_are_messages():
    assert len(MESSAGES) > 1000


def test_messages_are_in_the_fields_words():
    assert [f"{place}: {words}" for place, words in MESSAGES if ODD.search(words)] == []


def test_advice_names_keys_that_exist():
    known = set(keys(Recipe))
    sections = "|".join(sorted({key.split(".")[0] for key in known}))
    named = re.compile(rf"(?<![\w./`{{}}-])(?:{sections})\.[a-z_]+(?:\.[a-z_]+)*(?![\w/*-])")
    wrong = [
        f"{place}: {key}"
        for place, words in MESSAGES
        for key in named.findall(words)
        if key not in known and not re.search(r"\.(?:jsonl?|yaml|md|html|py|csv)$", key)
    ]
    assert wrong == []


def test_advice_names_verbs_that_exist():
    parser = build_parser("en")
    verbs = {name for action in parser._actions for name in (action.choices or {}) if isinstance(action.choices, dict)}
    assert "run" in verbs
    wrong = [
        f"{place}: tekio {verb}"
        for place, words in MESSAGES
        for verb in re.findall(r"`?tekio ([a-z]+)\b", words)
        if verb not in verbs
    ]
    assert wrong == []
