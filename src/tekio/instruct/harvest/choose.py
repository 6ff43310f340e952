"""The choice among readings: the one that explains most of the page wins; others may fill what it leaves."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.elements import Question, Reading
from tekio.instruct.harvest.extents import Pair, drop_named_topics, pair_up
from tekio.instruct.harvest.marks import (
    ASKING_SPEAKER,
    BLANK_FORM,
    BRANCH,
    FEEDBACK,
    HELP_CENTRE,
    NO_QUESTION,
    PAGE_EVIDENCE,
    TEASER,
    TELLING_SPEAKER,
    TITLED_FAQ,
    TOLD_LATER,
    UNANSWERED,
    is_furniture,
    is_lone_mark,
    is_unfolding,
    question_likeness,
    undecorated,
    without_unfolding,
)
from tekio.instruct.harvest.readings import all_readings, place_of
from tekio.text.html import tag_of

FILLING = frozenset(
    ["microdata", "marks", "dl", "details", "controls", "named columns", "table", "classes", "row heads"]
)
MAX_QUESTION = 400
"""Characters of what is taken for a question by its looks; between a question's mark and its answer's there is no limit."""
MAX_LABEL = 15
MIN_SEVERAL = 3
NEARLY = 0.8
_CHOICE = re.compile(r"(?i)(?:yes|no|はい|いいえ|わからない|分からない|どちらでもない|その他)")
_SHARE = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?\s*(?:[%％]|パーセント|ポイント)")


@dataclass
class Chosen:
    """A pair with the reading it comes from."""

    pair: Pair
    reading: str
    explicit: bool
    likeness: float


@dataclass
class _Judged:
    reading: Reading
    pairs: list[Pair]
    likeness: list[float]
    score: float

    def limit(self, pair: Pair) -> float:
        """How long the question of `pair` may be."""
        return math.inf if self.reading.marked and is_answer_mark(pair.answer) else MAX_QUESTION


def question_text(blocks: list[Block]) -> str:
    """The question without its mark."""
    texts: list[str] = []
    nodes: list[object] = []
    plain = [block for block in blocks if not block.badge]
    if any(block.text and not is_lone_mark(block.text) for block in plain):
        blocks = plain
    for number, block in enumerate(blocks):
        text = block.text
        if number == 0:
            mark = block.qa_mark
            if mark is not None and mark.kind == "question":
                text = text[mark.end :]
            elif (speaker := ASKING_SPEAKER.match(text)) is not None:
                text = text[speaker.end() :]
        # A sign before the first line belongs to the page; on later lines it is an item's (○ ×) and stays.
        text = undecorated(text.strip()) if not number or not undecorated(text.strip()) else text.strip()
        if text:
            texts.append((block.mark if number else "") + without_unfolding(text))
            nodes.append(block.node)
    return join_lines(texts, nodes)


_SENTENCE_END = re.compile(r"[。．？?！!」』）)：:]$")
_ITEM = re.compile(
    r"^(?:[・●○◎■◆※]|[①-⑳⑴-⒇]|[(（][0-9０-９一二三四五六七八九十ア-ンａ-ｚa-z注例]{1,3}[)）]|[0-9０-９]{1,2}[.．\s　])"
)


def join_lines(texts: list[str], nodes: list[object]) -> str:
    """Lines of one question as one line, paragraphs and items of its own as lines; a space between words with spaces."""
    joined = ""
    for number, text in enumerate(texts):
        paragraph = number and nodes[number] is not nodes[number - 1] and _SENTENCE_END.search(joined)
        if paragraph or (len(joined) > MAX_LABEL and _ITEM.match(text)):
            joined += "\n" + text
        else:
            joined += (" " if joined and joined[-1].isascii() and text[:1].isascii() else "") + text
    return joined


def page_evidence(page: Page) -> bool:
    """The page calls itself a page of questions, in its title or a heading."""
    names = [page.title, page.opening, *(block.text for block in page.blocks if block.heading)]
    if any(PAGE_EVIDENCE.search(name) for name in names):
        return True
    asking = sum(
        question_likeness(block.text) >= 1.0 for block in page.main() if block.href is None and block.size <= 200
    )
    if asking >= 2 and any(
        block.cell is None and _ONLY_TITLE.match(block.text) and block.href is None and not block.mark
        for block in page.main()
    ):
        return True
    if sum(is_unfolding(block.text.strip()) for block in page.main()) >= MIN_SEVERAL:
        return True
    if _leads_to_questions(page):
        return True
    # An entry of a help centre has a question as its title and asks at the end whether it helped.
    return bool(HELP_CENTRE.search(page.title)) and any(FEEDBACK.search(block.text) for block in page.blocks)


_QUESTION_PAGE = re.compile(r"(?:^|[/_.-])(?:faqs?|qa|q-a|qanda|questions?)(?:[/_.?-]|[0-9]|$)", re.IGNORECASE)


_ONLY_TITLE = re.compile(
    r"^[\s　■◆●◎○◇□【《<＜]*(?:よくある(?:ご)?(?:質問|お?問い?合わ?せ|疑問)|よくいただく(?:ご)?質問|FAQ|ＦＡＱ|Q\s?[&＆]\s?A|Ｑ＆Ａ)[\s　】》>＞]*$"
)


def _leads_to_questions(page: Page) -> bool:
    """Several of its links that ask lead to pages that are called questions."""
    asking = [
        block
        for block in page.main()
        if block.href and _QUESTION_PAGE.search(block.href) and question_likeness(block.text) >= 1
    ]
    return len(asking) >= MIN_SEVERAL


def choose(page: Page, only: list[str] | None = None) -> list[Chosen]:
    """The pairs of a page in its order; none when the page is no FAQ."""
    evidence = page_evidence(page)
    total = sum(block.size for block in page.main()) or 1
    judged = [
        judge
        for reading in all_readings(page)
        if not only or reading.name in only
        for judge in [_judge(reading, pair_up(page, reading), total)]
        if _acceptable(page, judge, evidence)
    ]
    several = any(_answered(judge) >= MIN_SEVERAL for judge in judged)
    # One pair that swallows the page explains all of it, and nothing.
    judged.sort(
        key=lambda item: (not _is_certain(item), several and _answered(item) == 1, -item.score, item.reading.name)
    )
    judged = _named_first(_standing_out_first(judged), several=several)
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
        for pair, likeness in zip(judge.pairs, judge.likeness, strict=True):
            if numbered and likeness == 0 and not _COUNTED.match(pair.question[0].text):
                continue  # a heading without a number among numbered ones that ask
            if apart and likeness < 1 and not _below_title(page, pair.question[0].node):
                continue
            if _list_around(pair) in facts or _is_filled_in(page, pair):
                continue
            shared = bool(chosen) and pair.answer == chosen[-1].pair.answer and judge.reading.name == chosen[-1].reading
            used = {block.index for block in (*pair.question[pair.stem :], *([] if shared else pair.answer))}
            repeated = judge.reading.name == "repeated"  # its places say that all of them are questions
            trusted = number == 0 and (
                judge.reading.explicit
                or (repeated and _asks_throughout(judge))
                or (apart and _stands_alike(judge, pair))
                or (
                    evidence
                    and (
                        repeated
                        or (_mostly_questions(judge) and _is_built_alike(judge, pair))
                        or (titled and _under_title(page, judge) and _stands_alike(judge, pair))
                    )
                )
            )
            if not taken & used and _plausible(pair, likeness, judge.limit(pair), trusted=trusted, filling=number > 0):
                taken |= used
                chosen.append(Chosen(pair, judge.reading.name, judge.reading.explicit, likeness))
    chosen.sort(key=lambda item: item.pair.question[0].index)
    _drop_labels(chosen)
    drop_named_topics([item.pair for item in chosen])
    return chosen


_COUNTED = re.compile(r"^(?:[0-9０-９]{1,2}[.．、)）\s　]|[(（][0-9０-９]{1,2}[)）]|[①-⑳])")


def _numbered(judge: _Judged) -> bool:
    """All questions of a reading that ask are counted."""
    asking = [pair.question[0].text for pair, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0]
    return len(asking) >= MIN_SEVERAL and all(_COUNTED.match(text) for text in asking)


def _is_filled_in(page: Page, pair: Pair) -> bool:
    """Fields to tick or to fill in stand below the question where its answer should be."""
    if not pair.answer or not page.fields or is_answer_mark(pair.answer):
        return False
    first, last = pair.question[-1].index, pair.answer[-1].index
    below = sum(first < at <= last for at in page.fields)
    return below >= 2 or (below == 1 and len(pair.answer) == 1 and not _SENTENCE.search(pair.answer[0].text))


def _asks_throughout(judge: _Judged) -> bool:
    """Nearly all blocks of one place ask, and every one is followed by text: then the others there are questions, too."""
    asking = sum(like >= 1.0 for like in judge.likeness)
    return asking >= MIN_SEVERAL and asking * 10 >= 7 * len(judge.likeness) and _answered(judge) == len(judge.pairs)


def _stands_alike(judge: _Judged, pair: Pair) -> bool:
    """The heading stands where headings that ask stand, so it is not a section of an article above them."""
    places = {
        place_of(other.question[0]) for other, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0
    }
    return not places or place_of(pair.question[0]) in places


def _is_built_alike(judge: _Judged, pair: Pair) -> bool:
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


def _lists_of_facts(page: Page, judge: _Judged) -> set[Any]:
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


def _asks_in_a_section(page: Page, judge: _Judged) -> bool:
    """All that asks stands below a heading such as 「よくある質問」 inside the page: what is not below it is something else."""
    if TITLED_FAQ.search(page.title) or judge.reading.name in ("marks", "turns", "speakers", "inline"):
        return False
    asking = [
        pair.question[0] for pair, like in zip(judge.pairs, judge.likeness, strict=True) if like >= 1.0 and pair.answer
    ]
    return len(asking) >= 2 and all(_below_title(page, block.node) for block in asking)


def _figures(judge: _Judged) -> set[Any]:
    """Lists and tables of which nothing asks and no answer is a sentence, beside others that ask: fees, dates, addresses."""
    lists: dict[Any, list[tuple[float, bool]]] = {}
    for pair, likeness in zip(judge.pairs, judge.likeness, strict=True):
        if pair.answer and (around := _list_around(pair)) is not None:
            told = any(block.size >= 30 or _SENTENCE.search(block.text) for block in pair.answer)
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


def _titled_headings(page: Page, only: list[str] | None, total: int) -> list[_Judged]:
    """Where nothing asks and the page calls itself questions and answers, its headings are the questions."""
    judged = [
        judge
        for reading in all_readings(page)
        if reading.name in ("h2", "h3", "h4", "dl", "details") and (not only or reading.name in only)
        for judge in [_judge(reading, pair_up(page, reading), total)]
        if _answered(judge) >= MIN_SEVERAL and _under_title(page, judge) and _tells(judge)
    ]
    return sorted(judged, key=lambda item: (-item.score, item.reading.name))[:1]


def _under_title(page: Page, judge: _Judged) -> bool:
    """The title above all the headings of a reading (or the page's) says that questions and answers follow."""
    if not judge.pairs:
        return False
    first = judge.pairs[0].question[0]
    level = first.heading or 7
    above = [block for block in page.main() if block.index < first.index and 0 < block.heading < level]
    named = above[-1].text if above else page.title or page.opening
    asks = sum(like >= 1.0 for like in judge.likeness)
    return len(named) <= 60 and bool(TITLED_FAQ.search(named) or (asks and HELP_CENTRE.search(page.title)))


def _tells(judge: _Judged, *, cards: bool = False) -> bool:
    """Most answers hold a sentence: not the dates and categories below the headlines of a list.

    cards: the page is one of questions; then a whole answer may lead to another page.
    """
    told = [pair.answer for pair in judge.pairs if pair.answer]
    full = sum(any(block.size >= 30 or _SENTENCE.search(block.text) for block in answer) for answer in told)
    teased = sum(TEASER.search(answer[-1].text) is not None for answer in told)
    linked = sum(all(block.href is not None for block in answer) for answer in told)
    whole = sum(answer[-1].text.rstrip().endswith(("。", "．", "！")) for answer in told)
    return (
        full * 2 >= len(told) and teased * 2 < len(told) and (linked * 2 < len(told) or (cards and whole == len(told)))
    )


_SENTENCE = re.compile(r"[。．！!]|(?:です|ます|ません|ください)$")


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


def _is_certain(judge: _Judged) -> bool:
    """Columns that are called question and answer."""
    return _answered(judge) >= MIN_SEVERAL and all(item.certain for item in judge.reading.questions)


def _standing_out_first(judged: list[_Judged]) -> list[_Judged]:
    """Lines that stand out go before sentences that ask where they hold all of these and explain nearly as much."""
    if not judged or judged[0].reading.name != "typographic":
        return judged
    asking = {question.blocks[0].index for question in judged[0].reading.questions}
    for judge in judged[1:]:
        own = {question.blocks[0].index for question in judge.reading.questions}
        if asking <= own and judge.score >= NEARLY * judged[0].score:
            return [judge, *(item for item in judged if item is not judge)]
    return judged


def _named_first(judged: list[_Judged], *, several: bool) -> list[_Judged]:
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
        if part or (judge.score >= NEARLY * judged[0].score and (_answered(judge) > 1 or not several)):
            return [judge, *(item for item in judged if item is not judge)]
    return judged


def _in_order(reading: Reading) -> list[Question]:
    return sorted(reading.questions, key=lambda item: item.blocks[0].index)


def _judge(reading: Reading, pairs: list[Pair], total: int) -> _Judged:
    likeness = [
        _likeness(question_text(pair.question), marked=reading.marked and is_answer_mark(pair.answer)) for pair in pairs
    ]
    judge = _Judged(reading, pairs, likeness, 0.0)
    explained = 0.0
    for pair, like in zip(pairs, likeness, strict=True):
        size = sum(block.size for block in pair.answer)
        if not size or sum(block.size for block in pair.question) > judge.limit(pair):
            continue
        weight = 0.7 + 0.3 * like if reading.explicit else 0.1 + 0.9 * like
        if _holds_another(pair):
            weight *= 0.5
        if any(_hidden_question(block) for block in pair.answer):
            weight *= 0.4
        explained += weight * (size + sum(block.size for block in pair.question))
    judge.score = reading.prior * explained / total
    return judge


def _holds_another(pair: Pair) -> bool:
    """The answer begins with a term or a summary of its own: the question is the name of a category."""
    asked, told = pair.question[0].node, pair.answer[0].node
    return any(
        tag_of(node) in ("dt", "summary")
        for node in (told, *told.iterancestors())
        if node is not asked and node not in asked.iterancestors()
    )


def _likeness(text: str, *, marked: bool) -> float:
    """How much a question asks at its end, or, between its mark and the answer's, in any sentence."""
    like = question_likeness(text[-MAX_QUESTION:])
    if like >= 1 or not marked:
        return like
    return max(like, *(question_likeness(part) for part in re.split(r"(?<=[。．？?！!\n])", text) if part.strip()), 0.0)


def _answered(judge: _Judged) -> int:
    return sum(bool(pair.answer) for pair in judge.pairs)


def _hidden_question(block: Block) -> bool:
    """A block inside an answer that is plainly another question: the reading is too coarse."""
    mark = block.qa_mark
    if mark is not None and mark.kind == "question":
        return True
    return (block.heading > 0 or block.strong) and question_likeness(block.text) >= 1.0


def _acceptable(page: Page, judge: _Judged, evidence: bool) -> bool:
    answered = [like for pair, like in zip(judge.pairs, judge.likeness, strict=True) if pair.answer]
    if not answered or judge.score <= 0.02 or _is_link_list(judge):
        return False
    if (
        not judge.reading.explicit
        and judge.reading.name not in (("table", "row heads") if evidence else ())
        and not _tells(judge, cards=evidence)
    ):
        return False
    share = sum(like > 0 for like in answered) / len(answered)
    sure = sum(like >= 1 for like in answered)
    name = judge.reading.name
    if name == "named columns" and all(item.certain for item in judge.reading.questions):
        return True  # 御意見 beside 考え方, 質問 beside 回答
    if name == "numbered lists":
        return True  # the numbers of questions and answers are the same ones
    if name == "turns":
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
    return share >= 0.5 and sure >= 1 and (evidence or (sure >= MIN_SEVERAL and share >= 0.7))


def _told_by_speakers(judge: _Judged) -> bool:
    told = [pair.answer for pair in judge.pairs if pair.answer]
    return len(told) >= 2 and all(TELLING_SPEAKER.match(answer[0].text) for answer in told)


def _marked_by_letters(judge: _Judged) -> bool:
    """Short texts behind a Q, none of which asks."""
    for pair in judge.pairs:
        if not pair.answer:
            continue
        first = pair.question[0]
        mark = first.text[: first.qa_mark.end] if first.qa_mark is not None else ""
        if len(question_text(pair.question)) >= MAX_LABEL or not _LETTER.fullmatch(mark.strip()):
            return False
    return True


_LETTER = re.compile(r"[QqＱ][0-9０-９]{0,2}[.．:：]?")


def _is_link_list(judge: _Judged) -> bool:
    """Questions that lead to other pages, with the name of their category or nothing behind them."""
    told = ["".join(block.text for block in pair.answer) for pair in judge.pairs if pair.answer]
    return len(told) >= MIN_SEVERAL and len(set(told)) == 1 and len(told[0]) <= MAX_QUESTION // 10


def _answers_marked(judge: _Judged) -> bool:
    return sum(is_answer_mark(pair.answer) for pair in judge.pairs) * 2 >= len(judge.pairs)


def is_answer_mark(answer: list[Block]) -> bool:
    """Whether an answer begins with its mark."""
    mark = answer[0].qa_mark if answer else None
    return mark is not None and mark.kind == "answer"


def _is_form(answer: list[Block]) -> bool:
    """A survey, its results, or a diagnosis: what follows the question are choices to tick or shares, no answer."""
    if all(UNANSWERED.match(block.text.strip()) or BLANK_FORM.match(block.text) for block in answer):
        return True
    if TOLD_LATER.match(answer[0].text.strip()) or all(tag_of(block.node) == "button" for block in answer):
        return True
    choices = sum(_CHOICE.fullmatch(block.text.strip()) is not None for block in answer)
    branches = sum(BRANCH.match(block.text.strip()) is not None for block in answer)
    return choices >= 2 or branches * 2 >= len(answer) or _is_tally(answer)


def _is_tally(answer: list[Block]) -> bool:
    """The results of a survey: labels and shares, no sentence."""
    shares = sum(_SHARE.fullmatch(block.text.strip()) is not None for block in answer)
    if any(_SHARE_COLUMN.fullmatch(block.text.strip()) for block in answer):
        figures = [float(text) for block in answer if _FIGURE.fullmatch(text := _half_width(block.text))]
        tallied = any(_CHOICE_COLUMN.fullmatch(block.text.strip()) for block in answer)
        if len(figures) * 3 >= len(answer) and (tallied or abs(sum(figures) - 100) <= ROUNDED):
            shares += len(answer)
    sentences = any(block.text.rstrip().endswith(("。", "．", ".")) for block in answer)
    return shares >= 2 and shares * 5 >= len(answer) * 2 and not sentences


_SHARE_COLUMN = re.compile(
    r"(?:割合|構成比|比率|回答(?:数|者数|率|割合|件数|比率)|人数|件数|度数|[%％nNｎＮ])[\s　]*(?:[(（].{1,8}[)）])?"
)
_CHOICE_COLUMN = re.compile(r"(?:選択肢|選択項目|回答(?:項目|内容|の?選択肢)?|カテゴリー?|区分)")
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
ROUNDED = 3.0
"""Percent by which rounded shares may miss a hundred."""


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(",", "").strip()


_CHOOSE = re.compile(
    r"(?:どれか|選びなさい|選べ|選択しなさい|(?:正しい|適切な|誤っている|不適切な|当たらない|該当しない)もの(?:は|を)[^。]{0,12})[。．?？]?$"
)
_NUMBERED = re.compile(r"^(?:[(（]?[0-9０-９ア-オｱ-ｵA-Ea-eＡ-Ｅ][)）.．、:：\s　]|[①-⑩])")
_IN_A_ROW = re.compile(r"[(（][1-5１-５ア-オ][)）]|[①-⑤]")
_SOLUTION = re.compile(
    r"(?:正解|解答|答え?|正答)\s*(?:は|[:：])?\s*[(（]?(?:[ア-オA-Ea-e①-⑩]|[0-9０-９]+(?![0-9０-９]*[年月日]))"
)


def _is_exam(question: str, answer: list[Block]) -> bool:
    """A question of an examination with its choices and no solution."""
    choices = sum(bool(block.mark) or _NUMBERED.match(block.text) is not None for block in answer)
    choices = max(choices, *(len(_IN_A_ROW.findall(block.text)) for block in answer))
    asks = _CHOOSE.search(question.split("\n")[0]) or _CHOOSE.search(question)
    return bool(asks) and choices >= 3 and not any(_SOLUTION.search(block.text) for block in answer)


def _mostly_questions(judge: _Judged) -> bool:
    """Headings or bold lines that are questions but for a few: the few are questions in the form of a title."""
    answered = [like for pair, like in zip(judge.pairs, judge.likeness, strict=True) if pair.answer]
    return len(answered) >= MIN_SEVERAL and 3 * sum(like > 0 for like in answered) >= 2 * len(answered)


def _plausible(pair: Pair, likeness: float, limit: float, *, trusted: bool, filling: bool) -> bool:
    text = question_text(pair.question)
    size = sum(block.size for block in pair.question)
    if not pair.answer or not text or size > limit or is_furniture(text) or _is_form(pair.answer):
        return False
    if _is_exam(text, pair.answer):
        return False
    if all(block.href is not None and question_likeness(block.text) >= 1.0 for block in pair.answer):
        return False  # the next entry of an index
    if likeness == 0 and len(pair.answer) > 1 and all(block.href is not None for block in pair.answer):
        return False  # a menu that opens
    if trusted:
        return likeness > 0 or (size >= 4 and (size > MAX_LABEL or not NO_QUESTION.search(text)))
    return likeness > 0 if not filling else likeness >= 1.0
