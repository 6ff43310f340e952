"""Text to token ids: where a choice begins, whether BOS is there, what is cut. One place for every way of scoring.

Two boundary policies. `lossless` encodes prompt and choice together and starts to score at the longest token prefix that
the prompt and all its choices share, so that nothing is lost and all choices of an item are judged from the same
token. `lm-eval` repeats what lm-evaluation-harness does (`TemplateLM._encode_pair`): trailing white space of the prompt
moves to the choice, and the joint encoding is cut after as many tokens as the prompt alone has; where a token spans the
boundary, text vanishes, and here it is counted.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (tokenizers of transformers have no complete type information)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tekio.errors import InputError, TekioError, Text
from tekio.evaluate.scoring.requests import ChoiceRequest

Boundary = Literal["lossless", "lm-eval"]
BosPolicy = Literal["tokenizer", "never", "always"]
Ids = tuple[int, ...]

CHUNK = 512  # requests encoded in one call of the tokenizer


@dataclass(frozen=True)
class Encoder:
    """How text becomes ids for one model.

    tokenizer: a fast tokenizer of transformers. max_length: the model's context length in tokens.
    bos_id: id put in front of every sequence, None for none. start_id: the context of a text without one (BOS, else
    EOS), which is never a predicted token.
    """

    tokenizer: Any
    max_length: int
    boundary: Boundary
    bos_id: int | None
    start_id: int

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without special tokens of the tokenizer's own making."""
        if not texts:
            return []
        backend = plain_backend(self.tokenizer)
        if backend is not None:
            return [found.ids for found in backend.encode_batch_fast(list(texts), add_special_tokens=False)]
        return list(self.tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"])

    def with_bos(self, ids: list[int]) -> list[int]:
        """`ids` with exactly one BOS in front where the policy wants one (a text may bring its own)."""
        if self.bos_id is None or (ids and ids[0] == self.bos_id):
            return ids
        return [self.bos_id, *ids]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One continuation: the whole sequence of ids, the last `scored` of which are scored. The last id is never fed."""

    ids: Ids
    scored: int


@dataclass(frozen=True, slots=True)
class EncodedChoice:
    """A `ChoiceRequest` in ids; `truncated` and `lost_characters` as in `ChoiceScore`."""

    item: str
    candidates: tuple[Candidate, ...]
    truncated: int
    lost_characters: int


def plain_backend(tokenizer: Any) -> Any:
    """The `tokenizers.Tokenizer` of a tokenizer whose class does nothing to a text but hand it over; else None.

    (transformers' own call computes offsets, masks and types of every token beside the ids: twice the time.)
    """
    kind = type(tokenizer)
    general = next((one for one in kind.__mro__ if one.__name__ == "TokenizersBackend"), None)
    if general is None or any(
        getattr(kind, name) is not getattr(general, name) for name in ("__call__", "_encode_plus")
    ):
        return None
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    backend.encode_special_tokens = tokenizer.split_special_tokens
    return backend


def context_length(model_config: Any, tokenizer: Any) -> int:
    """Tokens the model can see: from its configuration, else the tokenizer's, else 2,048 (as lm-eval decides)."""
    config = model_config.get_text_config() if hasattr(model_config, "get_text_config") else model_config
    for name in ("n_positions", "max_position_embeddings", "n_ctx"):
        value = getattr(config, name, None)
        if isinstance(value, int) and value > 0:
            return value
    value = getattr(tokenizer, "model_max_length", None)
    if isinstance(value, int) and 0 < value < 10**9:
        return value
    return 2048


def tokenizer_adds_bos(tokenizer: Any) -> bool:
    """Whether the tokenizer itself puts BOS in front of a text."""
    bos = tokenizer.bos_token_id
    return bos is not None and tokenizer("a", add_special_tokens=True)["input_ids"][:1] == [bos]


def make_encoder(
    tokenizer: Any, max_length: int, *, boundary: Boundary = "lossless", bos: BosPolicy = "tokenizer"
) -> Encoder:
    """The encoder of a model. Raises `TekioError` if `bos: always` is asked of a tokenizer without BOS."""
    bos_id: int | None = tokenizer.bos_token_id
    if bos == "always" and bos_id is None:
        raise TekioError(
            Text("`bos: always`, but the tokenizer has no BOS.", "`bos: always` ですが、BOS のないトークナイザです。"),
            fix="bos: tokenizer",
        )
    add = bos == "always" or (bos == "tokenizer" and tokenizer_adds_bos(tokenizer))
    start = bos_id if bos_id is not None else tokenizer.eos_token_id
    if start is None:
        raise TekioError(
            Text("The tokenizer has neither BOS nor EOS.", "BOS も EOS もないトークナイザです。"),
            fix=Text("Name one in tokenizer_config.json.", "tokenizer_config.json に指定してください。"),
        )
    return Encoder(tokenizer, max_length, boundary, bos_id if add else None, int(start))


def common_prefix(first: Sequence[int | str], second: Sequence[int | str]) -> int:
    """Length of the longest common prefix."""
    limit = min(len(first), len(second))
    if first[:limit] == second[:limit]:
        return limit
    low, high = 0, limit  # invariant: equal up to low, different somewhere before high
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low


def encode_choices(requests: Sequence[ChoiceRequest], encoder: Encoder) -> list[EncodedChoice]:
    """Ids of every request, in order.

    Raises `InputError` naming the item when a choice tokenizes to nothing or is longer than the model's context.
    """
    encoded: list[EncodedChoice] = []
    encode = _lossless if encoder.boundary == "lossless" else _as_lm_eval
    for start in range(0, len(requests), CHUNK):
        encoded.extend(encode(requests[start : start + CHUNK], encoder))
    return encoded


def _lossless(requests: Sequence[ChoiceRequest], encoder: Encoder) -> list[EncodedChoice]:
    contexts = encoder.ids([request.prompt for request in requests])
    joint = iter(encoder.ids([request.prompt + choice for request in requests for choice in request.continuations]))
    encoded: list[EncodedChoice] = []
    for request, context in zip(requests, contexts, strict=True):
        sequences = [next(joint) for _ in request.continuations]
        boundary = min([len(context), *(common_prefix(context, ids) for ids in sequences)])
        head = encoder.with_bos(sequences[0][:boundary] if sequences else [])
        head = head or [encoder.start_id]
        tails = [ids[boundary:] for ids in sequences]
        _check_choices(request, tails, encoder)
        tails = _ended(request, tails, encoder)
        # The same cut for all choices of an item: they must be judged on the same context.
        cut = max(0, len(head) + max(map(len, tails)) - (encoder.max_length + 1))
        if cut:
            keep_bos = head[:1] if encoder.bos_id is not None else []
            kept = head[cut + len(keep_bos) :]
            head = [*keep_bos, *kept] or [encoder.start_id]
        candidates = tuple(Candidate((*head, *tail), len(tail)) for tail in tails)
        encoded.append(EncodedChoice(request.item, candidates, cut, 0))
    return encoded


def _as_lm_eval(requests: Sequence[ChoiceRequest], encoder: Encoder) -> list[EncodedChoice]:
    pairs: list[tuple[str, str]] = []
    for request in requests:
        prompt = request.prompt.rstrip()
        moved = request.prompt[len(prompt) :]
        pairs.extend((prompt, moved + choice) for choice in request.continuations)
    contexts = _ids_by_text([prompt for prompt, _ in pairs], encoder)
    joint = encoder.tokenizer(
        [prompt + choice for prompt, choice in pairs],
        add_special_tokens=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    rows = iter(zip(pairs, joint["input_ids"], joint["offset_mapping"], strict=True))
    encoded: list[EncodedChoice] = []
    for request in requests:
        heads: list[list[int]] = []
        tails: list[list[int]] = []
        lost = 0
        for _ in request.continuations:
            (prompt, _choice), whole, offsets = next(rows)
            context = contexts[prompt]
            if not prompt:  # no context at all: lm-eval conditions on BOS (or EOS)
                heads.append([encoder.start_id])
                tails.append(whole)
                continue
            heads.append(encoder.with_bos(context))
            tails.append(whole[len(context) :])
            if whole[: len(context)] != context and len(context) < len(whole):
                lost = max(lost, abs(offsets[len(context)][0] - len(prompt)))
        _check_choices(request, tails, encoder)
        tails = _ended(request, tails, encoder)
        cuts = [
            max(0, len(head) + len(tail) - (encoder.max_length + 1)) for head, tail in zip(heads, tails, strict=True)
        ]
        candidates = tuple(
            Candidate((*head[cut:], *tail), len(tail)) for head, tail, cut in zip(heads, tails, cuts, strict=True)
        )
        encoded.append(EncodedChoice(request.item, candidates, max(cuts), lost))
    return encoded


def _ids_by_text(texts: Sequence[str], encoder: Encoder) -> dict[str, list[int]]:
    unique = list(dict.fromkeys(texts))
    return dict(zip(unique, encoder.ids(unique), strict=True))


def _ended(request: ChoiceRequest, tails: list[list[int]], encoder: Encoder) -> list[list[int]]:
    """The scored ids, with the end-of-text token where the request wants it scored.

    Raises `InputError` for a tokenizer that has none.
    """
    if not request.end_of_text:
        return tails
    end: int | None = encoder.tokenizer.eos_token_id
    if end is None:
        raise InputError(
            Text("The tokenizer has no end-of-text token to score.", "終端トークンのないトークナイザです。"),
            where=request.item,
        )
    return [[*tail, end] for tail in tails]


def _check_choices(request: ChoiceRequest, tails: Sequence[Sequence[int]], encoder: Encoder) -> None:
    if not tails:
        raise InputError(Text("An item has no choices.", "選択肢のない項目です。"), where=request.item)
    for number, tail in enumerate(tails):
        if not tail:
            raise InputError(
                Text("A choice tokenizes to nothing.", "トークンにならない選択肢です。"),
                where=f"{request.item}, choice {number}: {request.continuations[number]!r}",
                fix=Text("Correct the data or the template.", "データかテンプレートを直してください。"),
            )
        if len(tail) > encoder.max_length:
            raise InputError(
                Text(
                    f"A choice of {len(tail)} tokens does not fit the model's context of {encoder.max_length}.",
                    f"選択肢が {len(tail)} トークンあり、モデルのコンテキスト長 {encoder.max_length} に入りません。",
                ),
                where=f"{request.item}, choice {number}",
            )
