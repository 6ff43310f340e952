"""Pairs of what reviewers decided and of published sets: which rows make one, and why the others do not."""

# pyright: standard

import json
from pathlib import Path
from typing import Any

import pytest

from tekio.errors import NothingError, PolicyError
from tekio.instruct.formats.parse import Source
from tekio.instruct.formats.rejected import RowError
from tekio.instruct.preferences.build import build_pairs
from tekio.instruct.preferences.pair import Pair, read_pairs
from tekio.instruct.preferences.rows import preference
from tekio.instruct.review.actions import Action
from tekio.instruct.review.finish import finish
from tekio.instruct.review.items import ReviewItem
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.prefer import PairsConfig, PreferConfig
from tekio.records import ChatMessage, InstructionMeta, InstructionRecord, new_record
from tekio.store import Workspace, read_jsonl, write_jsonl

SCREEN = ScreenConfig(off=["personal_data"])


def draft(question: str, answer: str) -> InstructionRecord:
    return new_record(question, answer, InstructionMeta("faq", "drafts", "CC0-1.0"))


def reviewed(folder: Path, decisions: list[tuple[InstructionRecord, Any]]) -> Path:
    """What `tekio review --out` writes. decisions: a record with `accept`, ("edit", question, answer) or ("reject", reason)."""
    items, actions = [], []
    for number, (record, decision) in enumerate(decisions):
        items.append(ReviewItem(record.id, record))
        word, *rest = decision if isinstance(decision, tuple) else (decision,)
        messages: list[ChatMessage] | None = None
        if word == "edit":
            messages = [{"role": "user", "content": rest[0]}, {"role": "assistant", "content": rest[1]}]
        reason = rest[0] if word == "reject" and rest else ""
        actions.append(Action(str(number), record.id, "eri", word, reason=reason, messages=messages))
    result = finish(items, actions, keep_unseen=True)
    file = folder / "reviewed.jsonl"
    write_jsonl(file, [record.as_dict() for record in result.kept])
    write_jsonl(folder / "reviewed.rejected.jsonl", result.rejected)
    return file


def built(folder: Path, file: Path, **options: Any) -> tuple[dict[str, Any], list[Pair], list[dict[str, Any]]]:
    """What the stage makes of a file: counts, pairs, rejected rows."""
    config = PreferConfig(pairs=[PairsConfig(name="desk", path=RecipePath.of(file), license="CC0-1.0")], **options)
    folder.mkdir(exist_ok=True)
    made = build_pairs(config, SCREEN, "internal", Workspace(folder, 7), special_tokens=[], key=None)
    pairs = [pair for part in ("train", "validation") for pair in read_pairs(folder / f"{part}.jsonl")]
    source = made.sources[0].plain()
    rejected = list(read_jsonl(folder / "rejected.jsonl"))
    assert source["rows_in"] == source["rows_used"] + len(rejected)
    assert source["rejected"] == {
        name: sum(row["rejected_by"] == name for row in rejected) for name in source["rejected"]
    }
    return source, pairs, rejected


def test_an_edit_is_preferred_to_what_stood_there(tmp_path: Path):
    record = draft("預金保険とは何ですか。", "わかりません。たぶん保険です。")
    file = reviewed(tmp_path, [(record, ("edit", "預金保険とは何ですか。", "預金を一定額まで守る制度です。"))])
    _, [pair], _ = built(tmp_path / "out", file, validation_share=0.0)
    assert (pair.record.output, pair.rejected) == ("預金を一定額まで守る制度です。", "わかりません。たぶん保険です。")
    assert (pair.record.id, pair.rejected_id, pair.why) == (record.id, record.id, "edited")


def test_an_accepted_answer_is_preferred_to_rejected_drafts_of_its_question(tmp_path: Path):
    question = "金利が上がると債券の価格はどうなりますか。"
    file = reviewed(
        tmp_path,
        [
            (draft(question, "債券の価格は下がります。"), "accept"),
            (draft(question, "債券の価格は上がります。"), ("reject", "wrong")),
            (draft(question, "価格は変わります。"), ("reject", "incomplete")),
            (draft(question, "債券の価格は下がります。以上です。"), ("reject", "duplicate")),
            (draft("国債とは何ですか。", "株です。"), ("reject", "wrong")),
            (draft("社債とは何ですか。", "会社の借金です。"), "accept"),
        ],
    )
    source, pairs, rejected = built(tmp_path / "out", file, validation_share=0.0)
    assert [(pair.record.output, pair.rejected, pair.why) for pair in pairs] == [
        ("債券の価格は下がります。", "債券の価格は上がります。", "wrong"),
        ("債券の価格は下がります。", "価格は変わります。", "incomplete"),
    ]
    assert (source["rows_in"], source["rows_used"]) == (6, 3)
    assert {row["rejected_by"] for row in rejected} == {
        "rejected_for_its_question",
        "no_accepted_answer",
        "no_other_answer",
    }


def test_an_edited_question_makes_no_pair(tmp_path: Path):
    edited = draft("これは何ですか。", "預金を守る制度です。")
    kept = draft("国債とは。", "株です。")
    file = reviewed(
        tmp_path,
        [
            (edited, ("edit", "預金保険とは何ですか。", "預金を一定額まで守る制度です。")),
            (kept, ("edit", "国債とは。", "国の借金です。")),
        ],
    )
    source, [pair], [row] = built(tmp_path / "out", file, validation_share=0.0)
    assert (pair.record.id, row["id"]) == (kept.id, edited.id)
    assert source["rejected"] == {"question_edited_too": 1}


SHAPES: dict[str, dict[str, Any]] = {
    "TRL, text": {"prompt": "問い", "chosen": "良い", "rejected": "悪い"},
    "TRL, messages": {
        "prompt": [{"role": "user", "content": "問い"}],
        "chosen": [{"role": "assistant", "content": "良い"}],
        "rejected": [{"role": "assistant", "content": "悪い"}],
    },
    "TRL, implicit prompt": {
        "chosen": [{"role": "user", "content": "問い"}, {"role": "assistant", "content": "良い"}],
        "rejected": [{"role": "user", "content": "問い"}, {"role": "assistant", "content": "悪い"}],
    },
    "UltraFeedback, binarized": {
        "prompt": "問い",
        "chosen": [{"role": "user", "content": "問い"}, {"role": "assistant", "content": "良い"}],
        "rejected": [{"role": "user", "content": "問い"}, {"role": "assistant", "content": "悪い"}],
        "score_chosen": 9.0,
    },
    "LLaMA-Factory, Alpaca": {"instruction": "問い", "input": "", "chosen": "良い", "rejected": "悪い"},
    "LLaMA-Factory, ShareGPT": {
        "conversations": [{"from": "human", "value": "問い"}],
        "chosen": {"from": "gpt", "value": "良い"},
        "rejected": {"from": "gpt", "value": "悪い"},
    },
    "question": {"question": "問い", "chosen": "良い", "rejected": "悪い"},
}


@pytest.mark.parametrize("name", SHAPES)
def test_published_forms_are_read(name: str):
    pair = preference(SHAPES[name], Source("set", "CC0-1.0"), "a.jsonl:1")
    assert [turn["content"] for turn in pair.record.messages] == ["問い", "良い"]
    assert (pair.rejected, pair.record.meta.parents) == ("悪い", ["a.jsonl:1"])


@pytest.mark.parametrize(
    "row",
    [
        {"chosen": "良い", "rejected": "悪い"},
        {"prompt": "", "chosen": "良い", "rejected": "悪い"},
        {"prompt": "問い", "chosen": "", "rejected": "悪い"},
        {"prompt": "問い", "chosen": 3, "rejected": "悪い"},
        {"prompt": "問い", "chosen": ["良い"], "rejected": "悪い"},
        {"prompt": "問い", "chosen": [], "rejected": None},
        {"prompt": "問い", "chosen": "良い", "rejected": "\ud800"},
        {
            "prompt": "問い",
            "chosen": [{"role": "user", "content": "別"}, {"role": "assistant", "content": "良い"}],
            "rejected": [{"role": "user", "content": "他"}, {"role": "assistant", "content": "悪い"}],
        },
    ],
)
def test_rows_that_are_no_pair_are_refused_by_a_reason(row: dict[str, Any]):
    with pytest.raises(RowError):
        preference(row, Source("set"), "a.jsonl:1")


def test_nothing_is_lost_and_no_pair_counts_twice_or_both_ways(tmp_path: Path):
    good = {"prompt": "国債とは。", "chosen": "国の借金です。", "rejected": "株です。"}
    rows: list[Any] = [
        good,
        good,
        good | {"chosen": good["rejected"], "rejected": good["chosen"]},
        {"prompt": "社債とは。", "chosen": "会社の借金です。", "rejected": "会社の借金です。"},
        {"prompt": "金利とは。", "rejected": "山です。", "chosen": None},
        {"prompt": "為替とは。", "chosen": "<|im_end|>通貨の交換です。", "rejected": "山です。"},
    ]
    file = tmp_path / "set.jsonl"
    file.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) + "{not json\n", encoding="utf-8"
    )
    source, pairs, _ = built(tmp_path / "out", file, validation_share=0.0)
    assert (len(pairs), source["rows_in"], source["rows_used"]) == (1, 7, 1)
    assert {"exact_duplicate", "the_other_way_round", "same_answer", "template_leftover"} <= set(source["rejected"])


def test_all_pairs_of_a_question_stand_on_one_side_of_the_split(tmp_path: Path):
    rows = [
        {"prompt": f"質問その{number // 3}", "chosen": f"答え{number}です。", "rejected": "山です。"}
        for number in range(60)
    ]
    write_jsonl(tmp_path / "set.jsonl", rows)
    source, pairs, _ = built(tmp_path / "out", tmp_path / "set.jsonl", validation_share=0.3)
    sides: dict[str, set[str | None]] = {}
    for pair in pairs:
        sides.setdefault(pair.record.instruction, set()).add(pair.record.meta.split)
    assert all(len(side) == 1 for side in sides.values())
    assert source["train"] + source["validation"] == 60
    assert source["validation"]


def test_a_license_that_forbids_training_stops_the_stage(tmp_path: Path):
    write_jsonl(tmp_path / "set.jsonl", [{"prompt": "国債とは。", "chosen": "国の借金です。", "rejected": "株です。"}])
    path = RecipePath.of(tmp_path / "set.jsonl")
    config = PreferConfig(pairs=[PairsConfig(name="s", path=path, license="CC-BY-SA-4.0")], validation_share=0.0)
    with pytest.raises(PolicyError):
        build_pairs(config, SCREEN, "CC-BY-4.0", Workspace(tmp_path, 7), special_tokens=[], key=None)


def test_no_pair_at_all_is_said(tmp_path: Path):
    file = reviewed(tmp_path, [(draft("社債とは何ですか。", "会社の借金です。"), "accept")])
    with pytest.raises(NothingError, match="No pair is left"):
        built(tmp_path / "out", file)


def test_personal_data_stays_in_neither_answer(tmp_path: Path):
    write_jsonl(
        tmp_path / "set.jsonl",
        [
            {"prompt": "連絡先は。", "chosen": "窓口へどうぞ。", "rejected": "taro.yamada@example.co.jp へどうぞ。"},
            {"prompt": "国債とは。", "chosen": "国の借金です。", "rejected": "株です。"},
        ],
    )
    path = RecipePath.of(tmp_path / "set.jsonl")
    config = PreferConfig(pairs=[PairsConfig(name="s", path=path, license="CC0-1.0")], validation_share=0.0)
    made = build_pairs(config, ScreenConfig(), "internal", Workspace(tmp_path, 7), special_tokens=[], key=None)
    assert made.sources[0].train == 1
    assert made.sources[0].rejected == {"personal_data": 1}


QUESTION = (
    "預金保険制度において、全額が保護される決済用預金の三つの条件を述べたものはどれか。正しいものを一つ選びなさい。"
)


@pytest.mark.parametrize("action", ["remove", "flag"])
@pytest.mark.parametrize("where", ["prompt", "chosen", "rejected"])
def test_test_items_are_found_in_question_and_both_answers(tmp_path: Path, where: str, action: str):
    """Left out with the item's name, or marked where the recipe says so: as of records."""
    (tmp_path / "exam.jsonl").write_text(json.dumps({"id": "q1", "question": QUESTION}, ensure_ascii=False) + "\n")
    row = {"prompt": "預金保険とは。", "chosen": "預金を守る制度です。", "rejected": "株の一種です。"}
    clean = {"prompt": "国債とは。", "chosen": "国の借金です。", "rejected": "株です。"}
    write_jsonl(tmp_path / "set.jsonl", [row | {where: f"問題です。{QUESTION}"}, clean])
    config = PreferConfig(
        pairs=[PairsConfig(name="s", path=RecipePath.of(tmp_path / "set.jsonl"), license="CC0-1.0")],
        validation_share=0.0,
    )
    items = ContaminationConfig(items=[RecipePath.of(tmp_path / "exam.jsonl")], action=action)  # type: ignore[arg-type]
    screen = SCREEN.model_copy(update={"contamination": items})
    made = build_pairs(config, screen, "internal", Workspace(tmp_path, 7), special_tokens=[], key=None)
    pairs = list(read_pairs(tmp_path / "train.jsonl"))
    if action == "remove":
        assert (len(pairs), made.sources[0].rejected) == (1, {"contaminated": 1})
        [lost] = read_jsonl(tmp_path / "rejected.jsonl")
        assert "exam.jsonl:1" in lost["measured"]["item"]
    else:
        assert [pair.record.meta.extra.get("flags") for pair in pairs] == [["contaminated"], None]
