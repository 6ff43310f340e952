"""XML in every encoding that Japanese files have is read by the same tables as other text."""

import codecs

import pytest

from tekio.recipe.readers import reader_of_content
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

TEXT = "～①㈱髙島の社債－￡"


def document(name: str | None) -> str:
    declaration = f'<?xml version="1.0" encoding="{name}"?>' if name else '<?xml version="1.0"?>'
    return f"{declaration}<Law><LawTitle>{TEXT}</LawTitle></Law>"


@pytest.mark.parametrize(
    ("raw", "codec"),
    [
        (document("UTF-16").encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + document("UTF-16").encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF16_LE + document(None).encode("utf-16-le"), "utf-16-le"),
        (document("UTF-16").encode("utf-16-le"), "utf-16-le"),
        (document("UTF-16BE").encode("utf-16-be"), "utf-16-be"),
        (document(None).encode("utf-16-be"), "utf-16-be"),
        (document("UTF-16").encode(), "utf-8"),
        (document("UTF-8").encode(), "utf-8"),
        (document(None).encode(), "utf-8"),
        (document("utf-8").encode("utf-8-sig"), "utf-8"),
        (document("Shift_JIS").encode("cp932"), "cp932"),
        (document("Windows-31J").encode("cp932"), "cp932"),
        (document("x-sjis").encode("cp932"), "cp932"),
        (document("EUC-JP").replace(TEXT, "日本の社債").encode("euc_jp"), "euc-jp"),
        (document("ISO-2022-JP").replace(TEXT, "日本の社債").encode("iso2022_jp"), "iso-2022-jp"),
    ],
)
def test_a_document_is_read_and_its_reader_known(raw: bytes, codec: str):
    assert parse_xml(raw).findtext("LawTitle") in (TEXT, "日本の社債")
    if codec != "iso-2022-jp":
        assert reader_of_content(raw[:4096]) == "law"


def test_markup_in_utf_16_without_a_mark_is_text():
    assert decode("<p>本文</p>".encode("utf-16-le")).text == "<p>本文</p>"
    assert decode("\n<!DOCTYPE html><p>本文".encode("utf-16-be")).text == "\n<!DOCTYPE html><p>本文"


def test_bytes_that_are_not_of_the_named_encoding_are_refused():
    with pytest.raises(UnreadableError, match="bad_xml"):
        parse_xml(document("Shift_JIS").encode("ascii", "ignore") + b"\x81\xff\xff\xf5<")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_utf_16_too(codec: str):
    with pytest.raises(UnreadableError, match="doctype"):
        parse_xml('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(codec))
