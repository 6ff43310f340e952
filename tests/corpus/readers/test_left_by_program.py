"""What programs leave beside documents is named as that, and a document with such a name is read."""

import zipfile
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.init.look import look_at

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
APPLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(60)
LEFT = {
    "~$規程.docx": b"\x05Taro " + bytes(156),
    "~$.xlsx": b"\x05Taro " + bytes(159),
    "Thumbs.db": OLE,
    "desktop.ini": b"[.ShellClassInfo]\r\nIconResource=a.dll,0\r\n",
    ".DS_Store": b"\x00\x00\x00\x01Bud1" + bytes(100),
    "._規程.docx": APPLE,
    ".~lock.規程.docx#": "山田,taro,pc,14.04.2025 09:00,file:///home/taro;".encode(),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_a_program_left_is_named(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(LEFT[name])
    documents, rejected = read(tmp_path)
    assert (documents, [row.reason for row in rejected]) == ([], ["left_by_program"])
    if not name.startswith("."):  # which a recipe's pattern does not find
        (why,) = [one.why for one in look_at(tmp_path)[1]]
        assert "left by a program" in str(why)


def test_in_an_archive_too(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("規程.txt", "第一条　この規程は文書の扱いを定める。")
        archive.writestr("__MACOSX/._規程.txt", APPLE)
    documents, rejected = read(tmp_path)
    assert [document.uri for document in documents] == ["a.zip!/規程.txt"]
    assert [(row.uri, row.reason) for row in rejected] == [("a.zip!/__MACOSX/._規程.txt", "left_by_program")]


@pytest.mark.parametrize("name", ["~$長い覚書.txt", "._覚書.txt", "desktop.ini.txt", "d.txt", "thumbs.db.txt"])
def test_a_document_whose_name_is_like_theirs_is_read(tmp_path: Path, name: str):
    (tmp_path / name).write_text("第一条　この規程は文書の扱いを定める。" * 60, encoding="utf-8")
    documents, rejected = read(tmp_path)
    assert (len(documents), rejected) == (1, [])
