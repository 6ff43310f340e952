"""Rules of published data sets that templates cannot say: which rows are left out, joined or completed.

A rule is a function from the reader's rows to the rows the templates see. A row it leaves out comes out as a `DroppedError`
value with its reason, so that nothing disappears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tekio.errors import InputError
from tekio.instruct.expand.readers import Reading


class DroppedError(InputError):
    """A row a data set's own rule leaves out; `reason` goes into the funnel."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(what)
        self.reason = f"rule:{reason}"


Rule = Callable[[Reading, Mapping[str, Any]], Reading]

RULES: dict[str, Rule] = {}
