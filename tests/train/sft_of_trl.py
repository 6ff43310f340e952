"""TRL's SFTTrainer on packed rows of token ids, run by test_joint_trl.py with the Python of an environment that has TRL:

    sft_of_trl.py MODEL ADAPTER-OR-EMPTY ROWS.json OUT.json

MODEL: folder of the base. ADAPTER: folder of the LoRA adapter it starts from (PEFT). Writes what TRL logs of each step.
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
from trl import SFTConfig, SFTTrainer


class OfRows(SFTTrainer):
    """The trainer with rows that are packed already (`input_ids`, `labels`, `seq_lengths`), in the order they are given."""

    def _prepare_dataset(self, dataset, *_, **__):
        return dataset

    def _get_train_sampler(self, *_):
        return torch.utils.data.SequentialSampler(self.train_dataset)


def main() -> None:
    base, adapter, rows, out = sys.argv[1:]
    given = json.loads(Path(rows).read_text())
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    with tempfile.TemporaryDirectory() as folder:
        config = SFTConfig(
            output_dir=folder,
            per_device_train_batch_size=given["batch"],
            max_steps=given["steps"],
            learning_rate=given["learning_rate"],
            max_grad_norm=given["max_grad_norm"],
            lr_scheduler_type="constant",
            adam_beta1=0.9,
            adam_beta2=0.999,
            weight_decay=0.0,
            logging_steps=1,
            max_length=None,
            padding_free=True,
            packing=False,
            bf16=False,
            use_cpu=True,
            report_to=[],
            save_strategy="no",
            gradient_checkpointing=False,
            remove_unused_columns=False,
        )
        trainer = OfRows(
            model=model,
            args=config,
            train_dataset=Dataset.from_list(given["rows"]),
            processing_class=AutoTokenizer.from_pretrained(base),
        )
        trainer.train()
    Path(out).write_text(json.dumps([line for line in trainer.state.log_history if "grad_norm" in line]))


if __name__ == "__main__":
    main()
