"""Pages of questions and answers in one folder a topic."""

# pyright: standard

import importlib.util
from pathlib import Path

import pytest

from tekio.recipe import load_recipe

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("tax_topics", ROOT / "benchmarks" / "tax_topics.py")
assert spec is not None
assert spec.loader is not None
tax_topics = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tax_topics)

PAGE = "1. [ホーム](a)\n2. [法令等](b)\n3. [質疑応答事例](c)\n4. [{}](d)\n5. ある問い\n\n# ある問い\n"


def test_every_page_goes_to_the_folder_of_its_tax_and_the_rest_is_counted(tmp_path: Path):
    pages, out = tmp_path / "pages", tmp_path / "out"
    pages.mkdir()
    for number, tax in enumerate(["印紙税", "源泉所得税", "譲渡所得", "法定調書"]):
        (pages / f"{number}.md").write_text(PAGE.format(tax), "utf-8")
    (pages / "4.md").write_text("# 見出しだけ\n", "utf-8")
    assert tax_topics.lay_out(pages, out) == {"stamp": 1, "income": 2, "": 2}
    assert sorted(page.relative_to(out).as_posix() for page in out.rglob("*.md")) == [
        "income/1.md",
        "income/2.md",
        "stamp/0.md",
    ]
    with pytest.raises(FileExistsError):
        tax_topics.lay_out(pages, out)


def test_the_recipe_reads_every_topic():
    recipe = load_recipe(ROOT / "recipes" / "effect" / "tax-topics.yaml")
    assert recipe.instruct is not None
    assert {source.name for source in recipe.instruct.harvest} == set(tax_topics.TOPICS.values())
