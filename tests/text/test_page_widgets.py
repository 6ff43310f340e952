"""Widgets without telling names: what asks about the page and what answers it goes, sentences with the same words stay."""

import time

import pytest

from tekio.corpus.readers.web import main_text
from tekio.text.html import parse_html_text
from tekio.text.page_widgets import without_widgets

BODY = "手続は窓口で受け付けます。"


@pytest.mark.parametrize(
    "widget",
    [
        "このページは、お探しの情報を得るのに役に立ちましたか？\nとても役に立った\nどちらともいえない\n役に立たなかった",
        "この情報はお役に立ちましたか。よろしければ評価をお聞かせください。\n★★★★★",
        "より良いホームページにするために、ご意見をお聞かせください。\n質問：このページの内容は分かりやすかったですか？\n1：分かりやすかった　2：ふつう　3：分かりにくかった\n送信",
        "シェア 12　ツイート　Pocket 3",
        "この記事をシェアする",
        "この記事は約4分で読めます。",
        "ここから本文です。",
        "アクセス数：12,345",
        "ページ番号1004321",
        "お問い合わせは専用フォームをご利用ください。",
        "ページ評価アンケート\nこのページの説明はいかがでしたか。\n・満足\n・ふつう\n・不満",
        "Q. このFAQは役立ちましたか\n役立った（31人）｜役立たなかった（4人）",
        "ご質問は解決しましたか？\n解決した\n解決しなかった",
        "みなさまのご意見・ご感想をお寄せください。",
        "あわせて読みたい：遺言書の保管制度とは",
        "関連記事：年末の営業日",
        "くわしく見る",
        "No : 1024",
        "アンケート：ご意見をお聞かせください\n解決できた\n解決できたが分かりにくかった\n解決できなかった",
        "ご意見・ご感想をお寄せください お問い合わせを入力されましてもご返信はいたしかねます",
        "この記事をお届けした\n年金ラボの最新情報を\nいいねしてチェックしよう！\nFollow me!",
        "お客様満足度調査にご協力ください\n所要時間：約1分\n回答する",
        "Was this page helpful?\nYes\nNo",
        "この記事の評価\n★★★★☆ 4.2（18件の評価）\nあなたの評価を選択してください",
        "お寄せいただいたコメント\n（コメントはまだありません）\nお名前\nコメント",
        "この記事は会員限定です。登録すると続きをお読みいただけます。\n残り812文字",
        "この記事が気に入ったら\nいいね！しよう\nTwitter で 見本信用金庫をフォローしよう！",
        "コメント（2件）\n匿名 2日前\n借り換えを考えています。\n返信する 違反を報告\ntanaka 5日前\n様子を見ます。\n返信する\nログインするとコメントを投稿できます",
    ],
)
def test_lines_of_a_widget_go_and_are_counted(widget: str):
    text, left_out = without_widgets(f"{BODY}\n{widget}")
    assert text == BODY
    assert left_out == len("".join(widget.split()))


@pytest.mark.parametrize(
    "text",
    [
        "はい\nふつう\nいいえ",
        "市場のシェア\nシェアは12％である。",
        "ご意見をお寄せください。\n意見の募集は令和6年4月30日まで行います。",
        "レビュー（2件）\n監査人は四半期の報告を二度見直した。",
        "コメント（1件）\n委員の意見は次のとおりであった。",
        "関連記事の一覧は巻末にある。",
        "残り2名の委員を選んだ。",
        "番号: 2\nNo: 3",
        "お名前\n生年月日",
        "A\n信用力が高い。\nB\n信用力が中位である。",
        "この説明が役に立ったかを窓口で尋ねた。",
        "ご意見\n役に立った",
        "ここから本文が始まる書式を用いる。",
        "Q1 満足ですか。\nはい",
    ],
)
def test_the_same_words_elsewhere_stay(text: str):
    assert without_widgets(text) == (text, 0)


def shown(body: str) -> str:
    return main_text(parse_html_text(f"<html><body><div>{body}</div></body></html>")).text


@pytest.mark.parametrize(
    "widget",
    [
        "<div>タグ：<a href=1>金利</a>、<a href=2>団信</a></div>",
        "<div><span>1</span> <a href=2>2</a> <a href=3>3</a> <a href=2>次へ</a></div>",
        "<div><label><input type=radio>満足した</label><label><input type=radio>満足しなかった</label></div>",
        "<div><p>メールマガジンに登録すると、最新の記事をお届けします。</p><input type=email></div>",
        "<div><p>この記事を書いた人</p><p>見本 花子。銀行に10年勤めた。</p></div>",
        "<h3>コメント（2件）</h3><p>とても参考になりました！</p>",
        "<p><a href=1>印刷用ページ</a> | <a href=2>友だちに知らせる</a></p>",
        "<p>関連ファイル</p><ul><li><a href=1>申込書（PDF：12KB）</a><li><a href=2>要綱（PDF：8KB）</a></ul>",
    ],
)
def test_blocks_of_a_widget_go(widget: str):
    body = f"<h1>融資の手続</h1><p>{BODY * 9}</p>"
    assert shown(body + widget) == f"融資の手続\n{BODY * 9}"


@pytest.mark.parametrize(
    "block",
    [
        "<p>カテゴリー：預金のうち<a href=1>定期</a>にあたるもの</p>",
        "<ul><li><input type=checkbox>印鑑</li><li><input type=checkbox>通帳</li></ul>",
        "<table><tr><td>1</td><td>2</td><td>3</td></tr></table>",
    ],
)
def test_blocks_that_look_alike_stay(block: str):
    body = f"<h1>融資の手続</h1><p>{BODY * 9}</p><p><a href=9>窓口</a>の案内です。</p>"
    assert len(shown(body + block)) > len(shown(body))


@pytest.mark.parametrize(
    "line", ["1" * 80 + "x", "1, " * 28 + "x", "はい " * 20 + "x", "シェア" * 20 + "x", "2024.1.1 " * 9 + "x"]
)
def test_hostile_lines_take_no_time(line: str):
    start = time.process_time()
    assert without_widgets(f"このページは役に立ちましたか？\n{line}")[0] == line
    assert shown(f"<p>{BODY * 9}</p><p><a href=1>{line}</a></p><div>{line}<a href=2>2</a></div>")
    assert time.process_time() - start < 1.0


def test_a_bar_of_letters_to_choose_by_goes():
    bar = "".join(f'<a href="{letter}">{letter}</a> ' for letter in "あかさたな")
    assert main_text(parse_html_text(f"<main><p>{BODY}</p><p>{bar}</p></main>")).text == BODY


def test_sizes_of_letters_are_no_list():
    page = "<main><ul><li>文字の大きさ</li><li>小</li><li>中</li><li>大</li></ul><h1>案内</h1><p>手続は窓口で受け付けます。</p></main>"
    assert main_text(parse_html_text(page)).text == f"案内\n{BODY}"


def test_letters_of_questions_and_answers_stand_before_them():
    text, _ = without_widgets("Q\n対象ですか。\nA\n対象です。\n\nQ2\nいくらですか。\nA2\n無料です。")
    assert text.split("\n") == ["Q. 対象ですか。", "A. 対象です。", "", "Q2. いくらですか。", "A2. 無料です。"]


def test_the_letter_of_an_answer_stands_before_it_where_the_question_has_its_own():
    assert (
        without_widgets("Ｑ１ だれが審理しますか。\nＡ１\n委員です。")[0]
        == "Ｑ１ だれが審理しますか。\nＡ１. 委員です。"
    )


def test_the_time_to_read_goes_from_a_line_that_says_more():
    assert without_widgets("投稿日: 2024年11月5日 読了時間: 約 3 分")[0] == "投稿日: 2024年11月5日"
    assert without_widgets("最終更新: 2024/06/30 ・ 5分で読めます")[0] == "最終更新: 2024/06/30"
