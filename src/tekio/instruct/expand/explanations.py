"""Explanatory pages as rows: what a page says under its title and under each of its headings.

JaFIn's authors wrote questions to such pages by hand; the template `explanation` asks for what a heading names. Pages of
questions and answers are left to the harvester.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.instruct.expand.readers import Reading, Row
from tekio.instruct.expand.rules import DroppedError
from tekio.instruct.harvest.blocks import Block, Page, render
from tekio.instruct.harvest.choose import choose
from tekio.instruct.harvest.files import is_no_page, page_tree
from tekio.instruct.harvest.marks import is_furniture
from tekio.instruct.harvest.page import marked_page, page_date
from tekio.instruct.harvest.trail import page_steps, page_trail
from tekio.rows.archive import read_all

MAX_BYTES = 50_000_000
MIN_TEXT = 40
MAX_LINKS = 0.5
_NAMES_NOTHING = re.compile(
    r"^[【〔\[（(≪《<＜]?(?:目次|解説|説明|趣旨|理由|要旨|概要|改正|新設|廃止|関連(?:情報|リンク|ページ|する)?.{0,6}|お?問い?合わ?せ.{0,6}|注記?|備考|参考.{0,4}|その他|はじめに|おわりに|"
    r"根拠法令等?|関係法令通達|法令等|参照条文|リンク|一覧|資料|別[紙表添].{0,6}|ダウンロード|サイト内検索|メニュー|このページ.{0,10}|"
    r"[0-9０-９ⅠⅡⅢⅣⅤ第章節条項一二三四五六七八九十()（）.．-]+)[】〕\]）)≫》>＞]?$"
)


_BOILERPLATE = re.compile(
    r"(?:Adobe|Acrobat)\s*Reader|PDF形式のファイル(?:を|の)[^。]{0,20}(?:ご覧|閲覧)|JavaScriptを[^。]{0,10}有効"
)
"""What sites say of themselves on every page."""


@dataclass
class _Section:
    heading: str
    blocks: list[Block] = field(default_factory=list[Block])


def read_explanations(path: Path, _: Mapping[str, Any]) -> Reading:
    """A page (HTML, Markdown, text, PDF, Office, mail): one row (`lead`) under its title, one (`section`) for each heading.

    Rows have `title`, `heading`, `text`, `section` (where in its site the page stands) and `as_of`. Raises `UnreadableError`.
    """
    if is_no_page(path):
        yield "", DroppedError("no_page", path.suffix.lower())
        return
    root, flow = page_tree(read_all(path, MAX_BYTES), path.suffix.lower())
    trail = page_trail(root)
    page = marked_page(root, flow=flow)
    if choose(page, None):
        yield "", DroppedError("page_of_questions", page.title)
        return
    sections = list(_sections(page, page_steps(root)))
    title = page.title or next((block.text.strip() for block in page.main() if block.heading), "")
    if not title or not sections:
        yield "", DroppedError("no_title_or_text", title)
        return
    day = page_date(page) or ""
    for number, section in enumerate(sections):
        lead = section.heading in ("", title)
        row = {
            "id": f"{path.stem}#{number}",
            "page": path.stem,
            "kind": "lead" if lead else "section",
            "title": title,
            "heading": section.heading,
            "section": trail[-1] if trail else title,
            "as_of": day,
        }
        yield f"#{number}", _row(row, section)


def _sections(page: Page, steps: Sequence[str]) -> Iterator[_Section]:
    section = _Section("")
    trail = list(steps)  # its entries stand first on the page, in their order
    for block in page.main():
        if trail and block.text.strip() == trail[0]:
            trail.pop(0)
            continue
        if block.foreign or is_furniture(block.text) or _BOILERPLATE.search(block.text):
            continue
        if block.heading:
            if section.blocks:
                yield section
            section = _Section(block.text.strip())
        elif block.text:
            section.blocks.append(block)
    if section.blocks:
        yield section


def _row(row: Row, section: _Section) -> Row | DroppedError:
    text = render(section.blocks, section.blocks[0].text).strip()
    if row["kind"] == "section" and _NAMES_NOTHING.match(section.heading):
        return DroppedError("heading_names_nothing", section.heading)
    if len(text) < MIN_TEXT or "。" not in text:
        return DroppedError("no_explanation", text[:40])
    if _linked(section.blocks) > MAX_LINKS:
        return DroppedError("list_of_links", text[:40])
    return {**row, "text": text}


def _linked(blocks: Sequence[Block]) -> float:
    """Share of the characters that are links."""
    return sum(block.size for block in blocks if block.href) / max(sum(block.size for block in blocks), 1)
