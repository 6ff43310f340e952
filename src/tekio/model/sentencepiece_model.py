"""A SentencePiece model (`tokenizer.model`) as a fast tokenizer with the same ids.

Many Japanese models (rinna's, LINE's, older llm-jp's) come without a `tokenizer.json`. What SentencePiece does is written in
the model file itself (https://github.com/google/sentencepiece, sentencepiece_model.proto): the normalization as a compiled
map, whether blanks are squeezed and a blank is put before the text, unigram scores or merges, byte fallback. transformers
converts by the class it guesses and leaves some of that out; here it is taken from the file.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# (sentencepiece and tokenizers have no complete type information)

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

BLANK = "▁"
UNIGRAM, BPE = 1, 2
CONTROL, USER_DEFINED = 3, 4
NOT_ASKED = ((0x300, 0x370), (0x3400, 0xA000), (0xAC00, 0xE000))
"""Combining marks, which join what stands before them; letters of Chinese and Korean, which are many and stay as they are."""
COMPOSING = ("nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf")
"""SentencePiece's own maps (its first is the default): NFKC, with or without case folding."""
TILDE, ASIDE = "\uff5e", 0x10FFFD


def read_proto(path: Path) -> Any:
    """The model file as a protocol buffer message."""
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(path.read_bytes())
    return proto


def convert_sentencepiece(path: Path, *, lower: bool = False) -> tuple[Any, dict[str, str]]:
    """The `tokenizers.Tokenizer` of a model file, and its special tokens by role (`unk_token`, `bos_token`, ...).

    lower: put the text in small letters first. Nothing is put around a text: whether a model wants a BOS is not in the file. Raises `ValueError` for the word and
    character models of SentencePiece, which no language model uses.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers

    proto = read_proto(path)
    trainer, pieces = proto.trainer_spec, [(item.piece, item.score) for item in proto.pieces]
    unknown = next((number for number, item in enumerate(proto.pieces) if item.type == 2), trainer.unk_id)
    if trainer.model_type == UNIGRAM:
        core = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=trainer.byte_fallback))
    elif trainer.model_type == BPE:
        core = Tokenizer(
            models.BPE(
                {piece: number for number, (piece, _) in enumerate(pieces)},
                _merges(pieces),
                unk_token=pieces[unknown][0],
                fuse_unk=True,
                byte_fallback=trainer.byte_fallback,
            )
        )
    else:
        raise ValueError(f"SentencePiece model type {trainer.model_type}")
    normalizer = _normalizer(proto.normalizer_spec, path)
    if lower:
        normalizer = normalizers.Sequence([normalizers.Lowercase(), *([normalizer] if normalizer is not None else [])])
    if normalizer is not None:
        core.normalizer = normalizer
    back: list[Any] = [decoders.Replace(BLANK, " ")]
    back += [decoders.ByteFallback()] if trainer.byte_fallback else []
    back.append(decoders.Fuse())
    if proto.normalizer_spec.add_dummy_prefix:
        back.append(decoders.Strip(" ", 1, 0))
    core.decoder = decoders.Sequence(back)
    for item in proto.pieces:
        if item.type in (CONTROL, USER_DEFINED):
            core.add_tokens([AddedToken(item.piece, normalized=False, special=item.type == CONTROL)])
    core.add_special_tokens([pieces[unknown][0]])
    roles = {
        "unk_token": unknown,
        "bos_token": trainer.bos_id,
        "eos_token": trainer.eos_id,
        "pad_token": trainer.pad_id,
    }
    return core, {role: pieces[place][0] for role, place in roles.items() if 0 <= place < len(pieces)}


def _normalizer(spec: Any, path: Path) -> Any:
    from tokenizers import Regex, normalizers

    steps: list[Any] = []
    if spec.precompiled_charsmap:
        steps += _map(spec, path)
    if spec.remove_extra_whitespaces:
        steps += [normalizers.Replace(Regex(r"^ +| +$"), ""), normalizers.Replace(Regex(" {2,}"), " ")]
    if spec.add_dummy_prefix:
        steps.append(normalizers.Prepend(BLANK))
    if spec.escape_whitespaces:
        steps.append(normalizers.Replace(" ", BLANK))
    return normalizers.Sequence(steps) if steps else None


def _map(spec: Any, path: Path) -> list[Any]:
    """What SentencePiece's compiled map does. The library's own reading takes a letter with its marks for one key of the map: it leaves
    ｶﾞ and か with a combining mark apart, and loses marks that the map does not join. So of the maps that SentencePiece ships first
    NFKC is done, which they are made from, with what they do otherwise (blanks, control characters, the full-width tilde).
    """
    from tokenizers import Regex, normalizers

    if spec.name not in COMPOSING:
        return [normalizers.Precompiled(spec.precompiled_charsmap)]
    if spec.name.endswith("_cf"):
        steps = [normalizers.Replace(TILDE, chr(ASIDE)), normalizers.NFKC(), normalizers.Replace(chr(ASIDE), TILDE)]
        return [*steps, normalizers.Precompiled(spec.precompiled_charsmap)]
    before: list[Any] = []
    after: list[Any] = []
    places = iter(range(ASIDE, 0, -1))
    for made, letters in _beside_nfkc(path).items():
        within = Regex("[" + "".join(f"\\x{{{ord(letter):X}}}" for letter in letters) + "]")
        if unicodedata.normalize("NFKC", made) == made:
            before.append(normalizers.Replace(within, made))
        else:  # what NFKC would change is put aside
            mark = chr(next(places))
            before.append(normalizers.Replace(within, mark))
            after.append(normalizers.Replace(mark, made))
    return [*before, normalizers.NFKC(), *after]


def _beside_nfkc(path: Path) -> dict[str, list[str]]:
    """Letters of which a model file's map makes something else than NFKC does, by what it makes of them."""
    import sentencepiece

    original = sentencepiece.SentencePieceProcessor(model_file=str(path))
    spec = read_proto(path).normalizer_spec
    letters = [chr(code) for code in range(1, 0x10000) if not any(first <= code < last for first, last in NOT_ASKED)]
    begin = original.normalize("xx").removesuffix("xx")
    found: dict[str, list[str]] = {}
    for letter in letters:
        plain = unicodedata.normalize("NFKC", letter)
        made = original.normalize(f"x{letter}x").removeprefix(f"{begin}x").removesuffix("x")
        made = made.replace(BLANK, " ") if spec.escape_whitespaces else made
        if made != plain:
            found.setdefault(made, []).append(letter)
    return found


def _merges(pieces: list[tuple[str, float]]) -> list[tuple[str, str]]:
    """The merges of a BPE model: SentencePiece joins the pair whose piece has the highest score, the first one on a tie."""
    places = {piece: number for number, (piece, _) in enumerate(pieces)}
    found: list[tuple[float, int, int, str, str]] = []
    for piece, score in pieces:
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in places and right in places:
                found.append((-score, places[left], places[right], left, right))
    return [(left, right) for *_, left, right in sorted(found)]
