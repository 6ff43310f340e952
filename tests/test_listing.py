"""Files below a folder: each once, as `glob.glob` finds them, and a name for everything else."""

import glob
import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.recipe import listing
from tekio.recipe.listing import list_files
from tekio.recipe.paths import RecipePath
from tekio.visible import shown_name


def reasons(root: Path, pattern: tuple[str, ...] | None = None) -> dict[str, str]:
    return {item.path.name: item.reason for item in list_files(root, pattern).unread}


def test_what_is_no_readable_file_is_named(tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "gone.txt").symlink_to("nowhere")
    (tmp_path / "itself.txt").symlink_to("itself.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.txt"))
        found = list_files(tmp_path)
    (tmp_path / "zero.txt").symlink_to("/dev/null")
    assert [path.name for path in found.files] == ["a.txt"]
    assert {item.path.name: (item.reason, item.detail) for item in found.unread} == {
        "gone.txt": ("broken_link", "No such file or directory"),
        "itself.txt": ("broken_link", "Too many levels of symbolic links"),
        "pipe.txt": ("not_a_file", "fifo"),
        "socket.txt": ("not_a_file", "socket"),
    }
    assert reasons(tmp_path)["zero.txt"] == "not_a_file"
    assert set(reasons(tmp_path, ("*.txt",))) == {"gone.txt", "itself.txt", "pipe.txt", "socket.txt", "zero.txt"}
    assert reasons(tmp_path, ("*.csv",)) == {}
    assert [item.reason for item in RecipePath.of(tmp_path / "pipe.txt").listing().unread] == ["not_a_file"]


def test_a_closed_folder_and_a_closed_file_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("open", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("a")
    (tmp_path / "secret.txt").write_text("b")
    entries, access = listing._entries, os.access  # root may read everything, so the system's answers are made here

    def scan(folder: Path) -> list[os.DirEntry[str]]:
        if folder.name == "closed":
            raise PermissionError(13, "Permission denied")
        return entries(folder)

    monkeypatch.setattr(listing, "_entries", scan)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "secret.txt" and access(path, mode))
    assert [path.parent.name for path in list_files(tmp_path).files] == ["open"]
    assert reasons(tmp_path) == {"closed": "unreadable_folder", "secret.txt": "unreadable_file"}
    assert reasons(tmp_path, ("**", "*.txt")) == {"closed": "unreadable_folder", "secret.txt": "unreadable_file"}


def test_a_linked_folder_is_read_and_loops_end(tmp_path: Path):
    docs = tmp_path / "docs"
    (docs / "own").mkdir(parents=True)
    (docs / "own" / "a.txt").write_text("a")
    away = tmp_path / "away"
    away.mkdir()
    (away / "b.txt").write_text("b")
    (docs / "year").symlink_to(away)
    (away / "back").symlink_to(docs)
    (docs / "again").symlink_to(".")
    for pattern in (None, ("**", "*.txt")):
        assert [path.relative_to(docs).as_posix() for path in list_files(docs, pattern).files] == [
            "own/a.txt",
            "year/b.txt",
        ]


def test_a_crowd_of_links_does_not_multiply(tmp_path: Path):
    for number in range(30):
        (tmp_path / f"{number}").symlink_to(".")
    (tmp_path / "a.txt").write_text("a")
    started = time.process_time()
    for pattern in (None, ("**", "*.txt"), ("**", "**", "*.txt"), ("*", "**", "*")):
        assert {path.name for path in list_files(tmp_path, pattern).files} == {"a.txt"}
    assert time.process_time() - started < 10  # 30**40 paths


PARTS = st.sampled_from(["**", "*", "a*", "b", "?", ".h", "[ab]", "*.t"])


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_a_pattern_matches_what_glob_matches(tmp_path_factory: pytest.TempPathFactory, parts: list[str]):
    root = tmp_path_factory.getbasetemp() / "tree"
    if not root.exists():
        for name in ("a/b/c.t", "a/a/b", "b/.h/x.t", ".h/a/b/x.t", "ab/b.t", "c.t", "b/b/b/b.t", "a/.x.t"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("x")
    found = glob.glob("/".join(parts), root_dir=root, recursive=True)
    # `**/b/**` gives a file `b` as `b/`, which is none.
    wanted = {name for name in found if not name.endswith("/") and (root / name).is_file()}
    assert {path.relative_to(root).as_posix() for path in list_files(root, tuple(parts)).files} == wanted


def test_bytes_of_a_name_that_are_no_utf_8_are_shown_and_can_be_written():
    path = Path(os.fsdecode("お知らせ.txt".encode("cp932")))
    shown = shown_name(path)
    assert shown.encode("utf-8").decode() == shown
    assert shown.endswith(".txt")
    assert shown_name(Path("お知らせ.txt")) == "お知らせ.txt"
