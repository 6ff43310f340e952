"""Models on disk and in use: load, save, merge, export; prompt templates; text generation.

Hugging Face layout and PEFT adapters, safetensors only, never code from a model folder. See docs/training.md.
"""

from __future__ import annotations

from tekio.model.deterministic_math import ask_for_repeatable_arithmetic
from tekio.model.passive_threads import ask_for_passive_waiting

ask_for_repeatable_arithmetic()
ask_for_passive_waiting()
