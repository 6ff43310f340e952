"""Text as comparisons see it. The shadow is never shown and never stored."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s\u3000、。,.，．・!?！？「」『』()（）\[\]【】:：;；~〜-]+")


def shadow(text: str) -> str:
    """`text` in NFKC and lower case, without white space and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())
