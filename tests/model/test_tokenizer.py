"""A tokenizer gives the ids of its own files, or is refused."""

# pyright: standard

import json
import random
from pathlib import Path

import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from model.hostile import copy, with_json
from model.tiny import save_tiny
from tekio.errors import TekioError
from tekio.model.export import export_folder
from tekio.model.load import load_model
from tekio.model.sentencepiece_model import convert_sentencepiece
from tekio.model.tokenizer import PROBE_LINES, difference, load_tokenizer, read_tokenizer_json, save_tokenizer

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


@pytest.mark.parametrize("lower", [False, True])
def test_the_form_of_the_tokenizers_of_line_and_rinna_is_read(tmp_path: Path, lower: bool):
    """`spiece.model` behind `T5Tokenizer` without extra ids, special tokens as control pieces; rinna's GPT-2s in small letters."""
    sentencepiece = pytest.importorskip("sentencepiece")
    text = tmp_path / "text.txt"
    lines = "\n".join([*PROBE_LINES] * 30)
    text.write_text(lines.lower() if lower else lines, encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "spiece"), vocab_size=520, hard_vocab_limit=False, model_type="unigram",
        byte_fallback=not lower,
        pad_id=3, control_symbols=["<sep>", "<mask>", "<cls>"], minloglevel=2,
    )  # fmt: skip
    folder = save_tiny(tmp_path / "model", vocabulary=700)
    (folder / "tokenizer.json").unlink()
    (tmp_path / "spiece.model").rename(folder / "spiece.model")
    names = {role: f"<{role}>" for role in ("unk", "pad", "sep", "mask", "cls")} | {"bos": "<s>", "eos": "</s>"}
    settings = {f"{role}_token": name for role, name in names.items()} | {"extra_ids": 0, "do_lower_case": lower}
    config = settings | {"tokenizer_class": "T5Tokenizer", "keep_accents": True, "sp_model_kwargs": {}}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    original = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    tokenizer = load_tokenizer(folder)
    for role, name in names.items():
        assert tokenizer.convert_tokens_to_ids(name) == original.piece_to_id(name), role
    assert (tokenizer.eos_token, tokenizer.pad_token) == ("</s>", "<pad>")
    line = "ABCの株価とETFについて"
    ids = tokenizer(line, add_special_tokens=False)["input_ids"]
    assert ids == original.encode(line.lower() if lower else line)
    assert original.encode(line) != original.encode(line.lower())
    save_tokenizer(tokenizer, tmp_path / "saved")
    assert load_tokenizer(tmp_path / "saved")(line, add_special_tokens=False)["input_ids"] == ids


@pytest.mark.parametrize("rule", ["nmt_nfkc", "nfkc", "identity"])
def test_text_is_normalized_as_sentencepiece_does(tmp_path: Path, rule: str):
    """Half-width letters with marks, combining marks, widths, the tilde that stays: also what no probe line has."""
    sentencepiece = pytest.importorskip("sentencepiece")
    text = tmp_path / "text.txt"
    text.write_text("\n".join([*PROBE_LINES] * 30), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "m"), vocab_size=560, hard_vocab_limit=False, byte_fallback=True,
        normalization_rule_name=rule, minloglevel=2,
    )  # fmt: skip
    core, _ = convert_sentencepiece(tmp_path / "m.model")
    original = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m.model"))
    letters = [
        *"かハｶ゛゜～〜ーｰＡａA ａ①㈱㍿…　\u00a0é한\u200b\u200d\ufeff\u0007𠮷",
        "か\u3099",
        "ｶﾞ",
        "ﾎﾟ",
        "e\u0301",
        "が",
    ]
    source = random.Random(3)
    for _ in range(400):
        line = "".join(source.choice(letters) for _ in range(source.randint(1, 12)))
        ids = core.encode(line, add_special_tokens=False).ids
        assert original.decode(ids) == original.decode(original.encode(line)), line
        assert sorted(ids) == sorted(original.encode(line)), line
