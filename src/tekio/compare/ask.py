"""The prompts to one model after another, a batch at a time; what is answered is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.errors import Text, UsageError
from tekio.evaluate.models import Endpoint
from tekio.progress import Progress
from tekio.recipe.report import CompareConfig
from tekio.store import read_json, write_json

if TYPE_CHECKING:
    from tekio.evaluate.scoring.requests import GenerationScore
    from tekio.model.generate import Generation
    from tekio.model.load import LoadedModel

BATCH = 8
TOGETHER = 64
"""Prompts given to vLLM at once."""


@dataclass(frozen=True)
class Round:
    """One round of all prompts. parts: where finished batches are kept; sample: which round."""

    config: CompareConfig
    parts: Path
    seed: int
    sample: int
    progress: Progress

    def batches(
        self,
        texts: list[str],
        answer: Callable[[list[str], int], Sequence[Generation | GenerationScore]],
        size: int = BATCH,
    ) -> list[Generation]:
        """`answer` to every batch with its seed; finished batches are read back."""
        from tekio.model.generate import Generation

        answers: list[Generation] = []
        for start in range(0, len(texts), size):
            part = self.parts / f"{start:06d}.json"
            batch = texts[start : start + size]
            if not part.is_file():
                made = answer(batch, self.draw(start))
                write_json(part, [{"text": item.text, "tokens": item.tokens, "finish": item.finish} for item in made])
            answers += [Generation(**item) for item in read_json(part)]
            self.progress.advance(len(batch))
        return answers

    def draw(self, start: int) -> int:
        """The seed of a batch: another one for every batch and round, the same in every repetition."""
        written = f"{self.seed}\x1f{self.sample}\x1f{start}"
        return int.from_bytes(hashlib.sha256(written.encode()).digest()[:4], "big") >> 1


def ask_folder(path: Path, rendered: list[str], asked: Round, template: str) -> list[Generation]:
    """One model's answers. The model is loaded only if a batch is missing."""
    from tekio.model.generate import Sampling, generate
    from tekio.model.load import load_model
    from tekio.model.templates import TEMPLATES
    from tekio.model.vllm_engine import load_with_vllm

    stop = TEMPLATES[template].stop if template in TEMPLATES else ()
    config = asked.config
    loaded: LoadedModel | None = None

    def answer(batch: list[str], seed: int) -> list[Generation]:
        nonlocal loaded
        loaded = loaded or (load_with_vllm(path) if config.engine == "vllm" else load_model(path))
        if loaded.context_length is not None and config.max_new_tokens >= loaded.context_length:
            raise UsageError(
                Text("The answer leaves no room for the prompt.", "回答だけでプロンプトの入る余地がありません。"),
                where=path,
                why=Text(
                    f"Answers of {config.max_new_tokens:,} tokens were asked for; the model sees {loaded.context_length:,} in all.",
                    f"回答に {config.max_new_tokens:,} トークンが指定されましたが、モデルが扱えるのは合計 {loaded.context_length:,} です。",
                ),
                fix=Text(
                    f"Ask for {loaded.context_length // 2:,} or fewer (`max_new_tokens`).",
                    f"`max_new_tokens` を {loaded.context_length // 2:,} 以下にしてください。",
                ),
            )
        sampling = Sampling(config.temperature, config.top_p, seed=seed) if config.temperature else None
        return generate(loaded, batch, max_new_tokens=config.max_new_tokens, stop=stop, sampling=sampling)

    answers = asked.batches(rendered, answer, BATCH if config.engine == "transformers" else TOGETHER)
    if loaded is not None and loaded.vllm is not None:
        loaded.vllm.close()
    return answers


def ask_server(server: Endpoint, messages: list[str], asked: Round, allow_hosts: Sequence[str]) -> list[Generation]:
    """A server's answers, each prompt as one chat message. The seed is sent; whether it is kept is the server's."""
    from tekio.evaluate.scoring.endpoint import EndpointModel
    from tekio.evaluate.scoring.requests import Sampling
    from tekio.recipe.evaluate import EvaluateConfig

    model = EndpointModel(server, EvaluateConfig(allow_hosts=list(allow_hosts)))
    config = asked.config

    def answer(batch: list[str], seed: int) -> list[GenerationScore]:
        return model.answers(batch, config.max_new_tokens, Sampling(config.temperature, config.top_p, seed=seed))

    return asked.batches(messages, answer)
