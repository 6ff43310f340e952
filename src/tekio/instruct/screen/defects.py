"""Defects known from public instruction sets: each a function of question, input and answer that returns what it found, or None.

After LAION-AI/Open-Assistant#2610, lm-sys/FastChat#3 and gururise/AlpacaDataCleaned: placeholders for a missing input, HTML
and buttons copied along with an answer, loops, answers to be written later, links alone, other languages, marks of chat
templates and special tokens, and tasks nobody can do from what is given.
"""

from __future__ import annotations

import re
from collections import Counter

from tekio.instruct.screen.patterns import beginning
from tekio.instruct.screen.repeats import repeats

KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_KANJI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORDS_OF_LANGUAGE = beginning(
    "英国人仏独露\u30a1-\u30ff何外別言語和中訳歌略綴つ関teSC",
    r"[英国人仏独露]語|[\u30a1-\u30ff]語|(?:何|外国|別の)言?語|言語で|英文|和文|中文|訳|translat|English|コード|プログラム|関数|SQL|コマンド|スクリプト|歌詞|アルファベット|略[語称]|綴|つづり",
    re.IGNORECASE,
)

# --- the input -----------------------------------------------------------------------------------------------------

_NO_INPUT = frozenset(
    ["noinput", "no input", "none", "n/a", "n.a.", "null", "nan", "nil", "なし", "無し", "入力なし", "入力無し", "特になし", "該当なし", "空欄", "空白", "空", "無", "未入力", "ブランク", "入力はありません", "入力はなし", "no input provided", "blank", "empty", "undefined", ""]
)  # fmt: skip


def placeholder_input(given: str) -> str | None:
    """An input that only says that there is none (`<noinput>`, 入力なし, N/A, -)."""
    bare = re.sub(r"^(?:入力|input)\s*[:：]\s*", "", given.strip(), flags=re.IGNORECASE)
    bare = bare.strip(" 　<>[]()（）［］「」【】。.-－ー―_＜＞《》〈〉≪≫『』{}｛｝\"'“”").casefold()
    return given.strip()[:40] if given.strip() and bare in _NO_INPUT else None


def without_placeholder_lines(question: str) -> str:
    """A question without lines that only say that there is no input (「入力：なし」 below the instruction)."""
    lines = question.splitlines()
    kept = (
        [lines[0], *(line for line in lines[1:] if not (re.search(r"\w", line) and placeholder_input(line)))]
        if lines
        else []
    )
    return "\n".join(kept).strip() if len(kept) < len(lines) else question


# --- the answer ----------------------------------------------------------------------------------------------------

_SAYS = re.compile(r"[\w○◯〇×✕◎△▲▽▼□■◇◆●☆★✓✔%％‰±+＋∞√→←↑↓=＝<>＜＞¥￥$＄€£℃]")


def empty_answer(answer: str) -> str | None:
    """An answer of punctuation alone."""
    return None if _SAYS.search(answer) else answer.strip()[:40]


_TAG = beginning(
    "<&",
    r"</?(?:br|div|span|strong|em|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|h[1-6]|img|font|pre|code|script|style|section|article|blockquote|center|hr|button|label|iframe|sup|sub|small|nav|header|footer)(?:\s[^<>]*)?/?>"
    r"|</?(?-i:[pabiu])(?:\s+[a-z-]+=[^<>]*)?>|<!--|&(?:nbsp|lt|gt|amp|quot|apos|copy|yen|#[0-9]{2,5}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)
_ABOUT_MARKUP = re.compile(
    r"HTML|XML|タグ|マークアップ|コード|ウェブページを|Webページを|React|JavaScript|CSS", re.IGNORECASE
)


def html(question: str, answer: str) -> str | None:
    """Tags, comments and entities of HTML where nobody asked for them."""
    found = _TAG.search(answer) or _TAG.search(question)
    if found is None or _ABOUT_MARKUP.search(question) or "```" in answer:
        return None
    return found[0][:60]


_BUTTON = re.compile(
    r"^\s*(?:[a-z+#]{1,12}\s?)?(?:copy code|copy ?edit|コピーする(?:編集する)?|コードをコピー(?:する)?|regenerate(?: response)?|(?:回答を)?再生成(?:する)?|continue generating|stop generating|生成を(?:続ける|停止)|sharegpt|続きを(?:読む|見る)|もっと(?:見る|読む)|閉じる)\s*$"
    r"|(?<=[。.！!?？])\s?(?:copy code|コードをコピー(?:する)?)\s*\Z"
    r"|[。.！!]\s*[0-9]{1,2}\s/\s[0-9]{1,2}\s*\Z|\A(?:Sure|Certainly|Of course|Absolutely)[!,.]\s+(?=.*[\u3040-\u30ff])",
    re.IGNORECASE | re.MULTILINE,
)


# What a server or a script said where the answer should stand. The whole answer: a page may explain what 404 means.
_ERROR = re.compile(
    r"\s*(?:HTTP\s?)?(?:Error\s?:?\s*)?(?:[45]\d\d[\s:.-]*)?(?:Bad Gateway|Gateway Time-?out|Service (?:Temporarily )?Unavailable|Internal Server Error|Too Many Requests|Bad Request|Not Found"
    r"|Request timed out|Rate limit (?:reached|exceeded)|Connection (?:refused|reset|error|aborted)|Network Error|context_length_exceeded|An error occurred)[^\n\u3041-\u30ff\u4e00-\u9fff]{0,120}\s*"
    r"|\s*\[object \w+\]\s*|\s*#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)\s*|\s*Traceback \(most recent call last\):.*|\s*(?:エラー|通信エラー|内部エラー)が(?:発生|起き)(?:しました|ました)。?\s*",
    re.IGNORECASE | re.DOTALL,
)


def copied_interface(answer: str) -> str | None:
    """Words of buttons that were copied with an answer from a chat page, or a program's error instead of one."""
    found = _BUTTON.search(answer) or _ERROR.fullmatch(answer)
    return found[0].strip()[:40] if found else None


_ONE_CHARACTER = re.compile(r"([^\W_]|ー)\1{19,}")
_LONG_UNIT = re.compile(r"(.{10,80}?)\1{3,}", re.DOTALL)
_SHORT_UNIT = re.compile(r"(.{2,9}?)\1{4,}", re.DOTALL)
_ITEM = re.compile(r"^\s*(?:[0-9０-９]{1,3}[.)、．）:：]|[-*・●○])\s*")
_SENTENCES = re.compile(r"((?:[^。\n]{3,40}。){2,4})\1{2,}")
MIN_LOOP = 16


def loop(answer: str) -> str | None:
    """Words, sentences or lines that a model said again and again."""
    if len(answer) < MIN_LOOP:
        return None
    lines = [line for line in answer.splitlines() if line.strip()]
    if len(lines) >= 5:
        line, number = Counter(_ITEM.sub("", line).strip() for line in lines).most_common(1)[0]
        if number >= 5 and number > len(lines) / 2 and re.search(r"[^\W\d_]{2}", line):
            return line[:40]
    if repeats(answer, 1, 1, copies=20) and (one := _ONE_CHARACTER.search(answer)):
        return one[0][:40]
    if answer.count("。") >= 6 and repeats(answer, 8, 164, copies=3) and (said := _SENTENCES.search(answer)):
        return said[0][:40]
    patterns = [
        *([_SHORT_UNIT] if repeats(answer, 2, 9, copies=5) else ()),
        *([_LONG_UNIT] if repeats(answer, 10, 80, copies=4) else ()),
    ]
    if not patterns or len({answer[place : place + 3] for place in range(len(answer) - 2)}) > 0.7 * (len(answer) - 2):
        return None  # most of it is said once
    for pattern in patterns:
        for found in pattern.finditer(answer):
            if (
                len(found[0]) >= MIN_LOOP - 4
                and re.search(r"[^\W\d_]", found[1])
                and not set(found[1]) <= set("0,.| -")
            ):
                return found[0][:40]
    return None


_LATER = beginning(
    r"こ\[【(（<＜lサT",
    r"ここに[^。\n]{0,15}(?:入れ|記載|記入|入力|書[いかき]|入り|挿入|本文|回答|答え)|[\[【(（<＜](?:回答|答え|本文|内容)(?:を(?:入力|記入|記載|挿入)|欄|例)?[\]】)）>＞]"
    r"|\[(?:insert|enter|your)\b[^\]\n]*\]|<(?:insert|enter|your)\b[^<>\n]*>|lorem ipsum|(?:サンプルテキスト){2,}|\bTODO\b\s*[:：]"
    r"|\[(?:お?名前|氏名|会社名|社名|商品名|職種|役職|部署名?|学校名|日付|金額|住所|地名|場所|数値|URL)\]"
    r"|【(?:商品名|会社名|社名|氏名|名前|日付|金額|住所|地名|数値|URL)】",
    re.IGNORECASE,
)
_NOTHING_YET = re.compile(
    r"\s*(?:<?no ?input>?|to ?do|tbd|tba|x{3,}|後(?:で|ほど)(?:書く|記入|追記)[^。\n]{0,6}|(?:準備|作成|編集|工事|調整)中(?:です)?|未記入|(?:サンプル|ダミー|仮)テキスト"
    r"|[（(\[［【]?(?:(?:ご?回答|答え|解説|説明|本文|内容)[はをが、]?)?(?:準備|作成|執筆|検討|調査|確認|編集)中(?:です|につき、?.{0,12})?[)）\]］】]?"
    r"|[（(\[［【]?(?:(?:ご?回答|答え|解説|説明|本文|内容|以下|中身)[はをが、]?)?(?:省略|割愛|略|同上|未回答|回答待ち)(?:します|しました|いたします|です)?[)）\]］】]?)[。.…]*\s*",
    re.IGNORECASE,
)
_BLANKED = re.compile(
    r"([〇○◯△□×✕＊])\1+(?=[\u3040-\u30ff\u4e00-\u9fff])"
    r"|(?<![A-Za-zＡ-Ｚ])(?:XX|YY|ZZ|ＸＸ|ＹＹ)(?=(?:株式)?会社|銀行|信用|証券|保険|大学|[県市町村社店])"
)
_ASKS_FOR_A_FORM = re.compile(r"雛形|ひな形|ひながた|テンプレート|書式|文例|例文|定型文|穴埋め|後から入れ")


def placeholder(answer: str) -> str | None:
    """An answer that is still to be written."""
    if _NOTHING_YET.fullmatch(answer):
        return answer.strip()[:40]
    found = _LATER.search(answer) if len(answer) <= 200 else None
    return found[0][:40] if found else None


def blanked_name(question: str, answer: str) -> str | None:
    """Names written as 〇〇 or △△: an example for people, a habit no model should take up. A form that was asked for may."""
    if _ASKS_FOR_A_FORM.search(question):
        return None
    found = _BLANKED.search(answer)
    return found[0][:40] if found else None


_URL = re.compile(r"\[[^\]\n]*\]\([^)\s]*\)|(?:https?://|www\.)[^\s　、。）)」』]+")
_MAY_POINT = re.compile(r"https?://|www\.|\]\(|覧|参照|確認|して|こちら|[→⇒]|ページへ")
_POINTS = re.compile(
    r"[→⇒・●\s]*(?:(?:詳細|詳しく)は?、?)?[^。\n]{0,40}?(?:こちら|ページ|サイト|ホームページ|リンク先?|PDF|ファイル|「[^」\n]+」|『[^』\n]+』|Q\s?[0-9０-９]+|問[0-9０-９]+|前の質問|前問|別紙|資料|表|図)[^。\n]{0,20}?"
    r"(?:を|も|で|へ|から)?、?(?:ご覧|ご?参照|ご?確認)(?:して)?(?:ください|下さい|いただけます|願います|のこと)?"
    r"|[^。\n]{0,40}?(?:こちら|ページ|サイト|ホームページ|PDF|資料|用語集|一覧)(?:に|で)(?:掲載|記載|公開|公表|紹介|ご案内|説明)して(?:います|おります|あります|ございます)"
    r"|(?:詳細|詳しく)は?、?こちら[^。\n]{0,12}|[→⇒][^。\n]{1,30}|[^。\n]{1,30}の?ページへ|(?:こちら[ 、,]?)+(?:です)?"
)


_BRACKETED = re.compile(r"[（(][^（）()\n]*[）)]")


def links_only(answer: str) -> str | None:
    """An answer that only says where the answer stands."""
    if _MAY_POINT.search(answer) is None:
        return None
    bare = _URL.sub("こちら", answer)
    outside = _BRACKETED.sub(lambda match: "" if _POINTS.fullmatch(match[0][1:-1]) else match[0], bare)
    if re.search(r"\w", outside):  # what brackets point to is said besides
        bare = outside
    parts = [part.strip(" 　:：（）()") for part in re.split(r"[。\n]", bare)]
    parts = [part for part in parts if re.search(r"\w", part)]
    if all(_POINTS.fullmatch(part) for part in parts) and (parts or _URL.search(answer)):
        return answer.strip()[:60]
    return None


_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0590-\u06ff\u0900-\u0e7f\u1100-\u11ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
# Function words of Chinese, and old forms that Japanese texts without kana do not use.
_CHINESE = frozenset(
    "是的了您這這們们你他她它與於吗呢嗎啊吧没沒很也還还這那哪什麼麽個國區證發經濟來對說時會學讀關體變廣實當應點單險較權銀萬價賣買貨幣稅"
)
_NOT_CHINESE = frozenset("的他銀")
_LETTER = re.compile(r"[^\W\d_]")


def other_language(question: str, answer: str) -> str | None:
    """An answer in another language to a Japanese question that does not ask for one. Kanji alone are not yet Japanese."""
    if not KANA.search(question) or _WORDS_OF_LANGUAGE.search(question):
        return None
    for sentence in re.split("[。\n！？!?]", answer):  # one Chinese sentence among Japanese ones
        if KANA.search(sentence):
            continue
        kanji = _KANJI.findall(sentence)
        if len(kanji) >= 8 and sum(not _in_japanese_sets(one) for one in kanji) >= 3:
            return sentence.strip()[:40]
    kana = len(KANA.findall(answer))
    if kana > 0.05 * len(answer):
        return None
    letters = len(_LETTER.findall(answer))
    if letters < 4 or kana > 0.05 * letters:
        return None
    if len(_FOREIGN.findall(answer)) > 0.3 * letters:
        return answer.strip()[:40]
    kanji = _KANJI.findall(answer)
    if not kanji:
        return answer.strip()[:40] if len(_LATIN_WORD.findall(answer)) >= 5 else None
    foreign = sum(not _in_japanese_sets(character) for character in kanji)
    chinese = sum(character in _CHINESE for character in answer)
    telling = sum(character in _CHINESE and character not in _NOT_CHINESE for character in answer)
    return answer.strip()[:40] if len(kanji) >= 5 and (foreign >= 2 or (chinese >= 2 and telling >= 1)) else None


def _in_japanese_sets(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


# --- both ----------------------------------------------------------------------------------------------------------

_MARK = beginning(
    r"<\[#",
    r"<\|[^|<>\s]{1,40}\|>|<｜[^｜<>]{1,40}｜>|<[A-Za-z]{2,12}\|[^<>|\s]{1,20}>|</?(?:start_of_turn|end_of_turn|start_header_id|end_header_id|bos|eos|pad|unk|mask|sep|cls|s)>|<0x[0-9A-F]{2}>|<extra_id_[0-9]+>"
    r"|\[/?INST\]|\[(?:CLS|SEP|PAD|MASK|UNK)\]|<</?SYS>>"
    r"|^#{2,4}\s*(?:返答|応答|回答|出力|指示|入力|質問|Instruction|Input|Response|Output|Human|Assistant|System|User)\s*[:：]|^###\s*(?:Instruction|Input|Response|Human|Assistant|指示|入力|応答|返答)\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:^|(?<=\s))(ユーザー?|人間|User|Human|指示|質問|問|システム|アシスタント|AI|Assistant|Bot|GPT|出力|応答|返答|回答|答)[:：]",
    re.MULTILINE | re.IGNORECASE,
)
_ASKERS = frozenset(["ユーザー", "ユーザ", "人間", "user", "human", "指示"])
_ANSWERERS = frozenset(["システム", "アシスタント", "ai", "assistant", "bot", "gpt", "出力", "応答", "返答", "回答"])


# Normalization (NFKC, which many tokenizers begin with) makes ASCII of these. Not of ＃: headings of Japanese texts begin so.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != ord("＃")}


def template_mark(text: str, special_tokens: frozenset[str] = frozenset()) -> str | None:
    """A mark of any chat template or a special token, in full-width letters too; `special_tokens`: those of the base itself."""
    found = _MARK.search(text)
    if found is None and ("＜" in text or "［" in text):
        found = _MARK.search(text.translate(_WIDE))
    if found:
        return found[0][:60]
    return next((token for token in special_tokens if token in text), None)


_NEXT_PAIR = re.compile(r"\n[ \u3000]*[QＱ][0-9０-９]{0,2}[:：][^\n]*\n+[ \u3000]*[AＡ][0-9０-９]{0,2}[:：]")
_ASKS_FOR_PAIRS = re.compile(
    "Q ?[&＆] ?A|Ｑ ?[&＆] ?Ａ|質問|問答|対話|会話|FAQ|想定問|問題|クイズ|インタビュー", re.IGNORECASE
)


def plays_both(answer: str, question: str = "") -> str | None:
    """An answer that goes on with the next question and answers it."""
    if ":" not in answer and "：" not in answer:
        return None
    if (pair := _NEXT_PAIR.search(answer)) and not _ASKS_FOR_PAIRS.search(question):
        return pair[0].strip()[:40]
    roles = [match[1].casefold() for match in _ROLE.finditer(answer)]
    for place, role in enumerate(roles):
        if role in _ASKERS and any(later in _ANSWERERS for later in roles[place + 1 :]):
            return f"{role}: … {roles[-1]}:"
    return None


_MEDIA = "画像|写真|動画|音声|映像|イラスト|録音|スライド"
_NOT_THERE = beginning(
    "次こ上下以添左右画写動音映イ録スグ図今現い本明私わ僕自先さ",
    rf"(?:次|この|上|下|以下|添付|上記|下記|左|右)の?(?:{_MEDIA}|図(?!書)|ファイル|PDF|グラフ)(?:を|の|に|から|で|は)|(?:{_MEDIA})に(?:写って|映って)"
    rf"|(?:グラフ|図|{_MEDIA})を(?:描い|作成し|生成し|作っ)て"
    r"|(?:今日|現在|いま|今|本日|明日)の?[^。?？、\n]{0,12}(?:天気|気温|株価|為替レート|ニュース)(?:は|を|の予報|について)|(?:今|いま|現在)、?(?:は)?何時"
    rf"|(?:先ほど|さっき|先日)の(?:{_MEDIA}|図(?!書)|ファイル|PDF|グラフ|資料|表)(?:を|の|に|から|で|は)"
    r"|(?:先ほど|さっき|先日)(?:お?送り?(?:っ|し)|添付し|渡し|見せ)た|添付した"
    r"|(?:私|わたし|僕|自分)の[^。\n]{0,10}(?:残高|予定|メール|パスワード|履歴|名前|口座番号)(?:を|は|が)[^。\n]{0,4}(?:教え|いくら|何|どこ)",
)
_MISSING_TEXT = re.compile(
    r"\s*(?:次|以下|下記|上記|この|これら)の(?:文章?|英文|テキスト|記事|文書|会話|本文|段落|リスト|表|データ)(?:を|から|の|に)[^。\n]{0,40}[。.]?\s*"
)
_LINKED_TEXT = re.compile(r"(?:URL|リンク|記事|ページ|サイト)[^。\n]{0,15}(?:要約|まとめ|翻訳|説明|読)")


def impossible_task(question: str, given: str, *, first: bool) -> str | None:
    """A task about something that is not there: a picture, the weather of today, a text that was not given.

    first: nothing was said before it, so the text cannot stand in an earlier turn.
    """
    if given.strip() or not first:
        return None
    question = without_placeholder_lines(question)
    if "|" in question or "```" in question or question.count("\n") >= 3:
        return None  # the table or the text stands in the question
    found = _NOT_THERE.search(question)
    if found:
        return found[0][:60]
    if _MISSING_TEXT.fullmatch(question) or (_URL.search(question) and _LINKED_TEXT.search(question)):
        return question.strip()[:60]
    return None
