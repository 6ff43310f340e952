"""A `vllm` that is none: the published offline interface, computed by plain forward passes of the folder's own model.

Names, defaults and refusals follow vLLM 0.32 (`LLM.__init__`, `LLM.generate`, `SamplingParams`, `RequestOutput`, `Logprob`,
`LoRARequest`), so that what Tekio asks of it is what vLLM takes, and the numbers it gives back are real ones.
"""

# pyright: standard

import sys
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch


@dataclass
class Logprob:
    logprob: float
    rank: int | None = None
    decoded_token: str | None = None


@dataclass
class LoRARequest:
    lora_name: str
    lora_int_id: int
    lora_path: str = ""


@dataclass
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None
    stop: list[str] | str | None = None
    stop_token_ids: list[int] | None = None
    max_tokens: int | None = 16
    prompt_logprobs: int | None = None
    detokenize: bool = True
    skip_special_tokens: bool = True

    def __post_init__(self) -> None:
        if self.stop and not self.detokenize:
            raise ValueError("stop strings are only supported when detokenize is True")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be in (0, 1], got {self.top_p}")


@dataclass
class CompletionOutput:
    index: int
    text: str
    token_ids: list[int]
    cumulative_logprob: float | None
    logprobs: Any
    finish_reason: str | None = None
    stop_reason: int | str | None = None


@dataclass
class RequestOutput:
    request_id: str
    prompt: str | None
    prompt_token_ids: list[int]
    prompt_logprobs: list[dict[int, Logprob] | None] | None
    outputs: list[CompletionOutput]
    finished: bool = True


class LLM:
    """`vllm.LLM`, one prompt at a time."""

    made: list["LLM"]

    def __init__(
        self,
        model: str,
        *,
        tokenizer: str | None = None,
        trust_remote_code: bool = False,
        dtype: str = "auto",
        seed: int = 0,
        hf_overrides: dict[str, Any] | None = None,
        load_format: str = "auto",
        max_model_len: int | None = None,
        enable_lora: bool = False,
        max_loras: int = 1,
        max_lora_rank: int = 16,
        generation_config: str = "auto",
        disable_log_stats: bool = True,
    ) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        assert not trust_remote_code
        assert max_lora_rank in (8, 16, 32, 64, 128, 256, 320, 512)
        self.given = {"dtype": dtype, "hf_overrides": hf_overrides, "load_format": load_format, "loras": max_loras}
        self.given |= {"seed": seed, "generation_config": generation_config, "quiet": disable_log_stats}
        self.model = AutoModelForCausalLM.from_pretrained(model, dtype=getattr(torch, dtype)).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(tokenizer or model)
        self.length = max_model_len or self.model.config.max_position_embeddings
        self.lora = enable_lora
        self.adapted: dict[str, Any] = {}
        self.calls: list[tuple[int, SamplingParams]] = []
        LLM.made.append(self)

    def generate(
        self,
        prompts: list[dict[str, list[int]]],
        sampling_params: SamplingParams | None = None,
        *,
        use_tqdm: bool = True,
        lora_request: LoRARequest | None = None,
    ) -> list[RequestOutput]:
        asked = sampling_params or SamplingParams()
        assert not use_tqdm, "a progress bar of its own would break the terminal's"
        self.calls.append((len(prompts), asked))
        model = self.with_adapter(lora_request)
        return [self.answer(str(n), model, one["prompt_token_ids"], asked) for n, one in enumerate(prompts)]

    def with_adapter(self, request: LoRARequest | None) -> Any:
        if request is None:
            return self.model
        assert self.lora, "LoRA is not enabled"
        if request.lora_path not in self.adapted:
            from peft import PeftModel

            self.adapted[request.lora_path] = PeftModel.from_pretrained(self.model, request.lora_path).eval()
        return self.adapted[request.lora_path]

    def answer(self, name: str, model: Any, ids: list[int], asked: SamplingParams) -> RequestOutput:
        if not ids or len(ids) + 1 > self.length:
            raise ValueError(f"prompt of {len(ids)} tokens for a context of {self.length}")
        told = None
        if asked.prompt_logprobs is not None:
            found = self.after(model, ids)
            told = [None, *(self.row(found[place], token) for place, token in enumerate(ids[1:]))]
        made: list[int] = []
        ends = {self.tokenizer.eos_token_id, *(asked.stop_token_ids or [])}
        stops = [asked.stop] if isinstance(asked.stop, str) else asked.stop or []
        finish, reason = "length", None
        while len(made) < min(asked.max_tokens or 1, self.length - len(ids)):
            scores = self.after(model, [*ids, *made])[-1]
            if asked.temperature > 0:
                generator = torch.Generator().manual_seed((asked.seed or 0) + len(made))
                token = int(torch.multinomial((scores / asked.temperature).softmax(-1), 1, generator=generator))
            else:
                token = int(scores.argmax())
            made.append(token)
            if token in ends:
                finish, reason = "stop", None if token == self.tokenizer.eos_token_id else token
                break
            text = self.tokenizer.decode(made, skip_special_tokens=asked.skip_special_tokens)
            reason = next((stop for stop in stops if stop in text), None)
            if reason is not None:
                finish = "stop"
                break
        text = self.tokenizer.decode(made, skip_special_tokens=asked.skip_special_tokens) if asked.detokenize else ""
        for stop in stops:
            text = text.split(stop, 1)[0]
        return RequestOutput(name, None, ids, told, [CompletionOutput(0, text, made, None, None, finish, reason)])

    @staticmethod
    def after(model: Any, ids: list[int]) -> torch.Tensor:
        with torch.no_grad():
            return torch.log_softmax(model(torch.tensor([ids])).logits[0].float(), -1)

    @staticmethod
    def row(scores: torch.Tensor, token: int) -> dict[int, Logprob]:
        """The prompt's token first, then the likeliest."""
        best = int(scores.argmax())
        rank = int((scores > scores[token]).sum()) + 1
        return {token: Logprob(float(scores[token]), rank)} | {best: Logprob(float(scores[best]), 1)}


def install(monkeypatch: pytest.MonkeyPatch) -> type[LLM]:
    """Put it where `import vllm` finds it. Returns its `LLM`, whose `made` lists the engines that were started."""
    LLM.made = []
    library: Any = ModuleType("vllm")
    library.__spec__ = ModuleSpec("vllm", None)
    library.__path__ = [str(Path(__file__).parent / "nowhere")]
    library.LLM, library.SamplingParams, library.__version__ = LLM, SamplingParams, "0.32.0"
    requests: Any = ModuleType("vllm.lora.request")
    requests.LoRARequest = LoRARequest
    monkeypatch.setitem(sys.modules, "vllm", library)
    monkeypatch.setitem(sys.modules, "vllm.lora", ModuleType("vllm.lora"))
    monkeypatch.setitem(sys.modules, "vllm.lora.request", requests)
    return LLM
