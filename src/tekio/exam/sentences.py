"""Sentences of a passage with the words that can be asked for: numbers, dates, articles, names, who must do what, what is defined."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from tekio.knowledge.facts import Fact, facts_of
from tekio.knowledge.formulas import is_formula, is_unfilled, law_ending, names_nothing
from tekio.knowledge.passages import Passage
from tekio.recipe.exam import ItemKind

SHORTEST, LONGEST = 20, 220
STOCK = 2
"""A sentence in more documents than this is a stock phrase: it tells nothing of one of them."""
_SENTENCE = re.compile(r"[^。\n]+。?")
_WHO = re.compile(
    r"^(?:[第〇一二三四五六七八九十百千]+条[^ \u3000]*[ \u3000]+|[0-9０-９一二三四五六七八九十]{1,3}[ \u3000]+)?(?P<who>[^、。（）「」 \u3000]{0,20}"
    r"(?:者|人|会社|銀行|金庫|大臣|長官|知事|機構|基金|組合|協会|連合会|機関|委員会|委員|理事|監事|議長|取締役|監査役|総会|政府|裁判所|登記官|職員|会員|員|株主|[長官国]))は、"
)
_DUTY = re.compile(r"(?:なければならない|てはならない|ことができる|ものとする|を要しない)。$")
_COMPANY = re.compile(r"株式会社|ホールディングス|グループ$|銀行$|信託$|証券$|生命$|保険$|機構$|省$|庁$|公社$")
_NO_COMPANY = re.compile(
    r"^(?:(?:証券)?投資|金銭|営業|民事|公益|公募|私募|合同|指定|特定|単独|年金|貸付|土地|家族|商事|有価|投資有価|国内|外国|外貨|自己|関連会社?)*(?:信託|証券)$|^(?:医療|個人|終身|損害|社会|健康|介護|雇用|年金|団体|火災|地震)*(?:生命|保険)$"
)
"""Words that end as companies do and name none: 投資信託, 投資有価証券."""
_SHORT_FORM = re.compile(
    r"(?![民商刑憲])[一-龥][法令規]|(?:措置|通則|機構|公拡|投信|租特|簡便|執行|整備|競争|現行|日本|適用|配賦|実額配賦|研究機構|研究所|センター|譲渡特例|施行)(?:法|令|規則)|評価?基?通達?|(?:新|旧|改正).{1,8}[法令則]|.{2,6}(?:に関する|における)規則"
)
"""Short forms of laws' names, which only their document explains, and what ends like a law and is none (簡便法)."""
_LETTER = r"[一-龥々ァ-ヴーA-Za-zＡ-Ｚａ-ｚ㈱㈲]"
_GOES_ON = re.compile(
    rf"(?!第[0-9０-９〇一二三四五六七八九十百千]|又は|及び|並びに|若しくは|等|上[のに、]|附則){_LETTER}"
)
_WITHIN = re.compile(rf"(?:{_LETTER}|に(?:関|係)する|に(?:関|係)る|のため)$")
_NEXT_MONTH = re.compile("(?:及び|、|・|～|から|又は)[0-9０-９一二三四五六七八九十]{1,2}月")
"""What stands behind a month that is told by the next one: 平成16年7月及び8月."""
_MONTH_ALONE = re.compile("[0-9０-９一二三四五六七八九十]{1,2}月")
_NO_GROUP = re.compile(
    r"^(?:処分|資産|売却|事業|企業|会計|報告|連結|法人営業|ビジネス|キャッシュ・?フロー|業務|作業)グループ$"
)
_NO_BEGINNING = re.compile(r"を|の(?!れん|ち|ぞ|り|ど|み)|が(?![んっい])|[ぁぃぅぇぉっゃゅょんァィゥェォッャュョンー]")
_CASE = re.compile(
    r"(?:照会|ご?質問|お尋ね)の|貴社|本件|本照会|として説明|ケース[0-9０-９]|本事例|次に掲げる|(?<![A-Za-zＡ-Ｚａ-ｚ])[A-ZＡ-Ｚ甲乙丙丁](?:社|さん|氏)?(?:[はがのをにとへ、及（(]|から|並)"
)
_SUPPOSED = re.compile("(?<![A-Za-zＡ-Ｚａ-ｚ])[A-ZＡ-Ｚ][0-9０-９]?社")
_CALCULATED = re.compile("[×÷=＝]")
"""A sentence that calculates tells each of its numbers by the others."""
_OFFICE = re.compile("(?:省|庁|機構|公社)$")
_MID_SENTENCE = re.compile("[のをにはがでとへもやぁぃぅぇぉっゃゅょんァィゥェォッャュョンー]")
_LONG_LINE = 30
_BULLET = re.compile(
    r"[ \u3000]*(?:・[ \u3000]*(?:[0-9０-９]{1,2}[ \u3000]+)?|[0-9]{1,2}\. (?:[0-9０-９]{1,2}[ \u3000]+|(?=[(（][0-9０-９])))"
)
_DEFINED = re.compile(r"「(?P<what>[^「」]{2,30})」とは、[^。]{8,}をいう。")
_POLITE = (
    ("して差し支えありません。", "することはできません。"),
    ("ことはできません。", "ことができます。"),
    ("とはなりません。", "となります。"),
    ("にはなりません。", "になります。"),
    ("には該当しません。", "に該当します。"),
    ("は認められません。", "が認められます。"),
    ("することができません。", "することができます。"),
    ("できません。", "できます。"),
    ("該当しません。", "該当します。"),
    ("なりません。", "なります。"),
    ("認められません。", "認められます。"),
    ("されません。", "されます。"),
    ("必要はありません。", "必要があります。"),
    ("ありません。", "あります。"),
)
"""Ends of a conclusion and their opposites, both ways where no other pair ends the same."""


@dataclass(frozen=True, slots=True)
class Told:
    """Words of a sentence that can be asked for. form: what other answers must be like (`0万円`, `令和0年0月`, `who`). value: by
    which two are compared. start, end: of the words in the passage; before, after: the sentence around them.
    """

    kind: ItemKind
    form: str
    words: str
    value: str
    start: int
    end: int
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The sentence as it stands."""
        return self.with_words(self.words)

    def with_words(self, words: str) -> str:
        """The sentence with other words in their place."""
        return f"{self.before}{words}{self.after}"


_LEANS = re.compile(
    r"(?:[0-9０-９]{1,2}[ \u3000]+)?(?:ただし|但し|もっとも|(?:この|その|前項の|これらの)場合|当該|同[項条号])|[ \u3000]*(?:[一二三四五六七八九十]{1,3}|[イロハニホヘトチリヌルヲ]|[（(][0-9０-９一二三四五六七八九十]{1,3}[）)])[ \u3000]"
)


_LEADS_ON = re.compile("次の各号|次に掲げる|次のいずれか|次の表|次のとおり|左の各号|当該各号|次の算式|次の区分")


def stands_alone(sentence: str) -> bool:
    """Whether a sentence can be right or wrong by itself: an item of a list, one that begins with ただし or この場合, or that leads to a list cannot."""
    return _LEANS.match(sentence) is None and _LEADS_ON.search(sentence) is None


def stock_sentences(texts: Iterable[str]) -> frozenset[bytes]:
    """The sentences that stand in more than `STOCK` documents, as digests (`is_stock`). texts: of documents, one after the other."""
    documents: Counter[bytes] = Counter()
    for text in texts:
        documents.update({_digest(match[0]) for match in _SENTENCE.finditer(text)})
    return frozenset(digest for digest, count in documents.items() if count > STOCK)


def _digest(sentence: str) -> bytes:
    return hashlib.blake2b(sentence.strip().encode("utf-8", "surrogatepass"), digest_size=8).digest()


def told_of(passage: Passage, stock: Container[bytes] = ()) -> Iterator[Told]:
    """What can be asked for in the sentences of a passage, in order. stock: sentences that are passed over (`stock_sentences`)."""
    by_place = facts_of(passage.text)
    for match in _SENTENCE.finditer(passage.text):
        first, last = match.span()
        if passage.kind == "answer" and first < passage.answer:
            continue  # what is asked supposes a case: nothing of it is known
        if _SUPPOSED.search(match[0]) or (passage.kind == "answer" and _CASE.search(match[0])):
            continue  # nor is anything of A, or of the case, in the answer
        sentence = match[0]
        bullet = _BULLET.match(sentence)
        lead = bullet.end() if bullet else len(sentence) - len(sentence.lstrip())
        first, sentence = first + lead, sentence[lead:].strip()
        if not SHORTEST <= len(sentence) <= LONGEST or not sentence.endswith("。") or not _whole(sentence):
            continue
        if sentence.endswith("か。") or _cut_before(passage.text, match.start(), sentence):
            continue
        if is_formula(sentence) or is_unfilled(sentence) or _digest(sentence) in stock:
            continue
        for start, end, kind, form, value in (
            *_facts(sentence, [fact for fact in by_place if first <= fact.start and fact.end <= last], first),
            *_who(sentence),
            *_what(sentence),
        ):
            words = sentence[start:end]
            if sentence.count(words) == 1:  # else a reader sees the answer beside the blank
                yield Told(kind, form, words, value, first + start, first + end, sentence[:start], sentence[end:])


def _cut_before(text: str, start: int, sentence: str) -> bool:
    """Whether a sentence is the rest of one whose beginning stands in the line before: a page's lines are wrapped, and a cut line is no beginning."""
    if _NO_BEGINNING.match(sentence):
        return True
    if not _MID_SENTENCE.match(sentence) or not text[:start].endswith("\n"):
        return False
    before = text[:start].rstrip("\n").rsplit("\n", 1)[-1].rstrip()
    return len(before) >= _LONG_LINE and not before.endswith(("。", "：", ":", "」", "）", ")"))


def _whole(sentence: str) -> bool:
    """Whether no bracket is open: a sentence within brackets ends another."""
    if sentence.startswith(("）", ")", "」", "、")):
        return False
    return all(sentence.count(left) == sentence.count(right) for left, right in ("（）", "()", "「」"))


def form_of(words: str) -> str:
    """How words are written, whatever their digits: what has another form gives itself away among options."""
    kept = re.sub(r"[0-9０-９][0-9０-９,，.．]*", "0", words)
    return re.sub(r"[〇一二三四五六七八九十百千元]+", "一", kept)


def _facts(sentence: str, facts: list[Fact], first: int) -> Iterator[tuple[int, int, ItemKind, str, str]]:
    for fact in facts:
        start, end = fact.start - first, fact.end - first
        if fact.kind == "number":
            unit = fact.value.lstrip("-0123456789.")
            if unit and unit not in ("号", "項", "月") and not _CALCULATED.search(sentence):
                yield start, end, "number", form_of(fact.text), fact.value
        elif fact.kind == "date" and fact.value.count("-") >= 1 and not _MONTH_ALONE.fullmatch(fact.text):
            if _NEXT_MONTH.match(sentence[end:]):
                continue
            yield start, end, "date", form_of(fact.text), fact.value
        elif (
            fact.kind == "article"
            and fact.text.endswith("条")
            and sentence[start - 1 : start] not in ("", "\u3000", " ")
        ):
            yield start, end, "what", form_of(fact.text), fact.value
        elif fact.kind == "name" and not names_nothing(fact.text) and not _within_a_name(sentence, start, end):
            if law := law_ending(fact.text):
                if _SHORT_FORM.fullmatch(fact.text):
                    continue
                yield start, end, "what", f"law {law}", fact.value
            elif _COMPANY.search(fact.text) and not _NO_COMPANY.search(fact.text) and not _NO_GROUP.search(fact.text):
                yield start, end, "what", "office" if _OFFICE.search(fact.text) else "company", fact.value


def _within_a_name(sentence: str, start: int, end: int) -> bool:
    """Whether what stands beside a name is of its word: 貯蓄銀行 of 普通銀行等の貯蓄銀行業務, 内閣府令 of …に関する内閣府令."""
    return bool(_WITHIN.search(sentence[:start]) or _GOES_ON.match(sentence[end:]))


_POINTS_BACK = ("この", "その", "同", "当該", "前項", "前条", "第")


def _who(sentence: str) -> Iterator[tuple[int, int, ItemKind, str, str]]:
    found = _WHO.match(sentence)
    if found and _DUTY.search(sentence) and not found["who"].startswith(_POINTS_BACK):
        yield *found.span("who"), "who", "who", found["who"]


def _what(sentence: str) -> Iterator[tuple[int, int, ItemKind, str, str]]:
    for found in _DEFINED.finditer(sentence):
        yield *found.span("what"), "what", "defined", found["what"]


def turned(text: str, start: int) -> tuple[str, str, int, int] | None:
    """The first sentence of an answer that concludes, and its opposite, with its place; None where it has no known end."""
    for match in _SENTENCE.finditer(text, start):
        sentence = match[0].strip()
        if not SHORTEST // 2 <= len(sentence) <= LONGEST or sentence.startswith("【") or "こととなり" in sentence[-10:]:
            continue
        for one, other in _POLITE:
            for end, opposite in ((one, other), (other, one)):
                if sentence.endswith(end):
                    place = match.start() + match[0].index(sentence)
                    return sentence, sentence.removesuffix(end) + opposite, place, place + len(sentence)
        return None
    return None
