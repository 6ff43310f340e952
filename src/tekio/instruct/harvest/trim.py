"""What stands at the edges of an answer and is none of it: feedback, links to others, dates, signatures, the next topic's line."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re

from tekio.instruct.harvest.blocks import Block
from tekio.instruct.harvest.cut import MAX_TOPIC
from tekio.instruct.harvest.marks import (
    BELOW,
    CODA,
    CONTACT_LINE,
    FEEDBACK,
    METADATA,
    STAMP,
    is_asker,
    is_furniture,
    is_lone_mark,
    question_likeness,
)

TOPIC_LINE = re.compile(r"^(?:第\s*[0-9０-９一二三四五六七八九十]+\s*[章節編部款]?[\s　]|[■◆●○◎◇□▼▽【＜〔《])")


MAX_CHOICE = 20


MAX_METADATA = 40


_ORGANISATION = re.compile(
    r"^[^\s。、]{0,6}?(?:株式会社|一般(?:社団|財団)法人|公益(?:社団|財団)法人|独立行政法人)?[^。、：:（(]{2,30}"
    r"(?:センター|協会|銀行|金庫|組合|連合会|連盟|株式会社|会社|事務所|機構|財団|法人|委員会|事務局|[庁省]|[都道府県市区町村局]|税務署|大学|研究所)$"
)


_POINTS_BELOW = re.compile(r"次の|下記|以下|上記")


def is_signature(block: Block, before: Block) -> bool:
    """The last line of a document names who made it, and no answer asks for such a name."""
    text = block.text.strip()
    return (
        not block.mark
        and before.text.rstrip().endswith(("。", "．"))
        and not _POINTS_BELOW.search(before.text)
        and _ORGANISATION.match(text) is not None
    )


def is_contact(block: Block, before: Block) -> bool:
    """A line that says who made the document and where to ask, where no answer leads to such a line."""
    return (
        CONTACT_LINE.match(block.text.strip()) is not None
        and block.size <= MAX_CONTACT
        and not _POINTS_BELOW.search(before.text)
    )


MAX_CONTACT = 100


def without_entry_head(blocks: list[Block]) -> list[Block]:
    """Without who wrote an entry and when, which some help centres show between title and text."""
    for number, block in enumerate(blocks[:3]):
        if block.size > MAX_METADATA or block.text.rstrip().endswith(("。", "．")):
            break
        if (STAMP.match(block.text) or _ANSWERED_BY.match(block.text)) and len(blocks) > number + 1:
            return [*(blocks[:1] if number and is_lone_mark(blocks[0].text) else []), *blocks[number + 1 :]]
    return blocks


_ANSWERED_BY = re.compile(
    r"^[^\s　。、]{1,16}(?:さん|様|氏|先生)(?:の(?:ご?回答|アドバイス))?(?:[\s　]+[^\s　。、]{1,16}){0,2}$"
)


def of_question(blocks: list[Block]) -> list[Block]:
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


def without_end(blocks: list[Block]) -> list[Block]:
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


def without_details(blocks: list[Block]) -> list[Block]:
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


def without_furniture(blocks: list[Block]) -> list[Block]:
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


def is_listed(told: list[Block]) -> bool:
    """The last line is an item of a list typed with signs: the line before it begins with the same one."""
    last, before = told[-1].text.strip(), told[-2].text.strip()
    return not told[-1].heading and last[:1] == before[:1] and TOPIC_LINE.match(last) is not None


def is_topic_line(block: Block, *, emphatic: bool) -> bool:
    text = block.text.strip()
    if len(text) > MAX_TOPIC or text.endswith(("。", "．", ".")) or block.mark:
        return False
    if TOPIC_LINE.match(text):
        return True
    return bool(block.heading or (emphatic and block.strong and block.href is None)) and question_likeness(text) < 1.0
