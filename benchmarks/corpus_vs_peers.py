"""Tekio's corpus builder beside datatrove and HojiChar on the same Japanese JSON Lines, in one call.

    python benchmarks/corpus_vs_peers.py [--megabytes 110] [--peers /path/of/an/environment/bin/python] [--memory]

The peers run in an environment of their own (`python -m venv X; X/bin/pip install hojichar 'datatrove[io,processing]'
spacy sudachipy sudachidict_core`). They are slow, so they get the first part of the same file (`--hojichar-megabytes`,
`--datatrove-megabytes`); speeds are megabytes of the file per CPU second (user and system, all processes) of one worker.
Tekio and HojiChar run three times, the median counts. Loading is not measured for anybody: HojiChar's patterns are compiled and datatrove's dictionary is loaded before the clock
starts, and Tekio builds a small file first, which loads its compiled kernels (that time is printed). With HojiChar's word
lists Tekio rejects by the same lists (read from HojiChar's installation) as HojiChar does, at the first hit; without them
both still count HojiChar's advertisement words. Only HojiChar looks for its 12 patterns of message boards.
`--memory` builds 200 MB and 1 GB instead and compares the peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]


def cpu() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(item.ru_utime + item.ru_stime for item in used)


def answer(start: float, **more: Any) -> None:
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = (
        next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    )  # ru_maxrss counts the parent
    print(json.dumps({"cpu": cpu() - start, "peak": peak, **more}))


# --- what runs in a process of its own ---------------------------------------------------------------------------


def job_floor(file: Path, work: Path) -> None:
    """Read and write the same bytes: JSON Lines to the document table's columns in Parquet, nothing else."""
    import hashlib

    import orjson
    import pyarrow.parquet as pq

    from tekio.documents import DOCUMENT_SCHEMA, pa

    start = cpu()
    names = DOCUMENT_SCHEMA.names
    columns: dict[str, list[Any]] = {name: [] for name in names}
    size = 0
    with pq.ParquetWriter(work / "floor.parquet", DOCUMENT_SCHEMA, compression="zstd", compression_level=3) as writer:

        def flush() -> None:
            writer.write_table(pa.table(columns, schema=DOCUMENT_SCHEMA))
            for values in columns.values():
                values.clear()

        offset = 0
        with file.open("rb") as lines:
            for line in lines:
                text = orjson.loads(line)["text"]
                uri = f"{file.name}#byte={offset}"
                identity = hashlib.sha256(f"ja\x1f{uri}\x1f{text}".encode()).hexdigest()[:16]
                row = (identity, text, "ja", "finance", identity, uri, None, None, None, "CC0-1.0", "{}")
                for name, value in zip(names, row, strict=True):
                    columns[name].append(value)
                offset += len(line)
                size += len(text)
                if size > 2_000_000:
                    flush()
                    size = 0
        flush()
    answer(start)


def job_build(file: Path, work: Path, *, near: bool, preset: str = "finance", words: str = "", hits: int = 0) -> None:
    from tekio.corpus import build_corpus
    from tekio.engine import LocalEngine
    from tekio.recipe.corpus import CorpusConfig

    def build(path: Path, out: Path) -> None:
        source = {"name": "ja", "path": str(path), "license": "CC0-1.0", "reader": "jsonl"}
        filters: dict[str, Any] = {"preset": preset}
        cleaning = (
            not near
        )  # HojiChar looks for telephone numbers and addresses of mail, not for people, and joins no lines
        if words:
            filters |= {"words": [str(file.parent / words)], "limits": {"listed_words": [None, hits]}}
        recipe = {
            "sources": [source],
            "filters": filters,
            "duplicates": {"exact": near, "near": near},
            "personal_data": {"people": "off" if cleaning else "report"},
            "normalize": {"join_lines": "never" if cleaning else "auto"},
            "shard_bytes": 32_000_000,
        }
        config = CorpusConfig.model_validate(recipe, context={"base": path.parent})
        build_corpus(config, out, seed=1, engine=LocalEngine(1))

    start = cpu()
    build(head(file, 0.2, work / "load.jsonl"), work / "load")
    loading, start, out = cpu() - start, cpu(), work / "corpus"
    build(file, out)
    answer(start, loading=loading, rejected=json.loads((out / "funnel.json").read_text())["totals"]["rejected"])


def job_sign(file: Path, work: Path) -> None:
    import numpy as np
    import orjson

    from tekio.text.kernels.codepoints import code_points
    from tekio.text.kernels.shingles import band_keys, choose_bands, signatures

    bands, rows = choose_bands(0.8)
    band_keys(signatures(code_points(["署名の計算を読み込む。"]))[0], bands, rows)
    start = cpu()
    texts: list[str] = []
    found: list[Any] = []
    size = 0

    def flush() -> None:
        signed, _ = signatures(code_points(texts))
        found.append(band_keys(signed, bands, rows))
        texts.clear()

    with file.open("rb") as lines:
        for line in lines:
            texts.append(orjson.loads(line)["text"])
            size += len(texts[-1])
            if size > 2_000_000:
                flush()
                size = 0
    flush()
    np.save(work / "bands.npy", np.concatenate(found))
    answer(start)


ADS, WORDS = "ads.txt", "words.txt"  # HojiChar's list of advertisements, and that with its lists of unwanted words
JOBS = {
    "floor": job_floor,
    "sign": job_sign,
    "clean": lambda file, work: job_build(file, work, near=False, preset="hojichar", words=ADS, hits=14),
    "lists": lambda file, work: job_build(file, work, near=False, preset="hojichar", words=WORDS),
    "build": lambda file, work: job_build(file, work, near=True),
}


# --- the comparison ----------------------------------------------------------------------------------------------


def run(command: list[str]) -> dict[str, Any]:
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found | {"wall": time.monotonic() - started}


def tekio(job: str, file: Path, folder: Path, times: int = 3) -> dict[str, Any]:
    """The median of several runs by CPU seconds."""
    results = []
    for turn in range(times):
        work = folder / f"tekio-{job}-{file.stem}-{turn}"
        work.mkdir()
        results.append(run([sys.executable, __file__, "--job", job, str(file), str(work)]) | {"work": work})
    return sorted(results, key=lambda item: item["cpu"])[times // 2]


def head(file: Path, megabytes: float, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as lines, target.open("wb") as out:
        while out.tell() < megabytes * 1e6 and (line := lines.readline()):
            out.write(line)
    return target


def show(name: str, file: Path, result: dict[str, Any]) -> float:
    size = file.stat().st_size / 1e6
    speed = size / result["cpu"]
    print(
        f"{name:44} {size:7.1f} MB {result['cpu']:8.2f} CPU s {speed:9.2f} MB/s {result['peak']:7.0f} MB peak",
        flush=True,
    )
    return speed


def recall_and_precision(removed: set[int], file: Path) -> str:
    """Planted near-duplicate pairs of which one goes, and the share of what went that is planted (exact ones apart)."""
    truth = json.loads(file.with_suffix(".truth.json").read_text())
    near = [item for item in truth if item["kind"] == "near"]
    planted = {item["row"] for item in truth} | {item["of"] for item in truth}
    found = sum(item["row"] in removed or item["of"] in removed for item in near)
    precision = len(removed & planted) / len(removed) if removed else 1.0
    return f"recall {found / len(near):.4f} of {len(near)}, precision {precision:.4f} of {len(removed)}"


def hojichar_words(python: str, *lists: str) -> str:
    """Lists that come with HojiChar, one word a line."""
    find = "import hojichar, pathlib; print(pathlib.Path(hojichar.__file__).parent / 'dict')"
    folder = Path(subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout.strip())
    return "\n".join((folder / f"{name}_keywords_ja.txt").read_text(encoding="utf-8") for name in lists)


def rows_removed_by_tekio(work: Path) -> set[int]:
    import pyarrow.parquet as pq

    table = pq.read_table(work / "corpus" / "rejected", columns=["uri", "rejected_by"]).to_pylist()
    gone = {int(row["uri"].split("byte=")[1]) for row in table if row["rejected_by"].endswith("_duplicate")}
    file = next(path for path in work.parent.glob("planted.jsonl"))
    offset, rows = 0, set()
    with file.open("rb") as lines:
        for number, line in enumerate(lines):
            if offset in gone:
                rows.add(number)
            offset += len(line)
    return rows


def rows_removed_by_datatrove(work: Path, file: Path) -> set[int]:
    ids = {json.loads(line)["id"] for path in (work / "kept").iterdir() for line in path.open(encoding="utf-8")}
    with file.open(encoding="utf-8") as lines:
        return {number for number, line in enumerate(lines) if json.loads(line)["id"] not in ids}


def compare(given: argparse.Namespace, folder: Path) -> None:
    from corpus_data import make

    file, planted = folder / "ja.jsonl", folder / "planted.jsonl"
    print("data", make(file, given.megabytes), "planted", make(planted, given.planted_megabytes, seed=7))
    ads = hojichar_words(given.peers, "advertisement") if given.peers else ""
    unwanted = hojichar_words(given.peers, "adult", "discrimination", "violence") if given.peers else ""
    (folder / ADS).write_text(ads, encoding="utf-8")
    (folder / WORDS).write_text(ads + "\n" + unwanted, encoding="utf-8")
    loading = tekio("build", head(file, 1, folder / "warm.jsonl"), folder, 2)[
        "loading"
    ]  # compiles once; cached on disk
    print(f"loading Tekio's kernels: {loading:.2f} CPU s a process (not counted below)")
    tekio("sign", folder / "warm.jsonl", folder, 1)

    floor = tekio("floor", file, folder)
    build, clean, sign = (tekio(job, file, folder) for job in ("build", "clean", "sign"))
    listed = tekio("lists", file, folder) if given.peers else clean
    show("read and write the document table only", file, floor)
    show("Tekio build: read, clean, filter, dedup, write", file, build)
    print(f"  whole build takes {build['cpu'] / floor['cpu']:.2f} x of reading and writing (goal: at most 4)")
    cleaning = {"nolists": show("Tekio cleaning (HojiChar's rules), write", file, clean)}
    cleaning["lists"] = show("the same with HojiChar's word lists", file, listed)
    signing = show("Tekio read, MinHash signatures", file, sign)

    if given.peers:
        part = head(file, given.hojichar_megabytes, folder / "hojichar" / "part.jsonl")
        for lists in ("lists", "nolists"):
            out = folder / "hojichar" / "out.jsonl"
            command = [given.peers, str(HERE / "peers" / "hojichar_clean.py"), str(part), str(out), lists]
            result = sorted((run(command) for _ in range(3)), key=lambda item: item["cpu"])[1]
            speed = show(f"HojiChar cleaning, word {lists}", part, result)
            kept = f"{result['kept'] / result['read']:.1%} of documents kept"
            goal = "goal: 10" if lists == "lists" else "not its usual recipe"
            print(f"  Tekio / HojiChar ({lists}): {cleaning[lists] / speed:.1f} x ({goal}); HojiChar: {kept}")
        part = head(file, given.datatrove_megabytes, folder / "datatrove" / "part.jsonl")
        script = str(HERE / "peers" / "datatrove_corpus.py")
        result = run([given.peers, script, "clean", str(part.parent), str(folder / "datatrove-clean")])
        print(
            f"  Tekio / datatrove: {cleaning['nolists'] / show('datatrove cleaning, jpn', part, result):.0f} x (goal: 150)"
        )
        (folder / "datatrove-planted").mkdir()
        shutil.copy(planted, folder / "datatrove-planted")
        work = folder / "datatrove-dedup"
        result = run([given.peers, script, "dedup", str(folder / "datatrove-planted"), str(work)])
        speed = show("datatrove MinHash signatures, jpn", planted, result | {"cpu": result["sign_cpu"]})
        print(f"  Tekio / datatrove: {signing / speed:.0f} x (goal: 300)")
        print("  datatrove on planted pairs:", recall_and_precision(rows_removed_by_datatrove(work, planted), planted))
    mine = tekio("build", planted, folder, 1)
    print("  Tekio on planted pairs:    ", recall_and_precision(rows_removed_by_tekio(mine["work"]), planted))


def compare_memory(folder: Path) -> None:
    """Peak memory of one process (VmHWM) building 200 MB and 1 GB in units of 32 MB."""
    from corpus_data import make

    peaks: list[float] = []
    for megabytes in (200, 1000):
        large = folder / f"ja-{megabytes}.jsonl"
        make(large, megabytes)
        result = tekio("build", large, folder, 1)
        show("Tekio build", large, result)
        peaks.append(result["peak"])
        large.unlink()
        shutil.rmtree(result["work"])
    print(f"  peak memory of 1 GB / 200 MB: {peaks[1] / peaks[0]:.2f} (goal: at most 1.20)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=110)
    parser.add_argument("--planted-megabytes", type=float, default=5)
    parser.add_argument("--hojichar-megabytes", type=float, default=10)
    parser.add_argument("--datatrove-megabytes", type=float, default=3)
    parser.add_argument("--peers", help="python of an environment with hojichar and datatrove")
    parser.add_argument("--memory", action="store_true", help="compare the peak memory of 200 MB and 1 GB instead")
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        JOBS[given.job[0]](Path(given.job[1]), Path(given.job[2]))
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory(prefix="tekio-corpus-") as name:
        if given.memory:
            compare_memory(Path(name))
        else:
            compare(given, Path(name))


if __name__ == "__main__":
    main()
