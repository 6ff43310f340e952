"""Golden files: what lm-evaluation-harness 0.4.9.1 computed, as requests and expected values."""

# pyright: standard

import json
import lzma
from functools import lru_cache
from typing import Any

from realdata import need_golden
from tekio.evaluate.scoring.requests import ChoiceRequest

MODELS = {"unigram": "tiny-unigram", "bbpe": "tiny-bbpe"}


@lru_cache(maxsize=4)
def golden_model(kind: str) -> tuple[Any, Any]:
    """(model in float32, tokenizer) of the golden runs."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = need_golden("models", MODELS[kind])
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder)


def golden_items(folder: str) -> dict[str, list[dict[str, Any]]]:
    """Task name -> items of a golden folder."""
    tasks: dict[str, list[dict[str, Any]]] = {}
    with lzma.open(need_golden(folder) / "items.jsonl.xz", "rt", encoding="utf-8") as file:
        for line in file:
            item = json.loads(line)
            tasks.setdefault(item["task"], []).append(item)
    return tasks


def choice_request(item: dict[str, Any]) -> ChoiceRequest:
    return ChoiceRequest(str(item["doc_id"]), item["context"], tuple(item["continuations"]))


def expected(item: dict[str, Any]) -> tuple[list[float], list[bool]]:
    """(log-likelihoods, greedy flags) of a choice item."""
    if "loglikelihood" in item:
        return item["loglikelihood"], item["is_greedy"]
    return [value for value, _ in item["output"]], [greedy for _, greedy in item["output"]]
