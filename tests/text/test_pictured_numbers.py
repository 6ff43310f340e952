"""Numbers that pages show as pictures."""

import pytest

from tekio.text.html import block_text, parse_html_text
from tekio.text.markdown import parse_markdown
from tekio.text.pictured_numbers import pictured_number


@pytest.mark.parametrize(
    ("words", "source", "number"),
    [
        ("3", "/shared/images/decimal/03.gif", "③"),
        ("１２", "a.gif", "⑫"),
        ("丸1", "img/a.gif", "①"),
        ("まる2", "img/b.gif", "②"),
        ("36", "no_img/36.gif", "㊱"),
        ("2", "/shared/images/roman/02.gif", "Ⅱ"),
        ("4", "/shared/images/roman/04s.gif", "ⅳ"),
        ("③", "x.png", "③"),
        ("1", "/shared/images/decimal/02.gif", "②"),
        ("", "/shared/images/decimal/10.gif", "⑩"),
        ("写真", "/shared/images/decimal/10.gif", ""),
        ("0", "counter/0.gif", ""),
        ("100", "x.gif", ""),
        ("写真1", "x.jpg", ""),
        ("", "01.gif", ""),
    ],
)
def test_the_words_of_a_picture_say_its_number(words, source, number):
    assert pictured_number(words, source) == number


def shown(body: str) -> str:
    return block_text(parse_html_text(f"<html><body>{body}</body></html>"))


def test_a_number_inside_a_sentence_is_kept_and_joins_no_figure():
    text = shown('<p>適用除外（措法65の2<img src="d/03.gif" alt="3">三）、<IMG src="d/01.gif" alt="1">入浴</p>')
    assert text == "適用除外（措法65の2③三）、①入浴"


def test_two_numbers_side_by_side_are_numbers_and_three_digits_a_counter():
    assert shown('<p><img alt="5" src="5.gif"><img alt="4" src="4.gif">の理由</p>') == "⑤④の理由"
    counter = "".join(f'<img alt="{digit}" src="{digit}.gif">' for digit in "123")
    assert shown(f"<p>あなたは{counter}人目の訪問者</p>") == "あなたは人目の訪問者"


def test_pictures_that_stand_alone_say_nothing():
    assert shown('<p><img alt="1" src="a.jpg"></p><p>本文</p>') == "本文"
    assert shown('<p><a href="/"><img alt="1" src="a.jpg"></a>本文</p>') == "本文"


def test_markdown_of_a_scrape_keeps_them_too():
    assert block_text(parse_markdown("令9の2![1](https://x/decimal/01.gif)一による。\n")) == "令9の2①一による。"
