"""One template in one place: training, comparison, evaluation and a server see the same prompt ids; every adapter variant
gives, merged, the greedy ids it gave as an adapter.
"""

# pyright: standard

from pathlib import Path
from typing import Any

import pytest

from model.tiny import save_tiny
from tekio.compare import render_all, trained_template
from tekio.compare.prompts import Prompt
from tekio.evaluate.scoring.encode import make_encoder
from tekio.model.generate import encode_prompt, generate
from tekio.model.load import load_model
from tekio.model.merge import merge_adapter
from tekio.recipe.paths import RecipePath
from tekio.recipe.train import BaseConfig, LoraConfig, OptimizerConfig
from tekio.train import make_base, tune
from tekio.train.examples import encode_record
from tekio.train.inputs import records_of
from train.tiny_inputs import make_records, tune_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ids")
    make_records(root / "instruct", count=40)
    make_base(BaseConfig(model=RecipePath.of(save_tiny(root / "given"))), root / "base", corpus=None, seed=1)
    return root


def tuned(run: Path, out: Path, **options: Any) -> Path:
    config = tune_config(epochs=2, optimizer=OptimizerConfig(learning_rate=2e-2), **options)
    tune(config, out, model=run / "base", records=run / "instruct", seed=1)
    return out


@pytest.mark.parametrize("template", ["alpaca-japanese", "vqa-japanese", "alpaca"])
def test_training_comparison_evaluation_and_the_saved_template_use_the_same_ids(
    template: str, run: Path, tmp_path: Path
):
    stage = tuned(run, tmp_path / "tune", template=template)
    assert (stage / "adapter" / "chat_template.jinja").is_file()
    models = {"tuned": stage / "adapter"}
    assert trained_template(models) == template
    loaded = load_model(stage)
    tokenizer = loaded.tokenizer
    encoder = make_encoder(tokenizer, 256, boundary="lossless", bos="tokenizer")
    for record in records_of(run / "instruct", "train")[:12]:
        example = encode_record(tokenizer, record, template=template)
        assert example is not None
        trained = list(example.ids)[: list(example.learned or []).index(True)]
        prompt = Prompt(record.id, record.instruction, record.meta.input)
        [text] = render_all([prompt], template, models)
        assert encode_prompt(tokenizer, text) == trained
        assert encoder.with_bos(encoder.ids([text])[0]) == trained
        message = {"role": "user", "content": record.instruction, "input": record.meta.input or ""}
        served = tokenizer.apply_chat_template([message], tokenize=False, add_generation_prompt=True)
        assert encode_prompt(tokenizer, served) == trained


@pytest.mark.parametrize(
    "options",
    [{"variant": "rslora"}, {"variant": "dora"}, {"variant": "pissa"}, {"plus_ratio": 16.0}],
    ids=["rslora", "dora", "pissa", "lora+"],
)
def test_every_variant_merged_gives_the_adapters_greedy_ids(options: dict[str, Any], run: Path, tmp_path: Path):
    stage = tuned(run, tmp_path / "tune", lora=LoraConfig(rank=4, dropout=0.0, **options))
    prompts = ["日本銀行とは何ですか。", "国債の利益は増加した。"]
    before = [item.ids for item in generate(load_model(stage, dtype="fp32"), prompts, max_new_tokens=16)]
    assert merge_adapter(stage, tmp_path / "merged").holds
    merged = load_model(tmp_path / "merged", dtype="fp32")
    assert [item.ids for item in generate(merged, prompts, max_new_tokens=16)] == before
    base = load_model(run / "base", dtype="fp32")
    assert [item.ids for item in generate(base, prompts, max_new_tokens=16)] != before
