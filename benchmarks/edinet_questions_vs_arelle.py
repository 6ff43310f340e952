"""Check the answers of EDINET questions against the facts that Arelle reads from the same filings.

    python benchmarks/edinet_questions_vs_arelle.py --arelle X/bin/python --records RUN/instruct/train.jsonl FILING.zip ...

For every record with a figure (`meta.extra.check`) Arelle must have a fact of that concept, period and consolidation whose
value is the figure that the *text of the answer* states (its unit word multiplied out here, not by Tekio's code). Arelle
(Apache-2.0) runs in an environment of its own, offline.
"""

import argparse
import json
import re
import subprocess
import tempfile
import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

# Runs inside Arelle's environment: argument 1 is an instance, standard output its facts as JSON.
SCRIPT = """
import datetime, json, sys
from arelle import Cntlr
model = None
control = Cntlr.Cntlr(logFileName="logToBuffer")
control.webCache.workOffline = True
model = control.modelManager.load(sys.argv[1])
day = datetime.timedelta(days=1)
rows = []
for fact in [*model.facts, *model.undefinedFacts]:
    context = model.contexts.get(fact.get("contextRef"))
    if context is None:
        continue
    members = [node.text.strip() for node in context.iter() if str(node.tag).endswith("explicitMember")]
    end = context.endDatetime
    # Arelle gives the end of a period as midnight of the day after.
    period = [context.startDatetime.date().isoformat() if context.isStartEndPeriod else None,
              (end - day).date().isoformat() if end else None]
    rows.append([fact.qname.localName, "".join(fact.itertext()).strip(), period, members])
print("FACTS" + json.dumps(rows))
"""
SCALES = {"": 1, "千": 10**3, "百万": 10**6, "億": 10**8, "十億": 10**9, "兆": 10**12}
FIGURE = re.compile(r"([-△▲]?)([0-9][0-9,]*(?:\.[0-9]+)?)(千|百万|十億|億|兆)?(円|株|人|名|%|倍|回|年|)")


def instances(path: Path, folder: Path) -> list[Path]:
    """The XBRL instances of a filing."""
    if path.suffix != ".zip":
        return [path]
    with ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xbrl") and "PublicDoc" in name]
        archive.extractall(folder)
    return [folder / name for name in names]


def stated(answer: str) -> list[Decimal]:
    """The figures an answer states."""
    found: list[Decimal] = []
    for sign, digits, scale, unit in FIGURE.findall(unicodedata.normalize("NFKC", answer)):
        value = Decimal(digits.replace(",", "")) * SCALES[scale]
        value = value / 100 if unit == "%" else value
        found += [-value if sign else value]
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--arelle", required=True, help="python of the environment with arelle-release")
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("filings", type=Path, nargs="+")
    options = parser.parse_args()
    facts: dict[tuple[str, str | None, str | None], list[tuple[str, list[str]]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, filing in enumerate(options.filings):
            for instance in instances(filing, Path(folder) / str(number)):
                done = subprocess.run(
                    [options.arelle, "-c", SCRIPT, str(instance)], capture_output=True, text=True, check=True
                )
                line = next(line for line in done.stdout.splitlines() if line.startswith("FACTS"))
                for name, value, period, members in json.loads(line.removeprefix("FACTS")):
                    facts.setdefault((name, period[0], period[1]), []).append((value, members))
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for text in options.records.read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        check = row["meta"]["extra"].get("check")
        if not check or check.get("kind") != "figure":
            continue
        counts["records"] += 1
        start, end = check["period"] if len(check["period"]) == 2 else (None, check["period"][0])
        answers = stated(row["messages"][-1]["content"])
        found = False
        for value, members in facts.get((check["concept"].split(":")[1], start, end), []):
            separate = any("NonConsolidatedMember" in member for member in members)
            if check["consolidated"] is not None and separate == check["consolidated"]:
                continue
            try:
                found |= Decimal(value) in answers
            except ArithmeticError:
                continue
        counts["agree" if found else "not found"] += 1
        if not found and len(wrong) < 5:
            wrong.append(json.dumps([row["messages"][-1]["content"], check], ensure_ascii=False))
    print(dict(counts), *wrong, sep="\n")


if __name__ == "__main__":
    main()
