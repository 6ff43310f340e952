"""Files as a bank, broker or insurer holds them, read by `tekio corpus build`, beside what an editor reads in them.

    python benchmarks/bank_documents.py [--failures] [--keep FOLDER]

The files are written by `benchmarks/documents/bank_*.py` with the right answer of each beside it; the build is the command a user gives,
its settings the defaults. Printed are the right checks of each file, and with `--failures` what is wrong.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from documents import bank_mail, bank_pages, bank_sheets, bank_slides, bank_texts, bank_word
from documents.held import Held, Reading, checked

RECIPE = """tekio: 1
name: bank-documents
corpus:
  sources:
    - {name: held, path: files, license: internal}
"""


def all_held() -> list[Held]:
    """Every file of the set."""
    return [
        bank_word.rules(), bank_word.report(), bank_sheets.results(), bank_sheets.dates(from_1904=False),
        bank_sheets.dates(from_1904=True), bank_sheets.formats(), bank_slides.slides(), bank_mail.reply(),
        bank_mail.invitation(), bank_mail.saved_by_outlook(), bank_pages.raised(), bank_pages.web_forms(),
        bank_pages.clauses(), bank_pages.book(), bank_texts.markdown(), bank_texts.scrape(), bank_texts.rich_text(),
        bank_texts.wrapped(), bank_texts.printed(),
    ]  # fmt: skip


def built(folder: Path, files: Sequence[Held]) -> tuple[dict[str, list[Reading]], list[str]]:
    """(the documents that the build trains on or has twice, by file; what it rejected, in words)."""
    (folder / "files").mkdir(parents=True)
    for held in files:
        (folder / "files" / held.name).write_bytes(held.raw)
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    command = [sys.executable, "-m", "tekio", "corpus", "build", "recipe.yaml", "--out", "corpus", "--workers", "1"]
    path = {"PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src")}  # of this tree, not of what is installed
    done = subprocess.run(command, cwd=folder, env=os.environ | path, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stdout + done.stderr)
    readings: dict[str, list[Reading]] = {held.name: [] for held in files}
    rejected: list[str] = []
    for table in ("train", "held_out", "rejected"):
        for part in sorted((folder / "corpus" / table).glob("*.parquet")):
            for row in pq.read_table(part).to_pylist():
                name = next((held.name for held in files if held.name in row["uri"]), None)
                reason = row.get("rejected_by")
                if reason:
                    rejected.append(f"{row['uri']}: {reason} {row.get('measured')}")
                if name is None or reason not in (None, "exact_duplicate"):  # the two calendars say the same
                    continue
                columns = {key: str(value) for key, value in row.items() if key != "text" and value is not None}
                readings[name].append(Reading(row["text"], columns))
    return readings, rejected


def print_checks(files: Sequence[Held], readings: Mapping[str, list[Reading]], *, failures: bool) -> tuple[int, int]:
    """A line for each file, and what is wrong where asked; (checks that hold, all checks)."""
    right = total = 0
    for held in files:
        results = checked(held, readings[held.name])
        good = sum(passed for _, passed in results)
        right, total = right + good, total + len(results)
        print(f"{held.name:26} {good:3} of {len(results):3} right, {len(readings[held.name])} documents")
        if failures:
            for said in (said for said, passed in results if not passed):
                print(f"    {said}")
    return right, total


def options_of(description: str | None) -> argparse.ArgumentParser:
    """What every set of files is asked with."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="print what is wrong and what was rejected")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder for files and corpus, to look at")
    return parser


def measure(files: Sequence[Held], asked: argparse.Namespace) -> None:
    """Build a corpus of the files and print which checks hold."""
    with tempfile.TemporaryDirectory() as temporary:
        readings, rejected = built(asked.keep or Path(temporary) / "work", files)
    right, total = print_checks(files, readings, failures=asked.failures)
    print(f"{'all':24} {right:3} of {total:3} right, {len(rejected)} rows rejected")
    if asked.failures:
        print(*rejected, sep="\n")


def main() -> None:
    asked = options_of(__doc__).parse_args()
    measure(all_held(), asked)


if __name__ == "__main__":
    main()
