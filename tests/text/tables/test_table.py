"""Tables as text: every figure under its own labels, whatever spans, spacers and heads the table has."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.html import page_text, parse_html_text
from tekio.text.tables.grid import Cell, Grid, lay_out
from tekio.text.tables.render import Tables, render
from tekio.text.tables.table import understand


def grid(*rows: str) -> Grid:
    """A grid of rows written as `a;b;c`: `<` continues the cell to the left, `^` the one above."""
    cells: dict[tuple[int, int], Cell] = {}
    begins: dict[int, tuple[int, int]] = {}
    lines: list[list[Cell]] = []
    for number, row in enumerate(rows):
        line: list[Cell] = []
        for column, text in enumerate(row.split(";")):
            place = (number, column)
            if text in "<^" and text:
                cell = cells[place] = cells[number, column - 1] if text == "<" else cells[number - 1, column]
                cell.width += begins[id(cell)][0] == number
                cell.height += begins[id(cell)][1] == column
            else:
                cell = cells[place] = Cell(text.replace("/", "\n"))
                begins[id(cell)] = place
                line.append(cell)
        lines.append(line)
    return lay_out(lines)


def labelled(*rows: str) -> list[str]:
    return render(grid(*rows), "labelled").lines


def test_an_empty_cell_does_not_move_the_figures_beside_it():
    rows = ("区分;前年度;当年度", "減損損失;;500", "保険金;300;", "引当金;－;△7")
    assert labelled(*rows) == [
        "区分: 減損損失 | 当年度: 500",
        "区分: 保険金 | 前年度: 300",
        "区分: 引当金 | 前年度: － | 当年度: △7",
    ]
    assert render(grid(*rows), "lines").lines[1:] == ["減損損失 |  | 500", "保険金 | 300 |", "引当金 | － | △7"]


def test_a_spanned_cell_stands_in_every_row_and_column_it_covers():
    rows = ("区分;<;適用;<", "^;<;4月から;10月から", "甲社;本店;15％;17％", "^;支店;19％;<")
    assert labelled(*rows) == [
        "区分: 甲社 本店 | 適用 4月から: 15％ | 適用 10月から: 17％",
        "区分: 甲社 支店 | 適用 4月から: 19％ | 適用 10月から: 19％",
    ]


def test_units_are_captions_or_part_of_the_heading_and_the_label():
    rows = (";;（単位：百万円）", ";前期;当期", "売上高;1,000;1,200")
    assert labelled(*rows) == ["（単位：百万円）", "売上高 | 前期: 1,000 | 当期: 1,200"]
    rows = (";前期;<", ";金額;構成比", ";百万円;％", "預金;400;33.9")
    assert labelled(*rows) == ["預金 | 前期 金額（百万円）: 400 | 前期 構成比（％）: 33.9"]
    rows = ("回次;<;第9期;第10期", "決算年月;<;2024年3月;2025年3月", "経常収益;百万円;195;209")
    assert labelled(*rows) == [
        "回次 / 決算年月",
        "経常収益（百万円） | 第9期 2024年3月: 195 | 第10期 2025年3月: 209",
    ]


def test_sections_stay_between_the_rows_and_spacer_columns_go():
    rows = (";前期;;当期", "資産の部;;;", "現金;10;;20", ";;;", "その他;△1;;－")
    assert labelled(*rows) == ["資産の部", "現金 | 前期: 10 | 当期: 20", "その他 | 前期: △1 | 当期: －"]


def test_a_table_without_a_head_has_no_labels_but_its_own():
    assert labelled("資産総額;8,888円", "負債総額;88円") == ["資産総額 | 8,888円", "負債総額 | 88円"]
    assert labelled("商号;架空証券", "所在地;東京", "資本金;1,000百万円")[0] == "商号 | 架空証券"
    assert labelled("昭和60年4月;当社入社", "平成20年6月;取締役就任")[0] == "昭和60年4月 | 当社入社"


def test_a_label_that_its_cell_wrapped_is_one_text_and_a_list_stays_a_list():
    rows = (
        "区分;前期;当期",
        "親会社株主に帰属する当期純利益又は/親会社株主に帰属する当期純損失（△）/（百万円）;10;△20",
    )
    assert labelled(*rows) == [
        "区分: 親会社株主に帰属する当期純利益又は 親会社株主に帰属する当期純損失（△） （百万円） | 前期: 10 | 当期: △20"
    ]
    careers = ("氏名;略歴", "架空太郎;平成元年4月　当社に入社/平成20年6月　取締役に就任/平成25年6月　社長に就任")
    assert " / 平成20年6月" in labelled(*careers)[0]


def test_headings_of_the_row_labels_stand_on_any_row_of_the_head():
    rows = (";;前期;当期", ";期 別;（自4月）;（自4月）", ";区 分;金額;金額", "売上高;橋;100;200", "受注高;橋;300;400")
    assert labelled(*rows)[-2:] == [
        "売上高 | 期 別 区 分: 橋 | 前期 （自4月） 金額: 100 | 当期 （自4月） 金額: 200",
        "受注高 | 期 別 区 分: 橋 | 前期 （自4月） 金額: 300 | 当期 （自4月） 金額: 400",
    ]
    rows = (";;前期;<;当期;<", "区分;注記;金額;構成比;金額;構成比", "材料費;;－;－;12;12.1", "労務費;;－;－;23;23.4")
    assert labelled(*rows)[1].endswith("前期 構成比: － | 当期 金額: 12 | 当期 構成比: 12.1")


def test_tables_side_by_side_have_titles_above_their_heads():
    rows = (
        *("自己査定;<;開示債権;<;<", "区分;与信残高;区分;残高;保全率", "破綻先;630;破産債権;4,161;100％"),
        *("実質破綻先;3,530;危険債権;25,673;79％", "要注意先;2,663;要管理債権;2,087;21％"),
    )
    assert labelled(*rows)[0] == (
        "自己査定 区分: 破綻先 | 自己査定 与信残高: 630 | 開示債権 区分: 破産債権 | 開示債権 残高: 4,161 | 開示債権 保全率: 100％"
    )


def test_names_of_companies_head_the_columns_of_what_is_told_of_them():
    rows = ("名称;甲銀行;乙銀行", "所在地;東京;大阪", "事業内容;銀行業;信託業", "資本金;180億円;318億円")
    assert labelled(*rows)[-1] == "名称: 資本金 | 甲銀行: 180億円 | 乙銀行: 318億円"


def test_a_text_alone_above_a_head_is_a_caption():
    rows = (";貸借対照表計上額;;", "期首残高;増減額;期末残高;期末の時価", "3,171;△141;3,029;5,856")
    assert labelled(*rows) == [
        "貸借対照表計上額",
        "期首残高: 3,171 | 増減額: △141 | 期末残高: 3,029 | 期末の時価: 5,856",
    ]


def test_a_cell_of_one_character_a_line_is_a_word_set_vertically():
    assert labelled("売/上/高;国内;100", "^;海外;－") == ["売上高 | 国内 | 100", "売上高 | 海外 | －"]
    assert render(grid("売/上/高;国内;100", "^;海外;－"), "lines").lines == [
        "売上高 | 国内 | 100",
        "売上高 | 海外 | －",
    ]
    assert labelled("摘要;1/2/3", "備考;A/B")[0] == "摘要 | 1 2 3"


def test_the_rows_of_a_table_in_a_cell_stay_apart():
    page = "<table><tr><td>外</td><td><table><tr><td>甲</td><td>11</td></tr><tr><td>乙</td><td>△22</td></tr></table></td></tr><tr><td>他</td><td>33</td></tr></table>"
    assert page_text(parse_html_text(page), tables="labelled").text == "外 | 甲 11 / 乙 △22\n他 | 33"


def test_a_head_within_the_body_heads_what_follows():
    rows = ("区分;前期;前期比", "売上高;10;5％", "区分;当期;当期比", "売上高;12;20％")
    assert labelled(*rows) == ["区分: 売上高 | 前期: 10 | 前期比: 5％", "区分: 売上高 | 当期: 12 | 当期比: 20％"]


def test_two_rows_of_one_record_have_a_heading_each():
    rows = ("銘柄;当期", "^;株式数（株）", "^;計上額（百万円）", "甲社;384,700", "^;4,180", "乙社;1,200", "^;90")
    assert labelled(*rows)[:2] == [
        "銘柄: 甲社 | 当期 株式数（株）: 384,700",
        "銘柄: 甲社 | 当期 計上額（百万円）: 4,180",
    ]


def test_a_note_mark_beside_a_figure_stays_with_it():
    rows = (";前期;<;当期;<", "販売費;※1;66,524;※1;67,457")
    assert labelled(*rows) == ["販売費 | 前期: ※1 66,524 | 当期: ※1 67,457"]


def test_rows_written_into_the_lines_of_one_row_are_apart():
    rows = ("利益;前年度;当年度", "計/その他の利益/調整額;60/△2/4;52/－/△3")
    assert labelled(*rows) == [
        "利益: 計 | 前年度: 60 | 当年度: 52",
        "利益: その他の利益 | 前年度: △2 | 当年度: －",
        "利益: 調整額 | 前年度: 4 | 当年度: △3",
    ]


@pytest.mark.parametrize(
    ("question", "answer"), [("質問", "回答"), ("Ｑ", "Ａ"), ("問", "答"), ("ご質問", "お答え"), ("Q.", "A.")]
)
def test_a_sheet_of_questions_and_answers_has_their_headings(question: str, answer: str):
    rows = (f"{question};{answer}", "手数料はいくらですか。;無料です。", "解約できますか。;できます。")
    assert labelled(*rows) == [
        f"{question}: 手数料はいくらですか。 | {answer}: 無料です。",
        f"{question}: 解約できますか。 | {answer}: できます。",
    ]


def test_two_lines_of_a_career_stay_apart():
    rows = ("氏名;略歴", "架空 花子;1987年4月 入行/令和元年6月 取締役（現任）")
    assert labelled(*rows) == ["氏名: 架空 花子 | 略歴: 1987年4月 入行 / 令和元年6月 取締役（現任）"]


def cell_of(*lines: str) -> str:
    return f"<td>{''.join(f'<p>{line}</p>' for line in lines)}</td>"


@pytest.mark.parametrize("empty", ["\u00a0", "\u3000", "<br>"])
def test_an_empty_line_keeps_the_figures_below_it_beside_their_labels(empty: str):
    head = "<tr><td></td><td>1年以内</td><td>10年超</td></tr>"
    labels = cell_of("預金", "有価証券", "満期保有目的の債券", "その他有価証券", "未収金")
    values = cell_of("2,059", empty, "－", "1,300", "1,362") + cell_of("－", empty, "9,900", "4,700", "－")
    page = f"<table>{head}<tr>{labels}{values}</tr><tr><td>合計</td><td>4,721</td><td>14,600</td></tr></table>"
    assert page_text(parse_html_text(page), tables="labelled").text.split("\n") == [
        "預金 | 1年以内: 2,059 | 10年超: －",
        "有価証券",
        "満期保有目的の債券 | 1年以内: － | 10年超: 9,900",
        "その他有価証券 | 1年以内: 1,300 | 10年超: 4,700",
        "未収金 | 1年以内: 1,362 | 10年超: －",
        "合計 | 1年以内: 4,721 | 10年超: 14,600",
    ]


def test_lines_that_do_not_stand_beside_each_other_stay_in_their_row():
    table = "<table><tr><td></td><td>前期</td><td>当期</td></tr><tr>{}</tr></table>"
    for labels, values in ((("甲", "乙", "丙"), ("1", "", "2")), (("甲", "", "乙"), ("1", "2", "3"))):
        page = table.format(cell_of(*labels) + cell_of(*values) + cell_of("4", "5"))  # an empty <p> is not shown
        assert len(page_text(parse_html_text(page), tables="labelled").text.split("\n")) == 1


def test_people_of_a_table_keep_the_headings_of_their_columns():
    rows = (
        "役職名;氏名;生年月日;略歴",
        "代表取締役;架空 太郎;昭和30年1月1日生;昭和52年4月 入社/平成10年6月 取締役就任/令和2年6月 代表取締役（現任）",
    )
    assert labelled(*rows) == [
        "役職名: 代表取締役 | 氏名: 架空 太郎 | 生年月日: 昭和30年1月1日生 | "
        "略歴: 昭和52年4月 入社 / 平成10年6月 取締役就任 / 令和2年6月 代表取締役（現任）"
    ]


def test_html_groups_and_nested_tables():
    page = (
        "<table><tfoot><tr><td>計<td>3</tfoot><thead><tr><th>年<th>件数</thead><tbody><tr><td rowspan=0>2020<td>1"
        "<tr><td>2</tbody></table>"
    )
    assert page_text(parse_html_text(page), tables="labelled").text.split("\n") == [
        "年: 2020 | 件数: 1",
        "年: 2020 | 件数: 2",
        "年: 計 | 件数: 3",
    ]
    page = (
        "<table><tr><th>氏名<th>略歴<tr><td>架空<td><table><tr><td>1990年<td>入社<tr><td>2000年<td>退社</table></table>"
    )
    assert page_text(parse_html_text(page), tables="labelled").text.count("1990年") == 1


@pytest.mark.parametrize("how", ["labelled", "lines", "markdown"])
def test_the_count_of_cells_in_and_out_is_the_same(how: Tables):
    read = page_text(parse_html_text("<table><tr><td><td>前期<td>当期<tr><td>売上高<td>1<td></table>"), tables=how)
    assert (read.tables.tables, read.tables.cells_in, read.tables.cells_out) == (1, 4, 4)
    assert "当期" in read.text  # a heading over nothing is not lost
    dropped = page_text(parse_html_text("<table><tr><td>売上高<td>1</table>"), tables="drop")
    assert (dropped.text, dropped.tables.cells_in, dropped.tables.cells_out) == ("", 2, 0)
    assert dropped.dropped == ["売上高 | 1"]


TEXTS = st.sampled_from(["", "売上高", "前期", "1,234", "△5", "－", "％", "（単位：円）", "注1", "2020年"])


@given(
    st.lists(
        st.lists(st.tuples(TEXTS, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5), min_size=1, max_size=6
    )
)
def test_no_cell_of_any_table_is_lost(rows: list[list[tuple[str, int, int]]]):
    number = iter(range(1000))
    cells = [
        [Cell(f"{text}#{next(number)}#" if text else "", width, height) for text, width, height in row] for row in rows
    ]
    marks = [mark for row in cells for cell in row for mark in re.findall("#[0-9]+#", cell.text)]
    for how in ("labelled", "lines", "markdown"):
        result = render(lay_out([[Cell(cell.text, cell.width, cell.height) for cell in row] for row in cells]), how)
        text = "\n".join(result.lines)
        assert [mark for mark in marks if mark not in text] == []
        assert result.count.cells_in == result.count.cells_out


@pytest.mark.parametrize(
    "rows",
    [
        [["用語", "意味"], ["残高", "期末の残高"], ["前年比", "前の年度の末との比較"]],
        [["事由", "届出の期限"], ["転居", "転居の日から14日以内"]],
        [["議題", "内容", "報告者"], ["第1号", "予算の案", "会計"], ["第2号", "役員の選任", "総務"]],
        [["補償", "プランA", "プランB"], ["火災", "対象", "対象"], ["水害", "対象", "対象外"]],
        [["論点", "甲案", "乙案"], ["開始", "春から", "秋から"], ["負担", "当社", "共同"]],
        [["職位", "据置き", "減免"], ["店長", "1年以内", "0.5％以内"], ["部長", "3年以内", "1％以内"]],
        [["方針", "期間3年未満", "期間10年以上"], ["安全", "預金", "国債"], ["値上がり", "勧めない", "株式"]],
    ],
)
def test_a_head_over_words_is_told_by_its_words(rows: list[list[str]]):
    table = understand(lay_out([[Cell(text) for text in row] for row in rows]))
    assert table.headings == rows[0]


@pytest.mark.parametrize(
    "rows",
    [
        [["申請者", "本人"], ["提出する所", "支店"], ["受付", "平日"]],
        [["普通", "窓口", "郵送"], ["定期", "窓口", "不可"]],
        [["春", "桜", "入学"], ["夏", "海", "休み"]],
        [["甲店", "なし", "2件まで"], ["乙店", "1件", "3件まで"], ["丙店", "5件", "4件まで"]],
    ],
)
def test_rows_of_words_without_a_head_have_none(rows: list[list[str]]):
    assert not understand(lay_out([[Cell(text) for text in row] for row in rows])).has_head


def test_what_was_and_what_is_now_stand_over_rates_of_a_year():
    rows = (";改定前;改定後", "変動金利型;年2.475％;年2.625％", "固定10年;年3.70％;年3.85％")
    assert labelled(*rows)[0] == "変動金利型 | 改定前: 年2.475％ | 改定後: 年2.625％"


def test_figures_in_units_of_their_own_time_stand_under_their_headings():
    rows = ("年;金1両あたりの銀;金1両あたりの銭", "1609年;50匁;4,000文", "1700年;60匁;3,900文")
    assert labelled(*rows)[0] == "年: 1609年 | 金1両あたりの銀: 50匁 | 金1両あたりの銭: 4,000文"


def test_another_part_of_a_balance_sheet_heads_what_stands_below_it():
    assert labelled(
        "資産の部;<;負債の部;<",
        "科目;金額;科目;金額",
        "現金;500;買掛金;300",
        "建物;200;純資産の部;",
        "土地;100;資本金;500",
        "資産合計;800;負債・純資産合計;800",
    ) == [
        "資産の部 科目: 現金 | 資産の部 金額: 500 | 負債の部 科目: 買掛金 | 負債の部 金額: 300",
        "資産の部 科目: 建物 | 資産の部 金額: 200 | 純資産の部",
        "資産の部 科目: 土地 | 資産の部 金額: 100 | 純資産の部 科目: 資本金 | 純資産の部 金額: 500",
        "資産の部 科目: 資産合計 | 資産の部 金額: 800 | 科目: 負債・純資産合計 | 金額: 800",
    ]


def test_headings_without_spans_are_those_of_the_columns_that_say_the_same_again():
    assert labelled(
        "業種;2025年3月末;;2026年3月末;",
        ";残高;構成比;残高;構成比",
        "製造業;12,000;24.0;13,100;25.2",
        "建設業;3,100;6.2;3,050;5.9",
    )[0] == (
        "業種: 製造業 | 2025年3月末 残高: 12,000 | 2025年3月末 構成比: 24.0 | 2026年3月末 残高: 13,100 | 2026年3月末 構成比: 25.2"
    )


def test_a_label_over_two_columns_of_labels_stands_under_the_first():
    rows = (
        "取扱い;金額;当行宛;他行宛",
        "窓口;3万円未満;330円;660円",
        "^;3万円以上;550円;880円",
        "インターネット;<;無料;165円",
    )
    assert labelled(*rows)[-1] == "取扱い: インターネット | 当行宛: 無料 | 他行宛: 165円"


def test_a_unit_over_the_row_labels_is_that_of_the_table():
    rows = ("(億円);2024年度;<;2025年度;<", "^;実績;増減率;実績;増減率", "純益;412;3.0%;455;10.4%")
    assert labelled(*rows)[:2] == [
        "(億円)",
        "純益 | 2024年度 実績: 412 | 2024年度 増減率: 3.0% | 2025年度 実績: 455 | 2025年度 増減率: 10.4%",
    ]


def test_what_is_said_at_the_right_of_a_title_belongs_to_it():
    rows = (
        "(1) 経営成績;;;;（％表示は対前期増減率）",
        ";売上高;<;営業利益;<",
        ";百万円;％;百万円;％",
        "2026年3月期;482;5.2;31;△12.4",
    )
    assert labelled(*rows) == [
        "(1) 経営成績",
        "（％表示は対前期増減率）",
        "2026年3月期 | 売上高（百万円）: 482 | 売上高（％）: 5.2 | 営業利益（百万円）: 31 | 営業利益（％）: △12.4",
    ]


def test_the_days_of_a_career_stand_beside_what_happened_on_them():
    page = (
        "<table><tr><th>氏名</th><th colspan=2>略歴</th></tr>"
        "<tr><td>例示</td><td>1995年10月<br>2019年6月</td><td>監査法人入所<br>監事（現任）</td></tr></table>"
    )
    read = page_text(parse_html_text(page), tables="labelled").text
    assert read == "氏名: 例示 | 略歴: 1995年10月 監査法人入所 / 2019年6月 監事（現任）"
    apart = page.replace("<th colspan=2>略歴</th>", "<th>年月</th><th>略歴</th>")
    read = page_text(parse_html_text(apart), tables="labelled").text
    assert read == "氏名: 例示 | 年月 略歴: 1995年10月 監査法人入所 / 2019年6月 監事（現任）"


def test_two_days_in_a_cell_and_their_figures_are_two_rows():
    page = (
        "<table><tr><th>年月</th><th>残高</th></tr><tr><td>1995年10月<br>2019年6月</td><td>100<br>200</td></tr></table>"
    )
    read = page_text(parse_html_text(page), tables="labelled").text
    assert read.split("\n") == ["年月: 1995年10月 | 残高: 100", "年月: 2019年6月 | 残高: 200"]


def test_an_empty_corner_of_two_rows_stands_beside_a_head_of_words():
    rows = (
        ";使用の範囲;<;<",
        "^;庁内に限られる;庁内で共有される;外部にも出る",
        "求められる手続き;権利の整理;契約の整理;来歴の管理",
    )
    assert labelled(*rows) == [
        "求められる手続き | 使用の範囲 庁内に限られる: 権利の整理 | 使用の範囲 庁内で共有される: 契約の整理 | 使用の範囲 外部にも出る: 来歴の管理"
    ]
    lone = (";名称;<;<", "^;甲社;乙社;丙社", "^;丁社;戊社;己社")
    assert not any(":" in line for line in labelled(*lone))


def test_columns_that_are_ticked_off_have_headings():
    rows = ("項目;本店;支店;備考", "書類の保管;○;○;", "印鑑照合;○;×;5月までに是正", "現金の精査;△;○;")
    assert labelled(*rows)[1] == "項目: 印鑑照合 | 本店: ○ | 支店: × | 備考: 5月までに是正"


def test_places_made_of_letters_of_units_are_no_units():
    assert labelled("項目;本店;支店", "預金;10;20", "貸出;30;40")[0] == "項目: 預金 | 本店: 10 | 支店: 20"


def test_the_first_row_of_a_form_heads_nothing():
    assert labelled("名称;スーパー定期", "預入金額;1円以上", "期間;1年以上") == [
        "名称 | スーパー定期",
        "預入金額 | 1円以上",
        "期間 | 1年以上",
    ]


def test_a_day_at_the_right_of_a_title_heads_no_column():
    rows = (
        "第2四半期 業績;;;;2025年11月10日",
        "科目;2Q累計;<;前年比;予想",
        "^;前期;当期;^;^",
        "営業利益;1,300;1,650;26.9;3,200",
    )
    assert labelled(*rows) == [
        "第2四半期 業績",
        "2025年11月10日",
        "科目: 営業利益 | 2Q累計 前期: 1,300 | 2Q累計 当期: 1,650 | 前年比: 26.9 | 予想: 3,200",
    ]


def test_the_label_of_a_group_is_that_of_its_further_rows():
    rows = ("年度;店舗;件数", "2024年度;本店;12", ";駅前;8", "2025年度;本店;11", ";駅前;9")
    assert labelled(*rows)[1::2] == ["年度: 2024年度 | 店舗: 駅前 | 件数: 8", "年度: 2025年度 | 店舗: 駅前 | 件数: 9"]
    total = (*rows, ";合計;40")
    assert labelled(*total)[-1] == "店舗: 合計 | 件数: 40"


def test_a_list_of_questions_has_headings_whatever_stands_beside():
    rows = ("大分類;照会;回答例;根拠規程", "預金;開設できますか。;はい。;預金規程第3条", "融資;手数料は。;無料です。;")
    assert labelled(*rows)[0] == "大分類: 預金 | 照会: 開設できますか。 | 回答例: はい。 | 根拠規程: 預金規程第3条"
