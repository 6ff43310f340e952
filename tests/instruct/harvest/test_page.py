"""Questions and answers are found in every shape of page, nothing is lost, and a page that is no FAQ yields nothing."""

import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruct.harvest.faqpages import PLAIN_FLOW, SHAPES, bare, compare, meant, numbered, page
from realdata import need_real_data
from tekio.cli import main
from tekio.instruct.harvest.files import harvest_bytes
from tekio.instruct.harvest.page import HarvestedPage, harvest_html
from tekio.text.unreadable import UnreadableError

TWO_COLUMNS = "受取方法課税株式数比例配分方式非課税その他課税"


def found(result: HarvestedPage):
    return [(pair.question, pair.answer) for pair in result.pairs]


def wanted_of(shape: str):
    if shape == "table of two columns":  # no table inside of a table here
        return [(q, a.replace(TWO_COLUMNS, "受取方法により課税が異なります。")) for q, a in meant()]
    return meant()


def assert_nothing_lost(result: HarvestedPage):
    left = sum(len("".join(item.text.split())) for item in result.remainder)
    assert result.pair_characters + left == result.main_characters


@pytest.mark.parametrize("dirt", [False, True], ids=["clean", "dirty"])
@pytest.mark.parametrize("shape", [*SHAPES, "plain"])
def test_every_shape_gives_all_its_pairs_and_nothing_else(shape, dirt):
    result = harvest_html(page(SHAPES.get(shape, PLAIN_FLOW), dirt=dirt).encode())
    score = compare(found(result), wanted_of(shape))
    assert score.questions == score.wanted == score.found
    assert score.pairs == score.wanted
    assert_nothing_lost(result)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        *(
            (encoding, declared)
            for encoding in ("cp932", "euc_jp", "utf-8-sig")
            for declared in ("right", "wrong", "none")
        ),
        ("iso2022_jp", "right"),
        ("iso2022_jp", "none"),
    ],
)
def test_any_japanese_encoding_declared_right_wrong_or_not(encoding, declared):
    charset = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP"}.get(encoding, "utf-8")
    if declared == "wrong":
        charset = "utf-8" if encoding == "cp932" else "Shift_JIS"
    source = page(SHAPES["button and hidden panel"], charset=charset, dirt=True)
    if declared == "none":
        source = source.replace(f"; charset={charset}", "")
    result = harvest_html(source.encode(encoding))
    assert compare(found(result), meant()).pairs == 12


def test_nested_lists_and_tables_in_an_answer_stay_readable():
    answers = dict(found(harvest_html(page(SHAPES["dl"]).encode())))
    assert answers["口座を開くには何が必要でしょうか。"] == (
        "1. 本人確認書類\n2. 個人番号が分かる書類\n  ・通知カード\n  ・個人番号カード"
    )
    assert answers["配当金を非課税で受け取る条件を教えてください。"] == (
        "株式数比例配分方式を選んでください。\n受取方法 | 課税\n株式数比例配分方式 | 非課税\nその他 | 課税"
    )


def test_a_pair_says_where_it_is_from_and_what_day_it_holds_for():
    body = SHAPES["headings"].replace("<h3>", '<h3 id="x1">', 1) + "<p>（令和6年4月1日現在）</p>"
    first, *others = harvest_html(page(body).encode()).pairs
    assert first.anchor == "#x1"
    assert first.topic == "よくある質問 > 制度のしくみ"
    assert others[-1].topic == "よくある質問 > 税金"
    assert first.as_of == "2024-04-01"
    assert first.confidence > 0.8


def test_navigation_is_not_content_and_furniture_is_in_no_answer():
    result = harvest_html(page(SHAPES["bold questions"]).encode())
    text = bare("".join(question + answer for question, answer in found(result)))
    assert "ページの先頭へ" not in text
    assert "申請はどこから" not in text
    assert result.outside_characters > 0
    assert {item.kind for item in result.remainder} >= {"topic", "furniture"}


def test_the_last_answer_does_not_swallow_the_end_of_the_page():
    body = numbered(lambda n, q, a: f"<h3>{q}</h3><div>{a}</div>") + "<p>関連リンク</p><p>更新日：2025年4月1日</p>"
    result = harvest_html(page(body).encode())
    assert compare(found(result), meant()).pairs == 12
    assert result.pairs[0].as_of == "2025-04-01"


def test_a_question_without_an_answer_is_listed_not_dropped():
    body = "<dl><dt>Q1. 手数料はかかりますか。</dt><dd>A1. かかりません。</dd><dt>Q2. 解約はできますか。</dt></dl>"
    result = harvest_html(page(body).encode())
    assert [pair.question for pair in result.pairs] == ["手数料はかかりますか。"]
    assert any("解約はできますか" in item.text for item in result.remainder)
    assert_nothing_lost(result)


NO_FAQ = {
    "news": "<h1>日経平均が反発</h1><p>東京株式市場で日経平均株価が反発した。</p><h2>何が買いを誘ったか</h2><p>円安が進んだ。</p>",
    "releases": "<h1>報道発表</h1><dl><dt>2025年4月1日</dt><dd>人事異動</dd><dt>2025年3月1日</dt><dd>決算について</dd></dl>",
    "profile": "<h1>会社概要</h1><table><tr><th>商号</th><td>架空商事</td></tr><tr><th>設立</th><td>1950年</td></tr></table>",
    "glossary": "<h1>用語集</h1><dl><dt>利回り</dt><dd>投資額に対する収益の割合。</dd><dt>約定</dt><dd>取引の成立。</dd></dl>",
    "menu": "<h1>架空銀行</h1><button>メニュー</button><div hidden><p>預金</p></div><button>検索</button><div hidden>語を入れる</div>",
    "empty": "",
}


@pytest.mark.parametrize("name", sorted(NO_FAQ))
def test_a_page_that_is_no_faq_yields_nothing(name):
    result = harvest_html(f"<html><head><title>架空</title></head><body>{NO_FAQ[name]}</body></html>".encode())
    assert found(result) == []
    assert_nothing_lost(result)


def test_suggestions_point_out_what_jafin_edited_by_hand():
    body = (
        "<dl><dt>Q. 当庁の相談窓口はありますか。</dt><dd>A. 申請書を窓口に提出してください。下の図を参照してください。</dd>"
        "<dt>Q. NISAの上限はいくらですか。</dt><dd>A. NISAは年間120万円で、期間は5年です。</dd></dl>"
    )
    first, second = harvest_html(page(body).encode()).pairs
    assert {item["rule"] for item in first.suggestions} >= {"self_reference", "procedure", "figure_reference"}
    assert first.question == "当庁の相談窓口はありますか。"  # suggested, not edited
    assert {item["rule"] for item in second.suggestions} == {"superseded"}


def test_the_command_writes_pairs_and_the_remainder_of_every_page(tmp_path, capsys):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_bytes(page(SHAPES["details"]).encode("cp932"))
    (tmp_path / "pages" / "b.html").write_bytes(b"\x00\x01\x02")
    out, coverage = tmp_path / "pairs.jsonl", tmp_path / "coverage.jsonl"
    code = main(["--lang", "en", "harvest", str(tmp_path / "pages"), "--out", str(out), "--coverage", str(coverage)])
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert code == 3  # one page could not be read
    assert len(rows) == 12
    assert {"file", "question", "answer", "topic", "anchor", "as_of", "confidence"} <= rows[0].keys()
    assert rows[0]["file"] == "a.html"
    pages = [json.loads(line) for line in coverage.read_text(encoding="utf-8").splitlines()]
    assert [item["pairs"] for item in pages] == [12, 0]
    assert "a.html: 12 pairs" in capsys.readouterr().err


@given(st.text(alphabet=st.sampled_from("<>/ abdltQA1.問答か。？\n&;pdh2=\"'"), max_size=300))
def test_any_page_is_read_without_losing_a_character(source):
    try:
        result = harvest_html(f"<html><body><p>x</p>{source}</body></html>".encode())
    except UnreadableError:
        return
    assert_nothing_lost(result)


def questions_of(body: str, title="よくある質問"):
    result = harvest_html(page(body, title=title).encode())
    assert_nothing_lost(result)
    return found(result)


def test_terms_inside_an_answer_are_no_questions():
    inner = (
        "<dl><dt>普通預金</dt><dd>いつでも引き出せます。</dd><dt>定期預金</dt><dd>満期まで引き出せません。</dd></dl>"
    )
    body = f"<dl><dt>預金にはどんな種類がありますか。</dt><dd>次のものがあります。{inner}</dd><dt>利息は付きますか。</dt><dd>付きます。</dd></dl>"
    assert [question for question, _ in questions_of(body)] == [
        "預金にはどんな種類がありますか。",
        "利息は付きますか。",
    ]
    opened = "<details><summary>{}</summary><p>{}</p></details>"
    body = opened.format("注文はいつまでできますか。", "15時までです。" + opened.format("例外", "休場日を除きます。"))
    body += opened.format("訂正はできますか。", "約定する前であればできます。")
    assert [question for question, _ in questions_of(body)] == ["注文はいつまでできますか。", "訂正はできますか。"]


def test_accordions_inside_of_category_accordions():
    item = '<div class="i"><button>{}</button><div hidden><p>{}</p></div></div>'
    category = '<div class="c"><button aria-controls="{0}">{1}</button><div id="{0}">{2}</div></div>'
    body = category.format(
        "a",
        "口座について",
        item.format("口座はいくつ持てますか。", "一つです。") + item.format("解約できますか。", "できます。"),
    )
    body += category.format(
        "b",
        "税金について",
        item.format("申告は必要ですか。", "不要です。") + item.format("税率はいくつですか。", "20.315％です。"),
    )
    assert questions_of(body) == [
        ("口座はいくつ持てますか。", "一つです。"),
        ("解約できますか。", "できます。"),
        ("申告は必要ですか。", "不要です。"),
        ("税率はいくつですか。", "20.315％です。"),
    ]


def test_files_that_are_no_pages_are_listed_and_the_end_says_what_to_do_next(tmp_path, capsys):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "style.css").write_text("p {color: red}", encoding="utf-8")
    (tmp_path / "site" / "faq.html").write_text(
        page("<dl><dt>口座は作れますか。</dt><dd>作れます。</dd></dl>"), encoding="utf-8"
    )
    out, coverage = tmp_path / "pairs.jsonl", tmp_path / "coverage.jsonl"
    command = ["--lang", "en", "harvest", str(tmp_path / "site"), "--out", str(out), "--coverage", str(coverage)]
    assert main(command) == 0
    assert "1 pairs from 2 files (0 without a pair, 0 unreadable, 1 that are not pages)" in capsys.readouterr().err
    lines = [json.loads(line) for line in coverage.read_text(encoding="utf-8").splitlines()]
    assert {"file": "style.css", "pairs": 0, "skipped": "not a page"} in lines


def test_a_feedback_widget_is_in_no_answer():
    widget = "<div>この回答は役に立ちましたか？<button>はい</button><button>いいえ</button></div>"
    body = "".join(
        f'<div class="acc"><button class="t">{question}</button><div class="p" hidden>{answer}{widget}</div></div>'
        for question, answer in [
            ("振込の上限はいくらですか。", "1日100万円です。"),
            ("手数料はいくらですか。", "無料です。"),
        ]
    )
    assert questions_of(body) == [
        ("振込の上限はいくらですか。", "1日100万円です。"),
        ("手数料はいくらですか。", "無料です。"),
    ]


def test_rows_with_a_header_cell_alone_are_questions():
    row = "<tr><th colspan=2>{}</th></tr><tr><td>答</td><td>{}</td></tr>"
    body = (
        "<table>"
        + row.format("印紙は必要ですか。", "不要です。")
        + row.format("写しでもよいですか。", "原本に限ります。")
        + "</table>"
    )
    assert [question for question, _ in questions_of(body)] == ["印紙は必要ですか。", "写しでもよいですか。"]


def test_a_company_called_a_is_not_an_answer_mark():
    body = "<dl><dt>例を挙げてください。どの会社が対象ですか。</dt><dd>A社とB社が対象です。</dd><dt>対象は増えますか。</dt><dd>増えません。</dd></dl>"
    assert questions_of(body)[0][1] == "A社とB社が対象です。"


def test_two_shapes_on_one_page_are_both_read():
    body = (
        "<h2>口座</h2><dl><dt>口座はいくつ持てますか。</dt><dd>お一人さま一つです。</dd><dt>名義は変えられますか。</dt><dd>変えられません。</dd></dl>"
        "<h2>税金</h2><details><summary>申告は必要ですか。</summary><p>原則として不要です。</p></details>"
        "<details><summary>税率はいくつですか。</summary><p>20.315％です。</p></details>"
    )
    assert len(questions_of(body)) == 4


def test_screen_reader_words_and_marks_in_their_own_block():
    body = "".join(
        f'<div class="u"><div class="v">Q</div><div class="w">{question}</div><div class="v">A</div><div class="w">{answer}</div></div>'
        f'<div class="u"><p><span class="sr-only">質問</span>{question}(2)</p><p><span class="sr-only">回答</span>{answer}</p></div>'
        for question, answer in [("写しは必要ですか。", "必要です。"), ("代理人でもよいですか。", "委任状が必要です。")]
    )
    assert [pair[0] for pair in questions_of(body)] == [
        "写しは必要ですか。",
        "写しは必要ですか。(2)",
        "代理人でもよいですか。",
        "代理人でもよいですか。(2)",
    ]


def test_a_story_full_of_questions_is_no_faq():
    story = "".join(
        f"<p>「{number}時になりましたか」</p><p>と彼は言った。</p><p>「そうではありませんか。」</p><p>彼女は笑った。</p>"
        for number in range(8)
    )
    assert questions_of(f"<h1>架空の物語</h1>{story}", title="架空の物語") == []


@pytest.mark.real
def test_real_novels_and_filings_are_no_faq(tmp_path):
    works = sorted(need_real_data("aozora").rglob("*.txt"))[::90]
    with zipfile.ZipFile(need_real_data("edinet-samples", "S002XXXX.zip")) as archive:
        names = [name for name in archive.namelist() if name.endswith(".htm")]
        filings = [(archive.read(name), ".htm") for name in sorted(names)[:6]]
    for raw, suffix in [*((work.read_bytes(), ".txt") for work in works), *filings]:
        result = harvest_bytes(raw, suffix)
        assert found(result) == []
        assert_nothing_lost(result)


PLAIN_PAIRS = [
    ("印紙は必要ですか。", "不要です。"),
    ("写しでもよいですか。", "原本に限ります。"),
    ("郵送できますか。", "できます。"),
]


@pytest.mark.parametrize(
    "item",
    [
        "<p>Q.{n}　{q}</p><p>A.{n}　{a}</p>",
        "<p>Q-{n} {q}</p><p>A-{n} {a}</p>",
        "<p>問（{n}）{q}</p><p>答（{n}）{a}</p>",
        "<p>Question {n}: {q}</p><p>Answer: {a}</p>",
        "<h3>質問{n}</h3><p>{q}</p><h4>回答</h4><p>{a}</p>",
        '<p><img src="/img/icon_q.gif" alt="">{q}</p><p><img src="/img/icon_a.gif">{a}</p>',
        "<p class=b>ご質問</p><p>{q}</p><p class=b>お答え</p><p>{a}</p>",
        "<ul><li>{q}<ul><li>{a}</li></ul></li></ul>",
        "<blockquote><b>Q</b> {q}</blockquote><blockquote><b>A</b> {a}</blockquote>",
        "<table><tr><th>Q{n}</th><td>{q}</td></tr><tr><th>A{n}</th><td>{a}</td></tr></table>",
        '<div class="panel-heading"><a data-toggle="collapse" href="#x{n}">{q}</a></div><div id="x{n}" class="collapse">{a}</div>',
        "<fieldset><legend>{q}</legend>{a}</fieldset>",
    ],
)
def test_more_ways_to_mark_a_question(item):
    body = "".join(
        item.format(n=number, q=question, a=answer) for number, (question, answer) in enumerate(PLAIN_PAIRS, 1)
    )
    assert [(question, bare(answer)) for question, answer in questions_of(body)] == PLAIN_PAIRS


def test_preformatted_text_and_a_rule_at_the_end():
    text = "\n\n".join(f"Q{n} {q}\nA{n} {a}" for n, (q, a) in enumerate(PLAIN_PAIRS, 1))
    assert questions_of(f"<pre>\n{text}\n</pre>") == PLAIN_PAIRS
    body = "".join(f"<p>■<b>{q}</b><br>{a}</p>" for q, a in PLAIN_PAIRS) + "<hr>架空証券株式会社"
    assert questions_of(body) == PLAIN_PAIRS


def test_a_page_with_one_question():
    body = "<h1>口座の名義は変えられますか？</h1><div class=box><h2>回答</h2><p>ご結婚などの場合に限り変えられます。</p></div>"
    assert questions_of(body) == [("口座の名義は変えられますか？", "ご結婚などの場合に限り変えられます。")]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Q. 30歳から始められますか。", "A. 30日が限度です。"),
        ("Ｑ．一部でもよいですか。", "Ａ．一部でも可能です。"),
        ("Q. 1,000円から買えますか。", "A.3営業日かかります。"),
        ("Q1. 1.5倍まで上がりますか。", "A1. 2.5倍までです。"),
    ],
)
def test_a_mark_takes_no_figure_of_the_text_with_it(question, answer):
    other = "<p>Q9. 手数料はかかりますか。</p><p>A9. 無料です。</p>"
    found = questions_of(f"<p>{question}</p><p>{answer}</p>" + other)
    bare = [text.split("1. ")[-1].split(". ")[-1].split("．")[-1].split("A.")[-1] for text in (question, answer)]
    assert found[0] == tuple(bare)


def test_signs_at_the_edges_of_a_line_are_no_part_of_the_question():
    item = "<details><summary><i>＋</i> {}<span>▼</span></summary><p>→ {}</p></details>"
    pairs = [("口座は作れますか。", "作れます。"), ("解約はできますか。", "できます。")]
    assert questions_of("".join(item.format(*pair) for pair in pairs)) == pairs


def test_generated_class_names_are_read_by_their_repetition():
    item = '<div class="x1"><div class="k9">{}</div><div class="m3">{}</div></div>'
    pairs = [
        ("口座は作れますか。", "作れます。"),
        ("解約はできますか。", "できます。"),
        ("カードの再発行", "窓口で承ります。"),
    ]
    assert questions_of("".join(item.format(*pair) for pair in pairs)) == pairs


def test_a_diagnosis_to_tick_is_no_faq():
    page_of_one = "<h2>Q1 遺産の概要を把握していますか？</h2><p>どちらかを選んでください。</p><a href='y'>YES</a><br><a href='n'>NO</a>"
    assert questions_of(page_of_one) == []


def test_headings_of_an_article_above_an_accordion_are_no_questions():
    article = "".join(f"<section><h2>{text}</h2><p>説明が続きます。制度の内容を述べます。</p></section>" for text in
                      ["新しい制度のポイント", "これまでの制度との比較", "制度を活用するための四つの鍵"])  # fmt: skip
    items = [(f"{number}年目の口座はどうなりますか？", "そのまま続きます。") for number in range(1, 6)]
    accordion = "".join(f'<div><h2 class="q title">{q}</h2><section class="a">{a}</section></div>' for q, a in items)
    assert questions_of(article + accordion) == items


def test_a_list_typed_with_signs_stays_whole():
    item = "<div class='qa'><p class='question'>Q</p><p>{}</p><p class='answer'>ANSWER</p><p>{}</p></div>"
    body = item.format("初期費用は何ですか。", "次のとおりです。<br>● 敷金<br>● 礼金<br>● 仲介手数料")
    body += item.format("審査はありますか。", "あります。")
    assert questions_of(body) == [
        ("初期費用は何ですか。", "次のとおりです。\n● 敷金\n● 礼金\n● 仲介手数料"),
        ("審査はありますか。", "あります。"),
    ]


def test_an_index_whose_answers_are_elsewhere_gives_nothing():
    row = '<tr><td>Q{}.</td><td><a href="">{}</a></td></tr>'
    asked = ["利用できますか?", "いくらですか?", "共有したいのですが､どうすればいいですか?", "仕方を教えてください｡"]
    body = "<table>" + "".join(row.format(number, text) for number, text in enumerate(asked, 1)) + "</table>"
    assert questions_of(body) == []


def test_results_of_a_survey_are_no_answers():
    item = "<h2>Q{} {}</h2><table><tr><th>はい</th><td>31.0%</td></tr><tr><th>いいえ</th><td>69.0%</td></tr></table>"
    assert questions_of(item.format(1, "株式を持っていますか") + item.format(2, "家を持っていますか")) == []


@pytest.mark.parametrize(
    "bar",
    [
        '<div class="cookie-bar">Cookieを使っています。<button>同意する</button></div>',
        '<div id="cookie_notice"><p>Cookieを使っています。</p><a role="button" href="#">同意して閉じる</a></div>',
        '<label><input type="checkbox">利用規約に同意する</label><p>送信</p>',
        '<div class="x9f">Cookieを使っています。<button>すべて許可する</button><button>拒否する</button></div>',
    ],
)
def test_the_bar_about_cookies_is_no_question(bar):
    items = "".join(
        f'<div class="i"><button aria-controls="a{n}">{q}</button><div id="a{n}" hidden><p>{a}</p></div></div>'
        for n, (q, a) in enumerate(meant()[:4])
    )
    asked = [question for question, _ in questions_of(bar + items)]
    assert len(asked) == 4
    assert not any("Cookie" in question or "する" in question[-4:] for question in asked)


def test_panels_that_share_an_id_belong_to_the_control_before_them():
    items = "".join(
        f'<div><h3><button aria-controls="p{n % 2}">第{n}の制度は使えますか？</button></h3><div id="p{n % 2}">'
        f"<p>第{n}の制度の説明です。</p></div></div>"
        for n in range(1, 7)
    )
    assert questions_of(items) == [(f"第{n}の制度は使えますか？", f"第{n}の制度の説明です。") for n in range(1, 7)]


def test_a_table_in_an_answer_of_a_table_with_a_spanning_category():
    body = """<table><tr><th>分類</th><th>ご質問</th><th>お答え</th></tr>
    <tr><td rowspan="2">限度額</td><td>一日の限度額</td><td>次のとおりです。<table><tr><th>磁気</th><td>50万円</td></tr>
    <tr><th>IC</th><td>100万円</td></tr></table>窓口で引き下げられます。</td></tr>
    <tr><td>限度額は変えられますか</td><td>窓口で変えられます。</td></tr>
    <tr><td>紛失</td><td>カードをなくしました</td><td>センターへお電話ください。</td></tr></table>"""
    assert questions_of(body) == [
        ("一日の限度額", "次のとおりです。\n磁気 | 50万円\nIC | 100万円\n窓口で引き下げられます。"),
        ("限度額は変えられますか", "窓口で変えられます。"),
        ("カードをなくしました", "センターへお電話ください。"),
    ]


@pytest.mark.parametrize(
    ("asked", "told"),
    [("相談内容", "アドバイス"), ("ご相談の概要", "センターからのアドバイス"), ("【相談内容】", "【助言】")],
)
def test_consultations_and_advice_are_pairs(asked, told):
    cases = "".join(
        f"<h2>事例{n}　勧誘</h2><p>{asked}</p><p>業者{n}に契約を勧められた。</p><p>断りたい。</p>"
        f"<p>{told}</p><p>第{n}の書面を受け取った日を確かめましょう。</p>"
        for n in range(1, 4)
    )
    assert questions_of(cases, title="相談事例") == [
        (f"業者{n}に契約を勧められた。\n断りたい。", f"第{n}の書面を受け取った日を確かめましょう。")
        for n in range(1, 4)
    ]


def test_a_form_with_a_field_for_the_consultation_is_no_pair():
    form = "<form><p>お名前</p><input><p>ご相談内容</p><textarea></textarea><p>※個人情報は記入しないでください。</p></form>"
    assert questions_of(form, title="お申し込み") == []


@pytest.mark.parametrize(("sign", "arrow"), [("◆", "⇒"), ("●", "→"), ("■", "➡ ")])
def test_a_sign_asks_and_an_arrow_answers(sign, arrow):
    lines = [
        ("口座は変更できますか", "変更できます。"),
        ("振替のしくみ", "毎月27日に引き落とします。"),
        ("解約したい", "窓口で承ります。"),
    ]
    body = "".join(f"<p>{sign}{question}</p><p>{arrow}{answer}</p>" for question, answer in lines)
    assert questions_of(body) == lines


@pytest.mark.parametrize(
    "facts",
    [
        [("購入時手数料", "ありません"), ("取扱銘柄", "32本")],
        [("商品名", "積立定期"), ("中途解約", "満期日の前に解約する場合は、所定の中途解約利率が適用されます。")],
    ],
)
def test_facts_of_a_product_are_no_questions_of_the_section_below_them(facts):
    asked = [
        ("元本は保証されますか？", "保証されません。"),
        ("増額できますか？", "できます。"),
        ("解約の方法", "窓口で承ります。"),
    ]

    def listed(pairs: list[tuple[str, str]]) -> str:
        return "<dl>" + "".join(f"<dt>{q}</dt><dd>{a}</dd>" for q, a in pairs) + "</dl>"

    body = f"<h2>商品の概要</h2>{listed(facts)}<h2>よくあるご質問</h2>{listed(asked)}"
    assert questions_of(body, title="積立定期") == asked
    categories = f"<h2>全般</h2>{listed(asked)}<h2>手数料</h2>{listed([('発行の手数料', '1,100円（税込）')])}"
    assert len(questions_of(categories, title="よくある質問")) == 4


def test_columns_that_say_question_and_answer_need_few_sentences_that_ask():
    rows = [
        ("対象となる方", "会社員です。"),
        ("申請の窓口", "市役所です。"),
        ("申請の期限", "3月末です。"),
        ("振込の時期", "4月です。"),
    ]
    rows.append(("代理人でもよいですか", "委任状があればよいです。"))
    body = "".join(f"<tr><td>{q}</td><td>{a}</td></tr>" for q, a in rows)
    assert questions_of(f"<table><tr><th>質問</th><th>回答</th></tr>{body}</table>") == rows


def test_a_heading_built_otherwise_behind_the_questions_is_none_of_them():
    asked = "".join(
        f'<h3 class="faq-title{" open" * (n == 1)}">{q}</h3><p>{n}番の説明です。</p>'
        for n, q in enumerate(
            ["戻せますか？", "必要な書類は何ですか？", "解約の仕方", "税金はかかりますか？", "子も使えますか？"], 1
        )
    )
    pairs = questions_of(asked + "<h3>信託の役割</h3><p>専門の担当者がお手伝いします。</p>")
    assert [answer for _, answer in pairs] == [f"{n}番の説明です。" for n in range(1, 6)]


def test_a_help_sign_beside_a_heading_is_no_question_mark():
    body = '<h2><img src="/i/q.png" alt="">振込手数料</h2><table><tr><th>窓口</th><td>330円</td></tr></table><p>税込です。</p>'
    assert questions_of(body, title="手数料一覧") == []


def test_where_to_ask_behind_the_last_answer_is_no_part_of_it():
    body = "".join(f"<p>問{n} 第{n}号は必要ですか。</p><p>答 第{n}号は必要です。</p>" for n in range(1, 4))
    assert questions_of(body + "<p>（照会先）個人課税部門</p>")[-1] == (
        "第3号は必要ですか。",
        "第3号は必要です。",
    )


@pytest.mark.parametrize("shape", ["<p>Q{n} {q}</p><p>{a}</p>{advice}", "<h3>{q}</h3><p>{a}</p>{advice}"])
@pytest.mark.parametrize(
    "advice",
    ["<p>アドバイス</p><p>第{n}号を早めに確かめましょう。</p>", "<p>アドバイス：第{n}号を早めに確かめましょう。</p>"],
)
def test_advice_below_the_answer_of_a_question_is_a_part_of_it(shape, advice):
    body = "".join(
        shape.format(n=n, q=f"第{n}号は必要ですか。", a=f"第{n}号は必要です。", advice=advice.format(n=n))
        for n in range(1, 5)
    )
    pairs = questions_of(body)
    assert [question for question, _ in pairs] == [f"第{n}号は必要ですか。" for n in range(1, 5)]
    assert all(answer.startswith(f"第{n}号は必要です。") for n, (_, answer) in enumerate(pairs, 1))
    assert all(answer.endswith("号を早めに確かめましょう。") for _, answer in pairs)


def test_consultations_in_plain_text_are_pairs():
    text = "相談事例集\n\n" + "".join(
        f"【相談内容】\n業者{n}に契約を勧められた。\n断りたい。\n【アドバイス】\n第{n}の書面を確かめましょう。\n\n"
        for n in range(1, 4)
    )
    pairs = found(harvest_bytes(text.encode(), ".txt"))
    assert [bare(question) for question, _ in pairs] == [f"業者{n}に契約を勧められた。断りたい。" for n in range(1, 4)]
    assert [bare(answer) for _, answer in pairs] == [f"第{n}の書面を確かめましょう。" for n in range(1, 4)]


def test_every_heading_below_the_sections_of_a_page_of_questions_is_one():
    sections = {
        "お申込み": [
            ("告知が要る病気", "入院した病気をお知らせください。"),
            ("診断書の要否", "三千万円以下なら不要です。"),
        ],
        "お支払い": [("払込みが遅れたとき", "翌月末日まで待ちます。"), ("控除の証明書", "十月に郵送します。")],
        "その他": [("住所が変わった場合", "画面で変更してください。"), ("受取人を変えたい", "書類をお送りします。")],
    }
    body = "<h1>よくあるご質問</h1>" + "".join(
        f"<div><h3>{name}</h3>"
        + "".join(f"<div><h4>{asked}</h4><div>{told}</div></div>" for asked, told in pairs)
        + "</div>"
        for name, pairs in sections.items()
    )
    found = questions_of(body, title="よくあるご質問｜見本生命")
    assert found == [pair for pairs in sections.values() for pair in pairs]
    article = body.replace("よくあるご質問", "保険の基礎知識")
    assert questions_of(article, title="保険の基礎知識") != found


def test_a_button_of_a_question_mark_makes_no_question_of_the_cell_before_it():
    rows = "".join(
        f'<tr><td>{name} <button class="help">？</button><span class="popover">説明です。</span></td><td>{fee}円</td></tr>'
        for name, fee in (("電信扱い", 440), ("文書扱い", 330), ("至急扱い", 660))
    )
    asked = "<dl><dt>いつ引き落とされますか</dt><dd>振込と同時に引き落とします。</dd><dt>まとめて払えますか</dt><dd>月に一度まとめられます。</dd></dl>"
    found = questions_of(f"<table>{rows}</table><h2>よくあるご質問</h2>{asked}")
    assert [question for question, _ in found] == ["いつ引き落とされますか", "まとめて払えますか"]


def test_the_contents_of_an_inquiry_are_its_question_and_the_articles_cited_no_part_of_the_answer():
    body = (
        "<h1>抵当権の抹消</h1><h3>〔照会の内容〕</h3><p>甲は、住宅資金を完済しました。</p><p>抹消の費用は誰が負担しますか。</p>"
        "<h3>〔回答〕</h3><p>通常は借主の負担です。</p><h3>〔参照条文〕</h3><p>民法第485条</p>"
    )
    assert questions_of(body) == [
        ("甲は、住宅資金を完済しました。\n抹消の費用は誰が負担しますか。", "通常は借主の負担です。")
    ]


def test_what_follows_the_answer_under_a_name_of_its_own_is_no_part_of_it():
    listed = (
        "<h1>報酬</h1><dl><dt>照会要旨</dt><dd>甲は、報酬を支払います。課税されますか。</dd>"
        "<dt>回答要旨</dt><dd>課税されません。</dd><dt>関係法令通達</dt><dd>所得税法第161条</dd></dl>"
    )
    lines = (
        "<p>文書回答事例</p><p>〔照会の要旨〕</p><p>甲は、報酬を支払います。</p><p>課税されますか。</p>"
        "<p>〔回答の要旨〕</p><p>課税されません。</p><p>〔関係法令通達〕</p><p>所得税法第161条</p>"
    )
    for body in (listed, lines):
        (pair,) = harvest_html(page(body, title="質疑応答事例").encode()).pairs
        assert "課税されますか。" in pair.question
        assert pair.answer == "課税されません。"


def test_the_head_of_an_item_is_not_the_page_s():
    items = "".join(
        f'<div class="item"><div class="head"><em>Q{at}-1.</em><strong>手続{at}はできますか。</strong></div>'
        f'<div class="body"><em>A.</em><div>窓口{at}で承ります。</div></div></div>'
        for at in (1, 2, 3)
    )
    source = f'<html lang="ja"><body><div class="head"><p>架空銀行のページ</p></div><main><h1>よくあるご質問</h1>{items}</main></body></html>'
    pairs = harvest_html(source.encode()).pairs
    assert [(pair.question, pair.answer) for pair in pairs] == [
        (f"手続{at}はできますか。", f"窓口{at}で承ります。") for at in (1, 2, 3)
    ]
