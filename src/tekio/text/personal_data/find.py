"""Personal data in Japanese text: found by form, check digit and context, never by bare digit runs.

Finance text is full of numbers (amounts, corporate numbers, registration numbers, securities codes). A detector here
needs a check digit, a fixed form, or words around it that say what the number is; full-width digits and hyphens count
like half-width ones. Sources: My Number and corporate number check digits, ordinances of the My Number Act
(平成26年総務省令第85号 第5条; 平成26年財務省令第70号 第2条); cards ISO/IEC 7812-1 (Luhn); phone numbers by the Japanese
numbering plan. Corporate numbers are public and are kept; they are recognised so that nothing else claims them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tekio.text.personal_data.columns import column_spans
from tekio.text.personal_data.labelled import in_balances, labelled_numbers
from tekio.text.personal_data.spans import TO_ASCII, Span, to_ascii

KINDS = {
    "email": "メール",
    "phone": "電話番号",
    "postal_code": "郵便番号",
    "my_number": "個人番号",
    "card": "カード番号",
    "bank_account": "口座番号",
    "securities_account": "証券口座番号",
    "policy_number": "契約番号",
    "pension_number": "基礎年金番号",
    "passport": "旅券番号",
    "driving_licence": "免許証番号",
    "residence_card": "在留カード番号",
    "resident_code": "住民票コード",
    "insured_number": "被保険者番号",
    "person": "氏名",
    "birth_date": "生年月日",
    "address": "住所",
}
"""Kinds of personal data and the word that stands for them in masked text."""

PEOPLE = ("person", "birth_date", "address")
"""Kinds that `tekio.text.personal_data.person_names` finds: public facts in a filing, personal data elsewhere; the recipe decides apart."""

CONTEXT = 24  # characters before a number in which the word that explains it may stand
WINDOW = 48  # characters around a candidate that are looked at

# A candidate: digits with single separators between them. ASCII classes, because \d, \w and \b count Japanese letters.
_NUMBER = re.compile(r"(?:\+81[- ]?)?\(?[0-9](?:[-() ]{0,2}[0-9]){5,18}")
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,200}\.[A-Za-z]{2,24}"
)
_AMOUNT_AFTER = re.compile(
    r"\s{0,2}(?:円|千円|百万|万円|億|兆|株(?!式)|口(?!座)|個(?!人)|件(?!名)|名(?!義|前|称|宛|あて)|人(?!名)|%|％|ドル|ユーロ|元|年(?!金)|月|トン|㎡|坪|ページ|頁|\.[0-9])"
)
_MONEY_BEFORE = re.compile(r"(?:[¥￥$＄△▲]|[0-9０-９][.．]|(?:^|[^-,\t\n\"0-9０-９])[0-9０-９]{1,3}[,，])\s?$")
"""A sign of money, the point of a figure, or its comma; the comma behind a cell is none (1990-05-06,090-1111-2222)."""

_PHONE_FORM = re.compile(
    r"(?:\+81[- ]?|\(?0)(?:[5789]0\)?[- ]?[0-9]{4}[- ]?[0-9]{4}"
    r"|[0-9]{1,4}(?:\)[- ]?|[- (]{1,2})[0-9]{1,4}[-) ]{1,2}[0-9]{4}"
    r"|120\)?[- (]{1,2}[0-9]{2,3}[-) ]{1,2}[0-9]{3}|(?:[1-9][0-9]{8}))"
)
_POSTAL_FORM = re.compile(r"[0-9]{3}-[0-9]{4}")
_CARD_FORM = re.compile(r"[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}|3[47][0-9]{2}[- ]?[0-9]{6}[- ]?[0-9]{5}")
_CARD_ISSUER = re.compile("4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|3[47]|35(?:2[89]|[3-8])|6011|65")
_MY_NUMBER_FORM = re.compile(r"[0-9]{4}([- ]?)[0-9]{4}\1[0-9]{4}")

_PHONE_WORDS = re.compile(
    r"電話|TEL|Tel|tel|携帯|連絡先|FAX|Fax|ファックス|ファクス|フリーダイヤル|問合せ|問い合わせ|☎|℡"
)
_NAMES_A_PHONE = re.compile(r"(?:TEL|Tel|tel|FAX|Fax|fax|Phone)$")
_POSTAL_WORDS = re.compile(r"〒|郵便番号")
_PREFECTURE = re.compile(r"\s{0,3}(?:東京都|北海道|(?:京都|大阪)府|[一-龥]{2,3}県|[一-龥]{1,6}市)")
_MY_NUMBER_WORDS = re.compile(r"マイナンバー|個人番号|My ?Number|支払調書|源泉徴収票|番号法", re.IGNORECASE)
_ACCOUNT_WORDS = re.compile(
    r"口座番号|普通預金|当座預金|普通口座|当座口座|貯蓄預金|(?:普通|当座)\s?[(:：]?\s?$|振込先|記号番号"
)
_OTHER_NUMBER = re.compile(
    r"(?:数|件|コード|型番|品番|ロット番号|ロット|(?:商品|製品|受付|整理|文書|管理|注文|伝票|登録|照会|銘柄|告示|通達|識別)番号)[ \u3000:：はが]{0,3}$"
)
"""Right before a number: what it counts, or whose code it is."""
_AMOUNT_LABEL = re.compile(
    r"(?:[（(][^()（）|\n]{0,6}(?:円|ドル|ユーロ|元|[%％人件名口株])[)）]|残高|金額|[税預貸総]額|利息|利益|収益|費用|合計|総数)[ \u3000]?[:：][ \u3000]?$"
)
"""The label of a table's cell that says that the number behind it is an amount: 残高（円）: 1234567."""
_SECURITIES_WORDS = re.compile(r"証券口座|取引口座|お客様番号|顧客番号|部店番号|口座コード|加入者口座")
POLICY_WORDS = (
    "証券番号",
    "証書番号",
    "保険証券",
    "契約番号",
    "契約者番号",
    "保単番号",
    "会員番号",
    "被保険者番号",
    "記号・番号",
)
"""What stands before the number of a policy or contract; the only personal data that needs no digits or @ to be looked for."""
_POLICY_NUMBER = re.compile(r"(?:[はがの:：\s(]|No\.?|番号){0,4}([A-Za-z0-9][A-Za-z0-9-]{4,19})")


def my_number_is_valid(digits: str) -> bool:
    """Whether 12 digits carry the check digit of a My Number."""
    if len(digits) != 12 or not digits.isascii() or not digits.isdigit():
        return False
    body = [int(digit) for digit in reversed(digits[:11])]
    total = sum(digit * (place + 2 if place < 6 else place - 4) for place, digit in enumerate(body))
    rest = total % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def corporate_number_is_valid(digits: str) -> bool:
    """Whether 13 digits carry the check digit of a corporate number (法人番号)."""
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits[1:])))
    return int(digits[0]) == 9 - total % 9


def luhn_is_valid(digits: str) -> bool:
    """Whether the digits pass the Luhn check of ISO/IEC 7812-1."""
    if not digits or not digits.isascii() or not digits.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def number_characters() -> dict[int, bool]:
    """Code points that can stand in a candidate number, and whether they are digits (also @, as False)."""
    made = {code: chr(code).isdigit() for code in map(ord, "0123456789-() +@")}
    for code, plain in TO_ASCII.items():
        if ord(plain) in made:
            made[code] = made[ord(plain)]
    return made


def _kind_of_number(text: str, plain: str, start: int, end: int) -> str | None:
    """What the candidate number at `plain[start:end]` is, or None when nothing says that it is personal.

    Words are looked for in the original `text`: in `plain` the ー of マイナンバー is a hyphen.
    """
    form = plain[start:end]
    digits = re.sub("[^0-9]", "", form)
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    if _MY_NUMBER_FORM.fullmatch(form) and my_number_is_valid(digits) and _MY_NUMBER_WORDS.search(before):
        return "my_number"  # whatever stands after it
    if _AMOUNT_AFTER.match(after) or _MONEY_BEFORE.search(before):
        return None
    if len(digits) == 13 and corporate_number_is_valid(digits):
        return None
    if _CARD_FORM.fullmatch(form) and _CARD_ISSUER.match(digits) and luhn_is_valid(digits):
        return "card"
    if _POSTAL_FORM.fullmatch(form) and (_POSTAL_WORDS.search(before[-8:]) or _PREFECTURE.match(after)):
        return "postal_code"
    if _SECURITIES_WORDS.search(before) and 6 <= len(digits) <= 12:
        return "securities_account"
    account = _ACCOUNT_WORDS.search(before.rpartition("。")[2]) and " " not in form and 6 <= len(digits) <= 8
    if (
        account
        and not _OTHER_NUMBER.search(before)
        and not _AMOUNT_LABEL.search(before)
        and not _in_balances(before, after)
        and not _in_row(text, start, end)
    ):
        return "bank_account"
    if _PHONE_FORM.fullmatch(form) and _is_phone(form, digits, before):
        return "phone"
    return None


def _in_balances(before: str, after: str) -> bool:
    """Whether a number without the word for an account is one of a line of balances."""
    line = before.rpartition("\n")[2]
    return not re.search("番号|口座|振込", line) and in_balances(line, after.partition("\n")[0])


_DEPOSIT_ROW = r"[ \t\u3000|]*(?:普通|当座|貯蓄|定期性?|流動性|要求払|譲渡性|外貨|円貨|公金|通知|納税準備|別段|その他の?)(?:預金|貯金)?"
_FIGURE = r"(?:[△▲(（]?[0-9０-９][0-9０-９,，.．]*[)）]?|[-－―—…])"
_ROW = re.compile(rf"{_DEPOSIT_ROW}(?:[ \t\u3000|,、]+{_FIGURE}){{2,}}[ \t\u3000|]*")
"""A row of a table of balances: the kind of deposit, and figures only."""
_ONE_FIGURE = re.compile(rf"{_DEPOSIT_ROW}[ \t\u3000|,、:：]+{_FIGURE}[ \t\u3000|]*")
_OF_BALANCES = re.compile(
    rf"残高|単位|金額|構成比|[（(][^()（）\n]{{0,6}}円[)）]|^{_DEPOSIT_ROW}[ \t\u3000|,、:：]+[0-9０-９]{{1,3}}(?:[,，][0-9０-９]{{3}})+|"
    rf"^[ \t\u3000|]*(?:合[ \u3000]?計|総額|(?:定期|通知|外貨|別段|納税準備|その他)[^0-9\n]{{0,6}}[ \t\u3000|,、:：]+{_FIGURE})",
    re.MULTILINE,
)
_OF_ACCOUNTS = re.compile("振込|振替|口座|名義|支店|本店|店番")
BLOCK = 300
"""Characters around a row of one figure in which the lines beside it say what the figures are."""


def _in_row(text: str, start: int, end: int) -> bool:
    """Whether a number stands in a row of a table of balances: a line of nothing but a kind of deposit and figures, or
    and one figure, where the lines right beside it tell of balances and none of accounts.
    """
    low, high = text.rfind("\n", max(0, start - 200), start), text.find("\n", end, end + 200)
    first = low + 1 if low >= 0 else max(0, start - 200)
    last = high if high >= 0 else min(len(text), end + 200)
    line = text[first:last]
    if _ROW.fullmatch(line):
        return True
    if _ONE_FIGURE.fullmatch(line) is None:
        return False
    above = text[max(0, first - BLOCK) : first].rpartition("\n\n")[2]
    below = text[last : last + BLOCK].partition("\n\n")[0]
    return _OF_BALANCES.search(above + below.lstrip("\n")) is not None and _OF_ACCOUNTS.search(above + below) is None


def _is_phone(form: str, digits: str, before: str) -> bool:
    """Whether the digits have the length of the numbering plan and either separators, a mobile prefix or a word before."""
    national = "0" + digits[2:].removeprefix("0") if form.startswith("+81") else digits
    long = national.startswith(("050", "070", "080", "090", "0800"))
    if len(national) != (11 if long else 10):
        return False
    if form.isdigit() and _OTHER_NUMBER.search(before):
        return False  # 伝票番号 09012345678
    if before[-1:] in ("-", "－") and not _PHONE_WORDS.search(before[-8:]):
        return False  # 総務-03-1234-5678: the rest of a code
    return not form.isdigit() or national.startswith(("070", "080", "090")) or bool(_PHONE_WORDS.search(before))


def _numbers(text: str, plain: str, start: int, end: int) -> list[Span]:
    found: list[Span] = []
    for match in _NUMBER.finditer(plain, start, end):
        first, last = match.span()
        inside = first > 0 and plain[first - 1].isascii() and plain[first - 1].isalnum()
        if inside and not _NAMES_A_PHONE.search(plain[max(0, first - 5) : first]):
            continue  # part of a code such as T1234567890123 or E01234
        if plain[first] == "(" and ")" not in plain[first:last]:
            first += 1
        kind = _kind_of_number(text, plain, first, last)
        if kind is not None:
            found.append(Span(first, last, kind))
            continue
        found.extend(_parts(text, plain, first, last))
    return found


def _parts(text: str, plain: str, first: int, last: int) -> list[Span]:
    """Two numbers that stand side by side with only a space between: `100-0001 03-1234-5678`."""
    pieces = [match.span() for match in re.finditer(r"[^ ()]+", plain[first:last])]
    if not pieces or pieces == [(0, last - first)]:
        return []
    found: list[Span] = []
    for start, end in pieces:
        if end - start >= 6:
            kind = _kind_of_number(text, plain, first + start, first + end)
            if kind is not None:
                found.append(Span(first + start, first + end, kind))
    return found


def _without_overlaps(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _policy_numbers(text: str) -> list[Span]:
    found: list[Span] = []
    if "番号" not in text and "保険証券" not in text:  # every word holds one of the two
        return found
    for word in POLICY_WORDS:
        place = text.find(word)
        while place >= 0:
            after = place + len(word)
            match = _POLICY_NUMBER.match(to_ascii(text[after : after + WINDOW]))
            if match and any(char.isdigit() for char in match[1]):
                found.append(Span(after + match.start(1), after + match.end(1), "policy_number"))
            place = text.find(word, after)
    return found


def find_in_windows(text: str, windows: Sequence[tuple[int, int]]) -> list[Span]:
    """`find_personal_data`, looking only at `windows` (start, end) where numbers or an @ stand; they may overlap."""
    found: list[Span] = []
    for start, end in windows:
        low, high = max(0, start - 2 * WINDOW), min(len(text), end + 5 * WINDOW)
        piece = text[low:high]
        plain = to_ascii(piece)
        spans = _numbers(piece, plain, start - low, end - low)
        at = plain.find("@", start - low, end - low)
        while at >= 0:
            first, last = max(0, at - 65), min(len(plain), at + 230)
            spans += [Span(*match.span(), "email") for match in _EMAIL.finditer(plain, first, last)]
            at = plain.find("@", max(at + 1, spans[-1].end if spans and spans[-1].kind == "email" else 0), end - low)
        found.extend(Span(span.start + low, span.end + low, span.kind) for span in spans)
    found.extend(_policy_numbers(text))
    found.extend(labelled_numbers(text, windows))
    found.extend(column_spans(text, people=False))
    return _without_overlaps([span for span in found if not (span.kind == "bank_account" and _is_sample(text, span))])


def _is_sample(text: str, span: Span) -> bool:
    """Whether an account is of zeros alone: it shows how one is written (口座番号 0000000)."""
    return not any(digit in "123456789" for digit in to_ascii(text[span.start : span.end]))


def find_personal_data(text: str) -> list[Span]:
    """The personal data in `text`, in order, without overlaps.

    Kinds: see `KINDS`. Bare digit runs are never taken: a My Number needs its check digit and its name before it, a card
    the Luhn digit, an account its word, a postal code 〒 or a place after it.
    """
    return find_in_windows(text, [(0, len(text))]) if text else []


def count_kinds(spans: Sequence[Span]) -> dict[str, int]:
    """How many spans of each kind, by name."""
    counts: dict[str, int] = {}
    for span in spans:
        counts[span.kind] = counts.get(span.kind, 0) + 1
    return dict(sorted(counts.items()))
