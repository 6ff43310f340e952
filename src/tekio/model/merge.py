"""Merge: an adapter into its base, or task vectors of several models into one; checked by what the result generates."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, transformers and peft have no complete type information)

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.generate import generate
from tekio.model.load import (
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
from tekio.store import new_folder, read_json, require_apart, require_new

PROBES = ("預金保険制度とは何ですか。", "金利が上がると債券の価格はどうなりますか。", "What is a bond?")
PROBE_TOKENS = 24


@dataclass(frozen=True)
class Parity:
    """Greedy continuations of the probe prompts before and after. same: prompts with equal token ids, out of `prompts`."""

    same: int
    prompts: int

    @property
    def holds(self) -> bool:
        return self.same == self.prompts


def merge_adapter(adapter: Path, out: Path) -> Parity:
    """Write the base of `adapter` with the adapter's weights added into `out`, as a plain model folder.

    adapter: an adapter folder or a `tune/` stage folder. The sum is taken in fp32 on the unquantised base; the weights
    are stored in the base's own type. Raises `TekioError` if `adapter` is none, `out` exists, or the merged model, read
    back from the disk, generates other greedy tokens than base and adapter do.
    """
    folder = model_folder(adapter)
    info = adapter_info(folder)
    if info is None:
        raise TekioError(Text("This is not an adapter.", "アダプタではありません。"), where=folder)
    require_new(out)
    require_apart(out, [folder, info.base])
    before = probe_tokens(load_model(folder, dtype="fp32"))
    model = attach_adapter(load_weights(info.base, dtype="fp32"), folder).merge_and_unload(safe_merge=True)
    tokenizer = load_model_tokenizer(folder, info.base)
    save_folder(model, tokenizer, out, stored_type(info.base))
    return checked_result(before, out)


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
    config = read_json(folder / "config.json")
    return str(config.get("dtype") or config.get("torch_dtype") or "float32")


def load_model_tokenizer(folder: Path, base: Path) -> Any:
    """The adapter's own tokenizer (with its chat template), else the base's."""
    from tekio.model.load import has_tokenizer

    return load_tokenizer(folder if has_tokenizer(folder) else base)


def probe_tokens(loaded: LoadedModel) -> list[tuple[int, ...]]:
    """Token ids of greedy continuations of the probe prompts, through the model's chat template where it has one.

    Ids, not text: other tokens may spell the same text, and a lost end of text is invisible in it.
    """
    tokenizer = loaded.tokenizer
    prompts: list[str] = list(PROBES)
    if isinstance(getattr(tokenizer, "chat_template", None), str):
        prompts = [render_prompt(CHAT, item, tokenizer=tokenizer) for item in prompts]
    return [item.ids for item in generate(loaded, prompts, max_new_tokens=PROBE_TOKENS)]


def checked_result(before: list[tuple[int, ...]], out: Path) -> Parity:
    after = probe_tokens(load_model(out, dtype="fp32"))
    same = sum(one == other for one, other in zip(before, after, strict=True))
    parity = Parity(same, len(before))
    if not parity.holds:
        shutil.rmtree(out)
        raise TekioError(
            Text(
                f"The merged model answers differently ({same} of {len(before)} probes agree).",
                f"統合後の応答が異なります(一致 {same}/{len(before)})。",
            ),
            where=out,
            fix=Text("Nothing was written.", "何も書き出していません。"),
        )
    return parity


def save_folder(model: Any, tokenizer: Any, out: Path, kind: str) -> None:
    import torch

    model = model.to(dtype=getattr(torch, kind.removeprefix("torch."), torch.float32))
    # One list of end tokens for every reader of the folder: servers look here, not into the tokenizer.
    ends = list(end_of_text_ids(model, tokenizer))
    if ends and model.generation_config is not None:
        model.generation_config.eos_token_id = ends if len(ends) > 1 else ends[0]
    with new_folder(out) as working:
        model.save_pretrained(str(working))
        save_tokenizer(tokenizer, working)
