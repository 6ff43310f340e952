"""The newcomer's path: a fresh environment, the built wheel, a folder of mixed files; nothing is edited but the base's path."""

# pyright: standard

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from realdata import need_real_data

ROOT = Path(__file__).parents[1]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

pytestmark = [pytest.mark.heavy, pytest.mark.real]


def call(*words: object, folder: Path, timeout: int = 900) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], cwd=folder, env=CLEAN, capture_output=True, text=True, timeout=timeout
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "runs"))
    done = call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, folder / "source", folder=folder)
    if done.returncode and "hatchling" in done.stderr:
        pytest.skip("the build backend cannot be fetched here")
    assert done.returncode == 0, done.stderr
    return next(folder.glob("tekio-*.whl"))


@pytest.fixture(scope="module")
def tekio(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `tekio` command of a fresh environment into which the wheel and all it needs were installed by pip."""
    folder = tmp_path_factory.mktemp("fresh")
    assert call(sys.executable, "-m", "venv", "env", folder=folder).returncode == 0
    words = ["install", "-q", "-c", ROOT / "constraints.txt", f"{wheel}[train,pdf,web,office]"]
    done = call(folder / "env/bin/python", "-m", "pip", *words, folder=folder)
    if done.returncode:
        pytest.skip(f"the packages cannot be fetched here: {done.stderr[-300:]}")
    return folder / "env/bin/tekio"


def test_wheel_and_sdist_hold_recipes_and_examples(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    shared = {name.split("/data/share/tekio/")[1] for name in names if "/data/share/tekio/" in name}
    assert {
        "recipes/smollm2.yaml",
        "recipes/papers/jafin.yaml",
        "examples/tekio-example-parts/recipe/recipe.yaml",
    } <= shared
    source = wheel.parent / "source"
    build = "import hatchling.build as b; print(b.build_sdist('dist'))"
    fresh = call(sys.executable, "-m", "venv", "builder", folder=wheel.parent)
    assert fresh.returncode == 0
    assert (
        call(
            wheel.parent / "builder/bin/python", "-m", "pip", "install", "-q", "hatchling==1.33.0", folder=source
        ).returncode
        == 0
    )
    done = call(wheel.parent / "builder/bin/python", "-c", build, folder=source)
    assert done.returncode == 0, done.stderr
    with tarfile.open(source / "dist" / done.stdout.split()[-1]) as archive:
        below = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "recipes/smollm2.yaml",
        "examples/tekio-example-parts/pyproject.toml",
        "LICENSE",
        "src/tekio/__init__.py",
    } <= below


def test_from_a_folder_of_files_to_a_report(tekio: Path, tmp_path: Path):
    data = need_real_data()
    for place, pattern, least, most in (
        ("taxqa", "nta/shitsugi/*.md", 3_000, 12),
        ("filings", "edinet-samples/*.zip", 100_000, 1),
        ("reports", "tanshin/*/qualitative.htm", 100_000, 1),
        ("general", "aozora/**/*.txt", 20_000, 3),
    ):
        (tmp_path / "data" / place).mkdir(parents=True)
        # The smallest of a usual size: what is tried is the way, and all of it is trained on.
        usual = [(size, file) for file in data.glob(pattern) if (size := file.stat().st_size) >= least]
        for number, (_, file) in enumerate(sorted(usual)[:most]):
            shutil.copyfile(file, tmp_path / "data" / place / f"{number}{file.suffix}")
    shutil.copyfile(data / "edinet-samples/real/filing.pdf", tmp_path / "data/reports/filing.pdf")
    assert call(tekio, "init", "first.yaml", "--scratch", folder=tmp_path).returncode == 0
    # A base of the user's own: what the first recipe makes, cut short.
    small, steps = re.subn(r"max_steps: 120\b", "max_steps: 3", (tmp_path / "first.yaml").read_text(encoding="utf-8"))
    small, sizes = re.subn(r"\{hidden_size: 256, layers: 4,", "{hidden_size: 64, layers: 2,", small)
    assert (steps, sizes) == (1, 1)
    (tmp_path / "first.yaml").write_text(small, encoding="utf-8")
    for stage in ("corpus", "base"):
        done = call(tekio, "run", "first.yaml", "--out", "first", "--only", stage, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert call(tekio, "init", "recipe.yaml", folder=tmp_path).returncode == 0
    written = (tmp_path / "recipe.yaml").read_text(encoding="utf-8")
    assert written.count("model: models/base\n") == 1
    (tmp_path / "models").mkdir()
    shutil.copytree(tmp_path / "first/base/model", tmp_path / "models/base")
    doctor = call(tekio, "doctor", "recipe.yaml", folder=tmp_path)
    assert doctor.returncode == 0, doctor.stdout
    done = call(tekio, "run", "recipe.yaml", folder=tmp_path, timeout=1800)
    assert done.returncode == 0, done.stderr
    report = Path(done.stdout.strip().splitlines()[-1])
    assert report.is_file()
    assert "</html>" in report.read_text(encoding="utf-8")[-200:]
