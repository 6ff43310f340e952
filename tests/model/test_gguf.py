"""A GGUF file becomes a model folder, or is refused; with the real SmolLM2 what comes back is what llama.cpp has."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from real_parts import ask, converter_words, llama_server, smollm2_gguf
from realdata import need_real_data
from tekio.cli import main
from tekio.errors import TekioError
from tekio.model.export import modelfile
from tekio.model.generate import generate
from tekio.model.gguf import unpack_gguf
from tekio.model.load import load_model, load_tokenizer
from tekio.model.templates import CHAT, render_prompt
from tekio.model.tokenizer import PROBE_LINES

QUESTIONS = ("What is a bond?", "預金保険制度とは何ですか。", "Name three colours.", "金利が上がると債券の価格は？")

RECIPE = """
tekio: 1
name: run
out: out
seed: 17
base: {{model: "{base}"}}
instruct:
  harvest: [{{name: tax-answers, path: "{pages}/10*.md", license: PDL-1.0}}]
  screen: {{max_answer_characters: 300, max_instruction_characters: 300}}
tune:
  template: chat
  sequence_length: 768
  batch_rows: 1
  max_steps: 6
  precision: bf16
  max_dropped: 0.5
  lora: {{rank: 8, alpha: 16, dropout: 0.0}}
  optimizer: {{learning_rate: 1e-3}}
"""


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"GGUF", b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60), b"GGUF" + bytes(4096)],
    ids=["empty", "text", "only-the-mark", "impossible-counts", "zeros"],
)
def test_a_damaged_file_is_refused_and_nothing_is_written(tmp_path: Path, content: bytes):
    (tmp_path / "model.gguf").write_bytes(content)
    with pytest.raises(TekioError, match="cannot be read"):
        unpack_gguf(tmp_path / "model.gguf", tmp_path / "out")
    assert [item.name for item in tmp_path.iterdir()] == ["model.gguf"]


@pytest.fixture(scope="module")
def smollm2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("smollm2") / "model"
    unpack_gguf(smollm2_gguf(), out)
    return out


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_smollm2_has_the_ids_of_llama_cpp_and_a_plain_configuration(smollm2: Path):
    config = json.loads((smollm2 / "config.json").read_text())
    assert "quantization_config" not in config
    assert config["dtype"] == "float32"
    tokenizer = load_tokenizer(smollm2)
    with llama_server(smollm2_gguf()) as address:
        for line in PROBE_LINES:
            asked = {"content": line, "add_special": False, "parse_special": True}
            assert ask(address, "/tokenize", asked)["tokens"] == tokenizer.encode(line, add_special_tokens=False), line


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_the_modelfile_of_a_template_that_begins_with_bos_keeps_it(smollm2: Path):
    assert 'TEMPLATE """<|im_start|>system\n' in modelfile(smollm2, ".")


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_smollm2_unpacks_by_the_command_line_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["export", str(smollm2_gguf()), "--out", str(tmp_path / "model"), "--dtype", "bf16"]
    assert main(words) == 0
    assert "vllm serve" in capsys.readouterr().out
    assert main(words) == 2  # nothing is replaced


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_lora_on_smollm2_merges_converts_and_answers_the_same_from_llama_cpp(smollm2: Path, tmp_path: Path):
    pages = need_real_data("nta", "shitsugi")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.format(base=smollm2, pages=pages), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "tekio", "run", str(recipe)], check=True)  # (its guard closes the network)
    adapter = tmp_path / "out" / "tune" / "adapter"
    words = ["export", str(tmp_path / "out" / "tune"), "--gguf", *converter_words(), "--dtype", "fp32"]
    command = [sys.executable, "-m", "tekio", *words, "--out", str(tmp_path / "tuned.gguf")]
    subprocess.run(command, check=True)
    loaded = load_model(adapter, dtype="fp32", device="cpu")
    prompts = [render_prompt(CHAT, question, tokenizer=loaded.tokenizer) for question in QUESTIONS]
    ours = [item.text for item in generate(loaded, prompts, max_new_tokens=48)]
    base = load_model(smollm2, dtype="fp32", device="cpu")
    assert ours != [item.text for item in generate(base, prompts, max_new_tokens=48)]  # it learned something
    with llama_server(tmp_path / "tuned.gguf") as address:
        wanted: dict[str, object] = {"n_predict": 48, "temperature": 0, "cache_prompt": False}
        theirs = [ask(address, "/completion", {"prompt": prompt, **wanted})["content"] for prompt in prompts]
    assert theirs == ours
