"""The evidence pack: complete, repeatable, and it notices tampering."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from report_fixture import RECIPE, config, full_run

from tekio.report import write_report
from tekio.report.evidence import broken_links, write_evidence
from tekio.store import write_atomic


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = full_run(tmp_path / "run")
    write_report(config(), folder / "report", run=folder, recipe=RECIPE)
    return folder


def pack(run: Path, target: Path) -> zipfile.ZipFile:
    assert write_evidence(run, target, report=run / "report", recipe=RECIPE) == []
    return zipfile.ZipFile(io.BytesIO(target.read_bytes()))


def test_it_holds_what_a_reviewer_files_and_no_texts_or_weights(run: Path, tmp_path: Path):
    names = set(pack(run, tmp_path / "pack.zip").namelist())
    assert {
        "README.txt", "recipe.json", "chain.jsonl", "verification.json", "sbom.cdx.json", "SHA256SUMS",
        "report/report.html", "report/model_card.md", "report/summary.json", "report/manifest.json",
        "stages/corpus/funnel.json", "stages/evaluate/results.json", "stages/tune/metrics.jsonl",
        "stages/pretrain/manifest.json",
    } <= names  # fmt: skip
    assert not any(name.endswith((".parquet", ".safetensors", "answers.jsonl")) for name in names)


def test_packing_twice_gives_the_same_bytes_and_the_sums_hold(run: Path, tmp_path: Path):
    archive = pack(run, tmp_path / "one.zip")
    pack(run, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert len(archive.read("SHA256SUMS").splitlines()) == len(archive.namelist()) - 1


def test_the_chain_breaks_where_a_line_is_changed_removed_or_moved(run: Path, tmp_path: Path):
    rows = [json.loads(line) for line in pack(run, tmp_path / "p.zip").read("chain.jsonl").decode().splitlines()]
    assert [row["stage"] for row in rows] == [
        "corpus", "base", "pretrain", "instruct", "tune", "evaluate", "compare", "report",
    ]  # fmt: skip
    assert broken_links(rows) == []
    changed = [dict(row) for row in rows]
    changed[2]["artifact"] = "0" * 64
    assert broken_links(changed) == [2]
    assert broken_links(rows[:3] + rows[4:]) == [3]
    assert broken_links([rows[1], rows[0], *rows[2:]]) != []


def test_a_file_changed_after_the_run_is_reported_in_the_pack(run: Path, tmp_path: Path):
    write_atomic(run / "evaluate" / "results.json", "{}")
    problems = write_evidence(run, tmp_path / "pack.zip", report=run / "report", recipe=None)
    assert problems == ["evaluate/results.json: changed"]
    archive = zipfile.ZipFile(tmp_path / "pack.zip")
    assert json.loads(archive.read("verification.json")) == {"problems": problems}
    assert str(tmp_path) not in archive.read("verification.json").decode()


def test_the_bill_of_materials_names_this_environment(run: Path, tmp_path: Path):
    bill = json.loads(pack(run, tmp_path / "pack.zip").read("sbom.cdx.json"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = {component["name"].lower(): component for component in bill["components"]}
    import jinja2

    assert found["jinja2"]["version"] == jinja2.__version__
    assert found["jinja2"]["purl"] == f"pkg:pypi/jinja2@{jinja2.__version__}"
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))
