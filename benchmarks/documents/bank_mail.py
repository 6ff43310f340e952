"""Mail of a bank: ISO-2022-JP with vendor characters, an invitation, archives as attachments, forwarded mail, Outlook's pages."""

# pyright: basic, reportAttributeAccessIssue=false

from __future__ import annotations

import base64
import zlib
from typing import Any

from docx import Document

from documents.bank_word import saved
from documents.held import Cell, Held
from documents.outlook import outlook_message

_BOUNDARY = "=_part_{}"


def jis(text: str) -> bytes:
    """ISO-2022-JP as Japanese mail programs write it: characters of NEC's row 13 in JIS X 0208, half-width kana by ESC ( I."""
    out, state = bytearray(), b"\x1b(B"
    for char in text:
        raw = char.encode("cp932")
        if len(raw) == 2:
            lead, trail = raw[0] - (0x70 if raw[0] < 0xA0 else 0xB0), raw[1]
            row = lead * 2 - (trail < 0x9F)
            cell = trail - 0x7E if trail >= 0x9F else trail - (0x20 if trail > 0x7F else 0x1F)
            wanted, raw = b"\x1b$B", bytes((row, cell))
        elif raw[0] >= 0xA1:
            wanted, raw = b"\x1b(I", bytes((raw[0] - 0x80,))
        else:
            wanted = b"\x1b(B"
        if wanted != state:
            out += wanted
            state = wanted
        out += raw
    return bytes(out + (b"\x1b(B" if state != b"\x1b(B" else b""))


def _word(text: str, charset: str = "ISO-2022-JP") -> bytes:
    raw = jis(text) if charset == "ISO-2022-JP" else text.encode(charset)
    return f"=?{charset}?B?{base64.b64encode(raw).decode()}?=".encode()


def archive(members: dict[str, bytes], *, names: str = "utf-8") -> bytes:
    """A ZIP; names: "cp932" writes names as Windows does, without the mark for UTF-8."""
    local, central = b"", b""
    mark = (0x800 if names == "utf-8" else 0).to_bytes(2, "little")
    for told, raw in members.items():
        name, size = told.encode(names), len(raw).to_bytes(4, "little")
        head = b"\x14\0" + mark + b"\0\0\0\0\x21\x5a" + zlib.crc32(raw).to_bytes(4, "little") + size * 2
        head += len(name).to_bytes(2, "little")
        central += b"PK\x01\x02\x14\0" + head + bytes(12) + len(local).to_bytes(4, "little") + name
        local += b"PK\x03\x04" + head + b"\0\0" + name + raw
    count = len(members).to_bytes(2, "little")
    ends = len(central).to_bytes(4, "little") + len(local).to_bytes(4, "little")
    return local + central + b"PK\x05\x06\0\0\0\0" + count * 2 + ends + b"\0\0"


def reply() -> Held:
    """A plain reply in ISO-2022-JP with ①, ㈱, № and half-width kana, its subject in two encoded words, a quoted message below."""
    own = (
        "お世話になっております。㈱青空商事の件、下記のとおり回答します。\n\n"
        "①保証料は年０．８％です。②ﾘｽｹｼﾞｭｰﾙの申込№は別途お知らせします。\n\n"
        "返済額は△1,250円の調整後、毎月48,500円となります。\n\n"
    )
    quoted = "2025年4月10日(木) 16:02 青空商事 <a@example.co.jp>:\n> 保証料の率をお教えください。\n> 返済額も併せてお願いします。\n"
    foot = "\n-- \n若葉銀行 融資部\n"
    head = (
        b"From: " + _word("若葉銀行") + b" <loan@example.co.jp>\r\nTo: a@example.co.jp\r\nSubject: " + _word("Re: 保証料と返済額")
        + b"\r\n " + _word("について（ご回答）") + b"\r\nDate: Fri, 11 Apr 2025 10:05:00 +0900\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    )  # fmt: skip
    return Held(
        "reply.eml", head + jis((own + quoted + foot).replace("\n", "\r\n")),
        keep=(
            "㈱青空商事の件、下記のとおり回答します。", "①保証料は年0.8%です。②リスケジュールの申込№は別途お知らせします。",
            "返済額は△1,250円の調整後、毎月48,500円となります。",
        ),
        leave=("=?ISO", "$B", "charset=", "・・・・"),
        order=("保証料は年0.8%", "返済額は△1,250円"),
        fields={"title": "Re:保証料と返済額について(ご回答)", "published": "2025-04-11"},
    )  # fmt: skip


def _part(head: str, raw: bytes) -> bytes:
    return head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _many(kind: str, number: int, parts: list[bytes]) -> bytes:
    mark = _BOUNDARY.format(number)
    body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode() + body + f"--{mark}--\r\n".encode()


_CALENDAR = """BEGIN:VCALENDAR
PRODID:-//Example//Calendar//JA
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Tokyo Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E008
SUMMARY:与信委員会（臨時）
DTSTART;TZID=Tokyo Standard Time:20250418T133000
DTEND;TZID=Tokyo Standard Time:20250418T150000
LOCATION:本店７階 第３会議室
DESCRIPTION:議題は次のとおりです。\\n大口先の格付の見直し\\, 引当の方針を
  審議します。
END:VEVENT
END:VCALENDAR
"""


def invitation() -> Held:
    """An invitation with a page and a picture in it, a calendar part, an archive of three documents, a forwarded message."""
    rules: Any = Document()
    rules.add_heading("与信委員会規則", 1)
    rules.add_paragraph("委員会は、委員の三分の二の出席により成立する。")
    inside = archive(
        {
            "規則.docx": saved(rules),
            "計数/店別.csv": "店名,延滞件数\r\n東支店,128\r\n西支店,97\r\n".encode("cp932"),
            "はじめに.txt": "資料は三点あります。当日は印刷して配付しません。\r\n".encode("cp932"),
        },
        names="cp932",
    )
    page = (
        '<html><body><p>与信委員会の開催をご案内します。</p><img src="cid:logo"><table><tr><th>格付</th><th>先数</th></tr>'
        "<tr><td>要注意先</td><td>214</td></tr></table><p>資料は添付をご覧ください。</p></body></html>"
    )
    alternative = _many("alternative", 3, [
        _part("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", "与信委員会の開催をご案内します。\n\n格付\n先数\n要注意先\n214\n\n資料は添付をご覧ください。\n".encode()),
        _part("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64", page.encode()),
    ])  # fmt: skip
    related = _many("related", 2, [
        alternative,
        _part('Content-Type: image/gif; name="logo.gif"\nContent-ID: <logo>\nContent-Disposition: inline; filename="logo.gif"\nContent-Transfer-Encoding: base64', b"GIF89a" + bytes(40)),
    ])  # fmt: skip
    forwarded = (
        b"From: " + _word("審査部") + b" <s@example.co.jp>\r\nSubject: " + _word("引当の方針") + b"\r\nDate: Mon, 07 Apr 2025 09:00:00 +0900\r\n"
        b"Content-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "引当率は据え置く方針で調整しています。\r\n".encode("cp932")
    )  # fmt: skip
    raw = (
        b"From: " + _word("若葉銀行", "utf-8") + b" <c@example.co.jp>\r\nTo: m@example.co.jp\r\nSubject: " + _word("与信委員会の開催", "utf-8")
        + b"\r\nDate: Tue, 08 Apr 2025 18:00:00 +0900\r\nMIME-Version: 1.0\r\n"
        + _many("mixed", 1, [
            related,
            _part("Content-Type: text/calendar; charset=utf-8; method=REQUEST\nContent-Transfer-Encoding: base64", _CALENDAR.replace("\n", "\r\n").encode()),
            _part("Content-Type: application/x-zip-compressed; name*0*=utf-8''%E8%B3%87; name*1*=%E6%96%99.zip\nContent-Disposition: attachment; filename*0*=utf-8''%E8%B3%87;\n filename*1*=%E6%96%99.zip\nContent-Transfer-Encoding: base64", inside),
            b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + forwarded,
        ])
    )  # fmt: skip
    return Held(
        "invitation.eml", raw,
        keep=(
            "与信委員会の開催をご案内します。", "資料は添付をご覧ください。", "委員会は、委員の三分の二の出席により成立する。", "与信委員会規則",
            "資料は三点あります。当日は印刷して配付しません。", "引当率は据え置く方針で調整しています。", "与信委員会(臨時)",
            "大口先の格付の見直し,引当の方針を審議します。", "本店7階第3会議室", ("2025年4月18日", "2025-04-18", "2025/4/18", "2025/04/18"), "13:30",
        ),
        leave=("BEGIN:V", "DTSTART", "20250418T", "TZOFFSET", r"\n大口", r"見直し\,", "040000008200", "GIF89a", "logo.gif"),
        once=("与信委員会の開催をご案内します。",),
        cells=(
            Cell(("要注意先",), ("先数",), "214"), Cell(("東支店",), ("延滞件数",), "128"), Cell(("西支店",), ("延滞件数",), "97"),
        ),
        fields={"title": "与信委員会の開催", "published": "2025-04-08"},
    )  # fmt: skip


def saved_by_outlook() -> Held:
    """A message saved by Outlook: its page has raised figures and a quoted head; a ZIP with a mail in it that has a ZIP."""
    inner = archive({"別紙.txt": "別紙の内容は、約款の改定点の一覧です。\n".encode()})
    mail = (
        b"From: b@example.co.jp\r\nSubject: " + _word("約款の改定") + b"\r\nDate: Wed, 02 Apr 2025 09:00:00 +0900\r\nMIME-Version: 1.0\r\n"
        + _many("mixed", 5, [
            _part("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", "約款の改定点を別紙にまとめました。\n".encode()),
            _part('Content-Type: application/zip; name="b.zip"\nContent-Disposition: attachment; filename="b.zip"\nContent-Transfer-Encoding: base64', inner),
        ])
    )  # fmt: skip
    page = (
        "<html><head><meta charset=utf-8></head><body><!--[if mso]><p>この行は古い版のためのものです</p><![endif]-->"
        "<p class=MsoNormal>契約の件数は1.2×10<sup>6</sup>件です。<o:p></o:p></p><p class=MsoNormal>手数料は3,300円<sup>※</sup>とします。</p>"
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>差出人:</b> 業務部<br><b>送信日時:</b> 2025年4月1日 9:00<br>'
        "<b>宛先:</b> 営業部<br><b>件名:</b> 手数料の件</p></div><p class=MsoNormal>手数料の改定案を送ります。</p></body></html>"
    )
    return Held(
        "outlook.msg", outlook_message("手数料の改定", "業務部", "", page, (("資料.zip", archive({"通知/約款.eml": mail})),)),
        keep=(
            "契約の件数は1.2×10^6件です。", ("手数料は3,300円とします。", "手数料は3,300円※とします。"), "約款の改定点を別紙にまとめました。",
            "別紙の内容は、約款の改定点の一覧です。",
        ),
        leave=("古い版のための",),
        fields={"title": "手数料の改定", "published": "2025-04-01"},
    )  # fmt: skip
