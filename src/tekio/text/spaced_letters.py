"""Text that recognition wrote with a blank between its letters: 「利 息 は 年 2.4 5 % と し 、」, 「1 5 日」, 「2 5,0 0 0 円」.

A text shows that it was written so by a sentence of single letters, which nobody types; then its lines of single letters are put
together, and its figures before what they count. Lines of specks (`|| .; ~~ ^ _`) go out of such a text. Rows of single letters that
mean something (weekdays, 甲乙丙, numerals) stay, and so do all texts without such a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTER = "ぁ-んァ-ヶー一-龥々〇、。「」（）"
_SENTENCE = re.compile(rf"(?:[{_LETTER}] ){{7,}}[{_LETTER}]")
_PARTICLES = (" は ", " の ", " に ", " を ", " と ", " が ", " で ")
"""What a sentence of single letters holds, quickly looked for."""
_HIRAGANA = re.compile("[ぁ-ん]")
_WIDE = "\u3000-\u30ff\u3400-\u9fff\uff00-\uff60"
_BETWEEN = re.compile(rf"(?<=[{_WIDE}]) (?=\S)|(?<=\S) (?=[{_WIDE}])|(?<=[0-9.,]) (?=[0-9.,%)])")
_SERIES = frozenset("月火水木金土日祝甲乙丙丁戊己一二三四五六七八九十子丑寅卯辰巳午未申酉戌亥○×△□◎●男女計イロハニホ")
_FIGURE = re.compile(
    r"(?<![0-9０-９.,][ ])(?<![0-9０-９.,])[0-9](?: ?[0-9.,]){0,24} [0-9](?: ?[0-9]){0,24}(?= ?(?:[年月日円回%％件人名条項号歳株倍口台枚本社者店万億兆千百]|[かヵヶカ]月|時間|週間|分))"
)
_SPECKS = re.compile(r"[^\w\s]|[ﾞﾟ]")
BLANKS = 0.02
"""Share of blanks below which no text was written so."""
FEWEST_SPECKS, FEWEST_KINDS = 4, 3


@dataclass(frozen=True)
class Together:
    """Text with its letters together. joined: lines that changed. specks: lines that held nothing else and went out."""

    text: str
    joined: int = 0
    specks: tuple[str, ...] = ()


def join_letters(text: str) -> Together:
    """Put the letters of a text together that recognition wrote apart; others stay as they are."""
    few = text.count(" ") < BLANKS * len(text)  # most texts: one quick look
    if few or not any(particle in text for particle in _PARTICLES) or not _shows_recognition(text):
        return Together(text)
    kept: list[str] = []
    specks: list[str] = []
    joined = 0
    for line in text.split("\n"):
        if _is_specks(line):
            specks.append(line)
            continue
        new = _BETWEEN.sub("", line) if _is_apart(line) else _FIGURE.sub(lambda found: found[0].replace(" ", ""), line)
        joined += new != line
        kept.append(new)
    return Together("\n".join(kept), joined, tuple(specks))


def _shows_recognition(text: str) -> bool:
    return any(len(_HIRAGANA.findall(found[0])) > 1 for found in _SENTENCE.finditer(text))


def _is_apart(line: str) -> bool:
    """Whether a line is single letters with blanks between them, and no row of a series."""
    pieces = line.split()
    single = [piece for piece in pieces if len(piece) == 1]
    letters = [piece for piece in single if not piece.isascii()]
    if len(pieces) < 3 or len(letters) < 3 or len(single) < 0.7 * len(pieces) or "  " in line.strip():
        return False
    return not all(piece in _SERIES for piece in letters)


def _is_specks(line: str) -> bool:
    """Whether a line is signs of several kinds and nothing that can be read; a rule is one sign again and again."""
    signs = _SPECKS.findall(line)
    return (
        len(signs) >= FEWEST_SPECKS and len(set(signs)) >= FEWEST_KINDS and len(signs) >= len("".join(line.split())) - 1
    )
