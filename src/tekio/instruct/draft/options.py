"""How drafts are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from tekio.instruct.draft.prompts import Kind


@dataclass(frozen=True)
class DraftOptions:
    """generator_license: the terms of the model's output, recorded with each row."""

    kind: Kind
    generator_license: str = "unknown"
    variants: int = 1
    temperature: float = 0.7
    max_tokens: int = 1024
    seed: int = 17
    parallel: int = 2
