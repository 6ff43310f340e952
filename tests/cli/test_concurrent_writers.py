"""Two commands on one output at once: the first finishes as if alone, the second is told so and touches nothing.

The second one runs at the moment in which the first has taken a lock; a verb that takes none fails the test.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.every_verb import ENDS_WITH, WRITING, good_words, make_inputs
from tekio.cli import main
from tekio.store import lock

pytest.importorskip("torch")

FAILED = 1
EXCLUSIVE = {"init"}  # creates one file, or finds it there


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tekio-writers-"))
    before = Path.cwd()
    os.chdir(folder)
    make_inputs(folder)
    yield folder
    os.chdir(before)
    shutil.rmtree(folder, ignore_errors=True)


def state(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith(".lock") and path.name != ".hashes.json"  # a memory of the inputs, renamed into place
    }


MORE = {
    "review finish": "review records.jsonl --store OUT.sqlite --out OUT --keep-unseen",
    "corpus export internal": "corpus export run --internal --out OUT",
    "dataset export parquet": "dataset export records.jsonl --to parquet --license internal --out OUT",
}


@pytest.mark.parametrize("verb", [*(verb for verb in WRITING if verb not in {*EXCLUSIVE, "demo"}), *MORE])
def test_the_second_of_two_writers_is_told(verb, place, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(place)
    out = tmp_path / "out"
    words = (
        [word.replace("OUT", str(out)) for word in MORE[verb].split()] if verb in MORE else good_words(verb, str(out))
    )
    taken, told = lock._open_current, list[tuple[int, str, bool]]()

    def then_another(*given):
        file = taken(*given)
        if not told:
            told.append((-1, "", False))
            file.write("1 elsewhere")
            file.flush()
            before = state(tmp_path)
            code = main(["--lang", "en", *words])
            told[0] = (code, capsys.readouterr().err, state(tmp_path) == before)
        return file

    monkeypatch.setattr(lock, "_open_current", then_another)
    code = main(["--lang", "en", *words])
    assert told, "no lock was taken"
    second, said, untouched = told[0]
    assert second == FAILED, (second, said)
    assert "Another process writes to this folder." in said
    assert untouched
    assert code == ENDS_WITH.get(verb, 0), capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith((".lock", ".tmp", ".earlier", ".partial"))]


def test_a_recipe_is_created_by_one_of_two(tmp_path, monkeypatch, capsys):
    """`init` refuses a file that appears between looking and writing."""
    path = tmp_path / "r.yaml"
    monkeypatch.setattr(Path, "exists", lambda self, **_: False)
    path.write_text("mine")
    assert main(["--lang", "en", "init", str(path)]) == FAILED
    assert path.read_text() == "mine"
