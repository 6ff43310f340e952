"""Names of encodings as documents write them, by the WHATWG Encoding Standard (4.2): label -> encoding.

A page that says `iso-8859-1` or `ascii` means windows-1252, `shift_jis` CP932, `ks_c_5601-1987` CP949; where a page can say
UTF-16 in ASCII letters (a meta element, an XML declaration), it is UTF-8 (HTML standard 13.2.3.2).
"""

from __future__ import annotations

import codecs

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis cp932 shiftjis windows-932 x-ms-cp932",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp eucjp ujis euc_jp eucjp-ms x-eucjp eucjp-win",
    "iso-2022-jp": "csiso2022jp iso-2022-jp jis iso2022-jp cp50220 cp50221 cp50222 iso-2022-jp-ms iso-2022-jp-1",
    "windows-1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1"
    " iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 latin-1",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16-be": "unicodefffe utf-16be",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "x-user-defined": "x-user-defined",
}
_BY_LABEL = {label: name for name, labels in _LABELS.items() for label in labels.split()}
_REPLACEMENT = frozenset(("csiso2022kr", "hz-gb-2312", "iso-2022-cn", "iso-2022-cn-ext", "iso-2022-kr", "replacement"))
WESTERN = frozenset(("windows-1252", "cp1254", "mac-roman", "x-user-defined"))
"""Encodings in which every byte is a character: that one fits says nothing."""
_ASCII_SPACE = " \t\n\f\r"


def encoding_of_label(label: str) -> str:
    """The name Tekio writes for a label: `cp932`, `euc-jp`, `iso-2022-jp`, `windows-1252` ..., else Python's name or the label."""
    plain = label.strip(_ASCII_SPACE).lower()
    if plain in _BY_LABEL:
        return _BY_LABEL[plain]
    if plain.replace("_", "-") in _BY_LABEL:
        return _BY_LABEL[plain.replace("_", "-")]
    if plain in _REPLACEMENT:
        return "replacement"
    try:
        return codecs.lookup(plain).name
    except (LookupError, ValueError):
        return plain.replace("-", "_")


def encoding_in_ascii(label: str) -> str:
    """The same for a label that stands in the document itself, in ASCII: what says UTF-16 there is UTF-8."""
    name = encoding_of_label(label)
    if name.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return "utf-8"
    return "windows-1252" if name == "x-user-defined" else name


def windows_1252(raw: bytes) -> str:
    """Text of Windows-1252; its five bytes without a character are control characters, as the standard has it."""
    return (
        "".join(chr(byte) if byte in _UNDEFINED else bytes((byte,)).decode("cp1252") for byte in raw)
        if (_UNDEFINED.intersection(raw))
        else raw.decode("cp1252")
    )


_UNDEFINED = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
