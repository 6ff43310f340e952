"""Whether an article's number and the document's title name an article: of rules they do, of pages that quote some they do not."""

import pytest

from tekio.knowledge.passages import split_passages
from tekio.knowledge.rules import is_rule

ARTICLES = "第一条　この規程は、貸付けについて定める。\n第二条　貸付けの期間は、十年以内とする。\n第三条　利率は、年二分とする。"
QUOTED = (
    "【照会要旨】\n組合の定款には次の定めがあります。出資はどのように評価しますか。\n"
    "第20条　組合員は、脱退したときは、持分の払戻しを請求することができる。\n"
    "【回答要旨】\n払込済出資額により評価します。"
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("印紙税法", QUOTED),
        ("印紙税法　抄", ARTICLES),
        ("貸付規程（令和六年改正）", ARTICLES),
        ("銀行法第十三条に規定する者を定める件", ARTICLES),
        ("貸付けのきまり", ARTICLES),
    ],
)
def test_a_rule_is_told_by_its_name_or_by_being_made_of_articles(title: str, text: str):
    assert is_rule(title, split_passages("d", text))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("企業組合の定款に特別の定めがある場合の出資の評価", QUOTED),
        ("貸付規程の改正について", QUOTED),
        ("貸付規程の改正について", ARTICLES.replace("第一条", "第七条")),
        ("お知らせ", "利率を改定します。"),
    ],
)
def test_a_page_that_quotes_articles_is_no_rule(title: str, text: str):
    assert not is_rule(title, split_passages("d", text))
