"""Label Studio: records as tasks with a labeling interface, and the annotations that come back (JSON or JSON-MIN).

One control decides (`decision`), one gives the reason, and a text area a turn holds the text, filled in beforehand. An
annotation whose text differs from the record is an edit.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.errors import Language, say
from tekio.instruct.formats.rejected import RejectedRecord
from tekio.instruct.formats.rows import read_rows
from tekio.instruct.review.actions import DECISIONS, REASONS, Action
from tekio.instruct.review.columns import all_turn_names, heading, text_of, turn_names
from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.returned import KnownItems, Returned, unknown_record
from tekio.reject_reasons import reject_words
from tekio.store import sha256_json, write_atomic, write_json

TITLES = {"accept": ("Accept", "採用"), "edit": ("Edit", "修正"), "reject": ("Reject", "不採用")}


def tasks(items: Sequence[ReviewItem], decisions: Sequence[Action] = ()) -> list[dict[str, Any]]:
    """The tasks to import, one a record; all have the same data fields.

    decisions: what is decided already goes along as a prediction, which Label Studio shows and does not count as an
    annotation of whoever imports the tasks; of several about one record the last.
    """
    turns = all_turn_names(items)
    decided = {action.item: action for action in decisions}
    found: list[dict[str, Any]] = []
    for number, item in enumerate(items, 1):
        data: dict[str, Any] = {
            "tekio_key": item.key,
            "tekio_digest": item.digest(),
            "passage": item.passage,
            "input": item.record.meta.input or "",
            "facts": " · ".join(f"{name}: {value}" for name, value in item.as_dict()["facts"].items()),
            "notes": "\n".join(str(note) for note in item.notes),
        }
        messages = item.record.messages
        texts = {name: turn["content"] for name, turn in zip(turn_names(messages), messages, strict=True)}
        data |= {name: texts.get(name, "") for name in turns}
        task: dict[str, Any] = {"id": number, "data": data}
        if item.key in decided:
            task["predictions"] = [_prediction(decided[item.key])]
        found.append(task)
    return found


def _prediction(action: Action) -> dict[str, Any]:
    """A decision as the pre-annotation of a task."""
    texts = {"note": action.note}
    if action.decision == "edit" and action.messages is not None:
        names = turn_names(action.messages)
        texts |= {name: turn["content"] for name, turn in zip(names, action.messages, strict=True)}
        texts["input"] = action.input or ""
    result: list[dict[str, Any]] = [_result("decision", "choices", {"choices": [action.decision]})]
    if action.reason in REASONS:
        result.append(_result("reason", "choices", {"choices": [action.reason]}))
    result += [_result(name, "textarea", {"text": [text]}) for name, text in texts.items() if text]
    return {"model_version": f"tekio review: {action.reviewer}", "result": result}


def _result(control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": control, "to_name": "passage", "type": kind, "value": value}


def interface(items: Sequence[ReviewItem], language: Language) -> str:
    """The labeling interface (XML) for `tasks`."""
    ja = language == "ja"

    def title(name: str) -> str:
        return f'  <Header value="{html.escape(heading(name, language))}" size="5"/>\n'

    def area(name: str, rows: int) -> str:
        return (
            f'{title(name)}  <TextArea name="{name}" toName="passage" value="${name}" rows="{rows}" maxSubmissions="1" '
            'editable="true"/>\n'
        )

    areas = "".join(area(name, 4) for name in all_turn_names(items))
    decisions = "".join(f'    <Choice value="{name}" alias="{TITLES[name][ja]}"/>\n' for name in DECISIONS)
    reasons = "".join(
        f'    <Choice value="{name}" hint="{html.escape(say(text, language))}"/>\n' for name, text in REASONS.items()
    )
    return (
        f'<View>\n{title("facts")}  <Text name="facts" value="$facts"/>\n{title("notes")}  <Text name="notes" value="$notes"/>\n'
        f'{title("passage")}  <Text name="passage" value="$passage"/>\n{area("input", 2)}{areas}{title("decision")}'
        f'  <Choices name="decision" toName="passage" choice="single" required="true" showInline="true">\n{decisions}  </Choices>\n'
        f'  <Choices name="reason" toName="passage" choice="single" visibleWhen="choice-selected" whenTagName="decision" '
        f'whenChoiceValue="reject">\n{reasons}  </Choices>\n'
        f'{title("note")}  <TextArea name="note" toName="passage" rows="1" maxSubmissions="1"/>\n</View>\n'
    )


def write_tasks(path: Path, items: Sequence[ReviewItem], language: Language, decisions: Sequence[Action] = ()) -> Path:
    """Write the tasks and, beside them, the labeling interface. Returns the interface's path."""
    write_json(path, tasks(items, decisions))
    config = path.with_suffix(".labeling.xml")
    write_atomic(config, interface(items, language))
    return config


def read_annotations(path: Path, items: Sequence[ReviewItem], reviewer: str = "") -> Returned:
    """The decisions in a Label Studio export. reviewer: who decided, where the export does not say."""
    found, known = Returned(), KnownItems(items)
    for row in read_rows(path, path.name):
        if isinstance(row, RejectedRecord):
            found.problems.append((row.where, reject_words(row.rejected_by)))
            continue
        any_decision = False
        for fields in _annotations(row.row):
            if not fields.get("decision"):
                continue
            any_decision = True
            _take(found, row.where, fields, known, reviewer)
        found.untouched += not any_decision
    return found


def _annotations(task: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The fields of every annotation of a task: control name -> text."""
    data = task.get("data")
    if not isinstance(data, dict):  # JSON-MIN: data and results side by side
        flat = {str(name): _first(value) for name, value in task.items()}
        yield {**flat, "_who": str(task.get("annotator") or ""), "_id": str(task.get("annotation_id") or "")}
        return
    values = cast("dict[str, Any]", data)
    base = {"tekio_key": str(values.get("tekio_key", "")), "tekio_digest": str(values.get("tekio_digest", ""))}
    annotations = task.get("annotations")
    for entry in cast("list[Any]", annotations) if isinstance(annotations, list) else []:
        if not isinstance(entry, dict):
            continue
        annotation = cast("dict[str, Any]", entry)
        if annotation.get("was_cancelled"):
            continue
        who = annotation.get("completed_by")
        if isinstance(who, dict):
            person = cast("dict[str, Any]", who)
            who = person.get("email") or person.get("id")
        fields = {**base, "_who": str(who or ""), "_id": str(annotation.get("id") or "")}
        results = annotation.get("result")
        for result in cast("list[Any]", results) if isinstance(results, list) else []:
            if isinstance(result, dict):
                part = cast("dict[str, Any]", result)
                value = part.get("value")
                content = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
                fields[str(part.get("from_name"))] = _first(content.get("choices") or content.get("text"))
        yield fields


def _first(value: Any) -> str:
    """A control's text: its only choice, or the last text submitted."""
    if isinstance(value, list):
        entries = cast("list[Any]", value)
        return str(entries[-1]) if entries else ""
    if isinstance(value, dict):
        return _first(cast("dict[str, Any]", value).get("choices"))
    return "" if value is None else str(value)


def _take(found: Returned, where: str, fields: dict[str, str], known: KnownItems, reviewer: str) -> None:
    item = known.find(fields.get("tekio_key", ""), fields.get("tekio_digest", ""))
    if item is None:
        found.problems.append((where, unknown_record(fields.get("tekio_key", ""))))
        return
    names = {title: name for name, pair in TITLES.items() for title in (name, *pair)}
    decision = names.get(fields["decision"], fields["decision"])
    messages: list[dict[str, str]] | None = [
        {"role": turn["role"], "content": text_of(fields, name, number) or turn["content"]}
        for number, (name, turn) in enumerate(
            zip(turn_names(item.record.messages), item.record.messages, strict=True), 1
        )
    ]
    given = fields.get("input", item.record.meta.input or "") or None
    changed = messages != item.record.messages or given != (item.record.meta.input or None)
    if decision in ("accept", "edit"):
        decision = "edit" if changed else "accept"
    body: dict[str, Any] = {
        "item": item.key,
        "reviewer": fields["_who"] or reviewer,
        "decision": decision,
        "digest": fields.get("tekio_digest", ""),
        "reason": fields.get("reason", ""),
        "note": fields.get("note", ""),
        "messages": messages if decision == "edit" else None,
        "input": given if decision == "edit" else None,
    }
    body["key"] = "label-studio-" + sha256_json([fields["_id"], body])[:32]
    found.take(where, body, known)
