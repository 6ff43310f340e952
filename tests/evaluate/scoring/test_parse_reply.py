"""Reading a choice from a reply: the published rule with all its consequences, and the strict one."""

# pyright: standard

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.choices import choice_task
from tekio.evaluate.results.metrics import measures, unparsed
from tekio.evaluate.scoring.parse_reply import fin_harness_scores, strict_choice, with_marks
from tekio.evaluate.scoring.read_choice import Reply, choice_score
from tekio.evaluate.scoring.requests import ChoiceRequest

LETTERS = ("A", "B", "C", "D")


def published(reply: str, choices: tuple[str, ...], **options) -> int:
    values = fin_harness_scores(reply, choices, **options)
    return max(range(len(values)), key=values.__getitem__)  # as numpy: the first of equal values


@pytest.mark.parametrize(
    ("reply", "choices", "chosen"),
    [
        ("答えはCです。", LETTERS, 2),
        ("Based on the text, the answer is C", LETTERS, 1),  # a letter inside an English word
        ("わかりません", LETTERS, 0),  # nothing found: all equal, the first choice wins
        ("", LETTERS, 0),
        ("negative", (" positive", " negative"), 1),  # the leading space of the choice is removed
        ("positiveではなくnegative", (" positive", " negative"), 0),  # the earliest wins
        ("aという", ("c", ".", "d"), 1),  # a live metacharacter
        ("答えは(", ("[", "("), 1),  # not a valid pattern: taken as text
        ("正解は4", ("１", "２", "３", "４"), 0),  # half-width missed on this path
    ],
)
def test_the_published_rule(reply: str, choices: tuple[str, ...], chosen: int):
    assert published(reply, choices) == chosen


def test_the_published_rule_of_other_servers_tries_the_nfkc_form():
    assert published("正解は4", ("１", "２", "３", "４"), also_normalized=True) == 3


def test_the_score_is_minus_the_place():
    assert fin_harness_scores("xBA", ("A", "B", "C")) == (-2.0, -1.0, -math.inf)


@pytest.mark.parametrize(
    ("reply", "choices", "chosen"),
    [
        ("C", LETTERS, 2),
        ("「C」", LETTERS, 2),
        ("Ｃです。", LETTERS, 2),
        ("【答え】\nC", LETTERS, 2),
        ("A は誤り、B も誤り。したがって答えは C です。", LETTERS, 2),
        ("Based on the text, the Answer is: C", LETTERS, 2),
        ("正しいのは B のみ", LETTERS, 1),
        ("B\n\n理由: A では利息がない。", LETTERS, 1),
        ("正解は4", ("１", "２", "３", "４"), 3),
        ("アイウ", ("アイ", "アイウ", "ウ"), 1),  # the longer one, not its parts
        ("positive", (" positive", " negative"), 0),
        ("Based on all that", LETTERS, None),  # no letter of its own
        ("A か B です", LETTERS, None),  # two
        ("", LETTERS, None),
        ("わかりません", LETTERS, None),
        ("12", ("１", "２"), None),  # another number
        ("回答を控えます", ("はい", "いいえ"), None),
        ("○", ("○", "×"), 0),
    ],
)
def test_the_strict_rule(reply: str, choices: tuple[str, ...], chosen: int | None):
    assert strict_choice(reply, choices) == chosen


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_reply_is_read_or_not_but_never_fails(reply: str, choices: list[str]):
    found = strict_choice(reply, choices)
    assert found is None or 0 <= found < len(choices)
    assert len(fin_harness_scores(reply, choices)) == len(choices)


def test_an_unread_reply_is_marked_and_counts_as_wrong():
    built = choice_task([0, 0])
    requests = [ChoiceRequest(request.item, "?", LETTERS) for request in built.requests]
    strict = [
        choice_score(request, Reply(reply, 1, "eos"), "strict")
        for request, reply in zip(requests, ("A", "わかりません"), strict=True)
    ]
    assert [score.unparsed for score in strict] == [False, True]
    assert measures(built, strict)["acc"].observed == 0.5
    assert unparsed(built, strict) == 1
    as_published = [choice_score(request, Reply("わかりません", 3, "eos"), "fin-harness") for request in requests]
    assert measures(built, as_published)["acc"].observed == 1.0  # the published rule turns "I do not know" into A


OPTIONS = with_marks(["下がる", "上がる", "変わらない"])


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ("二番です。", 1),
        ("正解は三番です。", 2),
        ("正解は一番です。", 0),
        ("一番", 0),
        ("選択肢二が正しい。", 1),
        ("三つ目です。", 2),
        ("答え：二番目", 1),
        ("影響が一番です。", None),
        ("一番よくあるのは事情によります。", None),
        ("十二番です。", None),
        ("二番目に大きい国の話です。", None),
    ],
)
def test_the_number_of_an_option_may_be_kanji(reply: str, choice: int | None):
    assert strict_choice(reply, OPTIONS) == choice
