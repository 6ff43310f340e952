"""Questions that are turned round by themselves, or against the one value that answers them: 誰だと予測できないか, 高いか、もしくは、高いか, 最小何人 of 多いときには170名.

What can be told of nothing is asked of nobody; of two ways a question asks for one, not twice for the same; and the least of something is no value that the passage calls its most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tekio.knowledge.choices import bare
from tekio.knowledge.degrees import degrees_in

_ASKS = re.compile(r"誰|だれ|何|いつ|どこ|どの|どちら|どんな|いくら")
_NOT_TOLD = re.compile(r"(?:予測|推定|推測|予想|想定|推察|判断|推論)(?:することが|が|は)?でき(?:ない|ません)")
_TWICE = re.compile(
    r"([一-龥](?:な?い|[くきな]|[一-龥])?)(?:の|です)?か(?:、|もしくは|または|それとも|あるいは)*\1(?:の|です)?か"
)
_PHRASE_TWICE = re.compile(r"([^、。?？\nか]{2,10}?)(?:です)?か(?:、|もしくは|または|それとも|あるいは)+\1(?:です)?か")
_OR = re.compile("か(?:、|もしくは|または|それとも|あるいは)")
_ONE_WAY = {
    one: other
    for pair in (
        ("多い", "少ない"), ("大きい", "小さい"), ("高い", "低い"), ("長い", "短い"), ("早い", "遅い"), ("速い", "遅い"), ("強い", "弱い"), ("広い", "狭い"), ("できる", "できない"),
        ("増加", "減少"), ("上昇", "低下"), ("拡大", "縮小"), ("黒字", "赤字"), ("ある", "ない"),
    )
    for one, other in (pair, pair[::-1])
} | {"遅い": "[早速]い"}  # fmt: skip
_MOST_OF = re.compile(
    r"最(?:大|高|長|多)(?:で|の)?$|最(?:大|高|長|多)(?:で|の)?[^、。0-9０-９]{1,5}$|(?:多|高|大き|長)い(?:とき|時|場合|年|もの)(?:に?は|で|に)?[^、。0-9０-９]{0,3}$|(?:大き|高|長|多)くても$|まれに$"
)
_LEAST_OF = re.compile(
    r"最(?:小|低|短|少)(?:で|の|限)?$|最(?:小|低|短|少)(?:で|の|限)?[^、。0-9０-９]{1,5}$|(?:少な|低|小さ|短)い(?:とき|時|場合|年|もの)(?:に?は|で|に)?[^、。0-9０-９]{0,3}$|少なくとも$"
)
_WAY_ASKED = re.compile(r"最(?:(?P<most>[大高長多])|(?P<least>[小低短少]))")
_NUMERAL = re.compile(r"[0-9０-９]")
_AHEAD = 14
"""Characters before a value in which the passage says that it is the most or the least."""
_NOUN_OF = re.compile(r"最([大小高低長短多少])([一-龥]{2})")
_OPPOSITE = dict(zip("大小高低長短多少", "小大低高短長少多", strict=True))


def asks_for_nothing(question: str) -> Iterator[tuple[str, str]]:
    """(what a question says, what it may have said)."""
    for match in _NOT_TOLD.finditer(question) if _ASKS.search(question) else ():
        yield match[0], "できる"
    for match in (*_TWICE.finditer(question), *_PHRASE_TWICE.finditer(question)):
        yield match[0], match[1]


def answers_neither(question: str, answer: str) -> Iterator[tuple[str, str]]:
    """(answer, its opposite) where a question asks which of two ways it is and has the opposite alone: 速いか、早いか, 遅い."""
    told = bare(answer)
    other = _ONE_WAY.get(told)
    if (
        other is not None
        and told[:2] not in question
        and re.search(rf"{other}[^、。]{{0,4}}か", question)
        and _OR.search(question)
    ):
        yield told, other


def other_end(question: str, answer: str, passage: str) -> Iterator[tuple[str, str]]:
    """(the extreme that a question asks for, what the passage calls the value of the answer, or the extreme that it has of the noun)."""
    told, asked = bare(answer), _WAY_ASKED.search(question)
    if asked is not None and len({one.way for one in degrees_in(question)}) == 1 and _NUMERAL.search(told):
        called = [
            passage[max(0, match.start() - _AHEAD) : match.start()]
            for match in re.finditer(rf"(?<![0-9,.]){re.escape(told)}", passage)
        ]
        contrary, same = (_LEAST_OF, _MOST_OF) if asked["most"] else (_MOST_OF, _LEAST_OF)
        found = [one for one in map(contrary.search, called) if one]
        if found and not any(same.search(one) for one in called):
            yield asked[0], found[0][0]
    for match in _NOUN_OF.finditer(question):
        turned = f"最{_OPPOSITE[match[1]]}{match[2]}"
        if turned in passage and turned not in question and f"最{match[1]}" not in passage:
            yield match[0], turned
