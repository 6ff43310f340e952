"""Both READMEs say the same: headings, commands, the recipe, tables, promises, pictures and links correspond one to one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EN, JA = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md"))
COMMENT = re.compile(r"\s+#.*$", re.MULTILINE)


def sections(text: str) -> list[str]:
    return re.split(r"^## ", text, flags=re.MULTILINE)


def commands(text: str) -> list[str]:
    """Lines of indented blocks that begin with a program, without their comments."""
    lines = re.findall(r"^    ((?:make|tekio|pip) .*)$", text, flags=re.MULTILINE)
    return [COMMENT.sub("", line).strip() for line in lines] + re.findall(r"`((?:make|tekio|pip|time) [^`]+)`", text)


def recipe(text: str) -> str:
    block = re.search(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    assert block
    return COMMENT.sub("", block[1])


def links(text: str) -> list[str]:
    """Targets, a page of either language or picture as one; where a page has both, the Japanese README leads to the Japanese."""
    found = [re.sub(r"\.ja\.md$", ".md", target) for target in re.findall(r"\]\(([^)]+)\)", text)]
    return sorted({re.sub(r"-(?:en|ja)-1280", "", target) for target in found} - {"README.md"})


@pytest.mark.parametrize("of", [commands, recipe, links, lambda text: len(sections(text))])
def test_both_languages_have_the_same(of):
    assert of(EN) == of(JA)


@pytest.mark.parametrize("number", range(len(sections(EN))))
def test_sections_correspond_in_rows_and_items(number: int):
    for mark in (r"^\|", r"^\d+\. ", r"^- ", r"^!\[", r"^    \S"):
        shown = [len(re.findall(mark, sections(text)[number], flags=re.MULTILINE)) for text in (EN, JA)]
        assert shown[0] == shown[1], (sections(EN)[number].splitlines()[0], mark)


def test_each_readme_shows_two_pictures_in_its_language():
    for text, language in ((EN, "en"), (JA, "ja")):
        shown = re.findall(r"!\[.+\]\((.+)\)", text)
        assert len(shown) == 2
        assert all(f"-{language}-" in name and (ROOT / name).is_file() for name in shown)


def test_the_japanese_readme_leads_to_japanese_pages_where_there_are_any():
    english = [target for target in re.findall(r"\]\((docs/[^)#]+\.md)", JA) if not target.endswith(".ja.md")]
    assert [target for target in english if (ROOT / target.replace(".md", ".ja.md")).is_file()] == []
