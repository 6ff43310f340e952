"""Whether a text may hold a stretch that is said several times in a row: a quick look before patterns that try every place."""

from __future__ import annotations

_PIECE = 16


def repeats(text: str, shortest: int, longest: int, copies: int) -> bool:
    """Whether some stretch of `text` is `copies` units in a row, for a unit of `shortest` to `longest` characters.

    `copies` units in a row equal the text one unit further on over `copies` - 1 units. So a few characters at every so
    many places are looked for one unit on (`str.find`), and where they are found the equal stretch around them is measured.
    """
    least = (copies - 1) * shortest
    width = min(-(-least // 3), 12)
    step = least - width + 1  # no equal stretch of `least` characters lies between two probes
    measured: dict[int, int] = {}
    for place in range(0, len(text) - width, step):
        probe = text[place : place + width]
        last = place + longest + width
        found = text.find(probe, place + shortest, last)
        while found >= 0:
            unit = found - place
            if measured.get(unit, 0) <= place:
                begin, end = _equal_stretch(text, place, unit)
                if end - begin >= (copies - 1) * unit:
                    return True
                measured[unit] = end
            found = text.find(probe, found + 1, last)
    return False


def _equal_stretch(text: str, place: int, unit: int) -> tuple[int, int]:
    """The stretch around `place` every character of which stands again `unit` characters further on."""
    begin = end = place
    while begin > 0 and text[begin - 1] == text[begin - 1 + unit]:
        begin -= 1
    while (piece := text[end : end + _PIECE]) == text[end + unit : end + unit + _PIECE] and len(piece) == _PIECE:
        end += _PIECE
    while end + unit < len(text) and text[end] == text[end + unit]:
        end += 1
    return begin, end
