"""How long it takes to screen 100,000 instruction records (issue: under a minute on 2 cores).

    python benchmarks/screen_speed.py [--records 100000] [--data FOLDER] [--stage]

Records are made from a small vocabulary (seeded), a part of them exact and near duplicates; with `--data` the comments
of the Economy Watchers survey are the text. All checks are on, with an evaluation file to compare with. One process
does the work, so a machine with two cores is only half used. `--stage` writes the records to a file and runs the whole
instruct stage on it (import, checks, split, files) in a process of its own, whose peak memory is what the stage needs.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tekio.instruct.candidate import Row
from tekio.instruct.screen.rules import screen_rows
from tekio.instruct.screen.whole import screen_whole
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.paths import RecipePath
from tekio.records import InstructionMeta, new_record

WORDS = (
    "日本銀行/政策金利/国債/利回り/株価/指数/円安/円高/輸出/企業/収益/設備投資/個人消費/物価/上昇/下落/見通し/四半期/決算/増益/減益/"
    "自己資本比率/配当/株主/総会/取締役/投資信託/積立/非課税/口座/税率/確定申告/保険/年金/受給/掛金/住宅ローン/審査/手数料"
)


def sentence(rng: random.Random) -> str:
    words = WORDS.split("/")
    return "".join(rng.choice(words) + rng.choice("のがはをにとも、") for _ in range(rng.randint(6, 24))) + "。"


def texts(count: int, data: Path | None, rng: random.Random) -> list[str]:
    if data is None:
        return [sentence(rng) + sentence(rng) for _ in range(count)]
    found = [
        row["追加説明及び具体的状況の説明"]
        for file in sorted(data.glob("*.json"))
        for row in json.loads(file.read_text(encoding="utf-8"))
    ]
    return [found[number % len(found)] + (sentence(rng) if number >= len(found) else "") for number in range(count)]


def rows(count: int, data: Path | None) -> list[Row]:
    rng = random.Random(17)
    made: list[Row] = []
    for number, text in enumerate(texts(count, data, rng)):
        meta = InstructionMeta(task="qa", origin="bench", license="CC-BY-4.0", input=text, as_of=f"202{number % 5}-01")
        made.append(Row(new_record("次の文を読み、景気の見方を答えてください。", sentence(rng) * 3, meta)))
        if number % 20 == 0:  # a near duplicate: one character changed
            meta = InstructionMeta(
                task="qa", origin="bench", license="CC-BY-4.0", input=text.replace("、", "。", 1) + "なお"
            )
            made.append(Row(new_record(made[-1].record.instruction, made[-1].record.output, meta)))
    return made[:count]


STAGE = """
import sys, time
from pathlib import Path
from tekio.engine import LocalEngine
from tekio.instruct import build_instructions
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.instruct import ImportConfig, InstructConfig, ScreenConfig
from tekio.recipe.paths import RecipePath
data, evaluation, out = sys.argv[1:]
screen = ScreenConfig(contamination=ContaminationConfig(items=[RecipePath.of(evaluation)]), numbers="reject", min_japanese_share=0.3)
source = ImportConfig(name="bench", path=RecipePath.of(data), format="records")
wall = time.perf_counter()
config = InstructConfig.model_validate({"import": [source], "screen": screen})
counts = build_instructions(config, Path(out), seed=17, engine=LocalEngine(1)).counts
memory = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(f"{counts['rows_in']:,} records through the stage: {time.perf_counter() - wall:.1f} s wall, "
      f"{time.process_time():.1f} s CPU with the start, peak {int(memory) // 1024} MiB; rejected {counts['rejected']}")
"""


def measure_stage(count: int, data: Path | None) -> None:
    """Write the records to a file and run the stage on it in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path, evaluation = Path(folder) / "records.jsonl", Path(folder) / "evaluation.json"
        made = rows(count, data)
        with path.open("w", encoding="utf-8") as file:
            for row in made:
                file.write(json.dumps(row.record.as_dict(), ensure_ascii=False) + "\n")
        picked = [{"question": row.record.meta.input} for row in made[:: max(len(made) // 500, 1)]]
        evaluation.write_text(json.dumps(picked, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-c", STAGE, str(path), str(evaluation), str(Path(folder) / "out")]
        subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--stage", action="store_true")
    options = parser.parse_args()
    if options.stage:
        measure_stage(options.records, options.data)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = rows(options.records, options.data)
        evaluation = Path(folder) / "evaluation.json"
        picked = [{"question": row.record.meta.input} for row in made[:: max(len(made) // 500, 1)]]
        evaluation.write_text(json.dumps(picked, ensure_ascii=False), encoding="utf-8")
        config = ScreenConfig(
            contamination=ContaminationConfig(items=[RecipePath.of(evaluation)]),
            numbers="reject",
            min_japanese_share=0.3,
        )
        warm = rows(200, None)
        screen_rows(warm, config)
        screen_whole(warm, config)
        wall, cpu = time.perf_counter(), time.process_time()
        screen_rows(made, config)
        middle = time.perf_counter()
        screen_whole(made, config)
        wall_all, cpu_all = time.perf_counter() - wall, time.process_time() - cpu
    reasons: dict[str, int] = {}
    for row in made:
        if row.rejected_by:
            reasons[row.rejected_by] = reasons.get(row.rejected_by, 0) + 1
    characters = sum(len(row.record.meta.input or "") + len(row.record.output) for row in made)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(made):,} records, {characters:,} characters: {wall_all:.1f} s wall, {cpu_all:.1f} s CPU, {memory} MiB")
    print(
        f"each record by itself {middle - wall:.1f} s, all together {wall_all - (middle - wall):.1f} s; rejected {reasons}"
    )


if __name__ == "__main__":
    main()
