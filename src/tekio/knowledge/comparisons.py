"""Comparisons that a row makes, calculated again: 1,240名で、1,780名より多い, and which of two things has more: ナバラ州とラ・リオハ州はどちらが人口が多いか."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tekio.knowledge.facts import Fact, value_amount, value_unit

_MORE, _LESS = r"多|大き|高|長|重|広|深|太|厚", r"少な|小さ|低|短|軽|狭|浅|細|薄"
_THAN = re.compile(
    rf"(?:[^0-9０-９。、\n]{{0,8}}(?:より(?:も|は)?|に比べ(?:て|ると)?、?|と比べ(?:て|ると)?、?)[^0-9０-９。、\n]{{0,12}}?(?:(?P<more>{_MORE})|(?P<less>{_LESS})))"
    r"|(?:[^0-9０-９。、\n]{0,8}を(?:[0-9０-９][0-9０-９,，.．兆億万千百円%％名人件社台店ポイント]*)?(?:大きく|わずかに)?(?:(?P<over>上回)|(?P<under>下回)))"
)
_TURNED = re.compile(r"(?:くな(?!っ|り|る)|らな|っていな|ませ|ってはいな)")
"""大きくない; not 大きくなった."""
_EACH = re.compile(r"当たり|あたり|につき|ごと|以[上下内]|未満|を?超")
_FIGURE_NEXT = re.compile(r"[いくるっ][^、。\n]{0,3}?[0-9０-９]")
_FARTHEST = 40
"""Characters between two values that are compared."""
_SENTENCE = re.compile(r"[。\n]")


def against_figures(text: str, facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """(what a row says of two of its figures, the two as they are): 1,240名で、合計の1,780名より多い. facts: the row's that are told as they stand in the passage."""
    numbers = [fact for fact in facts if fact.kind == "number"]
    for one, other in pairwise(numbers):
        if value_unit(one.value) != value_unit(other.value) or _SENTENCE.search(text, one.end, other.start):
            continue
        found = _THAN.match(text, other.end)
        first, second = value_amount(one.value), value_amount(other.value)
        if found is None or first is None or second is None or first == second:
            continue
        if min(first, second) < 0 or _TURNED.match(text, found.end()) or _FIGURE_NEXT.match(text, found.end()):
            continue
        if _EACH.match(text, one.end) or other.start - one.end > _FARTHEST:
            continue
        if "から" in text[one.end : other.start] or "より" in text[one.end : other.start]:
            continue
        more = bool(found["more"] or found["over"])
        if more != (first > second):
            yield text[one.start : found.end()], f"{one.text} {'>' if first > second else '<'} {other.text}"
