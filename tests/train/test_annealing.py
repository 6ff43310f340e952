"""Annealing: while the rate of a `wsd` schedule falls, named text is mixed in at its share; all of it is accounted for."""

# pyright: standard

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import TrainingSummary
from tekio.documents import Document, document_id, to_table, write_table
from tekio.errors import NothingError
from tekio.recipe.train import AnnealConfig, OptimizerConfig, PretrainConfig, ReplayConfig
from tekio.store import read_jsonl
from tekio.train import make_base, pretrain
from tekio.train.material import Material, anneal_facts
from tekio.train.mixing import tokens_by_source
from tekio.train.optimizer import decay_begin, learning_rate
from tekio.train.packing import Example, Rows, build_rows
from tekio.train.schedule import Part, RowRef
from train.tiny_inputs import base_config, make_corpus, pretrain_config

WSD = OptimizerConfig(schedule="wsd", decay_share=0.25, learning_rate=3e-3)


def store(folder: Path, name: str, texts: int, tokens: int, width: int = 13) -> Rows:
    """`texts` rows of `tokens` learned tokens each, of a source of this name."""
    return build_rows(
        folder / name, [Example(list(range(tokens + 1)), None, tokens, name)] * texts, width, packed=False
    )


def material(folder: Path, share: float, best: int = 30) -> Material:
    stores = [store(folder, "filings", 300, 9), store(folder, "general", 500, 9)]
    return Material(stores, {}, [Part(), Part(replay=True)], 0.2, (store(folder, "best", best, 12), share))


def config(**options) -> PretrainConfig:
    return PretrainConfig(optimizer=WSD, batch_rows=8, **options)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_the_phase_has_the_share_that_is_asked_for_and_nothing_before_it(tmp_path: Path, share: float):
    found = material(tmp_path, share)
    schedule = found.schedule(config(epochs=2), seed=5)
    plain = Material(found.mixture, {}, found.parts, found.replay).schedule(config(epochs=2), seed=5)
    begin = decay_begin(WSD, plain.steps)
    assert schedule.steps == plain.steps
    assert [schedule.at(step) for step in range(begin)] == [plain.at(step) for step in range(begin)]
    seen = Counter({True: 0, False: 0})
    for step in range(begin, schedule.steps):
        for ref in schedule.at(step):
            seen[ref.store == 2] += int(found.stores[ref.store].targets[ref.row])
    assert seen[True] / seen.total() == pytest.approx(share, abs=0.02)
    facts = anneal_facts(found, schedule, schedule.steps)
    assert facts is not None
    assert (facts.begin, facts.steps) == (begin, schedule.steps - begin)
    assert (facts.tokens, facts.share) == (seen.total(), pytest.approx(seen[True] / seen.total(), abs=1e-6))


def test_the_phase_is_the_one_in_which_the_rate_falls():
    rates = [learning_rate(WSD, step, 40) for step in range(40)]
    begin = decay_begin(WSD, 40)
    assert all(rate == WSD.learning_rate for rate in rates[: begin + 1])
    assert all(one > two for one, two in zip(rates[begin:], rates[begin + 1 :], strict=False))


def test_the_mixture_goes_on_where_it_was_and_the_best_text_is_used_evenly(tmp_path: Path):
    found = material(tmp_path, 0.5, best=7)
    schedule = found.schedule(config(epochs=1), seed=5)
    plain = Material(found.mixture, {}, found.parts, found.replay).schedule(config(epochs=1), seed=5)
    rows: list[RowRef] = [ref for step in range(schedule.steps) for ref in schedule.at(step)]
    usual = [ref for step in range(plain.steps) for ref in plain.at(step)]
    mixture = [ref for ref in rows if ref.store != 2]
    assert Counter(mixture) == Counter(usual[: len(mixture)])
    times = Counter(ref.row for ref in rows if ref.store == 2)
    assert len(times) == 7
    assert max(times.values()) - min(times.values()) <= 1
    assert schedule.epoch(schedule.steps) == pytest.approx(len(mixture) / len(usual))


@pytest.mark.parametrize("steps", [3, 40, None])
def test_learned_tokens_by_source_and_phase_are_those_of_the_steps(tmp_path: Path, steps: int | None):
    found = material(tmp_path, 0.4)
    schedule = found.schedule(config(epochs=1.5), seed=2)
    done = schedule.steps if steps is None else steps
    facts = tokens_by_source(found.stores, schedule, done)
    seen: Counter[str] = Counter()
    late: Counter[str] = Counter()
    assert schedule.annealing is not None
    for step in range(done):
        for ref in schedule.at(step):
            name = ["filings", "general", "best"][ref.store]
            tokens = int(found.stores[ref.store].targets[ref.row])
            seen[name] += tokens
            late[name] += tokens if step >= schedule.annealing.begin else 0
    assert {name: own.learned for name, own in facts.items()} == {name: seen[name] for name in facts}
    assert {name: own.annealed for name, own in facts.items()} == {name: late[name] for name in facts}
    assert facts["best"].epochs == 0


def test_sources_that_share_a_row_are_told_apart(tmp_path: Path):
    texts = [Example(list(range(size)), None, size, f"s{size % 3}") for size in range(2, 30)]
    rows = build_rows(tmp_path / "mixed", [*texts, Example(list(range(100)), None, 100, "long")], 32)
    schedule = Material([rows], {}).schedule(PretrainConfig(batch_rows=2), seed=1)
    facts = tokens_by_source([rows], schedule, schedule.steps)
    assert {name: own.learned for name, own in facts.items()} == {name: own.tokens for name, own in facts.items()}
    assert facts["long"].learned == 99


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("annealing")
    make_corpus(root / "corpus", documents=30)
    texts = [f"決算短信の要点{number}は利益の増加です。" for number in range(8)]
    rows = [Document(document_id("best", text, text), text, "best", text, "CC0-1.0", "best") for text in texts]
    write_table(to_table(rows), root / "corpus" / "train" / "part-00001.parquet")
    make_base(base_config(max_steps=2), root / "base", corpus=root / "corpus", seed=7)
    return root


def annealed(run: Path, out: Path, anneal: AnnealConfig, **options) -> TrainingSummary:
    made = pretrain_config(optimizer=WSD, anneal=anneal, evaluate_every=0, **options)
    pretrain(made, out, base=run / "base", corpus=run / "corpus", seed=7)
    return read_artifact(TrainingSummary, out / "summary.json")


@pytest.mark.parametrize("names", [{"sources": ["best"]}, {"domains": ["best"]}])
def test_a_domain_that_is_trained_nowhere_else_is_learned_last(run: Path, tmp_path: Path, names: dict[str, Any]):
    summary = annealed(run, tmp_path / "p", AnnealConfig(**names, share=0.7))
    assert summary.anneal is not None
    assert summary.sources is not None
    assert summary.anneal.begin == 9
    assert summary.anneal.sources == ["best"]
    assert summary.anneal.share == pytest.approx(0.7, abs=0.08)
    assert sum(own.learned or 0 for own in summary.sources.values()) == summary.tokens.seen
    assert sum(own.annealed or 0 for own in summary.sources.values()) == summary.anneal.tokens
    assert summary.sources["best"].learned == summary.sources["best"].annealed
    lines = list(read_jsonl(tmp_path / "p" / "metrics.jsonl"))
    assert lines[-1]["tokens"] - lines[9]["tokens"] == summary.anneal.tokens


def test_until_the_phase_begins_it_changes_nothing(run: Path, tmp_path: Path):
    annealed(run, tmp_path / "a", AnnealConfig(sources=["best"], share=1.0), replay=ReplayConfig())
    made = pretrain_config(optimizer=WSD, evaluate_every=0, replay=ReplayConfig())
    pretrain(made, tmp_path / "b", base=run / "base", corpus=run / "corpus", seed=7)
    one, two = ([line["loss"] for line in read_jsonl(tmp_path / name / "metrics.jsonl")] for name in "ab")
    assert one[:10] == two[:10]
    assert one[10:] != two[10:]


@pytest.mark.parametrize("names", [{"sources": ["best", "none"]}, {"domains": ["law"]}])
def test_a_name_without_documents_is_refused(run: Path, tmp_path: Path, names: dict[str, Any]):
    with pytest.raises(NothingError, match=r"none|law"):
        annealed(run, tmp_path / "p", AnnealConfig(**names))


@pytest.mark.parametrize(
    "options",
    [
        {"anneal": {"sources": ["best"]}},
        {"optimizer": {"schedule": "wsd"}, "anneal": {"share": 0.5}},
        {"optimizer": {"schedule": "wsd"}, "anneal": {"sources": ["best"], "share": 0.0}},
        {"optimizer": {"schedule": "wsd"}, "anneal": {"sources": ["best"], "share": 1.2}},
    ],
)
def test_annealing_has_a_phase_and_something_to_mix_in(options: dict):
    with pytest.raises(ValidationError):
        PretrainConfig.model_validate(options)
