"""Is a model a causal language model: does each token see only what stands before it?

Encoders (BERT, mBART's, T5's) see the whole text, so the next token is among what they see: their loss says nothing, and they learn
to copy. transformers loads some of them as causal models all the same (a BERT without `is_decoder`). They are refused by name.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and transformers have no complete type information)

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tekio.errors import Message, TekioError, Text
from tekio.model.small import SMALL_VOCABULARY, small_models

TEXT, SEEN = 24, 12
"""Tokens of the probe, and how many of them are compared."""
TOLERANCE, ROUNDED_TOLERANCE = 1e-3, 0.25
"""Largest change of a logit, relative to their spread; of weights in bf16, whose rounding alone moves logits by some hundredths."""


_DRAFTER = Text(
    "It guesses ahead for another model and reads that model's states, not text.",
    "別のモデルのために先読みする補助モデルで、文章ではなくそのモデルの内部状態を読みます。",
)
NEVER = {
    "gemma4_assistant": _DRAFTER,
    "gemma4_unified_assistant": _DRAFTER,
    "reformer": Text(
        "Its attention sorts the tokens of the whole row by hashes: what a text says of its next token depends on what follows it.",
        "行全体のトークンをハッシュで並べ替えて注意を計算するため、文章の予測が後ろの語や埋め草に左右されます。",
    ),
}
"""Kinds refused for what they are, whatever their configuration says, and why."""
SURE = frozenset(["gpt_neox", "gpt_neox_japanese"])
"""Kinds measured once and for all (`tests/model/test_causal.py`), whose configurations leave it open: rinna's and LINE's models
need no small model, which takes longer to make than they take to load.
"""


def sees_what_follows(model: Any, *, vocabulary: int, device: str = "cpu") -> bool:
    """Whether logits change when the tokens after them do. The model stays as it was."""
    import torch

    generator = torch.Generator().manual_seed(20240923)
    top = max(2, min(vocabulary, 1 << 30))
    one = torch.randint(0, top, (1, TEXT), generator=generator)
    other = one.clone()
    other[:, SEEN:] = (one[:, SEEN:] + 1 + torch.randint(0, top - 1, (1, TEXT - SEEN), generator=generator)) % top
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            found = [model(input_ids=ids.to(device), use_cache=False).logits[0, :SEEN].float() for ids in (one, other)]
    finally:
        model.train(was_training)
    weights = next((item for item in model.parameters() if item.is_floating_point()), None)
    rounded = weights is not None and weights.dtype in (torch.bfloat16, torch.float16)
    change = float((found[0] - found[1]).abs().max()) / max(float(found[0].std()), 1e-12)
    return change > (ROUNDED_TOLERANCE if rounded else TOLERANCE)


def counts_by_itself(model: Any, *, vocabulary: int, device: str = "cpu") -> bool:
    """Whether logits of a text change when its positions are given, counted from 0, as packed rows, padded rows and scoring do.

    RoBERTa's kinds, made decoders, count from behind the id of their padding: the first token of a text has no position 0.
    """
    import torch

    if "position_ids" not in inspect.signature(model.forward).parameters:
        return False
    generator = torch.Generator().manual_seed(20240923)
    ids = torch.randint(0, max(2, min(vocabulary, 1 << 30)), (1, SEEN), generator=generator).to(device)
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            own = model(input_ids=ids, use_cache=False).logits.float()
            given = model(input_ids=ids, position_ids=torch.arange(SEEN, device=device)[None], use_cache=False).logits
    finally:
        model.train(was_training)
    change = float((own - given.float()).abs().max()) / max(float(own.std()), 1e-12)
    return change > ROUNDED_TOLERANCE


def require_causal(model: Any, *, vocabulary: int, device: str = "cpu", where: Message | Path | None = None) -> None:
    """Raise `TekioError` naming the model's type when its tokens see what follows them, or it counts positions by itself."""
    kind = str(getattr(model.config, "model_type", type(model).__name__))
    if sees_what_follows(model, vocabulary=vocabulary, device=device):
        raise _refusal(
            kind,
            Text("Its tokens see what follows them.", "各トークンが後ろの語を参照します。"),
            where,
        )
    if counts_by_itself(model, vocabulary=vocabulary, device=device):
        raise _own_positions(kind, where)


def require_causal_folder(folder: Path) -> None:
    """`require_causal_kind` of a model folder; what cannot be read is left to its loading. Raises `TekioError`."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception:  # noqa: BLE001 (said in words where the model is loaded)
        return
    require_causal_kind(config, folder)


def require_causal_kind(config: Any, where: Message | Path | None = None) -> None:
    """Raise `TekioError` when models of this configuration (of `transformers`) are no causal language models, as far as the
    configuration and a small random model of its kind tell; no weights are read.
    """
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind = str(config.model_type)
    if kind in NEVER:
        raise _refusal(kind, NEVER[kind], where)
    if getattr(config, "is_encoder_decoder", False):
        raise _refusal(
            kind,
            Text(
                "It is an encoder with a decoder: it rewrites a text that it sees whole.",
                "エンコーダとデコーダから成り、全体を読んだ文を書き換えるモデルです。",
            ),
            where,
        )
    if kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise _refusal(
            kind,
            Text(
                "transformers has no causal language model of this type.",
                "transformers にこの型の因果言語モデルがありません。",
            ),
            where,
        )
    if may_see_what_follows(config) and kind_sees_what_follows(config):
        raise _refusal(kind, Text("Its tokens see what follows them.", "各トークンが後ろの語を参照します。"), where)
    if getattr(config, "is_decoder", False) and _small_answer(config, counts_by_itself):
        raise _own_positions(kind, where)


def may_see_what_follows(config: Any) -> bool:
    """Whether the configuration leaves it open: one that can be an encoder and does not say that it is a decoder, or one that
    speaks of attention in both directions.
    """
    if config.model_type in SURE:
        return False
    plain: dict[str, Any] = config.to_dict()
    names = {name for name, value in plain.items() if "bidirectional" in name and value}
    return names != set() or (hasattr(config, "is_decoder") and not config.is_decoder)


def kind_sees_what_follows(config: Any) -> bool:
    """Measured on a small random model of the kind; False where none can be made (the model itself is asked before training)."""
    return _small_answer(config, sees_what_follows)


def _small_answer(config: Any, asked: Callable[..., bool]) -> bool:
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(20240923)
        for model in small_models(config):
            try:
                return asked(model, vocabulary=SMALL_VOCABULARY)
            except Exception:  # noqa: BLE001, S112 (another way of making it small may give one that runs)
                continue
    return False


def _refusal(kind: str, why: Text, where: Message | Path | None) -> TekioError:
    return TekioError(
        Text(
            f"A model of type {kind!r} is no causal language model.",
            f"モデル型 {kind!r} は因果言語モデルではありません。",
        ),
        where=where,
        why=why,
        fix=Text(
            "Take a base that writes text from left to right (Llama, Qwen, GPT-NeoX, ...).",
            "左から右へ文章を生成する基盤モデル(Llama、Qwen、GPT-NeoX など)を使ってください。",
        ),
    )


def _own_positions(kind: str, where: Message | Path | None) -> TekioError:
    return TekioError(
        Text(
            f"A model of type {kind!r} counts positions in its own way.",
            f"モデル型 {kind!r} は位置を独自に数えます。",
        ),
        where=where,
        why=Text(
            "Its texts do not begin at position 0 (RoBERTa's kinds begin behind the id of their padding): it would learn at wrong places.",
            "文章が位置 0 から始まらないため(RoBERTa 系は埋め草の ID の次から)、誤った位置で学習してしまいます。",
        ),
        fix=Text(
            "Take a base that writes text from left to right (Llama, Qwen, GPT-NeoX, ...).",
            "左から右へ文章を生成する基盤モデル(Llama、Qwen、GPT-NeoX など)を使ってください。",
        ),
    )
