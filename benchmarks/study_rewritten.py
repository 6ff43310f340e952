"""How the check of `study` takes rows made from sentences of its passages by plain rewriting, right ones and wrong ones.

    python benchmarks/study_rewritten.py [--rows 12000] [--seed 3] [--show 3]

Sentences of earnings reports, tax answers and laws are told as they stand, politely, with western years, with the title before them, asked for
one of their numbers (the whole sentence, its first clause, a blank to fill), or held up as right or wrong: all of these rows are
right. The wrong ones answer the same questions with another number of the passage that has the same unit, or with one digit altered, or tell a sentence with
a bound, a direction, a period, two numbers or a digit of it otherwise, or denied. Knows nothing of the check. Prints by way the share refused of the right rows and the share of the wrong ones that pass.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections.abc import Iterator
from zipfile import ZipFile

from corpus_data import real_data
from page_text import text_of
from row_tally import RIGHT, Tally
from tekio.knowledge.ground import Ground

Row = tuple[str, str, str]
"""Way of rewriting, question (empty for a statement), text."""

PASSAGE = 1_200
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
ENDINGS = {
    "である。": "です。",
    "した。": "しました。",
    "している。": "しています。",
    "する。": "します。",
    "となった。": "となりました。",
    "される。": "されます。",
    "できる。": "できます。",
    "なければならない。": "なければなりません。",
}
ASKED = {
    "日": "何日", "月": "何月", "年": "何年", "％": "何％", "%": "何%", "パーセント": "何パーセント", "人": "何人", "か月": "何か月", "箇月": "何箇月", "年間": "何年間",
    "日間": "何日間", "週間": "何週間", "倍": "何倍", "件": "何件", "社": "何社", "回": "何回",
}  # fmt: skip
NUMBER = re.compile(
    r"(?<![0-9０-９,，.．第(（億万兆])([0-9０-９][0-9０-９,，.．]*|(?<![一二三四五六七八九十百千年月])[一二三四五六七八九十百]+)(?!億[0-9]|百万)"
    r"(百万円|億円|万円|円|日|月|年|％|%|パーセント|人|か月|箇月|年間|日間|週間|倍|件|社|回)(?![0-9０-９前後以月日])"
)


def documents(seed: int) -> Iterator[tuple[str, str]]:
    """(title, text) of pages, shuffled."""
    folder = real_data()
    found: list[tuple[str, str]] = []
    reports = [path for path in sorted((folder / "tanshin").rglob("*")) if path.suffix in (".htm", ".html")]
    found += [(path.parent.name, text_of(path)[0]) for path in reports]
    answers = sorted((folder / "nta" / "shitsugi").glob("*.md"))[:600]
    found += [("", path.read_text(encoding="utf-8")) for path in answers]
    with ZipFile(folder / "laws-2013" / "html.zip") as laws:
        for name in [name for name in laws.namelist() if name.endswith((".html", ".htm"))][:150]:
            content = laws.read(name)
            for encoding in ("utf-8", "cp932", "euc-jp"):
                try:
                    found.append(("", re.sub(r"<[^>]+>", "", content.decode(encoding))))
                    break
                except UnicodeDecodeError:
                    continue
    random.Random(seed).shuffle(found)
    yield from found


def passages_of(text: str) -> Iterator[str]:
    """A text in pieces of whole lines."""
    piece = ""
    for line in text.split("\n"):
        if piece and len(piece) + len(line) > PASSAGE:
            yield piece
            piece = ""
        piece += f"{line}\n"
    if piece.strip():
        yield piece


def sentences_of(passage: str) -> list[str]:
    """Sentences that can stand alone: closed brackets, no rows of tables."""
    found = (one.strip() for line in passage.split("\n") if "|" not in line for one in re.findall(r"[^。]+。", line))
    closed = (("「", "」"), ("（", "）"), ("(", ")"))
    return [
        one
        for one in found
        if len(one) > 12 and "…" not in one and all(one.count(left) == one.count(right) for left, right in closed)
    ]


def told(sentence: str, title: str) -> Iterator[Row]:
    """The sentence as a statement."""
    yield "as it stands", "", sentence
    for plain, polite in ENDINGS.items():
        if sentence.endswith(plain):
            yield "politely", "", sentence.removesuffix(plain) + polite
            break
    western = re.sub(
        r"(令和|平成|昭和)([0-9０-９]{1,2}|元)年(?!分|度|法)",
        lambda match: f"{ERAS[match[1]] + (1 if match[2] == '元' else int(match[2]))}年",
        sentence,
    )
    if western != sentence:
        yield "western years", "", western
    if title:
        yield "with the title", "", f"{title}によれば、{sentence}"
    if len(sentence) < 120:
        yield "held up as right", f"次の記述は正しいですか。「{sentence}」", "はい、正しいです。"


def asked(sentence: str, chosen: re.Match[str], answer: str) -> Iterator[Row]:
    """Questions for one number of a sentence, with an answer."""
    before, after = sentence[: chosen.start()], sentence[chosen.end() :]
    word = ASKED.get(chosen[2], "いくら")
    question = f"{before}{word}{after[:-1]}か。"
    yield "asked whole", question, answer
    yield "asked whole, politely", question, f"{answer}です。"
    clause = re.match(r"([^、。]*?(?:増加|減少|増|減|上昇|低下|計上|支出|発行|取得))し、", after)
    if clause:
        yield "asked for its clause", f"{before}{word}{clause[1]}しましたか。", answer
    yield "a blank", f"次の文の空欄に入る語句を答えてください。「{before}（　　）{after}」", answer


def others(passage: str, sentence: str, chosen: re.Match[str]) -> Iterator[tuple[str, str]]:
    """(kind, wrong answer): another number of the passage with this unit that the sentence has not, and one with a digit altered."""
    plain = unicodedata.normalize("NFKC", chosen[1])
    same_unit = sorted(
        {
            match[0]
            for match in NUMBER.finditer(passage)
            if match[2] == chosen[2] and unicodedata.normalize("NFKC", match[1]) != plain and match[0] not in sentence
        }
    )
    if same_unit:
        yield "another value", same_unit[len(sentence) % len(same_unit)]
    altered = re.sub(r"[1-9１-９]", lambda match: str(int(match[0]) % 9 + 1), chosen[1], count=1)
    if altered != chosen[1] and f"{altered}{chosen[2]}" not in unicodedata.normalize("NFKC", passage):
        yield "a digit", f"{altered}{chosen[2]}"


NOUN = re.compile(r"(?<![一-龥ァ-ヴー々])[一-龥ァ-ヴー々]{2,10}(?=[はがをに])")
TURNED = {
    "a bound": (("以上", "以下"), ("以下", "以上"), ("以内", "以後"), ("未満", "以上"), ("以前", "以後"), ("以後", "以前")),
    "a direction": (
        ("増加", "減少"), ("減少", "増加"), ("増収", "減収"), ("減収", "増収"), ("増益", "減益"), ("減益", "増益"), ("上回", "下回"),
        ("下回", "上回"), ("上昇", "低下"), ("低下", "上昇"), ("拡大", "縮小"),
    ),
    "a period": (
        ("前連結会計年度", "当連結会計年度"), ("当期(?!純)", "前期"), ("前期", "当期"), ("翌年", "前年"), ("翌日", "前日"), ("前年", "翌年"),
    ),
}  # fmt: skip
DENIED = {
    "できます。": "できません。", "できません。": "できます。", "できない。": "できる。", "できる。": "できない。",
    "必要があります。": "必要はありません。", "該当します。": "該当しません。", "該当しません。": "該当します。", "なりません。": "なります。",
    "なります。": "なりません。", "ありません。": "あります。", "されます。": "されません。", "とする。": "としない。",
    "しております。": "しておりません。", "しなければならない。": "してはならない。", "しました。": "しませんでした。", "れます。": "れません。",
}  # fmt: skip


def told_otherwise(sentence: str, chance: random.Random) -> Iterator[Row]:
    """The sentence with one thing in it turned round, denied, exchanged or altered."""
    for kind, pairs in TURNED.items():
        places = [(match.span(), other) for word, other in pairs for match in re.finditer(word, sentence)]
        if places:
            (start, end), other = chance.choice(places)
            yield kind, "", sentence[:start] + other + sentence[end:]
    for ending, other in DENIED.items():
        if sentence.endswith(ending):
            yield "denied", "", sentence.removesuffix(ending) + other
            break
    nouns = [*NOUN.finditer(sentence)]
    pairs = [
        (one, other)
        for one in nouns
        for other in nouns
        if one.start() < other.start() and one[0] != other[0] and sentence[one.end()] != sentence[other.end()]
    ]
    if pairs:
        one, other = chance.choice(pairs)
        between = sentence[one.end() : other.start()]
        yield "two nouns", "", sentence[: one.start()] + other[0] + between + one[0] + sentence[other.end() :]
    numbers = [*NUMBER.finditer(sentence)]
    alike = [(one, other) for one in numbers for other in numbers if one.start() < other.start() and one[2] == other[2]]
    if alike := [(one, other) for one, other in alike if one[1] != other[1]]:
        one, other = chance.choice(alike)
        between = sentence[one.end() : other.start()]
        yield "two numbers", "", sentence[: one.start()] + other[0] + between + one[0] + sentence[other.end() :]
    if numbers:
        one = chance.choice(numbers)
        altered = re.sub(r"[1-9１-９]", lambda match: str(int(match[0]) % 9 + 1), one[1], count=1)
        if altered != one[1]:
            yield "a digit", "", sentence[: one.start(1)] + altered + sentence[one.end(1) :]


def main() -> None:
    """Make the rows and check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--show", type=int, default=3)
    given = parser.parse_args()
    tally = Tally(given.show)
    chance = random.Random(given.seed)
    for title, text in documents(given.seed):
        pieces = [*passages_of(text)]
        for passage in chance.sample(pieces, min(2, len(pieces))):
            ground, found = Ground.of(passage, title), sentences_of(passage)
            for sentence in chance.sample(found, min(4, len(found))):
                for row in told(sentence, title):
                    tally.look(RIGHT, row[0], row[1:], ground)
                for row in told_otherwise(sentence, chance) if not sentence.endswith("か。") else ():
                    if row[2] not in passage:
                        tally.look("told otherwise", row[0], row[1:], ground)
                numbers = [*NUMBER.finditer(sentence)]
                if not numbers or sentence.endswith("か。"):
                    continue
                chosen = chance.choice(numbers)
                for row in asked(sentence, chosen, chosen[0]):
                    tally.look(RIGHT, row[0], row[1:], ground)
                for kind, answer in others(passage, sentence, chosen):
                    for row in asked(sentence, chosen, answer):
                        tally.look(kind, row[0], row[1:], ground)
        if tally.rows.total() >= given.rows:
            break
    tally.tell()


if __name__ == "__main__":
    main()
