"""How fast `tekio view` answers on a large run: 1,000,000 documents, 200,000 records, 50,000 items for two models.

    PYTHONPATH=src python benchmarks/view_large.py [--documents N] [--out DIR]

Printed: seconds of the first page of every kind and of searches (a frequent word, a rare one, one that is not there), and the server's peak
memory (VmHWM: what `getrusage` says holds the memory of the process that began it, here the one that made the rows). The rows are made up; each document has about 400 characters.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tekio.documents import DOCUMENT_SCHEMA
from tekio.store import Workspace, run_stage
from tekio.text.kernels.measure import COLUMNS

WORDS = [
    "利率",
    "国債",
    "預金",
    "保険",
    "投資",
    "税額",
    "控除",
    "申告",
    "契約",
    "株式",
    "手数料",
    "期間",
    "残高",
    "通知",
    "改正",
]
SERVE = """
import sys, threading
from pathlib import Path
from tekio.view import ViewServer
from tekio.view.runs import OpenRun
with ViewServer([OpenRun(Path(sys.argv[1]))], "ja") as server:
    print(server.url, flush=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdin.read()
"""


def text(rng: np.random.Generator, number: int) -> str:
    """About 400 characters, no two alike."""
    words = [WORDS[at] for at in rng.integers(0, len(WORDS), 130)]
    return f"第{number}号　" + "の".join(words) + "。"


def make(run: Path, documents: int) -> None:
    """The run folder."""
    rng = np.random.default_rng(1)

    def corpus(space: Workspace) -> None:
        (space.path / "train").mkdir()
        (space.path / "measures").mkdir()
        size = 50_000
        for part, start in enumerate(range(0, documents, size)):
            numbers = range(start, min(start + size, documents))
            columns = {
                "id": [f"{number:016x}" for number in numbers],
                "text": [text(rng, number) for number in numbers],
                "source": [f"source-{number % 7}" for number in numbers],
                "domain": ["finance"] * len(numbers),
                "group": [f"g{number // 10}" for number in numbers],
                "uri": [f"folder/{number // 10}.html" for number in numbers],
                "title": [f"通知 {number}" for number in numbers],
                "published": ["2024-04-01"] * len(numbers),
                "as_of": [None] * len(numbers),
                "license": ["PDL-1.0"] * len(numbers),
                "meta": ["{}"] * len(numbers),
            }
            table = pa.table(columns, schema=DOCUMENT_SCHEMA)
            pq.write_table(
                table, space.path / "train" / f"part-{part:05d}.parquet", compression="zstd", row_group_size=8192
            )
            counts = {name: rng.integers(0, 400, len(numbers)).astype(np.int32) for name in COLUMNS}
            measured = pa.table(
                {"id": columns["id"], "source": columns["source"], "status": ["train"] * len(numbers), **counts}
            )
            pq.write_table(measured, space.path / "measures" / f"part-{part:05d}.parquet", compression="zstd")

    def instruct(space: Workspace) -> None:
        with (space.path / "train.jsonl").open("w", encoding="utf-8") as file:
            for number in range(documents // 5):
                row = {
                    "id": f"r{number}",
                    "messages": [
                        {"role": "user", "content": f"第{number}号は？"},
                        {"role": "assistant", "content": text(rng, number)},
                    ],
                    "meta": {"origin": "faq", "parents": [f"{number:016x}"]},
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def evaluate(space: Workspace) -> None:
        shown = {"acc": {"value": 0.5, "low": 0.4, "high": 0.6, "n": documents // 20, "method": "Wilson"}}
        score = {"metrics": shown, "degenerate": None, "unparsed": 0, "truncated": 0, "lost_characters": 0}
        task = {"task": "large", "group": "finance", "kind": "choice", "n": documents // 20, "headline": "acc"}
        task |= {"template": "default", "shots": 0, "prompt_hash": "0" * 64, "license": "own", "higher_is_better": True}
        task |= {"baselines": {}, "templates": {}, "comparisons": [], "scores": {"base": score, "tuned": score}}
        model = {"path": "m", "sha256": "0" * 64, "parameters": 1, "tokenizer_sha256": "0" * 64}
        results = {
            "protocol": None,
            "boundary": None,
            "bos": None,
            "dtype": None,
            "confidence": 0.95,
            "reference": "base",
        }
        results |= {"models": {"base": model, "tuned": model}, "tasks": [task], "forgetting": None}
        (space.path / "results.json").write_text(json.dumps(results), encoding="utf-8")
        for label in ("base", "tuned"):
            folder = space.path / "items" / label
            folder.mkdir(parents=True)
            with (folder / "large.default.jsonl").open("w", encoding="utf-8") as file:
                for number in range(documents // 20):
                    row = {
                        "item": f"i{number}",
                        "prompt": text(rng, number),
                        "prompt_sha256": "0" * 64,
                        "correct": bool(rng.integers(0, 2)),
                    }
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")

    for stage, work in (("corpus", corpus), ("instruct", instruct), ("evaluate", evaluate)):
        run_stage(stage, run / stage, config={"sources": []}, inputs=[], seed=1, work=work)


def cpu_seconds(number: int) -> float:
    """What a process has used so far, in itself and for itself in the system: what other work on the machine does not lengthen."""
    fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        run = arguments.out or Path(scratch) / "run"
        if not run.exists():  # --out DIR of an earlier call is opened again
            make(run, arguments.documents)
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(run)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin
        assert process.stdout
        url = process.stdout.readline().strip()
        last = f"{arguments.documents - 1:016x}"
        pages = {
            "first page": "r0/documents",
            "the same again": "r0/documents",
            "a page in the middle": f"r0/documents?at={arguments.documents // 2}",
            "one source": "r0/documents?source=source-3",
            "search, frequent word": "r0/documents?q=国債の控除",
            "search, one row in the middle": f"r0/documents?q=第{arguments.documents // 2}号",
            "search, nothing there": "r0/documents?q=存在しない語句",
            "the last document": f"r0/document?id={last}",
            "records": "r0/records",
            "records, search, last": f"r0/records?q=第{arguments.documents // 5 - 1}号は",
            "items, first": "r0/items?task=large",
            "items, fixed": "r0/items?task=large&model=tuned&show=fixed",
            "items, search": "r0/items?task=large&q=第77号",
            "histogram": "r0/funnel?statistic=japanese_share",
        }
        for name, page in pages.items():
            start, before = time.perf_counter(), cpu_seconds(process.pid)
            with urllib.request.urlopen(url + urllib.parse.quote(page, safe="/?&=")) as answer:
                body = answer.read()
            seconds, used = time.perf_counter() - start, cpu_seconds(process.pid) - before
            peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8"))
            print(
                f"{name:32} {seconds:6.2f} s, {used:5.2f} CPU s, {len(body) / 1024:7.0f} KB, peak {int(peak[1]) / 1024 if peak else 0:6.0f} MB",
                flush=True,
            )
        process.communicate("", timeout=60)


if __name__ == "__main__":
    main()
