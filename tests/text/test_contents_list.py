"""Contents lists go; ellipses and tables stay."""

import time

import pytest

from tekio.text.contents_list import drop_contents

LIST = [
    "○添付資料の目次",
    "１．経営成績等の概況 …………………………… 2",
    "（１）当期の経営成績の概況 ………………………… 2",
    "２．連結財務諸表",
    "　（１）連結貸借対照表 ・・・・・・・・・・ 4",
]
BODY = "１．経営成績等の概況\n当期の売上高は増加した……と説明した。"


def test_a_list_with_leaders_goes_with_its_heading():
    done = drop_contents("\n".join([*LIST, BODY]))
    assert done.text == BODY
    assert done.removed == tuple(LIST)


def test_page_numbers_in_a_cell_or_on_the_next_line_go_too():
    for lines in (["目次", "沿革 ………… | 3", "役員 ………… | 5"], ["沿革 ....... ", "3", "役員 ....... ", "5"]):
        assert drop_contents("\n".join([*lines, BODY])).text == BODY


def test_ellipses_and_amounts_stay():
    for text in (
        "男は言った……\n女は黙った……\n雨……",
        "合計……1,234円\n差額……12円",
        "売上高 | 12\n利益 | 3",
        "電話は03……とだけ",
    ):
        assert drop_contents(text).text == text


LEFT_OVER = """【添付資料】
〔目次〕
1．当四半期決算に関する定性的情報
（1）経営成績に関する説明 ……………… 2
（2）財政状態に関する説明 ……………… 3
1．当四半期決算に関する定性的情報
（1）経営成績に関する説明
当四半期の売上高は増加した。"""


def test_a_chapter_of_the_list_without_dots_goes_with_it_where_the_text_repeats_it():
    assert drop_contents(LEFT_OVER).text.split("\n") == ["【添付資料】", *LEFT_OVER.split("\n")[5:]]


def test_a_heading_above_a_list_stays_where_the_text_does_not_repeat_it():
    text = LEFT_OVER.replace("〔目次〕\n1．当四半期決算", "決算短信\n1．当四半期決算", 1).replace(
        "3\n1．当四半期", "3\n2．当四半期"
    )
    assert drop_contents(text).text.startswith("【添付資料】\n決算短信\n1．当四半期決算に関する定性的情報\n2．")


def test_items_of_a_list_and_lines_drawn_low_lead_to_pages_too():
    text = f"目次\n・監査報告 ----------------- 21\n・株主メモ ＿＿＿＿＿＿＿＿＿ 24頁\n{BODY}"
    assert drop_contents(text).text == BODY
    assert drop_contents("氏名 ＿＿＿＿＿＿＿\n住所 ＿＿＿＿＿＿＿").removed == ()


def test_titles_with_their_pages_go_without_dots_where_the_text_repeats_them():
    entries = "目　　次\n第１章　総則\t1\n第１節　目的\t1\n\n第２章　与信　　3\n別表 | 15\n"
    text = "第1章　総則\n第1節　目的\nこの規程は、手順を定める。\n第2章　与信\n与信とは、信用の供与をいう。\n"
    assert drop_contents(entries + text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "目次\n売上高　100\n営業利益　120\n純利益　130\n当期は増収となった。\n",
        "目次\n第１章　総則　1\n第２章　与信　3\n第１章　総則\n",
        "目次\n第１章　総則　9\n第２章　与信　3\n第３章　雑則　1\n第１章　総則\n第２章　与信\n第３章　雑則\n",
        "本書の目次を次に示す。\n甲　1\n乙　2\n丙　3\n甲\n乙\n丙\n",
    ],
)
def test_lists_that_lead_to_no_headings_in_order_stay(text: str):
    assert drop_contents(text).text == text


def test_a_page_of_nothing_but_lists_takes_no_time():
    text = "目次\n甲　1\n乙　2\n丙　3\n" * 50_000
    started = time.process_time()
    drop_contents(text)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "entries",
    [
        "INDEX\n1 総則 ____________ 1\n2 与信 ____________ 7\n",
        "◆もくじ◆\n1 総則 … p.1\n2 与信 … p.7\n別表 … p.15\n",
        "＜目次＞\n1 総則 ･･････････ － 1 －\n2 与信 ･･････････ － 7 －\n",
        "目次\n一　総則――――――――一\n二　与信――――――――十七\n",
        "【目次】\n1 総則 ～～～～～～～ 1頁\n2 与信 ～～～～～～～ 7頁\n",
        "収録内容\n総則 ········ 1\n与信 ········ 7\n",
        "目次\n第一　総則 | 一\n第二　与信 | 三\n第三　別表 | 十五\n",
        "- 目次 -\n総則\n　　　　2\n与信\n　　　　7\n別表\n　　　　15\n",
        "(目次)\n総則＝＝＝＝＝＝＝2\n与信＝＝＝＝＝＝＝7\n",
        "もくじ\n１．総則 | P.1\n２．与信 | P.7\n３．別表 | P.15\n",
    ],
)
def test_leaders_of_any_kind_lead_to_pages(entries: str):
    text = "総則\nこの規程は、手順を定める。\n与信\n与信とは、信用の供与をいう。"
    assert drop_contents(entries + text).text == text


def test_many_headings_over_titles_take_no_time():
    text = "目次\n総則\n与信\n別表\n総則\n" * 20_000
    begin = time.process_time()
    drop_contents(text)
    assert time.process_time() - begin < 10


def test_titles_without_pages_go_where_all_stand_again():
    text = "手順\n本文です。\n総則\n本文です。\n与信\n本文です。"
    assert drop_contents(f"手引\n目次\n\n手順\n総則\n与信\n\n{text}").text == f"手引\n\n{text}"


def test_titles_below_the_heading_that_stand_nowhere_else_stay():
    assert drop_contents("目次\n総則\n与信\n別表\n総則\n本文です。").removed == ()
    assert drop_contents("目次\n総則は手順を定める。\n与信\n別表\n総則は手順を定める。").removed == ()


def test_a_book_s_index_goes():
    text = "本文です。\n奥付"
    index = "索引\nあ行\n異議　12, 45\n移管　7\nか行\n解約　3, 9, 21\n"
    assert drop_contents(f"本文です。\n{index}奥付").text == text
    assert drop_contents("索引\n異議　12\n本文です。").removed == ()


def test_a_list_of_figures_goes_with_its_heading():
    text = "図表目次\n図１　受付 ………… 5\n図２　解決 ………… 7\n本文です。"
    assert drop_contents(text).text == "本文です。"


def test_prices_behind_leaders_and_words_about_contents_stay():
    text = "もくじという語\n普通送金 ………… 330円\n至急送金 ………… 660円"
    assert drop_contents(text).removed == ()


def test_a_title_over_a_whole_line_goes_with_its_dots_below_it():
    dots = "." * 65
    text = f"目次\n3.1 窓口の取組 {dots[:20]} 24\n3.2 法務省のウェブサイト（ホームページ）更新における課題\n{dots} 33\n1) 情報を届ける {dots[:20]} 33\n本文です。"
    assert drop_contents(text).text == "本文です。"
