"""The stage `residual`: every weight measured as it would be stored, the best on validation kept; exact after a kill."""

# pyright: standard

import shutil
from pathlib import Path

import pytest
import torch

from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import ResidualFacts
from tekio.errors import NothingError
from tekio.model.load import load_model, load_weights
from tekio.model.templates import CHAT
from tekio.recipe.paths import RecipePath
from tekio.recipe.residual import ResidualConfig
from tekio.records import read_records
from tekio.store import Manifest, read_manifest
from tekio.train import make_base, pretrain, residual, tune
from tekio.train.examples import encode_record
from train.tiny_inputs import base_config, make_corpus, make_records, pretrain_config, tune_config

stage = __import__("tekio.train.residual", fromlist=["residual"])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, its tuned form (all parameters) and the base after pre-training."""
    root = tmp_path_factory.mktemp("residual-run")
    make_corpus(root / "corpus", documents=30)
    make_records(root / "instruct")
    make_base(base_config(max_steps=6), root / "base", corpus=root / "corpus", seed=7)
    pretrain(pretrain_config(max_steps=4), root / "pretrain", base=root / "base", corpus=root / "corpus", seed=7)
    config = tune_config(method="full", max_steps=8)
    tune(config, root / "tuned", model=root / "base", records=root / "instruct", seed=7)
    return root


def made(run: Path, out: Path, *, records: bool = True, corpus: bool = True, **options) -> Manifest:
    config = ResidualConfig(instruct=RecipePath.of(run / "tuned" / "model"), **options)
    return residual(
        config,
        out,
        base=run / "base",
        pretrained=run / "pretrain",
        records={"instruct": run / "instruct"} if records else {},
        corpus=run / "corpus" if corpus else None,
        domains=["finance"],
        seed=7,
    )


def facts(out: Path) -> ResidualFacts:
    return read_artifact(ResidualFacts, out / "residual.json")


def naive_loss(folder: Path, records: Path) -> float:
    """Mean loss of the answers' tokens, one record at a time, by the model's own logits."""
    loaded = load_model(folder, device="cpu")
    total, count = 0.0, 0
    for record in read_records(records):
        example = encode_record(loaded.tokenizer, record, template=CHAT)
        assert example is not None
        if len(example.ids) > 256:
            continue
        ids = torch.tensor([example.ids])
        with torch.no_grad():
            losses = torch.nn.functional.cross_entropy(loaded.model(ids).logits[0, :-1], ids[0, 1:], reduction="none")
        learned = torch.tensor(list(example.learned or [])[1:])
        total, count = total + float(losses[learned].sum()), count + int(learned.sum())
    return total / count


def test_the_weight_with_the_lowest_loss_on_validation_records_is_kept(run: Path, tmp_path: Path):
    made(run, tmp_path / "r", weight=[0.0, 0.5, 1.0])
    found = facts(tmp_path / "r")
    losses = {item.weight: item.held_out["validation"].loss for item in found.tried}
    assert found.judge == "records"
    assert found.weight == min(losses, key=lambda weight: losses[weight])
    assert found.weight > 0  # what tuning taught is in it
    assert losses[found.weight] == pytest.approx(
        naive_loss(tmp_path / "r", run / "instruct" / "validation.jsonl"), abs=1e-4
    )
    assert all({"finance", "general"} <= set(item.held_out) for item in found.tried)
    parts = [load_weights(run / name / "model").state_dict() for name in ("pretrain", "tuned", "base")]
    kept = load_weights(tmp_path / "r" / "model").state_dict()
    for name, item in kept.items():
        pretrained, tuned, base = (part[name] for part in parts)
        assert torch.equal(item, pretrained + found.weight * (tuned - base))


def test_without_records_held_out_documents_judge(run: Path, tmp_path: Path):
    made(run, tmp_path / "r", weight=[0.0, 1.0], records=False)
    found = facts(tmp_path / "r")
    assert (found.judge, found.judged) == ("documents", ["finance"])
    losses = {item.weight: item.held_out["finance"].loss for item in found.tried}
    assert found.weight == min(losses, key=lambda weight: losses[weight])


def test_one_weight_needs_no_judge_and_several_do(run: Path, tmp_path: Path):
    made(run, tmp_path / "one", weight=1.0, records=False, corpus=False)
    assert (facts(tmp_path / "one").judge, facts(tmp_path / "one").weight) == (None, 1.0)
    with pytest.raises(NothingError, match="nothing to judge"):
        made(run, tmp_path / "many", records=False, corpus=False)


def test_what_was_measured_before_a_kill_is_not_measured_again(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made(run, tmp_path / "whole", weight=[0.0, 1.0])
    plain, calls = stage._losses, []

    def dying(folder: Path, held_out):
        calls.append(folder)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(folder, held_out)

    monkeypatch.setattr(stage, "_losses", dying)
    with pytest.raises(KeyboardInterrupt):
        made(run, tmp_path / "r", weight=[0.0, 1.0])
    made(run, tmp_path / "r", weight=[0.0, 1.0])
    assert len(calls) == 3
    one, two = (read_manifest(tmp_path / name) for name in ("whole", "r"))
    assert one is not None
    assert two is not None
    assert one.artifact == two.artifact


def test_later_stages_take_the_model(run: Path, tmp_path: Path):
    made(run, tmp_path / "residual", weight=1.0)
    shutil.copytree(run / "instruct", tmp_path / "instruct")
    tune(
        tune_config(template=CHAT, max_steps=1),
        tmp_path / "tune",
        model=tmp_path / "residual",
        records=run / "instruct",
        seed=7,
    )
    assert load_model(tmp_path / "tune", device="cpu").adapter is not None
