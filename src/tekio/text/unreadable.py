"""The one error of everything that reads input from outside: why it cannot be used, and the measured value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tekio.errors import InputError, Text
from tekio.reject_reasons import reject_words


class UnreadableError(InputError):
    """An input that cannot be used.

    reason: a short name for tables (`broken_encoding`, `too_large`, `encrypted` ...).
    measured: what was found and the limit it passed; plain JSON values.
    """

    def __init__(self, reason: str, measured: Mapping[str, Any] | None = None) -> None:
        self.reason = reason
        self.measured: dict[str, Any] = dict(measured or {})
        super().__init__(
            Text(f"This input cannot be read: {reason}.", f"この入力は読めません: {reason}"),
            why=", ".join(f"{name} {value}" for name, value in self.measured.items()) or None,
        )

    def why_words(self) -> Text:
        """Reason and measured values in one line, for the `why` of another message."""
        return told_reason(self.reason, self.measured)


def told_reason(reason: str, measured: Mapping[str, Any]) -> Text:
    """A reason in words, with what was measured: "damaged JSON (error ...)"."""
    words, values = reject_words(reason), ", ".join(f"{name} {value}" for name, value in measured.items())
    return Text(f"{words.en} ({values})", f"{words.ja}（{values}）") if values else words
