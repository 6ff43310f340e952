"""Input hashes are remembered while a file cannot have changed, and only then."""

import os
import sys

import pytest

from tekio import hashes
from tekio.cli import main
from tekio.hashes import MEMORY, input_hash, remembered_hashes, sha256_file
from tekio.offline import open_network

_seen: list[str] = []
sys.addaudithook(lambda event, arguments: _seen.append(str(arguments[0])) if event == "open" else None)


@pytest.fixture
def opened():
    """How often a path has been opened in this test."""
    _seen.clear()
    yield lambda path: _seen.count(str(path))
    _seen.clear()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "input.txt"
    path.write_text("one")
    return path


@pytest.fixture
def settled(monkeypatch):
    """Files of this test count as written long ago."""
    monkeypatch.setattr(hashes, "SETTLED", 0.0)


def remembered(folder, path, **options):
    with remembered_hashes(folder, **options):
        return input_hash(path)


@pytest.mark.usefixtures("settled")
def test_an_unchanged_file_is_read_once(tmp_path, file, opened):
    assert remembered(tmp_path, file) == sha256_file(file)
    before = opened(file)
    assert remembered(tmp_path, file) == sha256_file(file)
    assert opened(file) == before + 1  # by sha256_file here, not by the memory
    assert str(tmp_path) not in (tmp_path / MEMORY).read_text()


def change_content(path):
    path.write_text("two")


def change_in_place_and_hide_it(path):
    known = path.stat()
    with path.open("r+") as file:
        file.write("2")
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))


def replace_by_another(path):
    known = path.stat()
    other = path.with_name("other")
    other.write_text("two")
    os.utime(other, ns=(known.st_atime_ns, known.st_mtime_ns))
    other.replace(path)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", [change_content, change_in_place_and_hide_it, replace_by_another])
def test_a_changed_file_is_read_again(tmp_path, file, change):
    first = remembered(tmp_path, file)
    change(file)
    assert remembered(tmp_path, file) == sha256_file(file) != first


def test_a_file_written_just_now_is_not_trusted(tmp_path, file, opened):
    remembered(tmp_path, file)
    remembered(tmp_path, file)
    assert opened(file) == 2


@pytest.mark.usefixtures("settled")
def test_forgetting_reads_everything_and_a_plan_writes_nothing(tmp_path, file, opened):
    remembered(tmp_path, file, write=False)
    assert not (tmp_path / MEMORY).exists()
    remembered(tmp_path, file)
    remembered(tmp_path, file, forget=True)
    assert opened(file) == 3


@pytest.mark.usefixtures("settled")
def test_a_damaged_memory_is_no_memory(tmp_path, file):
    for content in ("{", "[]", '{"a": 1}'):
        (tmp_path / MEMORY).write_text(content)
        assert remembered(tmp_path, file) == sha256_file(file)


RECIPE = """
name: small
engine: {{workers: 1}}
corpus:
  sources:
    - {{name: reports, path: in.jsonl, license: CC0-1.0}}
  filters: {{preset: none, limits: {{letters: [{least}, null]}}}}
"""


@pytest.mark.usefixtures("settled")
def test_other_thresholds_do_not_open_the_sources(tmp_path, opened, capsys):
    source = tmp_path / "in.jsonl"
    texts = ["短い文です。", "長い文です。" * 20, "売上高は増加した。" * 9]
    source.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts), encoding="utf-8")

    def run(name, least, out, *options):
        recipe = tmp_path / f"{name}.yaml"
        recipe.write_text(RECIPE.format(least=least), encoding="utf-8")
        try:
            assert main(["--lang", "en", "run", str(recipe), "--out", str(tmp_path / out), *options]) == 0
        finally:
            open_network()

    run("first", 1, "run")
    before = opened(source)
    run("second", 10, "run", "--dry-run")
    run("second", 10, "run")
    assert opened(source) == before  # hashed and read by the first run only
    run("second", 10, "run", "--rehash")
    assert opened(source) == before + 1
    run("second", 10, "fresh")
    manifests = [(tmp_path / out / "corpus" / "manifest.json").read_text() for out in ("run", "fresh")]
    artifacts = [next(line for line in text.splitlines() if "artifact" in line) for text in manifests]
    assert artifacts[0] == artifacts[1]
    assert "runs again" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "run")]) == 0
