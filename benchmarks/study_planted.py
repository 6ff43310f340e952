"""How many planted errors the check of `study` lets through, by kind; the planting knows nothing of the check.

    python benchmarks/study_planted.py [--each 500] [--seed 29] [--show 5] [--kinds date name] [--third 2]

Right rows are questions with answers that people wrote (JaQuAD), sentences of tax answers and of statutes with the passage they stand in. One thing of a row is
changed by plain substitution: a number, its size (万/億), its unit, a date, an era year, an article, a name, the answer (of another page, to a
question of the same word), the direction of a comparison. Left out is only what the passage says too, looked for as text: a change into something that stands there
may be true. `other value` is the exception: the answer is another number of the passage with the same unit. `--third`: of the pages in this third alone (by the hash of their
title): version 12 was mended on 0 and 1 and not on 2. Prints what passes of each kind with a Wilson interval.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.statistics.intervals import wilson

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
KANJI_DIGITS = "〇一二三四五六七八九"
NUMERAL = r"[0-9０-９,，.．一二三四五六七八九十百千万億兆]"

Row = tuple[str, str, str, str]
"""Title, passage, text, answer (empty for a sentence)."""


VALUES = {letter: value for value, letter in enumerate(KANJI_DIGITS)} | {"十": 10, "百": 100, "千": 1000}


def in_digits(match: re.Match[str]) -> str:
    """三十二 and 三二 as 32."""
    written = match[0]
    if not re.search("[十百千]", written):
        return "".join(str(VALUES[letter]) for letter in written)
    total, last = 0, 0
    for letter in written:
        if VALUES[letter] >= 10:
            total, last = total + (last or 1) * VALUES[letter], 0
        else:
            last = VALUES[letter]
    return str(total + last)


def plain(text: str) -> str:
    """A text in which two ways of writing a number look the same."""
    narrow = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text))
    return re.sub(f"[{KANJI_DIGITS}十百千]+", in_digits, narrow)


def questions() -> Iterator[Row]:
    for path in sorted((DATA / "jaquad").rglob("*.json")):
        for page in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in page["paragraphs"]:
                for pair in paragraph["qas"]:
                    answer = pair["answers"][0]["text"]
                    yield page["title"], paragraph["context"], f"{pair['question']}\n{answer}", answer


def sentences() -> Iterator[Row]:
    texts = [path.read_text(encoding="utf-8") for path in sorted((DATA / "nta" / "shitsugi").glob("*.md"))[:600]]
    with ZipFile(DATA / "laws-2013" / "html.zip") as laws:
        names = [name for name in laws.namelist() if name.endswith((".html", ".htm"))][:150]
        for name in names:
            content = laws.read(name)
            for encoding in ("utf-8", "cp932", "euc-jp"):
                try:
                    texts.append(re.sub(r"<[^>]+>", "", content.decode(encoding)))
                    break
                except UnicodeDecodeError:
                    continue
    for text in texts:
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        for start in range(0, len(lines), 6):
            passage = "\n".join(lines[start : start + 6])[:1500]
            apart = re.sub(rf"(?<={NUMERAL})\n(?={NUMERAL})", "\u3000", passage)  # 二 / 百分の五十: no two hundredths
            for sentence in re.split(r"(?<=。)", apart.replace("\n", "")):
                if 25 <= len(sentence) <= 200 and sentence.endswith("。"):
                    yield "", passage, sentence, ""


def third(title: str, passage: str) -> int:
    """Which third of the pages one is in: 0, 1 or 2."""
    return int(hashlib.sha256((title or passage).encode()).hexdigest(), 16) % 3


# --- ways of planting: (the text, changed piece) or None -----------------------------------------------------------

Planted = tuple[str, str] | None


def swap(text: str, match: re.Match[str], other: str, around: int = 0) -> Planted:
    """The text with another piece, and the piece with the numerals before and `around` characters after it."""
    changed = text[: match.start()] + other + text[match.end() :]
    start = match.start()
    while start and other[0] != "第" and re.match(NUMERAL, changed[start - 1]):
        start -= 1
    return changed, changed[start : match.start() + len(other) + around].strip()


def chosen(pattern: str, text: str, chance: random.Random) -> re.Match[str] | None:
    found = list(re.finditer(pattern, text))
    return chance.choice(found) if found else None


def other_digits(written: str, chance: random.Random) -> str:
    places = [place for place, letter in enumerate(written) if letter.isdecimal() or letter in KANJI_DIGITS[1:]]
    place = chance.choice(places)
    if written[place] in KANJI_DIGITS:
        new = chance.choice([digit for digit in KANJI_DIGITS[1:] if digit != written[place]])
    else:
        new = chance.choice([digit for digit in "123456789" if digit != unicodedata.normalize("NFKC", written[place])])
    return written[:place] + new + written[place + 1 :]


NUM = r"[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?"


def number(text: str, chance: random.Random) -> Planted:
    match = chosen(
        rf"(?<![0-9０-９第.．,，年月]){NUM}(?=[兆億万千百]*(?:円|人|%|％|パーセント|社|件|倍|km|m|メートル|名|か月|カ月|日間|年間|回|個|トン|歳|株))",
        text,
        chance,
    )
    return swap(text, match, other_digits(match[0], chance), 1) if match else None


def kanji_number(text: str, chance: random.Random) -> Planted:
    match = chosen(
        r"(?<![一-龥])[一二三四五六七八九十百千]{1,4}(?=年以|月以|日以|円|人以|分の|万円|箇月|日間|年間|パーセント)",
        text,
        chance,
    )
    if not match or not any(letter in KANJI_DIGITS for letter in match[0]):
        return None
    return swap(text, match, other_digits(match[0], chance), 1)


def size(text: str, chance: random.Random) -> Planted:
    match = chosen(r"(?<=[0-9０-９])(?:百万|千|万|億|兆)(?=[円人株トドユ])", text, chance)
    if not match:
        return None
    other = chance.choice([told for told in ("千", "万", "億", "兆", "百万") if told != match[0]])
    return swap(text, match, other, 1)


UNITS = {
    "円": ["ドル", "ユーロ"], "ドル": ["円"], "%": ["倍", "人"], "％": ["倍", "円"], "人": ["社", "%"], "社": ["人"], "倍": ["%"],
    "か月": ["年", "日"], "カ月": ["年"], "日間": ["年間", "週間"], "年間": ["か月", "日間"], "km": ["m"], "メートル": ["km", "トン"], "トン": ["kg", "円"],
    "歳": ["年", "人"], "件": ["円", "人"], "回": ["人", "年"],
}  # fmt: skip


def unit(text: str, chance: random.Random) -> Planted:
    match = chosen(
        rf"(?<=[0-9０-９兆億万千])(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})(?![A-Za-z目])", text, chance
    )
    return swap(text, match, chance.choice(UNITS[match[0]])) if match else None


def date(text: str, chance: random.Random) -> Planted:
    match = chosen(
        r"(?<![0-9０-９])[0-9０-９]{1,4}(?=年[^間以前後代]|月[0-9０-９]|月[にのかまは、]|日[にのかまは、])",
        text,
        chance,
    )
    if not match:
        return None
    value = int(unicodedata.normalize("NFKC", match[0]))
    after = text[match.end()]
    step = chance.choice([-3, -2, -1, 1, 2, 3, 10])
    new = value + step if after == "年" else (value + step - 1) % (12 if after == "月" else 28) + 1
    return swap(text, match, str(new), 1) if new != value and new > 0 else None


def era(text: str, chance: random.Random) -> Planted:
    match = chosen(r"(明治|大正|昭和|平成|令和)(元|[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})(?=年)", text, chance)
    if not match:
        return None
    if chance.random() < 0.5:
        return swap(
            text,
            match,
            chance.choice([told for told in ("大正", "昭和", "平成", "令和") if told != match[1]]) + match[2],
            1,
        )
    new = chance.choice([told for told in ("二", "三", "5", "8", "十一", "12") if told != match[2]])
    return swap(text, match, match[1] + new)


def article(text: str, chance: random.Random) -> Planted:
    match = chosen(
        r"第([0-9０-９]{1,4}|[一二三四五六七八九十百千]{1,6})(条(?:の[一二三四五六七八九])?|項|号)", text, chance
    )
    if not match:
        return None
    what = chance.randrange(3)
    if what == 0 and match[2].startswith("条"):
        new = f"第{match[1]}条" if len(match[2]) > 1 else f"第{match[1]}条の九"
    elif any(letter in KANJI_DIGITS for letter in match[1]) or match[1][0].isdecimal():
        new = f"第{other_digits(match[1], chance)}{match[2]}"
    else:
        return None
    return swap(text, match, new)


NAMES = {
    "法": ["国土利用計画法", "海洋汚染防止法", "郵便切手類模造等取締法", "船舶油濁損害賠償保障法", "競馬法"],
    "office": ["気象庁長官", "観光庁", "札幌国税局", "環境大臣", "会計検査院長官", "鳥取県知事", "海難審判所"],
    "person": ["早乙女源三郎氏", "五十嵐頭取", "菅野美代子", "服部半蔵氏", "スタニスワフ・ヴォイチェフ", "マーガレット・オコナー"],
    "place": ["鳥取県", "ボリビア", "マダガスカル", "宇都宮市", "奄美", "ウルグアイ", "利尻町"],
    "company": ["白樺ホールディングス", "三河屋銀行", "株式会社浪花堂", "オリエンタル・ガラス", "みちのく紡績株式会社", "HTKシステムズ"],
}  # fmt: skip


def name(text: str, chance: random.Random) -> Planted:
    pattern = {
        "法": r"[一-龥]{2,8}法(?=[第にのをは（、])",
        "office": r"(?:[一-龥]{2,6}(?:大臣|長官|知事)|税務署長?|国税庁|国税局)",
        "place": r"(?:[一-龥]{2,3}[都府県市](?![一-龥])|アメリカ|イギリス|フランス|ドイツ|ロシア|イタリア|中国|韓国)",
        "person": r"[ァ-ヴー]{2,8}[・＝][ァ-ヴー]{2,10}(?![一-龥])|[一-龥]{3,5}(?:氏|さん)",
        "company": r"(?:[一-龥ァ-ヴー]{2,10}(?:株式会社|銀行|証券|新聞社|鉄道)|[A-Z]{2,}社)",
    }
    kinds = [kind for kind in NAMES if re.search(pattern[kind], text)]
    if not kinds:
        return None
    kind = chance.choice(kinds)
    match = chosen(pattern[kind], text, chance)
    return swap(text, match, chance.choice(NAMES[kind])) if match else None


OPPOSITES = [
    ("増加", "減少"), ("上昇", "低下"), ("上昇", "下落"), ("上回", "下回"), ("以上", "以下"), ("以上", "未満"), ("以内", "以上"), ("以前", "以後"), ("超える", "下回る"),
    ("黒字", "赤字"), ("多い", "少ない"), ("高い", "低い"), ("長い", "短い"), ("大きい", "小さい"), ("最大", "最小"), ("最高", "最低"), ("できる", "できない"), ("できます", "できません"),
    ("増え", "減っ"), ("拡大", "縮小"), ("以降", "以前"), ("超えない", "超える"), ("早い", "遅い"), ("課税", "非課税"),
]  # fmt: skip


def direction(text: str, chance: random.Random) -> Planted:
    kinds = [pair for both in OPPOSITES for pair in (both, both[::-1]) if re.search(f"(?<![非不]){pair[0]}", text)]
    if not kinds:
        return None
    was, now = chance.choice(kinds)
    match = chosen(
        f"(?<![非不]){was}(?![「でに]|この)"
        if was[0] != "以"
        else f"(?<=[0-9０-９一二三四五六七八九十百千年月日円人%％ト]){was}",
        text,
        chance,
    )
    return (
        (text[: match.start()] + now + text[match.end() :], text[max(0, match.start() - 6) : match.start()] + now)
        if match
        else None
    )


PLANT: dict[str, Callable[[str, random.Random], Planted]] = {
    "number": number, "kanji number": kanji_number, "size": size, "unit": unit, "date": date, "era": era, "article": article, "name": name,
    "direction": direction,
}  # fmt: skip
OTHER = "other value"
ASKED = ("誰", "どこ", "何人", "何年", "いつ", "いくら", "何という", "何%")


def answers(rows: list[Row], chance: random.Random) -> Iterator[tuple[Row, str, str]]:
    """Rows with the answer of another page to a question of the same word."""
    of_word: dict[str, list[Row]] = {word: [] for word in ASKED}
    for row in rows:
        word = next((word for word in ASKED if row[3] and word in row[2].split("\n")[0]), None)
        if word:
            of_word[word].append(row)
    while True:
        same = of_word[chance.choice(ASKED)]
        row, other = chance.choice(same), chance.choice(same)
        if row[0] != other[0]:
            yield row, f"{row[2].split(chr(10))[0]}\n{other[3]}", other[3]


VALUE = re.compile(rf"({NUM})((?:百万|[万億兆千])?(?:円|人|名|%|％|社|件|倍|km|m|個|歳|トン|ドル|種|台))")


def other_values(rows: list[Row], chance: random.Random) -> Iterator[tuple[Row, str, str]]:
    """Rows whose answer is a number, with another of the passage that has the same unit."""
    for row in rows:
        told = VALUE.fullmatch(row[3])
        known = {match[0] for match in VALUE.finditer(row[1]) if told and match[2] == told[2]}
        others = sorted(one for one in known if plain(one) != plain(row[3]))
        if told and others:
            other = chance.choice(others)
            yield row, f"{row[2].split(chr(10))[0]}\n{other}", other


def main() -> None:
    """Plant and check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=500)
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--kinds", nargs="+", default=[*PLANT, "answer", OTHER])
    parser.add_argument("--third", type=int, choices=[0, 1, 2])
    given = parser.parse_args()
    chance = random.Random(given.seed)
    rows = [row for row in questions() if given.third in (None, third(row[0], row[1]))]
    told = [row for row in sentences() if given.third in (None, third(row[0], row[1]))]
    chance.shuffle(rows)
    chance.shuffle(told)
    rows, told = rows[:12_000], told[:12_000]
    for kind in given.kinds:
        tried, passed = 0, list[str]()
        changed = (
            answers(rows, chance)
            if kind == "answer"
            else other_values(rows, chance)
            if kind == OTHER
            else (
                (row, *made)
                for pair in zip(rows, told, strict=False)
                for row in pair
                if (made := PLANT[kind](row[2], chance))
            )
        )
        for row, text, piece in changed:
            if kind != OTHER and plain(piece) in plain(f"{row[0]}\n{row[1]}"):
                continue
            tried += 1
            question, told_answer = text.split("\n", 1) if row[3] else ("", text)
            if not check_row(question, told_answer, Ground.of(row[1], row[0]))[1]:
                passed.append(f"{piece!r} in {text[:120]!r}")
            if tried == given.each:
                break
        found = wilson(len(passed), tried)
        print(
            f"{kind}: {len(passed)} of {tried} pass, {len(passed) / max(1, tried):.1%} [{found.low:.1%}, {found.high:.1%}]"
        )
        for line in passed[: given.show]:
            print("   ", line)


if __name__ == "__main__":
    main()
