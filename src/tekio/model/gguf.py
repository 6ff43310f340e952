"""A GGUF file as a model folder: weights taken out of their blocks, tokenizer and chat template as the file has them.

The file format: ggml's `gguf.md`. transformers reads it (`gguf_file=`); what it made of the tokenizer is compared with
the file here, and what it would guess is refused.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (gguf, tokenizers and transformers have no complete type information)

from __future__ import annotations

import contextlib
import importlib.util
import io
from pathlib import Path
from typing import Any

from tekio.errors import TekioError, Text
from tekio.model.load import choose_dtype, quiet_libraries
from tekio.model.merge import save_folder
from tekio.model.weights import require_finite, require_loaded
from tekio.store import require_apart, require_new

_BYTE_LEVEL = ("gpt-2", "default", "smollm")
"""Rules by which a byte-level file cuts text before its merges (`tokenizer.ggml.pre`) that are rebuilt here."""


def unpack_gguf(path: Path, out: Path, *, dtype: str | None = None) -> Any:
    """Write the model of a GGUF file into the new folder `out`, in Hugging Face layout; the tokenizer is returned.

    Quantised blocks become the numbers they stand for, so nothing is lost and nothing is regained. dtype: `fp32`
    (default), `bf16`, `fp16`. Raises `TekioError` when transformers cannot read the file, a tensor is missing or not
    finite, or the tokenizer made from it does not have the file's ids.
    """
    require_new(out)
    require_apart(out, [path])
    fields = _fields(path)
    model = _weights(path)
    tokenizer = _tokenizer(path, fields)
    save_folder(model, tokenizer, out, str(choose_dtype(dtype or "fp32", "cpu")).removeprefix("torch."))
    return tokenizer


def is_gguf(path: Path) -> bool:
    """Whether `path` is a file that begins as GGUF files do."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


def _fields(path: Path) -> dict[str, Any]:
    """The key-value part of the file. Raises `TekioError` if it is damaged or `gguf` is not installed."""
    if importlib.util.find_spec("gguf") is None:
        raise TekioError(
            Text("Reading GGUF needs the `gguf` package.", "GGUF を読むには `gguf` が要ります。"),
            where=path,
            fix="pip install 'tekio[train]'",
        )
    from gguf import GGUFReader

    try:
        reader = GGUFReader(str(path))
        return {name: field.contents() for name, field in reader.fields.items()}
    except (OSError, ValueError, KeyError, IndexError, UnicodeDecodeError, OverflowError, MemoryError) as error:
        raise _unreadable(path, error) from error


def _weights(path: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    quiet_libraries()
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # a progress bar that no setting turns off
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                str(path.parent),
                gguf_file=path.name,
                dtype=torch.float32,
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, NotImplementedError) as error:
        raise _unreadable(path, error) from error
    model, info = loaded
    require_loaded(info, path)
    require_finite(model.named_parameters(), path)
    for name in ("quantization_config", "_pre_quantization_dtype"):  # the written weights are plain numbers
        if hasattr(model.config, name):
            delattr(model.config, name)
    model.hf_quantizer = None
    model.is_quantized = False
    return model


def _tokenizer(path: Path, fields: dict[str, Any]) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            str(path.parent), gguf_file=path.name, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, NotImplementedError) as error:
        raise _unreadable(path, error) from error
    if fields.get("tokenizer.ggml.model") == "gpt2":
        _cut_as(tokenizer, str(fields.get("tokenizer.ggml.pre", "default")), path)
    pieces = [str(item) for item in fields["tokenizer.ggml.tokens"]]
    found = tokenizer.convert_ids_to_tokens(list(range(len(pieces))))
    wrong = [number for number, pair in enumerate(zip(pieces, found, strict=True)) if pair[0] != pair[1]]
    if wrong:
        raise TekioError(
            Text("The tokenizer does not have the file's ids.", "トークナイザの番号がファイルと一致しません。"),
            where=path,
            why=f"{wrong[0]}: {pieces[wrong[0]]!r} != {found[wrong[0]]!r}",
        )
    return tokenizer


def _cut_as(tokenizer: Any, rule: str, path: Path) -> None:
    """Cut text before the merges as the file's rule says; transformers takes GPT-2's for all."""
    from tokenizers import pre_tokenizers

    if rule not in _BYTE_LEVEL:
        raise TekioError(
            Text(
                f"The file's tokenizer cuts text by a rule that is not known here: {rule}.",
                f"このファイルのトークナイザの分割規則 {rule} には対応していません。",
            ),
            where=path,
            fix=Text("Take the model's folder in Hugging Face layout.", "Hugging Face 形式を使ってください。"),
        )
    if rule == "smollm":  # every digit on its own
        parts = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(parts)


def _unreadable(path: Path, error: Exception) -> TekioError:
    return TekioError(
        Text("The GGUF file cannot be read.", "GGUF ファイルを読めません。"),
        where=path,
        why=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
    )
