"""Whether a reading of a page is one of questions and answers at all, and not of an article, a menu or a list of links."""

from __future__ import annotations

import re

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.judge import MAX_QUESTION, MIN_SEVERAL, Judged, is_answer_mark
from tekio.instruct.harvest.marks import HELP_CENTRE, TEASER, TELLING_SPEAKER, question_likeness
from tekio.instruct.harvest.question_text import MAX_LABEL, question_text


def tells(judge: Judged, *, cards: bool = False) -> bool:
    """Most answers hold a sentence: not the dates and categories below the headlines of a list.

    cards: the page is one of questions; then a whole answer may lead to another page.
    """
    told = [pair.answer for pair in judge.pairs if pair.answer]
    full = sum(any(block.size >= TELLING_LENGTH or SENTENCE.search(block.text) for block in answer) for answer in told)
    teased = sum(TEASER.search(answer[-1].text) is not None or _announces(answer) for answer in told)
    linked = sum(all(block.href is not None for block in answer) for answer in told)
    whole = sum(answer[-1].text.rstrip().endswith(("。", "．", "！")) for answer in told)
    return (
        full * 2 >= len(told) and teased * 2 < len(told) and (linked * 2 < len(told) or (cards and whole == len(told)))
    )


TELLING_LENGTH = 30
"""So long a text tells something without a full stop, too."""
_ANNOUNCED = re.compile(
    r"(?:(?:ご?紹介|ご?案内|説明|解説|掲載)(?:して|し)|まとめ(?:て)?)(?:い|おり|いたし)?(?:ます|る|た)?[。．]?$|^[^。]{2,24}(?:を|が)[^。]{0,12}(?:解説|ご?紹介|ご?案内)[。]?$"
)


def _announces(answer: list[Block]) -> bool:
    """One sentence that says what another page tells (「…をご紹介します。」)."""
    return len(answer) == 1 and _ANNOUNCED.search(answer[0].text.strip()) is not None


SENTENCE = re.compile(r"[。．！!]|(?:です|ます|ません|ください)$")


def is_acceptable(page: Page, judge: Judged, evidence: bool) -> bool:
    answered = [like for pair, like in zip(judge.pairs, judge.likeness, strict=True) if pair.answer]
    if not answered or judge.score <= 0.02 or _is_link_list(judge):
        return False
    if (
        not judge.reading.explicit
        and judge.reading.name not in (("table", "row heads") if evidence else ())
        and not tells(judge, cards=evidence)
    ):
        return False
    if judge.reading.name == "table" and not evidence and _answers_of_columns(judge):
        return False
    share = sum(like > 0 for like in answered) / len(answered)
    sure = sum(like >= 1 for like in answered)
    name = judge.reading.name
    if name == "named columns" and all(item.certain for item in judge.reading.questions):
        return True  # 御意見 beside 考え方, 質問 beside 回答
    if name == "numbered lists":
        return True  # the numbers of questions and answers are the same ones
    if name in ("turns", "taking turns"):
        return True  # the reading itself has weighed how often each voice asks
    if name == "answer marks":
        titled = all(pair.question[0].heading for pair in judge.pairs) and (evidence or HELP_CENTRE.search(page.title))
        return share >= 0.5 or bool(titled)
    if name == "speakers" and (evidence or sure >= 2) and _told_by_speakers(judge):
        return True
    if name == "speakers" and not evidence and len(answered) < 3:
        return False  # one turn of a meeting
    if name == "marks" and not evidence and not sure and not _answers_marked(judge):
        return False  # a sign for help (`q.png`) beside a heading
    if name == "marks" and not evidence and not sure and _marked_by_letters(judge):
        return False  # `q` and `a` are letters here
    if name == "marks" and len(judge.pairs) >= MIN_SEVERAL and len(answered) * 2 < len(judge.pairs):
        return _answers_marked(judge)  # questions of a quiz or a survey; what follows the last is no answer
    if (
        name == "marks"
        and sure
        and len(answered) == len(judge.pairs) >= MIN_SEVERAL
        and share * 3 >= 1
        and tells(judge)
    ):
        return True  # Q and nothing else: one that asks, sentences behind all
    if name in ("microdata", "marks", "speakers", "inline"):
        return name == "microdata" or _answers_marked(judge) or share >= 0.5
    if judge.reading.explicit:
        return (evidence and (share >= 0.3 or name in ("classes", "details", "controls", "named columns"))) or (
            share >= 0.6 and (sure >= 2 or (sure >= 1 and len(answered) >= 3))
        )
    if name == "typographic":
        return evidence and sure >= 2  # a novel is full of questions, too
    if name == "h1" and len(answered) == 1 and evidence and share == 1 and HELP_CENTRE.search(page.title):
        inside = [block for block in next(pair.answer for pair in judge.pairs if pair.answer) if block.heading]
        return len(inside) < 2 or all(
            question_likeness(block.text) < 1 for block in inside
        )  # an entry of a help centre, titled by what went wrong
    if _RECRUITS.search(page.title) and not evidence:
        return False
    return share >= 0.5 and sure >= 1 and (evidence or (sure >= MIN_SEVERAL and share >= 0.7))


_RECRUITS = re.compile(r"採用|リクルート|求人|募集要項|recruit|career", re.IGNORECASE)
"""Titles of pages whose headings ask to advertise (「あなたは、何を変えたいですか？」)."""


def _answers_of_columns(judge: Judged) -> bool:
    """Most answers are put together from several columns: a table about something else, with a column that asks."""
    told = [pair.answer for pair in judge.pairs if pair.answer]
    several = sum(len({block.cell[1] for block in answer if block.cell is not None}) > 1 for answer in told)
    return several * 2 > len(told)


def _told_by_speakers(judge: Judged) -> bool:
    told = [pair.answer for pair in judge.pairs if pair.answer]
    return len(told) >= 2 and all(TELLING_SPEAKER.match(answer[0].text) for answer in told)


def _marked_by_letters(judge: Judged) -> bool:
    """Short texts behind a Q (a picture's, too) or beside `Q-01`, none of which asks."""
    for pair in judge.pairs:
        if not pair.answer:
            continue
        first = pair.question[0]
        mark = (first.text[: first.qa_mark.end] if first.qa_mark is not None else "") or first.lead or first.alt
        if len(question_text(pair.question)) >= MAX_LABEL or not _LETTER.fullmatch(mark.strip()):
            return False
    return True


_LETTER = re.compile(r"[QqＱ](?:[-－‐]?[0-9０-９]{1,4})?[.．:：]?")


def _is_link_list(judge: Judged) -> bool:
    """Questions that lead to other pages, with the name of their category or nothing behind them."""
    told = ["".join(block.text for block in pair.answer) for pair in judge.pairs if pair.answer]
    return len(told) >= MIN_SEVERAL and len(set(told)) == 1 and len(told[0]) <= MAX_QUESTION // 10


def _answers_marked(judge: Judged) -> bool:
    return sum(is_answer_mark(pair.answer) for pair in judge.pairs) * 2 >= len(judge.pairs)
