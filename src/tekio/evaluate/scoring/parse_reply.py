"""From a reply in words to one of the choices: fin-harness's published rule, and a strict one."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

MARKERS = re.compile(r"(?:答え|回答|解答|正解|正答|[Aa]nswer)(?:\s*(?:は|:|=|is|】|\]|」))+\s*")
AROUND = " \t\n\"'`*_「」『』【】[]()<>。、.,:;!"
ENDINGS = re.compile(r"(?:です|である|になります|と考えられます|と思います|だ)$")


def fin_harness_scores(reply: str, choices: Sequence[str], *, also_normalized: bool = False) -> tuple[float, ...]:
    """Minus the place where each choice is first found, -inf if it is not (japanese-lm-fin-harness, API models).

    Each choice without its leading space is searched as it stands, as a regular expression: letters match inside words,
    "." matches anything, and where nothing is found all are equal and the first one wins. also_normalized: try the NFKC
    form of the choice too (the published Gemini and Anthropic paths do, the OpenAI one does not).
    """
    scores: list[float] = []
    for choice in choices:
        wanted = choice.lstrip(" ")
        forms = [wanted, unicodedata.normalize("NFKC", wanted)] if also_normalized else [wanted]
        places = [place for form in forms if (place := _search(form, reply)) is not None]
        scores.append(-float(min(places)) if places else -math.inf)
    return tuple(scores)


def _search(pattern: str, text: str) -> int | None:
    try:
        found = re.search(pattern, text)
    except re.error:  # the published code would stop here; the text itself is the sensible reading
        found = re.search(re.escape(pattern), text)
    return found.start() if found else None


def strict_choice(reply: str, choices: Sequence[str]) -> int | None:
    """The one choice a reply gives, or None: nothing, several, or only a part of a word is no answer.

    In this order: the whole reply is the choice; what stands after the last "答えは" (回答, 正解, Answer ...) begins with
    it; exactly one of the choices stands anywhere as a word of its own. Full-width and half-width forms are the same.
    """
    text = _plain(reply)
    wanted = [_plain(choice) for choice in choices]
    if len(set(wanted)) < len(wanted) or not all(wanted):
        return None
    for part in (text, text.split("\n", 1)[0]):
        bare = ENDINGS.sub("", part.strip(AROUND)).strip(AROUND)
        if bare in wanted:
            return wanted.index(bare)
    markers = list(MARKERS.finditer(text))
    if markers:
        rest = text[markers[-1].end() :].lstrip(AROUND)
        starting = [place for place, start in _standing(rest, wanted) if start == 0]
        if starting:
            return starting[0]
    named = {place for place, _ in _standing(text, wanted)}
    return named.pop() if len(named) == 1 else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _standing(text: str, choices: Sequence[str]) -> list[tuple[int, int]]:
    """(choice, place) of every choice that stands as a word of its own; a choice inside a longer one does not count."""
    by_length = sorted(range(len(choices)), key=lambda number: -len(choices[number]))
    pattern = "|".join(f"(?P<c{number}>{_bounded(choices[number])})" for number in by_length)
    return [(int(str(found.lastgroup)[1:]), found.start()) for found in re.finditer(pattern, text)]


def _bounded(choice: str) -> str:
    """The choice as a pattern that does not match inside a word or number of Latin characters."""
    before = r"(?<![A-Za-z0-9.])" if re.match(r"[A-Za-z0-9]", choice) else ""
    after = r"(?![A-Za-z0-9]|\.[0-9])" if re.search(r"[A-Za-z0-9]$", choice) else ""
    return before + re.escape(choice) + after
