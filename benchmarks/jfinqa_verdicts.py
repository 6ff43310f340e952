"""jfinqa's published verdicts, item by item, beside the rule that judges replies here.

    python benchmarks/jfinqa_verdicts.py jfinqa/scripts/data/baselines

Reads every `*_predictions.json` of a clone of ajtgjmdjp/jfinqa (id -> `predicted`, `gold`, `correct`) and prints how many of
them this rule repeats. What differs is shown.
"""

# pyright: standard

import json
import sys
from pathlib import Path

from tekio.evaluate.results.jfinqa import same_number


def main(folder: Path) -> None:
    total = agreeing = 0
    print("| predictions | items | published right | the same verdict here |\n|---|---|---|---|")
    for file in sorted(folder.glob("*_predictions.json")):
        rows = json.loads(file.read_text(encoding="utf-8")).values()
        same = 0
        for row in rows:
            found = same_number(str(row["predicted"]), str(row["gold"])) == bool(row["correct"])
            if not found:
                print(f"{row['id']}: {row['predicted']!r} for {row['gold']!r}", file=sys.stderr)
            same += found
        right = sum(bool(row["correct"]) for row in rows)
        print(f"| {file.name.removesuffix('_predictions.json').rstrip('_')} | {len(rows)} | {right} | {same} |")
        total, agreeing = total + len(rows), agreeing + same
    print(f"\n{agreeing} of {total} predictions have the published verdict")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
