"""What stands in a cell: a figure, a mark for "none", a date, a unit, a heading word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_NOTE = r"(?:[※＊*]\s*(?:[0-9]{1,2})?(?:\s*[,、]\s*[※＊*]?\s*[0-9]{1,2})*|[(（\[［]?注[)）\]］]?\s*[0-9]*[)）\]］]?)"
_MARK = re.compile(_NOTE)
_UNITS = (
    "兆円|億円|百万円|千万円|万円|千円|銭|円|十億円|百万米ドル|千米ドル|億ドル|百万ドル|千ドル|米ドル|ドル|ユーロ|元|ポンド|ウォン|バーツ"
    "|億|百万|千|万|兆|%|‰|ポイント|pt|bp|bps|倍|株|千株|百万株|個|人|名|社|店舗|店|件|千件|口|千口|台|千台|回|年|ヶ月|か月|カ月|箇月|月|日|時間|歳|才"
    "|トン|t|kt|kg|g|m2|㎡|千㎡|m²|坪|戸|室|棟|区画|kwh|mwh|gwh|mw|kw|kl|千kl|㎥|m3|m³|km|m|本|頭|枚|銘柄|票|個月|t-co2|百万人|千人|万人|pp"
)
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_SIGN = r"[△▲▼\-−－–―+＋±∆Δ]"
_FIGURE = re.compile(
    rf"(?:{_NOTE}\s*)?[(（\[［<〈]?\s*(?:{_SIGN}\s*)?[(（\[［<〈]?\s*(?:約|計)?\s*(?:[¥￥$€£]|us\$)?\s*(?:{_SIGN}\s*)?(?:{_NUMBER})\s*"
    rf"(?:兆\s*(?:(?:{_NUMBER})\s*億)?円|[(（]?(?:{_UNITS})[)）]?)?\s*[)）\]］>〉]?\s*(?:{_UNITS})?\s*[)）\]］>〉]?(?:\s*{_NOTE})?",
    re.IGNORECASE,
)
_NIL = re.compile(
    rf"[(（\[［]?\s*(?:[-‐‑–—―−－ー─━_]+|[*＊]+|n\.?/?[am]\.?)\s*[)）\]］]?\s*(?:{_UNITS})?", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_DATE = re.compile(
    r"(?:(?:明治|大正|昭和|平成|令和|[明大昭平令mtshr])\.?\s*)?(?:[0-9]{1,4}|元)\s*年(?:度|\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日|期)?)?(?:末|まで|以後|以降|現在)?"
    r"|[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?|(?:19|20)[0-9]{2}[/.\-][0-9]{1,2}(?:期|月期)?"
    r"|(?:[0-9]{4}|[0-9]{2})[/.\-][0-9]{1,2}[/.\-][0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"年度|事業年度|会計年度|会計期間|累計期間|四半期|半期|中間期|[0-9一二三四五六七八九十]期|前期|当期|次期|今期|前年|当年|本年|[0-9]{4}年|平成|令和|昭和|年[0-9]{1,2}月"
    r"|月末|年末|現在|[0-9]q\b|fy ?[0-9]{2}|通期|上期|下期",
    re.IGNORECASE,
)
_UNIT = re.compile(
    rf"[(（\[［〔]?\s*(?:単位\s*[:：]?\s*)?(?:{_UNITS})(?:(?:\s*[,、・/／]\s*|\s+)(?:{_UNITS})|(?<=円)銭)*\s*[)）\]］〕]?",
    re.IGNORECASE,
)
_UNIT_CAPTION = re.compile(
    rf"[(（\[［〔【]?\s*(?:金額\s*)?単\s*位\s*[:：；;]?.{{1,40}}|[(（\[［〔]\s*(?:{_UNITS})(?:\s*[,、・/／]\s*(?:{_UNITS}))*\s*[)）\]］〕]",
    re.IGNORECASE | re.DOTALL,
)
_STUB_HEADING = re.compile(
    r".*(?:区分|通貨|項目|種類|科目|内容|名称|銘柄|地域|品目|部門|セグメント|事業|会社名|決議|摘要|勘定|年度|期間|期別|内訳|回次|相手先|用途|場所|商品|製品|資産"
    r"|対象|種別|分類|氏名|役職|役名|職名|指標|業種|商号|番号|順位|回号|要因|利益|負債|費用|収益|国|所有者|株主"
    r"|事由|用語|議案|議題|案件|行事|催し|曜日|品名|場面|場合|症状|段階|手順|部署|時間帯|時期|日程|日時|期日)(?:名|等|別)?(?:[(（].*)?",
    re.DOTALL,
)
_NAME_HEADING = re.compile(
    r"(?:会社|銀行|法人|店舗|物件|施設|ファンド|商品|銘柄)?名称?|商号|(?:商号|氏名)(?:又は|または)名称|社名|行名"
)
_HEADING_WORD = re.compile(
    r".*(?:名|氏名|役職|職|年月日|年月|略歴|任期|住所|所在地|内容|事業|区分|項目|種類|概要|名称|銘柄|目的|理由|備考|摘要|対応|科目|期間|金額|額|数|率|割合|比|方法|部門|担当"
    r"|時期|基準|関係|要旨|質問|回答|条件|資格|番号|手段|対象|計|高|価|価格|増減|残高|期末|期首|前期|当期|年度|期|日|要件|地位|商品|影響|方針|権|債|資本金|出資金|期限|根拠|根拠条文|税率"
    r"|状況|実績|予想|計画|用途|場所|国|地域|セグメント|注記|様式|書類|手続|タイトル|名前|内訳|リスク|機会|指標|目標|取組|施策|課題|テーマ"
    r"|報酬|通貨|意味|説明|説明者|担当者|責任者|対象者|講師|事由|用語|議案|議題|案件|窓口|提出先|連絡先|送付先|届出先|支払先|手順|留意点|注意点|要点|特徴|詳細|例|対策|措置|頻度|範囲"
    r"|時間|曜日|会場|定員|費用|手数料|料金|原因|結果|評価|判定|役割|権限|効果|目安|上限|下限|部署|(?:改[定正訂]|見直し|変更|移行|訂正|適用)[前後]|所管|品名|型番|規格|仕様|電話|行事|催し|演題|種目|配点|場合|場面)(?:等|別)?(?:[(（\[［].*)?",
    re.DOTALL,
)


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """The text of a cell as the tests of this module see it: compatibility forms folded, lower case, one line."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).lower()


@lru_cache(maxsize=65_536)
def is_nil(text: str) -> bool:
    """Whether a cell says "none": －, ―, -, *."""
    return bool(_NIL.fullmatch(plain(text)))


@lru_cache(maxsize=65_536)
def is_date(text: str) -> bool:
    """Whether a cell is a date, a month or a year and nothing else. `10年` may be a term: it is no date."""
    bare = plain(text)
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]+)?年", bare):
        return False
    return bool(_DATE.fullmatch(bare)) or bool(_YEAR.fullmatch(bare))


@lru_cache(maxsize=65_536)
def is_figure(text: str) -> bool:
    """Whether a cell is an amount, with its sign, unit and note marks, or several of them one below the other."""
    bare = plain(text)
    if not any("0" <= character <= "9" for character in bare) or _MARK.fullmatch(bare):
        return False
    if _FIGURE.fullmatch(bare):
        # Four digits without a comma are a year where they look like one.
        return not is_date(bare)
    parts = [part for part in text.split("\n") if part.strip()]
    if len(parts) > 1 and all(is_nil(part) or _FIGURE.fullmatch(plain(part)) for part in parts):
        return True
    # 2,477（252）, 0.1 (0.1) [16.0], 1,912百万円 (22円)
    pieces = [piece for piece in re.split(r"\s+|(?<=[0-9%円株人])(?=[(\[])", bare) if piece]
    return len(pieces) > 1 and all(_FIGURE.fullmatch(piece) or is_nil(piece) for piece in pieces)


def is_unit(text: str) -> bool:
    """Whether a cell is a unit: 百万円, (％), 千株."""
    return bool(_UNIT.fullmatch(plain(text)))


def is_unit_caption(text: str) -> bool:
    """Whether a cell tells the unit of the table: （単位：百万円）."""
    return bool(_UNIT_CAPTION.fullmatch(plain(text)))


def is_period(text: str) -> bool:
    """Whether a cell names a period: 前連結会計年度, 2021年３月期, 第99期中."""
    bare = plain(text)
    return bool(_PERIOD.search(bare)) or is_date(bare)


def names_rows(text: str) -> bool:
    """Whether a cell is the heading of a column of row labels: 区分, 項目, 銘柄."""
    return len(text) <= 30 and bool(_STUB_HEADING.fullmatch(plain(text).replace(" ", "")))


def names_things(text: str) -> bool:
    """Whether a cell stands before names of companies, funds, buildings: 名称, 商号, 会社名."""
    return bool(_NAME_HEADING.fullmatch(plain(text).replace(" ", "")))


_LETTER = "[A-ZＡ-Ｚ①-⑳ⅠⅡⅢⅣⅤ甲乙丙丁松竹梅]|[0-9０-９一二三四五]{1,2}"
_SERIES = re.compile(
    rf"(.*(?:プラン|コース|タイプ|案|ケース|グループ|パターン|クラス|ランク))\s*(?:{_LETTER})|(?:{_LETTER})\s*(プラン|コース|タイプ|案|型|ケース|グループ|パターン|クラス|ランク|級)"
)


def are_series(texts: Sequence[str]) -> bool:
    """Whether cells name the parts of a choice, told apart by a letter or number: プランA, プランB; 甲案, 乙案."""
    found = [_SERIES.fullmatch(text.strip()) for text in texts]
    return (
        len(texts) > 1
        and len(set(texts)) == len(texts)
        and len({match and match.groups() for match in found}) == 1
        and found[0] is not None
    )


def is_heading_word(text: str) -> bool:
    """Whether a cell reads as the heading of a column: 氏名, 株式数（株）, 保有目的."""
    bare = plain(text)
    return 0 < len(bare) <= 40 and not bare.endswith("。") and bool(_HEADING_WORD.fullmatch(bare))


_QUESTION = re.compile(r"(?:よくある)?(?:お|ご)?(?:q|問い?|質問|照会|問い?合わ?せ|question)(?:内容|事項|文|要旨)?[.:]?")
_ANSWER = re.compile(r"(?:お|ご)?(?:a|答え?|回答|answer)(?:内容|例|文|要旨)?[.:]?")


def ask_and_answer(question: str, answer: str) -> bool:
    """Whether two cells head a column of questions and one of answers: 質問 and 回答, Q and A."""
    return bool(_QUESTION.fullmatch(plain(question)) and _ANSWER.fullmatch(plain(answer)))
