"""Headings without ruling lines whose lines mix on the page: the order in which the file draws them says which belong together."""

from tekio.text.pdf.characters import Glyph
from text.pdf.test_aligned import line, read

EDGES = (300, 400, 500, 600, 700)


def row(top: float, name: str, *figures: str) -> list[Glyph]:
    return line(top, (20, "l", name), *((x, "r", one) for x, one in zip(EDGES, figures, strict=False)))


def rows(count: int) -> list[list[Glyph]]:
    names = ("甲", "乙", "丙", "丁")
    return [row(100 + 20 * n, name, *(f"{n + 1}{m},000" for m in range(count))) for n, name in enumerate(names)]


def head(x: float, top: float, *texts: str) -> list[list[Glyph]]:
    """A heading of several lines around the middle `x`, as a program draws it: line by line, before its neighbour."""
    return [line(top + 12 * n, (x, "c", text)) for n, text in enumerate(texts)]


def test_lines_that_stand_between_those_of_the_neighbour_are_told_apart_by_the_order_of_the_file():
    lines, plain = read(
        *head(400, 0, "親会社の所有者の持分"),
        *head(654, 32, "資本合計"),
        *head(254, 40, "資本金"),
        *head(354, 34, "その他の", "構成要素"),
        *head(454, 28, "売却目的", "の資産の", "構成要素"),
        *head(554, 40, "合計"),
        *rows(5),
    )
    assert not plain
    over = "親会社の所有者の持分"
    assert lines[0] == (
        f"甲 | {over} 資本金: 10,000 | {over} その他の構成要素: 11,000 | {over} 売却目的の資産の構成要素: 12,000 | {over} 合計: 13,000 | 資本合計: 14,000"
    )


def test_a_heading_over_three_columns_or_five_alike_is_in_doubt():
    _, plain = read(
        *head(454, 0, "報告部門"), *(one for x in EDGES for one in head(x - 46, 40, "部門" + "甲乙丙丁戊"[x // 100 - 3])), *rows(5)
    )  # fmt: skip
    assert plain


def test_a_heading_in_doubt_reaches_to_its_own_total():
    names = ("資本金", "剰余金", "準備金", "自己株式", "株主資本合計")
    lines, plain = read(
        *head(454, 0, "株主資本"),
        *(one for x, name in zip(EDGES, names, strict=True) for one in head(x - 46, 40, name)),
        *rows(5),
    )
    assert not plain
    assert lines[0].startswith("甲 | 株主資本 資本金: 10,000")
    assert lines[0].endswith("株主資本 株主資本合計: 14,000")


def test_headings_at_two_heights_below_nothing_are_in_doubt():
    # 2022年 stands over its column and perhaps over the difference to the year before, beside it and lower.
    _, plain = read(
        *head(254, 0, "2022年"), *head(454, 0, "2021年"), *head(354, 20, "前年比"), *rows(3),
    )  # fmt: skip
    assert plain


def test_a_line_above_that_may_be_of_the_head_leaves_no_headings():
    _, plain = read(
        *head(420, -25, "決算日における、"),
        *head(354, 0, "前期末"),
        *head(554, 0, "当期末"),
        *(one for x in EDGES[:4] for one in head(x - 46, 40, ("残高", "構成比")[x // 100 % 2])),
        *rows(4),
    )
    assert plain
