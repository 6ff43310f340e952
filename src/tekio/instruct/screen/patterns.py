"""Regular expressions that are tried only where a match can begin."""

from __future__ import annotations

import re


def beginning(characters: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """`pattern`, every match of which begins with one of `characters` (a character class without its brackets).

    Python tries an alternation at every place of a text, one alternative after the other; a look at the first character
    before that makes a search five to ten times as quick and finds the same.
    """
    return re.compile(f"(?=[{characters}])(?:{pattern})", flags)
