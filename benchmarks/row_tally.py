"""How many right rows the check of `study` refuses and how many wrong ones pass, by form, for the benchmarks that make both."""

from __future__ import annotations

from collections import Counter

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.statistics.intervals import wilson

RIGHT = "right"


class Tally:
    """Rows and faults by kind (`right`, or how they are wrong) and form. show: faults of each that are printed."""

    def __init__(self, show: int) -> None:
        self._show = show
        self.rows: Counter[tuple[str, str]] = Counter()
        self._faults: Counter[tuple[str, str]] = Counter()

    def look(self, kind: str, form: str, row: tuple[str, str], ground: Ground, beside: str = "") -> None:
        """Check a row (question, empty for a statement, and text). beside: what is printed with a fault."""
        wrong = check_row(*row, ground)[1]
        self.rows[kind, form] += 1
        if bool(wrong) != (kind == RIGHT):
            return
        self._faults[kind, form] += 1
        if self._faults[kind, form] <= self._show:
            told = [(one.kind, one.text, one.value) for one in wrong][:2]
            print(f"  {kind}, {form}: {told} {' -> '.join(filter(None, row))} {beside}".rstrip())

    def tell(self) -> None:
        """Print the share refused of right rows and the share of wrong ones that pass, with a Wilson interval."""
        for (kind, form), rows in sorted(self.rows.items()):
            faults, share = self._faults[kind, form], wilson(self._faults[kind, form], rows)
            bounds = f" [{share.low:.1%}, {share.high:.1%}]" if share.low is not None and share.high is not None else ""
            print(
                f"{kind}, {form}: {faults} of {rows} {'refused' if kind == RIGHT else 'pass'}, {faults / rows:.1%}{bounds}"
            )
