"""The choice among readings: the one that explains most of the page wins; others may fill what it leaves."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tekio.instruct.harvest.accept import SENTENCE, is_acceptable, tells
from tekio.instruct.harvest.asked_of_readers import asks_its_reader
from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.ending import without_ending
from tekio.instruct.harvest.evidence import page_evidence
from tekio.instruct.harvest.extents import Pair, drop_named_topics, pair_up
from tekio.instruct.harvest.judge import (
    MAX_QUESTION,
    MIN_SEVERAL,
    NEARLY,
    Judged,
    answered,
    is_answer_mark,
    judge_reading,
)
from tekio.instruct.harvest.marks import (
    ABOUT_QUESTIONS,
    CONTACT,
    HELP_CENTRE,
    NO_QUESTION,
    TITLED_FAQ,
    is_furniture,
    question_likeness,
)
from tekio.instruct.harvest.question_text import MAX_LABEL, question_text
from tekio.instruct.harvest.readings.by_look import place_of
from tekio.instruct.harvest.readings.elements import Question, Reading
from tekio.instruct.harvest.readings.every import all_readings
from tekio.instruct.harvest.unanswered import is_exam, is_filled_in, is_form
from tekio.instruct.harvest.whole import gives_no_answers
from tekio.text.html import tag_of

FILLING = frozenset(
    ["microdata", "marks", "dl", "details", "controls", "named columns", "table", "classes", "row heads"]
)


@dataclass
class Chosen:
    """A pair with the reading it comes from."""

    pair: Pair
    reading: str
    explicit: bool
    likeness: float


def choose(page: Page, only: list[str] | None = None) -> list[Chosen]:
    """The pairs of a page in its order; none when the page is no FAQ."""
    evidence = page_evidence(page)
    total = sum(block.size for block in page.main()) or 1
    judged = [
        judge
        for reading in all_readings(page)
        if not only or reading.name in only
        for judge in [judge_reading(reading, pair_up(page, reading), total)]
        if is_acceptable(page, judge, evidence) and not gives_no_answers(page, judge, evidence=evidence)
    ]
    several = any(answered(judge) >= MIN_SEVERAL for judge in judged)
    # One pair that swallows the page explains all of it, and nothing.
    best = max((item.score for item in judged), default=0.0)
    judged.sort(
        key=lambda item: (not _is_certain(item, best), several and answered(item) == 1, -item.score, item.reading.name)
    )
    judged = _marked_first(_named_first(_standing_out_first(judged), several=several))
    chosen: list[Chosen] = []
    if not judged:
        judged = _titled_headings(page, only, total)
    titled = not any(judge.reading.explicit for judge in judged)
    taken: set[int] = set()
    for number, judge in enumerate(judged):
        if number and judge.reading.name not in FILLING:
            continue
        numbered, apart = _numbered(judge), _asks_in_a_section(page, judge)
        facts = _lists_of_facts(page, judge) | _figures(judge)
        sectioned = number == 0 and titled and _fills_sections(page, judge)
        for pair, likeness in zip(judge.pairs, judge.likeness, strict=True):
            if pair.named and number == 0:
                if pair.answer and not is_form(pair.answer):
                    taken |= {block.index for block in (*pair.question, *pair.answer)}
                    chosen.append(Chosen(pair, judge.reading.name, judge.reading.explicit, likeness))
                continue
            if numbered and likeness == 0 and not _COUNTED.match(pair.question[0].text):
                continue  # a heading without a number among numbered ones that ask
            if apart and likeness < 1 and not _below_title(page, pair.question[0].node):
                continue
            if _list_around(pair) in facts or is_filled_in(page, pair) or _is_put_to_the_reader(judge, pair):
                continue
            shared = bool(chosen) and pair.answer == chosen[-1].pair.answer and judge.reading.name == chosen[-1].reading
            used = {block.index for block in (*pair.question[pair.stem :], *([] if shared else pair.answer))}
            repeated = judge.reading.name == "repeated"  # its places say that all of them are questions
            trusted = number == 0 and (
                judge.reading.explicit
                or ((repeated or judge.reading.name == "strong") and _asks_throughout(judge))
                or (apart and _stands_alike(judge, pair))
                or (
                    evidence
                    and (
                        repeated
                        or (_mostly_questions(judge) and _is_built_alike(judge, pair))
                        or (titled and _under_title(page, judge) and _stands_alike(judge, pair))
                        or (sectioned and _stands_alike(judge, pair))
                    )
                )
            )
            if not taken & used and _plausible(pair, likeness, judge.limit(pair), trusted=trusted, filling=number > 0):
                taken |= used
                chosen.append(Chosen(pair, judge.reading.name, judge.reading.explicit, likeness))
    chosen.sort(key=lambda item: item.pair.question[0].index)
    _drop_labels(chosen)
    drop_named_topics([item.pair for item in chosen])
    without_ending(page, [item.pair for item in chosen])
    return chosen


def _is_put_to_the_reader(judge: Judged, pair: Pair) -> bool:
    """The last of what looks alike, and the only one that asks whoever reads: a card below the questions (「お困りですか？」)."""
    if judge.reading.explicit or pair is not judge.pairs[-1] or len(judge.pairs) < MIN_SEVERAL:
        return False
    asked = [asks_its_reader(question_text(other.question)) for other in judge.pairs]
    return asked[-1] and sum(asked) == 1


_COUNTED = re.compile(r"^(?:[0-9０-９]{1,2}[.．、)）\s　]|[(（][0-9０-９]{1,2}[)）]|[①-⑳])")


def _numbered(judge: Judged) -> bool:
    """All questions of a reading that ask are counted."""
    asking = [pair.question[0].text for pair, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0]
    return len(asking) >= MIN_SEVERAL and all(_COUNTED.match(text) for text in asking)


def _asks_throughout(judge: Judged) -> bool:
    """Nearly all blocks of one place ask, and every one is followed by text: then the others there are questions, too."""
    asking = sum(like >= 1.0 for like in judge.likeness)
    return asking >= MIN_SEVERAL and asking * 10 >= 7 * len(judge.likeness) and answered(judge) == len(judge.pairs)


def _stands_alike(judge: Judged, pair: Pair) -> bool:
    """The heading stands where headings that ask stand, so it is not a section of an article above them."""
    places = {
        place_of(other.question[0]) for other, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0
    }
    return not places or place_of(pair.question[0]) in places


def _is_built_alike(judge: Judged, pair: Pair) -> bool:
    """The heading shares a class name with those that ask wherever they have some; True where those differ themselves.

    `q open` is built like `q`; a heading without any class at the end of a list of `h3.faq-title` is not part of it.
    """
    places = [
        _class_names(other.question[0]) for other, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0
    ]
    if not places or not all(_alike(places[0], place) for place in places):
        return True
    return _alike(places[0], _class_names(pair.question[0]))


def _class_names(block: Block) -> list[frozenset[str]]:
    return [frozenset((node.get("class") or "").split()) for node in (block.node, *block.node.iterancestors())]


def _alike(one: list[frozenset[str]], two: list[frozenset[str]]) -> bool:
    return len(one) == len(two) and all(
        first & second or not (first or second) for first, second in zip(one, two, strict=True)
    )


def _list_around(pair: Pair) -> Any:
    """The definition list or table a question stands in."""
    node = pair.question[0].node
    while node is not None and tag_of(node) not in ("dl", "table"):
        node = node.getparent()
    return node


def _lists_of_facts(page: Page, judge: Judged) -> set[Any]:
    """Lists of a product's facts on a page whose questions stand in a section of their own.

    The lists that ask are below a heading such as 「よくある質問」; of a list that is not below one nothing asks.
    """
    if judge.reading.name not in ("dl", "dl inside", "table") or TITLED_FAQ.search(page.title):
        return set()
    lists: dict[Any, list[float]] = {}
    for pair, likeness in zip(judge.pairs, judge.likeness, strict=True):
        around = _list_around(pair)
        if around is not None:
            lists.setdefault(around, []).append(likeness)
    asking = [around for around, told in lists.items() if max(told) >= 1.0]
    if not asking or not all(_below_title(page, around) for around in asking):
        return set()
    return {around for around, told in lists.items() if max(told) < 1.0 and not _below_title(page, around)}


def _asks_in_a_section(page: Page, judge: Judged) -> bool:
    """All that asks stands below a heading such as 「よくある質問」 inside the page: what is not below it is something else."""
    if TITLED_FAQ.search(page.title) or judge.reading.name in ("marks", "turns", "speakers", "inline"):
        return False
    asking = [
        pair.question[0] for pair, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0 and pair.answer
    ]
    return len(asking) >= 2 and all(_below_title(page, block.node) for block in asking)


def _figures(judge: Judged) -> set[Any]:
    """Lists and tables of which nothing asks and no answer is a sentence, beside others that ask: fees, dates, addresses."""
    lists: dict[Any, list[tuple[float, bool]]] = {}
    for pair, likeness in zip(judge.pairs, judge.likeness, strict=True):
        if pair.answer and (around := _list_around(pair)) is not None:
            told = any(block.size >= 30 or SENTENCE.search(block.text) for block in pair.answer)
            lists.setdefault(around, []).append((likeness, told))
    if not any(likeness >= 1.0 for told in lists.values() for likeness, _ in told):
        return set()
    return {around for around, told in lists.items() if not any(likeness or full for likeness, full in told)}


def _below_title(page: Page, node: Any) -> bool:
    """Whether a heading above the element, of its section or of one around it, says that questions follow."""
    lowest = 7
    for block in reversed(page.blocks[: page.range_of(node)[0]]):
        if not block.outside and 0 < block.heading < lowest:
            lowest = block.heading
            if TITLED_FAQ.search(block.text):
                return True
    return False


def _titled_headings(page: Page, only: list[str] | None, total: int) -> list[Judged]:
    """Where nothing asks and the page calls itself questions and answers, its headings are the questions."""
    judged = [
        judge
        for reading in all_readings(page)
        if reading.name in ("h2", "h3", "h4", "dl", "details") and (not only or reading.name in only)
        for judge in [judge_reading(reading, pair_up(page, reading), total)]
        if answered(judge) >= MIN_SEVERAL
        and _under_title(page, judge)
        and tells(judge)
        and not gives_no_answers(page, judge, evidence=True)
    ]
    return sorted(judged, key=lambda item: (-item.score, item.reading.name))[:1]


def _under_title(page: Page, judge: Judged) -> bool:
    """The title above all the headings of a reading (or the page's) says that questions and answers follow."""
    if not judge.pairs:
        return False
    first = judge.pairs[0].question[0]
    level = first.heading or 7
    above = [block for block in page.main() if block.index < first.index and 0 < block.heading < level]
    named = above[-1].text if above else page.title or page.opening
    asks = sum(like >= 1.0 for like in judge.likeness)
    if ABOUT_QUESTIONS.search(named):
        return False
    return len(named) <= 60 and bool(TITLED_FAQ.search(named) or (asks and HELP_CENTRE.search(page.title)))


def _fills_sections(page: Page, judge: Judged) -> bool:
    """Every heading of the level is answered and stands in a section of a page that calls itself questions and answers, and many ask."""
    first = judge.pairs[0].question[0]
    likely = sum(like > 0 for like in judge.likeness)
    return (
        bool(first.heading)
        and len(judge.pairs) >= 2 * MIN_SEVERAL
        and answered(judge) == len(judge.pairs)
        and likely * 3 >= len(judge.pairs)
        and max(judge.likeness) >= 1.0
        and not ABOUT_QUESTIONS.search(page.title)
        and all(_below_title(page, pair.question[0].node) for pair in judge.pairs)
    )


def _drop_labels(chosen: list[Chosen]) -> None:
    """Without the short line of one kind that stands before or behind nearly every answer.

    The speaker, the next speaker, who is in charge (担当 : 施設課), what it refers to, when it was written.
    """
    for edge in (0, -1, -1):
        answers = [
            item.pair.answer for item in chosen if len(item.pair.answer) > 1 and item.pair.answer[edge].cell is None
        ]
        kinds = Counter(kind for answer in answers if (kind := _kind_of_line(answer[edge])))
        for kind, count in kinds.most_common(1):
            if count >= MIN_SEVERAL and count >= NEARLY * len(chosen):
                for answer in answers:
                    if _kind_of_line(answer[edge]) == kind:
                        del answer[edge]


_ABOUT_ENTRY = re.compile(
    r"^[\[［(（【]?(担当(?:課|者|部署)?|関連(?:条文|項目|規程|通達|法令)?|根拠(?:条文|規程|法令)?|参照(?:条文|先)?|出典|回答(?:者|日|部署)|掲載日|更新日|所管(?:課)?|分類|区分|対象)[\s　]*[:：]"
)


def _kind_of_line(block: Block) -> str:
    """What a short line that is no sentence is about: its label, or the line without its numbers; empty for others."""
    if block.size > MAX_QUESTION // 10 or block.text.rstrip().endswith(("。", "．")):
        return ""
    label = _ABOUT_ENTRY.match(block.text)
    if label is not None:
        return label[1]
    counted = re.sub(r"[0-9０-９]+", "", block.text)
    dated = counted != block.text and len(_DATED.findall(block.text)) > 0
    return counted if block.size <= MAX_LABEL or dated else ""


_DATED = re.compile(r"[0-9]{4}[年/.-][0-9]{1,2}[月/.-][0-9]{1,2}|[(（][0-9０-９]+[)）]$")


def _is_certain(judge: Judged, best: float) -> bool:
    """Columns that are called question and answer: several rows, or any that are not much less than the best reading has."""
    if answered(judge) >= MIN_SEVERAL and all(item.certain for item in judge.reading.questions):
        return True
    return bool(judge.pairs) and all(pair.named for pair in judge.pairs) and judge.score >= MUCH_OF * best


MUCH_OF = 0.5


def _standing_out_first(judged: list[Judged]) -> list[Judged]:
    """Lines that stand out go before sentences that ask where they hold all of these and explain nearly as much."""
    if not judged or judged[0].reading.name != "typographic":
        return judged
    asking = {question.blocks[0].index for question in judged[0].reading.questions}
    for judge in judged[1:]:
        own = {question.blocks[0].index for question in judge.reading.questions}
        if asking <= own and judge.score >= NEARLY * judged[0].score:
            return [judge, *(item for item in judged if item is not judge)]
    return judged


def _named_first(judged: list[Judged], *, several: bool) -> list[Judged]:
    """What the page itself calls its questions goes before headings and sentences that look like some.

    Where an explicit reading explains nearly as much as the best, or where its questions are a part of the best one's
    and the others hardly ask (an article that ends in an accordion of questions), it goes first.
    """
    if not judged or judged[0].reading.explicit:
        return judged
    best = {
        question.blocks[0].index: like
        for question, like in zip(_in_order(judged[0].reading), judged[0].likeness, strict=True)
    }
    for judge in judged[1:]:
        if not judge.reading.explicit:
            continue
        own = {question.blocks[0].index for question in judge.reading.questions}
        others = [like for index, like in best.items() if index not in own]
        part = len(own) >= MIN_SEVERAL and own < set(best) and sum(others) <= 0.5 * len(others)
        if part or (judge.score >= NEARLY * judged[0].score and (answered(judge) > 1 or not several)):
            return [judge, *(item for item in judged if item is not judge)]
    return judged


def _marked_first(judged: list[Judged]) -> list[Judged]:
    """Marks of question and answer go before voices where they tell as many pairs: 照会者 stands above 照会内容."""
    if not judged or judged[0].reading.name not in ("turns", "taking turns"):
        return judged
    asked = [{block.index for block in pair.question} for pair in judged[0].pairs if pair.answer]
    for judge in judged[1:]:
        own = [pair.question[0].index for pair in judge.pairs if pair.answer]
        if (
            judge.reading.name == "marks"
            and len(own) == len(asked)
            and all(first in whole for first, whole in zip(own, asked, strict=True))
        ):
            return [judge, *(item for item in judged if item is not judge)]
    return judged


def _in_order(reading: Reading) -> list[Question]:
    return sorted(reading.questions, key=lambda item: item.blocks[0].index)


def _mostly_questions(judge: Judged) -> bool:
    """Headings or bold lines that are questions but for a few: the few are questions in the form of a title."""
    answered = [like for pair, like in zip(judge.pairs, judge.likeness, strict=True) if pair.answer]
    return len(answered) >= MIN_SEVERAL and 3 * sum(like > 0 for like in answered) >= 2 * len(answered)


_PHONE = re.compile(
    r"[0-9０-９]{2,5}[-－‐ー(（)）][0-9０-９]{1,4}[-－‐ー(（)）][0-9０-９]{3,4}|[^\s@]+@[^\s@]+\.[a-z]+"
)


def _leads_away(block: Block) -> bool:
    return bool(block.href) and not str(block.href).startswith(("#", "javascript"))


_ASKS_ONLY = re.compile(r"^[^。．？?！!]*(?:[？?]|(?<!でしょう)(?<!ましょう)(?<!だろう)か[。．]?)$")
"""One sentence that asks; 「…ではないでしょうか。」 answers."""


def _asks_mostly(answer: list[Block]) -> bool:
    """Lines most of which ask, and none that tells."""
    if len(answer) == 1:
        return _ASKS_ONLY.search(answer[0].text.strip()) is not None
    likeness = [question_likeness(block.text) for block in answer]
    asking = sum(like >= 1.0 for like in likeness)
    tell = any(like < 1 and SENTENCE.search(block.text) for block, like in zip(answer, likeness, strict=True))
    return asking >= 2 and asking * 2 > len(answer) and not tell


def _plausible(pair: Pair, likeness: float, limit: float, *, trusted: bool, filling: bool) -> bool:
    text = question_text(pair.question)
    size = sum(block.size for block in pair.question)
    if not pair.answer or not text or size > limit or is_furniture(text) or is_form(pair.answer):
        return False
    if is_exam(text, pair.answer):
        return False
    if all(block.href is not None and question_likeness(block.text) >= 1.0 for block in pair.answer):
        return False  # the next entry of an index
    linked = [block for block in pair.answer if block.href is not None]
    elsewhere = all(block.href not in {item.href for item in pair.question} for block in linked)
    if elsewhere and len(linked) == len(pair.answer) and all(_leads_away(block) for block in pair.question):
        return False  # an entry of an index, and the link below the list
    if likeness == 0 and len(pair.answer) > 1 and len(linked) == len(pair.answer):
        return False  # a menu that opens
    if not is_answer_mark(pair.answer) and _asks_mostly(pair.answer):
        return False  # a category, with the questions in it
    asking = sum(question_likeness(block.text) >= 1.0 for block in linked)
    if likeness < 1 and asking >= MIN_SEVERAL and asking * 2 > len(pair.answer):
        return False  # a category of an index, with the questions in it
    if asking >= MIN_SEVERAL and not any(block.href is None and SENTENCE.search(block.text) for block in pair.answer):
        return False  # the way in to a help centre: what it asks (「何をお探しですか？」) is answered on other pages
    if likeness == 0 and CONTACT.search(text) and _PHONE.search("".join(block.text for block in pair.answer)):
        return False  # whom to call
    if trusted:
        return likeness > 0 or (size >= 4 and (size > MAX_LABEL or not NO_QUESTION.search(text)))
    return likeness > 0 if not filling else likeness >= 1.0
