"""Small corpora and instruction folders for training tests."""

# pyright: standard

import random
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from tekio.documents import Document, document_id, to_table, write_table
from tekio.recipe.train import (
    ArchitectureConfig,
    BaseConfig,
    OptimizerConfig,
    PretrainConfig,
    ReplayConfig,
    ScratchConfig,
    TokenizerConfig,
    TuneConfig,
)
from tekio.records import InstructionMeta, new_record
from tekio.store import read_json, write_json, write_jsonl
from tekio.train import make_base

PIECES = {
    "finance": [
        "日本銀行",
        "金利",
        "預金",
        "国債",
        "株価",
        "決算",
        "為替",
        "利益",
        "増加",
        "減少",
        "は",
        "が",
        "を",
        "した。",
    ],
    "general": ["学校", "山", "川", "本", "友人", "朝", "夜", "歩く", "読む", "静か", "は", "が", "を", "だった。"],
}


def sentence(domain: str, random_source: random.Random, words: int) -> str:
    return "".join(random_source.choice(PIECES[domain]) for _ in range(words))


def make_corpus(folder: Path, *, documents: int = 60, seed: int = 1) -> Path:
    """`corpus/` with finance and general text, a tenth of it held out; one document in ten is long."""
    source = random.Random(seed)
    rows: dict[str, list[Document]] = {"train": [], "held_out": []}
    for number in range(documents):
        for domain in PIECES:
            text = sentence(domain, source, 300 if number % 10 == 3 else source.randint(4, 40))
            uri = f"{domain}/{number}"
            part = "held_out" if number % 10 == 0 else "train"
            rows[part].append(Document(document_id("made", uri, text), text, "made", uri, "CC0-1.0", domain))
    for part, documents_of_part in rows.items():
        write_table(to_table(documents_of_part), folder / part / "part-00000.parquet")
    return folder


def make_records(folder: Path, *, count: int = 60) -> Path:
    """`instruct/` with questions and their answers."""
    source = random.Random(2)
    rows = []
    for number in range(count):
        given = sentence("finance", source, 5) if number % 3 == 0 else None
        meta = InstructionMeta("faq", "made", "CC0-1.0", input=given)
        rows.append(new_record(f"{sentence('finance', source, 4)}とは何ですか。", sentence("finance", source, 8), meta))
    write_jsonl(folder / "train.jsonl", [row.as_dict() for row in rows[: count - 10]])
    write_jsonl(folder / "validation.jsonl", [row.as_dict() for row in rows[count - 10 :]])
    return folder


def base_config(**options) -> BaseConfig:
    values = {
        "architecture": ArchitectureConfig(hidden_size=32, layers=2, heads=2, context_length=256),
        "tokenizer": TokenizerConfig(kind="bpe", vocabulary=500),
        "sequence_length": 64,
        "batch_rows": 8,
        "max_steps": 12,
        "threads": 1,
        "optimizer": OptimizerConfig(learning_rate=3e-3),
    }
    return BaseConfig(scratch=ScratchConfig(**(values | options)))


def pretrain_config(**options) -> PretrainConfig:
    values = {
        "sequence_length": 64,
        "batch_rows": 8,
        "max_steps": 12,
        "threads": 1,
        "evaluate_every": 6,
        "checkpoint_every": 2,
        "replay": ReplayConfig(share=0.25),
        "optimizer": OptimizerConfig(learning_rate=3e-3, warmup_steps=2),
    }
    return PretrainConfig(**(values | options))


def tune_config(**options) -> TuneConfig:
    values = {
        "sequence_length": 256,
        "batch_rows": 4,
        "epochs": 2,
        "threads": 1,
        "checkpoint_every": 2,
        "max_dropped": 1.0,  # eight of the twenty records are longer than this model's context
        "optimizer": OptimizerConfig(learning_rate=3e-3),
    }
    return TuneConfig(**(values | options))


def make_pairs(file: Path, *, count: int = 40) -> Path:
    """Questions with an answer about finance, preferred to one about something else."""
    source = random.Random(3)
    rows = [
        {
            "prompt": f"{sentence('finance', source, 3)}とは{number}。",
            "chosen": sentence("finance", source, 4),
            "rejected": sentence("general", source, source.randint(2, 6)),
        }
        for number in range(count)
    ]
    write_jsonl(file, rows)
    return file


def make_answering(root: Path, *, context: int = 256) -> None:
    """`corpus/`, `instruct/`, and `base/` with a small model many of whose tokens end an answer."""
    make_corpus(root / "corpus")
    make_records(root / "instruct")
    architecture = ArchitectureConfig(hidden_size=32, layers=2, heads=2, context_length=context)
    make_base(base_config(max_steps=2, architecture=architecture), root / "base", corpus=root / "corpus", seed=7)
    weights = load_file(root / "base" / "model" / "model.safetensors")
    dice = torch.Generator().manual_seed(3)  # so that its answers wander, and end
    drawn = {
        name: torch.randn(item.shape, generator=dice) * (item.ndim > 1) * 0.3 + (item.ndim == 1)
        for name, item in weights.items()
    }
    save_file(drawn, root / "base" / "model" / "model.safetensors", {"format": "pt"})
    settings = root / "base" / "model" / "generation_config.json"
    write_json(settings, read_json(settings) | {"eos_token_id": list(range(0, 500, 8))})
