"""Page numbers, running heads, footnotes: out of the way of paragraphs."""

import pytest

from tekio.text.lines import join_lines
from tekio.text.page_furniture import take_out_pages

HEAD = "ひばり銀行　調査月報"
FIRST = [
    "　景気は持ち直しの動きが続いており、設備投資は省力化を目",
    "的とするものを中心に増加している。個人消費は、物価の上昇の影",
]
REST = ["響がみられるものの、雇用の改善を背景に底堅く推移している。", "　輸出は横ばいである。"]
WHOLE = "".join(FIRST) + REST[0]


def test_a_paragraph_goes_on_over_a_page_break():
    for number in ("- 3 -", "　　　　　　　　3/12", "― ３ ―", "3ページ"):
        text = "\n".join([*FIRST, "", number, "", *REST])
        done = take_out_pages(text)
        assert done.removed == (number,)
        assert join_lines(done.text).text.split("\n") == [WHOLE, REST[1]]


def test_running_heads_go_with_the_form_feeds_they_follow():
    text = "\n".join([HEAD, "", *FIRST, f"\f{HEAD}", *REST])
    done = take_out_pages(text)
    assert done.removed == (HEAD, HEAD)
    assert join_lines(done.text).text.split("\n") == [WHOLE, REST[1]]


def test_numbers_of_sections_stay():
    sections = [
        "　男は黙っていた。\n　女も黙っていた。\n　雨が降り出した。",
        "　翌朝は晴れた。\n　庭に霜が下りていた。\n　客は来なかった。",
        "　手紙が届いた。\n　差出人の名はない。\n　封は切られていた。",
        "　駅は混んでいた。\n　汽車は遅れていた。\n　鐘が鳴った。",
    ]
    text = "\n".join(f"　　　　　　{number}\n\n{section}\n" for number, section in enumerate(sections, 1))
    assert take_out_pages(text).removed == ()


def test_figures_and_list_marks_stay():
    for line in ("(3)", "-5", "3,412", "12"):
        text = "\n".join(["残高は次のとおりである。", "", line, "", "以上である。"])
        assert take_out_pages(text).text == text


def test_a_number_and_a_head_inside_a_sentence_go_where_lines_are_full():
    lines = [
        "この手引きは、地域の事業者が取引先の与信を管理するときの手順",
        "を定めたものである。与信の限度は、年に一度、決算書の数字と支",
        "払の遅れの有無をもとに見直し、見直しの記録を五年の間保存する",
        "こととする。限度を超える取引をしようとするときは、事前に審査",
        "の担当者の承認を受けなければならないが、至急の場合は口頭の承",
    ]
    for intruders in (["7", "与信管理の手引き"], ["与信管理の手引き　　7"], ["七"]):
        text = "\n".join([*lines, *intruders, "認によることができる。"])
        done = take_out_pages(text)
        assert sorted(done.removed) == sorted(intruders)
        assert join_lines(done.text).text == "".join(lines) + "認によることができる。"
    heading = "\n".join([*lines, "認による。", "7", "与信管理の手引き", "次の章では、取引の開始を扱う。"])
    assert take_out_pages(heading).text == heading  # nothing is cut: they may be the text's


def test_heads_of_several_lines_go():
    head = ["開示書類", "ひばり銀行株式会社(E00000)", "半期報告書"]
    further = [
        "　物価は、原材料の値上がりが一巡したことから、前年の同じ月を",
        "二％ほど上回る水準で落ち着いており、先行きも大きな変化はみら",
    ]
    text = "\n".join([*FIRST, "3/9", *head, *REST, *further, "4/9", *head, "れないと考えられる。"])
    done = take_out_pages(text)
    assert len(done.removed) == 8
    assert join_lines(done.text).text.split("\n") == [WHOLE, REST[1], "".join(further) + "れないと考えられる。"]


def test_an_item_that_hangs_goes_on_behind_a_page():
    text = (
        "3.　営業店は、毎月末に貸出金の残高を台帳と照合し、相違を認める\n    ときは、遅滞なく本部に報告する。照合の記録は五年間保存する。\n"
        "- 4 -\n    電磁的な記録によることもできる。\n4.　本部は、前項の報告を受けたときは、その原因を調べ、必要な措\n    置を講ずる。\n- 5 -"
    )
    done = take_out_pages(text)
    assert done.removed == ("- 4 -", "- 5 -")
    assert len(join_lines(done.text).text.split("\n")) == 2


@pytest.mark.parametrize("label", ["氏名", "住　所：", "届出印", "【申込者氏名】", "フリガナ（　　　　）"])
def test_labels_of_forms_come_again_and_are_no_heads(label: str):
    body = "私は次のとおり申し込みます。\n条件を確認しました。\n三行目の文です。"
    feet = "\n".join(f"{body}{name}\n{label}\n- {number} -" for number, name in enumerate("甲乙丙丁", 1))
    assert take_out_pages(feet).text.count(label) == 4
    tops = "\f".join(f"{label}\n{name}\n{body}" for name in "甲乙丙丁")
    assert take_out_pages(tops).text.count(label) == 4
    if label[0] == "【":
        return  # what begins so is no rest of a sentence
    cut = f"この書面に記入してください。次の欄に\n\n- 3 -\n\n{label}\nを書いて窓口に出します。"
    assert take_out_pages(cut).removed == ("- 3 -",)


def test_a_mark_of_secrecy_below_the_title_goes_with_those_of_the_other_pages():
    page = (
        "監査の期間は令和\n{0} / 9 ページ\n社外秘\n六年七月から九月までの三か月であり、対象は本店ほか七か店である。\n"
    )
    text = "監査結果報告書\n社外秘\n\n" + page.format(1) + page.format(2) + page.format(3)
    assert "社外秘" not in take_out_pages(text).text
    assert take_out_pages("規程\n社外秘\n本文である。").text == "規程\n社外秘\n本文である。"


def test_a_paragraph_without_its_blank_goes_on_over_a_page_where_paragraphs_have_one():
    page = (
        "　当行は、管理を経営の最重要課題の一つと位置付け、その枠組みのもとで危険を\n一元的に管理しています。\n"
        "　与信については、行内格付に基づき、与信先の財務の状況を定期に評価していま\nす。\n"
        "　市場については、ヒストリカル法を用い、保有期間十日として計測しています。\n\n　　　　　　－ {} －\n\n"
        "検証の結果、問題は認められませんでした。\n"
    )
    text = page.format(1) + page.format(2)
    assert take_out_pages(text).text.count("計測しています。\n検証の結果") == 2


def test_the_number_of_the_last_page_goes_with_the_others():
    text = (
        "".join(
            f"これは長い文章の{'あ' * 20}途中で\n　　　　　　　　{page}\n\f\n切れています。次の文は終わります。\nおわり。\n"
            for page in (1, 2)
        )
        + "3\n"
    )
    assert not take_out_pages(text).text.rstrip().endswith("3")
    assert take_out_pages("合計は次のとおりです。\n1\n").text == "合計は次のとおりです。\n1\n"
