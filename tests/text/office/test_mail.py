"""Mail and saved pages: headers decoded, the right body chosen, attachments named, a wrong charset found out."""

import pytest

from tekio.text.office.mail import cut_quotes, read_mail
from tekio.text.unreadable import UnreadableError

TWO = b"""From: a@example.jp
Subject: =?utf-8?B?5pyI5qyh5aCx5ZGK?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=iso-2022-jp

\x1b$BK\\J8\x1b(B
--B
Content-Type: text/html; charset=utf-8

<p>\xe6\x9c\xac\xe6\x96\x87</p>
--B
Content-Type: application/octet-stream
Content-Disposition: attachment; filename=a.csv
Content-Transfer-Encoding: base64

YSxi
--B--
"""


def test_headers_body_and_attachments_are_decoded():
    mail = read_mail(TWO)
    assert mail.headers["subject"] == "月次報告"
    assert [(body.text.strip(), body.html) for body in mail.bodies] == [("本文", False)]
    assert mail.attachments == [("a.csv", b"a,b")]
    assert read_mail(TWO, prefer_html=True).bodies[0].text.strip() == "<p>本文</p>"


def test_eight_bit_text_without_a_charset_is_read_by_the_ladder():
    assert read_mail("Subject: x\n\n残高は、1,234円です。".encode("cp932")).bodies[0].text == "残高は、1,234円です。"


def test_a_header_that_cannot_be_decoded_costs_itself_and_not_the_message():
    mail = read_mail(
        "From: =?iso-2022-jp?B?GyRCOTQ?= =?x?B?A?=\nSubject: =?utf-8?B?5pyI?=\n\n締切は午後二時です。".encode()
    )
    assert mail.headers["subject"] == "月"
    assert "GyRCOTQ" in mail.headers["from"]
    assert mail.bodies[0].text == "締切は午後二時です。"


def test_a_message_without_text_has_no_body():
    assert read_mail(b"Content-Type: image/png\n\nxx").bodies == []


def test_what_is_no_message_is_named():
    with pytest.raises(UnreadableError) as error:
        read_mail(b"\n\xe6\x9c\xac")
    assert error.value.reason == "not_mail"


def test_a_reply_is_cut_at_its_opening_line():
    assert cut_quotes("了解です。\n-----Original Message-----\nFrom: a\n本文") == (
        "了解です。",
        "-----Original Message-----\nFrom: a\n本文",
    )


def test_a_reply_is_cut_at_the_headers_of_what_it_answers():
    text = "承知しました。\n差出人: 田中\n送信日時: 2025年4月1日\n宛先: 山田\n件名: 金利\n\n前の文。"
    assert cut_quotes(text)[0] == "承知しました。"
    assert cut_quotes("差出人: 田中\n承知しました。")[0] == "差出人: 田中\n承知しました。"


OPENING = "2025年4月9日(水) 10:12 佐藤 <sato@example.co.jp>:"


def test_an_answer_below_marked_lines_stays_and_the_line_that_opens_them_goes():
    text = f"先にお礼まで。\n{OPENING}\n> 改定の時期はいつですか。\n>> 手数料の件\n5月1日です。"
    assert cut_quotes(text) == ("先にお礼まで。\n5月1日です。", f"{OPENING}\n> 改定の時期はいつですか。\n>> 手数料の件")


def test_what_stands_below_an_opening_line_without_marks_is_quoted():
    assert cut_quotes(f"了解です。\n{OPENING}\n改定の時期はいつですか。")[0] == "了解です。"
    assert cut_quotes(f"了解です。\n{OPENING}\n以上", taken_out=True)[0] == "了解です。\n以上"
    note = "2025年4月9日に佐藤 <sato@example.co.jp> へ送りました。"
    assert cut_quotes(note)[0] == note
