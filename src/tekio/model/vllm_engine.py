"""A model folder run by vLLM, where that is installed (`engine: vllm`): likelihoods of given tokens, and continuations.

vLLM gets token ids and gives token ids and log-probabilities, through its published offline interface (`vllm.LLM`,
`vllm.SamplingParams`, `vllm.lora.request.LoRARequest`); how a text becomes ids and how an answer is read stays Tekio's. The folder is
looked at as for transformers before vLLM sees it: safetensors only, no code of its own, every tensor there and none beyond.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false, reportMissingImports=false
# (torch and transformers have no complete type information; vllm need not be installed)

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError, Text, UsageError
from tekio.model.load import (
    ADAPTER_WEIGHTS,
    DTYPES,
    LoadedModel,
    adapter_info,
    check_weight_files,
    context_length,
    end_of_text_ids,
    has_tokenizer,
    load_tokenizer,
    model_folder,
    quiet_libraries,
)
from tekio.model.tokenizer import require_rows
from tekio.model.weights import read_header, read_headers, require_loaded
from tekio.store import read_json_object

SPARE = 2
"""Tokens of the context that likelihoods leave free: the last scored one has to be fed, and vLLM always generates one more."""
LORA_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes as its largest rank."""
_LORA = re.compile(r"base_model\.model\.(.+)\.lora_[AB]\.weight")
ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "VLLM_HOST_IP": "127.0.0.1",  # else vLLM looks for its address by a connection to a public one
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_CONFIGURE_LOGGING": "1",
}


@dataclass
class Vllm:
    """A running engine. llm: `vllm.LLM`. adapter: the `LoRARequest` of an adapter folder, None for a plain model."""

    llm: Any
    library: Any
    adapter: Any
    version: str
    dtype: str

    def token_likelihoods(self, rows: Sequence[Sequence[int]], scored: Sequence[int]) -> list[list[tuple[float, bool]]]:
        """Of each row the log-probability (natural) of its last `scored` ids given all before them, and whether each is the
        likeliest. A row may be as long as the context less one.
        """
        asked = self.library.SamplingParams(temperature=0.0, max_tokens=1, prompt_logprobs=1, detokenize=False)
        found: list[list[tuple[float, bool]]] = []
        for row, count, answer in zip(rows, scored, self._ask(rows, asked), strict=True):
            told = answer.prompt_logprobs
            if told is None or len(told) != len(row):
                raise TekioError(
                    Text("vLLM gave no likelihoods of the prompt.", "vLLM が入力の尤度を返しません。"),
                    why=f"vllm {self.version}",
                )
            values = [told[place][row[place]] for place in range(len(row) - count, len(row))]
            found.append([(float(value.logprob), value.rank == 1) for value in values])
        return found

    def continue_ids(
        self,
        prompts: Sequence[Sequence[int]],
        *,
        max_new_tokens: int,
        stop: Sequence[str],
        ends: Sequence[int],
        temperature: float = 0.0,
        top_p: float = 1.0,
        top_k: int = 0,
        seed: int = 0,
    ) -> list[list[int]]:
        """New ids of each prompt, up to and with the one that ended the answer."""
        drawn: dict[str, Any] = {}
        if temperature > 0:
            drawn = {"top_p": top_p, "top_k": top_k or -1, "seed": seed}
        asked = self.library.SamplingParams(
            temperature=temperature,
            max_tokens=max_new_tokens,
            stop=list(stop) or None,
            stop_token_ids=list(ends) or None,
            detokenize=bool(stop),
            skip_special_tokens=True,
            **drawn,
        )
        return [[int(number) for number in answer.outputs[0].token_ids] for answer in self._ask(prompts, asked)]

    def _ask(self, prompts: Sequence[Sequence[int]], asked: Any) -> list[Any]:
        given = [{"prompt_token_ids": list(ids)} for ids in prompts]
        return list(self.llm.generate(given, asked, use_tqdm=False, lora_request=self.adapter))

    def close(self) -> None:
        """Give the memory back, so that the next model finds it."""
        core: Any = getattr(getattr(self.llm, "llm_engine", None), "engine_core", None)
        with suppress(Exception):  # not every version has it; the processes end with this one at the latest
            core.shutdown()
        self.llm = None


def vllm_problem() -> Text | None:
    """Why vLLM cannot be used in this environment; None if it is installed."""
    if importlib.util.find_spec("vllm") is not None:
        return None
    return Text("vLLM is not installed.", "vLLM が入っていません。")


def load_with_vllm(path: Path, *, dtype: str = "auto", device: str = "auto") -> LoadedModel:
    """A model or adapter folder as in `load_model`, computed by vLLM; `LoadedModel.model` then holds no weights.

    Raises `UsageError` where vLLM is not installed or a device is named (vLLM takes what it finds), `TekioError` for a folder
    that cannot be used.
    """
    import torch
    from transformers import AutoModelForCausalLM

    library = _library(device)
    path = model_folder(Path(path))
    info = adapter_info(path)
    base = info.base if info else path
    check_weight_files(base)
    quiet_libraries()
    try:
        # the plan of the model without its weights: what has to be in the files, and what it says of itself
        planned: Any = AutoModelForCausalLM.from_pretrained(
            base,
            device_map="meta",
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise _refused(base, error) from error
    model, told = planned
    require_loaded(told, base)
    tokenizer_folder = path if has_tokenizer(path) else base
    tokenizer = load_tokenizer(tokenizer_folder)
    require_rows(tokenizer, model.get_input_embeddings().weight.shape[0], path)
    stored = str(next(iter(model.parameters())).dtype).removeprefix("torch.")
    kind = DTYPES[dtype] if dtype != "auto" else stored if torch.cuda.is_available() else "float32"
    length = context_length(model.config)
    options: dict[str, Any] = {"max_model_len": length} if length else {}
    text = model.config.get_text_config()
    if getattr(text, "tie_word_embeddings", False) and "lm_head.weight" in read_headers(base):
        options["hf_overrides"] = {"tie_word_embeddings": False}  # an output layer of its own counts (`load`)
    request = None
    if info:
        options |= {"enable_lora": True, "max_loras": 1, "max_lora_rank": _lora_rank(path, model)}
        request = importlib.import_module("vllm.lora.request").LoRARequest("adapter", 1, str(path))
    try:
        llm = library.LLM(
            model=str(base),
            tokenizer=str(tokenizer_folder),
            trust_remote_code=False,
            load_format="safetensors",
            dtype=kind,
            seed=0,
            generation_config="vllm",
            disable_log_stats=True,
            **options,
        )
    except Exception as error:  # whatever the library raises, it is about this folder on this machine
        raise _refused(base, error) from error
    running = Vllm(llm, library, request, str(library.__version__), kind)
    ends = end_of_text_ids(model, tokenizer)
    return LoadedModel(model, tokenizer, "vllm", path, info, ends, length, vllm=running)


def check_vllm(device: str = "auto") -> None:
    """Raise `UsageError` where vLLM is not installed, or a device is named."""
    problem = vllm_problem()
    if problem is not None:
        raise UsageError(
            problem,
            where="engine: vllm",
            fix=Text(
                "pip install vllm (it fixes the version of torch: best in an environment of its own), or engine: transformers.",
                "pip install vllm（torch の版が固定されるので専用の環境が無難）、または engine: transformers を使ってください。",
            ),
        )
    if device != "auto":
        raise UsageError(
            Text("vLLM chooses its device by itself.", "vLLM は装置を自分で選びます。"),
            where=f"device: {device}",
            fix=Text(
                "device: auto, and CUDA_VISIBLE_DEVICES.",
                "device: auto とし、CUDA_VISIBLE_DEVICES で指定してください。",
            ),
        )


def _library(device: str) -> Any:
    check_vllm(device)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    beside = str(Path(sys.executable).parent)  # where the environment's own programs lie, which vLLM may call
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
    try:
        return importlib.import_module("vllm")
    except Exception as error:  # an installation that does not fit the machine fails in many ways
        raise TekioError(
            Text("vLLM is installed and cannot be imported.", "vLLM は入っていますが、読み込めません。"),
            why=_first_line(error),
        ) from error


def _lora_rank(path: Path, model: Any) -> int:
    """The largest rank to tell vLLM. Raises `TekioError` for an adapter that is more, or other, than low ranks on linear layers."""
    plain = read_json_object(path / "adapter_config.json")
    unusual = [
        name
        for name in ("modules_to_save", "trainable_token_indices", "use_dora", "rank_pattern", "alpha_pattern", "bias")
        if plain.get(name) not in (None, False, "none", {}, [])
    ]
    modules = {name for name, _ in model.named_modules()}
    tensors = read_header(path / ADAPTER_WEIGHTS)
    found = {name: _LORA.fullmatch(name) for name in tensors}
    unusual += [name for name, match in found.items() if match is None or match[1] not in modules][:3]
    rank = cast("int", plain.get("r") or 0)
    fitting = next((size for size in LORA_RANKS if rank <= size), None)
    if plain.get("peft_type") != "LORA" or unusual or fitting is None:
        raise TekioError(
            Text("vLLM cannot run this adapter.", "vLLM はこのアダプタを実行できません。"),
            where=path,
            why=", ".join(unusual) or f"{plain.get('peft_type')}, r = {rank}",
            fix=Text(
                "Merge it into its base (`tekio merge`), or use engine: transformers.",
                "基盤モデルに統合する（tekio merge）か、engine: transformers を使ってください。",
            ),
        )
    return fitting


def _refused(folder: Path, error: Exception) -> TekioError:
    return TekioError(
        Text("vLLM cannot load the model.", "vLLM でモデルを読めません。"),
        where=folder,
        why=_first_line(error),
        fix=Text("Use engine: transformers, which needs less.", "engine: transformers を使ってください。"),
    )


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__
