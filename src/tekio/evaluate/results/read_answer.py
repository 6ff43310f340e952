"""The answer in a generated reply, and whether it is right under the task's rule (`generation.match`, `extract`)."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (regex has no complete type information)

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from tekio.evaluate.results import jfinqa
from tekio.evaluate.scoring.parse_number import read_number, same_quantity
from tekio.evaluate.scoring.read_list import kind_of, only_these, same_marks
from tekio.evaluate.scoring.requests import GenerationScore
from tekio.evaluate.tasks import BuiltTask
from tekio.evaluate.tasks.answer_readers import read_by_package
from tekio.evaluate.tasks.items import Item

EXTRACT_SECONDS = 1.0
_MARKS = re.compile(r"[ァ-ヶA-Za-z0-9①-⑳](?:と[ァ-ヶA-Za-z0-9①-⑳])+")


def normalize_answer(text: str) -> str:
    """NFKC, white space at the ends removed."""
    return unicodedata.normalize("NFKC", text).strip()


def generated_answer(built: BuiltTask, score: GenerationScore, item: Item) -> str:
    """The part of the reply that is judged: what an installed reader or the task's own pattern finds, else what follows the
    template's last marker; of that the first line for `exact` and `answer`, all of it for the others.
    """
    how = built.spec.generation
    if how.reader:
        return read_by_package(how.reader, built.name, item, score.text)
    if how.extract:
        return extracted(how.extract, score.text)
    template = built.spec.templates.get(built.template)
    text = (score.text.rpartition(template.marker)[2] if template and template.marker else score.text).strip()
    return text.split("\n", 1)[0].strip() if how.match in ("exact", "answer") else text


def is_unread(built: BuiltTask, score: GenerationScore, item: Item) -> bool:
    """Whether no answer can be found in a reply: it is empty, has no number where one is asked, names no fixed option, or
    the judge gave it no rating.
    """
    if built.spec.generation.judge:
        return any(rating < 0 for rating in score.ratings)
    reply = generated_answer(built, score, item)
    if not reply or (built.spec.generation.match == "number" and read_number(reply) is None):
        return True
    return bool(built.labels) and not any(label in reply for label in built.labels or ())


def extracted(pattern: str, reply: str) -> str:
    """The first group (or the whole) of the last match; empty where there is none, or none within a second."""
    import regex  # has a time limit, which `re` has not

    try:
        found = list(regex.finditer(pattern, reply, timeout=EXTRACT_SECONDS))
    except TimeoutError:
        return ""
    if not found:
        return ""
    return next((group for group in found[-1].groups() if group is not None), found[-1].group()).strip()


def listed(text: str) -> frozenset[str]:
    """The entries of an enumeration: parted by commas, 「、」, 「・」, slashes or white space, marks also by 「と」."""
    plain = normalize_answer(text).strip("。.").removesuffix("です").removesuffix("である")
    parts: list[str] = []
    for part in re.split(r"\s+(?:と|and)\s+|[\s、,・/;]+", plain):
        parts.extend(part.split("と") if _MARKS.fullmatch(part) else [part])
    return frozenset(entry for part in parts if (entry := part.strip("「」『』()[]\"'。.")))


def same_list(reply: str, answer: str) -> bool:
    """Whether a reply enumerates what the answer does, nothing missing, nothing besides, in any order."""
    wanted = listed(answer)
    kind = kind_of(wanted)
    if kind is not None:
        return same_marks(reply, wanted, kind)
    return listed(reply.strip().split("\n", 1)[0]) == wanted or only_these(reply, wanted)


def lines_of(text: str) -> frozenset[str]:
    """The lines of a text (NFKC), in any order."""
    return frozenset(line.strip() for line in normalize_answer(text).splitlines() if line.strip())


def set_f1(reply: str, answer: str) -> float:
    """F1 of the lines a reply shares with the answer, as llm-jp-eval judges extraction; 1 where both hold none."""
    given, wanted = lines_of(reply), lines_of(answer)
    if not given and not wanted:
        return 1.0
    shared = len(given & wanted)
    return 2 * shared / (len(given) + len(wanted)) if shared else 0.0


def is_right(match: str, reply: str, answers: Sequence[str], tolerance: float = 0.0) -> bool:
    """Whether a reply is right under the task's rule (see `Generation.match`)."""
    if match == "substring":
        return any(answer in reply for answer in answers)
    if match == "number":
        given = read_number(reply)
        golds = [gold for answer in answers if (gold := read_number(answer)) is not None]
        if given is None:
            return False
        written = read_number(
            reply, stated_units=False
        )  # for an answer without a unit: 1,234（単位：百万円） for 1,234
        return any(
            same_quantity(given, gold, tolerance=tolerance)
            or (gold.unit is None and written is not None and same_quantity(written, gold, tolerance=tolerance))
            for gold in golds
        )
    if match == "jfinqa":
        return any(jfinqa.same_number(reply, answer) for answer in answers)
    if match == "lines":
        return any(lines_of(reply) == lines_of(answer) for answer in answers)
    if match == "list":
        return any(same_list(reply, answer) for answer in answers)
    if match == "answer":
        return any(_squad_text(reply) == _squad_text(answer) for answer in answers)
    return any(normalize_answer(reply) == normalize_answer(answer) for answer in answers)


def _squad_text(text: str) -> str:
    """A span for comparison: NFKC, white space removed, stops and brackets at the ends removed."""
    return re.sub(r"\s+", "", normalize_answer(text)).strip("。、.,「」『』\"'")


def character_f1(reply: str, answer: str) -> float:
    """F1 of the characters two texts share (JSQuAD: words are characters); 1 where both are empty (SQuAD 2.0: no answer)."""
    first, second = Counter(_squad_text(reply)), Counter(_squad_text(answer))
    if not first and not second:
        return 1.0
    shared = sum((first & second).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / sum(first.values()), shared / sum(second.values())
    return 2 * precision * recall / (precision + recall)
