"""The examples on the page docs/study.md are rows that the strategies really tell."""

import re
from pathlib import Path

import pytest

from study.materials import FAQ, LAW, REPORT
from study.test_strategies import COMPANY, told
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.recipe.study import MODEL_STRATEGIES, RULE_STRATEGIES
from tekio.study.prompts import SHIPPED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "study.md"
EXAMPLES = dict(re.findall(r"(?m)^\| `([a-z]+)` \| [^|]+ \| (.+) \|$", PAGE.read_text(encoding="utf-8")))


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", RULE_STRATEGIES)
def test_an_example_of_the_page_is_told(name: str):
    """`…` stands for what is left out, `／` between two rows, 問 and 答 before the sides of a record."""
    rows = [
        plain(row.whole)
        for text, company in ((LAW, None), (FAQ, None), (REPORT, COMPANY))
        for row in told(name, text, company=company, wordings=8)
    ]
    assert re.search("[ぁ-ん]", EXAMPLES[name])
    for example in EXAMPLES[name].split("／"):
        for part in re.split(r"…|(?:^|\s)(?:問|答)\s", example):
            assert not part.strip() or any(plain(part) in row for row in rows), (part, rows)


def model_examples() -> list[tuple[str, str, str]]:
    """(strategy, what stands before its example, example), of both halves of the page."""
    return re.findall(r"(?m)^\| `([a-z-]+)` \| ([^|]+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MODEL_STRATEGIES)
def test_a_hand_written_example_passes_the_check(name: str):
    passages = re.findall(r"(?m)^> (.+)$", PAGE.read_text(encoding="utf-8"))
    assert len(set(passages)) == 1
    english, japanese = [(before, example) for strategy, before, example in model_examples() if strategy == name]
    assert english[1] == japanese[1]
    assert japanese[0] == (SHIPPED / f"{name}.md").read_text(encoding="utf-8").splitlines()[0]
    for row in english[1].split(" ／ "):
        sides = re.fullmatch(r"問 (.+?) 答 (.+)", row)
        question, text = sides.groups() if sides else ("", row)
        assert check_row(question, text, Ground.of(passages[0]))[1] == []
