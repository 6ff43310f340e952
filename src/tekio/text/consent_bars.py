"""The bar that asks the visitors of a page to accept cookies, whatever it is called and wherever it stands."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from tekio.text.html import whole_text

CONSENT = re.compile(
    r"^(?:(?:すべて|全て|必須|必要)(?:の|を|な)?)?(?:もの)?(?:だけ|のみ)?(?:Cookie|クッキー|使用|利用|設定)?(?:に|を|の(?:使用|利用)[にを])?"
    r"(?:.{0,20}に(?=同意))?(?:同意|許可|承諾|承認|拒否|受け入れ|了承|有効に)(?:する|しない|します|しません|る|して(?:閉じる|続ける|次へ(?:進む)?|進む))?$|^(?:Accept|Reject|Allow)(?: all)?$",
    re.IGNORECASE,
)
"""A button that agrees or refuses (「同意する」, 「すべてのCookieを許可する」): never a question."""
_BESIDE_CONSENT = re.compile(
    r"^.{0,12}(?:設定|詳細|詳しく.{0,4}|閉じる|ポリシー|方針|変更(?:する)?|拒否|選択|管理|OK|×|✕)$"
)
COOKIES = re.compile(r"cookie|クッキー", re.IGNORECASE)
MAX_DIALOG = 600
"""Characters of such a bar at most."""


def consent_bars(root: Any) -> set[Any]:
    """Short notices about cookies with buttons to agree or refuse."""
    bars: set[Any] = set()
    if not COOKIES.search(whole_text(root)):
        return bars
    for button in root.iter("button", "a", "input"):
        if not CONSENT.match(whole_text(button).strip()):
            continue
        for node in button.iterancestors("div", "section", "form", "p"):
            beside = [whole_text(below).strip() for below in node.iter("button", "a", "input")]
            if not all(not text or CONSENT.match(text) or _BESIDE_CONSENT.search(text) for text in beside):
                break
            text = "".join(whole_text(node).split())
            if len(text) > MAX_DIALOG:
                break
            if COOKIES.search(text):
                bars.add(node)
                break
    return bars
