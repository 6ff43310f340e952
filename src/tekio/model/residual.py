"""The instruction residual: what instruction tuning changed in a base, added to the same base after continual pre-training.

    pretrained + weight x (instruct - base)

"Chat Vector" (arXiv 2310.04799); for a Japanese finance model without instruction data arXiv 2409.19854. Everything is done tensor
by tensor from the safetensors files: at no time is more than one shard of the result in memory, beside one tensor of each model.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch, transformers and safetensors have no complete type information)

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.added_words import added_ids
from tekio.model.load import check_weight_files, quiet_libraries
from tekio.model.merge import stored_as
from tekio.model.tokenizer import ADDED_WORDS, load_tokenizer, save_tokenizer
from tekio.model.weights import DERIVED, SINGLE_FILE, WEIGHTS_INDEX, Tensor, read_headers, require_finite
from tekio.store import new_folder, write_json

SHARD_BYTES = 2_000_000_000
SHOWN = 5


@dataclass(frozen=True)
class WeightFiles:
    """The tensors of a model folder, read one at a time. tensors: name -> its place."""

    folder: Path
    tensors: Mapping[str, Tensor]

    @classmethod
    def of(cls, folder: Path) -> WeightFiles:
        """Raises `TekioError` when the folder's files are no whole model."""
        check_weight_files(folder)
        headers = read_headers(folder)
        return cls(folder, {name: item for name, item in headers.items() if not DERIVED.search(name)})

    def stands_for(self, name: str) -> str:
        """The name a tensor has here: older files leave out the first part (`transformer.`). As given if there is none."""
        short = name.partition(".")[2]
        return short if name not in self.tensors and short in self.tensors else name

    def shape(self, name: str) -> tuple[int, ...] | None:
        found = self.tensors.get(self.stands_for(name))
        return None if found is None else found.shape

    def read(self, name: str) -> Any:
        """The tensor in fp32, on the CPU."""
        import torch
        from safetensors import safe_open

        own = self.stands_for(name)
        with safe_open(str(self.folder / self.tensors[own].file), framework="pt") as file:
            return file.get_tensor(own).to(torch.float32)


@dataclass(frozen=True)
class Residual:
    """Three models that fit together. added: ids of words that were added to the base; their rows stay the pretrained model's.

    tables: names of the tensors with a row for each token id.
    """

    pretrained: WeightFiles
    instruct: WeightFiles
    base: WeightFiles
    added: tuple[int, ...]
    tables: frozenset[str]

    @property
    def names(self) -> list[str]:
        return sorted(self.pretrained.tensors)

    def summed(self, name: str, weight: float) -> Any:
        """A tensor of the result in fp32. With weight 0 it is the pretrained model's, bit for bit."""
        start = self.pretrained.read(name)
        if not weight or not start.is_floating_point():
            return start
        told, own = self.instruct.read(name), self.base.read(name)
        if name not in self.tables:
            return start + weight * (told - own)
        rows = min(len(told), len(own))
        change = told[:rows] - own[:rows]
        change[[place for place in self.added if place < rows]] = 0.0
        start[:rows] += weight * change
        return start

    @cached_property
    def parameters(self) -> int:
        return sum(math.prod(item.shape) for item in self.pretrained.tensors.values())


def open_residual(pretrained: Path, instruct: Path, base: Path) -> Residual:
    """The three models, once it is known that their tensors and tokens are the same. Raises `TekioError` by name."""
    quiet_libraries()
    files = WeightFiles.of(pretrained)
    added = tuple(added_ids(base))
    found = Residual(files, WeightFiles.of(instruct), WeightFiles.of(base), added, token_tables(pretrained))
    require_same_tokens(instruct, base)
    _require_same_tensors(found)
    return found


def require_fit(instruct: Path, base: Path) -> None:
    """What can be known before anything is trained: that `instruct` is a tuned `base`. Raises `TekioError` by name."""
    quiet_libraries()
    require_same_tokens(instruct, base)
    _require_same_tensors(
        Residual(
            WeightFiles.of(base),
            WeightFiles.of(instruct),
            WeightFiles.of(base),
            tuple(added_ids(base)),
            token_tables(base),
        )
    )


def token_tables(folder: Path) -> frozenset[str]:
    """Names of the tensors with a row for each token id: input embeddings, output layer and its bias."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    with torch.device("meta"):
        model: Any = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    head = model.get_output_embeddings()
    tables = [model.get_input_embeddings().weight, getattr(head, "weight", None), getattr(head, "bias", None)]
    chosen = {id(item) for item in tables if item is not None}
    names = [name for name, item in model.named_parameters(remove_duplicate=False) if id(item) in chosen]
    return frozenset([*names, *(name.partition(".")[2] for name in names)])  # older files leave out the first part


def _refused(what: Text, where: Path, why: str) -> TekioError:
    return TekioError(
        what,
        where=where,
        why=why,
        fix=Text(
            "`residual.instruct` is the instruction-tuned model of the very base the recipe names.",
            "`residual.instruct` には、レシピの基盤モデルそのものを指示チューニングしたモデルを指定してください。",
        ),
    )


def require_same_tokens(instruct: Path, base: Path) -> None:
    """Raise `TekioError` that names tokens of the base (without added words) that are others in `instruct`."""
    own = load_tokenizer(base).get_vocab()
    told = load_tokenizer(instruct).get_vocab()
    added = set(added_ids(base))
    by_id = {place: piece for piece, place in told.items()}
    wrong = sorted((place, piece) for piece, place in own.items() if place not in added and by_id.get(place) != piece)
    if wrong:
        shown = "; ".join(f"{place}: {piece!r}, {by_id.get(place)!r}" for place, piece in wrong[:SHOWN])
        more = f" … (+{len(wrong) - SHOWN})" if len(wrong) > SHOWN else ""
        raise _refused(
            Text("The two models have other tokens.", "二つのモデルの語彙が異なります。"), instruct, shown + more
        )
    both = sorted(added & set(by_id))
    if both:
        shown = ", ".join(f"{place}: {by_id[place]!r}" for place in both[:SHOWN])
        raise _refused(
            Text(
                "Words were added to the base at ids that are tokens of the instruction-tuned model.",
                "基盤モデルに追加した語の ID を、指示チューニング済みモデルが別のトークンに使っています。",
            ),
            instruct,
            shown,
        )


def _require_same_tensors(models: Residual) -> None:
    """Raise `TekioError` that names tensors which are missing, foreign or of another shape in one of the three."""
    for other in (models.base, models.instruct):
        known = {other.stands_for(name) for name in models.names}
        missing = sorted(name for name in models.names if other.shape(name) is None)
        foreign = sorted(set(other.tensors) - known)
        misshapen = [
            f"{name} {list(models.pretrained.tensors[name].shape)}, {list(other.shape(name) or ())}"
            for name in models.names
            if other.shape(name) is not None and not _fits(models, name, other)
        ]
        why = "; ".join(
            f"{word}: {', '.join(names[:SHOWN])}{f' … (+{len(names) - SHOWN})' if len(names) > SHOWN else ''}"
            for word, names in (("missing", missing), ("foreign", foreign), ("other shape", misshapen))
            if names
        )
        if why:
            what = Text("The models do not have the same weights.", "モデルの重みの形が合いません。")
            raise _refused(what, other.folder, why)


def _fits(models: Residual, name: str, other: WeightFiles) -> bool:
    """Whether the shapes are equal, or only rows of added words (or of no token) are missing in the instruction-tuned model."""
    wanted, there = models.pretrained.tensors[name].shape, other.shape(name)
    if there == wanted:
        return True
    if there is None or other is models.base or name not in models.tables or there[1:] != wanted[1:]:
        return False
    tokens = set(load_tokenizer(models.base.folder).get_vocab().values()) - set(models.added)
    return there[0] < wanted[0] and not any(place in tokens for place in range(there[0], wanted[0]))


def write_residual(models: Residual, weight: float, out: Path, *, dtype: str | None = None) -> str:
    """Write the sum as a plain model folder into `out`, in one move. Returns the type it is stored in.

    The sum is taken in fp32 and stored in `dtype`, by default the base's own type, and read back: it must be the rounded sum bit
    for bit. Tokenizer, chat template and the marks that end a text are the instruction-tuned model's; with added words the
    tokenizer is the pretrained model's with that template.
    """
    import torch
    from safetensors.torch import save_file

    kind = stored_as(dtype, models.base.folder)
    torch_kind = getattr(torch, kind)
    with new_folder(out) as working:
        shards = list(_shards(models, torch_kind.itemsize))
        names = (
            [SINGLE_FILE]
            if len(shards) == 1
            else [f"model-{number:05d}-of-{len(shards):05d}.safetensors" for number in range(1, len(shards) + 1)]
        )
        for file, chosen in zip(names, shards, strict=True):
            tensors = {name: _rounded(models.summed(name, weight), torch_kind) for name in chosen}
            require_finite(tensors.items(), out)
            save_file(tensors, str(working / file), metadata={"format": "pt"})
            del tensors
        if len(shards) > 1:
            places = {name: file for file, chosen in zip(names, shards, strict=True) for name in chosen}
            total = models.parameters * torch_kind.itemsize
            write_json(working / WEIGHTS_INDEX, {"metadata": {"total_size": total}, "weight_map": places})
        written = WeightFiles(working, read_headers(working))
        _require_sum(models, weight, written, torch_kind, out)
        _write_settings(models, working, torch_kind)
    return kind


def _rounded(tensor: Any, kind: Any) -> Any:
    return tensor.to(kind) if tensor.is_floating_point() else tensor


def _shards(models: Residual, size: int) -> Iterator[list[str]]:
    """The names in files of at most `SHARD_BYTES` (a larger tensor has one to itself)."""
    chosen: list[str] = []
    held = 0
    for name in models.names:
        needed = math.prod(models.pretrained.tensors[name].shape) * size
        if chosen and held + needed > SHARD_BYTES:
            yield chosen
            chosen, held = [], 0
        chosen.append(name)
        held += needed
    yield chosen


def _require_sum(models: Residual, weight: float, written: WeightFiles, kind: Any, out: Path) -> None:
    import torch

    wrong = [
        name
        for name in models.names
        if not torch.equal(written.read(name), _rounded(models.summed(name, weight), kind).to(torch.float32))
    ]
    if wrong:
        raise TekioError(
            Text("The stored weights are not the rounded sum.", "保存した重みが丸めた和と一致しません。"),
            where=out,
            why=", ".join(wrong[:SHOWN]),
            fix=Text("Nothing was written.", "何も書き出していません。"),
        )


def _write_settings(models: Residual, folder: Path, kind: Any) -> None:
    """`config.json`, `generation_config.json` and the tokenizer: of a model that is asked like the instruction-tuned one."""
    from transformers import AutoConfig

    pretrained, instruct = models.pretrained.folder, models.instruct.folder
    config: Any = AutoConfig.from_pretrained(pretrained, local_files_only=True, trust_remote_code=False)
    told: Any = AutoConfig.from_pretrained(instruct, local_files_only=True, trust_remote_code=False)
    config.dtype = kind
    for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
        if getattr(told, name, None) is not None:
            setattr(config, name, getattr(told, name))
    config.save_pretrained(str(folder))
    if (instruct / "generation_config.json").is_file():
        shutil.copyfile(instruct / "generation_config.json", folder / "generation_config.json")
    chat = load_tokenizer(instruct)
    tokenizer = chat
    if models.added:
        tokenizer = load_tokenizer(pretrained)
        tokenizer.chat_template = chat.chat_template
        tokenizer.eos_token = chat.eos_token
        tokenizer.pad_token = chat.pad_token
        shutil.copyfile(models.base.folder / ADDED_WORDS, folder / ADDED_WORDS)
    save_tokenizer(tokenizer, folder)
