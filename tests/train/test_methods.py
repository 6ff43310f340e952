"""Which methods fit: the bytes of 7 to 8 billion parameters on one device, and what of it a device of 80 or 24 GB takes."""

# pyright: standard

from pathlib import Path

import pytest
from transformers import LlamaConfig

from tekio.cli import main
from tekio.recipe.train import MethodConfig, TrainingConfig
from tekio.train.estimate import memory_need, model_without_weights, shape_of
from tekio.train.methods import GPU, Row, methods_of


@pytest.fixture(scope="module")
def eight_billion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a Llama of 8 B parameters, without weights or tokenizer."""
    folder = tmp_path_factory.mktemp("8b")
    config = LlamaConfig(
        vocab_size=128_256,
        hidden_size=4096,
        intermediate_size=14_336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
        max_position_embeddings=8192,
        architectures=["LlamaForCausalLM"],
    )
    config.save_pretrained(folder)
    return folder


def rows(folder: Path, gigabytes: float) -> dict[str, Row]:
    config = MethodConfig(sequence_length=2048, batch_rows=1, micro_batch_rows=1)
    shape, found = methods_of(folder, config, device=GPU, memory=gigabytes * 1e9)
    assert shape.parameters == 8_030_261_248
    return {row.method.en: row for row in found}


def held(row: Row) -> float:
    """GB of what does not depend on the batch, without the copies of autocast."""
    return (row.need.weights + row.need.gradients + row.need.optimizer) / 1e9


def test_bytes_of_eight_billion_parameters(eight_billion: Path):
    found = rows(eight_billion, 80)
    assert held(found["full"]) == pytest.approx(16 * 8.03, rel=0.001)
    assert held(found["full, moments in bf16"]) == pytest.approx(12 * 8.03, rel=0.001)
    assert 80 < held(found["full, adamw8bit"]) < held(found["full, moments in bf16"])
    assert held(found["lora"]) == pytest.approx(16.2, abs=0.5)
    # 4 bits a weight of the linear layers; both embeddings, untied, in fp32
    assert held(found["lora, quantize: nf4 (QLoRA)"]) == pytest.approx(6.98 * 0.516 + 1.05 * 4 + 0.2, abs=0.3)
    assert found["full, offload"].need.gradients == found["full, offload"].need.optimizer == 0


def test_what_fits_on_80_and_on_24_gigabytes(eight_billion: Path):
    large, small = rows(eight_billion, 80), rows(eight_billion, 24)
    assert {name: row.fits for name, row in large.items()} == {
        "full": "no",
        "full, moments in bf16": "no",
        "full, adamw8bit": "no",
        "full, offload": "yes",
        "lora": "yes",
        "lora, quantize: nf4 (QLoRA)": "yes",
    }
    assert small["lora, quantize: nf4 (QLoRA)"].fits == "checkpointing"
    assert small["full, offload"].fits == "no"


def test_fewer_checkpointed_layers_keep_more(eight_billion: Path):
    shape = shape_of(model_without_weights(eight_billion))
    needs = [
        memory_need(shape, TrainingConfig(gradient_checkpointing=True, checkpointed_layers=count)).activations
        for count in (1, 8, 16, 24, 0)
    ]
    assert needs == sorted(needs, reverse=True)
    assert len(set(needs)) == 5


def test_doctor_answers_for_a_folder(eight_billion: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--lang", "en", "doctor", str(eight_billion), "--memory", "80"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "8,030.3 M parameters, rows of 2,048 tokens, a GPU of 80.0 GB; GB on one device:"
    [lora] = [line.split() for line in lines if line.startswith("lora ")]
    assert lora[1] == "16.1"
    assert lora[-1] == "yes"
    assert main(["--lang", "ja", "doctor", str(eight_billion), "--memory", "8"]) == 0
    assert "不可" in capsys.readouterr().out


def test_a_folder_that_is_no_model_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A folder without a configuration was named by mistake; one whose configuration says nothing is damaged."""
    assert main(["--lang", "en", "doctor", str(tmp_path)]) == 2
    assert "neither a recipe nor a model's folder" in capsys.readouterr().err
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert main(["--lang", "en", "doctor", str(tmp_path)]) == 1
    assert "configuration cannot be used" in capsys.readouterr().err
