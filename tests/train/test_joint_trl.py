"""Documents and records in one run: losses and gradient norms of every step are those of TRL's SFTTrainer on the same packed tokens.

TRL lives in an environment of its own: `TEKIO_TRL` names its Python. Last run: 2026-11-29, TRL 1.16.0, transformers 5.23.0,
PEFT 0.21.2.
"""

# pyright: standard

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tekio.model.load import load_tokenizer, load_weights
from tekio.model.templates import chat_template
from tekio.recipe.train import LoraConfig, OptimizerConfig, TuneConfig
from tekio.store import Workspace, read_json, read_jsonl
from tekio.train import make_base, tune
from tekio.train.adapter import add_adapter, save_adapter
from tekio.train.material import Material
from tekio.train.schedule import Part
from tekio.train.seeds import derived_seed
from tekio.train.stores import documents_beside, record_rows
from train.tiny_inputs import base_config, make_corpus, make_records, tune_config

PYTHON = os.environ.get("TEKIO_TRL", "")
STEPS, BATCH, RATE, SEED = 6, 8, 3e-3, 7


@pytest.mark.heavy
@pytest.mark.skipif(not PYTHON, reason="TEKIO_TRL names no Python with trl")
@pytest.mark.parametrize("method", ["full", "lora"])
def test_every_joint_step_is_trl_s(tmp_path: Path, method: str):
    make_corpus(tmp_path / "corpus")
    make_records(tmp_path / "instruct")
    make_base(base_config(max_steps=2), tmp_path / "base", corpus=tmp_path / "corpus", seed=SEED)
    config = tune_config(
        method=method,
        lora=LoraConfig(rank=4, dropout=0.0),
        documents={"finance": 0.3, "general": 0.2},
        max_steps=STEPS,
        batch_rows=BATCH,
        epochs=5,
        optimizer=OptimizerConfig(learning_rate=RATE, schedule="constant", clip_norm=1.0, weight_decay=0.0),
    )
    model, adapter = tmp_path / "base" / "model", tmp_path / "begin" if method == "lora" else None
    if adapter is not None:
        begin_adapter(config, model, adapter)
    tune(
        config,
        tmp_path / "tune",
        model=tmp_path / "base",
        records=tmp_path / "instruct",
        corpus=tmp_path / "corpus",
        seed=SEED,
    )
    ours = list(read_jsonl(tmp_path / "tune" / "metrics.jsonl"))[1:]
    learned = {name: item["learned"] for name, item in read_json(tmp_path / "tune" / "summary.json")["sources"].items()}
    assert len(learned) == 2  # records, and the corpus' source
    assert all(learned.values())
    given = {
        "rows": rows_taken(tmp_path, config, model),
        "batch": BATCH,
        "steps": STEPS,
        "learning_rate": RATE,
        "max_grad_norm": 1.0,
    }
    (tmp_path / "rows.json").write_text(json.dumps(given))
    words = [PYTHON, str(Path(__file__).with_name("sft_of_trl.py")), str(model), str(adapter or ""), "rows.json", "out"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    theirs = json.loads((tmp_path / "out").read_text())
    assert len(ours) == len(theirs) == STEPS
    for one, other in zip(ours, theirs, strict=True):
        assert one["loss"] == pytest.approx(float(other["loss"]), abs=1e-5)
        assert one["gradient_norm"] == pytest.approx(float(other["grad_norm"]), rel=1e-4)


def begin_adapter(config: TuneConfig, base: Path, folder: Path) -> None:
    """The adapter that `tune` starts from, as PEFT saves it."""
    import torch

    tokenizer = load_tokenizer(base)
    network = load_weights(base, dtype="fp32")
    torch.manual_seed(derived_seed(SEED, "adapter"))
    save_adapter(add_adapter(network, config.lora, tokenizer), tokenizer, folder, base=base, final=folder)


def rows_taken(root: Path, config: TuneConfig, model: Path) -> list[dict[str, Any]]:
    """The rows of all steps in order: ids, labels and the lengths of the texts in them."""
    tokenizer = load_tokenizer(model)
    tokenizer.chat_template = chat_template(config.template)
    space = Workspace(root / "space", SEED)
    records = record_rows(space, "rows-0", config, tokenizer, [root / "instruct"], "train")
    documents, beside = documents_beside(space, config, tokenizer, root / "corpus")
    material = Material([records, *documents], {}, [Part(), *beside])
    schedule = material.schedule(config, SEED)
    found: list[dict[str, Any]] = []
    for step in range(STEPS):
        for ref in schedule.at(step):
            rows, row = material.stores[ref.store], {"input_ids": [], "labels": [], "seq_lengths": []}
            for item in rows.row_items[rows.row_starts[ref.row] : rows.row_starts[ref.row + 1]]:
                start, length = (int(value) for value in rows.items[item])
                ids = [int(token) for token in rows.tokens[start : start + length]]
                learned = rows.learned[start : start + length]
                row["input_ids"] += ids
                row["labels"] += [
                    token if learns and place else -100
                    for place, (token, learns) in enumerate(zip(ids, learned, strict=True))
                ]
                row["seq_lengths"].append(length)
            found.append(row)
    return found
