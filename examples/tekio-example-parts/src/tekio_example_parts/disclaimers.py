"""A filter: how much of a document is disclaimers, which every report repeats and no model should learn to recite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tekio.plugins import Filter

if TYPE_CHECKING:
    from tekio.documents import Document

DISCLAIMERS = re.compile(r"情報提供のみを目的|投資勧誘を目的|を保証するものでは|一切の責任を負い|自己の判断と責任")
SENTENCES = re.compile(r"[^。\n]+。?")


def disclaimer_share(document: Document) -> float:
    """Share of a document's letters that stand in sentences with a phrase of a disclaimer (0 to 1)."""
    sentences = SENTENCES.findall(document.text)
    letters = sum(map(len, sentences))
    return sum(len(sentence) for sentence in sentences if DISCLAIMERS.search(sentence)) / letters if letters else 0.0


FILTER = Filter(
    "disclaimer_share", "1", disclaimer_share, limits=(None, 0.5), meaning="letters in sentences of disclaimers"
)
