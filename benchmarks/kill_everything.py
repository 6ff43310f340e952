"""What kills cost: the demo's whole chain under SIGKILLs at random moments, compared with an undisturbed run.

    python benchmarks/kill_everything.py [--kills 50] [--seed 1] [--keep DIR]
    python benchmarks/kill_everything.py --sockets

Prints, for each stage, how many kills met it and how many hashes of its files equal the undisturbed run's, whether the
results are equal, and what lies in a finished folder that its manifest does not name. Each time a disturbed chain
ends before the kills are used up, a new one begins. `--sockets` runs the chain once under `strace -f` instead and
counts the sockets of the Internet families it opens (wanted: none). The exit code is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import collections
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tekio.demo import lay_out
from tekio.pipeline import STAGES
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.store import read_manifest, verify_folder

COMMAND = [sys.executable, "-m", "tekio", "--lang", "en", "run"]
NAMES = ["青空", "朝日野", "海山", "川辺", "北風", "東雲", "西浜", "南野"]
MORE_SOURCES = """  sources:
    - name: rules
      domain: finance
      path: rules/*.txt
      license: CC0-1.0
    - name: articles"""
MORE = """
exam: {seen: 20, unseen: 10}
study: {generator: rules, domains: [finance], tokens: 20000}
sweep: {rank: [2, 4], learning_rate: [1.0e-3], seeds: [17, 18]}
"""
INET = re.compile(r"socket\(AF_INET6?,.*\)\s*=\s*\d")


def main() -> None:
    """Kill, or count sockets; print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="stop at a difference and copy both runs there")
    parser.add_argument("--sockets", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tekio-kills-") as name:
        folder = Path(name)
        sys.exit(
            count_sockets(folder) if given.sockets else kill_everything(folder, given.kills, given.seed, given.keep)
        )


def recipe_in(folder: Path, key: Path | None = None) -> Path:
    """The demo's recipe, shortened, with checkpoints to come back to and the stages it has not; `key`: the key file of another
    folder.
    """
    recipe = lay_out(folder)
    text = re.sub(r"epochs: \d+", "epochs: 3", recipe.read_text(encoding="utf-8"))
    text = text.replace("evaluate_every: 10", "evaluate_every: 5\n  checkpoint_every: 3")
    text = text.replace(
        "  domains: [finance]\n  replay: {share: 0.2}", "  domains: [finance]\n  sources: {corpus: 0.5, study: 0.5}"
    )
    text = text.replace("evaluate:\n", "evaluate:\n  exam: {template: cloze}\n")
    recipe.write_text(text.replace("  sources:\n    - name: articles", MORE_SOURCES, 1) + MORE, encoding="utf-8")
    (folder / "rules").mkdir()
    for number in range(40):
        (folder / "rules" / f"{number:02}.txt").write_text(law(number), encoding="utf-8")
    if key is not None:
        shutil.copy2(key, folder / DEFAULT_KEY_FILE)
    return recipe


def law(number: int) -> str:
    """A regulation with figures of its own, for `study` and `exam`."""
    name = NAMES[number % len(NAMES)] + NAMES[number // len(NAMES)]
    return (
        f"{name}信託事業法施行規則\n（定義）\n"
        f"第一条　この規則において「{name}受託業務」とは、{name}信託事業法に規定する業務であって、信託財産の管理を行うものをいう。\n"
        f"（届出）\n第二条　信託受託者は、業務を開始した日から{10 + number}日以内に、その旨を記載した届出書を提出しなければならない。\n"
        f"2　信託監督委員は、前項の届出書を{5 + number}年間、主たる事務所に備え置かなければならない。\n"
        f"（報告）\n第三条　代表取締役は、毎事業年度経過後{2 + number}か月以内に、第二条の規定による届出に係る報告書を作成しなければならない。\n"
        f"第四条　信託受益者は、報告書の写しを{number + 3}通まで請求することができる。\n"
    )


def run(recipe: Path) -> subprocess.Popen[bytes]:
    """One run of the chain in a process of its own."""
    return subprocess.Popen([*COMMAND, str(recipe)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def undisturbed(recipe: Path) -> None:
    """A run to its end."""
    process = run(recipe)
    _, error = process.communicate()
    if process.returncode:
        raise SystemExit(error.decode())


def seconds(folder: Path) -> dict[str, float]:
    """By stage, what the undisturbed run took."""
    manifests = {stage: read_manifest(folder / "run" / stage) for stage in STAGES}
    return {stage: manifest.duration_seconds for stage, manifest in manifests.items() if manifest is not None}


def kill_in(recipe: Path, stages: Iterable[str], stage: str, delay: float) -> bool:
    """Run, wait until `stage` is under way and `delay` seconds more, kill. False: the run ended before."""
    process = run(recipe)
    while under_way(recipe.parent, stages) != stage:
        if process.poll() is not None:
            return False
        time.sleep(0.05)
    try:
        process.wait(timeout=delay)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True


def hashes(folder: Path) -> dict[str, dict[str, str]]:
    """By stage, the hash of each file that must not differ."""
    found: dict[str, dict[str, str]] = {}
    for stage in STAGES:
        manifest = read_manifest(folder / "run" / stage)
        if manifest is not None:
            found[stage] = {item.path: item.sha256 for item in manifest.outputs if not item.volatile}
    return found


def under_way(folder: Path, stages: Iterable[str]) -> str:
    """The stage that a killed run was in: the first of its stages that is not finished."""
    for stage in stages:
        if read_manifest(folder / "run" / stage) is None:
            return stage
    return "after the last"


def kill_everything(folder: Path, kills: int, seed: int, keep: Path | None) -> int:
    """Kill `kills` times, each chain to its end; the exit code. Each kill waits for the stage that met fewest."""
    undisturbed(recipe_in(folder / "undisturbed"))
    wanted, lasts = hashes(folder / "undisturbed"), seconds(folder / "undisturbed")
    moments, met, equal, differing = random.Random(seed), collections.Counter[str](), collections.Counter[str](), 0
    left, chains, foreign = kills, 0, 0
    while left:
        chains += 1
        disturbed = folder / f"killed-{chains}"
        recipe = recipe_in(disturbed, folder / "undisturbed" / DEFAULT_KEY_FILE)
        for _ in range(min(left, moments.randint(5, 12))):
            still = [stage for stage in wanted if read_manifest(disturbed / "run" / stage) is None]
            if not still:
                break
            target = min(still, key=lambda stage: met[stage])
            if not kill_in(recipe, wanted, target, moments.uniform(0, lasts[target])):
                break
            met[under_way(disturbed, wanted)] += 1
            left -= 1
        undisturbed(recipe)
        got = hashes(disturbed)
        for stage, files in wanted.items():
            there = got.get(stage, {})
            different = sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))
            equal[stage] += sum(there.get(name) == digest for name, digest in files.items())
            differing += len(different)
            print("".join(f"  differs: {stage}/{name}\n" for name in different), end="")
            foreign += len(verify_folder(disturbed / "run" / stage))
        foreign += len([*(disturbed / "run").rglob("*.partial"), *(disturbed / "run").rglob("*.tmp")])
        if differing and keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
            return 1
        shutil.rmtree(disturbed)
        print(f"chain {chains}: {kills - left} of {kills} kills so far, {differing} files differ", flush=True)
    print(f"\n{'stage':<12}{'kills':>7}{'equal files':>16}")
    for stage, files in wanted.items():
        print(f"{stage:<12}{met[stage]:>7}{equal[stage]:>9} of {len(files) * chains:>3}")
    print(f"{'(finished)':<12}{met['after the last']:>7}")
    print(f"{kills} kills in {chains} chains: {differing} files differ, {foreign} foreign or damaged files")
    return int(bool(differing or foreign))


def count_sockets(folder: Path) -> int:
    """Run once under strace; the exit code is 1 where an Internet socket was opened."""
    recipe, log = recipe_in(folder / "traced"), folder / "strace.log"
    command = ["strace", "-f", "--seccomp-bpf", "-e", "trace=network", "-o", str(log), *COMMAND, str(recipe)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    opened = [line for line in lines if INET.search(line)]
    print(f"{len(lines)} network calls of all processes, {len(opened)} Internet sockets")
    print("\n".join(opened[:10]))
    return int(bool(opened))


if __name__ == "__main__":
    main()
