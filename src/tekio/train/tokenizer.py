"""Train a tokenizer for a model from scratch: byte-level BPE, or unigram with byte fallback. Deterministic.

The unigram trainer of the `tokenizers` library gives another vocabulary at every run and takes minutes for a few
million characters, so the unigram vocabulary is made here by hard expectation-maximisation: start from a larger BPE
vocabulary, segment, count, drop the rarest pieces, repeat. Counts are whole numbers, so equal text gives equal files.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (tokenizers and transformers have no complete type information)

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tekio.errors import TekioError, Text
from tekio.recipe.train import TokenizerConfig

SPECIAL = ("<unk>", "<s>", "</s>", "<pad>")
UNKNOWN, BOS, EOS, PAD = range(4)
# Words for training and use: line ends and digits alone, runs of one script, other runs together.
WORDS = r"\n|\p{N}|\p{Han}+|[\p{Hiragana}ー]+|[\p{Katakana}ー]+|[ \t　]+|[^\s\p{L}\p{N}]|[^\S\n]+|\p{L}+"
SEED_FACTOR = 3
ROUNDS = 4
MIN_CHARACTER_COUNT = 2


def train_tokenizer(texts: Iterable[str], config: TokenizerConfig) -> Any:
    """A fast `transformers` tokenizer with `<s>` in front of every text and `</s>` as EOS.

    texts: what it is trained on, at most `config.max_characters` of it are used. Raises `TekioError` if there is none.
    """
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    sample = list(_limited(texts, config.max_characters))
    if not sample:
        raise TekioError(Text("There is no text to train a tokenizer on.", "トークナイザを学習する文書がありません。"))
    core = _byte_level_bpe(sample, config.vocabulary) if config.kind == "bpe" else _unigram(sample, config.vocabulary)
    core.post_processor = processors.TemplateProcessing(
        single=f"{SPECIAL[BOS]} $A", special_tokens=[(SPECIAL[BOS], BOS)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token=SPECIAL[UNKNOWN],
        bos_token=SPECIAL[BOS],
        eos_token=SPECIAL[EOS],
        pad_token=SPECIAL[PAD],
        clean_up_tokenization_spaces=False,
    )


def _limited(texts: Iterable[str], limit: int) -> Iterable[str]:
    left = limit
    for text in texts:
        if left <= 0:
            return
        yield from (line + "\n" for line in text[:left].split("\n"))
        left -= len(text)


def _split() -> Any:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Split(Regex(WORDS), "isolated")


def _byte_level_bpe(lines: list[str], vocabulary: int) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [_split(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    core.train_from_iterator(lines, trainer)
    return core


def _unigram(lines: list[str], vocabulary: int) -> Any:
    from tokenizers import Tokenizer, decoders, models, trainers

    wanted = vocabulary - len(SPECIAL) - 256
    characters = Counter(character for line in lines for character in line)
    ranked = sorted(characters.items(), key=lambda item: (-item[1], item[0]))
    kept = {character for character, count in ranked[: wanted // 2] if count >= MIN_CHARACTER_COUNT}
    words = Counter(
        piece for line in lines for piece, _ in _split().pre_tokenize_str(line) if all(c in kept for c in piece)
    )
    seed = Tokenizer(models.BPE())
    seed.pre_tokenizer = _split()
    alphabet = sorted(kept)
    trainer = trainers.BpeTrainer(vocab_size=wanted * SEED_FACTOR, initial_alphabet=alphabet, show_progress=False)
    seed.train_from_iterator(("".join(c for c in line if c in kept) for line in lines), trainer)
    pieces = sorted({*seed.get_vocab(), *alphabet})
    ordered = sorted(words.items())
    scores = dict.fromkeys(pieces, -10.0)  # at first: as few pieces as possible
    for round_number in range(ROUNDS):
        counts = _count_pieces(ordered, scores)
        size = max(wanted, round(wanted * SEED_FACTOR ** (1 - (round_number + 1) / ROUNDS)))
        multiple = sorted((p for p in scores if len(p) > 1), key=lambda p: (-counts[p] * len(p), p))
        chosen = multiple[: max(0, size - len(kept))]
        total = sum(counts.values()) + len(scores)
        scores = {piece: math.log((counts[piece] + 1) / total) for piece in [*alphabet, *chosen]}
    lowest = min(scores.values())
    table: list[tuple[str, float]] = [(name, 0.0) for name in SPECIAL]
    table += [(f"<0x{byte:02X}>", lowest - 10.0) for byte in range(256)]
    table += sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    core = Tokenizer(models.Unigram(table, unk_id=UNKNOWN, byte_fallback=True))
    core.pre_tokenizer = _split()
    core.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    core.add_special_tokens(list(SPECIAL))
    return core


def _count_pieces(words: list[tuple[str, int]], scores: dict[str, float]) -> Counter[str]:
    """How often each piece stands in the best segmentation of the words under `scores`."""
    from tokenizers import Tokenizer, models

    table = [("<unk>", -100.0), *sorted(scores.items())]
    best = Tokenizer(models.Unigram(table, unk_id=0, byte_fallback=False))
    counts: Counter[str] = Counter()
    for (_, times), encoding in zip(words, best.encode_batch([word for word, _ in words]), strict=True):
        for piece in encoding.tokens:
            counts[piece] += times
    return counts
