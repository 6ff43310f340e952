"""One row of a known format as an instruction record.

Formats: Alpaca `{instruction, input, output, system, history}` (also Dolly's `context`/`response`), ShareGPT
`{conversations: [{from, value}]}`, OpenAI `{messages: [{role, content}]}`, TRL `{prompt, completion}` as text or as
messages, and harvested pairs `{question, answer}`. A row that Tekio wrote carries `id` and `meta` and comes back as it
was; from other rows every column that is not text of the conversation is kept in `meta.extra`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from tekio.instruct.formats.foreign import known_row
from tekio.instruct.formats.rejected import RowError
from tekio.instruct.formats.turns import check_text, checked, messages_of, split_input, text_of, turn
from tekio.licenses import UNKNOWN
from tekio.records import ChatMessage, InstructionMeta, InstructionRecord, record_id
from tekio.rows.columns import NotText
from tekio.rows.parquet import plain
from tekio.rows.strict_json import strict_json

Format = Literal["auto", "alpaca", "sharegpt", "messages", "trl", "qa", "llm-japanese-dataset", "parquet", "records"]
FORMATS: tuple[str, ...] = get_args(Format)

_INSTRUCTION = ("instruction",)
_INPUT = ("input", "context")
_OUTPUT = ("output", "response")
_SYSTEM = ("system", "system_prompt", "system_message")
_REVIEW_STATES = ("unseen", "accepted", "edited", "rejected")
# Columns of the flat (Parquet) form besides `messages` that together are `meta`.
FLAT_META = ("task", "topic", "origin", "parents", "license", "as_of", "group", "split", "review", "input")


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of all rows of a file before reading them."""

    origin: str
    license: str = "unknown"
    task: str = "instruction"
    license_in_readme: str | None = None  # where it is another one than `license`


def detect(row: dict[str, Any]) -> str | None:
    """The format a row is in, by its columns; None if it is none. Rows that ship several forms side by side (as some
    published sets do) are read by the richest.
    """
    if isinstance(row.get("messages"), list):
        return "messages"
    if isinstance(row.get("conversations"), list):
        return "sharegpt"
    if "completion" in row and "prompt" in row:
        return "trl"
    if any(key in row for key in (*_INSTRUCTION, "input")) and any(key in row for key in _OUTPUT):
        return "alpaca"
    if "question" in row and "answer" in row:
        return "qa"
    return None


def parse_row(
    row: dict[str, Any], wanted: str, source: Source, columns: Mapping[str, str] | None = None
) -> InstructionRecord:
    """The record of one row. `wanted`: a format name or `auto`. columns: field -> column of the file.

    Raises `RowError` with the reason.
    """
    row = _unflatten(_decoded(row))
    if _our_meta(row) is None or columns:
        row = known_row(row, columns)
    found = detect(row)
    expected = {"llm-japanese-dataset": "alpaca", "records": "messages", "parquet": "auto"}.get(wanted, wanted)
    # TRL reads `messages` too.
    if expected == "trl" and found == "messages":
        expected = "messages"
    if expected != "auto" and not _has(row, expected):
        raise RowError("schema", wanted=wanted, columns=sorted(row)[:20])
    if found is None:
        raise RowError("schema", columns=[str(name)[:40] for name in sorted(row)[:20]])
    kind = found if expected == "auto" else expected
    messages, given_input, used = _READERS[kind](row)
    used |= _say_system_first(row, messages)
    ours = _our_meta(row)
    if ours is not None and isinstance(row.get("id"), str):
        if ours.license == UNKNOWN:
            ours.license = source.license  # whoever imports it may know more than the record did
        return _restored(str(row["id"]), messages, given_input, ours)
    checked(messages)
    if given_input is not None:
        check_text(given_input)
    meta = _meta_of(row, used, source)
    if kind == "qa":
        _from_a_page(row, meta)
    meta.input = given_input
    identity = record_id(meta.origin, messages, given_input)
    meta.group = meta.group or identity
    return InstructionRecord(identity, messages, meta)


def _say_system_first(row: dict[str, Any], messages: list[ChatMessage]) -> set[str]:
    """Put a system message that a row has in a column of its own before the turns; the column, where it was one."""
    for name in _SYSTEM:
        said = row.get(name)
        if isinstance(said, str) and said.strip():
            if messages[0]["role"] == "system":
                return set() if messages[0]["content"].strip() != said.strip() else {name}
            messages.insert(0, {"role": "system", "content": said})
            return {name}
    return set()


def _from_a_page(row: dict[str, Any], meta: InstructionMeta) -> None:
    """What `tekio harvest` wrote: pairs of one page stay together, as they do when a recipe harvests it."""
    file, anchor = row.get("file"), row.get("anchor")
    if not isinstance(file, str) or not file or "reading" not in row or "confidence" not in row:
        return
    meta.task = "faq" if not isinstance(row.get("task"), str) else meta.task
    meta.parents = [file + (anchor if isinstance(anchor, str) else "")]
    meta.group = f"{meta.origin}:{file}"


def _has(row: dict[str, Any], kind: str) -> bool:
    single = {key: row[key] for key in _COLUMNS[kind] if key in row}
    return detect(single) == kind


def _decoded(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its turns as a list, where a table or an export holds them as JSON text."""
    for name in ("messages", "conversations", "conversation"):
        value = row.get(name)
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                turns = strict_json(value)
            except ValueError as error:
                raise RowError("schema", column=name, error=str(error)[:200]) from None
            row = row | {name: turns}
    return row


def _unflatten(row: dict[str, Any]) -> dict[str, Any]:
    """The flat form of our Parquet export as `{id, messages, meta}`; other rows unchanged."""
    if not {"id", "messages", "origin", "license", "parents", "extra"} <= set(row) or "meta" in row:
        return row
    meta: dict[str, Any] = {name: row.get(name) for name in FLAT_META}
    try:
        meta["extra"] = strict_json(row["extra"]) if isinstance(row["extra"], str) else row["extra"]
    except ValueError as error:
        raise RowError("schema", extra=str(error)) from None
    return {"id": row["id"], "messages": row["messages"], "meta": meta}


# --- the formats: row -> (messages, input, columns used) ----------------------------------------------------------

_Read = tuple[list[ChatMessage], str | None, set[str]]


def _first(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if row.get(name) is not None), None)


def _text(row: dict[str, Any], name: str | None) -> str | None:
    if name is None:
        return None
    value = row[name]
    if not isinstance(value, str) or isinstance(value, NotText):
        raise RowError("not_text", column=name, type=type(value).__name__)
    return value


def _alpaca(row: dict[str, Any]) -> _Read:
    instruction_key, input_key, output_key = _first(row, _INSTRUCTION), _first(row, _INPUT), _first(row, _OUTPUT)
    instruction, given, output = (_text(row, key) for key in (instruction_key, input_key, output_key))
    if output is None:
        raise RowError("empty_answer")
    if not (instruction or "").strip() and (given or "").strip():
        instruction, given = given, None  # some sets put a bare question into `input`
    messages: list[ChatMessage] = []
    history: Any = row.get("history") or []
    if not isinstance(history, list):
        raise RowError("schema", history=type(history).__name__)
    for pair in cast("list[Any]", history):
        if not isinstance(pair, list | tuple) or len(cast("list[Any]", pair)) != 2:
            raise RowError("schema", history="not a pair")
        question, answer = cast("list[Any]", pair)
        messages += [turn("user", question), turn("assistant", answer)]
    messages += [turn("user", instruction or ""), turn("assistant", output)]
    used = {key for key in (instruction_key, input_key, output_key) if key} | {"history"}
    return messages, given or None, used


def _messages(row: dict[str, Any]) -> _Read:
    return messages_of(row["messages"]), None, {"messages"}


def _sharegpt(row: dict[str, Any]) -> _Read:
    turns = cast("list[Any]", row["conversations"])
    openai_keys = bool(turns) and isinstance(turns[0], dict) and "role" in turns[0]
    messages = messages_of(turns, "role", "content") if openai_keys else messages_of(turns, "from", "value")
    return messages, None, {"conversations"}


def _trl(row: dict[str, Any]) -> _Read:
    prompt, completion = row["prompt"], row["completion"]
    messages = [turn("user", prompt)] if isinstance(prompt, str) else messages_of(prompt)
    messages += [turn("assistant", completion)] if isinstance(completion, str) else messages_of(completion)
    return messages, None, {"prompt", "completion"}


def _qa(row: dict[str, Any]) -> _Read:
    passage = _first(row, _INPUT)  # what is asked about, as sets for reading comprehension have it
    used = {"question", "answer", passage or "answer"}
    messages = [turn("user", text_of(row["question"])), turn("assistant", text_of(row["answer"]))]
    return messages, _text(row, passage) or None, used


_READERS = {"alpaca": _alpaca, "messages": _messages, "sharegpt": _sharegpt, "trl": _trl, "qa": _qa}
_COLUMNS = {
    "alpaca": (*_INSTRUCTION, *_INPUT, *_OUTPUT),
    "messages": ("messages",),
    "sharegpt": ("conversations",),
    "trl": ("prompt", "completion"),
    "qa": ("question", "answer"),
}


# --- meta ---------------------------------------------------------------------------------------------------------


def _our_meta(row: dict[str, Any]) -> InstructionMeta | None:
    """The `meta` that Tekio wrote, or None when the row has none or somebody else's."""
    value = row.get("meta")
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = strict_json(value)
        except ValueError:
            return None
    if not isinstance(value, dict):
        return None
    meta = cast("dict[str, Any]", value)
    texts = ("task", "origin", "license")
    optional = ("topic", "as_of", "split", "input")
    if not set(meta) <= set(InstructionMeta.__dataclass_fields__) or not all(
        isinstance(meta.get(n), str) for n in texts
    ):
        return None
    if not all(meta.get(name) is None or isinstance(meta[name], str) for name in optional):
        return None
    values: dict[str, Any] = {
        **meta,
        "parents": meta.get("parents") or [],
        "extra": meta.get("extra") or {},
        "review": meta.get("review") or "unseen",
        "group": meta.get("group") or "",
    }
    parents = values["parents"]
    if not isinstance(parents, list) or not all(isinstance(item, str) for item in cast("list[Any]", parents)):
        return None
    if not isinstance(values["extra"], dict) or values["review"] not in _REVIEW_STATES:
        return None
    return InstructionMeta(**values) if isinstance(values["group"], str) else None


def _restored(
    identity: str, messages: list[ChatMessage], given: str | None, meta: InstructionMeta
) -> InstructionRecord:
    if meta.input and given is None:  # joined into the first question for a format without an input field
        first = next((message for message in messages if message["role"] == "user"), None)
        # A file of the stage itself has the input apart; a question may happen to end with it.
        if first is not None and record_id(meta.origin, messages, meta.input) != identity:
            first["content"] = split_input(first["content"], meta.input)
    elif given is not None:
        meta.input = given
    checked(messages)
    check_text(meta.input or "")
    meta.group = meta.group or identity
    return InstructionRecord(identity, messages, meta)


def _meta_of(row: dict[str, Any], used: set[str], source: Source) -> InstructionMeta:
    """Meta of a foreign row: what it says itself goes before what is known of the file; the rest is kept in `extra`."""

    def own(name: str) -> str | None:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            taken.add(name)
            return value
        return None

    taken = set(used)
    meta = InstructionMeta(
        task=own("task") or source.task,
        origin=source.origin,
        license=own("license") or source.license,
        topic=own("topic"),
        as_of=own("as_of"),
    )
    if source.license_in_readme:
        meta.extra["license_in_readme"] = source.license_in_readme
    for name, value in row.items():
        if name not in taken and value is not None and value != "" and value != []:
            meta.extra[str(name)] = plain(value)
    return meta
