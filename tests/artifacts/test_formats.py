"""docs/formats.md says what the models say."""

from pathlib import Path

import pytest

from tekio.artifacts.formats import FILES, Described, fields_of, page, reached, types_of

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
MODELS = list(dict.fromkeys(part for model in FILES.values() for part in reached(model)))


def test_the_page_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m tekio.artifacts.formats docs/formats.md"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_row(model: Described):
    known = {name for base in model.__mro__ for name in fields_of(base)}
    assert set(types_of(model)) <= known
