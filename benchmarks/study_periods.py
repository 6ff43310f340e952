"""How the check of `study` takes what rows say of two periods, or two lines, of a table, right and wrong.

    python benchmarks/study_periods.py [--rows 6000] [--seed 1] [--show 3]

Tables of earnings reports that tell an earlier and a later period, with one unit of money in their passage: for lines with two positive values, sentences
and questions by form (the value, from which to which, the difference, the per cent, which is more), and the same with a digit, the direction, the two values or the
unit exchanged; of two lines that follow each other their sum, difference and ratio, and which is more. Knows nothing of the check. Prints by form the share refused of right rows and the share of wrong ones that pass.
"""

from __future__ import annotations

import argparse
import random
import re

from corpus_data import real_data
from page_text import text_of
from row_tally import RIGHT, Tally
from tekio.knowledge.ground import Ground

LINE = re.compile(
    r"(?:科目: )?(?P<label>[^|:]{2,20}?) \| (?P<first>[^|:]*前[^|:]*): (?P<a>[0-9,]+) \| (?P<last>[^|:]*当[^|:]*): (?P<b>[0-9,]+)"
)
UNIT = re.compile(r"[(（:：](百万円|千円)[)）]")
PER_REPORT, FARTHEST = 12, 60
NO_MONEY = re.compile(r"株|率|％|%|数|人|割合|△|純資産の部|注")
Rows = dict[str, tuple[str, str]]
"""Form -> question (empty for a statement) and text."""


def digit_altered(written: str, chance: random.Random) -> str:
    """A figure with one of its digits another."""
    place = chance.choice([n for n, letter in enumerate(written) if letter.isdigit()])
    return written[:place] + str(int(written[place]) % 9 + 1) + written[place + 1 :]


def rows_of(match: re.Match[str], unit: str, chance: random.Random) -> tuple[Rows, Rows]:
    """(right rows, wrong rows) about a line of a table."""
    label = match["label"].strip()
    first, last = (re.sub(r"\s*[(（].*", "", match[name]).strip() for name in ("first", "last"))
    a, b = match["a"], match["b"]
    before, after = (int(each.replace(",", "")) for each in (a, b))
    step, share = abs(after - before), abs(after - before) / before * 100
    way, other = ("増加", "減少") if after > before else ("減少", "増加")
    more, less = (last, first) if after > before else (first, last)
    right = {
        "value": ("", f"{last}の{label}は{b}{unit}です。"),
        "value asked": (f"{last}の{label}はいくらですか。", f"{b}{unit}です。"),
        "from to": ("", f"{label}は、{first}の{a}{unit}から{last}の{b}{unit}に{way}しました。"),
        "difference": ("", f"{last}の{label}は{b}{unit}で、{first}より{step:,}{unit}{way}しました。"),
        "difference asked": (f"{label}は{first}から{last}にかけていくら{way}しましたか。", f"{step:,}{unit}"),
        "per cent": ("", f"{last}の{label}は{first}に比べて{share:.1f}％{way}し、{b}{unit}となりました。"),
        "which is more": (f"{first}と{last}では、{label}はどちらが多いですか。", more),
    }
    wrong = {
        "value, digit": ("", f"{last}の{label}は{digit_altered(b, chance)}{unit}です。"),
        "value asked, other period": (f"{last}の{label}はいくらですか。", f"{a}{unit}です。"),
        "value, unit": ("", f"{last}の{label}は{b}{'千円' if unit == '百万円' else '百万円'}です。"),
        "from to, values": ("", f"{label}は、{first}の{b}{unit}から{last}の{a}{unit}に{other}しました。"),
        "from to, direction": ("", f"{label}は、{first}の{a}{unit}から{last}の{b}{unit}に{other}しました。"),
        "difference, digit": ("", f"{last}の{label}は{b}{unit}で、{first}より{digit_altered(f'{step:,}', chance)}{unit}{way}しました。"),
        "difference, direction": ("", f"{last}の{label}は{b}{unit}で、{first}より{step:,}{unit}{other}しました。"),
        "difference asked, direction": (f"{label}は{first}から{last}にかけていくら{other}しましたか。", f"{step:,}{unit}"),
        "per cent, value": ("", f"{last}の{label}は{first}に比べて{share + 1.3:.1f}％{way}し、{b}{unit}となりました。"),
        "per cent, direction": ("", f"{last}の{label}は{first}に比べて{share:.1f}％{other}し、{b}{unit}となりました。"),
        "which is more": (f"{first}と{last}では、{label}はどちらが多いですか。", less),
    }  # fmt: skip
    return right, wrong


def may_stand_beside(match: re.Match[str], below: re.Match[str]) -> bool:
    """Whether two lines of amounts can be told together: both have names of their own, and other values."""
    one, other = match["label"].strip(), below["label"].strip()
    names_alone = one not in other and other not in one and not re.search("その他|計$", one + " " + other)
    return (
        names_alone and not NO_MONEY.search(other) and match["b"] != below["b"] and "0" not in (match["b"], below["b"])
    )


def rows_of_pair(match: re.Match[str], below: re.Match[str], unit: str, chance: random.Random) -> tuple[Rows, Rows]:
    """(right rows, wrong rows) about the later values of two lines."""
    period = re.sub(r"\s*[(（].*", "", match["last"]).strip()
    two = sorted((int(each["b"].replace(",", "")), each["label"].strip(), each["b"]) for each in (match, below))
    (small, less, low), (large, more, high) = two
    names = "と".join(chance.sample([more, less], 2))
    gap, total, ratio = large - small, large + small, large / small
    off = chance.choice((1, 10, 100, 9))
    right = {
        "two lines": ("", f"{period}の{more}は{high}{unit}、{less}は{low}{unit}です。"),
        "two lines, more": ("", f"{period}は、{more}が{high}{unit}で、{less}の{low}{unit}より多い。"),
        "two lines, gap": ("", f"{period}の{more}は{less}より{gap:,}{unit}多い。"),
        "two lines, sum": ("", f"{period}の{names}の合計は{total:,}{unit}です。"),
        "two lines, ratio": ("", f"{period}の{more}は{less}の約{ratio:.1f}倍です。"),
        "two lines, which": (f"{period}の{names}では、どちらの金額が大きいですか。", more),
    }
    wrong = {
        "two lines, exchanged": ("", f"{period}の{more}は{low}{unit}、{less}は{high}{unit}です。"),
        "two lines, more": ("", f"{period}は、{less}が{low}{unit}で、{more}の{high}{unit}より多い。"),
        "two lines, gap": ("", f"{period}の{more}は{less}より{gap + off:,}{unit}多い。"),
        "two lines, gap turned": ("", f"{period}の{less}は{more}より{gap:,}{unit}多い。"),
        "two lines, sum": ("", f"{period}の{names}の合計は{total + off:,}{unit}です。"),
        "two lines, ratio": ("", f"{period}の{more}は{less}の約{ratio + chance.choice((0.3, 1, 0.7)):.1f}倍です。"),
        "two lines, which": (f"{period}の{names}では、どちらの金額が大きいですか。", less),
        "two lines, the other's": (f"{period}の{more}はいくらですか。", f"{low}{unit}"),
    }
    return right, wrong


def main() -> None:
    """Make the rows and check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    tally = Tally(given.show)
    reports = [path for path in sorted((real_data() / "tanshin").rglob("*")) if path.suffix in (".htm", ".html")]
    chance.shuffle(reports)
    for path in reports:
        lines = text_of(path)[0].split("\n")
        places = [place for place, line in enumerate(lines) if LINE.fullmatch(line)]
        for place in chance.sample(places, min(PER_REPORT, len(places))):
            match = LINE.fullmatch(lines[place])
            begin = next((n for n in range(place, max(-1, place - FARTHEST), -1) if UNIT.search(lines[n])), None)
            if match is None or begin is None or NO_MONEY.search(match["label"]) or match["a"] == match["b"]:
                continue
            passage = "\n".join(lines[begin : place + 6])
            units = set(UNIT.findall(passage))
            if len(units) != 1 or "0" in (match["a"], match["b"]):
                continue
            ground = Ground.of(passage, path.parent.name)
            unit = units.pop()
            right, wrong = rows_of(match, unit, chance)
            below = LINE.fullmatch(lines[place + 1]) if place + 1 < len(lines) else None
            if below is not None and may_stand_beside(match, below):
                more = rows_of_pair(match, below, unit, chance)
                right, wrong = right | more[0], wrong | more[1]
            for kind, rows in ((RIGHT, right), ("wrong", wrong)):
                for form, row in rows.items():
                    tally.look(kind, form, row, ground, f"|| {match[0]}")
        if tally.rows.total() >= given.rows:
            break
    tally.tell()


if __name__ == "__main__":
    main()
