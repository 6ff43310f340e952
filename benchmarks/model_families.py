"""Which model families train packed, which one text a row, which not soundly: measured on small random models, no weights read.

    python benchmarks/model_families.py [--only llama mamba ...] [--write docs/families.md]

Every causal language model of the installed transformers is made small from its own default configuration and asked what
training would ask: does a token see only what stands before it (`tekio.model.causal`); does a packed text have the logits it has
alone (`tekio.train.packing_probe`); is the loss of a padded row the next-token loss of the text; where does an adapter go
(`targets: all-linear` and `attention`). What cannot be made small is not guessed at: it is listed as not tried, with the reason.
"""

# pyright: standard

import argparse
import json
import signal
import sys
import warnings
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

SECONDS, MOST = 120, 150_000_000
TINY = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
MAMBA = {
    "mamba_n_heads": 4,
    "mamba_d_head": 16,
    "mamba_d_state": 8,
    "mamba_n_groups": 1,
    "mamba_expand": 2,
    "mamba_chunk_size": 8,
}
GEMMA3N = TINY | {
    "num_hidden_layers": 4,
    "num_kv_shared_layers": 2,
    "layer_types": ["sliding_attention", "full_attention"] * 2,
    "head_dim": 8,
    "vocab_size_per_layer_input": 64,
    "hidden_size_per_layer_input": 8,
    "laurel_rank": 4,
    "activation_sparsity_pattern": [0.0] * 4,
}
GEMMA4_DRAFTER = TINY | {
    "layer_types": ["sliding_attention", "full_attention"],
    "head_dim": 8,
    "global_head_dim": 8,
    "hidden_size_per_layer_input": 0,
    "vocab_size_per_layer_input": 0,
    "num_kv_shared_layers": 2,
}
QWEN4 = TINY | {
    "layer_types": ["linear_attention", "indexed_attention"],
    "head_dim": 8,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "moe_intermediate_size": 16,
    "shared_expert_intermediate_size": 16,
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "hc_lowrank": 8,
    "indexer_n_heads": 2,
    "indexer_kv_heads": 1,
    "indexer_head_dim": 8,
    "indexer_budget": 64,
    "indexer_compress_ratio": 4,
}
OPTIONS = {  # where the defaults of a kind do not make a model, or one whose parts cannot be narrowed by themselves
    "blt": {  # bytes: four decoders in one, whose defaults hold 3 G of hash embeddings
        "encoder_hash_byte_group_vocab": 64,
        "encoder_config": {
            "hidden_size": 32,
            "num_attention_heads": 4,
            "intermediate_size": 48,
            "hidden_size_global": 64,
        },
        "decoder_config": {
            "hidden_size": 32,
            "num_attention_heads": 4,
            "intermediate_size": 48,
            "hidden_size_global": 64,
            "num_hidden_layers": 2,
        },
        "global_config": {"hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 48, "num_hidden_layers": 2},
        "patcher_config": {
            "hidden_size": 32,
            "num_attention_heads": 4,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
        },
    },
    "cohere_compass_text": TINY
    | {"head_dim": 8, "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 1e4}}},
    "bamba": TINY | MAMBA | {"attn_layer_indices": [1]},
    "deepseek_v2": {"num_experts_per_tok": 2, "topk_method": "greedy"},
    "dbrx": {
        "d_model": 32,
        "n_heads": 4,
        "n_layers": 2,
        "attn_config": {"kv_n_heads": 2, "rope_theta": 1e4, "clip_qkv": 8},
        "ffn_config": {"ffn_hidden_size": 48, "moe_num_experts": 4, "moe_top_k": 2},
    },
    "dots1": {"n_routed_experts": 8, "num_experts_per_tok": 2, "n_shared_experts": 1},
    "emu3": {"text_config": TINY, "vq_config": {"base_channels": 32, "hidden_size": 32, "codebook_size": 64}},
    "gemma3n": {"text_config": GEMMA3N},
    "gemma3n_text": GEMMA3N,
    "gemma4_assistant": {"text_config": GEMMA4_DRAFTER},
    "gemma4_unified_assistant": {"text_config": GEMMA4_DRAFTER | {"model_type": "gemma4_unified_text"}},
    "granitemoehybrid": TINY | MAMBA | {"layer_types": ["mamba", "attention"], "shared_intermediate_size": 48},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128, "num_experts": 4, "moe_topk": 2},
    "longcat_flash": {
        "hidden_size": 32,
        "num_layers": 2,
        "num_attention_heads": 4,
        "ffn_hidden_size": 48,
        "expert_ffn_hidden_size": 16,
        "n_routed_experts": 4,
        "zero_expert_num": 2,
        "moe_topk": 2,
        "q_lora_rank": 16,
        "kv_lora_rank": 16,
        "qk_nope_head_dim": 8,
        "qk_rope_head_dim": 8,
        "head_dim": 8,
        "v_head_dim": 8,
    },
    "lfm2_moe": TINY | {"layer_types": ["conv", "full_attention"], "moe_intermediate_size": 16, "num_experts": 4},
    "mamba2": TINY | {"state_size": 8, "num_heads": 4, "head_dim": 16, "n_groups": 1, "chunk_size": 16},
    "ministral": {"head_dim": 128},
    "nemotron": {"head_dim": 128, "num_key_value_heads": 8},
    "phi4_multimodal": TINY
    | {
        "vocab_size": 64,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "vision_config": {
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "crop_size": 56,
        }
        | {"image_size": 56, "image_token_id": 62},
        "audio_config": {"hidden_size": 32, "intermediate_size": 48, "num_blocks": 2, "num_attention_heads": 4}
        | {
            "ext_pw_out_channel": 32,
            "depthwise_separable_out_channel": 32,
            "nemo_conv_channels": 32,
            "audio_token_id": 63,
        },
    },
    "qwen4_exp": {"text_config": QWEN4},
    "qwen4_exp_text": QWEN4,
    "reformer": {"is_decoder": True},
    "xlstm": {"hidden_size": 64, "num_hidden_layers": 2, "num_heads": 2, "num_blocks": 2},
    "xmod": {"default_language": "en_XX"},
    "zamba": {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "layers_block_type": ["linear_attention", "hybrid", "linear_attention", "hybrid"],
    },
    "zamba2": {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "mamba_d_state": 8,
        "n_mamba_heads": 4,
        "chunk_size": 8,
        "adapter_rank": 4,
        "layers_block_type": ["linear_attention", "hybrid", "linear_attention", "hybrid"],
    },
}
HEAD = """# Model families

Generated by `python benchmarks/model_families.py --write docs/families.md` with transformers {version}; do not edit. Each causal language
model of transformers, small and random, made from its own default configuration (with sizes of the script's where that makes no model).
*Packed*: a text in a row of several has the logits it has alone. *One text a row*: packed texts would mix, so `packing: false` is needed (`tekio doctor` says so); the loss of a padded row is
the next-token loss of the text alone. *Refused*: no causal language model, by `tekio doctor` and at every loading, also with
`packing: false`: encoders, whose tokens see what follows them, and encoders with a decoder. *Unsound*: none of these. *Not tried*: no
small model could be made from the default configuration, or none runs on text alone; the probe before every run decides on the real one.
Encoders made decoders (`is_decoder: true`): BERT's kinds train with one text a row; RoBERTa's (roberta, camembert, xlm-roberta, xlm-roberta-xl,
roberta-prelayernorm, data2vec-text, xmod), whose positions do not begin at 0, are refused.

Packed: {packed}. One text a row: {apart}. Refused: {refused}. Unsound: {unsound}. Not tried: {untried}.

| family | training | adapter, `all-linear` | adapter, `attention` | reason |
|---|---|---|---|---|
"""
KINDS = ("packed", "one text a row", "refused", "unsound", "not tried")


def unpacked_problem(model) -> str:
    """Why training with one text a row is not next-token loss on the text; empty where it is."""
    import torch

    from tekio.train.loss import split_model, token_loss_sum

    model.eval()
    ids = torch.randint(5, 60, (1, 20), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False).logits[0, :-1].float()
    alone = float(torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum"))
    row = torch.cat([ids, torch.full((1, 12), 3)], 1)
    learned = torch.tensor([[False] + [True] * 19 + [False] * 12])
    found = token_loss_sum(split_model(model, vocabulary=60), row, torch.arange(32)[None], learned)
    found.backward()
    finite = all(bool(item.grad.isfinite().all()) for item in model.parameters() if item.grad is not None)
    if abs(float(found) - alone) > 1e-3 * alone:
        return f"the loss of a padded row is {float(found):.4g}, of the text alone {alone:.4g}"
    return "" if finite else "gradients that are no numbers"


def family(kind: str) -> tuple[str, str, str, str]:
    """Training, targets twice, reason."""
    import torch
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    from tekio.errors import TekioError
    from tekio.model.causal import NEVER, require_causal_kind
    from tekio.model.small import small_models

    config = AutoConfig.for_model(kind, **OPTIONS.get(kind, {}))
    text = getattr(config, "text_config", None)
    try:
        if kind not in NEVER and text is not None and text.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
            config = text
        require_causal_kind(config)
    except TekioError as error:
        return "refused", "", "", why(error)
    torch.manual_seed(20240923)
    failed: Exception | None = None
    for model in chain(small_models(config, most=MOST), as_given(config) if kind in OPTIONS else ()):
        try:
            return trained(model)
        except Exception as error:
            failed = failed or error
    raise failed or ValueError(f"no model of at most {MOST / 1e6:.0f} M parameters could be made by narrowing it")


def as_given(config):
    """The model of a configuration that is small by itself, where narrowing it further makes none."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        sizes = AutoModelForCausalLM.from_config(config)
    if sum(item.numel() for item in sizes.parameters()) <= MOST:
        model = AutoModelForCausalLM.from_config(config).float()
        for item in model.parameters():
            if item.ndim > 1:
                torch.nn.init.normal_(item, std=0.1)
        yield model.eval()


def why(error) -> str:
    return str(error.why.en)


def trained(model) -> tuple[str, str, str, str]:
    """`family` of one small model."""
    from tekio.errors import TekioError
    from tekio.model.causal import require_causal
    from tekio.model.small import SMALL_VOCABULARY
    from tekio.train.adapter import ALL_LINEAR, choose_targets
    from tekio.train.packing_probe import TOLERANCE, probe_packing

    places = []
    for wanted in (ALL_LINEAR, "attention"):
        try:
            places.append(", ".join(f"`{name}`" for name in choose_targets(model, wanted)))
        except TekioError:
            places.append("none: name them")
    try:
        require_causal(model, vocabulary=SMALL_VOCABULARY)
    except TekioError as error:
        return "refused", *places, why(error)
    try:
        error = probe_packing(model, vocabulary=SMALL_VOCABULARY)
        reason = "" if error <= TOLERANCE else f"packed logits differ by {error:.2g}"
    except Exception as problem:
        reason = f"no packed row: {type(problem).__name__}"
    if not reason:
        return "packed", *places, ""
    problem = unpacked_problem(model)
    return ("unsound" if problem else "one text a row"), *places, "; ".join(filter(None, [reason, problem]))


def asked(kind: str) -> tuple[str, str, str, str]:
    """`family`, within a time limit and with the reason where no small model can be made."""

    def late(*_):
        raise TimeoutError(f"more than {SECONDS} s")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        return family(kind)
    except Exception as error:
        words = " ".join(str(error).split())[:90].replace("|", "/").replace("`", "'")
        return "not tried", "", "", f"{type(error).__name__}: {words}"
    finally:
        signal.alarm(0)


def page(found: dict[str, tuple[str, str, str, str]]) -> str:
    """The page of the docs."""
    import transformers

    packed, apart, refused, unsound, untried = (sum(row[0] == name for row in found.values()) for name in KINDS)
    head = HEAD.format(
        version=transformers.__version__, packed=packed, apart=apart, refused=refused, unsound=unsound, untried=untried
    )
    lines = [
        f"| {kind} | {' | '.join(row)} |"
        for kind, row in sorted(found.items(), key=lambda it: (KINDS.index(it[1][0]), it[0]))
    ]
    return head + "\n".join(lines) + "\n"


def main() -> None:
    import torch
    import transformers
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as NAMES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=sorted(NAMES))
    parser.add_argument("--write", type=Path, help="Markdown page")
    parser.add_argument("--found", type=Path, help="JSON of what was found so far; families in it are not asked again")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    found = {}
    if given.found and given.found.is_file():
        found = {kind: tuple(row) for kind, row in json.loads(given.found.read_text(encoding="utf-8")).items()}
    for kind in given.only:
        if kind in found:
            continue
        found[kind] = asked(kind)
        if given.found:
            given.found.write_text(json.dumps(found), encoding="utf-8")
        print(kind, *found[kind], sep=" | ", flush=True)
    if given.write:
        given.write.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
