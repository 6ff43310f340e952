"""Units and terms that are nearly those of the passage: each kind that once passed, beside the row as it is right."""

# pyright: standard

import pytest

from tekio.knowledge.facts import facts_of
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.knowledge.terms import altered_terms

LIBRARY = "八幡町民1人あたりの図書館費は大阪府民1人あたりより高い。人口の30%が利用した。"
WAR = "8月に米軍は6日に広島、9日に長崎へ原爆を投下した。1945年9月2日に降伏文書に調印し、6年間続いた戦争が終わった。"
RACE = "第1回の競走は春に行われ、毎年開かれた。"
BOOK = "近縁種の根を数千年薬用としてきたと書物にある。毎分四万回以上で回る。"
SHRINE = "天の社、坂戸の社、沼尾の社の3社を総称する。"
WINE = "ワイン生産量は全国第3位、銘柄数は全国第4位である。卸売値は前年に比べて24%上昇した。"
AIRPORT = "下山千歳白菜は新千歳空港で売られた。名称は営業利益と連結経常利益である。"
FORM = "健康保険被保険者氏名変更届を提出する。"
ARMY = "アンドレ・マッセナはイタリアで5万人の兵を率いて対峙した。サン＝シールは2万人の兵士と共にナポリに向かった。"
POLICE = "警官4名が虎を見つけた。兄弟は2人とも軽傷だった。"
PAID = "その後、役員給与の年額（総額1億円）を改めずに甲の支給額を増やしたため超えた。甲は1,200万円（100万円×12か月）を超え、乙の合計額では1億円を超えない。"
TAX = "所得税法第174条8号、第209条の2の九月分による。"
AGES = (
    "1658年に生まれた製作者は1678年に聖堂の楽器を完成させ、29歳のときに別の楽器を完成させた。1687年から名が知られた。"
)


@pytest.mark.parametrize(
    ("passage", "right", "wrong"),
    [
        (LIBRARY, "八幡町民1人あたりの図書館費は高い。", "八幡町民1社あたりの図書館費は高い。"),
        (LIBRARY, "1人あたりの図書館費は高い。", "1%あたりの図書館費は高い。"),
        (WAR, "6年間続いた戦争が終わった。", "6日間続いた戦争が終わった。"),
        (RACE, "第1回の競走は春に行われた。", "第1年の競走は春に行われた。"),
        (BOOK, "数千年にわたり薬用とされた。", "数千か月にわたり薬用とされた。"),
        (BOOK, "毎分四万回以上で回る。", "毎分四万人以上で回る。"),
        (SHRINE, "天の社、坂戸の社、沼尾の社の3社を総称する。", "天の社、坂戸の社、沼尾の社の3人を総称する。"),
        (WINE, "前年に比べて24%上昇した。", "前年に比べて25%上昇した。"),
        (PAID, "その後、役員給与の年額（総額1億円）を改めずに甲の支給額を増やしたが、1億円を超えない。", "その後、役員給与の年額（総額1百万円）を改めずに甲の支給額を増やしたが、1億円を超えない。"),
        (TAX, "所得税法第174条8号による。", "所得税法第174条の九8号による。"),
        (AIRPORT, "新千歳空港で売られた。", "新千年空港で売られた。"),
        (FORM, "健康保険被保険者氏名変更届を出す。", "健康保菅野美代子名変更届を出す。"),
    ],
)  # fmt: skip
def test_a_row_has_the_units_and_terms_of_its_passage(passage: str, right: str, wrong: str):
    ground = Ground.of(passage)
    assert check_row("", right, ground)[1] == []
    assert check_row("", wrong, ground)[1] != []


@pytest.mark.parametrize(
    ("passage", "question", "right", "wrong"),
    [
        (AGES, "製作者は何歳で別の楽器を完成させたか。", "29歳", "29年"),
        (ARMY, "アンドレ・マッセナは何人の兵を率いたか。", "5万人", "2万人"),
        (ARMY, "何人の兵がナポリに向かったか。", "2万人", "2万社"),
        (POLICE, "見つけた警官は何名でしたか。", "4名", "2名"),
        (ARMY, "ナポリに向かったのは誰か。", "サン＝シール", "弟子たち"),
        (ARMY, "ナポリに向かったのは誰か。", "サン＝シールたち", "あんじゅ"),
        (RACE, "競走はいつ行われたか。", "春", "関ヶ原の戦い"),
    ],
)
def test_an_answer_has_what_is_asked_for(passage: str, question: str, right: str, wrong: str):
    ground = Ground.of(passage)
    assert check_row(question, right, ground)[1] == []
    assert check_row(question, wrong, ground)[1] != []


def test_some_thousands_are_not_one_thousand():
    assert [fact.value for fact in facts_of("数千年と千年")] != ["1000年", "1000年"]
    assert check_row("", "千年にわたり薬用とされた。", Ground.of(BOOK))[1] != []


def test_the_article_of_a_number_goes_as_far_as_it_is_written():
    assert [fact.value for fact in facts_of("第3条の5人と第3条の二人、第3条の二8号")] == [
        "3",
        "5人",
        "3",
        "2人",
        "3の2",
        "8号",
    ]


def test_a_question_may_rank_what_its_passage_does_not():
    ground = Ground.of("甲山は1991年、乙山は1883年、丙山は1815年に噴火した。")
    assert check_row("2番目に早く噴火したのはどれですか。", "乙山", ground)[1] == []
    assert check_row("", "2番目に早く噴火したのは乙山である。", ground)[1] != []
    ranked = Ground.of("甲山は3番目に高い。乙山は低い。")
    assert check_row("2番目に高い山はどれですか。", "甲山", ranked)[1] != []


@pytest.mark.parametrize(
    ("passage", "term"),
    [
        ("スマートフォンアプリで払う。", "スマホアプリ"),
        ("住宅借入金等特別控除額", "住宅借入金特別控除額"),
        (AIRPORT, "連結営業利益"),
        ("令和三年度決算書", "令和四年度決算書"),
        ("国立公文書館", "国立国会図書館"),
    ],
)
def test_a_term_that_is_short_for_another_or_another_thing_is_no_slip(passage: str, term: str):
    assert [*altered_terms(term, passage)] == []
