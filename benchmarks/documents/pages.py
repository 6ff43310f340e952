"""Pages, Markdown, mail, rich text, books and PDF files with known words."""

from __future__ import annotations

import base64
import email.policy
import re
import shutil
import subprocess
import zipfile
from email.message import EmailMessage
from pathlib import Path

from lxml import html

from documents.office import as_bytes, docx
from documents.outlook import outlook_message
from documents.truth import Grid, Writer, html_table, placed, width

FONT = "body{font-family:sans-serif}table{border-collapse:collapse}td,th{border:1px solid #000;padding:3px}"


def article(writer: Writer, *, sections: int = 4, notes: bool = True) -> str:
    """The body of an article as HTML: headings, nested lists, tables, definitions, a note."""
    parts = [f"<h1>{writer.topic(0)}</h1>"]
    for section in range(1, sections + 1):
        parts.append(f"<h2>{writer.topic(section)}</h2><p>{writer.paragraph(3)}</p><p>{writer.paragraph(2)}</p>")
        first, inner, other, last = (writer.sentence() for _ in range(4))
        parts.append(f"<ul><li>{first}<ol><li>{inner}</li><li>{other}</li></ol></li><li>{last}</li></ul>")
        parts.append(html_table(writer.table(("plain", "heads", "groups", "both")[(section - 1) % 4])))
        linked = writer.sentence()
        parts.append(f'<p><a href="https://example.co.jp/a/{section}">{linked[:4]}</a>{linked[4:]}</p>')
        parts.append(f"<dl><dt>用語{section}の意味</dt><dd>{writer.sentence()}</dd></dl>")
    if notes:
        parts.append(f"<p><small>（注）{writer.sentence()}</small></p>")
    return "".join(parts)


def page(writer: Writer, kind: int) -> str:
    """A whole page: its article among menus, a cookie notice, a questionnaire, related links. kind: how it is wrapped."""
    menu = "".join(
        f'<li><a href="/m{at}">{name}</a></li>'
        for at, name in enumerate(("商品案内", "店舗一覧", "株主の皆さまへ", "採用情報"))
    )
    unwanted = [
        "このサイトではクッキーを使用しています。",
        "このページの情報はお役に立ちましたか。",
        "サイトマップを見る",
    ]
    writer.truth.unwanted += unwanted
    inner = article(writer)
    opening, closing = (("<main>", "</main>"), ('<div id="content">', "</div>"), ("<article>", "</article>"),
                        ('<form id="aspnetForm"><div class="ms-rtestate-field">', "</div></form>"), ("<table width=100%><tr><td>", "</td></tr></table>"))[kind % 5]  # fmt: skip
    related = "".join(f'<li><a href="/r{at}">関連するお知らせ{at}</a></li>' for at in range(6))
    return (
        f"<!doctype html><html lang=ja><head><meta charset=utf-8><title>{writer.truth.sentences[0]} - みどり信用金庫</title><style>{FONT}</style></head>"
        f'<body><div class="cookie-banner">{unwanted[0]}</div><header><nav><ul>{menu}</ul></nav></header>{opening}{inner}{closing}'
        f'<div class="questionnaire"><p>{unwanted[1]}</p><button>はい</button><button>いいえ</button></div>'
        f'<aside><h2>関連情報</h2><ul>{related}</ul></aside><footer><a href="/s">{unwanted[2]}</a> Copyright みどり信用金庫</footer></body></html>'
    )


def markdown(writer: Writer) -> str:
    """A Markdown file: headings, nested lists, a link, emphasis, tables (spans written out), a note."""
    parts = [f"# {writer.topic(0)}"]
    for section in range(1, 5):
        parts += [f"## {writer.topic(section)}", writer.paragraph(3)]
        parts.append("\n".join((f"- {writer.sentence()}", f"    1. {writer.sentence()}", f"    2. {writer.sentence()}", f"- {writer.sentence()}")))  # fmt: skip
        parts.append(_pipes(writer.table(("plain", "groups")[section % 2])))
        text = writer.sentence()
        parts.append(f"[{text[:5]}](https://example.co.jp/{section})**{text[5:10]}**{text[10:]}")
        parts.append(f"> {writer.sentence()}")
    parts.append(f"{writer.sentence()}[^1]\n\n[^1]: {writer.sentence()}")
    return "\n\n".join(parts) + "\n"


def _pipes(grid: Grid) -> str:
    held = {
        (row + down, column + right): cell.text
        for row, column, cell in placed(grid)
        for down in range(cell.rows)
        for right in range(cell.columns)
    }
    wide = width(grid)
    rows = ["| " + " | ".join(held.get((row, at), "") for at in range(wide)) + " |" for row in range(len(grid.lines))]
    return "\n".join([rows[0], "|" + "---|" * wide, *rows[1:]])


def eml(writer: Writer, kind: int) -> bytes:
    """A message. kind: plain with quoted reply (ISO-2022-JP); plain and HTML; HTML only; with a Word file."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"], message["From"] = f"{writer.topic(0)}", "山田 <yamada@example.co.jp>"
    writer.truth.sentences.clear()  # the subject is a field
    message["To"], message["Date"] = "tanaka@example.co.jp", "Tue, 01 Apr 2025 09:00:00 +0900"
    if kind % 4 == 0:
        quoted = [writer.sentence() for _ in range(3)]
        own = [writer.sentence() for _ in range(4)]
        writer.truth.sentences[:] = own + quoted
        body = (
            "\r\n\r\n".join(own)
            + "\r\n\r\n2025年3月31日 田中 <tanaka@example.co.jp> のメール:\r\n"
            + "".join(f"> {text}\r\n" for text in quoted)
        )
        message.set_content(body, charset="iso-2022-jp", cte="7bit")
    elif kind % 4 == 1:
        own, grid = [writer.sentence() for _ in range(4)], writer.table("plain")
        cells = "\n".join("\n".join(cell.text for cell in line) for line in grid.lines)  # as Outlook writes tables
        message.set_content("\n\n".join([*own[:2], cells, *own[2:]]), charset="utf-8", cte="quoted-printable")
        page = (
            "".join(f"<p>{text}</p>" for text in own[:2])
            + html_table(grid)
            + "".join(f"<p>{text}</p>" for text in own[2:])
        )
        message.add_alternative(f"<html><body>{page}</body></html>", subtype="html", charset="utf-8", cte="base64")
    elif kind % 4 == 2:
        message.set_content(
            f"<html><body>{article(writer, sections=2)}</body></html>", subtype="html", charset="utf-8", cte="base64"
        )
    else:
        message.set_content(writer.paragraph(3) + "\n", charset="utf-8", cte="base64")
        raw = as_bytes(docx, writer)
        message.add_attachment(
            raw,
            maintype="application",
            subtype="vnd.openxmlformats-officedocument.wordprocessingml.document",
            filename="報告.docx",
        )
    return message.as_bytes()


def msg(writer: Writer, kind: int) -> bytes:
    """A message saved by Outlook: plain with quoted reply; plain and HTML; HTML only; with a Word file."""
    subject = writer.topic(0)
    writer.truth.sentences.clear()
    if kind % 4 == 0:
        own = [writer.sentence() for _ in range(7)]
        lines = [*own[:4], "-----元のメッセージ-----", *own[4:]]
        return outlook_message(subject, "山田", "\r\n\r\n".join(lines))
    if kind % 4 == 1:
        own, grid = [writer.sentence() for _ in range(4)], writer.table("plain")
        cells = "\r\n".join("\r\n".join(cell.text for cell in line) for line in grid.lines)
        page = (
            "".join(f"<p>{text}</p>" for text in own[:2])
            + html_table(grid)
            + "".join(f"<p>{text}</p>" for text in own[2:])
        )
        return outlook_message(
            subject,
            "山田",
            "\r\n\r\n".join([*own[:2], cells, *own[2:]]),
            f"<html><head><meta charset=utf-8></head><body>{page}</body></html>",
        )
    if kind % 4 == 2:
        return outlook_message(
            subject,
            "山田",
            "",
            f"<html><head><meta charset=utf-8></head><body>{article(writer, sections=2)}</body></html>",
        )
    plain = writer.paragraph(3)
    return outlook_message(subject, "山田", plain, attached=(("報告.docx", as_bytes(docx, writer)),))


def mhtml(html: str) -> bytes:
    """A page as Chromium saves it: quoted-printable, related parts."""
    import quopri

    body = quopri.encodestring(html.encode()).replace(b"\n", b"\r\n")
    pixel = base64.b64encode(b"GIF89a" + bytes(40))
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.co.jp/a\r\nSubject: saved\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="----X"\r\n\r\n------X\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.co.jp/a\r\n\r\n" + body +
        b"\r\n------X\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.co.jp/p.gif\r\n\r\n"
        + pixel + b"\r\n------X--\r\n"
    )  # fmt: skip


def rich_text(writer: Writer) -> bytes:
    """A file as Word writes it: code page 932 in hexadecimal marks, Unicode marks, rows of tables."""

    def escaped(text: str) -> str:
        return "".join(
            char if char.isascii() else "".join(f"\\'{byte:02x}" for byte in char.encode("cp932")) for char in text
        )

    def unicode_marks(text: str) -> str:
        return "".join(
            char if char.isascii() else f"\\u{ord(char) - 65536 if ord(char) > 32767 else ord(char)}?" for char in text
        )

    parts = [r"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}}{\info{\title x}}\f0\fs21", "\n"]
    for section in range(1, 5):
        parts.append(rf"\pard\b {escaped(writer.topic(section))}\b0\par" + "\n")
        parts.append(
            rf"\pard {escaped(writer.paragraph(3))}\par"
            + "\n"
            + rf"\pard {unicode_marks(writer.sentence())}\par"
            + "\n"
        )
        grid = writer.table("plain")
        for line in grid.lines:
            ends = "".join(rf"\cellx{2000 * (at + 1)}" for at in range(len(line)))
            cells = "".join(rf"\pard\intbl {escaped(cell.text)}\cell " for cell in line)
            parts.append(rf"\trowd{ends}{cells}\row" + "\n")
        parts.append(rf"\pard {escaped(writer.sentence())}\par" + "\n")
    return ("".join(parts) + "}").encode("ascii")


def print_pages(jobs: list[tuple[Path, Path]]) -> None:
    """HTML files printed as PDF by Chromium."""
    browser = next((name for name in ("chromium", "chromium-browser", "google-chrome") if shutil.which(name)), None)
    if browser is None:
        raise SystemExit("PDF files need Chromium")
    for source, target in jobs:
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)


def convert(paths: list[Path], kind: str, out: Path) -> None:
    """Files converted by LibreOffice in one start."""
    command = [
        "soffice",
        f"-env:UserInstallation=file://{out.parent.resolve()}/office",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(out),
    ]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=600)


def book(path: Path, chapters: list[str]) -> None:
    """An electronic book of chapters in HTML."""
    names = [f"c{number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="{name[:-6]}" href="{name}" media-type="application/xhtml+xml"/>' for name in names)
    spine = "".join(f'<itemref idref="{name[:-6]}"/>' for name in names)
    told = '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>x</dc:title><dc:language>ja</dc:language></metadata>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        archive.writestr(
            "content.opf",
            f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0">{told}<manifest>{items}</manifest><spine>{spine}</spine></package>',
        )
        for name, body in zip(names, chapters, strict=True):
            tree = html.fromstring(f"<html><head><title>x</title></head><body>{body}</body></html>")
            archive.writestr(name, html.tostring(tree, encoding="utf-8", method="xml"))


def two_columns(writer: Writer) -> str:
    """An article in two columns, a table over both below."""
    columns = "".join(f"<h3>{writer.topic(at)}</h3><p>{writer.paragraph(4)}</p>" for at in range(1, 7))
    grid = html_table(writer.table("heads"))
    title = f"報告書{writer.random.randrange(100)}"
    return (
        f"<html><head><meta charset=utf-8><style>{FONT} .c{{column-count:2;column-gap:2em;font-size:11pt}} h3{{break-after:avoid}}</style></head>"
        f"<body><h2>{title}</h2><div class=c>{columns}</div>{grid}</body></html>"
    )


def vertical(writer: Writer) -> str:
    """A text written in vertical lines."""
    body = "".join(f"<p>{re.sub('[0-9,]+', '若干', writer.sentence())}</p>" for _ in range(8))
    writer.truth.sentences[:] = [re.sub("[0-9,]+", "若干", text) for text in writer.truth.sentences]
    return f"<html><head><meta charset=utf-8><style>{FONT} html{{writing-mode:vertical-rl}} p{{line-height:2}}</style></head><body>{body}</body></html>"
