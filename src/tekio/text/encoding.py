"""Bytes to text: a deterministic ladder that never guesses silently and never replaces what it cannot read.

byte order mark, or `<` in UTF-16 -> ISO-2022-JP (escape sequences) -> declared charset -> UTF-8 -> EUC-JP or CP932 by the evidence of kana -> refusal.

Statistical detectors call short Japanese text Big5 or CP949; the rules here use what is true of Japanese only. Shift_JIS
is always read as CP932, and EUC-JP with the same character table (as the WHATWG Encoding Standard does), because the
strict tables turn ～ and － into other characters and fail on ① and ㈱.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tekio.text.encoding_labels import WESTERN, encoding_of_label, windows_1252
from tekio.text.half_width import HALF_BAD, HALF_RUN, HALF_START, few_half_width, half_width_words, may_be_half_width
from tekio.text.unreadable import UnreadableError
from tekio.text.wide_encoding import later_iso_2022_jp, without_mark

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_KANA = re.compile("[ぁ-んァ-ヶ]")
_ISO_2022_ESCAPE = re.compile(rb"\x1b(?:\$[@B(]|\([JI])|\x0e[\x21-\x5f ]{1,200}\x0f")
_WIDER = str.maketrans("〜‖−¢£¬¦", "～∥－￠￡￢￤")  # JIS X 0208 as CP932 maps it
_EUC_UNIT = re.compile(rb"\x8f[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|[\xa1-\xfe]{2}|[\x00-\x7f]+|.", re.DOTALL)

_NO_CHARSETS = frozenset(("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"))

_HANGUL = re.compile("[\uac00-\ud7a3]")
FEW = 8
"""Letters beyond ASCII that may be two encodings by chance; each is one to three bytes more in UTF-8."""
SAMPLE = 1_024
"""Characters beyond ASCII that are looked at to tell EUC-JP from CP932."""


@dataclass(frozen=True)
class Decoded:
    """Text and how it was read. `declared_wrong`: the declared charset did not fit the bytes."""

    text: str
    encoding: str
    declared_wrong: bool = False


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """Text of `raw`. `declared`: charset from a header, a meta element or the recipe; tried first, not trusted.

    Raises `UnreadableError` with reason `binary`, `broken_encoding` (nothing fits) or `ambiguous_encoding` (two readings
    are equally good).
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            try:
                return Decoded(raw[len(mark) :].decode(name), name)
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    "broken_encoding", {"encoding": name, "byte": error.start + len(mark), "bytes": len(raw)}
                ) from error
    if name := _utf_16_of_markup(raw):
        try:
            return Decoded(raw.decode(name), name)
        except UnicodeDecodeError as error:
            raise UnreadableError(
                "broken_encoding", {"encoding": name, "byte": error.start, "bytes": len(raw)}
            ) from error
    wrong = False
    # Escape sequences are pure ASCII, so every declared charset would "fit" and leave them in the text.
    if (escape := _ISO_2022_ESCAPE.search(raw)) and (raw.isascii() or not _is_utf8(raw)):
        escaped = _iso_2022_jp(raw) or later_iso_2022_jp(raw)
        if escaped is not None:
            return Decoded(escaped, "iso-2022-jp", bool(declared) and canonical_name(declared or "") != "iso-2022-jp")
        if raw.isascii():  # any other reading would take `$B7oL>` for text
            raise UnreadableError(
                "broken_encoding", {"encoding": "iso-2022-jp", "byte": escape.start(), "bytes": len(raw)}
            )
    if declared:
        text = _decode_as(raw, declared) if _is_charset(declared) else None
        if text is not None and canonical_name(declared) in WESTERN and not raw.isascii():
            text = None if _is_japanese(raw) else text  # a page of a Japanese site whose server was set up abroad
        if text is not None:
            return Decoded(text, canonical_name(declared))
        wrong = True
    if b"\0" in raw:
        if (found := without_mark(raw)) is not None:
            return Decoded(*found, wrong)
        raise UnreadableError("binary", {"byte": raw.index(b"\0"), "bytes": len(raw)})
    try:
        text = raw.decode("utf-8")
        if may_be_half_width(text) and (kana := half_width_words(_strict("cp932")(raw))):
            return Decoded(kana, "cp932", wrong)
        _refuse_chance(text, raw)
        return Decoded(text, "utf-8", wrong)
    except UnicodeDecodeError as error:
        utf8_error = error
    if (found := without_mark(raw)) is not None:  # without a line feed or a digit there is no zero byte
        return Decoded(*found, wrong)
    text, name = _euc_or_cp932(raw, utf8_error)
    return Decoded(text, name, wrong)


def _refuse_chance(text: str, raw: bytes) -> None:
    """Refuse a few letters that are Hangul in UTF-8 and Japanese in CP932 (﨑～: 핁`): nothing tells which. Raises `UnreadableError`."""
    if len(raw) - len(text) >= 3 * FEW or _HANGUL.search(text) is None:
        return
    other = _strict("cp932")(raw)
    if other is not None:
        raise UnreadableError("ambiguous_encoding", {"bytes": len(raw), "utf-8": text[:FEW], "cp932": other[:FEW]})


def _utf_16_of_markup(raw: bytes) -> str | None:
    """UTF-16 without a byte order mark, told by the `<` that markup begins with (XML 1.0 appendix F)."""
    head = raw[:64].lstrip(b" \t\r\n\0") if raw[:1] in b" \t\r\n\0" else raw[:64]
    start = raw.find(b"<", 0, 64)
    if start < 0 or not head or len(raw) < 8:
        return None
    if start % 2 == 0 and raw[start + 1 : start + 2] == b"\0" and raw[start + 3 : start + 4] == b"\0":
        return "utf-16-le"
    if start % 2 == 1 and raw[start - 1 : start] == b"\0" and raw[start + 1 : start + 2] == b"\0":
        return "utf-16-be"
    return None


def _is_japanese(raw: bytes) -> bool:
    """Whether bytes beyond ASCII are UTF-8, or clearly Japanese in EUC-JP or CP932."""
    if _is_utf8(raw):
        return True
    wide = sum(1 for byte in raw[: 64 * SAMPLE] if byte >= 0x80)
    for reading in (_euc_jp(raw), _strict("cp932")(raw)):
        if reading is not None and wide >= 8 and _japanese_score(reading) >= 0.4 and _KANA.search(reading):
            return True
    return False


def _is_charset(declared: str) -> bool:
    """Whether a name may be a document's charset: Python's codecs that are none (punycode takes quadratic time) are not."""
    return "\0" not in declared and canonical_name(declared).replace("_", "-") not in _NO_CHARSETS


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _strict(name: str) -> Callable[[bytes], str | None]:
    def read(raw: bytes) -> str | None:
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            return None

    return read


def encoding_of_lines(head: bytes, declared: str | None = None) -> str:
    """The encoding of a file of lines, by its beginning (which may end within a character). A broken line among good UTF-8
    ones does not decide. Raises `UnreadableError` as `decode` does.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    whole = head[: head.rfind(b"\n") + 1] or head
    failure: UnreadableError | None = None
    for cut in range(4):
        try:
            return decode(whole[: len(whole) - cut], declared).encoding
        except UnreadableError as error:
            failure = failure or error
            if whole.endswith(b"\n"):
                break
    wide = [line for line in whole.split(b"\n") if not line.isascii()]
    good = sum(1 for line in wide if _is_utf8(line))
    if b"\0" in whole or 2 * good <= len(wide):
        raise failure or UnreadableError("broken_encoding", {"bytes": len(whole)})
    return "utf-8"


def canonical_name(name: str) -> str:
    """The name Tekio writes for an encoding: `cp932`, `euc-jp`, `iso-2022-jp`, `windows-1252`, else Python's name."""
    return encoding_of_label(name)


def _decode_as(raw: bytes, declared: str) -> str | None:
    name = canonical_name(declared)
    if name == "euc-jp":
        return _euc_jp(raw)
    if name == "iso-2022-jp":
        return _iso_2022_jp(raw)
    if name == "windows-1252":
        return None if b"\0" in raw else windows_1252(raw)
    if name in ("replacement", "x-user-defined"):
        return None
    try:
        return raw.decode(name)  # `bytes.decode` refuses codecs that are not text encodings (hex, zlib)
    except (LookupError, UnicodeError, ValueError):
        return None


LINE_SAFE: dict[str, Callable[[bytes], str | None]] = {
    "utf-8": _strict("utf-8"),
    "ascii": _strict("utf-8"),
    "cp932": _strict("cp932"),
    "euc-jp": lambda raw: _euc_jp(raw),
}
"""Encodings in which a line feed is never part of another character, with strict readers; None: not in that encoding."""


def _jis_pair(row: int, cell: int) -> str | None:
    """The character at a row and cell (1-94) of JIS X 0208 with CP932's vendor characters."""
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    trail = (cell + (0x3F if cell <= 63 else 0x40)) if row % 2 else cell + 0x9E
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return None


@cache
def _ibm_rows() -> str:
    """The characters of eucJP-ms at 8F F3 F3 to 8F F4 FE, in order: IBM's that JIS X 0212 has not."""
    kanji = "".join(
        char for char in _pairs(range(0xFA, 0xFD)) if "\u4e00" <= char <= "\ufaff" and _supplementary(char) is None
    )
    return "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ＇＂㈱№℡" + kanji


def _supplementary(character: str) -> bytes | None:
    try:
        return character.encode("euc_jp")
    except UnicodeEncodeError:
        return None


def _three_bytes(unit: bytes) -> str | None:
    """A character of JIS X 0212, or of IBM's rows behind it."""
    place = unit[2] - 0xF3 if unit[1] == 0xF3 else 12 + unit[2] - 0xA1 if unit[1] == 0xF4 else -1
    if unit[1] in (0xF3, 0xF4) and 0 <= place < len(_ibm_rows()):
        return _ibm_rows()[place]
    try:
        return unit.decode("euc_jp").translate(_WIDER)
    except UnicodeDecodeError:
        return None


def _euc_jp(raw: bytes) -> str | None:
    """EUC-JP with CP932's table; None when some byte has no reading."""
    try:
        return raw.decode("euc_jp").translate(_WIDER)
    except UnicodeDecodeError:
        pass
    pieces: list[str] = []
    for match in _EUC_UNIT.finditer(raw):
        unit = match[0]
        if unit.isascii():
            pieces.append(unit.decode("ascii"))
            continue
        if len(unit) == 2 and unit[0] != 0x8E:
            piece = _jis_pair(unit[0] - 0xA0, unit[1] - 0xA0)
        elif len(unit) == 3:
            piece = _three_bytes(unit)
        else:
            try:
                piece = unit.decode("euc_jp")
            except UnicodeDecodeError:
                piece = None
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


_JIS_SETS = {  # what an escape sequence switches to
    b"(B": "ascii",
    b"(J": "roman",
    b"(I": "kana",
    b"$@": "double",
    b"$B": "double",
    b"$(D": "supplement",
    b"&@": "same",  # announces the 1990 edition of the set that follows
}
_JIS_TOKEN = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\(D|&@)|\r|\n|\x0e|\x0f")
_ROMAN = {0x5C: "¥", 0x7E: "‾"}
_KANA_LEAD = 0xFF61 - 0x21


def _iso_2022_jp(raw: bytes) -> str | None:
    """ISO-2022-JP as mail programs write it: vendor characters (①, ㈱) in two-byte runs, half-width kana by `ESC ( I`, by
    shift-out, or as bytes with the high bit set. A line ends every run. None when some byte has no reading.
    """
    pieces: list[str] = []
    mode, shifted, position = "ascii", False, 0
    for match in [*_JIS_TOKEN.finditer(raw), None]:
        run = raw[position : match.start() if match else len(raw)]
        text = _jis_run(run, "kana" if shifted else mode)
        if text is None:
            return None
        pieces.append(text)
        if match is None:
            break
        position = match.end()
        token = match[0]
        if token in (b"\r", b"\n"):
            pieces.append(token.decode("ascii"))
            mode, shifted = "ascii", False
        elif token in (b"\x0e", b"\x0f"):
            shifted = token == b"\x0e"
        else:
            following = _JIS_SETS[match[1]]
            mode = mode if following == "same" else following
    return "".join(pieces)


def _jis_run(run: bytes, mode: str) -> str | None:
    """One run of a set; None when a byte is not of it."""
    if b"\x1b" in run:
        return None
    if mode == "kana":
        good = all(0x21 <= byte & 0x7F <= 0x5F or byte == 0x20 for byte in run)
        return "".join(" " if byte == 0x20 else chr(_KANA_LEAD + (byte & 0x7F)) for byte in run) if good else None
    if mode in ("double", "supplement"):
        if len(run) % 2 or any(not 0x21 <= byte <= 0x7E for byte in run):
            return None
        pairs = zip(run[::2], run[1::2], strict=True)
        pieces = [
            _jis_pair(lead - 0x20, trail - 0x20) if mode == "double" else _supplement(lead, trail)
            for lead, trail in pairs
        ]
        return None if None in pieces else "".join(piece for piece in pieces if piece is not None)
    found: list[str] = []
    for byte in run:
        if 0xA1 <= byte <= 0xDF:
            found.append(chr(0xFF61 + byte - 0xA1))
        elif byte >= 0x80:
            return None
        else:
            found.append(_ROMAN.get(byte, chr(byte)) if mode == "roman" else chr(byte))
    return "".join(found)


def _supplement(lead: int, trail: int) -> str | None:
    """A character of JIS X 0212."""
    try:
        return bytes((0x8F, lead | 0x80, trail | 0x80)).decode("euc_jp")
    except UnicodeDecodeError:
        return None


_FREQUENT = frozenset(
    # The thousand kanji that are most frequent in Japanese news, tax, law and company texts: 99.4 % of their kanji.
    "一万三上下不与世両並中主久乗九乱了予争事二互五井亡交京人今介仕他付代令以仲件任企休会伝伴伸似位低住体"
    "何余作併使例供依価侵便係促保信修倉個倍倒候借値停健側偶備催債傾僅働像儀億償優元充兆先光免党入全公共兵"
    "具内円再冬冷凍処出分切列初判別利到制刷券刻則削前剤副割創力加助努労効動勘務勝募勢勤化北区医十千午半卒"
    "協南単占印危即却卸厚原厳去参又及反収取受口古可台右号司各合同名向否含告周味呼命和品員商問善営器四回因"
    "団困囲図固国圏園土圧在地均型域基堅報場境増壊士声売変夏夕外多夜大天太夫央失契女好始委姿婚婦媒嫁子字存"
    "季学宅守安完官定宝実客宣室宮害宴家容宿寄密富寒寝察審対専将導小少就局居届屋展属層山岡岸島川州巡巣工左"
    "差己巻市布希席帯帰帳常幅干平年幹庁広底店府度座庫庭康廃延建弁式引弱張強当形影役往待律後徐従得復微徴心"
    "必志忘忙応念思急性恐恩息恵悩悪情想意感態慎慢慣慮憲懸成我戒戦戸戻房所手打払扱批承技把抑投抗折抜択押担"
    "拠拡括持指挙振捕捗据掛採接控推措掲提換握援損携摘撃撤支改攻放政故教散数整敷文料断新方施旅族既日旧旨早"
    "旬昇明映春昨昭昼時普景暇暑暖暗暮曜更書替最月有服望朝期木未末本札材村束条来東松板林果柄染査校株根格案"
    "梅械棄森検業極楽概構様標模権横橋機欄欠次欧欲歓止正武歩歯歳死残段殺毎比氏民気水求決沈沖油治況泉泊法波"
    "注洋洗活派流海消深混添清済渉減渡温測港湾満源準滅滞激濯火災点為無然照熱燃爆版物特状独猛献猶獲率現球理"
    "環生産用田由甲申男町画界留略番異畿疑疲病症療発登白百的皆盆益盛盟監盤目直相省県真着知短石研破確礎示礼"
    "社祉祝神票祭禁禍福私秋科租称移程税種稼稿積究空窯立章端競第等答策算管節範築簿籍籠米粛粧精系約納純紙級"
    "素索細紳紹終組経結絡給統絶継続維緊総線締編緩縄縮績繁繊織繰置署美群義翌習考者耐聞職肉育背能脱臣臨自至"
    "致興舗航般船良色花芳若苦英茶荷菓菜華落葉著葬蔵薄薬融衆行術街衛衣表袋被裁装裕補製複西要見規視覚親観解"
    "触言訂計討託記訪設許訳訴証評試話該誌認語説読課調談請論諸識警議譲護象負財貢貨販責貴買貸費賃資賛賞質購"
    "贈赤走起超越足路踏身車軍軒転軽較載輪輸辞農辺込迎近返迫述迷追退送逆透途通速造連逮週進遅遊運過道達違遠"
    "遣適選遺避還邦郊部都配酒釈重野量金針鈍鉄銀銭鋼録鎖鑑長門閉開閑間関閣阪防附降限院除陰陸険隊階際障隣集"
    "雇雑離難雨雪雰電需震青静非面革靴韓響頃項順預領頭頻頼題額顕類顧额風食飲飾養館首馬駄駅駆駐験騰高魚鮮齢"
)


def is_frequent(character: str) -> bool:
    """Whether a character is kana or a frequent kanji."""
    return "\u3041" <= character <= "\u30ff" or character in _FREQUENT


def _pairs(leads: range) -> str:
    """The characters of CP932 at two bytes with these leads."""
    return b"".join(bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFD) if trail != 0x7F).decode(
        "cp932", "ignore"
    )


_SIGNS = frozenset("　〒々〇ー―‐￤ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ○●◎△▲▽▼□■◇◆☆★※→←↑↓×÷±℃￠￡￢￣￥∥…‥" + _pairs(range(0x87, 0x88)))
"""Signs of Japanese text, with NEC's row 13: ① Ⅰ ㈱ ㍻ ㎡ № ℡."""
_VENDOR = frozenset(_pairs(range(0xFA, 0xFD)))
"""IBM's kanji, of names above all: 髙 﨑 德."""


def _half_width_value(run: str, neighbours: str, plain_value: float) -> float:
    """Whether a run of half-width kana is words of its own: `plain_value` a character, else -1."""
    punctuation = sum(1 for character in run if character <= "\uff65")
    kanji_at_both_ends = len(neighbours) == 2 and all("\u4e00" <= character <= "\u9fff" for character in neighbours)
    abbreviated = len(run) == 1 and not neighbours.isalnum() and ("(" in neighbours or ")" in neighbours)  # ｶ)
    plain = abbreviated or (
        len(run) >= 2
        and 3 * punctuation <= len(run)
        and not HALF_BAD.search(run)
        and not HALF_START.match(run)
        and not (kanji_at_both_ends and len(run) < 4)
    )
    return plain_value if plain else -1.0


def _japanese_score(text: str) -> float:
    """How much `text` looks like Japanese, -1 to 1: kana and frequent kanji for it; stray half-width kana, rare kanji,
    private characters and other alphabets against.
    """
    value, count = 0.0, 0
    sample = text[: 256 * SAMPLE]
    half: dict[int, float] = {}
    # A few half-width kana are as likely to be two or three kanji in EUC-JP; many are not.
    plain_value = 0.5 if sum(map(len, HALF_RUN.findall(sample))) >= 8 else 0.3
    for match in HALF_RUN.finditer(sample):
        around = sample[max(match.start() - 1, 0) : match.start()] + sample[match.end() : match.end() + 1]
        half[match.start()] = _half_width_value(match[0], around, plain_value)
    standing = 0.0
    for place, character in enumerate(sample):
        code = ord(character)
        if code < 0x80:
            if code < 0x20 and character not in "\t\n\r\f":
                value, count = value - 1, count + 1
            continue
        count += 1
        if 0xFF61 <= code <= 0xFF9F:
            standing = half.get(place, standing)
            value += standing
        elif 0x3041 <= code <= 0x30FF or character in "、。「」（）・":
            value += 1
        elif character in _VENDOR:
            value += 0.1
        elif 0xE000 <= code <= 0xF8FF or code < 0x0500:
            value -= 1
        elif 0x4E00 <= code <= 0x9FFF:
            value += 0.8 if character in _FREQUENT else 0.1 if _is_level_1(character) else -0.6
        elif 0xFF01 <= code <= 0xFF5E or character in _SIGNS:
            value += 0.3
        elif 0x2500 <= code <= 0x257F:
            value -= 0.3
        if count >= SAMPLE:
            break
    return value / count if count else 0.0


def _is_level_1(character: str) -> bool:
    """Whether a kanji is of JIS level 1 (rows 16-47): nearly all kanji of ordinary text."""
    try:
        lead = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(lead) == 2 and 0xB0 <= lead[0] <= 0xCF


def _euc_or_cp932(raw: bytes, utf8_error: UnicodeDecodeError) -> tuple[str, str]:
    texts = {"euc-jp": _euc_jp(raw), "cp932": _strict("cp932")(raw)}
    known = [(_japanese_score(text), text, name) for name, text in texts.items() if text is not None]
    readings = sorted(known, key=lambda reading: reading[0], reverse=True)
    place: dict[str, object] = {"byte": utf8_error.start, "bytes": len(raw)}
    if not readings:
        raise UnreadableError("broken_encoding", place)
    best = readings[0]
    if best[0] <= 0:  # valid byte pairs, but not Japanese: broken UTF-8 or another legacy encoding
        raise UnreadableError("broken_encoding", place | {best[2]: round(best[0], 3)})
    kana = len(readings) > 1 and half_width_words(texts["euc-jp"])  # in CP932 kanji of one row: ﾌﾘｺﾐ is 捨借室社
    if kana and not (few_half_width(kana) and best[2] == "cp932" and best[0] >= 0.6):
        return kana, "euc-jp"
    few = few_half_width(texts["cp932"] or "") and (best[2] == "cp932" or best[0] < 0.6)
    if len(readings) > 1 and (kana or few or best[0] - readings[1][0] < 0.1):
        raise UnreadableError("ambiguous_encoding", place | {name: round(score, 3) for score, _, name in readings})
    return best[1], best[2]
