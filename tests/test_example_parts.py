"""The example package of `examples/`: installed as a user installs one, and used in one run of its recipe."""

import csv
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tekio import plugins
from tekio.doctor import examine
from tekio.documents import read_documents
from tekio.errors import say
from tekio.pipeline import run_recipe
from tekio.recipe import load_recipe
from tekio.recipe import readers as known
from tekio.store import read_json, read_jsonl, read_manifest

EXAMPLE = Path(__file__).parents[1] / "examples" / "tekio-example-parts"
PARTS = {"bulletin", "disclaimer_share", "brier", "table"}


def forget() -> None:
    """What one process remembers of the installed packages."""
    for cached in (plugins.installed, plugins._loaded, known.readers, known._by_suffix):
        cached.cache_clear()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory):
    """The package, built from a copy and installed by pip without a network, on the import path."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, folder / "package")
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *offline,
        "--target",
        str(folder / "site"),
        str(folder / "package"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sys.path.insert(0, str(folder / "site"))
    forget()
    yield folder / "package" / "recipe" / "recipe.yaml"
    sys.path.remove(str(folder / "site"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "tekio_example_parts"]:
        del sys.modules[name]
    forget()


@pytest.fixture(scope="module")
def run(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_recipe(load_recipe(installed), tmp_path_factory.mktemp("run") / "run", stream=sys.stderr)


def test_doctor_lists_the_four_with_their_versions(installed: Path, tmp_path: Path):
    said = [say(item.text, "en") for item in examine(load_recipe(installed), tmp_path / "run")]
    assert {line for line in said if "tekio-example-parts" in line} == {
        f"{name} 1 (tekio-example-parts 1.0)" for name in PARTS
    }


def test_the_reader_reads_and_says_what_gives_no_document(run: Path):
    rows = sorted((row["published"], row["title"]) for row in read_documents(run / "corpus" / "train"))
    assert rows == [
        ("2026-10-01", "社債の利率について"),
        ("2026-10-08", "窓口の時間"),
        ("2026-10-22", "外貨預金の取り扱い"),
    ]


def test_what_the_filter_rejects_is_counted_by_its_name(run: Path):
    rejected = {row["rejected_by"]: row for row in read_documents(run / "corpus" / "rejected")}
    assert set(rejected) == {"entry_without_text", "filter:disclaimer_share"}
    assert '"limits":[null,0.4],"value":1.0' in rejected["filter:disclaimer_share"]["measured"]
    totals = read_json(run / "corpus" / "funnel.json")["totals"]
    assert totals["rejected"] == {"entry_without_text": 1, "filter:disclaimer_share": 1}
    assert totals["rows_in"] == totals["rows_train"] + 2 == 5


def test_the_metric_is_computed_from_the_items_and_its_direction_is_said(run: Path):
    (task,) = read_json(run / "evaluate" / "results.json")["tasks"]
    metric = task["scores"]["base"]["metrics"]["brier"]
    assert (metric["unit"], metric["higher_is_better"], metric["n"]) == ("Brier score", False, 3)
    naive: list[float] = []
    for row in read_jsonl(run / "evaluate" / "items" / "base" / "bulletin-exam.default.jsonl"):
        likelihoods = [math.exp(value) for value in row["loglikelihoods"]]
        shares = [value / sum(likelihoods) for value in likelihoods]
        naive.append(sum((share - (place == row["gold"])) ** 2 for place, share in enumerate(shares)))
    assert metric["value"] == pytest.approx(sum(naive) / 3)
    assert task["baselines"]["constant:A"]["brier"] == pytest.approx(4 / 3)  # sure, and wrong twice of three


def test_names_and_versions_are_in_the_keys(run: Path):
    evaluated, built = read_manifest(run / "evaluate"), read_manifest(run / "corpus")
    assert evaluated is not None
    assert built is not None
    units = evaluated.config["units"]
    assert [unit["metrics"] for unit in units] == [{"brier": "1 (tekio-example-parts 1.0)"}]
    used = built.counts["installed_filters"]
    assert used["disclaimer_share"]["version"] == "1 (tekio-example-parts 1.0)"
    assert {"readers", "filters"} <= {item.name for item in built.inputs}


def test_the_tracker_writes_what_the_training_logs(run: Path):
    with (run / "watch" / "table" / "base.csv").open(encoding="utf-8") as file:
        told = {int(row["step"]): float(row["loss"]) for row in csv.DictReader(file) if row["loss"]}
    logged = {row["step"]: row["loss"] for row in read_jsonl(run / "base" / "metrics.jsonl") if row["loss"] is not None}
    assert told == pytest.approx(logged)
    assert told
