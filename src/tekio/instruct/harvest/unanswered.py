"""What follows a question and is no answer: choices to tick, fields to fill in, the results of a survey, an examination."""

from __future__ import annotations

import re
import unicodedata

from tekio.instruct.harvest.accept import SENTENCE
from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.extents import Pair
from tekio.instruct.harvest.judge import is_marked
from tekio.instruct.harvest.marks import BLANK_FORM, BRANCH, TOLD_LATER, UNANSWERED
from tekio.instruct.harvest.question_text import MAX_LABEL
from tekio.text.html import tag_of

_CHOICE = re.compile(r"(?i)(?:yes|no|はい|いいえ|わからない|分からない|どちらでもない|その他)")


_SHARE = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?\s*(?:[%％]|パーセント|ポイント)")


def is_filled_in(page: Page, pair: Pair) -> bool:
    """Fields to tick or to fill in stand below the question where its answer should be."""
    if not pair.answer or not page.fields or is_marked(pair.answer):
        return False
    first, last = pair.question[-1].index, pair.answer[-1].index
    below = sum(first < at <= last for at in page.fields)
    labels = all(block.size <= MAX_LABEL and not SENTENCE.search(block.text) for block in pair.answer)
    return below >= 2 or (below == 1 and labels and len(pair.answer) <= 2)


def is_form(answer: list[Block]) -> bool:
    """A survey, its results, or a diagnosis: what follows the question are choices to tick or shares, no answer."""
    if all(UNANSWERED.match(block.text.strip()) or BLANK_FORM.match(block.text) for block in answer):
        return True
    if len(answer) == 1 and _HANDS_OVER.match(answer[0].text.strip()):
        return True  # a machine that did not understand
    if any(_NO_ANSWERS_YET.match(block.text.strip()) for block in answer) or _HINT.match(answer[0].text):
        return True
    mark = answer[0].qa_mark if is_marked(answer) else None
    first = answer[0].text[mark.end if mark is not None else 0 :].strip()
    if _IN_BRACKETS.match(first) and not any(SENTENCE.search(block.text) for block in answer[1:]):
        return True  # 「（自由記述欄）」, 「（回答は後日掲載します）」: what will stand there
    if any(TOLD_LATER.match(block.text.strip()) for block in answer) or all(
        tag_of(block.node) == "button" for block in answer
    ):
        return True
    if _is_ticked(answer) or _is_blank(answer):
        return True
    choices = sum(_CHOICE.fullmatch(block.text.strip()) is not None for block in answer)
    branches = sum(BRANCH.match(block.text.strip()) is not None for block in answer)
    return choices >= 2 or branches * 2 >= len(answer) or _is_tally(answer)


_BLANK = re.compile(
    r"[(（\[［〔][\s　]*(?:具体的に|内容|理由|名称|その他)?[\s　]*[:：]?(?:[　]{2,}|[ _＿]{3,})[\s　]*[)）\]］〕]|[_＿]{3,}|[(（][\s　]*[)）]$"
)


def _is_blank(answer: list[Block]) -> bool:
    """A place to write in, 「およそ（　　　）歩」, and no sentence beside it."""
    return any(_BLANK.search(block.text) for block in answer) and not any(
        block.text.rstrip().endswith(("。", "．")) for block in answer
    )


def is_choices(answer: list[Block]) -> bool:
    """Short items or a row of words and no sentence: what a questionnaire gives to choose from, where most of its questions do."""
    if is_marked(answer) or any(
        (block.cell is not None and not block.mark) or block.text.rstrip().endswith(("。", "．")) for block in answer
    ):
        return False
    if len(answer) == 1:
        words = [word for word in re.split(r"[\s　・／/|｜]+", answer[0].text) if word]
        return len(words) >= 3 and all(len(word) <= MAX_LABEL for word in words)
    items = [block for block in answer if block.mark or _NUMBERED.match(block.text)]
    return len(items) == len(answer) and all(block.size <= 2 * MAX_LABEL for block in items)


_LETTERED_ROW = re.compile(r"^ア[\s　.．:：].*[\s　]イ[\s　.．:：].*[\s　]ウ[\s　.．:：]")
_DEMANDS = re.compile(
    r"(?:なさい|[せべめえけぜ]よ)[。．]?(?:\s*[(（\[［][^（）()\[\]［］]{0,6}[0-9０-９]+[\s　]*点[)）\]］])?$"
)
"""What an examination demands: 「述べよ」, 「書きなさい。（5点）」."""
_SCORED = re.compile(r"[(（\[［](?:配点|各)?[\s　]*[0-9０-９]+[\s　]*点(?:満点)?[)）\]］]$")
_HANDS_OVER = re.compile(
    r"^(?:申し訳(?:ありません|ございません)[。、]?)?.{0,16}(?:理解|お答え)できませんでした[。]?$|^.{0,24}(?:おつなぎ|お繋ぎ)(?:いた)?します[。]?$"
)


_NO_ANSWERS_YET = re.compile(r"^回答(?:数|件数)?[\s　]*[:：]?[\s　]*[(（]?[0０]\s*件[)）]?$")
_HINT = re.compile(r"^[【［\[■]?[\s　]*ヒント(?:を|は|は?こちら|[\s　:：】］\]0-9０-９]|$)")
_IN_BRACKETS = re.compile(r"^[（(【［\[][^（）()【】［］\[\]。]{4,}[）)】］\]]$")


_EMPTY_BOX = re.compile(r"(?:^|(?<=[\s　]))(?:[\[［(（][ 　_＿]{0,4}[\]］)）]|[□☐◻])[\s　]*(?=[^\s　\[［□☐◻])")


def _is_ticked(answer: list[Block]) -> bool:
    """Every line is a row of empty boxes with their choices, several of them in one line or all in brackets; no sentence."""
    boxes = [_EMPTY_BOX.findall(block.text) for block in answer]
    if not all(boxes) or any(block.text.rstrip().endswith(("。", "．")) for block in answer):
        return False
    bracketed = all(box[0] not in "□☐◻" for row in boxes for box in row)
    return sum(map(len, boxes)) >= 2 and (bracketed or any(len(row) >= 2 for row in boxes))


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
    r"(?:どれか|(?:次|以下)の(?:うち|中で?)[^。]{0,12}(?:どれ|いずれ|誰|どちら)[^。]{0,6}|選びなさい|選べ|選択しなさい|選んでください"
    r"|(?:もの|記述|組合?せ|組み合わせ)(?:は|を)[^。]{0,8}(?:どれ|いずれ|選)[^。]{0,8}|(?:正しい|適切な|誤っている|不適切な|当たらない|該当しない)もの(?:は|を)[^。]{0,12})[。．?？]?$"
)


_NUMBERED = re.compile(r"^(?:[(（]?[0-9０-９ア-オｱ-ｵA-Ea-eＡ-Ｅ][)）.．、:：\s　]|[①-⑩])")


_IN_A_ROW = re.compile(r"[(（][1-5１-５ア-オ][)）]|[①-⑤]")


_SOLUTION = re.compile(
    r"(?:正解|解答|答え?|正答)\s*(?:は|[:：])?\s*[(（]?(?:[ア-オA-Ea-e①-⑩]|[0-9０-９]+(?![0-9０-９]*[年月日]))"
)


_LETTERED = re.compile(r"^[(（]?([アａAＡイｂBＢウｃCＣエｄDＤオｅEＥ])[)）.．、:：\s　]")
_ORDER = ("アａAＡ", "イｂBＢ", "ウｃCＣ", "エｄDＤ", "オｅEＥ")


def _only_choices(answer: list[Block]) -> bool:
    """Short lines lettered ア, イ, ウ ... from the first, none of which is a sentence; perhaps a remark in brackets below."""
    told = answer[:-1] if re.match(r"^[(（].*[)）]$", answer[-1].text.strip()) else answer
    letters = [found[1] if (found := _LETTERED.match(block.text)) else "" for block in told]
    return (
        len(told) >= 3
        and all(letter and letter in _ORDER[at] if at < len(_ORDER) else False for at, letter in enumerate(letters))
        and not any(block.text.rstrip().endswith(("。", "．")) for block in told)
    )


def _demands(text: str) -> bool:
    """A sentence that tells whoever sits an examination what to do, or what it scores."""
    parts = re.split(r"(?<=[。．])(?![(（\[［])|\n", text.strip())
    return any(_DEMANDS.search(part.strip()) or _SCORED.search(part.strip()) for part in parts)


def is_exam(question: str, answer: list[Block]) -> bool:
    """A question of an examination with its choices and no solution."""
    if _only_choices(answer):
        return True
    row = answer[0].text.strip() if len(answer) == 1 else ""
    if _LETTERED_ROW.match(row) and not row.endswith(("。", "．")):
        return True
    if len(_IN_A_ROW.findall(row)) >= 3 and _IN_A_ROW.match(row) and not row.endswith(("。", "．")):
        return True
    if not is_marked(answer) and (_demands(question) or any(_demands(block.text) for block in answer)):
        return not any(_SOLUTION.search(block.text) for block in answer)
    choices = sum(bool(block.mark) or _NUMBERED.match(block.text) is not None for block in answer)
    choices = max(choices, *(len(_IN_A_ROW.findall(block.text)) for block in answer))
    asks = _CHOOSE.search(question.split("\n")[0]) or _CHOOSE.search(question)
    return bool(asks) and choices >= 3 and not any(_SOLUTION.search(block.text) for block in answer)
