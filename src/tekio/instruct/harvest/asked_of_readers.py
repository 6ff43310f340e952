"""Whom a question is put to: a questionnaire, a checklist and an advertisement ask their reader; a page of answers asks for him.

Told by grammar, as a Japanese sentence shows it: honorific predicates about the reader (「お持ちですか」), what he has done
(「確認しましたか」), thinks or feels (「思いますか」), invitations (「始めませんか」) and 「あなた」. Of 1,876 questions of the blind
documents six are of this form, of 565 sentences that ask on the pages without questions 80.
"""

from __future__ import annotations

import re

_HONORIFIC = re.compile(
    r"(?:お[一-龠々]{1,2}[ぁ-ん]{0,2}|おいくつ|ご[一-龠々ァ-ヶ]{1,6})(?:です|でしょう|でした)か$|いかが(?:です|でした|でしょう)か$"
)
_THINKS = re.compile(r"(?:思い|感じ|考え|望み|希望し|期待し)ま(?:す|した)か$")
_HAS_DONE = re.compile(r"ましたか$")
_INVITES = re.compile(r"(?:[いしみ]|あり|おり|ござい|行き|始め|考え)ませんか$")
_OUGHT = re.compile(
    r"(?:なければ|なくては|ないと)[^。]{0,4}ませんか$|(?:では|差し?支え|問題は?|違反は?|支障は?)(?:あり|ござい)ませんか$"
)
"""「…なければなりませんか」, 「違法ではありませんか」: whoever asks wants to know."""
_YOU = re.compile(r"^あなた(?:は|の|に|が|自身)")
_ASKS_WHICH = re.compile(r"なぜ|どうして|いつ|どこ|いくら|何(?!か)|なに|どの|どれ|どう|だれ|誰")
_POLITE = re.compile(
    r"(?:ます|です|ません|でしょう|ました|でした|ませんでした)か(?:ね)?$|(?:ください|下さい|たい|たいです|ほしい|欲しい|お願いします|教えて)$"
    r"|(?:です|ます|たい|した|ない)(?:のです|んです)?(?:が|けど|けれど)$|(?:の|かな|って|って本当)$"
)
"""How somebody asks who wants to know; a headline asks 「どう変わるか」, 「なぜ選ばれる？」."""
_EDGES = " \u3000？?。．！!」』）)"


def asks_its_reader(question: str) -> bool:
    """Whether the last sentence of a question is put to whoever reads it."""
    last = _last_sentence(question)
    if _YOU.search(last) or _HONORIFIC.search(last) or _THINKS.search(last):
        return True
    if _INVITES.search(last):
        return _OUGHT.search(last) is None
    return _HAS_DONE.search(last) is not None and _ASKS_WHICH.search(last) is None


def asks_to_know(question: str) -> bool:
    """Whether the last sentence of a question is how a person asks another one, and not a headline."""
    last = _last_sentence(question)
    return _POLITE.search(last) is not None and not asks_its_reader(question)


def _last_sentence(question: str) -> str:
    parts = [part for part in re.split(r"(?<=[。．？?！!])|\n", question.strip()) if part.strip(_EDGES)]
    return parts[-1].strip(_EDGES) if parts else ""
