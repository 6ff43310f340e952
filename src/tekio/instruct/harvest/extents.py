"""Where an answer ends: the blocks after a question that belong to it.

If the item around the question holds text after it (a list item, a card, a details element), the answer ends with the
item. If questions and answers are siblings, it ends at the next question, at a heading that opens a new topic, or with
their common parent.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.elements import Question, Reading
from tekio.instruct.harvest.flow import EXPLAINS, MAX_TITLE, SECTION, is_title, without_leaders
from tekio.instruct.harvest.marks import (
    BELOW,
    CHAIR,
    CODA,
    FAREWELL,
    FEEDBACK,
    INVITATION,
    METADATA,
    RULER,
    STAMP,
    TAIL,
    TELLING_SPEAKER,
    is_asker,
    is_furniture,
    is_lone_mark,
    question_likeness,
)
from tekio.text.html import tag_of

TOPIC_LINE = re.compile(r"^(?:第\s*[0-9０-９一二三四五六七八九十]+\s*[章節編部款]?[\s　]|[■◆●○◎◇□▼▽【＜〔《])")
MAX_TOPIC = 40
MAX_TITLE_OF_ROW = 12
MAX_CHOICE = 20
MAX_METADATA = 40
FLAT = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "font", "span", "b", "strong", "tr", "td"])
"""Elements that cannot hold a whole item: lists and tables of the answer stand beside them."""


@dataclass
class Pair:
    """Blocks of one question and of its answer (empty: the question has none)."""

    question: list[Block]
    answer: list[Block]
    stem: int = 0
    """So many of the question's first blocks belong to other parts of it, too."""


def _chain(node: Any) -> list[Any]:
    return [*reversed(list(node.iterancestors())), node]


def _common(first: list[Any], second: list[Any]) -> int:
    """How many elements two chains share from the root."""
    depth = 0
    for one, two in zip(first, second, strict=False):
        if one is not two:
            break
        depth += 1
    return depth


def pair_up(page: Page, reading: Reading) -> list[Pair]:
    """The answers of a reading's questions, in order of the page."""
    questions = sorted(reading.questions, key=lambda item: item.blocks[0].index)
    chains = [_chain(item.node) for item in questions]
    shared = [_common(one, two) for one, two in pairwise(chains)]
    pairs: list[Pair] = []
    flat: list[tuple[int, Any]] = []
    for number, question in enumerate(questions):
        if question.answer is not None:
            answer = _without_details(_without_end(_without_furniture(_up_to_coda(question.answer))))
            while answer and answer[-1].heading:
                answer = answer[:-1]  # the title of what comes next
            inside = {block.index for block in answer}
            if any(other.blocks[0].index in inside for other in questions if other is not question):
                answer = []  # the panel of a whole category, or of a tab
            pairs.append(Pair(question.blocks, answer))
            continue
        depth = max(shared[number - 1 : number] + shared[number : number + 1], default=0)
        end = questions[number + 1].blocks[0].index if number + 1 < len(questions) else len(page.blocks)
        begin = question.blocks[-1].index + 1
        told_at = _first_answer_mark(page.blocks[begin:end], _marked_by(question)) if reading.marked else None
        limit, parent = _limit(page, chains[number], depth, begin, told_at)
        blocks = [block for block in page.blocks[begin : min(end, limit)] if not block.outside]
        following = questions[number + 1] if number + 1 < len(questions) else None
        if page.flow and told_at is not None:
            blocks = _cut_in_flow(page, blocks, following, told_at)
        else:
            blocks = _cut_at_row(_cut_at_topic(blocks, question, told_at, nested=parent is None), told_at)
        if parent is not None:
            flat.append((len(pairs), parent))
        pairs.append(_finish(question, blocks, reading, last=number + 1 == len(questions), flow=page.flow))
    _trim_last(pairs, flat)
    _share_answers(questions, pairs)
    return pairs


def drop_named_topics(pairs: list[Pair]) -> None:
    """Without a short line whose class name stands behind answers only, never in one: the title of the next section."""
    inside = {name for pair in pairs for block in pair.answer[:-1] if (name := _class_of(block))}
    for pair in pairs[:-1]:
        last = pair.answer[-1] if len(pair.answer) > 1 else None
        if last is None or last.cell is not None or last.size > MAX_TOPIC or last.text.endswith(("。", "．")):
            continue
        name = _class_of(last)
        if name and name not in inside and _class_of(pair.answer[-2]) != name and _class_of(pair.answer[0]) != name:
            pair.answer = pair.answer[:-1]


def _class_of(block: Block) -> str:
    """The class name of a block's element; how far text is moved in (`plain.py`) is none."""
    name = (block.node.get("class") or "").strip()
    return "" if _MOVED_IN.fullmatch(name) else name


_MOVED_IN = re.compile(r"indent[0-9]+")


def _up_to_coda(blocks: list[Block]) -> list[Block]:
    """Up to a heading such as 「お問い合わせ先」."""
    for number, block in enumerate(blocks):
        if number and block.heading and block.size <= MAX_TOPIC and CODA.match(block.text):
            return blocks[:number]
    return blocks


def _share_answers(questions: list[Question], pairs: list[Pair]) -> None:
    """Two `dt` in front of one `dd`: the answer is both questions'."""
    for number in range(len(pairs) - 2, -1, -1):
        node, following = questions[number].node, questions[number + 1].node
        while node is not None and tag_of(node) != "dt":
            node = node.getparent()
        while following is not None and tag_of(following) != "dt":
            following = following.getparent()
        if not pairs[number].answer and node is not None and following is not None and node.getnext() is following:
            pairs[number].answer = list(pairs[number + 1].answer)


_LETTER_MARK = re.compile(r"^[AaＡ](?:[、,，･・…／/及又と]|[\s　]+[BbＢ](?![a-zａ-ｚ]))")


def _is_answer_mark(block: Block, asked: Block) -> bool:
    """Whether the block marks the answer to the question that begins with `asked`.

    `A社は…` and 「A、Bの夫婦は…」 count only where the question is marked `Q社は…`, too; アドバイス only below 相談内容.
    """
    mark = block.qa_mark
    marked = (
        mark is not None
        and mark.kind == "answer"
        and (_is_glued(asked) or not (mark.glued or _LETTER_MARK.match(block.text)))
        and (not mark.consults or _consults(asked))
    )
    return marked or TELLING_SPEAKER.match(block.text) is not None


def _consults(block: Block) -> bool:
    mark = block.qa_mark
    return mark is not None and mark.consults


def _is_glued(block: Block) -> bool:
    mark = block.qa_mark
    return mark is None or mark.glued


def _first_answer_mark(blocks: list[Block], asked: Block) -> int | None:
    return next((block.index for block in blocks if not block.outside and _is_answer_mark(block, asked)), None)


def _limit(page: Page, chain: list[Any], depth: int, begin: int, told_at: int | None) -> tuple[int, Any]:
    """(one after the last block an answer may have, the common parent when questions and answers are siblings).

    told_at: where the answer's mark is, if there is one; an item that ends before it is not the whole item.
    """
    if depth == 0:  # the only question: the closest element that holds text after it
        for node in reversed(chain[:-1]):
            if tag_of(node) in ("header", "hgroup"):
                continue  # the title's surroundings: author, date
            end = page.range_of(node)[1]
            if (told_at is None or told_at < end) and any(not block.outside for block in page.blocks[begin:end]):
                return end, None
        return len(page.blocks), None
    if depth < len(chain):
        branch = chain[depth]
        end = page.range_of(branch)[1]
        holds = any(not block.outside and not is_furniture(block.text) for block in page.blocks[begin:end])
        if holds and tag_of(branch) not in FLAT and (told_at is None or told_at < end):
            return end, None
    parent = chain[depth - 1]
    return page.range_of(parent)[1], parent


def _cut_at_topic(blocks: list[Block], question: Question, told_at: int | None, *, nested: bool) -> list[Block]:
    """nested: the blocks are an item of their own; only a heading such as 「関連する質問」 ends the answer in it."""
    level = question.blocks[0].heading
    for number, block in enumerate(blocks):
        if told_at is not None and block.index <= told_at:
            continue  # the answer's mark may stand in a heading, as the question's does
        row_head = question.blocks[0].cell is not None and tag_of(block.node) == "th"
        apart = bool(block.heading or block.strong or row_head) and block.size <= MAX_TOPIC
        if number and apart and CODA.match(block.text):
            return blocks[:number]
        if not block.heading or (nested and not (told_at is not None and level and block.heading <= level)):
            continue
        if level and block.heading > level:
            continue
        if not level and _is_subheading(blocks, number):
            continue
        return blocks[:number]
    return blocks


def _cut_at_row(blocks: list[Block], told_at: int | None) -> list[Block]:
    """Up to the next row with a head where the answer's mark is the head of its row (管理番号, 質問, 回答, 担当課)."""
    mark = next((block for block in blocks if block.index == told_at), None)
    if mark is None or mark.cell is None or mark.qa_mark is None or not mark.qa_mark.alone:
        return blocks
    table = _table_of(mark)
    for number, block in enumerate(blocks):
        if block.index > mark.index and block.cell is not None and block.cell[1] == mark.cell[1]:
            head = tag_of(block.node) == "th" or (tag_of(mark.node) != "th" and block.size <= MAX_TITLE_OF_ROW)
            if block.cell[0] > mark.cell[0] and head and _table_of(block) is table:
                return blocks[:number]
    return blocks


def _table_of(block: Block) -> Any:
    return next((above for above in block.node.iterancestors() if tag_of(above) == "table"), None)


def _cut_in_flow(page: Page, blocks: list[Block], following: Question | None, told_at: int) -> list[Block]:
    """The answer in a document of lines: all of it up to the next section, coda or question; explanations belong to it."""
    level = next((block.heading for block in blocks if block.index == told_at), 0) or 6
    for number, block in enumerate(blocks):
        if block.index <= told_at or not number:
            continue
        text = block.text.strip()
        if block.size <= MAX_TOPIC and CODA.match(text) and (block.heading or block.strong):
            return blocks[:number]
        if following is None and 0 < block.heading <= level and not EXPLAINS.match(text):
            return blocks[:number]
        if SECTION.match(text) and not EXPLAINS.match(text) and (block.heading or following is not None):
            rest = blocks[number:]
            if all(item.size <= MAX_TITLE and (item.heading or SECTION.match(item.text)) for item in rest):
                return blocks[:number]
    while len(blocks) > 1 and following is not None and blocks[-1].index > told_at:
        last = blocks[-1]
        if (
            last.index in page.titles
            or _opens_section(page, blocks)
            or is_title(last, following.blocks[0])
            or _PAGE_NUMBER.match(last.text)
            or (last.heading and not EXPLAINS.match(last.text))
        ):
            blocks = blocks[:-1]
        else:
            break
    return blocks


_NUMBERED_TITLE = re.compile(r"^[\s\u3000]*([0-9０-９]{1,2})(?:[.．、][\s\u3000]*|[\s\u3000]+)(?=[^0-9０-９\s])")


def _opens_section(page: Page, blocks: list[Block]) -> bool:
    """Whether the last line is the title of the next section: the page has listed it, or it counts on from the last one.

    The title of the first section stands right before the first question; a list's item has its predecessor in the answer.
    """
    last = blocks[-1]
    text = last.text.strip()
    counted = _NUMBERED_TITLE.match(text)
    if not counted or last.size > MAX_TOPIC or text.endswith(("。", "．", "：", ":")):
        return False
    number = int(counted[1])
    items = [item for block in blocks[:-1] if (item := _number_of_title(block)) is not None]
    if items and items[-1] == number - 1:
        return False
    before = page.main()
    before = before[: next((at for at, block in enumerate(before) if block.index >= blocks[0].index), 0)]
    told = [block for block in before if _number_of_title(block) is not None and block.size <= MAX_TOPIC]
    if any(_same_line(block.text, text) for block in told):
        return True
    # The latest title so far stands between an answer and a question.
    above = [
        block
        for block, following in pairwise(before)
        if block in told and (mark := following.qa_mark) is not None and mark.kind == "question"
    ]
    return bool(above) and _number_of_title(above[-1]) == number - 1


def _number_of_title(block: Block) -> int | None:
    found = _NUMBERED_TITLE.match(block.text)
    return int(found[1]) if found else None


def _same_line(listed: str, text: str) -> bool:
    """A line of a contents list, perhaps with dots and a page number behind it."""
    one, two = ("".join(without_leaders(line).split()) for line in (listed, text))
    return one == two


_PAGE_NUMBER = re.compile(r"^[-－–—‐\s]*[0-9０-９]{1,4}[-－–—‐\s]*$")


def _is_subheading(blocks: list[Block], number: int) -> bool:
    """A heading inside an answer: deep, and text that is no heading follows it before the next question."""
    following = blocks[number + 1 :]
    return blocks[number].heading >= 4 and any(not block.heading and block.size > 0 for block in following)


def _marked_by(question: Question) -> Block:
    """The block with the question's mark; a part of a question has it in what the parts share."""
    return (question.stem or question.blocks)[0]


def _finish(question: Question, blocks: list[Block], reading: Reading, *, last: bool, flow: bool) -> Pair:
    asked, told = list(question.blocks), blocks
    if reading.marked:
        for number, block in enumerate(blocks):
            if _is_answer_mark(block, _marked_by(question)):
                asked += _of_question(blocks[:number])
                told = blocks[number:]
                break
        else:
            alone = asked[0].qa_mark
            if alone is not None and alone.alone and told:
                asked, told = [*asked, told[0]], told[1:]
    else:
        told = _from_its_mark(told, question.blocks[0])
    told = _without_entry_head(_without_furniture(told))
    while len(told) > 1 and told[0].size <= MAX_METADATA and METADATA.match(told[0].text):
        told = told[1:]
    if last:
        drawn = {block.index for block in blocks if RULER.match(block.text)}
        for number, block in enumerate(told):
            if number > 0 and (TAIL.match(block.text) or block.after_rule or block.index - 1 in drawn):
                told = told[:number]
                break
        if flow and len(told) > 1 and _signs(told[-1], told[-2]):
            told = told[:-1]
        while len(told) > 1 and (INVITATION.match(told[-1].text) or FAREWELL.match(told[-1].text)):
            told = told[:-1]
    if reading.name == "speakers":
        led = next((at for at, block in enumerate(told) if at and CHAIR.match(block.text)), None)
        told = told[:led]
    told = told if flow else _without_details(_without_end(told))
    emphatic = any(not block.strong for block in told)  # where all is bold, bold says nothing
    while len(told) > 1 and _is_topic_line(told[-1], emphatic=emphatic) and not _is_listed(told):
        told = told[:-1]
    return Pair([*question.stem, *asked], told, stem=len(question.stem))


_ORGANISATION = re.compile(
    r"^[^\s。、]{0,6}?(?:株式会社|一般(?:社団|財団)法人|公益(?:社団|財団)法人|独立行政法人)?[^。、：:（(]{2,30}"
    r"(?:センター|協会|銀行|金庫|組合|連合会|連盟|株式会社|会社|事務所|機構|財団|法人|委員会|事務局|[庁省]|[都道府県市区町村局]|税務署|大学|研究所)$"
)
_POINTS_BELOW = re.compile(r"次の|下記|以下|上記")


def _signs(block: Block, before: Block) -> bool:
    """The last line of a document names who made it, and no answer asks for such a name."""
    text = block.text.strip()
    return (
        not block.mark
        and before.text.rstrip().endswith(("。", "．"))
        and not _POINTS_BELOW.search(before.text)
        and _ORGANISATION.match(text) is not None
    )


def _without_entry_head(blocks: list[Block]) -> list[Block]:
    """Without who wrote an entry and when, which some help centres show between title and text."""
    for number, block in enumerate(blocks[:3]):
        if block.size > MAX_METADATA or block.text.rstrip().endswith(("。", "．")):
            break
        if (STAMP.match(block.text) or _ANSWERED_BY.match(block.text)) and len(blocks) > number + 1:
            return [*(blocks[:1] if number and is_lone_mark(blocks[0].text) else []), *blocks[number + 1 :]]
    return blocks


_ANSWERED_BY = re.compile(r"^[^\s　。、]{1,12}(?:さん|様|氏|先生)(?:の(?:ご?回答|アドバイス))?$")


def _of_question(blocks: list[Block]) -> list[Block]:
    """Blocks between a question's mark and the answer's, without furniture, metadata and the values of their labels."""
    kept: list[Block] = []
    label = False
    for block in blocks:
        value, label = label, bool(METADATA.match(block.text)) and block.text.rstrip().endswith((":", "："))
        if not value and not is_furniture(block.text) and not METADATA.match(block.text) and not _is_asker(block):
            kept.append(block)
    return kept


def _is_asker(block: Block) -> bool:
    return block.size <= MAX_TOPIC and is_asker(block.text)


def _from_its_mark(blocks: list[Block], asked: Block) -> list[Block]:
    """From a lone answer mark on, when only a short line or two (a category, a number) stands before it."""
    for number, block in enumerate(blocks[:4]):
        if (
            is_lone_mark(block.text)
            and _is_answer_mark(block, asked)
            and sum(item.size for item in blocks[:number]) <= MAX_TOPIC
        ):
            return blocks[number:]
    return blocks


def _without_end(blocks: list[Block]) -> list[Block]:
    """Without what stands below an answer about the entry: when it was written, its number, thanks, links to others."""
    for number, block in enumerate(blocks):
        links = blocks[number + 1 :]
        if not number or not links or block.size > MAX_TOPIC or not all(item.href is not None for item in links):
            continue
        label = block.href is None and not block.text.rstrip().endswith(("。", "．", "：", ":"))
        if CODA.match(block.text) or (label and all(question_likeness(item.text) >= 1.0 for item in links)):
            blocks = blocks[:number]
            break
    while (
        len(blocks) > 1
        and blocks[-1].size <= MAX_METADATA
        and (STAMP.match(blocks[-1].text) or BELOW.match(blocks[-1].text))
    ):
        blocks = blocks[:-1]
    return blocks


_DETAILS = re.compile(
    r"^[\[（(]?(?:詳しく(?:は|見る|はこちら)|詳細(?:は|を見る|はこちら|を確認する)?|もっと詳しく|くわしく(?:は|見る)?|全文を見る)[\]）)]?[\s　]*[>＞»→▶›]*$"
)


_LEADS_ON = re.compile(
    r"^[»›>＞→▶►⇒][\s　]*\S.{0,30}$|^[^。]{1,24}(?:(?:一覧|詳細|詳しく|くわしく|ページ)(?:は|を|へ|の方は)?(?:こちら|見る)?|はこちら(?:から)?|を見る)[\s　»›>＞→▶]*$"
)


def _without_details(blocks: list[Block]) -> list[Block]:
    """Without 「詳しく見る」 and links to other pages below an answer that is a whole one: its last sentence ends before them."""
    while len(blocks) > 1 and blocks[-1].href is not None and _LEADS_ON.match(blocks[-1].text.strip()):
        before = blocks[-2]
        linked = before.href is not None and _LEADS_ON.match(before.text.strip())
        if before.cell is None and not linked and not before.text.rstrip().endswith(("。", "．", "！")):
            break
        blocks = blocks[:-1]
    if len(blocks) > 1 and _DETAILS.match(blocks[-1].text.strip()):
        before = blocks[-2].text.rstrip()
        if before.endswith(("。", "．", "！")) and "…" not in before:
            return blocks[:-1]
    return blocks


def _without_furniture(blocks: list[Block]) -> list[Block]:
    """Without links back to the top, and without 「この回答は役に立ちましたか」 and its buttons."""
    kept: list[Block] = []
    asking = False
    for block in blocks:
        if FEEDBACK.search(block.text) and block.size <= 40:
            asking = True
        elif (
            block.foreign
            or (asking and block.size <= MAX_CHOICE)
            or (is_furniture(block.text) and not _is_cell_sign(block))
        ):
            continue
        else:
            asking = False
            kept.append(block)
    return kept


def _is_cell_sign(block: Block) -> bool:
    """`×` closes a window, but in a table it says no."""
    return block.cell is not None and block.href is None and len(block.text.strip()) == 1


def _is_listed(told: list[Block]) -> bool:
    """The last line is an item of a list typed with signs: the line before it begins with the same one."""
    last, before = told[-1].text.strip(), told[-2].text.strip()
    return not told[-1].heading and last[:1] == before[:1] and TOPIC_LINE.match(last) is not None


def _is_topic_line(block: Block, *, emphatic: bool) -> bool:
    text = block.text.strip()
    if len(text) > MAX_TOPIC or text.endswith(("。", "．", ".")) or block.mark:
        return False
    if TOPIC_LINE.match(text):
        return True
    return bool(block.heading or (emphatic and block.strong and block.href is None)) and question_likeness(text) < 1.0


def _trim_last(pairs: list[Pair], flat: list[tuple[int, Any]]) -> None:
    """The last answer among siblings may have swallowed what follows the list; its predecessors show how long answers are."""
    by_parent: dict[Any, list[int]] = {}
    for number, parent in flat:
        by_parent.setdefault(parent, []).append(number)
    for parent, numbers in by_parent.items():
        if len(numbers) < 3:
            continue
        shapes = [_siblings(pairs[number].answer, parent) for number in numbers]
        usual = shapes[0]
        if len(usual) == 1 and all([tag_of(node) for node in shape] == [tag_of(usual[0])] for shape in shapes[:-1]):
            last, kept = numbers[-1], shapes[-1][:1]
            if len(shapes[-1]) > 1 and tag_of(usual[0]) != "p":
                pairs[last].answer = [block for block in pairs[last].answer if _siblings([block], parent) == kept]


def _siblings(blocks: list[Block], parent: Any) -> list[Any]:
    """The children of `parent` that hold the blocks, in order."""
    found: list[Any] = []
    for block in blocks:
        node = block.node
        while node is not None and node.getparent() is not parent:
            node = node.getparent()
        if node is not None and (not found or found[-1] is not node):
            found.append(node)
    return found
