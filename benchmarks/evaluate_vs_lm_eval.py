"""Tekio's scorer beside lm-evaluation-harness 0.4.13: the same model, the same prompts, one after the other, CPU seconds.

    python benchmarks/evaluate_vs_lm_eval.py --lm-eval /path/to/env/bin/python [--case exams ...] [--items N]

lm-eval lives in an environment of its own (`pip install torch==2.13.0 lm_eval==0.4.13 "transformers==5.23.*" accelerate`).
The model is made on the spot: 12 layers, 512 wide, 8 heads (4 for keys and values), random weights, the tokenizer of the
golden files (8,192 entries; case `texts-64k` has a projection to 65,536). Prompts are those of the exam tasks of
japanese-lm-fin-harness and of chABSA, from a user's copy of the data (TEKIO_REAL_DATA). Each side gets a process of its
own with one thread: lm-eval through `HFLM.loglikelihood` with batch size 8, Tekio through `encode_choices` and
`score_choices`, both without BOS and with lm-eval's boundary, so that every log-likelihood can be compared. Only scoring
is timed (encoding included); start-up is measured by itself. `--items` takes the first N items of a task (0: all).
"""

# pyright: standard

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TEKIO_REAL_DATA") or ROOT.parent / "shared" / "data")
TOKENIZER = DATA.parent / "golden" / "models" / "tiny-unigram"
EXAMS = ("cma_basics", "security_sales_1", "cpa_audit", "fp2")
TEMPLATES = ("default", "0.1", "0.1.2", "0.2", "0.2.1", "0.3", "0.4", "0.5", "0.6")
TARGETS = {"exams": 2.5, "exams-3shot": 6.0, "texts-64k": 5.0, "chabsa": 1.3}


# --- the work ----------------------------------------------------------------------------------------------------


def workload(case: str, items: int, templates: list[str], tasks: list[str]) -> list[dict[str, Any]]:
    """Groups of requests: one for each task and template."""
    from tekio.evaluate.tasks import load_task

    if case == "chabsa":
        chosen = [("chabsa", DATA / "chabsa", "default")]
    elif case == "texts-64k":
        chosen = [
            (task, DATA / "fin-harness", template) for task, template in (("cma_basics", "0.1"), ("cpa_audit", "0.2.1"))
        ]
    else:
        chosen = [(task, DATA / "fin-harness", template) for template in templates for task in tasks]
    groups: list[dict[str, Any]] = []
    for name, data, template in chosen:
        built = load_task(name, base=ROOT).build(
            data,
            template=template,
            protocol="fin-harness-2025",
            shots=3 if case == "exams-3shot" else 0,
            limit=None,
            seed=17,
            pool="test",
        )
        requests = built.requests[: items or None]
        groups.append(
            {
                "name": f"{name} {template}",
                "requests": [[request.prompt, list(request.continuations)] for request in requests],  # type: ignore[union-attr]
            }
        )
    return groups


def make_model(folder: Path, vocabulary: int) -> Path:
    """The benchmark's model with the golden tokenizer."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=512,
        intermediate_size=1408,
        num_hidden_layers=12,
        num_attention_heads=8,
        num_key_value_heads=4,
        max_position_embeddings=4096,
        bos_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(TOKENIZER).save_pretrained(folder)
    return folder


# --- the two sides, each in a process of its own ------------------------------------------------------------------


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_tekio(model_folder: str, work: list[dict[str, Any]]) -> dict[str, Any]:
    sys.path.insert(0, str(ROOT / "src"))
    began = cpu_seconds()
    import torch

    torch.set_num_threads(1)
    from tekio.evaluate.capability import prepare
    from tekio.evaluate.encode import encode_choices, make_encoder
    from tekio.evaluate.plan import fed_tokens
    from tekio.evaluate.requests import ChoiceRequest
    from tekio.evaluate.score import plan_choices, score_choices
    from tekio.model.load import load_model

    loaded = load_model(Path(model_folder), device="cpu")
    scoring = prepare(loaded.model, "cpu")
    encoder = make_encoder(loaded.tokenizer, 4096, boundary="lm-eval", bos="never")
    startup, loaded_mib = cpu_seconds() - began, peak_mib()
    groups: list[dict[str, Any]] = []
    for group in work:
        start = cpu_seconds()
        requests = [
            ChoiceRequest(str(n), prompt, tuple(choices)) for n, (prompt, choices) in enumerate(group["requests"])
        ]
        encoded = encode_choices(requests, encoder)
        found = {score.item: score for batch in score_choices(scoring, encoded, batch_tokens=4096) for score in batch}
        seconds = cpu_seconds() - start
        fed = fed_tokens(plan_choices(scoring, encoded, 4096))
        values = [list(found[request.item].loglikelihoods) for request in requests]
        groups.append({"seconds": seconds, "values": values, "fed": fed})
    return {"startup": startup, "groups": groups, "peak": peak_mib(), "loaded": loaded_mib}


def run_lm_eval(model_folder: str, work: list[dict[str, Any]]) -> dict[str, Any]:
    began = cpu_seconds()
    import torch

    torch.set_num_threads(1)
    from lm_eval.api.instance import Instance  # type: ignore[import-not-found]
    from lm_eval.models.huggingface import HFLM  # type: ignore[import-not-found]

    model = HFLM(
        pretrained=model_folder, device="cpu", dtype="float32", batch_size=8, max_length=4096, add_bos_token=False
    )
    startup, loaded_mib = cpu_seconds() - began, peak_mib()
    groups: list[dict[str, Any]] = []
    for group in work:
        start = cpu_seconds()
        instances = [
            Instance("loglikelihood", {}, (prompt, choice), number)
            for prompt, choices in group["requests"]
            for number, choice in enumerate(choices)
        ]
        answers = iter(model.loglikelihood(instances, disable_tqdm=True))
        values = [[next(answers)[0] for _ in choices] for _, choices in group["requests"]]
        groups.append({"seconds": cpu_seconds() - start, "values": values})
    return {"startup": startup, "groups": groups, "peak": peak_mib(), "loaded": loaded_mib}


def index_tasks() -> dict[str, Any]:
    """What lm-eval does before the first item of any task: import, index its task files."""
    began = cpu_seconds()
    from lm_eval.tasks import TaskManager  # type: ignore[import-not-found]

    TaskManager()
    return {"startup": cpu_seconds() - began}


def in_process(python: str, side: str, model: Path, work: Path, folder: Path) -> dict[str, Any]:
    """Run one side and return what it measured."""
    result = folder / f"{side}.json"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    environment.pop("PYTHONPATH", None)
    command = [python, str(Path(__file__).resolve()), "--side", side, "--model", str(model)]
    subprocess.run(
        [*command, "--work", str(work), "--result", str(result)],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return json.loads(result.read_text())


# --- side by side ------------------------------------------------------------------------------------------------


def compare(case: str, python: str, items: int, templates: list[str], tasks: list[str]) -> None:
    sys.path.insert(0, str(ROOT / "src"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = make_model(folder / "model", 65536 if case == "texts-64k" else 8192)
        groups = workload(case, items, templates, tasks)
        work = folder / "work.json"
        work.write_text(json.dumps(groups, ensure_ascii=False))
        ours = in_process(sys.executable, "tekio", model, work, folder)
        theirs = in_process(python, "lm-eval", model, work, folder)
    difference = max(
        abs(one - other)
        for mine, peer in zip(ours["groups"], theirs["groups"], strict=True)
        for first, second in zip(mine["values"], peer["values"], strict=True)
        for one, other in zip(first, second, strict=True)
    )
    print(f"\n{case}: {sum(len(group['requests']) for group in groups)} items")
    for group, mine, peer in zip(groups, ours["groups"], theirs["groups"], strict=True):
        count = len(group["requests"])
        print(
            f"  {group['name']:<28} {count:4} items  Tekio {count / mine['seconds']:7.2f} items/s"
            f"  lm-eval {count / peer['seconds']:7.2f} items/s  ratio {peer['seconds'] / mine['seconds']:5.2f}"
        )
    mine, peer = (sum(group["seconds"] for group in side["groups"]) for side in (ours, theirs))
    print(
        f"  scoring, CPU seconds: Tekio {mine:.1f}, lm-eval {peer:.1f}, ratio {peer / mine:.2f} (target {TARGETS[case]})"
    )
    print(f"  peak memory, MiB: Tekio {ours['peak']:.0f}, lm-eval {theirs['peak']:.0f}")
    print(f"  largest difference of a log-likelihood: {difference:.1e}", flush=True)


def compare_startup(python: str) -> None:
    """CPU seconds before the first item."""
    sys.path.insert(0, str(ROOT / "src"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = make_model(folder / "model", 8192)
        work = folder / "work.json"
        work.write_text("[]")
        ours = in_process(sys.executable, "tekio-startup", model, work, folder)
        theirs = in_process(python, "lm-eval-startup", model, work, folder)
        loading = in_process(python, "lm-eval", model, work, folder)
    print("\nstart-up, CPU seconds until the first item can be scored")
    print(f"  Tekio: tasks, capability, ids and plan {ours['own']:.2f}; libraries and weights {ours['libraries']:.2f}")
    print(
        f"  lm-eval: indexing its tasks {theirs['startup']:.2f}; libraries and weights {loading['startup']:.2f}",
        flush=True,
    )


def startup_of_tekio(model_folder: str) -> dict[str, Any]:
    """Until the first item of fp2 can be scored: what is Tekio's own, and what its libraries and the weights cost."""
    sys.path.insert(0, str(ROOT / "src"))
    began = cpu_seconds()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401

    torch.set_num_threads(1)
    from tekio.model.load import load_model

    loaded = load_model(Path(model_folder), device="cpu")
    libraries = cpu_seconds() - began
    from tekio.evaluate.capability import prepare
    from tekio.evaluate.encode import encode_choices, make_encoder
    from tekio.evaluate.score import plan_choices
    from tekio.evaluate.tasks import load_task

    built = load_task("fp2", base=ROOT).build(
        DATA / "fin-harness", template="default", protocol="fin-harness-2025", shots=0, limit=None, seed=17
    )
    scoring = prepare(loaded.model, "cpu")
    encoder = make_encoder(loaded.tokenizer, 4096)
    plan_choices(scoring, encode_choices(built.requests, encoder), 4096)  # type: ignore[arg-type]
    return {"own": cpu_seconds() - began - libraries, "libraries": libraries}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lm-eval", help="python of an environment with lm_eval 0.4.13")
    parser.add_argument("--case", action="append", choices=[*TARGETS, "startup"])
    parser.add_argument("--items", type=int, default=0, help="first N items of each task (0: all)")
    parser.add_argument("--templates", default=",".join(TEMPLATES))
    parser.add_argument("--tasks", default=",".join(EXAMS))
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--result", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        work = json.loads(Path(arguments.work).read_text())
        sides = {
            "tekio": lambda: run_tekio(arguments.model, work),
            "lm-eval": lambda: run_lm_eval(arguments.model, work),
            "tekio-startup": lambda: startup_of_tekio(arguments.model),
            "lm-eval-startup": index_tasks,
        }
        Path(arguments.result).write_text(json.dumps(sides[arguments.side]()))
        return
    print(f"{time.strftime('%Y-%m-%d')}: Tekio beside lm-eval, one thread each")
    for case in arguments.case or [*TARGETS, "startup"]:
        if case == "startup":
            compare_startup(arguments.lm_eval)
        else:
            compare(
                case, arguments.lm_eval, arguments.items, arguments.templates.split(","), arguments.tasks.split(",")
            )


if __name__ == "__main__":
    main()
