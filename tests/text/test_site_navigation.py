"""A page's text stays, what a site puts around it goes: its path, links to the top, lists of links, notes about viewers."""

import pytest

from tekio.text.html import block_text
from tekio.text.markdown import parse_markdown
from tekio.text.site_navigation import drop_navigation

PATH = "1. [ホーム](/)\n2. [届出](/t/)\n3. 変更の届出について\n\n"
FOOT = (
    "\n[このページの先頭へ](#top)\n\n## [届出](/t/)\n\n### [開業の届出](/t/1)\n\n### [廃業の届出](/t/2)\n\n"
    "### [変更の届出](/t/3)\n\n|     |     |\n| --- | --- |\n|  |  |\n"
)
BODY = "# 変更の届出について\n\n事業所の所在地を変更したときは、十四日以内に届出書を提出してください。\n"


def left(markdown: str) -> str:
    root = parse_markdown(markdown)
    assert drop_navigation(root)
    return block_text(root).strip()


def test_the_path_and_the_foot_of_a_site_go():
    assert left(PATH + BODY + FOOT) == block_text(parse_markdown(BODY)).strip()


def test_a_path_in_one_line_goes():
    assert left("[ホーム](/) > [届出](/t/) > 変更の届出\n\n" + BODY).startswith("変更の届出について")


@pytest.mark.parametrize(
    "block",
    [
        "- [開業](/1)\n- [廃業](/2)\n- [移転](/3)\n",
        "1. 変更の届出\n2. [開業の届出について](/1)\n3. [廃業の届出について](/2)\n4. [移転の届出について](/3)\n",
        "[一覧に戻る](/t/)\n",
        "1\\. [開業の届出](/1)\n\n(2)　[廃業の届出](/2)\n",
        "[届出書の様式（PDF/120KB）](/a.pdf)\n",
        "PDF形式のファイルをご覧になるには、Adobe Readerが必要です。お持ちでない方は [こちら](/r) からダウンロードしてください。\n",
        "このページの情報は役に立ちましたか？\n",
        "[![お役に立ちましたか](/b.gif)](/q)\n",
    ],
)
def test_what_is_links_or_a_tool_of_the_site_goes(block):
    after = "提出は郵送でもできます。控えが必要な方は返信用の封筒を同封してください。\n"
    assert left(f"{BODY}\n{block}\n{after}") == block_text(parse_markdown(BODY + "\n" + after)).strip()


@pytest.mark.parametrize(
    "block",
    [
        "届出の様式は [別紙1](/1) のとおりです。",
        "| 様式 | 用途 |\n| --- | --- |\n| [第1号](/1) | 変更 |\n| [第2号](/2) | 廃止 |\n",
        "- [開業の届出](/1)は十日以内に、[廃業の届出](/2)は直ちに、[移転の届出](/3)は事前に行う。\n",
        "[所得税法第36条第1項](/36)\n",
        "## [届出の期限](#limit)\n\n期限は十四日です。",
        "1. 所在地を変更したとき。\n2. 代表者を変更したとき。\n",
    ],
)
def test_text_that_holds_links_stays(block):
    shown = block_text(parse_markdown(block))
    text = left(f"{BODY}\n{block}\n\n手数料はかかりません。\n")
    assert all(line in text for line in shown.strip().split("\n"))


def test_a_link_to_the_top_at_the_end_of_an_item_goes_alone():
    text = left(BODY + "\n- 窓口に提出します。[このページの先頭へ](#top)\n- 郵送します。\n")
    assert "窓口に提出します。" in text
    assert "先頭" not in text


def test_a_page_of_links_is_told_and_left_as_it_is():
    root = parse_markdown(PATH + "# 届出の一覧\n\n- [開業](/1)\n- [廃業](/2)\n- [移転](/3)\n" + FOOT)
    before = block_text(root)
    assert not drop_navigation(root)
    assert block_text(root) == before


def test_a_document_without_links_is_left_as_it_is():
    root = parse_markdown("1. ホームページの作成\n2. 公開\n\n短い文。\n")
    before = block_text(root)
    assert drop_navigation(root)
    assert block_text(root) == before


def test_a_list_of_text_at_the_end_stays_with_the_files_it_names():
    items = "".join(
        f"- ({at}) 法第{at}条に規定する承認を受けようとする場合の申請　第{at}号様式の「承認申請書」\n"
        for at in range(1, 6)
    )
    files = "".join(f"- [第{at}号様式(PDF/98KB)](/{at}.pdf)\n" for at in range(1, 6))
    assert "第3条に規定する承認を受けようとする場合の申請" in left(f"{BODY}\n{items}\n{files}{FOOT}")


def test_what_stands_over_a_list_of_links_goes_with_it():
    links = "* [金利](/1)\n* [試算](/2)\n* [質問](/3)\n"
    text = left(f"メニュー\n\n{links}\n{BODY}\n\n## 関連リンク\n\n{links}\n## 届出の方法\n\n窓口に提出します。\n")
    assert "メニュー" not in text
    assert "関連リンク" not in text
    assert "届出の方法" in text


def test_a_menu_of_text_stays():
    assert "メニュー" in left(f"{BODY}\n\n## メニュー\n\n珈琲 400円\n")


def test_categories_and_latest_posts_go_with_their_counts_and_days():
    text = left(
        f"{BODY}\n\n### カテゴリー\n\n- [預金](/1) (12)\n- [融資](/2) (34)\n- [投資](/3) (5)\n\n"
        "### 最近の投稿\n\n- [金利改定](/n1) 2026年9月1日\n- [店舗統合](/n2) 2026年8月1日\n- [休業](/n3) 2026年7月1日\n"
    )
    assert "預金" not in text
    assert "カテゴリー" not in text
    assert "店舗統合" not in text


def test_a_list_of_links_with_rates_stays():
    text = left(f"{BODY}\n\n- [普通預金](/1) 0.2％\n- [定期預金](/2) 0.5％\n- [積立預金](/3) 0.3％\n")
    assert "定期預金" in text


@pytest.mark.parametrize(
    "line",
    [
        "この記事は役に立ちましたか？ [はい](#y) [いいえ](#n)",
        "Share: [X](https://x) [Facebook](https://f)",
        "シェア：[LINE](/l)",
    ],
)
def test_questions_with_their_answers_and_bars_to_share_go(line):
    assert left(f"{BODY}\n\n{line}\n") == left(BODY)
