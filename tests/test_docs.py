"""Generated pages agree with the code; relative links lead somewhere."""

import re
from pathlib import Path

import pytest

from tekio.recipe.reference import reference

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_recipe_page_is_up_to_date():
    shown = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert shown == reference(), "run: python -m tekio.recipe.reference > docs/recipe.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    missing = [t for t in targets if not t.startswith(("http", "mailto:")) and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_hold_no_machine_paths(page):
    assert not re.search(r"/(work|root|home)/\w", page.read_text(encoding="utf-8"))
