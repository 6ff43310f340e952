"""Scoring with a model on this machine: load it once, score unit after unit into their stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from tekio.artifacts.results import ModelFacts
from tekio.errors import InputError, TekioError
from tekio.evaluate.scoring.asked import as_asked, chat_template_hash
from tekio.evaluate.scoring.batching import Batch
from tekio.evaluate.scoring.capability import prepare
from tekio.evaluate.scoring.dialogue import as_one, next_request
from tekio.evaluate.scoring.encode import EncodedChoice, Encoder, context_length, encode_choices, make_encoder
from tekio.evaluate.scoring.forward import ScoringModel
from tekio.evaluate.scoring.generation import score_generation
from tekio.evaluate.scoring.read_choice import MAX_TOKENS, Reply, choice_score
from tekio.evaluate.scoring.requests import (
    ChoiceRequest,
    ChoiceScore,
    GenerationRequest,
    GenerationScore,
    RollingRequest,
    Score,
)
from tekio.evaluate.scoring.rolling_loglikelihood import encode_rolling, score_rolling
from tekio.evaluate.scoring.score import score_choices
from tekio.evaluate.scoring.score_store import ItemStore, owed_batches
from tekio.evaluate.units import Unit
from tekio.model.load import LoadedModel, load_model
from tekio.progress import Progress
from tekio.recipe.evaluate import EvaluateConfig
from tekio.text.reasoning import marks_of

Owed = Callable[[int, Sequence[int]], bool]


def _all_of_it(_number: int, _batch: Sequence[int]) -> bool:
    return True


@dataclass(frozen=True)
class Share:
    """Which part of the batches is this process's: number `rank` of `world`."""

    rank: int = 0
    world: int = 1


@dataclass
class LocalModel:
    """A loaded model with what scoring needs of it."""

    loaded: LoadedModel
    scoring: ScoringModel | None
    """None: vLLM computes (`loaded.vllm`)."""
    encoder: Encoder
    config: EvaluateConfig

    @classmethod
    def load(cls, path: Path, config: EvaluateConfig, device: str) -> LocalModel:
        """Load a model or adapter folder and find out what it can do."""
        if config.engine == "vllm":
            from tekio.model.vllm_engine import SPARE, load_with_vllm

            loaded, scoring, spare = load_with_vllm(path, dtype=config.dtype, device=config.device), None, SPARE
        else:
            # A model that gives NaN is scored and marked, so that the others beside it have their numbers.
            loaded, spare = load_model(path, dtype=config.dtype, device=device, finite=False), 0
            scoring = prepare(loaded.model, loaded.device)
        length = context_length(loaded.model.config, loaded.tokenizer) - spare
        encoder = make_encoder(loaded.tokenizer, length, boundary=config.boundary, bos=config.bos)
        return cls(loaded, scoring, encoder, config)

    def facts(self) -> ModelFacts:
        """What results say about the model beside its hashes."""
        return ModelFacts(
            parameters=self.loaded.parameters,
            dtype=self.loaded.vllm.dtype if self.loaded.vllm else str(self._own.dtype).removeprefix("torch."),
            context_length=self.encoder.max_length,
            bos=self.encoder.bos_id,
            shared_prefixes=self.scoring is not None and self.scoring.tree,
            endpoint_model=None,
            endpoint_rule=self.config.endpoint_rule if self.config.choices == "reply" else None,
            max_tokens=None,
            thinking=self.config.thinking.asked,
            chat_template_sha256=chat_template_hash(self.loaded.tokenizer),
            choices=self.config.choices,
            likelihoods=None,
            engine=f"vllm {self.loaded.vllm.version}" if self.loaded.vllm else "transformers",
        )

    @property
    def _own(self) -> ScoringModel:
        assert self.scoring is not None
        return self.scoring

    def choices(self, encoded: Sequence[EncodedChoice], owed: Owed) -> Iterator[list[ChoiceScore]]:
        """Scores of choices, batch by batch."""
        if self.loaded.vllm is not None:
            from tekio.evaluate.scoring.vllm_likelihood import choices_by_vllm

            return choices_by_vllm(self.loaded.vllm, encoded, owed=owed)

        def owed_batch(number: int, batch: Batch) -> bool:
            return owed(number, batch.requests)

        return score_choices(self._own, encoded, batch_tokens=self.config.batch_tokens, owed=owed_batch)

    def close(self) -> None:
        """Give back what an engine beside this process holds."""
        if self.loaded.vllm is not None:
            self.loaded.vllm.close()

    def score(self, unit: Unit, store: ItemStore, share: Share, progress: Progress) -> None:
        """Bring `store` to hold a score for every item of the unit that is this process's share."""
        for scores in self._batches(unit, store, share):
            store.add(scores)
            progress.advance(len(scores), note=unit.file_name.removesuffix(".jsonl"))

    def _batches(self, unit: Unit, store: ItemStore, share: Share) -> Iterable[Sequence[Score]]:
        config = unit.asked(self.config)
        owed = owed_batches(store, unit.names, rank=share.rank, world=share.world)
        if share.world == 1 and store.has(unit.names):
            return []
        try:
            requests = as_asked(unit.built.requests, self.loaded.tokenizer, config)
            if unit.form == "choice" and config.choices == "likelihood":
                return self.choices(encode_choices(cast("Sequence[ChoiceRequest]", requests), self.encoder), owed)
            if unit.form == "choice":
                return self._choices_by_reply(cast("Sequence[ChoiceRequest]", requests), owed, config)
            if unit.form == "generation":
                built = cast("Sequence[GenerationRequest]", unit.built.requests)
                plain = {request.item: request for request in built if request.follow_ups}
                return self._generated(cast("Sequence[GenerationRequest]", requests), owed, config, plain)
            texts = cast("Sequence[RollingRequest]", unit.built.requests)
            window, stride = config.perplexity.window, config.perplexity.stride
            rolling = encode_rolling(texts, self.encoder, window=window, stride=stride)
            if self.loaded.vllm is not None:
                from tekio.evaluate.scoring.vllm_likelihood import texts_by_vllm

                return texts_by_vllm(self.loaded.vllm, rolling, owed=owed)
            return score_rolling(self._own, rolling, batch_tokens=config.batch_tokens, owed=owed)
        except InputError as error:
            raise TekioError(
                error.what, where=f"task {unit.built.name}, item {error.where}", why=error.why, fix=error.fix
            ) from error

    def _generated(
        self,
        requests: Sequence[GenerationRequest],
        owed: Owed,
        config: EvaluateConfig,
        plain: Mapping[str, GenerationRequest],
    ) -> Iterator[list[GenerationScore]]:
        """Answers in words, with room for the reasoning before them unless it is switched off. plain: the dialogues among the
        requests as they were built.
        """
        thinking = config.thinking
        room = thinking.max_tokens if thinking.asked else 0
        asked = [
            replace(request, max_new_tokens=(config.max_new_tokens or request.max_new_tokens) + room)
            for request in requests
        ]
        marks = marks_of(thinking.opening, thinking.closing)
        found = score_generation(
            self.loaded, self.encoder, asked, batch_tokens=config.batch_tokens, marks=marks, owed=owed
        )
        if not any(request.follow_ups for request in asked):
            return found
        return (self._followed(batch, plain, config) for batch in found)

    def _followed(
        self, batch: Sequence[GenerationScore], plain: Mapping[str, GenerationRequest], config: EvaluateConfig
    ) -> list[GenerationScore]:
        """The dialogues that a batch begins, asked to their end."""
        turns = [[score] for score in batch]
        for _ in range(max(len(plain[score.item].follow_ups) for score in batch)):
            later = [next_request(plain[one[0].item], [score.text for score in one]) for one in turns]
            later = [replace(request, follow_ups=()) for request in later]
            asked = cast("list[GenerationRequest]", as_asked(later, self.loaded.tokenizer, config))
            answers = [score for scores in self._generated(asked, _all_of_it, config, {}) for score in scores]
            by_item = {score.item: score for score in answers}
            for one in turns:
                one.append(by_item[one[0].item])
        return [as_one(one) for one in turns]

    def _choices_by_reply(
        self, requests: Sequence[ChoiceRequest], owed: Owed, config: EvaluateConfig
    ) -> Iterator[list[ChoiceScore]]:
        """Choices read from what the model writes, by the rule that endpoints are read by."""
        by_item = {request.item: request for request in requests}
        asked = [
            GenerationRequest(request.item, request.prompt, MAX_TOKENS, conversation=request.conversation)
            for request in requests
        ]
        for answers in self._generated(asked, owed, config, {}):
            yield [self._read(by_item[answer.item], answer) for answer in answers]

    def _read(self, request: ChoiceRequest, answer: GenerationScore) -> ChoiceScore:
        given = Reply(answer.text, answer.tokens, answer.finish, answer.reasoning, answer.thinking_tokens)
        score = choice_score(request, given, self.config.endpoint_rule)
        return replace(score, truncated=answer.truncated)
