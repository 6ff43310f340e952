"""Headings of filings, and sections that say that there is nothing to say."""

from __future__ import annotations

import re

_NUMBERED = re.compile(
    r"(?:第?[0-9０-９一二三四五六七八九十]+(?:[章節款部項]|[.．、]|[ 　]|[（(]?の[0-9０-９]+[)）]?|(?=【))"
    r"|[（(][0-9０-９ァ-ヶa-zａ-ｚA-ZＡ-Ｚ一二三四五六七八九十]{1,3}[)）]|[①-⑳ⅰ-ⅹⅠ-Ⅹ]|[A-Za-zＡ-Ｚａ-ｚア-ン][.．)）、]|[◇◆■□●○※<＜〔［]|【)"
)
_BRACKETED = re.compile(
    r"^[\s　]*(?:※[0-9０-９]*[\s　]*|第?[0-9０-９一二三四五六七八九十①-⑳()（）.．、\s　-]+)?【(?P<title>[^【】]{1,60})】"
)
_NOTE = re.compile(r"^[\s　]*[（(](?!単位|自[\s　]|注|注記[0-9０-９])(?P<title>[^（）()]{3,40})[）)][\s　]*$")
_ADDRESS = re.compile("[0-9０-９○〇一二三四五六七八九十](?:丁目|番地|番[0-9０-９○〇一二三四五六七八九十]+号)")
_PERIOD = re.compile(
    r"^[（(]?[Ⅰ-Ⅹⅰ-ⅹ①-⑳0-9０-９.．、\s　]*(?:前|当)?(?:連結)?(?:会計年度|事業年度|中間(?:連結)?会計期間|四半期(?:連結)?(?:会計期間|累計期間)|期|特定期間|計算期間)?(?:末)?"
    r"[\s　]*[（(]?(?:自[\s　]*.{4,20}[\s　]*至[\s　]*.{4,20}|[^（）()]{2,6}[0-9０-９]+年.{2,12}現在)[)）]?[\s　]*$"
)
_NOTHING = re.compile(
    r"^[\s　]*(?:[（(]?[0-9０-９一二三四五六七八九十①-⑳]+[)）.．、]?[\s　]*)?(?:(?:当|前|両)(?:連結)?(?:会計年度|事業年度|期|社)?(?:末)?(?:において(?:は|も)?、?|は、?|について(?:は|も)、?|、)?)?"
    r"(?:(?:特に|とくに)?(?:該当(?:する)?事項|記載すべき事項|特記(?:すべき)?事項|重要な(?:もの|事項)|該当)(?:は|について|)?(?:、)?(?:特に)?"
    r"(?:あり?ません|ございません|なし|ない|無し)"
    r"|(?:特に|とくに)?(?:記載|特記|開示|報告|注記)すべき(?:重要な)?(?:契約|事実|事象|後発事象|取引|もの)等?は、?(?:特に)?(?:ありません|ございません|ない|なし)|該当(?:あり|いたし)?ません|(?:特に)?(?:ありません|なし|該当なし))(?:でした)?[。.．]?[\s　]*$"
)
_PAGE_NUMBER = re.compile(
    r"^[\s　]*[-－―(（]?[\s　]*[0-9０-９]{1,4}(?:[\s　]*[/／][\s　]*[0-9０-９]{1,4})?[\s　]*(?:頁|ページ)?[\s　]*[-－―)）]?[\s　]*$"
)
LONGEST_HEADING = 60


def is_heading(line: str) -> bool:
    """Whether a line stands above a section: numbered or in brackets, short, no sentence, no row of a table."""
    bare = line.strip(" \t\u3000")
    return (
        0 < len(bare) <= LONGEST_HEADING
        and bare[-1] not in "。．、"
        and " | " not in bare
        and _NUMBERED.match(bare) is not None
    )


def heading_of(text: str) -> str | None:
    """The Japanese heading a section begins with: 【…】 of its first lines, （…関係） (no address), or its first line where that is one."""
    lines = [line for line in text.split("\n") if line.strip(" \t\u3000")][:3]
    for line in lines:
        if found := _BRACKETED.match(line):
            return found["title"].strip(" 　")
        if (found := _NOTE.match(line)) and not _ADDRESS.search(line):
            return found["title"].strip(" 　")
    if not lines or _NUMBERED.match(lines[0].strip(" \t\u3000")) is None:
        return None
    if is_heading(lines[0]):
        return bare_heading(lines[0])
    words = re.split("[。|]", lines[0], maxsplit=1)[0].strip(" \t\u3000")  # 「※２ …は次のとおりであります。」
    return bare_heading(words) if len(words) <= LONGEST_HEADING else None


def last_heading(text: str) -> str | None:
    """The heading a text ends with, which stands over what follows it; lines that name a period may stand between."""
    for line in reversed([line for line in text.split("\n") if line.strip(" \t\u3000")][-6:]):
        if _PERIOD.match(line):
            continue
        return (heading_of(line) or bare_heading(line)) if is_heading(line) or _NOTE.match(line) else None
    return None


def bare_heading(line: str) -> str | None:
    """A heading without its number and brackets."""
    bare = re.sub(
        r"^[\s　]*(?:※[0-9０-９]*[\s　]*|第?[0-9０-９一二三四五六七八九十]+[章節款部項.．、\s　]*|[（(][^（）()]{1,3}[)）]|[①-⑳ⅰ-ⅹⅠ-Ⅹ][.．]?)[\s　]*",
        "",
        line,
    )
    return bare.strip(" 　【】〔〕［］<>＜＞") or None


def says_nothing(text: str) -> str | None:
    """`heading_only` for headings without text, `nothing_to_report` for headings over 該当事項はありません, `page_footer` for numbers of pages, else None."""
    lines = [line for line in text.split("\n") if line.strip(" \t\u3000")]
    if not lines or len(lines) > 40:
        return None
    if all(map(_PAGE_NUMBER.match, lines)):
        return "page_footer"
    nothing = 0
    for line in lines:
        if _NOTHING.match(line):
            nothing += 1
        elif not is_heading(line) and not _PERIOD.match(line) and not _NOTE.match(line):
            return None
    return "nothing_to_report" if nothing else "heading_only"
