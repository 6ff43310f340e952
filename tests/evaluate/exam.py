"""A small exam of our own, as a task file with its data, and a corpus with held-out text."""

# pyright: standard

import json
from pathlib import Path

from tekio.documents import Document, to_table, write_table
from tekio.recipe import RecipePath
from tekio.recipe.evaluate import EvaluateConfig, TaskConfig

TOPICS = ["預金", "債券", "株式", "保険", "為替", "税金", "年金", "融資", "投資信託", "不動産", "会計", "監査"]

TASK = """
name: own_exam
group: finance
license: CC0-1.0
data: {reader: jsonl, files: [exam.jsonl], fields: {options: choices, gold: answer}}
templates:
  default:
    description: "次の設問に答えてください。\\n\\n"
    prompt: "設問:{{ question }}\\n答え:"
    choice: "{{ choice }}"
  letters:
    description: "次の設問に記号で答えてください。\\n\\n"
    prompt: "設問:{{ question }}\\n{% for option in options %}{{ letters[loop.index0] }}:{{ option }}\\n{% endfor %}答え:"
    choice: "{{ letter }}"
metrics: [acc, acc_norm]
"""


def write_exam(folder: Path, items: int = 24) -> Path:
    """The task file in `folder`, its data beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "question": f"{TOPICS[number % len(TOPICS)]}について正しいものはどれか。({number})",
            "choices": [f"{TOPICS[(number + step) % len(TOPICS)]}は増える。" for step in range(3)],
            "answer": number % 3,
        }
        for number in range(items)
    ]
    (folder / "exam.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (folder / "own_exam.yaml").write_text(TASK)
    return folder / "own_exam.yaml"


def write_corpus(folder: Path, documents: int = 10) -> Path:
    """A corpus stage's held-out table with two domains."""
    rows = [
        Document(
            f"d{number}",
            f"{TOPICS[number]}の残高は前年より{number}%増えた。" * (number + 1),
            "own",
            f"u{number}",
            "CC0-1.0",
            domain="finance" if number % 2 else "general",
        )
        for number in range(documents)
    ]
    write_table(to_table(rows), folder / "held_out" / "part-00000.parquet")
    return folder


TASK_KEYS = ("template", "other_templates", "limit", "shots")


def exam_config(task: Path, **options) -> EvaluateConfig:
    asked = {"template": "default", "other_templates": ["letters"]}
    asked |= {name: options.pop(name) for name in TASK_KEYS if name in options}
    return EvaluateConfig(
        tasks=[TaskConfig(task=str(task), data=RecipePath.of(task.parent), **asked)], resamples=200, **options
    )
