"""What a page of a site holds beside its text: the path to it, links to the page's top, lists of links, notes about viewers.

For trees without names of classes (Markdown as scrapes write it): only what the links themselves show is used. A link inside a
sentence, and a link that stands as a cell of a table, is text.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Any

from tekio.text.html import HEADINGS, SKIPPED, letters_of, tag_of, take_out, whole_text

PHRASES = re.compile(
    r"^(?:このページの(?:本文|先頭|トップ|上)へ.*|本文へ(?:移動|スキップ|ジャンプ).*|ページ(?:の先頭|トップ)(?:へ|に).*|English|印刷(?:する|用ページ)?"
    r"|(?:文字サイズ|目次|もくじ|サイトマップ|お問い?合わせ|ホーム|トップ(?:ページ)?)|(?:次|前)の(?:ページ|記事)(?:へ)?|シェアする|ツイート|ログ(?:イン|アウト)(?:する)?|カートを見る|サイト ?コンテンツ|ごみ箱|コメント(?:を追加|を書く|する)|クイック起動|このページの編集"
    r"|(?:(?:こ|当)の?(?:ページ|記事|情報|回答|内容|サイト)|ページ)?(?:の(?:情報|内容|説明|回答))?(?:は|が)?、?(?:お?役に?(?:立|た)ち|参考になり|見つけやすかった|わかりやすかった).{0,10}(?:でしょう|です|ました|ます)か[。？?]?(?: ?[・|／/]? ?(?:はい|いいえ|役に立っ(?:た|ていない)|役に立たなかった|参考になった|参考にならなかった|Yes|No))*"
    r"|(?:Share|シェア|共有|SNSで(?:シェア|共有))(?:する)?[:：]?(?: ?[・|／/]? ?(?:X|Twitter|Facebook|LINE|はてなブックマーク|はてブ|Pocket|LinkedIn|Instagram|note|メール|ツイート|(?:リンク|URL)をコピー))+"
    r"|.{0,80}(?:Adobe|Acrobat|アドビ).{0,40}(?:必要です|ダウンロード|(?:くだ|下)さい).{0,20}|PDF.{0,30}(?:ご覧|閲覧|表示).{0,20}(?:ソフト|ビューア|リーダー|Reader).{0,20}(?:必要|ダウンロード|(?:くだ|下)さい).{0,10}|.{0,24}人目の(?:訪問者|お客様|ご訪問)です.{0,40}|(?:お?探しの|知りたい|必要な|欲しい|ほしい)(?:情報|内容|答え)(?:は|が)、?見つかり(?:ました|ます)か[。？?]?|スポンサー(?:ド)?リンク|いいね[!！]? ?(?:[(（][0-9,]+[)）])?|コメントを入力.{0,10}|(?:©|Copyright|[(（][CcＣ][)）] ?(?:Copyright|[12][0-9]{3}))[^。]{0,100}|.{0,80}All Rights Reserved\.?|[0-9,]{1,12} ?(?:views?|PV|ビュー|回閲覧)|.{0,30}(?:見つからない|解決しない)(?:とき|場合|方)は.{0,40}(?:へ|ください。?|まで)|(?:.{0,12}一覧(?:へ|に))?戻る|(?:[＜<«]{1,2}[ \u3000]?)(?:前回|前へ|前の.{1,8})|(?:次回|次へ|次の.{1,8})(?:[ \u3000]?[＞>»]{1,2})|次へ|前へ|(?:すべての)?[Cc]ookie(?:を|の使用に)?(?:許可|同意|受け入れ|拒否).{0,10}|▲.{0,12}(?:へ|戻る)|[＞>»≫▶]*[ \u3000]*(?:次|前)の?ページ[ \u3000]*[:：へ].{0,60}|[0-9０-９]{1,3}[ \u3000]*[/／][ \u3000]*[0-9０-９]{1,3}[ \u3000]*ページ"
    r"|(?:(?:PC|ＰＣ|パソコン|スマートフォン|スマホ|モバイル|携帯)(?:版|サイト)?(?:を|で|へ)?(?:表示|見る)?[ \u3000]*[｜|／/]?[ \u3000]*){1,3}"
    r"|(?:ご?意見|ご?感想|ご?質問|ご?要望|お問い?合わ?せ)(?:[・、](?:ご?意見|ご?感想|ご?質問|ご?要望))*は、?(?:こちら|コチラ)(?:へ|まで|から)?。?|この(?:ページ|記事|情報)(?:に関する|について)の?お問い?合わ?せ(?:先)?(?:は(?:こちら|コチラ))?"
    r"|.{0,30}(?:enable|Enable|turn on) JavaScript.{0,60}|文字(?:の)?(?:サイズ|大きさ)(?:の?変更)?|(?:大きな文字で)?印刷ページ表示|(?:コメント)?コメントの追加.{0,60}|[-－―] ?[0-9０-９]{1,3} ?[-－―]|(?:メールマガジン|メルマガ|メール)?の?配信(?:の)?(?:停止|解除|登録)(?:は|をご?希望の(?:方|場合)は、?)?.{0,20}(?:こちら|コチラ).{0,8})$"
)
"""Lines that sites put around every page."""
OVER_LINKS = re.compile(
    r"(?:(?:サブ|メイン|サイト|グローバル|ローカル)?(?:メニュー|ナビゲーション|ナビ)|MENU|Menu|Navigation|関連(?:リンク|情報|ページ|コンテンツ|記事|サイト|項目)|(?:お役立ち)?リンク集?|(?:記事の)?カテゴリー?(?:一覧)?"
    r"|あわせて読みたい(?:記事)?|(?:おすすめ|オススメ|人気の?|最新の?|最近の)(?:記事|コンテンツ|ページ|投稿)|アーカイブ|よく(?:見られている|読まれている)(?:記事|ページ)|(?:この|同じ)(?:カテゴリー?|コーナー|分類)の(?:他の)?(?:記事|ページ))"
)
"""What stands over a list of links and says nothing without it."""
FILE_LINK = re.compile(
    r".{1,80}[(（\[［【](?:PDF|エクセル|Excel|ワード|Word|CSV|ZIP|パワーポイント|PowerPoint|一太郎|テキスト)[^()（）\[\]［］]{0,14}[0-9][0-9.,]* ?(?:KB|MB|ＫＢ|ＭＢ|キロバイト|メガバイト|バイト|B)[)）\]］】]"
)
"""The name of a file to load, with its kind and size: 調査結果の概要（PDF:412KB）."""

_TOP = re.compile(
    r"(?:この)?ページ(?:の)?(?:先頭|トップ|上部?|最初)(?:へ|に).{0,6}$|(?:▲|△|↑)?(?:TOP|トップ|先頭)(?:へ|に).{0,4}$"
)
_HOME = re.compile(r"(?:.{0,12}(?:ホーム|トップ(?:ページ)?)|HOME|Home|TOP|Top)$")
_CITES = re.compile(r"第[0-9０-９一二三四五六七八九十百千]+条")
_LETTER = re.compile(r"[^\W_]")
_NUMBER = re.compile(r"^[\s(（]*[0-9０-９]{1,3}[)）.．、]?\s*")
_DAY_OR_COUNT = re.compile(
    r"[\s()（）\[\]【】・:：]*(?:[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2}日?|[0-9]{1,2}月[0-9]{1,2}日|[0-9,]{1,7}件?)?[\s()（）\[\]【】・:：]*"
)
_SEPARATORS = re.compile(r"[\s>＞›»/／|｜→・-]*")
MOST_OF_HEADINGS = 200
"""Letters of headings over a list of links."""
_UNREAD = frozenset(("", *SKIPPED))
FEWEST_LINKS = 3
"""Links that a list has at least to be a list of links."""
LINKED_SHARE = 0.7
"""Of the letters of a list of links so many are links; the page one is on stands in it without."""
LEAST_TEXT = 20
"""Letters outside of links and headings that a page has at least; with less it is a list of links."""


_HEADS_LIST = re.compile(r"目[ \u3000]*次|もくじ")
_ENDS_IN_PAGE = re.compile(
    r"(?:[PpＰ][.．]|[^0-9０-９,，.．年月日])[0-9０-９一二三四五六七八九十]{1,3}[ \u3000]?[-－)）]?(?:ページ|頁)?[ \u3000|]*$"
)


_CONTACT = re.compile(
    r"(?:所属|担当|窓口|部署|電話|TEL|Tel|ＴＥＬ|℡|FAX|Fax|ＦＡＸ|ファク(?:ス|シミリ)|メール|E-?mail|住所|所在地|内線|直通|受付(?:時間)?|営業時間|〒|フリーダイヤル|フリーコール|代表)"
)
_CONTACT_LINE = re.compile(
    r"[^。]{0,60}(?:課|室|部|局|センター|係|グループ|班|支店|[0-9０-９]{2,5}[-－ー―（(][0-9０-９]{1,4}.{0,30}|[0-9０-９]:[0-9０-９]{2}.{0,40})"
)
_HEADS_CONTACT = re.compile(
    r"(?:(?:この|本)(?:ページ|記事|情報|件)(?:に関する|について)の?)?(?:お電話で(?:の|ご)?)?お?問い?合わ?せ(?:先|窓口)?|お電話でのご?相談"
)
MOST_OF_CONTACT = 6
"""Lines below お問い合わせ at a page's end that say where."""


def _contact(lines: list[str]) -> int:
    """Where the lines begin that end a page and say where to ask, below お問い合わせ; their number where there are none."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    for place in filled[-MOST_OF_CONTACT - 1 :]:
        if _HEADS_CONTACT.fullmatch(lines[place].strip(" \u3000・■●◆【】")):
            below = [lines[after].strip(" \u3000・") for after in filled if after > place]
            told = all(_CONTACT.search(line) or _CONTACT_LINE.fullmatch(line) or PHRASES.match(line) for line in below)
            if told and all("。" not in line for line in below):
                return place
    return len(lines)


def without_phrases(text: str) -> tuple[str, int]:
    """(a page's text without the lines that sites put around every page, the characters taken out, white space aside).

    目次 above titles with their pages stays: it goes together with them (`tekio.text.contents_list`).
    """
    found = text.split("\n")
    lines: list[str] = []
    left_out, contact, told = 0, _contact(found), 0
    for place, line in enumerate(found):
        words = line.strip(" \u3000・")
        gone = words and (place >= contact or PHRASES.match(words))
        told += bool(words)
        if words and told <= PATH_WITHIN and len(words) <= LONGEST_PATH:
            gone = gone or _PATH_LINE.fullmatch(words)
        if gone and _HEADS_LIST.fullmatch(words):
            following = next((after for after in found[place + 1 : place + 4] if after.strip()), "")
            gone = _ENDS_IN_PAGE.search(following) is None
        if gone:
            left_out += len("".join(line.split()))
        else:
            lines.append(line)
    return ("\n".join(lines), left_out) if left_out else (text, 0)


_DATES = re.compile(
    r"(?:(?:令和|平成|昭和|[RHS])[ ]*[0-9０-９元]{1,2}|[12１２][0-9０-９]{3})[ \u3000]*[年./．／-][ \u3000]*[0-9０-９]{1,2}[ \u3000]*[月./．／-](?:[ \u3000]*[0-9０-９]{1,2}日?)?"
)


def is_list_of_links(main: Any) -> bool:
    """Whether a page's main part is a list of other pages: links with days beside them, under headings."""
    links = [link for link in main.iter("a") if link.get("href") and _LETTER.search(whole_text(link))]
    if len(links) < FEWEST_LINKS:
        return False
    # Most pages hold far more text than links, which is quickly seen.
    if letters_of(main) > 3 * sum(len(whole_text(link)) for link in links) + MOST_OF_HEADINGS:
        return False
    linked = sum(len(_LETTER.findall(_words(link))) for link in links)
    outside = _DATES.sub("", _beside(main, frozenset(links) | set(main.iter(*HEADINGS))))
    plain = len(_LETTER.findall(outside))
    return plain < LEAST_TEXT and linked > 2 * plain and "。" not in outside


def _beside(main: Any, leave: AbstractSet[Any]) -> str:
    """The text below an element that is not in some others."""
    found: list[str] = []
    stack = [main]
    while stack:
        node = stack.pop()
        if node not in leave and tag_of(node) not in _UNREAD:
            found.append(node.text or "")
            stack.extend(node)
        if node is not main:
            found.append(node.tail or "")
    return " ".join(found)


def drop_navigation(root: Any) -> bool:
    """Take navigation out of the tree of a page, in place; whether the page had text beside it.

    False: the page holds nothing but links, and the tree is left as it was.
    """
    body = root.find("body") if tag_of(root) == "html" else root
    if body is None:
        return True
    blocks = [child for child in body if isinstance(child.tag, str)]
    gone = _site_path(blocks)
    gone |= _foot(blocks)
    if gone:
        gone |= _pages_beside(blocks, gone)
    gone |= _lists_of_links(blocks, gone)
    text = sum(_letters(block)[1] for block in blocks if block not in gone and tag_of(block) not in HEADINGS)
    if gone and text < LEAST_TEXT:
        return False
    for block in gone:
        take_out(block)
    for link in list(body.iter("a")):
        words = _words(link)
        if _TOP.match(words) or (PHRASES.match(words) and _alone(link)):
            take_out(link)
    return True


LISTS_LOOKED_AT = 6
_FIRST_PAGE = re.compile("(?:.{0,12}(?:トップ(?:ページ)?|TOP|Top|HOME|Home)|ホーム(?:ページ)?|home)[>＞›»]?")
"""What a site calls its first page; 有料老人ホーム is something else."""
_PATH_LINE = re.compile(
    r"(?:(?:現在(?:の)?(?:位置|ページ)|今いる場所)[ \u3000]*[:：]?[ \u3000]*)?[^>＞›»→≫。、]{0,20}?(?:HOME|Home|ホーム|TOP|Top|トップ)(?:ページ)?[ \u3000]*"
    r"(?:(?:[>＞›»→≫]|&gt;)[ \u3000]*[^>＞›»→≫。]{1,50}){1,8}"
)
"""The path from a site's first page, as a line: HOME ＞ 投資家情報 ＞ 決算短信."""
LONGEST_PATH, PATH_WITHIN = 160, 6
"""Characters of such a line, and lines of a page among which it stands."""


def drop_site_path(main: Any) -> None:
    """Take out the list that is the path from the site's first page to this one."""
    for listing in list(main.iter("ol", "ul"))[:LISTS_LOOKED_AT]:
        links = list(listing.iter("a"))
        if len(links) > 1 and _FIRST_PAGE.fullmatch(_words(links[0])) and _is_path(listing):
            take_out(listing)


def _is_path(listing: Any) -> bool:
    """Whether a list leads from the first page of a site: all but its last item, which is the page itself, are links."""
    links = list(listing.iter("a"))
    if not links or not _HOME.match(_words(links[0])):
        return False
    items = [item for item in listing if tag_of(item) == "li"]
    return all(_letters(item)[1] == 0 for item in items[:-1]) and "。" not in _outside(listing)


def _site_path(blocks: list[Any]) -> set[Any]:
    """The path of links from the site's first page, at the top."""
    for block in blocks[:3]:
        links = list(block.iter("a"))
        if len(links) < 1 or not _HOME.match(_words(links[0])):
            continue
        if tag_of(block) in ("ol", "ul"):
            if _is_path(block):
                return {block}
        elif tag_of(block) == "p" and len(links) > 1 and not _words(block).startswith("。"):
            parts = [link.tail or "" for link in links[:-1]]
            if all(_SEPARATORS.fullmatch(part) for part in parts) and "。" not in (links[-1].tail or ""):
                return {block}
    return set()


def _foot(blocks: list[Any]) -> set[Any]:
    """The blocks behind the last link to the page's top, or the last ones from headings that are links on: links only."""
    start = len(blocks)
    while start and (
        _is_links(blocks[start - 1]) or not _letters(blocks[start - 1])[0] + _letters(blocks[start - 1])[1]
    ):
        start -= 1
    tail = blocks[start:]
    tops = [place for place, block in enumerate(tail) if any(_TOP.match(_words(link)) for link in block.iter("a"))]
    headings = [place for place, block in enumerate(tail) if tag_of(block) in HEADINGS]
    if tops:
        return set(tail[tops[-1] :])
    return set(tail[headings[0] :]) if len(headings) >= FEWEST_LINKS else set()


def _pages_beside(blocks: list[Any], out: set[Any]) -> set[Any]:
    """The list of the pages of one text at the end of each of them: links, and the page itself without one."""
    kept = [block for block in blocks if block not in out]
    gone: set[Any] = set()
    while kept and (
        _is_links(kept[-1])
        or not sum(_letters(kept[-1]))
        or (tag_of(kept[-1]) in ("ol", "ul") and _lists_pages(kept[-1]))
    ):
        gone.add(kept.pop())
    return gone


def _lists_pages(block: Any) -> bool:
    """Whether a list is of pages: links, and one without, which is the page itself; a list of text with some links is text."""
    linked, plain = _letters(block)
    return len(list(block.iter("a"))) > 1 and plain <= linked and "。" not in _outside(block)


def _lists_of_links(blocks: list[Any], out: set[Any]) -> set[Any]:
    """Lists that are links, and single lines that are one."""
    gone: set[Any] = set()
    kept = [block for block in blocks if block not in out]
    for place, block in enumerate(kept):
        tag, following = tag_of(block), kept[place + 1] if place + 1 < len(kept) else None
        if tag in ("ul", "ol"):
            linked, plain = _letters(block)
            many = len(list(block.iter("a"))) >= FEWEST_LINKS or _is_contents(block)
            if (
                _is_dated_links(block)
                or (many and linked >= LINKED_SHARE * (linked + plain) and "。" not in _outside(block))
                or (_is_links(block) and not _CITES.search(_words(block)))
            ):
                gone.add(block)
        elif tag in HEADINGS:
            # A heading that is a link heads text, or other links.
            if _is_links(block) and place and (following is None or _is_links(following)):
                gone.add(block)
        elif tag == "p" and (
            (_is_links(block) and not _CITES.search(_words(block)))
            or (_has_links(block) and PHRASES.match(_words(block)))
            or (not _has_links(block) and len(_words(block)) < 120 and PHRASES.match(_words(block)))
        ):
            gone.add(block)
    for before, block in pairwise(kept):
        words = _words(before) if block in gone and tag_of(before) in ("p", *HEADINGS) else ""
        if OVER_LINKS.fullmatch(words) and not _has_links(before):
            gone.add(before)
    return gone


def _is_dated_links(block: Any) -> bool:
    """Whether every item of a list is a link, with a day or a count beside it: categories (12), the latest posts."""
    items = [item for item in block if tag_of(item) == "li"]
    return len(items) >= FEWEST_LINKS and all(
        _has_links(item) and _letters(item)[0] > 0 and _DAY_OR_COUNT.fullmatch(_outside(item)) for item in items
    )


def _is_contents(block: Any) -> bool:
    """Whether a list leads to the parts of its own page, below 目次 or nothing."""
    links = list(block.iter("a"))
    outside = _LETTER.findall(_outside(block))
    return (
        len(links) > 1
        and all((link.get("href") or "").startswith("#") for link in links)
        and "".join(outside).lower() in ("", "目次", "もくじ", "contents", "toc")
    )


def _is_links(block: Any) -> bool:
    linked, plain = _letters(block)
    if tag_of(block) == "table":
        return False
    if tag_of(block) == "p" and plain and linked:  # 「1. 」「（2）」 before a link
        plain = sum(1 for _ in _LETTER.finditer(_NUMBER.sub("", _outside(block), count=1)))
    return bool(linked or _has_links(block)) and plain == 0 and "。" not in _words(block)[:-1]


def _has_links(block: Any) -> bool:
    return block.find(".//a") is not None


def _alone(link: Any) -> bool:
    """Whether a link is all that its paragraph or item holds."""
    parent = link.getparent()
    return parent is not None and _letters(parent)[1] == 0


def _words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split()).strip("「」『』[]【】（）() ・●○◆")


def _outside(block: Any) -> str:
    """The text of a block outside of its links."""
    found: list[str] = []
    stack = [block]
    while stack:
        node = stack.pop()
        if tag_of(node) != "a":
            found.append(node.text or "")
            stack.extend(node)
        if node is not block:
            found.append(node.tail or "")
    return "".join(found)


def _letters(block: Any) -> tuple[int, int]:
    """Letters and digits in links, and outside."""
    whole = sum(1 for _ in _LETTER.finditer("".join(block.itertext())))
    plain = sum(1 for _ in _LETTER.finditer(_outside(block)))
    return whole - plain, plain
