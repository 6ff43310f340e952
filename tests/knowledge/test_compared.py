"""Rows that compare two things, or take one of several, by the passage's figures and by its words; and rows that turn such a comparison round."""

# pyright: standard

import pytest

from tekio.knowledge.choices import choice_of, stated
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

BRANCHES = (
    "2024年度の貸出残高は、港南支店が1,240億円、緑町支店が980億円、東浜支店が2,015億円である。"
    "職員数はそれぞれ42人、51人、38人で、いずれも前年度より多い。"
)
FUNDS = "青空ファンドと若葉ファンドの信託報酬はそれぞれ年0.95%と年0.44%である。青空ファンドは2009年6月に、若葉ファンドは2015年10月に設定された。"
SHOPS = "28,200冊の児童書と12,781冊の雑誌を備える。北館の延床面積は南館の約3倍である。西館の来館者数は東館を大きく下回った。"
CARDS = "プレミア会員の還元率は一般会員より高い。利用額は個人カードに次いで法人カードが多い。学生カードほどの申込みはなかった家族カードは、8月が最も少なく、3月が最も多い。"
HOURS = "窓口の待ち時間は10分から25分である。保守の費用は、データセンターが最も高く、端末が最も低い。"


def refused(passage: str, question: str, text: str) -> bool:
    return any(item.kind == "direction" for item in check_row(question, text, Ground.of(passage))[1])


@pytest.mark.parametrize(
    ("passage", "question", "answer", "word", "opposite"),
    [
        (BRANCHES, "港南支店と緑町支店では、どちらの貸出残高が多いですか。", "港南支店", "多い", "少ない"),
        (BRANCHES, "港南支店、緑町支店、東浜支店のうち、貸出残高が最も多いのはどこですか。", "東浜支店", "多い", "少ない"),
        (FUNDS, "信託報酬が高いのは青空ファンドと若葉ファンドのどちらですか。", "青空ファンド", "高い", "低い"),
        (FUNDS, "青空ファンドと若葉ファンドのうち、設定された時期がより早いのはどちらですか。", "青空ファンド", "早い", "遅い"),
        (SHOPS, "児童書と雑誌は、どちらが冊数が多いですか。", "児童書", "多い", "少ない"),
        (SHOPS, "北館と南館は、どちらの延床面積が大きいですか。", "北館", "大きい", "小さい"),
        (SHOPS, "西館と東館は、どちらの来館者数が少ないですか。", "西館", "少ない", "多い"),
        (CARDS, "プレミア会員と一般会員は、どちらの還元率が高いですか。", "プレミア会員", "高い", "低い"),
        (CARDS, "家族カードの申込みが最も少ないのは何月ですか。", "8月", "少ない", "多い"),
        (HOURS, "保守の費用が最も低いものは何ですか。", "端末", "低い", "高い"),
    ],
)  # fmt: skip
def test_what_is_chosen_is_the_one_that_the_passage_makes_it(
    passage: str, question: str, answer: str, word: str, opposite: str
):
    assert not refused(passage, question, answer)
    assert refused(passage, question.replace(word, opposite), answer)


@pytest.mark.parametrize(
    ("passage", "right", "wrong"),
    [
        (BRANCHES, "緑町支店は港南支店より貸出残高が少ない。", "緑町支店は港南支店より貸出残高が多い。"),
        (BRANCHES, "港南支店、緑町支店、東浜支店のうち貸出残高が最も多いのは東浜支店である。", "港南支店、緑町支店、東浜支店のうち貸出残高が最も少ないのは東浜支店である。"),
        (FUNDS, "若葉ファンドは青空ファンドより信託報酬が低い。", "若葉ファンドは青空ファンドより信託報酬が高い。"),
    ],
)  # fmt: skip
def test_a_sentence_that_compares_is_calculated_again(passage: str, right: str, wrong: str):
    assert not refused(passage, "", right)
    assert refused(passage, "", wrong)


def test_the_other_end_of_a_range_is_not_the_one_asked_for():
    assert not refused(HOURS, "窓口の待ち時間は最長で何分ですか。", "25分")
    assert refused(HOURS, "窓口の待ち時間は最短で何分ですか。", "25分")


def test_the_value_of_a_list_that_is_least_is_not_the_most():
    passage = "運用数は、旧型が504機、改良型が274機、長距離型が62機である。"
    assert not refused(passage, "運用数が最も少ない型は何ですか。", "長距離型")
    assert refused(passage, "運用数が最も多い型は何ですか。", "長距離型")


def test_figures_that_bear_a_superlative_out_are_stronger_than_the_passages_opposite_word():
    passage = "店舗数は過去最大である。2003年は、浜区が447店、港区が925店、山区が2,953店であった。"
    assert check_row("2003年の店舗数が最も少なかったのはどこですか。", "浜区", Ground.of(passage))[1] == []


@pytest.mark.parametrize(
    ("passage", "question", "answer"),
    [
        ("北町と南町に店がある。", "北町と南町はどちらの店が多いですか。", "北町"),  # no figures
        ("北町は12店、南町は30人である。", "北町と南町はどちらの店が多いですか。", "北町"),  # other units
        (
            "北町の2店は南町にある4店と同じ年に開いた。",
            "北町と南町はどちらの面積が広いですか。",
            "北町",
        ),  # of something else
        ("北町は12店、南町は30店である。", "北町と南町を除いて店が多いのはどこですか。", "北町"),
    ],
)
def test_what_the_passage_does_not_tell_is_not_judged(passage: str, question: str, answer: str):
    assert not refused(passage, question, answer)


@pytest.mark.parametrize(
    ("passage", "right", "wrong"),
    [
        ("夏は湿度が高くなる。", "夏の気候は、何が高いですか。", "夏の気候は、何が低いですか。"),
        ("湿度の測定では、湿度は室内で高い評価を得た。", "湿度は、高い評価を得ましたか。", "湿度は、低い評価を得ましたか。"),
        ("輸出の減少が続き、湿度も記録された。輸出は伸び悩み、在庫の増加を招いた。", "在庫の増加とともに記録されたのは何ですか。", "在庫の減少とともに記録されたのは何ですか。"),
        ("湿度の記録は端末で閲覧することとし、その記録を利用する。", "端末で閲覧できる記録は何ですか。", "端末で閲覧できない記録は何ですか。"),
    ],
)  # fmt: skip
def test_a_thing_is_not_told_with_the_opposite_of_its_only_word(passage: str, right: str, wrong: str):
    assert not refused(passage, right, "湿度")
    assert refused(passage, wrong, "湿度")


@pytest.mark.parametrize(
    ("passage", "right", "wrong"),
    [
        ("二以上の法人に使用される者の保険料は、次のとおりとする。", "二以上の法人に使用される者の保険料である。", "二以下の法人に使用される者の保険料である。"),
        ("株主の議決権（特別なものを除く。）を超える数の議決権を取得してはならない。", "）を超える数の議決権を取得してはならない。", "）を超えない数の議決権を取得してはならない。"),
    ],
)  # fmt: skip
def test_a_word_is_turned_round_where_the_passage_goes_on_alike_behind_its_opposite(
    passage: str, right: str, wrong: str
):
    assert not refused(passage, "", right)
    assert refused(passage, "", wrong)


@pytest.mark.parametrize(
    ("passage", "question", "answer", "word", "opposite"),
    [
        ("本市は港市に次いで、県内で2番目に雪の多い都市である。", "県内で最も雪の多い都市はどこですか。", "港市", "多い", "少ない"),
        ("県別では東県が40件、西県が25件、南県が12件、北県が7件であった。", "2番目に件数が多い県はどこですか。", "西県", "多い", "少ない"),
        ("表面の層は薄く、基礎の層は厚い。", "表面の層と基礎の層のどちらが薄いですか。", "表面の層", "薄い", "厚い"),
        ("大規模な設備は、都市部に置く。", "規模の大きい設備はどこに置きますか。", "都市部", "大きい", "小さい"),
    ],
)  # fmt: skip
def test_what_the_passage_says_in_another_form_is_read(
    passage: str, question: str, answer: str, word: str, opposite: str
):
    assert not refused(passage, question, answer)
    assert refused(passage, question.replace(word, opposite), answer)


def test_a_question_lists_what_it_chooses_from():
    choice = choice_of("甲店、乙店及び丙店のうち、2番目に客数が多いのはどれですか。", "乙店です。", "甲店 乙店 丙店")
    assert choice is not None
    assert (choice.options, choice.rank, choice.last) == (("乙店", "甲店", "丙店"), 2, 2)
    assert choice_of("客数が多いのはどれですか。", "乙店", "甲店 乙店") is None


def test_what_a_sentence_states_is_a_question_and_its_answer():
    assert [*stated("甲店は乙店より客数が多い。", "甲店と乙店")] == [("甲店と乙店のうち、客数が多いのは", "甲店")]
    assert [*stated("最も客数が多いのは、甲店である。", "甲店")] == [("最も客数が多いのは", "甲店")]
    assert [*stated("甲店は前年より客数が多い。", "甲店は前年を上回った")] == []


@pytest.mark.parametrize(
    "row",
    [
        "都市の順位で1位なのはどこですか。",  # トップ
        "1番高い都市はどこですか。",
        "2度目の表彰を受けたのは何年ですか。",
        "2つの都市のうち、先に表彰されたのはどこですか。",
        "一度だけ中止されたものは何ですか。",
    ],
)
def test_words_with_a_numeral_are_no_numbers(row: str):
    passage = "順位のトップはロンドンである。1952年に表彰され、1958年にも再び表彰された。催しは都市ごとに行われ、大雨で中止されたことがある。"
    assert not [item for item in check_row(row, "ロンドン", Ground.of(passage))[1] if item.kind == "number"]


def test_three_of_what_the_passage_counts_as_two_is_a_wrong_number():
    ground = Ground.of("方式は2つの段階に分かれる。")
    assert check_row("3つの段階のうち、先に来るものは何ですか。", "段階", ground)[1] != []


def test_the_second_date_of_a_range_is_a_date():
    assert (
        check_row(
            "亡くなったのはいつですか。",
            "1966年12月15日",
            Ground.of("創業者（1901年12月5日-1966年12月15日）は亡くなった。"),
        )[1]
        == []
    )


LIFE = "享和2年（1802年）に145石を持ち、1990年代に会社となった。7歳から10歳まで家庭教師に学び、印刷所で2年間働いた。当初は942年とも3年後ともいう。1944年12月に休園し、1942年（昭和17年）に合併した。303の店と384の品がある。前年に終結した講和の翌々年、1815年に移った。"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("享和1年に何石を持ちましたか。", "145石"),  # an era that is not calculated with
        ("会社となったのはいつですか。", "1990年"),  # of the 1990s
        ("家庭教師に学んだのは何歳から何歳までですか。", "3歳から10歳まで"),
        ("印刷所で働いたのは何年間ですか。", "3年間"),  # 1942 to 1945
        ("当初は何年といいますか。", "945年"),  # 942 + 3
        ("休園したのはいつですか。", "昭和19年"),
        ("品は店より27%増えました。", "27%"),  # of two things
    ],
)
def test_what_only_a_calculation_of_other_things_gives_is_refused(question: str, text: str):
    assert check_row(question, text, Ground.of(LIFE))[1] != []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("享和2年に何石を持ちましたか。", "145石"),
        ("会社となったのは何年代ですか。", "1990年代"),
        ("家庭教師に学んだのは何歳から何歳までですか。", "7歳から10歳まで"),
        ("印刷所で働いたのは何年間ですか。", "2年間"),
        ("休園したのはいつですか。", "1944年"),
        ("合併したのは昭和何年ですか。", "昭和17年"),
    ],
)
def test_what_is_written_is_right_beside_them(question: str, text: str):
    assert check_row(question, text, Ground.of(LIFE))[1] == []


ACTORS = "映画会社の社長が告発し、俳優の青山健、赤木修、黒田剛が対象となった。1930年末までに60%の劇場が対応し、2%は閉じた。費用は1人当たり300円である。1797年から1798年にかけて実験した。"


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("対象となった俳優は、青山健、赤木修ともう{}の名前は何ですか。", "1人", "1社"),
        ("劇場の{}が対応したのはいつでしたか。", "60%", "62%"),
        ("費用が300円なのは{}当たりですか。", "1人", "2人"),
        ("1797年から{}にかけて何をしましたか。", "1798年", "1797年"),
    ],
)
def test_what_a_question_tells_is_what_the_passage_tells(question: str, right: str, wrong: str):
    ground = Ground.of(ACTORS)
    assert check_row(question.format(right), "実験", ground)[1] == []
    assert check_row(question.format(wrong), "実験", ground)[1] != []


def test_the_same_number_with_another_unit_in_the_passages_words_is_another_value():
    ground = Ground.of(
        "前年8月1日からの12か月間において、滞在日数が183日を超える。審査は12日に行う。輸送の費用は1kgあたり3ドルである。"
    )
    assert check_row("", "前年8月1日からの12か月間において、滞在日数が183日を超える。", ground)[1] == []
    assert check_row("", "前年8月1日からの12日間において、滞在日数が183日を超える。", ground)[1] != []
    assert check_row("輸送の費用は、1kgあたり何ドルですか。", "3ドル", ground)[1] == []
    assert check_row("輸送の費用は、1円あたり何ドルですか。", "3ドル", ground)[1] != []
