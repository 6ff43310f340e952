"""Why a text is not valid YAML, in both languages: PyYAML's problems in Japanese."""

from __future__ import annotations

import re

from tekio.errors import Message, Text

_JAPANESE = (
    (r"mapping values are not allowed here", "ここに「:」は書けません。「:」を含む値は引用符で囲みます"),
    (r"mapping keys are not allowed here", "ここにキーは書けません。字下げを確認してください"),
    (r"sequence entries are not allowed here", "ここに「-」の項目は書けません。字下げを確認してください"),
    (r"could not find expected ':'", "キーの後に「:」がありません"),
    (r"expected '?(.+?)'? or '?(.+?)'?, but got .+", "「{0}」か「{1}」がありません"),
    (r"expected <block end>, but found .+", "字下げがそろっていません"),
    (r"expected the node content, but found .+", "値がありません"),
    (r"expected '<document start>', but found .+", "YAML の値の後に余分な記述があります"),
    (r"but found another document", "「---」で区切られた文書が二つ以上あります"),
    (r"expected a single document in the stream", "「---」で区切られた文書が二つ以上あります"),
    (r"found unexpected end of stream", "引用符が閉じていません"),
    (r"found unexpected document separator", "引用符が閉じる前に「---」か「...」があります"),
    (r"found character '\\t' that cannot start any token", "字下げにタブは使えません。空白を使ってください"),
    (r"found character (.+) that cannot start any token", "{0} で始まる値は引用符で囲んでください"),
    (r"found undefined alias (.+)", "エイリアス {0} の定義がありません"),
    (r"found duplicate anchor (.+?);.*", "アンカー {0} が重複しています"),
    (r"second occurrence", "同じアンカーが二度定義されています"),
    (r"found duplicate key", "キーが重複しています"),
    (r"found unknown escape character (.+)", "\\ の後の {0} はエスケープとして使えません"),
    (r"expected escape sequence of (\d+) hexadecimal numbers, but found .+", "\\ の後に 16 進数が {0} 桁必要です"),
    (r"expected chomping or indentation indicators, but found .+", "「|」「>」の後に書けるのは +、-、1～9 だけです"),
    (r"expected indentation indicator in the range 1-9, but found 0", "「|」「>」の字下げは 1～9 で指定します"),
    (r"expected a comment or a line break, but found .+", "ここで改行が必要です"),
    (r"expected alphabetic or numeric character, but found .+", "「&」「*」の後に名前が必要です"),
    (r"found undefined tag handle (.+)", "タグ {0} の定義がありません"),
    (r"special characters are not allowed", "使えない制御文字があります"),
    (r"invalid indentation or unclosed '\[' or '\{'", "字下げが違うか、「[」「{{」が閉じていません"),
    (r"found non-specific tag '!'|duplicate tag handle .+|expected (?:' '|'!'|'>'|URI).*", "タグの書き方が違います"),
    (r".*(?:directive|%YAML|version 1|a digit).*", "「%」で始まる指示行の書き方が違います"),
)


MOST_OFTEN = Text(
    "It is most often the indentation, a missing quote or a tab: look at this line and the one above it.",
    "多くは字下げの不揃い、引用符の閉じ忘れ、タブの混入です。この行と一つ上の行を確かめてください。",
)
"""The cure where nothing tells what was meant."""


def cure_of_yaml(problem: str | None, context: str | None, opened: int | None) -> Text:
    """What to do about PyYAML's problem. context: what it was reading, which began on line `opened` (from 1)."""
    said, reading = problem or "", context or ""
    if opened is not None and "quoted scalar" in reading and said.startswith("found unexpected"):
        return Text(
            f"The quote that opens on line {opened} is not closed.", f"{opened} 行目で開いた引用符を閉じてください。"
        )
    if opened is not None and "flow" in reading and said.startswith("expected ','"):
        return Text(
            f"What opens on line {opened} with a bracket is not closed, or a comma is missing in it.",
            f"{opened} 行目で開いた括弧が閉じていないか、その中の「,」が抜けています。",
        )
    if "scanning an a" in reading or "undefined alias" in said:  # an alias, an anchor
        return Text(
            "Put a value that begins with `*` or `&` in quotes: they are signs of YAML.",
            "`*` や `&` は YAML の記号です。それで始まる値は引用符で囲んでください。",
        )
    if "cannot start any token" in said and "\\t" not in said:
        return Text("Put the value in quotes.", "値を引用符で囲んでください。")
    if said.startswith("mapping values are not allowed"):
        return Text(
            "Put a value that holds a colon and a space in quotes; else look at the indentation of this line and the one above it.",
            "コロンと空白を含む値は引用符で囲みます。そうでなければ、この行と一つ上の行の字下げを確かめてください。",
        )
    return MOST_OFTEN


def reason_of_yaml(problem: str | None) -> Message | None:
    """PyYAML's problem in both languages; in English alone where its kind is not known."""
    if problem is None:
        return None
    for pattern, words in _JAPANESE:
        found = re.fullmatch(pattern, problem, re.DOTALL)
        if found:
            return Text(problem, words.format(*found.groups()))
    return problem
