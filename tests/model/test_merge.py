"""Merged and exported models answer as before, or nothing is written."""

# pyright: standard

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from model.test_load import add_adapter
from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model import merge
from tekio.model.export import adapter_lines, check_ends, export_adapter, export_folder, export_gguf, serving_lines
from tekio.model.load import load_model, load_weights
from tekio.model.merge import merge_adapter, merge_task_vectors
from tekio.model.vocabulary import efficiency, extend_vocabulary, term_table


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "base")


def logits(path: Path) -> torch.Tensor:
    with torch.no_grad():
        return load_model(path, device="cpu").model(torch.arange(24)[None]).logits


def test_a_merged_adapter_is_base_and_adapter_in_one(base: Path, tmp_path: Path):
    adapter = add_adapter(base, tmp_path / "adapter")
    parity = merge_adapter(adapter, tmp_path / "merged")
    assert parity.holds
    assert parity.prompts == 3
    assert torch.allclose(logits(tmp_path / "merged"), logits(adapter), atol=1e-5)
    assert not (tmp_path / "merged" / "adapter_config.json").exists()


def test_a_merge_that_changes_answers_leaves_nothing(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    adapter = add_adapter(base, tmp_path / "adapter")
    plain = merge.save_folder

    def spoiled(model, tokenizer, out, kind):
        with torch.no_grad():
            model.lm_head.weight.copy_(model.lm_head.weight.flip(0))
        plain(model, tokenizer, out, kind)

    answers = merge.generate
    # Texts that look the same must not hide other tokens: ids are compared.
    monkeypatch.setattr(merge, "generate", lambda *a, **o: [replace(item, text="") for item in answers(*a, **o)])
    monkeypatch.setattr(merge, "save_folder", spoiled)
    with pytest.raises(TekioError, match="answers differently"):
        merge_adapter(adapter, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_task_vectors_add_up(base: Path, tmp_path: Path):
    other = save_tiny(tmp_path / "other", seed=1)
    third = save_tiny(tmp_path / "third", seed=2)
    merge_task_vectors(base, [(other, 0.5), (third, 0.25)], tmp_path / "merged")
    found, zero, one, two = (load_weights(path).state_dict() for path in (tmp_path / "merged", base, other, third))
    for name, value in found.items():
        expected = zero[name] + 0.5 * (one[name] - zero[name]) + 0.25 * (two[name] - zero[name])
        assert torch.allclose(value, expected, atol=1e-6)


def test_an_exported_folder_stops_where_the_tokenizer_says(base: Path, tmp_path: Path):
    assert export_folder(base, tmp_path / "out").holds
    check_ends(tmp_path / "out")
    (tmp_path / "out" / "generation_config.json").write_text('{"eos_token_id": 77}')
    with pytest.raises(TekioError, match="would not stop"):
        check_ends(tmp_path / "out")


def with_class(base: Path, out: Path, name: str) -> Path:
    """The model folder with another class in its tokenizer's configuration."""
    shutil.copytree(base, out)
    settings = json.loads((out / "tokenizer_config.json").read_text())
    (out / "tokenizer_config.json").write_text(json.dumps(settings | {"tokenizer_class": name}))
    return out


def test_a_converter_with_an_older_transformers_finds_a_tokenizer_class_that_it_knows(base: Path, tmp_path: Path):
    """transformers 5 writes a class that 4, which llama.cpp's requirements pin, does not know."""
    adapter = add_adapter(base, tmp_path / "adapter")
    new = with_class(base, tmp_path / "new", "TokenizersBackend")
    script = tmp_path / "convert.py"
    script.write_text(
        "import json, pathlib, sys\nfolder = pathlib.Path(sys.argv[1])\n"
        "name = json.loads((folder / 'tokenizer_config.json').read_text())['tokenizer_class']\n"
        "assert (folder / 'model.safetensors').stat().st_size\n"
        "pathlib.Path(sys.argv[3]).write_text(f'GGUF {folder.name} {name}')\n"
    )
    for model, called in ((adapter, "model"), (new, "new")):
        out = tmp_path / f"{called}.gguf"
        export_gguf(model, out, converter=script)
        assert out.read_text() == f"GGUF {called} PreTrainedTokenizerFast"
    assert "TokenizersBackend" in (new / "tokenizer_config.json").read_text()  # the user's own folder stays as it is


def test_gguf_goes_through_the_users_converter(base: Path, tmp_path: Path):
    with pytest.raises(TekioError, match="convert_hf_to_gguf"):
        export_gguf(base, tmp_path / "x.gguf", converter=tmp_path / "missing.py")
    script = tmp_path / "convert.py"
    script.write_text("import sys; open(sys.argv[3], 'w').write('GGUF ' + sys.argv[1])")
    export_gguf(with_class(base, tmp_path / "known", "PreTrainedTokenizerFast"), tmp_path / "x.gguf", converter=script)
    assert (tmp_path / "x.gguf").read_text() == f"GGUF {tmp_path / 'known'}"
    script.write_text("import sys; sys.exit('no such architecture')")
    with pytest.raises(TekioError, match="no such architecture"):
        export_gguf(base, tmp_path / "y.gguf", converter=script)
    assert sys.executable


def test_new_words_start_as_the_mean_of_their_pieces(base: Path, tmp_path: Path):
    before = load_model(base)
    ids = before.tokenizer("繰延税金資産", add_special_tokens=False)["input_ids"]
    added = extend_vocabulary(base, tmp_path / "more", ["繰延税金資産", "繰延税金資産", "<s>"])
    assert added == ["繰延税金資産"]
    after = load_model(tmp_path / "more")
    [new] = after.tokenizer("繰延税金資産", add_special_tokens=False)["input_ids"]
    table = before.model.get_input_embeddings().weight
    assert torch.allclose(after.model.get_input_embeddings().weight[new], table[torch.tensor(ids)].mean(0))
    less, more = (efficiency(item.tokenizer, ["繰延税金資産"]) for item in (before, after))
    assert more.characters_per_token == 6.0 > less.characters_per_token
    assert less.byte_share > 0 == more.byte_share
    with pytest.raises(TekioError, match="already one token"):
        extend_vocabulary(tmp_path / "more", tmp_path / "again", ["繰延税金資産"])


def test_expensive_terms_stand_first(base: Path):
    rows = term_table(load_model(base).tokenizer, ["銀行", "繰延税金資産"])
    assert [row[0] for row in rows] == ["繰延税金資産", "銀行"]


@pytest.mark.parametrize("seed", range(3))
def test_an_adapter_on_a_base_in_bf16_is_merged_to_the_rounded_sum(tmp_path: Path, seed: int):
    from transformers import AutoConfig

    base = save_tiny(tmp_path / "base", seed=seed)
    load_weights(base, dtype="bf16").save_pretrained(base)
    assert AutoConfig.from_pretrained(base).dtype == torch.bfloat16
    adapter = add_adapter(base, tmp_path / "adapter")
    parity = merge_adapter(adapter, tmp_path / "merged")
    assert parity.kind == "bfloat16"
    assert 0 < parity.distance < 10 * parity.own_distance
    stored = load_file(tmp_path / "merged" / "model.safetensors")
    summed = load_model(adapter, dtype="fp32", device="cpu").model.merge_and_unload()
    for name, item in summed.named_parameters():
        assert torch.equal(stored[name], item.to(torch.bfloat16))


@pytest.mark.parametrize(("word", "kind"), [("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)])
def test_the_type_of_the_weights_can_be_chosen(base: Path, tmp_path: Path, word: str, kind: torch.dtype):
    parity = export_folder(add_adapter(base, tmp_path / "adapter"), tmp_path / "out", dtype=word)
    assert {item.dtype for item in load_file(tmp_path / "out" / "model.safetensors").values()} == {kind}
    assert (parity.own_distance == 0) == (word == "fp32")
    assert not export_folder(base, tmp_path / "plain", dtype=word).distance > 1.0


def test_a_rounded_merge_with_other_weights_leaves_nothing(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plain = merge.save_folder

    def spoiled(model, tokenizer, out, kind):
        with torch.no_grad():
            model.lm_head.weight[0, 0] += 1
        plain(model, tokenizer, out, kind)

    monkeypatch.setattr(merge, "save_folder", spoiled)
    with pytest.raises(TekioError, match=r"rounded sum(.|\n)*lm_head"):
        merge_adapter(add_adapter(base, tmp_path / "adapter"), tmp_path / "merged", dtype="bf16")
    assert not (tmp_path / "merged").exists()


def test_an_adapter_is_merged_before_it_is_converted(base: Path, tmp_path: Path):
    script = tmp_path / "convert.py"
    script.write_text(
        "import sys, pathlib, os\nfolder = pathlib.Path(sys.argv[1])\nopen(folder / 'config.json')\n"
        "assert not (folder / 'adapter_config.json').exists() and os.environ['HF_HUB_OFFLINE'] == '1'\n"
        "pathlib.Path(sys.argv[3]).write_text('GGUF')\n"
    )
    adapter = add_adapter(base, tmp_path / "adapter")
    export_gguf(adapter, tmp_path / "model.gguf", converter=script, python=Path(sys.executable))
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        "adapter", "convert.py", "model.gguf", "model.gguf.Modelfile",
    ]  # fmt: skip
    assert "FROM ./model.gguf" in (tmp_path / "model.gguf.Modelfile").read_text()
    script.write_text("import no_such_library")
    with pytest.raises(TekioError, match=r"no_such_library(.|\n)*--converter-python"):
        export_gguf(adapter, tmp_path / "other.gguf", converter=script)
    with pytest.raises(TekioError, match="cannot be started"):
        export_gguf(base, tmp_path / "other.gguf", converter=script, python=tmp_path / "no-python")
    script.write_text("import sys; open(sys.argv[3], 'w').write('no such magic')")
    with pytest.raises(TekioError, match="converter failed"):
        export_gguf(base, tmp_path / "other.gguf", converter=script)
    assert not (tmp_path / "other.gguf").exists()


def test_serving_knows_the_template_and_the_stop_marks(base: Path, tmp_path: Path):
    from tekio.model.templates import CHAT, chat_template, render_prompt

    tokenizer = load_model(base).tokenizer
    tokenizer.chat_template = chat_template("alpaca-japanese")
    served = tmp_path / "with template"
    load_weights(base).save_pretrained(served)
    tokenizer.save_pretrained(served)
    export_folder(served, tmp_path / "out")
    text = (tmp_path / "out" / "Modelfile").read_text()
    between = text.split('"""')[1]
    wanted = render_prompt(CHAT, "金利とは何ですか。", tokenizer=tokenizer).removeprefix(tokenizer.bos_token)
    assert between.replace("{{ .Prompt }}", "金利とは何ですか。") == wanted
    assert 'PARAMETER stop "</s>"' in text
    assert serving_lines(tmp_path / "out")[0].startswith("vllm serve ")
    assert "--jinja" in serving_lines(tmp_path / "model.gguf")[0]


def test_an_exported_adapter_is_loaded_by_plain_peft_from_any_folder(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What the run's own cannot be: its base is named relative to it."""
    from peft import AutoPeftModelForCausalLM

    adapter = add_adapter(base, tmp_path / "run" / "adapter")
    info = export_adapter(adapter, tmp_path / "apart" / "mine")
    monkeypatch.chdir("/")
    found = AutoPeftModelForCausalLM.from_pretrained(str(tmp_path / "apart" / "mine"))
    with torch.no_grad():
        given = found.eval()(torch.arange(24)[None]).logits
    assert torch.allclose(given, logits(adapter), atol=1e-6)
    [line] = adapter_lines(tmp_path / "apart" / "mine", replace(info, rank=24))
    assert line.startswith(
        f"vllm serve {base} --enable-lora --lora-modules mine={tmp_path}/apart/mine --max-lora-rank 32"
    )
    with pytest.raises(TekioError, match="not an adapter"):
        export_adapter(base, tmp_path / "none")
