"""What cleans a text takes time by the text's length, whatever stands in it: four times the length, at most ten times the time."""

# pyright: standard

import time
from collections.abc import Callable

import pytest

from tekio.text.aozora import read_aozora
from tekio.text.contents_list import drop_contents
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.normalize_batch import normalize_texts
from tekio.text.kernels.repair_candidates import repair_candidates
from tekio.text.lines import join_lines
from tekio.text.markdown import widen_tables, write_notes
from tekio.text.mojibake import repair_mojibake
from tekio.text.ocr_debris import repair_debris
from tekio.text.page_furniture import take_out_pages
from tekio.text.personal_data.candidates import find_in_texts
from tekio.text.personal_data.nested import mask_values
from tekio.text.personal_data.person_names import find_people
from tekio.text.personal_data.pseudonyms import PseudonymKey
from tekio.text.raised import write_raised
from tekio.text.revised import issue_date, revision_date

SHORT = 3000
ROOM, NOTHING = 10.0, 0.05
KEY = PseudonymKey(bytes(32))


def personal(text: str) -> object:
    return find_in_texts([text], code_points([text]))


def masked(text: str) -> object:
    return mask_values([[text, {"a": text}]], KEY, lambda _span, _text: True, people=True)


def candidates(text: str) -> object:
    points = code_points([text])
    return normalize_texts(points), repair_candidates(points)


TRANSFORMS: dict[str, Callable[[str], object]] = {
    "mojibake": repair_mojibake,
    "contents lists": drop_contents,
    "page furniture": take_out_pages,
    "lines": join_lines,
    "every line": lambda text: join_lines(text, "always"),
    "normalization": candidates,
    "personal data": personal,
    "people": find_people,
    "masks": masked,
    "recognition debris": repair_debris,
    "aozora": read_aozora,
    "markdown tables": widen_tables,
    "markdown notes": write_notes,
    "raised": write_raised,
    "revised": revision_date,
    "issued": issue_date,
}

# Repeated, these make work of what comes before or behind: marks that open, forms that begin, breaks, near misses.
UNITS = [
    "\f－",
    "\f\n1\n",
    "- 1 -\n\n",
    "-----\nあ\n",
    "途中の文が\n-----\n* 注\n\nここに続く\n",
    "\n",
    "頁\n",
    "これは途中で折り返された行であり、次の行に続き\n",
    "第1章 総則.......12\n",
    "…",
    "一　あ…1\n",
    "縺薙ｌ縺ｯ譁",
    "縺 ",
    "ｶﾞ",
    "か\u3099",
    "\u3000",
    " \n",
    "\r",
    "a.b@",
    "FAXa@b.co1",
    "03-",
    "090-1234-567",
    "4111-1111-1111-1111",
    "口座番号 普通 1",
    "氏名 鈴木一郎様 ",
    "氏名又は名称 | 住所\n",
    "田中一郎、",
    "代表取締役社長 山田",
    "東京都千代田区一丁目",
    "東京都千代田区1-2-",
    "〒100-",
    "生年月日 昭和",
    "最終改正　令和",
    "平成二十年四月",
    "漢《",
    "｜漢",
    "［＃「",
    "※［＃",
    "（「『【",
    "）」』】",
    "|a",
    "|---",
    "[^1]",
    "[^1]: a\n",
    "<sup>",
    "10^",
    "$\\mathrm{",
    "\\(",
    "*1",
    "注1",
    "2の",
]


def seconds(transform: Callable[[str], object], text: str, times: int) -> float:
    """The best of some, by the processor's clock."""
    found: list[float] = []
    for _ in range(times):
        started = time.process_time()
        transform(text)
        found.append(time.process_time() - started)
    return min(found)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_four_times_the_text_takes_no_more_than_ten_times_as_long(name: str):
    transform = TRANSFORMS[name]
    transform("これは文書です。\n")  # compiled code is loaded
    slow: dict[str, tuple[float, float]] = {}
    for unit in UNITS:
        short, long = (unit * (length // len(unit)) for length in (SHORT, 4 * SHORT))
        if seconds(transform, long, 1) < NOTHING:
            continue
        measured = seconds(transform, short, 3), seconds(transform, long, 3)
        if measured[1] > NOTHING and measured[1] > ROOM * measured[0]:
            slow[unit] = measured
    assert not slow
