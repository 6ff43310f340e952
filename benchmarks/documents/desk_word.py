"""Word files of a desk: an application for approval with stamps, an explanation of important matters, house rules with schedules, minutes."""

# pyright: basic, reportAttributeAccessIssue=false
# (python-docx is not fully typed)

from __future__ import annotations

from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Cm

from documents.bank_word import NAMES, add, box, inserted, numbered, paragraph, run, saved
from documents.held import Cell, Held

_RAISED = '<w:vertAlign w:val="superscript"/>'


def cell(inner: str, across: int = 1, down: str = "") -> str:
    """A cell: text or paragraphs and tables; across: columns it takes; down: "restart" or "continue" of a merge down."""
    merged = f'<w:vMerge w:val="{down}"/>' if down else ""
    body = inner if inner.startswith(("<w:p>", "<w:tbl>")) else "".join(map(paragraph, inner.split("\n")))
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{across}"/>{merged}</w:tcPr>{body}</w:tc>'


def table(columns: int, *rows: tuple[str, ...], head: int = 0) -> str:
    """A table of rows of cells; head: how many rows Word repeats on each page."""
    grid = "<w:gridCol/>" * columns
    body = "".join(
        f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if at < head else ''}{''.join(cells)}</w:tr>"
        for at, cells in enumerate(rows)
    )
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def plain(*texts: str) -> tuple[str, ...]:
    """A row of cells."""
    return tuple(map(cell, texts))


def stamp(name: str, day: str, number: int) -> str:
    """A seal drawn as a circle with the date and the name in it."""
    return paragraph(box(day, name, number=number))


def ringi() -> Held:
    """An application for approval: labels beside each other, a grid of seals in a cell, a table of collateral in a cell, opinions, boxes ticked."""
    document: Any = Document()
    document.add_heading("稟議書（融資）", 0)
    seals = table(
        4,
        plain("部長", "次長", "課長", "担当"),
        (cell(stamp("佐藤", "7.5.14", 301)), cell(""), cell("木村"), cell(stamp("大野", "7.5.12", 302))),
    )
    collateral = table(
        4,
        plain("物件", "評価額（千円）", "掛目", "担保価額（千円）"),
        plain("本社土地", "182,000", "70％", "127,400"),
        plain("第二工場", "96,500", "60％", "57,900"),
        plain("計", "278,500", "", "185,300"),
    )
    form = table(
        4,
        (cell("稟議番号"), cell("法二-7-0142"), cell("起案日"), cell("令和7年5月12日")),
        (cell("起案部署"), cell("法人営業第二部"), cell("決裁区分"), cell("☑本部　☐部店長")),
        (cell("決裁欄"), cell(seals, 3)),
        (cell("件名"), cell("みどり精機株式会社に対する運転資金の融資について", 3)),
        (cell("申込内容", down="restart"), cell("金額"), cell("300,000千円", 2)),
        (cell("", down="continue"), cell("利率"), cell("年1.475％（固定）", 2)),
        (cell("", down="continue"), cell("期間"), cell("令和7年6月2日から令和12年5月31日まで", 2)),
        (cell("", down="continue"), cell("返済方法"), cell("元金均等　毎月末　5,000千円", 2)),
        (cell("担保"), cell(paragraph("保全は次のとおり。") + collateral + paragraph("（注）掛目は担保評価基準による。"), 3)),
        (cell("意見"), cell("1. 受注は前期比12.4％増で推移している。\n2. 借入後の債務償還年数は8.3年で、基準の10年に収まる。", 3)),
        (cell("条件"), cell(paragraph(run("(1) 四半期ごとに試算表の提出を受ける。")) + paragraph(run("(2) ") + inserted("代表者の個人保証は求めない。")), 3)),
    )  # fmt: skip
    for xml in (paragraph("下記のとおり融資を取り進めたく、お伺いします。"), form, paragraph("以上")):
        add(document, xml)
    document.sections[0].header.paragraphs[0].text = "保存年限：完済後10年"
    return Held(
        "ringi.docx", saved(document),
        keep=(
            "稟議書(融資)", "下記のとおり融資を取り進めたく、お伺いします。", "みどり精機株式会社に対する運転資金の融資について",
            "保全は次のとおり。", "掛目は担保評価基準による。", "1.受注は前期比12.4%増で推移している。", "2.借入後の債務償還年数は8.3年で、基準の10年に収まる。",
            "(1)四半期ごとに試算表の提出を受ける。", "(2)代表者の個人保証は求めない。", ("☑本部☐部店長", "☑本部□部店長"),
        ),
        leave=("保存年限", "法二-7-0142:", "令和7年5月12日:", "次長:木村"),
        once=("127,400", "300,000千円", "法人営業第二部", "大野"),
        order=("法二-7-0142", "佐藤", "みどり精機", "300,000千円", "1.475%", "本社土地", "第二工場", "担保評価基準", "受注は前期比", "試算表の提出"),
        cells=(
            Cell(("稟議番号",), (), "法二-7-0142"), Cell(("起案日",), (), "令和7年5月12日"), Cell(("起案部署",), (), "法人営業第二部"),
            Cell(("申込内容", "金額"), (), "300,000千円"), Cell(("申込内容", "利率"), (), "年1.475%(固定)"),
            Cell(("申込内容", "期間"), (), "令和7年6月2日から令和12年5月31日まで"), Cell(("申込内容", "返済方法"), (), "元金均等毎月末5,000千円"),
            Cell(("件名",), (), "みどり精機株式会社に対する運転資金の融資について"),
            Cell((), ("部長",), "7.5.14佐藤"), Cell((), ("課長",), "木村"), Cell((), ("担当",), "7.5.12大野"),
            Cell(("本社土地",), ("評価額(千円)",), "182,000"), Cell(("本社土地",), ("掛目",), "70%"), Cell(("第二工場",), ("担保価額(千円)",), "57,900"),
            Cell(("計",), ("担保価額(千円)",), "185,300"),
        ),
    )  # fmt: skip


def important() -> Held:
    """An explanation of important matters: frames of one cell, fees by band over merged rows, ※1 beside figures, boxes to tick, a receipt to cut off."""
    document: Any = Document()
    document.add_heading("重要事項説明書（契約締結前交付書面）", 0)
    document.add_paragraph("（2025年4月1日現在）").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    note = lambda text: run(text, _RAISED)  # noqa: E731
    fees = table(
        4,
        (cell("商品", down="restart"), cell("約定代金", down="restart"), cell("手数料（税込）", 2)),
        (cell("", down="continue"), cell("", down="continue"), cell("店頭"), cell(paragraph(run("インターネット") + note("※1")))),
        (cell("国内株式", down="restart"), cell("100万円以下"), cell("約定代金の1.265％"), cell("550円")),
        (cell("", down="continue"), cell("100万円超300万円以下"), cell("約定代金の0.968％＋2,970円"), cell("1,100円")),
        (cell("", down="continue"), cell("300万円超"), cell("約定代金の0.825％＋7,260円"), cell(paragraph(run("1,650円") + note("※2")))),
        (cell("投資信託"), cell("一律"), cell("3.30％"), cell("なし")),
        head=2,
    )  # fmt: skip
    frame = table(1, (cell(paragraph(run("この商品は預金ではありません。", "<w:b/>")) + paragraph("元本が保証されているものではなく、損失が生じることがあります。")),))  # fmt: skip
    risks = table(
        2, plain("リスクの種類", "内容"),
        (cell("価格変動リスク"), cell("株式の価格が下がると、基準価額が下がります。")),
        (cell("為替変動リスク"), cell("円高になると、外貨建ての資産の円での価値が下がります。\n為替ヘッジは行いません。")),
        (cell("信用リスク"), cell("発行体の財務の悪化により、元利金が支払われないことがあります。")),
    )  # fmt: skip
    for xml in (
        frame,
        paragraph(run("１．手数料など諸費用について", "<w:b/>")),
        paragraph("●お客さまには次の手数料をご負担いただきます。"),
        fees,
        paragraph("※1　スマートフォンによるお取引を含みます。"),
        paragraph("※2　1日に5回までは無料です。"),
        paragraph(run("２．リスクについて", "<w:b/>")),
        risks,
        paragraph(run("３．クーリング・オフについて", "<w:b/>")),
        paragraph("この契約には、金融商品取引法第37条の6の規定（クーリング・オフ）は適用されません。"),
        paragraph(run("４．ご確認事項", "<w:b/>")),
        paragraph("□　元本割れのおそれがあることを理解しました。"),
        paragraph("□　手数料の説明を受けました。"),
        paragraph(run("当社の概要") + "<w:r><w:tab/></w:r>" + run("（2025年3月31日現在）")),
        table(2, plain("商号", "みなと証券株式会社"), plain("登録番号", "関東財務局長（金商）第9876号"), plain("資本金", "125億円"), plain("加入協会", "日本証券業協会")),
    ):  # fmt: skip
        add(document, xml)
    section = document.sections[0]
    section.header.paragraphs[0].text = "帳票番号 KS-0031（25.04）"
    section.footer.paragraphs[0].text = "本書は大切に保管してください。"
    return Held(
        "important.docx", saved(document),
        keep=(
            "重要事項説明書(契約締結前交付書面)", "この商品は預金ではありません。", "元本が保証されているものではなく、損失が生じることがあります。",
            "1.手数料など諸費用について", "●お客さまには次の手数料をご負担いただきます。", "※1スマートフォンによるお取引を含みます。", "※21日に5回までは無料です。",
            "金融商品取引法第37条の6の規定(クーリング・オフ)は適用されません。", "□元本割れのおそれがあることを理解しました。", "□手数料の説明を受けました。", "当社の概要",
            "為替ヘッジは行いません。",
        ),
        leave=("KS-0031", "大切に保管", "550円※", "1,650円2"),
        once=("この商品は預金ではありません。", "4.ご確認事項", "1.265%"),
        order=("この商品は", "1.手数料", "1.265%", "0.968%", "0.825%", "3.30%", "※1スマート", "※21日", "2.リスク", "円高になると", "3.クーリング", "4.ご確認", "関東財務局長"),
        cells=(
            Cell(("国内株式", "100万円以下"), ("手数料(税込)", "店頭"), "約定代金の1.265%"), Cell(("国内株式", "100万円以下"), ("手数料(税込)", "インターネット"), "550円"),
            Cell(("国内株式", "100万円超300万円以下"), ("店頭",), "約定代金の0.968%+2,970円"), Cell(("国内株式", "100万円超300万円以下"), ("インターネット",), "1,100円"),
            Cell(("国内株式", "300万円超"), ("店頭",), "約定代金の0.825%+7,260円"), Cell(("国内株式", "300万円超"), ("インターネット",), "1,650円"),
            Cell(("投資信託", "一律"), ("手数料(税込)", "店頭"), "3.30%"), Cell(("投資信託", "一律"), ("インターネット",), "なし"),
            Cell(("価格変動リスク",), (), "株式の価格が下がると、基準価額が下がります。"), Cell(("信用リスク",), (), "発行体の財務の悪化により、元利金が支払われないことがあります。"),
            Cell(("商号",), (), "みなと証券株式会社"), Cell(("登録番号",), (), "関東財務局長(金商)第9876号"), Cell(("資本金",), (), "125億円"),
        ),
        fields={"as_of": "2025-04-01"},
    )  # fmt: skip


def house_rules() -> Held:
    """House rules: a contents field with page numbers, days of making and of changes, two supplementary provisions, schedules of articles, a form to fill in."""
    document: Any = Document()
    document.add_heading("情報資産管理規程", 0)
    link = lambda text, page: paragraph(  # noqa: E731
        '<w:hyperlink w:anchor="_Toc9">' + run(text) + "<w:r><w:tab/></w:r>" + run(page) + "</w:hyperlink>", '<w:pStyle w:val="TOC1"/>'
    )  # fmt: skip
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o "1-2" \\h</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    title = lambda text: paragraph(run(text), '<w:pStyle w:val="Heading1"/>')  # noqa: E731
    right = '<w:jc w:val="right"/>'
    first = table(
        4,
        (cell("区分", down="restart"), cell("情報の例", down="restart"), cell("保管", 2)),
        (cell("", down="continue"), cell("", down="continue"), cell("紙"), cell("電子")),
        plain("極秘", "未公表の決算", "耐火金庫", "暗号化・持出禁止"),
        plain("秘", "顧客の属性", "施錠書庫", "暗号化"),
        plain("社外秘", "事務手続", "書庫", "―"),
    )
    second = table(
        3,
        plain("管理責任者", "所管", "点検の周期"),
        plain("情報資産管理部長", "全社", "年2回"),
        plain("部店長", "部店", "毎月"),
    )
    form = table(2, plain("申請者", ""), plain("持出しの目的", ""), plain("期間", "　年　月　日から　年　月　日まで"))
    for xml in (
        paragraph("制定　平成15年4月1日", right), paragraph("改正　令和5年10月1日", right), paragraph("改正　令和7年4月1日", right),
        paragraph("目次"), paragraph(begin), link("第1章　総則", "1"), link("第2章　管理の体制", "2"), link("附則", "4"), link("別表第1（第6条関係）", "5"),
        paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>'),
        title("第1章　総則"),
        paragraph("（目的）"),
        paragraph("第1条　この規程は、当行が保有する情報資産の管理について必要な事項を定め、もって情報の漏えいを防ぐことを目的とする。"),
        paragraph("（定義）"),
        paragraph("第2条　この規程において、次の各号に掲げる用語の意義は、当該各号に定めるところによる。"),
        paragraph("(1)　情報資産　情報及び情報を扱う機器をいう。"),
        paragraph("(2)　管理責任者　別表第2に定める者をいう。"),
        paragraph("第3条　削除"),
        title("第2章　管理の体制"),
        paragraph("（区分）"),
        paragraph("第6条　情報資産は、別表第1に定める区分により管理する。"),
        paragraph("２　区分の変更は、管理責任者の承認を得なければならない。ただし、緊急の場合はこの限りでない。"),
        paragraph("第6条の2　前条の区分は、毎年4月に見直す。"),
        paragraph("附　則（令和5年10月1日）"),
        paragraph("この規程は、令和5年10月1日から施行する。"),
        paragraph("附　則（令和7年4月1日）"),
        paragraph("１　この規程は、令和7年4月1日から施行する。"),
        paragraph("２　この規程の施行の際現に持ち出している情報資産については、なお従前の例による。"),
        paragraph("別表第1（第6条関係）"), first,
        paragraph("別表第2（第2条関係）"), second,
        paragraph("様式第1号"), paragraph("情報資産持出申請書"), form,
    ):  # fmt: skip
        add(document, xml)
    document.sections[0].footer.paragraphs[0].text = "情報資産管理規程　- 1 -"
    return Held(
        "house_rules.docx", saved(document),
        keep=(
            "第1条この規程は、当行が保有する情報資産の管理について必要な事項を定め、もって情報の漏えいを防ぐことを目的とする。", "情報資産管理規程", "第1章総則", "(目的)",
            "(1)情報資産情報及び情報を扱う機器をいう。", "第3条削除", "2区分の変更は、管理責任者の承認を得なければならない。ただし、緊急の場合はこの限りでない。",
            "第6条の2前条の区分は、毎年4月に見直す。", "附則(令和5年10月1日)", "附則(令和7年4月1日)",
            "2この規程の施行の際現に持ち出している情報資産については、なお従前の例による。", "別表第1(第6条関係)", "別表第2(第2条関係)",
        ),
        leave=("総則1", "TOC", "関係)5", "-1-"),
        once=("第1章総則", "第2章管理の体制", "別表第1(第6条関係)", "第3条削除"),
        order=("第1章総則", "第1条この", "第2条この", "(2)管理責任者", "第3条削除", "第2章管理", "第6条情報", "第6条の2", "附則(令和5年", "附則(令和7年", "なお従前の例", "別表第1(", "極秘", "別表第2(", "部店長", "様式第1号"),
        cells=(
            Cell(("極秘", "未公表の決算"), ("保管", "紙"), "耐火金庫"), Cell(("極秘",), ("保管", "電子"), "暗号化・持出禁止"), Cell(("秘", "顧客の属性"), ("紙",), "施錠書庫"),
            Cell(("社外秘", "事務手続"), ("保管", "紙"), "書庫"), Cell(("情報資産管理部長",), ("点検の周期",), "年2回"), Cell(("部店長",), ("点検の周期",), "毎月"),
        ),
        fields={"as_of": "2025-04-01"},
    )  # fmt: skip


def minutes() -> Held:
    """Minutes: particulars set by tabs and breaks, Word's own numbers 第1号議案, what was said by whom, votes in a table, names set with a right tab."""
    document: Any = Document()
    numbering = document.part.numbering_part.element
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="第%1号議案"/></w:lvl>'
    numbering.insert(0, parse_xml(f'<w:abstractNum {NAMES} w:abstractNumId="88">{level}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {NAMES} w:numId="9"><w:abstractNumId w:val="88"/></w:num>'))
    document.add_heading("第48回リスク管理委員会　議事録", 0)
    tab, line = "<w:r><w:tab/></w:r>", "<w:r><w:br/></w:r>"
    votes = table(
        4, plain("議案", "賛成", "反対", "棄権"), plain("第1号議案", "7", "0", "1"), plain("第2号議案", "5", "2", "1"),
    )  # fmt: skip
    for xml in (
        paragraph(run("日　時") + tab + run("令和7年6月20日（金）　10時00分～11時45分")),
        paragraph(run("場　所") + tab + run("本店7階　第3会議室")),
        paragraph(run("出席者") + tab + run("委員長　執行役員　三浦") + line + tab + run("委員　市場部長　外山、審査部長　沢田") + line + tab + run("（オブザーバー）監査部　新井")),
        paragraph(run("欠席者") + tab + run("事務部長　小出")),
        paragraph("委員長が開会を宣し、定足数を満たすことを確認した。"),
        numbered("金利リスクの限度額の改定", 0, 9),
        paragraph("市場部長から、資料1に基づき、限度額を420億円から380億円に引き下げる旨の説明があった。"),
        paragraph(run("沢田委員", "<w:b/>") + run("：引下げにより、政策投資の枠に影響はないか。")),
        paragraph(run("外山委員", "<w:b/>") + run("：5月末の使用額は311億円であり、影響はない。")),
        numbered("流動性の危機対応計画の見直し", 0, 9),
        paragraph("審査の結果、原案の「72時間」を「48時間」に改めたうえで可決した。"),
        paragraph("採決の結果は、次のとおりである。"),
        votes,
        paragraph(run("次回は令和7年7月18日（金）に開催する。")),
        paragraph("以上", '<w:jc w:val="right"/>'),
        paragraph(run("議事録作成者") + tab + run("リスク統括部　長谷")),
    ):  # fmt: skip
        add(document, xml)
    document.paragraphs[-1].paragraph_format.tab_stops.add_tab_stop(Cm(14))
    return Held(
        "minutes.docx", saved(document),
        keep=(
            "第48回リスク管理委員会議事録", "日時令和7年6月20日(金)10時00分~11時45分", "場所本店7階第3会議室", "委員長執行役員三浦", "委員市場部長外山、審査部長沢田", "(オブザーバー)監査部新井",
            "欠席者事務部長小出", "第1号議案金利リスクの限度額の改定", "第2号議案流動性の危機対応計画の見直し", "沢田委員:引下げにより、政策投資の枠に影響はないか。",
            "外山委員:5月末の使用額は311億円であり、影響はない。", "限度額を420億円から380億円に引き下げる旨の説明があった。", "原案の「72時間」を「48時間」に改めたうえで可決した。",
            "次回は令和7年7月18日(金)に開催する。", "議事録作成者リスク統括部長谷",
        ),
        leave=("第3号議案", "出席者委員長執行役員三浦委員市場部長"),
        order=("日時令和", "場所本店", "委員長執行", "市場部長外山", "オブザーバー", "欠席者", "第1号議案金利", "沢田委員:", "外山委員:", "第2号議案流動", "採決の結果", "次回は", "以上", "議事録作成者"),
        cells=(
            Cell(("第1号議案",), ("賛成",), "7"), Cell(("第1号議案",), ("棄権",), "1"), Cell(("第2号議案",), ("賛成",), "5"), Cell(("第2号議案",), ("反対",), "2"),
        ),
    )  # fmt: skip


def all_word() -> list[Held]:
    """Every file."""
    return [ringi(), important(), house_rules(), minutes()]
