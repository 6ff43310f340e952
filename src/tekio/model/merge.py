"""Merge: an adapter into its base, or task vectors of several models into one; checked by what the result generates."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, transformers and peft have no complete type information)

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text, UsageError
from tekio.model.generate import encode_prompt, generate
from tekio.model.load import (
    DTYPES,
    LoadedModel,
    adapter_info,
    attach_adapter,
    end_of_text_ids,
    load_model,
    load_tokenizer,
    load_weights,
    model_folder,
)
from tekio.model.templates import CHAT, render_prompt
from tekio.model.tokenizer import save_tokenizer
from tekio.store import new_folder, read_json_object, require_apart, require_new, write_json

PROBES = ("預金保険制度とは何ですか。", "金利が上がると債券の価格はどうなりますか。", "What is a bond?")
PROBE_TOKENS = 24


@dataclass(frozen=True)
class Parity:
    """Greedy continuations of the probe prompts before and after. same: prompts with equal token ids, out of `prompts`.

    kind: type of the stored weights. distance: largest difference of the prompts' logits to those before, in fp32.
    own_distance: what running the model before in that type alone changes (0 for fp32). first_difference: number of the
    first generated token that differs in any prompt, None if none does.
    """

    same: int
    prompts: int
    kind: str = "float32"
    distance: float = 0.0
    own_distance: float = 0.0
    first_difference: int | None = None

    @property
    def holds(self) -> bool:
        return self.same == self.prompts


@dataclass(frozen=True)
class Before:
    """A model before it is written: greedy ids and logits of the probe prompts, and how far its `kind` moves the logits."""

    tokens: list[tuple[int, ...]]
    logits: list[Any]
    own_distance: float


def merge_adapter(adapter: Path, out: Path, *, dtype: str | None = None) -> Parity:
    """Write the base of `adapter` with the adapter's weights added into `out`, as a plain model folder.

    adapter: an adapter folder or a `tune/` stage folder. The sum is taken in fp32 on the unquantised base; the weights
    are stored in `dtype` (`fp32`, `bf16`, `fp16`), by default the base's own type. Raises `TekioError`, and leaves
    nothing, if `adapter` is none, `out` exists, the stored weights are not the rounded sum bit for bit, or (in fp32) the
    merged model, read back from the disk, generates other greedy tokens than base and adapter do.
    """
    folder = model_folder(adapter)
    info = adapter_info(folder)
    if info is None:
        raise TekioError(Text("This is not an adapter.", "アダプタではありません。"), where=folder)
    require_new(out)
    require_apart(out, [folder, info.base])
    kind = stored_as(dtype, info.base)
    before = look_at(load_model(folder, dtype="fp32", device="cpu"), kind)
    model = attach_adapter(load_weights(info.base, dtype="fp32"), folder).merge_and_unload(safe_merge=True)
    expected = rounded(model, kind)
    tokenizer = load_model_tokenizer(folder, info.base)
    save_folder(model, tokenizer, out, kind)
    return checked_result(before, out, expected, kind)


def stored_as(dtype: str | None, base: Path) -> str:
    """torch's name of the type to store weights in. Raises `UsageError` for an unknown one."""
    if dtype is None:
        return stored_type(base).removeprefix("torch.")
    if dtype not in DTYPES:
        raise UsageError(
            Text(f"Unknown precision {dtype!r}.", f"精度 {dtype!r} はありません。"), fix="fp32, bf16, fp16"
        )
    return DTYPES[dtype]


def rounded(model: Any, kind: str) -> dict[str, Any]:
    """Copies of the parameters in the type they will be stored in."""
    import torch

    return {
        name: item.detach().to(getattr(torch, kind, torch.float32), copy=True)
        for name, item in model.named_parameters()
    }


def merge_task_vectors(base: Path, models: Sequence[tuple[Path, float]], out: Path) -> None:
    """Write `base + sum(weight x (model - base))` into `out` (task arithmetic, as paper B's follow-up merges an
    instruction model with a finance model). Raises `TekioError` when shapes or vocabularies differ.
    """
    import torch

    require_new(out)
    require_apart(out, [base, *(path for path, _ in models)])
    merged = load_weights(model_folder(base), dtype="fp32")
    start = {name: item.detach().clone() for name, item in merged.state_dict().items()}
    with torch.no_grad():
        for path, weight in models:
            other = load_weights(model_folder(path), dtype="fp32").state_dict()
            for name, target in merged.state_dict().items():
                if name not in other or other[name].shape != target.shape:
                    raise TekioError(
                        Text("The models do not have the same weights.", "モデルの重みの形が合いません。"),
                        where=path,
                        why=name,
                    )
                if target.is_floating_point():
                    target.add_(other[name] - start[name], alpha=weight)
    last = model_folder(models[-1][0]) if models else model_folder(base)
    save_folder(merged, load_tokenizer(last), out, "float32")


def stored_type(folder: Path) -> str:
    """The type the weights of a model folder are stored in, from its configuration."""
    config = read_json_object(folder / "config.json")
    return str(config.get("dtype") or config.get("torch_dtype") or "float32")


def load_model_tokenizer(folder: Path, base: Path) -> Any:
    """The adapter's own tokenizer (with its chat template), else the base's."""
    from tekio.model.load import has_tokenizer

    return load_tokenizer(folder if has_tokenizer(folder) else base)


def probe_prompts(tokenizer: Any) -> list[str]:
    """The probe prompts, through the model's chat template where it has one."""
    prompts: list[str] = list(PROBES)
    if isinstance(getattr(tokenizer, "chat_template", None), str):
        prompts = [render_prompt(CHAT, item, tokenizer=tokenizer) for item in prompts]
    return prompts


def probe_tokens(loaded: LoadedModel) -> list[tuple[int, ...]]:
    """Token ids of greedy continuations of the probe prompts.

    Ids, not text: other tokens may spell the same text, and a lost end of text is invisible in it.
    """
    prompts = probe_prompts(loaded.tokenizer)
    return [item.ids for item in generate(loaded, prompts, max_new_tokens=PROBE_TOKENS)]


def probe_logits(loaded: LoadedModel) -> list[Any]:
    """The logits (fp32, on the CPU) at every place of the probe prompts."""
    import torch

    found: list[Any] = []
    with torch.inference_mode():
        for prompt in probe_prompts(loaded.tokenizer):
            ids = torch.tensor([encode_prompt(loaded.tokenizer, prompt)], device=loaded.device)
            found.append(loaded.model(input_ids=ids, use_cache=False).logits.float().cpu())
    return found


def look_at(loaded: LoadedModel, kind: str) -> Before:
    """What a model gives before it is written in type `kind`. `loaded` is in that type afterwards."""
    import torch

    tokens, logits = probe_tokens(loaded), probe_logits(loaded)
    own = 0.0
    if kind != "float32":
        loaded.model.to(getattr(torch, kind))
        own = _distance(logits, probe_logits(loaded))
    return Before(tokens, logits, own)


def _distance(one: list[Any], two: list[Any]) -> float:
    return max(float((first - second).abs().max()) for first, second in zip(one, two, strict=True))


def checked_result(before: Before, out: Path, expected: dict[str, Any], kind: str) -> Parity:
    """Read `out` back and compare it. Removes it and raises `TekioError` where it is not what was to be written."""
    import torch

    written = load_model(out, dtype="fp32", device="cpu")
    tokens = probe_tokens(written)
    same = sum(one == other for one, other in zip(before.tokens, tokens, strict=True))
    places = [
        next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(other))
        for one, other in zip(before.tokens, tokens, strict=True)
        if one != other
    ]
    parity = Parity(
        same,
        len(tokens),
        kind,
        _distance(before.logits, probe_logits(written)),
        before.own_distance,
        min(places, default=None),
    )
    if kind == "float32" and not parity.holds:
        shutil.rmtree(out)
        raise TekioError(
            Text(
                f"The merged model answers differently ({same} of {len(tokens)} probes agree).",
                f"統合後の応答が異なります(一致 {same}/{len(tokens)})。",
            ),
            where=out,
            fix=Text("Nothing was written.", "何も書き出していません。"),
        )
    read = dict(written.model.named_parameters())
    wrong = sorted(
        name for name, item in expected.items() if name not in read or not torch.equal(read[name], item.float())
    )
    if wrong:
        shutil.rmtree(out)
        raise TekioError(
            Text("The stored weights are not the rounded sum.", "保存した重みが丸めた和と一致しません。"),
            where=out,
            why=", ".join(wrong[:5]),
            fix=Text("Nothing was written.", "何も書き出していません。"),
        )
    return parity


def save_folder(
    model: Any, tokenizer: Any, out: Path, kind: str, *, extra: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Write a whole model folder in one move. kind: type of the weights. extra: JSON files beside it, by name."""
    import torch

    model = model.to(dtype=getattr(torch, kind.removeprefix("torch."), torch.float32))
    # One list of end tokens for every reader of the folder: servers look here, not into the tokenizer.
    ends = list(end_of_text_ids(model, tokenizer))
    if ends and model.generation_config is not None:
        model.generation_config.eos_token_id = ends if len(ends) > 1 else ends[0]
    with new_folder(out) as working:
        model.save_pretrained(str(working))
        save_tokenizer(tokenizer, working)
        for name, content in (extra or {}).items():
            write_json(working / name, content)
