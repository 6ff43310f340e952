"""New words: found inside texts, nothing else changes, the text comes back."""

# pyright: standard

import json
from pathlib import Path

import pytest
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from transformers import PreTrainedTokenizerFast

from model.test_tokenizer import blank_first_tokenizer
from model.tiny import save_tiny, tiny_llama
from tekio.errors import TekioError
from tekio.model.added_words import added_ids, pieces_inside
from tekio.model.load import load_tokenizer, load_weights
from tekio.model.tokenizer import PROBE_LINES
from tekio.model.vocabulary import extend_vocabulary, term_table

ROWS = 900


def blank_first_bpe(folder: Path) -> Path:
    """A BPE over characters with a blank put before every text, as Llama 2's tokenizer does."""
    letters = sorted({letter for line in PROBE_LINES for letter in line if letter.strip()} | {"\n"})
    table = {name: number for number, name in enumerate(["<unk>", "<s>", "</s>", "▁", *letters])}
    table |= {f"<0x{byte:02X}>": len(table) + byte for byte in range(256)}
    merges = [("日", "本"), ("銀", "行"), ("金", "融")]
    for left, right in merges:
        table[left + right] = len(table)
    core = Tokenizer(models.BPE(table, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    core.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>", eos_token="</s>").save_pretrained(folder)
    return folder


def with_tokens_behind(folder: Path) -> Path:
    """The unigram tokenizer with special tokens whose ids lie behind its list of pieces."""
    blank_first_tokenizer(folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.add_tokens([AddedToken("<|turn|>", special=True), AddedToken("<|end|>", special=True)])
    tokenizer.save_pretrained(folder)
    return folder


def byte_level(folder: Path) -> Path:
    return folder


KINDS = {
    "unigram": blank_first_tokenizer,
    "tokens behind": with_tokens_behind,
    "bpe": blank_first_bpe,
    "bytes": byte_level,
}


@pytest.mark.parametrize("kind", KINDS)
def test_new_words_are_one_token_inside_texts_and_nothing_else_changes(tmp_path: Path, kind: str):
    base = save_tiny(tmp_path / "base", vocabulary=420)
    KINDS[kind](base)
    tiny_llama(ROWS).save_pretrained(base)
    old = load_tokenizer(base)
    words = ["日本銀行", "量的緩和", "金融政策決定会合"]
    wanted = [word for word in words if len(pieces_inside(old.backend_tokenizer, word)) > 1]
    added = extend_vocabulary(base, tmp_path / "out", [*words, *words, " "])
    assert added == wanted != []
    new = load_tokenizer(tmp_path / "out")
    for text in (
        "当社は日本銀行の量的緩和により",
        "日本銀行、日本銀行。",
        "「量的緩和」\n日本銀行",
        "地方銀行の銀行員",
        *PROBE_LINES,
    ):
        ids = new(text, add_special_tokens=False)["input_ids"]
        before = old(text, add_special_tokens=False)["input_ids"]
        assert new.decode(ids) == old.decode(before)
        if not any(word in text for word in words):
            assert ids == before
        for word in wanted:
            place = new.get_vocab()[word]
            assert ids.count(place) == text.count(word)
    one, two = (load_weights(tmp_path / name).get_input_embeddings().weight for name in ("base", "out"))
    assert len(two) == ROWS
    mine = added_ids(tmp_path / "out")
    assert min(mine) > max(old.get_vocab().values())
    same = [row for row in range(ROWS) if row not in mine]
    assert torch.equal(one[same], two[same])
    place = new.get_vocab()[wanted[0]]
    assert torch.allclose(two[place], one[pieces_inside(old.backend_tokenizer, wanted[0])].mean(0))


def test_what_was_added_is_remembered_over_two_extensions(tmp_path: Path):
    base = save_tiny(tmp_path / "base")
    extend_vocabulary(base, tmp_path / "one", ["繰延税金資産"])
    extend_vocabulary(tmp_path / "one", tmp_path / "two", ["減価償却費"])
    new = load_tokenizer(tmp_path / "two").get_vocab()
    assert added_ids(tmp_path / "two") == sorted([new["繰延税金資産"], new["減価償却費"]])
    assert json.loads((tmp_path / "two" / "added_words.json").read_text())["first"] == min(added_ids(tmp_path / "two"))
    rows = [len(load_weights(tmp_path / name).get_input_embeddings().weight) for name in ("base", "two")]
    assert rows[1] == rows[0] + 2


def test_nothing_is_written_when_nothing_can_be_added(tmp_path: Path):
    base = save_tiny(tmp_path / "base")
    with pytest.raises(TekioError, match="already one token"):
        extend_vocabulary(base, tmp_path / "out", ["。"])
    assert not (tmp_path / "out").exists()


def test_terms_cost_what_they_cost_inside_a_text(tmp_path: Path):
    """Not the blank that the tokenizer puts before every text: what is one token is not called two."""
    tokenizer = load_tokenizer(blank_first_tokenizer(tmp_path))
    assert len(tokenizer("銀行", add_special_tokens=False)["input_ids"]) == 2
    assert {term: (count, pieces) for term, count, pieces in term_table(tokenizer, ["銀行", "売上高銀行"])} == {
        "銀行": (1, ["銀行"]),
        "売上高銀行": (2, ["売上高", "銀行"]),
    }
