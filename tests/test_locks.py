"""Every dependency is locked by hash: what is installed is what was tested, on a closed network as well."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
LOCK, CPU_LOCK, CUDA_LOCK = (HERE / f"requirements{name}.lock" for name in ("", "-cpu", "-cuda"))
ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(\[[^]]*\])?==(?P<version>[^\s;]+)", re.MULTILINE)
PARTS = ("protego", "zstandard")  # small, one of them compiled


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(path: Path) -> dict[str, str]:
    parts = re.split(r"^(?=[A-Za-z0-9])", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {plain(re.split(r"[=\[]", part)[0]): part for part in parts}


def pins(path: Path) -> dict[str, str]:
    return {plain(entry["name"]): entry["version"] for entry in ENTRY.finditer(path.read_text(encoding="utf-8"))}


def test_every_requirement_of_every_extra_and_of_the_build_is_locked():
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["build-system"]["requires"], project["project"]["dependencies"]]
    groups += project["project"]["optional-dependencies"].values()
    names = {plain(re.split(r"[\[<>=]", line)[0]) for group in groups for line in group} - {"tekio"}
    assert names - set(pins(LOCK)) == {"torch"}


def test_every_entry_has_hashes():
    for path in (LOCK, CPU_LOCK, CUDA_LOCK):
        for name, entry in entries(path).items():
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), name


def test_lock_and_constraints_name_the_same_versions():
    tested = pins(HERE / "constraints.txt")
    assert {name: version for name, version in pins(LOCK).items() if tested.get(name) != version} == {}


def test_both_builds_of_torch_are_listed_and_what_only_cuda_needs_is_apart():
    tested = pins(HERE / "constraints.txt")["torch"]
    assert pins(CPU_LOCK) == {"torch": f"{tested}+cpu"}
    assert pins(CUDA_LOCK)["torch"] == tested
    assert entries(CUDA_LOCK)["torch"].count("--hash") > 10
    assert "nvidia-cublas" in pins(CUDA_LOCK)
    assert not [name for name in pins(LOCK) if name.startswith(("torch", "nvidia-", "cuda-"))]


def test_no_lock_names_an_index_or_a_path_of_a_machine():
    for path in (LOCK, CPU_LOCK, CUDA_LOCK):
        assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", path.read_text(encoding="utf-8"))


def install(lock: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "--no-input"]
    command += ["--retries", "1", "--timeout", "20", "--target", str(target), "-r", str(lock)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_pip_installs_what_the_lock_names_and_nothing_else(tmp_path: Path):
    lock = tmp_path / "part.lock"
    lock.write_text("".join(entries(LOCK)[name] for name in PARTS), encoding="utf-8")
    done = install(lock, tmp_path / "site")
    if "Could not find a version" in done.stderr or "connection" in done.stderr.lower():
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    found = {plain(re.split(r"-\d", path.name)[0]) for path in (tmp_path / "site").glob("*.dist-info")}
    assert found == set(PARTS)

    lock.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text("utf-8")), encoding="utf-8")
    refused = install(lock, tmp_path / "other")
    assert refused.returncode != 0
    assert "hash" in refused.stderr.lower()
    assert not (tmp_path / "other").exists() or not list((tmp_path / "other").iterdir())


def test_what_a_locked_package_needs_here_is_locked_for_here():
    """pip refuses a lock with hashes that leaves one requirement of a package out, or out on this system."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    text = "".join(path.read_text(encoding="utf-8") for path in (LOCK, CPU_LOCK))
    written = [
        Requirement(line.removesuffix("\\").strip()) for line in text.splitlines() if re.match(r"[a-z0-9].*==", line)
    ]
    here = {canonicalize_name(item.name) for item in written if not item.marker or item.marker.evaluate()}
    missing: list[str] = []
    for name in sorted(here):
        try:
            needed = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            continue
        missing += [
            f"{name} needs {item}"
            for item in needed
            if (not item.marker or item.marker.evaluate({"extra": ""})) and canonicalize_name(item.name) not in here
        ]
    assert missing == []


def test_what_the_docs_need_is_locked_on_every_system():
    """mkdocs-material, which is not in every environment that runs this, needs colorama everywhere; uv wrote it down for Windows alone."""
    assert "sys_platform" not in entries(LOCK)["colorama"]
