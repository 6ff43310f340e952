"""Fits the harvester's confidence to pairs of pages it had not been written for, and prints how true it is.

    python benchmarks/fit_confidence.py [--data ../shared/data/nta] [--write]

A blind set says how often the harvester is right only as it was before what the set shows was mended. So each set is read by
the harvester of the commit before that one, taken from the history (`git archive`), and its pairs are compared with the set's
own answers; the tax agency's pages (one shape, weights of .2 and .1) are read by the harvester as it is. The table is of sets
that the weights were not fitted to: each set is left out once. `--write` writes the weights of all to `confidence.yaml`.
"""

# pyright: standard
# (scikit-learn and the harvesters of the history are untyped)

import argparse
import importlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from tekio.instruct.harvest.confidence import Sketch, features
from tekio.instruct.harvest.evidence import page_evidence

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "blind_set_05": "19dd8a5",
    "blind_set_06": "19dd8a5",
    "blind_set_07": "2c7429e",
    "blind_set_08": "0ec9eae",
    "blind_set_09": "eec801b",
    "blind_set_10": "290c5d6",
    "blind_documents": "5c0803a",
    "no_questions": "5c0803a",
    "blind_documents_2": "d1aa33e",
    "no_questions_2": "d1aa33e",
    "blind_documents_3": "b14e7aa",
    "no_questions_3": "b14e7aa",
    "blind_documents_4": "2ef60d8",
    "no_questions_4": "2ef60d8",
    "blind_documents_5": "2864d43",
    "blind_documents_6": "522b747",
    "no_questions_5": "522b747",
    "blind_documents_7": "21a8873",
    "no_questions_6": "21a8873",
    "blind_documents_8": "057e5f9",
    "no_questions_7": "057e5f9",
    "blind_documents_9": "ee434ed",
    "no_questions_8": "ee434ed",
    "blind_documents_10": "12ec1b2",
    "no_questions_9": "12ec1b2",
    "blind_documents_11": "955b52a",
    "no_questions_10": "955b52a",
    "blind_documents_12": "955b52a",
    "no_questions_11": "955b52a",
    "blind_documents_13": "6bd1082",
    "no_questions_12": "6bd1082",
}
"""Set -> the commit that mended what it showed."""
STRENGTH = 1.0
READ = """
import json, sys
from pathlib import Path
try:
    from tekio.instruct.harvest.files import harvest_bytes
except ImportError:
    from tekio.instruct.harvest import harvest_bytes
for line in sys.stdin:
    name, suffix, encoded = json.loads(line)
    try:
        page = harvest_bytes(bytes.fromhex(encoded), suffix)
        pairs = [[pair.question, pair.answer, pair.reading] for pair in page.pairs]
        print(json.dumps([name, page.coverage, pairs]))
    except Exception as error:
        print(json.dumps([name, 0.0, []]))
"""


def bare(text: str) -> str:
    """As the tests of the blind documents compare."""
    return re.sub(r"[\s\u3000|・]+", "", re.sub(r"^\s*(?:[0-9]+\. |・|- )", "", text, flags=re.MULTILINE))


def labelled(folder: Path):
    """(name, bytes, suffix, {question: right answers}, how texts compare) of every file of a set."""
    faqpages = importlib.import_module("instruct.harvest.faqpages")

    for path in sorted(folder.iterdir()):
        if folder.name.startswith("blind_set") and path.suffix in (".html", ".txt"):
            source = path.read_text(encoding="utf-8")
            pairs = {} if ".none." in path.name else dict(faqpages.marked_pairs(source))
            wanted = {asked: [told] for asked, told in pairs.items()}
            raw = faqpages.unmarked(source).encode(path.suffixes[-2].removeprefix("."))
            yield path.name, raw, path.suffix, wanted, faqpages.bare
        elif folder.name.startswith("blind_documents") and path.suffix in (".json", ".jsonl"):
            text = path.read_text(encoding="utf-8")
            rows = json.loads(text) if path.suffix == ".json" else [json.loads(row) for row in text.splitlines() if row]
            stem = path.name.removesuffix(".json").removesuffix(".gold.jsonl")
            [document] = [other for other in folder.glob(f"{stem}*") if not other.name.endswith((".json", ".jsonl"))]
            wanted = {
                bare(asked): [bare(told) for told in (row["answer"], *row.get("answer_alt", []))]
                for row in rows
                for asked in (row["question"], *row.get("question_alt", []))
            }
            yield document.name, document.read_bytes(), document.suffix, wanted, bare
        elif folder.name.startswith("no_questions") and path.suffix != ".json" and path.name != "README.md":
            yield path.name, path.read_bytes(), path.suffix, {}, bare


def tax_agency(data: Path):
    """Every sixth page of 質疑応答事例 and the questions of the long documents' contents."""
    import harvest_nta

    for path in sorted((data / "shitsugi").glob("*.md"))[::6]:
        text = path.read_text(encoding="utf-8")
        if (expected := harvest_nta.sections(text)) is not None:
            question, answer = map(harvest_nta.plain, expected)
            yield "nta", path.name, text.encode(), {question: answer}
    with zipfile.ZipFile(data / "pages.zip") as members:
        for name in sorted(members.namelist()):
            raw = members.read(name)
            expected = harvest_nta.long_questions(raw.decode()) if raw.count("問".encode()) >= 40 else []
            if len(expected) >= 8:
                wanted = {harvest_nta.plain(asked): harvest_nta.plain(told) for _, asked, told in expected}
                yield "nta-long", name, raw, wanted


def read_by(commit: str | None, files, where: Path):
    """The pairs that the harvester before `commit` (None: this one) finds."""
    source = ROOT / "src"
    if commit is not None:
        source = where / commit / "src"
        if not source.exists():
            archive = subprocess.run(
                ["git", "archive", f"{commit}^", "src"], cwd=ROOT, check=True, capture_output=True
            ).stdout
            with tarfile.open(fileobj=BytesIO(archive)) as members:
                members.extractall(where / commit, filter="data")
    lines = "".join(json.dumps([name, suffix, raw.hex()]) + "\n" for name, raw, suffix in files)
    found = subprocess.run(
        [sys.executable, "-c", READ],
        input=lines,
        env={"PYTHONPATH": str(source)},
        cwd=where,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [json.loads(line) for line in found.splitlines()]


def evidence_of(raw: bytes, suffix: str) -> bool:
    """Whether a file calls itself a page of questions, as the harvester sees it today."""
    from tekio.instruct.harvest import files, page

    seen: list[bool] = []
    whole = page.choose
    try:
        page.choose = lambda blocks, only=None: [seen.append(page_evidence(blocks)), whole(blocks, only)][1]
        files.harvest_bytes(raw, suffix)
    finally:
        page.choose = whole
    return seen[0]


def collect(data: Path):
    """Rows of features, whether the pair was right, its set, its weight."""
    import harvest_nta

    rows, right, sets, weights = [], [], [], []

    def add(name, weight, raw, suffix, coverage, pairs, judge):
        known = [(pair, judge(pair)) for pair in pairs]
        made = features(
            [Sketch(*pair) for pair in pairs], evidence=evidence_of(raw, suffix) if pairs else False, coverage=coverage
        )
        for row, (_, label) in zip(made, known, strict=True):
            if label is not None:
                rows.append(row)
                right.append(label)
                sets.append(name)
                weights.append(weight)

    with tempfile.TemporaryDirectory() as folder:
        for name, commit in SETS.items():
            files = list(labelled(ROOT / "tests" / "instruct" / "harvest" / name))
            found = read_by(commit, [(file, raw, suffix) for file, raw, suffix, _, _ in files], Path(folder))
            for (_, raw, suffix, wanted, same), (_, coverage, pairs) in zip(files, found, strict=True):
                add(
                    name,
                    1.0,
                    raw,
                    suffix,
                    coverage,
                    pairs,
                    lambda pair, wanted=wanted, same=same: same(pair[1]) in wanted.get(same(pair[0]), []),
                )
        if data.is_dir():
            pages = list(tax_agency(data))
            found = read_by(None, [(file, raw, ".md") for _, file, raw, _ in pages], Path(folder))
            for (kind, _, raw, wanted), (_, coverage, pairs) in zip(pages, found, strict=True):

                def judge(pair, kind=kind, wanted=wanted):
                    asked, told = harvest_nta.bare(pair[0]), harvest_nta.bare(pair[1])
                    if kind == "nta":
                        return wanted.get(asked) == told
                    return None if asked not in wanted else harvest_nta.same_answer(told, wanted[asked])

                add(kind, 0.2 if kind == "nta" else 0.1, raw, ".md", coverage, pairs, judge)
    return rows, np.array(right, int), np.array(sets), np.array(weights)


def fit(rows, right, weights):
    """The weights of a logistic regression with a quadratic penalty."""
    return LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=10_000).fit(rows, right, sample_weight=weights)


def main() -> None:
    """Print the table of sets left out, and write the weights of all when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "nta")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]
    rows, right, sets, weights = collect(options.data)
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows])
    guessed = np.zeros(len(right))
    for name in sorted(set(sets.tolist())):
        out = sets == name
        guessed[out] = fit(table[~out], right[~out], weights[~out]).predict_proba(table[out])[:, 1]
        print(f"{name}: {right[out].sum()} of {out.sum()} right, expected {guessed[out].sum():.1f}")
    written = np.array([not name.startswith("nta") for name in sets.tolist()])
    sure = np.clip(guessed, 1e-9, 1 - 1e-9)
    loss = -np.where(right == 1, np.log(sure), np.log(1 - sure))
    ends = np.array([row["answer_ends"] for row in rows]) == 1
    in_rows = np.array([row["ends_with_rows"] for row in rows]) == 1
    print("answers that end: right of all, mean confidence, log loss, Brier (the written sets, each left out)")
    for words, part in (
        ("as a sentence", ends),
        ("with a list or table", in_rows),
        ("otherwise", ~ends & ~in_rows),
        ("all", ends | ~ends),
    ):
        here = written & part
        error = ((guessed - right) ** 2)[here].mean()
        print(
            f"  {words}: {right[here].sum()} of {here.sum()}, {guessed[here].mean():.3f}, {loss[here].mean():.4f}, {error:.4f}"
        )
    print("band: right of all, share, mean confidence (the written sets, each left out)")
    bands = np.minimum((guessed * 10 + 1e-9).astype(int), 9)
    for band in range(10):
        here = written & (bands == band)
        if here.any():
            print(
                f"  {band / 10:.1f}: {right[here].sum()} of {here.sum()}, {right[here].mean():.3f}, {guessed[here].mean():.3f}"
            )
    if options.write:
        model = fit(table, right, weights)
        path = ROOT / "src" / "tekio" / "instruct" / "harvest" / "confidence.yaml"
        lines = [f"{name}: {weight:.3f}\n" for name, weight in zip(names, model.coef_[0].tolist(), strict=True)]
        head = "# Weights on the scale of log odds, made by benchmarks/fit_confidence.py --write; what they weigh: confidence.py.\n"
        path.write_text(head + "".join(lines), encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
