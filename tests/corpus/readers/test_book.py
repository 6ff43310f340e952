"""Books in the order of their spine, Markdown as its text, Outlook's messages."""

import datetime as dt
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpus.readers.corpus_reading import read
from tekio.text.office.msg import mail_of, read_msg
from tekio.text.unreadable import UnreadableError

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>見本の本</dc:title><dc:creator>架空太郎</dc:creator><dc:date>2025-03-01</dc:date></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="b%20.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine></package>"""


def book(path: Path, **extra: str) -> Path:
    parts = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": OPF,
        "OEBPS/nav.xhtml": "<html><body><ol><li>第一章</li></ol></body></html>",
        "OEBPS/a.xhtml": "<!DOCTYPE html><html><body><p>終わりの文。</p></body></html>",
        "OEBPS/b .xhtml": "<html><body><h1>第一章</h1><p>初めの<ruby>文<rt>ぶん</rt></ruby>。</p></body></html>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (parts | {key.replace("__", "/"): value for key, value in extra.items()}).items():
            archive.writestr(name, text)
    return path


def test_a_page_of_links_into_the_book_is_its_contents(tmp_path: Path):
    listed = "<html><head><title>本</title></head><body><h1>もくじ</h1>" + "".join(
        f'<p><a href="a.xhtml#{at}">第{at}節</a></p>' for at in range(4)
    )
    documents, rejected = read(book(tmp_path / "x.epub", OEBPS__a_xhtml="", **{"OEBPS/a.xhtml": listed}))
    assert [row.reason for row in rejected] == ["table_of_contents", "table_of_contents"]
    assert "もくじ" not in documents[0].text


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path):
    (document,), (contents,) = read(book(tmp_path / "a.epub"))
    assert document.text == "第一章\n初めの文。\n\n終わりの文。"
    assert (document.title, document.published, document.meta["author"]) == ("見本の本", "2025-03-01", "架空太郎")
    assert contents.reason == "table_of_contents"
    chapters, _ = read(book(tmp_path / "a.epub"), options={"by": "chapter"})
    assert [row.uri for row in chapters] == ["a.epub#chapter=OEBPS/b .xhtml", "a.epub#chapter=OEBPS/a.xhtml"]


def test_a_protected_book_and_a_zip_of_another_kind_are_named(tmp_path: Path):
    locked = '<encryption><EncryptedData><CipherReference URI="OEBPS/a.xhtml"/></EncryptedData></encryption>'
    _, (row,) = read(book(tmp_path / "a.epub", **{"META-INF__encryption.xml": locked}))
    assert (row.reason, row.whole_file) == ("encrypted", True)
    with zipfile.ZipFile(tmp_path / "b.epub", "w") as archive:
        archive.writestr("a.txt", "x")
    _, (row,) = read(tmp_path / "b.epub")
    assert row.reason == "not_a_book"


def test_markdown_becomes_its_text(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text(
        "# 手数料\n\n[振込](https://example.jp)は**有料**です。\n![図](a.png)\n\n- 一つ\n\n| 区分 | 額 |\n|---|---|\n| 窓口 | 660円 |\n",
        encoding="utf-8",
    )
    (document,), rejected = read(path)
    assert rejected == []
    assert document.title == "手数料"
    assert document.text == "手数料\n振込は有料です。\n・一つ\n区分: 窓口 | 額: 660円"


def test_a_message_of_outlook_gives_body_headers_and_attachments():
    message = SimpleNamespace(
        subject="改定",
        sender="a@example.jp",
        recipients=[SimpleNamespace(name="全員", email_address="all@example.jp")],
        sent_date=dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
        body="本文\r\n以上",
        html_body="<p>本文</p>",
        properties=SimpleNamespace(
            binary_prop_value=lambda _: "<p>金利の本文</p>".encode("cp932"), body_encoding="cp932"
        ),
        attachments=[SimpleNamespace(file_name="C:\\x\\a.csv", file_bytes=b"a,b")],
    )
    mail = mail_of(message)
    assert mail.headers == {"subject": "改定", "from": "a@example.jp", "to": "全員 <all@example.jp>"}
    assert (mail.date, mail.bodies[0].text, mail.attachments) == ("2026-04-01", "本文\n以上", [("a.csv", b"a,b")])


def outlook() -> Any:
    """`benchmarks/documents/outlook.py`, which writes compound files by [MS-CFB]."""
    path = Path(__file__).parents[3] / "benchmarks" / "documents" / "outlook.py"
    spec = spec_from_file_location("outlook_writer", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["outlook_writer"] = module
    spec.loader.exec_module(module)
    return module


def test_a_compound_file_of_a_message_is_read_with_its_page_and_attachment(tmp_path: Path):
    table = "<table><tr><th>科目</th><th>当期</th></tr><tr><td>貸出金</td><td>1,200</td></tr></table>"
    page = f"<html><head><meta charset=utf-8></head><body><p>残高です。</p>{table}</body></html>"
    raw = outlook().outlook_message(
        "残高", "山田", "残高です。\r\n科目\r\n当期\r\n貸出金\r\n1,200", page, (("a.txt", "添付の文。".encode()),)
    )
    (tmp_path / "a.msg").write_bytes(raw)
    (document, attached), rejected = read(tmp_path / "a.msg")
    assert document.text == "残高です。\n科目: 貸出金 | 当期: 1,200"
    assert (document.title, document.published) == ("残高", "2025-04-01")
    assert (attached.uri, attached.text, rejected) == ("a.msg!/a.txt", "添付の文。", [])
    (tmp_path / "b.msg").write_bytes(
        outlook().outlook_message("残高", "山田", page=page + "<p>" + "長い本文。" * 2000 + "</p>")
    )
    (document,), _ = read(tmp_path / "b.msg")
    assert document.text.startswith("残高です。\n科目: 貸出金 | 当期: 1,200\n長い本文。")


@pytest.mark.parametrize(
    ("raw", "reason"), [(b"x", "not_mail"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "bad_message")]
)
def test_a_broken_message_is_named(raw: bytes, reason: str):
    with pytest.raises(UnreadableError) as error:
        read_msg(raw)
    assert error.value.reason == reason
