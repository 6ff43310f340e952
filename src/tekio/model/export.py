"""Export: a folder a server such as vLLM takes as it is, and GGUF through llama.cpp's own converter."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (transformers has no complete type information)

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tekio.errors import TekioError, Text
from tekio.model.load import adapter_info, load_model, load_tokenizer, load_weights, model_folder
from tekio.model.merge import Parity, checked_result, merge_adapter, probe_tokens, save_folder, stored_type
from tekio.store import read_json, require_apart, require_new

CONVERTER = "convert_hf_to_gguf.py"


def export_folder(model: Path, out: Path) -> Parity:
    """Write a self-contained model folder: merged if `model` is an adapter, chat template and all end tokens included.

    Raises `TekioError` if the written folder generates other greedy tokens than `model`, or its files disagree about
    where a text ends.
    """
    folder = model_folder(model)
    if adapter_info(folder) is not None:
        parity = merge_adapter(folder, out)
    else:
        require_new(out)
        require_apart(out, [folder])
        before = probe_tokens(load_model(folder, dtype="fp32"))
        weights = load_weights(folder, dtype="fp32")
        save_folder(weights, load_tokenizer(folder), out, stored_type(folder))
        parity = checked_result(before, out)
    check_ends(out)
    return parity


def check_ends(folder: Path) -> None:
    """Raise `TekioError` when the tokenizer's EOS is not among the ids at which a server stops."""
    tokenizer = load_tokenizer(folder)
    path = folder / "generation_config.json"
    ids = read_json(path).get("eos_token_id") if path.is_file() else None
    listed = [ids] if isinstance(ids, int) else list(ids or [])
    if tokenizer.eos_token_id not in listed:
        raise TekioError(
            Text("Servers would not stop at the tokenizer's EOS.", "推論サーバーが EOS で止まりません。"),
            where=path,
            why=f"eos_token_id {listed}, tokenizer {tokenizer.eos_token_id}",
        )


def find_converter(given: Path | None) -> Path:
    """llama.cpp's converter: as given, or on the PATH. Raises `TekioError` if it is not there."""
    found = given or (Path(name) if (name := shutil.which(CONVERTER)) else None)
    if found is None or not found.is_file():
        raise TekioError(
            Text(f"{CONVERTER} was not found.", f"{CONVERTER} が見つかりません。"),
            where=given,
            fix=Text(
                "Get llama.cpp and name its converter with --converter.",
                "llama.cpp を入手し、--converter で指定してください。",
            ),
        )
    return found


def export_gguf(model: Path, out: Path, *, converter: Path | None = None) -> None:
    """Convert a plain model folder to one GGUF file with llama.cpp's converter (its Python, its dependencies).

    Raises `TekioError` with the converter's last words when it fails.
    """
    script = find_converter(converter)
    require_new(out)
    require_apart(out, [model])
    done = subprocess.run(  # noqa: S603 (the user's own converter, arguments as a list)
        [sys.executable, str(script), str(model_folder(model)), "--outfile", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not out.is_file():
        out.unlink(missing_ok=True)
        raise TekioError(
            Text("The converter failed.", "変換に失敗しました。"),
            where=script,
            why=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else None,
        )
