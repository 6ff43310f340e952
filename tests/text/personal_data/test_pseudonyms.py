"""Pseudonyms are useless without their key; the key is in a private file."""

import os
import stat

import pytest

from tekio.errors import TekioError
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.recipe.paths import RecipePath
from tekio.text.personal_data.find import find_personal_data
from tekio.text.personal_data.nested import mask_values
from tekio.text.personal_data.pseudonyms import PseudonymKey, mask, pseudonym, read_key

KEY = PseudonymKey(b"the key of these tests, 32 bytes.")


def test_a_key_is_made_once_with_mode_0600_and_read_again(tmp_path):
    place = RecipePath.of(DEFAULT_KEY_FILE, tmp_path)
    before = os.umask(0)
    try:
        made = read_key(place)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    assert read_key(place) == made
    assert [item.name for item in tmp_path.iterdir()] == [DEFAULT_KEY_FILE]
    other = tmp_path / "other"
    other.mkdir()
    assert read_key(RecipePath.of(DEFAULT_KEY_FILE, other)) != made


def test_a_key_is_never_shown():
    assert "the key of these tests" not in repr(KEY)
    assert KEY.secret.hex() not in KEY.fingerprint


def test_a_named_file_that_is_missing_or_too_weak_is_refused(tmp_path):
    with pytest.raises(TekioError, match="cannot be used"):
        read_key(RecipePath.of("mine.key", tmp_path))
    for weak in ("", "password", "0" * 64):
        (tmp_path / "mine.key").write_text(weak)
        with pytest.raises(TekioError, match="cannot be used"):
            read_key(RecipePath.of("mine.key", tmp_path))


def test_a_hundred_thousand_values_have_as_many_pseudonyms():
    made = {pseudonym(f"090-1234-{number:06d}", "phone", KEY) for number in range(100_000)}
    assert len(made) == 100_000


def test_one_pseudonym_for_one_value_and_none_is_found_as_personal_data():
    text = "契約番号：AB-12345、電話03-1234-5678、または０３（１２３４）５６７８"
    masked = mask(text, find_personal_data(text), KEY)
    assert "1234" not in masked
    assert masked.count(pseudonym("0312345678", "phone", KEY)) == 2
    assert find_personal_data(masked) == []
    assert masked != mask(text, find_personal_data(text), PseudonymKey(b"another"))


def test_values_beside_a_text_are_masked_by_form_by_name_and_by_what_the_text_held():
    beside = [
        "連絡 a@example.jp",
        {"電話番号": "0312345678", "rows": [{"マイナンバー": 123456789018}], "n": 7, "x": "7654321"},
    ]
    (made,) = mask_values([beside], KEY, lambda span, text: True, known=[{"7654321": "bank_account"}])
    assert made == [
        "連絡 " + pseudonym("a@example.jp", "email", KEY),
        {
            "電話番号": pseudonym("0312345678", "phone", KEY),
            "rows": [{"マイナンバー": pseudonym("123456789018", "my_number", KEY)}],
            "n": 7,
            "x": pseudonym("7654321", "bank_account", KEY),
        },
    ]


def test_values_without_personal_data_are_the_same_objects():
    beside = ["第17期 有価証券報告書", {"code": "E01234", "amount": 1234567890}]
    assert mask_values([beside], KEY, lambda span, text: True)[0] is beside
