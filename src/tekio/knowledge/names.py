"""Where a text names somebody or something: companies, offices, laws, places, persons, foreign words.

There is no dictionary of names here; a name is taken where its form or its neighbours say that it is one. That is enough to say of
a generated row which names it has that its passage does not: words of general use (`generic_words.txt`) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_KANJI = "一-龥々〆ヶ"
_BODY = rf"[{_KANJI}ァ-ヴーA-Za-zＡ-Ｚａ-ｚ・&＆]"
_SUFFIX = (
    "株式会社|有限会社|合同会社|相互会社|ホールディングス|グループ|銀行|信用金庫|信用組合|証券|生命保険|損害保険|生命|火災|海上|信託|証券取引所|取引所|会社"
    "|省令|府令|政令|施行令|施行規則|規則|基本通達|通達|法律|法人|条約|条例|法|省|庁|大臣|長官|総裁|知事|税務署|国税局|財務局|労働局|裁判所|審判所|審議会|審査会|検察庁|監査法人|委員会|協会|連合会|組合|基金|機構|公庫|事業団"
    "|センター|事務局|業務部|営業部|企画部|管理部|総務部|人事部|財務部|経理部|第[一二三四五六1-6１-６]課|財団|社団|大学|研究所|工場|支店|営業所|工業|産業|製作所|製薬|電機|電気|電力|商事|物産|建設|不動産|自動車|化学|製鉄|鉄道|航空|食品|印刷|運輸|倉庫|都|道|府|県|市|区|町|村"
)
SHORT_NAMES = {
    "日銀": "日本銀行", "東証": "東京証券取引所", "公取委": "公正取引委員会", "再エネ": "再生可能エネルギー", "金商法": "金融商品取引法", "独禁法": "独占禁止法", "措法": "租税特別措置法", "景表法": "景品表示法",
    "cpi": "消費者物価指数", "gdp": "国内総生産", "nisa": "少額投資非課税制度", "ideco": "個人型確定拠出年金", "roe": "自己資本利益率", "下請法": "下請代金支払遅延等防止法", "金融庁長官": "金融庁",
    "個情法": "個人情報の保護に関する法律", "犯収法": "犯罪による収益の移転防止に関する法律", "厚労省": "厚生労働省", "経産省": "経済産業省", "国交省": "国土交通省",
}  # fmt: skip
"""A short name that everybody writes -> the whole one."""
_LONGEST_RUN = 60
"""Letters without a mark between, dates and articles among them, that are looked through for names."""
_PREFIX = rf"(?:株式会社|有限会社|合同会社|[㈱㈲])[ \u3000]?{_BODY}{{1,20}}"
_NAMED = re.compile(rf"{_PREFIX}|{_BODY}{{1,24}}?[㈱㈲]|{_BODY}{{1,{_LONGEST_RUN}}}")
_COMPANY = re.compile(rf"(?:株式会社|有限会社|合同会社|[㈱㈲])[ \u3000]?(?={_BODY}{{2}})")
_LEAST_OF_NAME = 4
_ENDS = re.compile(rf"(?:{_SUFFIX})")
_KATAKANA = re.compile(r"[ァ-ヴー]{3,}(?:[・＝][ァ-ヴー]{2,})*")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][A-Za-zＡ-Ｚａ-ｚ0-9０-９&＆.\-]*[A-Za-zＡ-Ｚａ-ｚ0-9０-９]")
_PERSON = re.compile(
    rf"[{_KANJI}]{{1,4}}[ \u3000]?[{_KANJI}]{{0,4}}(?=(?:氏(?![名族])|さん(?![一-龥])|社長|会長|頭取))"
)
_SURNAMES = (
    "佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|清水|斎藤|斉藤|山崎|阿部|池田|橋本|石川|山下|中島|前田|藤田|小川|後藤|岡田|長谷川|村上|近藤"
    "|石井|坂本|遠藤|青木|藤井|西村|福田|太田|三浦|藤原|岡本|松田|中川|中野|原田|小野|田村|竹内|金子|和田|中山|石田|上田|森田|柴田|酒井|工藤|横山|宮崎|宮本|内田|高木|安藤|谷口|大野|丸山|今井"
    "|河野|藤本|村田|武田|上野|杉山|増田|小島|千葉|大塚|平野|菅原|菅野|早乙女|五十嵐|久保|松井|岩崎|桜井|木下|野口|松尾|菊地|菊池|佐野|新井|渡部|野村|杉本|熊谷|古川|小山|市川|浜田|西田|飯田|吉川|服部|川口|北村"
)
_TITLES = "宰相|首相|総理|大臣|社長|会長|頭取|監督|教授|博士|部長|課長|局長|所長|長官|知事|市長|議員|選手|作家|画家|俳優|女優|記者|医師"
_SURNAMED = re.compile(rf"(?:{_SURNAMES})[ \u3000]?(?:[{_KANJI}]{{1,3}}(?![{_KANJI}])|(?=氏|さん|様))")
_TITLED = re.compile(
    rf"(?<=社長|会長|役員|締役|査役|部長|局長|委員|議長|事長|院長|所長|頭取|総裁)の(?P<who>[{_KANJI}]{{3,5}})(?=氏|さん|[がは](?![、。])|及び)"
)
"""代表取締役社長の柳沢義弘が."""
_LAW_ON = re.compile(rf"(?:[{_KANJI}ァ-ヴー]+の)*[{_KANJI}ァ-ヴー]+に関する(?:法律|政令|省令|規則|条例)")
_PLACES = re.compile(
    "北海道|青森県?|岩手県?|宮城県?|秋田県?|山形県?|福島県?|茨城県?|栃木県?|群馬県?|埼玉県?|千葉県?|東京都?|神奈川県?|新潟県?|富山県?|石川県?|福井県?|山梨県?|長野県?|岐阜県?|静岡県?|愛知県?|三重県?|滋賀県?|京都府?|大阪府?"
    "|兵庫県?|奈良県?|和歌山県?|鳥取県?|島根県?|岡山県?|広島県?|山口県?|徳島県?|香川県?|愛媛県?|高知県?|福岡県?|佐賀県?|長崎県?|熊本県?|大分県|宮崎県?|鹿児島県?|沖縄県?|横浜|名古屋|神戸|札幌|仙台|北九州|盛岡|水戸|宇都宮|前橋|甲府|金沢|大津|松江|高松|松山|那覇|川崎|浜松|堺市|函館|旭川|奄美|沖縄|淡路|佐渡|対馬|伊豆|房総|能登"
    "|米国|中国|韓国|英国|欧州|北米|南米|台湾|豪州|独国|仏国|香港|上海|北京"
)

_WORDS = Path(__file__).with_name("generic_words.txt").read_text(encoding="utf-8")
GENERIC = frozenset(word for line in _WORDS.splitlines() if not line.startswith("#") for word in line.split())
_LATIN_GENERIC = frozenset(
    [
        "q",
        "a",
        "qa",
        "json",
        "ok",
        "no",
        "id",
        "url",
        "pdf",
        "web",
        "it",
        "ai",
        "km",
        "kg",
        "cm",
        "mm",
        "kwh",
        "ha",
        "vs",
        "etc",
        "fy",
    ]
)
_BEFORE = re.compile("^(?:当該|関係|所轄|主務|担当|対象|各|同|本|前|全|両|他|当時|旧|新|当|自|次)")


_BUILDING = re.compile(
    r"(?:ダム|城|場|館|橋|駅|線|道路|トンネル|空港|施設|住宅|校舎|所|塔|庁舎|寺|港|鉄道|建物|堤防)建設$"
)
_KIND_WORDS = (
    "電気|電力|電鉄|電子|通信|鉄道|軌道|航空|海運|運輸|運送|陸運|物流|事業|製造|販売|建設|建築|土木|不動産|開発|出版|映画|放送|新聞|印刷|製紙|製薬|化学|食品|飲料|繊維|紡績|鉄鋼|鉱山|石油|石炭|瓦斯|観光|旅行|保険|証券|投資|金融|信託"
    "|特別|一般|基本|個別|関連|関係|重要|主要|主力|主な|最大|最小|新規|既存|国内|国外|海外|地元|地方|中央|講和|平和|通商|修好|友好|不可侵|軍縮|同盟|安全保障|設置|改正|廃止|制定|施行|民間|国営|公営|私営|共同|合弁|大手|中小|当時|現地|委託|元請"
    "|下請|伝統|観光|農業|林業|水産|商業|工業|軍需|基幹|輸出|輸入|地場|第一次|第二次|国際|国立|公立|私立|県立|市立|総合|専門|単科"
)
_OF_KIND = re.compile(
    rf"(?:{_KIND_WORDS})+(?:会社|企業|条約|法|法律|通達|規則|産業|工業|銀行|大学|研究所|組合|協会|機構|団体|政府|委員会|市|県|町|村|建設|鉄道|航空)"
)
_ASKED = re.compile("^(?:何|出身|所在|別の|同じ|ある)")  # 何県, 出身大学: what is asked for
_WORD_GOES_ON = re.compile(  # 時代区分, 市場: the suffix is the beginning of another word
    "区(?=[分間別画域切])|市(?=[場民街況販])|(?<=[同各当両本全])市(?=内)|法(?=[則案廷人的規令])|道(?=[路具徳筋])|都(?=[市合度心])|県(?=[民境])|省(?=[略力])"
    "|町(?=[民並])|(?<=[同各当両本全])町(?=内)|村(?=[民落])|府(?=[中民])|会社(?=員)"
)
_GENERIC_END = re.compile(r"(?:幕府|暦法|鉄道会社|方法|手法|[使利活応運]用法|作法|療法|文法|政府|部門|制度)$")


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
    for match in _NAMED.finditer(text):
        word = match[0]
        company = _COMPANY.match(word)
        if company is not None:  # 株式会社浪花堂: what follows is its name, however it ends
            yield match.start(), match.start() + min(len(word), company.end() + _LEAST_OF_NAME)
        ends = [found.end() for found in _ENDS.finditer(word) if not _WORD_GOES_ON.match(word, found.end() - 1)]
        kind = _GENERIC_END.search(word)  # 利尻町政府: not a name as a whole, with one before
        if kind and ends:
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
        if match[0].casefold() not in _LATIN_GENERIC:
            yield match.span()
    for match in _TITLED.finditer(text):
        yield match.span("who")
    for pattern in (_PERSON, _SURNAMED, _PLACES, _LAW_ON):
        for match in pattern.finditer(text):
            yield match.span()


_OF_LAW = re.compile(r"(.{2,})(施行令|施行規則)$")
_ROLE = re.compile(
    r"(?:監督|館長|園長|院長|校長|学長|教授|博士|社長|会長|頭取|理事長|議長|首相|総理|大統領|大臣|長官|知事|市長|部長|課長|局長|所長|隊長|船長|選手|議員|医師|氏|さん)$"
)
_OF_OFFICE = frozenset(["大臣", "長官", "知事"])
"""Behind what they are of, and seldom behind a person: 会計検査院長官."""
_HONORED = re.compile(r"(?<=..)(?:氏|さん|様)$")
_ONCE = re.compile(r"^(?:元|現)(?=..)")


def shorter_names(name: str, passage: str) -> Iterator[str]:
    """What of a name must stand in the passage where it does not stand as a whole: before the word that asks (愛知県何市), without 元 and
    現, and a person's name whose office the passage tells as well (宮崎監督 of 監督の宮崎). All in the compared form.
    """
    asked = name.find("何")
    if asked > 1:
        yield name[:asked]
    if _ONCE.match(name):
        yield name[1:]
    if _HONORED.search(name):
        yield _HONORED.sub("", name)
    if (part := _OF_LAW.match(name)) and f"同法{part[2]}" in passage and part[1] in passage:
        yield f"同法{part[2]}"
    role = _ROLE.search(name)
    if role is not None and role.start() > 1 and role[0] in passage and role[0] not in _OF_OFFICE:
        yield name[: role.start()]
    for short, whole in SHORT_NAMES.items():
        if short in name and whole in passage:
            rest = name.replace(short, "")
            if not rest or rest in passage:
                yield whole
