"""Everything that can be wrong with a model folder, found without loading it (`tekio doctor`, and before a run)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (transformers has no complete type information)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tekio.model.load import ADAPTER_WEIGHTS, adapter_info, check_weight_files, model_folder, quiet_libraries
from tekio.model.tokenizer import has_tokenizer, load_tokenizer, require_rows
from tekio.model.weights import check_weights, read_header, require_finite


@dataclass(frozen=True)
class Sound:
    """What a sound model folder holds. rows: of the input embeddings. tokens: ids the tokenizer has."""

    parameters: int
    rows: int
    tokens: int


def check_model(path: Path) -> Sound:
    """Check a model or adapter folder (or a finished stage): weight files whole, every tensor of the model there in its
    shape and no other, all values finite, the tokenizer as its files say, no id without an embedding row.

    Reads every weight file once; memory: the largest tensor. Raises `TekioError` with the first thing that is wrong.
    """
    quiet_libraries()
    folder = model_folder(path)
    info = adapter_info(folder)
    base = info.base if info else folder
    check_weight_files(base)
    model = check_weights(base)
    if info:
        _check_adapter_file(folder)
    tokenizer = load_tokenizer(folder if has_tokenizer(folder) else base)
    rows = int(model.get_input_embeddings().weight.shape[0])
    require_rows(tokenizer, rows, folder)
    return Sound(sum(item.numel() for item in model.parameters()), rows, len(tokenizer))


def _check_adapter_file(folder: Path) -> None:
    from safetensors import safe_open

    path = folder / ADAPTER_WEIGHTS
    read_header(path)
    with safe_open(str(path), framework="pt") as file:
        require_finite(((name, file.get_tensor(name)) for name in file.keys()), path)  # noqa: SIM118
