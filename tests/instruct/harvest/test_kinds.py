"""Kinds of Japanese questions and answers, each in a short document written for it, with the pairs a reader would take.

`kinds/*.txt`: after `=====FILE name` the document, after `=====GOLD` its pairs (`Q: `, `A: `; `ALT: ` and `AALT: ` are as right).
`frames.txt`: what stands above and below the pages. They were written before the rules they led to, by the author of these, so
they guard against falling back and measure nothing.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tekio.instruct.harvest.files import harvest_bytes

HERE = Path(__file__).parent / "kinds"
STILL_WRONG = frozenset(
    [
        "b05_thread_several.html",  # a thread of a forum in which only class names say who asks and who answers
        "w_a14_dialog_learning.md",  # 「…いいんですね。」, a conclusion and no question
        "w_a18_forum_plain.html",  # a thread of one question, without a word that says so
        "w_a21_trouble_columns.html",  # a third column that says what to do
        "w_b04_court_style.txt",  # an examination of a witness, numbered
        "w_b13_key_answer_inline.txt",  # questions in the plain form of headlines, on a page that does not say it answers
        "w_b17_procedure_table.html",  # a table of troubles on a page that does not say it answers
        "w_c01_union_answer.txt",  # demands that do not ask, below a title with an unknown word
        "w_c18_step_tabs.html",  # bold titles of troubles, none of which asks
    ]
)


@dataclass
class Expected:
    """A pair, with other wordings that are as right."""

    questions: list[str]
    answers: list[str] = field(default_factory=list[str])


def frames() -> dict[str, str]:
    lines = (HERE / "frames.txt").read_text(encoding="utf-8").splitlines()
    return dict(zip(lines[::2], lines[1::2], strict=True))


def documents() -> dict[str, tuple[str, list[Expected]]]:
    found: dict[str, tuple[str, list[Expected]]] = {}
    around = frames()
    for path in sorted(HERE.glob("*.txt")):
        if path.name == "frames.txt":
            continue
        for part in path.read_text(encoding="utf-8").split("=====FILE ")[1:]:
            name, rest = part.split("\n", 1)
            document, gold = rest.split("=====GOLD", 1)
            for sign, frame in around.items():
                document = document.replace(sign, frame)
            found[name.strip()] = document, expected(gold)
    return found


def expected(gold: str) -> list[Expected]:
    pairs: list[Expected] = []
    now: list[str] = []
    for line in gold.splitlines():
        kind, _, text = line.partition(": ")
        if kind == "Q":
            pairs.append(Expected([text]))
            now = pairs[-1].questions
        elif kind == "ALT":
            pairs[-1].questions.append(text)
        elif kind in ("A", "AALT"):
            pairs[-1].answers.append(text)
            now = pairs[-1].answers
        elif line.strip():
            now[-1] += "\n" + line
    return pairs


def bare(text: str) -> str:
    return re.sub(r"[\s\u3000|・]+", "", re.sub(r"^\s*(?:[0-9]+\. |・|- )", "", text, flags=re.MULTILINE))


DOCUMENTS = documents()


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in STILL_WRONG])
def test_every_pair_of_a_kind_is_found_whole_and_nothing_else(name: str):
    document, pairs = DOCUMENTS[name]
    found = harvest_bytes(document.encode(), Path(name).suffix).pairs
    assert [bare(pair.question) for pair in found] == [
        next((text for text in map(bare, gold.questions) if text == bare(pair.question)), bare(gold.questions[0]))
        for gold, pair in zip(pairs, found, strict=False)
    ]
    assert len(found) == len(pairs), json.dumps([pair.question for pair in found], ensure_ascii=False)
    for gold, pair in zip(pairs, found, strict=True):
        assert bare(pair.answer) in [bare(text) for text in gold.answers]
