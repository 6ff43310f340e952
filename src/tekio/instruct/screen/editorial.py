"""What JaFIn's authors did by hand, as rules: found and shown, rewritten or dropped, as the recipe says.

Their rules: name what refers to itself (当局, 当サイト), leave out procedures and forms, leave out references to figures
and tables. And what they could not know: content that is out of date (`superseded.yaml`).
"""

from __future__ import annotations

import re
from typing import Any

from tekio.instruct.candidate import Row
from tekio.instruct.screen.patterns import beginning
from tekio.instruct.screen.superseded import find_superseded, names_a_rule
from tekio.recipe.instruct import EditorialConfig

_PLACE = "サイト|ホームページ|ウェブサイト|ウェブページ|ページ|FAQ|Q&A|コーナー|アプリ|質問集|質疑応答集|問答集"  # what is read
_SELF = beginning(
    "当本こ弊小我私わ",
    # 担当, 配当, 該当 ... are words of their own, and so are 当行為, 当会計年度, 当社債, 当市場 ...
    r"(?<![担配該相適充抵正手本弁見日不妥割])当(?:局(?!面)|庁|省(?!略)|行(?!為|使|動)|社(?!債|員)|店(?!頭)|院|校|県|署(?!名)|機構|協会|組合|連合会|連盟|財団|基金|金庫"
    r"|会(?!計|議|期|員|場)|所(?!得|有|在|定|管|持)|課(?!税|題|程|金)|室|市(?!場|況)|センター|事務所|取引所|研究所|委員会|法人|グループ|ファンド|部門|"
    + _PLACE
    + r")"
    r"|(?<![\u4e00-\u9fff])本(?:協会|会(?!社|議|計|場|員|期)|行(?!為|使|動|政|[いうっわ])|機構|法人|財団|基金|金庫|組合|連合会|センター|"
    + _PLACE
    + r")"
    r"|この(?:"
    + _PLACE
    + r"|記事|コラム|連載|特集)|弊[社行庫会所店誌紙]|小社|[我わ]が[社行]|当方|わたくしども|私ども|我々|われわれ",
)
_READ = re.compile(_PLACE)
_SELF_ASKED = beginning(
    "当本こ", rf"当(?:局(?!面)|庁|省(?!略)|{_PLACE})|(?<![\u4e00-\u9fff])本(?:{_PLACE})|この(?:{_PLACE})"
)
"""What a question may say of the page; 当社 in a question is the one who asks."""
_ASK = r"(?:ください|下さい|くださ|願います|お願い|いただく|いただき)"
_PAPER = r"(?:申請書|申告書|届出?書?|請求書|申込書|申出書|書類|書面|証明書|写し|様式|用紙|返信用封筒|通帳|印鑑|カード)"
_PROCEDURE = beginning(
    "申届請書証写様用返通印カおご連相手窓必提添ボメリアロ記送入クタ平月こ」』画A払振",
    rf"{_PAPER}[^。\n]{{0,30}}(?:提出|送付|送信|郵送|返送|ご?記入|添付|同封|持参|お持ち|ご?用意|押印|ダウンロード)[^。\n]{{0,20}}(?:{_ASK}|でき|必要|なければ)"
    rf"|{_PAPER}は[^。\n]{{0,10}}(?:作成|保管)し[^。\n]{{0,20}}{_ASK}"
    rf"|(?:お問い?合わ?せ|お電話|ご?連絡|ご?相談|お申し?込み?|お申し?出|お越し|ご来[店所])(?:{_ASK}|先は|は[^。\n]{{0,12}}(?:まで|へ))"
    rf"|手続き?[^。\n]{{0,25}}{_ASK}|手続き?(?:に|の際)は[^。\n]{{0,25}}(?:お持ち|必要|ご用意)"
    rf"|窓口(?:にて|まで|へ|で)[^。\n]{{0,20}}(?:{_ASK}|お越し|払い込|受け付け)"
    r"|(?:必要な?|提出|添付する|お持ちいただく)書類(?:は|として)|(?:申込み?|請求|申請|届出)は[^。\n]{0,25}(?:受け付けて|受付)"
    r"|(?:ボタン|メニュー|リンク|アイコン)を[^。\n]{0,10}(?:押|クリック|タップ|選)|ログイン(?:後|し、|して)[^。\n]{0,30}(?:選|クリック|入力|押)"
    rf"|(?:記載例|記入例|手引き?)を[^。\n]{{0,12}}(?:ながら|参考に)|(?:送信|記入|入力|クリック|タップ)して{_ASK}"
    r"|(?:平日|月曜日?から金曜日?)[^。\n]{0,12}[0-9０-９]{1,2}時|こちら(?:から|を)(?:クリック|ご覧|ダウンロード)"
    r"|[」』]を[^。\n]{0,8}(?:押|選択|選[びんぶべ]|タップ|クリック)|(?:画面|アプリ|ATM)[^。\n]{0,40}(?:入力し|入れて|挿入し|選択し|選び|起動し)"
    rf"|(?:払込|振込)(?:取扱)?票[^。\n]{{0,30}}(?:払い込|振り込|{_ASK})",
)
_FIGURE = beginning(
    "下上次左右以別前後図表資写参赤青緑太網画本0-9０-９(（問QＱ",
    r"(?<![\u4e00-\u9fff])(?:下|上|次|左|右|以下|上記|下記|別|上掲|前掲|後掲|次頁)の?(?:図(?!書|る|り|ら|っ)表?|表(?![題現面示明記情彰決])|グラフ|画面|画像|写真|イメージ|イラスト|リンク|欄|チャート|早見表|一覧表?)"
    r"|(?<![発代公地意])(?:図表?|表|別紙|別表|別図|資料|写真|参考図)\s*(?:[0-9０-９①-⑳]|[一二三四五六七八九十](?![\u4e00-\u9fff]))|別表第|別添|参考図|[赤青緑太]枠|網掛け"
    r"|(?:画面|図|表)の(?:とおり|通り)|[0-9０-９]+[図表]|参照(?:ください|して)|[(（](?:[上下]記|[前後]述)を?参照[)）]"
    r"|(?:前|次|後|本)[章節](?:で|に|を)[^。\n]{0,6}(?:述べ|説明|触れ|参照|見)"
    r"|(?:問|Q|Ｑ)\s*[0-9０-９]{1,3}(?:[-－―‐−の][0-9０-９]{1,3})?[】〕」)）]?[^。\n]{0,6}(?:を|も)(?:併せて)?[ご御]?(?:覧|参照)",
)
_ANNOUNCES = re.compile(r"(?:次|以下|下記)の?(?:とおり|通り|ように)[^。\n]{0,25}(?:ます|です|ません|である|[ぁ-ん]る)$")
_LONGEST_ANNOUNCEMENT = 200


def _announcement(text: str) -> int:
    """Where the last sentence begins, if it announces something that does not follow (a picture, a table); else -1."""
    end = len(text.rstrip("。：: \u3000\n"))
    begin = max(text.rfind("。", 0, end), text.rfind("\n", 0, end)) + 1
    if end - begin > _LONGEST_ANNOUNCEMENT or not _ANNOUNCES.search(text, begin, end):
        return -1
    return begin


_FRAGMENT = re.compile(
    r"^(?:と(?:なり|なる|おり)|のとおり|として|について)[^\n]{0,25}$|^[《【〈\[（(][^\n]{1,12}[》】〉\]）)]\s*\Z",
    re.MULTILINE,
)
"""What is left of a sentence around a picture."""
_PARENTHESIS = re.compile(r"[（(][^（）()\n]{1,80}[）)]")
_CHANGING = beginning(
    "現本今直足終0-9０-９キ預ロ貸令平手保年掛賃料最他自加固変",
    r"(?:現在の?|本日の?|今の?|直近の?|足元の?)[^。\n]{0,20}(?:金利|利率|利回り|レート|価格|株価|手数料)[^。\n]{0,12}[0-9０-９]|終値は[^。\n]{0,6}[0-9０-９]"
    r"|[0-9０-９]+月[0-9０-９]+日(?:\([^)\n]*\))?まで(?:の|に)[^。\n]{0,12}(?:申し?込|契約|入金|キャンペーン|特典)|キャンペーン[^。\n]{0,30}[0-9０-９]"
    r"|[0-9０-９]+月[0-9０-９]+日まで[^。\n]{0,30}(?:進呈|プレゼント|キャッシュバック|還元|もれなく|特典)|(?:固定|変動)(?:金利)?(?:は|で)[^。\n]{0,4}[0-9０-９.．]+\s?[%％]"
    r"|[1１]\s?(?:米|豪|カナダ)?(?:ドル|ユーロ|ポンド|元)(?:は|=|＝)[^。\n]{0,6}[0-9０-９.]+円|(?:預金|ローン|貸出)の?金利は[^。\n]{0,10}[0-9０-９]"
    r"|(?:令和|平成)[0-9０-９元]+年度?(?:は|の[^。\n]{0,12}は)[^。\n]{0,10}[0-9０-９,，]+円|20[0-9]{2}年度(?:は|の[^。\n]{0,12}は)[^。\n]{0,10}[0-9０-９,，]+円"
    r"|(?:手数料|保険料|年会費|掛金|賃金|料金)(?:の額)?は[^。\n]{0,20}[0-9０-９,，]+円|(?:手数料|最低賃金|保険料)[^。\n]{0,30}[0-9０-９,，]+円"
    r"|(?:他行|自行|本支店)[^。\n]{0,20}[0-9０-９,，]+円|加重平均で[^。\n]{0,6}[0-9０-９,，]+円",
)
_LINK = re.compile(r"https?://|こちら(?:をご|を参照|を確認|のページ)")

_WORDING = re.compile("言い換え|言いかえ|書き方|言い方|言い回し|丁寧に")
_REWORDING = re.compile(
    _WORDING.pattern
    + r"|(?:直|訳|言い換え|書き換え|言いかえ|書きかえ|要約|校正|添削)(?:し)?て(?:ください|下さい)?|(?:敬語|文体|英語|日本語)に"
)

TABLE_LINES = 2


def is_about_words(question: str) -> bool:
    """Whether a text is to be put into other words, or a wording explained."""
    return _WORDING.search(question) is not None


STALE_BEFORE = "2022"
RULES: dict[str, tuple[re.Pattern[str], str]] = {
    "self_reference": (_SELF, "name the organisation or site instead"),
    "procedure": (_PROCEDURE, "about a procedure or a form; JaFIn leaves such pairs out"),
    "figure_reference": (_FIGURE, "refers to a figure, table or attachment that the answer does not have"),
    "changing_figure": (_CHANGING, "a rate, price, fee or campaign that will soon be another one"),
}
_SENTENCE = re.compile(r"[^。\n]*(?:。[」』）)]?|\n|$)")


def suggestions(question: str, answer: str, as_of: str | None) -> list[dict[str, Any]]:
    """What a reviewer should look at: `{"rule", "found", "why"}` each."""
    text = f"{question}\n{answer}"
    found = [item for rule in RULES for item in _found(rule, question, answer)]
    seen = sorted({match[0] for match in _LINK.finditer(text)})
    if seen:
        found.append({"rule": "link_reference", "found": seen[:5], "why": "refers to another page"})
    found.extend(_superseded(question, answer))
    if as_of is not None and as_of < STALE_BEFORE:
        found.append({"rule": "stale_date", "found": [as_of], "why": f"the page is from before {STALE_BEFORE}"})
    return found


def apply_rules(row: Row, config: EditorialConfig) -> None:
    """Flag, rewrite or drop a record, rule by rule; what was rewritten stays readable in `extra.rewritten`.

    The input of a record is a text that is given, not what the model says, and is left alone.
    """
    record = row.record
    shown = record.meta.extra.get("suggestions")
    question, answer = _said(row, "user"), _said(row, "assistant")
    for rule, mode in config.modes().items():
        if mode == "off" or not row.alive:
            continue
        found = _found(rule, question, answer)
        if not found:
            continue
        if mode == "drop":
            row.reject(rule, [word for item in found for word in item["found"]][:5])
            continue
        if mode == "rewrite" and _rewrite(row, rule, config.names.get(record.meta.origin, "")):
            question, answer = _said(row, "user"), _said(row, "assistant")
            continue
        row.flags.append(rule)
        if shown is None:  # a harvested pair brings its suggestions along
            record.meta.extra["suggestions"] = [*record.meta.extra.get("suggestions", []), *found]


def _said(row: Row, role: str) -> str:
    return "\n".join(turn["content"] for turn in row.record.messages if turn["role"] == role)


def _found(rule: str, question: str, answer: str) -> list[dict[str, Any]]:
    if rule == "superseded":
        return _superseded(question, answer)
    pattern, why = RULES[rule]
    about = _REWORDING if rule == "procedure" else _WORDING
    if rule in ("procedure", "figure_reference", "self_reference") and about.search(question):
        return []  # the answer is the text that was given, in other words
    if rule == "figure_reference" and question.count("\n") >= TABLE_LINES:
        question = ""  # the table stands in the question
    if rule == "changing_figure":
        seen = {match[0] for match in pattern.finditer(_whole(question, answer))}
    elif rule == "self_reference":
        seen = {match[0] for match in _SELF_ASKED.finditer(question)} | _own_words(question, answer)
    else:
        seen = {match[0] for text in (question, answer) for match in pattern.finditer(text)}
    if rule == "figure_reference" and (begin := _announcement(answer)) >= 0:
        seen.add(answer[begin:].strip()[-40:])
    return [{"rule": rule, "found": sorted(seen)[:5], "why": why}] if seen else []


def _own_words(question: str, answer: str) -> set[str]:
    """Self-references of an answer; what the one who asks calls itself (当社) means the same in the answer."""
    asked = {match[0] for match in _SELF.finditer(question) if not _SELF_ASKED.fullmatch(match[0])}
    return {match[0] for match in _SELF.finditer(answer)} - asked


def _superseded(question: str, answer: str) -> list[dict[str, Any]]:
    """Old rules in the text as it stands, and in question and answer as one sentence: an answer leaves out what was asked for."""
    if not names_a_rule(f"{question}\n{answer}"):
        return []
    whole = re.split("[。\n]", _whole(question, answer), maxsplit=1)[0]
    return find_superseded(f"{question}\n{answer}\n{whole}")


def _whole(question: str, answer: str) -> str:
    """The question and the answer as one sentence and what follows."""
    return f"{question.strip().rstrip('。？?')} {answer.strip()}"


def _rewrite(row: Row, rule: str, name: str) -> bool:
    """Rewrite the turns; False where a rule cannot: no name is known, or nothing would be left."""
    if rule == "self_reference" and not name:
        return False

    own = _own_words(_said(row, "user"), _said(row, "assistant"))

    def named(match: re.Match[str]) -> str:
        if match[0] not in own and not _SELF_ASKED.fullmatch(match[0]):
            return match[0]
        place = _READ.search(match[0])
        return f"{name}の{place[0]}" if place else name

    def change(text: str, *, answer: bool = True) -> str:
        if rule == "self_reference":
            return (_SELF if answer else _SELF_ASKED).sub(named, text)
        pattern = RULES[rule][0]
        if rule == "figure_reference":  # （下図参照） is no reason to lose the sentence
            text = _PARENTHESIS.sub(lambda match: "" if pattern.search(match[0]) else match[0], text)
        left = "".join(part for part in _SENTENCE.findall(text) if not pattern.search(part)).strip()
        begin = _announcement(left) if rule == "figure_reference" else -1
        return left if begin < 0 else left[:begin].strip()

    before = [dict(turn) for turn in row.record.messages]
    after = [
        change(turn["content"], answer=turn["role"] == "assistant")
        if turn["role"] == "assistant" or (rule == "self_reference" and turn["role"] == "user")
        else turn["content"]
        for turn in row.record.messages
    ]
    if any(not text.strip() for text in after):
        row.reject(rule, {"rewrite": "nothing would be left"})
        return True
    said = zip(before, after, strict=True)
    if rule != "self_reference" and any(
        _FRAGMENT.search(text) or ("。" in str(turn["content"]) and "。" not in text) for turn, text in said
    ):
        row.reject(rule, {"rewrite": "a fragment would be left"})
        return True
    pairs = list(zip(row.record.messages, after, strict=True))
    told = ["\n".join(text for turn, text in pairs if turn["role"] == role) for role in ("user", "assistant")]
    if _found(rule, *told):
        return False  # the question itself asks for it
    for turn, text in pairs:
        turn["content"] = text
    row.record.meta.extra.setdefault("rewritten", []).append({"rule": rule, "before": before})
    return True
