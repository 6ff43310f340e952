"""From counts to the statistics that thresholds are about.

`STATISTICS` names every statistic, what it means and where it comes from; each is a float64 column over documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.measure import COLUMNS, Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Statistic:
    """A ratio (or a plain count, `below` empty) of sums of counted columns."""

    name: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    meaning: str


_JAPANESE = ("hiragana", "katakana", "kanji", "kuten", "toten")
_SPECIAL = ("symbols", "toten", "kuten", "spaces")


def _share(name: str, above: str | tuple[str, ...], below: str | tuple[str, ...], meaning: str) -> Statistic:
    return Statistic(
        name,
        (above,) if isinstance(above, str) else above,
        (below,) if isinstance(below, str) else below,
        meaning,
    )


STATISTICS: tuple[Statistic, ...] = (
    _share("letters", "letters", (), "characters, line ends included (Swallow)"),
    _share("japanese_letters", _JAPANESE, (), "kana, kanji, 。．！？、， (Swallow)"),
    _share("japanese_share", _JAPANESE, "letters", "Japanese letters of all letters (Swallow)"),
    _share("hiragana_share", "hiragana", _JAPANESE, "of Japanese letters (Swallow)"),
    _share("katakana_share", "katakana", _JAPANESE, "of Japanese letters (Swallow)"),
    _share("kanji_share", "kanji", _JAPANESE, "of Japanese letters (Swallow)"),
    _share("kuten_share", "kuten", _JAPANESE, "。．！？ of Japanese letters (Swallow)"),
    _share("toten_share", "toten", _JAPANESE, "、， of Japanese letters (Swallow)"),
    _share("latin_share", "latin", "letters", "Latin letters"),
    _share("digit_share", "digits", "letters", "decimal digits, full width too"),
    _share("symbol_share", "symbols", "letters", "punctuation and symbols other than 。．！？、，"),
    _share("special_share", _SPECIAL, "letters", "punctuation, symbols, white space (after HojiChar, BigScience)"),
    _share("space_share", "spaces", "letters", "white space and line ends"),
    _share(
        "broken_share",
        ("replacements", "private", "controls", "mojibake_kanji", "mojibake_latin"),
        "letters",
        "signs of a wrong encoding: U+FFFD, private use, control characters, 縺繧繝, Ãâã",
    ),
    _share("half_width_kana_share", "half_width_kana", "letters", "half-width kana"),
    _share("listed_words", "listed_words", (), "hits of the source's word lists"),
    _share(
        "listed_word_share", "listed_word_letters", _JAPANESE, "letters in listed words of Japanese letters (Swallow)"
    ),
    _share("sentences", "sentences", (), "runs ended by 。．！？!? or a line end (Swallow)"),
    _share("mean_sentence", "paragraph_letters", "sentences", "letters per sentence (Swallow)"),
    _share("longest_sentence", "longest_sentence", (), "letters (Swallow)"),
    _share("ellipsis_sentence_share", "ellipsis_sentences", "sentences", "sentences that end with ・ or … (Swallow)"),
    _share("duplicate_sentence_share", "duplicate_sentences", "sentences", "repetitions (Swallow)"),
    _share("duplicate_sentence_letter_share", "duplicate_sentence_letters", "paragraph_letters", "(Swallow)"),
    _share("lines", "lines", (), "lines, blank ones too"),
    _share("mean_line", "letters", "lines", "letters per line"),
    _share("short_line_share", "short_lines", "lines", "lines of at most 10 letters (HojiChar)"),
    _share("bullet_line_share", "bullet_lines", "lines", "lines that begin with a bullet (Gopher)"),
    _share("duplicate_paragraph_share", "duplicate_paragraphs", "lines", "repeated lines, blank ones too (Swallow)"),
    _share("duplicate_paragraph_letter_share", "duplicate_paragraph_letters", "paragraph_letters", "(Swallow)"),
    _share("longest_run", "longest_run", (), "longest run of one character (HojiChar)"),
    _share("head_kana", "head_kana", (), "kana among the first 50 letters (HojiChar)"),
    *(
        _share(f"distinct_{n}gram_repeated_share", f"repeated_{n}grams", f"distinct_{n}grams", "(Swallow)")
        for n in range(5, 11)
    ),
)
SPECIAL: dict[str, str] = {
    "full_stops_per_100": "。 per 100 letters (HojiChar: at least 1)",
    "ellipsis_line_share": "lines that end with ... or … per line end (HojiChar)",
    "duplicate_line_share": "repeated lines, blank ones not counted (Gopher)",
    "top_2gram_share": "share of the most frequent 2-gram (Swallow)",
    "top_3gram_share": "share of the most frequent 3-gram (Swallow)",
    "top_4gram_share": "share of the most frequent 4-gram (Swallow)",
    "frequent_5gram_share": "share of the sqrt(n) most frequent 5-grams (HojiChar, BigScience)",
    **{
        f"covered_{n}gram_share": f"share of {n}-grams that occur more than once (Gopher, on characters)"
        for n in range(5, 11)
    },
}
NAMES: tuple[str, ...] = (*(item.name for item in STATISTICS), *SPECIAL)
MEANINGS: dict[str, str] = {item.name: item.meaning for item in STATISTICS} | SPECIAL

_PLACE = {name: position for position, name in enumerate(COLUMNS)}


def _sum(counts: Ints, names: Sequence[str]) -> Floats:
    return counts[:, [_PLACE[name] for name in names]].sum(axis=1).astype(np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`, 0 where `below` is not positive."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def statistics(counts: Ints) -> dict[str, Floats]:
    """Every statistic of `NAMES` from the counts of `tekio.text.kernels.measure.measure` [texts, columns]."""
    found: dict[str, Floats] = {}
    for item in STATISTICS:
        above = _sum(counts, item.above)
        found[item.name] = _ratio(above, _sum(counts, item.below)) if item.below else above

    letters, lines = _sum(counts, ["letters"]), _sum(counts, ["lines"])
    empty = _sum(counts, ["empty_paragraphs"])
    found["full_stops_per_100"] = _ratio(100 * _sum(counts, ["full_stops"]), letters)
    found["ellipsis_line_share"] = _sum(counts, ["ellipsis_lines"]) / np.maximum(lines - 1, 1)
    repeated_lines = _sum(counts, ["duplicate_paragraphs"]) - np.maximum(empty - 1, 0)
    found["duplicate_line_share"] = _ratio(repeated_lines, lines - empty)
    for n in (2, 3, 4):
        found[f"top_{n}gram_share"] = _ratio(_sum(counts, [f"top_{n}gram"]), letters - n + 1)
    found["frequent_5gram_share"] = _ratio(_sum(counts, ["frequent_5grams"]), letters - 4)
    for n in range(5, 11):
        found[f"covered_{n}gram_share"] = _ratio(_sum(counts, [f"covered_{n}grams"]), letters - n + 1)
    return {name: found[name] for name in NAMES}
