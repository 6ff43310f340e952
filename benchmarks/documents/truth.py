"""What a generated document says, in reading order: sentences, tables with their labels, and words that are no part of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

FIRMS = (
    "みどり信用金庫",
    "若葉証券",
    "日の出生命保険",
    "北浜リース",
    "青空銀行",
    "さくら投信",
    "東雲損害保険",
    "泉州信託",
)
MEASURES = (
    "貸出金残高",
    "預金残高",
    "経常利益",
    "有価証券残高",
    "役務取引等利益",
    "不良債権比率",
    "営業経費",
    "自己資本額",
)
CAUSES = (
    "個人向け住宅ローンが伸びた",
    "法人の資金需要が強かった",
    "市場金利が上がった",
    "店舗の統合を進めた",
    "システム投資を前倒しした",
    "海外の景気が減速した",
    "与信費用が減った",
    "新しい商品が好評だった",
)
PLACES = ("東海地区", "北陸三県", "首都圏", "九州北部", "近畿圏", "道央", "瀬戸内", "南東北")
PATTERNS = (
    "{firm}の{place}における{measure}は、{cause}ことから{figure}億円となりました。",
    "{place}では{cause}ため、{measure}は前年同期を{figure}億円上回った。",
    "なお、{measure}の算定にあたっては{firm}の{place}の店舗{figure}か所を対象としている。",
    "{firm}は、{cause}ことを踏まえ、{measure}の目標を{figure}億円に見直す方針である。",
    "{cause}一方で、{place}の{measure}は{figure}億円にとどまり、計画を下回る結果となりました。",
    "これに対し{firm}は、{place}の支店に{figure}名を配置し、{measure}の回復を図っています。",
)
ACCOUNTS = (
    "現金預け金",
    "貸出金",
    "有価証券",
    "外国為替",
    "その他資産",
    "有形固定資産",
    "繰延税金資産",
    "支払承諾見返",
)
GROUPS = ("国内業務部門", "国際業務部門", "証券子会社", "保険子会社")
TOPICS = (
    "経営成績の概況",
    "財政状態の概況",
    "リスク管理の体制",
    "今後の見通し",
    "地域への取組み",
    "配当の方針",
    "内部統制の状況",
)


@dataclass(frozen=True)
class Cell:
    """A cell of a table as it is written."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Figure:
    """A figure with the labels a reader sees left of it and above it. spellings: the ways in which it may be written."""

    rows: tuple[str, ...]
    heads: tuple[str, ...]
    spellings: tuple[str, ...]


@dataclass
class Grid:
    """A table: its rows of cells (spanned slots left out), how many of them are heads, its figures."""

    lines: list[list[Cell]]
    head: int
    figures: list[Figure]


@dataclass
class Truth:
    """What a document says. unwanted: words in the file that are no part of it (deleted text, menus)."""

    sentences: list[str] = field(default_factory=list[str])
    figures: list[Figure] = field(default_factory=list[Figure])
    unwanted: list[str] = field(default_factory=list[str])


class Writer:
    """Sentences and tables, none twice in a document, by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.truth = Truth()
        self._used: set[str] = set()

    def _figure(self, low: int = 1_000, high: int = 99_999) -> int:
        while True:
            value = self.random.randrange(low, high)
            if f"{value:,}" not in self._used:
                self._used.add(f"{value:,}")
                return value

    def sentence(self, *, wanted: bool = True) -> str:
        """A new sentence, the next of the document in reading order (or one that is no part of it)."""
        text = self.random.choice(PATTERNS).format(
            firm=self.random.choice(FIRMS),
            place=self.random.choice(PLACES),
            measure=self.random.choice(MEASURES),
            cause=self.random.choice(CAUSES),
            figure=f"{self._figure():,}",
        )
        (self.truth.sentences if wanted else self.truth.unwanted).append(text)
        return text

    def paragraph(self, sentences: int = 3) -> str:
        """New sentences in one paragraph."""
        return "".join(self.sentence() for _ in range(sentences))

    def topic(self, number: int) -> str:
        """A heading; headings count as sentences."""
        text = f"{self.random.choice(TOPICS)}（その{number}、{self.random.choice(PLACES)}）"
        self.truth.sentences.append(text)
        return text

    def amount(self) -> Figure:
        """A figure without labels: an amount, a loss, or a rate."""
        value = self._figure()
        kind = self.random.random()
        if kind < 0.2:
            return Figure((), (), (f"△{value:,}", f"-{value}", f"-{value:,}", f"▲{value:,}", f"({value:,})"))
        if kind < 0.35:
            rate = value / 1_000
            return Figure((), (), (f"{rate:.3f}%", f"{rate / 100:.5f}", f"{rate / 100:.5f}".rstrip("0")))
        return Figure((), (), (f"{value:,}", str(value), f"{value}.0"))

    def table(self, kind: str) -> Grid:
        """A table: `plain`, `heads` (two levels of headings), `groups` (labels over several rows), `both`."""
        years = [f"{year}年3月期" for year in self.random.sample(range(2015, 2026), 2)]
        deep, grouped = kind in ("heads", "both"), kind in ("groups", "both")
        tops = ("連結", "単体") if deep else ("",)
        left = [("区分", 1)] * grouped + [("科目", 1)]
        lines: list[list[Cell]] = []
        if deep:
            lines.append([Cell(name, 1, 2) for name, _ in left] + [Cell(top, 2) for top in tops])
            lines.append([Cell(year) for _ in tops for year in years])
        else:
            lines.append([Cell(name) for name, _ in left] + [Cell(year) for year in years])
        heads = [tuple(part for part in (top, year) if part) for top in tops for year in years]
        figures: list[Figure] = []
        for group in self.random.sample(GROUPS, 2) if grouped else [""]:
            names = self.random.sample(ACCOUNTS, 3)
            for place, name in enumerate(names):
                line = [Cell(group, 1, len(names))] if grouped and place == 0 else []
                line.append(Cell(name))
                for head in heads:
                    if self.random.random() < 0.12:
                        line.append(Cell(self.random.choice(("－", ""))))
                        continue
                    amount = self.amount()
                    figures.append(Figure(((group, name) if group else (name,)), head, amount.spellings))
                    line.append(Cell(amount.spellings[0]))
                lines.append(line)
        self.truth.figures += figures
        return Grid(lines, 2 if deep else 1, figures)


def html_table(grid: Grid) -> str:
    """A table as HTML."""
    parts: list[str] = []
    for number, line in enumerate(grid.lines):
        name = "th" if number < grid.head else "td"
        cells = "".join(
            f"<{name}{f' colspan={cell.columns}' if cell.columns > 1 else ''}"
            f"{f' rowspan={cell.rows}' if cell.rows > 1 else ''}>{cell.text}</{name}>"
            for cell in line
        )
        parts.append(f"<tr>{cells}</tr>")
    return f"<table border=1>{''.join(parts)}</table>"


def placed(grid: Grid) -> list[tuple[int, int, Cell]]:
    """(row, column, cell) of every cell, spans reckoned with."""
    taken: set[tuple[int, int]] = set()
    found: list[tuple[int, int, Cell]] = []
    for row, line in enumerate(grid.lines):
        column = 0
        for cell in line:
            while (row, column) in taken:
                column += 1
            found.append((row, column, cell))
            taken |= {(row + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
    return found


def width(grid: Grid) -> int:
    """Columns of a table."""
    return max(column + cell.columns for _, column, cell in placed(grid))
