"""What rows say of the two periods of a table's line, calculated again."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

FIRST, LAST = "前連結会計年度 (自 2020年5月21日 至 2021年5月20日)", "当連結会計年度 (自 2021年5月21日 至 2022年5月20日)"
PASSAGE = "（単位：百万円）\n" + "\n".join(
    f"{label} | {FIRST}: {first} | {LAST}: {last}"
    for label, first, last in (
        ("売上高", "422,151", "428,517"),
        ("当期純利益", "7,756", "9,295"),
        ("減価償却費", "2,793", "2,610"),
        ("その他", "11", "22"),
        ("特別損失", "40", "21"),
        ("その他", "35", "30"),
    )
)


def kinds(question: str, text: str) -> set[str]:
    return {one.kind for one in check_row(question, text, Ground.of(PASSAGE))[1]}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", "当期純利益は、前連結会計年度の7,756百万円から当連結会計年度の9,295百万円に増加しました。"),
        ("", "当連結会計年度の減価償却費は2,610百万円で、前連結会計年度より183百万円減少しました。"),
        ("", "当連結会計年度の減価償却費は前連結会計年度に比べて6.6％減少し、2,610百万円となりました。"),
        ("", "減価償却費は約28億円から約26億円へ減りました。"),
        ("売上高は前連結会計年度から当連結会計年度にかけていくら増加しましたか。", "6,366百万円"),
        ("前連結会計年度と当連結会計年度では、減価償却費はどちらが多いですか。", "前連結会計年度"),
        ("前連結会計年度と当連結会計年度では、減価償却費はどちらが少ないですか。", "当連結会計年度です。"),
        ("当連結会計年度の当期純利益はいくらですか。", "9,295百万円です。"),
        ("", "その他は11百万円から22百万円に増加しました。"),
        ("", "その他は35百万円から30百万円に減少しました。"),
    ],
)
def test_what_the_figures_bear_out_is_right(question: str, text: str):
    assert kinds(question, text) == set()


@pytest.mark.parametrize(
    ("question", "text", "kind"),
    [
        ("", "当期純利益は、前連結会計年度の7,756百万円から当連結会計年度の9,295百万円に減少しました。", "direction"),
        ("", "当連結会計年度の減価償却費は2,610百万円で、前連結会計年度より183百万円増加しました。", "direction"),
        ("", "当連結会計年度の減価償却費は前連結会計年度に比べて6.6％増加し、2,610百万円となりました。", "direction"),
        ("", "当連結会計年度の減価償却費は2,610百万円で、前連結会計年度より21百万円減少しました。", "direction"),
        ("", "当期純利益は、前連結会計年度の9,295百万円から当連結会計年度の7,756百万円に減少しました。", "direction"),
        ("売上高は前連結会計年度から当連結会計年度にかけていくら減少しましたか。", "6,366百万円", "direction"),
        ("前連結会計年度と当連結会計年度では、減価償却費はどちらが多いですか。", "当連結会計年度", "direction"),
        ("当連結会計年度の当期純利益はいくらですか。", "7,756百万円です。", "subject"),
    ],
)
def test_what_the_figures_have_otherwise_is_wrong(question: str, text: str, kind: str):
    assert kind in kinds(question, text)


def test_a_quarter_is_no_number_of_its_own():
    passage = "（単位：百万円）\n売上高 | 前第2四半期連結累計期間: 598 | 当第2四半期連結累計期間: 622"
    row = "売上高は、前第2四半期連結累計期間の598百万円から当第2四半期連結累計期間の622百万円に増加しました。"
    assert check_row("", row, Ground.of(passage))[1] == []
    assert check_row("", row.replace("第2", "第3"), Ground.of(passage))[1] != []
