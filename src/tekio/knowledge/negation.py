"""Whether a row denies what its passage says, or says what it denies, of the same verb: 算入される of 算入しない, 責任を負う of 責任を負わない.

A verb is known by its kanji (two of them, or one with what stands before it). A row is refused where the passage has the verb with the
other sign only, and where the row turns an odd number of verbs of a sentence: 添付すれば適用される of 添付しないときは適用しない is no denial. Denials in
other words (通信販売には制度がない, 設けられている) are not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_KANJI = "一-龥々"
_TAIL = r"[ぁ-ん必要義務行受]*"
_AFTER_PARTICLE = "す|し|さ|せ|でき|行[うわっい]|いた|必要|でな|あり|ある|な[いくか]"
_VERB = re.compile(
    rf"(?P<two>[{_KANJI}]{{2}})(?P<tail>(?=(?:[をはがも]?(?:{_AFTER_PARTICLE})|[わらりっいきえけれせて]))[ぁ-ん]{_TAIL})"
    rf"|(?P<one>[^、。\n「」（）()]{{1,2}}[ぁ-ん][{_KANJI}](?:[えりきいしちみび][{_KANJI}])?)(?P<rest>(?![をはがもにのとで、])[ぁ-ん]{_TAIL})"
)
_SOFTENED = re.compile(
    r"かもしれ|とは限|に限ら|だけでな|のみでな|ばかりでな|わけではな|しかな|ほかな|にほかなら|ざるを|なくても|なくて(?:よ|差)|ない(?:こと|もの)(?:が|も)|でな(?:い|く)|まで$"
)
_MUST = re.compile(r"(?:なければ|なくては|ねば|ないと)(?:なら|なり|いけ)(?:ない|なかっ|ず|ません)")
_EXCEPT = re.compile(r"^(?:ただし|但し)[^。]*限りでない")
_NOT = re.compile(r"な(?:い|く|かっ|けれ)|ません|ず(?:に|$)|ぬ$")
DENIES = re.compile(r"な(?:い|く|かっ)|ません|ず[、に]|対象外|不要")
"""A sentence that says of something that it does not hold."""
_ALWAYS = re.compile(
    r"を?問わず|にかかわらず|いつ(?:でも|[^、。]{1,6}ても)|どれ(?:だけ|ほど)[^、。]{0,12}(?:ても|でも)|(?:上限|限度|制限|例外|条件)(?:は|も)?な(?:く|し|い)|いずれの場合も|誰でも|無条件|一律|すべての(?:場合|人|者)"
)
_ALWAYS_TOLD = re.compile(
    r"問わ|かかわらず|関わらず|いつでも|上限(?:は|も)?な|限度(?:は|も)?な|制限(?:は|も)?な|例外|いずれ|誰でも|無条件|必ず|常に|一律|す[べ]て|全て|全員|全額|全部|各|毎|なければならない|ものとする"
)


def unconditional(text: str, passage: str) -> str | None:
    """A word by which a row says that something holds in every case, where the passage has none such: その長さを問わず, 上限なく."""
    found = _ALWAYS.search(text)
    return found[0] if found and not _ALWAYS_TOLD.search(passage) else None


_ASKS = re.compile(r"か$")
_NOMINAL = re.compile(r"の(?:は|が|も|を|に)?$")  # 好まないのは、どちら
_ENDS = frozenset("。、\n")
_SENTENCE = re.compile(r"[^。\n]+[。\n]?")


_OUTSIDE = re.compile(
    rf"([{_KANJI}]{{2}})(?:の|は)?(?:対象外|対象とならない|対象にならない|対象から除)|非(課税)|免(?=税)"
)
_MAY_BE_OUTSIDE = re.compile("対象|非課|免税")
_CONTAINED = re.compile(r"含(ま[ぁ-ん]{1,6}|む|み(?=ま|、))")


def verbs(text: str) -> Iterator[tuple[str, bool, int, bool]]:
    """(verb, whether it is denied, where its ending begins, whether it ends a clause) of a text in the compared form; a verb that is only hedged or asked for is none."""
    for match in _VERB.finditer(text):
        tail = match["tail"] or match["rest"] or ""
        if _SOFTENED.search(tail) or _ASKS.search(tail):
            continue
        plain = _MUST.sub("", tail)
        after = text[match.end() : match.end() + 1]
        ends = (not after or after in _ENDS) and not _NOMINAL.search(tail)
        yield match["two"] or match["one"], bool(_NOT.search(plain)), match.end(), ends
    for match in _CONTAINED.finditer(text) if "含" in text else ():
        if not _SOFTENED.search(match[1]) and not _ASKS.search(match[1]):
            after = text[match.end() : match.end() + 1]
            yield "含む", bool(_NOT.search(match[1])), match.end(), not after or after in _ENDS


def signs_of(passage: str) -> dict[str, set[bool]]:
    """Verb -> the signs with which a passage has it."""
    found: dict[str, set[bool]] = {}
    sentences = [*_SENTENCE.findall(passage), ""]
    for sentence, after in pairwise(sentences):
        excepted = bool(_EXCEPT.match(after))  # ただし、…は、この限りでない: it does not hold for all
        for verb, denied, _, _ in verbs(sentence):
            found.setdefault(verb, set()).update((True, False) if excepted else (denied,))
        for match in _OUTSIDE.finditer(sentence) if _MAY_BE_OUTSIDE.search(sentence) else ():  # 課税の対象外, 免税
            found.setdefault(match[1] or match[2] or "課税", set()).add(True)
    return found


def denied(text: str, signs: dict[str, set[bool]]) -> Iterator[tuple[str, str]]:
    """(verb of the row, what the passage says of it) where a sentence turns the sign of an odd number of verbs. text: in the compared form."""
    for sentence in _SENTENCE.findall(text):
        turned = [(verb, sign, ends) for verb, sign, _, ends in verbs(sentence) if signs.get(verb) == {not sign}]
        if len({verb for verb, _, _ in turned}) % 2 and any(ends for _, _, ends in turned):
            verb, sign, _ = next(one for one in turned if one[2])
            yield (f"{verb}: denied", f"{verb}: said") if sign else (f"{verb}: said", f"{verb}: denied")
