"""Personal data that a word before it names: accounts in transfer lines, numbers of documents, dates of birth, addresses and names.

Japanese bank text writes label and value side by side (口座番号 1234567, 生年月日：昭和58年11月2日, 契約者 水谷 千尋). The label decides, so
units and amounts after a value do not matter, and figures without a label (balances in a table, codes) are never taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tekio.text.personal_data.spans import Span, to_ascii

_GAP = r"[ \t\u3000]{0,3}[（(]?(?:の(?:番号)?は?|は|No\.?|NO\.?|№|Number|ナンバ-|番号)?[ \u3000]{0,2}[:：=／/（(」】\])）、,]{0,2}[ \t\u3000]{0,3}"
_D, _HAN = "0-9", "一-龥々"
_ACCOUNT_LABEL = r"(?:(?:受取人|仮想|振替|引落)?口座番号|口座(?:No\.?|NO\.?)|(?:普通|当座|貯蓄)(?:預金)?口座|(?:[新旧])口座|[（(]?(?:普通|当座|貯蓄|普|当)[)）]|[aA]/[cC](?: ?[nN]o\.?)?)"
NUMBERS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (re.compile(rf"(?:{_ACCOUNT_LABEL}){_GAP}([{_D}]{{3}}-[{_D}]{{4}}|[{_D}]{{6,8}})(?![{_D}]|[.,-][{_D}])"), "bank_account", ("口座", "普", "当", "貯", "/c", "/C")),
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
    (re.compile(rf"(?:基礎年金番号|年金手帳の(?:記号)?番号|年金手帳|年金証書の番号){_GAP}([{_D}]{{4}}-?[{_D}]{{6}})(?![{_D}])"), "pension_number", ("年金",)),
    (re.compile(rf"(?:旅券(?:の?番号)?|パスポ-ト(?:の?番号)?|Passport){_GAP}([A-Z]{{2}}[{_D}]{{7}})(?![{_D}])"), "passport", ("旅券", "パスポ-ト", "Passport")),
    (re.compile(rf"免許証(?:の?番号)?[ 　]{{0,2}}[（(]?(?:番号)?{_GAP}(第?[{_D}]{{12}}号?)(?![{_D}])"), "driving_licence", ("免許証",)),
    (re.compile(rf"(?:在留カ-ド|特別永住者証明書)(?:等)?(?:の?番号)?{_GAP}([A-Z]{{2}} ?[{_D}]{{8}} ?[A-Z]{{2}})(?![A-Z{_D}])"), "residence_card", ("在留カ-ド", "特別永住者")),
    (re.compile(rf"住民票コ-ド{_GAP}([{_D}]{{11}}|[{_D}]{{4}}[- ][{_D}]{{4}}[- ][{_D}]{{3}})(?![{_D}])"), "resident_code", ("住民票コ-ド",)),
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
    r"[\[(（](?:[aａ][tｔ]|[AＡ][TＴ]|アット|[@＠])[\])）]|★|(?<=[A-Za-z0-9])[☆◎■●◆](?=[A-Za-z0-9])"
)
_IN_SIGNS = ("t", "T", "ｔ", "Ｔ", "アット", *"@＠★☆◎■●◆")
"""What every such sign holds one of."""
BEFORE_NUMBER, AFTER_NUMBER, AROUND_SIGN = 64, 16, 240
"""Characters beside a number in which its label, and what shows that it goes on, stand; around the sign of an address of mail."""
# 支店 普通 1234567: exactly seven digits, which a balance is not written in without commas; in a line that speaks of a
# bank or a transfer and of no balances.
_BARE_ACCOUNT = re.compile(
    rf"(?:(?:普通|当座|貯蓄)(?:預金)?|フツウ|トウザ|チ[ヨョ]チク)[ 　、,/／:：・]{{1,3}}([{_D}]{{7}})(?![{_D}.,円千百万億株 ]?[{_D}円千百万億])"
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
    "Phone", "Mobile", "℡", "☎", "ファックス", "ファクシミリ", "直通", "自宅", "勤務先", "[AT]", "(AT)", "＠", "★", "[アット]", "a/c", "A/C", "在留カード", "特別永住者", "住民票コード", "IBAN",
)  # fmt: skip
"""What a text must hold for `labelled_numbers` to find anything."""

AROUND = 60
"""Characters of a line around an account without a label of its own that tell what it is."""
_COUNT = r"(?:[0-9]{1,2}|[一二三四五六七八九十〇]{1,3})"
_ERA = rf"(?:明治|大正|昭和|平成|令和|[MTSHR])\.?[ 　]?(?:元|{_COUNT})"
_DATE = rf"(?:{_ERA}|[12][0-9]{{3}})(?:年[ 　]?{_COUNT}月[ 　]?{_COUNT}日|[./-][0-9]{{1,2}}[./-][0-9]{{1,2}})"
_BIRTH = re.compile(rf"(?:生年月日|誕生日|生まれた日)(?:[（(][^）)\n]{{1,6}}[）)])?[ 　\t:：|]{{0,5}}({_DATE})")
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
    "名義", "おなまえ", "保証人", "氏名", "お名前", "契約者", "被保険者", "受取人", "加入者名", "申出人", "申込人", "請求者", "世帯主", "相続人", "配偶者", "署名",
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
    rf"(?:[{_KANJI}]{{0,4}}氏名|お名前|(?:^[ 　]?|\| )名前(?=[：:])|(?:保険)?契約者(?:名)?|被保険者(?:名)?|受取人(?:名)?|(?:連帯)?保証人(?:名)?|(?:口座)?名義人|加入者名|申込人|届出人|請求者|世帯主|被?相続人|お客[さ様]ま?名|顧客名)"
    rf"(?:[（(](?:漢字|自署)[)）])?(?:[ 　]{{0,2}}[：:|][ 　]{{0,2}}|\t|[ 　]{{1,4}})([{_KANJI}]{{3,5}})(?=[ 　]{{0,4}}(?:$|[\n\t|、。（(㊞]|様|殿|です|印$))",
    re.MULTILINE,
)
"""A name that fills the place behind its label, family and given name together (保険契約者：山本誠一)."""
_FORM_WORDS = re.compile(
    "生年|住所|電話|役職|所属|年齢|性別|職業|続柄|国籍|番号|金額|日付|相続|本人|個人|代理|親族|家族|同居|控除|未成年|未定|不明|該当|記載|記入|省略|同上|選択|必須|任意|以下|別紙|別記|別途|全員|"
    "複数|勤務|部署|資格|備考|略歴|押印|捺印|署名|届出|指定|変更|有無|基金|連合|連盟|共済|公庫|公社|公団|証明|書類|確認|登録|名称|職名|漢字|片仮名|印鑑|生死|期間|及び|又は|並び|口座|死亡|満期|年金|法定|商品|製品|一覧|資料|文書|日報|報告"
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
_HONORIFICS = ("様", "さん", "氏", "殿", "さま")
_NO_PERSON = re.compile(
    r"^皆(?![川方本葉])|先$|得意|主$|客|^奥[様方]?$|王$|王[子女妃]|王太|神$|仏$|^[貴各同両何誰御此其彼]|株主|会社|銀行|患者|業者|担当|社長|会長|店長|部長|課長|局長|長官|大臣|支店|委員|利用者|読者|会員|"
    r"(?:唯|第|均|統|同|単|随|専|万|逐)一$|^一$|父|母|兄弟|姉妹|^.?[兄姉弟妹娘]$|息子|先生|(?<![土守古])屋$|組合|法人|協会|財団|大学|事務|役員|者$|長$|員$|本店|信託|証券|保険|製作|工業|商事|"
    r"有様|模様|仕様|多様|同様|一様|異様|今様|様$|摂$|^.?華$|源$|(?:桓武|伊勢|坂東|関東)平$|両$|セ$|商店|農|町$|町[内民役会村]|(?<![中木田北西東岡川吉野今奥杉志藤沢津松高植河稲島梅山])村$|市?町村|村[民内会役]|"
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
    "依頼人", "の読みは", "おなまえ", "保証人", "生まれ", "生年月日", "誕生日", "住所", "通常貯金", *_HONORIFICS,
)  # fmt: skip
"""What a text must hold for `labelled_people` to find anything."""

_NUMERAL = "0-9０-９一二三四五六七八九十"
_ADDRESS = re.compile(
    rf"(?:ご|新|旧|現)?住所[ 　\t:：|]{{0,3}}((?:[{_KANJI}ぁ-ん{_KANA}]{{1,8}}(?:市|区|郡|町|村))[^\s、。，（）()|／/]{{0,16}}?[{_NUMERAL}]{{1,4}}(?:丁目|番地?|[-－‐−])[{_NUMERAL}丁目番地号の－‐−-]{{0,14}}(?:[ 　][^\s、。|／/]{{1,16}}(?:号室|号|階|F|(?<=[{_KANA}A-Za-z])[0-9０-９]{{3,4}}(?![0-9０-９年円万千億株人件名])))?)"
)


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


def labelled_people(text: str) -> list[Span]:
    """Names, dates of birth and addresses beside their label, and names before 様, さん, 氏, 殿."""
    found: list[Span] = []
    if any(word in text for word in _BIRTH_WORDS):
        plain = to_ascii(text)
        found = [Span(*match.span(1), "birth_date") for match in _BIRTH.finditer(plain)]
        if "生まれ" in text:
            found += [Span(*match.span(1), "birth_date") for match in _BORN.finditer(plain)]
    named = any(word in text for word in _NAME_WORDS)
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


def _is_of_a_form(name: str) -> bool:
    """Whether what stands behind a label is the next label of a form, or a word for one of its parties."""
    return _FORM_WORDS.search(name) is not None or "者" in name or any(word in name for word in _NAME_WORDS)


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
    if _NO_PERSON.search(name) or _is_thing(name) or (len(name) >= 4 and _NO_FULL_NAME.search(name)):
        return None
    if len(name) == 5 and _GIVEN_END.search(name) is None:
        return None
    return Span(low + match.start(1) + before_it, low + match.end(1), "person")
