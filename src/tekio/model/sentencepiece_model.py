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

from pathlib import Path
from typing import Any

BLANK = "▁"
UNIGRAM, BPE = 1, 2
CONTROL, USER_DEFINED = 3, 4


def read_proto(path: Path) -> Any:
    """The model file as a protocol buffer message."""
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(path.read_bytes())
    return proto


def convert_sentencepiece(path: Path) -> tuple[Any, dict[str, str]]:
    """The `tokenizers.Tokenizer` of a model file, and its special tokens by role (`unk_token`, `bos_token`, ...).

    Nothing is put around a text: whether a model wants a BOS is not in the file. Raises `ValueError` for the word and
    character models of SentencePiece, which no language model uses.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models

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
    normalizer = _normalizer(proto.normalizer_spec)
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


def _normalizer(spec: Any) -> Any:
    from tokenizers import Regex, normalizers

    steps: list[Any] = []
    if spec.precompiled_charsmap:
        steps.append(normalizers.Precompiled(spec.precompiled_charsmap))
    if spec.remove_extra_whitespaces:
        steps += [normalizers.Replace(Regex(r"^ +| +$"), ""), normalizers.Replace(Regex(" {2,}"), " ")]
    if spec.add_dummy_prefix:
        steps.append(normalizers.Prepend(BLANK))
    if spec.escape_whitespaces:
        steps.append(normalizers.Replace(" ", BLANK))
    return normalizers.Sequence(steps) if steps else None


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
