"""The funnel: how many rows and characters came in, stayed, were held out or rejected, and why, per source."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from tekio.errors import TekioError, Text


@dataclass
class SourceFunnel:
    """The numbers of one source (or of all, as `totals`).

    licenses: training rows by license, because rows can bring their own. attributions: the source line of each of these.
    """

    name: str
    domain: str = ""
    license: str = ""
    reader: str = ""
    attribution: str = ""
    files: int = 0
    files_rejected: int = 0
    rows_available: int = 0
    rows_in: int = 0
    rows_train: int = 0
    rows_held_out: int = 0
    characters_in: int = 0
    characters_train: int = 0
    characters_held_out: int = 0
    rejected: dict[str, int] = field(default_factory=dict[str, int])
    personal_data: dict[str, int] = field(default_factory=dict[str, int])
    removed_characters: dict[str, int] = field(default_factory=dict[str, int])
    licenses: dict[str, int] = field(default_factory=dict[str, int])
    attributions: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, other: SourceFunnel) -> None:
        """Add the numbers of `other`."""
        for name, value in asdict(other).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
        for mine, theirs in (
            (self.rejected, other.rejected),
            (self.personal_data, other.personal_data),
            (self.removed_characters, other.removed_characters),
            (self.licenses, other.licenses),
        ):
            for key, value in theirs.items():
                mine[key] = mine.get(key, 0) + value

    def check(self) -> None:
        """Raises `TekioError` when a row was lost or counted twice: a defect that must not be written down as a result."""
        if self.rows_in != self.rows_train + self.rows_held_out + sum(self.rejected.values()):
            raise TekioError(
                Text(
                    "Rows were lost while building the corpus: this is a bug, please report it.",
                    "行数が合いません（不具合です）。",
                ),
                where=self.name,
                why=str(asdict(self)),
            )


def funnel_dict(sources: list[SourceFunnel]) -> dict[str, object]:
    """`funnel.json`: every source and the totals."""
    totals = SourceFunnel("totals")
    for item in sources:
        item.check()
        totals.add(item)
    totals.check()
    plain = asdict(totals)
    for name in ("name", "domain", "license", "reader", "attribution", "attributions"):
        del plain[name]
    return {"sources": [_sorted(asdict(item)) for item in sources], "totals": _sorted(plain)}


def _sorted(plain: dict[str, object]) -> dict[str, object]:
    return {name: dict(sorted(value.items())) if isinstance(value, dict) else value for name, value in plain.items()}  # pyright: ignore[reportUnknownArgumentType,reportUnknownMemberType,reportUnknownVariableType]
