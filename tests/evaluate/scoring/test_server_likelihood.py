"""Likelihoods from a server of `/v1/completions`, beside the same model scored on this machine."""

# pyright: standard

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from evaluate.exam import exam_config, write_exam
from evaluate.scoring.test_endpoint import completion, server
from model.tiny import save_tiny
from tekio.errors import TekioError, UsageError
from tekio.evaluate import evaluate
from tekio.evaluate.models import Endpoint
from tekio.evaluate.results.how_asked import CHOICES_DIFFER, PROMPTS_DIFFER
from tekio.evaluate.results.summary import summary_lines
from tekio.model.load import load_model
from tekio.store import read_json, read_jsonl


class Completions:
    """A server of a real model, one plain forward pass a question, in one of the two ways of giving likelihoods."""

    def __init__(self, folder: Path, dialect: str) -> None:
        self.loaded = load_model(folder)
        self.dialect = dialect

    def __call__(self, _number: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        if "messages" in body:
            return completion("A")
        if self.dialect not in body:
            return 400, b"unknown parameter", {}
        ids = self.loaded.tokenizer(body["prompt"])["input_ids"]
        with torch.no_grad():
            found = torch.log_softmax(self.loaded.model(torch.tensor([ids])).logits[0].float(), -1)
        words = [self.loaded.tokenizer.decode([number]) for number in [*ids, 0]]
        values = [None, *(float(found[place, number]) for place, number in enumerate(ids[1:]))]
        ranks = [0, *(int((found[place] > found[place, number]).sum()) + 1 for place, number in enumerate(ids[1:]))]
        if self.dialect == "prompt_logprobs":
            told = [
                None if value is None else {str(number): {"logprob": value, "rank": rank}}
                for number, value, rank in zip(ids, values, ranks, strict=True)
            ]
            choice: dict[str, Any] = {"text": "x", "prompt_logprobs": told}
        else:
            tops = [None, *({"best": float(row.max())} for row in found)]
            lines = {"tokens": words, "token_logprobs": [*values, -1.0], "top_logprobs": tops}
            choice = {"text": body["prompt"] + "x", "logprobs": lines}
        return 200, json.dumps({"choices": [choice], "usage": {"prompt_tokens": len(ids)}}).encode(), {}


@pytest.mark.parametrize("dialect", ["echo", "prompt_logprobs"])
def test_a_server_gives_the_likelihoods_of_the_same_model_scored_here(tmp_path: Path, dialect: str):
    folder = save_tiny(tmp_path / "model")
    config = exam_config(write_exam(tmp_path / "exam", items=10), endpoint_choices="likelihood")
    with server(Completions(folder, dialect)) as (url, _):
        models = {"here": folder, "server": Endpoint(url)}
        evaluate(config, tmp_path / "out", models=models, corpus=None, seed=17)
    for version in ("default", "letters"):
        here, there = (
            list(read_jsonl(tmp_path / "out" / "items" / label / f"own_exam.{version}.jsonl")) for label in models
        )
        assert len(here) == len(there) == 10
        for one, other in zip(here, there, strict=True):
            assert other["loglikelihoods"] == pytest.approx(one["loglikelihoods"], abs=1e-4)
            assert other["prediction"] == one["prediction"]
    found = read_json(tmp_path / "out" / "results.json")
    assert found["models"]["server"]["choices"] == "likelihood"
    (comparison,) = found["tasks"][0]["comparisons"]
    assert comparison["not_comparable"] is None
    assert (comparison["p"], comparison["ties"]) == (1.0, 10)


def test_a_server_that_gives_none_is_refused_before_anything_is_scored(tmp_path: Path):
    config = exam_config(write_exam(tmp_path / "exam", items=6), endpoint_choices="likelihood")
    with server(lambda *_: completion("A")) as (url, asked), pytest.raises(TekioError, match="no likelihoods") as said:
        evaluate(config, tmp_path / "out", models={"server": Endpoint(url)}, corpus=None, seed=17)
    assert "--endpoint-choices reply" in said.value.explain("en")
    assert {body["path"] for body in asked} == {"/v1/completions"}


def test_a_server_says_nothing_of_its_chat_templates_likelihoods(tmp_path: Path):
    config = exam_config(write_exam(tmp_path / "exam", items=6), template="chat", endpoint_choices="likelihood")
    folder = save_tiny(tmp_path / "model")
    with server(Completions(folder, "echo")) as (url, _), pytest.raises(UsageError, match="plain prompts only"):
        evaluate(config, tmp_path / "out", models={"server": Endpoint(url)}, corpus=None, seed=17)


@pytest.mark.parametrize(("choices", "why"), [("likelihood", CHOICES_DIFFER), ("reply", PROMPTS_DIFFER)])
def test_a_folder_and_a_server_asked_differently_get_no_p_value(tmp_path: Path, choices: str, why: str):
    config = exam_config(write_exam(tmp_path / "exam", items=8), choices=choices, max_new_tokens=4)
    with server(lambda *_: completion("A")) as (url, _):
        models = {"here": save_tiny(tmp_path / "model"), "server": Endpoint(url)}
        evaluate(config, tmp_path / "out", models=models, corpus=None, seed=17)
    found = read_json(tmp_path / "out" / "results.json")
    (comparison,) = found["tasks"][0]["comparisons"]
    assert comparison["not_comparable"] == why
    assert {comparison[name] for name in ("p", "p_adjusted", "low", "high", "difference")} == {None}
    assert (comparison["verdict"], found["compared"]) == ("cannot tell", 0)
    from tekio.artifacts.model import parse
    from tekio.artifacts.results import Results

    lines = "\n".join(summary_lines(parse(Results, found), "ja"))
    assert "比較不可: 問い方が違います" in lines
