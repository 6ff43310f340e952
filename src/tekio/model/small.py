"""Small random models of the kind a configuration describes: to ask the kind, when the model itself is not there or too large to ask.

Each architecture has rules of its own for its sizes, so several ways of making it small are tried, the narrowest first: narrow heads;
heads as wide as they are, but few; all widths as they are, only fewer layers and words. Layers are one of each kind at least.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and transformers have no complete type information)

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

SMALL_VOCABULARY = 64
MOST_PARAMETERS = 30_000_000
FEED_FORWARD = (
    "intermediate_size", "ffn_dim", "ffn_hidden_size", "moe_intermediate_size", "shared_expert_intermediate_size", "decoder_ffn_dim",
    "encoder_ffn_dim", "n_inner", "intermediate_size_mlp", "shared_intermediate_size", "expert_ffn_hidden_size",
    "moe_shared_expert_intermediate_size", "dense_intermediate_size",
)  # fmt: skip
LAYER_COUNTS = ("num_hidden_layers", "decoder_layers", "encoder_layers", "num_layers", "n_layers", "n_layer")
FEW_HEADS, NARROW_HEAD, NARROW_WIDTH = 4, 8, 32


def small_models(config: Any, *, most: int = MOST_PARAMETERS) -> Iterator[Any]:
    """Random models of the configuration's kind on the CPU in fp32 with at most `most` parameters, made in different ways; none
    where no way gives a model. config: of `transformers`. Draws from torch's generator.
    """
    import torch
    from transformers import AutoModelForCausalLM

    for way in (narrow_heads, few_heads, few_layers):
        try:
            chosen = small_config(config, way)
            with torch.device("meta"):
                sizes = AutoModelForCausalLM.from_config(chosen, trust_remote_code=False)
            if sum(item.numel() for item in sizes.parameters()) > most:
                continue
            model = AutoModelForCausalLM.from_config(small_config(config, way), trust_remote_code=False).float()
        except Exception:  # noqa: BLE001, S112 (each architecture has rules of its own for its sizes: another way may keep them)
            continue
        for item in model.parameters():
            if item.ndim > 1:  # as large as in a trained model, so that what passes from token to token shows
                torch.nn.init.normal_(item, std=0.1)
        yield model.eval()


def narrow_heads(plain: dict[str, Any], names: dict[str, str]) -> None:
    """As many heads as there are, each of eight values."""
    heads = _number(plain, names, "num_attention_heads") or FEW_HEADS
    _set(plain, names, {"hidden_size": NARROW_HEAD * heads, "word_embed_proj_dim": NARROW_HEAD * heads})
    _set(plain, names, {"head_dim": NARROW_HEAD} | dict.fromkeys(FEED_FORWARD, NARROW_WIDTH))


def few_heads(plain: dict[str, Any], names: dict[str, str]) -> None:
    """A few heads, as wide as they are: positions are often turned in parts of a head."""
    heads, hidden = _number(plain, names, "num_attention_heads"), _number(plain, names, "hidden_size")
    if heads and hidden:
        groups = _number(plain, names, "num_key_value_heads") or heads
        kept = min(heads, FEW_HEADS)
        width = kept * (hidden // heads)
        _set(plain, names, {"num_attention_heads": kept, "num_key_value_heads": max(1, kept * groups // heads)})
        _set(plain, names, {"hidden_size": width, "word_embed_proj_dim": width, "embedding_size": width})
    _set(plain, names, dict.fromkeys(FEED_FORWARD, NARROW_WIDTH))


def few_layers(plain: dict[str, Any], names: dict[str, str]) -> None:
    """All widths as they are."""


def small_config(config: Any, way: Callable[[dict[str, Any], dict[str, str]], None] = narrow_heads) -> Any:
    """The configuration of a small model of the same kind: widths by `way`, few layers and words."""
    plain: dict[str, Any] = config.to_dict()
    names: dict[str, str] = getattr(config, "attribute_map", {})
    layers = _number(plain, names, "num_hidden_layers")
    way(plain, names)
    if layers:
        _keep_layers(plain, names, layers)
    _set(plain, names, {"vocab_size": SMALL_VOCABULARY})
    _small_ids(plain)
    return type(config).from_dict(plain)


def _keep_layers(plain: dict[str, Any], names: dict[str, str], layers: int) -> None:
    """Of the layers the first of each kind; lists and tables that say something of each layer follow."""
    lists = {
        name: list(value)
        for name, value in plain.items()
        if isinstance(value, list | tuple) and len(value) == layers and not name.endswith(("_token_id", "_token_ids"))
    }
    kinds = [tuple(str(value[number]) for value in lists.values()) for number in range(layers)]
    kept = [number for number, kind in enumerate(kinds) if kind not in kinds[:number]]
    if not lists:
        kept = list(range(min(4, layers)))
    elif len(kept) == 1:
        kept = list(range(min(2, layers)))
    plain |= {name: [value[number] for number in kept] for name, value in lists.items()}
    for name, value in plain.items():
        if isinstance(value, dict) and value and all(str(key).isdigit() for key in value):
            plain[name] = {kept.index(int(key)): item for key, item in value.items() if int(key) in kept}
    for name in LAYER_COUNTS:
        own = names.get(name, name)
        if isinstance(plain.get(own), int) and plain[own] >= len(kept):
            plain[own] = len(kept)


def _small_ids(plain: dict[str, Any]) -> None:
    """Ids of special tokens within the small vocabulary; what has none keeps none."""
    for number, name in enumerate(sorted(name for name in plain if name.endswith(("_token_id", "_token_ids")))):
        if isinstance(plain[name], int) and plain[name] >= SMALL_VOCABULARY:
            plain[name] = number % SMALL_VOCABULARY
        elif isinstance(plain[name], list):
            plain[name] = [int(item) % SMALL_VOCABULARY for item in plain[name]]


def _number(plain: dict[str, Any], names: dict[str, str], name: str) -> int:
    value = plain.get(names.get(name, name))
    return value if isinstance(value, int) else 0


def _set(plain: dict[str, Any], names: dict[str, str], values: dict[str, int]) -> None:
    """Set what is there; a list of one number a layer becomes a list of the new one."""
    for name, value in values.items():
        own = names.get(name, name)
        if isinstance(plain.get(own), list):
            plain[own] = [value] * len(plain[own])
        elif plain.get(own) is not None:
            plain[own] = value
