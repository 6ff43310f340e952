"""Seconds of each reader and text repair step for hostile shapes of input, at 1, 2 and 4 times a size.

    python benchmarks/hostile_growth.py [--kilobytes 100] [--only wiki]

Prints, a shape a line, the CPU seconds at each size and the factor of the last doubling: 2 is linear, 4 quadratic. Every shape
runs in a process of its own and is stopped after `--limit` seconds. The last line counts the shapes whose time more than
triples in the last doubling and is over a second.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import queue
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Make = Callable[[int], str | bytes]


def page(body: str) -> str:
    """A page around a body."""
    return f"<!doctype html><html><body><p>本文です。</p>{body}</body></html>"


def wiki(text: str) -> str:
    """A dump of one page."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><page><title>甲</title><ns>0</ns><id>1</id>'
        f"<revision><id>2</id><text>{text}</text></revision></page></mediawiki>"
    )


def law(body: str) -> str:
    """A law around a body."""
    return (
        f"<Law><LawNum>一</LawNum><LawBody><LawTitle>法</LawTitle><MainProvision>{body}</MainProvision></LawBody></Law>"
    )


def sentence(text: str) -> str:
    """An article around a sentence."""
    return f'<Article Num="1"><Paragraph><ParagraphSentence><Sentence>{text}</Sentence></ParagraphSentence></Paragraph></Article>'


def filled(unit: str, size: int) -> str:
    """`unit` again and again, `size` bytes of UTF-8."""
    return unit * max(size // len(unit.encode()), 1)


def warc(body: str, charset: str = "utf-8") -> bytes:
    """An archive of one page."""
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={charset}\r\n\r\n".encode() + body.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


SHAPES: dict[str, tuple[str, Make]] = {
    "html attributes": ("a.html", lambda n: page("<p " + " ".join(f"a{i}=1" for i in range(n // 8)) + ">x</p>")),
    "html same attribute": ("a.html", lambda n: page("<p " + filled("a=1 ", n) + ">x</p>")),
    "html open tags": ("a.html", lambda n: page(filled("<b><p>", n))),
    "html unclosed formatting": ("a.html", lambda n: page(filled("<a><b><i><font>", n))),
    "html blanks": ("a.html", lambda n: page("<p>" + " " * n + "x</p>")),
    "html line breaks": ("a.html", lambda n: page("<p>" + "\n" * n + "x</p>")),
    "html lists": ("a.html", lambda n: page(filled("<ul><li>x", n))),
    "html tables in tables": ("a.html", lambda n: page(filled("<table><tr><td>x", n))),
    "html spans": ("a.html", lambda n: page("<table>" + filled("<tr><td rowspan=9999 colspan=99>x", n) + "</table>")),
    "html row spans": ("a.html", lambda n: page("<table>" + filled("<tr><td rowspan=9999>x", n) + "</table>")),
    "html column spans": ("a.html", lambda n: page("<table>" + filled("<tr><td colspan=999>x</table><table>", n))),
    "html spans on a diagonal": (
        "a.html",
        lambda n: page(
            "<table>" + "".join(f"<tr><td colspan={i % 999 + 1}>x<td>1" for i in range(n // 24)) + "</table>"
        ),
    ),
    "html one long row": (
        "a.html",
        lambda n: page("<table><tr>" + "<td>1" * 1000 + filled("<tr><td>x", n) + "</table>"),
    ),
    "html long cell over rows": (
        "a.html",
        lambda n: page(f"<table><tr><td rowspan=9999>{filled('文', n // 2)}<td>1" + filled("<tr><td>2", n // 2)),
    ),
    "html long headings": (
        "a.html",
        lambda n: page(f"<table><tr><th>年<th>{filled('文', n // 2)}" + filled("<tr><td>年<td>2", n // 2)),
    ),
    "html rows of one cell": ("a.html", lambda n: page("<table>" + filled("<tr><td>文", n) + "</table>")),
    "html cells": ("a.html", lambda n: page("<table><tr>" + filled("<td>1", n) + "</tr></table>")),
    "html definition lists": ("a.html", lambda n: page(filled("<dl><dt>種類<dd>値<dt>", n))),
    "html particulars": ("a.html", lambda n: page("<dl>" + filled("<dt>種類<dd>値", n) + "</dl>")),
    "html headings": ("a.html", lambda n: page(filled("<h2>x</h2>", n))),
    "html sup": ("a.html", lambda n: page(filled("1<sup>2", n))),
    "html ruby": ("a.html", lambda n: page(filled("<ruby>字<rt>よ", n))),
    "html entities": ("a.html", lambda n: page(filled("&lt;", n))),
    "html comments": ("a.html", lambda n: page(filled("<!--", n))),
    "html links": ("a.html", lambda n: page(filled("<a href=x>x</a><div>", n))),
    "html charset punycode": ("a.html", lambda n: '<meta charset="punycode">' + page(filled("xa-", n))),
    "text cr": ("a.txt", lambda n: filled("あ\r", n)),
    "text blanks": ("a.txt", lambda n: "あ" + " " * n + "い"),
    "text ideographic blanks": ("a.txt", lambda n: "あ" + filled("\u3000", n) + "い"),
    "text line breaks": ("a.txt", lambda n: "あ" + "\n" * n + "い"),
    "text dots": ("a.txt", lambda n: "一　総則" + filled("…", n) + "12"),
    "text dotted lines": ("a.txt", lambda n: filled("第1章 総則.......12\n", n)),
    "text form feeds": ("a.txt", lambda n: filled("頁\f", n)),
    "text wrapped": ("a.txt", lambda n: filled("これは途中で折り返された行であり、次の行に続きます\n", n)),
    "text letters apart": ("a.txt", lambda n: "こ の 文 は 字 の 間 に あ る 。\n" + filled("1 ", n)),
    "text mojibake": ("a.txt", lambda n: filled("縺薙ｌ縺ｯ譁", n)),
    "text half kana": ("a.txt", lambda n: filled("ｶﾞ", n)),
    "text combining": ("a.txt", lambda n: "か" + filled("\u3099", n)),
    "text digits": ("a.txt", lambda n: filled("1", n)),
    "text digits and hyphens": ("a.txt", lambda n: filled("03-", n)),
    "text accounts": ("a.txt", lambda n: filled("口座番号 ", n)),
    "text names": ("a.txt", lambda n: filled("氏名 鈴木一郎様 ", n)),
    "text kanji": ("a.txt", lambda n: filled("漢", n)),
    "text addresses": ("a.txt", lambda n: filled("東京都千代田区", n)),
    "text mail": ("a.txt", lambda n: filled("a.", n) + "@"),
    "text at": ("a.txt", lambda n: filled("a@", n)),
    "text brackets": ("a.txt", lambda n: filled("（", n)),
    "text amended": ("a.txt", lambda n: filled("最終改正　令和", n)),
    "text aozora notes": ("a.txt", lambda n: "《》-----\n" + filled("漢《［＃", n)),
    "text aozora ruby": ("a.txt", lambda n: "題\n\n底本：「あ」\n" + filled("｜漢", n)),
    "wiki ref": ("a.xml", lambda n: wiki(filled("<ref>", n))),
    "wiki ref named": ("a.xml", lambda n: wiki(filled("<ref name=a>x", n))),
    "wiki table": ("a.xml", lambda n: wiki(filled("{|", n))),
    "wiki table lines": ("a.xml", lambda n: wiki(filled("\n{|\n|", n))),
    "wiki template": ("a.xml", lambda n: wiki(filled("{{", n))),
    "wiki template bars": ("a.xml", lambda n: wiki(filled("{{a|", n))),
    "wiki template pairs": ("a.xml", lambda n: wiki(filled("{{a|b}}", n))),
    "wiki parameters": ("a.xml", lambda n: wiki("{{small|" + filled("a=b|", n) + "}}")),
    "wiki nested small": ("a.xml", lambda n: wiki(filled("{{small|", n // 2) + filled("}}", n // 4))),
    "wiki link": ("a.xml", lambda n: wiki(filled("[[", n))),
    "wiki external": ("a.xml", lambda n: wiki(filled("[http://a ", n))),
    "wiki quotes": ("a.xml", lambda n: wiki(filled("''", n))),
    "wiki headings": ("a.xml", lambda n: wiki(filled("=", n))),
    "wiki heading lines": ("a.xml", lambda n: wiki(filled("==a\n", n))),
    "wiki comment": ("a.xml", lambda n: wiki(filled("<!--", n))),
    "wiki tags": ("a.xml", lambda n: wiki(filled("<b>", n))),
    "wiki tag attributes": ("a.xml", lambda n: wiki(filled("<b a=", n))),
    "wiki sup": ("a.xml", lambda n: wiki(filled("<sup>", n))),
    "wiki list": ("a.xml", lambda n: wiki(filled("*", n))),
    "wiki variants": ("a.xml", lambda n: wiki(filled("-{", n))),
    "wiki commas": ("a.xml", lambda n: wiki("（あ" + filled("、 ", n) + "い")),
    "wiki brackets": ("a.xml", lambda n: wiki(filled("（ ", n))),
    "wiki categories": ("a.xml", lambda n: wiki(filled("[[Category:", n))),
    "law blanks": ("a.xml", lambda n: law(sentence("あ" + " " * n + "い"))),
    "law line breaks": ("a.xml", lambda n: law(sentence("あ" + "\n" * n + "い"))),
    "law attributes": ("a.xml", lambda n: law("<P " + " ".join(f"a{i}='1'" for i in range(n // 8)) + "/>")),
    "law depth": ("a.xml", lambda n: law("<Item>" * (n // 13) + "</Item>" * (n // 13))),
    "law provisions": ("a.xml", lambda n: law(filled(f"<SupplProvision>{sentence('あ')}</SupplProvision>", n))),
    "law provisions in provisions": (
        "a.xml",
        lambda n: law("<SupplProvision>" * (n // 33) + "あ" + "</SupplProvision>" * (n // 33)),
    ),
    "law articles": ("a.xml", lambda n: law(filled(sentence("あ"), n))),
    "law tables of contents": ("a.xml", lambda n: law("<TOC>" * (n // 11) + "</TOC>" * (n // 11))),
    "markdown brackets": ("a.md", lambda n: filled("[", n)),
    "markdown links": ("a.md", lambda n: filled("[a](", n)),
    "markdown stars": ("a.md", lambda n: filled("*a **", n)),
    "markdown quotes": ("a.md", lambda n: filled(">", n)),
    "markdown lists": ("a.md", lambda n: filled("- ", n)),
    "markdown attributes": ("a.md", lambda n: "# a" + " " * n + "{#a" + filled(" b=c", n // 4)),
    "markdown parts": ("a.md", lambda n: filled(":::" + " " * 90 + "あ\n", n)),
    "markdown column rules": ("a.md", lambda n: filled("あ い\n-- --\nあ い\n", n)),
    "markdown page links": ("a.md", lambda n: filled("[[a|", n)),
    "markdown ticks": ("a.md", lambda n: "".join("`" * (i % 300 + 1) + " " for i in range(n // 150))),
    "rtf groups": ("a.rtf", lambda n: "{\\rtf1 " + filled("{", n)),
    "rtf words": ("a.rtf", lambda n: "{\\rtf1 " + filled("\\u12354 ", n) + "}"),
    "rtf hexadecimal": ("a.rtf", lambda n: "{\\rtf1 " + filled("\\'82\\'a0", n) + "}"),
    "mail headers": ("a.eml", lambda n: filled("Subject: a\n", n) + "\nx"),
    "mail folded header": ("a.eml", lambda n: "Subject: " + filled("a\n ", n) + "\n\nx"),
    "mail encoded words": ("a.eml", lambda n: "Subject: " + filled("=?utf-8?q?a?= ", n) + "\n\nx"),
    "mail addresses": ("a.eml", lambda n: "From: " + filled("(", n) + "\n\nx"),
    "mail recipients": ("a.eml", lambda n: "From: a@b.example\nTo: " + filled("a <b@c>, ", n) + "\n\nx"),
    "mail parts": (
        "a.eml",
        lambda n: "Content-Type: multipart/mixed; boundary=b\n\n" + filled("--b\n\nx\n", n) + "--b--\n",
    ),
    "mail quotes": ("a.eml", lambda n: "From: a@b.example\n\n" + filled("> ", n)),
    "mail parameters": ("a.eml", lambda n: "Content-Type: text/plain; " + filled("a=b; ", n) + "\n\nx"),
    "json escapes": ("a.json", lambda n: '[{"text": "' + filled("\\u3042", n) + '"}]'),
    "json elements": ("a.json", lambda n: "[" + filled('{"text":"a"},', n) + '{"text":"b"}]'),
    "json digits": ("a.jsonl", lambda n: '{"text": "a", "n": ' + filled("1", n) + "}"),
    "json depth": ("a.jsonl", lambda n: '{"text": ' + "[" * (n // 2) + "]" * (n // 2) + "}"),
    "json keys": ("a.jsonl", lambda n: '{"text": "a"' + "".join(f', "k{i}": 1' for i in range(n // 10)) + "}"),
    "csv quotes": ("a.csv", lambda n: 'text\n"' + filled('""', n) + '"\n'),
    "csv columns": ("a.csv", lambda n: ",".join(f"c{i}" for i in range(n // 6)) + ",text\n1\n"),
    "warc records": ("a.warc", lambda n: warc(page("x")) * (n // 250)),
    "warc chunks": ("a.warc", lambda n: warc(filled("1\r\na\r\n", n))),
    "warc charset punycode": ("a.warc", lambda n: warc(page(filled("xa-", n)), "punycode")),
    "warc charset idna": ("a.warc", lambda n: warc(page(filled("xn--a.", n)), "idna")),
    "xbrl facts": (
        "a.xbrl",
        lambda n: (
            '<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:j="urn:j">'
            + filled('<j:ATextBlock contextRef="c">あ</j:ATextBlock>', n)
            + "</xbrl>"
        ),
    ),
    "mhtml parts": (
        "a.mhtml",
        lambda n: (
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
            + filled("--b\nContent-Type: text/html\n\n<p>x\n", n)
            + "--b--\n"
        ),
    ),
}


def once(name: str, content: bytes, answers: Any) -> None:
    """Read and clean one file as a build does; puts CPU seconds of both, and what came out."""
    from tekio.corpus.readers import Rejected, plan_units, read_unit
    from tekio.corpus.units.clean import clean_texts
    from tekio.recipe.corpus import CorpusConfig

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        plain = {"name": "s", "path": name, "license": "CC0-1.0"}
        sections = {"sources": [plain], "personal_data": {"people": "report"}}
        config = CorpusConfig.model_validate(sections, context={"base": Path(folder)})
        source = config.sources[0]
        clean_texts(["これは最初の文です。\n"], config, None)  # compiled code is loaded
        started = time.process_time()
        rows = [row for unit in plan_units(source, 1 << 30) for row in read_unit(source, unit)]
        read = time.process_time() - started
        texts = [row.text for row in rows if not isinstance(row, Rejected)]
        reasons = sorted({row.reason for row in rows if isinstance(row, Rejected)})
        clean_texts(texts, config, None)
        cleaned = time.process_time() - started - read
    answers.put((read, cleaned, f"{len(texts)} documents" + "".join(f", {reason}" for reason in reasons[:2])))


def measured(name: str, content: bytes, limit: float) -> tuple[float, float, str]:
    """(seconds of reading, of cleaning, outcome) in a process of its own; infinite after `limit` seconds."""
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()
    process = context.Process(target=once, args=(name, content, answers))
    process.start()
    try:
        return answers.get(timeout=limit)
    except queue.Empty:
        return float("inf"), 0.0, "stopped" if process.is_alive() else "died"
    finally:
        process.kill()
        process.join()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kilobytes", type=int, default=100)
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--only", default="", help="shapes whose name begins so")
    arguments = parser.parse_args()
    for name in ("tekio.corpus.readers.dispatch", "tekio.corpus.units.clean"):
        importlib.import_module(name)  # once, before the processes part
    slow: list[str] = []
    print(f"{'shape':32}{'1x':>9}{'2x':>9}{'4x':>9}{'last doubling':>15}  cleaning  outcome")
    for name, (file, make) in SHAPES.items():
        if not name.startswith(arguments.only):
            continue
        seconds: list[float] = []
        cleaning, outcome = 0.0, ""
        for factor in (1, 2, 4):
            content = make(arguments.kilobytes * 1000 * factor)
            raw = content.encode() if isinstance(content, str) else content
            read, cleaning, outcome = measured(file, raw, arguments.limit)
            seconds.append(read + cleaning)
            if read == float("inf"):
                break
        factor = seconds[-1] / max(seconds[-2], 0.001) if len(seconds) > 1 else float("inf")
        shown = "".join(f"{value:9.3f}" for value in seconds).ljust(27)
        print(f"{name:32}{shown}{factor:15.1f}{cleaning:10.3f}  {outcome}", flush=True)
        if seconds[-1] > 1 and factor > 3:
            slow.append(name)
    print(f"{len(slow)} shapes grow faster than their size: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
