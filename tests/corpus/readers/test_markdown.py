"""Markdown files give the text of the page they were made from; what is left out is counted or a row of its own."""

from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read

PAGE = """1. [ホーム](/)
2. [届出](/t/)
3. 変更の届出

# 変更の届出

![](mark.gif)所在地を変更したときは、[届出書](/a.pdf)を十四日以内に提出してください。

| 区分 | 期限 |
| --- | --- |
| 変更 | 14日 |

[このページの先頭へ](#top)

## [届出](/t/)

### [開業](/1)

### [廃業](/2)
"""


def test_a_page_of_a_site_is_its_article_and_what_goes_is_counted(tmp_path: Path):
    (tmp_path / "a.md").write_text(PAGE)
    (document,), rejected = read(tmp_path)
    assert document.text == (
        "変更の届出\n所在地を変更したときは、届出書を十四日以内に提出してください。\n区分: 変更 | 期限: 14日"
    )
    assert document.title == "変更の届出"
    assert document.meta["left_out_characters"] == len("ホーム届出変更の届出このページの先頭へ届出開業廃業")
    assert not rejected
    (whole,), _ = read(tmp_path, options={"part": "all"})
    assert "ホーム" in whole.text


def test_a_page_of_links_is_refused_by_name_with_its_text(tmp_path: Path):
    (tmp_path / "a.md").write_text("# 届出の一覧\n\n- [開業](/1)\n- [廃業](/2)\n- [移転](/3)\n")
    documents, (row,) = read(tmp_path)
    assert not documents
    assert row.reason == "links_only"
    assert row.document is not None
    assert "・廃業" in row.document.text


def test_damaged_lines_are_a_row_and_the_others_a_document(tmp_path: Path):
    body = "届出書 $\\\\mathcal{O}$ 写しを提出してください。控えは返送します。"
    (tmp_path / "a.md").write_text(f"# 届出 $\\\\oslash$ 期限\n\n{body}\n\n納税猶予 $1=21$ ては別に定める。\n")
    (document,), (row,) = read(tmp_path)
    assert document.text == "届出の期限\n届出書の写しを提出してください。控えは返送します。"
    assert document.title == "届出の期限"
    assert (row.reason, row.measured["lines"]) == ("ocr_debris", 1)
    assert row.document is not None
    assert row.document.text == "納税猶予 $1=21$ ては別に定める。"


def test_a_text_of_damage_is_refused_whole(tmp_path: Path):
    (tmp_path / "a.md").write_text(
        "届出 $\\\\oslash$ $\\\\sigma\\_{2}$ 波所得\n\n$\\\\oslash$ $\\\\top3$ 更正\n\n以上\n"
    )
    documents, (row,) = read(tmp_path)
    assert not documents
    assert row.reason == "ocr_debris"
    assert row.document is not None
    assert "以上" in row.document.text


PIPES = """# 税率

本則の税率は次の表のとおりです。適用の時期により異なりますので注意してください。

| 区分 | 四月から | 十月から |
| --- | ---: | ---: |
| 甲種 | 15％ | △17％ |
| 乙種 | | － |
"""


@pytest.mark.parametrize(
    ("tables", "last"),
    [
        ("labelled", "区分: 乙種 | 十月から: －"),
        ("lines", "乙種 |  | －"),
        ("markdown", "| 乙種 |  | － |"),
        ("drop", "本則の税率は次の表のとおりです。適用の時期により異なりますので注意してください。"),
    ],
)
def test_pipe_tables_go_through_the_one_grid(tmp_path: Path, tables: str, last: str):
    (tmp_path / "a.md").write_text(PIPES)
    (document,), rejected = read(tmp_path, options={"tables": tables})
    assert document.text.split("\n")[-1] == last
    assert document.meta["table_cells_in"] == 8
    assert document.meta["table_cells_out"] == (0 if tables == "drop" else 8)
    assert [row.reason for row in rejected] == (["table_dropped"] if tables == "drop" else [])
