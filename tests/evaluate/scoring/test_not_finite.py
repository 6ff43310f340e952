"""A model that is finite in 32 bits and overflows in 16: said for likelihoods, texts and written answers, never scored in silence."""

# pyright: standard

import json
from pathlib import Path

import pytest
import torch

from evaluate.exam import exam_config, write_corpus, write_exam
from evaluate.scoring.test_vllm import WRITTEN
from model.tiny import save_tiny
from tekio.artifacts.model import parse
from tekio.artifacts.results import Results
from tekio.evaluate import evaluate
from tekio.evaluate.results.summary import summary_lines
from tekio.model import decode
from tekio.model.generate import Sampling, generate_ids
from tekio.model.load import load_model
from tekio.store import read_json, read_jsonl


def save_overflowing(folder: Path) -> Path:
    """A tiny model with values above 65,504 in its first layer."""
    from safetensors.torch import load_file, save_file

    save_tiny(folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.layers.0.mlp.down_proj.weight"] *= 3e4
    weights["model.layers.0.mlp.up_proj.weight"] *= 100
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_overflowing(tmp_path_factory.mktemp("models") / "large")


@pytest.mark.parametrize("how", ["likelihood", "reply", "written"])
@pytest.mark.parametrize("dtype", ["fp32", "fp16"])
def test_what_overflows_in_16_bits_has_no_score_and_the_page_says_why(
    tmp_path: Path, folder: Path, how: str, dtype: str
):
    task = write_exam(tmp_path / "exam", items=6)
    if how == "written":
        task = task.with_name("written.yaml")
        task.write_text(WRITTEN)
    choices = "reply" if how == "reply" else "likelihood"
    config = exam_config(task, dtype=dtype, choices=choices, other_templates=[], max_new_tokens=4)
    corpus = write_corpus(tmp_path / "corpus", documents=2) if how == "likelihood" else None
    models = {"base": save_tiny(tmp_path / "sound"), "large": folder}
    evaluate(config, tmp_path / "out", models=models, corpus=corpus, seed=17)
    found = read_json(tmp_path / "out" / "results.json")
    for task_found in found["tasks"]:
        score = task_found["scores"]["large"]
        assert task_found["scores"]["base"]["not_finite"] == 0
        value = score["metrics"][task_found["headline"]]["value"]
        if dtype == "fp32":
            assert (score["not_finite"], value is None) == (0, False)
        else:
            assert (score["not_finite"], value) == (task_found["n"], None)
            assert "NaN or infinity" in score["degenerate"]
            assert task_found["comparisons"][0]["not_comparable"] is not None
    if dtype == "fp16":
        assert found["compared"] == 0
        assert "NaN" in "\n".join(summary_lines(parse(Results, found), "ja"))
        name = "written" if how == "written" else "own_exam"
        rows = list(read_jsonl(tmp_path / "out" / "items" / "large" / f"{name}.default.jsonl"))
        assert {row["correct"] for row in rows} == {False}
        assert how == "likelihood" or {row["finish"] for row in rows} == {"nan"}


@pytest.mark.parametrize("continuous", [True, False])
def test_an_answer_ends_where_the_numbers_do(folder: Path, continuous: bool, monkeypatch: pytest.MonkeyPatch):
    if not continuous:
        monkeypatch.setattr(decode, "can_decode", lambda _model: False)
    prompts = [[1, 5, 6, 7], [1, 9, 10]]
    broken = load_model(folder, dtype="fp16", device="cpu", finite=False)
    for sampling in (None, Sampling(seed=3)):
        assert [answer.finish for answer in generate_ids(broken, prompts, max_new_tokens=5, sampling=sampling)] == [
            "nan",
            "nan",
        ]
    sound = load_model(folder, dtype="fp32", device="cpu")
    assert all(one.finish != "nan" and one.tokens for one in generate_ids(sound, prompts, max_new_tokens=5))


@pytest.mark.parametrize("continuous", [True, False])
def test_a_row_that_breaks_later_keeps_what_it_had_written(
    tmp_path: Path, continuous: bool, monkeypatch: pytest.MonkeyPatch
):
    """Only the row that reaches a token with an overflowing embedding ends; the other goes on."""
    if not continuous:
        monkeypatch.setattr(decode, "can_decode", lambda _model: False)
    loaded = load_model(save_tiny(tmp_path / "model"), device="cpu")
    prompts = [[1, 5, 6, 7], [1, 9, 10]]
    first, second = (list(one.ids) for one in generate_ids(loaded, prompts, max_new_tokens=6))
    fatal = next(place for place, token in enumerate(first) if token not in second and token not in first[:place])
    with torch.no_grad():
        table = loaded.model.get_input_embeddings()
        table.weight[first[fatal]] = float("nan")
        loaded.model.get_output_embeddings().weight = torch.nn.Parameter(
            torch.nan_to_num(loaded.model.get_output_embeddings().weight)
        )
    found = generate_ids(loaded, prompts, max_new_tokens=6)
    assert found[1].finish != "nan"
    assert found[0].finish == "nan"
    assert list(found[0].ids) == first[: len(found[0].ids)]


def test_answers_side_by_side_say_it_too(tmp_path: Path):
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text(json.dumps({"prompt": "預金とは何ですか。"}) + "\n")
    from tekio.compare import compare_answers
    from tekio.recipe import RecipePath
    from tekio.recipe.report import CompareConfig

    config = CompareConfig(prompts=RecipePath.of(prompts), max_new_tokens=4)
    broken = save_tiny(tmp_path / "nan")
    settings = json.loads((broken / "config.json").read_text())
    (broken / "config.json").write_text(json.dumps({**settings, "rms_norm_eps": float("nan")}))
    compare_answers(config, tmp_path / "out", models={"m": broken}, records=None, seed=17)
    (row,) = read_jsonl(tmp_path / "out" / "answers.jsonl")
    assert row["answers"]["m"]["finish"] == "nan"
