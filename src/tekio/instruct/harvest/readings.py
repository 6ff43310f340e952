"""Candidate readings of a page: which blocks would be questions if the page had this shape.

Each reading is a function from a page to a list of `Question`; `extents.py` then finds the answers. A reading makes no
judgement about the page: the choice among the readings is made in `choose.py`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page, heading_level
from tekio.instruct.harvest.elements import Question, Reading, blocks_of, elements, joined, squeezed, whole
from tekio.instruct.harvest.flow import questions_of
from tekio.instruct.harvest.marks import (
    ASKING_SPEAKER,
    CONSENT,
    FEEDBACK,
    METADATA,
    RULER,
    is_furniture,
    question_likeness,
)
from tekio.instruct.harvest.tables import by_named_columns, by_tables
from tekio.instruct.harvest.turns import by_turns
from tekio.text.html import tag_of

QUESTION_CLASS = re.compile(
    r"質問$|(?:^|-)(?:q|question|questions|quest|ques|que|qst|qstn|toi|shitsumon|situmon|qtext|qtxt|qttl"
    r"|(?:faq|qa|qanda)-(?:title|ttl|head|header|heading|hd|item-title|q|label|name|tit)"
    r"|acc(?:ordion)?-(?:title|ttl|trigger|head|header|heading|btn|button|label|toggle|opener|summary|tit))(?:$|-(?:text|txt|inner|title|ttl|box|wrap|area|body|label))"
)
ANSWER_CLASS = re.compile(
    r"回答$|(?:^|-)(?:a|answer|answers|answ|ans|kotae|kaitou|atext|atxt"
    r"|(?:faq|qa|qanda)-(?:body|content|contents|detail|a|text|txt)"
    r"|acc(?:ordion)?-(?:body|content|contents|panel|detail|inner|box))(?:$|-(?:text|txt|inner|box|wrap|area|body))"
)


def by_marks(page: Page) -> list[Question]:
    marked: list[Block] = []
    main = page.main()
    for block, following in zip(main, [*main[1:], None], strict=False):
        mark = block.qa_mark
        if mark is None or mark.kind != "question":
            continue
        told = following.qa_mark if following is not None else None
        if mark.alone and marked and told is not None and told.kind == "answer" and not told.glued:
            continue  # a mark with no question behind it: a picture in the question before
        marked.append(block)
    asked = questions_of(page, marked)
    return [
        part for block, until in zip(asked, [*asked[1:], None], strict=False) for part in _parts(page, block, until)
    ]


_PART = re.compile(
    r"^[\s　・]*(?:[(（]\s*([0-9０-９]{1,2}|[ア-オａ-ｅa-e一二三四五六七八九])\s*[)）]|([①-⑳⑴-⒇])|([ア-オ])[.．、　\s])"
)


def _parts(page: Page, block: Block, until: Block | None) -> list[Question]:
    """One question, or its parts where (1), (2) ... below it are answered one by one."""
    span = [
        item
        for item in page.blocks[block.index + 1 : until.index if until is not None else len(page.blocks)]
        if not item.outside
    ]
    told = [at for at, item in enumerate(span) if (mark := item.qa_mark) and mark.kind == "answer" and not mark.glued]
    if len(told) < 2:
        return [Question([block], block.node)]
    firsts = [at for at, item in enumerate(span[: told[0]]) if _PART.match(item.text)]
    starts = [
        max((at for at in range(before + 1, after) if _PART.match(span[at].text)), default=-1)
        for before, after in pairwise(told)
    ]
    numbered = _PART.match(block.text[mark.end :]) if (mark := block.qa_mark) is not None else None
    if (not firsts and not numbered) or not all(start >= 0 for start in starts):
        return [Question([block], block.node)]
    stem = [block, *span[: firsts[-1]]] if firsts else []
    parts = [Question([span[start]], span[start].node, stem=stem) for start in starts]
    return [Question([block], block.node), *parts]


_MARK_NUMBER = re.compile(r"[0-9０-９]+(?:[-－‐−–—ー.．・の][0-9０-９]+)*")


def _mark_number(block: Block, end: int) -> str:
    found = _MARK_NUMBER.search(block.text[:end] or block.lead or block.alt)
    return unicodedata.normalize("NFKC", found[0]) if found else ""


def by_numbered_lists(page: Page) -> list[Question]:
    """All questions first (Q1, Q2 ...), then all answers (A1, A2 ...): the number says which belongs to which."""
    main = page.main()
    if listed := _two_lists(main) or _key_below(main):
        return listed
    questions: dict[str, int] = {}
    answers: dict[str, int] = {}
    for number, block in enumerate(main):
        mark = block.qa_mark
        name = _mark_number(block, mark.end) if mark is not None else ""
        if mark is not None and mark.kind == "question" and answers:
            return []  # questions and answers in turn
        if mark is not None and name:
            (questions if mark.kind == "question" else answers).setdefault(name, number)
    named = [name for name in questions if name in answers]
    if len(named) < 2:
        return []
    starts = [*sorted(answers.values()), len(main)]
    found: list[Question] = []
    for name in named:
        asked, told = main[questions[name]], main[answers[name] : starts[starts.index(answers[name]) + 1]]
        if answers[name] == starts[-2]:
            told = [block for block in told if block.index < _end_around(page, told[0].node, told[0].index)] or told[:1]
        found.append(Question([asked], asked.node, told))
    return found


_KEY = re.compile(
    r"^[【〔［\[■◆●○<＜「]*\s*(?:クイズの|問題の)?(?:解答|正解|正答|答え|こたえ)(?:一覧|編|と解説)?\s*[】〕］\]>＞」]*$"
)


def _key_below(main: list[Block]) -> list[Question]:
    """Numbered questions, and below a line such as 【解答】 the same numbers with the solutions."""
    at = next((place for place, block in enumerate(main) if place and _KEY.match(block.text)), None)
    if at is None:
        return []
    asked, told = _numbered_marks(main[:at]), _numbered_marks(main[at + 1 :])
    if len(asked) < 2 or set(asked) != set(told):
        return []
    found: list[Question] = []
    for name, blocks in asked.items():
        mark = told[name][0].qa_mark
        first = replace(told[name][0], text=told[name][0].text[mark.end if mark else 0 :], lead="", alt="")
        if first.text:
            found.append(Question(blocks, blocks[0].node, [first, *told[name][1:]]))
    return found


def _numbered_marks(blocks: list[Block]) -> dict[str, list[Block]]:
    """Number -> the blocks from its mark to the next."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        mark = block.qa_mark
        name = _mark_number(block, mark.end) if mark is not None and not mark.glued else ""
        if name and name not in found:
            found[name] = [block]
        elif found and not name and not block.heading:
            found[next(reversed(found))].append(block)
    return found


_ITEM_NUMBER = re.compile(r"^(?:[(（]?[0-9０-９]{1,3}[.．、)）]|[①-⑳])\s*")


def _two_lists(main: list[Block]) -> list[Question]:
    """A list below 「質問」 and one of as many items below 「回答」."""
    marks = [(at, mark.kind) for at, block in enumerate(main) if (mark := block.qa_mark) is not None and mark.alone]
    for (asked_at, first), (told_at, second) in pairwise(marks):
        if first != "question" or second != "answer":
            continue
        asked, told = _items(main[asked_at + 1 : told_at]), _items(main[told_at + 1 :])
        told = told[: len(asked)]
        if (
            len(asked) >= 2
            and len(asked) == len(told)
            and sum(question_likeness(item[0].text) > 0 for item in asked) >= 2
        ):
            return [Question(item, item[0].node, answer) for item, answer in zip(asked, told, strict=True)]
    return []


def _items(blocks: list[Block]) -> list[list[Block]]:
    """The items of a numbered list, without their numbers; a heading ends it."""
    items: list[list[Block]] = []
    for block in blocks:
        number = _ITEM_NUMBER.match(block.text)
        if block.heading or not (items or number or block.mark[:1].isdigit()):
            break  # text above a list makes the list a part of one question
        if number or block.mark[:1].isdigit():
            items.append([replace(block, text=block.text[number.end() :] if number else block.text, mark="")])
        elif items and block.indent >= items[-1][0].indent and (block.indent or items[-1][0].node is block.node):
            items[-1].append(block)
        elif items:
            break
    return items


_THEN_ANSWER = re.compile(
    r"(?<=[。．？?！!」）)は])[\s　]*(?=[（(【\[［]?(?:[AＡ]|答え?|回答|お答え)[0-9０-９]{0,3}[.．:：)）】\]］])"
)


def by_inline(page: Page) -> list[Question]:
    """Question and answer in one line or paragraph: 「Q：…か。A：…」."""
    found: list[Question] = []
    for block in page.main():
        mark = block.qa_mark
        if mark is None or mark.kind != "question" or mark.alone:
            continue
        told = _THEN_ANSWER.search(block.text, mark.end + 1)
        if told is not None and told.end() < len(block.text):
            asked = replace(block, text=block.text[: told.start()])
            found.append(
                Question([asked], block.node, [replace(block, text=block.text[told.end() :], lead="", alt="")])
            )
    return found if len(found) >= 2 else []


def by_speakers(page: Page) -> list[Question]:
    return [Question([block], block.node) for block in page.main() if ASKING_SPEAKER.match(block.text)]


def byelements(name: str, around: str, *, outer: bool) -> Callable[[Page], list[Question]]:
    """Elements that are questions by what they are: `dt` in `dl`, `summary` in `details`.

    outer: leave out those inside the answer of another one (a list of terms, a note that opens, within an answer).
    """

    def read(page: Page) -> list[Question]:
        nodes = elements(page, [name])
        if outer:
            nodes = [node for node in nodes if _depth(node, around) <= 1]
        return [Question(blocks, node) for node in nodes if (blocks := blocks_of(page, node))]

    return read


def _depth(node: Any, tag: str) -> int:
    return sum(tag_of(above) == tag for above in node.iterancestors())


def by_row_heads(page: Page) -> list[Question]:
    """Header cells that are alone in their row; the rows below hold the answer."""
    found: list[Question] = []
    for node in elements(page, ["th"]):
        row = node.getparent()
        cells = [child for child in row if tag_of(child) in ("td", "th")] if row is not None else []
        blocks = blocks_of(page, node)
        if len(cells) == 1 and blocks:
            found.append(Question(blocks, node))
    return found


def _target(page: Page, node: Any) -> Any:
    for name in ("aria-controls", "data-target", "data-bs-target", "href"):
        value = (node.get(name) or "").strip()
        if name == "href" and not value.startswith("#"):
            continue
        found = _named(page, value.removeprefix("#"), page.range_of(node)[0]) if value.removeprefix("#") else None
        if found is not None:
            return found
    return None


def _named(page: Page, name: str, at: int) -> Any:
    """The element called `name`; of several with the same name the first one behind the control (at block `at`)."""
    several = page.namesakes.get(name, [])
    return next((node for node in several if page.range_of(node)[0] > at), page.ids.get(name))


_TRIGGER = re.compile(r"trigger|toggle|collapse|accordion|acc|btn|button|open|switch", re.IGNORECASE)


def _is_control(node: Any) -> bool:
    tag = tag_of(node)
    if tag in ("button", "label"):
        return True
    if (node.get("role") or "") in ("button", "tab") or node.get("aria-expanded") is not None:
        return True
    if any(node.get(name) is not None for name in ("aria-controls", "data-target", "data-bs-target", "data-toggle")):
        return True
    if tag == "a":
        href = (node.get("href") or "").strip().lower()
        if href.startswith("javascript") or (href in ("", "#") and node.get("class")):
            return True
        return href.startswith("#") and bool(_TRIGGER.search(node.get("class") or ""))
    return node.get("onclick") is not None


def _is_tab_bar(page: Page, bar: Any) -> bool:
    """Tabs beside each other open categories; an accordion's headers, called tabs too, have panels between them."""
    while bar is not None and tag_of(bar) == "li":
        bar = bar.getparent()
    if bar is None:
        return False
    tabs = {id(below) for below in bar.iter() if tag_of(below) and (below.get("role") or "") == "tab"}
    return all(
        id(block.node) in tabs or any(id(above) in tabs for above in block.node.iterancestors())
        for block in blocks_of(page, bar)
    )


def _asks_by_tab(page: Page, tab: Any) -> bool:
    """Tabs beside each other that nearly all ask, each with a panel of its own: they are questions, no categories."""
    bar = tab.getparent()
    while bar is not None and tag_of(bar) == "li":
        bar = bar.getparent()
    if bar is None:
        return False
    tabs = [below for below in bar.iter() if tag_of(below) and (below.get("role") or "") == "tab"]
    panels = [_target(page, below) for below in tabs]
    asking = sum(question_likeness(joined(blocks_of(page, below))) >= 1.0 for below in tabs)
    own = len({id(panel) for panel in panels}) == len(tabs) and all(
        panel is not None and blocks_of(page, panel) for panel in panels
    )
    return own and len(tabs) >= 2 and asking * 4 >= len(tabs) * 3


def by_controls(page: Page) -> list[Question]:
    """Buttons, labels of checkboxes, toggles: the control is the question, its panel (hidden or not) the answer."""
    found: list[Question] = []
    taken = 0
    for node in page.root.iter():
        if not tag_of(node) or not _is_control(node):
            continue
        if (node.get("role") or "") == "tab" and _is_tab_bar(page, node.getparent()) and not _asks_by_tab(page, node):
            continue
        blocks = whole(page, node)
        if not blocks or blocks[0].index < taken or sum(block.size for block in blocks) > 400:
            continue
        text = joined(blocks)
        if (
            is_furniture(text)
            or FEEDBACK.search(text)
            or CONSENT.match(text.strip())
            or (len(text) < 4 and not question_likeness(text))
        ):
            continue  # 閉じる, はい, いいえ
        taken = blocks[-1].index + 1
        target = _target(page, node)
        answer = None
        if target is not None and target is not node:
            panel = [block for block in blocks_of(page, target) if block not in blocks]
            answer = panel or None
        found.append(Question(blocks, node, answer))
    return found


def _class_tokens(node: Any) -> list[str]:
    tokens: list[str] = []
    for token in (node.get("class") or "").split():
        dashed = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", token)
        tokens.append(re.sub(r"[-_]+", "-", dashed).lower().strip("-"))
    return tokens


def by_classes(page: Page) -> list[Question]:
    """Elements whose class names call them questions."""
    found: list[Question] = []
    taken = 0
    for node in page.root.iter():
        if not tag_of(node) or tag_of(node) in ("body", "html", "dl", "ul", "ol", "table", "section", "details"):
            continue
        if not any(QUESTION_CLASS.search(token) for token in _class_tokens(node)):
            continue
        if any(
            QUESTION_CLASS.search(token) is None and ANSWER_CLASS.search(token)
            for below in node.iterdescendants()
            if tag_of(below)
            for token in _class_tokens(below)
        ):
            continue  # a box around question and answer
        blocks = blocks_of(page, node)
        if blocks and blocks[0].index >= taken and sum(block.size for block in blocks) <= 600:
            taken = blocks[-1].index + 1
            found.append(Question(blocks, node))
    _name_answers(page, found)
    return found


def _name_answers(page: Page, questions: list[Question]) -> None:
    """Where each question is followed by exactly one element whose name says answer, that element is the answer."""
    named: list[list[Block]] = []
    end = 0
    for node in page.root.iter():
        if tag_of(node) and any(ANSWER_CLASS.search(token) for token in _class_tokens(node)):
            blocks = blocks_of(page, node)
            if blocks and blocks[0].index >= end and len(joined(blocks)) > 1:
                named.append(blocks)
                end = blocks[-1].index + 1
    starts = [item.blocks[-1].index for item in questions]
    answers: list[list[Block]] = []
    for number, start in enumerate(starts):
        until = questions[number + 1].blocks[0].index if number + 1 < len(starts) else len(page.blocks)
        between = [blocks for blocks in named if start < blocks[0].index and blocks[-1].index < until]
        around = sum(block.size for block in page.blocks[start + 1 : until] if not block.outside)
        if len(between) != 1 or (number + 1 < len(starts) and sum(block.size for block in between[0]) * 2 < around):
            return
        answers.append(between[0])
    for question, blocks in zip(questions, answers, strict=True):
        question.answer = blocks


def by_heading(level: int) -> Callable[[Page], list[Question]]:
    def read(page: Page) -> list[Question]:
        nodes = [node for node in page.root.iter() if heading_level(node) == level]
        return [Question(blocks, node) for node in nodes if (blocks := blocks_of(page, node))]

    return read


def by_strong(page: Page) -> list[Question]:
    """Lines that stand out by weight or colour only."""
    found: list[Question] = []
    previous: Block | None = None
    for block in page.main():
        if block.strong and block.size >= 5 and not block.heading and not is_furniture(block.text):
            # Two bold lines after each other in one element are one question broken by <br>.
            before = previous if found and previous is found[-1].blocks[-1] else None
            if before is not None and before.node is block.node and not question_likeness(before.text):
                found[-1].blocks.append(block)
                previous = block
                continue
            found.append(Question([block], block.node))
        previous = block
    return found


def by_questions(page: Page) -> list[Question]:
    """Blocks that are a question sentence, with nothing else to tell them from the answers."""
    return [
        Question([block], block.node)
        for block in page.main()
        if block.size <= 200 and block.href is None and question_likeness(block.text) >= 1.0
    ]


def by_anchors(page: Page) -> list[Question]:
    """A list of links to places on the page: the link is the question, what stands at its target the answer."""
    links: list[tuple[Block, Any]] = []
    for block in page.main():
        if block.href and block.href.startswith("#") and not is_furniture(block.text):
            target = page.ids.get(block.href[1:])
            if target is not None and page.range_of(target)[0] > block.index:
                links.append((block, target))
    if len(links) < 2:
        return []
    starts = sorted({page.range_of(target)[0] for _, target in links})
    found: list[Question] = []
    for block, target in links:
        start = page.range_of(target)[0]
        end = next((other for other in starts if other > start), None)
        if end is None:
            end = _end_around(page, target, start)
        answer = [item for item in page.blocks[start:end] if not item.outside]
        question = squeezed(block.text)
        if answer and squeezed(answer[0].text).endswith(question):
            # The question is repeated at its target; then it is the question, and the list an index.
            found.append(Question([answer[0]], answer[0].node, answer[1:]))
        else:
            found.append(Question([block], block.node, answer))
    return found


def _end_around(page: Page, node: Any, start: int) -> int:
    """The end of the closest element around `node` that holds more than the one block the anchor is in."""
    above = node
    while above is not None:
        end = page.range_of(above)[1]
        if end > start + 1:
            return end
        above = above.getparent()
    return len(page.blocks)


def by_microdata(page: Page) -> list[Question]:
    """schema.org Question with acceptedAnswer as attributes of elements."""
    found: list[Question] = []
    for node in page.root.iter():
        if not tag_of(node) or not (node.get("itemtype") or "").rstrip("/").endswith("/Question"):
            continue
        below = [item for item in node.iterdescendants() if tag_of(item)]
        name = next((item for item in below if "name" in (item.get("itemprop") or "").split()), None)
        told = next((item for item in below if "acceptedAnswer" in (item.get("itemprop") or "").split()), None)
        if name is None or told is None:
            continue
        question, answer = blocks_of(page, name), blocks_of(page, told)
        if question and answer:
            found.append(Question(question, name, answer))
    return found


def by_answer_marks(page: Page) -> list[Question]:
    """Only the answers are marked (「回答」, 「A」): what stands before each mark, up to a heading, is its question."""
    found: list[Question] = []
    main = page.main()
    for number, block in enumerate(main):
        mark = block.qa_mark
        if mark is None or mark.kind != "answer" or mark.glued or mark.consults:
            continue
        start = found[-1].blocks[-1].index if found else -1
        before = [
            item
            for item in main[:number]
            if item.index > start and not is_furniture(item.text) and not METADATA.match(item.text)
        ]
        near = [item for item in reversed(before) if question_likeness(item.text) >= 1.0 or item.heading]
        asked = near[0] if near else before[-1] if before else None
        if asked is None or asked.qa_mark is not None:
            return []  # the questions have marks, too
        found.append(Question([asked], asked.node))
    return found


_ARROW = re.compile(r"^[→⇒➡➔►▶]\s*\S")
_SIGN = re.compile(r"^[◆■●▼▽○◎◇□★☆▲△・※]")


def by_arrows(page: Page) -> list[Question]:
    """Lines that begin with one sign and are followed by a line that begins with an arrow (◆ question, ⇒ answer)."""
    signs: dict[str, list[Block]] = {}
    for block, following in pairwise(page.main()):
        sign = _SIGN.match(block.text)
        if sign and _ARROW.match(following.text) and block.href is None and following.href is None:
            signs.setdefault(sign[0], []).append(block)
    asked = max(signs.values(), key=len, default=[])
    return [Question([block], block.node) for block in asked] if len(asked) >= 2 else []


def by_repetition(page: Page) -> list[Reading]:
    """Blocks that stand at equal places of a repeated structure, of which most are questions: then all of them are.

    The place of a block is the path of elements and class names above it. Nothing needs to be known about the names, so
    generated class names, table cells and shapes nobody has listed are read alike.
    """
    places: dict[tuple[str, ...], list[Block]] = {}
    for block in page.main():
        places.setdefault(place_of(block), []).append(block)
        sign = _REPEATED_SIGN.match(block.text)
        if sign:
            places.setdefault((*place_of(block), sign[0]), []).append(block)
    if page.flow:
        places[("margin",)] = _above_indented(page.main())
    readings: list[Reading] = []
    for blocks in places.values():
        asked = [block for block in blocks if question_likeness(block.text) >= 1.0 and block.size <= 200]
        apart = sum(later.index > earlier.index + 1 for earlier, later in pairwise(blocks))
        if len(asked) >= 2 and len(asked) * 2 > len(blocks) and apart == len(blocks) - 1:
            readings.append(
                Reading("repeated", [Question([block], block.node) for block in blocks], 0.86, explicit=False)
            )
    return readings


def _above_indented(main: list[Block]) -> list[Block]:
    """Lines at the margin with text moved in below them; not the title of a section behind a rule."""
    found: list[Block] = []
    for before, block, following in zip(main, main[1:], main[2:], strict=False):
        moved_in = (following.node.get("class") or "").startswith("indent") and not block.node.get("class")
        if moved_in and tag_of(block.node) == "p" and not RULER.match(before.text) and block.qa_mark is None:
            found.append(block)
    return found


_REPEATED_SIGN = re.compile(r"^(?:[◆■●▼▽○◎◇□★☆▲△・※*＊>＞✓✔☑🔶🔷🔸🔹❓❔-]|[0-9０-９]{1,2}[.．、)）])")


def place_of(block: Block) -> tuple[str, ...]:
    """The elements and class names above a block."""
    nodes = [block.node, *block.node.iterancestors()]
    return tuple(f"{tag_of(node)}.{(node.get('class') or '').strip()}" for node in nodes)


READINGS = (
    *(
        "jsonld",
        "microdata",
        "marks",
        "numbered lists",
        "dl",
        "dl inside",
        "details",
        "details inside",
        "controls",
        "classes",
    ),
    *("speakers", "answer marks", "arrows", "turns", "named columns", "table", "row heads"),
    *(f"h{level}" for level in range(1, 7)),
    *("titled headings", "anchors", "repeated", "strong", "typographic"),
)
"""What a recipe can name."""


def all_readings(page: Page) -> list[Reading]:
    """Every reading of the page that finds at least one question."""
    readings = [
        Reading("microdata", by_microdata(page), 1.0, explicit=True),
        Reading("marks", by_marks(page), 1.0, explicit=True, marked=True),
        Reading("numbered lists", by_numbered_lists(page), 1.0, explicit=True, marked=True),
        Reading("inline", by_inline(page), 1.0, explicit=True, marked=True),
        Reading("dl", byelements("dt", "dl", outer=True)(page), 0.97, explicit=True),
        Reading("dl inside", byelements("dt", "dl", outer=False)(page), 0.96, explicit=True),
        Reading("details", byelements("summary", "details", outer=True)(page), 0.97, explicit=True),
        Reading("details inside", byelements("summary", "details", outer=False)(page), 0.96, explicit=True),
        Reading("controls", by_controls(page), 0.96, explicit=True),
        Reading("classes", by_classes(page), 0.97, explicit=True),
        Reading("speakers", by_speakers(page), 0.95, explicit=True, marked=True),
        Reading("answer marks", by_answer_marks(page), 0.9, explicit=True, marked=True),
        Reading("arrows", by_arrows(page), 0.95, explicit=True),
        *(Reading("turns", asked, 0.9, explicit=True) for asked in by_turns(page)),
        Reading("named columns", by_named_columns(page), 0.96, explicit=True),
        Reading("table", by_tables(page), 0.95, explicit=False),
        Reading("row heads", by_row_heads(page), 0.94, explicit=False),
        *(Reading(f"h{level}", by_heading(level)(page), 0.92, explicit=False) for level in range(1, 7)),
        Reading("anchors", by_anchors(page), 0.9, explicit=False),
        *by_repetition(page),
        Reading("strong", by_strong(page), 0.88, explicit=False),
        Reading("typographic", by_questions(page), 0.65, explicit=False),
    ]
    return [reading for reading in readings if reading.questions]
