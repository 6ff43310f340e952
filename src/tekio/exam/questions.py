"""Questions by rules from what the knowledge room reads of a document: figures of its tables, facts of its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tekio.exam.askable import DOCUMENT, ROW, Askable, Source, draw
from tekio.exam.options import plain
from tekio.knowledge.figures import Figure, figures_of
from tekio.knowledge.passages import Passage, split_passages
from tekio.recipe.exam import ItemKind

RIGHT, WRONG = "正しい", "誤り"
LONGEST_LABEL = 60


def askables_of(source: Source, text: str, kinds: Sequence[ItemKind], *, longest: int, seed: int) -> Iterator[Askable]:
    """All questions that rules can ask about a document; none about one without a title, which nobody could tell from others."""
    if not source.title.strip():
        return
    passages = split_passages(source.document, text, longest)
    for passage in passages:
        found = [one for one in figures_of(passage.text) if _tells(one)]
        yield from _numbers(source, passage, found, kinds, seed)


def _tells(figure: Figure) -> bool:
    """Whether row and column say what a figure is."""
    return (
        2 <= len(figure.row) <= LONGEST_LABEL
        and 1 <= len(figure.column) <= LONGEST_LABEL
        and any(character.isdigit() for character in figure.written)
        and bool(figure.unit or len(figure.written) > 3)
    )


def _numbers(
    source: Source, passage: Passage, figures: Sequence[Figure], kinds: Sequence[ItemKind], seed: int
) -> Iterator[Askable]:
    seen: dict[str, set[str]] = {}
    for one in figures:
        seen.setdefault(_named(one), set()).add(plain(one.with_unit))
    for one in figures:
        if len(seen[_named(one)]) > 1:  # two rows of one name: which is meant cannot be told
            continue
        row = [other.with_unit for other in figures if (other.row == one.row) != (other.column == one.column)]
        alike = [other.with_unit for other in figures if other.unit == one.unit and other.with_unit not in row]
        rivals = {ROW: _like(row, one), DOCUMENT: _like(alike, one)}
        place = f"{one.row}\x1f{one.unit}"
        common = (passage, one.start, one.end, source.title, place)
        if "number" in kinds:
            question = f"「{source.title}」で、{_named(one)}はいくらか。"
            yield Askable(source, "number", question, one.with_unit, *common, rivals)
        if "true_false" in kinds and rivals[ROW]:
            told = one.with_unit
            truth = draw(seed, source.document, _named(one), "true") < 0.5
            if not truth:
                told = min(rivals[ROW], key=lambda text: draw(seed, source.document, _named(one), text))
            if truth or plain(told) != plain(one.with_unit):
                question = f"「{source.title}」で、{_named(one)}は{told}である。この記述は正しいか、誤りか。"
                answer = RIGHT if truth else WRONG
                yield Askable(source, "true_false", question, answer, *common, rivals, fixed=(RIGHT, WRONG))
    if "choice" in kinds:
        yield from _statements(source, passage, figures, seen)


def _named(figure: Figure) -> str:
    section = f"{figure.section}の" if figure.section else ""
    return f"{section}{figure.row}（{figure.column}）"


def _like(written: Sequence[str], figure: Figure) -> list[str]:
    """Wrong answers that could be right by their form: percentages against percentages, amounts against amounts."""
    percent = "%" in figure.with_unit or "％" in figure.with_unit
    return [text for text in dict.fromkeys(written) if (("%" in text) or ("％" in text)) == percent]


def _statements(
    source: Source, passage: Passage, figures: Sequence[Figure], seen: dict[str, set[str]]
) -> Iterator[Askable]:
    """Which statement is right: one row as it stands, the others with the figures of their neighbours."""
    told = [one for one in figures if len(seen[_named(one)]) == 1]
    for place, one in enumerate(told):
        wrong: list[str] = []
        for step in range(1, len(told)):
            other, taken = told[(place + step) % len(told)], told[(place + step + 1) % len(told)]
            if (
                other.unit == taken.unit
                and _named(other) != _named(one)
                and plain(other.with_unit) != plain(taken.with_unit)
            ):
                wrong.append(f"{_named(other)}は{taken.with_unit}である。")
        question = f"次のうち、「{source.title}」の内容として正しいものはどれか。"
        yield Askable(
            source,
            "choice",
            question,
            f"{_named(one)}は{one.with_unit}である。",
            passage,
            one.start,
            one.end,
            source.title,
            "",
            {ROW: wrong},
        )
