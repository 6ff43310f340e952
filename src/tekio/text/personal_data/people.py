"""Persons that a word beside them names: dates of birth, addresses and names behind labels, names before 様, さん, 氏, 殿.

There is no dictionary of names: what fills the place behind 契約者 or stands before 様 is one unless it is, or holds, a word of offices,
trades, companies or forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tekio.text.personal_data.spans import Span, holds_any, one_of, to_ascii, without_common_starts

_COUNT = r"(?:[0-9]{1,2}|[一二三四五六七八九十〇]{1,3})"
_ERA = rf"(?:明治|大正|昭和|平成|令和|[MTSHR])\.?[ 　]?(?:元|{_COUNT})"
_DATE = rf"(?:{_ERA}|[12][0-9]{{3}})(?:年[ 　]?{_COUNT}月[ 　]?{_COUNT}日|[./-][0-9]{{1,2}}[./-][0-9]{{1,2}})"
_BIRTH = re.compile(
    rf"(?:生年月日|誕生日|生まれた日)(?:[（(][^）)\n]{{1,6}}[）)])?[ 　\t:：|]{{0,5}}\n?[ 　\t]{{0,3}}({_DATE})"
)
_BIRTH_WORDS = ("生年月日", "誕生日", "生まれ")
_BORN = re.compile(rf"(?<![A-Za-z0-9])({_DATE})[ 　]?生まれ")

_KANJI, _KANA = "一-龥々〆ヶ", "ァ-ヴー"
_NAME = (
    rf"(?:[{_KANJI}]{{1,4}}[ 　]{{1,2}}[{_KANJI}ぁ-ん{_KANA}]{{1,5}}|[{_KANA}]{{2,8}}[ 　]{{1,2}}[{_KANA}]{{2,8}}|[ぁ-ん]{{2,8}}[ 　][ぁ-ん]{{2,8}}"
    r"|[A-Z][a-z]{1,15} [A-Z][a-z]{1,15})"
)
_NAME_LABEL = (
    r"(?:口座名義人?|名義人|名義(?=[（(])|おなまえ|(?:連帯)?保証人(?:欄|名)?|(?:カナ|代表者|請求者|申請者|申込者|届出人|本人|担当者)?氏名|お名前|(?:保険)?契約者(?:名|は)?|被保険者(?:名|は)?|受取人(?:名)?|加入者名|申出人|申込人(?:は)?|"
    r"請求者|世帯主|相続人代表|被相続人|配偶者|ご署名|署名|お客さま名|お客様名|フリガナ|ふりがな|From:|依頼人(?:名)?|の読みは|承認者|長男の|長女の|次男の|次女の|通常貯金[^\n]{0,24}番号[ 　]?[0-9０-９]{6,8})"
)
_NAME_WORDS = (
    "名義", "おなまえ", "保証人", "氏名", "お名前", "契約者", "被保険者", "受取人", "加入者名", "申出人", "申込人", "申込者", "請求者", "世帯主", "相続人", "配偶者", "署名",
    "お客さま名", "お客様名", "顧客名", "届出人", "フリガナ", "ふりがな", "From:", "依頼人", "の読みは", "承認者", "長男の", "長女の", "次男の", "次女の", "通常貯金",
)  # fmt: skip
"""What every label of a name holds one of."""
_LABELLED_NAME = re.compile(
    rf"{_NAME_LABEL}(?:[（(](?:カナ|カタカナ|片仮名|全角カナ|半角カナ|フリガナ|ふりがな|漢字|自署)[）)])?[ 　\t]{{0,3}}[:：は|]?[ 　\t]{{0,3}}({_NAME})(?![{_KANJI}{_KANA}])(?:（([ぁ-ん]{{2,8}}[ 　][ぁ-ん]{{2,8}})）)?"
)
_BARE_NAME = re.compile(
    rf"(?:名義(?:人)?[は：:]|お名前は|氏名は|氏名：|氏名:)[ 　]{{0,2}}([{_KANJI}]{{3,5}})(?=[、。）) 　\n]|です|$)"
    rf"|名義(?:人)?[ 　：:]{{1,3}}([{_KANA}]{{2,8}}[ 　][{_KANA}]{{2,8}})(?![{_KANA}])|[(（]([{_KANA}]{{2,8}}[ 　]?[{_KANA}]{{2,8}})名義[)）]"
)
_BARE_VALUE = re.compile(
    rf"(?:[{_KANJI}]{{0,4}}氏名|お名前|(?:^[ 　]?|\| )名前(?=[：:])|(?:保険)?契約者(?:名)?|被保険者(?:名)?|受取人(?:名)?|(?:連帯)?保証人(?:名)?|(?:口座)?名義人|加入者名|申込[者人]名?|届出人|請求者|世帯主|被?相続人|お客[さ様]ま?名|顧客名)"
    rf"(?:[（(](?:漢字|自署)[)）])?(?:[ 　]{{0,2}}[：:|][ 　]{{0,2}}|\t|[ 　]{{1,4}})([{_KANJI}]{{3,5}})(?=[ 　]{{0,4}}(?:$|[\n\t|、。（(㊞]|様|殿|です|印$))",
    re.MULTILINE,
)
"""A name that fills the place behind its label, family and given name together (保険契約者：山本誠一)."""
_BELOW = re.compile(
    rf"^[ 　・■●◆○]{{0,3}}(?:[{_KANJI}]{{0,4}}氏名|お名前|(?:口座)?名義人?|フリガナ|ふりがな|(?:保険)?契約者名?|被保険者名?|受取人名?|(?:連帯)?保証人|加入者名|申込[者人]名?|お客[さ様]ま?名|顧客名)"
    rf"(?:[（(][^()（）\n]{{1,8}}[)）])?[ 　：:]{{0,3}}\n[ 　\t]{{0,4}}({_NAME}|[{_KANJI}]{{3,5}})[ 　]{{0,2}}(?:様|殿)?[ 　]{{0,4}}$",
    re.MULTILINE,
)
"""A name that is a line of its own, below its label."""
_FURTHER = re.compile(
    rf"(?:[（(][^()（）\n]{{1,8}}[)）])?[、,・／][ 　]?({_NAME}|[{_KANJI}]{{3,5}})(?=[ 　]{{0,2}}(?:[（(、,・／。\n]|$))"
)
"""The next name of a list behind a label: 相続人：中村春子（配偶者）、中村夏男（長男）."""
_SIGNED = re.compile(
    rf"(?:代表(?:取締役|理事|社員|執行役)?(?:社長|会長|頭取)?|取締役(?:社長|会長|頭取)?|社長|理事長|頭取|会長|支店長)[ 　]{{1,4}}({_NAME})[ 　]{{0,6}}(?:㊞|印(?![鑑紙刷])|$)",
    re.MULTILINE,
)
"""The name of one who signs for a firm, to the end of the line or the seal."""
_ROLE_BEFORE = re.compile("(?:担当|受付|対応|窓口|責任|上席|係|者|長|員|役|人|先|店|課|部|室|営業)$")
"""How a word ends that stands before a family name and is none: 担当 斎藤様."""
_TRADES = re.compile(
    "^(?:運転手|選手|[助歌若]手|看護師|美容師|調理師|医師|薬剤師|[講教漁]師|介護士|保育士|整備士|弁護士|税理士|大工|左官|主婦|[新妊]婦|巡査|警官|刑事|大家|女将|板前|仲人|親方|旦那|芸者|舞妓|子供|"
    "[友隣職住老大商個病役芸知玄素本婦夫成法他外仲]人)$"
)
_FORM_WORDS = re.compile(
    "生年|住所|電話|役職|所属|年齢|性別|職業|続柄|国籍|番号|金額|日付|相続|本人|個人|代理|親族|家族|同居|控除|未成年|未定|不明|該当|記載|記入|省略|同上|選択|必須|任意|以下|別紙|別記|別途|全員|"
    "複数|勤務|部署|資格|備考|略歴|押印|捺印|署名|届出|指定|変更|有無|基金|連合|連盟|共済|公庫|公社|公団|証明|書類|確認|登録|名称|職名|漢字|片仮名|印鑑|生死|期間|及び|又は|並び|口座|死亡|満期|年金|法定|監査|参与|執行|取締|理事|[預貯]金|普通|当座|商品|製品|一覧|資料|文書|日報|報告|年月日|[日欄名印簿表書票]$"
)
"""Words of printed forms, which stand behind a label as names do."""
_DAYS = ("来週", "今週", "先週", "本日", "昨日", "明日", "先日", "当日", "翌日", "後日", "今回", "前回")
_BEFORE_HONORIFIC = re.compile(
    rf"(?:(?<![{_KANJI}])|{'|'.join(f'(?<={word})' for word in _DAYS)})([{_KANJI}]{{2,5}})[ 　]?$"
)
_GIVEN_END = re.compile(
    "[子美香奈恵代江織里花菜穂音郎朗介輔助太平雄男夫彦也哉人樹希司治志之史文明光弘博浩宏一二三成生斗真吾]$"
)
"""How given names end that make a name of five characters with their family's (鈴木真理子, 長谷川健太)."""
_IS_KANJI = re.compile(f"[{_KANJI}]").match
_PARTIES = ("被相続人", "契約者", "被保険者", "申込人", "債務者", "保証人")
_GREETING = re.compile("(?:拝啓|謹啓|拝復|前略|冠省)[ 　]+")
_FULL = re.compile(rf"({_NAME})[ 　]{{0,2}}$")
_SIGNERS = ("代表", "取締役", "理事長", "頭取", "社長", "会長", "支店長")
_HONORIFICS = ("様", "さん", "氏", "殿", "さま")
_NO_PERSON = re.compile(
    r"^皆(?![川方本葉])|先$|得意|主$|客|^奥[様方]?$|王$|王[子女妃]|王太|神$|仏$|^[貴各同両何誰御此其彼]|株主|会社|銀行|患者|業者|担当|社長|会長|店長|部長|課長|局長|長官|大臣|支店|委員|利用者|読者|会員|"
    r"(?:唯|第|均|統|同|単|随|専|万|逐)一$|^一$|父|母|兄弟|姉妹|^.?[兄姉弟妹娘]$|息子|先生|(?<![土守古])屋$|組合|法人|協会|財団|大学|事務|役員|者$|長$|員$|本店|信託|証券|保険|製作|工業|商事|"
    r"有様|模様|仕様|多様|同様|一様|異様|今様|様$|摂$|^.?華$|源$|(?:桓武|伊勢|坂東|関東)平$|両$|セ$|商店|農|町$|町[内民役会村]|(?<![中木田北西東岡川吉野今奥杉志藤沢津松高植河稲島梅山々])村$|市?町村|村[民内会役]|"
    r"市$|市[民内役会街場営立]|区|県|都$|都[民内知心]|京都|首都|庁|省$|省[内庁令]|(?<![阿渡服岡磯園軽谷安矢])部|課|係|(?<!氷)室$|室[内]|院|(?<![田別城])所$|所[内属在]|館|寺$(?<!野寺)|社$|社[内外会]|"
    r"同$|諸$|奥$|各$|御$|未亡人|住所|氏名|殿|(?<![二雨小])宮$|宮[中内城]|姓|支配|貸|御所"
)
"""What no name before an honorific is or holds; 中村, 服部, 市川, 神田, 健一 are names."""
_WORD_IN_SAMA = re.compile("(?:種多|[態仕模異])$")
"""多種多様, 利用態様, 仕様: words that end in 様."""
_NO_FULL_NAME = re.compile(
    "企業|顧客|関係|事業|投資|家$|店$|担当|責任|発行|提携|代理|加盟|受託|委託|取引|購入|参加|出席|出店|開発|管理|保有|機関|窓口|団体|学校|病院|工場|方$|等$|側$"
)
"""What no family and given name of four characters together holds."""
_NO_GIVEN_NAME = re.compile("(?:署長|局長|庁長|長官|大臣|部長|課長|室長|[者所名印の]|(?<!大)地|及び|月日|まで|様式)$")
"""What the name of a person does not end with, and the words of a printed form do: 税務 署長 殿, 住 所 氏 名."""
_BLANK = re.compile("[ \u3000]")
_NAME_ENDS = re.compile(
    "(?:^(?:令和|平成|昭和|大正|明治)|名義|株式|有限|合同|会社|銀行|信用|金庫|組合|支店|本店|太郎名義|口座|番号|記入|変更|手続|欄|なし|不詳|様式|会$|^名[ 　]|^氏[ 　]{1,2}名$)"
)
PERSON_WORDS = (
    "名義", "氏名", "お名前", "契約者", "被保険者", "受取人", "加入者名", "申出人", "申込人", "請求者", "世帯主", "相続人", "配偶者", "署名", "お客さま名", "お客様名", "顧客名", "届出人", "フリガナ", "ふりがな", "From:",
    "依頼人", "の読みは", "おなまえ", "保証人", "生まれ", "生年月日", "誕生日", "住所", "通常貯金", "申込者", *_SIGNERS, *_HONORIFICS,
)  # fmt: skip
"""What a text must hold for `labelled_people` to find anything."""

_NUMERAL = "0-9０-９一二三四五六七八九十"
_ADDRESS = re.compile(
    rf"(?:ご|新|旧|現)?住所[ 　\t:：|]{{0,3}}((?:[{_KANJI}ぁ-ん{_KANA}]{{1,8}}(?:市|区|郡|町|村))[^\s、。，（）()|／/]{{0,16}}?[{_NUMERAL}]{{1,4}}(?:丁目|番地?|[-－‐−])[{_NUMERAL}丁目番地号の－‐−-]{{0,14}}(?:[ 　][^\s、。|／/]{{1,16}}(?:号室|号|階|F|(?<=[{_KANA}A-Za-z])[0-9０-９]{{3,4}}(?![0-9０-９年円万千億株人件名])))?)"
)


_NAME_WORD, _SIGNER = one_of(without_common_starts(_NAME_WORDS)), one_of(_SIGNERS)


def labelled_people(text: str) -> list[Span]:
    """Names, dates of birth and addresses beside their label, and names before 様, さん, 氏, 殿."""
    found: list[Span] = []
    if holds_any(text, _BIRTH_WORDS):
        plain = to_ascii(text)
        found = [Span(*match.span(1), "birth_date") for match in _BIRTH.finditer(plain)]
        if "生まれ" in text:
            found += [Span(*match.span(1), "birth_date") for match in _BORN.finditer(plain)]
    named = _NAME_WORD.search(text) is not None
    for match in _LABELLED_NAME.finditer(text) if named else ():
        if not _is_thing(match[1]) and not _is_of_a_form(match[1]):
            found.append(Span(*match.span(1), "person"))
            if match[2]:
                found.append(Span(*match.span(2), "person"))
    found += [
        Span(*match.span(match.lastindex or 1), "person")
        for match in (_BARE_NAME.finditer(text) if named else ())
        if not _is_thing(match[match.lastindex or 1])
    ]
    found += [
        Span(*match.span(1), "person")
        for match in (_BARE_VALUE.finditer(text) if named else ())
        if is_bare_name(match[1])
    ]
    for match in _BELOW.finditer(text) if named and "\n" in text else ():
        bare = _BLANK.sub("", match[1])
        if is_bare_name(bare) if bare == match[1] else not (_is_thing(match[1]) or _is_of_a_form(match[1])):
            found.append(Span(*match.span(1), "person"))
    found += _further(text, found)
    if _SIGNER.search(text):
        found += [
            Span(*match.span(1), "person")
            for match in _SIGNED.finditer(text)
            if not _is_thing(match[1]) and not _is_of_a_form(match[1])
        ]
    if "住所" in text:
        found += [Span(*match.span(1), "address") for match in _ADDRESS.finditer(text)]
    for honorific in _HONORIFICS:
        place = text.find(honorific)
        while place >= 0:
            span = _before(text, place, honorific)
            if span is not None:
                found.append(span)
            place = text.find(honorific, place + len(honorific))
    return found


def _further(text: str, found: Sequence[Span]) -> list[Span]:
    """The names that follow a labelled one in a list."""
    more: list[Span] = []
    for span in found:
        match = _FURTHER.match(text, span.end) if span.kind == "person" else None
        while match is not None:
            if not (is_bare_name(_BLANK.sub("", match[1])) and not _is_of_a_form(match[1])):
                break
            more.append(Span(*match.span(1), "person"))
            match = _FURTHER.match(text, match.end(1))
    return more


def _is_of_a_form(name: str) -> bool:
    """Whether what stands behind a label is the next label of a form, or a word for one of its parties."""
    return (
        _FORM_WORDS.search(name) is not None
        or "者" in name
        or name[-1] in "様殿"
        or any(word in name for word in _NAME_WORDS)
    )


def is_bare_name(name: str) -> bool:
    """Whether kanji that fill a place for names can be a family and a given name together."""
    return not (
        _NO_PERSON.search(name)
        or _NO_FULL_NAME.search(name)
        or _FORM_WORDS.search(name)
        or _is_thing(name)
        or (len(name) == 5 and _GIVEN_END.search(name) is None)
    )


def _is_thing(name: str) -> bool:
    return _NAME_ENDS.search(name) is not None or _COMPANY.search(name) is not None


_COMPANY = re.compile("会社|銀行|金庫|組合|法人|協会|財団|商事|工業|製作|大学|機構|事務所|カブシキ|ギンコウ")


def _before(text: str, place: int, honorific: str) -> Span | None:
    """The name that stands right before an honorific: family and given name apart, or a family name of its own."""
    after = text[place + len(honorific) : place + len(honorific) + 1]
    if after in "々式子相態" and after:
        return None  # 様式, 様子
    if honorific == "氏" and text[place + 1 : place + 6].lstrip(" \u3000|")[:1] in ("名", "族", "神"):
        return None
    low = max(0, place - 14)
    before = text[low:place]
    bare = before.rstrip(" \u3000")
    full = _FULL.search(before) if " " in bare or "\u3000" in bare else None  # family and given name stand apart
    if full is not None and not _is_thing(full[1]) and not _NO_GIVEN_NAME.search(_BLANK.sub("", full[1])):
        start = low + full.start(1)
        name = text[start : low + full.end(1)]
        family, _, given = name.replace("　", " ").partition(" ")
        if _ROLE_BEFORE.search(family) and not _NO_PERSON.search(given.strip()) and family not in _PARTIES:
            return Span(low + full.end(1) - len(given.strip()), low + full.end(1), "person")
        start += next((len(word) for word in _PARTIES if name.startswith(word)), 0)
        greeting = _GREETING.match(name)
        start += greeting.end() if greeting else 0
        return Span(start, low + full.end(1), "person")
    if honorific == "殿" or not bare or not _IS_KANJI(bare[-1]):
        return None
    match = _BEFORE_HONORIFIC.search(before)
    if match is None:
        return None
    name = match[1]
    before_it = next((len(word) for word in (*_DAYS, "故") if name.startswith(word) and len(name) > len(word) + 1), 0)
    name = name[before_it:]
    if honorific == "様" and _WORD_IN_SAMA.search(name):
        return None
    if (
        _NO_PERSON.search(name)
        or _TRADES.match(name)
        or _is_thing(name)
        or (len(name) >= 4 and _NO_FULL_NAME.search(name))
    ):
        return None
    if len(name) == 5 and _GIVEN_END.search(name) is None:
        return None
    return Span(low + match.start(1) + before_it, low + match.end(1), "person")
