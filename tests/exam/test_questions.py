"""Questions by rules: what is asked stands in the document, and what is wrong does not."""

# pyright: standard

import pytest

from exam.corpus import answer, filing, law
from tekio.exam.askable import Askable, Source
from tekio.exam.options import choose_options, may_be_one, plain
from tekio.exam.questions import RIGHT, WRONG, askables_of
from tekio.exam.sentences import stock_sentences, told_of, turned
from tekio.exam.titles import telling_titles
from tekio.knowledge.passages import split_passages
from tekio.recipe.exam import KINDS


def asked(text: str, title: str = "青空信託事業法施行規則") -> list[Askable]:
    source = Source("seen", "d", "own", "g", title, "CC0-1.0")
    return list(askables_of(source, text, KINDS, longest=800, seed=17))


def of_kind(found: list[Askable], kind: str) -> list[Askable]:
    return [one for one in found if one.kind == kind]


def test_a_law_is_asked_for_numbers_who_terms_and_dates():
    found = asked(law(0))
    answers = {kind: {one.answer for one in of_kind(found, kind)} for kind in KINDS}
    assert "10日" in answers["number"]
    assert {"信託受託者", "信託監督委員", "代表取締役", "信託受益者"} <= answers["who"]
    assert "青空受託業務" in answers["what"]
    assert answers["date"] == {"平成11年1月1日"}  # not from when it is in force


def test_every_answer_stands_at_its_place():
    for text in (law(3), filing(3), answer(3)):
        for one in asked(text):
            assert one.passage.text[one.start : one.end]
            assert (
                text[one.passage.start + one.start : one.passage.start + one.end]
                == one.passage.text[one.start : one.end]
            )
            if one.kind in ("date", "who", "what"):
                assert one.passage.text[one.start : one.end] == one.answer


def test_the_blank_is_the_only_place_of_the_answer():
    for one in asked(law(2)):
        if one.kind in ("date", "who", "what"):
            assert one.answer not in one.question.partition("\n")[2]


def test_a_figure_is_asked_with_its_row_column_and_unit():
    found = of_kind(asked(filing(1), "朝日野商事 経営指標"), "number")
    sales = next(one for one in found if "売上高" in one.question and "当期" in one.question)
    assert sales.answer == "1,158百万円"
    assert "1,137百万円" in sales.rivals["row"]  # the same row, the other year
    assert "1,158百万円" not in sales.rivals["row"]


def test_a_wrong_statement_of_a_table_is_wrong():
    for one in of_kind(asked(filing(1), "朝日野商事 経営指標"), "choice"):
        told = {line.split(" | ")[0]: line for line in filing(1).splitlines()}
        for wrong in one.rivals["row"]:
            row = wrong.partition("（")[0]
            value = wrong.partition("は")[2].removesuffix("百万円である。")
            column = "前期" if "（前期" in wrong else "当期"
            cell = next(cell for cell in told[row].split(" | ") if cell.startswith(column))
            assert value not in cell


@pytest.mark.parametrize("number", range(8))
def test_a_statement_is_true_or_false_as_the_answer_says(number):
    for one in of_kind(asked(law(number)), "true_false"):
        said = one.question.partition("\n")[2]
        assert one.answer == (RIGHT if said in law(number).replace("\n", "") or said in law(number) else WRONG)


def test_the_conclusion_of_an_answer_is_turned_into_its_opposite():
    passage = next(one for one in split_passages("d", answer(1)) if one.kind == "answer")
    found = turned(passage.text, passage.answer)
    assert found is not None
    sentence, opposite, start, end = found
    assert passage.text[start:end] == sentence
    assert sentence.endswith("算入することができません。")
    assert opposite.endswith("算入することができます。")


def test_a_sentence_within_brackets_is_not_asked():
    passage = split_passages("d", "第一条　会社（国内に限る。以下同じ。）は、三十日以内に届け出なければならない。")[0]
    assert all(one.sentence.count("（") == one.sentence.count("）") for one in told_of(passage))


def test_options_are_different_answers_of_one_form():
    source = Source("seen", "d", "own", "g", "題", "CC0-1.0")
    passage = split_passages("d", "期限は三十日である。")[0]
    one = Askable(
        source, "number", "期限は", "1,000円", passage, 0, 2, "own", "", {"row": ["1000円", "１，０００円", "900円"]}
    )
    assert choose_options(one, [], 3, 1) is None  # the same amount written otherwise is no wrong answer
    found = choose_options(one, ["800円"], 3, 1)
    assert found is not None
    options, place, difficulty, _ = found
    assert sorted(options) == ["1,000円", "800円", "900円"]
    assert plain(options[place]) == "1000円"
    assert difficulty == "easy"


def test_the_place_of_the_right_option_says_nothing():
    places = []
    for number in range(10):
        for one in of_kind(asked(filing(number), f"{number}商事 経営指標"), "number"):
            chosen = choose_options(one, [], 4, 17)
            assert chosen is not None
            places.append(chosen[1])
    assert len(places) == 100
    for place in range(4):
        assert 12 <= places.count(place) <= 38  # 25 expected; beyond three standard deviations


def test_the_right_option_is_the_largest_no_more_often_than_by_chance():
    source = Source("seen", "d", "own", "g", "題", "CC0-1.0")
    passage = split_passages("d", "期限は三十日である。")[0]
    rivals = ["110円", "230円", "340円", "710円", "860円", "990円"]
    ranks: list[int] = []
    for number in range(300):
        one = Askable(source, "number", f"問{number}", "520円", passage, 0, 2, "own", "", {"row": rivals})
        chosen = choose_options(one, [], 4, 17)
        assert chosen is not None
        options, place, _, outstanding = chosen
        if not outstanding:
            ranks.append(sorted(options).index(options[place]))
    assert len(ranks) > 100
    for rank in range(4):
        assert 0.12 < ranks.count(rank) / len(ranks) < 0.4  # a quarter by chance


def test_options_are_written_like_the_answer():
    text = "第一条　事業者は、この法律第百十一条の届出をしなければならない。"
    forms = {one.form for one in told_of(split_passages("d", text)[0]) if one.kind == "what"}
    other = {
        one.form for one in told_of(split_passages("d", text.replace("第百十一条", "第23条"))[0]) if one.kind == "what"
    }
    assert forms
    assert not forms & other


def test_a_conclusion_whose_opposite_nobody_would_write_is_not_turned():
    assert turned("【回答要旨】\n照会の場合には、完全支配関係により判定を行うこととなります。", 0) is None


def told(text: str) -> set[str]:
    return {one.words for one in told_of(split_passages("d", text)[0])}


@pytest.mark.parametrize(
    "sentence",
    [
        "この政令は、昭和二十三年三月二十七日から、これを適用する。",
        "第一条　この府令は、銀行法の一部を改正する法律の施行の日（平成六年四月一日）から施行する。",
        "2　この規程は、令和五年七月一日に改正し、同年八月一日から実施する。",
        "ただし、附則第五条から第十条までの規定は、平成二十年四月一日から施行する。",
        "次の各号に掲げる規定は、公布の日から起算して三月を経過した日から施行し、平成二十年分の所得税から適用する。",
        "令和5年10月1日現在の法令・通達等に基づいて作成しています。",
        "当社は、○年○月○日に第5回無担保社債100百万円を発行いたしました。",
        "財務諸表について、○○○○監査法人により100時間の監査を受けております。",
    ],
)
def test_formulas_and_forms_that_are_not_filled_in_are_not_asked(sentence: str):
    assert told(sentence) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "この規則において主要株主とは、総株主の議決権の百分の二十以上を有する者をいう。",
        "保険契約者は、この法律の施行の日から三十日以内に届け出なければならない。",
        "改正後の第三条の規定は、平成二十年四月一日以後に開始する事業年度から適用する。",
        "この法律による改正後の規定は、平成十年四月一日以後に終了する事業年度分から適用し、その前は三年とする。",
    ],
)
def test_sentences_that_only_begin_or_end_like_a_formula_are_asked(sentence: str):
    assert told(sentence)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("当該証券取引法の規定は、前項の届出をした者については適用があるものとみなす。", "当該証券取引法"),
        ("この計算は、財務諸表等の用語に関する法律施行令に定めるところにより行います。", "法律施行令"),
        ("詳しい取扱いは、法令・通達に定めるところにより税務署に確認してください。", "法令・通達"),
        ("この場合の取扱いについては、上記通達の定めるところによることとなります。", "上記通達"),
        ("売主となる者は、A銀行の定める方法によってその代金を支払うことになります。", "A銀行"),
        ("外国で作成される場合・・・・・・国内法の定めるところによることとなります。", "国内法"),
        ("その範囲は、各国の定める準拠法によって決まることとされています。", "準拠法"),
    ],
)
def test_words_that_name_nothing_are_no_answers(sentence: str, words: str):
    assert words not in told(sentence)


def test_names_of_laws_and_companies_are_answers():
    assert "所得税基本通達" in told("この場合の取扱いについては、所得税基本通達の定めるところによることとなります。")
    assert "青空銀行" in told("売主となる者は、青空銀行の定める方法によってその代金を支払うことになります。")


def test_a_sentence_of_several_documents_is_neither_asked_nor_offered():
    common = "手数料は、一件につき5,500円とし、本店の窓口で支払うものとします。"
    texts = [f"{name}の規定\n期限は、契約の日から{number + 3}か月後の応当日とします。\n{common}\n保管は{number + 20}年間とし、満了の日に返却するものとします。" for number, name in enumerate("甲乙丙丁")]  # fmt: skip
    source = Source("seen", "d", "own", "g", "甲の規定", "CC0-1.0")
    stock = stock_sentences(texts)
    found = [*askables_of(source, texts[0], KINDS, longest=800, seed=17, stock=stock)]
    assert found
    assert not any("5,500" in text for one in found for text in (one.question, one.answer, *one.rivals.get("row", [])))
    assert any(one.answer == "5,500円" for one in asked(texts[0]))


@pytest.mark.parametrize(
    ("short", "long", "one"),
    [
        ("所法", "所得税法", True),
        ("措置法", "租税特別措置法", True),
        ("措法令", "租税特別措置法施行令", True),
        ("民法", "所得税法", False),
        ("法人税法", "租税特別措置法", False),
        ("所法", "所得税法施行令", False),
        ("100円", "1,000円", False),
    ],
)
def test_a_short_form_of_the_right_law_is_no_wrong_answer(short: str, long: str, one: bool):
    assert may_be_one(short, long) is one
    assert may_be_one(long, short) is one


@pytest.mark.parametrize(
    "row",
    [
        "構築物 | 前期: 2,041 | 当期: 2,150",  # without a unit
        "その他 | 前期（百万円）: 2,041 | 当期（百万円）: 2,150",  # of nothing named
    ],
)
def test_a_figure_that_does_not_say_what_it_is_is_not_asked(row):
    assert asked(row, "朝日野商事 経営指標") == []


def test_a_figure_without_a_period_is_not_asked_of_a_report_that_tells_periods():
    dated = (
        filing(1) + "\n次の表は持分の状況です。\n" + "\n".join(f"株主{n} | 資本金（百万円）: {n}12" for n in "123456")
    )
    assert not any("株主" in one.question for one in of_kind(asked(dated, "朝日野商事 経営指標"), "number"))


def test_the_period_over_a_table_is_told_with_the_column():
    rows = "\n".join(f"{name} | 資本金（百万円）: 1{n},012 | 利益剰余金（百万円）: 2{n},034" for n, name in enumerate(["当期首残高", "剰余金の配当", "当期末残高"]))  # fmt: skip
    found = of_kind(asked(f"前事業年度（自 2020年4月1日 至 2021年3月31日）\n{rows}", "朝日野商事 変動計算書"), "number")
    assert found
    assert all("（前事業年度（自 2020年4月1日 至 2021年3月31日）、" in one.question for one in found)


def test_the_period_of_a_column_of_two_parts_stands_alone():
    rows = "\n".join(
        f"金融{n}㈱ | （前事業年度） 株式数（株）: {n}00 | （当事業年度） 株式数（株）: {n}50" for n in "1234"
    )
    found = of_kind(asked(rows, "朝日野商事 保有状況"), "number")
    assert any("金融1㈱の株式数（当事業年度）はどれだけか" in one.question for one in found)
    assert not any("（（" in one.question for one in found)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("本件信託については、普通銀行等の貯蓄銀行業務又は信託業務の兼営等に関する法律の適用がありません。", "貯蓄銀行"),
        ("当行は、企業内容等の開示に関する内閣府令の規定により中間連結財務諸表を作成しております。", "内閣府令"),
        ("当社の子会社であるZホールディングス㈱は、経営統合により最大規模の企業グループとなりました。", "ホールディングス"),
        ("株式会社横河技術情報は、幅広い分野に向けてのソフトウェア開発等の事業を行っています。", "株式会社横河技術"),
        ("投資活動によるキャッシュ・フローは、投資有価証券の売却による収入が増加したことなどにより増えました。", "投資有価証券"),
        ("損失には、非継続事業を構成する処分グループの測定により認識した損失が含まれております。", "処分グループ"),
    ],
)  # fmt: skip
def test_a_piece_of_a_name_and_a_common_word_are_no_answers(sentence, words):
    assert words not in told(sentence)


def test_a_law_before_its_article_or_another_law_is_an_answer():
    assert "所得税法" in told("この利子については、所得税法第23条の定めるところにより課税されることとなります。")
    assert "会社法" in told("合併については、会社法又は保険業法の定めるところによることとされています。")


@pytest.mark.parametrize(
    "text",
    [
        "青空法第三条の規定に基づき、青空法施行規則（平成元年大蔵省令第三号）の全部を次のように定める。",
        "簿書様式は、令和6年12月19日現在の法令に基づくものであることに注意してください。",
        "の次に大きい会社である株式会社青空商事については、一年以内に以下のとおり処分する予定です。",
        "この計画の提出は3か月以内とされていますが、提出が遅れた場合にはどうなりますか。",
        "販売促進策は、3月「九州フェア」、4月「カレーパーティー」の順に実施することとされました。",
    ],
)
def test_clauses_of_enactment_questions_and_pieces_are_not_asked(text):
    assert told(text) == set()


def test_a_sentence_cut_by_a_page_is_not_asked():
    wrapped = "当社は、前連結会計年度において新しい工場を建設する計画を公表しておりましたところ、\nにわかに資材の価格が上がったため、令和6年3月31日までに計画を見直すこととしました。"
    assert told(wrapped) == set()


def test_what_a_question_supposes_and_what_is_of_its_case_is_not_asked():
    page = (
        "【照会要旨】\nA社は、機械を20万円で修理しました。この費用は令和6年3月31日までに払います。損金となりますか。\n"
        "【回答要旨】\nA社の費用20万円は、損金の額に算入されることとなります。\n修理の費用が60万円に満たない場合には、修繕費とすることができます。"
    )
    passage = next(one for one in split_passages("d", page) if one.kind == "answer")
    assert {one.words for one in told_of(passage)} == {"60万円"}


def test_statements_of_a_choice_can_be_judged_alone():
    text = "\n".join(
        [
            "第一条　申請者は、その旨を記載した書面を三十日以内に提出しなければならない。",
            "ただし、外国に住所を有する者にあつては、六十日以内に提出するものとする。",
            "一　次号に掲げる者以外の者にあつては、九十日を経過した日をもつてその期限とする。",
            "第二条　受託者は、その旨を記載した帳簿を十五日以内に作成しなければならない。",
        ]
    )
    for one in asked(text):
        said = (
            [one.answer, *one.rivals["row"]]
            if one.kind == "choice"
            else [one.question.partition("\n")[2]]
            if one.kind == "true_false"
            else []
        )
        assert not any(statement.startswith(("ただし", "一　")) for statement in said)


def test_articles_of_several_amendments_are_not_asked():
    law_text = (
        law(0)
        + "\n附　則　（平成十五年法律第三号）\n第一条　政府は、この規則の施行後七年を経過した場合において、所要の措置を講ずるものとする。"
    )
    assert not any("七年" in one.question + one.answer for one in asked(law_text))
    assert any("従前の許可" in one.question for one in asked(law(0)))


@pytest.mark.parametrize(
    ("title", "folder", "expected"),
    [
        ("1．四半期連結財務諸表及び主な注記", "青空商事", "青空商事 1.四半期連結財務諸表及び主な注記"),
        ("（注）自己の居住の用に供される部分の面積", "pages", None),
        ("【添付資料】", "pages", None),
        ("【重要】口座規程の改定について", "pages", "【重要】口座規程の改定について"),
        ("第4節　課税仕入れ", "pages", "第4節 課税仕入れ"),
    ],
)
def test_the_heading_of_a_section_is_no_title(title, folder, expected):
    found = telling_titles([{"id": "d", "title": title, "uri": f"{folder}/a.html"}])
    assert found.get("d") == expected


def test_a_statement_that_leads_to_a_list_is_not_to_be_judged():
    text = (
        "第一条　次の各号のいずれかに該当する者は、三百万円以下の過料に処する。\n"
        "第二条　届出をしなかった者は、百万円以下の過料に処するものとする。\n"
        "第三条　報告をしなかった者は、二百万円以下の過料に処するものとする。"
    )
    for one in asked(text):
        if one.kind in ("choice", "true_false"):
            assert "次の各号" not in one.question + one.answer + "".join(one.rivals.get("row", []))


def test_a_range_that_ends_before_it_begins_is_no_wrong_statement():
    text = (
        "当社は、平成20年4月1日から平成21年3月31日までの期間について報告しております。\n"
        "手形は、平成10年5月1日に発行した分の支払を終えております。\n"
        "社債は、平成30年6月1日に発行した分の支払を終えております。"
    )
    for one in of_kind(asked(text, "青空商事 報告"), "choice"):
        assert not any("までの期間" in wrong for wrong in one.rivals["row"])


@pytest.mark.parametrize(
    "sentence",
    [
        "この複利表は、課税時期の属する月が平成16年7月及び8月の場合に適用することとされています。",
        "監査役会は、株主総会の承認を得て、令和8年6月28日に監査役〇名を選任することとしています。",
        "この体制を整備するため、…………財団法人に加入し、令和8年6月28日から活動しています。",
    ],
)
def test_a_date_that_the_next_one_tells_and_unfilled_forms_are_not_asked(sentence):
    assert told(sentence) == set()


def test_this_body_is_nobody_who_is_asked_for():
    text = "第一条　この法人は、地域社会に貢献する取組として、福祉サービスを無料で提供するものとする。"
    assert not of_kind(asked(text), "who")


def test_a_short_form_of_a_circular_is_no_wrong_answer():
    assert may_be_one("評価通達", "財産評価基本通達")


@pytest.mark.parametrize(
    ("end", "opposite"),
    [
        ("遺贈により取得したものとみることはできません。", "遺贈により取得したものとみることができます。"),
        ("生命保険料控除の対象として差し支えありません。", "生命保険料控除の対象とすることはできません。"),
        ("消費税の課税の対象とはなりません。", "消費税の課税の対象となります。"),
    ],
)
def test_an_opposite_is_japanese(end, opposite):
    found = turned(f"【回答要旨】\nこの機械の費用については、{end}", 7)
    assert found is not None
    assert found[1].endswith(opposite)


def test_an_archive_is_no_folder_and_a_short_law_is_a_title():
    assert telling_titles([{"id": "d", "title": "商法", "uri": "laws/html.zip!/商法.html"}]) == {"d": "商法"}
    assert telling_titles([{"id": "d", "title": "概要", "uri": "laws/html.zip!/a.html"}]) == {}


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("取得費が分からない場合には、5,000万円×5％=250万円を取得費とすることができます。", "5,000万円"),
        ("S1社は、X2年4月1日から三十日以内に譲渡損益を戻し入れる必要があります。", "三十日"),
    ],
)
def test_what_a_calculation_tells_and_a_supposed_company_are_not_asked(sentence, words):
    assert words not in told(sentence)


def test_an_office_is_asked_for_among_offices():
    text = "恩給を担保に供した者に代わり、公庫は、国土交通省に対する書類の提出をすることができる。"
    assert {one.form for one in told_of(split_passages("d", text)[0]) if one.words == "国土交通省"} <= {"office"}


def test_a_row_that_is_only_a_day_says_not_what_is_measured():
    rows = "\n".join(f"令和{n}年3月31日 | 合計（百万円）: {n}07,883 | 土地（百万円）: {n}3,153" for n in "5678")
    assert not of_kind(asked(rows, "朝日野商事 有形固定資産"), "number")


@pytest.mark.parametrize("short", ["法法", "措法", "通則法", "簡便法", "旧商法"])
def test_a_short_form_of_a_law_is_no_answer(short):
    assert short not in told(f"この場合の取扱いについては、{short}第64条の定めるところによることとされています。")
    assert "民法" in told("この場合の取扱いについては、民法第64条の定めるところによることとされています。")


def test_shares_are_no_wrong_answers_for_amounts():
    rows = "\n".join(f"金融{n}㈱ | 前期 株式数（株）: {n}12,146 | 前期 計上額（百万円）: {n},250" for n in "12345")
    for one in of_kind(asked(rows, "朝日野商事 保有状況"), "number"):
        assert len({text.strip("0123456789,") for text in [one.answer, *one.rivals["row"]]}) == 1


def test_a_law_is_asked_for_where_there_are_more_names_than_options():
    source = Source("seen", "d", "own", "g", "題", "CC0-1.0")
    passage = split_passages("d", "通達は次による。")[0]
    rivals = {"row": ["所得税基本通達", "財産評価基本通達", "印紙税法基本通達"]}
    one = Askable(source, "what", "通達は", "法人税基本通達", passage, 0, 2, "own", "what\x1flaw 通達", rivals)
    assert choose_options(one, [], 4, 1) is None  # the same four each time
    assert choose_options(one, ["消費税法基本通達", "相続税法基本通達", "酒税法基本通達"], 4, 1) is not None


def test_among_wrong_names_are_some_that_repeat_the_question():
    source = Source("seen", "d", "own", "g", "題", "CC0-1.0")
    passage = split_passages("d", "所得税の取扱い。")[0]
    far = [f"{letter}{letter}協同組合法" for letter in "甲乙丙丁戊己庚辛壬癸"]
    near = ["所得税法施行令", "所得税基本通達", "所得税法施行規則"]
    found = 0
    for number in range(20):
        one = Askable(source, "what", f"問{number} 所得税の取扱いは", "所得税法", passage, 0, 2, "own", "what\x1flaw 法", {"row": [*far, *near]})  # fmt: skip
        chosen = choose_options(one, [], 4, 17)
        assert chosen is not None
        found += any(option in near for option in chosen[0])
    assert found > 10
