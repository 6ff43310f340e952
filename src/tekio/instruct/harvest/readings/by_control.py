"""Reading by what opens and closes: buttons, labels, tabs and toggles with their panels."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from tekio.instruct.harvest.blocks import Page
from tekio.instruct.harvest.marks import FEEDBACK, is_furniture, question_likeness
from tekio.instruct.harvest.readings.elements import Question, blocks_of, joined, whole
from tekio.text.consent_bars import CONSENT
from tekio.text.html import tag_of


def _target(page: Page, node: Any) -> Any:
    for name in ("aria-controls", "data-target", "data-bs-target", "href"):
        value = (node.get(name) or "").strip()
        if name == "href" and not value.startswith("#"):
            continue
        found = _named(page, value.removeprefix("#"), page.range_of(node)[0]) if value.removeprefix("#") else None
        if found is not None:
            return found
    return None


def _named(page: Page, name: str, at: int) -> Any:
    """The element called `name`; of several with the same name the first one behind the control (at block `at`)."""
    several = page.namesakes.get(name, [])
    return next((node for node in several if page.range_of(node)[0] > at), page.ids.get(name))


_TRIGGER = re.compile(r"trigger|toggle|collapse|accordion|acc|btn|button|open|switch", re.IGNORECASE)


def _is_control(node: Any) -> bool:
    tag = tag_of(node)
    if tag in ("button", "label"):
        return True
    if (node.get("role") or "") in ("button", "tab") or node.get("aria-expanded") is not None:
        return True
    if any(node.get(name) is not None for name in ("aria-controls", "data-target", "data-bs-target", "data-toggle")):
        return True
    if tag == "a":
        href = (node.get("href") or "").strip().lower()
        if href.startswith("javascript") or (href in ("", "#") and node.get("class")):
            return True
        return href.startswith("#") and bool(_TRIGGER.search(node.get("class") or ""))
    return node.get("onclick") is not None


def _is_tab_bar(page: Page, bar: Any) -> bool:
    """Tabs beside each other open categories; an accordion's headers, called tabs too, have panels between them."""
    while bar is not None and tag_of(bar) == "li":
        bar = bar.getparent()
    if bar is None:
        return False
    tabs = {id(below) for below in bar.iter() if tag_of(below) and (below.get("role") or "") == "tab"}
    return all(
        id(block.node) in tabs or any(id(above) in tabs for above in block.node.iterancestors())
        for block in blocks_of(page, bar)
    )


def _asks_by_tab(page: Page, tab: Any) -> bool:
    """Tabs beside each other that nearly all ask, each with a panel of its own: they are questions, no categories."""
    bar = tab.getparent()
    while bar is not None and tag_of(bar) == "li":
        bar = bar.getparent()
    if bar is None:
        return False
    tabs = [below for below in bar.iter() if tag_of(below) and (below.get("role") or "") == "tab"]
    panels = [_target(page, below) for below in tabs]
    asking = sum(question_likeness(joined(blocks_of(page, below))) >= 1.0 for below in tabs)
    own = len({id(panel) for panel in panels}) == len(tabs) and all(
        panel is not None and blocks_of(page, panel) for panel in panels
    )
    return own and len(tabs) >= 2 and asking * 4 >= len(tabs) * 3


_ACTION = re.compile(
    r"^[^。？?]{1,16}(?:を|に|で)(?:始める|開始する|見る|探す|送る|送信する|予約する|申し込む|相談する|進む|ダウンロードする)$"
)
"""What a button does, and no question: 「チャットを始める」."""


def by_controls(page: Page) -> list[Question]:
    """Buttons, labels of checkboxes, toggles: the control is the question, its panel (hidden or not) the answer."""
    found: list[Question] = []
    taken = 0
    for node in page.root.iter():
        if not tag_of(node) or not _is_control(node):
            continue
        if (node.get("role") or "") == "tab" and _is_tab_bar(page, node.getparent()) and not _asks_by_tab(page, node):
            continue
        blocks = whole(page, node)
        if not blocks or blocks[0].index < taken or sum(block.size for block in blocks) > 400:
            continue
        text = joined(blocks)
        if (
            is_furniture(text)
            or FEEDBACK.search(text)
            or CONSENT.match(text.strip())
            or (len(text) < 4 and not question_likeness(text))
            or (tag_of(node) == "button" and _ACTION.search(text))
        ):
            continue  # 閉じる, はい, いいえ
        taken = blocks[-1].index + 1
        target = _target(page, node)
        answer = None
        if target is not None and target is not node:
            panel = [block for block in blocks_of(page, target) if block not in blocks]
            answer = panel or None
        found.append(Question(blocks, node, answer))
    return found
