"""A label beside several rows that a page's end cuts stands beside the rows of both pages."""

from __future__ import annotations

from tekio.text.pdf.cut_labels import with_cut_labels
from tekio.text.pdf.tables import PageTable

EDGES = (50.0, 90.0, 180.0, 250.0)
HEAD = [("区分", 1, 1), ("勘定", 1, 1), ("残高", 1, 1)]


def table(*groups: tuple[str, list[str]], full: bool = False) -> PageTable:
    """A ruled table of groups of rows, a label beside each group."""
    rows = [HEAD]
    for label, accounts in groups:
        for number, account in enumerate(accounts):
            own = [(account, 1, 1), (f"{100 * (number + 1)}", 1, 1)]
            rows.append([(label, 1, len(accounts)), *own] if number == 0 else own)
    return PageTable((50, 500, 250, 780), rows, edges=EDGES, full=(0,) if full else ())


def labels(page: PageTable) -> list[str]:
    return [row[0][0] for row in page.rows[1:] if len(row) == 3]


def test_the_rows_behind_the_end_have_the_label_of_those_before():
    first, rest = with_cut_labels(table(("国内", ["貸出", "預金"])), table(("", ["証券", "手形"]), ("海外", ["貸出"])))
    assert (labels(first), labels(rest)) == (["国内"], ["国内", "海外"])


def test_one_row_is_enough_where_no_row_lacks_a_label():
    _, rest = with_cut_labels(table(("国内", ["貸出", "預金"])), table(("", ["証券"]), ("海外", ["貸出"])))
    assert labels(rest) == ["国内", "海外"]
    _, rest = with_cut_labels(table(("国内", ["貸出", "預金"])), table(("", ["証券"]), ("", ["合計"])))
    assert labels(rest) == ["", ""]


def test_a_label_whose_text_is_cut_is_one():
    first = table(("国内業務部門", ["貸出", "預金"]), ("国際業務", ["貸出", "預金"]), full=True)
    first, rest = with_cut_labels(first, table(("部門", ["証券", "手形"])))
    assert (labels(first), labels(rest)) == (["国内業務部門", "国際業務部門"], ["国際業務部門"])


def test_two_labels_stay_two():
    first = table(("農業", ["貸出", "預金"]), ("製造業", ["貸出", "預金"]), full=True)
    first, rest = with_cut_labels(first, table(("建設業", ["貸出", "預金"])))
    assert (labels(first), labels(rest)) == (["農業", "製造業"], ["建設業"])


def test_figures_are_no_labels():
    first = table(("1,200", ["貸出", "預金"]))
    assert with_cut_labels(first, table(("", ["証券", "手形"])))[1].rows[1][0] == ("", 1, 2)
