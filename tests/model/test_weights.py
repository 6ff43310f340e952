"""A model is what its files say: attacks on weight files, at loading and in doctor's check."""

# pyright: standard

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.hostile import HEADERS, TENSORS, copy, set_value, with_header, with_json, with_tensors
from model.test_load import add_adapter
from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model.check import check_model
from tekio.model.load import load_model, load_weights
from tekio.model.weights import read_header


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "base")


@pytest.mark.parametrize("kind", TENSORS)
def test_foreign_tensors_are_refused_by_name(base: Path, tmp_path: Path, kind: str):
    change, reason = TENSORS[kind]
    folder = with_tensors(base, tmp_path / "bad", change)
    for read in (load_model, check_model):
        with pytest.raises(TekioError) as caught:
            read(folder)
        assert caught.match(f"(?s){reason}")


@pytest.mark.parametrize("kind", HEADERS)
def test_damaged_headers_are_refused_by_name(base: Path, tmp_path: Path, kind: str):
    change, reason = HEADERS[kind]
    folder = with_header(base, tmp_path / "bad", change)
    for read in (load_model, check_model):
        with pytest.raises(TekioError, match=reason):
            read(folder)


@pytest.mark.parametrize("size", [0, 4, 8, 100])
def test_cut_off_files_are_refused(base: Path, tmp_path: Path, size: int):
    folder = copy(base, tmp_path / "cut")
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(TekioError, match="damaged"):
        load_model(folder)


def test_a_file_with_bytes_behind_its_tensors_is_refused(base: Path, tmp_path: Path):
    folder = copy(base, tmp_path / "more")
    with (folder / "model.safetensors").open("ab") as file:
        file.write(b"\0" * 16)
    with pytest.raises(TekioError, match="the data has"):
        load_model(folder)


def test_the_header_is_read_as_the_library_reads_it(base: Path):
    path = base / "model.safetensors"
    assert {name: item.shape for name, item in read_header(path).items()} == {
        name: tuple(item.shape) for name, item in load_file(path).items()
    }


def test_two_loadings_of_a_sound_model_are_equal(base: Path):
    one, two = (load_weights(base).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert check_model(base).parameters == sum(item.numel() for item in load_weights(base).parameters())


def test_tied_weights_are_not_missing(tmp_path: Path):
    folder = save_tiny(tmp_path / "tied", tie_word_embeddings=True)
    assert "lm_head.weight" not in load_file(folder / "model.safetensors")
    check_model(folder)
    model = load_weights(folder)
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight
    other = with_tensors(
        folder, tmp_path / "output", lambda t: t.update({"lm_head.weight": t.pop("model.embed_tokens.weight")})
    )
    assert torch.equal(load_weights(other).get_input_embeddings().weight, model.get_input_embeddings().weight)


def test_an_output_layer_of_its_own_counts_although_the_configuration_ties_it(tmp_path: Path):
    folder = save_tiny(tmp_path / "tied", tie_word_embeddings=True)
    head = torch.randn(load_file(folder / "model.safetensors")["model.embed_tokens.weight"].shape)
    untied = with_tensors(folder, tmp_path / "untied", lambda t: t.update({"lm_head.weight": head}))
    model = load_weights(untied)
    assert torch.equal(model.get_output_embeddings().weight, head)
    assert model.config.tie_word_embeddings is False


@pytest.mark.parametrize(
    "name", ["model.layers.0.self_attn.rotary_emb.inv_freq", "transformer.h.0.attn.masked_bias", "position_ids"]
)
def test_computed_buffers_of_older_checkpoints_are_no_surprise(base: Path, tmp_path: Path, name: str):
    load_model(with_tensors(base, tmp_path / "old", lambda t: t.update({name: torch.zeros(4)})))


def sharded(base: Path, out: Path) -> Path:
    """The weights in two files with an index."""
    copy(base, out)
    tensors = load_file(out / "model.safetensors")
    (out / "model.safetensors").unlink()
    names = sorted(tensors)
    table = {name: f"model-0000{1 + (place >= 5)}-of-00002.safetensors" for place, name in enumerate(names)}
    for file in set(table.values()):
        save_file({n: tensors[n] for n in names if table[n] == file}, out / file, metadata={"format": "pt"})
    (out / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": table}))
    return out


def test_shards_are_held_against_their_index(base: Path, tmp_path: Path):
    whole = sharded(base, tmp_path / "whole")
    check_model(whole)
    load_model(whole)
    first = "model-00001-of-00002.safetensors"

    def forget(index):
        index["weight_map"].pop("lm_head.weight")

    with pytest.raises(TekioError, match=r"not where the index says: lm_head\.weight"):
        load_model(with_json(whole, tmp_path / "forgotten", "model.safetensors.index.json", forget))
    doubled = copy(whole, tmp_path / "doubled")
    tensors = load_file(doubled / first)
    save_file(tensors | load_file(doubled / first.replace("00001", "00002", 1)), doubled / first)
    with pytest.raises(TekioError, match="also in"):
        load_model(doubled)
    both = copy(whole, tmp_path / "both")
    (both / "model.safetensors").write_bytes((base / "model.safetensors").read_bytes())
    with pytest.raises(TekioError, match="two sets of weights"):
        load_model(both)


def test_more_token_ids_than_rows_are_refused(base: Path, tmp_path: Path):
    folder = copy(base, tmp_path / "words")
    tokenizer = load_model(folder).tokenizer
    tokenizer.add_tokens(["日本銀行券"])
    tokenizer.save_pretrained(folder)
    for read in (load_model, check_model):
        with pytest.raises(TekioError, match="日本銀行券"):
            read(folder)


ADAPTERS = {
    "missing": (
        lambda t: t.pop(next(n for n in t if "layers.1" in n and "lora_A" in n)),
        "missing: .*layers.1.*lora_A",
    ),
    "unexpected": (
        lambda t: t.update({"base_model.model.extra.lora_A.weight": torch.zeros(4, 32)}),
        "unexpected: .*extra",
    ),
    "misshapen": (lambda t: t.update({(n := next(iter(t))): t[n][:2].contiguous()}), "does not fit|misshapen"),
    "nan": (lambda t: set_value(next(iter(t)), float("nan"))(t), "NaN or infinity"),
}


@pytest.mark.parametrize("kind", ADAPTERS)
def test_foreign_tensors_of_an_adapter_are_refused_by_name(base: Path, tmp_path: Path, kind: str):
    change, reason = ADAPTERS[kind]
    adapter = add_adapter(base, tmp_path / "adapter")
    load_model(adapter)
    bad = with_tensors(adapter, tmp_path / "bad", change)
    with pytest.raises(TekioError) as caught:
        load_model(bad)
    assert caught.match(f"(?s){reason}")


def test_a_model_that_gives_nan_can_still_be_scored_when_asked(base: Path, tmp_path: Path):
    folder = with_tensors(base, tmp_path / "nan", TENSORS["nan"][0])
    assert load_model(folder, finite=False).parameters
