"""A `dl` of particulars is a table of two columns; one of headings and sentences, questions or news is not."""

import pytest

from tekio.text.html import page_text, parse_html_text
from tekio.text.tables.render import Tables


def lines(body: str, tables: Tables = "labelled") -> list[str]:
    return page_text(parse_html_text(f"<body><p>前文です。</p>{body}"), tables=tables).text.split("\n")[1:]


SPEC = "<dl><dt>ご融資金額<dd>10万円以上500万円以内<dt>ご融資期間<dd>最長15年<br>（据置を含みます。）</dl>"


def test_a_particular_stands_beside_its_name():
    assert lines(SPEC) == ["ご融資金額 | 10万円以上500万円以内", "ご融資期間 | 最長15年 （据置を含みます。）"]
    grouped = (
        SPEC.replace("<dl><dt>", "<dl><div><dt>").replace("内<dt>", "内</div><div><dt>").replace("</dl>", "</div></dl>")
    )
    assert lines(grouped) == lines(SPEC)


def test_other_renderings_keep_the_lines():
    assert lines(SPEC, "lines")[:2] == ["ご融資金額", "10万円以上500万円以内"]


@pytest.mark.parametrize(
    "body",
    [
        "<dl><dt>休日も使えますか<dd>はい<dt>手数料は？<dd>無料</dl>",
        "<dl><dt>Q.<dd>時間は<dt>A.<dd>9時から</dl>",
        "<dl><dt>2025年4月1日<dd>店舗の移転<dt>2025年3月1日<dd>金利の改定</dl>",
        "<dl><dt>失効<dd>効力を失うことをいいます。<dt>復活<dd>効力を戻すことをいいます。</dl>",
        "<dl><dt>書類<dd><ul><li>通帳<li>印鑑</ul><dt>費用<dd>無料</dl>",
        "<dl><dt>店舗<dt>支店<dd>本町<dd>港</dl>",
    ],
)
def test_other_lists_are_read_line_by_line(body: str):
    assert not any(" | " in line for line in lines(body))


def test_the_day_beside_its_name_dates_the_page():
    from tekio.text.revised import issue_date, revision_date

    assert revision_date("手数料一覧\n更新日 | 2025年4月1日\n所管 | 業務部\n") == "2025-04-01"
    assert issue_date("手数料一覧\n掲載日 | 2025年4月1日\n所管 | 業務部\n") == "2025-04-01"
