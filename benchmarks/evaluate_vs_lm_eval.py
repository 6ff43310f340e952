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
    from tekio.evaluate.scoring.batching import fed_tokens
    from tekio.evaluate.scoring.capability import prepare
    from tekio.evaluate.scoring.encode import encode_choices, make_encoder
    from tekio.evaluate.scoring.requests import ChoiceRequest
    from tekio.evaluate.scoring.score import plan_choices, score_choices
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


def in_process(python: str, side: str, model: Path, work: Path, folder: Path) -> dict[str, Any]:
    """Run one side and return what it measured."""
    result = folder / f"{side}.json"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    environment |= {"HF_HOME": str(folder / "hf"), "HF_DATASETS_OFFLINE": "1"}
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


def compare_startup(python: str, repeats: int = 3) -> None:
    """CPU seconds of the whole process from its start to the first call of the model with an item, least of `repeats`.

    Each side is its own command line on the same model and the same 475 prompts of fp2, stopped where the model is called
    for the first time with an item (Tekio's own try-out of the model lies before that). The parts: the interpreter and
    what it imports, and all the rest (finding and reading the task, loading the weights, trying the model, ids, plan).
    """
    sys.path.insert(0, str(ROOT / "src"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = make_model(folder / "model", 8192)
        (folder / "work.json").write_text("[]")
        write_lm_eval_task(folder / "tasks")
        found: dict[str, dict[str, float]] = {}
        for side, interpreter in (("tekio", sys.executable), ("lm-eval", python)):
            runs = [
                in_process(interpreter, f"{side}-startup", model, folder / "work.json", folder) for _ in range(repeats)
            ]
            found[side] = min(runs, key=lambda run: sum(run.values()))
    print(f"\nstart-up, CPU seconds from the start of the process to the first item, least of {repeats}")
    print(f"  {'':22}{'imports':>10}{'the rest':>10}{'in all':>10}")
    for side, parts in found.items():
        print(f"  {side:22}{parts['imports']:10.2f}{parts['rest']:10.2f}{sum(parts.values()):10.2f}")
    ratio = sum(found["lm-eval"].values()) / sum(found["tekio"].values())
    print(f"  ratio {ratio:.2f}; without imports {found['lm-eval']['rest'] / found['tekio']['rest']:.2f}")


def write_lm_eval_task(folder: Path) -> None:
    """fp2 as a task of lm-eval: the same prompts from a file."""
    from tekio.evaluate.tasks import load_task

    built = load_task("fp2", base=ROOT).build(
        DATA / "fin-harness", template="default", protocol="fin-harness-2025", shots=0, limit=None, seed=17
    )
    folder.mkdir()
    rows = [
        {"prompt": request.prompt, "choices": list(request.continuations), "gold": item.gold}  # type: ignore[union-attr]
        for request, item in zip(built.requests, built.items, strict=True)
    ]
    data = folder / "fp2.jsonl"
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (folder / "fp2.yaml").write_text(
        f"task: fp2_from_file\ndataset_path: json\ndataset_kwargs: {{data_files: {{test: {data}}}}}\ntest_split: test\n"
        'output_type: multiple_choice\ndoc_to_text: "{{prompt}}"\ndoc_to_choice: "{{choices}}"\n'
        'doc_to_target: "{{gold}}"\ntarget_delimiter: ""\nmetric_list: [{metric: acc}]\n'
    )


class FirstItemError(Exception):
    """Raised where the first item would be scored."""


def startup_of_tekio(model_folder: str) -> dict[str, Any]:
    """`tekio evaluate MODEL --suite fp2` up to the first batch."""
    out = Path(model_folder).parent / f"out-{os.getpid()}"
    sys.path.insert(0, str(ROOT / "src"))
    from tekio.cli import build_parser
    from tekio.model import fast_import

    importing = 0.0
    original = fast_import.import_lean

    def patched() -> bool:
        nonlocal importing
        began = cpu_seconds()
        done = original()
        from tekio.evaluate.scoring import score

        def stop(*arguments: Any) -> Any:
            if len(arguments[0].encoded) > 10:  # not the try-out of the model
                raise FirstItemError
            return score_batch(*arguments)

        score_batch = score.ChoiceScorer.score
        score.ChoiceScorer.score = stop  # type: ignore[method-assign]
        importing = cpu_seconds() - began
        return done

    fast_import.import_lean = patched  # type: ignore[assignment]
    words = ["evaluate", model_folder, "--suite", "fp2", "--data", str(DATA / "fin-harness"), "--out", str(out)]
    parsed = build_parser("en").parse_args(words)
    parsed.language = "en"
    started = cpu_seconds()
    try:
        parsed.action(parsed)
    except FirstItemError:
        used = cpu_seconds()
        return {"imports": started + importing, "rest": used - started - importing}
    raise AssertionError("the first item was never reached")


def startup_of_lm_eval(model_folder: str) -> dict[str, Any]:
    """`lm_eval run --tasks fp2_from_file` up to the first call of the model."""
    import torch  # noqa: F401
    from lm_eval import evaluator  # type: ignore[import-not-found]  # noqa: F401
    from lm_eval.__main__ import cli_evaluate  # type: ignore[import-not-found]
    from lm_eval.models.huggingface import HFLM  # type: ignore[import-not-found]

    def stop(*_: Any, **__: Any) -> Any:
        raise FirstItemError

    imports = cpu_seconds()
    HFLM._model_call = stop
    folder = Path(model_folder).parent
    options = f"pretrained={model_folder},dtype=float32,max_length=4096"
    words = ["--model", "hf", "--model_args", options, "--tasks", "fp2_from_file", "--device", "cpu"]
    sys.argv = ["lm_eval", *words, "--batch_size", "8", "--include_path", str(folder / "tasks")]
    try:
        cli_evaluate()
    except FirstItemError:
        return {"imports": imports, "rest": cpu_seconds() - imports}
    raise AssertionError("the first item was never reached")


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
            "lm-eval-startup": lambda: startup_of_lm_eval(arguments.model),
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
