"""QLoRA (arXiv 2305.14314): the frozen base in 4 bits, the adapter in fp32. Needs bitsandbytes.

Run on CPUs, where bitsandbytes unpacks a layer's weights for every product; on a GPU never: none was at hand. The adapter
names the unquantised base, so `tekio merge` adds it to the full weights.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, transformers and peft have no complete type information)

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.load import check_weight_files, load_weights, quiet_libraries
from tekio.model.weights import require_finite, require_loaded, stored_tensors
from tekio.train.packing_probe import require_safe_packing


def require_quantization(stage: str) -> None:
    """Raise `TekioError` with what is missing when the base cannot be held in 4 bits here."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise TekioError(
            Text("A base in 4 bits (QLoRA) cannot be used here.", "4 ビットの基盤(QLoRA)はここでは使えません。"),
            where=f"{stage}.quantize: nf4",
            why=Text(
                "missing: the package bitsandbytes (pip install 'tekio[quantize]')",
                "bitsandbytes が未導入です（pip install 'tekio[quantize]'）",
            ),
            fix=Text("Set `quantize: none` for plain LoRA.", "`quantize: none`(通常の LoRA)にしてください。"),
        )


def load_quantized(folder: Path, *, device: str, checkpointing: bool) -> Any:
    """The base of `folder` in 4 bits (NF4, double quantisation, bf16 products), prepared for an adapter."""
    import torch
    from peft import prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    check_weight_files(folder)
    quiet_libraries()
    four_bits = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        quantization_config=four_bits,
        device_map={"": device},
        dtype=torch.bfloat16,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
        ignore_mismatched_sizes=True,
    )
    model, info = loaded
    require_loaded(info, folder)
    require_finite(stored_tensors(folder), folder)
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            # A form for inference that bitsandbytes would put weights into when held-out text is measured on a CPU; it
            # ends with an assertion where a layer's width is no multiple of 32.
            module.support_avx512bf16_for_cpu = False
    return prepare_model_for_kbit_training(model, use_gradient_checkpointing=checkpointing)


def probe_unquantised(folder: Path, vocabulary: int) -> float:
    """The packing probe on the full weights in fp32 on the CPU: rounding to 4 bits would hide a small leak."""
    model = load_weights(folder, dtype="fp32")
    return require_safe_packing(model, vocabulary=min(vocabulary, model.get_input_embeddings().weight.shape[0]))
