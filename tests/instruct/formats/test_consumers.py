"""What TRL, LLaMA-Factory and axolotl make of an exported file with the entry that Tekio prints: the same words, ids and masks.

They live in an environment of their own: `TEKIO_CONSUMERS` names its Python (`trl`, `llamafactory`, `axolotl` importable, with the
`PYTHONPATH` it needs). Last run: 2026-11-29, TRL 1.16.0, LLaMA-Factory 0.9.5, axolotl 0.19.0, transformers 5.23.0, all equal.
"""

# pyright: standard
# (tokenizers, transformers and JSON rows are untyped)

import json
import os
import subprocess
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from tekio.instruct.formats import export_records
from tekio.instruct.formats.trainers import axolotl_entry, llama_factory_entry
from tekio.model.templates import chat_template, render_conversation
from tekio.records import InstructionMeta, InstructionRecord, new_record

PYTHON = os.environ.get("TEKIO_CONSUMERS", "")
TEMPLATE = "alpaca-japanese"
CHILD = Path(__file__).parent / "consumers.py"


def records() -> list[InstructionRecord]:
    told = new_record(
        "配当とは何ですか。",
        "利益を株主に分けることです。",
        InstructionMeta("qa", "o", "MIT", input="一般の投資家向けに。"),
    )
    talk = InstructionRecord(
        "talk",
        [
            {"role": "system", "content": "簡潔に答えます。"},
            {"role": "user", "content": "利子とは。"},
            {"role": "assistant", "content": "お金を貸した見返りです。"},
            {"role": "user", "content": "単利とは。"},
            {"role": "assistant", "content": "元本だけに付く利子です。"},
        ],
        InstructionMeta("qa", "o", "MIT", group="talk"),
    )
    return [told, talk, new_record("国債とは。", "国が発行する債券です。", InstructionMeta("qa", "o", "MIT"))]


def tokenizer() -> PreTrainedTokenizerFast:
    """Bytes as tokens, with Tekio's own prompt as its chat template."""
    words = ["<pad>", "<eos>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    core = Tokenizer(models.BPE(vocab={word: number for number, word in enumerate(words)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<eos>", pad_token="<pad>")
    made.chat_template = chat_template(TEMPLATE)
    return made


def trained_on(messages: list[dict[str, str]], made: PreTrainedTokenizerFast) -> dict[str, list[int]]:
    """Ids and mask as Tekio trains on a conversation."""
    ids: list[int] = []
    mask: list[int] = []
    for part in render_conversation(TEMPLATE, messages):
        found = made(part.text, add_special_tokens=False)["input_ids"] + ([made.eos_token_id] if part.ends else [])
        ids += found
        mask += [int(part.learned)] * len(found)
    return {"ids": ids, "mask": mask}


@pytest.mark.heavy
@pytest.mark.skipif(not PYTHON, reason="TEKIO_CONSUMERS names no Python with trl, llamafactory and axolotl")
def test_consumers_train_on_what_was_exported(tmp_path: Path):
    made = tokenizer()
    made.save_pretrained(tmp_path / "tokenizer")
    entries = {}
    for to in ("messages", "sharegpt", "alpaca", "trl", "records"):
        shape = export_records(lambda: iter(records()), tmp_path / to, to, license_id="internal").shape
        entries[to] = {
            "llama_factory": llama_factory_entry("own", to, to, shape),
            "axolotl": axolotl_entry(to, to, shape),
        }
    (tmp_path / "entries.json").write_text(json.dumps(entries), encoding="utf-8")
    subprocess.run([PYTHON, str(CHILD), str(tmp_path)], check=True, cwd=tmp_path, timeout=600)
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    exported = [
        json.loads(line)["messages"] for line in (tmp_path / "messages").read_text(encoding="utf-8").splitlines()
    ]
    ours = [trained_on(messages, made) for messages in exported]
    for consumer in ("trl messages", "trl records", "axolotl messages", "axolotl sharegpt", "axolotl records"):
        assert found[consumer] == ours, consumer
    turns = [[turn for turn in messages if turn["role"] != "system"] for messages in exported]
    systems = ["\n".join(turn["content"] for turn in messages if turn["role"] == "system") for messages in exported]
    for to in ("messages", "sharegpt", "alpaca", "records"):
        told = found[f"llama_factory {to}"]
        assert [one["turns"] for one in told] == turns, to
        assert [one["system"] for one in told] == systems, to
    # Prompt and completion hold one exchange: the conversation of two is refused, not cut.
    assert [one["turns"] for one in found["llama_factory trl"]] == [turns[0], turns[2]]
    assert entries["alpaca"]["axolotl"] is None
