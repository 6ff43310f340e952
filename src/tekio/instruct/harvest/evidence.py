"""Whether a page calls itself a page of questions: in its title, a heading, its links or the signs that unfold answers."""

from __future__ import annotations

import re

from tekio.instruct.harvest.blocks import Page
from tekio.instruct.harvest.judge import MIN_SEVERAL
from tekio.instruct.harvest.marks import (
    ABOUT_QUESTIONS,
    FEEDBACK,
    HELP_CENTRE,
    PAGE_EVIDENCE,
    is_unfolding,
    question_likeness,
)


def page_evidence(page: Page) -> bool:
    """The page calls itself a page of questions, in its title or a heading."""
    names = [page.title, page.opening, *(block.text for block in page.blocks if block.heading)]
    if any(PAGE_EVIDENCE.search(name) and not ABOUT_QUESTIONS.search(name) for name in names):
        return True
    asking = sum(
        question_likeness(block.text) >= 1.0 for block in page.main() if block.href is None and block.size <= 200
    )
    if asking >= 2 and any(
        block.cell is None and _ONLY_TITLE.match(block.text) and block.href is None and not block.mark
        for block in page.main()
    ):
        return True
    if asking >= 2 and _opens_with_answers(page):
        return True
    if sum(is_unfolding(block.text.strip()) for block in page.main()) >= MIN_SEVERAL:
        return True
    if _leads_to_questions(page):
        return True
    # An entry of a help centre has a question as its title and asks at the end whether it helped.
    return bool(HELP_CENTRE.search(page.title)) and any(FEEDBACK.search(block.text) for block in page.blocks)


def says_it_answers(page: Page, before: int) -> bool:
    """A sentence above block `before` says that questions are answered here (「よくいただくご質問にお答えします」)."""
    return any(_ANSWERS_HERE.search(block.text) for block in page.main() if block.index < before)


def _opens_with_answers(page: Page) -> bool:
    """One of the first sentences, before anything is asked, says that questions are answered here."""
    for block in page.main()[:OPENING]:
        if block.href is None and _ANSWERS_ASKED.search(block.text) and block.text.rstrip().endswith(("。", "．")):
            return True
        if question_likeness(block.text) >= 1.0:
            return False
    return False


OPENING = 8
_ANSWERS_ASKED = re.compile(
    r"(?:ご質問|御質問|質問|お?問い?合わ?せ|疑問|照会|疑義|お尋ね).{0,24}(?:お答え|答え|回答)(?:し|いた|申し|する|を(?:まとめ|掲載|記載|お送り))"
)
_ANSWERS_HERE = re.compile(
    r"(?:質問|疑問|相談|照会|問い?合わ?せ|聞かれる|尋ねられる|寄せられ).{0,20}(?:お答え|答え|回答|まとめ|解説|紹介|説明)"
)


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
