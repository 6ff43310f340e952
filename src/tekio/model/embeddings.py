"""Vectors of texts from an embedding model in a local folder: the mean of its last layer's token vectors, of length 1."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (torch and transformers have no complete type information)

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.errors import TekioError, Text
from tekio.model.load import check_weight_files, choose_device, context_length, quiet_libraries
from tekio.model.tokenizer import load_tokenizer

BATCH = 32
LONGEST = 512

Vectors = NDArray[np.float32]


class EmbeddingModel:
    """An embedding model on a device. path: a folder in Hugging Face layout with safetensors weights.

    Pooling is the mean over the tokens (E5, GLuCoSE, most sentence-transformers models), whatever files of
    sentence-transformers in the folder say. Raises `TekioError` for a folder that cannot be loaded, or needs code of its own.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        from transformers import AutoModel

        check_weight_files(path)
        quiet_libraries()
        self.device = choose_device(device)
        self.tokenizer: Any = load_tokenizer(path)
        try:
            model: Any = AutoModel.from_pretrained(
                path, local_files_only=True, use_safetensors=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise TekioError(
                Text("The embedding model cannot be loaded.", "埋め込みモデルを読めません。"),
                where=path,
                why=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
            ) from error
        self.model = model.to(self.device).eval()
        self.longest = min(LONGEST, context_length(model.config) or LONGEST)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row for each text, shape (texts, width), float32; texts longer than the model's context are cut at their end."""
        import torch

        rows: list[Vectors] = []
        with torch.inference_mode():
            for start in range(0, len(texts), BATCH):
                part = list(texts[start : start + BATCH])
                ids = [found[: self.longest] for found in self.tokenizer(part, verbose=False)["input_ids"]]
                width = max(1, *(len(one) for one in ids))
                tokens = torch.zeros((len(ids), width), dtype=torch.long)
                mask = torch.zeros((len(ids), width), dtype=torch.long)
                for row, one in enumerate(ids):
                    tokens[row, : len(one)] = torch.tensor(one, dtype=torch.long)
                    mask[row, : len(one)] = 1
                tokens, mask = tokens.to(self.device), mask.to(self.device)
                hidden = self.model(input_ids=tokens, attention_mask=mask).last_hidden_state.float()
                weights = mask[:, :, None].float()
                mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
                rows.append(torch.nn.functional.normalize(mean, dim=1).cpu().numpy())
        return np.concatenate(rows) if rows else np.zeros((0, 0), dtype=np.float32)
