"""Words that say what is calculated and how closely, shared by the two ways of checking a calculation: from values side by side (`derived`) and by chance
(`reckoned`). Each adds words that it alone can afford.
"""

from __future__ import annotations

SUM_WORDS = "合計|合わせ|併せ|合算|総額|総計|全部|足し|足す|加え|計[0-9]|(?<!い)つで"
DIFFERENCE_WORDS = "(?<!に)より(?![多少大小高低長短早遅強広])|差|引[いくき]|残[りる]|除い|除く"
PRODUCT_WORDS = "か月分|回分|年分|[x×]|掛け|乗じ|倍|分の|半分|につき|当たり|あたり"
SHARE_WORDS = "割合|率|当た|占め|相当|割|倍"
ABOUT_WORDS = "約|およそ|おおよそ|ほぼ|ざっと"
"""Before a value that is rounded."""
AROUND_WORDS = "程度|ほど|くらい|ぐらい|前後"
OVER_WORDS = "以上|超(?!え)|を?超え|余り?|あまり|強|台"
UNDER_WORDS = "弱|足らず|近[いくに]|未満|に満たない|を下回|を切"
"""Behind one: around, over, under it."""
BEFORE_VALUE, AFTER_VALUE = 4, 5
"""Characters before and behind a value in which such a word stands."""
RATE_UNITS = frozenset(["%", "倍", "ポイント"])
"""Units of what is no amount."""
NAME_UNITS = frozenset(["号", "項", "位"])
"""Of numbers by which things are called, and with which nothing is reckoned."""
