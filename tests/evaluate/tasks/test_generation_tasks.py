"""Tasks answered by generation, and the text perplexity of VQA: prompts as published, replies judged as published."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest

from realdata import need_real_data
from tekio.evaluate.results.degenerate import why_degenerate
from tekio.evaluate.results.item_rows import item_rows
from tekio.evaluate.results.metrics import measures, unparsed
from tekio.evaluate.scoring.requests import ChoiceRequest, ChoiceScore, GenerationRequest, GenerationScore
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.build import BuiltTask


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def pair(number: int, label: str, split: str) -> dict[str, str]:
    return {
        "sentence_pair_id": f"{split}{number}",
        "yjcaptions_id": f"{split}{number}",
        "sentence1": f"{split}の前提{number}",
        "sentence2": f"{split}の仮説{number}",
        "label": label,
    }


def jnli(folder: Path, shots: int, name: str = "jnli_paper", template: str = "default") -> BuiltTask:
    labels = ["neutral", "entailment", "contradiction"]
    write_lines(folder / "jnli-v1.1/valid-v1.1.json", [pair(n, labels[n % 3], "test") for n in range(2434)])
    write_lines(folder / "jnli-v1.1/train-v1.1.json", [pair(n, labels[n % 3], "train") for n in range(9)])
    return load_task(name, base=folder).build(folder, template=template, protocol="plain", shots=shots, limit=3, seed=1)


def test_the_jnli_prompt_is_the_papers(tmp_path):
    request = jnli(tmp_path, 4).requests[0]
    assert isinstance(request, GenerationRequest)
    number = request.item.removeprefix("test")
    shots = "".join(
        f"### 前提文:\ntrainの前提{n}\n### 仮説文:\ntrainの仮説{n}\n### 返答:\n{label}\n\n"
        for n, label in [(1, "含意"), (2, "矛盾"), (0, "中立"), (4, "含意")]
    )
    assert request.prompt == (
        "以下の前提文と仮説文のペアに対して，前提文が仮説文に対してもつ推論関係を、「含意」「矛盾」「中立」の"
        f"いずれかから答えてください。\n\n{shots}### 前提文:\ntestの前提{number}\n### 仮説文:\ntestの仮説{number}\n### 返答:\n"
    )
    assert request.max_new_tokens == 5
    assert (request.sampling.temperature, request.sampling.top_p, request.sampling.top_k) == (0.01, 0.75, 40)


def test_one_shot_shows_one_entailment_example_only(tmp_path):
    request = jnli(tmp_path, 1).requests[0]
    assert isinstance(request, GenerationRequest)
    assert "\n含意\n\n" in request.prompt
    assert "\n矛盾\n" not in request.prompt


def test_english_models_get_their_marker_but_the_shots_keep_theirs(tmp_path):
    request = jnli(tmp_path, 1, template="english").requests[0]
    assert isinstance(request, GenerationRequest)
    assert request.prompt.endswith("### Response:\n")
    assert request.prompt.count("### 返答:\n含意") == 1


def test_greedy_decoding_is_a_task_of_its_own(tmp_path):
    request = jnli(tmp_path, 0, name="jnli_greedy").requests[0]
    assert isinstance(request, GenerationRequest)
    assert request.sampling.temperature == 0


def test_a_reply_that_names_all_labels_is_right_only_for_the_paper(tmp_path):
    built = jnli(tmp_path, 0)
    golds = [item.answers[0] for item in built.items]
    replies = ["含意、矛盾、中立", f" {golds[1]}です", "わかりません"]
    scores = [GenerationScore(item.id, text, 5, "length") for item, text in zip(built.items, replies, strict=True)]
    values = {name: measure.observed for name, measure in measures(built, scores).items()}
    assert values == {"acc": pytest.approx(2 / 3), "acc_strict": pytest.approx(1 / 3)}
    assert unparsed(built, scores) == 1
    assert [row.unparsed for row in item_rows(built, scores)] == [False, False, True]


def test_replies_none_of_which_can_be_read_show_no_ability(tmp_path):
    built = jnli(tmp_path, 0)
    built = dataclasses.replace(built, items=built.items * 2)
    scores = [GenerationScore(item.id, f"{number}番目、この頃", 5, "length") for number, item in enumerate(built.items)]
    why = why_degenerate(built, scores)
    assert why is not None
    assert why.en == "no answer can be read in any reply"


@pytest.mark.parametrize("name", ["jnli_paper", "jnli_greedy"])
@pytest.mark.parametrize(("template", "marker"), [("default", "### 返答:"), ("english", "### Response:")])
def test_a_reply_is_read_after_its_last_response_marker(tmp_path, name, template, marker):
    built = jnli(tmp_path, 0, name=name, template=template)
    golds = [item.answers[0] for item in built.items]
    other = "### Response:" if "返答" in marker else "### 返答:"
    replies = [f"{golds[0]}\n{marker}\n不明", f"不明\n{marker}\n不明{marker}{golds[1]}", f"{golds[2]}\n{other}\n"]
    scores = [GenerationScore(item.id, text, 5, "length") for item, text in zip(built.items, replies, strict=True)]
    assert [row.correct for row in item_rows(built, scores)] == [False, True, True]


def test_marc_ja_reads_the_users_file(tmp_path):
    rows = [{"review_id": f"R{n}", "sentence": f"とても良い{n}", "label": "positive"} for n in range(4)]
    write_lines(tmp_path / "marc_ja-v1.0/valid-v1.0.json", rows)
    built = load_task("marc_ja", base=tmp_path).build(
        tmp_path, template="japanese", protocol="plain", shots=0, limit=None, seed=1
    )
    request = built.requests[0]
    assert isinstance(request, ChoiceRequest)
    assert request.continuations == ("好意的", "批判的")
    assert built.golds == (0, 0, 0, 0)


def test_vqa_is_the_loss_of_the_answer_after_the_papers_prompt(tmp_path):
    images = [
        {
            "id": 7,
            "qas": [
                {"qa_id": 1, "question": "何色ですか？", "answer": "赤"},
                {"qa_id": 2, "question": "どこ？", "answer": "駅の前"},
            ],
        }
    ]
    (tmp_path / "question_answers.json").write_text(json.dumps(images))
    built = load_task("ja_vg_vqa", base=tmp_path).build(
        tmp_path, template="default", protocol="plain", shots=0, limit=None, seed=1
    )
    request = built.requests[0]
    assert request == ChoiceRequest(
        "1",
        "以下の質問に答える返答を書いてください。\n\n### 質問:\n何色ですか？\n\n### 返答:\n",
        ("赤",),
        end_of_text=True,
    )
    scores = [ChoiceScore("1", (-4.0,), (False,), (2,)), ChoiceScore("2", (-3.0,), (False,), (3,))]
    values = {name: measure.observed for name, measure in measures(built, scores).items()}
    assert values["macro_perplexity"] == pytest.approx(math.exp((4 / 2 + 3 / 3) / 2))
    assert values["token_perplexity"] == pytest.approx(math.exp(7 / 5))
    assert values["bits_per_character"] == pytest.approx(7 / 4 / math.log(2))


@pytest.mark.real
def test_jsquad_takes_the_best_of_the_accepted_answers():
    built = load_task("jsquad", base=Path()).build(
        need_real_data("jglue"), template="default", protocol="plain", shots=0, limit=2, seed=1
    )
    assert built.total == 4442
    item = built.items[0]
    assert all(answer in item.fields["context"] for answer in item.answers)
    replies = [f"「{item.answers[-1]}」。\n質問", "まったく違うこと"]
    scores = [GenerationScore(one.id, text, 5, "stop") for one, text in zip(built.items, replies, strict=True)]
    values = {name: measure.observed for name, measure in measures(built, scores).items()}
    assert values["exact_match"] == 0.5
    assert 0.5 <= values["character_f1"] < 0.7
