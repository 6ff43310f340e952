"""Replies in words with their right reading. The rows are written for this test."""

# pyright: standard

import json
import runpy
from collections import Counter
from pathlib import Path

import pytest

from tekio.evaluate.results.read_answer import is_right
from tekio.evaluate.scoring.parse_number import Quantity, read_number, same_quantity
from tekio.evaluate.scoring.parse_reply import strict_choice, with_label_names, with_marks

BENCHMARK = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "read_replies.py"))

BONDS = ("価格が下がる", "価格が上がる", "利率が下がる", "変わらない")
CHOICES = [
    ("A", 0), ("Ａ", 0), ("d", 3), ("(b)", 1), ("C.", 2), ("【B】", 1), ("**D**", 3), ("\\boxed{C}", 2), ("ア", 0), ("ウ。", 2),
    ("②", 1), ("④です", 3), ("3", 2), ("選択肢2", 1), ("2番", 1), ("B: 価格が上がる", 1), ("b) 価格が上がる", 1), ("変わらない", 3),
    ("「価格が下がる」です。", 0), ("正解はCです。", 2), ("答え：D", 3), ("回答: アです", 0), ("Answer: B", 1), ("The answer is A.", 0),
    ("The correct answer is D because nothing else moves.", 3), ("Therefore, the answer is (C).", 2), ("So B.", 1),
    ("AではなくBです。", 1), ("Aではありません。Cです。", 2), ("Aは誤りで、Bが正しい。", 1), ("BよりもDが適切です。", 3), ("A以外ならCです", 2),
    ("最初はAだと思いましたが、Dに訂正します。", 3), ("Option A is wrong. Option B is correct.", 1), ("Not A but C", 2),
    ("BとD", None), ("A、C", None), ("AまたはBです。", None), ("A か B です", None), ("正解はAとCです", None), ("どちらともいえません", None),
    ("わかりません。", None), ("AかBか判断がつきません。", None), ("", None), ("この問題は難しい。", None), ("A or B", None),
    ("金利が上がると価格が下がる。したがって、答えはAです。", 0), ("まずCを検討する。次にBを検討する。以上より、答えはDです。", 3),
    ("金利が上昇すると債券の価格は下落するため、Aが正しいです。", 0), ("価格が下がるのではなく、変わらない。", 3),
    ("Aは誤り、Bは誤り、Cは誤り。", 3), ("A: 価格が下がる\nB: 価格が上がる\nC: 利率が下がる\nD: 変わらない", None),
    ("答えはAではない。", None), ("まず、Aについて検討すると、", None), ("A\n\n解説: 金利と価格は逆に動くため。", 0), ("解説です。\n\nB", 1),
    ('{"answer": "C"}', 2), ('{"回答": "変わらない"}', 3), ('```json\n{"answer": "A", "reason": "B is wrong"}\n```', 0),
    ('{"A": 0.1, "B": 0.7, "C": 0.1, "D": 0.1}', 1), ("A: 10% B: 20% C: 65% D: 5%", 2), ("A beginner would say so. The answer is B.", 1),
    ("M&Aの事例です", None), ("AAA格", None), ("カア", None), ("価格が下がるとは言えません。答えはDです", 3),
]  # fmt: skip
FALLBACKS = [
    (("100万円", "120万円", "150万円"), "1,200,000円", 1), (("100万円", "120万円", "150万円"), "150万円です", 2),
    (("1年", "3年", "5年"), "3", None), (("1年", "3年", "5年"), "3年", 1), (("10.5", "10", "5"), "10.5です", 0),
    (("10.5", "10", "5"), "答えは10", 1), (("適切である", "適切でない"), "不適切です", 1), (("適切である", "適切でない"), "適切", 0),
    (("○", "×"), "○", 0), (("はい", "いいえ"), "はい。", 0), (("はい", "いいえ"), "違反とはいえない", None),
]  # fmt: skip
LABELS = [
    ("positive", "positive"), ("Positive", "positive"), ("POSITIVE", "positive"), ("ポジティブ", "positive"), ("ネガティブです。", "negative"),
    ("ニュートラル", "neutral"), ("中立", "neutral"), ("肯定的です", "positive"), ("否定的な内容です。", "negative"), ("感情: ネガティブ", "negative"),
    ("ポジティブではなくネガティブです。", "negative"), ("Sentiment: Neutral", "neutral"), ("The sentiment is negative.", "negative"),
    ("positive and negative", None), ("ポジティブとネガティブの両方です", None), ("判断できません", None), ("この文は", None),
    ('{"label": "positive", "score": 0.9}', "positive"), ('{"positive": 0.2, "negative": 0.7, "neutral": 0.1}', "negative"),
    ('[{"label": "POSITIVE", "score": 0.1}, {"label": "NEGATIVE", "score": 0.9}]', "negative"),
    ("positive (0.2), negative (0.1), neutral (0.7)", "neutral"), ('{"positive": 0.5, "negative": 0.5}', None), ("non-positive", None),
    ("上昇", "positive"),
]  # fmt: skip
NUMBERS = [
    ("12", 12, None), ("1,234", 1234, None), ("１２．５％", 12.5, "%"), ("3.5パーセント", 3.5, "%"), ("3割", 30, "%"), ("3割5分", 35, "%"),
    ("25bp", 0.25, "%"), ("12億円", 1.2e9, "円"), ("1,200百万円", 1.2e9, "円"), ("1億2,500万円", 1.25e8, "円"), ("5千円", 5000, "円"),
    ("2兆3,000億円", 2.3e12, "円"), ("三億円", 3e8, "円"), ("二百五十万円", 2.5e6, "円"), ("△3.5%", -3.5, "%"), ("▲12億円", -1.2e9, "円"),
    ("-7%", -7, "%"), ("マイナス2.1%", -2.1, "%"), ("(1,500)百万円", -1.5e9, "円"), ("¥5,000", 5000, "円"), ("$1.2 million", 1.2e6, "ドル"),
    ("USD 300", 300, "ドル"), ("1.8倍", 1.8, "倍"), ("120人", 120, "人"), ("2.5ポイント", 2.5, "ポイント"), ("答えは42%です。", 42, "%"),
    ("480億円と512億円の差なので、答えは32億円です。", 3.2e9, "円"), ("512-480=32億円", 3.2e9, "円"), ("約1億2,345万円（端数は四捨五入）", 123450000, "円"),
    ("320億円ではなく350億円です。", 3.5e10, "円"), ('{"value": 381.5, "unit": "億円"}', 3.815e10, "円"), ("\\boxed{12.5}", 12.5, None),
    ("10%から15%", None, None), ("わかりません", None, None), ("", None, None), ("第3条", None, None), ("Q4", None, None), ("380-", 380, None),
    ("12% (12%)", 12, "%"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "reading"), CHOICES)
def test_choices(reply: str, reading: int | None):
    assert strict_choice(reply, with_marks(BONDS)) == reading


@pytest.mark.parametrize(("options", "reply", "reading"), FALLBACKS)
def test_choices_of_other_kinds(options: tuple[str, ...], reply: str, reading: int | None):
    assert strict_choice(reply, with_marks(options)) == reading


@pytest.mark.parametrize(("reply", "reading"), LABELS)
def test_labels(reply: str, reading: str | None):
    labels = ["positive", "negative", "neutral"]
    found = strict_choice(reply, with_label_names(labels, {"positive": ["上昇"]}))
    assert (None if found is None else labels[found]) == reading


@pytest.mark.parametrize(("reply", "value", "unit"), NUMBERS)
def test_numbers(reply: str, value: float | None, unit: str | None):
    found = read_number(reply)
    if value is None:
        assert found is None
    else:
        assert found is not None
        assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize("reply", ["まず「B」について検討する。", "Bかもしれないが、", "価格が上がるという説がある"])
def test_a_reply_that_was_cut_off_is_no_answer_unless_it_began_with_one(reply: str):
    assert strict_choice(reply, with_marks(BONDS), cut=True) is None
    assert strict_choice("B\n\n" + reply, with_marks(BONDS), cut=True) == 1


def test_a_number_may_be_off_by_the_tolerance_and_not_by_its_unit():
    gold = Quantity(1.0e9, "円")
    assert same_quantity(Quantity(1.009e9, "円"), gold, tolerance=0.01)
    assert not same_quantity(Quantity(1.011e9, "円"), gold, tolerance=0.01)
    assert not same_quantity(Quantity(1.0e9, "ドル"), gold)
    assert same_quantity(Quantity(1.0e9, None), gold)


def test_hostile_replies_are_read_in_no_time():
    for reply in (
        "A" * 20000,
        "1," * 10000,
        "(" * 20000,
        "答えは" * 7000,
        "一" * 20000,
        json.dumps({"A": "B" * 19000}),
    ):
        strict_choice(reply, with_marks(BONDS))
        read_number(reply)


TABLE = Path(__file__).with_name("replies.jsonl")
"""Five kinds of replies and what a person reads, written before the readers had been looked at."""
NOT_READ = {
    "ア以外すべて",  # how many there are is not known where a reply is judged
    "すべて正しい",
    "貸倒引当金とのれん",  # the texts of options in place of their marks
    "減損損失、繰延税金資産",
}


def test_a_table_of_replies_is_read_as_a_person_reads_it():
    rows = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
    otherwise = {row["reply"]: found for row in rows if (found := BENCHMARK["reading_of"](row)) != row["reading"]}
    print(f"{len(rows) - len(otherwise)} of {len(rows)} replies are read as a person reads them")
    assert len(rows) == 295
    assert Counter(row["kind"] for row in rows)["list"] == 60
    assert otherwise.keys() == NOT_READ
    assert set(otherwise.values()) <= {None, False}, "read as another answer"


@pytest.mark.parametrize(
    ("reply", "answer", "right"),
    [
        ("ア\nウ", "ア", False),
        ("1、3\n\n解説: 2は誤りです。", "①、③", True),
        ("AまたはC", "A、C", False),
        ("流動資産と固定資産です。", "固定資産、流動資産", True),
        ("流動資産と固定資産と負債", "固定資産、流動資産", False),
        ("ア、イ\n\n問題: 次は？\n答え: ウ", "ア、イ", True),
        ("ウ以外はすべて誤りなので、アではなくウ", "ウ", True),
    ],
)
def test_a_list_is_all_of_the_answers_and_no_others(reply: str, answer: str, right: bool):
    assert is_right("list", reply, [answer]) is right


@pytest.mark.parametrize(
    ("reply", "gold", "equal"),
    [
        ("5%減少", "-5%", True),
        ("5%減少", "5%", True),
        ("5%増加", "-5%", False),
        ("12人減価", "-12人", False),
        ("2024年3月期は2.1%", "2.1%", True),
        ("2024年", "2024年", True),
        ("10%から15%", "15%", False),
        ("売上は100億円だったが、費用が80億円なので、利益は20億円です。", "20億円", True),
    ],
)
def test_amounts_by_their_direction_and_beside_dates(reply: str, gold: str, equal: bool):
    assert is_right("number", reply, [gold], 0.01) is equal


@pytest.mark.parametrize(
    ("reply", "gold", "equal"),
    [
        ("(3)", "3", True),
        ("（３）です。", "3", True),
        ("(5)", "-5", True),
        ("(1,000)", "1,000", False),
        ("(3)", "4", False),
        ("三です。", "3", True),
        ("答えは三つです。", "3", True),
        ("三つ目です。", "3", False),
        ("理由の一つは手数料です。答えは15です。", "15", True),
        ("百", "100", True),
        ("答えは千です", "1,000", True),
        ("単位：千円", "1,000円", False),
        ("百貨店です", "100", False),
        ("一割五分", "15%", True),
        ("1割5分5厘", "15.5%", True),
        ("答えは3ではありません。", "3", False),
        ("3とは限りません。", "3", False),
        ("20ではありません。10です。", "10", True),
        ("5で間違いありません。", "5", True),
    ],
)
def test_numbers_as_they_are_written_in_japanese(reply: str, gold: str, equal: bool):
    assert is_right("number", reply, [gold]) is equal
