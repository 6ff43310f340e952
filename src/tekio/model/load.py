"""Load a model folder: Hugging Face layout, or a PEFT adapter beside its base.

A model folder comes from outside, so nothing in it is run: weights must be safetensors, `trust_remote_code` is never
given, no name leaves the folder and nothing is looked up on a network.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, transformers and peft have no complete type information)

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import ModelPlace
from tekio.errors import TekioError, Text, UsageError
from tekio.model.adapter_base import require_same_base
from tekio.model.causal import require_causal_folder
from tekio.model.fast_import import load_lean
from tekio.model.tokenizer import has_tokenizer, load_tokenizer, require_rows
from tekio.model.weights import (
    read_header,
    read_headers,
    require_all_tensors,
    require_finite,
    require_loaded,
    require_sizes,
)
from tekio.store import read_json_object

if TYPE_CHECKING:
    from tekio.model.vllm_engine import Vllm

__all__ = ["has_tokenizer", "load_tokenizer"]

ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
PLACE_FILE = "place.json"
DTYPES = {
    "fp32": "float32",
    "bf16": "bfloat16",
    "fp16": "float16",
    "float32": "float32",
    "bfloat16": "bfloat16",
    "float16": "float16",
}


@dataclass(frozen=True)
class AdapterInfo:
    """What an adapter folder says about itself: the base it belongs to and how it was made."""

    base: Path
    kind: str
    rank: int | None
    alpha: float | None
    targets: tuple[str, ...]


@dataclass
class LoadedModel:
    """A model ready to use, in evaluation mode.

    model: `transformers` causal language model, or a `PeftModel` around one. tokenizer: a fast tokenizer.
    device: `cpu`, `cuda:0` ... path: the folder it was loaded from. adapter: None for a plain model.
    eos_ids: every token that ends an answer (model, generation configuration and tokenizer agree or are united).
    context_length: tokens the model was built for; None if its configuration does not say.
    vllm: the engine that computes instead of `model` (`vllm_engine`), which then holds no weights.
    """

    model: Any
    tokenizer: Any
    device: str
    path: Path
    adapter: AdapterInfo | None
    eos_ids: tuple[int, ...]
    context_length: int | None
    vllm: Vllm | None = None

    @property
    def parameters(self) -> int:
        """Parameters of the whole model, adapter included; tied weights count once."""
        return sum(item.numel() for item in self.model.parameters())


def load_model(path: Path, *, dtype: str = "auto", device: str = "auto", finite: bool = True) -> LoadedModel:
    """Load `path` for inference.

    path: a folder with `config.json`, safetensors and a tokenizer; or an adapter folder, whose
    `base_model_name_or_path` is taken relative to it; or a finished stage folder (`base/`, `pretrain/`, `tune/`). dtype: `fp32`, `bf16`, `fp16`, or `auto`: fp32 on a CPU, the
    weights' own type elsewhere. device: `cpu`, `cuda`, `cuda:1`, `mps`, or `auto`: the first GPU, else the CPU.
    finite: refuse weights with NaN or infinity (False: the caller notices them in what the model gives).
    Raises `TekioError` when something is missing, not safetensors, needs code of its own, or does not fit.
    """
    path = model_folder(Path(path))
    place = choose_device(device)
    info = adapter_info(path)
    base = info.base if info else path
    model = load_weights(base, dtype=dtype, device=place, finite=finite)
    tokenizer = load_tokenizer(path if has_tokenizer(path) else base)
    if info:
        model = attach_adapter(model, path, finite=finite)
    require_rows(tokenizer, model.get_input_embeddings().weight.shape[0], path)
    model.eval()
    return LoadedModel(
        model, tokenizer, place, path, info, end_of_text_ids(model, tokenizer), context_length(model.config)
    )


def model_folder(stage: Path) -> Path:
    """The model or adapter folder of a finished stage folder; any other path is returned as it is.

    `base/` of a run with the user's own model holds only the model's place. Raises `TekioError` if it moved away.
    """
    for name in ("model", "adapter"):
        if (stage / name).is_dir():
            return _sound(stage / name)
    place = stage / PLACE_FILE
    if not place.is_file():
        return _sound(stage)
    folder = (stage / read_artifact(ModelPlace, place).folder).resolve()
    if not (folder / "config.json").is_file():
        raise TekioError(
            Text("The base model is not where it was.", "基盤モデルが元の場所にありません。"),
            where=folder,
            fix=Text("Run the `base` stage again with its new path.", "新しい場所で base 段階をやり直してください。"),
        )
    return _sound(folder)


def _sound(folder: Path) -> Path:
    """`folder`, if the settings that libraries read without looking are JSON objects. Raises `TekioError`."""
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        if (folder / name).is_file():
            read_json_object(folder / name)
    return folder


_DEVICE = re.compile(r"(cpu|cuda|mps|xpu|hpu|npu)(:[0-9]{1,4})?")


def choose_device(device: str) -> str:
    """The device's name for torch. Raises `UsageError` if the machine does not have it."""
    import torch

    if device == "auto":
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    if not _DEVICE.fullmatch(device):
        raise UsageError(
            Text("There is no such device.", "この名前の装置はありません。"),
            where=device,
            fix="auto, cpu, cuda, cuda:0",
        )
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise UsageError(
            Text("There is no CUDA device here.", "CUDA デバイスがありません。"),
            where=device,
            fix=Text("Use --device cpu or auto.", "--device cpu か auto を使ってください。"),
        )
    return device


def choose_dtype(dtype: str, device: str) -> Any:
    """The torch dtype for a name of ours, or the word `auto` (the weights' own)."""
    import torch

    if dtype == "auto":
        return torch.float32 if device == "cpu" else "auto"
    if dtype not in DTYPES:
        raise UsageError(
            Text(f"Unknown precision {dtype!r}.", f"精度 {dtype!r} はありません。"), fix="auto, fp32, bf16, fp16"
        )
    return getattr(torch, DTYPES[dtype])


def adapter_info(path: Path) -> AdapterInfo | None:
    """What the adapter folder says, or None if `path` is not one. Raises `TekioError` if its base is not there or
    is not the one it was trained on.
    """
    file = path / ADAPTER_CONFIG
    if not file.is_file():
        return None
    if not (path / ADAPTER_WEIGHTS).is_file():
        raise TekioError(
            Text("The adapter has no safetensors weights.", "アダプタに safetensors の重みがありません。"),
            where=path / ADAPTER_WEIGHTS,
            fix=Text("Pickled weights (.bin) are not loaded; convert them.", ".bin は読みません。変換してください。"),
        )
    plain = read_json_object(file)
    written = plain.get("base_model_name_or_path")
    base = (path / str(written)).resolve()
    if not written or not (base / "config.json").is_file():
        raise TekioError(
            Text("The adapter's base model is missing.", "アダプタの基盤モデルがありません。"),
            where=file,
            why=f"base_model_name_or_path = {written!r} -> {base}",
            fix=Text(
                "The path is relative to the adapter folder; keep both in their run folder, or correct it.",
                "パスはアダプタのフォルダからの相対です。run フォルダごと移すか、書き直してください。",
            ),
        )
    require_same_base(path, base)
    targets = plain.get("target_modules") or []
    names = [targets] if isinstance(targets, str) else cast("list[str]", targets)
    return AdapterInfo(
        base, str(plain.get("peft_type", "")), plain.get("r"), plain.get("lora_alpha"), tuple(sorted(names))
    )


def check_weight_files(path: Path) -> None:
    """Raise `TekioError` unless `path` holds a model in safetensors whose files are whole and inside the folder."""
    if not (path / "config.json").is_file():
        raise TekioError(
            Text("This is not a model folder.", "モデルのフォルダではありません。"),
            where=path,
            why=Text("config.json is missing.", "config.json がありません。"),
            fix=Text(
                "Give a folder in Hugging Face layout, downloaded beforehand; nothing is fetched.",
                "Hugging Face 形式のフォルダを指定してください。ダウンロードはしません。",
            ),
        )
    if not list(path.glob("*.safetensors")):
        pickled = sorted(item.name for item in [*path.glob("*.bin"), *path.glob("*.pt*")])
        raise TekioError(
            Text("The model has no safetensors weights.", "safetensors の重みがありません。"),
            where=path,
            why=f"found {', '.join(pickled)}" if pickled else None,
            fix=Text(
                "Convert the weights to safetensors; pickled weights can run code and are not loaded.",
                "safetensors に変換してください。pickle の重みは読みません。",
            ),
        )
    require_sizes(path, read_headers(path))


def load_weights(path: Path, *, dtype: str = "auto", device: str = "cpu", finite: bool = True) -> Any:
    """The causal language model in `path` (not an adapter), on `device`.

    Raises `TekioError` when it cannot be loaded, is no causal language model, when a tensor is missing, foreign or misshapen (nothing is filled with
    random numbers) and, unless `finite` is False, when one holds NaN or infinity.
    """
    import torch
    from transformers import AutoModelForCausalLM

    check_weight_files(path)
    quiet_libraries()
    require_causal_folder(path)
    kind = choose_dtype(dtype, device)
    model: Any
    try:
        model, info = load_lean(
            lambda: AutoModelForCausalLM.from_pretrained(
                path,
                dtype=kind,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # so that they are named below
            )
        )
    except Exception as error:  # a configuration from outside makes libraries fail in ways of their own
        raise TekioError(
            Text("The model cannot be loaded.", "モデルを読めません。"),
            where=path,
            why=" ".join(filter(None, map(str.strip, str(error).splitlines()[:2]))) or type(error).__name__,
            fix=Text(
                "Check the folder; models that need code of their own are not supported.",
                "フォルダを確かめてください。独自コードが要るモデルは使えません。",
            ),
        ) from error
    require_loaded(info, path)
    if finite:
        require_finite(model.named_parameters(), path)
    _tell_ties(model)
    try:
        return model.to(device=device)
    except torch.OutOfMemoryError as error:
        raise TekioError(
            Text("The model does not fit into the device's memory.", "デバイスのメモリに収まりません。"),
            where=device,
            fix=Text("Use --dtype bf16 or another device.", "--dtype bf16 か別のデバイスを使ってください。"),
        ) from error


def _tell_ties(model: Any) -> None:
    """Where the files hold an output layer of its own although the configuration ties it, the files count, and the
    configuration is told: whoever reads it next (vLLM, llama.cpp) would tie them again.
    """
    head, table = model.get_output_embeddings(), model.get_input_embeddings()
    text = model.config.get_text_config()
    tied = bool(getattr(text, "tie_word_embeddings", False))
    if tied and hasattr(head, "weight") and hasattr(table, "weight") and head.weight is not table.weight:
        text.tie_word_embeddings = model.config.tie_word_embeddings = False


def quiet_libraries() -> None:
    """No progress bars and advice of libraries on the terminal; errors are ours to explain."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    # bitsandbytes, which peft imports where it is installed, looks for a faster kernel of a hub and says that there is none.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def attach_adapter(model: Any, path: Path, *, trainable: bool = False, finite: bool = True) -> Any:
    """The PEFT adapter of `path` around `model`. Raises `TekioError` when they do not belong together, or when the
    adapter lacks tensors, has foreign or misshapen ones, or (unless `finite` is False) holds NaN or infinity.
    """
    from peft import PeftModel

    stored = read_header(path / ADAPTER_WEIGHTS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # (missing keys: refused below; names that will change)
            loaded = PeftModel.from_pretrained(model, str(path), is_trainable=trainable)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        raise TekioError(
            Text("The adapter does not fit the base model.", "アダプタが基盤モデルに合いません。"),
            where=path,
            why="; ".join(line.strip() for line in str(error).strip().splitlines()[:2]) or type(error).__name__,
        ) from error
    wanted = adapter_tensors(loaded)
    if set(stored) - set(wanted):  # PEFT may have written whole embeddings beside the adapter
        whole = adapter_tensors(loaded, embeddings=True)
        wanted |= {name: item for name, item in whole.items() if name in stored}
    misshapen = {
        name: (stored[name].shape, tuple(item.shape))
        for name, item in wanted.items()
        if name in stored and stored[name].shape != tuple(item.shape)
    }
    require_all_tensors(set(wanted) - set(stored), set(stored) - set(wanted), misshapen, path / ADAPTER_WEIGHTS)
    if finite:
        require_finite(wanted.items(), path / ADAPTER_WEIGHTS)
    return loaded


def adapter_tensors(model: Any, *, embeddings: bool = False) -> dict[str, Any]:
    """The tensors an adapter consists of, under the names they have in its file. embeddings: also whole embeddings."""
    from peft import get_peft_model_state_dict

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(get_peft_model_state_dict(model, save_embedding_layers=embeddings))


def end_of_text_ids(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """All ids that end a text: of the tokenizer, the model's configuration and its generation configuration."""
    found: set[int] = set()
    generation = getattr(model, "generation_config", None)
    for value in (
        tokenizer.eos_token_id,
        getattr(model.config, "eos_token_id", None),
        getattr(generation, "eos_token_id", None),
    ):
        if isinstance(value, int):
            found.add(value)
        elif isinstance(value, list | tuple):
            found.update(int(item) for item in cast("list[int]", value))
    return tuple(sorted(found))


def context_length(config: Any) -> int | None:
    """Tokens the model was built for, from its configuration (`max_position_embeddings`, GPT-2: `n_positions`)."""
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    for name in ("max_position_embeddings", "n_positions", "max_sequence_length"):
        value = getattr(text, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return None
