"""Screening rejects what is wrong, says why, and leaves alone what is right. The defects of llm-japanese-dataset that
were found by reading it (jesc, alt, jmrd, shared instructions) are cases here."""

import json

import pytest

from tekio.instruct.candidate import Row
from tekio.instruct.screen.numbers import amount, disagreements
from tekio.instruct.screen.rules import screen_rows
from tekio.instruct.screen.whole import screen_whole
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.paths import RecipePath
from tekio.records import InstructionMeta, new_record

TO_JAPANESE = "次の英語を日本語に翻訳してください。"
TO_ENGLISH = "次の日本語を英語に翻訳してください。"


def row(instruction, output, given=None, *, as_of=None, origin="o", license_id="MIT", extra=None, task="qa"):
    meta = InstructionMeta(
        task=task, origin=origin, license=license_id, input=given, as_of=as_of, extra=dict(extra or {})
    )
    return Row(new_record(instruction, output, meta))


def reason(*rows: Row, **config):
    screen = ScreenConfig(**config)
    screen_rows(rows, screen)
    screen_whole(rows, screen)
    return [item.rejected_by for item in rows]


SOUND = [
    row("つみたて投資枠とは何ですか。", "長期の積立に向いた投資信託だけを対象とする非課税の枠です。"),
    row("次の文の景気判断を答えてください。", "変わらない", "来客数は前年並みで推移している。"),
    row(TO_ENGLISH, "The Bank of Japan kept its policy rate unchanged.", "日本銀行は政策金利を据え置いた。"),
    row(TO_JAPANESE, "日本銀行は政策金利を据え置いた。", "The Bank of Japan kept its policy rate unchanged."),
    row("令和6年度の売上高はいくらですか。", "令和6年(2024年)度の売上高は1,234百万円(12億3,400万円)です。"),
    row("お問い合わせ先を教えてください。", "架空庁の窓口(電話03-0000-0000)で受け付けています。"),
    row("AIとは何ですか。", "人工知能のことです。金融でもAIとして使われる技術は多くあります。"),
    row("残念ながら申し込みを断られました。再度申し込めますか。", "はい、6か月を過ぎれば再び申し込むことができます。"),
]


def test_sound_records_pass_every_check():
    assert reason(*SOUND, numbers="reject", min_japanese_share=0.05) == [None] * len(SOUND)


@pytest.mark.parametrize(
    ("wanted", "bad"),
    [
        ("schema", row("質問", " ")),
        ("answer_length", row("説明してください。", "あ" * 5000)),
        ("instruction_length", row("あ" * 30_000, "答え")),
        ("mojibake", row("譁・ｭ怜喧縺代→縺ｯ菴輔〒縺吶°", "文字が正しく読めないことです。")),
        ("mojibake", row("文字化けとは", "ãƒ†ã‚¹ãƒˆã§ã™")),
        ("mojibake", row("文字化けとは", "読めない\ufffd\ufffd文字です")),
        ("refusal", row("株価を予想してください。", "申し訳ありませんが、そのご質問にはお答えできません。")),
        ("refusal", row("あなたは誰ですか。", "私はOpenAIによって開発された言語モデルです。")),
        ("refusal", row("将来を教えて。", "AI言語モデルとして、将来の予測はできません。")),
        ("refusal", row("Tell me.", "As an AI language model, I cannot do that.")),
        ("template_leftover", row("{{question}}に答えてください。", "はい。")),
        ("template_leftover", row("答えてください。", "### Response:\nはい。")),
        ("template_leftover", row("答えてください。", "はい。<|im_end|>")),
        ("template_leftover", row("答えてください。", "nan")),
        ("repeats_question", row("投資信託とは何ですか。", "投資信託とは何ですか。")),
        ("template_leftover", row("為替とは何ですか。", "為替は＜｜im_end｜＞通貨の交換です。")),
        ("template_leftover", row("債券とは何ですか。", "債券は［／INST］借用証書です。")),
        ("repeats_question", row("相続の期限は。", "相続の期限は。")),
        ("copied_interface", row("手数料はいくらですか。", "502 Bad Gateway")),
        ("copied_interface", row("手数料はいくらですか。", "[object Object]")),
        ("copied_interface", row("手数料はいくらですか。", "#N/A")),
        ("copied_interface", row("手数料はいくらですか。", "エラーが発生しました。")),
        ("repeats_question", row("次の文を要約してください。", "景気は緩やかに回復している。", "景気は緩やかに回復している。")),
        ("personal_data", row("連絡先は。", "担当者は yamada.taro@example.co.jp です。")),
        ("personal_data", row("連絡先は。", "携帯電話 090-1234-5678 に連絡してください。")),
    ],
)  # fmt: skip
def test_a_defect_is_rejected_with_its_name(wanted, bad):
    assert reason(bad) == [wanted]
    assert bad.measured is not None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("不等号の書き方は何ですか。", "数式では＜と＞を使い、a＜b のように書きます。"),
        ("申込書の書き方は何ですか。", "＜金額＞の欄に数字を、［氏名］の欄に名前を書きます。"),
        ("404とは何ですか。", "Not Foundともいい、頁が無いことを示す番号です。"),
        ("画面が止まったときはどうしますか。", "「エラーが発生しました。」と出たら、もう一度開いてください。"),
    ],
)
def test_signs_and_errors_that_a_sentence_speaks_of_pass(question, answer):
    assert reason(row(question, answer)) == [None]


def test_a_mark_in_the_system_message_is_a_leftover_too():
    told = row("為替予約とは何ですか。", "将来の交換の約束です。")
    told.record.messages.insert(0, {"role": "system", "content": "あなたは<|im_end|>窓口の担当者です。"})
    plain = row("先物とは何ですか。", "将来の売買の約束です。")
    plain.record.messages.insert(0, {"role": "system", "content": "あなたは窓口の担当者です。"})
    assert reason(told, plain) == ["template_leftover", None]


def test_jesc_rows_whose_direction_is_flipped_are_found():
    """jesc: `R` rows keep input=ja, output=en under the instruction to translate into Japanese."""
    flipped = row(TO_JAPANESE, "Where is the bank?", "銀行はどこですか？")
    other = row(TO_ENGLISH, "銀行はどこですか？", "Where is the bank?")
    right = row(TO_JAPANESE, "銀行はどこですか？", "Where is the bank?")
    assert reason(flipped, other, right) == ["flipped_direction", "flipped_direction", None]


def test_alt_rows_that_share_an_id_are_found():
    """alt: reverse rows reuse the ids of the forward rows."""
    forward = row(TO_ENGLISH, "The market rose.", "市場は上昇した。", origin="alt", extra={"id": "SNT.1.F"})
    reverse = row(TO_JAPANESE, "市場は上昇した。", "The market rose.", origin="alt", extra={"id": "SNT.1.F"})
    elsewhere = row("別の質問です。", "別の答えです。", origin="other", extra={"id": "SNT.1.F"})
    assert reason(forward, reverse, elsewhere) == [None, "id_collision", None]


def test_jmrd_films_with_several_answers_are_a_conflict():
    """jmrd: the same film many times with different answers."""
    films = [row("「架空の映画」について教えてください。", f"{year}年に製作された映画です。") for year in (1999, 2004)]
    assert reason(*films) == ["conflicting_answers", "conflicting_answers"]
    assert reason(
        *[row("「架空の映画」について教えてください。", f"{n}年の映画。") for n in (1, 2)], conflicts="off"
    ) == [None, None]


def test_of_conflicting_answers_the_newest_stays():
    old = row("NISAの年間上限はいくらですか。", "120万円です。", as_of="2020-01-01")
    new = row("NISAの年間上限はいくらですか。", "360万円です。", as_of="2024-01-01")
    assert reason(old, new) == ["conflicting_answers", None]
    assert old.measured == {"with": [new.record.id]}


@pytest.mark.parametrize(
    ("first", "second"), [("1.5%です。", "15%です。"), ("-3円です。", "3円です。"), ("7~9月です。", "79月です。")]
)
def test_answers_that_differ_in_a_point_or_a_sign_are_not_the_same(first, second):
    assert reason(row("増減率は?", first), row("増減率は?", second), conflicts="off", near_duplicate_threshold=1) == [
        None,
        None,
    ]


def test_answers_that_differ_in_punctuation_are_the_same():
    assert reason(row("増減率は?", "1,500円、です。"), row("増減率は？", "1500円です")) == [None, "exact_duplicate"]


def scoped(answer: str, scope: str, page: str, **meta):
    item = row("相談料はかかりますか？", answer, **meta)
    item.record.meta.extra["scope"] = scope
    item.record.meta.parents[:] = [page]
    return item


def test_two_organisations_may_answer_one_question_differently():
    assert reason(scoped("無料です。", "a", "a.html"), scoped("有料です。", "b", "b.html")) == [None, None]


def test_undated_pages_that_contradict_each_other_are_flagged_and_one_page_that_does_is_rejected():
    pages = [scoped("無料です。", "a", "old.html"), scoped("有料です。", "a", "new.html")]
    assert reason(*pages) == [None, None]
    assert [item.flags for item in pages] == [["conflicting_answers"]] * 2
    one = [scoped("無料です。", "a", "x.html#1"), scoped("有料です。", "a", "x.html#2")]
    assert reason(*one) == ["conflicting_answers"] * 2


def test_conflicts_can_be_flagged_only():
    pair = [row("上限はいくらですか。", "120万円です。"), row("上限はいくらですか。", "360万円です。")]
    assert reason(*pair, conflicts="flag") == [None, None]
    assert [item.flags for item in pair] == [["conflicting_answers"]] * 2


def test_a_shared_instruction_is_no_duplicate_an_equal_input_is():
    shared = "入力されたワードを説明してください。"
    rows = [
        row(shared, "国が発行する債券。", "国債"),
        row(shared, "会社が発行する債券。", "社債"),
        row(shared, "国が発行する債券。", "国 債"),
    ]
    assert reason(*rows) == [None, None, "exact_duplicate"]
    assert rows[2].measured == {"of": rows[0].record.id}


LONG = "当連結会計年度の売上高は、主力製品の販売が好調に推移したことなどにより、前年度に比べて大きく増加しました。主な要因を説明してください。"


def test_near_duplicates_need_the_same_numbers_and_the_same_answer():
    first = row(LONG, "販売が好調に推移したためです。")
    near = row(LONG.replace("大きく増加", "大幅に増加"), "販売が好調に推移したためです。")
    other_answer = row(LONG.replace("大きく増加", "大いに増加"), "円安の影響と、海外子会社の連結によるものです。")
    assert reason(first, near, other_answer, near_duplicate_threshold=0.8) == [None, "near_duplicate", None]
    years = [row(f"{year}年度の" + LONG, "販売が好調に推移したためです。") for year in (2023, 2024)]
    assert reason(*years, near_duplicate_threshold=0.8) == [None, None]


def test_only_allowed_licenses_pass():
    rows = [row("質問一です。", "答え。", license_id=name) for name in ("MIT", "CC-BY-NC-4.0")]
    assert reason(*rows, licenses=["MIT", "CC-BY-4.0"])[1] == "license"
    assert reason(row("質問二です。", "答え。", license_id="evaluation-only")) == ["license"]


def test_contamination_names_the_item_and_the_share(tmp_path):
    question = "株式会社の監査役に関する次の記述のうち、会社法の規定に照らして誤っているものはどれですか。"
    (tmp_path / "exam.json").write_text(
        json.dumps([{"q": "別の問題"}, {"q": question}], ensure_ascii=False), encoding="utf-8"
    )
    hidden = row("次の問に答えてください。", "イです。", "問1 " + question.replace("、", "，") + " ア イ ウ エ")
    clean = row("監査役とは何ですか。", "取締役の職務の執行を監査する機関です。")
    assert reason(hidden, clean, contamination=[RecipePath.of(tmp_path / "exam.json")]) == ["contaminated", None]
    assert (hidden.measured["item"], hidden.measured["containment"]) == ("exam.json#1.q", 1.0)


def test_years_and_amounts_that_contradict_each_other():
    assert disagreements(row("いつですか。", "令和6年(2023年)です。").record)[0]["expected"] == 2024
    assert disagreements(row("いつですか。", "2019年（令和元年）です。").record) == []
    assert disagreements(row("いつですか。", "平成31年（2019年）です。").record) == []
    assert disagreements(row("いくらですか。", "12億円(1,200百万円)です。").record) == []
    assert disagreements(row("いくらですか。", "12億円(120百万円)です。").record)[0]["kind"] == "amount"
    wrong_unit = row("売上高は何百万円ですか。", "1,234千円です。")
    assert disagreements(wrong_unit.record)[0]["kind"] == "unit"
    assert reason(wrong_unit, numbers="reject") == ["numbers"]
    flagged = row("いつですか。", "令和6年(2023年)です。")
    assert reason(flagged) == [None]
    assert flagged.flags == ["numbers"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1兆2,345億", 1_234_500_000_000),
        ("12億3,400万", 1_234_000_000),
        ("1,234百万", 1_234_000_000),
        ("3.5億", 350_000_000),
    ],
)
def test_amounts_are_read_as_people_read_them(text, value):
    assert amount(text) == value


def test_a_check_can_be_switched_off():
    assert reason(row("答えて。", "私はOpenAIの言語モデルです。"), off=["refusal"]) == [None]
