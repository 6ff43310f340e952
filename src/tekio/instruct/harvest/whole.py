"""What a reading as a whole shows: questions put to the reader, results of a survey, answers that say nothing or all the same.

One pair alone may look like a question and its answer; a questionnaire, a checklist, the results of a survey and an index
show themselves by all of their pairs together. Nothing here needs words for kinds of pages.
"""

from __future__ import annotations

import re
import unicodedata

from tekio.instruct.harvest.accept import SENTENCE, TELLING_LENGTH
from tekio.instruct.harvest.asked_of_readers import asks_its_reader, asks_to_know
from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.evidence import says_it_answers
from tekio.instruct.harvest.extents import Pair
from tekio.instruct.harvest.judge import MIN_SEVERAL, Judged, is_answer_mark, is_marked
from tekio.instruct.harvest.marks import TELL_LABEL, question_likeness
from tekio.instruct.harvest.question_text import question_text
from tekio.instruct.harvest.unanswered import ROUNDED, is_choices, is_form

ROWS = frozenset(["table", "row heads", "named columns"])
"""Readings of tables, whose answers may be a word (「可」)."""

VOICES = frozenset(["speakers", "turns"])


def gives_no_answers(page: Page, judge: Judged, *, evidence: bool) -> bool:
    """What the reading takes for answers are none, seen as a whole."""
    told = [pair for pair in judge.pairs if pair.answer]
    if not told or judge.reading.name == "numbered lists":
        return False
    if _is_questionnaire(told) or _are_results(told):
        return True
    if _are_alike(told, fewest=2 if judge.reading.name in VOICES else MIN_SEVERAL):
        return True
    if sum(is_marked(pair.answer) for pair in told) * 2 >= len(told):
        return False
    return (
        _asks_its_reader(judge, told, evidence=evidence)
        or (not evidence and _are_headlines(page, judge, told))
        or (not evidence and _share_a_label(told))
        or (judge.reading.name in ROWS and _only_figures(told))
        or (judge.reading.name not in ROWS and _says_nothing(judge, told))
    )


def _is_questionnaire(told: list[Pair]) -> bool:
    """Most questions have boxes to tick or choices below them: the others are a form's, too."""
    choices = sum(is_choices(pair.answer) or is_form(pair.answer) for pair in told)
    if choices >= MIN_SEVERAL and choices * 3 >= 2 * len(told):
        return True
    forms = sum(is_form(pair.answer) for pair in told)
    return forms >= MIN_SEVERAL and forms * 2 > len(told)


_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:%|パーセント)")
_QUOTED_SHARE = re.compile(
    r"[「『“][^「」『』]{1,40}[」』”][^。「]{0,24}?[0-9]+(?:\.[0-9]+)?\s*(?:%|パーセント|割|人|件)"
)


def _are_results(told: list[Pair]) -> bool:
    """The results of a survey: most answers give the shares of what people chose, and some of them sum up to all."""
    whole = several = 0
    for pair in told:
        text = unicodedata.normalize("NFKC", "\n".join(block.text for block in pair.answer))
        shares = [float(value) for value in _SHARE.findall(text)]
        quoted = len(_QUOTED_SHARE.findall(text))
        listed = sum(_SHARE.search(line) is not None and not line.endswith("。") for line in text.split("\n"))
        several += len(shares) >= 2 and (quoted >= 2 or listed >= 2)
        whole += len(shares) >= 2 and any(
            abs(sum(shares[:number]) - 100) <= ROUNDED for number in range(2, len(shares) + 1)
        )
    return several >= 2 and several * 3 >= 2 * len(told) and whole >= 1


def _bare_answer(pair: Pair) -> str:
    mark = pair.answer[0].qa_mark if is_answer_mark(pair.answer) else None
    first = pair.answer[0].text[mark.end if mark is not None else 0 :]
    return "".join((first + "".join(block.text for block in pair.answer[1:])).split())


def _are_alike(told: list[Pair], *, fewest: int) -> bool:
    """Every question is followed by the same words: where the answers will be, or a button, or nothing was understood."""
    told = [pair for pair in told if not is_form(pair.answer)]
    if len(told) < fewest or len({_bare_answer(pair) for pair in told}) != 1:
        return False
    # A whole answer behind its mark may hold for all of them.
    return not is_marked(told[0].answer) or len(_bare_answer(told[0])) < TELLING_LENGTH


def _asks_its_reader(judge: Judged, told: list[Pair], *, evidence: bool) -> bool:
    if judge.reading.name in VOICES:
        return False  # an interviewer asks who answers
    asking = sum(asks_its_reader(question_text(pair.question)) for pair in told)
    if not evidence and not judge.reading.explicit and asking * 3 >= len(told):
        return True  # headings of an advertisement
    return asking >= 2 and asking * 2 >= len(told)


def _are_headlines(page: Page, judge: Judged, told: list[Pair]) -> bool:
    """Titles that ask as headlines do, on a page that nowhere says it answers questions."""
    if judge.reading.explicit and judge.reading.name not in ("dl", "dl inside"):
        return False
    asked = [text for pair in told if question_likeness(text := question_text(pair.question)) >= 1.0]
    if (
        judge.reading.name == "repeated"
        and len(asked) == len(judge.pairs) >= MIN_SEVERAL
        and any(map(asks_to_know, asked))
        and not any(pair.question[0].heading for pair in told)
    ):
        return False  # every entry of a list asks
    first = told[0].question[0].index
    return sum(map(asks_to_know, asked)) * 2 < len(asked) and not says_it_answers(page, first)


_LABEL = re.compile(r"^[\s　【\[［■◆・→⇒]*([^\s　:：。、]{2,12})[】\]］]?[\s　]*[:：]")


def _share_a_label(told: list[Pair]) -> bool:
    """Every answer begins with one label that does not say answer (確認方法：, 記入欄：): fields of a list."""
    if len(told) < MIN_SEVERAL or any(TELL_LABEL.match(pair.answer[0].text) for pair in told):
        return False
    labels = {found[1] if (found := _LABEL.match(pair.answer[0].text)) else "" for pair in told}
    return len(labels) == 1 and "" not in labels


def _says_nothing(judge: Judged, told: list[Pair]) -> bool:
    """Of several questions hardly one is followed by anything, or nothing that follows is a sentence."""
    if not judge.reading.explicit or len(judge.pairs) < MIN_SEVERAL:
        return False
    if len(told) * 3 <= len(judge.pairs):
        return True
    return len(told) >= MIN_SEVERAL and not any(_tells(block) for pair in told for block in pair.answer)


_WORDS = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def _only_figures(told: list[Pair]) -> bool:
    """Answers without a word: numbers and shares beside the titles of questions."""
    return len(told) >= MIN_SEVERAL and not any(
        len(_WORDS.findall(block.text)) > 1 for pair in told for block in pair.answer
    )


def _tells(block: Block) -> bool:
    return (
        block.size >= TELLING_LENGTH
        or SENTENCE.search(block.text) is not None
        or (block.size >= SHORTEST_CLAUSE and _CLAUSE.search(block.text.strip()) is not None)
    )


_CLAUSE = re.compile(r"(?:[ぁ-ん一-龠](?:る|ない|れた|した|きた)|不可|必要|可能)$")
"""How a clause ends that a list gives without a full stop: 「翌年に復活する」, 「通算できない」."""
SHORTEST_CLAUSE = 6
