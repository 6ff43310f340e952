"""Model folders are loaded whole or refused with a reason."""

# pyright: standard

import json
import logging
import os
import shutil
from pathlib import Path

import pytest
import torch

from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model.load import load_model, quiet_libraries


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "base")


def add_adapter(base: Path, out: Path) -> Path:
    from peft import LoraConfig, get_peft_model

    loaded = load_model(base)
    torch.manual_seed(1)
    model = get_peft_model(loaded.model, LoraConfig(r=4, target_modules=["q_proj"], init_lora_weights=False))
    model.save_pretrained(str(out))
    config = json.loads((out / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = os.path.relpath(base, out)
    (out / "adapter_config.json").write_text(json.dumps(config))
    return out


def test_a_plain_model_is_loaded_in_evaluation_mode(folder: Path):
    loaded = load_model(folder)
    assert loaded.adapter is None
    assert loaded.device == ("cuda:0" if torch.cuda.is_available() else "cpu")
    assert not loaded.model.training
    assert loaded.eos_ids == (2,)
    assert loaded.context_length == 256
    assert loaded.parameters == sum(p.numel() for p in loaded.model.parameters())


def test_an_adapter_finds_its_base_relative_to_its_own_folder(folder: Path, tmp_path: Path):
    adapter = add_adapter(folder, tmp_path / "adapter")
    moved_base, moved = tmp_path / "elsewhere" / "base", tmp_path / "elsewhere" / "adapter"
    moved.parent.mkdir()
    adapter.rename(moved)
    shutil.copytree(folder, moved_base)
    config = json.loads((moved / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "../base"
    (moved / "adapter_config.json").write_text(json.dumps(config))
    ids = torch.arange(8)[None]
    tuned, plain = load_model(moved, device="cpu"), load_model(moved_base, device="cpu")
    assert tuned.adapter is not None
    assert tuned.adapter.base == moved_base
    assert tuned.adapter.rank == 4
    assert not torch.allclose(tuned.model(ids).logits, plain.model(ids).logits, atol=1e-3)


def test_a_missing_base_is_named(folder: Path, tmp_path: Path):
    adapter = add_adapter(folder, tmp_path / "adapter")
    config = json.loads((adapter / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "../not-there"
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    with pytest.raises(TekioError, match="not-there"):
        load_model(adapter)


def test_pickled_weights_are_refused(folder: Path, tmp_path: Path):
    copy = tmp_path / "pickled"
    shutil.copytree(folder, copy)
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(TekioError, match=r"pytorch_model\.bin"):
        load_model(copy)


def test_a_weight_index_may_not_leave_the_folder(folder: Path, tmp_path: Path):
    copy = tmp_path / "index"
    shutil.copytree(folder, copy)
    (copy / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../base/model.safetensors"}}))
    with pytest.raises(TekioError, match="weight file"):
        load_model(copy)


def test_damaged_weights_give_one_clear_message(folder: Path, tmp_path: Path):
    copy = tmp_path / "damaged"
    shutil.copytree(folder, copy)
    (copy / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(TekioError, match="cannot be loaded"):
        load_model(copy)


def test_a_model_that_brings_code_is_refused(folder: Path, tmp_path: Path):
    copy = tmp_path / "code"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    config["model_type"], config["auto_map"] = "evil", {"AutoConfig": "evil.Evil", "AutoModelForCausalLM": "evil.Evil"}
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(TekioError):
        load_model(copy)
    assert not (tmp_path / "ran").exists()


def test_libraries_give_no_advice_on_the_terminal():
    quiet_libraries()
    assert not logging.getLogger("bitsandbytes.backends.cpu.ops").isEnabledFor(logging.WARNING)
    assert logging.getLogger("bitsandbytes.backends.cpu.ops").isEnabledFor(logging.ERROR)


def test_a_folder_that_is_no_model_says_so(tmp_path: Path):
    with pytest.raises(TekioError, match=r"config\.json"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        {"vocab_size": 10**9},
        {"hidden_size": 10**9},
        {"intermediate_size": 10**10},
        {"num_hidden_layers": 10**7},
    ],
)
def test_a_configuration_far_larger_than_its_files_is_refused_before_room_is_made(
    folder: Path, tmp_path: Path, changed
):
    out = Path(shutil.copytree(folder, tmp_path / "huge"))
    config = json.loads((out / "config.json").read_text())
    (out / "config.json").write_text(json.dumps(config | changed))
    with pytest.raises(TekioError) as refused:
        load_model(out)
    ((name, value),) = changed.items()
    assert f"{name} {value}" in refused.value.explain("ja")
    assert "重みがこのモデルのものではありません" in refused.value.explain("ja")


@pytest.mark.parametrize(
    "changed", [{"hidden_size": float("nan")}, {"num_attention_heads": 0}, {"rms_norm_eps": "small"}, {"hidden_act": 7}]
)
def test_a_configuration_with_impossible_values_is_no_defect_of_ours(folder: Path, tmp_path: Path, changed):
    out = Path(shutil.copytree(folder, tmp_path / "odd"))
    config = json.loads((out / "config.json").read_text())
    (out / "config.json").write_text(json.dumps(config | changed))
    with pytest.raises(TekioError) as refused:
        load_model(out)
    assert str(out) in refused.value.explain("en")
