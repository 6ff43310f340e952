"""Formulas that recognition wrote for kana become kana where that is sure; other lines of such texts are given back apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.ocr_debris import repair_debris

OCR = "\n届出 $\\oslash$ 期限"


def repaired(line: str) -> str | None:
    """The line after repair within a text that recognition wrote; None when it was taken out."""
    result = repair_debris(line + OCR)
    return None if result.damaged else result.text.split("\n")[0]


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("計算書 $\\mathcal{O}$ 写し", "計算書の写し"),
        ("計算書 $\\mathcal{O})$ 写し", "計算書の写し"),
        ("計算書 $\\boldsymbol{\\mathcal{O}}$ 写し", "計算書の写し"),
        ("計算書 $\\pmb{\\phi}$ 写し", "計算書の写し"),
        ("第12条 $\\mathcal{O}\\,5$ に規定する", "第12条の5に規定する"),
        ("第40条 $\\textcircled{>}4\\textcircled{>}2$ 第１項", "第40条の4の2第１項"),
        ("資産 $\\sim!\\mathcal{O})$ 買換え", "資産への買換え"),
        ("政令で定めるも $\\oslash$ 、", "政令で定めるもの、"),
        ("（施行後 $\\mathcal{O})$ 規定をいう。）", "（施行後の規定をいう。）"),
        ("とな $\\supset$ た場合", "となった場合"),
        ("$\\textcircled{1}$ 欄と $\\circled{12}$ 欄", "①欄と⑫欄"),
        ("$\\lceil\\textcircled{8}\\rfloor$ の欄", "「⑧」の欄"),
        ("損害の割合 $50%$ 以上", "損害の割合50%以上"),
        ("Ａ $\\times$ Ｂ $=$ Ｃ", "Ａ×Ｂ=Ｃ"),
        ("$23{\\sim}35$ 共－９", "23～35共－９"),
        ("令和元年 $7\\cdot8$ 月分", "令和元年7・8月分"),
        ("$(1)\\mathcal{O}$ 金額", "(1)の金額"),
    ],
)
def test_what_is_sure_is_written_as_it_was_printed(line, right):
    assert repaired(line) == right


@pytest.mark.parametrize(
    "line",
    [
        "納税猶予 $1=21$ て",  # について
        "更正 $k=01$ 場合",
        "第49条 $0.7$ 規定",
        "やむを得な $\\textsf{V}^{\\flat}$ 事情",
        "$\\oslash$",
        "（省略したも $\\mathcal{O})$ を除く",
        "氏名 $\\oslash$ の写し",
        "第70条 $\\textcircled{1}6$ の7",
        "金額 $12,3$$\\sigma",
    ],
)
def test_a_line_that_is_not_sure_is_given_back_apart(line):
    result = repair_debris(line + OCR + "\n手を加えない行。")
    assert result.damaged == (line,)
    assert result.text == "届出の期限\n手を加えない行。"


def test_a_text_of_mathematics_keeps_its_formulas():
    text = "計算量は $\\mathcal{O}(n \\log n)$ である。\n$x^2 + y^2 = r^2$ を円という。"
    assert repair_debris(text).text == text


def test_most_of_a_text_in_damaged_lines_is_no_text():
    assert repair_debris("届出 $\\sigma_{2}$ 波所得 $\\tau\\in$ 金額" * 5 + OCR).is_ruined
    assert not repair_debris("届出 $\\sigma_{2}$ 波\n" + "本文はここにあります。" * 5 + OCR).is_ruined


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("平成2 0 年1 0 月1 0 日", "平成20年10月10日"),
        ("平成 2 0 年 1 2 月 3 1 日", "平成 20年 12月 31日"),
        ("２ ０ ２ ４ 年１ ０ 月", "２０２４年１０月"),
        ("第1 2 条", "第12条"),
        ("1 2 3 月", "1 2 3 月"),
        ("区分 1 5 年", "区分 1 5 年"),
        ("3 5 日", "3 5 日"),
        ("5 1 0 月", "5 1 0 月"),
        ("大人1 , 3 0 0 , 0 0 0円", "大人1,300,000円"),
        ("2 0 ,0 0 0 円", "20,000 円"),
        ("1 , 2 , 3", "1 , 2 , 3"),
        ("3 , 1 2 3 4", "3 , 1 2 3 4"),
    ],
)
def test_spaced_dates_are_joined_where_they_can_be_nothing_else(line, right):
    assert repair_debris(line).text == right


@given(st.text("あ第12条月日年 0$\\{}()の\n=oslahmctO", max_size=80))
def test_no_letter_of_japanese_and_no_line_is_lost(text):
    result = repair_debris(text)
    japanese = re.compile("[あ第条月日年]")
    whole = result.text + "\n".join(result.damaged)
    assert sorted(japanese.findall(whole)) == sorted(japanese.findall(text))


def test_spaced_counts_are_joined_where_recognition_shows_and_nowhere_else():
    assert (
        repair_debris("契約$\\mathcal{O}$種類\n転居の日から2 0 日以内に 1 4 件").text
        == "契約の種類\n転居の日から20日以内に 14件"
    )
    assert repair_debris("表 1 2 件").text == "表 1 2 件"


def test_kana_in_the_dress_of_a_formula_are_kana():
    assert (
        repair_debris("納税者 $\\mathcal{O}$ 住所を速やか $\\mathrm{に}$ 届け出る。").text
        == "納税者の住所を速やかに届け出る。"
    )


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("第 $1 , 2$ 項の場合", "第1,2項の場合"),
        ("$3 , 5$ 及び $7$", "3,5及び7"),
        ("$1 , 2 3 4$ 円", "1,234円"),
        ("税率は $1 5 . 3 1 5 \\%$ である", "税率は15.315%である"),
        ("円$\\textcircled{2}$$\\mathcal{O}$合計", "円②の合計"),
        ("令和 5 年 1 2 月 2 0 日付課法 2 － 1 7 に", "令和5年12月20日付課法 2－17 に"),
        ("昭和 2 5 年法律第 9 5 号", "昭和25年法律第95号"),
        ("4－ 2人以上の保証人", "4－2人以上の保証人"),
        ("5－4 2人以上の保証人", "5－4 2人以上の保証人"),
        ("４ ３の事由", "４ ３の事由"),
    ],
)
def test_two_numbers_stay_two_and_one_becomes_one(line, right):
    result = repair_debris(f"取扱い$\\mathcal{{O}}$とおり。\n{line}")
    assert result.text.split("\n")[1:] == [right]


@pytest.mark.parametrize("line", ["第 $7 0 ~ 2$ 条", "$10\\quad20$ 円", "第 $1 ; 2$ 項", "$3 ! 4$ 件"])
def test_a_blank_of_unknown_meaning_between_numbers_is_not_sure(line):
    assert repair_debris(f"取扱い$\\mathcal{{O}}$とおり。\n{line}").damaged == (line,)


def test_lines_that_a_recogniser_of_chinese_read_are_damaged():
    misread = "措置の適用受过大最後事业年度の翌事業年度有券渡係渡利益额又渡损失計上当"
    sound = "この通達は、次の事業年度から適用する。中国の国务院の発表を引用した文章も、仮名があるので残ります。"
    result = repair_debris(f"{misread}\n{sound}\n{misread}\n中华人民共和国外商投资法\n")
    assert result.damaged == (misread, misread)
    assert result.text == f"{sound}\n中华人民共和国外商投资法\n"


def test_a_few_simplified_characters_are_names():
    text = "華为と小米の業績\n営業利益は前年の二倍"
    assert repair_debris(text).text == text
