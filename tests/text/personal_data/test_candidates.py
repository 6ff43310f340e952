"""The compiled search for candidates finds what the search over whole texts finds."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tekio.text.kernels.codepoints import code_points
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.find import find_personal_data

PIECES = [
    *(
        "電話03-1234-5678",
        "TEL 0312345678",
        "〒100-8967 ",
        "東京都",
        "a.b@example.co.jp",
        "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ",
    ),
    *(
        "口座番号 1234567",
        "（03）1234-5678",
        "+81-90-1234-5678",
        "売上高は1,234円",
        "証券番号は12A-345678",
        "、",
        " ",
        "(",
        "\n",
    ),
    *("マイナンバー123456789018", "4111 1111 1111 1111", "0120-123-456", "@", "1", "-", "あ", "🙂"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=4))
@example(["あ" * 300 + "taro@example.jp" + "い" * 300])
def test_batches_find_what_single_texts_find(texts):
    found = find_in_texts(texts, code_points(texts))
    assert [found.get(number, []) for number in range(len(texts))] == [find_personal_data(text) for text in texts]
