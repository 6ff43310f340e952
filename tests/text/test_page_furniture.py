"""Page numbers, running heads, footnotes: out of the way of paragraphs."""

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
