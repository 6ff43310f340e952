"""Likelihoods from a server of `/v1/completions`, beside the same model scored on this machine."""

# pyright: standard

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from evaluate.exam import exam_config, write_corpus, write_exam
from evaluate.scoring.test_endpoint import completion, server
from model.tiny import save_tiny
from tekio.errors import TekioError, UsageError
from tekio.evaluate import evaluate
from tekio.evaluate.models import Endpoint
from tekio.evaluate.results.how_asked import CHOICES_DIFFER, PROMPTS_DIFFER
from tekio.evaluate.results.summary import summary_lines
from tekio.model.load import load_model
from tekio.recipe.evaluate import EvaluateConfig
from tekio.store import read_json, read_jsonl


class Completions:
    """A server of a real model, one plain forward pass a question, in one of the ways of giving likelihoods.

    bos: whether it puts the model's start token before a text.
    """

    def __init__(self, folder: Path, dialect: str, *, bos: bool = True) -> None:
        self.loaded = load_model(folder)
        self.dialect = dialect
        self.bos = bos

    def ids(self, text: str, *, special: bool = True) -> list[int]:
        return self.loaded.tokenizer(text, add_special_tokens=self.bos and special)["input_ids"]

    def after(self, ids: list[int]) -> torch.Tensor:
        with torch.no_grad():
            return torch.log_softmax(self.loaded.model(torch.tensor([ids])).logits[0].float(), -1)

    def one_by_one(self, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        """As llama.cpp's server: its own cutting, and the raw likelihood of the token that it generates."""
        if "content" in body:
            return 200, json.dumps({"tokens": self.ids(body["content"], special=body["add_special"])}).encode(), {}
        if not isinstance(body["prompt"], list):  # nothing is echoed
            return 200, json.dumps({"choices": [{"text": "x", "logprobs": {"content": []}}]}).encode(), {}
        found = self.after(body["prompt"])[-1]
        pulled = found.clone()
        for token, bias in body["logit_bias"].items():
            pulled[int(token)] += bias
        made = int(pulled.argmax())
        best = found.argsort(descending=True)[: body["logprobs"]].tolist()
        tops = [{"id": token, "logprob": float(found[token])} for token in best]
        told: dict[str, Any] | None = {"content": [{"id": made, "logprob": float(found[made]), "top_logprobs": tops}]}
        if made % 3 == 0 and body["logprobs"] == 1:  # as of a part of a character
            told = None
        return 200, json.dumps({"choices": [{"text": "x", "logprobs": told}]}).encode(), {}

    def __call__(self, _number: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        if "messages" in body:
            return completion("A")
        if self.dialect == "one by one":
            return self.one_by_one(body)
        if self.dialect not in body or "prompt" not in body:
            return 400, b"unknown parameter", {}
        ids = self.ids(body["prompt"])
        found = self.after(ids)
        words = [self.loaded.tokenizer.decode([number]) for number in [*ids, 0]]
        values = [None, *(float(found[place, number]) for place, number in enumerate(ids[1:]))]
        ranks = [0, *(int((found[place] > found[place, number]).sum()) + 1 for place, number in enumerate(ids[1:]))]
        if self.dialect == "prompt_logprobs":
            told = [
                None if value is None else {str(number): {"logprob": value, "rank": rank, "decoded_token": word}}
                for number, value, rank, word in zip(ids, values, ranks, words[:-1], strict=True)
            ]
            choice: dict[str, Any] = {"text": "x", "prompt_logprobs": told}
        else:
            tops = [None, *({"best": float(row.max())} for row in found)]
            lines = {"tokens": words, "token_logprobs": [*values, -1.0], "top_logprobs": tops}
            choice = {"text": body["prompt"] + "x", "logprobs": lines}
        return 200, json.dumps({"choices": [choice], "usage": {"prompt_tokens": len(ids)}}).encode(), {}


WAYS = ["echo", "prompt_logprobs", "one by one"]


@pytest.mark.parametrize("dialect", WAYS)
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
    assert found["models"]["server"]["likelihoods"] == dialect
    (comparison,) = found["tasks"][0]["comparisons"]
    assert comparison["not_comparable"] is None
    assert (comparison["p"], comparison["ties"]) == (1.0, 10)


def test_a_server_that_gives_none_is_refused_before_anything_is_scored(tmp_path: Path):
    config = exam_config(write_exam(tmp_path / "exam", items=6), endpoint_choices="likelihood")
    with server(lambda *_: completion("A")) as (url, asked), pytest.raises(TekioError, match="no likelihoods") as said:
        evaluate(config, tmp_path / "out", models={"server": Endpoint(url)}, corpus=None, seed=17)
    assert "--endpoint-choices reply" in said.value.explain("en")
    assert {body["path"] for body in asked} == {"/v1/completions", "/tokenize"}


@pytest.mark.parametrize("bos", [True, False])
@pytest.mark.parametrize("dialect", WAYS)
def test_bits_per_character_through_a_server_are_those_of_the_folder(tmp_path: Path, dialect: str, bos: bool):
    folder = save_tiny(tmp_path / "model")
    corpus = write_corpus(tmp_path / "corpus", documents=4)
    config = EvaluateConfig(endpoint_choices="likelihood", endpoint_start="" if bos else "<s>", resamples=200)
    with server(Completions(folder, dialect, bos=bos)) as (url, _):
        models = {"here": folder, "server": Endpoint(url)}
        evaluate(config, tmp_path / "out", models=models, corpus=corpus, seed=17)
    found = read_json(tmp_path / "out" / "results.json")
    assert len(found["tasks"]) == 2
    for task in found["tasks"]:
        here, there = (task["scores"][label]["metrics"]["bits_per_character"] for label in models)
        assert there["value"] == pytest.approx(here["value"], abs=1e-4)
        assert there["n"] == here["n"]
        assert task["comparisons"][0]["not_comparable"] is None


def test_a_text_without_a_start_token_is_refused_by_name(tmp_path: Path):
    folder = save_tiny(tmp_path / "model")
    corpus = write_corpus(tmp_path / "corpus", documents=4)
    for start, what in (("", "no start token"), ("<nothing>", "not one token")):
        config = EvaluateConfig(endpoint_choices="likelihood", endpoint_start=start)
        with server(Completions(folder, "echo", bos=False)) as (url, _), pytest.raises(UsageError, match=what) as said:
            evaluate(config, tmp_path / "out", models={"server": Endpoint(url)}, corpus=corpus, seed=17)
        assert "--endpoint-start" in said.value.explain("ja")


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
