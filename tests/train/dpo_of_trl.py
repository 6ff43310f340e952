"""TRL's DPOTrainer on pairs of token ids, run by test_prefer_trl.py with the Python of an environment that has TRL:

    dpo_of_trl.py TUNED BASE-OR-EMPTY PAIRS.json OUT.json

TUNED: folder of a tuned model, or of an adapter on BASE. Writes what TRL logs of each step.
"""

# pyright: standard, reportMissingImports=false
# (TRL and datasets live in an environment of their own)

import json
import sys
import tempfile
from pathlib import Path

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer


class OfIds(DPOTrainer):
    """The trainer with pairs that are token ids already, in the order they are given."""

    def _prepare_dataset(self, dataset, *_):
        return dataset

    def _get_train_sampler(self, *_):
        return torch.utils.data.SequentialSampler(self.train_dataset)


def main() -> None:
    tuned, base, pairs, out = sys.argv[1:]
    given = json.loads(Path(pairs).read_text())
    torch.set_num_threads(1)
    if base:
        from peft import PeftModel

        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        model = PeftModel.from_pretrained(model, tuned, is_trainable=True)
    else:
        model = AutoModelForCausalLM.from_pretrained(tuned, dtype=torch.float32)
    settings = {name: given[name] for name in ("beta", "learning_rate", "max_grad_norm")}
    with tempfile.TemporaryDirectory() as folder:
        config = DPOConfig(
            output_dir=folder,
            per_device_train_batch_size=given["batch"],
            max_steps=given["steps"],
            lr_scheduler_type="constant",
            adam_beta1=0.9,
            adam_beta2=0.999,
            weight_decay=0.0,
            logging_steps=1,
            max_length=None,
            bf16=False,
            use_cpu=True,
            report_to=[],
            save_strategy="no",
            gradient_checkpointing=False,
            **settings,
        )
        tokenizer = AutoTokenizer.from_pretrained(tuned)
        trainer = OfIds(
            model=model, args=config, train_dataset=Dataset.from_list(given["pairs"]), processing_class=tokenizer
        )
        trainer.train()
    Path(out).write_text(json.dumps([line for line in trainer.state.log_history if "rewards/margins" in line]))


if __name__ == "__main__":
    main()
