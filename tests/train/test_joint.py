"""Records and documents in one run of tuning: the shares asked for, what is measured, what is refused."""

# pyright: standard

from pathlib import Path

import pytest
import torch
from pydantic import ValidationError

from tekio.errors import NothingError, TekioError
from tekio.model.load import load_model, load_tokenizer
from tekio.model.templates import chat_template
from tekio.recipe.train import TuneConfig
from tekio.store import Workspace, read_json, read_jsonl, read_manifest
from tekio.train import make_base, tune
from tekio.train.material import Material
from tekio.train.packing import Example, build_rows
from tekio.train.schedule import Part, make_schedule
from tekio.train.stores import documents_beside, record_rows
from train.tiny_inputs import base_config, make_corpus, make_records, tune_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("joint")
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    make_base(base_config(max_steps=2), root / "base", corpus=root / "corpus", seed=7)
    return root


def test_an_epoch_takes_the_shares_of_learned_tokens_that_are_asked_for(tmp_path: Path):
    sizes = {"records": 400, "general": 3000, "finance": 90}
    stores = [
        build_rows(tmp_path / name, [Example(list(range(10)), None, 9)] * count, 10) for name, count in sizes.items()
    ]
    parts = [Part(), Part(share=0.1), Part(share=0.3)]
    schedule = make_schedule(stores, seed=1, share=0, batch=7, epochs=3, max_steps=None, parts=parts)
    seen = [0, 0, 0]
    for step in range(schedule.steps):
        for ref in schedule.at(step):
            seen[ref.store] += 1
    assert [count / sum(seen) for count in seen] == pytest.approx([0.6, 0.1, 0.3], abs=0.002)
    assert seen[0] == 3 * 400  # every record once an epoch, whatever is mixed in


def test_records_learn_beside_documents_and_both_are_measured(run: Path, tmp_path: Path):
    config = tune_config(documents={"general": 0.2, "finance": 0.2})
    place = tmp_path / "tune"
    tune(config, place, model=run / "base", records=run / "instruct", corpus=run / "corpus", seed=7)
    summary = read_json(place / "summary.json")
    assert set(summary["held_out_after"]) == {"validation", "general", "finance"}
    assert summary["held_out_after"]["validation"]["loss"] < summary["held_out_before"]["validation"]["loss"]
    manifest = read_manifest(place)
    assert manifest is not None
    assert "corpus" in {item.name for item in manifest.inputs}
    learned = {name: item["learned"] for name, item in summary["sources"].items()}
    assert sum(learned.values()) == summary["tokens"]["seen"]


def test_the_loss_of_a_joint_step_is_that_of_its_texts_one_by_one(run: Path, tmp_path: Path):
    config = tune_config(documents={"finance": 0.4}, max_steps=1, batch_rows=12)
    tokenizer = load_tokenizer(run / "base" / "model")
    tokenizer.chat_template = chat_template(config.template)
    space = Workspace(tmp_path / "space", 7)
    records = record_rows(space, "rows-0", config, tokenizer, [run / "instruct"], "train")
    documents, parts = documents_beside(space, config, tokenizer, run / "corpus")
    material = Material([records, *documents], {}, [Part(), *parts])
    network = load_model(run / "base", device="cpu").model
    total, count, stores = 0.0, 0, set()
    for ref in material.schedule(config, 7).at(0):
        rows = material.stores[ref.store]
        stores.add(ref.store)
        for item in rows.row_items[rows.row_starts[ref.row] : rows.row_starts[ref.row + 1]]:
            start, length = (int(value) for value in rows.items[item])
            ids = torch.tensor(rows.tokens[start : start + length].astype("int64"))[None]
            learned = torch.tensor(rows.learned[start + 1 : start + length].astype(bool))
            with torch.no_grad():
                losses = torch.nn.functional.cross_entropy(network(ids).logits[0, :-1], ids[0, 1:], reduction="none")
            total, count = total + float(losses[learned].sum()), count + int(learned.sum())
    assert stores == {0, 1}
    tune(config, tmp_path / "tune", model=run / "base", records=run / "instruct", corpus=run / "corpus", seed=7)
    line = list(read_jsonl(tmp_path / "tune" / "metrics.jsonl"))[-1]
    assert line["tokens"] == count
    assert line["loss"] == pytest.approx(total / count, abs=1e-5)
    learned_of = {
        name: own["learned"] for name, own in read_json(tmp_path / "tune" / "summary.json")["sources"].items()
    }
    assert set(learned_of) == {"records:instruct", "made"}
    assert sum(learned_of.values()) == count


def test_without_documents_the_corpus_is_no_input(run: Path, tmp_path: Path):
    config = tune_config(max_steps=1)
    tune(config, tmp_path / "a", model=run / "base", records=run / "instruct", corpus=run / "corpus", seed=7)
    manifest = read_manifest(tmp_path / "a")
    assert manifest is not None
    assert "corpus" not in {item.name for item in manifest.inputs}


def test_documents_that_are_not_there_are_refused(run: Path, tmp_path: Path):
    config = tune_config(documents={"law": 0.2})
    with pytest.raises(TekioError, match="need a corpus"):
        tune(config, tmp_path / "a", model=run / "base", records=run / "instruct", seed=7)
    with pytest.raises(NothingError, match="law"):
        tune(config, tmp_path / "b", model=run / "base", records=run / "instruct", corpus=run / "corpus", seed=7)


@pytest.mark.parametrize("shares", [{"general": 0.0}, {"general": 0.6, "finance": 0.4}, {"general": -0.1}])
def test_shares_are_shares(shares: dict[str, float]):
    with pytest.raises(ValidationError):
        TuneConfig(documents=shares)
