"""Templates of the Japanese Wikipedia that carry text: what each shows, by a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_LANGUAGES = {
    "en": "英語", "zh": "中国語", "ko": "朝鮮語", "fr": "フランス語", "de": "ドイツ語", "it": "イタリア語",
    "es": "スペイン語", "pt": "ポルトガル語", "ru": "ロシア語", "nl": "オランダ語", "la": "ラテン語", "ar": "アラビア語",
    "ja": "日本語", "fi": "フィンランド語", "da": "デンマーク語", "no": "ノルウェー語", "pl": "ポーランド語", "cs": "チェコ語",
    "hu": "ハンガリー語", "he": "ヘブライ語", "hi": "ヒンディー語", "fa": "ペルシア語", "uk": "ウクライナ語", "ms": "マレー語",
    "mn": "モンゴル語", "sa": "サンスクリット", "ro": "ルーマニア語", "bg": "ブルガリア語", "ca": "カタルーニャ語",
    "sv": "スウェーデン語", "tr": "トルコ語", "vi": "ベトナム語", "th": "タイ語", "id": "インドネシア語", "el": "ギリシア語",
}  # fmt: skip
_SHORT = {
    "en": "英",
    "zh": "中",
    "ko": "朝",
    "fr": "仏",
    "de": "独",
    "it": "伊",
    "es": "西",
    "pt": "葡",
    "ru": "露",
    "nl": "蘭",
    "la": "羅",
}
_LANGUAGE = re.compile(r"lang-([a-z]{2,3})(?:-(?!short)[a-z]+)?(-short)?")
_MONEY = {
    "jpy": "",
    "us$": "US$",
    "usd": "US$",
    "€": "€",
    "eur": "€",
    "euro": "€",
    "gbp": "£",
    "£": "£",
    "cny": "CN¥",
    "krw": "₩",
    "¥": "¥",
}
_FIRST = (
    "nts", "nowrap", "nobr", "small", "smaller", "big", "larger", "要出典範囲", "仮題", "読み", "ruby", "ルビ", "quotation",
    "quote", "cquote", "blockquote", "visible anchor", "vanchor", "補助漢字フォント", "jis2004フォント", "jis90フォント",
    "cp932フォント", "拡張漢字", "unicodeフォント", "ipaフォント", "jisx0212フォント", "jisx0213フォント", "linktext", "strong", "em",
    "ふりがな", "ruby-ja", "formatnum", "num", "math", "mvar", "bignum", "nobold", "nowrap begin", "要説明範囲",
    "いつ範囲", "誰範囲2", "全角", "縦書き", "傍点", "白抜き", "取り消し線", "打ち消し線", "日本語", "zh2", "kotoba",
    "unicode", "squote", "引用", "サイズ", "font", "uc", "lc", "underline", "下線", "太字", "abbr", "要検証範囲", "center", "nihongo2", "sic",
)  # fmt: skip
_SECOND = ("sort", "lang", "色", "color", "font color", "fontcolor", "colors", "背景色", "transl", "翻字")
_SILENT = ("0", "00", "clear", "-", "anchor", "anchors", "wbr")
"""Templates that show nothing."""
_SIGNS = {
    "!": "|", "=": "=", "'": "'", "·": "・", "・": "・", "dot": "・", "snd": " – ", "ndash": "–", "mdash": "—", "nbsp": " ",
    "spaces": " ", "円": "円", "yen": "円", "numero": "№",
}  # fmt: skip
_COUNTRIES = {
    "jpn": "日本", "usa": "アメリカ合衆国", "chn": "中華人民共和国", "kor": "大韓民国", "gbr": "イギリス", "uk": "イギリス",
    "fra": "フランス", "deu": "ドイツ", "ger": "ドイツ", "ita": "イタリア", "esp": "スペイン", "can": "カナダ",
    "aus": "オーストラリア", "ind": "インド", "rus": "ロシア", "bra": "ブラジル", "sgp": "シンガポール", "sin": "シンガポール",
    "hkg": "香港", "twn": "台湾", "roc": "中華民国", "tha": "タイ", "vnm": "ベトナム", "idn": "インドネシア", "mys": "マレーシア",
    "phl": "フィリピン", "che": "スイス", "sui": "スイス", "nld": "オランダ", "ned": "オランダ", "bel": "ベルギー",
    "swe": "スウェーデン", "nzl": "ニュージーランド", "mex": "メキシコ", "tur": "トルコ", "zaf": "南アフリカ共和国",
}  # fmt: skip
NOTES = re.compile(
    r"(?:efn|refn|refnest|sfn|sfnp|harv|harvnb|harvtxt|cite|citation|r|rp|ref|reflist|notelist|notetag|注|注釈|脚注|出典|要出典|要検証|いつ|誰|誰2"
    r"|どこ|何|要説明|独自研究|独自研究範囲|信頼性要検証|更新|main|see|see also|seealso|further|参照|詳細|関連|正確性|未検証|出典の明記"
    r"|isbn|issn|doi|ncid|naid|pmid|wayback|webarchive|archive|refbegin|refend|flagicon|country flag|commons|commonscat|wikiquote"
    r"|full|page needed|要ページ番号|リンク切れ|dead link|en icon|ja icon|en|ja)(?:[ _-].*|2|3)?$"
)
"""Templates beside a sentence and not of it: notes, sources, marks of editors, pictures of flags."""
Values = Mapping[str, str]


def _reading(values: Values) -> str:
    reading = values.get("2", "")
    return values.get("1", "") + (f"（{reading}）" if reading else "")


def _quantity(values: Values) -> str:
    number, unit = values.get("1", ""), values.get("u") or values.get("ul") or ""
    grouped = f"{int(number):,}" if number.isascii() and number.isdecimal() and len(number) > 3 else number
    return f"{grouped} {re.sub('([a-z])([23])$', lambda m: m[1] + '²³'[int(m[2]) - 2], unit)}".strip()


def _date(values: Values) -> str:
    parts = [values.get(place, "") for place in ("1", "2", "3")]
    shown = [
        f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=True) if part.isascii() and part.isdecimal()
    ]
    return "".join(shown)


def _fraction(values: Values) -> str:
    parts = [values[place] for place in ("1", "2", "3") if values.get(place)]
    if len(parts) == 3:
        return f"{parts[0]} {parts[1]}/{parts[2]}"
    return "/".join(parts) if len(parts) == 2 else f"1/{parts[0]}" if parts else ""


def _all(values: Values) -> str:
    return "".join(values[place] for place in sorted((name for name in values if name.isdecimal()), key=int))


_SHOWN: dict[str, Callable[[Values], str]] = {
    "読み仮名": _reading,
    "読み仮名_ruby不使用": _reading,
    "読み仮名 ruby不使用": _reading,
    "仮リンク": lambda values: values.get("label") or values.get("1", ""),
    "ill2": lambda values: values.get("label") or values.get("1", ""),
    "val": _quantity,
    "convert": lambda values: f"{values.get('1', '')} {values.get('2', '')}".strip(),
    "wikicite": lambda values: values.get("reference", ""),
    "和暦": lambda values: _japanese_year(values.get("1", "")),
    "start date": _date,
    "end date": _date,
    "開始日": _date,
    "frac": _fraction,
    "分数": _fraction,
    "sfrac": _fraction,
    "chem": _all,
    "sub": lambda values: values.get("1", ""),
    "flag": lambda values: values.get("1", ""),
    "flagcountry": lambda values: values.get("1", ""),
    "start date and age": _date,
    "birth date": _date,
    "increase": lambda _: "増加",
    "decrease": lambda _: "減少",
    "up": lambda _: "上昇",
    "down": lambda _: "下降",
    "profit": lambda _: "",
    "loss": lambda _: "",
    "増加": lambda _: "増加",
    "減少": lambda _: "減少",
    "上昇": lambda _: "上昇",
    "下降": lambda _: "下降",
    "下落": lambda _: "下落",
    "steady": lambda _: "横ばい",
    "横ばい": lambda _: "横ばい",
}


def _japanese_year(year: str) -> str:
    """The year of an era by the first of January's rule of the template: 1990 -> 平成2年."""
    if not (year.isascii() and year.isdecimal()):
        return year
    number = int(year)
    for name, first in (("令和", 2019), ("平成", 1989), ("昭和", 1926), ("大正", 1912), ("明治", 1868)):
        if number >= first:
            return f"{name}{number - first + 1 if number > first else '元'}年"
    return year


def years_between(values: Values, today: str) -> str | None:
    """`年数|1990|1|1`: whole years from that day to another, else to `today` (ISO), the day of the page's revision."""

    def day(places: tuple[str, str, str]) -> tuple[int, int, int] | None:
        given = [values.get(place, "") or "1" for place in places]
        whole = values.get(places[0], "") and all(part.isascii() and part.isdecimal() for part in given)
        return (int(given[0]), int(given[1]), int(given[2])) if whole else None

    start, end = day(("1", "2", "3")), day(("4", "5", "6"))
    if end is None and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", today):
        end = (int(today[:4]), int(today[5:7]), int(today[8:]))
    if start is None or end is None:
        return None
    return str(end[0] - start[0] - (end[1:] < start[1:]))


_CALENDAR = {
    "currentyear": slice(0, 4), "localyear": slice(0, 4), "currentmonth": slice(5, 7), "currentmonth1": slice(5, 7),
    "localmonth": slice(5, 7), "currentday": slice(8, 10), "currentday2": slice(8, 10), "localday": slice(8, 10),
}  # fmt: skip


def calendar_text(name: str, today: str) -> str | None:
    """The year, month or day of the page's revision (`today`, ISO), where a variable asks for today's; None for other names."""
    if name not in _CALENDAR or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", today):
        return None
    return str(int(today[_CALENDAR[name]]))


def template_text(name: str, values: Values) -> str | None:
    """What a template shows; None when it is not in the table. name: in lower case. values: by name or place (`1`)."""
    if name in _SIGNS:
        return values.get("1", "") + _SIGNS[name] if name in ("円", "yen") else _SIGNS[name]
    if name in _COUNTRIES:
        return _COUNTRIES[name]
    if name.startswith("formatnum:"):
        number = name.removeprefix("formatnum:").strip()
        return f"{int(number):,}" if number.isascii() and number.isdecimal() else number
    if name.startswith(("lc:", "uc:")):
        return name[3:].strip() if name.startswith("lc:") else name[3:].strip().upper()
    if name.startswith("#if:"):
        return values.get("1" if name.removeprefix("#if:").strip() else "2", "")
    if name in _SHOWN:
        return _SHOWN[name](values)
    if name in _SILENT:
        return ""
    if name in _FIRST:
        return values.get("1", "")
    if name in _SECOND:
        return values.get("2", "")
    if name == "jpy" and values.get("1", "")[-1:].isdecimal():
        return f"{values['1']}円"
    if name in _MONEY:
        return _MONEY[name] + values.get("1", "")
    found = _LANGUAGE.fullmatch(name)
    if found and values.get("1"):
        language = (_SHORT if found[2] else _LANGUAGES).get(found[1]) or _LANGUAGES.get(found[1])
        return f"{language}: {values['1']}" if language else values["1"]
    return "" if found else None
