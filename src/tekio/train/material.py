"""What a training reads: the mixture and its shares, what is mixed in at its end, and what it is measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tekio.artifacts.training import AnnealFacts, ReplayFacts, RewrittenAnswers, SourceTokens
from tekio.recipe.train import TrainingConfig
from tekio.train.optimizer import decay_begin
from tekio.train.packing import Rows
from tekio.train.schedule import Part, Schedule, annealed, make_schedule


@dataclass(frozen=True)
class Material:
    """Packed text. mixture, parts: stores and how often each is taken; replay: share of those that are replay.

    annealing: the store mixed in while the rate of a `wsd` schedule falls, with its share of the tokens learned then. replayed: what
    is said of records that are replay. rewritten: of those whose answers the model told again.
    """

    mixture: Sequence[Rows]
    held_out: Mapping[str, Rows]
    parts: Sequence[Part] | None = None
    replay: float = 0.0
    annealing: tuple[Rows, float] | None = None
    replayed: ReplayFacts | None = None
    rewritten: RewrittenAnswers | None = None

    @property
    def stores(self) -> list[Rows]:
        """All stores, in the schedule's order."""
        return [*self.mixture, *([self.annealing[0]] if self.annealing else [])]

    def schedule(self, config: TrainingConfig, seed: int) -> Schedule:
        """Which rows each step takes."""
        found = make_schedule(
            self.mixture,
            seed=seed,
            share=self.replay,
            batch=config.batch_rows,
            epochs=config.epochs,
            max_steps=config.max_steps,
            parts=self.parts,
        )
        if self.annealing is None:
            return found
        begin = decay_begin(config.optimizer, found.steps)
        return annealed(found, self.stores, begin=begin, share=self.annealing[1])


def replay_facts(material: Material, sources: Mapping[str, SourceTokens]) -> ReplayFacts | None:
    """What replay of records came to, by the tokens learned of each source; None without any."""
    if material.replayed is None:
        return None
    learned = {name: item.learned or 0 for name, item in sources.items()}
    tokens = sum(count for name, count in learned.items() if name.startswith("replay:"))
    share = round(tokens / max(1, sum(learned.values())), 6)
    return material.replayed.model_copy(update={"tokens": tokens, "share": share})


def anneal_facts(material: Material, schedule: Schedule, steps: int) -> AnnealFacts | None:
    """What the phase of annealing came to in a training of `steps` steps; None without one."""
    annealing = schedule.annealing
    if annealing is None:
        return None
    stores = material.stores
    taken = tokens = 0
    for step in range(annealing.begin, steps):
        for ref in schedule.at(step):
            count = int(stores[ref.store].targets[ref.row])
            tokens += count
            taken += count if ref.store == annealing.store else 0
    own = stores[annealing.store]
    return AnnealFacts(
        begin=annealing.begin,
        steps=max(0, steps - annealing.begin),
        asked=annealing.share,
        share=round(taken / max(1, tokens), 6),
        tokens=tokens,
        texts=own.count.texts,
        sources=sorted(own.sources),
        there=own.count.trained,
    )
