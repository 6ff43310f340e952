"""SmolLM2-Instruct as a folder, behind llama.cpp's server and behind `transformers serve`: asked the same way, it answers the same.

llama.cpp gets the weights as 32-bit numbers; what then differs is its own arithmetic (a half-precision cache, other sums).
"""

# pyright: standard

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from evaluate.exam import exam_config
from real_parts import as_float32, llama_server, smollm2_gguf, transformers_server
from tekio.documents import Document, to_table, write_table
from tekio.errors import TekioError
from tekio.evaluate import evaluate
from tekio.evaluate.models import Endpoint
from tekio.model.gguf import unpack_gguf
from tekio.recipe.evaluate import EvaluateConfig, ThinkingConfig
from tekio.store import read_json, read_jsonl

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(1200)]

SERVER_PRECISION = 0.05
"""Nats; of sums over a few tokens."""

TASK = """
name: small_exam
license: CC0-1.0
data: {reader: jsonl, files: [exam.jsonl], fields: {options: choices, gold: answer}}
templates:
  default:
    description: "Choose the right answer.\\n\\n"
    prompt: "Question: {{ question }}\\n{% for option in options %}{{ letters[loop.index0] }}: {{ option }}\\n{% endfor %}Answer:"
    choice: " {{ choice }}"
metrics: [acc]
"""

ROWS = [
    ("What does a bank lend?", ["money", "rain"], 0),
    ("Which of these is a tax?", ["a song", "income tax"], 1),
    ("What pays interest?", ["a savings account", "a tree"], 0),
    ("Which of these is a currency?", ["the chair", "the yen"], 1),
    ("銀行は何を貸しますか。", ["お金", "天気"], 0),
    ("次のうち税金はどれですか。", ["音楽", "消費税"], 1),
]

TEXTS = ("The bank raised its interest rate in March.", "預金の利率は変わりません。")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("smollm2") / "model"
    unpack_gguf(smollm2_gguf(), out)
    return out


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return as_float32(smollm2_gguf(), tmp_path_factory.mktemp("gguf") / "smollm2-f32.gguf")


@pytest.fixture
def task(tmp_path: Path) -> Path:
    rows = [
        {"id": f"q{number}", "question": question, "choices": options, "answer": gold}
        for number, (question, options, gold) in enumerate(ROWS)
    ]
    (tmp_path / "exam.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (tmp_path / "small_exam.yaml").write_text(TASK)
    return tmp_path / "small_exam.yaml"


def run(config: EvaluateConfig, folder: Path, address: str, out: Path, corpus: Path | None = None) -> dict[str, Any]:
    models = {"folder": folder, "server": Endpoint(f"{address}/v1", model="smollm2")}
    evaluate(config, out, models=models, corpus=corpus, seed=17)
    return read_json(out / "results.json")


def lines(out: Path, template: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    here, there = (
        list(read_jsonl(out / "items" / label / f"small_exam.{template}.jsonl")) for label in ("folder", "server")
    )
    return list(zip(here, there, strict=True))


def by_reply(task: Path) -> EvaluateConfig:
    """Chat, answered in words by both."""
    thinking = ThinkingConfig(enable=False)
    shown = {"template": "chat", "other_templates": []}
    return exam_config(task, **shown, choices="reply", dtype="fp32", max_new_tokens=24, thinking=thinking)


def by_likelihood(task: Path) -> EvaluateConfig:
    """Plain text, chosen by likelihood by both."""
    return exam_config(
        task,
        other_templates=[],
        dtype="fp32",
        endpoint_choices="likelihood",
        endpoint_parallel=1,
        endpoint_start="<|im_start|>",
    )


def test_llama_cpp_answers_chat_questions_as_the_folder(folder: Path, gguf: Path, task: Path, tmp_path: Path):
    with llama_server(gguf) as address:
        found = run(by_reply(task), folder, address, tmp_path / "out")
    for here, there in lines(tmp_path / "out", "chat"):
        assert there["reply"] == here["reply"]
    (comparison,) = found["tasks"][0]["comparisons"]
    assert comparison["not_comparable"] is None
    assert comparison["ties"] == len(ROWS)


def test_llama_cpp_gives_the_likelihoods_of_the_folder(folder: Path, gguf: Path, task: Path, tmp_path: Path):
    rows = [Document(f"d{n}", text, "own", f"u{n}", "CC0-1.0", domain="finance") for n, text in enumerate(TEXTS)]
    write_table(to_table(rows), tmp_path / "corpus" / "held_out" / "part-00000.parquet")
    with llama_server(gguf) as address:
        found = run(by_likelihood(task), folder, address, tmp_path / "out", tmp_path / "corpus")
    assert found["models"]["server"]["likelihoods"] == "one by one"
    for here, there in lines(tmp_path / "out", "default"):
        assert there["loglikelihoods"] == pytest.approx(here["loglikelihoods"], abs=SERVER_PRECISION)
        assert there["prediction"] == here["prediction"]
    exam, text = found["tasks"]
    assert [entry["comparisons"][0]["not_comparable"] for entry in (exam, text)] == [None, None]
    bits = {label: text["scores"][label]["metrics"]["bits_per_character"]["value"] for label in ("folder", "server")}
    assert bits["server"] == pytest.approx(bits["folder"], abs=1e-2)


def test_transformers_serve_answers_chat_questions_as_the_folder(folder: Path, task: Path, tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with transformers_server(folder, port) as address:
        models = {"folder": folder, "server": Endpoint(f"{address}/v1", model=str(folder))}
        evaluate(by_reply(task), tmp_path / "out", models=models, corpus=None, seed=17)
        with pytest.raises(TekioError, match="no likelihoods"):
            evaluate(by_likelihood(task), tmp_path / "none", models={"server": models["server"]}, corpus=None, seed=17)
    for here, there in lines(tmp_path / "out", "chat"):
        assert there["reply"] == here["reply"]
