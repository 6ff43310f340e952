"""What the demo's run wrote, without what depends on the machine: the golden file `golden_run.json`, and how it is renewed.

    tekio demo --out DEMO
    PYTHONPATH=src python tests/demo/golden_run.py DEMO/run

Pages, tokens and scores depend on the processor (floats) and on the secret key of the run (pseudonyms change ids, these the
split). So the golden file holds
- of files that depend on neither: the SHA-256 of their bytes (`bytes`);
- of all others (`shapes`): every key, the type of its value ("number or null" where it may be missing), the length of lists,
  and the values themselves of what says what a number is (units, directions, names) or counts what the recipe and the collection fix (rows, questions).
A changed line of it is a changed format: raise `tekio.store.FORMAT`, say so in docs/formats.md, then renew it.
"""

# pyright: standard

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tekio.store import read_json, read_jsonl, read_manifest, sha256_file, write_atomic

GOLDEN = Path(__file__).with_name("golden_run.json")
SAME_BYTES = (
    "instruct/funnel.json",
    "instruct/train.jsonl",
    "instruct/validation.jsonl",
    "instruct/rejected.jsonl",
    "evaluate/contamination.jsonl",
)
SHAPES = (
    "corpus/funnel.json",
    "base/summary.json",
    "base/metrics.jsonl",
    "pretrain/summary.json",
    "pretrain/metrics.jsonl",
    "pretrain/timing.jsonl",
    "tune/summary.json",
    "tune/metrics.jsonl",
    "evaluate/results.json",
    "evaluate/items/tuned/demo-exam.default.jsonl",
    "evaluate/items/tuned/perplexity-finance.default.jsonl",
    "compare/answers.jsonl",
    "compare/summary.json",
    "report/summary.json",
)
MANIFESTS = ("corpus", "base", "pretrain", "instruct", "tune", "evaluate", "compare", "report")
# What says what a number is, and what the recipe fixes.
KEPT = frozenset(
    [
        "format",
        "unit",
        "higher_is_better",
        "headline",
        "kind",
        "task",
        "group",
        "metric",
        "reference",
        "confidence",
        "template",
        "protocol",
        "boundary",
        "bos",
        "shots",
        "compared",
        "margin",
        "k",
        "rows_in",
        "files",
        "files_rejected",
        "rows_available",
        "batch_rows",
        "sequence_length",
        "name",
        "domain",
        "license",
        "reader",
        "release",
        "severity",
        "question",
        "may_train",
        "may_redistribute",
        "commercial",
        "share_alike",
        "known",
        "stage",
        "volatile",
        "max_new_tokens",
        "decoding",
        "schedule",
        "rule",
        "enabled",
    ]
)
VARYING = frozenset(
    ["cautions", "details", "items", "matches", "choices", "inputs", "outputs", "degenerate", "remarks", "models"]
)
"""Lists whose length depends on scores or on the machine."""
OPEN = frozenset(["rejected", "removed_characters", "tables", "versions", "counts", "config", "finish", "parents"])
"""Tables whose keys depend on the split, on libraries, or are the recipe's."""
FOUND = frozenset(["ungrounded", "copied_from", "refusal", "conduct"])
"""What an answer has only where something was found in it."""
ELSEWHERE = frozenset(["corpus", "instruct", "training", "evaluation"])
"""Parts of report/summary.json that are other files of the run."""
LABELS = frozenset(("base", "pretrained", "tuned"))


def golden_of(run: Path) -> dict[str, Any]:
    """The golden values of a finished demo run."""
    shapes = {name: _shape_of(run / name) for name in SHAPES}
    for stage in MANIFESTS:
        manifest = read_manifest(run / stage)
        assert manifest is not None, stage
        shapes[f"{stage}/manifest.json"] = shape(read_json(run / stage / "manifest.json"))
    return {"bytes": {name: sha256_file(run / name) for name in SAME_BYTES}, "shapes": shapes}


def _shape_of(path: Path) -> Any:
    if path.suffix == ".jsonl":  # how many documents are held out, so how many steps there are, depends on the key
        varies = path.name.startswith(("perplexity", "metrics", "timing"))
        return shape(list(read_jsonl(path)), "items" if varies else "")
    value = read_json(path)
    if path.parent.name == "report" and path.name == "summary.json":
        value = {key: "in its own file" if key in ELSEWHERE else item for key, item in value.items()}
    return shape(value)


def shape(value: Any, name: str = "") -> Any:
    """Keys and types of a value; see the module's text."""
    if isinstance(value, dict):
        if name in OPEN:
            return "table"
        if value.keys() == {"en", "ja"}:
            return "text in both languages"
        if value.keys() and value.keys() <= LABELS:
            return {"each model": shape(list(value.values()), "models")["each"]}
        return {key: shape(item, key) for key, item in sorted(value.items()) if key not in FOUND}
    if isinstance(value, list):
        merged: Any = None
        for item in value:
            merged = _merged(merged, shape(item, name))
        return {"each": merged} if name in VARYING else {"each": merged, "length": len(value)}
    if value is None:
        return "null"
    if name in KEPT:
        return [value]
    return {bool: "boolean", int: "number", float: "number", str: "text"}[type(value)]


def _merged(one: Any, other: Any) -> Any:
    """The shape of both."""
    if one is None or one == other:
        return other
    if isinstance(one, list) and isinstance(other, list):
        return sorted({*one, *other}, key=str)
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: _merged(one.get(key), other.get(key)) if key in one and key in other else one.get(key, other.get(key))
            for key in sorted(one.keys() | other.keys())
        }
    if isinstance(one, str) and isinstance(other, str):
        return " or ".join(sorted({*one.split(" or "), *other.split(" or ")}, key=lambda word: (word == "null", word)))
    return other if one == "null" else one


def differences(golden: Any, found: Any, where: str = "") -> list[str]:
    """Where two goldens differ, one line each. What is null in one and a value in the other does not differ: it may be both."""
    if isinstance(golden, dict) and isinstance(found, dict):
        lines = [f"{where}/{key}: not there any more" for key in sorted(golden.keys() - found.keys())]
        lines += [f"{where}/{key}: new" for key in sorted(found.keys() - golden.keys())]
        for key in sorted(golden.keys() & found.keys()):
            lines += differences(golden[key], found[key], f"{where}/{key}")
        return lines
    plain = [item.removesuffix(" or null") if isinstance(item, str) else item for item in (golden, found)]
    return [] if plain[0] == plain[1] or "null" in plain else [f"{where}: {found}, not {golden}"]


if __name__ == "__main__":
    made = json.dumps(golden_of(Path(sys.argv[1])), ensure_ascii=False, sort_keys=True, indent=1)
    write_atomic(GOLDEN, made + "\n")
