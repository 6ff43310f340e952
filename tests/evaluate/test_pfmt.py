"""pfmt-bench-fin-ja in its published layout: two turns, a judge behind an endpoint, means as published."""

# pyright: standard

import json
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluate.scoring.test_endpoint import completion, server
from model.tiny import save_tiny
from realdata import need_real_data
from tekio.errors import TekioError, UsageError
from tekio.evaluate import evaluate
from tekio.evaluate.models import Endpoint
from tekio.evaluate.results.judge import TURNS, overall_rating, rating_rows
from tekio.evaluate.scoring.judge import read_rating
from tekio.evaluate.tasks.pfmt import published_ratings
from tekio.recipe import RecipePath
from tekio.recipe.evaluate import EvaluateConfig, TaskConfig
from tekio.store import read_json, read_jsonl

CATEGORIES = ("writing", "math", "translation")
TASK = """
name: small_pfmt
inherit: pfmt_bench_fin_ja
data: {items: [6]}
generation: {max_new_tokens: 4}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Six dialogues, reference answers for mathematics, prompts for the judge; and the task file."""
    folder = tmp_path / "data" / "pfmt_bench_fin_ja"
    (folder / "reference_answer").mkdir(parents=True)
    names = [CATEGORIES[number % 3] for number in range(6)]
    questions = [
        {"question_id": number, "category": name, "turns": [f"最初の質問{number}", f"次の質問{number}"]}
        for number, name in enumerate(names)
    ]
    references = [
        {"question_id": number, "choices": [{"turns": [f"参考{number}", f"次の参考{number}"]}]}
        for number, name in enumerate(names)
        if name == "math"
    ]
    wording = {
        "single-v1": "Q={question} A={answer}",
        "single-v1-multi-turn": "Q1={question_1} A1={answer_1} Q2={question_2} A2={answer_2}",
        "single-math-v1": "R={ref_answer_1} Q={question} A={answer}",
        "single-math-v1-multi-turn": "R2={ref_answer_2} Q2={question_2} A2={answer_2} {unknown}",
    }
    prompts = [
        {"name": name, "system_prompt": f"{name} で採点", "prompt_template": text} for name, text in wording.items()
    ]
    for file, rows in (
        (folder / "question.jsonl", questions),
        (folder / "reference_answer" / "expert.jsonl", references),
        (folder.parent / "judge_prompts.jsonl", prompts),
    ):
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (tmp_path / "small_pfmt.yaml").write_text(TASK)
    return tmp_path


def config(place: Path, judge: str, **options: Any) -> EvaluateConfig:
    task = TaskConfig(task=str(place / "small_pfmt.yaml"), data=RecipePath.of(place / "data"), template="chat")
    return EvaluateConfig(tasks=[task], judge=judge, resamples=200, **options)


def talker(_number: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    """Answers with how many messages it saw; the third dialogue is answered in English, the fourth not at all the second time."""
    last = body["messages"][-1]["content"]
    if last == "最初の質問0":
        return completion("only English")
    return completion("" if last == "次の質問3" else f"答{len(body['messages'])}")


def judge(_number: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    system, question = (message["content"] for message in body["messages"])
    if "最初の質問4" in question and "multi" not in system:
        return completion("点数は付けません。")
    return completion(f"{question}\n\n評価: [[{'9' if 'multi-turn' in system else '6'}]]")


def test_two_turns_are_asked_and_each_is_rated_with_its_own_prompt(place: Path):
    with server(talker) as (url, said), server(judge) as (judge_url, judged):
        evaluate(config(place, judge_url), place / "out", models={"m": Endpoint(url)}, corpus=None, seed=17)
    second = [body for body in said if len(body["messages"]) == 3]
    assert len(second) == 6
    assert {message["content"] for message in second[-1]["messages"] if message["role"] == "assistant"} < {
        "答1",
        "only English",
    }
    rows = {row["item"]: row for row in read_jsonl(place / "out" / "items" / "m" / "small_pfmt.chat.jsonl")}
    assert json.loads(rows["1"]["text"]) == ["答1", "答3"]
    assert rows["0"]["ratings"] == [0, 9]  # not in Japanese
    assert rows["3"]["ratings"] == [6, 0]  # no answer
    assert rows["4"]["ratings"] == [-1, 9]
    assert "R=参考1 Q=最初の質問1 A=答1" in rows["1"]["judgments"][0]
    assert "R2=次の参考1 Q2=次の質問1 A2=答3 {unknown}" in rows["1"]["judgments"][1]
    unrated = [body["temperature"] for body in judged if "Q=最初の質問4" in body["messages"][-1]["content"]]
    assert unrated == pytest.approx([0, 0.001, 0.002, 0.003, 0.004])
    [task] = read_json(place / "out" / "results.json")["tasks"]
    by_category = {"writing": (0 + 9 + 6 + 0) / 4, "math": (6 + 9 + 9) / 3, "translation": (6 + 9) / 2}
    metrics = task["scores"]["m"]["metrics"]
    assert metrics["judge_score"]["value"] == pytest.approx(sum(by_category.values()) / 3)
    assert metrics["judge_score"]["unit"] == "rating"
    assert metrics["judge_second_turn"]["value"] == pytest.approx((4.5 + 9 + 9) / 3)
    assert task["scores"]["m"]["unparsed"] == 1


def test_a_folder_and_a_server_are_compared_and_an_interrupted_judge_goes_on(place: Path):
    folder = save_tiny(place / "model")
    lock, asked = threading.Lock(), [0]

    def failing(number: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        with lock:
            asked[0] += 1
            return judge(number, body) if asked[0] <= 8 else (400, b"stop", {})

    models = {"folder": folder, "other": save_tiny(place / "other", seed=3)}
    settings = config(place, "http://127.0.0.1:9/v1#j")
    with server(failing) as (url, _):
        settings = settings.model_copy(update={"judge": f"{url}#j"})
        with pytest.raises(TekioError):
            evaluate(settings, place / "out", models=models, corpus=None, seed=17)
        asked[0] = -1000
        evaluate(settings, place / "out", models=models, corpus=None, seed=17)
        assert asked[0] + 1000 <= 2 * 12 * 5
    [task] = read_json(place / "out" / "results.json")["tasks"]
    assert set(task["scores"]) == {"folder", "other"}
    assert task["comparisons"][0]["test"] == "paired permutation"


def test_without_a_judge_or_its_prompts_nothing_is_scored(place: Path):
    with pytest.raises(UsageError, match="judge") as said:
        evaluate(
            config(place, ""), place / "out", models={"m": Endpoint("http://127.0.0.1:9/v1")}, corpus=None, seed=17
        )
    assert "--judge" in said.value.explain("ja")
    (place / "data" / "judge_prompts.jsonl").unlink()
    with server(talker) as (url, _), server(judge) as (judge_url, _), pytest.raises(TekioError, match="prompts"):
        evaluate(config(place, judge_url), place / "out", models={"m": Endpoint(url)}, corpus=None, seed=17)


@pytest.mark.parametrize(
    ("judgment", "rating"),
    [("評価: [[7]]", 7), ("[[8.5]]です", 8.5), ("評価: [6]", 6), ("7点", -1), ("[[2024]]", -1), ("", -1)],
)
def test_ratings_are_read_as_published(judgment: str, rating: float):
    assert read_rating(judgment) == rating


@pytest.mark.real
def test_published_means_are_those_of_the_published_files():
    """Beside the publisher's own way: pandas, the mean by category, then over the categories."""
    folder = need_real_data("pfmt-bench-fin-ja")
    categories = {str(row["question_id"]): row["category"] for row in read_jsonl(folder / "question.jsonl")}
    files = sorted(folder.glob("model_judgment/*_single/*.jsonl"))
    assert len(files) == 4
    for file in files:
        found = published_ratings(file)
        given = [[found.get((name, turn), -1.0) for turn in (1, 2)] for name in categories]
        rows = rating_rows(list(categories.values()), given, TURNS["judge_score"])
        table = pd.read_json(file, lines=True).drop_duplicates(subset=["question_id", "turn"])
        table["category"] = table["question_id"].astype(str).map(lambda name: categories[name])
        by_category: Any = table[table["score"] != -1].groupby("category")["score"].mean()
        wanted = float(by_category.mean())
        assert float(overall_rating(rows.sum(axis=0))) == pytest.approx(wanted, abs=1e-12)
