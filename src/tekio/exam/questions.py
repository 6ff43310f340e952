"""Questions by rules from what the knowledge room reads of a document: figures of its tables, facts of its sentences."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from tekio.artifacts.exam import BLANK
from tekio.exam.askable import DOCUMENT, ROW, Askable, Source, draw
from tekio.exam.options import plain
from tekio.exam.sentences import Told, stands_alone, told_of, turned
from tekio.knowledge.figures import (
    Figure,
    has_unit,
    how_much,
    labels_of,
    period_of,
    says_nothing_alone,
    table_figures,
    tells_period,
    with_levels,
)
from tekio.knowledge.formulas import is_unfilled, points_at_a_picture
from tekio.knowledge.passages import Passage, split_passages
from tekio.knowledge.rules import is_rule
from tekio.recipe.exam import ItemKind
from tekio.text.tables.values import is_date, is_period

RIGHT, WRONG = "正しい", "誤り"
MOST = 300
"""Words of a document's sentences that are asked for, at most: drawn from all of them."""
NEIGHBOURS = 40
LONGEST_LABEL = 60


def askables_of(
    source: Source, text: str, kinds: Sequence[ItemKind], *, longest: int, seed: int, stock: Container[bytes] = ()
) -> Iterator[Askable]:
    """All questions that rules can ask about a document. source: with a title that tells it from all others. stock: sentences of
    several documents (`stock_sentences`), which are neither asked nor offered.
    """
    passages = split_passages(source.document, text, longest)
    tables = {
        one.number: with_levels(one.text, table_figures(one.text, one.above)) for one in passages if one.kind == "table"
    }
    dated = any(tells_period(figure) for found in tables.values() for figure in found)
    amendments = {one.path[0] for one in passages if one.path and one.path[0][:1] == "附"}
    told: list[tuple[Passage, Told]] = []
    for passage in passages:
        if passage.kind == "table":
            figures = [one for one in tables[passage.number] if _tells(one, dated=dated)]
            yield from _of_table(source, passage, figures, kinds, seed)
        elif len(amendments) < 2 or not passage.path or passage.path[0] not in amendments:
            told += [(passage, one) for one in told_of(passage, stock)]
    yield from _of_sentences(source, told, kinds, seed, names_articles=is_rule(source.title, passages))
    if "true_false" in kinds:
        for passage in passages:
            yield from _of_answers(source, passage, seed)


# --- tables --------------------------------------------------------------------------------------------------------


def _tells(figure: Figure, *, dated: bool) -> bool:
    """Whether row and column say what a figure is. dated: tables of its document tell periods, so one without could be of any."""
    if is_unfilled(_named(figure)) or (is_date(figure.row) and not figure.section):
        return False
    if (dated and not tells_period(figure)) or figure.section[:1].isdigit():  # a cell below another: 2年
        return False
    return (
        2 <= len(figure.row) <= LONGEST_LABEL
        and 1 <= len(figure.column) <= LONGEST_LABEL
        and any(character.isdigit() for character in figure.written)
        and has_unit(figure)
        and (bool(figure.section) or not says_nothing_alone(figure.row))
    )


def _of_table(
    source: Source, passage: Passage, figures: Sequence[Figure], kinds: Sequence[ItemKind], seed: int
) -> Iterator[Askable]:
    values: dict[str, set[str]] = {}
    for one in figures:
        values.setdefault(_named(one), set()).add(plain(one.with_unit))
    clear = [
        one for one in figures if len(values[_named(one)]) == 1
    ]  # two rows of one name: which is meant cannot be told
    for one in clear:
        crossing = [
            other.with_unit
            for other in figures
            if (other.row == one.row) != (other.column == one.column) and other.unit == one.unit
        ]  # shares beside amounts would give themselves away
        alike = [other.with_unit for other in figures if other.unit == one.unit]
        rivals = {ROW: _like(crossing, one), DOCUMENT: _like(alike, one)}
        place = f"{one.row}\x1f{one.unit}"
        common = (passage, one.start, one.end, source.source, place)
        if "number" in kinds:
            question = f"「{source.title}」で、{_named(one)}は{how_much(one.with_unit)}か。"
            yield Askable(source, "number", question, one.with_unit, *common, rivals)
        if "true_false" in kinds:
            yield from _true_or_false(
                source,
                passage,
                (one.start, one.end),
                lambda value, one=one: f"{_named(one)}は{value}である。",
                one.with_unit,
                rivals[ROW],
                seed,
            )
    if "choice" in kinds:
        yield from _statements_of_table(source, passage, clear)


def _named(figure: Figure) -> str:
    section = f"{figure.section}の" if figure.section else ""
    row, column = labels_of(figure)
    period = f"{period_of(figure)}、" if period_of(figure) and not is_period(column) else ""
    return f"{section}{row}（{period}{column}）"


def _like(written: Sequence[str], figure: Figure) -> list[str]:
    """Wrong answers that could be right by their form: percentages against percentages, amounts against amounts."""
    percent = "%" in plain(figure.with_unit)
    return [text for text in dict.fromkeys(written) if ("%" in plain(text)) == percent]


def _statements_of_table(source: Source, passage: Passage, told: Sequence[Figure]) -> Iterator[Askable]:
    """Which statement is right: one figure as it stands, the others with the figures of their neighbours."""
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
        right = f"{_named(one)}は{one.with_unit}である。"
        yield _choice(source, passage, (one.start, one.end), right, wrong)


def _choice(source: Source, passage: Passage, span: tuple[int, int], right: str, wrong: list[str]) -> Askable:
    question = f"次のうち、「{source.title}」の内容として正しいものはどれか。"
    return Askable(source, "choice", question, right, passage, *span, source.source, "", {ROW: wrong})


def _true_or_false(
    source: Source,
    passage: Passage,
    span: tuple[int, int],
    statement: Callable[[str], str],
    right: str,
    rivals: Sequence[str],
    seed: int,
) -> Iterator[Askable]:
    """One statement, right or wrong as the draw says; none where there is nothing wrong to say."""
    wrong = [text for text in rivals if plain(text) != plain(right)]
    if not wrong:
        return
    name = statement(right)
    truth = draw(seed, source.document, name, "true") < 0.5
    said = name if truth else statement(min(wrong, key=lambda text: draw(seed, source.document, name, text)))
    question = f"「{source.title}」に関する次の記述は正しいか、誤りか。\n{said}"
    answer = RIGHT if truth else WRONG
    yield Askable(source, "true_false", question, answer, passage, *span, source.source, "", {}, fixed=(RIGHT, WRONG))


# --- sentences -----------------------------------------------------------------------------------------------------


def _of_sentences(
    source: Source, told: Sequence[tuple[Passage, Told]], kinds: Sequence[ItemKind], seed: int, *, names_articles: bool
) -> Iterator[Askable]:
    """names_articles: the document is the rule whose articles stand in it, so its title and their number name them."""
    if len(told) > MOST:
        order = sorted(range(len(told)), key=lambda place: draw(seed, source.document, str(place)))
        told = [told[place] for place in sorted(order[:MOST])]
    alike: dict[tuple[str, str], list[tuple[Passage, Told]]] = {}
    for passage, one in told:
        alike.setdefault((one.kind, one.form), []).append((passage, one))
    for place, (passage, one) in enumerate(told):
        same = alike[one.kind, one.form]
        near = [other.words for here, other in same if here is passage and other is not one]
        rivals = {ROW: _not_in(near, one), DOCUMENT: _not_in([other.words for _, other in same], one)}
        span = (one.start, one.end)
        if one.kind in kinds:
            where = f"「{source.title}」{passage.heading if names_articles and passage.kind == 'article' else ''}"
            question = f"{where}に関する次の文の{BLANK}に入るものはどれか。\n{one.with_words(BLANK)}"
            place_of = "" if one.form == "who" else f"{one.kind}\x1f{one.form}"
            yield Askable(source, one.kind, question, one.words, passage, *span, source.source, place_of, rivals)
        if one.kind in ("number", "date") and stands_alone(one.sentence):
            wrong = rivals[ROW] or rivals[DOCUMENT]
            if "true_false" in kinds:
                yield from _true_or_false(source, passage, span, one.with_words, one.words, wrong, seed)
            if "choice" in kinds and wrong:
                yield _choice(source, passage, span, one.with_words(one.words), _wrong_statements(told, place))


def _not_in(written: Sequence[str], one: Told) -> list[str]:
    """Words that the sentence does not have elsewhere: they would be no wrong answer that a reader takes."""
    return [text for text in dict.fromkeys(written) if text not in one.sentence]


def _of_a_range(one: Told) -> bool:
    return one.kind == "date" and (one.after.startswith(("から", "～", "より")) or one.before.endswith(("から", "～")))


def _wrong_statements(told: Sequence[tuple[Passage, Told]], place: int) -> list[str]:
    """Other sentences of the document with a fact of the same form from elsewhere in it."""
    found: list[str] = []
    own = told[place][1]
    for step in range(1, min(len(told), NEIGHBOURS)):
        _, other = told[(place + step) % len(told)]
        if other.kind not in ("number", "date") or other.sentence == own.sentence or not stands_alone(other.sentence):
            continue
        for _, taken in told:
            if _of_a_range(other) and taken.kind == "date":
                continue  # a range that ends before it begins is wrong by its form
            if taken.form == other.form and taken.value != other.value and taken.words not in other.sentence:
                found.append(other.with_words(taken.words))
                break
    return found


# --- questions with answers ----------------------------------------------------------------------------------------


def _of_answers(source: Source, passage: Passage, seed: int) -> Iterator[Askable]:
    """What an answer concludes, as it stands or turned into its opposite."""
    if passage.kind != "answer" or not passage.answer or not passage.heading or len(passage.heading) > 400:
        return
    found = turned(passage.text, passage.answer)
    if found is None or points_at_a_picture(passage.heading):
        return
    sentence, opposite, start, end = found
    truth = draw(seed, source.document, sentence, "true") < 0.5
    said = sentence if truth else opposite
    question = f"次の照会に対する回答として、後の記述は正しいか、誤りか（{source.title}）。\n照会: {passage.heading}\n記述: {said}"
    answer = RIGHT if truth else WRONG
    yield Askable(
        source, "true_false", question, answer, passage, start, end, source.source, "", {}, fixed=(RIGHT, WRONG)
    )
