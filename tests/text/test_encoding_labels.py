"""Names of encodings mean what browsers take them for (WHATWG Encoding Standard 4.2)."""

import pytest

from tekio.text.encoding import decode
from tekio.text.encoding_labels import encoding_in_ascii, encoding_of_label
from tekio.text.html import block_text, declared_charset, parse_html
from tekio.text.unreadable import UnreadableError

SENTENCE = "～当社は①㈱髙島の社債を￡5で買う。"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("MS_Kanji", "cp932"),
        ("csShiftJIS", "cp932"),
        ("windows-31j", "cp932"),
        (" sjis\n", "cp932"),
        ("EUC-JP", "euc-jp"),
        ("x-euc-jp", "euc-jp"),
        ("csISO2022JP", "iso-2022-jp"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("iso-8859-1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("latin1", "windows-1252"),
        ("ks_c_5601-1987", "cp949"),
        ("gb2312", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("unicodefffe", "utf-16-be"),
        ("hz-gb-2312", "replacement"),
        ("koi8-r", "koi8-r"),
        ("nothing-known", "nothing_known"),
    ],
)
def test_labels(label: str, name: str):
    assert encoding_of_label(label) == name


@pytest.mark.parametrize("label", ["utf-16", "UTF-16LE", "utf-16be", "utf-32", "unicode"])
def test_utf_16_in_the_letters_of_the_page_itself_is_utf_8(label: str):
    assert encoding_in_ascii(label) == "utf-8"
    page = f'<meta charset="{label}"><p>{SENTENCE}</p>'.encode()
    assert declared_charset(page) == "utf-8"
    assert block_text(parse_html(page)) == SENTENCE


@pytest.mark.parametrize("label", ["x-sjis", "ms_kanji", "windows-31j", "shift_jis", "csshiftjis"])
def test_a_page_of_any_name_of_shift_jis(label: str):
    page = f'<meta http-equiv="Content-Type" content="text/html; charset={label}"><p>{SENTENCE}</p>'
    assert block_text(parse_html(page.encode("cp932"))) == SENTENCE


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "windows-1252"])
def test_western_names_are_windows_1252(label: str):
    decoded = decode(b"It\x92s \x80 5 \x96 caf\xe9\x81", label)
    assert decoded.text == "It’s € 5 – café\x81"
    assert (decoded.encoding, decoded.declared_wrong) == ("windows-1252", False)


@pytest.mark.parametrize("codec", ["cp932", "euc_jp", "utf-8"])
def test_a_western_name_over_japanese_bytes_is_wrong(codec: str):
    text = "当期の売上高は1,234百万円となりました。"
    decoded = decode(text.encode(codec), "iso-8859-1")
    assert (decoded.text, decoded.declared_wrong) == (text, True)


def test_an_encoding_that_browsers_refuse_is_not_used():
    with pytest.raises(UnreadableError):
        decode(b"\xb4\xf3\xff\xfe", "iso-2022-kr")
