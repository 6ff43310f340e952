"""Export: a folder a server such as vLLM takes as it is, and GGUF through llama.cpp's own converter."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (transformers has no complete type information)

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.load import (
    ADAPTER_CONFIG,
    AdapterInfo,
    adapter_info,
    load_model,
    load_tokenizer,
    load_weights,
    model_folder,
)
from tekio.model.merge import (
    Parity,
    checked_result,
    look_at,
    merge_adapter,
    rounded,
    save_folder,
    stored_as,
)
from tekio.model.templates import CHAT, render_prompt
from tekio.model.tokenizer import TOKENIZER_CONFIG, name_known_class, names_new_class
from tekio.store import new_folder, read_json_object, require_apart, require_new, write_atomic, write_json

CHAT_TEMPLATE = "chat_template.jinja"
LORA_RANKS = (16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes for `--max-lora-rank` (its first is the default)."""
CONVERTER = "convert_hf_to_gguf.py"
GGUF_TYPES = {"fp32": "f32", "bf16": "bf16", "fp16": "f16"}


def export_folder(model: Path, out: Path, *, dtype: str | None = None) -> Parity:
    """Write a self-contained model folder: merged if `model` is an adapter, chat template and all end tokens included,
    with an Ollama `Modelfile`.

    dtype: `fp32`, `bf16`, `fp16`; default: as the weights are stored. Raises `TekioError` if the written folder is not the
    model (see `merge_adapter`), or its files disagree about where a text ends.
    """
    folder = model_folder(model)
    if adapter_info(folder) is not None:
        parity = merge_adapter(folder, out, dtype=dtype)
    else:
        require_new(out)
        require_apart(out, [folder])
        kind = stored_as(dtype, folder)
        before = look_at(load_model(folder, dtype="fp32", device="cpu"), kind)
        weights = load_weights(folder, dtype="fp32")
        expected = rounded(weights, kind)
        save_folder(weights, load_tokenizer(folder), out, kind)
        parity = checked_result(before, out, expected, kind)
    check_ends(out)
    write_atomic(out / "Modelfile", modelfile(out, "."))
    return parity


def export_adapter(model: Path, out: Path) -> AdapterInfo:
    """Copy the adapter of `model` (an adapter or stage folder) to `out`, with its base named by its absolute place: plain PEFT
    (`AutoPeftModelForCausalLM.from_pretrained(out)`) then loads it from any folder. Within a run the base is named relative to the
    adapter, so that the run can be moved and is the same bytes wherever it lies.

    Raises `TekioError` if `model` is no adapter or its base is not there.
    """
    folder = model_folder(model)
    info = adapter_info(folder)
    if info is None:
        raise TekioError(Text("This is not an adapter.", "アダプタではありません。"), where=folder)
    with new_folder(out, [folder, info.base]) as working:
        for file in sorted(folder.iterdir()):
            if file.is_file():
                shutil.copyfile(file, working / file.name)
        settings = read_json_object(folder / ADAPTER_CONFIG)
        write_json(working / ADAPTER_CONFIG, {**settings, "base_model_name_or_path": str(info.base)})
    return info


def adapter_lines(out: Path, info: AdapterInfo) -> list[str]:
    """The command that serves an exported adapter on its base, with its own chat template. vLLM takes rank 16 unless told."""
    place, name = shlex.quote(str(out)), shlex.quote(out.name)
    words = ["vllm serve", shlex.quote(str(info.base)), "--enable-lora", f"--lora-modules {name}={place}"]
    words += [f"--max-lora-rank {_rank_allowed(info.rank)}"] if info.rank and info.rank > LORA_RANKS[0] else []
    words += [f"--chat-template {place}/{CHAT_TEMPLATE}"] if (out / CHAT_TEMPLATE).is_file() else []
    return [" ".join(words)]


def _rank_allowed(rank: int) -> int:
    """The least rank that vLLM can be told which is enough."""
    return next((allowed for allowed in LORA_RANKS if allowed >= rank), rank)


def stop_texts(folder: Path) -> list[str]:
    """The texts of all ids at which the model stops."""
    path = folder / "generation_config.json"
    ids = read_json_object(path).get("eos_token_id") if path.is_file() else None
    tokenizer = load_tokenizer(folder)
    listed = [ids] if isinstance(ids, int) else list(ids or [tokenizer.eos_token_id])
    return [str(tokenizer.convert_ids_to_tokens(item)) for item in listed if item is not None]


def modelfile(folder: Path, source: str) -> str:
    """An Ollama `Modelfile` for the model in `folder`: the prompt around one question as the chat template renders it,
    and every stop mark. source: what stands after FROM.
    """
    tokenizer = load_tokenizer(folder)
    prompt = "{{ .Prompt }}"
    text = prompt
    if isinstance(tokenizer.chat_template, str):
        text = render_prompt(CHAT, prompt, tokenizer=tokenizer)
        if tokenizer.bos_token and _puts_bos(tokenizer):  # the server puts it there itself then
            text = text.removeprefix(str(tokenizer.bos_token))
    stops = "".join(f"PARAMETER stop {json.dumps(item, ensure_ascii=False)}\n" for item in stop_texts(folder))
    return f'FROM {source}\nTEMPLATE """{text}"""\nPARAMETER temperature 0\n{stops}'


def _puts_bos(tokenizer: Any) -> bool:
    """Whether the tokenizer puts BOS before a text by itself, which the converted file then asks of the server."""
    return tokenizer("a", add_special_tokens=True)["input_ids"][:1] == [tokenizer.bos_token_id]


def serving_lines(out: Path) -> list[str]:
    """The commands that serve an exported folder, or a GGUF file, with its own template."""
    place, name = shlex.quote(str(out)), shlex.quote(out.stem or out.name)
    if out.is_dir():
        return [f"vllm serve {place} --served-model-name {name}", f"ollama create {name} -f {place}/Modelfile"]
    return [f"llama-server -m {place} --jinja", f"ollama create {name} -f {place}.Modelfile"]


def check_ends(folder: Path) -> None:
    """Raise `TekioError` when the tokenizer's EOS is not among the ids at which a server stops."""
    tokenizer = load_tokenizer(folder)
    path = folder / "generation_config.json"
    ids = read_json_object(path).get("eos_token_id") if path.is_file() else None
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


def export_gguf(
    model: Path, out: Path, *, converter: Path | None = None, python: Path | None = None, dtype: str | None = None
) -> None:
    """Convert a model folder to one GGUF file with llama.cpp's converter, with an Ollama `Modelfile` beside it.

    An adapter is merged into its base first. python: the interpreter of the converter's own environment (default: this
    one's). dtype: of the tensors in the file; default: the converter's choice, the type the weights are stored in.
    Raises `TekioError` with the converter's last words, and what it needs, when it fails.
    """
    script = find_converter(converter)
    beside = out.with_name(f"{out.name}.Modelfile")
    for place in (out, beside):
        require_new(place)
        require_apart(place, [model])
    folder = model_folder(model)
    with tempfile.TemporaryDirectory(prefix=".tekio-", dir=out.parent) as name:
        if adapter_info(folder) is not None:
            merge_adapter(folder, Path(name) / "model", dtype=dtype)
            folder = Path(name) / "model"
        else:
            folder = _for_converter(folder, Path(name) / "known" / folder.name)
        working = Path(name) / out.name
        _convert(script, folder, working, python, dtype)
        working.rename(out)
        write_atomic(beside, modelfile(folder, f"./{out.name}"))


def _for_converter(folder: Path, place: Path) -> Path:
    """The folder, or where its tokenizer names a class that only transformers 5 knows, its files as links at `place` with the
    class that the converter's transformers may know. The name stays: it stands in the file.
    """
    if not names_new_class(folder):
        return folder
    place.mkdir(parents=True)
    for file in sorted(folder.iterdir()):
        if file.name == TOKENIZER_CONFIG:
            shutil.copyfile(file, place / file.name)
        else:
            (place / file.name).symlink_to(file.resolve())
    name_known_class(place)
    return place


def _convert(script: Path, folder: Path, working: Path, python: Path | None, dtype: str | None) -> None:
    words = [str(python or sys.executable), str(script), str(folder), "--outfile", str(working)]
    words += ["--outtype", GGUF_TYPES[dtype]] if dtype else []
    closed = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (the user's own converter, arguments as a list)
            words, capture_output=True, text=True, check=False, env=os.environ | closed
        )
    except OSError as error:
        raise TekioError(
            Text("The converter's Python cannot be started.", "変換用の Python を起動できません。"),
            where=python,
            why=str(error),
        ) from error
    whole = working.is_file() and _begins(working, b"GGUF")
    if done.returncode or not whole:
        raise TekioError(
            Text("The converter failed.", "変換に失敗しました。"),
            where=script,
            why=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else None,
            fix=Text(
                "It needs torch, transformers, sentencepiece, protobuf and gguf (llama.cpp's "
                "requirements-convert_hf_to_gguf.txt): name an environment that has them with --converter-python.",
                "torch、transformers、sentencepiece、protobuf、gguf が要ります(llama.cpp の "
                "requirements-convert_hf_to_gguf.txt)。それらのある環境を --converter-python で指定してください。",
            ),
        )


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark
