"""A tokenizer gives the ids of its own files, or is refused."""

# pyright: standard

import json
from pathlib import Path

import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from model.hostile import copy, with_json
from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model.export import export_folder
from tekio.model.load import load_model
from tekio.model.tokenizer import PROBE_LINES, difference, load_tokenizer, read_tokenizer_json

WORDS = ["日本", "銀行", "日本銀行", "金利", "売上高", "当社", "増加", "指示", "返答"]


def blank_first_tokenizer(folder: Path, kind: str = "PreTrainedTokenizerFast") -> Path:
    """A unigram tokenizer that puts ▁ before every line, as SentencePiece and llm-jp's files do; config names `kind`."""
    letters = sorted({letter for line in PROBE_LINES for letter in line if letter.strip()})
    table = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0), ("▁", -2.0), ("\n", -3.0)]
    table += [(word, -4.0) for word in WORDS] + [(letter, -9.0) for letter in letters]
    table += [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    core = Tokenizer(models.Unigram(table, unk_id=0, byte_fallback=True))
    core.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(r"(?<!\n)^"), "▁"), normalizers.Replace(" ", "▁")]
    )
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    core.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    made = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>", bos_token="<s>", eos_token="</s>")
    made.save_pretrained(folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config.pop("backend", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"tokenizer_class": kind}))
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "base", vocabulary=700)


@pytest.mark.parametrize(
    "kind", ["PreTrainedTokenizerFast", "LlamaTokenizer", "LlamaTokenizerFast", "GPT2Tokenizer", "Qwen2Tokenizer"]
)
def test_the_ids_are_those_of_tokenizer_json_whatever_class_is_named(tmp_path: Path, base: Path, kind: str):
    folder = copy(base, tmp_path / "model")
    blank_first_tokenizer(folder, kind)
    core = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer = load_tokenizer(folder)
    for line in PROBE_LINES:
        assert tokenizer(line, add_special_tokens=False)["input_ids"] == core.encode(line, add_special_tokens=False).ids
        assert tokenizer(line)["input_ids"] == core.encode(line).ids
    if kind.startswith("Llama"):
        alone = AutoTokenizer.from_pretrained(folder)
        assert difference(alone, core) is not None, "transformers reads this file right now: the case is gone"


def test_export_keeps_the_ids_for_others_too(tmp_path: Path):
    folder = save_tiny(tmp_path / "model", vocabulary=700)
    blank_first_tokenizer(folder, "LlamaTokenizerFast")
    from model.tiny import tiny_llama

    tiny_llama(len(load_tokenizer(folder))).save_pretrained(folder)
    export_folder(folder, tmp_path / "out")
    core = read_tokenizer_json(folder)
    assert difference(AutoTokenizer.from_pretrained(tmp_path / "out"), core) is None
    assert difference(load_model(tmp_path / "out").tokenizer, core) is None


def test_swapped_pieces_are_noticed(base: Path, tmp_path: Path):
    swapped = copy(base, tmp_path / "swapped")
    values = json.loads((swapped / "tokenizer.json").read_text())
    table = values["model"]["vocab"]
    one, two = [name for name in table if len(name) > 2][5:7]
    table[one], table[two] = table[two], table[one]
    (swapped / "tokenizer.json").write_text(json.dumps(values))
    assert difference(load_tokenizer(base), read_tokenizer_json(swapped)) is not None
    assert difference(load_tokenizer(swapped), read_tokenizer_json(swapped)) is None


def test_an_unreadable_tokenizer_is_one_clear_error(base: Path, tmp_path: Path):
    for number, content in enumerate([b"", b"{}", b"\xff", b'{"model": {"type": "Evil"}}']):
        folder = copy(base, tmp_path / f"bad{number}")
        (folder / "tokenizer.json").write_bytes(content)
        with pytest.raises(TekioError, match="tokenizer"):
            load_tokenizer(folder)


def test_a_tokenizer_with_code_of_its_own_is_not_run(base: Path, tmp_path: Path):
    def evil(config):
        config["auto_map"] = {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}
        config["tokenizer_class"] = "Evil"

    folder = with_json(base, tmp_path / "code", "tokenizer_config.json", evil)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(TekioError):
        load_tokenizer(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_folder_with_a_sentencepiece_model_only_is_read_with_its_ids(tmp_path: Path, kind: str):
    sentencepiece = pytest.importorskip("sentencepiece")
    text = tmp_path / "text.txt"
    text.write_text("\n".join([*PROBE_LINES] * 30), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "tokenizer"), vocab_size=520, model_type=kind,
        byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, minloglevel=2,
    )  # fmt: skip
    folder = save_tiny(tmp_path / "model", vocabulary=700)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    (tmp_path / "tokenizer.model").rename(folder / "tokenizer.model")
    original = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    tokenizer = load_tokenizer(folder)
    assert tokenizer.is_fast
    for line in PROBE_LINES:
        ids, wanted = tokenizer(line, add_special_tokens=False)["input_ids"], original.encode(line)
        assert sorted(ids) == sorted(wanted)  # (`##` `#` and `#` `##` have one score)
        assert ids == wanted or "###" in line
        assert original.decode(ids) == original.decode(wanted)
