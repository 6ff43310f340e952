"""Personal data that a word before it names: accounts in transfer lines, numbers of documents, phones, addresses of mail.

Japanese bank text writes label and value side by side (口座番号 1234567, 生年月日：昭和58年11月2日, 契約者 水谷 千尋). The label decides, so
units and amounts after a value do not matter, and figures without a label (balances in a table, codes) are never taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tekio.text.personal_data.spans import Span, to_ascii

_GAP = r"[ \t\u3000]{0,3}[（(]?(?:の(?:番号)?は?|は|No\.?|NO\.?|№|Number|ナンバ-|番号)?[ \u3000]{0,2}[:：=／/（(」】\])）、,]{0,2}[ \t\u3000]{0,3}"
_GAP_LINE = _GAP + r"\n?[ \t\u3000]{0,3}"
"""The value may stand on the line below its label."""
_D, _HAN = "0-9", "一-龥々"
_ACCOUNT_LABEL = r"(?:(?:受取人|仮想|振替|引落)?口座番号|口座(?:No\.?|NO\.?)|(?:普通|当座|貯蓄)(?:預金)?口座|(?:[新旧])口座|[（(]?(?:普通|当座|貯蓄|普|当)[)）]|[aA]/[cC](?: ?[nN]o\.?)?|[Aa]ccount (?:[Nn]o\.?|[Nn]umber))"
NUMBERS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (re.compile(rf"(?:{_ACCOUNT_LABEL}){_GAP}([{_D}]{{3}}-[{_D}]{{4}}|[{_D}]{{6,8}})(?![{_D}]|[.,-][{_D}])"), "bank_account", ("口座", "普", "当", "貯", "/c", "/C", "ccount")),
    # 口座番号（右詰め） 0 1 2 3 4 5 6: a digit in each box of a form
    (re.compile(rf"口座番号(?:[（(][^()（）\n]{{1,10}}[)）])?{_GAP}([{_D}](?: [{_D}]){{5,7}})(?! ?[{_D}.,-])"), "bank_account", ("口座番号",)),
    # 預金種目：当座　番号：1234567, 普通 No.1234567, 口番 1234567
    (re.compile(rf"(?:(?:普通|当座|貯蓄)(?:預金)?[ 　、,/／:：・]{{0,3}}(?:番号|No\.?|NO\.?|№)|口番)[ 　:：]{{0,3}}([{_D}]{{6,8}})(?![{_D}]|[.,-][{_D}])"), "bank_account", ("普通", "当座", "貯蓄", "口番")),
    # 当座　第0123456号
    (re.compile(rf"(?:普通|当座|貯蓄)(?:預金|口座)?[ 　:：]{{0,2}}第([{_D}]{{6,8}})号"), "bank_account", ("普通", "当座", "貯蓄")),
    # 口座 0012345（ヤマダ タロウ名義）, 当行口座1234567から引き落とします: what goes in or out, or whose it is
    (re.compile(rf"口座[ 　:：]{{0,2}}([{_D}]{{7}})(?=[ 　]?(?:[(（][^()（）\n]{{0,20}}名義|(?:へ|に|宛て?に?|あてに?|から)[ 　]?(?:の)?(?:お?(?:振|引)|送金|入金|出金|払)))"), "bank_account", ("口座",)),
    # 普通 7654321 に係る残高, 当座 0123456 の解約: what is done with an account is done with no amount
    (re.compile(rf"(?:普通|当座|貯蓄)(?:預金)?[ 　:：]{{0,2}}([{_D}]{{7}})(?=[ 　]?(?:に(?:係|かか)る|の(?:解約|相続|名義|届出印|印鑑|通帳|キャッシュカ-ド|入出金|取引|残高証明)))"), "bank_account", ("普通", "当座", "貯蓄")),
    (re.compile(rf"(?<![{_HAN}])[普当][・.:：]([{_D}]{{7}})(?![{_D}.,円])"), "bank_account", ("普", "当")),
    (re.compile(rf"(?:記号番号|記号・番号|ゆうちょ間は|ゆうちょ|郵貯|郵便振替口座|振替口座|通常貯金)[^0-9\n]{{0,24}}(1[{_D}]{{3,4}}-(?:[{_D}]-)?[{_D}]{{6,8}})(?![{_D}])"), "bank_account", ("記号", "ゆうちょ", "郵", "振替口座", "通常貯金")),
    (re.compile(rf"(?:郵便振替|振替口座|払込|加入者|口座記号番号|ゆうちょ)[^0-9\n]{{0,12}}(0[{_D}]{{4}}-[{_D}]-[{_D}]{{2,7}})(?![{_D}])"), "bank_account", ("振替", "払込", "加入者", "口座記号番号", "ゆうちょ")),
    (re.compile(rf"(?<=[{_D}])[、, 　/／・-]{{0,3}}(?:通帳)?番号[ 　:：]{{0,3}}([{_D}]{{6,8}})(?![{_D}])"), "bank_account", ("番号",)),
    (re.compile(rf"(?:基礎年金番号|年金手帳の(?:記号)?番号|年金手帳|年金証書の番号){_GAP_LINE}([{_D}]{{4}}-?[{_D}]{{6}})(?![{_D}])"), "pension_number", ("年金",)),
    (re.compile(rf"(?:旅券(?:の?番号)?|パスポ-ト(?:の?番号)?|Passport){_GAP_LINE}([A-Z]{{2}} ?[{_D}]{{7}})(?![{_D}])"), "passport", ("旅券", "パスポ-ト", "Passport")),
    (re.compile(rf"免許証(?:の?番号)?[ 　]{{0,2}}[（(]?(?:番号)?{_GAP_LINE}(第?[{_D}]{{12}}号?)(?![{_D}])"), "driving_licence", ("免許証",)),
    (re.compile(rf"(?:在留カ-ド|特別永住者証明書)(?:等)?(?:の?番号)?{_GAP_LINE}([A-Z]{{2}} ?[{_D}]{{8}} ?[A-Z]{{2}})(?![A-Z{_D}])"), "residence_card", ("在留カ-ド", "特別永住者")),
    (re.compile(rf"住民票コ-ド{_GAP_LINE}([{_D}]{{11}}|[{_D}]{{4}}[- ][{_D}]{{4}}[- ][{_D}]{{3}})(?![{_D}])"), "resident_code", ("住民票コ-ド",)),
    (re.compile(rf"IBAN(?:コ-ド)?{_GAP}([A-Z]{{2}}[{_D}]{{2}}(?: ?[A-Z{_D}]{{4}}){{2,7}}(?: ?[A-Z{_D}]{{1,3}})?)(?![A-Z{_D}])"), "bank_account", ("IBAN",)),
    (re.compile(rf"(?:郵便番号|〒){_GAP}([{_D}]{{7}})(?![{_D}])"), "postal_code", ("郵便番号", "〒")),
    (re.compile(rf"(?<![{_D}.])(0[5789]0\.[{_D}]{{4}}\.[{_D}]{{4}})(?![{_D}.])"), "phone", ("0.",)),
    (re.compile(rf"(?<![{_D}-])(0(?:570|120|800|990)-[{_D}]{{2,3}}-[{_D}]{{3,4}})(?![{_D}-])"), "phone", ("0-",)),
    (re.compile(rf"(\+81-?\(0\)[{_D}]{{1,4}}[- ][{_D}]{{1,4}}[- ][{_D}]{{4}})(?![{_D}])"), "phone", ("+81",)),
)  # fmt: skip
# Numbers of fewer digits in a row than `candidates` looks for, and addresses without @: by their word in the whole text.
_SYMBOL = re.compile(rf"記号[ 　:：]{{0,3}}(1[{_D}]{{4}}(?:-[{_D}])?)(?=[、, 　/／・-]{{0,3}}(?:通帳)?番号)")
_INSURED = re.compile(rf"(?:健康保険|被保険者証|保険証|資格確認書)[^0-9\n]{{0,24}}記号(?:[・/]番号)?[ 　:：]{{0,3}}([{_D}]{{1,8}}[ 　、,/／・-]{{0,3}}(?:番号[ 　:：]{{0,3}})?[{_D}]{{1,8}})(?![{_D}])")  # fmt: skip
"""The symbol and number of a health insurance card: of any length, with or without a word between them."""
_PHONE = re.compile(rf"(?:TEL|Tel|FAX|Fax|Phone|Mobile|℡|☎|ファックス|ファクシミリ|直通|自宅|勤務先|携帯|電話(?:番号)?|代表|フリ-ダイヤル|ナビダイヤル|連絡先)[ 　:：.]{{0,3}}(\(?0[{_D}]{{1,4}}[-.)・･][{_D}]{{1,4}}[-.)・･]?[{_D}]{{3,4}})(?![{_D}.-])")  # fmt: skip
_PHONE_WORDS = (
    "TEL",
    "Tel",
    "FAX",
    "Fax",
    "Phone",
    "Mobile",
    "℡",
    "☎",
    "ファックス",
    "ファクシミリ",
    "直通",
    "自宅",
    "勤務先",
    "携帯",
    "電話",
    "代表",
    "フリ-ダイヤル",
    "ナビダイヤル",
    "連絡先",
)
_MAIL = re.compile(r"(?<![A-Za-z0-9._-])([A-Za-z0-9][A-Za-z0-9._-]{0,63} ?(?:\[at\]|\(at\)|\[AT\]|\(AT\)|＠|★|\[アット\]|\(アット\)|\[@\]|\(@\)|(?<=[A-Za-z0-9])[☆◎■●◆](?=[A-Za-z0-9])) ?[A-Za-z0-9](?:[A-Za-z0-9.-]| ?[\[(](?:dot|DOT|ドット)[\])] ?){0,100}(?:\.| ?[\[(](?:dot|DOT|ドット)[\])] ?)[A-Za-z]{2,24})")  # fmt: skip
_MAIL_SIGN = re.compile(
    r"[\[(（★☆◎■●◆](?:(?<=[\[(（])(?:[aａ][tｔ]|[AＡ][TＴ]|アット|[@＠])[\])）]|(?<=★)|(?<=[A-Za-z0-9][☆◎■●◆])(?=[A-Za-z0-9]))"
)
_IN_SIGNS = ("t", "T", "ｔ", "Ｔ", "アット", *"@＠★☆◎■●◆")
"""What every such sign holds one of."""
BEFORE_NUMBER, AFTER_NUMBER, AROUND_SIGN = 64, 16, 240
"""Characters beside a number in which its label, and what shows that it goes on, stand; around the sign of an address of mail."""
# 支店 普通 1234567: exactly seven digits, which a balance is not written in without commas; in a line that speaks of a
# bank or a transfer and of no balances.
_BARE_ACCOUNT = re.compile(
    rf"(?:(?:普通|当座|貯蓄)(?:預金)?|フツウ|トウザ|チ[ヨョ]チク)[ 　\t|、,/／:：・]{{1,3}}([{_D}]{{7}})(?![{_D}.,円千百万億株 ]?[{_D}円千百万億])"
)
_TRANSFER = re.compile(
    r"銀行|店名|店番|他行|信金|金庫|信組|農協|漁協|支店|本店|支所|営業部|振込|振替|送金|返金|入金|引落|口座|名義|支払先|取引先|ギンコウ|シンキン|シンクミ|ノウキ[ヨョ]ウ|シテン|ホンテン|フリコミ"
)
_BALANCE = re.compile(r"残高|単位|合計|総額|内訳|末|(?:定期|通知|外貨|その他|貸付金)(?:預金|積金)?[ 　]{0,3}[0-9]")
_DEPOSIT = r"(?:普通|当座|貯蓄)(?:預金)?[ 　:：]{0,3}"
_NEXT_DEPOSIT = re.compile(rf"[、,・/／ 　]{{1,3}}{_DEPOSIT}[0-9]")
_DEPOSIT_BEFORE = re.compile(rf"{_DEPOSIT}[0-9]{{4,}}[、,・/／ 　]{{1,3}}(?:{_DEPOSIT})?$")


def in_balances(before: str, after: str) -> bool:
    """Whether a number behind 普通 or 当座 alone stands in a line of balances: deposits of several kinds with their amounts."""
    return bool(
        _BALANCE.search(before)
        or _BALANCE.search(after)
        or _NEXT_DEPOSIT.match(after)
        or _DEPOSIT_BEFORE.search(before)
    )


NUMBER_WORDS = (
    "口座", "口番", "フツウ", "トウザ", "チヨチク", "チョチク", "普・", "当・", "普．", "普：", "普通", "当座", "貯蓄", "記号", "ゆうちょ", "郵貯", "郵便振替", "払込", "年金番号", "年金手帳", "旅券", "パスポート", "Passport", "免許証",
    "郵便番号", "〒", "TEL", "FAX", "Tel", "Fax", "携帯", "電話", "代表", "050.", "070.", "080.", "090.", "ダイヤル", "連絡先", "0570", "0120", "０５７０", "０１２０", "+81", "[at]", "(at)",
    "Phone", "Mobile", "℡", "☎", "ファックス", "ファクシミリ", "直通", "自宅", "勤務先", "[AT]", "(AT)", "＠", "★", "[アット]", "a/c", "A/C", "ccount N", "ccount n", "在留カード", "特別永住者", "住民票コード", "IBAN",
)  # fmt: skip
"""What a text must hold for `labelled_numbers` to find anything."""

AROUND = 60
"""Characters of a line around an account without a label of its own that tell what it is."""
_DIGIT = re.compile("[0-9]")
_DOTTED = re.compile("[0-9０-９][.．][0-9０-９]")


def labelled_numbers(text: str, windows: Sequence[tuple[int, int]] | None = None) -> list[Span]:
    """Numbers (and addresses of mail in disguise) that their label or form names.

    windows: where enough digits stand (`tekio.text.personal_data.candidates`), when that is known.
    """
    found: list[Span] = []
    patterns = (*NUMBERS, (_PHONE, "phone", _PHONE_WORDS))
    for low, high in _merged([(0, len(text))] if windows is None else windows, BEFORE_NUMBER, AFTER_NUMBER, len(text)):
        start = max(low - AROUND - 1, 0)
        plain = to_ascii(text[start : high + AROUND + 1])
        first, last = low - start, high - start
        if _DIGIT.search(plain, first, last) is None:
            continue  # a label alone (口座, 電話) is in most texts of banks
        for pattern, kind, words in patterns:
            if any(map(plain.__contains__, words)):
                found += [
                    Span(match.start(1) + start, match.end(1) + start, kind)
                    for match in pattern.finditer(plain, first, last)
                ]
        for match in _BARE_ACCOUNT.finditer(plain, first, last):
            begin = max(plain.rfind("\n", 0, match.start()) + 1, match.start() - AROUND)
            end = plain.find("\n", match.end())
            before, after = plain[begin : match.start()], plain[match.end() : len(plain) if end < 0 else end][:AROUND]
            if _TRANSFER.search(before + after) and not in_balances(before, after):
                found.append(Span(match.start(1) + start, match.end(1) + start, "bank_account"))
    if "記号" in text:
        plain = to_ascii(text)
        found += [Span(*match.span(1), "bank_account") for match in _SYMBOL.finditer(plain)]
        found += [Span(*match.span(1), "insured_number") for match in _INSURED.finditer(plain)]
    if ("." in text or "．" in text) and _DOTTED.search(text) is not None:
        plain = to_ascii(text)
        if any(word in plain for word in _PHONE_WORDS):
            found += [Span(*match.span(1), "phone") for match in _PHONE.finditer(plain)]
    signs = [match.span() for match in _MAIL_SIGN.finditer(text)] if any(map(text.__contains__, _IN_SIGNS)) else []
    for low, high in _merged(signs, AROUND_SIGN, AROUND_SIGN, len(text)):
        plain = to_ascii(text[low:high])
        found += [Span(match.start(1) + low, match.end(1) + low, "email") for match in _MAIL.finditer(plain)]
    return found


def _merged(windows: Sequence[tuple[int, int]], before: int, after: int, length: int) -> list[tuple[int, int]]:
    """Windows with as many characters around them, within a text; those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        low, high = max(0, start - before), min(length, end + after)
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged
