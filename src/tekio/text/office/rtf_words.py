"""Control words and code pages of Rich Text Format 1.9.1: what is left out, what stands for a character."""

from __future__ import annotations

LEFT_OUT = frozenset(
    [
        "pict",
        "colortbl",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "shprslt",
        "nonesttables",
        "sp",
        "xe",
        "tc",
        "rxe",
        "txe",
        "filetbl",
        "listtable",
        "listoverridetable",
        "revtbl",
        "rsidtbl",
        "generator",
        "themedata",
        "bkmkstart",
        "bkmkend",
        "fldinst",
    ]
)


STARRED = frozenset(["shpinst", "shptxt", "ud", "footnote"])
"""Destinations behind `\\*` that hold text of the document."""


CODE_PAGES = {
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    177: "cp1255",
    178: "cp1256",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


SYMBOL = 2


CHARACTERS = {
    "emdash": "—",
    "endash": "–",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "・",
    "tab": "\u3000",
    "emspace": "\u3000",
    "enspace": " ",
    "qmspace": " ",
}


ESCAPED = {"\\": "\\", "{": "{", "}": "}", "~": "\u00a0", "_": "-"}


MAY_HOLD_TEXT = frozenset(["info", "upr"])
"""Destinations that are left out but for groups in them."""


def codec_of(code_page: int) -> str:
    try:
        "".encode(f"cp{code_page}")
    except LookupError:
        return "utf-8" if code_page == 65001 else "cp1252"
    return f"cp{code_page}"
