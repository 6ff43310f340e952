"""Labels of forms: they come again on every page as running heads do, and are none."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"(?:[【\[［(（]?[0-9０-９①-⑳]{0,2}[)）.．、]?)?(?:ご|お|御)?"
    r"(?:氏名|名前|フリガナ|ふりがな|カナ氏名|住所|所在地|郵便番号|電話(?:番号)?|TEL|FAX|連絡先|メールアドレス|E-?mail|生年月日|性別|年齢|職業|勤務先|会社名|法人名|商号|屋号|代表者(?:名|氏名)?"
    r"|部署(?:名)?|所属|役職|支店(?:名)?|店名|店番号?|口座番号|顧客番号|契約番号|証券番号|受付番号|整理番号|預金種目|種目|名義(?:人)?|届出印|金額|日付|年月日|備考|摘要|続柄|資格|署名|自署|捺印|押印|印"
    r"|(?:申込|申請|届出|契約|提出|記入|作成|担当|検印|承認|受付|被保険|受取|相続|被相続|請求|委任|受任|保証|連帯保証)(?:者|人|日|印)?(?:氏名|住所|名|欄)?)"
    r"(?:欄|印)?[】\])）\]］]?[:：]?[_＿.．…(（)）印様殿年月日〒-]*"
)


def is_form_label(line: str) -> bool:
    """Whether a line is the label of a field to be filled in (氏名, 住所：, 届出印), its line or brackets behind it."""
    bare = "".join(line.split())
    return len(bare) <= 24 and _LABEL.fullmatch(bare) is not None
