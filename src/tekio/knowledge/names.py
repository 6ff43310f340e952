"""Where a text names somebody or something: companies, offices, laws, places, persons, foreign words.

There is no dictionary of names here; a name is taken where its form or its neighbours say that it is one. That is enough to say of
a generated row which names it has that its passage does not: words of general use (`generic_words.txt`) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tekio.knowledge.name_words import (
    END_OF_ROLE,
    GENERIC,
    HEADS,
    HONORIFICS,
    KIND_WORDS,
    LATIN_GENERIC,
    OFFICES,
    PLACES,
    ROLES,
    SHORT_NAMES,
    SUFFIXES,
    SURNAMES,
)

_KANJI = "一-龥々〆ヶ"
_BODY = rf"[{_KANJI}ァ-ヴーA-Za-zＡ-Ｚａ-ｚ・&＆]"
_LONGEST_RUN = 60
"""Letters without a mark between, dates and articles among them, that are looked through for names."""
_PREFIX = rf"(?:株式会社|有限会社|合同会社|[㈱㈲])[ \u3000]?{_BODY}{{1,20}}"
_NAMED = re.compile(rf"{_PREFIX}|{_BODY}{{1,24}}?[㈱㈲]|{_BODY}{{1,{_LONGEST_RUN}}}")
_NAMED_WITHOUT_MARK = re.compile(rf"{_PREFIX}|{_BODY}{{1,{_LONGEST_RUN}}}")
_MARK = re.compile("[㈱㈲]")
_COMPANY = re.compile(rf"(?:株式会社|有限会社|合同会社|[㈱㈲])[ \u3000]?(?={_BODY}{{2}})")
_LEAST_OF_NAME = 4
_ENDS = re.compile(rf"(?:{SUFFIXES})")
_KATAKANA = re.compile(r"[ァ-ヴー]{3,}(?:[・＝][ァ-ヴー]{2,})*")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][A-Za-zＡ-Ｚａ-ｚ0-9０-９&＆.\-]*[A-Za-zＡ-Ｚａ-ｚ0-9０-９]")
_PERSON = re.compile(rf"[{_KANJI}]{{1,4}}[ \u3000]?[{_KANJI}]{{0,4}}(?=(?:氏(?![名族])|さん(?![一-龥])|{HEADS}))")
_BEHIND_PERSON = re.compile(f"氏|さん|{HEADS}")
_SURNAMED = re.compile(rf"(?:{SURNAMES})[ \u3000]?(?:[{_KANJI}]{{1,3}}(?![{_KANJI}])|(?={HONORIFICS}))")
_TITLED = re.compile(rf"(?<={END_OF_ROLE})の(?P<who>[{_KANJI}]{{3,5}})(?=氏|さん|[がは](?![、。])|及び)")
"""代表取締役社長の柳沢義弘が."""
_ROLE_OF = re.compile(f"(?:{END_OF_ROLE})の")
_LAW_ON = re.compile(rf"(?:[{_KANJI}ァ-ヴー]+の)*[{_KANJI}ァ-ヴー]+に関する(?:法律|政令|省令|規則|条例)")
_ON = re.compile("に関する")
_BEFORE = re.compile("^(?:当該|関係|所轄|主務|担当|対象|各|同|本|前|全|両|他|当時|旧|新|当|自|次)")
_BUILDING = re.compile(
    r"(?:ダム|城|場|館|橋|駅|線|道路|トンネル|空港|施設|住宅|校舎|所|塔|庁舎|寺|港|鉄道|建物|堤防|運河|要塞|基地|ドック|宮殿|神殿|都市)建設$"
)
_OF_KIND = re.compile(
    rf"(?:{KIND_WORDS})+(?:会社|企業|条約|法|法律|通達|規則|産業|工業|銀行|大学|研究所|組合|協会|機構|団体|政府|委員会|市|県|町|村|建設|鉄道|航空)"
)
_ASKED = re.compile("^(?:何|出身|所在|別の|同じ|ある)")  # 何県, 出身大学: what is asked for
_WORD_GOES_ON = re.compile(  # 時代区分, 市場: the suffix is the beginning of another word
    "区(?=[分間別画域切])|市(?=[場民街況販])|(?<=[同各当両本全])市(?=内)|法(?=[則案廷人的規令])|道(?=[路具徳筋])|都(?=[市合度心])|県(?=[民境])|省(?=[略力])"
    "|町(?=[民並])|(?<=[同各当両本全])町(?=内)|村(?=[民落])|府(?=[中民])|会社(?=員)|(?<=産)業(?=[機廃医別用界構革政])"
)
_GENERIC_END = re.compile(
    r"(?:幕府|暦法|鉄道会社|方法|手法|[使利活応運]用法|作法|療法|文法|政府|部門|制度|都市|遷都|技法|戦法|寸法|(?:調査|演奏|鍛錬|分析|治療|診断|栽培|飼育|加工|測定|学習|蒸着|製造|製作|教育|訓練|保存|防除)法)$"
)
_OF_LAW = re.compile(r"(.{2,})(施行令|施行規則)$")
_ROLE, _OFFICE = re.compile(rf"(?:{ROLES})$"), re.compile(OFFICES)
_HONORED = re.compile(rf"(?<=..)(?:{HONORIFICS})$")
_ONCE = re.compile(r"^(?:元|現)(?=..)")
_PLACES = re.compile(PLACES)
_WHEN = re.compile("[後前時中]$")
_TOWN = re.compile("([ァ-ヴー]{3,}|東京)[市州都]")
_COMPANY_FORM = re.compile("^株式会社|株式会社$")
_ONE_OF_MANY = frozenset(["監督", "選手", "博士", "教授", "医師", "議員"])
"""What somebody may be called whose name the passage tells alone; 社長 or 大臣 would be told."""


def _is_generic(word: str) -> bool:
    if (
        word in GENERIC
        or _GENERIC_END.search(word)
        or _BUILDING.search(word)
        or _ASKED.match(word)
        or _OF_KIND.fullmatch(word)
    ):
        return True
    return _BEFORE.sub("", word) in GENERIC


def names_of(text: str) -> list[tuple[int, int]]:
    """Places of names in a text, in order; they may overlap."""
    return sorted({span for span in _names(text) if span[0] < span[1]})


def _names(text: str) -> Iterator[tuple[int, int]]:
    marked = _MARK.search(text) is not None
    words = (_NAMED if marked else _NAMED_WITHOUT_MARK).finditer(text) if marked or _ENDS.search(text) else ()
    for match in words:
        word = match[0]
        company = _COMPANY.match(word)
        if company is not None:  # 株式会社浪花堂: what follows is its name, however it ends
            yield match.start(), match.start() + min(len(word), company.end() + _LEAST_OF_NAME)
        ends = [found.end() for found in _ENDS.finditer(word) if not _WORD_GOES_ON.match(word, found.end() - 1)]
        kind = _GENERIC_END.search(word) if ends else None  # 利尻町政府: not a name as a whole, with one before
        if kind:
            ends = [end for end in ends if 2 < end <= kind.start()]
            word = word[: kind.start()]
        if not ends or _is_generic(word):
            continue
        end = max(ends)
        if end > 1 and not _is_generic(word[:end]):
            yield match.start(), match.start() + end
    for match in _KATAKANA.finditer(text):
        if match[0] not in GENERIC:
            yield match.span()
    for match in _LATIN.finditer(text):
        if match[0].casefold() not in LATIN_GENERIC:
            yield match.span()
    for match in _TITLED.finditer(text) if _ROLE_OF.search(text) else ():
        yield match.span("who")
    for pattern, needed in ((_PERSON, _BEHIND_PERSON), (_SURNAMED, None), (_PLACES, None), (_LAW_ON, _ON)):
        for match in pattern.finditer(text) if needed is None or needed.search(text) else ():
            yield match.span()


def shorter_names(name: str, passage: str) -> Iterator[str]:
    """What of a name must stand in the passage where it does not stand as a whole: before the word that asks (愛知県何市), without 元 and
    現, and a person's name whose office the passage tells as well (宮崎監督 of 監督の宮崎). All in the compared form.
    """
    asked = name.find("何")
    if asked > 1:
        yield name[:asked]
        yield _WHEN.sub("", name[:asked])  # 返還後何市
    if asked == 1 and name.startswith("第"):  # 第何回世界遺産委員会
        yield name[2:]
    if _ONCE.match(name):
        yield name[1:]
    if _HONORED.search(name):
        yield _HONORED.sub("", name)
    if (part := _OF_LAW.match(name)) and f"同法{part[2]}" in passage and part[1] in passage:
        yield f"同法{part[2]}"
    role = _ROLE.search(name)
    if role is not None and role.start() > 1 and not _OFFICE.fullmatch(role[0]):
        who = name[: role.start()]
        if role[0] in passage or (role[0] in _ONE_OF_MANY and not re.search(rf"{re.escape(who)}(?:{ROLES})", passage)):
            yield who
    place = _TOWN.fullmatch(name)
    if place is not None and not re.search(rf"{re.escape(place[1])}[都道府県市区町村州郡国島]", passage):
        yield place[1]  # アレッポ市 of アレッポ
    company = _COMPANY_FORM.sub("", name)
    if (
        company != name
        and len(company) >= _LEAST_OF_NAME
        and not re.search(rf"{re.escape(company)}[一-龥ァ-ヴー]", passage)
    ):
        yield company  # 福島電気株式会社 of 福島電気
    for short, whole in SHORT_NAMES.items():
        if short in name and whole in passage:
            rest = name.replace(short, "")
            if not rest or rest in passage:
                yield whole
