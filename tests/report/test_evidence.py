"""The evidence pack: complete, repeatable, and it notices tampering."""

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from report.report_fixture import RECIPE, config, full_run, write_stage
from tekio.cli import main
from tekio.errors import InputError
from tekio.report import write_report
from tekio.report.evidence import FILES, broken_links, check_evidence, write_evidence
from tekio.report.gather import FOLDERS
from tekio.store import write_atomic
from tekio.store.verify import problem_words


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


def rewritten(path: Path, change: dict[str, bytes | None]) -> Path:
    """The pack with some files replaced, added or (None) left out."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files |= {name: content for name, content in change.items() if content is not None}
    target = path.with_suffix(".changed.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            if name not in change or change[name] is not None:
                archive.writestr(name, content)
    return target


def test_a_pack_that_was_not_touched_is_sound(run: Path, tmp_path: Path, capsys):
    pack(run, tmp_path / "pack.zip")
    assert check_evidence(tmp_path / "pack.zip") == []
    assert main(["--lang", "en", "evidence", str(tmp_path / "pack.zip")]) == 0
    assert "the chain is complete" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stages/evaluate/results.json": b"{}"}, "stages/evaluate/results.json: changed"),
        ({"report/report.html": None}, "report/report.html: missing"),
        ({"extra.txt": b"x"}, "extra.txt: not in SHA256SUMS"),
    ],
)
def test_a_pack_that_was_changed_is_found_out(run: Path, tmp_path: Path, change: dict[str, bytes | None], said: str):
    pack(run, tmp_path / "pack.zip")
    assert said in check_evidence(rewritten(tmp_path / "pack.zip", change))


def test_new_sums_do_not_hide_an_exchanged_manifest(run: Path, tmp_path: Path):
    archive = pack(run, tmp_path / "pack.zip")
    forged = archive.read("stages/tune/manifest.json").replace(b'"stage": "tune"', b'"stage": "fake"')
    sums = "".join(
        line.replace(line[:64], hashlib.sha256(forged).hexdigest()) if "tune/manifest.json" in line else line
        for line in archive.read("SHA256SUMS").decode().splitlines(keepends=True)
    )
    path = rewritten(tmp_path / "pack.zip", {"stages/tune/manifest.json": forged, "SHA256SUMS": sums.encode()})
    assert check_evidence(path) == ["stages/tune/manifest.json: not the one in the chain"]


def resummed(path: Path, change: dict[str, bytes | None]) -> Path:
    """The pack with changed files and sums that fit them, as a careful forger leaves it."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "SHA256SUMS"}
    files |= {name: content for name, content in change.items() if content is not None}
    sums = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
        if change.get(name, content) is not None
    ]
    return rewritten(path, change | {"SHA256SUMS": "".join(sums).encode()})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("stages/evaluate/results.json", b"{}", "stages/evaluate/results.json: not the one its manifest lists"),
        ("report/report.html", b"<html>", "report/report.html: not the one its manifest lists"),
        ("stages/tune/summary.json", None, "stages/tune/summary.json: missing, though its manifest lists it"),
        ("verification.json", b"{}", "verification.json: not readable"),
        ("verification.json", b"[", "verification.json: not readable"),
    ],
)
def test_new_sums_hide_no_changed_file(run: Path, tmp_path: Path, name: str, content: bytes | None, said: str):
    pack(run, tmp_path / "pack.zip")
    assert check_evidence(resummed(tmp_path / "pack.zip", {name: content})) == [said]
    assert problem_words(said).ja != said


def test_a_stage_cut_off_the_end_of_the_chain_is_missed(run: Path, tmp_path: Path):
    archive = pack(run, tmp_path / "pack.zip")
    cut = b"".join(archive.read("chain.jsonl").splitlines(keepends=True)[:-1])
    found = check_evidence(resummed(tmp_path / "pack.zip", {"chain.jsonl": cut}))
    assert found == ["report/manifest.json: not in the chain"]
    assert check_evidence(resummed(tmp_path / "pack.zip", {"chain.jsonl": b"{\n"}))[0] == "chain.jsonl: not readable"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"plain text"])
def test_what_is_no_pack_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError):
        check_evidence(tmp_path / "x.zip")


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tekio.report.evidence.READ_AT_ONCE", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("SHA256SUMS", b"\0" * 2_000_000)
    with pytest.raises(InputError, match="too large"):
        check_evidence(tmp_path / "bomb.zip")


def test_the_bill_of_materials_names_this_environment(run: Path, tmp_path: Path):
    bill = json.loads(pack(run, tmp_path / "pack.zip").read("sbom.cdx.json"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = {component["name"].lower(): component for component in bill["components"]}
    import jinja2

    assert found["jinja2"]["version"] == jinja2.__version__
    assert found["jinja2"]["purl"] == f"pkg:pypi/jinja2@{jinja2.__version__}"
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))


def test_every_stage_has_its_files_in_the_pack():
    assert FILES.keys() == {*FOLDERS, "report"}


def test_one_command_makes_the_pack_of_a_run_and_checks_it(run: Path, tmp_path: Path, capsys):
    write_stage(run, "exam", {"exam.json": {}})
    out = tmp_path / "made.zip"
    assert main(["evidence", str(run), "--out", str(out)]) == 0
    assert "All checksums match" in capsys.readouterr().out
    assert "stages/exam/exam.json" in zipfile.ZipFile(out).namelist()
    assert main(["evidence", str(run)]) == 2
    assert main(["evidence", str(out), "--out", str(tmp_path / "other.zip")]) == 2
    shutil.rmtree(run / "report")
    assert main(["evidence", str(run), "--out", str(tmp_path / "none.zip")]) == 2
    assert "tekio report" in capsys.readouterr().err
    assert not (tmp_path / "none.zip").exists()
