"""Rows as other projects publish them, brought to the columns of the known formats.

Names in other words (質問/回答, query/response, ichikara's ID/text/output) are renamed; of preference pairs (DPO, KTO, HH-RLHF)
only the good side is kept, and the record says so; trees of messages (OpenAssistant) become their best-rated conversation;
pictures, sound and tools, which no record holds, are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tekio.instruct.formats.rejected import RowError
from tekio.rows.columns import has_column, joined_columns, lookup, plain_name

_FROM_WHOM = ("", "お客さまからの", "お客様からの", "お客さまの", "お客様の", "会員からの", "利用者からの")
_HONORIFIC = ("", "ご", "御", "お")
_WHAT_OF_IT = ("", "文", "内容", "の内容", "事項", "例", "案", "文案", "欄", "本文", "要旨", "の要旨")


def _named(stems: tuple[str, ...], whom: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    """Every name that a Japanese table gives such a column: 質問, ご質問内容, お客さまからのご質問, 回答例."""
    return tuple(
        f"{before}{honorific}{stem}{after}"
        for after in _WHAT_OF_IT for stem in stems for honorific in _HONORIFIC for before in whom
    )  # fmt: skip


# Other names of a column, in the order in which they are looked for.
QUESTION = (
    *_named(("質問", "問い合わせ", "問合せ", "問い合せ", "照会", "相談"), _FROM_WHOM),
    *_named(("問い", "問", "設問", "問題")),
    "Question",
    "Q",
    "q",
    "query",
    "prompt",
    "inputs",
)
ANSWER = (
    *_named(("回答", "答え", "答", "解答", "模範解答", "応答", "返答")),
    "Answer",
    "A",
    "a",
    "response",
    "output",
    "outputs",
    "completion",
    "targets",
)
TASK = {  # the columns of Alpaca's form in other words
    "instruction": ("Instruction", "指示", "指示文", "命令"),
    "input": ("Input", "inputs", "入力", "入力文"),
    "output": ("Output", "outputs", "出力", "出力文", "応答", "期待する出力"),
}
HEADINGS = frozenset(
    (
        *QUESTION,
        *ANSWER,
        *(name for names in TASK.values() for name in names),
        "question",
        "answer",
        "instruction",
        "input",
        "output",
        "system",
        "prompt",
        "completion",
        "text",
    )
)
"""Names of which the heading of a table of pairs has two; what stands above it is a title."""
TOPIC = ("分野", "分類", "カテゴリ", "カテゴリー", "category")
MEDIA = ("image", "images", "video", "videos", "audio", "audios")
TOOLS = ("tools", "functions", "tool_calls", "function_call")
VERDICTS = ("kto_tag", "is_correct", "correct", "is_good", "is_chosen", "is_preferred", "desirable")
SIDES = {
    **dict.fromkeys(("true", "chosen", "desirable", "good", "正解", "採用", "良い"), True),
    **dict.fromkeys(("false", "rejected", "undesirable", "bad", "不正解", "不採用", "悪い"), False),
}
NUMBERS = {"1": True, "1.0": True, "0": False, "0.0": False}
"""Truth values as numbers, under the names of a verdict alone: a `label` of 0 is mostly a class."""
KEPT = "preference_side"
"""Key of `meta.extra` of a record that was one side of a preference pair."""
REASONING_LEFT_OUT = "reasoning_left_out"
"""Key of `meta.extra`: the number of answers whose reasoning stood in a field of its own, which no record holds."""
REASONING = ("reasoning_content", "reasoning", "thinking")
# LLaVA's and Qwen's marks, Pixtral's [IMG], Gemma's <start_of_image>, BBCode
_MEDIA_MARK = re.compile(
    r"<(?:image|video|audio|image_\d+|start_of_image|(?:image|audio)_soft_token)>"
    r"|<\|(?:image|vision|video|audio|media)(?:_[a-z_0-9]+)?\|>"
    r"|\[(?:IMG|IMAGE|VIDEO|AUDIO)(?:_BREAK|_END)?\]"
    r"|<(?P<kind>img|audio|video)>[^<>\n]{1,300}</(?P=kind)>|!\[[^\]\n]*\]\(data:image/"  # Qwen-VL, Markdown
)
_TURN = re.compile(r"\n\n(Human|Assistant): ?")


def known_row(row: dict[str, Any], columns: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A row in the columns of a known format. columns: field -> column (`a+b`), of the caller. Raises `RowError`."""
    if columns:
        row = renamed(row, columns)
    _refuse_media(row)
    if reasoned := _reasoned(row):
        row = row | {REASONING_LEFT_OUT: reasoned}
    if "chosen" in row and "rejected" in row:
        return _good_side(row)
    if (label := _label(row)) is not None:
        if not label:
            raise RowError("bad_side", label=False)
        kept = {name: value for name, value in row.items() if name not in (*VERDICTS, "label")} | {KEPT: "true"}
        return _other_names(kept)
    if "message_tree_id" in row and isinstance(row.get("prompt"), dict):
        return _best_path(row)
    return _other_names(row)


def renamed(row: dict[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """The row with the caller's fields. Raises `RowError` (`missing_column`) naming the columns that exist."""
    found: dict[str, Any] = {}
    used: set[str] = set()
    for field, written in columns.items():
        names = joined_columns(written)
        missing = [name for name in names if not has_column(row, name)]
        if missing:
            raise RowError("missing_column", missing=missing, columns=[str(name) for name in row][:40])
        values = [lookup(row, name) for name in names]
        used |= {name.partition(".")[0] if name not in row else name for name in names}
        found[field] = values[0] if len(values) == 1 else "\n".join(str(value) for value in values if value)
    return {**{name: value for name, value in row.items() if name not in used and name not in found}, **found}


def _refuse_media(row: Mapping[str, Any]) -> None:
    for name in MEDIA:
        if row.get(name):
            raise RowError("media", column=name)
    for name in TOOLS:
        if row.get(name) and row[name] != "[]":
            raise RowError("tool_call", column=name)
    for name, value in row.items():
        for text in _texts(value):
            if mark := _MEDIA_MARK.search(text):
                raise RowError("media", column=str(name), mark=mark[0])


def _reasoned(row: Mapping[str, Any]) -> int:
    """How many turns of a row have reasoning beside their content."""
    found = 0
    for name in ("messages", "conversations", "conversation", "completion"):
        turns: Any = row.get(name)
        for turn in cast("list[Any]", turns) if isinstance(turns, list) else []:
            given = cast("dict[str, Any]", turn) if isinstance(turn, dict) else {}
            found += any(given.get(field) for field in REASONING)
    return found


def _texts(value: Any) -> Iterator[str]:
    """The texts of a column: itself, or those of a list of turns."""
    for item in cast("list[Any]", value) if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            turn = cast("dict[str, Any]", item)
            item = turn.get("content", turn.get("value"))
        if isinstance(item, str):
            yield item


def _label(row: Mapping[str, Any]) -> bool | None:
    """What a row says of its answer, as KTO's rows do: whether it is a good one; None where it says nothing of it."""
    for name in (*VERDICTS, "label"):
        said: Any = row.get(name)
        if name != "label" and not isinstance(said, bool):
            said = NUMBERS.get(str(said).strip(), said)
        if isinstance(said, str):  # of a table, or in words; a class called "negative" says nothing of the answer
            said = SIDES.get(said.strip().lower())
        if isinstance(said, bool) and (name != "label" or "messages" in row or "completion" in row):
            return said
    return None


def _good_side(row: dict[str, Any]) -> dict[str, Any]:
    """A preference pair as a conversation that ends with the chosen answer."""
    chosen: Any = row["chosen"]
    rest = {name: value for name, value in row.items() if name not in ("chosen", "rejected")} | {KEPT: "chosen"}
    if isinstance(chosen, list):
        turns = cast("list[Any]", chosen)
        first = cast("dict[str, Any]", turns[0]) if turns and isinstance(turns[0], dict) else {}
        if first.get("role") == "assistant" and isinstance(row.get("prompt"), str | list):
            return {**rest, "completion": turns}
        rest.pop("prompt", None)
        return {**rest, "messages": turns}
    if isinstance(chosen, dict) and isinstance(row.get("conversations"), list):
        told: list[Any] = [*cast("list[Any]", row["conversations"]), cast("dict[str, Any]", chosen)]
        return {**rest, "conversations": told}
    if isinstance(chosen, str):
        if "prompt" in row:
            return {**rest, "completion": chosen}
        if "instruction" in row:
            return {**rest, "output": chosen}
        if "question" in row or "query" in row:
            return _other_names({**rest, "answer": chosen})
        if (parts := _TURN.split(chosen))[1:]:
            roles = {"Human": "user", "Assistant": "assistant"}
            spoken: list[dict[str, Any]] = [
                {"role": roles[role], "content": text.strip()}
                for role, text in zip(parts[1::2], parts[2::2], strict=True)
            ]
            return {**rest, "messages": spoken}
    raise RowError(
        "schema", chosen=type(cast("object", chosen)).__name__, columns=[str(name)[:40] for name in row][:20]
    )


def _best_path(row: dict[str, Any]) -> dict[str, Any]:
    """The conversation of a tree of messages that takes the best-rated reply each time (rank 0; else the first)."""
    turns: list[dict[str, Any]] = []
    node: Any = row["prompt"]
    others = 0
    while isinstance(node, dict) and len(turns) < 200:
        message = cast("dict[str, Any]", node)
        turns.append({"role": message.get("role"), "content": message.get("text")})
        told = cast("list[Any]", message.get("replies") or [])
        replies = [cast("dict[str, Any]", item) for item in told if isinstance(item, dict)]
        replies = [item for item in replies if not item.get("deleted")]
        ranked = sorted(replies, key=lambda item: rank if isinstance(rank := item.get("rank"), int) else 1 << 30)
        others += max(len(ranked) - 1, 0)
        node = ranked[0] if ranked else None
    if turns and turns[-1]["role"] in ("prompter", "user"):
        turns.pop()  # a question nobody answered
    if not turns:
        raise RowError("empty_answer")
    kept = {name: row[name] for name in ("message_tree_id",) if row.get(name)}
    return {**kept, "messages": turns, "replies_left_out": others}


def _other_names(row: dict[str, Any]) -> dict[str, Any]:
    """The row with `question`, `answer` and `topic`, where it has them under other names."""
    if {"messages", "conversations"} & set(row):
        return row
    if isinstance(row.get("conversation"), list):
        return {("conversations" if name == "conversation" else name): value for name, value in row.items()}
    if "text" in row and "output" in row and "instruction" not in row:  # ichikara-instruction
        return {("instruction" if name == "text" else name): value for name, value in row.items()}
    if {"prompt", "input", "output"} <= set(row) and "instruction" not in row:
        return {("instruction" if name == "prompt" else name): value for name, value in row.items()}
    task = {field: _one_of(row, field, names) for field, names in TASK.items()}
    if task["instruction"] and task["output"]:
        named = {column: field for field, column in task.items() if column}
        return {named.get(name, name): value for name, value in row.items()}
    if ({"question", "answer"} <= set(row)) or ({"prompt", "completion"} <= set(row)) or "instruction" in row:
        return row
    question = _one_of(row, "question", QUESTION)
    answer = _one_of(row, "answer", ANSWER)
    if question is None or answer is None:
        return row
    named = {question: "question", answer: "answer"}
    topic = _one_of(row, "topic", TOPIC)
    if topic is not None and isinstance(row[topic], str):
        named[topic] = "topic"
    return {named.get(name, name): value for name, value in row.items()}


def _one_of(row: Mapping[str, Any], name: str, others: tuple[str, ...]) -> str | None:
    written = {plain_name(column): column for column in reversed(list(row))}  # of two alike the first
    return next((written[known] for known in (name, *others) if known in written), None)
