"""Reasoning on and off beside each other in one evaluation: scores, unparsed shares, tokens, a paired test, the headline."""

# pyright: standard

import json
from pathlib import Path
from typing import Any

import pytest

from evaluate.exam import exam_config, write_exam
from evaluate.scoring.test_endpoint import server
from tekio.artifacts.model import parse
from tekio.artifacts.results import Results
from tekio.evaluate import evaluate
from tekio.evaluate.models import Endpoint
from tekio.evaluate.results.summary import summary_lines
from tekio.recipe.evaluate import ThinkingConfig
from tekio.store import read_json, read_jsonl

REASONING = "順に考える。"


def reasons(_number: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    """A server that is right when it reasons; without, it answers A, and every fourth time nothing that can be read."""
    question = body["messages"][-1]["content"]
    number = int(question.rsplit("(", 1)[1].split(")")[0])
    thinks = body["chat_template_kwargs"]["enable_thinking"]
    plain = "わかりません。" if number % 4 == 3 else "A"
    content = f"<think>\n{REASONING}\n</think>\n\n{'ABC'[number % 3]}" if thinks else plain
    answer = {
        "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"completion_tokens": 20 if thinks else 2},
    }
    return 200, json.dumps(answer).encode(), {}


def run(folder: Path, thinking: ThinkingConfig) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    task = write_exam(folder / "exam", items=24)
    config = exam_config(task, template="chat-letters", other_templates=["letters"], thinking=thinking)
    with server(reasons) as (url, asked):
        evaluate(config, folder / "out", models={"m": Endpoint(url)}, corpus=None, seed=17)
    return read_json(folder / "out" / "results.json"), asked


@pytest.mark.parametrize("headline", ["on", "off"])
def test_both_stand_beside_each_other_and_the_headline_is_the_one_fixed_before(tmp_path: Path, headline: str):
    found, asked = run(tmp_path, ThinkingConfig(enable=headline == "on", both=True))
    [task] = found["tasks"]
    pair = task["thinking"]["m"]
    assert pair["headline"] == headline
    assert (pair["on"]["metric"]["value"], pair["on"]["unparsed"]) == (1.0, 0)
    assert pair["off"]["metric"]["value"] == pytest.approx(6 / 24)  # A is right eight times, two of which are unread
    assert pair["off"]["unparsed"] == 6
    assert pair["on"]["thinking_tokens"] > 10
    assert pair["off"]["thinking_tokens"] is None
    assert task["scores"]["m"]["metrics"]["acc"]["value"] == pair[headline]["metric"]["value"]
    comparison = pair["comparison"]
    assert (comparison["wins"], comparison["losses"], comparison["verdict"]) == (18, 0, "improved")
    assert comparison["test"] == "McNemar exact"
    assert found["compared"] == 1
    assert list(task["templates"]) == ["chat-letters", "letters"]  # the pair is no version of the wording
    assert len(asked) == 3 * 24


def test_each_setting_has_its_own_file_of_items(tmp_path: Path):
    run(tmp_path, ThinkingConfig(both=True))
    folder = tmp_path / "out" / "items" / "m"
    assert sorted(path.name for path in folder.iterdir()) == [
        "own_exam.chat-letters.jsonl",
        "own_exam.chat-letters.thinking-off.jsonl",
        "own_exam.letters.jsonl",
    ]
    assert all(row["reasoning"] == REASONING for row in read_jsonl(folder / "own_exam.chat-letters.jsonl"))
    off = list(read_jsonl(folder / "own_exam.chat-letters.thinking-off.jsonl"))
    assert {row["reasoning"] for row in off} == {None}


def test_the_terminal_says_both_and_which_is_the_headline(tmp_path: Path):
    found, _ = run(tmp_path, ThinkingConfig(both=True))
    results = parse(Results, found)
    english, japanese = ("\n".join(summary_lines(results, language)) for language in ("en", "ja"))
    assert "thinking on 1.0000" in english
    assert "25.0 % unparsed" in english
    assert "(headline: on)" in english
    assert "主な値: 思考あり" in japanese
