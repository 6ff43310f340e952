"""Personal data in what stands beside a text: titles, places, values of `meta` at any depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from tekio.text.kernels.codepoints import code_points
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import Span
from tekio.text.personal_data.person_names import find_people, may_hold_people, without_overlaps
from tekio.text.personal_data.pseudonyms import PseudonymKey, mask

SHORTEST = 3
"""Characters of a value that is looked for as it stands in the text beside."""
Wanted = Callable[[Span, str], bool]


def mask_values(
    values: Sequence[Any],
    key: PseudonymKey,
    wanted: Wanted,
    *,
    people: bool = False,
    known: Sequence[Mapping[str, str]] = (),
) -> list[Any]:
    """`values` (JSON values) with personal data in their strings, names and numbers replaced; the same object where nothing was.

    wanted: whether a span of a text is to be replaced. people: look for persons too. known: for each value, what was found
    in its text (value -> kind), replaced wherever it stands. The name of a value counts as the word before it.
    """
    strings: dict[tuple[str, str], None] = {}
    for value in values:
        _gather(value, "", strings)
    texts = [f"{name}：{text}" if name else text for name, text in strings]
    points = code_points(texts)
    found = find_in_texts(texts, points)
    for number in may_hold_people(points) if people else ():
        if persons := find_people(texts[number]):
            found[number] = without_overlaps([*found.get(number, []), *persons])
    spans: dict[tuple[str, str], list[Span]] = {}
    for number, (name, text) in enumerate(strings):
        shift = len(name) + 1 if name else 0
        own = [span for span in found.get(number, []) if span.start >= shift and wanted(span, texts[number])]
        if own:
            spans[name, text] = [Span(span.start - shift, span.end - shift, span.kind) for span in own]
    made: list[Any] = []
    for number, value in enumerate(values):
        beside = {item: kind for item, kind in known[number].items() if len(item) >= SHORTEST} if known else {}
        made.append(_replaced(value, "", spans, beside, key) if spans or beside else value)
    return made


def _gather(value: Any, name: str, strings: dict[tuple[str, str], None]) -> None:
    """Put the strings of a value and the names beside them into `strings`, numbers that may be more than a count too."""
    if value is None:
        return
    if isinstance(value, str):
        strings[name, value] = None
    elif isinstance(value, (int, float)):
        if not isinstance(value, bool) and abs(value) >= 1e5:
            strings[name, str(value)] = None
    elif isinstance(value, Mapping):
        for inner, item in cast("Mapping[Any, Any]", value).items():
            strings["", str(inner)] = None
            _gather(item, str(inner), strings)
    elif isinstance(value, (list, tuple)):
        for item in cast("Sequence[Any]", value):
            _gather(item, name, strings)


def _replaced(
    value: Any,
    name: str,
    spans: Mapping[tuple[str, str], list[Span]],
    known: Mapping[str, str],
    key: PseudonymKey,
) -> Any:
    if isinstance(value, Mapping):
        plain = cast("Mapping[Any, Any]", value)
        made = {
            _replaced(inner, "", spans, known, key): _replaced(item, str(inner), spans, known, key)
            for inner, item in plain.items()
        }
        return made if made != plain else plain
    if isinstance(value, list | tuple):
        row = cast("Sequence[Any]", value)
        items = [_replaced(item, name, spans, known, key) for item in row]
        return items if items != list(row) else row
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = str(value)
    own = list(spans.get((name, text), ()))
    for item, kind in known.items():
        place = text.find(item)
        while place >= 0:
            own.append(Span(place, place + len(item), kind))
            place = text.find(item, place + len(item))
    return mask(text, without_overlaps(own), key) if own else value
