"""Widgets of pages that carry no telling name: questions about the page with their answers, buttons to share, tags, pagers, newsletters.

Lines are told by their words, and answers only below such a question; blocks by what they hold (fields to fill in, links alone).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from tekio.text.html import letters_of, tag_of, take_out, whole_text

_THIS = r"(?:この|当|本)(?:ページ|記事|情報|回答|内容|サイト|ウェブサイト|ホームページ|説明|(?:よくある)?(?:ご)?質問|FAQ|ＦＡＱ|Q&A|Q＆A|ヘルプ|コンテンツ)"
_USEFUL = r"(?:お?役に?(?:立ち|立て|立った|たち|立つ)|参考にな|いかがでし|(?:解決|解消)(?:し|され|でき)|満足(?:し|でき|いただけ)|(?:見つけ|わかり|分かり|探し|読み|使い)(?:やす|づら|にく))"
_QUESTION = re.compile(
    rf"(?:(?:質問|設問|[QＱ問])[0-9０-９]{{0,2}}[:：.．、 \u3000]*)?(?:{_THIS}|ページ).{{0,24}}{_USEFUL}.{{0,12}}(?:か|でしょう)[。？?]?(?:.{{0,30}}(?:お聞かせ|お寄せ|お教え|評価).{{0,14}})?"
    r"|(?:ご?(?:質問|疑問|問題|お困りごと)(?:点)?(?:は|が))(?:無事)?(?:解決|解消)(?:し|され|でき)(?:ました|ましたでしょう)か[。？?]?"
    r"|アンケート[:：][ \u3000]*ご?意見を.{0,14}|.{0,14}(?:満足度調査|アンケート)に?ご協力(?:を?お願い.{0,8}|ください)[。！!]?|(?:Was|Is|Did|Do) (?:this|you) .{0,30}(?:page|article|information|answer|helpful|useful).{0,20}\?"
    r"|(?:より|もっと)(?:良|よ)い(?:ウェブ|Web|ＷＥＢ|web|WEB)?(?:サイト|ホームページ|ページ)(?:に|を|作り|づくり).{0,50}(?:お聞かせ|お寄せ|ご協力|お願い).{0,16}"
    r"|(?:この|当)?(?:ウェブ)?(?:ページ|サイト|ホームページ|記事)(?:の内容)?(?:について|に関して|に対する|への|の)、?(?:皆さま|みなさま|皆様)?の?(?:ご意見|ご感想|評価)(?:・(?:ご意見|ご感想|ご要望))?を(?:お聞かせ|お寄せ|お教え).{0,14}"
)
_ANSWER = re.compile(
    r"(?:[0-9０-９][:：.．、]|[○◯〇◎●☐□・])?[ \u3000]*(?:(?:はい|いいえ)[、,]?)?(?:とても|大変|非常に|まあまあ|あまり|やや|少し|全く)?"
    r"(?:(?:解決|解消)(?:した|しなかった|できた|できなかった|しない|済み)(?:が、?.{1,14})?|役立(?:った|たなかった|つ|たない|ちました|ちませんでした)|良かった|悪かった|Yes|No|所要時間[:：]?[ \u3000]*約?[0-9０-９]+分(?:程度)?|はい|いいえ|ふつう|普通|どちらとも(?:いえ|言え)ない|(?:役に|やくに)(?:立った|立たなかった|立ちました|立ちませんでした|立つ|立たない)|参考になった|参考にならなかった|参考になりました"
    r"|(?:見つけ|わかり|分かり|探し|読み|使い)(?:やすかった|にくかった|づらかった|やすい|にくい|づらい)|よい|良い|悪い|満足|不満|[★☆]{3,5}|送信(?:する)?|回答する|投票する|アンケート(?:に答える)?)(?:[ \u3000]?[（(]?[0-9０-９,]{1,6}(?:人|件|票|名)?[)）]?)?"
)
_ANSWERS = re.compile(rf"(?:{_ANSWER.pattern}[ \u3000/／|｜]*){{1,7}}")
MOST_ANSWERS = 8
"""Lines behind a question about the page that may be its answers."""
_ASKS_FOR = re.compile(
    r"(?:(?:この)?(?:ページ|サイト|ウェブサイト|ホームページ|記事|FAQ)(?:の|に関する)?)?(?:ご?利用者?)?(?:満足度)?(?:の?評価)?(?:アンケート|評価フォーム|フィードバック)(?:のお願い|に?ご協力(?:を?お願い.{0,8}|ください))?[。！!]?"
    r"|(?:皆さま|みなさま|皆様|お客さま)?(?:の|からの)?ご(?:意見|感想|要望)(?:[・、]ご(?:意見|感想|要望))*を?お?(?:寄せ|聞かせ|待ちし).{0,8}"
)
"""A heading over a question about the page, or what is left of one whose fields went before."""
_NO_COMMENTS = re.compile(
    r"[（(]?(?:まだ)?(?:コメント|レビュー|クチコミ)(?:は|が)(?:まだ)?(?:ありません|投稿されていません)[)）]?。?|最初の(?:コメント|レビュー)を.{0,14}"
)
_OF_COMMENTS = re.compile(
    r"(?:お寄せいただいた|みんなの|最近の|この記事への)?(?:コメント|レビュー|クチコミ)(?:一覧|欄)?|(?:お)?名前(?:[（(]必須[)）])?|ニックネーム|メールアドレス.{0,20}|URL|ウェブサイト|サイト|本文|タイトル|件名|画像認証|送信(?:する)?|投稿(?:する)?"
)
_COMMENTS = re.compile(
    r"(?:みんなの|皆さんの|読者の|この記事への|ユーザーの?)?(?:コメント|ご?意見|ご?感想|クチコミ|口コミ|レビュー|投稿)(?:一覧)?[ \u3000]*[（(]?[ \u3000]*(?:全)?[0-9０-９,]+[ \u3000]*件?[ \u3000]*[)）]?|[0-9０-９,]+件の(?:コメント|意見|感想|レビュー|クチコミ|フィードバック)"
)
_REPLY = re.compile(
    r"返信(?:する)?(?:$|[ \u3000|｜])|(?:違反|不適切(?:な投稿)?)(?:を|として)?(?:報告|通報)|通報(?:する)?(?:$|[ \u3000|｜])|このコメント(?:を|に)|参考になった[ \u3000]*[（(]?[0-9]+"
)
_TO_COMMENT = re.compile(
    r".{0,20}(?:ログイン|会員登録|ご登録).{0,12}コメント.{0,20}|コメント.{0,14}(?:ログイン|会員登録).{0,20}|コメントを(?:残す|書く|する|投稿(?:する)?|送信)|もっと(?:コメントを)?見る|すべてのコメントを(?:見る|表示)"
)
_SAID = ("コメント", "意見", "感想", "クチコミ", "口コミ", "レビュー", "投稿", "フィードバック")
_ASKED = ("アンケート", "フォーム", "フィードバック", "意見", "感想", "要望")
"""Words without which a text has no thread of comments, a line asks for none."""
MOST_BETWEEN_REPLIES = 12
"""Lines of one comment at most, from its writer to the button to answer it."""
_TIME_TO_READ = re.compile(
    r"[ \u3000|｜/／]*(?:読了|読む)(?:までの?)?(?:時間|目安)(?:の目安)?[ \u3000]*[:：]?[ \u3000]*約?[ \u3000]*[0-9０-９]+[ \u3000]*分(?:程度)?$|[ \u3000・|｜/／]+約?[0-9０-９]+分で(?:お)?読め(?:ます|る)。?$"
)
_READ_TOO = re.compile(
    r"[▶▷►>＞≫・※]*[ \u3000]*[【\[]?(?:あわせて|併せて|合わせて|こちらも|次に)(?:読みたい|読まれています|おすすめ|どうぞ|チェック|ご覧ください)[】\]]?[ \u3000]*(?:[:：|].{0,80})?|[▶▷►>＞≫・]*[ \u3000]*[【\[]?(?:関連|おすすめ|参考)(?:記事|ページ|コラム|コンテンツ)[】\]]?[ \u3000]*[:：].{1,80}"
)
_ASKED_BY_LETTER = re.compile(r"[QＱ][0-9０-９]{0,3}[.．:： \u3000][^0-9]{3}")
_ICON = re.compile(r"(?P<letter>[QＱAＡ])(?P<number>[0-9０-９]{0,3})[.．:：]?")
_SHARE = re.compile(
    r"(?:この(?:記事|ページ|投稿)を|SNSで|(?P<name>シェア(?:する)?|ツイート(?:する)?|ポスト(?:する)?|共有(?:する)?|はてな(?:ブックマーク)?|はてブ|LINE(?:で送る)?|Facebook|Twitter|Pocket|(?:メールで)?送る|(?:リンク|URL)を?コピー(?:する)?|いいね[!！]?|友だちに知らせる)|[0-9, \u3000・|｜/／!！])+"
)
_SHARE_NAME = re.compile(
    "シェア|ツイート|ポスト|共有|はてな|はてブ|LINE|Facebook|Twitter|Pocket|送る|コピー|いいね|友だちに知らせる"
)
_OTHERS = re.compile(
    r"この記事は、?約?[0-9０-９]+分で(?:お)?読め(?:ます|る)。?|(?:読了|読む)(?:までの?)?(?:時間|目安)(?:の目安)?[:：]?[ \u3000]*約?[0-9０-９]+分"
    r"|ここから(?:.{0,10}(?:本文|メニュー|ナビゲーション|フッター?|ヘッダー?|サイドバー))(?:メニュー)?です。?|(?:.{0,10}(?:本文|メニュー|ナビゲーション|フッター?|ヘッダー?|サイドバー))(?:は)?ここまで(?:です)?。?"
    r"|(?:アクセス(?:数|カウンター?)|閲覧数|閲覧回数|訪問者数)[ \u3000]*[:：][ \u3000]*[0-9０-９,，]+(?:回|人)?"
    r"|ページ(?:番号|ID|ＩＤ)[ \u3000]*[:：]?[ \u3000]*[0-9０-９]{2,12}|お問い?合わ?せは?、?(?:(?:専用|こちらの)(?:の)?)?フォーム(?:へ|から|を).{0,14}|(?:お問い?合わ?せ|専用)フォーム(?:は?こちら)?(?:から)?"
    r"|(?:くわしく|詳しく|詳細を|もっと|続きを|全文を)(?:見る|読む|みる|確認する|知る)|(?:詳細|詳しく|くわしく)(?:は|を)?(?:こちら|コチラ)(?:から|へ)?|(?:口座開設|資料請求|お申し?込み|ご相談|来店予約|お問い?合わ?せ)は(?:こちら|コチラ)(?:から|へ)?"
    r"|(?:この記事は)?(?:有料)?会員限定(?:記事)?です。.{0,40}|この記事は(?:有料)?会員限定.{0,30}|残り[ \u3000]*[0-9０-９,]+[ \u3000]*文字|(?:会員)?登録すると続きを.{0,20}|\[?(?:有料)?会員限定(?:記事)?\]?"
    r"|この(?:記事|ページ)が気に入ったら.{0,14}|いいね[!！]?(?:しよう|する).{0,4}|(?:Twitter|X|Facebook|Instagram|YouTube|LINE)(?:[ \u3000]*で)?.{0,24}(?:フォロー(?:しよう|する|してください)|友だち追加).{0,4}"
    r"|[★☆⭐]{3,5}[ \u3000]*[0-9.]{0,4}[ \u3000]*[（(][0-9,]+件(?:の(?:評価|レビュー))?[)）]|あなたの評価を.{0,14}|この(?:記事|ページ)の評価|ブックマークに追加(?:する)?"
    r"|(?:(?:FAQ|Q&A|質問)[ \u3000]*(?:No|NO|ID|番号)[.．]?[ \u3000]*|No[.．]?[ \u3000])[:：][ \u3000]*[0-9０-９]{1,8}|ご(?:意見|感想|要望).{0,60}(?:ご?返信|ご?回答|お返事)は?(?:いたしかね|致しかね|できま|行って(?:おり|い)ま).{0,12}"
    r"|写真・図版[（(][0-9０-９]+枚[)）]|この記事をお届けした|.{1,24}の最新(?:ニュース)?情報を|いいね[!！]?(?:して|で)チェックしよう[!！]?|Follow me[!！]?"
    r"|印刷用?(?:ページ|画面|表示)?(?:を(?:開く|表示(?:する)?))?|友だちに知らせる"
)

_LABEL = re.compile(r"(?:タグ|カテゴリー?|キーワード|投稿先|Tags?|Category|Categories|Filed under)[:：]?")
_SYLLABARY = re.compile(r"(?:(?:[あ-んア-ンA-ZＡ-Ｚ]|英数?|数字|その他)行?[\s|｜・/／]*)+")
FEWEST_LETTERS = 5
"""Links to letters of the alphabet that are a bar of them."""
_PAGER = re.compile(r"(?:[0-9]|前|次|最初|最後|先頭|末尾|へ|ページ|[<>＜＞«»‹›≪≫…|｜・\[\]「」/.]|\s)+")
_LETTERS = re.compile(r"[^\W_]+")
_MAIL = re.compile("メールマガジン|メルマガ|ニュースレター|購読|登録")
_FIELDS = ("radio", "email", "text", "search", "submit", "tel", "")
MOST_AROUND = 10_000
"""Characters of a block that may be numbers of pages or tags, with the blanks of its source."""
MOST_IN_WIDGET = 120
"""Letters of a block with fields to fill in that is a widget, and no form that a text is about."""


def without_widgets(text: str) -> tuple[str, int]:
    """(a page's text without the lines of its widgets, the characters taken out, white space aside)."""
    found = text.split("\n")
    out = _comments(found) if any(word in text for word in _SAID) else set[int]()
    lines: list[str] = []
    left_out = answers = 0
    for place, line in enumerate(found):
        bare = line.strip(" \t\u3000・")
        asks = _asks(bare)
        answers = MOST_ANSWERS if asks else answers
        gone = (
            place in out
            or asks
            or (
                len(bare) < 90
                and (
                    _is_line(bare)
                    or (answers > 0 and _ANSWERS.fullmatch(bare) is not None)
                    or _asks_for(found, place, bare)
                )
            )
        )
        if gone and bare:
            left_out += len("".join(line.split()))
            answers -= not asks
        else:
            shorter = _TIME_TO_READ.sub("", line) if "分" in line[-10:] and len(line) < 90 else line
            left_out += len("".join(line.split())) - len("".join(shorter.split()))
            lines.append(shorter)
            answers = answers if not bare else 0
    lines = _joined_icons(lines)
    return ("\n".join(lines), left_out) if lines != found else (text, 0)


def _asks(bare: str) -> bool:
    return 6 < len(bare) < 120 and _QUESTION.fullmatch(bare) is not None


def _asks_for(lines: list[str], place: int, bare: str) -> bool:
    """Whether a line asks for opinions, and a question about the page or nothing follows."""
    if not any(word in bare for word in _ASKED) or _ASKS_FOR.fullmatch(bare) is None:
        return False
    behind = [words for line in lines[place + 1 : place + 5] if (words := line.strip(" \t\u3000・"))]
    return (
        not behind
        or any(map(_asks, behind[:2]))
        or all(_ASKS_FOR.fullmatch(words) or _is_line(words) for words in behind)
    )


def _comments(lines: list[str]) -> set[int]:
    """The lines of a thread of comments: its heading with their number, up to the last that can be answered or reported."""
    empty = next(
        (at for at, line in enumerate(lines) if len(line) < 40 and _NO_COMMENTS.fullmatch(line.strip(" ・"))), None
    )
    if empty is not None:
        start, end = empty, empty
        while start > 0 and (not lines[start - 1].strip() or _OF_COMMENTS.fullmatch(lines[start - 1].strip(" ・"))):
            start -= 1
        while end + 1 < len(lines) and (
            not lines[end + 1].strip() or _OF_COMMENTS.fullmatch(lines[end + 1].strip(" ・"))
        ):
            end += 1
        return set(range(start, end + 1))
    for place, line in enumerate(lines):
        if len(line) > 40 or _COMMENTS.fullmatch(line.strip(" \t\u3000・")) is None:
            continue
        end = place
        while after := next(
            (at for at in range(end + 1, min(len(lines), end + 1 + MOST_BETWEEN_REPLIES)) if _REPLY.search(lines[at])),
            0,
        ):
            end = after
        if end > place:
            while end + 1 < len(lines) and _TO_COMMENT.fullmatch(lines[end + 1].strip()):
                end += 1
            return set(range(place, end + 1))
    return set()


def _joined_icons(lines: list[str]) -> list[str]:
    """Lines with the letters Q and A, where they stand alone, before the question and the answer below them."""
    icons = {
        place: found for place, line in enumerate(lines) if len(line) < 8 and (found := _ICON.fullmatch(line.strip()))
    }
    letters = {found["letter"] in "QＱ" for found in icons.values()}
    if letters == {False} and any(_ASKED_BY_LETTER.match(line.strip()) for line in lines):
        letters.add(True)
    if len(letters) < 2:  # a letter alone is a grade, or a class of shares
        return lines
    joined: list[str] = []
    place = 0
    while place < len(lines):
        following = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if place in icons and following and place + 1 not in icons:
            joined.append(f"{lines[place].strip().rstrip('.．:：')}. {following}")
            place += 1
        else:
            joined.append(lines[place])
        place += 1
    return joined


def _is_line(bare: str) -> bool:
    if not bare:
        return False
    if _OTHERS.fullmatch(bare) or _READ_TOO.fullmatch(bare) or _TIME_TO_READ.fullmatch(bare):
        return True
    # 「シェア」 alone may head a text about markets.
    return _SHARE.fullmatch(bare) is not None and (len(_SHARE_NAME.findall(bare)) > 1 or bare.startswith("この"))


def drop_widgets(main: Any) -> None:
    """Take blocks of widgets out of a page's main part, in place."""
    for block in _blocks_of_fields(main):
        if block.getparent() is not None:
            take_out(block)
    sizes = "文字" in whole_text(main)
    for block in [
        node
        for node in main.iter("p", "div", "ul", "dl", "tr")
        if (0 < len(words := whole_text(node)) <= MOST_AROUND and (_is_pager(node, words) or _is_tags(node, words)))
        or (sizes and _is_sizes(node))
    ]:
        if block is not main and block.getparent() is not None:
            take_out(block)


def _blocks_of_fields(main: Any) -> list[Any]:
    """The smallest blocks around radio buttons, fields for addresses and the like, when they hold little else."""
    found: list[Any] = []
    for field in main.iter("input", "textarea"):
        if tag_of(field) == "input" and (field.get("type") or "").lower() not in _FIELDS:
            continue
        block = field.getparent()
        while (
            block is not None and block is not main and tag_of(block) not in ("p", "div", "fieldset", "section", "ul")
        ):
            block = block.getparent()
        if block is None or block is main or block in found:
            continue
        words = "".join(whole_text(block).split())
        asks = (field.get("type") or "").lower() == "radio" or _MAIL.search(words) is not None
        if asks and 0 < len(words) <= MOST_IN_WIDGET and next(block.iter("h1", "h2", "table", "li"), None) is None:
            found.append(block)
    return found


def _is_pager(block: Any, words: str) -> bool:
    """Whether a block is numbers of pages with links to the others."""
    words = words.strip()
    if 0 < len(words) <= 200 and _SYLLABARY.fullmatch(words):
        return sum(1 for _ in block.iter("a")) >= FEWEST_LETTERS
    if not 0 < len(words) <= 200 or not _PAGER.fullmatch(words) or not re.search("[0-9]", words):
        return False
    links = [link for link in block.iter("a") if letters_of(link)]
    return len(links) > 0 and sum(letters_of(link) for link in links) >= 0.4 * letters_of(block)


_SIZES = re.compile(
    r"文字(?:の)?(?:サイズ|大きさ)(?:を?の?変更(?:する)?)?(?:[:：|｜／/]|小さく?(?:する)?|大きく?(?:する)?|小|中|大|標準|普通|拡大|縮小|特大|最大|元に戻す)+"
)


def _is_sizes(block: Any) -> bool:
    """Whether a block offers sizes of letters."""
    words = whole_text(block) if len(block) < 12 else ""
    return 4 < len(words) < 200 and _SIZES.fullmatch("".join(words.split())) is not None


def _is_tags(block: Any, words: str) -> bool:
    """Whether a block is 「タグ：」 with links."""
    if tag_of(block) == "tr":
        return False
    words = "".join(words.split())
    label = _LABEL.match(words) if len(words) <= 300 else None
    if label is None:
        return False
    linked = sum(_count("".join(whole_text(link).split())) for link in block.iter("a"))
    return linked > 0 and linked >= _count(words[label.end() :])


def _count(text: str) -> int:
    return sum(len(word) for word in _LETTERS.findall(text))
