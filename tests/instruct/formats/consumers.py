"""Run by the consumers' own Python (`test_consumers.py`): what they make of exported files, as `found.json`."""

# pyright: basic, reportMissingImports=false
# (TRL, LLaMA-Factory and axolotl live in an environment of their own)

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

os.environ["HF_HUB_OFFLINE"] = "1"
LEFT_OUT = -100


def rows(path: Path) -> list[dict]:
    """The rows of an exported file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def learned(ids, labels) -> dict[str, list[int]]:
    """Ids and which of them are learned."""
    return {"ids": list(ids), "mask": [int(label != LEFT_OUT) for label in labels]}


def by_trl(folder: Path, tokenizer) -> dict[str, list]:
    """TRL's SFTTrainer with its loss on answers only."""
    from datasets import Dataset
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl import SFTConfig, SFTTrainer

    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
    )
    model = LlamaForCausalLM(shape)
    settings = SFTConfig(
        output_dir=str(folder / "out"),
        assistant_only_loss=True,
        max_length=None,
        report_to=[],
        use_cpu=True,
        bf16=False,
    )
    found = {}
    for to in ("messages", "records"):
        data = Dataset.from_list([{"messages": row["messages"]} for row in rows(folder / to)])
        trainer = SFTTrainer(model=model, args=settings, train_dataset=data, processing_class=tokenizer)
        found[f"trl {to}"] = [learned(row["input_ids"], row["labels"]) for row in trainer.train_dataset]
    return found


def by_llama_factory(folder: Path, entries: dict) -> dict[str, list]:
    """LLaMA-Factory's converters with the printed entry."""
    from llamafactory.data.converter import get_dataset_converter
    from llamafactory.data.parser import DatasetAttr

    found = {}
    for to, entry in entries.items():
        attributes = DatasetAttr("file", to)
        attributes.join(next(iter(entry["llama_factory"].values())))
        convert = get_dataset_converter(attributes.formatting, attributes, SimpleNamespace(media_dir="."))
        made = [convert(row) for row in rows(folder / to)]
        found[f"llama_factory {to}"] = [
            {"turns": [*row["_prompt"], *row["_response"]], "system": row["_system"]} for row in made
        ]
    return found


def by_axolotl(folder: Path, entries: dict, tokenizer) -> dict[str, list]:
    """axolotl's chat template strategy with the printed entry."""
    from axolotl.prompt_strategies.chat_template import load
    from axolotl.utils.dict import DictDefault

    found = {}
    config = DictDefault({"train_on_inputs": False, "sequence_len": 4096, "chat_template": "tokenizer_default"})
    for to in ("messages", "sharegpt", "records"):
        own = DictDefault({**entries[to]["axolotl"], "chat_template": "tokenizer_default"})
        strategy = load(tokenizer, config, own)
        made = [strategy.tokenize_prompt(row) for row in rows(folder / to)]
        found[f"axolotl {to}"] = [learned(row["input_ids"], row["labels"]) for row in made]
    return found


def main() -> None:
    """Write what each consumer made."""
    from transformers import AutoTokenizer

    folder = Path(sys.argv[1])
    entries = json.loads((folder / "entries.json").read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer")
    found = {
        **by_trl(folder, tokenizer),
        **by_llama_factory(folder, entries),
        **by_axolotl(folder, entries, tokenizer),
    }
    (folder / "found.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
