"""Sentences and words that tell nothing of the document they stand in: formulas, forms that are not filled in, words that point at a name."""

from __future__ import annotations

import re

_NUMBERED = r"^(?:第[〇一二三四五六七八九十百千0-9０-９]+条[^ \u3000]{0,10}[ \u3000]+|[0-9０-９一二三四五六七八九十]{1,3}[ \u3000]+)?"
_FORMULA = re.compile(
    rf"{_NUMBERED}(?:この|本)(?:法律|政令|勅令|省令|府令|内閣府令|庁令|規則|規程|規約|条例|告示|命令|訓令|約款|通達|要領|基準|定款|改正)(?:の規定)?は、.*(?:施行|適用|実施)する。$"
    r"|から(?:、?これを)?施行(?:する|し、.*適用する)。$"  # ただし、附則第三条の規定は、公布の日から施行する。
    r"|の規定(?:に基づき|に基き|にもとづき|を実施するため)、.*(?:次のように|ここに)(?:定める|制定する|改正する)。$|この(?:法律|政令|省令|規則|府令)を制定する。$"
    r"|現在の(?:法令|法律)[^。]{0,24}(?:作成|記載|回答)|現在の法令等?に(?:よる|基づく)"
)
_DIGIT = "〇一二三四五六七八九十百千万"
_UNFILLED = re.compile(
    f"[○◯●×]{{2}}|[○◯●](?=[年月日名人条円回])|(?<![{_DIGIT}])〇(?:〇+|(?=[年月日名人条円回]))(?![{_DIGIT}])|[…‥]{{3}}|〔[^〕]{{2,12}}〕(?=の|に|を|が)"
)
_NO_LAW = re.compile(
    r"^(?:当該|上記|前記|下記|左記|同|本|各|年|法律|改正[前後])|^[新旧](?:法|令|規則|規程|省令|政令)$|^(?:関係)?法令|[・及]通達$|^施行(?:令|規則)$"
    r"|・・|[…‥]|^(?:国内|国際|外国|現地|準拠|自国|本国|特別|一般|実体|手続|強行|任意|成文|慣習|個別|関連|根拠|業)法$"
)
_NO_COMPANY = re.compile(
    r"^(?:当該|上記|前記|下記|左記|各|[当同本][行社省庁])|^[A-Za-zＡ-Ｚａ-ｚ甲乙丙丁](?:社|銀行|信託|証券|保険|株式会社|機構|公社)"
)
_LAW = re.compile(r"(?:(?<![方手用療])法|令|規則|規程|条約|通達)$")


def is_formula(sentence: str) -> bool:
    """Whether a sentence says from when a rule is in force, or on which day's law a page rests: every law and page has it in the same words."""
    return _FORMULA.search(sentence) is not None


_PICTURE = re.compile(r"図示|(?:次|下|上|別|左|右|以下)の?図(?![書表らる解る])|[下上別左右]図")
_SHOWN = re.compile(
    r"^(?:次の|下記の|以下の)(?:文書|契約書|受取書|領収書|領収証|借用証|書類|様式|明細書|通帳|手形)(?:は|について|を)|次の(?:ケース|事例)"
)


def points_at_a_picture(text: str) -> bool:
    """Whether a text speaks of a picture, or of a paper shown below, that its plain text does not have."""
    shown = _SHOWN.search(text) is not None and "\n" not in text.strip()
    return shown or _PICTURE.search(text) is not None


def is_unfilled(sentence: str) -> bool:
    """Whether a sentence is of a form that is not filled in: ○年○月○日, ○○監査法人."""
    return _UNFILLED.search(sentence) is not None


def law_ending(name: str) -> str:
    """What the name of a law ends with (法, 令, 規則 ...); empty where it is none."""
    found = _LAW.search(name)
    return found[0] if found else ""


def names_nothing(name: str) -> bool:
    """Whether a word of the form of a name names none: it points at one (当該…法, A銀行), or is left of a longer one (○年大蔵省令, …に関する法律施行令)."""
    return (_NO_LAW if law_ending(name) else _NO_COMPANY).search(name) is not None
