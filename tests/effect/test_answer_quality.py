"""The rubric of answers: what counts as right, complete and grounded can be read off the rows."""

# pyright: standard

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("answer_quality", ROOT / "benchmarks" / "answer_quality.py")
assert spec is not None
assert spec.loader is not None
quality = sys.modules["answer_quality"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(quality)

GOLD = "医療費控除の対象とはなりません（所得税基本通達73-5）。\n令和5年の改正により、領収書は5年間保存します。"


def asked(gold=GOLD, question="漢方薬の購入費用は控除できますか。"):
    decision = quality.decision_of(gold)
    assert decision is not None
    return quality.Asked(id="one", question=question, gold=gold, decision=decision)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本件は寄附金に該当します。", [("該当", False)]),
        ("本件は寄附金に該当しません。", [("該当", True)]),
        ("特例を適用することはできません。", [("適用", True)]),
        ("控除の対象とはなりません（通達73-5）。", [("対象", True)]),
        ("非課税となります。", [("非課税", False)]),
        ("給与等として課税しなくて差し支えありません。", [("差し支え", True)]),
        ("該当する場合には、届け出ます。", []),
        ("課税されます。\nなお、控除は認められません。", [("課税", False), ("認め", True)]),
    ],
)
def test_a_decision_is_the_word_a_sentence_ends_in_and_its_sign(text, found):
    assert quality.decisions(text) == found


def test_an_answer_is_right_with_the_same_word_and_sign_and_nowhere_the_other():
    one = asked()
    assert one.decision == ("対象", True)
    right = {text: quality.scored(text, one, "closed")["accuracy"] for text in (
        "控除の対象とはなりません。",
        "控除の対象となります。",
        "控除の対象とはなりません。ただし、風邪薬は控除の対象となります。",
        "課税されません。",
        "",
    )}  # fmt: skip
    assert list(right.values()) == [1, 0, 0, 0, 0]


def test_completeness_is_the_share_of_new_terms_and_facts_that_the_answer_has():
    one = asked("領収書は5年間保存する必要があります。", "領収書はどうしますか。")
    assert quality.wanted(one) == {"年間保存", "必要", "=5年"}
    assert quality.scored("5年です。", one, "closed")["completeness"] == pytest.approx(1 / 3)
    assert quality.scored("五年間、保存が必要です。", one, "closed")["completeness"] == pytest.approx(2 / 3)
    assert quality.scored("領収書です。", one, "closed")["completeness"] == 0


def test_the_right_answer_itself_is_right_complete_and_grounded_in_its_passage_only():
    one = asked()
    opened, closed = quality.scored(GOLD, one, "open"), quality.scored(GOLD, one, "closed")
    assert (opened["accuracy"], opened["completeness"], opened["ungrounded"]) == (1, 1, 0)
    assert (closed["accuracy"], closed["completeness"]) == (1, 1)
    assert closed["ungrounded"] >= 3  # the circular, the year of the amendment, the five years


def record(number, question, answer):
    return {
        "id": f"{number:016x}",
        "messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}],
        "meta": {"task": "faq", "origin": "made", "license": "CC0-1.0", "parents": ["x"], "group": f"g{number}"},
    }


@pytest.fixture
def records(tmp_path):
    rows = [
        record(number, f"{number}番の費用はどうなりますか。", f"費用{number}は損金に算入されます。")
        for number in range(6)
    ]
    rows += [
        record(7, "理由は。", "理由は次のとおりです。"),  # decides nothing
        record(8, "長い問い" * 80, "損金に算入されます。"),
        record(9, "損金に算入", "損金に算入されます。損金に算入されません。"),  # decides both ways
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "validation.jsonl").write_text(text, "utf-8")
    return tmp_path


def config(**changes):
    plain = {"prompts": 20, "longest": 200, "max_new_tokens": 8, "template": "alpaca-japanese"}
    return quality.AnswersConfig.model_validate(plain | changes)


def test_only_records_that_decide_one_way_and_are_short_are_asked_and_the_pilots_are_not(records):
    found = quality.chosen(records, config(left_out=["0000000000000002"]))
    assert sorted(int(one.id, 16) for one in found) == [0, 1, 3, 4, 5]
    assert quality.chosen(records, config(prompts=3)) == quality.chosen(records, config())[:3]


def test_the_answer_to_another_question_is_never_the_own_one(records):
    found = quality.chosen(records, config())
    for seed in range(5):
        said = quality.another(found, seed)
        assert sorted(said) == sorted(one.gold for one in found)
        assert all(text != one.gold for text, one in zip(said, found, strict=True))


def test_answers_there_are_scored_again_and_tests_over_prompts_pair_them(records, tmp_path):
    study = tmp_path / "study"
    for seed in (1, 2):
        out = study / f"passage-{seed}" / "answers"
        first = quality.answer_figures(config(), records, out, seed, model=None, says="passage")
        assert first["open.accuracy"] == first["closed.completeness"] == 1
        quality.answer_figures(
            config(), records, study / f"another-{seed}" / "answers", seed, model=None, says="another"
        )
        kept = (out / "open.jsonl").read_text("utf-8")
        (out / "open.jsonl").write_text(kept.replace("算入されます", "算入されません", 1), "utf-8")
        again = quality.answer_figures(config(), records, out, seed, model=None, says="passage")
        assert again["open.accuracy"] == pytest.approx(5 / 6)
    lines = quality.compared(study, "passage", "another")
    assert len(lines) == 6
    assert lines[1].startswith("| closed completeness | 6 | ")
    by_prompt = quality.by_prompt(study, "passage", "open", "accuracy")
    assert sorted(by_prompt.values()) == [0, 1, 1, 1, 1, 1]
