"""Each screen finds its sentences and leaves the others alone; records of every origin are screened, flagged, rewritten or dropped."""

# pyright: standard
# (YAML and JSON rows are untyped)

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from tekio.cli import main
from tekio.instruct.candidate import Row
from tekio.instruct.screen.defects import (
    copied_interface,
    impossible_task,
    links_only,
    placeholder,
    placeholder_input,
    plays_both,
)
from tekio.instruct.screen.editorial import RULES
from tekio.instruct.screen.rules import screen_rows
from tekio.recipe.instruct import EditorialConfig, ScreenConfig
from tekio.records import InstructionMeta, InstructionRecord, new_record

SENTENCES = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))
BLIND = [
    json.loads(line)
    for line in (Path(__file__).parent / "blind_screens.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Records by an author who had not seen the screens; docs/instruct.md has what they said at first."""
BLIND_2 = [
    json.loads(line)
    for line in (Path(__file__).parent / "blind_screens_2.jsonl").read_text(encoding="utf-8").splitlines()
]
"""The same by another author; `label` says keep or drop, some have several turns."""
KNOWN_FALSE = {"template_marks": ["<s>は取り消し線を表すタグとして説明されることがあります => 取り消し線です。"]}
"""A special token in a question is dangerous whatever the question says of it."""


def screened(rule: str, sentence: str, **config):
    question, separator, answer = sentence.partition(" => ")
    if not separator:
        question, answer = "次の語を説明してください。 複利", sentence
    given = None
    if rule == "placeholder_input":
        question, answer, given = "言葉を説明してください。", "物価が上がり続けることです。", sentence
    row = Row(new_record(question, answer, InstructionMeta("qa", "o", "MIT", input=given)))
    screen_rows([row], ScreenConfig(**config))
    return row


@pytest.mark.parametrize("rule", list(SENTENCES))
def test_nothing_wrong_passes_without_a_word(rule):
    silent = [
        text for text in SENTENCES[rule].get("wrong", ()) if (row := screened(rule, text)).alive and not row.flags
    ]
    assert silent == []


@pytest.mark.parametrize("rule", list(SENTENCES))
def test_nothing_right_is_found(rule):
    found = []
    for text in SENTENCES[rule].get("right", ()):
        row = screened(rule, text)
        if not row.alive or rule in row.flags:
            found.append(text)
    assert found == KNOWN_FALSE.get(rule, [])


@pytest.mark.parametrize("wrong", sorted({str(row["wrong"]) for row in BLIND}))
def test_the_blind_records_are_found_and_only_the_wrong_ones(wrong):
    rows = [Row(new_record(one["instruction"], one["output"], InstructionMeta("qa", "o", "MIT"))) for one in BLIND]
    screen_rows(rows, ScreenConfig())
    seen = [
        not row.alive or bool(row.flags) for row, one in zip(rows, BLIND, strict=True) if str(one["wrong"]) == wrong
    ]
    assert seen == [wrong != "None"] * len(seen)


def test_the_second_blind_records_are_found_and_only_the_wrong_ones():
    rows = []
    for number, one in enumerate(BLIND_2):
        told = one.get("messages") or [
            {"role": "user", "content": one["instruction"]},
            {"role": "assistant", "content": one["output"]},
        ]
        meta = InstructionMeta("qa", "o", "MIT", input=one.get("input") or None)
        rows.append(Row(InstructionRecord.from_dict({"id": f"r{number}", "messages": told, "meta": asdict(meta)})))
    screen_rows(rows, ScreenConfig())
    found = [not row.alive or bool(row.flags) for row in rows]
    missed = [one for one, seen in zip(BLIND_2, found, strict=True) if one["label"] == "drop" and not seen]
    wrongly = [
        row.rejected_by for row, one, seen in zip(rows, BLIND_2, found, strict=True) if one["label"] == "keep" and seen
    ]
    assert missed == []
    assert wrongly == ["personal_data"]  # a task about an address of mail: the address is one


OWN = {
    "self_reference": (
        [
            "当センターでは、月に一度の説明会を開いています。",
            "本サイトに載せた情報は、予告なく変わることがあります。",
            "弊社の定める基準により審査します。",
            "当院での受診には紹介状が要ります。",
            "このコーナーでは、家計の見直しを扱います。",
            "わが社の株主優待は年に二回です。",
            "本行の普通預金には利息が付きます。",
        ],
        [
            "当座貸越とは、残高を超えて引き出せる契約です。",
            "本人が窓口に来られないときは代理人が要ります。",
            "この制度は2024年に始まりました。",
            "配当所得は総合課税を選べます。",
            "当期純利益から配当が支払われます。",
            "社債は会社が発行する債券です。",
        ],
    ),
    "procedure": (
        [
            "住所変更届に必要事項をご記入のうえ、支店にご提出ください。",
            "マイページにログインし、「解約」を選んでください。",
            "お近くの税務署までお問い合わせください。",
            "印鑑と通帳をご持参のうえ窓口へお越しください。",
            "申請書は郵送でお送りください。",
            "手続きの際は、本人確認書類をご用意ください。",
            "受付時間は平日9時から17時までです。",
        ],
        [
            "相続税は、財産の総額が基礎控除を超えるときに課されます。",
            "書面による契約は、口頭の契約より証拠として強いものです。",
            "窓口販売とは、銀行が投資信託を売ることです。",
            "証明書の種類には、納税証明書や課税証明書があります。",
            "申告納税制度では、納税者が税額を計算します。",
            "電話勧誘販売には、クーリング・オフがあります。",
        ],
    ),
    "figure_reference": (
        [
            "税率は下表をご覧ください。",
            "仕組みは図2のとおりです。",
            "詳細は別紙1に示します。",
            "上のグラフから、減少が分かります。",
            "次の早見表で確かめられます。",
            "右の写真のように、紙幣には透かしがあります。",
            "前節で説明したとおり、利回りは下がります。",
        ],
        [
            "貸借対照表は、資産と負債を示す表です。",
            "図書館では閲覧できます。",
            "上場企業は年に四度の開示をします。",
            "グラフは、数の変化を見せるのに向いています。",
            "左側通行は道路交通法の定めです。",
            "代表者の変更は取締役会で決めます。",
            "表面利回りは、家賃を価格で割ったものです。",
        ],
    ),
}


@pytest.mark.parametrize("rule", sorted(OWN))
def test_own_sentences_of_the_rules_of_jafin(rule):
    wrong, right = OWN[rule]
    rows = [screened(rule, text) for text in wrong]
    assert [row.record.output for row in rows if row.alive and rule not in row.flags] == []
    assert [text for text in right if rule in screened(rule, text).flags] == []


def test_a_line_that_says_there_is_no_input_goes_and_a_task_that_needs_one_goes_with_it():
    row = screened("x", "三原色は何ですか。\n（入力なし） => 赤、青、黄の三色です。")
    assert (row.record.instruction, row.flags) == ("三原色は何ですか。", ["placeholder_input"])
    assert (
        screened("x", "次の文を英語に訳してください。\n入力：<noinput> => It is late.").rejected_by == "impossible_task"
    )
    ruled_line = screened("x", "次の二つを比べてください。\n---\n国債 => 国債です。")
    assert "---" in ruled_line.record.instruction


def test_a_placeholder_for_an_input_is_taken_out_and_told():
    row = screened("placeholder_input", "<noinput>")
    assert row.alive
    assert row.record.meta.input is None
    assert row.record.meta.extra["rewritten"] == [{"rule": "placeholder_input", "before": "<noinput>"}]


def test_the_special_tokens_of_the_base_are_marks():
    assert screened("x", "配当は[配当開始]利益の分配です。").alive
    assert (
        screened("x", "配当は[配当開始]利益の分配です。", special_tokens=["[配当開始]"]).rejected_by
        == "template_leftover"
    )


def test_a_row_of_digits_takes_no_time():
    for digits in ("0." + "3" * 4000, "1," * 2000, "1億" * 1000 + "x"):
        assert screened(
            "x", f"利率は{digits}円ですか、{digits}"
        ).record.output  # it used to try every way to cut the number


# --- the rules of JaFIn --------------------------------------------------------------------------------------------


def ruled(answer, question="税率はいくらですか。", origin="nta", **modes):
    row = Row(new_record(question, answer, InstructionMeta("faq", origin, "PDL-1.0")))
    screen_rows([row], ScreenConfig(rules=EditorialConfig(**modes)))
    return row


def test_what_refers_to_itself_gets_the_name_that_the_recipe_gives():
    row = ruled("当庁が所管しています。詳細は当サイトにあります。", self_reference="rewrite", names={"nta": "国税庁"})
    assert row.record.output == "国税庁が所管しています。詳細は国税庁のサイトにあります。"
    assert row.flags == []
    (note,) = row.record.meta.extra["rewritten"]
    assert (note["rule"], note["before"][1]["content"][:2]) == ("self_reference", "当庁")


def test_what_the_one_who_asks_calls_itself_is_left_alone():
    row = ruled(
        "当社に納税義務があります。", "当社は課税されますか。", self_reference="rewrite", names={"nta": "国税庁"}
    )
    assert (row.record.instruction, row.record.output) == ("当社は課税されますか。", "当社に納税義務があります。")
    assert row.flags == []
    site = ruled("はい。", "当サイトは無料ですか。", self_reference="rewrite", names={"nta": "国税庁"})
    assert site.record.instruction == "国税庁のサイトは無料ですか。"


def test_without_a_name_nothing_is_rewritten_and_the_rule_is_named():
    row = ruled("当庁が所管しています。", self_reference="rewrite", names={"boj": "日本銀行"})
    assert (row.record.output, row.flags) == ("当庁が所管しています。", ["self_reference"])


def test_sentences_about_procedures_and_figures_are_left_out():
    text = "税率は20%です。申請書を税務署に提出してください。税額は下の表のとおりです。端数は切り捨てます。"
    row = ruled(text, procedure="rewrite", figure_reference="rewrite")
    assert row.record.output == "税率は20%です。端数は切り捨てます。"
    assert [note["rule"] for note in row.record.meta.extra["rewritten"]] == ["procedure", "figure_reference"]
    gone = ruled("申請書を税務署に提出してください。", procedure="rewrite")
    assert gone.rejected_by == "procedure"


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_can_flag_drop_or_be_off(rule):
    text = SENTENCES[rule]["wrong"][0]
    assert rule in ruled(text).flags
    assert ruled(text, **{rule: "drop"}).rejected_by == rule
    assert rule not in ruled(text, **{rule: "off"}).flags


def test_imported_rows_are_screened_by_the_recipe(tmp_path, capsys):
    rows = [
        {"instruction": "税率は。", "input": "なし", "output": "20%です。"},
        {"instruction": "窓口は。", "input": "", "output": "当庁が所管しています。"},
        {"instruction": "NISAの年間投資枠はいくらですか。", "input": "", "output": "年間120万円です。"},
        {
            "instruction": "名言を。",
            "input": "",
            "output": "継続は力なり。\n\n指示：別の名言。\n出力：石の上にも三年。",
        },
    ]
    (tmp_path / "rows.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    (tmp_path / "recipe.yaml").write_text(
        "name: x\nseed: 1\ninstruct:\n  import:\n    - {name: nta, path: rows.jsonl, license: PDL-1.0}\n"
        "  validation_share: 0\n  screen:\n    rules: {self_reference: rewrite, names: {nta: 国税庁}, superseded: drop}\n",
        encoding="utf-8",
    )
    assert main(["instruct", "build", str(tmp_path / "recipe.yaml"), "--out", str(tmp_path / "out")]) == 0
    kept = [json.loads(line) for line in (tmp_path / "out" / "train.jsonl").open(encoding="utf-8")]
    rejected = [
        json.loads(line)["rejected_by"] for line in (tmp_path / "out" / "rejected.jsonl").open(encoding="utf-8")
    ]
    assert sorted(rejected) == ["superseded", "template_leftover"]
    assert {row["messages"][1]["content"] for row in kept} == {"20%です。", "国税庁が所管しています。"}
    (cleared,) = [row for row in kept if row["messages"][0]["content"] == "税率は。"]
    assert (cleared["meta"]["input"], cleared["meta"]["extra"]["flags"]) == (None, ["placeholder_input"])


@pytest.mark.parametrize(("before", "after"), [
    ("減価償却します（下図参照）。耐用年数は5年です。", "減価償却します。耐用年数は5年です。"),
    ("この書類は、保存義務者の事務所で保存する対象です（要件は【問13】をご覧ください）。", "この書類は、保存義務者の事務所で保存する対象です。"),
    ("この書類は、保存義務者の事務所で保存する対象です。要件は、問４－２を参照してください。", "この書類は、保存義務者の事務所で保存する対象です。"),
    ("一定の要件を満たす必要があります。要件は次のとおりです。", "一定の要件を満たす必要があります。"),
])  # fmt: skip
def test_a_reference_is_taken_out_and_what_it_explains_stays(before, after):
    row = ruled(before, figure_reference="rewrite")
    assert row.alive
    assert row.record.output == after


@pytest.mark.parametrize("text", [
    "次のとおり取り扱うことになります。",
    "合計により容積率を判定します。\n《例》\n次の図のとおりです。",
    "表１のとおりです。\nとなります。",
    "課個5－4\n平成15年8月8日\n別紙１のとおり取り扱います。",
])  # fmt: skip
def test_an_answer_of_which_a_fragment_would_be_left_is_rejected(text):
    assert ruled(text, figure_reference="rewrite").rejected_by == "figure_reference"


def test_a_list_after_its_announcement_is_no_reference():
    row = ruled("要件は次のとおりです。\n1. 継続して保存すること\n2. 検索できること", figure_reference="rewrite")
    assert row.alive
    assert not row.flags


@pytest.mark.parametrize("text", [
    r"国税関係書類 $\mathcal{O}$ 保存は、 $\textcircled{1}$ 紙か $\textcircled{2}$ 電磁的記録によります。",
    r"一般書類を除 $\diagdown$ ）をいう。",
    r"適正に行うことを $\vee\tilde{\supset}$ 。",
])  # fmt: skip
def test_what_ocr_took_for_formulas_is_rejected(text):
    assert screened("ocr_debris", text).rejected_by == "ocr_debris"


@pytest.mark.parametrize("text", [
    r"複利の終値は $P \times (1 + r)^n$ です。",
    r"集合 $A$ の補集合を $\bar{A}$ と書くとき、$P(\bar{A}) = 1 - P(A)$ が成り立ちます。",
    "価格は$5から$10の間です。",
])  # fmt: skip
def test_mathematics_and_prices_are_no_debris_of_ocr(text):
    assert screened("ocr_debris", text).alive


def test_leaders_of_half_width_dots_are_no_damage():
    text = "1　株式の譲渡対価の額 ･･･1,000万円\n2　権利行使価額 ････ 400万円"
    assert screened("mojibake", text).alive
    assert screened("mojibake", "､｢､ｬ･ﾆ･ｹ･ﾈ､ﾇ､ｹ､ﾀ､･､ﾊ､ﾞ､ｺ").rejected_by == "mojibake"


@pytest.mark.parametrize("given", ["＜入力なし＞", "《なし》", "入力はありません。", "｛｝", "無"])
def test_an_input_that_says_there_is_none_in_any_brackets(given):
    assert placeholder_input(given)


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("詳しくは https://www.example.co.jp/call をご覧ください。", True),
        ("https://www.example.co.jp/call", True),
        ("[料金表](https://www.example.co.jp/fee)をご確認ください。", True),
        ("年0.2％です。詳しくは https://www.example.co.jp/rate をご覧ください。", False),
        ("公式の住所は https://www.example.co.jp/ です。", False),
    ],
)
def test_an_address_with_words_that_only_point_to_it_is_no_answer(answer, points):
    assert (links_only(answer) is not None) is points


def test_a_picture_of_earlier_is_not_there():
    assert impossible_task("先ほどの画像のグラフを説明してください。", "", first=True)
    assert not impossible_task("先ほどの説明を要約してください。", "", first=True)


@pytest.mark.parametrize(
    ("answer", "question", "both"),
    [
        ("感応度です。\n\nQ: α値とは。\nA: 超過収益です。", "β値とは。", True),
        ("感応度です。\n\nQ: α値とは。\nA: 超過収益です。", "β値についてのQ&Aを作ってください。", False),
        ("A: 第一の点です。", "β値とは。", False),
    ],
)
def test_the_next_pair_of_a_list_is_no_part_of_an_answer(answer, question, both):
    assert (plays_both(answer, question) is not None) is both


@pytest.mark.parametrize("answer", ["対価です。\n続きを読む", "手形です。Copy code", "対価です。\nもっと見る"])
def test_buttons_at_the_end_of_an_answer_are_words_of_an_interface(answer):
    assert copied_interface(answer)
    assert copied_interface("続きを読むと分かります。") is None


@pytest.mark.parametrize("answer", ["（回答準備中）", "調査中です", "解説は作成中です。"])
def test_an_answer_that_is_being_prepared_is_none(answer):
    assert placeholder(answer)
    assert placeholder("調査中の案件は三件です。") is None
