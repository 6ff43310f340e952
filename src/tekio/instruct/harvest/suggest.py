"""What JaFIn's authors did by hand, as suggestions to a reviewer: never a silent edit.

Their rules: name what refers to itself (当局, 当サイト), leave out procedures and forms, leave out references to figures
and tables. And what they could not know: content that is out of date.
"""

from __future__ import annotations

import re
from typing import Any

from tekio.instruct.harvest.superseded import find_superseded

_SELF = re.compile(
    r"当(?:局|庁|省|行|社|サイト|ホームページ|機構|協会|組合|会|所|連合会|財団|基金|金庫|ページ)|本(?:サイト|ホームページ|ページ|協会|会|制度)(?![\u4e00-\u9fff])|弊社|弊行|わたくしども|私ども"
)
_PROCEDURE = re.compile(
    r"(?:申請書|届出書?|請求書|申込書|書類|様式|用紙|返信用封筒)[^。]{0,30}(?:提出|送付|郵送|返送|ご?記入|添付|同封|ダウンロード)"
    r"|(?:お問い?合わ?せ|ご?連絡|ご?相談)(?:ください|下さい|先は)|窓口(?:にて|まで|へ)[^。]{0,20}(?:ください|お越し)|こちら(?:から|を)(?:クリック|ご覧|ダウンロード)"
)
_FIGURE = re.compile(
    r"(?:下|上|次|左|右|以下|上記|下記|別)の?(?:図|表|グラフ|画面|画像|イメージ|リンク)|(?:図|表|別紙|別表|資料)\s*[0-9０-９一二三四五六七八九十]+|別添|(?:画面|図)のとおり|参照(?:ください|して)"
)
_LINK = re.compile(r"https?://|こちら(?:をご|を参照|を確認|のページ)")

STALE_BEFORE = "2022"


def suggestions(question: str, answer: str, as_of: str | None) -> list[dict[str, Any]]:
    """What a reviewer should look at: `{"rule", "found", "why"}` each."""
    text = f"{question}\n{answer}"
    found: list[dict[str, Any]] = []
    for rule, pattern, why in (
        ("self_reference", _SELF, "name the organisation or site instead"),
        ("procedure", _PROCEDURE, "about a procedure or a form; JaFIn leaves such pairs out"),
        ("figure_reference", _FIGURE, "refers to a figure, table or attachment that the answer does not have"),
        ("link_reference", _LINK, "refers to another page"),
    ):
        seen = sorted({match[0] for match in pattern.finditer(text)})
        if seen:
            found.append({"rule": rule, "found": seen[:5], "why": why})
    found.extend(find_superseded(text))
    if as_of is not None and as_of < STALE_BEFORE:
        found.append({"rule": "stale_date", "found": [as_of], "why": f"the page is from before {STALE_BEFORE}"})
    return found
