"""Which part of a file is in work: what a reading process that was ended had come to, and where the next one goes on.

A file that holds others (an archive, a web archive, a dump, a message) opens each as a part, parts may hold parts, and a place is
the numbers of the parts that are open: (2, 0) is the first part of the third. Files are read in the same order every
time, so a second reading passes over what the first one gave, names the part that ended it, and reads the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, ...]


@dataclass(frozen=True)
class Ended:
    """How an earlier reading of a file ended.

    place: of the part that was open. given: rows that had come from it and from the parts around it, by place. refuse: whether
    the part is refused for `reason` now; else it is read again up to where it was.
    """

    place: Place
    given: Counter[Place] = field(default_factory=Counter[Place])
    refuse: bool = True
    reason: str = ""
    measured: dict[str, Any] = field(default_factory=dict[str, Any])


class Parts:
    """The open parts of one file. ended: an earlier reading. tell: is told each place that is open now."""

    def __init__(self, ended: Ended | None = None, tell: Callable[[Place], None] | None = None) -> None:
        self._next = [0]  # number of the next part, at each depth
        self._ended, self._tell = ended, tell
        self._seen: Counter[Place] = Counter()
        self.unpacked = 0
        """Bytes that archives inside the file's messages say they hold."""

    @property
    def place(self) -> Place:
        """The part in work; () for the file itself."""
        return tuple(number - 1 for number in self._next[:-1])

    def open(self) -> bool | Ended:
        """Begin the next part: whether to read it, or why it is refused."""
        self._next[-1] += 1
        self._next.append(0)
        place, ended = self.place, self._ended
        if ended is not None:
            if place < ended.place[: len(place)]:
                return False  # its rows were given
            if place == ended.place and ended.refuse:
                return ended
        if self._tell is not None:
            self._tell(place)
        return True

    def close(self) -> None:
        """End the part in work."""
        self._next.pop()
        if self._tell is not None:
            self._tell(self.place)

    def is_new(self) -> bool:
        """Whether the row that came now was not given before."""
        if self._ended is None:
            return True
        place = self.place
        self._seen[place] += 1
        return self._seen[place] > self._ended.given[place]
