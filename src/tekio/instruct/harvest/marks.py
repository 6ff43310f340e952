"""Words that tell questions from answers: Q/A marks, speakers, question endings, page furniture."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

_NUMBER = r"(?:[0-9０-９]+(?:\s*[-－‐−–—ー.．・の]\s*[0-9０-９]+)*|[一二三四五六七八九十]+|[①-⑳])"
_WHOLE_NUMBER = r"(?:[0-9０-９]+(?:\s*[-－‐−–—ー・の]\s*[0-9０-９]+)*|[一二三四五六七八九十]+|[①-⑳])"
"""Of a mark that a full stop ends: in 「Ａ１．37.5度」 the next one belongs to the text."""
_DIGITS = r"[0-9０-９]+(?:[-－‐−–—ー.．・の][0-9０-９]+)*"
_ENDS = r"(?=[\s　]|$|[.．:：、,，|｜)）\]］】〕](?![0-9０-９]))"
_COUNTED = r"[0-9０-９年月日円%％件回名社人歳才万億千百兆か個ヶ箇カつ倍割分時秒週度種点号枚口株本]|[.．,，][0-9０-９]"
"""After a number: then it belongs to the text (`A. 30日`), not to the mark (`A. 30　…`)."""
_QUESTION = r"(?:Questions?|QUESTION|[QqＱ](?![&＆A-ZＡ-Ｚa-z])|問い|問|ご質問(?:内容|要旨)?|質[\s　]?問(?:内容|要旨|事項)?|ご?照会の?(?:要旨|内容)|ご?相談の?(?:内容|概要|要旨)|お尋ね)"
_ANSWER = r"(?:Answers?|ANSWER|Ans|[AaＡ](?![&＆A-ZＡ-Ｚa-z])|答え|答弁|答|ご?回[\s　]?答(?:の?(?:内容|要旨))?|お答え|ベストアンサー|(?:問題点と|[\u4e00-\u9fffァ-ヶー]{0,10}(?:への|からの))?(?:アドバイス|助言))"
_OPEN, _CLOSE = r"[(（\[［【〔<＜「『《〈≪]", r"[)）\]］】〕>＞」』》〉≫]"
_LEAD_SIGN = r"^[\s　■◆●▼▶◎□◇・]*"


def _mark(word: str, *, glued: bool) -> re.Pattern[str]:
    """glued: a number may stand between mark and text without a space; in answers it is more often a figure."""
    number = rf"|{word}[.．\-－]{_DIGITS}(?!{_COUNTED})" if glued else ""
    return re.compile(
        rf"{_LEAD_SIGN}(?:"
        rf"{word}(?<![A-Za-zＡ-Ｚａ-ｚ])\s*{_NUMBER}?\s*[(（][^()（）\n]{{1,16}}[)）](?:$|[\s　]+(?=\S)|[:：])|"  # who asks, or of what: ご質問（60代・女性）, 問（久保委員）　…
        rf"{_OPEN}\s*{word}\s*{_NUMBER}?\s*{_CLOSE}\s*[:：.．、]?"
        rf"|{word}(?:[０-９]{{1,2}}(?=[0-9])|[0-9]{{1,2}}(?=[０-９]))"  # another width is another number: 「Ａ４2月に…」
        rf"|{word}[.．\-－]?\s*{_NUMBER}{_ENDS}\s*[.．:：、,|｜)）]?"
        rf"{number}"
        rf"|{word}\s*[(（]{_NUMBER}[)）]\s*[.．:：、]?"
        rf"|{word}\s*{_NUMBER}?\s*[)）\]］】〕〉≫][:：]?"
        rf"|{word}\s*{_WHOLE_NUMBER}?\s*[:：、｡。|｜／]"
        rf"|{word}{_WHOLE_NUMBER}?\s*[.．,](?!(?<=[0-9０-９],)[0-9]{{3}}(?![0-9]))"
        rf"|{word}\s+{_WHOLE_NUMBER}\s*[.．,](?![0-9０-９])"
        rf"|{word}{_DIGITS}(?![0-9０-９]|(?<![A-Za-zＡ-Ｚａ-ｚ].)(?:{_COUNTED}))"
        rf"|{word}(?=[\s　])"
        rf"|{word}$"
        r")[\s　]*"
    )


_COUNTED_QUESTION = rf"{_LEAD_SIGN}{_OPEN}?(?:第\s*{_NUMBER}\s*問|(?:[QＱ]\s*[&＆]\s*[AＡ]|FAQ|ＦＡＱ|クエスチョン)[\s　]*(?:[NnＮ][oｏ][.．]?)?\s*{_NUMBER}(?![0-9０-９件個]))\s*{_CLOSE}?\s*[.．:：、]?[\s　]*"
QUESTION_MARK = re.compile(rf"{_mark(_QUESTION, glued=True).pattern}|{_COUNTED_QUESTION}")
ANSWER_MARK = _mark(_ANSWER, glued=False)
ASK_LABEL = _mark(
    r"(?:(?:ご|御)?意見(?:の?(?:概要|要旨|内容))?|コメントの?概要|(?:ご|御)?要望(?:事項|内容)?|(?:ご|御)?指摘(?:事項|内容)?|照[\s　]?会(?:事項)?|(?:ご|御)?疑義(?:内容|照会)?|疑問点?"
    r"|(?:ご|御)?相談(?:事例)?|お客(?:さま|様)(?:から)?の(?:お?声|ご意見)|(?:利用者|会員|市民|町民|読者)の声|問題|設問|例題|演習|クイズ|苦情(?:の?内容)?|(?:ご|御)?提言|(?:ご|御)?提案|不明点|論点|お悩み|悩み|事例|症状|(?:申立て|申出|主張)の?(?:内容|概要|要旨)|状況|ケース)",
    glued=True,
)
"""Words that mark a question where an answer's label follows them time after time (`labels.py`)."""
TELL_LABEL = _mark(
    r"(?:[\u4e00-\u9fffァ-ヶー]{0,10}(?:の|から(?:の)?|より)?(?:(?:ご|御)?回[\s　]?答(?:内容|案)?|(?:基本的な)?考え(?:方)?|見解|(?:ご|御)?対[\s　]?応(?:内容|状況|方針|策)?|改善(?:内容|点|策|事例)?|取り?組み?(?:内容)?|措置(?:内容|状況)?"
    r"|処理(?:の?結果|の?概要)?|裁定(?:の?内容|の?結果)?|解[\s　]?答|正解|正答|解[\s　]?説|解決(?:策|方法)?|助言|アドバイス|コメント|お?答え|対処(?:法|方法)?))",
    glued=False,
)
_LABEL_NOTE = re.compile(r"(?<=.)[(（][^()（）]*[)）]$")
_LABEL_CORE = re.compile(r"[^\u3041-\u30ff\u4e00-\u9fff]+|[一二三四五六七八九十]+$")


def label_of(text: str) -> str:
    """The word of a label without its number, brackets and signs."""
    return _LABEL_CORE.sub("", _LABEL_NOTE.sub("", text))


GLUED_QUESTION = re.compile(r"^[QＱ](?=[\u3041-\u30ff\u4e00-\u9fff])")
GLUED_ANSWER = re.compile(r"^[AＡ](?=[\u3041-\u30ff\u4e00-\u9fff])")
_LONE_QUESTION = re.compile(
    rf"^{_OPEN}?\s*(?:{_QUESTION}|QUESTION)[.．\-－]?\s*{_NUMBER}?\s*{_CLOSE}?[.．:：]?$", re.IGNORECASE
)
_LONE_ANSWER = re.compile(
    rf"^{_OPEN}?\s*(?:{_ANSWER}|ANSWER)[.．\-－]?\s*{_NUMBER}?\s*{_CLOSE}?[.．:：]?$", re.IGNORECASE
)

_ASKS = "記者|質問者|質疑者|幹事社?|聞き手|インタビュアー|委員|参加者|株主|アナリスト|司会|Ｑ|Q|問"  # who asks
_TELLS = (
    "大臣|総裁|副総裁|長官|会長|社長|理事長|総長|知事|市長|局長|部長|課長|総務官|副大臣|政務官|行長|頭取|代表"
    "|回答者|答弁者|事務局|当社|会社|登壇者|講師|Ａ|A|答"
)
_NAME = r"[\u4e00-\u9fffァ-ヶー々ヵ]{0,8}"


def _speaker(words: str, sign: str = "") -> re.Pattern[str]:
    who = rf"{_NAME}(?:{words})(?:[一二三四五A-ZＡ-Ｚ0-9０-９]{{0,2}})(?:[(（][^()（）]{{1,12}}[)）])?"
    return re.compile(rf"^(?:{_OPEN}\s*{who}\s*{_CLOSE}[:：]?|[○●◯〇■◆]\s*{who}[:：\s　]|{who}\s*[:：]{sign})[\s　]*")


ASKING_SPEAKER = _speaker(_ASKS, r"|(?:―{2,4}|─{2,4}|—{2,4})(?=[\s　]*[^\s　―─—])")
"""A dash stands for the interviewer."""
TELLING_SPEAKER = _speaker(_TELLS)
CHAIR = re.compile(
    r"^[○●◯〇◆■]?\s*(?:[\u4e00-\u9fff々]{1,4})?(?:委員長|副委員長|議長|座長|部会長|司会者?|進行役?)(?:[(（][^()（）]{1,12}[)）])?[:：\s　]"
)
"""Who leads a meeting: neither asks nor answers."""

CLOCKED_NAME = re.compile(
    r"^[^\s\u3000:：。、，,「」0-9０-９-][^\s\u3000:：。、，,「」]{0,11}(?:[ \u3000][^\s\u3000:：。、，,「」]{1,12})?[\s\u3000]+"
    r"[\[(（]?(?:[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}[\s\u3000]+|[0-9]{1,2}[/月][0-9]{1,2}日?[\s\u3000]+)?(?:午前|午後)?[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?[\])）]?$"
)
"""Who writes and when, on a line of its own above what is written: 「佐々木 千晶  9:12」."""

_SIGN = "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\U0001f000-\U0001faff+＋×＞>›»‹«∨∧﹀"
_DECORATION = re.compile(rf"^[\s{_SIGN}]+(?=\S)|(?<=\S)[\s{_SIGN}]+$")
_ONLY_SIGNS = re.compile(rf"^[\s{_SIGN}]+$")
METADATA = re.compile(
    r"^[\[［(（【]?(?:(?:最終)?更新(?:日時?)?|(?:公開|掲載|作成|登録|改訂|投稿)(?:日時?|年月日)|ページ(?:番号|ID)|FAQ\s*(?:番号|ID|No)|管理番号|文書番号|記事番号"
    r"|No\.?|ID|カテゴリー?|タグ|閲覧数|アクセス数?|対象(?:者|商品|税目)?|分類|担当課?)\s*[:：.．\s0-9０-９#]"
    r"|^[\[［(（【]?(?:令和|平成|20\d\d年).{1,14}日(?:現在(?:の?法令等?)?|更新|公開)?[\]］)）】]?(?:\s*[0-9]{1,2}[:：][0-9]{2})?(?:\s*[|｜].*)?$"
    r"|^[\[［(（【](?:令和|平成|20\d\d年).{1,14}(?:改[訂正定]|追加|追記|更新|公開|掲載)[\]］)）】]$"
)
"""Lines about the page or the entry, not about the matter: dates, numbers, categories."""
STAMP = re.compile(
    r"^(?:[^。、]{1,20}[・|｜／/\s　])?[0-9０-９]{1,2}[\s　]?(?:秒|分|時間|日|週間|か月|ヶ月|カ月|ヵ月|年)前(?:[・|｜／/\s　に]{0,2}(?:更新|公開|作成|投稿|編集|回答)(?:済み|日時?|しました|されました)?)$"
    r"|^[^。、\s　]{1,14}[\s　]?(?:さん|様|氏|担当|チーム|部|課|センター)[・|｜／/\s　]{1,3}(?:[0-9０-９]{1,2}[\s　]?(?:秒|分|時間|日|週間|か月|ヶ月|カ月|ヵ月|年)前|[0-9]{4}[年/.-][0-9]{1,2}[月/.-][0-9]{1,2}日?)(?:[・|｜／/\s　に]{0,2}(?:更新|公開|作成|投稿|編集|回答).{0,4})?$"
    r"|^(?:令和|平成|20[0-9]{2}[年/.-]).{1,14}[0-9]{1,2}[:：][0-9]{2}(?:\s*[|｜].*|\s*(?:に)?(?:更新|公開|作成|投稿|回答).{0,4})?$"
)
"""When an entry was written, and by whom, above or below it: 「サポート担当・1年前・更新」."""
ABOUT_DOCUMENT = re.compile(
    r"^[【\[［■◆●〔<＜]\s*(?:ご?注意(?:事項)?|免責(?:事項)?|ご?留意(?:事項)?|将来(?:情報|の?見通し).{0,12}|お?問い?合わ?せ(?:先)?)\s*[】\]］〕>＞]?$"
)
"""A line that opens what the document says about itself behind its last answer."""
CONTACT = re.compile(r"^[^。]{0,16}(?:お?問い?合わ?せ|ご?相談|ご?連絡)(?:先|窓口|方法|用?電話番号)?$")
"""A title with the telephone number or the address of those to ask below it."""
CODA = re.compile(
    r"^[【\[［〔〈《＜<■◆●]?\s*(?:(?:この件に関する|本件に関する)?お?問い?合わ?せ(?:先|窓口)?|担当(?:課|部署|窓口)|関連(?:する|リンク|情報|ページ|記事|サイト|項目|法令|FAQ)?|関係法令.{0,6}|(?:根拠|参照)(?:法令|条文|条項|通達|規定|規程).{0,4}"
    r"|参考(?:リンク|資料|情報|URL)?|注記|アンケート|このページ|この記事|(?:その他|そのほか|他|ほか)の(?:ご?質問|ご?回答|FAQ)|よく(?:見られ|閲覧され)ている.{0,8}|おすすめ.{0,8}|シェア|まとめ"
    r"|(?:あわせて|併せて|合わせて|一緒に|こちらも|これも|次に)(?:よく)?(?:確認|読|ご覧|見|チェック|閲覧|お読み|どうぞ|検索).{0,16}$|(?:この|こちらの)(?:ご?質問|FAQ|回答|記事|ページ)を(?:見た|読んだ|ご覧).{0,20}$)"
)
"""Headings that end the answer above them whatever their level."""

_QUESTION_END = re.compile(
    r"(?:ほしい|欲しい)(?:です|のですが)?[。．.]?$|(?:伺う|伺います|お伺いします)[。．]?$|"
    r"[\u4e00-\u9fffァ-ヶーり]は[。．]$|"
    r"(?:か|でしょう|ですか|ますか|かな|の|って|とは|なに|何|なぜ|いつ|どこ|どれ|誰|いくら|どう|できる|必要)?[?？]\s*[」』）)]?$"
    r"|(?:か|のか|でしょうか|ですか|ますか|ませんか|ないか)[。．.]?[」』）)]?$"
    r"|(?:です|ます|ない|た|ん(?:だ|です)|の(?:だ|です))(?:が|けど|けれど(?:も)?)[。．.…、]?$|(?:を|は|て|で)(?:お?願い(?:できます|できません)か|いいの|よいの|ある)[。．?？]?$|(?:答え|求め|述べ|示し|計算し|説明し|書き|選び|挙げ|答)(?:なさい|よ|てみよう|てみましょう)[。．.]?$"
    r"|(?:教え|聞かせ|示し|説明し|知らせ|解説し|お示し|述べ)て(?:ください|下さい|いただけますか|ほしい(?:です)?|欲しい(?:です)?)?"
    r"[。．.]?$|(?:なぜ|どうして|どう(?:やって|すれば|したら|なる|する|いう)|何|なに|だれ|誰|どこ|いつ|どれ|どの|どちら|いくら|いくつ|どんな).{0,40}(?:[いるうくすつぬぶむただなん]の$|でしょう[。．]?$)|(?:お願いします|お願いいたします|知りたい(?:です)?|教えて|たいのですが|たいんですが"
    r"|はどうすれば(?:いい|よい|良い)?|たい|たいです)[。．.…]?$"
)
_WEAK_QUESTION = re.compile(
    r"(?:とは|について|に関して|方法|手順|流れ|場合|とき|時|違い|理由|条件|期間|日数|時間|手続き?|必要書類|書類|には|手数料|料金|金利|金額|上限|制限"
    r"|ません|ない|なくなった|忘れた|忘れてしまいました|しまった|しまいました|届きません|できません)[。．.]?$"
)
FURNITURE = re.compile(
    r"^[▲△↑∧^▼▽↓←→＞>«»\s　\[［「]*(?:この)?(?:ページ|頁|画面|サイト|質問|一覧|目次|トップ|先頭|上|よくある(?:ご)?質問(?:[(（]Q[)）])?|質問一覧|Q&A(?:一覧|トップ)?|FAQ(?:一覧|トップ)?|カテゴリ(?:一覧)?)?"
    r"(?:の)?(?:先頭|トップ|上部?|一番上|最上部|一覧|目次|top|TOP)?(?:へ|に|まで)?(?:戻る|もどる|移動(?:する)?|TOP|top|Top)?[▲△↑∧^\s　\]］」]*$"
)
_FURNITURE_NEEDS = re.compile(r"戻る|もどる|先頭|トップ|top|TOP|Top|移動|上部?へ")
TAIL = re.compile(
    r"^[（(\[［][^（）()。]{0,20}(?:取材|撮影|収録|インタビュー)[^（）()]{0,30}[）)\]］]$"
    r"|^(?:なお[、，]?|また[、，]?|以上[、，]?|※)*[\s　]*(?:上記|以上|このほか|そのほか|その他|ほかに)(?:の(?:ほか|他|とおり))?(?:に?は)?[、，]?.{0,24}(?:ご?質問|ご?意見|ご?発言|質疑|ご?照会)(?:は|等は|など(?:は)?)[、，]?(?:特に)?(?:ございません|ありません|なかった)"
    r"|^以上(?:を(?:もって|もちまして)|で)[、，]?.{0,24}(?:質疑|質問|議事|会議|総会|説明会|会見).{0,12}(?:終了|終わり|閉会|散会)"
    r"|^[（(\[［]\s*(?:聞き手|取材|文[・＝:：]|構成|写真|撮影|了|終わり|おわり|以上)[^（）()]{0,24}[）)\]］]$|^[※＊*][\s　]*(?:本|この)(?:資料|稿|記録|要旨|概要|ページ|質疑|議事録|Q&A|Ｑ＆Ａ|FAQ)"
    r"|^[※＊*]?[\s　]*(?:この|本)[^。、]{1,16}は[、\s]?(?:令和|平成|20[0-9]{2}年).{1,16}(?:現在|時点)"
    r"|^[^。\s　][^。]{1,38}[\s　](?:令和|平成|20[0-9]{2}年).{0,6}[0-9０-９元]+(?:年[0-9０-９]{1,2})?月(?:[0-9０-９]{1,2}日)?$"
    r"|^[（(※\s　・]*(?:(?:最終)?更新日|掲載日|公開日|作成日|以\s*上[)）]?$|お問い?合わ?せ先|問い?合わ?せ先|ご?照会先[)）:：\s]|本件に関する(?:お)?問い?合わ?せ|関連(?:リンク|情報|ページ|サイト|項目|コード)"
    r"|(?:この|本)(?:ページ|資料|文書|通知|書|件|リリース|記事|内容)に関する|このページは(?:役|お役)|この(?:回答|情報|ページ)は(?:役に立|参考になり)|(?:令和|平成|20\d\d年).{0,16}(?:現在(?:の法令等?)?(?:に(?:より|基づ)|です|で作成|[。．)）]|$)|現在の法令))"
)
CONTACT_LINE = re.compile(
    r"^[（(【\[〔＜<※]?[\s　]*(?:担当(?:課|部署|者|窓口)?|事務局|連絡先|ご?照会先|お?問い?合わ?せ(?:窓口|先)?|ご?相談窓口|発行(?:元|者)?|編集|作成(?:者|部署)?)[\s　]*[】\]〕）)＞>:：／/\s　]+"
    r"[^。]{0,60}(?:[課係部室局]|センター|窓口|グループ|チーム|内線|電話|[TＴ][EＥ][LＬ]|Tel|℡|☎|受付時間|[0-9]{2,5}-[0-9]{1,4}-[0-9]{3,4})[^。]{0,40}$"
    r"|^[（(※]?(?:この|本)(?:ページ|資料|文書|通知|書|件|リリース|記事|内容)に関する[^。]{0,10}お?問い?合わ?せ"
)
"""Who made a document and where to ask about it, in one line: 「（担当　保険課資格係　内線312）」."""
INVITATION = re.compile(
    r"^(?:その他|そのほか|(?:その)?(?:ほか|他)にも?|また|なお|もし)?[、，]?(?:何か|なにか|もし)?[、，]?(?:ご不明(?:な|の)?(?:点|こと)|お困りの(?:点|こと|際)|ご質問|ご相談|上記(?:以外|で).{0,16}).{0,40}(?:お?問い?合わ?せ|お?知らせ|お尋ね|お申し付け|ご連絡|ご相談|ご返信|お電話|お寄せ)(?:ください|下さい|願います|くださいませ)"
)
"""Behind the last answer: where to ask more."""
FAREWELL = re.compile(
    r"^(?:(?:今後とも|引き続き|何卒|どうぞ|以上|それでは|ご(?:検討|査収|確認|対応|手配)の(?:ほど|程))[、，\s　]*){1,3}(?:よろしく|宜しく|ご確認|お願い).{0,20}(?:ます|ください)[。．]?$|^以上[、，]?.{0,12}(?:です|ます|まで)[。．]?$|^(?:敬具|草々|早々)$"
)
"""How a letter ends."""
CLOSING = re.compile(
    r"^(?:(?:すべて|全て|全部)?(?:を|の)?(?:回答を?|質問を?)?(?:閉じる|とじる|開く|ひらく|表示する?)|[|｜/／]|詳細を見る|もっと見る|続きを読む|印刷(?:する)?|Close|CLOSE|\+|＋|－|−|×|▼|▲)$"
)
FEEDBACK = re.compile(
    r"(?:この)?(?:回答|情報|ページ|内容|FAQ|Q&A|記事|質問)?(?:は|で|が)?(?:お?役に(?:立|た)(?:ちました|てました|った)か?|参考になりましたか|見つけやすかったですか|分かりやすかったですか"
    r"|(?:問題は)?解決(?:しましたか|できましたか))|アンケート(?:に|:|：)|ご意見(?:・ご感想)?をお(?:寄せ|聞かせ)"
)
NO_QUESTION = re.compile(
    r"^(?:お?問い?合わ?せ|コメント(?:を|する|$|[(（])|返信|トラックバック|ご連絡|連絡先|関連|参考|資料|注意|ご注意|留意|目次|はじめに|おわりに|最後に|更新|改定|改訂|お知らせ|新着|免責"
    r"|このページ|おすすめ|所在地|勧誘方針|プライバシーポリシー|"
    r"(?:リンク|カテゴリー?|メニュー|検索|ログイン|人気|ランキング|アクセス)(?:集|一覧|する)?$)"
)
PAGE_EVIDENCE = re.compile(
    r"よくある|よく(?:いただ|頂)く|FAQ|ＦＡＱ|faq|Q\s*[&＆]\s*A|Ｑ\s*[&＆]\s*Ａ|質問|疑問|お?問い?合わ?せ(?:一覧|集|の多い)|トラブルシューティング|困ったとき|質疑応答|問答|記者会見|相談(?:室|窓口|事例)|お困り|ご?不明(?:な)?点|お答えします|(?:問い?合わ?せ|照会|[ご御]意見|要望)(?:事項)?(?:と|及び|に対する)(?:その)?(?:ご?回答|考え方|対応)"
)

HELP_CENTRE = re.compile(r"ヘルプ|サポート|help|support", re.IGNORECASE)
_REVISED = re.compile(r"[\s　]*[\[［(（【](?:令和|平成|20\d\d年).{1,14}(?:改[訂正定]|追加|追記|更新|新設)[\]］)）】]$")
_UNFOLD = re.compile(
    r"[\s　]*[（(]?[→⇒▶►>＞▼]*(?:(?:この)?(?:質問の)?(?:回答|答え|内容|詳細)を?(?:開く|ひらく|表示(?:する)?|見る|閉じる)|クリックで(?:開く|表示))[)）]?$"
    r"|(?<=[？?。])[\s　]*[（(\[［]?(?:開く|ひらく|開閉|閉じる|とじる|表示(?:する)?|見る)[)）\]］]?$"
)
"""What an accordion writes behind its questions."""
_PAGE_NUMBER = re.compile(r"^[-－–—‐]\s*[0-9０-９]{1,4}\s*[-－–—‐]$")
RULER = re.compile(
    r"^(?:(?:[-‐−–—─━―ー=＝＿_*＊~〜・.…◇◆☆★■□][ 　]?){5,}|(?:[＊*★☆◇◆※][ 　]*){3,}|-{2,}|={3,}|─{3,}|━{3,})$"
)
"""A line drawn with characters."""
BELOW = re.compile(
    r"^(?:(?:最終)?更新(?:日時?)?|(?:公開|掲載|作成|登録|改訂|投稿)(?:日時?|年月日)|(?:ページ|ＦＡＱ|FAQ|Q&A|管理|文書|記事|質問)\s*(?:番号|ID|[NnＮ][oｏ])|カテゴリー?|タグ|閲覧数|アクセス数?|担当課?)"
    r"\s*[:：.．\s0-9０-９#]"
    r"|^[（(](?:回答者?|執筆者?|監修|担当)[\s　:：・／/].{1,30}[）)]$"
    r"|^(?:ご(?:協力|回答|意見|評価)|フィードバック|評価).{0,14}ありがとうございま(?:した|す)[。！!]?$"
)
"""Lines below an answer about the entry itself."""

VOICE = re.compile(
    r"^[\s　■◆●▼◎□◇・【]*お客(?:さま|様)(?:から)?の(?:お?声|ご意見(?:・ご要望)?|ご要望)[\s　]*[0-9０-９]*】?$"
)
REPLY = re.compile(
    r"^[\s　■◆●▼◎□◇・【]*(?:当[行社庫店院校市組所局]|弊[社行])(?:の|から(?:の)?)(?:ご?対応|ご?回答|お?答え|取り?組み|考え方?|コメント)(?:内容|状況)?】?$"
)
"""Complaints and what was done about them, under headings of their own."""

Kind = Literal["question", "answer"]


_CONSULTS = re.compile(r"相談|アドバイス|助言")


class Mark(NamedTuple):
    """A mark at the beginning of a text: what it says and where the text goes on."""

    kind: Kind
    end: int
    alone: bool
    """Nothing but the mark is there; what it marks comes in the next block."""
    glued: bool = False
    """The letter stands before the text without anything between (`Qつみたて…`); `A社…` looks the same."""
    consults: bool = False
    """相談内容 or アドバイス: advice answers a consultation only; below another question it is a part of the answer."""


_COUNTS_ANSWERS = re.compile(r"^回答(?:数|件数)?[\s　]*[:：]?[\s　]*[(（]?[0-9０-９,]+[\s　]*[件人名]")
"""「回答 3件」 in a list of questions."""


def find_mark(text: str, lead: str = "", alt: str = "") -> Mark | None:
    """The Q or A mark a block begins with, in its text, in a box of its own, or as an image."""
    if lead:
        for kind, pattern in (("question", _LONE_QUESTION), ("answer", _LONE_ANSWER)):
            if pattern.match(lead):
                numbered = (QUESTION_MARK if kind == "question" else ANSWER_MARK).match(text)
                parted = numbered is not None and not numbered[0][-1].isalnum()  # `A１．`, but 「Q」 and 「1日の…」
                end = max(_after(text, lead), numbered.end() if numbered and parted else 0)
                return Mark("question" if kind == "question" else "answer", end, False)
    for kind, pattern in (("question", QUESTION_MARK), ("answer", ANSWER_MARK)):
        found = pattern.match(text)
        if found and not (kind == "answer" and _COUNTS_ANSWERS.match(text)):
            return Mark(
                "question" if kind == "question" else "answer",
                found.end(),
                found.end() >= len(text),
                consults=_CONSULTS.search(found[0]) is not None,
            )
    if VOICE.match(text):
        return Mark("question", len(text), True)
    if REPLY.match(text):
        return Mark("answer", len(text), True)
    if GLUED_QUESTION.match(text):
        return Mark("question", 1, False, glued=True)
    if GLUED_ANSWER.match(text):
        return Mark("answer", 1, False, glued=True)
    if alt:
        if _LONE_QUESTION.match(alt):
            return Mark("question", 0, not text)
        if _LONE_ANSWER.match(alt):
            return Mark("answer", 0, not text)
    return None


def _after(text: str, lead: str) -> int:
    at = text.find(lead) + len(lead)
    while at < len(text) and text[at] in " 　.．:：":
        at += 1
    return at


def question_likeness(text: str) -> float:
    """How much a text looks like a question: 1 a question sentence, .5 a phrase as FAQ titles use, 0 neither."""
    bare = without_asker(undecorated(text.replace("｡", "。").replace("､", "、").strip()))
    if not 3 <= len(bare) <= 400 or (len(bare) <= 40 and FEEDBACK.search(bare)):
        return 0.0
    if _QUESTION_END.search(bare):
        return 0.5 if _SHORT_LABEL.match(bare) else 1.0
    if len(bare) <= 60 and _WEAK_QUESTION.search(bare):
        return 0.5
    return 0.0


_SHORT_LABEL = re.compile(r"^[^。、]{0,4}[^。、と]は[？?]$")
"""「期間は？」: the label of a fact, put as a question."""


def undecorated(text: str) -> str:
    """A line without the arrows, plus signs and pictures an accordion puts at its edges."""
    return "" if _ONLY_SIGNS.match(text) else _DECORATION.sub("", text)


_ASKER = re.compile(
    r"[\s　]*[（(【\[][^（）()【】\[\]]{0,24}?(?:[0-9０-９]{2}(?:代|歳)|男性|女性|会社員|主婦|主夫|自営業|パート|アルバイト|学生|公務員|無職|匿名|(?:さん|様|氏|都|道|府|県|市|区)$)[^（）()【】\[\]]{0,12}[）)】\]]$"
)
ASKER_LINE = re.compile(
    r"^[（(【\[]?(?:[\u4e00-\u9fff]{2,4}[都道府県市区][\s　・、]*)?(?:[A-ZＡ-Ｚa-z]{1,2}さん|[0-9０-９]{2}(?:代|歳))[\s　・、,，／/]*(?:[\u4e00-\u9fff]{2,4}[都道府県市区][\s　・、]*)?(?:男性|女性|男|女)?[\s　・、／/]*[\u4e00-\u9fffァ-ヶー]{0,8}[）)】\]]?$"
)
"""A line that says who asks: 30代　会社員."""


def is_asker(text: str) -> bool:
    """A line that says who asks and nothing else: 30代　会社員, （市内・男性）."""
    bare = text.strip()
    return ASKER_LINE.match(bare) is not None or _ASKER.fullmatch(bare) is not None


def without_asker(text: str) -> str:
    """A question without who asks it behind it: （30代・会社員）."""
    return _ASKER.sub("", text) or text


def is_lone_mark(text: str) -> bool:
    """Nothing but a Q or A mark."""
    return bool(_LONE_QUESTION.match(text) or _LONE_ANSWER.match(text) or VOICE.match(text) or REPLY.match(text))


_NEWS_BADGE = re.compile(
    r"(?<=[。？?かいるんすた）)])[\s　]*[\[［(（【]?(?:NEW|New|ＮＥＷ|新着|UPDATE|Update|UP)[!！]?[\]］)）】]?$"
)


def without_unfolding(text: str) -> str:
    """A question without what stands behind it: 「（回答を開く）」, 「【令和6年4月改訂】」, NEW."""
    return without_asker(_REVISED.sub("", _UNFOLD.sub("", _NEWS_BADGE.sub("", text)))) or text


MAX_UNFOLDING = 16
TITLED_FAQ = re.compile(
    r"よくある(?:ご)?(?:質問|お?問い?合わ?せ|疑問)|よく(?:いただく|お受けする|寄せられる|聞かれる)(?:ご)?質問|FAQ|ＦＡＱ|Q\s*[&＆]\s*A|Ｑ\s*[&＆＆]\s*Ａ|質問と回答|一問一答|トラブルシューティング|困ったときは|お困りごと|こんなときは",
    re.IGNORECASE,
)
"""A title that says: what follows are questions and their answers."""
ABOUT_QUESTIONS = re.compile(
    r"(?:よくある(?:ご)?質問|FAQ|ＦＡＱ|Q\s*[&＆]\s*A|Ｑ\s*[&＆]\s*Ａ|質問(?:と|・)?回答|質問応答)(?:集)?(?:の?(?:ページ|コンテンツ|サイト|記事|原稿|データ|一覧))?(?:の)?(?:新規)?"
    r"(?:作成|作り方|書き方|運用|運営|管理|整備|執筆|登録|品質|改善|更新)(?:の(?!よくある|ご?質問|FAQ|Q)|に関する|基準|ガイド|ルール|マニュアル|規程|規則|要領|方針|手順|手引|指針|フロー|[（(]|[\s　]|$)",
    re.IGNORECASE,
)
"""A title of rules for those who write such pages."""
UNANSWERED = re.compile(
    r"^(?:回答(?:数|件数)?[\s　]*[:：]?[\s　]*[(（]?[0０]\s*件?[)）]?|(?:まだ)?回答(?:は|が)?(?:ありません|まだありません)|回答(?:受付|募集)中|回答待ち|未回答|準備中|近日(?:公開|掲載).{0,6})$"
)
TOLD_LATER = re.compile(
    r"^[（(※]?(?:こ?の?(?:クイズ|問題)の)?(?:正解|答え|解答)(?:と解説)?(?:は|の発表は)[、\s]?.{0,20}(?:号|次回|来月|翌月|次の?ページ|巻末|[0-9０-９]+ページ|下旬|後日|ウェブサイト|ホームページ)(?:で|に|の|を)"
)
"""Where or when the answer will be told."""
TEASER = re.compile(
    r"(?:…|\.\.\.|・・・)?[\s　]*[\[［(（【]?(?:続きを?(?:読む|見る)|もっと(?:読む|見る)|詳しく(?:は|見る|読む).{0,6}|記事を読む|全文を(?:読む|見る)|Read more)[\]］)）】]?[\s　]*[>＞»→▶]*$",
    re.IGNORECASE,
)
"""The end of a few words that lead to another page."""
BLANK_FORM = re.compile(
    r"^(?:[\s　・/／、,，(（)）\[\]［］□☐○◯_＿:：～~]|なし|あり|有|無|はい|いいえ|男|女|年|月|日|時|分|歳|人|円|回|その他|ごろ|頃)*$"
)
"""Boxes to tick and blanks to fill."""
BRANCH = re.compile(
    r"^(?:はい|いいえ|YES|NO|Yes|No)[\s　]*(?:→|⇒|➡|->|：|:).{0,20}$|^(?:はい|YES|Yes)[\s　]*(?:→|⇒|➡|->).{0,30}(?:いいえ|NO|No)[\s　]*(?:→|⇒|➡|->)"
)
"""A step of a diagnosis: where each answer leads."""


def is_unfolding(text: str) -> bool:
    """「回答を見る」 alone: what it hides is an answer."""
    return len(text) <= MAX_UNFOLDING and _UNFOLD.fullmatch(text) is not None and ("回答" in text or "答え" in text)


_OWNER = re.compile(
    r"^(?:©|Ⓒ|ⓒ|[(（][cｃ][)）][\s　]*(?=[12１２][0-9０-９]{3}|.*(?:株式会社|有限会社|法人|All Rights|Inc|Ltd|Corp))|Copyright\b|All Rights Reserved).{0,80}$",
    re.IGNORECASE,
)
"""Whose the page is; (c) before other words is the third of a list."""
_COUNT = re.compile(r"^(?:No|NO|№|Ｎｏ)[.．]?\s*[0-9０-９]+$")
_VISITORS = re.compile(r"^(?:あなたは|カウンター|アクセスカウンター?).{0,14}(?:番目|人目|人)(?:の.{0,10})?(?:です)?$")


_REACTION = re.compile(
    r"^(?:(?:共感(?:した|する)?|ナイス|いいね|参考になった|役に立った|ありがとう|違反(?:を)?報告(?:する)?|通報(?:する)?|シェア(?:する)?|返信(?:する)?|ブックマーク|フォロー(?:する|中)?)[！!]?[\s　]*[0-9０-９]*[人件]?[\s　]*)+$"
)
"""What readers of a forum press below an entry."""
_HASHTAG = re.compile(r"^(?:[#＃][^\s　#＃。、]{1,20}[\s　]*)+$")


def is_furniture(text: str) -> bool:
    """A line such as 「ページの先頭へ」 that belongs to the page and to no answer."""
    short = text.strip()
    if _COUNT.match(short) or _OWNER.match(short) or _VISITORS.search(short):
        return True
    if _REACTION.match(short) or _HASHTAG.match(short):
        return True
    if CLOSING.match(short) or RULER.match(short) or _PAGE_NUMBER.match(short) or is_unfolding(short):
        return True
    return len(short) <= 30 and bool(FURNITURE.match(short)) and bool(_FURNITURE_NEEDS.search(short))
