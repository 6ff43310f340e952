"""Templates of the Japanese Wikipedia that carry text: what each shows, by a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_LANGUAGES = {
    "en": "英語", "zh": "中国語", "ko": "朝鮮語", "fr": "フランス語", "de": "ドイツ語", "it": "イタリア語",
    "es": "スペイン語", "pt": "ポルトガル語", "ru": "ロシア語", "nl": "オランダ語", "la": "ラテン語", "ar": "アラビア語",
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
    "gbp": "£",
    "£": "£",
    "cny": "CN¥",
    "krw": "₩",
    "¥": "¥",
}
_FIRST = (
    "nowrap", "nobr", "small", "smaller", "big", "larger", "要出典範囲", "仮題", "和暦", "読み", "ruby", "ルビ", "quotation",
    "quote", "cquote", "blockquote", "visible anchor", "vanchor", "補助漢字フォント", "jis2004フォント", "jis90フォント",
    "cp932フォント", "拡張漢字", "unicodeフォント", "ipaフォント", "jisx0212フォント", "jisx0213フォント", "linktext", "strong", "em",
    "underline", "下線", "太字", "abbr", "要検証範囲", "center", "nihongo2", "sic",
)  # fmt: skip
_SECOND = ("lang", "色", "color", "font color", "fontcolor", "colors", "背景色", "transl", "翻字")
_SILENT = ("0", "00", "clear", "-", "anchor", "anchors", "wbr")
"""Templates that show nothing."""
Values = Mapping[str, str]


def _reading(values: Values) -> str:
    reading = values.get("2", "")
    return values.get("1", "") + (f"（{reading}）" if reading else "")


def _quantity(values: Values) -> str:
    number, unit = values.get("1", ""), values.get("u") or values.get("ul") or ""
    grouped = f"{int(number):,}" if number.isascii() and number.isdecimal() and len(number) > 3 else number
    return f"{grouped} {re.sub('([a-z])([23])$', lambda m: m[1] + '²³'[int(m[2]) - 2], unit)}".strip()


_SHOWN: dict[str, Callable[[Values], str]] = {
    "読み仮名": _reading,
    "読み仮名_ruby不使用": _reading,
    "読み仮名 ruby不使用": _reading,
    "仮リンク": lambda values: values.get("label") or values.get("1", ""),
    "ill2": lambda values: values.get("label") or values.get("1", ""),
    "val": _quantity,
    "convert": lambda values: f"{values.get('1', '')} {values.get('2', '')}".strip(),
    "wikicite": lambda values: values.get("reference", ""),
    "増加": lambda _: "増加",
    "減少": lambda _: "減少",
}


def template_text(name: str, values: Values) -> str | None:
    """What a template shows; None when it is not in the table. name: in lower case. values: by name or place (`1`)."""
    if name in _SHOWN:
        return _SHOWN[name](values)
    if name in _SILENT:
        return ""
    if name in _FIRST:
        return values.get("1", "")
    if name in _SECOND:
        return values.get("2", "")
    if name in _MONEY:
        return _MONEY[name] + values.get("1", "")
    found = _LANGUAGE.fullmatch(name)
    if found and values.get("1"):
        language = (_SHORT if found[2] else _LANGUAGES).get(found[1]) or _LANGUAGES.get(found[1])
        return f"{language}: {values['1']}" if language else values["1"]
    return "" if found else None
