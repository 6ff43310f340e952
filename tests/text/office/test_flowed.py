"""Lines that a mail program wrapped with `format=flowed` are one line again, quotations by their depth."""

from tekio.text.office.flowed import unflowed
from tekio.text.office.mail import cut_quotes, read_mail


def test_flowed_lines_are_joined_and_japanese_has_no_blank_between():
    assert unflowed("ご融資をお断り \nすることとなりました。\n次の行", delete_space=True) == (
        "ご融資をお断りすることとなりました。\n次の行"
    )
    assert unflowed("a long \nline\nnext") == "a long line\nnext"


def test_quotations_are_joined_among_themselves_and_a_signature_stays():
    text = "> 電話でお知らせ \n> いただけますか。 \n>> 前の質問 \nご案内します。\n-- \n佐藤"
    assert unflowed(text, delete_space=True) == (
        "> 電話でお知らせいただけますか。\n>> 前の質問\nご案内します。\n-- \n佐藤"
    )


def test_a_message_says_whether_it_is_flowed():
    body = "審査の結果、お断り \r\nすることとなりました。\r\n"
    for told, text in (("; format=flowed; delsp=yes", "お断りする"), ("", "お断り \nする")):
        raw = f"Subject: a\r\nContent-Type: text/plain; charset=utf-8{told}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}"
        assert text in read_mail(raw.encode()).bodies[0].text


def test_the_rule_above_what_is_answered_goes_with_it():
    text = "承知しました。\n\n________________________________\n差出人: 甲\n送信日時: 2026年5月1日 13:00\n宛先: 乙\n件名: 丙\n\n本文"
    kept, cut = cut_quotes(text)
    assert kept == "承知しました。"
    assert cut.startswith("____")
