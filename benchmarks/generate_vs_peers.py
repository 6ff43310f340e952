"""Answers in words beside the peers: Tekio's decoding, `transformers.generate` item by item, lm-evaluation-harness' HF generation.

    python benchmarks/generate_vs_peers.py --model SMOLLM2 --lm-eval /path/to/env/bin/python [--items N]

Two kinds of prompts of the same questions: plain text with a description and three demonstrations, answers end at a line end; and the model's
chat template with a system message, answers end where the model ends them. Greedy, at most 48 tokens, float32, one thread, a process
for each side, one after the other; only answering is timed, in CPU seconds (the machine may be shared). Item by item is
`model.generate` with the same stopping. lm-eval (an environment of its own, as in evaluate_vs_lm_eval.py) answers through
`HFLM.generate_until` with batch size 16. How many answers are the same is printed too.
"""

# pyright: standard

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIDES = ("tekio", "transformers, item by item", "lm-eval, batches of 16")
NEW_TOKENS = 48
WORDS = [
    "bank",
    "bond",
    "share",
    "loan",
    "tax",
    "fund",
    "price",
    "rate",
    "yen",
    "market",
    "insurance",
    "pension",
    "audit",
    "profit",
    "debt",
    "asset",
]
ASKED = ("What is a {}?", "Why does a {} matter to a household?", "Name one risk of a {}.", "Who decides about a {}?")
SHOWN = [
    ("What is money?", "A means of payment."),
    ("Why save?", "To be ready for bad times."),
    ("Who prints notes?", "The central bank."),
]
DESCRIPTION = (
    "You are given questions about finance. Answer each of them in one short line, in plain words, without a list.\n\n"
)


def prompts(kind: str, items: int, tokenizer: Any) -> list[str]:
    """The prompts as text, everything included."""
    questions = [form.format(word) for form in ASKED for word in WORDS][:items]
    if kind == "plain":
        head = DESCRIPTION + "".join(f"Question: {asked}\nAnswer: {answer}\n\n" for asked, answer in SHOWN)
        return [f"{head}Question: {question}\nAnswer:" for question in questions]
    talk = [{"role": "system", "content": DESCRIPTION.strip()}]
    return [
        tokenizer.apply_chat_template(
            [*talk, {"role": "user", "content": question}], tokenize=False, add_generation_prompt=True
        )
        for question in questions
    ]


def answer(side: str, kind: str, model: Path, items: int) -> dict[str, Any]:
    """The answers of one side, and the CPU seconds they took."""
    import torch

    torch.set_num_threads(1)
    stop = ["\n"] if kind == "plain" else []
    if side.startswith("lm-eval"):
        return _lm_eval(kind, model, items, stop)
    from tekio.model.load import load_model

    loaded = load_model(model, dtype="fp32", device="cpu")
    texts = prompts(kind, items, loaded.tokenizer)
    start = time.process_time()
    if side == "tekio":
        from tekio.evaluate.scoring.encode import make_encoder
        from tekio.evaluate.scoring.generation import score_generation
        from tekio.evaluate.scoring.requests import GenerationRequest

        requests = [GenerationRequest(str(n), text, NEW_TOKENS, tuple(stop)) for n, text in enumerate(texts)]
        encoder = make_encoder(loaded.tokenizer, 4096)
        scores = {one.item: one.text for batch in score_generation(loaded, encoder, requests) for one in batch}
        found = [scores[str(n)] for n in range(len(texts))]
    else:
        found = [_alone(loaded, text, stop) for text in texts]
    return {"seconds": time.process_time() - start, "answers": found}


def _alone(loaded: Any, text: str, stop: list[str]) -> str:
    ids = loaded.tokenizer(text, return_tensors="pt", add_special_tokens=False)
    more = {"stop_strings": stop, "tokenizer": loaded.tokenizer} if stop else {}
    made = loaded.model.generate(
        **ids, max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=list(loaded.eos_ids), pad_token_id=0, **more
    )
    reply = loaded.tokenizer.decode(made[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)
    return reply.split("\n")[0] if stop else reply


def _lm_eval(kind: str, model: Path, items: int, stop: list[str]) -> dict[str, Any]:
    from lm_eval.api.instance import Instance  # type: ignore[import-not-found]
    from lm_eval.models.huggingface import HFLM  # type: ignore[import-not-found]

    peer = HFLM(pretrained=str(model), batch_size=16, device="cpu", dtype="float32")
    texts = prompts(kind, items, peer.tokenizer)
    settings = {"until": stop or ["<|im_end|>"], "max_gen_toks": NEW_TOKENS, "do_sample": False}
    asked = [Instance("generate_until", {}, (text, dict(settings)), n) for n, text in enumerate(texts)]
    start = time.process_time()
    found = peer.generate_until(asked, disable_tqdm=True)
    return {"seconds": time.process_time() - start, "answers": found}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--lm-eval", type=Path)
    parser.add_argument("--items", type=int, default=len(WORDS) * len(ASKED))
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--kind", choices=["plain", "chat"])
    parser.add_argument("--into", type=Path)
    given = parser.parse_args()
    if given.side:
        given.into.write_text(json.dumps(answer(given.side, given.kind, given.model, given.items)))
        return
    sides = SIDES if given.lm_eval else SIDES[:2]
    print("| prompts | side | CPU seconds | ratio to Tekio | answers as Tekio's |\n|---|---|---|---|---|")
    for kind in [given.kind] if given.kind else ["plain", "chat"]:
        with tempfile.TemporaryDirectory() as folder:
            found: dict[str, dict[str, Any]] = {}
            for number, side in enumerate(sides):
                into = Path(folder) / f"{number}.json"
                python = str(given.lm_eval) if side.startswith("lm-eval") else sys.executable
                words = [
                    python,
                    __file__,
                    "--model",
                    given.model,
                    "--items",
                    given.items,
                    "--side",
                    side,
                    "--kind",
                    kind,
                ]
                subprocess.run([*map(str, words), "--into", str(into)], check=True)
                found[side] = json.loads(into.read_text())
        own = found["tekio"]
        for side, one in found.items():
            same = sum(a.strip() == b.strip() for a, b in zip(one["answers"], own["answers"], strict=True))
            seconds = one["seconds"]
            print(f"| {kind} | {side} | {seconds:.1f} | {seconds / own['seconds']:.2f} | {same} of {given.items} |")


if __name__ == "__main__":
    main()
