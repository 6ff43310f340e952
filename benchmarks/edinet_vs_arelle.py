"""Compare the facts Tekio reads from EDINET filings with what Arelle reads.

    python benchmarks/edinet_vs_arelle.py --arelle /path/to/env/bin/python FILING.zip ...

Arelle (Apache-2.0, PyPI `arelle-release`) runs in an environment of its own, offline, so it has no taxonomy: facts whose
concept it cannot look up are in its `undefinedFacts`, and are compared like the others. Compared are: concept, context,
unit, decimals, nil, and the value with white space at its ends aside.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

from tekio.corpus.readers.xbrl import read_instance

# Runs inside Arelle's environment: argument 1 is an instance, standard output its facts as JSON.
ARELLE_SCRIPT = """
import json, sys
from arelle import Cntlr
control = Cntlr.Cntlr(logFileName="logToBuffer")
control.webCache.workOffline = True
model = control.modelManager.load(sys.argv[1])
nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
rows = []
for fact in [*model.facts, *model.undefinedFacts]:
    value = None if fact.get(nil) in ("true", "1") else "".join(fact.itertext()).strip()
    rows.append([fact.qname.namespaceURI, fact.qname.localName, fact.get("contextRef"), fact.get("unitRef"),
                 fact.get("decimals"), value])
print("FACTS" + json.dumps(rows))
"""

Row = tuple[str, str, str, str | None, str | None, str | None]


def tekio_facts(raw: bytes) -> Counter[Row]:
    """The facts as Tekio reads them."""
    facts = read_instance(raw).facts
    return Counter(
        (
            fact.namespace,
            fact.name,
            fact.context,
            fact.unit,
            fact.decimals,
            None if fact.value is None else fact.value.strip(),
        )
        for fact in facts
    )


def arelle_facts(python: str, instance: Path) -> Counter[Row]:
    """The facts as Arelle reads them."""
    done = subprocess.run([python, "-c", ARELLE_SCRIPT, str(instance)], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("FACTS"))
    return Counter(tuple(row) for row in json.loads(line.removeprefix("FACTS")))


def compare(python: str, filing: Path) -> list[tuple[str, int, int, int]]:
    """(instance, facts of Tekio, facts of Arelle, facts that differ) for the instances of a filing."""
    results: list[tuple[str, int, int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        if filing.suffix == ".xbrl":
            paths = [filing]
        else:
            with ZipFile(filing) as archive:  # our own sample files: not a hostile input here
                archive.extractall(folder)
            paths = sorted(Path(folder).rglob("*.xbrl"))
        for path in paths:
            ours, theirs = tekio_facts(path.read_bytes()), arelle_facts(python, path)
            differ = (ours - theirs).total() + (theirs - ours).total()
            results.append((path.name, ours.total(), theirs.total(), differ))
    return results


def main() -> int:
    """Compare the filings named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filings", nargs="+", type=Path)
    parser.add_argument("--arelle", default=sys.executable, help="Python of the environment that has arelle-release")
    arguments = parser.parse_args()
    wrong = 0
    for filing in arguments.filings:
        for name, ours, theirs, differ in compare(arguments.arelle, filing):
            wrong += differ
            print(f"{filing.name}  {name}  Tekio {ours}  Arelle {theirs}  differ {differ}")
    print("agree" if wrong == 0 else f"{wrong} facts differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
