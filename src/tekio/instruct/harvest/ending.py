"""Where the last answer of a page ends: what stands behind it is told from it by how the other answers are set and how long they are.

Word lists know only the endings somebody has met. Here the page itself is asked first: text moved in everywhere but below
the last answer, a wider gap than in any answer, a line at the right, a paragraph in brackets where no answer has one; and
words that speak of the document (次号, 配布資料, 文責) count only behind an answer that is already as long as the others.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.extents import Pair

FEWEST = 2
"""So many other answers tell how answers are set."""
MAX_REMARK = 120
AT_THE_RIGHT = 8
"""As far as `plain.py` counts indentation."""
_BRACKETED = re.compile(r"^[（(〔\[][^（）()〔〕\[\]]*(?:[（(][^（）()]*[)）][^（）()〔〕\[\]]*)*[）)〕\]]$")
_OF_THE_MATTER = re.compile(
    r"^[（(〔\[]\s*(?:ただし|但し|注|例|※|なお|参考|[0-9０-９一二三四五六七八九十ア-ンa-zA-Z]{1,2}[)）]|法|民法|[^（）()]{0,20}第[0-9０-９一二三四五六七八九十]+条)"
)
_OF_THE_DOCUMENT = re.compile(
    r"次(?:号|回|の回)|編集|文責|発行|原稿|配布資料|掲載して(?:いま|おりま|あります)|お寄せ(?:ください|下さい)|お待ちして|お気軽に|配信|購読|取材|収録|撮影|録画"
    r"|更新日|(?:時点|現在)(?:の|で)|(?:本|この)(?:資料|書面?|紙|誌|稿|冊子|コーナー|欄|ページ|記事|ニュース|メール|Q&A|Ｑ＆Ａ|FAQ|一覧|議事録|記録|要旨|まとめ|手引|しおり|チラシ|リーフレット)"
    r"|ありがとうござい|(?:電話|TEL|ＴＥＬ|Tel|℡|☎|内線|メール|E-?mail|FAX)[\s　:：]*[0-9０-９A-Za-z(（]|[\w.+-]+@[\w-]+\.[\w.]+|予告なく|変更(?:になる|する|となる|される)(?:こと|場合)"
    r"|事務局|(?:担当|作成|編|構成|記録|協力|提供|出典|参考文献?)[\s　]*[:：／/]|^[（(]?以[\s　]*上[。）)]?$|よろしくお願い|宜しくお願い|何卒|(?:ご不明|ご質問|ご相談|ご意見|お困り|気になる(?:点|こと)).{0,40}(?:ください|下さい|まで|ませ)[。．]?$"
    r"|いつでも.{0,12}(?:ください|下さい)|免責|無断転載|無断で|募集して|お問い?合わ?せ(?:先|窓口)|^(?:問い?合わ?せ|照会|連絡)先?[\s　:：]|バックナンバー|アンケート|申込(?:み|書)?は.{0,20}(?:から|まで)"
)
_HISTORY = re.compile(r"^[■◆【]?(?:変更|改[訂定版]|更新|版)の?(?:履歴|経緯|記録)】?$")


def without_ending(page: Page, pairs: Sequence[Pair]) -> None:
    """Cuts off the last pair's answer what speaks of the document and not of the question."""
    if len(pairs) <= FEWEST or not pairs[-1].answer:
        return
    last, others = pairs[-1], [pair.answer for pair in pairs[:-1] if pair.answer]
    for number in range(1, len(last.answer)):
        block = last.answer[number]
        if block.cell is None and _HISTORY.match(block.text.strip()):
            last.answer = last.answer[:number]
            return
        if _heads_links(block, last.answer[number + 1 :], others):
            last.answer = last.answer[:number]
            return
        if _counts_on(page, block, pairs):
            last.answer = last.answer[:number]
            return
        if block.cell is not None or block.mark or not _beside_the_list(page, pairs, block):
            continue
        if page.flow and _is_no_sentence(last.answer[number:], last.answer[:number], others):
            last.answer = last.answer[:number]
            return
        if _is_set_apart(block, last.answer[:number], others) or _speaks_of_the_document(block, number, last, others):
            last.answer = last.answer[:number]
            return


_SECTION_NUMBER = re.compile(r"^(?:第)?([0-9０-９]{1,2})(?:[.．、章節][\s　]*|[\s　]+)(?=[^0-9０-９\s　])")
MAX_SECTION = 24


def _counts_on(page: Page, block: Block, pairs: Sequence[Pair]) -> bool:
    """The title of a section that counts on from one that stands in no pair (「2　議題」 above, 「3　閉会」 below)."""
    found = _SECTION_NUMBER.match(block.text)
    if (
        found is None
        or block.size > MAX_SECTION
        or block.cell is not None
        or block.text.rstrip().endswith(("。", "．"))
    ):
        return False
    taken = {item.index for pair in pairs for item in (*pair.question, *pair.answer)}
    before = [
        int(title[1])
        for item in page.main()
        if item.index < block.index
        and item.index not in taken
        and item.size <= MAX_SECTION
        and (title := _SECTION_NUMBER.match(item.text)) is not None
    ]
    return bool(before) and before[-1] == int(found[1]) - 1


def _heads_links(block: Block, below: Sequence[Block], others: Sequence[Sequence[Block]]) -> bool:
    """A heading with nothing but links below it, where no other answer has a heading: 「申請書のダウンロード」."""
    return (
        bool(block.heading)
        and bool(below)
        and all(item.href is not None for item in below)
        and not any(item.heading for answer in others for item in answer)
    )


def _beside_the_list(page: Page, pairs: Sequence[Pair], block: Block) -> bool:
    """The closest element around the block and the last question holds the first question, too: no item of its own."""
    first, node = pairs[0].question[0].index, pairs[-1].question[0].node
    for above in (node, *node.iterancestors()):
        start, end = page.range_of(above)
        if start <= pairs[-1].question[0].index and block.index < end:
            return start <= first
    return True


def _indent(block: Block) -> int:
    name = block.node.get("class") or ""
    return int(name.removeprefix("indent")) if name.removeprefix("indent").isdigit() else 0


def _leaves_its_element(block: Block, before: Sequence[Block], others: Sequence[Sequence[Block]]) -> bool:
    """Every answer stands in one element, and this block behind the one the last answer stands in."""
    alone = all(len({id(item.node) for item in answer}) == 1 for answer in others)
    several = sum(len(answer) > 1 for answer in others) >= 1 and len(others) >= FEWEST
    return alone and several and block.node is not before[-1].node and len({id(item.node) for item in before}) == 1


_SENTENCE_ENDS = ("。", "．", "！", "？", "）", ")", "」", "】")
MAX_SIGNATURE = 40


def _is_no_sentence(rest: Sequence[Block], before: Sequence[Block], others: Sequence[Sequence[Block]]) -> bool:
    """Short lines without a full stop behind the last answer, where every paragraph of every answer ends in one: a signature."""
    told = [item for answer in (*others, before) for item in answer]
    return all(item.text.rstrip().endswith(_SENTENCE_ENDS) for item in told) and all(
        item.text[:1].isalnum()
        and item.size <= MAX_SIGNATURE
        and not item.text.rstrip().endswith((*_SENTENCE_ENDS, "：", ":"))
        and not item.mark
        for item in rest
    )


def _class_of(block: Block) -> str:
    """The class name of the block's element; how far text is moved in (`plain.py`) is none."""
    return "" if _indent(block) else (block.node.get("class") or "").strip()


def _gap(block: Block) -> int:
    return int(block.node.get("data-gap") or 0)


def _is_set_apart(block: Block, before: Sequence[Block], others: Sequence[Sequence[Block]]) -> bool:
    """Moved in otherwise, or parted by a wider gap, than anything in the other answers."""
    inside = [item for answer in (*others, before) for item in answer if item.qa_mark is None]
    moved_in = [_indent(item) for item in inside]
    if len(moved_in) >= FEWEST and min(moved_in) > 0 and _indent(block) == 0:
        return True
    if _indent(block) >= AT_THE_RIGHT and max(moved_in, default=0) < AT_THE_RIGHT:
        return True
    usual = max((_gap(item) for answer in (*others, before) for item in answer[1:]), default=0)
    if _gap(block) > max(usual, 1):
        return True
    text = block.text.strip()
    if _leaves_its_element(block, before, others):
        return True
    name = _class_of(block)
    if (
        name
        and len(others) > FEWEST
        and name not in set(map(_class_of, inside))
        and not text.startswith(("※", "注", "＊"))
    ):
        return True
    return bool(
        _BRACKETED.match(text)
        and not _OF_THE_MATTER.match(text)
        and not any(_BRACKETED.match(item.text.strip()) for answer in others for item in answer)
    )


def _speaks_of_the_document(block: Block, number: int, last: Pair, others: Sequence[Sequence[Block]]) -> bool:
    """Words about the document behind an answer as long as the others, of which none has such words."""
    if (
        block.size > MAX_REMARK
        or number < float(np.median([len(answer) for answer in others]))
        or not _OF_THE_DOCUMENT.search(block.text)
    ):
        return False
    if not last.answer[number - 1].text.rstrip().endswith(("。", "．", "！", "？", "）", ")")):
        return False
    return not any(_OF_THE_DOCUMENT.search(item.text) for answer in others for item in answer)
