"""How often the harvester is right on a set of documents it was not written for, and what its confidence is worth there.

    python benchmarks/harvest_blind.py tests/instruct/harvest/blind_documents_9 [tests/instruct/harvest/no_questions_8] [--wrong]

A folder of documents, each with `NAME.gold.jsonl` beside it (`question`, `answer`, and `question_alt`, `answer_alt` where more
than one reading is right), and one of pages without questions. Recall: gold questions that are the question of a pair;
precision: pairs whose question is a gold question; exact: gold pairs whose answer is right, too. Texts compare without white
space, list marks and the bars of tables, as in the tests. A set is measured once, before what it shows is mended; afterwards
it is a test (docs/instruct.md keeps the first measurements). `PYTHONPATH=…/src` measures the harvester of another commit.
"""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tekio.instruct.harvest.files import harvest_path
from tekio.statistics.intervals import wilson

NOT_DOCUMENTS = (".json", ".jsonl")


def bare(text: str) -> str:
    """A text as sets are compared: without white space, characters of no width, bars and list marks."""
    text = re.sub(r"^\s*(?:[0-9]+\. |・|- )", "", text, flags=re.MULTILINE)
    return re.sub("[\\s\u3000\u200b\xa0|・]+", "", text)


def documents(folder: Path) -> Iterator[Path]:
    """The documents of a folder, without gold, notes and signs."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix and path.suffix not in NOT_DOCUMENTS and path.stem not in ("README", "NOTES"):
            yield path


def gold_of(path: Path) -> list[dict[str, list[str]]]:
    """The right pairs of a document, each with every wording that is right."""
    lines = (path.parent / f"{path.stem}.gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        {part: [bare(text) for text in (row[part], *row.get(f"{part}_alt", []))] for part in ("question", "answer")}
        for row in map(json.loads, filter(str.strip, lines))
    ]


def main() -> None:
    """Print recall, precision, exact answers, false pairs and the table of confidence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("blind", type=Path)
    parser.add_argument("none", type=Path, nargs="?")
    parser.add_argument("--wrong", action="store_true", help="show what was not found, found wrongly or not whole")
    options = parser.parse_args()
    wanted = found = whole = given = files = 0
    sure: list[tuple[float, bool]] = []
    for path in documents(options.blind):
        files += 1
        gold = gold_of(path)
        left = list(gold)
        pairs = harvest_path(path).pairs
        wanted += len(gold)
        given += len(pairs)
        for pair in pairs:
            asked, told = bare(pair.question), bare(pair.answer)
            same = [row for row in left if asked in row["question"]]
            best = next((row for row in same if told in row["answer"]), same[0] if same else None)
            right = best is not None and told in best["answer"]
            sure.append((pair.confidence, right))
            whole += right
            if best is not None:
                found += 1
                left.remove(best)
            if options.wrong and not right:
                print(f"{path.name} {pair.confidence} {'answer' if best else 'FALSE'}: {pair.question!r}")
                print(f"    got      {told[:120]} … {told[-60:]}")
                if best is not None:
                    print(f"    expected {best['answer'][0][:120]} … {best['answer'][0][-60:]}")
        for row in left if options.wrong else []:
            print(f"{path.name} MISSED: {row['question'][0]}\n    {row['answer'][0][:120]}")
    interval = wilson(found, wanted)
    print(f"{files} files, {wanted} pairs; {given} pairs given")
    print(
        f"recall {found / wanted:.3f} ({found}; 95 % {interval.low:.3f}-{interval.high:.3f}), precision {found / max(given, 1):.3f}"
    )
    print(f"exact {whole / wanted:.3f} ({whole})")
    if options.none is not None:
        pages = list(documents(options.none))
        false = {path.name: pairs for path in pages if (pairs := harvest_path(path).pairs)}
        sure += [(pair.confidence, False) for pairs in false.values() for pair in pairs]
        count = sum(map(len, false.values()))
        print(f"pages without questions: {count} false pairs on {len(false)} of {len(pages)}")
        for name, pairs in false.items() if options.wrong else []:
            for pair in pairs:
                print(f"{name} {pair.confidence} {pair.reading}: {pair.question!r} -> {pair.answer[:80]!r}")
    print("confidence: right of all, share, mean confidence")
    for band in range(9, -1, -1):
        here = [(sum_, right) for sum_, right in sure if min(int(sum_ * 10 + 1e-9), 9) == band]
        if here:
            right, mean = sum(one for _, one in here), sum(one for one, _ in here) / len(here)
            print(f"  {band / 10:.1f}: {right} of {len(here)}, {right / len(here):.3f}, {mean:.3f}")


if __name__ == "__main__":
    main()
