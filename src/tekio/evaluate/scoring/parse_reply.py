"""From a reply in words to one of the choices: fin-harness's published rule, and a strict one.

The strict rule reads what the reply asserts: what is denied (「AではなくB」) or was only considered first does not count, the
last conclusion does, and two answers where one was asked are none. Nothing is guessed: what cannot be read is unparsed and shown.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from tekio.evaluate.scoring.parse_number import read_number

Names = Sequence[str]
"""What one choice is called: its own text first, then other names (its letter, a label in Japanese)."""

MOST_CHARACTERS = 4000
MOST_OBJECTS = 50
AROUND = " \t\n\"'`*_「」『』【】[]()<>〈〉《》。、.,:;!#$\\"
ENDINGS = re.compile(
    r"(?:です|でした|である|だ|になります|となります|と(?:考え|思い|思わ|判断し|言え|いえ)(?:られ|れ)?ます|でしょう)$"
)
CONCLUSIONS = re.compile(
    r"(?:(?:最終的?な?)?(?:答え|回答|解答|正解|正答|選択|結論|判定|分類|感情|極性|予測|予想|見通し|ラベル|評価)(?:としては|として|は|:|=|】|\]|」|\s*→)+"
    r"|(?:したがって|よって|ゆえに|従って|以上より|以上から|つまり|結論として|全体(?:として|的に)は?|総合的に(?:見て|判断して)?は?|総じて)、?"
    r"|(?i:\bsentiment(?: of [^.]*?)? is|\bso,?(?=\s))\s*"
    r"|(?i:(?:final\s+)?answer(?:\s+is)?\s*:?|therefore,?|thus,?|hence,?|\blabel\s*:|\bsentiment\s*:))\s*"
)
CORRECTED = re.compile(
    r"に(?:訂正|変更|修正|改め|直)|を(?:選び|選択|正解と|答えと)|とします|にします|(?:が|は)(?:正しい|正解|適切|最も|該当)"
)
DENIED = re.compile(
    r"^\s*[」』)\]】]*(?:の方)?\s*(?:くは?な|くも?な|(?:だけ|のみ|自体)?(?:で|じゃ)(?:は|も)?な[いくか]|(?:で|じゃ)(?:は|も)?ありません|"
    r"(?:は|が|も)?[^。、]{0,8}?(?:誤り|間違|不適|不正解|正しくな|適切でな|適切では|違い?ます|違う|あてはまら|当てはまら|該当しな|該当せず|除外|除く|ではあ?りません|ではな[いく]|とは言えな|とはいえな)|"
    r"し(?:ない|ません|なかった)|も?せず|も(?:しな[いく]|なく|ありませ)|と(?:は|も)(?:言|い|思|考え)[^。、]{0,4}?(?:ない|ません|ず)|"
    r"以外|を除|というより|とい[うっ]たより|よりも?(?:は|むしろ)?[、\s]|(?i:\s*(?:is|are|was)\s*(?:not|wrong|incorrect|false|n't)|\s+isn't))"
)
FIRST_THOUGHT = re.compile(
    r"(?:最初|当初|初め|はじめ|一見)[^。]{0,12}$|(?i:(?:not|rather than|instead of|first thought)\s*[(「\"']*)$"
)
UNSURE = re.compile(
    r"どちらか(?!と[いう言])|いずれか|判断がつ|判断でき|分かりません|わかりません|不明|回答できません|答えられません|どちらとも|(?i:cannot (?:tell|determine)|not sure)"
)
SENTENCE = re.compile(r"(?<=[。!?\n])|(?<=[a-z)]\.)\s")
JOINED = re.compile(r"[」』)\]】\s]*(?:と|も|とも|でも|や|か|、|,|・|および|及び|または)?[「『(\[【\s]*")
"""Between two answers that are spoken of together: what is said behind the second is said of both."""
NEXT_QUESTION = re.compile(r"\n\s*\n?(?:質問|設問|問題|例題|次の文|文|Question|Q)\s*[0-9]*\s*[::]")
KINDS_OF_MARKS = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "アイウエオカキクケコ", "①②③④⑤⑥⑦⑧⑨⑩", "123456789")


def fin_harness_scores(reply: str, choices: Sequence[str], *, also_normalized: bool = False) -> tuple[float, ...]:
    """Minus the place where each choice is first found, -inf if it is not (japanese-lm-fin-harness, API models).

    Each choice without its leading space is searched as it stands, as a regular expression: letters match inside words,
    "." matches anything, and where nothing is found all are equal and the first one wins. also_normalized: try the NFKC
    form of the choice too (the published Gemini and Anthropic paths do, the OpenAI one does not).
    """
    scores: list[float] = []
    for choice in choices:
        wanted = choice.lstrip(" ")
        forms = [wanted, unicodedata.normalize("NFKC", wanted)] if also_normalized else [wanted]
        places = [place for form in forms if (place := _search(form, reply)) is not None]
        scores.append(-float(min(places)) if places else -math.inf)
    return tuple(scores)


def _search(pattern: str, text: str) -> int | None:
    try:
        found = re.search(pattern, text)
    except re.error:  # the published code would stop here; the text itself is the sensible reading
        found = re.search(re.escape(pattern), text)
    return found.start() if found else None


LABEL_NAMES = {
    "positive": ("ポジティブ", "ポジ", "肯定的", "好意的", "前向き"),
    "negative": ("ネガティブ", "ネガ", "否定的", "批判的", "後ろ向き"),
    "neutral": ("ニュートラル", "中立", "中立的"),
    "yes": ("はい", "YES"),
    "no": ("いいえ", "NO"),
    "entailment": ("含意",),
    "contradiction": ("矛盾",),
}
"""Common Japanese names of labels; a task file adds its own (`option_names`)."""


def with_label_names(labels: Sequence[str], more: Mapping[str, Sequence[str]] | None = None) -> list[tuple[str, ...]]:
    """The names of labels: themselves, those of the task file, and the common ones that no other label has."""
    known = {name: key for key, names in LABEL_NAMES.items() for name in (key, *names)}
    taken = {plain_text(label).casefold() for label in labels}
    taken |= {plain_text(name).casefold() for names in (more or {}).values() for name in names}
    found: list[tuple[str, ...]] = []
    for label in labels:
        names = [label, *(more or {}).get(label, ())]
        key = next((known[name] for name in (*names, *(name.casefold() for name in names)) if name in known), None)
        common = (key, *LABEL_NAMES[key]) if key is not None else ()
        names += [name for name in common if plain_text(name).casefold() not in taken]
        seen: dict[str, str] = {}
        for name in names:
            seen.setdefault(plain_text(name).casefold(), name)
        found.append(tuple(seen.values()))
    return found


def with_marks(options: Sequence[str]) -> list[tuple[str, ...]]:
    """The names of options that were shown with A, B, ... or other marks, or without any: text and marks."""
    plain = [plain_text(option) for option in options]
    kinds = [marks for marks in KINDS_OF_MARKS if len(options) <= len(marks) and not _clashes(marks, plain)]
    return [
        (option, *_stem(option, plain), *(marks[number] for marks in kinds if marks[number] != option))
        for number, option in enumerate(options)
    ]


def _stem(option: str, options: Sequence[str]) -> tuple[str, ...]:
    """適切である beside 適切でない is also called 適切, and the other 不適切."""
    found = re.fullmatch(r"(.+?)(である|でない|ではない)", option)
    if len(options) != 2 or not found:
        return ()
    return (found[1],) if found[2] == "である" else (f"不{found[1]}",)


def _clashes(marks: str, options: Sequence[str]) -> bool:
    """Whether a mark could also mean an option: "3" where an option is 3年, A where an option is AA."""
    return any(
        re.match(rf"{re.escape(mark)}(?![0-9,.])", option) for mark in marks[: len(options) + 6] for option in options
    )


def strict_choice(reply: str, choices: Sequence[str] | Sequence[Names], *, cut: bool = False) -> int | None:
    """The one choice a reply gives, or None: nothing, several, or only a part of a word is no answer.

    choices: the text of each choice, or all its names. Full-width and half-width forms are the same, and capitals where a
    whole answer is compared. cut: the reply was cut off, so that only an answer that was given at its beginning or after a
    conclusion counts.
    """
    names = [[plain_text(name) for name in ([choice] if isinstance(choice, str) else choice)] for choice in choices]
    flat = [name.casefold() for choice in names for name in choice]
    if not all(flat) or len(set(flat)) < len(flat):
        return None
    if len(reply) > MOST_CHARACTERS:  # an answer is at the beginning or at the end
        reply = reply[: MOST_CHARACTERS // 4] + "\n" + reply[-(3 * MOST_CHARACTERS) // 4 :]
    text = plain_text(re.sub(r"\*\*|__|\\boxed\{([^{}]*)\}", r"\1", reply))
    if {"1", "2"} <= set(flat):
        text = _KANJI_NUMBER.sub(lambda found: str(_KANJI_DIGITS.index(found[0]) + 1), text)
    given = _from_json(text, names)
    if given is not None:
        return given
    head = NEXT_QUESTION.split(text, maxsplit=1)[0].strip()
    if head and len(head) < len(text):  # the model has gone on with a question of its own
        last = CONCLUSIONS.sub("", head.splitlines()[-1], count=1)
        if (answer := _bare(last, names)) is not None:
            return answer
    lines = {found for line in text.splitlines() if (found := _bare(line, names)) is not None}
    if len(lines) == 1:
        return lines.pop()
    for part in (text, text.split("。", 1)[0], re.split(r"、|[,.](?!\d)", text, maxsplit=1)[0]):
        found = _bare(part, names)
        if found is None or lines:
            continue
        rest = text[len(part) :]
        if not asserted(rest, names) - {found} or (rest.startswith("。") and not CONCLUSIONS.search(rest)):
            return found
    cut = cut or text.endswith(("、", "は", ","))
    conclusions = list(CONCLUSIONS.finditer(text))
    for marker in reversed(conclusions[-20:]):
        rest = re.split(r"(?<=。)|\n", text[marker.end() : marker.end() + 500].lstrip(AROUND), maxsplit=1)[0]
        found = _bare(rest, names)
        found = _leading(rest, names) if found is None else found
        said = {found} if found is not None else asserted(rest, names)
        if len(said) == 1 and not (len(_mentioned(rest, names)) > 1 and UNSURE.search(rest)):
            return said.pop()
        if len(said) > 1:
            return None
    if cut or lines or UNSURE.search(text):
        return None
    return _told(text, names)


_KANJI_DIGITS = "一二三四五六七八九"
_KANJI_NUMBER = re.compile(
    r"(?<=選択肢)[一二三四五六七八九](?![一-鿿])"
    r"|(?<![一-鿿0-9])[二三四五六七八九](?=番目?(?:です|である|だ|[がをはの。、.,)」】]|\s|$)|つ目)"
    r"|(?:(?<=^)|(?<=[は:(「【、。\s]))一(?=番目|番(?:です|である|だ|が正し|を選|[。.)」】]|\s|$)|つ目)"
)
"""The number of an option in kanji: 二番です, 三つ目, 選択肢四. 一番 also means most, so only where an answer begins."""


def _leading(text: str, names: Sequence[Names]) -> int | None:
    """The choice that a conclusion begins with, if it is the only one it gives."""
    mentions = _mentioned(text, names)
    if not mentions or mentions[0].start or DENIED.match(text[mentions[0].end :]):
        return None
    joined = re.match(
        r"[」』)\]】\s]*(?:と|か|や|および|及び|または|・|/|&|(?:or|and)\b)|[」』)\]】\s]*[、,]\s*$",
        text[mentions[0].end :],
    )
    second = mentions[1] if len(mentions) > 1 else None
    beside = second is not None and re.fullmatch(
        r"[」』)\]】\s]*[、,・]?\s*[「『(\[【]*", text[mentions[0].end : second.start]
    )
    same = second is not None and second.choice == mentions[0].choice
    return None if joined or (beside and not same) else mentions[0].choice


def _told(text: str, names: Sequence[Names]) -> int | None:
    """The choice that the sentences together assert."""
    firm: list[int] = []
    named: set[int] = set()
    for sentence in filter(None, SENTENCE.split(text)):
        said = asserted(sentence, names)
        named |= said
        firm += [number for number in said if _firmly(sentence, names, number)]
    if len(set(firm)) == 1:
        return firm[0]
    if named:
        return named.pop() if len(named) == 1 else None
    quantity = read_number(text)
    if quantity is not None:  # 1,100,000円 for 110万円
        equal = [number for number, choice in enumerate(names) if read_number(choice[0]) == quantity]
        if len(equal) == 1:
            return equal[0]
    denied = {mention.choice for mention in _mentioned(text, names)}
    left = set(range(len(names))) - denied
    return left.pop() if len(left) == 1 else None  # all others were denied


@dataclass(frozen=True)
class _Mention:
    choice: int
    start: int
    end: int


def asserted(text: str, names: Sequence[Names]) -> set[int]:
    """The choices that a stretch of text names and does not deny."""
    mentions = _mentioned(text, names)
    found: set[int] = set()
    denied = False
    for number in reversed(range(len(mentions))):
        mention = mentions[number]
        after = text[mention.end : mentions[number + 1].start if number + 1 < len(mentions) else len(text)]
        before = text[mentions[number - 1].end if number else 0 : mention.start]
        joined = number + 1 < len(mentions) and JOINED.fullmatch(after) is not None
        denied = DENIED.match(after) is not None or (denied and joined)
        if not denied and not FIRST_THOUGHT.search(before):
            found.add(mention.choice)
    return found


def _firmly(text: str, names: Sequence[Names], choice: int) -> bool:
    """Whether the sentence ends in this choice as its answer, alone."""
    mentions = _mentioned(text, names)
    if mentions and re.search(
        r"(?:と|か|や|、|・|または|および|及び|\bor|\band)[\s「『(]*$", text[: mentions[-1].start]
    ):
        beside = len(mentions) > 1 and mentions[-2].choice != choice and mentions[-1].start - mentions[-2].end < 6
        if beside:
            return False
    return any(
        mention.choice == choice
        and re.match(
            rf"[」』)\]\s]*(?:{CORRECTED.pattern}|です|だ。|である|(?i:\s*is\s+(?:the\s+)?(?:correct|right|best)))",
            text[mention.end :],
        )
        for mention in mentions[-1:]
    )


def _mentioned(text: str, names: Sequence[Names]) -> list[_Mention]:
    """Every mention of a choice as a word of its own; a name inside a longer one does not count."""
    by_length = sorted(
        ((name, number) for number, choice in enumerate(names) for name in choice), key=lambda pair: -len(pair[0])
    )
    pattern = "|".join(f"(?P<c{place}>{_bounded(name)})" for place, (name, _) in enumerate(by_length))
    found: list[_Mention] = []
    for match in re.finditer(pattern, text):
        number = by_length[int(str(match.lastgroup)[1:])][1]
        found.append(_Mention(number, match.start(), match.end()))
    return found


def _bounded(name: str) -> str:
    """The name as a pattern that does not match inside a word or number; short Latin marks are no article and no ア in カア."""
    if name in KINDS_OF_MARKS[0]:
        article = r"|\s+[a-hj-z][a-z]{2,}\s+[a-z]" if name == "A" else ""
        return rf"(?<![A-Za-z0-9.'&]){name}(?![A-Za-z0-9'&]{article}|\.[0-9])"
    if name in KINDS_OF_MARKS[1]:
        return rf"(?<![ァ-ヺー]){name}(?![ァ-ヺー])"
    if name in KINDS_OF_MARKS[3]:
        return rf"(?<![0-9.,]){name}(?![0-9]|[.,][0-9]|[%％円年月日倍万億千割件つ個])"
    before = r"(?<![A-Za-z0-9.-])" if re.match(r"[A-Za-z0-9]", name) else ""
    after = r"(?![A-Za-z0-9]|\.[0-9])" if re.search(r"[A-Za-z0-9]$", name) else ""
    exact = re.escape(name)
    if re.fullmatch("[ぁ-ん]+", name):
        before, after = "(?<![ぁ-ん])", "(?![ぁ-ん])(?!え)"
    elif re.fullmatch("[一-鿿]", name):
        before, after = "(?<![一-鿿])", "(?![一-鿿])"
    return before + (f"(?i:{exact})" if len(name) > 2 and name.isascii() else exact) + after


def _bare(text: str, names: Sequence[Names]) -> int | None:
    """The choice that the whole text is: 「B」, (b), B: その文, Bです。"""
    bare = ENDINGS.sub("", text.strip(AROUND)).strip(AROUND).casefold()
    for number, choice in enumerate(names):
        known = [name.casefold() for name in choice]
        if bare in known:
            return number
        marks = [name for name in known if len(name) == 1]
        texts = [name for name in known if len(name) > 1]
        for mark in marks:  # "b. 流動比率", "②:流動比率", "選択肢2"
            rest = re.fullmatch(
                rf"(?:選択肢|option|choice|番号)?\s*{re.escape(mark)}\s*(?:番|つ目)?\s*[.:)\]】、,\s]*(.*)", bare
            )
            if rest and (not rest[1] or rest[1].strip(AROUND) in texts):
                return number
    return None


def _from_json(text: str, names: Sequence[Names]) -> int | None:
    """The choice in {"label": ...}, {"answer": ...}, or the likeliest in {label: probability} or a list of such."""
    found = re.search(r"\{.*\}|\[.*\]", text, re.DOTALL)
    if not found:
        return _likeliest(text, names)
    try:
        value: Any = json.loads(found[0])
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in cast("list[Any]", value)):
        parts = cast("list[dict[str, Any]]", value)
        scored = {
            str(part.get("label", part.get("name"))): part.get("score", part.get("probability")) for part in parts
        }
        value = scored if len(parts) > 1 else parts[0]
    if not isinstance(value, dict):
        return None
    mapping = cast("dict[str, Any]", value)
    for key in (
        "answer",
        "label",
        "choice",
        "回答",
        "答え",
        "正解",
        "ラベル",
        "sentiment",
        "prediction",
        "感情",
        "判定",
    ):
        if isinstance(mapping.get(key), str | int):
            return _bare(plain_text(str(mapping[key])), names)
    nested = [cast("dict[str, Any]", part) for part in mapping.values() if isinstance(part, dict)]
    shares: dict[int, float] = {}
    for key, share in (nested[0] if nested else mapping).items():
        number = _bare(plain_text(str(key)), names)
        if number is not None and isinstance(share, int | float) and not isinstance(share, bool):
            shares[number] = float(share)
    best = [number for number, share in shares.items() if share == max(shares.values())]
    return best[0] if len(best) == 1 else None


def stated_probability(reply: str) -> float | None:
    """The probability that a reply states beside its prediction (`prob`, `probability`, 確率), 0 to 1; None if none.

    JSON first, the last object of the reply; where a reply is no JSON (a comment, a missing brace, full-width signs), what it
    says of the probability in words, if it says one thing.
    """
    text = reply[-MOST_CHARACTERS:]
    objects = _objects(text)
    stated = [value for mapping, _, _ in objects if (value := _probability_in(mapping)) is not None]
    if stated:
        between = "".join(text[end:start] for (_, _, end), (_, start, _) in pairwise(objects))
        together = len(objects) > 1 and not re.sub(r"[\s,\[\]]", "", between)
        return None if together and len(set(stated)) > 1 else stated[-1]
    said = {_share(match[1], match[2]) for match in PROBABILITY.finditer(unicodedata.normalize("NFKC", text))}
    return said.pop() if len(said) == 1 else None


PROBABILITY = re.compile(
    r"(?<![A-Za-z_\\])[\"']?(?:prob(?:ability)?|確率)[\"']?\s*(?:[:=]|は)\s*(?:約\s*)?[\"']?(\d*\.?\d+(?:e-?\d+)?)\s*(%|パーセント)?"
    r"(?![\d.]|[,/]\s*\d|\s*/|\s*(?:から|[~〜–-])\s*\d)",
    re.IGNORECASE,
)


def _share(number: str, percent: str | None) -> float | None:
    value = float(number) / (100 if percent else 1)
    return round(value, 12) if 0 <= value <= 1 else None


def _probability_in(mapping: dict[str, Any]) -> float | None:
    known = {str(key).casefold(): value for key, value in mapping.items()}
    for value in (known.get(key) for key in ("prob", "probability", "確率")):
        if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d*\.?\d+)\s*(%?)\s*", value)):
            return _share(match[1], match[2])
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
    for value in mapping.values():
        if isinstance(value, dict) and (found := _probability_in(cast("dict[str, Any]", value))) is not None:
            return found
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises `ValueError` where a key stands twice with two values."""
    found = dict(pairs)
    if any(found[key] != value for key, value in pairs):
        raise ValueError("a key twice")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once, strict=False)


def _objects(text: str) -> list[tuple[dict[str, Any], int, int]]:
    """The outermost JSON objects of a text with the places where they begin and end."""
    found: list[tuple[dict[str, Any], int, int]] = []
    place = text.find("{")
    for _ in range(MOST_OBJECTS):
        if place < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, place)
            found.append((cast("dict[str, Any]", value), place, end))
        except (ValueError, RecursionError):
            end = place + 1
        place = text.find("{", end)
    return found


def _likeliest(text: str, names: Sequence[Names]) -> int | None:
    """The choice with the largest share in 「positive (0.2), negative (0.7)」 or 「A: 20% B: 80%」; None if fewer than two have
    one.
    """
    shares: dict[int, float] = {}
    for mention in _mentioned(text, names):
        share = re.match(r"\s*[(:=]\s*(\d?\.\d+|\d{1,3}(?:\.\d+)?\s*%)", text[mention.end :])
        if share:
            shares[mention.choice] = float(share[1].rstrip("% ")) / (100 if "%" in share[1] else 1)
    best = [number for number, share in shares.items() if share == max(shares.values())]
    return best[0] if len(shares) > 1 and len(best) == 1 else None


def plain_text(text: str) -> str:
    """NFKC, but ① stays ①: as a digit it would be a number in the text."""
    parts = re.split("([①-⑩])", text)
    return "".join(part if "①" <= part <= "⑩" else unicodedata.normalize("NFKC", part) for part in parts).strip()
