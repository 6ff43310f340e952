"""Dates, wrapped text with furniture, broken and old encodings, personal data, notices that differ in figures."""

from __future__ import annotations

import json

from documents.held import Cell, Held

HEAD = "<!doctype html><html lang=ja><head><meta charset=utf-8><title>{}</title></head><body>"
BODY = "取扱いに当たっては、次の各号に掲げる事項に注意しなければならない。職員は、利用者の立場に立って、親切かつ正確に事務を行うものとする。"


def dated(name: str, title: str, lines: str, body: str, **fields: str) -> Held:
    """A page whose lines below the title say its date."""
    page = (
        HEAD.format(title)
        + f"<main><h1>{title}</h1>{lines}<p>{body}</p><p>{BODY.replace('職員', title + 'の担当者')}</p></main></body></html>"
    )
    return Held(f"{name}.html", page.encode(), keep=(body,), fields=fields)


def days() -> list[Held]:
    """The day a text holds for, in many spellings."""
    return [
        dated("d01", "事業者の登録状況", "<p align=right>平成31年4月30日現在</p>", "登録を受けた事業者の数は、全国で412に上る。", as_of="2019-04-30"),
        dated("d02", "相続の手続", "<p>最終更新日：2024年3月15日</p>", "相続の手続は、戸籍を集めることから始める。", as_of="2024-03-15"),
        dated("d03", "監査の基準", "<p>昭和二十五年七月十四日設定<br>改正 昭和三十一年十二月二十五日<br>最終改正 令和六年三月三十日</p>", "監査人は、公正かつ妥当な基準に従って監査を行わなければならない。", as_of="2024-03-30"),
        dated("d04", "貸付の要領", "<p>（制定　平成１２年４月１日）</p><p>（改正　平成１８年６月１日）</p><p>（改正　令和５年１０月１日）</p>", "貸付の限度は、別表に定める額とする。", as_of="2023-10-01"),
        dated("d05", "職員の数", "<p>（Ｒ６．４．１現在）</p>", "職員の数は、本庁と出先を合わせて1,204人である。", as_of="2024-04-01"),
        dated("d06", "印紙の説明", "<p>［令和七年四月一日現在の法令に基づいて作成しています。］</p>", "印紙は、契約書の金額に応じて貼り付ける。", as_of="2025-04-01"),
        dated("d07", "保有の明細", "<p>2024.9.30時点</p>", "保有する債券の明細は、次のとおりである。", as_of="2024-09-30"),
        dated("d08", "振替の規程", "<p>平成14年10月1日制定<br>令和元年12月2日　一部改正<br>令和4年2月7日　一部改正</p>", "振替の申請は、書面または電磁的方法で行う。", as_of="2022-02-07"),
        dated("d09", "統計の利用", "<p>（令和二年十一月現在）</p>", "統計は、毎月の末日の計数をもとに作成する。", as_of="2020-11"),
        Held("d10.txt", f"金監督第１２３号\n平成三十一年二月十五日\n\n各財務局長　殿\n\n見本庁監督局長\n\n手形の取扱いについて\n\n標記について、下記のとおり通知する。{BODY}\n\n昭和56年6月1日現在の基準によって建てられた建物は、耐震の診断を受けるものとし、令和12年4月1日から新しい基準を適用する予定である。\n".encode("cp932"),
            keep=("標記について、下記のとおり通知する。",), fields={"published": "2019-02-15"}),
        Held("d11.txt", f"見本金庫法\n（昭和二十三年法律第八十六号）\n改正　令和六年法律第二十号\n\n第一条　この法律は、金庫の業務の健全な運営を図ることを目的とする。\n第二条　{BODY}\n".encode(),
            keep=("第一条 この法律は、金庫の業務の健全な運営を",), fields={"as_of": "2024"}),
    ]  # fmt: skip


def wrapped() -> Held:
    """Plain text of a printed manual: one width, feet and heads between, a footnote, numbers cut at the end of the line."""
    text = """預金事務の手引　　　　　　　　　　　　　　　　　　　　　　　第２章　口座の管理

２．１　休眠口座の扱い

　休眠口座とは、最後の異動の日から十年を経過した口座をいいます。本
店の調べでは、令和五年度末の休眠口座は12,
481口、残高は３億1,840万円でした。前の年度に比べて口座の数は△
4.2％、残高は△6.0％となりました。口座の持ち主から払戻しの請求が
あったときは、いつでも応じなければなりません（注１）。ただし、届出

（注１）　払戻しの請求には印鑑と通帳が要ります。
－ 27 －
\f預金事務の手引　　　　　　　　　　　　　　　　　　　　　　　第２章　口座の管理

の住所が変わっている場合は、本人であることを確かめた上で、住所の変
更の手続も併せて受け付けます。受付の時間は午前９時～
午後３時です。

　(1)　通帳をなくしたときは、再発行の手続を案内し、手数料1,100円を
　　　いただきます。
　(2)　印鑑をなくしたときは、改印の手続を案内します。

２．２　名寄せ

　同じ人の口座は、氏名と生年月日と住所によって名寄せをします。法人
の口座は、法人番号によります。
－ 28 －
"""
    return Held("x01_wrapped.txt", text.encode(),
        keep=("休眠口座は12,481口、残高は3億1,840万円でした。", "口座の数は△4.2%、残高は", "ただし、届出の住所が変わっている場合は、本人であることを", "午前9時~午後3時です。", "手数料1,100円をいただきます。", "払戻しの請求には印鑑と通帳が要ります。", "2.1 休眠口座の扱い", "法人の口座は、法人番号によります。"),
        leave=("- 27 -", "- 28 -", "預金事務の手引", "いただきます。(2)", "扱い休眠"), order=("休眠口座とは", "の住所が変わっている", "通帳をなくした", "印鑑をなくした", "名寄せ"))  # fmt: skip


def paged() -> Held:
    """Plain text of a printed report with feet as 「3 / 12 ページ」, marks of secrecy, hanging items, verse and an address block."""
    text = """監査結果報告書
                                                        社外秘

一　監査の目的

　融資審査の手続が規程のとおり行われているかを確かめ、改善を要
する事項を取締役会に報告することを目的とした。監査の期間は令和
                                                  3 / 12 ページ
                                                        社外秘
六年七月から九月までの三か月であり、対象は本店営業部ほか七か店
である。

二　結果

　・　稟議書一一八件のうち、担保の評価が古いものが九件あった。評
　　価は三年ごとに改めることとされている。
　・　延滞先への訪問の記録が残っていないものが四件あった。
                                                  4 / 12 ページ
                                                        社外秘
三　社是

　　誠をもって人に接し
　　信をもって事に当たり
　　和をもって業を興す

四　提出先

　見本県若葉市中央一丁目
　若葉信用組合　監査部
　　　　　　　　　　　　　　　　　　　　　　　　　　　　　以上
                                                  5 / 12 ページ
"""
    return Held("x02_paged.txt", text.encode("euc-jp"),
        keep=("改善を要する事項を取締役会に報告することを目的とした。監査の期間は令和六年七月から九月までの", "評価は三年ごとに改めることとされている。", "訪問の記録が残っていないものが四件あった。"),
        leave=("ページ", "社外秘", "接し信を", "中央一丁目若葉"), order=("監査の目的", "六年七月から", "担保の評価が", "延滞先への", "誠をもって", "信をもって", "和をもって"))  # fmt: skip


def mojibake() -> Held:
    """Lines broken in three ways among whole ones, a sample in quotation marks, a name with letters of Latin-1 that is right."""

    def utf8_as_cp932(text: str) -> str:
        return text.encode().decode("cp932", errors="strict")

    def cp932_as_latin(text: str) -> str:
        return text.encode("cp932").decode("latin-1")

    def euc_as_kana(text: str) -> str:
        return text.encode("euc-jp").decode("cp932")

    broken = [
        ("預金者の保護", utf8_as_cp932),
        ("保険の対象は元本千万円までです。", cp932_as_latin),
        ("手数料の改定", euc_as_kana),
        ("利息は年二回支払います。", utf8_as_cp932),
    ]
    lines = []
    for text, how in broken:
        try:
            lines.append(how(text))
        except UnicodeDecodeError:
            lines.append(text)
    double = "こちらは二重に壊れた行です。".encode().decode("latin-1").encode().decode("latin-1")
    text = "\n\n".join([
        "預金保険の説明", "この資料は、預金保険の仕組みを利用者に説明するために作られました。", *lines, double,
        "文字化けの例として「譁�蟄怜喧縺�」や「ï¾Œï¾˜ï½¶ï¾…」のような並びを見ることがあります。".replace("�", "ｭ"),
        "Crédit Agricole と Société Générale は、フランスの銀行です。",
    ])  # fmt: skip
    return Held("x03_mojibake.txt", text.encode(),
        keep=("この資料は、預金保険の仕組みを", "預金者の保護", "保険の対象は元本千万円までです。", "手数料の改定", "利息は年二回支払います。", "「譁ｭ蟄怜喧縺ｭ」", "Crédit Agricole と Société Générale は、", "こちらは二重に壊れた行です。"))  # fmt: skip


def half_kana() -> Held:
    """Half-width kana in full lines, in CP932 without another letter; hyphens between figures stay."""
    text = """ｼﾞｭｳﾖｳﾅ ｵｼﾗｾ

ﾌﾂｳﾖｷﾝﾉ ｷﾝﾘｦ ｶｲﾃｲｼﾏｼﾀ｡ ｱﾀﾗｼｲ ｷﾝﾘﾊ ﾈﾝ 0.02% ﾃﾞｽ｡
ﾃｲｷﾖｷﾝﾉ ｷﾝﾘﾊ ｴｷﾏｴﾉ ｼﾃﾝﾆ ｵﾄｲｱﾜｾｸﾀﾞｻｲ｡ ﾊﾞﾝｺﾞｳﾊ 12-345 ﾃﾞｽ｡
ｶﾌﾞｼｷｶﾞｲｼｬ ﾜｶﾊﾞｷﾞﾝｺｳ ﾎﾝﾃﾝ ｴｲｷﾞｮｳﾌﾞ
"""
    return Held("x04_half_kana.txt", text.encode("cp932"),
        keep=("フツウヨキンノ キンリヲ カイテイシマシタ。", "年".replace("年", "ネン") + "0.02%", "12-345", "カブシキガイシャ ワカバギンコウ"), never=("ﾌﾂｳ", "｡", "ﾃﾞｽ"))  # fmt: skip


def mail_bytes() -> Held:
    """ISO-2022-JP with row 13 (①㈱№㍻㌔), NEC's selected IBM kanji (髙﨑) and half-width kana by `ESC ( I`."""

    def jis(text: str) -> bytes:
        out, mode = b"", "a"
        for char in text:
            raw = char.encode("cp932")
            want = "a" if len(raw) == 1 and raw[0] < 0x80 else "k" if len(raw) == 1 else "j"
            if want != mode:
                out += {"a": b"\x1b(B", "k": b"\x1b(I", "j": b"\x1b$B"}[want]
                mode = want
            if want == "a":
                out += raw
            elif want == "k":
                out += bytes([raw[0] - 0x80])
            else:
                lead, trail = raw
                if lead >= 0xFA:  # IBM's own places are written by NEC's rows 89-92
                    lead, trail = {"髙": (0xEE, 0xE0), "﨑": (0xED, 0x95)}[char]
                row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2
                if trail >= 0x9F:
                    row, cell = row + 1, trail - 0x9F
                else:
                    cell = trail - 0x40 - (trail > 0x7E)
                out += bytes([row + 0x21, cell + 0x21])
        return out + (b"\x1b(B" if mode != "a" else b"")

    text = "融資審査会の議事録\n\n①㈱見本商会の申込み（№12）について、髙橋委員と岡﨑委員が説明した。\n②㍻30年度の実績は3㌔の配送網によるものである。\nﾘｽｸ管理部のｺﾒﾝﾄは次回に回す。\n"
    return Held("x05_iso2022jp.txt", jis(text),
        keep=("①㈱見本商会の申込み", "髙橋委員と岡﨑委員が説明した。", ("②㍻30年度の実績は3㌔の配送網", "②平成30年度の実績は3キロの配送網"), "リスク管理部のコメントは次回に回す。"))  # fmt: skip


def labels() -> list[Held]:
    """Pages whose label of the encoding is not the truth, or is a name of its own."""

    def page(label: str, words: str) -> str:
        return f'<html><head><meta http-equiv="content-type" content="text/html; charset={label}"><title>{words}</title></head><body><h1>{words}</h1><p>{words}に関する説明です。手続は窓口と郵送とで受け付けています。書式は窓口でお渡しします。</p></body></html>'

    return [
        Held("x06_utf16_label.html", page("utf-16", "証書の紛失").encode(), keep=("証書の紛失に関する説明です。",)),
        Held("x07_windows31j.html", page("Windows-31J", "①通帳の繰越と㈱の届出～").encode("cp932"), keep=("①通帳の繰越と㈱の届出~に関する説明です。",)),
        Held("x08_euc_row13.html", page("EUC-JP", "届出印の変更DUMMY").encode("euc-jp").replace(b"DUMMY", bytes([0xAD, 0xA2, 0xAD, 0xE2])), keep=("届出印の変更②№に関する説明です。",)),
        Held("x09_jis_label.html", page("iso-2022-jp", "暗証番号の照会").encode("cp932"), keep=("暗証番号の照会に関する説明です。",)),
        Held("x10_utf16.html", page("utf-16", "残高証明の発行").encode("utf-16-le"), keep=("残高証明の発行に関する説明です。",)),
        Held("x11_latin_label.html", page("iso-8859-1", "口座振替の停止").encode("euc-jp"), keep=("口座振替の停止に関する説明です。",)),
    ]  # fmt: skip


def vertical_marks() -> Held:
    """Presentation forms of vertical print and compatibility marks."""
    text = """明治三十五年の報告によれば︑県下の銀行は十七を数えた︒﹃銀行要覧﹄は﹁貯蓄の風︵ならい︶が広まった﹂と記す︒
資本金の多い順に︹一︺若葉銀行︑︹二︺見本商業銀行︑︻三︼港貯蓄銀行である︒
いずれも本店は︽中央町︾に置かれ︑その後の合併︱︱大正九年︱︱を経て一行となった︙︙︒
"""
    return Held("x12_vertical_marks.txt", text.encode(),
        keep=("『銀行要覧』は「貯蓄の風(ならい)が広まった」と記す。", "〔一〕若葉銀行、〔二〕見本商業銀行、【三】港貯蓄銀行である。", "《中央町》に置かれ、"), never=("︑", "︒", "﹃", "︵", "︹", "︻", "︽", "︱", "︙"))  # fmt: skip


def transfer() -> Held:
    """A form for transfers: a table of labels and values, a table with heads, lines; names and numbers go, the rest stays."""
    page = (
        HEAD.format("振込先のご案内")
        + """<h1>会費の振込先</h1><p>会費は下記の口座にお振り込みください。振込手数料はご負担ください。年会費は12,000円です。</p>
<table><tr><th>金融機関</th><td>見本銀行（0999）</td></tr><tr><th>支店</th><td>若葉支店（123）</td></tr><tr><th>種別</th><td>普通</td></tr><tr><th>口座番号</th><td>4471902</td></tr><tr><th>口座名義</th><td>田所 健一</td></tr></table>
<table><tr><th>銀行名</th><th>支店名</th><th>種目</th><th>口座番号</th><th>名義人</th></tr><tr><td>港信用金庫</td><td>本店</td><td>当座</td><td>0083315</td><td>ナカムラ サチコ</td></tr></table>
<p>ゆうちょ銀行からは、記号１４３７０　番号５５１２８３４１　へお送りください。</p>
<p>お問い合わせ：事務局 TEL.06-6543-2109（直通）、携帯 090.1234.5678、mail: jimu＠example.or.jp、kaihi(at)example.or.jp</p></body></html>"""
    )
    return Held("v01_transfer.html", page.encode(),
        keep=("年会費は12,000円です。", "見本銀行", "若葉支店", "港信用金庫"),
        leave=("4471902", "0083315", "14370", "55128341", "6543-2109", "1234.5678", "jimu@", "kaihi(at)"))  # fmt: skip


def transfer_lines() -> Held:
    """Transfer lines of a ledger and of a circular, in the spellings of terminals."""
    text = """振込の明細（令和六年九月二十五日）

見本銀行　若葉支店　普）3320817　カ）ミナトシヨウジ
ﾐﾎﾝｷﾞﾝｺｳ ﾎﾝﾃﾝ ﾌﾂｳ 7715204 ﾔﾏｼﾀ ﾉﾘｺ
受取人口座　当座No.0091147（港支店）
口座番号は普通預金の 2208561、名義は有限会社若葉工務店です。

連絡先は０３（５５５５）０１９８、または +81(0)3-5555-0142、フリーダイヤル（0120）444-113、ナビダイヤル0570-01-2345です。
氏名　　　佐伯 雄介
生年月日　昭和45年3月2日
住所　　　横浜市西区見本町2丁目14番6号
基礎年金番号 3315-482096、運転免許証の番号 第308812345670号、旅券番号 TR4410283
振込の総額は4,250,000円、件数は38件でした。受付番号は20240925-0017です。
"""
    return Held("v02_transfer_lines.txt", text.encode(),
        keep=("総額は4,250,000円、件数は38件でした。", "受付番号は20240925-0017です。", "見本銀行 若葉支店"),
        leave=("3320817", "7715204", "0091147", "2208561", "0198", "5555-0142", "444-113", "01-2345", "482096", "308812345670", "TR4410283"))  # fmt: skip


def figures_only() -> Held:
    """Figures, codes and dates that look like personal data and are none."""
    page = (
        HEAD.format("預金の状況")
        + """<h1>預金の状況</h1><p>2024年9月末の預金は次のとおりです。口座数は1234567口、1口当たりの残高は845,120円でした。</p>
<table><tr><th>種類</th><th>口座数</th><th>残高（千円）</th></tr><tr><td>普通預金</td><td>1234567</td><td>8128450</td></tr><tr><td>当座預金</td><td>45210</td><td>7712034</td></tr><tr><td>定期預金</td><td>390128</td><td>5510029</td></tr></table>
<pre>普通預金　　　　　8128450　　8301277
当座預金　　　　　7712034　　7690188
貯蓄預金　　　　　0　　　　　1120045</pre>
<p>当座預金残高は4471902百万円、普通預金 3320817千円でした。商品番号 100-0001 から 100-0999 までを対象とします。</p>
<p>証券コード8399、法人番号7000012050002、EDINETコードE03551、銀行コード0999、通達番号03-1234、告示第5678号、ISBN978-4-1234-5678-7。</p>
<p>記号13から番号20480までの債券を償還します。抽せんの組番号は 12組 345678番です。期間は2024-03-31から2025-03-31です。</p>
<p>調査は0120から0570までの4桁の区分によります。1株当たり0.03円、レート03-06の加重平均です。</p></body></html>"""
    )
    return Held("v03_figures_only.html", page.encode(),
        keep=("口座数は1234567口、", "当座預金残高は4471902百万円、普通預金 3320817千円でした。", "商品番号100-0001から100-0999まで", "法人番号7000012050002、", "ISBN978-4-1234-5678-7。", "記号13から番号20480まで", "12組 345678番", "通達番号03-1234、", "貯蓄預金 0 1120045", "普通預金 8128450 8301277", "0120から0570まで"),
        cells=(Cell(("普通預金",), ("残高",), "8128450"), Cell(("当座預金",), ("残高",), "7712034"), Cell(("定期預金",), ("口座数",), "390128")))  # fmt: skip


def notices() -> Held:
    """Notices that differ in kanji figures, full-width figures or months only."""
    body = "当行は、{}から普通預金の利率を年{}に改定いたします。改定後の利率は、既にお預け入れいただいている普通預金にも適用されます。ご不明の点は、お取引店の窓口までお問い合わせください。今後とも当行をご利用くださいますようお願い申し上げます。"
    rows = [
        ("十月一日", "〇・一〇パーセント"),
        ("十一月一日", "〇・一二パーセント"),
        ("１２月１日", "０．１５％"),
        ("一月四日", "〇・二〇パーセント"),
        ("二月一日", "零・二五パーセント"),
    ]
    raw = "".join(json.dumps({"text": body.format(*row)}, ensure_ascii=False) + "\n" for row in rows)
    same = body.format("十月一日", "〇・一〇パーセント").replace("ご不明の点は、", "ご不明な点は")
    return Held("n01_notices.jsonl", (raw + json.dumps({"text": same}, ensure_ascii=False) + "\n").encode(),
        keep=tuple(f"{a}から普通預金の利率を年{b}に" for a, b in rows), once=("十月一日から",))  # fmt: skip


def all_texts() -> list[Held]:
    return [
        *days(),
        wrapped(),
        paged(),
        mojibake(),
        half_kana(),
        mail_bytes(),
        *labels(),
        vertical_marks(),
        transfer(),
        transfer_lines(),
        figures_only(),
        notices(),
    ]
