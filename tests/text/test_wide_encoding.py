"""UTF-16 and UTF-32 without a mark, and the later sets of ISO-2022-JP, are read; what only looks so is not."""

import pytest

from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

TEXTS = (
    "普通預金の利率は年0.2％です。\r\n窓口は午後３時まで。\n",
    "髙橋と㈱見本の「①契約」～覚書",
    "定期預金の案内をお送りします",
    "Interest is paid twice a year.\n",
)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_without_a_mark_is_read(text: str, codec: str):
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding) == (text, codec)


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize("text", TEXTS[::2])
def test_text_of_other_encodings_is_never_taken_for_it(text: str, codec: str):
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize(
    "raw",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64,
        bytes(range(256)) * 8,
        b"PK\x03\x04" + b"\x14\0\0\0\x08\0" * 40,
        "預金".encode("utf-16-le") + b"\0" * 12,
        ("預金の利率は\n" * 9).encode("utf-16-le") + b"\0",
        "Привет, мир и банк".encode("utf-16-le"),
    ],
)
def test_what_is_no_such_text_is_refused(raw: bytes):
    with pytest.raises(UnreadableError):
        decode(raw)


@pytest.mark.parametrize("codec", ["iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_2", "iso2022_jp_ext"])
def test_iso_2022_jp_with_later_sets_is_read(codec: str):
    text = "丂の字を含む預金の案内。" if codec in ("iso2022_jp_2", "iso2022_jp_ext") else "鷗の字を含む預金の案内。"
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding) == (text, "iso-2022-jp")
