"""The encoding ladder: what was written is read back, and what cannot be read is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.encoding import canonical_name, decode
from tekio.text.unreadable import UnreadableError

SENTENCE = "当期の売上高は△1,234百万円となりました。"
CODECS = {"cp932": "cp932", "euc_jp": "euc-jp", "iso2022_jp": "iso-2022-jp", "utf-8": "utf-8", "utf-16": "utf-16-le"}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("text", [SENTENCE, "カタカナ", "売上高", "株式会社日本銀行", "これは、" * 500])
def test_japanese_is_read_back_without_a_declaration(text: str, codec: str):
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding) == (text, CODECS[codec])


def test_vendor_characters_survive_in_every_japanese_encoding():
    text = "①㈱～－￡です"
    assert decode(text.encode("cp932")).text == text
    euc = b"\xad\xa1\xad\xea\xa1\xc1\xa1\xdd\xa1\xf2\xa4\xc7\xa4\xb9"  # row 13 does not exist in Python's euc_jp
    assert decode(euc).text == text
    jis = b"\x1b$B\x2d\x21\x2d\x6a\x21\x41\x21\x5d\x21\x72\x24\x47\x24\x39\x1b(B"
    assert decode(jis).text == text


def test_shift_jis_is_read_as_cp932():
    raw = "～－㈱".encode("cp932")
    assert decode(raw, "Shift_JIS").text == "～－㈱"
    assert canonical_name("x-sjis") == canonical_name("windows-31j") == "cp932"


def test_a_wrong_declaration_is_noticed_and_passed_over():
    decoded = decode(SENTENCE.encode("utf-8"), "euc-jp")
    assert decoded.text == SENTENCE
    assert decoded.declared_wrong


@pytest.mark.parametrize("declared", ["Shift_JIS", "utf-8", "euc-jp", "us-ascii"])
def test_escape_sequences_win_over_a_declaration_that_fits_any_ascii(declared: str):
    decoded = decode(SENTENCE.encode("iso2022_jp"), declared)
    assert (decoded.text, decoded.encoding, decoded.declared_wrong) == (SENTENCE, "iso-2022-jp", True)
    assert not decode(SENTENCE.encode("iso2022_jp"), "ISO-2022-JP").declared_wrong


def test_an_escape_sequence_of_a_terminal_is_no_encoding():
    decoded = decode(b"\x1b[31mred\x1b[0m", "Shift_JIS")
    assert (decoded.encoding, decoded.declared_wrong) == ("cp932", False)


def test_a_declaration_that_is_no_charset_is_passed_over():
    assert decode(SENTENCE.encode(), "hex").text == SENTENCE
    assert decode(SENTENCE.encode(), "no-such-charset").declared_wrong


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        (SENTENCE.encode()[:-2], "broken_encoding"),
        (b"\xef\xbb\xbf\xff\xfe\xfd", "broken_encoding"),
        (b"abc\xff\xff\x81", "broken_encoding"),
        ("Grüße aus Köln, schöne Straße".encode("latin-1"), "broken_encoding"),
    ],
)
def test_what_is_no_japanese_text_is_refused_with_a_reason(raw: bytes, reason: str):
    with pytest.raises(UnreadableError) as caught:
        decode(raw)
    assert caught.value.reason == reason


@given(st.text(alphabet=st.characters(codec="cp932", exclude_characters="¢£¬‖−〜", min_codepoint=32), max_size=60))
def test_decoding_never_replaces_a_character(text: str):
    sentence = "これは日本語の文章です。" * 3 + text
    for codec in ("utf-8", "cp932"):
        assert decode(sentence.encode(codec)).text == sentence


@given(st.binary(max_size=200))
def test_any_bytes_end_in_text_or_in_a_named_refusal(raw: bytes):
    try:
        outcome = decode(raw).encoding
    except UnreadableError as failure:
        outcome = failure.reason
    assert outcome in {*CODECS.values(), "utf-16-be", "binary", "broken_encoding", "ambiguous_encoding"}
