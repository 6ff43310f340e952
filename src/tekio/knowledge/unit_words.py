"""The units that tables tell in a label, in a caption or behind a figure, and where they tell them."""

from __future__ import annotations

import re

UNIT_WORDS = (
    "億円|万人|万件|万台|兆円|十億円|億円|百万円|千万円|万円|千円|円|百万米ドル|千米ドル|百万ドル|千ドル|米ドル|ドル|ユーロ|%|％|ポイント|倍|百万株|千株|株|人|名|社|店舗|店|件|千件|台|千台"
    "|年|か月|カ月|ヶ月|月|日|時間|歳|トン|㎡|千㎡|口|千口|個|回|戸"
)
"""Units of tables that a reader has labelled."""
SPACED_UNIT_WORDS = rf"百万人|千人|千戸|千トン|万トン|千t|トン|t|%ポイント|室|校|枚|棟|世帯|口座|{UNIT_WORDS}"
"""Units of tables that spaces divide: more, since what stands in their captions was written for people alone."""
COUNTED = re.compile(r"(?:(店舗|店|件|台|戸|社|口座|回|本|株|世帯|校|棟|枚|日)|[人者員名客])数$")
"""The name of what is counted tells the unit: 店舗数; people where the group is empty."""


def unit_in_label(words: str) -> re.Pattern[str]:
    """Where a label tells its unit: 売上高（百万円）. words: the units, as a pattern."""
    return re.compile(rf"[（(\[［〔]\s*(?:単位\s*[:：]\s*)?({words})\s*[）)\]］〕]")


def unit_in_caption(words: str) -> re.Pattern[str]:
    """Where a line over a table tells its unit, and no second one: （単位：百万円）."""
    return re.compile(rf"単\s*位\s*[:：；;]?\s*({words})(?!\s*[、,・/／])")
