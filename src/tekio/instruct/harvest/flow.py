"""Long documents of questions and answers as they come in Markdown, text and PDF: one flow of lines, no elements to go by.

What stands in them besides pairs: a table of contents that lists every question before the first one is asked, titles above
numbered marks, sections, and questions that a scrape or OCR has glued to the end of the answer before.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tekio.instruct.harvest.blocks import Block, Page

_NUMBERED = re.compile(r"[（(【\[〔]?\s*(?:問|Ｑ|Q)\s*([0-9０-９]+(?:\s*[-－‐−–—ー―の]\s*[0-9０-９]+)*)")
_GLUED = re.compile(
    r"(?<=[。．.）)」』】･・…‥0-9０-９])[ \t\u3000]*(?=(?:問|Ｑ)\s?([0-9０-９]{1,3}(?:[-－‐−–—の][0-9０-９]{1,2})?)[^0-9０-９、。及をのにはがとへで参])"
)
_BRACKETED = re.compile(
    r"^[\s\u3000>#*]*[（(【\[〔]\s*(?:(?:問|答|ご?質問|ご?回答|解説|照会|照会要旨|回答要旨|相談内容|アドバイス|助言)\s*[0-9０-９\s\-－―‐−]*)[）)】\]〕]"
)
_LINE_QUESTION = re.compile(r"^[\s\u3000>#*|\-]*問\s?[0-9０-９]")
_LEADERS = re.compile(
    r"(?:[\s\u3000]*[.．…‥･・·⋯]){4,}[\s\u3000]*[-－]?[\s\u3000]*[0-9０-９]{0,4}[\s\u3000]*[-－]?$"
    r"|(?:[\s\u3000]*[…‥⋯]){2,}[\s\u3000]*[-－]?[\s\u3000]*[0-9０-９]{1,4}[\s\u3000]*[-－]?$"
)
EXPLAINS = re.compile(
    r"^[\s\u3000#○●◯■◆・]*[【〔(（\[〈《]?\s*(?:解説|説明|理由|注意?|参考|根拠|ポイント|補足|備考|留意|具体|事例|例|計算|算式|図|関係法令|法令|結論|ただし|答|回答)"
)
SECTION = re.compile(
    r"^[\s\u3000]*(?:[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]+[\s\u3000.．、]|I{1,3}V?[\s\u3000.．]|第\s*[0-9０-９一二三四五六七八九十]+\s*[章節編部款](?:[\s\u3000]|$)"
    r"|[【《〔＜<][^】》〕＞>]{1,40}[】》〕＞>]$)"
)
MAX_TITLE = 60
SAME = 0.8
"""Share of character pairs two texts must have in common to be the same question (OCR spoils some)."""


@dataclass(frozen=True)
class Entry:
    """A line of a table of contents: the question's number as written there and its text."""

    number: str
    text: str


def number_of(text: str) -> str:
    """`1-2` of 「（問１－２）…」; empty when the mark has no number."""
    found = _NUMBERED.match(text.lstrip(" \u3000"))
    return re.sub(r"[^0-9]+", "-", unicodedata.normalize("NFKC", found[1])) if found else ""


def without_leaders(text: str) -> str:
    """A line of a table of contents without its row of dots and its page number."""
    return _LEADERS.sub("", text)


def has_leaders(text: str) -> bool:
    return _LEADERS.search(text) is not None


def open_lines(text: str) -> str:
    """The text with a blank line before each mark of a question or answer, and where one is glued to the text before.

    A question counts as glued when its number follows the number before it, so that 「問１を参照」 in an answer is left alone.
    """
    lines: list[str] = []
    last = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        for part, number in _unglued(line, last):
            last = number
            bracketed = _BRACKETED.match(part)
            if bracketed or _LINE_QUESTION.match(part):
                if lines and lines[-1].strip() and not lines[-1].lstrip().startswith("|"):
                    lines.append("")
                rest = part[bracketed.end() :].strip() if bracketed else "-"
                lines.append(part)
                if not rest and not part.lstrip().startswith("|"):
                    lines.append("")
            else:
                lines.append(part)
    return "\n".join(lines)


_ASKS_OR_BOLD = re.compile(r"(?:[？?][」』）)]?|\*\*|__)$")
_MARKED_LINE = re.compile(
    r"^[\s\u3000]*(?:\*\*|__)?[（(【\[［]?(?:[QＱAＡ]|問|答|質問|ご質問|回答|お答え)[\s\u3000]?[0-9０-９\-－]*[.．:：、)）\]］】]"
)
_NO_PROSE = re.compile(r"^\s*(?:[|#]|```|~~~|---|===|<)")


_CALLOUT = re.compile(r"^(>[ \t]*)\[!(?:question|faq|help)\][+-]?[ \t]+(\S.*)$", re.MULTILINE | re.IGNORECASE)
_DEFINED = re.compile(r"^([^\s:|>#*-][^\n]{0,200})\n\n?:[ \t]+(?=\S)(.*)$", re.MULTILINE)
"""Definition lists (`term`, `:   what it is`) and callouts (`> [!question]`), which Markdown itself does not have."""


def repeated_signs(lines: Sequence[str]) -> set[str]:
    """Signs that begin several lines and hardly stand elsewhere: what begins with one is a line of its own."""
    told = [text for line in lines if (text := line.strip(" \t\u3000\xa0\r"))]
    first = Counter(text[0] for text in told if not text[0].isalnum() and text[0] not in _NO_LINE_BEGINS)
    return {
        sign for sign, count in first.items() if count >= REPEATED and sum(sign in text[1:] for text in told) <= count
    }


_NO_LINE_BEGINS = frozenset("（()「『【［[〈《“‘\"'、。，．,.）)」』】］]〉》！？!?ー〜~々…‥%％")
_MARKDOWN_SIGNS = frozenset("-*+#>|`~_=:<\\")
REPEATED = 3
"""So many lines make a sign at their beginning one that begins lines."""


def broken_lines(text: str) -> str:
    """Markdown with a hard break behind a line that asks or ends in bold, and before a mark: those who write so mean a new line."""
    lines = _CALLOUT.sub(r"\1**Q. \2**", _DEFINED.sub(r"**\1**\n\n\2", text)).split("\n")
    signs = repeated_signs(lines) - _MARKDOWN_SIGNS
    for at, (line, following) in enumerate(pairwise(lines)):
        if line[-1:] in (" ", "\\") or not following.strip() or _NO_PROSE.match(line) or _NO_PROSE.match(following):
            continue
        if following.strip()[0] in signs or _ASKS_OR_BOLD.search(line) or _MARKED_LINE.match(following):
            lines[at] = line + "  "
    return "\n".join(lines)


def _unglued(line: str, last: int) -> list[tuple[str, int]]:
    parts: list[tuple[str, int]] = []
    start = 0
    first = number_of(line.lstrip(" \u3000#>*"))
    if first:
        last = int(first.split("-")[0])
    for found in _GLUED.finditer(line):
        number = re.sub(r"[^0-9]+", "-", unicodedata.normalize("NFKC", found[1]))
        head = int(number.split("-")[0])
        if head == last + 1 or (head == last and "-" in number):
            parts.append((line[start : found.start()], last))
            start, last = found.end(), head
    parts.append((line[start:], last))
    return parts


def questions_of(page: Page, marked: Sequence[Block]) -> list[Block]:
    """Blocks with a question's mark that ask: without the table of contents and without titles above a bare mark.

    Fills `page.contents` (what the table lists) and `page.titles` (blocks that name the question after them).
    """
    firm = [block for block in marked if not _is_glued(block)]
    if firm:
        marked = firm  # 「Q社は…」 is a company where other questions have a mark of their own
    main = page.main()
    position = {block.index: place for place, block in enumerate(main)}
    answered = {
        block.index: _answered_before(
            main, position[block.index], marked[place + 1] if place + 1 < len(marked) else None
        )
        for place, block in enumerate(marked)
    }
    names = [number_of(block.text) for block in marked]
    asked = [_asked(block) for block in marked]
    kept: list[Block] = []
    for place, block in enumerate(marked):
        again = any(
            names[place] == names[later]
            and _listed_again(names[place], asked[place], asked[later], leaders=has_leaders(block.text))
            for later in range(place + 1, len(marked))
        )
        if not answered[block.index] and (has_leaders(block.text) or (again and asked[place])):
            page.contents.append(Entry(names[place], without_leaders(asked[place])))
            continue
        following = marked[place + 1] if place + 1 < len(marked) else None
        if (
            following is not None
            and names[place]
            and asked[place]
            and not names[place + 1]
            and not answered[block.index]
            and position[following.index] - position[block.index] <= 2
        ):
            page.titles.add(block.index)
            continue
        kept.append(block)
    return kept


def _listed_again(number: str, listed: str, asked: str, *, leaders: bool) -> bool:
    """A question of the contents and one of the body are one: without a number only where they are the same words."""
    if not number and not leaders:
        return _squeezed(listed) == _squeezed(asked)  # 「牛乳だけを…」 and 「米飯だけを…」 are two
    return same_text(listed, asked) or (leaders and bool(number))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u3000。．？?]+", "", text)


def _is_glued(block: Block) -> bool:
    mark = block.qa_mark
    return mark is not None and mark.glued


def _asked(block: Block) -> str:
    mark = block.qa_mark
    return block.text[mark.end :] if mark is not None else block.text


def _answered_before(main: Sequence[Block], place: int, until: Block | None) -> bool:
    """Whether an answer's mark stands between a question's mark and the next one."""
    for block in main[place + 1 :]:
        if block is until:
            return False
        mark = block.qa_mark
        if mark is not None and mark.kind == "answer" and not mark.glued:
            return True
    return False


def same_text(first: str, second: str) -> bool:
    """Two readings of one question; what OCR made of kana may differ."""
    one, two = _pairs(first), _pairs(second)
    smaller = min(one.total(), two.total())
    return smaller > 0 and (one & two).total() >= SAME * smaller


def _pairs(text: str) -> Counter[str]:
    bare = re.sub(r"\$[^$]*\$|[\s\u3000]+", "", without_leaders(text))
    return Counter(bare[place : place + 2] for place in range(len(bare) - 1))


_ITEM = re.compile(r"^(?:[(（][0-9０-９ア-ンa-z]{1,2}[)）]|[・①-⑳])")


def is_title(block: Block, following: Block) -> bool:
    """A short line above a question whose mark stands alone: its title, not the end of the answer before."""
    mark = following.qa_mark
    text = block.text.strip()
    return (
        mark is not None
        and mark.alone
        and len(text) <= MAX_TITLE
        and not _ITEM.match(text)
        and not text.endswith(("。", "．", ".", "）", ")"))
    )
