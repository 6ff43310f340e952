"""Personal data is found by form, check digit and context; numbers of finance text are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.personal_data.find import (
    corporate_number_is_valid,
    count_kinds,
    find_personal_data,
    luhn_is_valid,
    my_number_is_valid,
)
from tekio.text.personal_data.pseudonyms import PseudonymKey, mask

# 123456789018 is the example of a valid My Number in public test data; 7000012050002 is the corporate number of the National Tax Agency.
FOUND = [
    ("連絡は075-123-4567 まで", "phone", "075-123-4567"),
    ("電話:０３－１２３４－５６７８（代表）", "phone", "０３－１２３４－５６７８"),
    ("TEL 0312345678", "phone", "0312345678"),
    ("携帯09012345678へ", "phone", "09012345678"),
    ("+81-80-1234-5678", "phone", "+81-80-1234-5678"),
    ("(03)1234-5678", "phone", "(03)1234-5678"),
    ("0120-123-456へお電話", "phone", "0120-123-456"),
    ("Tel.06-6201-0000", "phone", "06-6201-0000"),
    ("お電話は0120(123)456へ", "phone", "0120(123)456"),
    ("【電話番号】 ０３（３５８０）３５１１（大代表）", "phone", "０３（３５８０）３５１１"),
    ("何かあればhoge.hoge@example.ne.jpまで連絡", "email", "hoge.hoge@example.ne.jp"),
    ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "email", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"),
    ("〒100-8967 東京都", "postal_code", "100-8967"),
    ("100-8967東京都千代田区", "postal_code", "100-8967"),
    ("マイナンバーは123456789018です", "my_number", "123456789018"),
    ("個人番号：1234 5678 9018", "my_number", "1234 5678 9018"),
    ("カード 4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
    ("4111111111111111", "card", "4111111111111111"),
    ("普通預金 口座番号 1234567", "bank_account", "1234567"),
    ("証券口座の部店番号・口座コード 123-4567890", "securities_account", "123-4567890"),
    ("証券番号：12A-345678", "policy_number", "12A-345678"),
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_finds(text, kind, value):
    assert [(span.kind, text[span.start : span.end]) for span in find_personal_data(text)] == [(kind, value)]


KEPT = [
    "売上高は10000000000円となった。",
    "売上高 1,234,567,890 千円、△123,456,789円",
    "法人番号 7000012050002",
    "1株当たり純資産額 1,03-1234-5678",
    "登録番号T7000012050002",
    "証券コード 7203、EDINETコード E02144",
    "2026-11-21から2027-03-31まで",
    "令和6年4月1日 2024040120250331",
    "関東財務局長（金商）第1234567号",
    "発行済株式総数 123456789012 株",
    "4111111111111112",  # the Luhn digit is wrong
    "マイナンバーは123456789012です",  # the check digit is wrong
    "123456789018",  # no word says what it is
    "090123456789012",
    "100-8967",
    "科目: 普通預金 | 口座番号の桁: 7 | 残高（円）: 1234567",
    "科目: 当座預金 | 利息: 7654321 | 口座番号: なし",
    "電話番号は窓口でご確認ください。",
    "契約番号をご用意ください。",
    "0000000000000000",
]


@pytest.mark.parametrize("text", KEPT)
def test_leaves_numbers_of_finance_text_alone(text):
    assert find_personal_data(text) == []


def test_two_numbers_side_by_side_are_both_found():
    text = "〒100-8967 03-1234-5678"
    assert [span.kind for span in find_personal_data(text)] == ["postal_code", "phone"]


def test_check_digits():
    assert my_number_is_valid("123456789018")
    assert sum(my_number_is_valid(f"12345678901{digit}") for digit in range(10)) == 1
    assert corporate_number_is_valid("7000012050002")
    assert sum(corporate_number_is_valid(f"{digit}000012050002") for digit in range(1, 10)) == 1
    assert luhn_is_valid("79927398713")
    assert not luhn_is_valid("79927398710")


def test_masked_text_names_the_kind_and_keeps_the_same_value_apart_from_others():
    text = "電話03-1234-5678、または０３（１２３４）５６７８、03-9999-0000"
    masked = mask(text, find_personal_data(text), PseudonymKey(b"one"))
    first, second, third = (part.split("]")[0] for part in masked.split("[電話番号:")[1:])
    assert first == second != third
    assert "1234" not in masked
    assert masked != mask(text, find_personal_data(text), PseudonymKey(b"another"))
    assert find_personal_data(masked) == []


def test_counts_by_kind():
    assert count_kinds(find_personal_data("a@example.jp b@example.jp 〒100-0001")) == {"email": 2, "postal_code": 1}


@given(st.text(alphabet="0123456789０１-－()@.aZ 電話口座番号〒円", max_size=60))
def test_spans_lie_inside_in_order_without_overlap(text):
    place = 0
    for span in find_personal_data(text):
        assert place <= span.start < span.end <= len(text)
        place = span.end


@pytest.mark.parametrize("hostile", ["0" * 100_000, "0-" * 50_000, "a@" * 50_000, "a." * 50_000 + "@", "番号" * 50_000])
@pytest.mark.timeout(20)
def test_hostile_text_takes_linear_time(hostile):
    find_personal_data(hostile)


def test_a_my_number_stays_one_whatever_stands_behind_it():
    for after in (" 名", "名", "円", "人"):
        assert [span.kind for span in find_personal_data(f"個人番号 123456789018{after}")] == ["my_number"]
