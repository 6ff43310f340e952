"""Every verb against everything that can be wrong with what it reads and where it writes.

The exit codes are those of docs/cli.md, the message is an ordinary one that names what it is about, nothing is left
half-written, and no character from outside acts on the terminal. The table of verbs is `every_verb`; a verb that is not
in it fails the first test.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from cli.every_verb import ANY, ENDS_WITH, FILE, FOLDER, SLOTS, WORDS, WRITING, Slot, good_words, make_inputs, verbs
from tekio.cli import build_parser, main
from tekio.cli.inputs import LIMITS

pytest.importorskip("torch")

USAGE, FAILED, LIMIT = 2, 1, 3
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
OUTSIDE = "x\x1b[31mR\x07\u202e\u2066\x9b2J\u200b"
NOBODY = 65534


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that everyone may read: some attacks run as another user."""
    folder = Path(tempfile.mkdtemp(prefix="tekio-verbs-"))
    folder.chmod(0o777)
    before = Path.cwd()
    os.chdir(folder)
    make_inputs(folder)
    yield folder
    os.chdir(before)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _here(place, monkeypatch):
    monkeypatch.chdir(place)


def state(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.is_fifo()
    }


def call(words: list[str], capsys, language: str = "en") -> tuple[int, str, str]:
    capsys.readouterr()
    try:
        code = main(["--lang", language, *words])
    except SystemExit as stop:  # argparse
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def require_ordinary(code: int, out: str, err: str, codes: tuple[int, ...]) -> None:
    assert "is a bug" not in err, err
    assert "不具合" not in err, err
    assert "Traceback" not in err, err
    assert not ACTING.search(out + err), ACTING.search(out + err)
    assert code in codes, (code, err or out)
    if code:
        assert (
            re.search(r"^(Error|エラー|usage): ", err + out, re.MULTILINE)
            or code == LIMIT
            or "FAIL" in out
            or "CHANGED" in out
        ), err


def require_nothing_half_written(place: Path) -> None:
    """No lock, no temporary file, no folder under its final name without what makes it whole."""
    for path in place.rglob("*"):
        assert not path.name.endswith((".lock", ".tmp", ".earlier")), path


# --- the table ------------------------------------------------------------------------------------------------------


def test_no_verb_is_forgotten():
    assert {name for name, _ in verbs(build_parser("en"))} == set(WORDS)


@pytest.mark.parametrize("verb", [verb for verb in WORDS if verb != "demo"])
def test_the_words_of_the_table_work(verb, place, tmp_path, capsys):
    """Otherwise the attacks below would show nothing."""
    code, _, err = call(good_words(verb, str(tmp_path / "out")), capsys)
    assert code == ENDS_WITH.get(verb, 0), err
    require_ordinary(code, "", err, (code,))


# --- inputs ---------------------------------------------------------------------------------------------------------


BROKEN = {
    "empty": b"",
    "binary": b"\x00\xff\xfe\x80PK\x03\x04" * 50,
    "json": b'{"instruction": "x", "a": [1, ',
    "deep": b"[" * 100_000,
    "yaml": b"a: [\n\tb: &x *y",
    "scalar": b"1\n",
    "list": b"[1, 2]\n",
    "object": b"{}\n",
    "types": b'{"tasks": 1, "name": [1], "messages": 5, "prompt": 7, "instruction": {"a": 1}, "results": [1], "text": 1}\n',
    "nan": b'{"prompt": NaN, "results": NaN, "instruction": Infinity}\n',
    "surrogate": b'{"prompt": "\\ud800", "instruction": "\\ud800", "output": "\\udc00", "question": "\\ud800", "answer": "a"}\n',
}


def bad_input(slot: Slot, failure: str, folder: Path, place: Path) -> Path:
    good = Path(slot.name)
    path = folder / f"bad{good.suffix}"
    if failure == "missing":
        return path
    if failure == "wrong_kind":
        if slot.kind == FILE:
            path.mkdir()
        else:
            path.write_text("x")
        return path
    if failure == "below_a_file":
        (folder / "file").write_text("x")
        return folder / "file" / "x"
    if failure == "long_name":
        return folder / ("x" * 300)
    if failure == "loop":
        path.symlink_to(path)
        return path
    if failure == "nul":
        return Path(f"{folder}/a\0b")
    if slot.kind == FOLDER:
        path.mkdir()  # an empty folder
    else:
        path.write_bytes(BROKEN[failure])
    return path


NOT_THERE = ("missing", "wrong_kind", "below_a_file", "long_name", "loop", "nul")
QUICK = ("missing", "wrong_kind", "nul", "json", "types")
"""By default; the others are of the same kinds, and heavy only because there are so many."""


def heavy_unless(quick: bool, *values: object, name: str) -> ParameterSet:
    return pytest.param(*values, id=name, marks=() if quick else pytest.mark.heavy)


CASES = [
    heavy_unless(failure in QUICK, slot, failure, name=f"{slot}-{failure}")
    for slot in SLOTS
    for failure in (*NOT_THERE, *BROKEN)
    if not (slot.kind == FOLDER and failure in BROKEN and failure != "empty")
    and not (slot.kind == ANY and failure == "wrong_kind")
]


@pytest.mark.parametrize(("slot", "failure"), CASES)
def test_a_bad_input(slot, failure, place, tmp_path, capsys):
    before = state(place)
    bad = bad_input(slot, failure, tmp_path, place)
    code, out, err = call(slot.words(str(bad), str(tmp_path / "out")), capsys)
    require_ordinary(code, out, err, (USAGE,) if failure in NOT_THERE else (0, FAILED, USAGE, LIMIT))
    if failure in NOT_THERE:
        assert bad.name[:40].split("\0")[0] in out + err
    assert state(place) == before
    require_nothing_half_written(tmp_path)


@contextmanager
def another_user() -> Generator[None]:
    """root may read and write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("slot", SLOTS, ids=str)
def test_an_input_that_may_not_be_read(slot, place, capsys):
    with tempfile.TemporaryDirectory(prefix="tekio-unreadable-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        good, bad = place / slot.name, folder / f"bad{Path(slot.name).suffix}"
        if good.is_dir():
            shutil.copytree(good, bad)
            for path in bad.rglob("*"):
                if path.is_file():
                    path.chmod(0)
        else:
            shutil.copy(good, bad)
            bad.chmod(0)
        words = slot.words(str(bad), str(folder / "out"))
        with another_user():
            code, out, err = call(words, capsys)
        if slot.name == "data":  # of which nothing is needed
            return
        require_ordinary(code, out, err, (FAILED, LIMIT))
        require_nothing_half_written(folder)


def damaged(folder: Path) -> list[str]:
    """The files of a finished folder that are read by other verbs."""
    kinds = {".json", ".jsonl", ".parquet", ".safetensors", ".yaml", ".jinja", ".npz"}
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.suffix in kinds]


FOLDERS = [slot for slot in SLOTS if Path(slot.name).suffix == "" and slot.name != "data"]


@pytest.mark.parametrize(
    ("slot", "failure"),
    [
        heavy_unless(failure == "list" and slot.verb != "report", slot, failure, name=f"{slot}-{failure}")
        for slot in FOLDERS
        for failure in ("json", "list", "empty", "binary", "object", "types")
    ],
)
def test_a_damaged_file_in_a_folder_of_ours(slot, failure, place, tmp_path, capsys):
    """Each file of it in turn."""
    good, copy = place / slot.name, tmp_path / "copy"
    shutil.copytree(good, copy)
    wrong: list[str] = []
    for number, name in enumerate(damaged(good)):
        (copy / name).write_bytes(BROKEN[failure])
        code, out, err = call(slot.words(str(copy), str(tmp_path / f"out{number}")), capsys)
        try:
            require_ordinary(code, out, err, (0, FAILED, USAGE, LIMIT))
        except AssertionError:
            wrong.append(f"{name}: {code} {err}")
        shutil.copy(good / name, copy / name)
    assert not wrong, "\n".join(wrong)
    require_nothing_half_written(tmp_path)


# --- words ------------------------------------------------------------------------------------------------------------


def options(kinds: tuple[object, ...]) -> list[tuple[str, str]]:
    """Verb and option, of those whose value is of one of `kinds` and free."""
    return [
        (verb, action.option_strings[0])
        for verb, parser in verbs(build_parser("en"))
        for action in parser._actions
        if action.option_strings and action.nargs is None and action.choices is None and action.type in kinds
    ]


def test_every_number_has_its_limits():
    named = {option.lstrip("-").replace("-", "_") for _, option in options((int, float))}
    assert named <= set(LIMITS)


@pytest.mark.parametrize(
    "value", ["-1", *(heavy_unless(False, value, name=value) for value in ("0", "nan", "1e999", "9" * 30))]
)
@pytest.mark.parametrize(("verb", "option"), options((int, float)), ids=str)
def test_a_number_that_cannot_be_meant(verb, option, value, place, tmp_path, capsys):
    words = [*good_words(verb, str(tmp_path / "out")), option, value]
    code, out, err = call(words, capsys)
    require_ordinary(code, out, err, (0, FAILED, USAGE, LIMIT))
    require_nothing_half_written(tmp_path)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(OUTSIDE, id="acting"),
        *(
            heavy_unless(False, value, name=name)
            for name, value in (("empty", ""), ("nul", "a\0b"), ("path", "../../x"))
        ),
    ],
)
@pytest.mark.parametrize(("verb", "option"), [pair for pair in options((None,)) if pair[1] != "--store"], ids=str)
def test_a_word_that_names_nothing(verb, option, value, place, tmp_path, capsys):
    before = state(place)
    words = [*good_words(verb, str(tmp_path / "out")), option, value]
    code, out, err = call(words, capsys)
    require_ordinary(code, out, err, (0, FAILED, USAGE, LIMIT, 4))
    require_nothing_half_written(tmp_path)
    assert state(place) == before


# --- outputs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "out",
    ["locked/out", *(heavy_unless(False, out, name=out[:9]) for out in ("d.txt/out", "x" * 300, "taken", "/proc/out"))],
)
@pytest.mark.parametrize("verb", WRITING)
def test_a_bad_output(verb, out, place, capsys):
    (place / "locked").mkdir(exist_ok=True)
    (place / "locked").chmod(0o555)
    before = state(place)
    with another_user():
        code, shown, err = call(good_words(verb, out), capsys)
    after = state(place)
    if verb.startswith("fetch"):  # adds to folders that are there
        require_ordinary(code, shown, err, (FAILED, USAGE, LIMIT))
    elif out != "taken" or WORDS[verb].endswith("OUT"):
        require_ordinary(code, shown, err, (FAILED, USAGE))
    assert {name: after.get(name) for name in before} == before
    require_nothing_half_written(place)


@contextmanager
def no_room(limit: int) -> Generator[None]:
    """No file may grow beyond `limit` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("verb", WRITING)
def test_a_limit_on_the_size_of_files(verb, place, tmp_path, capsys):
    before = state(place)
    out = tmp_path / "out"
    with no_room(1):
        code, shown, err = call(good_words(verb, str(out)), capsys)
    require_ordinary(code, shown, err, (FAILED, LIMIT))
    assert state(place) == before
    require_nothing_half_written(tmp_path)


@pytest.fixture
def tiny_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", place], check=False).returncode
    ):
        pytest.skip("a file system cannot be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize(
    "verb", [heavy_unless(verb in ("corpus build", "merge", "harvest", "review"), verb, name=verb) for verb in WRITING]
)
def test_a_full_disk(verb, place, tiny_disk, capsys):
    (tiny_disk / "mine").write_bytes(b"x" * 4096 * 3)
    code, shown, err = call(good_words(verb, str(tiny_disk / "out")), capsys)
    require_ordinary(code, shown, err, (0, FAILED, LIMIT))
    assert (tiny_disk / "mine").stat().st_size == 4096 * 3
    require_nothing_half_written(tiny_disk)


def test_a_recipe_is_written_whole_or_not_at_all(tmp_path, capsys):
    with no_room(1):
        code, shown, err = call(["init", str(tmp_path / "recipe.yaml")], capsys)
    require_ordinary(code, shown, err, (FAILED,))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_the_output():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tekio", "--lang", "en", "tasks", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == FAILED
    assert done.stderr.startswith("Error: The disk is full.")
    assert "Exception ignored" not in done.stderr


# --- text from outside ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [heavy_unless(False, "en", name="en"), "ja"])
@pytest.mark.parametrize("slot", SLOTS, ids=str)
def test_names_of_files_do_not_act_on_the_terminal(slot, language, place, tmp_path, capsys):
    good = place / slot.name
    for name in ("missing", "there"):
        path = tmp_path / f"{name}{OUTSIDE}{good.suffix}"
        if name == "there" and good.is_file():
            shutil.copy(good, path)
        elif name == "there":
            shutil.copytree(good, path)
        code, out, err = call(slot.words(str(path), str(tmp_path / f"out{name}")), capsys, language)
        require_ordinary(code, out, err, (0, FAILED, USAGE, LIMIT))


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["en", "ja"])
def test_text_of_files_does_not_act_on_the_terminal(language, tmp_path, monkeypatch, capsys):
    """Titles, questions, ids, names of files below a folder, terms, addresses: in every verb."""
    monkeypatch.chdir(tmp_path)
    make_inputs(tmp_path, said=OUTSIDE)
    for verb in WORDS:
        if verb == "demo":
            continue
        code, out, err = call(good_words(verb, str(tmp_path / "out" / verb.replace(" ", "-"))), capsys, language)
        require_ordinary(code, out, err, (0, FAILED, USAGE, LIMIT))
