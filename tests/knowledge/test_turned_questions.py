"""Questions turned round by themselves, or against the value that answers them."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

MINE = "工場では50名から150名、多いときには170名の人々が働いていた。市長は渡辺忠雄であったと推定される。"
PLANE = "A340の最大離陸重量は275トンである。小さい機体の主翼を引き継いだ。"


@pytest.mark.parametrize(
    ("passage", "question", "answer", "stands"),
    [
        (MINE, "工場では最大何名が働いていましたか。", "170名", True),
        (MINE, "工場では最小何名が働いていましたか。", "170名", False),
        (MINE, "市長は誰だと推定できますか。", "渡辺忠雄", True),
        (MINE, "市長は誰だと推定できませんか。", "渡辺忠雄", False),
        (MINE, "働く人は多いときに150名より多いか、もしくは、多いか。", "多い", False),
        (PLANE, "A340の最大離陸重量は何トンですか。", "275トン", True),
        (PLANE, "A340の最小離陸重量は何トンですか。", "275トン", False),
    ],
)
def test_the_end_that_a_question_asks_for(passage: str, question: str, answer: str, stands: bool):
    assert (not check_row(question, answer, Ground.of(passage))[1]) == stands
