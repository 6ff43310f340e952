"""Rejoining wrapped lines."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.line_form import columns
from tekio.text.lines import join_lines

PARAGRAPH = (
    "　当社グループは、主として金融商品の販売及び資産運用に関する助言を行っております。当連結会計年度における我が国経済は、"
    "雇用及び所得環境の改善が続くなかで緩やかに回復しましたが、物価の上昇や海外経済の減速の影響もあり、先行きは不透明な状況が続いております。"
)


def wrap(text: str, width: int) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


def test_a_wrapped_paragraph_is_one_line_again():
    result = join_lines(wrap(PARAGRAPH, 32))
    assert result.text == PARAGRAPH
    assert result.joined == wrap(PARAGRAPH, 32).count("\n")
    assert result.width == 64


def test_headings_lists_and_new_paragraphs_stay_apart():
    lines = [
        "1. 事業の内容",
        wrap(PARAGRAPH, 32),
        wrap(PARAGRAPH, 32),
        "・項目一",
        "・項目二",
        "",
        "第2条　この規程は、次のとおりとする。",
    ]
    text = "\n".join(lines)
    assert join_lines(text).text.split("\n") == ["1. 事業の内容", PARAGRAPH, PARAGRAPH, *lines[3:]]


def test_lines_of_a_table_of_contents_stay_apart():
    lines = [
        "表紙",
        "第一部 企業情報 ………………………………………………………………… 1",
        "第１ 企業の概況 ……………………………………………………………… 12",
        "沿革",
    ]
    assert join_lines("\n".join(lines), width=64).text == "\n".join(lines)


def test_verse_lists_and_tables_are_left_alone():
    verse = "春はあけぼの\nやうやう白くなりゆく\n山ぎは少し明かりて\n紫だちたる雲の"
    table = "\n".join(f"売上高  {n}  百万円    前年比" for n in range(1000, 1010))
    for text in (verse, table):
        assert join_lines(text).text == text


def test_latin_words_are_joined_with_a_space():
    english = textwrap.fill("The quick brown fox jumps over the lazy dog and runs away from it " * 6, 60).replace(
        "  ", " "
    )
    assert join_lines(english, "always").text.split() == english.split()


def test_never_changes_nothing():
    text = wrap(PARAGRAPH, 32)
    assert join_lines(text, "never").text == text


def test_columns_count_wide_characters_twice():
    assert columns("abc漢字ｶﾅ") == 3 + 4 + 2


def test_breaks_inside_numbers_are_closed_whatever_the_width():
    for lines in (
        ("新設住宅の着工は、1,", "234戸であった。"),
        ("前年比では、△", "6.1％であった。"),
        ("対象は、令和７年７～", "９月である。"),
        ("増加率は、12．", "4％であった。"),
        ("残高は約2兆", "3,456億円であった。"),
        ("発表日は10月31", "日を予定している。"),
    ):
        assert join_lines("\n".join(lines)).text == "".join(lines)


@pytest.mark.parametrize(("digits", "rest"), [("相当額×0.7", "9685を差し引く"), ("番号は12", "34である")])
def test_digits_on_both_sides_of_a_break_in_a_wrapped_paragraph_are_one_number(digits: str, rest: str):
    full = "本文は幅いっぱいに書かれ次の行へ続くものと"
    line = f"{full[: 22 - len(digits)]}{digits}"
    text = "\n".join([f"{full}し", f"{full}し", f"{full}し", line, f"{rest}ものとする。"])
    assert f"{digits}{rest}" in join_lines(text).text


def test_items_with_hanging_lines_are_one_line_each():
    text = (
        "　(1) 交付申請書　正本１部及び副本１部。なお、押印は不要と\n　　　するが、代理人による場合は委任状を添えること。\n"
        "　(2) 見積書の写し。ただし、契約の相手方が特定される場合に\n　　　は、理由書をもって代えることができる。"
    )
    lines = join_lines(text).text.split("\n")
    assert len(lines) == 2
    assert lines[0].endswith("委任状を添えること。")


def test_a_sentence_that_ends_with_a_full_line_goes_on_where_paragraphs_are_indented():
    text = (
        "　本制度は、中小企業の資金の調達を円滑にするために設けられた。\n対象となるのは、県内に事業所をもつ会社及び個人である。利率は\n年1.2％とする。\n"
        "　申込みは、取扱金融機関の窓口で受け付ける。郵送による申込み\nは受け付けない。"
    )
    assert len(join_lines(text).text.split("\n")) == 2


def test_paragraphs_kept_on_one_line_are_not_joined_with_speech():
    text = "　男は立ち上がって窓の外を見ながら、\n「雨が降るよ。」と言った。\n　女は黙っていた。雨は降らなかった。"
    assert join_lines(text).text == text


@given(st.text(alphabet="あ漢a 　。\n・1.", max_size=200))
def test_only_white_space_at_joints_is_ever_lost(text: str):
    for mode in ("auto", "always"):
        joined = join_lines(text, mode).text
        assert "".join(joined.split()) == "".join(text.split())


def test_kanji_numerals_and_cut_words_go_on():
    assert (
        join_lines("売上高は前の期に比べて八\n・九パーセント増えました。").text
        == "売上高は前の期に比べて八・九パーセント増えました。"
    )
    assert (
        join_lines("The bank keeps a frame-\nwork for long-\nterm assets.").text
        == "The bank keeps a framework for long-term assets."
    )


def test_a_label_over_rows_of_a_table_is_no_rest_of_the_line_before():
    rows = "未払金 | 前期: 21 | 当期: 36\n引当金 | 前期: 8 | 当期: 9"
    long = "二つの会社を合わせたために、当期から区分の仕方を改めており、前の期の額も同じ仕方によっている。" * 2
    text = f"{textwrap.fill(long, 22)}\n１．繰り延べた資産と負債の発生の主な原因別の内訳\n繰り延べた資産\n{rows}"
    assert join_lines(text).text.split("\n")[-3] == "繰り延べた資産"


def test_text_that_hangs_below_that_of_its_label_goes_on():
    """Terms, dates and speakers; the label's width sets where the lines below begin."""
    for label in ("貸出約定平均金利　", "1951年 4月　", "○議長（北野）　", "第三條　"):
        first = f"{label}銀行が新たに約定した貸出の金利を残高で加重した平均をいい、毎月末"
        blank = " " * columns(label)
        text = f"{first}\n{blank}に公表する。季節による振れが大きいため、前年の同じ月と比べるこ\n{blank}とが多い。"
        assert join_lines(text).text == text.replace(f"\n{blank}", "")


def test_rows_of_a_table_under_a_label_stay():
    text = "区　分　　　　残高　　　前年比\n            1,234　　　5.6％\n            2,345　　　7.8％"
    assert join_lines(text).text == text


def test_double_spaced_text_is_joined_over_its_empty_lines():
    lines = [
        "　日ごろから当組合をご利用いただき、誠にありがとうござい",
        "ます。このたび、窓口の営業時間を見直し、正午から一時間の",
        "休業をお願いすることといたしました。ご不便をおかけします",
        "が、職員の働き方を改めるための取組として、ご理解をお願い",
        "いたします。",
        "　現金自動預払機は、これまでと同じく午前八時から午後九時",
        "まで休まずに稼働いたします。振込は、お手元の電話からのお",
        "手続きが便利です。",
    ]
    joined = ["".join(lines[:5]), "".join(lines[5:])]
    assert join_lines("\n\n".join(lines)).text.split("\n") == joined
    paragraphs = "\n\n".join(f"{number}番目の段落はここで終わります。" for number in range(9))
    assert join_lines(paragraphs).text == paragraphs


def test_a_sentence_goes_on_behind_the_address_of_a_page():
    text = "　算定の方法と前提となる排出の係数は、次の頁に公表しており、\nhttps://www.example.com/method.html\nに掲げている。"
    assert (
        "htmlに掲げている。"
        in join_lines(f"{text}\n　来年度も同じ方法で算定し、その結果を七月の末までに公表する予\n定である。").text
    )


def test_the_rest_of_a_figure_hangs_below_its_item():
    text = "・7月10日（水）　企業物価指数の発表。市場の予想は前年同月比で＋\n　2.9％です。\n・7月11日（木）　国際収支の発表"
    assert join_lines(text).text.split("\n")[0].endswith("前年同月比で＋2.9％です。")


def test_a_quotation_in_brackets_that_are_still_open_ends_no_sentence():
    text = "見本銀行（以下「甲」という。）と見本工業（以下「乙」\nという。）は、次の契約を結ぶ。\n第1条は次のとおりである。"
    joined = "見本銀行（以下「甲」という。）と見本工業（以下「乙」という。）は、次の契約を結ぶ。"
    assert join_lines(text, width=58).text.split("\n")[0] == joined


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (
            "取締役の任期は、令和○年○月期に係る定時株主総会終結",
            "の時から二年以内に終了する事業年度に係る総会終結の時までであります。",
        ),
        (
            "収益認識に関する会計基準第29号を当連結会計年度の期首から適用し",
            "ており、前連結会計年度の指標は遡って適用した後のものです。",
        ),
        ("女性の職業生活における活躍の推進に関する法律に基づき算出したも", "のです。"),
    ],
)
def test_a_long_line_that_breaks_inside_a_phrase_goes_on(first: str, rest: str):
    text = f"{first}\n{rest}\n{PARAGRAPH[1:]}"  # of which nobody would take the first line for a full one
    assert join_lines(text).text == f"{first}{rest}\n{PARAGRAPH[1:]}"


@pytest.mark.parametrize(
    "text",
    [
        "当期は、国内外の需要が堅調に推移したことにより増収となりました\nのれんの減損はありません。",
        "農作物の作付けの時期については次の表のとおり定めることとする\nは種の時期",
        "短い見出しの行\nに関する事項",
    ],
)
def test_lines_that_may_begin_so_stay_apart(text: str):
    text = f"{text}\n{PARAGRAPH[1:]}"
    assert join_lines(text).text == text


def test_rows_of_figures_one_blank_apart_are_not_joined():
    rows = "2025年3月期の通期の実績 △667,196 779,844 892,492\n2024年3月期の通期の実績 329,252 441,900 －\n注記"
    assert join_lines(rows, width=44).text == rows


def test_a_line_of_fields_is_not_filled_by_what_stands_below_it():
    text = "支店：本店営業部　担当：甲野　期日：2025年6月30日　金額：1,234,567円\n上記の金額をお振り込みください。\n手数料はお客さまのご負担です。\n"
    assert join_lines(text).text == text


def test_a_number_of_a_paragraph_inside_a_sentence_does_not_begin_one():
    sentence = "規程の第2項は、公告の内容を定めるものであり、債権者は期日までに申し出るものとする。"
    whole = sentence * 9
    wrapped = "\n".join(whole[start : start + 43] for start in range(0, len(whole), 43))
    assert "\n第2項は、" in wrapped
    assert join_lines(wrapped).text == whole


def test_the_citation_of_an_article_goes_on_over_a_break():
    text = (
        "　標記について、犯罪による収益の移転防止に関する法律（平成十九年法律第二十二号）第８条\n"
        "第１項に基づく届出に関し、下記のとおり留意事項を取りまとめたので、遺漏なきよう取\n"
        "り計らわれたい。なお、この通知は本日から適用することとし、前の通知は廃止するもの\n"
        "とする。\n"
    )
    assert join_lines(text).text.count("\n") == 1
    assert "第８条第１項に基づく" in join_lines(text).text


def test_an_article_below_a_line_that_ends_in_a_law_begins_a_line():
    text = "第一条　この規則は、預金者の保護のために必要な事項を定める法\n第二条　この規則において預金者とは、次の者をいう。\n"
    assert join_lines(text, "always").text == text


def test_times_and_amounts_are_not_cut():
    text = "お申込みは、九月末日の（水）15:\n00までにお願いします。貸出金は前の期に比べて4,455百万\n円の増加となりました。\n"
    assert (
        join_lines(text).text
        == "お申込みは、九月末日の（水）15:00までにお願いします。貸出金は前の期に比べて4,455百万円の増加となりました。\n"
    )


def test_fields_above_a_text_do_not_hide_its_width():
    text = (
        "日　時：令和８年８月２８日（金）１３時３０分～１５時１０分\n場　所：本店７階\n出席者：委員長、委員三名\n"
        "【議題１】運用実績の報告\n"
        "国内債券の年限が昨年度末の七年から六年へと短くなっているが、これは意図\n"
        "したものか。金利が上がる局面を見込んだ調整であれば、その判断の根拠を記\n"
        "録に残すべきである。\n"
    )
    lines = join_lines(text).text.split("\n")
    assert lines[:4] == text.split("\n")[:4]
    assert len(lines) == 6


def test_fields_with_wide_blanks_stay_lines():
    text = (
        "このたびの台風により被害を受けられた皆さまに、心よりお見舞い申し上げ\n"
        "ます。当組合では、被災された方々を対象に、災害復旧資金の特別な融資を\n"
        "取り扱っております。\n\n融資限度額　個人三百万円、事業者一千万円\n融資利率　年1.0％（固定金利）\n"
    )
    lines = join_lines(text).text.split("\n")
    assert len(lines) == 5
    assert lines[2:4] == ["融資限度額　個人三百万円、事業者一千万円", "融資利率　年1.0％（固定金利）"]


def test_a_line_ends_before_an_address_that_did_not_fit():
    text = (
        "気候に関する財務情報の開示の提言に沿った当社の取組みについては、別に\n定める当社のウェブサイト\n"
        "（https://www.example.com/ir/library/report2026.pdf）をご覧いただけます。\n"
        "また、当社は責任ある投資の原則に署名し、環境と社会の要素を判断に組み込\nんでいます。\n"
    )
    assert "ウェブサイト（https://" in join_lines(text).text


def test_a_short_text_in_double_spacing_is_joined_and_paragraphs_are_not():
    text = (
        "金融庁は、顧客本位の業務運営に関する原則の改訂案を公表した。改訂案では、\n\n"
        "商品の組成に携わる金融事業者が、販売後の運用状況の検証を継続的に行うこ\n\n"
        "とを求めている。期限は十月末日とし、年内に案を確定させたうえで、周知す\n\nる。\n"
    )
    assert join_lines(text).text.strip().count("\n") == 0
    titles = "住宅ローンのご案内\n\nご融資の対象となるお客さま\n\nお申込みの方法とご用意いただく書類\n\nその他\n"
    assert join_lines(titles).text == titles


def test_items_of_letters_and_brackets_below_an_item_hang():
    text = (
        "ａ．ご本人さまの確認書類（運転免許証、マイナンバーカードなど顔写\n　　真付きのもの）\n"
        "ｂ．お届け印（スタンプ印はご利用いただけません。）をお持ちいただ\n　　きます。\n"
        "■　融資期間：設備資金は十年以内、運転資金は原則として七年以内とし\n　　（うち据置期間は一年以内）\n"
    )
    assert [line[:2] for line in join_lines(text).text.split("\n")] == ["ａ．", "ｂ．", "■　", ""]


def test_a_bracket_below_a_heading_stays_alone():
    text = "令和八年度の事業計画及び収支予算について（案）をお示しします\n（単位：百万円）\n"
    assert join_lines(text).text == text


WRAPPED = (
    "この報告は、地域の金融機関が取り組む事業の再生と、その支援の体制につい\n"
    "て述べたものである。支援の対象は、中小の企業と個人の事業主であり、その\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "数は前の年度に比べて大きく増えている。住民との間で成り立った「和解」",
            "（reconciliation）の理由は、慰霊の場が見いだされたことにある。",
        ),
        (
            "数は前の年度に比べて大きく増えている。勅令「教えの匡正と迷信の根絶」",
            "によって、演技や演奏が禁止されたことがその背景にある。",
        ),
        (
            "数は前の年度に比べて大きく増えた。カタルーニャ州（スペイン語・別名：",
            "カタルーニャ）は、自治州の一つである。",
        ),
        (
            "数は前の年度に比べて大きく増えている。その公園を、造園家のイツァーク",
            "・アルトマンに依頼し、古い施設を整備したことによる。",
        ),
        ("数は前の年度に比べて大きく増えた。在位の間は保守党（侯爵とバルフォ", "ア）が政権を担当したことによる。"),
        (
            "数は前の年度に比べて大きく増えた。周りの壁が高い構造は、古い住宅で",
            "（ドムス）と呼ばれるものと共通している。",
        ),
    ],
)
def test_quotations_brackets_and_points_at_a_break_end_no_sentence(before, after):
    text = f"{WRAPPED}{before}\n{after}\n"
    assert before + after in join_lines(text).text


def test_points_of_a_list_stay_and_dots_inside_a_quotation_lead_to_no_page():
    text = (
        f"{WRAPPED}数は増えている。次の書類を、受付の窓口でお渡しする封筒に入れて提出\n・免許証の写し\n・申込書の控え\n"
    )
    assert "\n・免許証の写し\n・申込書の控え" in join_lines(text).text
    text = f"{WRAPPED}数は大いに増えた。担当者は「宣誓は有効に行われている、......大統\n領は適切に宣誓した」と述べ、その内容を改めて説明した。\n"
    assert "......大統領は" in join_lines(text).text


def test_a_note_in_brackets_below_a_closed_line_stays():
    text = f"{WRAPPED}数は増えている。二倍の踊り字（「く」を縦に長くしたような形の繰り返し）\n（例）そろそろ\n"
    assert "\n（例）そろそろ" in join_lines(text).text
