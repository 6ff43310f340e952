"""The instruction residual is pretrained + weight x (instruct - base), tensor by tensor and bit for bit; else it is refused."""

# pyright: standard

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model import residual
from tekio.model.added_words import added_ids
from tekio.model.load import load_model, load_tokenizer
from tekio.model.residual import open_residual, require_fit, write_residual
from tekio.model.vocabulary import extend_vocabulary

TEMPLATE = "{% for m in messages %}<s>{{ m.role }}: {{ m.content }}{% endfor %}"


def chat_model(folder: Path, **options) -> Path:
    save_tiny(folder, **options)
    tokenizer = load_tokenizer(folder)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("residual")
    return {
        "base": save_tiny(root / "base", seed=0),
        "pretrained": save_tiny(root / "pretrained", seed=1),
        "instruct": chat_model(root / "instruct", seed=2),
    }


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return {name: item for file in folder.glob("*.safetensors") for name, item in load_file(file).items()}


def naive(models: dict[str, Path], weight: float) -> dict[str, torch.Tensor]:
    base, pretrained, instruct = (weights(models[name]) for name in ("base", "pretrained", "instruct"))
    return {name: pretrained[name] + weight * (instruct[name] - base[name]) for name in pretrained}


def same(found: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> bool:
    return found.keys() == wanted.keys() and all(torch.equal(found[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize("weight", [0.0, 0.35, 1.0, 1.5])
@pytest.mark.parametrize("kind", [None, "bf16"])
def test_the_sum_is_the_naive_one(models: dict[str, Path], tmp_path: Path, weight: float, kind: str | None):
    found = open_residual(models["pretrained"], models["instruct"], models["base"])
    stored = write_residual(found, weight, tmp_path / "out", dtype=kind)
    wanted = naive(models, weight)
    if kind == "bf16":
        wanted = {name: item.to(torch.bfloat16) for name, item in wanted.items()}
    assert stored == ("bfloat16" if kind else "float32")
    assert same(weights(tmp_path / "out"), wanted)


def test_what_is_written_loads_and_is_asked_like_the_instruction_tuned_model(models: dict[str, Path], tmp_path: Path):
    write_residual(open_residual(models["pretrained"], models["instruct"], models["base"]), 0.5, tmp_path / "out")
    loaded = load_model(tmp_path / "out", device="cpu")
    assert loaded.tokenizer.chat_template == TEMPLATE
    assert same(dict(loaded.model.state_dict()), naive(models, 0.5))


def test_shards_hold_every_tensor_once(models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(residual, "SHARD_BYTES", 30_000)
    write_residual(open_residual(models["pretrained"], models["instruct"], models["base"]), 1.0, tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*.safetensors"))) > 2
    assert same(dict(load_model(tmp_path / "out", device="cpu").model.state_dict()), naive(models, 1.0))


def test_rows_of_added_words_stay_as_pretrained(models: dict[str, Path], tmp_path: Path):
    words = ["繰延税金資産", "減価償却費"]
    base, pretrained = tmp_path / "base", tmp_path / "pretrained"
    extend_vocabulary(models["base"], base, words)
    extend_vocabulary(models["pretrained"], pretrained, words)
    found = open_residual(pretrained, models["instruct"], base)
    write_residual(found, 1.0, tmp_path / "out")
    made, start, usual = weights(tmp_path / "out"), weights(pretrained), naive(models, 1.0)
    rows = added_ids(base)
    assert rows
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        assert torch.equal(made[name][rows], start[name][rows])
        assert torch.equal(made[name][: min(rows)], usual[name][: min(rows)])
    tokenizer = load_tokenizer(tmp_path / "out")
    assert tokenizer.chat_template == TEMPLATE
    assert added_ids(tmp_path / "out") == rows
    assert any(place in rows for place in tokenizer("当社の繰延税金資産は")["input_ids"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layers": 3}, r"foreign: model\.layers\.2\."),
        ({"layers": 1}, r"missing: model\.layers\.1\."),
        ({"hidden": 64}, r"other shape: .*embed_tokens"),
        ({"vocabulary": 350}, "other tokens"),
    ],
)
def test_a_model_of_another_base_is_refused_by_name(models: dict[str, Path], tmp_path: Path, options: dict, words: str):
    other = chat_model(tmp_path / "other", **options)
    with pytest.raises(TekioError, match=words):
        open_residual(models["pretrained"], other, models["base"])
    with pytest.raises(TekioError, match=words):
        require_fit(other, models["base"])


def test_a_renamed_token_is_refused_by_its_id(models: dict[str, Path], tmp_path: Path):
    other = chat_model(tmp_path / "other")
    file = other / "tokenizer.json"
    file.write_text(file.read_text().replace('"<unk>"', '"<new>"'))
    settings = other / "tokenizer_config.json"
    settings.write_text(settings.read_text().replace("<unk>", "<new>"))
    with pytest.raises(TekioError, match="0: '<unk>', '<new>'"):
        require_fit(other, models["base"])


def test_values_that_overflow_the_stored_type_leave_nothing(models: dict[str, Path], tmp_path: Path):
    big = weights(models["instruct"])
    big["model.norm.weight"] = torch.full_like(big["model.norm.weight"], 1e6)
    from safetensors.torch import save_file

    other = chat_model(tmp_path / "other", seed=2)
    save_file(big, other / "model.safetensors", metadata={"format": "pt"})
    found = open_residual(models["pretrained"], other, models["base"])
    with pytest.raises(TekioError, match=r"NaN or infinity"):
        write_residual(found, 1.0, tmp_path / "out", dtype="fp16")
    assert not (tmp_path / "out").exists()
