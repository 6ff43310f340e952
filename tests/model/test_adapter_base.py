"""An adapter is put on the base it was trained on and on no other, however alike they are."""

# pyright: standard

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model.adapter_base import BASE_FILE, base_identity
from tekio.model.export import export_adapter
from tekio.model.load import adapter_info, load_model, load_tokenizer, load_weights
from tekio.recipe.train import LoraConfig
from tekio.train.adapter import add_adapter, save_adapter


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """`adapter` beside its base `first`, and `second` of the same shape."""
    first = save_tiny(tmp_path / "first", seed=1)
    save_tiny(tmp_path / "second", seed=2)
    tokenizer = load_tokenizer(first)
    folder = tmp_path / "adapter"
    network = add_adapter(load_weights(first), LoraConfig(rank=2), tokenizer)
    save_adapter(network, tokenizer, folder, base=first, final=folder)
    return folder


def name_base(adapter: Path, written: str) -> None:
    file = adapter / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"base_model_name_or_path": written}))


def test_its_own_base_may_move_and_be_parted_into_files(adapter: Path):
    load_model(adapter, device="cpu")
    tensors = load_file(adapter.parent / "first" / "model.safetensors")
    moved = shutil.copytree(adapter.parent / "first", adapter.parent / "elsewhere")
    (moved / "model.safetensors").unlink()
    names = sorted(tensors)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, own in parts.items():
        save_file({name: tensors[name] for name in own}, moved / file, {"format": "pt"})
    index = {name: file for file, own in parts.items() for name in own}
    (moved / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    name_base(adapter, "../elsewhere")
    assert load_model(adapter, device="cpu").adapter is not None


def test_another_model_of_the_same_shape_is_refused(adapter: Path):
    name_base(adapter, "../second")
    with pytest.raises(TekioError, match="another base model") as told:
        load_model(adapter, device="cpu")
    assert "second の重み" in told.value.explain("ja")


def test_a_base_trained_by_one_small_step_is_another_one(adapter: Path):
    file = adapter.parent / "first" / "model.safetensors"
    tensors = load_file(file)
    save_file({name: item + 1e-6 * torch.sign(item) for name, item in tensors.items()}, file, {"format": "pt"})
    with pytest.raises(TekioError, match="another base model"):
        adapter_info(adapter)


def test_a_base_in_another_type_of_numbers_is_said_not_to_be_checked(adapter: Path, capsys):
    file = adapter.parent / "first" / "model.safetensors"
    save_file({name: item.bfloat16() for name, item in load_file(file).items()}, file, {"format": "pt"})
    load_model(adapter, device="cpu")
    assert "BF16" in capsys.readouterr().err


def test_an_exported_adapter_keeps_the_record_and_one_of_others_needs_none(adapter: Path, tmp_path: Path):
    export_adapter(adapter, tmp_path / "out")
    name_base(tmp_path / "out", str(tmp_path / "second"))
    with pytest.raises(TekioError, match="another base model"):
        adapter_info(tmp_path / "out")
    (tmp_path / "out" / BASE_FILE).unlink()
    assert adapter_info(tmp_path / "out") is not None


def test_the_identity_is_of_the_weights_alone(adapter: Path):
    first = adapter.parent / "first"
    before = base_identity(first)
    (first / "README.md").write_text("of the user")
    assert base_identity(first) == before
