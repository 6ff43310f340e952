"""A bundle installs where no network is, and any change to it is found."""

# pyright: standard

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bundle.small_wheel import wheel
from tekio._version import __version__
from tekio.bundle import BundlePlan, make_bundle, verify_bundle
from tekio.bundle.wheels import read_wheel
from tekio.cli import main
from tekio.errors import TekioError, UsageError

ROOT = Path(__file__).parents[2]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of two small wheels with a recipe and its data."""
    folder = tmp_path_factory.mktemp("bundle")
    wheel(folder / "wheels", needs="part")
    wheel(folder / "wheels", "part", "2.0")
    (folder / "own/docs").mkdir(parents=True)
    (folder / "own/docs/a.txt").write_text("金利を据え置いた。", encoding="utf-8")
    recipe = folder / "own/r.yaml"
    recipe.write_text("name: r\ncorpus: {sources: [{name: s, path: docs, license: internal}]}\n", encoding="utf-8")
    plan = BundlePlan(extras="", wheels=folder / "wheels", recipe=recipe, data=True)
    assert [one.name for one in make_bundle(plan, folder / "kit")] == ["part", "tekio"]
    return folder / "kit"


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return shutil.copytree(bundle, tmp_path / "kit")


def test_it_holds_what_a_reviewer_asks_for(bundle: Path):
    listing = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))
    there = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert set(listing["files"]) == there - {"bundle.json"}
    assert {"project/r.yaml", "project/docs/a.txt", "licenses/part-2.0/LICENSE", "install.py", "INSTALL.txt"} <= there
    parts = json.loads((bundle / "sbom.cdx.json").read_text(encoding="utf-8"))["components"]
    assert {part["purl"] for part in parts} == {"pkg:pypi/part@2.0", f"pkg:pypi/tekio@{__version__}"}
    assert all(part["licenses"] == [{"expression": "MIT"}] and part["hashes"] for part in parts)
    assert verify_bundle(bundle) == []


def test_secret_keys_stay_at_home(tmp_path: Path):
    wheel(tmp_path / "wheels")
    own = tmp_path / "own"
    (own / "docs").mkdir(parents=True)
    for name in ("docs/a.txt", "docs/own.secret", "docs/personal-data.key", "docs/.hidden", "personal-data.key"):
        (own / name).write_text("金利を据え置いた。", encoding="utf-8")
    for path in ("docs", "docs/*"):
        (own / "r.yaml").write_text(
            f"name: r\ncorpus: {{sources: [{{name: s, path: {path}, reader: text, license: internal}}],"
            " personal_data: {key_file: docs/own.secret}}\n",
            encoding="utf-8",
        )
        kit = tmp_path / path.replace("/*", "-all")
        plan = BundlePlan(extras="", wheels=tmp_path / "wheels", recipe=own / "r.yaml", data=True)
        make_bundle(plan, kit)
        there = {
            file.relative_to(kit / "project").as_posix() for file in (kit / "project").rglob("*") if file.is_file()
        }
        assert there == {"r.yaml", "docs/a.txt"}


def test_a_changed_byte_a_missing_and_an_extra_file_are_found(copy: Path, capsys: pytest.CaptureFixture[str]):
    changed = next((copy / "wheels").glob("part*"))
    raw = bytearray(changed.read_bytes())
    raw[len(raw) // 2] ^= 1
    changed.write_bytes(raw)
    (copy / "INSTALL.txt").unlink()
    (copy / "project/more.txt").touch()
    assert main(["--lang", "en", "bundle", "verify", str(copy)]) == 1
    said = capsys.readouterr().out.split("\n")
    assert said == [f"changed: wheels/{changed.name}", "extra: project/more.txt", "missing: INSTALL.txt", ""]
    assert main(["--lang", "ja", "bundle", "install", str(copy), "--out", str(copy.parent / "there")]) == 1
    assert not (copy.parent / "there").exists()
    refused = capsys.readouterr().err
    assert "エラー: バンドルが作成時と異なります。" in refused
    assert f"原因: 変更: wheels/{changed.name}、余分: project/more.txt、不足: INSTALL.txt" in refused
    assert "対処: 全体をもう一度複製してください。" in refused
    done = subprocess.run(
        [sys.executable, "-I", str(copy / "install.py"), "--into", str(copy.parent / "there")],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
    )
    english, japanese = done.stderr.splitlines()
    assert english.startswith(
        f"The bundle is not as it was made. changed: wheels/{changed.name}; extra: project/more.txt"
    )
    assert japanese.startswith("バンドルが作成時と異なります。 変更: ")


def test_a_link_in_place_of_a_file_is_a_change(copy: Path):
    place = copy / "project/docs/a.txt"
    place.rename(copy.parent / "a.txt")
    place.symlink_to(copy.parent / "a.txt")
    (copy / "more").symlink_to(copy.parent)
    assert verify_bundle(copy) == ["changed project/docs/a.txt", "extra more"]


def test_it_installs_without_an_index(bundle: Path, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-I", str(bundle / "install.py"), "--into", str(tmp_path / "there")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "there/project/docs/a.txt").is_file()
    python = tmp_path / "there/env/bin/python"
    assert subprocess.run([str(python), "-I", "-c", "import tekio, part"]).returncode == 0
    assert verify_bundle(bundle) == []  # nothing was written into it
    again = subprocess.run([sys.executable, "-I", str(bundle / "install.py"), "--into", str(tmp_path / "there")])
    assert again.returncode == 1


def test_another_python_is_refused(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    listing = json.loads((copy / "bundle.json").read_text(encoding="utf-8"))
    (copy / "bundle.json").write_text(json.dumps(listing | {"python": "3.99"}), encoding="utf-8")
    assert main(["--lang", "en", "bundle", "install", str(copy), "--out", str(tmp_path / "there")]) == 1
    said = capsys.readouterr().err
    assert "Error: The bundle is for Python 3.99, this is" in said
    assert "next: Run it with Python 3.99" in said


def test_what_is_no_bundle_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--lang", "ja", "bundle", "verify", str(tmp_path)]) == 1
    assert "バンドルではありません" in capsys.readouterr().err


def test_data_outside_of_the_recipes_folder_is_refused(tmp_path: Path):
    (tmp_path / "own").mkdir()
    (tmp_path / "a.txt").write_text("金利", encoding="utf-8")
    recipe = tmp_path / "own/r.yaml"
    recipe.write_text("name: r\ncorpus: {sources: [{name: s, path: ../a.txt, license: internal}]}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="below the recipe's folder"):
        make_bundle(BundlePlan(recipe=recipe, data=True), tmp_path / "kit")
    assert not (tmp_path / "kit").exists()


def test_a_missing_wheel_leaves_nothing_behind(tmp_path: Path):
    wheel(tmp_path / "wheels", needs="nowhere-to-be-had")
    with pytest.raises(TekioError, match="pip could not fetch"):
        make_bundle(BundlePlan(extras="", wheels=tmp_path / "wheels"), tmp_path / "kit")
    assert not (tmp_path / "kit").exists()


def test_no_wheel_is_said(tmp_path: Path):
    (tmp_path / "x.whl").write_bytes(b"no")
    with pytest.raises(UsageError, match="no wheel"):
        read_wheel(tmp_path / "x.whl")


@pytest.mark.heavy
def test_the_real_bundle_runs_the_demo_without_a_network(tmp_path: Path):
    """Everything from this checkout and pip's index; then an empty network namespace and no index."""
    closed = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    if not shutil.which("unshare") or subprocess.run([*closed, "true"], check=False).returncode:
        pytest.skip("no network namespace is to be had here")
    shutil.copytree(ROOT, tmp_path / "source", ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "tests"))
    words = [
        "--package",
        str(tmp_path / "source"),
        "--constraint",
        str(ROOT / "constraints.txt"),
        "--docs",
        str(ROOT / "docs"),
    ]
    made = main(["bundle", "make", "--out", str(tmp_path / "kit"), *words])
    if made:
        pytest.skip("the packages cannot be fetched here")
    install = [*closed, sys.executable, "-I", str(tmp_path / "kit/install.py"), "--into", str(tmp_path / "there")]
    done = subprocess.run(install, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    demo = [*closed, str(tmp_path / "there/env/bin/tekio"), "demo", "--out", str(tmp_path / "demo")]
    done = subprocess.run(demo, capture_output=True, text=True, env=alone, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo/run/report/report.html").is_file()
    assert verify_bundle(tmp_path / "kit") == []
