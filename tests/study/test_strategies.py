"""Each way of telling says what the document says, in the words it was asked in."""

import pytest

from study.materials import FAQ, LAW, REPORT, material
from tekio.knowledge.grounding import check
from tekio.study.build import ground_of
from tekio.study.material import Draft, LeftOut, Material
from tekio.study.strategies import STRATEGIES

COMPANY = "甲乙銀行"


def told(name: str, text: str, *, company: str | None = None, wordings: int = 3) -> list[Draft]:
    made = STRATEGIES[name](material(text, company=company), wordings)
    return [item for item in made if isinstance(item, Draft)]


def texts(drafts: list[Draft]) -> list[str]:
    return [draft.text for draft in drafts if not draft.question]


def pairs(drafts: list[Draft]) -> list[tuple[str, str]]:
    return [(draft.question, draft.text) for draft in drafts if draft.question]


def test_a_figure_is_told_with_company_period_and_unit():
    found = texts(told("figures", REPORT, company=COMPANY))
    sales = [text for text in found if "1,250百万円" in text]
    assert len(sales) == 3
    assert all(COMPANY in text and "売上高" in text and "当連結会計年度" in text for text in sales)


def test_figures_of_nobody_and_without_unit_are_left_out():
    def reasons(text: str, company: str | None) -> set[str]:
        made = STRATEGIES["figures"](material(text, company=company), 1)
        return {item.reason for item in made if isinstance(item, LeftOut)}

    assert reasons(REPORT, None) == {"no_subject"}
    assert reasons("売上高 | 前期: 1,000 | 当期: 1,250", COMPANY) == {"no_unit"}
    twice = "（単位：円）\n売上高 | 当期: 1\nつぎの表は次のとおりです。\n（単位：円）\n売上高 | 当期: 2"
    assert reasons(twice, COMPANY) == {"ambiguous_labels"}


def test_two_periods_are_compared_with_the_rate_recomputed():
    found = texts(told("changes", REPORT, company=COMPANY))
    assert any("250百万円" in text and "増加率25.0%" in text for text in found)
    assert any("10百万円" in text and "減少率10.0%" in text for text in found)


def test_a_rate_that_the_table_states_otherwise_is_not_told():
    wrong = REPORT.replace("25.0", "35.0")
    made = list(STRATEGIES["changes"](material(wrong, company=COMPANY), 1))
    assert [item.reason for item in made if isinstance(item, LeftOut)] == ["table_disagrees"]
    assert not any(isinstance(item, Draft) and "売上高" in item.text for item in made)


def test_parts_of_a_total_are_told_where_they_make_it():
    found = texts(told("shares", REPORT, company=COMPANY))
    assert any("銀行業" in text and "75.0%" in text for text in found)
    assert told("shares", REPORT.replace("400", "500"), company=COMPANY) == []


def test_a_definition_goes_both_ways():
    found = pairs(told("definitions", LAW))
    assert any("「貯金者」" in question and "貯金に係る債権を有する者" in answer for question, answer in found)
    assert any("貯金に係る債権を有する者" in question and answer == "「貯金者」です。" for question, answer in found)


def test_duties_name_who_what_and_by_when():
    found = pairs(told("duties", LAW))
    assert any("金融機関は何をしなければなりませんか" in question for question, _ in found)
    assert any(
        "いつまでに" in question and answer == "事業年度の終了後三月以内に行います。" for question, answer in found
    )
    assert any(
        question.startswith("貯金保護法第三条第2項によれば、主務大臣は何をすることができますか")
        for question, _ in found
    )


def test_a_reference_is_resolved():
    found = texts(told("references", LAW))
    assert found
    assert all("第三条" in text and "第二条" in text and "「貯金者」とは" in text for text in found)


def test_a_caption_leads_to_its_article_and_back():
    found = pairs(told("captions", LAW))
    assert ("貯金保護法で「報告」を定めるのは第何条ですか。", "第三条です。") in found


def test_items_are_listed_with_their_number():
    found = told("lists", LAW)
    assert any("「商号」、「本店の所在地」及び「資本金の額」" in text and "3" in text for text in texts(found))
    assert (
        "貯金保護法第四条に掲げられているものをすべて挙げてください。",
        "・商号\n・本店の所在地\n・資本金の額",
    ) in pairs(found)


def test_a_glossary_is_told():
    found = pairs(told("lists", "用語\n信託：財産の管理や処分を他人に委ねることをいいます。"))
    assert found == [("信託とは何ですか。", "財産の管理や処分を他人に委ねることをいいます。")]


def test_questions_go_from_question_to_answer_and_back():
    found = pairs(told("questions", FAQ))
    assert found[0][0] == "外貨の利子は課税されますか。"
    assert found[0][1].startswith("所得税法第23条により課税されます。")
    assert found[1][1] == "外貨の利子は課税されますか。"


def test_a_blank_takes_a_whole_fact():
    answers = {draft.text.strip("「」です。空欄に入るのは") for draft in told("cloze", FAQ)}
    assert answers <= {"第23条", "15％", "令和6年1月1日"}
    assert answers


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_every_row_stands_in_its_passage_and_is_the_same_again(name: str):
    documents: list[Material] = [material(LAW), material(FAQ), material(REPORT, company=COMPANY)]
    rows = [(document, item) for document in documents for item in STRATEGIES[name](document, 6)]
    again = [(document, item) for document in documents for item in STRATEGIES[name](document, 6)]
    assert rows == again
    drafts = [(document, item) for document, item in rows if isinstance(item, Draft)]
    assert drafts
    for document, item in drafts:
        assert check(item.whole, ground_of(document, item), item.computed)[1] == [], item.whole
    told_texts = [item.whole for _, item in drafts]
    assert len(set(told_texts)) == len(told_texts), "a thing is never told twice in one form"


STATEMENT = """連結損益計算書
（単位：百万円）
売上高 | 注記: 6,26 | 前期: ※2 1,000 | 当期: ※1、3 1,250
売上原価
当期製品製造原価 | 前期: 700 | 当期: 800
売上原価合計 | 前期: 700 | 当期: 800
営業利益 | 前期: 300 | 当期: 450
合計 | 前期: 20 | 当期: 30
"""


def test_a_heading_ends_with_its_total_and_numbers_of_notes_are_no_amounts():
    found = texts(told("figures", STATEMENT, company=COMPANY, wordings=1))
    assert len(found) == 8  # neither of the notes, nor of a total of nothing
    assert any("売上原価の当期製品製造原価" in text or "の売上原価" in text for text in found if "製品製造原価" in text)
    assert not any("売上原価" in text for text in found if "営業利益" in text)
    assert not any("売上原価の売上原価合計" in text for text in found)
    assert any("売上高" in text and "1,250百万円" in text for text in found)
    assert not any("注記" in text or "6,26" in text for text in found)


def test_a_total_is_told_with_what_the_document_is_about():
    text = "（単位：百万円）\n固定資産除却損 | 当期: 20\n合計 | 当期: 30"
    about = material(text, title=f"{COMPANY} その他の費用", company=COMPANY)
    found = [item.text for item in STRATEGIES["figures"](about, 1) if isinstance(item, Draft)]
    assert any("その他の費用" in text for text in found if "合計" in text)
    statement = material(text, title=f"{COMPANY} 連結損益計算書", company=COMPANY)
    left = [item.reason for item in STRATEGIES["figures"](statement, 1) if isinstance(item, LeftOut)]
    assert left == ["bare_label"]


def test_a_segments_own_profit_stands_under_the_segment():
    text = "（単位：百万円）\n売上高 | 当期: 900\n自動車\n営業利益 | 当期: 20\n金融\n営業利益 | 当期: 30"
    found = texts(told("figures", text, company=COMPANY, wordings=1))
    assert all("自動車" in text for text in found if "20百万円" in text)
    assert all("金融" in text for text in found if "30百万円" in text)


def test_a_half_year_is_not_compared_with_a_year():
    row = "（単位：百万円）\n経常収益 | 第99期中令和6年9月: 200 | 第100期中令和7年9月: 230 | 第99期令和7年3月: 410 | 第100期令和8年3月: 420"
    found = texts(told("changes", row, company=COMPANY, wordings=1))
    assert len(found) == 2
    assert any("200百万円" in text and "230百万円" in text for text in found)
    assert any("410百万円" in text and "420百万円" in text for text in found)


def test_what_is_measured_stands_with_the_row_and_the_period_alone():
    row = "（単位：百万円）\n金融太郎㈱ | （前事業年度） 貸借対照表計上額: 183 | （当事業年度） 貸借対照表計上額: 188"
    assert any(
        "金融太郎㈱の貸借対照表計上額" in text and "当事業年度" in text
        for text in texts(told("changes", row, company=COMPANY))
    )
    assert not any("（当事業年度）" in text for text in texts(told("figures", row, company=COMPANY)))


ARTICLES = """貯金保護法　抄
（報告）
第一条　金融機関は、報告書を主務大臣に提出しなければならない。ただし、休業中は、この限りでない。
2　主務大臣は、報告書を公表するものとする。
（準用）
第二条　第一条第二項の規定は、農業協同組合について準用する。
（例外）
第三条　第一条の規定は、外国の金融機関には適用しない。
（定義）
第四条　この法律において「支店等」とは、銀行法第八条に規定する支店等をいう。
"""


def test_a_reference_to_a_paragraph_tells_that_paragraph():
    found = texts(told("references", ARTICLES))
    assert found
    assert all("第一条第2項" in text and "公表するものとする" in text for text in found)
    assert not any("貯金保護法　抄" in text for text in found)


def test_of_an_article_of_several_paragraphs_no_one_is_told_as_the_whole():
    assert not any("第三条" in text and "提出しなければ" in text for text in texts(told("references", ARTICLES)))


def test_a_definition_by_the_word_itself_is_left_out():
    made = list(STRATEGIES["definitions"](material(ARTICLES), 1))
    assert [item.reason for item in made if isinstance(item, LeftOut)] == ["circular"]
    assert not any(isinstance(item, Draft) for item in made)


def test_a_piece_of_a_number_in_two_parts_is_no_blank():
    text = "通達の取扱い\n【照会要旨】\n課税されますか。\n【回答要旨】\n一時金は、所得税基本通達35-3の取扱いに該当せず、雑所得として課税されることとなります。"
    assert all("通達（　　　）" not in question for question, _ in pairs(told("cloze", text)))


@pytest.mark.parametrize(
    "sentence",
    [
        "この法律は、平成十九年十月一日から施行する。",
        "ただし、第五条から第十条までの規定は、公布の日から施行する。",
        "長期信用銀行は、第一項第四号の承認を受けようとするときは、理由書を提出しなければならない。",
        "この取扱いは、令和6年4月1日現在の法令に基づいて作成しています。",
    ],
)
def test_formulas_and_paragraphs_are_no_blanks(sentence: str):
    assert told("cloze", f"貯金保護法\n（雑則）\n第九条　{sentence}") == []


def test_what_something_is_written_in_has_no_duty():
    text = "貯金保護法\n（書面）\n第九条　契約の書面には、手数料の額を明瞭に記載しなければならない。"
    assert told("duties", text) == []


@pytest.mark.parametrize("name", ["definitions", "duties", "references", "captions", "lists"])
def test_articles_that_a_page_quotes_are_left_out_by_name(name: str):
    page = (
        "出資の評価について\n【照会要旨】\n組合の定款には次の定めがあります。どのように評価しますか。\n"
        "第20条　「払戻し」とは、持分の返還をいう。\n第21条　組合員は、脱退したときは、払戻しを請求することができる。"
    )
    made = list(STRATEGIES[name](material(page), 1))
    assert [item for item in made if isinstance(item, Draft)] == []
    assert {item.reason for item in made if isinstance(item, LeftOut)} == {"quoted_article"}


def test_a_subtotal_in_brackets_of_nothing_named_is_left_out():
    text = "（単位：百万円）\n（小計） | 前期: 100 | 当期: 120"
    made = list(STRATEGIES["figures"](material(text, company=COMPANY), 1))
    assert {item.reason for item in made if isinstance(item, LeftOut)} == {"bare_label"}


def test_money_is_asked_for_by_its_own_word():
    text = "株式数 | 前期（株）: 100 | 当期（株）: 120\n売上高 | 前期（円）: 100 | 当期（円）: 120"
    asked = [question for question, _ in pairs(told("figures", text, company=COMPANY))]
    assert all("いくら" not in question for question in asked if "株式数" in question)


def left(name: str, text: str, *, title: str = "", company: str | None = COMPANY) -> list[str]:
    made = STRATEGIES[name](material(text, title=title, company=company), 3)
    return [item.reason for item in made if isinstance(item, LeftOut)]


def test_a_change_of_a_change_is_not_told():
    row = "（単位：百万円）\n営業債権の増減額（△は増加） | 前期: 204 | 当期: 260"
    assert left("changes", row) == ["change_of_a_change"]
    assert texts(told("changes", row, company=COMPANY)) == []
    assert texts(told("figures", row, company=COMPANY, wordings=1)) != []  # as a figure it is one


@pytest.mark.parametrize(
    "row",
    [
        "経費 | 2020年度比 (A)－(B): △220 | 2021年度(A): 11,046",
        "建設業 | 2021年3月末比: 115 | 2022年3月末: 382",
        "アメリカス | 前第1四半期 売上収益: 38,304 | 当第1四半期 セグメント利益: 31,273",
    ],
)
def test_only_periods_of_one_measure_are_compared(row: str):
    assert texts(told("changes", f"（単位：百万円）\n{row}", company=COMPANY)) == []


def test_columns_of_two_measures_are_compared_each_with_its_own():
    row = "売上 | 前期（円） 売上収益: 100 | 前期（円） 利益: 10 | 当期（円） 売上収益: 120 | 当期（円） 利益: 15"
    found = texts(told("changes", row, company=COMPANY, wordings=1))
    assert len(found) == 2
    assert all(("100円" in text and "120円" in text) != ("10円" in text and "15円" in text) for text in found)


def test_a_rate_of_figures_of_one_digit_or_of_nothing_is_not_told():
    small = "（単位：百万円）\n固定資産売却益 | 前期: 1 | 当期: 3\n株式数 | 前期: 52,623 | 当期: 52,621"
    found = texts(told("changes", small, company=COMPANY, wordings=1))
    assert len(found) == 2
    assert not any("率" in text for text in found)


def test_a_figure_without_a_period_is_left_out_of_a_report_that_tells_periods():
    undated = "（単位：百万円）\n資本金 | 残高: 500\nつぎの表は次のとおりです。\n（単位：百万円）\n売上高 | 当期: 900"
    assert left("figures", undated) == ["no_period"]
    assert left("figures", "（単位：百万円）\n資本金 | 残高: 500") == []  # nothing there has one


def test_a_column_of_changes_names_its_periods_or_is_left_out():
    row = "（単位：百万円）\n売上高 | 前期: 1,000 | 当期: 1,250 | 増減: 250"
    assert left("figures", row) == ["no_period"]
    assert left("figures", row.replace("増減", "前期比増減額")) == ["change_of_no_period"]


def test_what_is_measured_stands_with_who_has_it():
    row = "令和8年9月30日現在\n株式会社甲乙信託銀行 | 所有株式数（株）: 100 | 議決権の割合（％）: 4.95"
    found = [question for question, _ in pairs(told("figures", row, company="丙社"))]
    assert any("株式会社甲乙信託銀行の所有株式数" in question for question in found)
    assert any("株式会社甲乙信託銀行の議決権の割合" in question for question in found)


def test_a_total_of_nothing_named_is_called_by_its_parts():
    rows = "（単位：百万円）\n外部顧客への売上高 | 当期 自動車: 90\n内部売上高 | 当期 自動車: 10\n計 | 当期 自動車: 100"
    found = texts(told("shares", rows, company=COMPANY))
    assert found
    assert all("外部顧客への売上高と内部売上高の合計" in text for text in found)
    assert told("shares", rows.replace("当期 自動車", "計"), company=COMPANY) == []


def test_a_total_has_its_heading_once():
    rows = "（単位：百万円）\n固定負債\n社債 | 当期: 90\n借入金 | 当期: 10\n固定負債合計 | 当期: 100"
    found = texts(told("shares", rows, company=COMPANY))
    assert any("固定負債合計100百万円" in text for text in found)
    assert not any("固定負債の固定負債合計" in text for text in found)


@pytest.mark.parametrize(
    "line",
    [
        "オキフエダイ（仏：Lutjanus fulvus、英名もある）はスズキ目フエダイ科の魚である。",
        "① マテリアル事業領域：需要の回復により自動車用途を中心に販売量が増加した。",
        "「損害の原因」欄：「○○地震」などと記入します。",
        "爪甲：平安時代の薬物辞典に収載されている。鼻血に用いられた。",
    ],
)
def test_what_defines_nothing_is_no_glossary(line: str):
    assert told("lists", f"概要\n{line}") == []
    assert left("lists", f"概要\n{line}", company=None) == ["defines_nothing"]


def test_under_a_heading_of_terms_a_plain_explanation_defines():
    assert pairs(told("lists", "用語集\n信託：財産の管理を他人に委ねる仕組みである。"))
    assert told("lists", "信託の話\n信託：財産の管理を他人に委ねる仕組みである。") == []


LEADING = """貯金保護法
（定義）
第一条　この法律において「関係業者」とは、外国の法人であって、次のいずれかに該当するものをいう。
一　銀行業を営む者
二　証券業を営む者
（率）
第二条　手数料の率は、第一号に掲げる額を第二号に掲げる額で除して得た率とする。
一　収入の額
二　支出の額
（公告）
第三条　金融機関は、第二条の率につき、翌事業年度の次の事業年度の末日までに報告しなければならない。
（届出）
第四条　金融機関は、次に掲げる事項を届け出なければならない。
一　次のイ又はロに掲げる額
二　商号
"""


def test_what_leads_to_a_list_below_is_told_nowhere_without_it():
    for name in ("definitions", "references", "cloze"):
        whole = [draft.whole for draft in told(name, LEADING)]
        assert not any("次のいずれか" in text or "第一号に掲げる額" in text for text in whole)
    assert any("次の事業年度の末日" in draft.whole for draft in told("duties", LEADING))  # a year is no list
    assert left("lists", LEADING, company=None) == ["leads_to_a_list"]


def test_a_case_has_no_duty_and_a_deadline_leaves_no_mark_behind():
    text = (
        "貯金保護法\n（端数）\n第九条　納付金の額に一円未満の端数があるときは、これを切り捨てるものとする。\n"
        "（抹消）\n第十条　登録機関は、通知を受けたときは、職権をもつて、遅滞なく、登録を抹消しなければならない。"
    )
    whole = [draft.whole for draft in told("duties", text)]
    assert not any("端数" in row for row in whole)
    assert any("職権をもつて、登録を抹消" in row for row in whole)
    assert not any("、、" in row for row in whole)


def test_the_number_of_a_question_is_no_word_of_it():
    page = "手引\nQ.10-5このガイドラインに期限はありますか。\nA.期限は、平成28年4月1日から五年間とされています。"
    assert pairs(told("questions", page))[0][0] == "このガイドラインに期限はありますか。"
    years = "手引\nQ.2024年度の分は対象ですか。\nA.対象となります。"
    assert pairs(told("questions", years))[0][0] == "2024年度の分は対象ですか。"


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("立会いを頼めますか。", "いずれも不可です。【関連条文：第9項】Q.9-5別の弁護士を選任できますか。", "another_question"),
        ("次に図示する場合、Aは相続人となりますか。", "Aは相続人となります。", "needs_a_picture"),
        ("次の受取書は、第何号文書に該当しますか。", "第17号の2文書に該当します。", "needs_a_picture"),
    ],
)  # fmt: skip
def test_answers_with_another_question_or_a_lost_picture_are_left_out(question: str, answer: str, reason: str):
    page = f"手引\n【照会要旨】\n{question}\n【回答要旨】\n{answer}"
    assert told("questions", page) == []
    assert left("questions", page, company=None) == [reason]


@pytest.mark.parametrize(
    "answer",
    [
        "この計画の提出は3か月以内とされていますが、提出が遅れた場合にはどうなりますか。",
        "【関連条文：第10項】Q.10-4この計画に適用の期限はありますとされています。",
        "財産評価基本通達24に定めるところにより、上図の部分は評価しないこととなります。",
        "見直しは、法の施行の日から二年六月以内に行うこととされていましたが、今はありません。",
    ],
)
def test_no_blank_in_a_question_before_a_picture_or_within_a_length(answer: str):
    page = f"手引\n【照会要旨】\n期限はありますか。\n【回答要旨】\n{answer}"
    assert [text for _, text in pairs(told("cloze", page)) if "六月" not in text] == []


def test_a_blank_is_not_told_by_the_title_beside_it():
    page = "所得税法の手引\n【照会要旨】\n課税されますか。\n【回答要旨】\nこの利子は、所得税法の定めるところにより課税されることとなります。"
    assert not any(text.startswith("所得税法") or "「所得税法」" in text for _, text in pairs(told("cloze", page)))


def test_what_stands_before_a_label_is_none_of_it():
    row = "（単位：円）\n－基本的 | : 前期: 170.95 | : 当期: 176.46\n(1) 外部収益 | : 前期: 100 | : 当期: 90"
    found = texts(told("figures", row.replace(": 前期", "前期").replace(": 当期", "当期"), company=COMPANY, wordings=1))
    assert found
    assert not any("－" in text or "(1)" in text for text in found)


def test_a_period_before_a_measure_is_the_column_of_who_has_it():
    row = "子会社㈱ | 当事業年度 育児休業取得率（％）: 88.8"
    found = [question for question, _ in pairs(told("figures", row, company=COMPANY))]
    assert any("子会社㈱の育児休業取得率" in question and "当事業年度" in question for question in found)


def test_a_part_of_nothing_is_no_share():
    rows = "（単位：百万円）\n流動資産\n現金 | 当期: 100\n売却益 | 当期: 0\n流動資産合計 | 当期: 100"
    found = texts(told("shares", rows, company=COMPANY))
    assert found
    assert not any("売却益は" in text for text in found)


BLANK_FORM = """甲乙会定款
（評議員）
第一条　この法人に評議員〇〇名以内を置く。
（任期）
第二条　評議員の任期は、退任した評議員の任期の満了する時までとすることができる。
2　理事長は、第一条の定めにより、評議員〇名を選任しなければならない。
（承継）
第三条　この定款において「その者の承継人」とは、当該者が死亡した場合における相続人をいう。
"""


def test_forms_terms_that_point_back_and_things_without_a_duty_are_left_out():
    whole = [draft.whole for name in ("duties", "references", "definitions") for draft in told(name, BLANK_FORM)]
    assert not any("〇" in row for row in whole)
    assert not any("何をすることができますか" in row for row in whole)  # a term of office
    assert left("definitions", BLANK_FORM, company=None) == ["points_back"]
    assert left("duties", BLANK_FORM, company=None) == ["not_filled_in"]


def test_a_question_that_begins_with_a_place_elsewhere_is_left_out():
    page = "手引\n【照会要旨】\n（4）の計画案には、保証人の計画も含まれますか。\n【回答要旨】\n含めることとするのが相当です。"
    assert told("questions", page) == []
    assert left("questions", page, company=None) == ["points_back"]


def test_the_heading_of_what_follows_is_no_part_of_an_answer():
    page = "手引\n【照会要旨】\n取崩しは必要ですか。\n【回答要旨】\n取崩しを行う必要があります。\n3　確定申告における取扱い"
    assert pairs(told("questions", page))[0][1] == "取崩しを行う必要があります。"


@pytest.mark.parametrize(
    "answer",
    [
        "役員として勤務した期間は令2.4.1から令6.3.31までの四年間とされていました。",
        "本通達の(1)では、所有割合を社員数割合とする法人について所得税法の定めによるとしています。",
    ],
)
def test_no_blank_within_a_short_date_or_a_sentence_without_its_brackets(answer: str):
    page = f"手引\n【照会要旨】\n期限はありますか。\n【回答要旨】\n{answer}"
    assert not {text.strip("「」です。空欄に入るのは") for _, text in pairs(told("cloze", page))} & {
        "6.3",
        "2.4",
        "所得税法",
    }


def test_a_definition_that_leads_to_a_list_is_counted():
    assert "leads_to_a_list" in left("definitions", LEADING, company=None)


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("次のケースの場合、特例を適用できますか。", "ケース2には適用することはできません。", "needs_a_picture"),
        ("加算する金額はいくらですか。", "計算式は、以下のとおりです。", "leads_to_a_list"),
    ],
)
def test_answers_whose_case_or_list_is_lost_are_left_out(question: str, answer: str, reason: str):
    page = f"手引\n【照会要旨】\n{question}\n【回答要旨】\n{answer}"
    assert left("questions", page, company=None) == [reason]


def test_the_name_of_a_lost_picture_ends_no_answer():
    page = "手引\n【照会要旨】\n税印とは何ですか。\n【回答要旨】\n現金で納付する仕組みです。\n〔税印〕"
    assert pairs(told("questions", page))[0][1] == "現金で納付する仕組みです。"


def test_heads_of_two_lines_are_joined_by_no_and_wrapped_ones_are_not():
    row = (
        "（単位：百万円）\n前事業年度（自 2020年4月1日 至 2021年3月31日）\n"
        "当期首残高 | 株主資本 資本金: 500 | 株主資本 自己株式: △10 | 非支配株主 持分: 20\n"
        "剰余金の配当 | 株主資本 資本金: 1 | 株主資本 自己株式: △2 | 非支配株主 持分: 3"
    )
    found = texts(told("figures", row, company=COMPANY, wordings=1))
    assert any("株主資本の自己株式" in text for text in found)
    assert any("非支配株主持分" in text for text in found)
    assert not any("株主資本自己株式" in text or "非支配株主の持分" in text for text in found)


def test_articles_of_a_part_of_a_circular_are_those_of_its_law():
    text = "第8編　酒類行政法令関係\n" + LAW.partition("\n")[2]
    made = list(STRATEGIES["definitions"](material(text), 1))
    assert not any(isinstance(item, Draft) for item in made)


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("底地の借入金は対象ですか。", "照会の場合には上記のからのいずれにも該当しません。", "lost_marks"),
        ("－25．（3）にある表とは何ですか。", "修正を施したものとします。", "points_back"),
        ("どのように検討しますか。", "次のような場合に該当するときには、損金の額に算入されます。", "leads_to_a_list"),
    ],
)
def test_answers_of_what_the_text_lost_are_left_out(question: str, answer: str, reason: str):
    page = f"手引\n【照会要旨】\n{question}\n【回答要旨】\n{answer}"
    assert left("questions", page, company=None) == [reason]


def test_a_heading_in_brackets_ends_no_answer_and_no_blank_leans_on_the_sentence_before():
    page = "手引\n【照会要旨】\n期間は何年ですか。\n【回答要旨】\n期間は三年とされています。\nこの場合において、その期間は五年を超えることができません。\n（本手続の考え方）"
    assert not pairs(told("questions", page))[0][1].endswith("（本手続の考え方）")
    assert not any("五年" in text for _, text in pairs(told("cloze", page)))
