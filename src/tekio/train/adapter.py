"""Low-rank adapters through PEFT: where they go, and how they are saved."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and peft have no complete type information)

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.adapter_base import write_adapter_base
from tekio.model.added_words import added_ids
from tekio.model.load import ADAPTER_CONFIG
from tekio.model.tokenizer import save_tokenizer
from tekio.recipe.train import LoraConfig
from tekio.store import read_json, write_json

# The attention projections papers A and C adapt, by architecture.
TARGETS: dict[str, tuple[str, ...]] = {
    "codegen": ("qkv_proj",),
    "dbrx": ("Wqkv",),
    "gpt2": ("c_attn",),
    "gpt_bigcode": ("c_attn",),
    "gpt_neox": ("query_key_value",),
    "bloom": ("query_key_value",),
    "falcon": ("query_key_value",),
    "mpt": ("Wqkv",),
    "phi3": ("qkv_proj",),
    "qwen": ("c_attn",),
}
ALL_LINEAR = "all-linear"
QUERY_VALUE = ("q_proj", "v_proj")  # Llama, Mistral, Qwen2/3, Gemma, OPT, Phi, OLMo and most others

INITIAL_ADAPTER = "initial-adapter"
"""Folder of a workspace: the adapter before its first step, where its variant needs it."""


def choose_targets(model: Any, wanted: str | Sequence[str]) -> list[str]:
    """The names of the modules an adapter goes to.

    wanted: `all-linear` (every linear layer but the output layer, as in arXiv 2305.14314), `attention` (the architecture's
    projections of papers A and C) or the names themselves. Raises `TekioError` with the names of the model's linear
    layers when one of them is not there, and when the model has none.
    """
    kind = str(getattr(model.config, "model_type", ""))
    linear = linear_layers(model)
    if wanted == ALL_LINEAR:
        targets = linear
    else:
        targets = list(TARGETS.get(kind, QUERY_VALUE)) if isinstance(wanted, str) else list(wanted)
    names = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    missing = sorted(set(targets) - names)
    if missing or not targets:
        raise TekioError(
            Text(
                f"The model has no module {', '.join(missing)} for the adapter.",
                f"アダプタの対象 {', '.join(missing)} がモデルにありません。",
            )
            if missing
            else Text("There is no module for the adapter.", "アダプタの対象がありません。"),
            where=f"lora.targets ({kind})",
            fix=", ".join(linear) or None,
        )
    return targets


def linear_layers(model: Any) -> list[str]:
    """Names of the model's linear layers without their place, sorted; the output layer and embeddings are none of them."""
    import torch
    from transformers.pytorch_utils import Conv1D

    head = model.get_output_embeddings()
    return sorted(
        {
            name.rsplit(".", 1)[-1]
            for name, module in model.named_modules()
            if isinstance(module, torch.nn.Linear | Conv1D) and module is not head
        }
    )


def added_tokens(tokenizer: Any) -> list[int]:
    """Ids of the words that `tekio vocabulary --out` added, in order; those of the base's own maker are not among them.

    Raises `TekioError` when there is none.
    """
    found = added_ids(Path(str(tokenizer.name_or_path)))
    if not found:
        raise TekioError(
            Text("The tokenizer has no added words to train.", "追加された語がトークナイザにありません。"),
            where="tune.lora.train_tokens",
            fix=Text(
                "Add words with `tekio vocabulary MODEL --terms FILE --out OUT` and take OUT as base.",
                "`tekio vocabulary MODEL --terms FILE --out OUT` で語を加え、OUT を基盤にしてください。",
            ),
        )
    return found


def _token_places(model: Any, tokens: list[int]) -> dict[str, list[int]]:
    """PEFT's `trainable_token_indices`: the embedding by its module name, and the output layer where it is not tied."""
    inside, outside = model.get_input_embeddings(), model.get_output_embeddings()
    names = {id(module): name.rsplit(".", 1)[-1] for name, module in model.named_modules()}
    places = {names[id(inside)]: tokens}
    if outside is not None and outside.weight is not inside.weight:
        places[names[id(outside)]] = tokens
    return places


def add_adapter(model: Any, config: LoraConfig, tokenizer: Any = None) -> Any:
    """`model` with a fresh adapter; only the adapter is trainable. Random from torch's generator.

    tokenizer: needed where the recipe trains added tokens; only their rows of the embeddings become trainable.
    """
    from peft import LoraConfig as PeftLora
    from peft import get_peft_model

    peft_config = PeftLora(
        r=config.rank,
        lora_alpha=config.alpha,  # pyright: ignore[reportArgumentType]  # PEFT takes fractions too
        lora_dropout=config.dropout,
        target_modules=choose_targets(model, config.targets),
        use_rslora=config.variant == "rslora",
        use_dora=config.variant == "dora",
        init_lora_weights="pissa" if config.variant == "pissa" else True,
        bias="none",
        task_type="CAUSAL_LM",
        trainable_token_indices=_token_places(model, added_tokens(tokenizer))
        if config.train_tokens == "added"
        else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers for names that will change
        return get_peft_model(model, peft_config)


def save_initial(model: Any, folder: Path) -> None:
    """Keep a PiSSA adapter as it was before training: PiSSA moves part of the base's weights into the adapter, and only
    the difference to this start fits the unchanged base.
    """
    shutil.rmtree(folder, ignore_errors=True)
    model.peft_config["default"].init_lora_weights = True
    model.save_pretrained(str(folder))
    model.peft_config["default"].init_lora_weights = "pissa"


def save_adapter(
    model: Any,
    tokenizer: Any,
    folder: Path,
    *,
    base: Path,
    final: Path,
    weights: dict[str, Any] | None = None,
    initial: Path | None = None,
) -> None:
    """Save the adapter with its tokenizer and chat template; its base is written relative to `final`.

    final: where the folder will be once the stage is done. weights: the model's whole weights when it holds shards.
    initial: of a PiSSA adapter, what `save_initial` kept; the result is a plain LoRA of twice the rank.
    """
    shutil.rmtree(folder, ignore_errors=True)
    options = {"path_initial_model_for_weight_conversion": str(initial)} if initial is not None else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the base of a loaded adapter is named relative to that adapter
        model.save_pretrained(str(folder), safe_serialization=True, state_dict=weights, **options)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's card template says nothing; the report writes the card
    save_tokenizer(tokenizer, folder)
    config = read_json(folder / ADAPTER_CONFIG)
    config["base_model_name_or_path"] = os.path.relpath(base, final)
    for key, value in config.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            config[key] = sorted(value)  # PEFT keeps sets, whose order differs from run to run
    write_json(folder / ADAPTER_CONFIG, config)
    write_adapter_base(folder, base)
